//! A client's clock, made to run fast by libfaketime.

use cloud::Time;

/// Where distributions put the library.
const PLACES: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

/// The library, when it is there.
pub(crate) fn library() -> Option<&'static str> {
    PLACES.iter().copied().find(|path| std::path::Path::new(path).exists())
}

/// What makes a process begin at this moment and live so many times as fast.
pub(crate) fn environment(factor: u32, now: Time, put: &mut impl FnMut(&str, String)) {
    let Some(library) = library() else { return };
    let (s, ms) = (now.s(), now.ms() % 1000);
    put("LD_PRELOAD", library.to_owned());
    // The form `%s`: seconds since 1970.
    put("FAKETIME", format!("@{s}.{ms:03} x{factor}"));
    put("FAKETIME_FMT", "%s".to_owned());
    put("FAKETIME_NO_CACHE", "1".to_owned());
    // Waiting for a condition goes by the real monotonic clock otherwise.
    put("FAKETIME_FORCE_MONOTONIC_FIX", "1".to_owned());
}
