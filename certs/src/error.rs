//! The one error of this crate: what went wrong, what was expected, what to do.

use std::fmt;

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a certificate could not be made, read or found; three sentences without a full stop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What went wrong, naming the part that did.
    pub what: String,
    /// What would have been right.
    pub expected: String,
    /// What to do about it.
    pub hint: String,
}

impl Error {
    pub(crate) fn new(
        what: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> Error {
        Error { what: what.into(), expected: expected.into(), hint: hint.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; expected {}; {}", self.what, self.expected, self.hint)
    }
}

impl std::error::Error for Error {}
