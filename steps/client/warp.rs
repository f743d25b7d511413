//! A client's clock, made to run fast by libfaketime.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use cloud::Time;
use tokio::process::Command;

use crate::suite::Trouble;

/// Where distributions put the library.
const PLACES: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
    "/usr/lib/faketime/libfaketimeMT.so.1",
    "/usr/lib64/faketime/libfaketimeMT.so.1",
];

/// Names a library that is elsewhere.
const ELSEWHERE: &str = "SKYPROOF_LIBFAKETIME";

/// Waits that the library leaves at real speed, or gets wrong: Python's threads hang without these.
const WAITS: &str = include_str!("waits.c");

/// The library, when it is there.
fn library() -> Option<PathBuf> {
    if let Some(elsewhere) = std::env::var_os(ELSEWHERE) {
        return Some(PathBuf::from(elsewhere)).filter(|path| path.exists());
    }
    PLACES.iter().map(PathBuf::from).find(|path| path.exists())
}

/// Sees to it that processes can be warped at all. Gives a remark about clients that may not stand it.
///
/// # Errors
/// When libfaketime is not there, or changes nothing.
pub(crate) async fn prepare(folder: &Path) -> Result<Option<String>, Trouble> {
    let hint = || format!("install the Debian package `faketime`, or set {ELSEWHERE} to its path");
    let Some(library) = library() else {
        return Err(Trouble::Usage("--warp needs libfaketime, which is not there".into(), hint()));
    };
    let (source, object) = (folder.join("waits.c"), waits(folder));
    let compiled = match fs::write(&source, WAITS) {
        Ok(()) => compile(&source, &object).await,
        Err(error) => Err(error),
    };
    // A process that is not warped knows what year it is.
    let mut date = Command::new("date");
    date.arg("+%s").env("LD_PRELOAD", preload(folder, &library));
    let said = date.env("FAKETIME", "@86400").env("FAKETIME_FMT", "%s").output().await;
    let said = said.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    if !said.as_ref().is_ok_and(|said| said.starts_with("8640")) {
        let what = format!("{} does not change what `date` says", library.display());
        return Err(Trouble::Usage(what, hint()));
    }
    Ok(compiled.err().map(|error| {
        format!("threads of Python may hang under --warp: `cc` makes no library here ({error})")
    }))
}

async fn compile(source: &Path, object: &Path) -> io::Result<()> {
    let mut cc = Command::new("cc");
    cc.args(["-shared", "-fPIC", "-O1", "-o"]).arg(object).arg(source).arg("-ldl");
    let output = cc.output().await?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(said.lines().next().unwrap_or("it says nothing").to_owned()))
}

fn waits(folder: &Path) -> PathBuf {
    folder.join("waits.so")
}

/// The libraries in the order in which they are asked.
fn preload(folder: &Path, library: &Path) -> String {
    let waits = Some(waits(folder)).filter(|path| path.exists());
    let all = waits.iter().map(PathBuf::as_path).chain([library]);
    all.map(|path| path.display().to_string()).collect::<Vec<_>>().join(":")
}

/// What makes a process, and those that it starts, begin at `now` and live so many times as fast, when it
/// is really `wall`.
pub(crate) fn environment(
    folder: &Path,
    factor: u32,
    (now, wall): (Time, Time),
    put: &mut impl FnMut(&str, String),
) {
    let Some(library) = library() else { return };
    put("LD_PRELOAD", preload(folder, &library));
    // An offset, and no moment: each process of the client would begin anew at a moment.
    let ahead_ms = now.ms().saturating_sub(wall.ms());
    put("FAKETIME", format!("+{}.{:03} x{factor}", ahead_ms / 1000, ahead_ms % 1000));
    put("SKYPROOF_WARP", factor.to_string());
}

/// Removes the shared memory by which a process and its children had the same clock: it stays behind when
/// a signal ends them.
pub(crate) fn forget(pid: u32) {
    for name in [format!("faketime_shm_{pid}"), format!("sem.faketime_sem_{pid}")] {
        // There is none without warp.
        let _ = fs::remove_file(Path::new("/dev/shm").join(OsStr::new(&name)));
    }
}
