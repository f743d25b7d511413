//! Any bytes at all, under the law of the mutation test: the first byte chooses the version in
//! force, the second where the rest is cut in two.

#![no_main]

#[path = "../../tests/law/mod.rs"]
mod law;

use libfuzzer_sys::fuzz_target;
use wire::Version;

const VERSIONS: [Option<Version>; 4] =
    [None, Some(Version::V31), Some(Version::V311), Some(Version::V5)];

fuzz_target!(|data: &[u8]| {
    let [chooser, at, bytes @ ..] = data else { return };
    let version = VERSIONS[usize::from(chooser % 4)];
    law::holds(version, bytes);
    law::holds_in_two_pieces(version, bytes, usize::from(*at));
});
