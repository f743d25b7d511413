//! What is wrong with a query or a template.

use std::fmt;

/// Where a text cannot be read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// In characters, counted from 1.
    pub position: usize,
    /// What stands there.
    pub found: String,
    pub expected: String,
}

impl fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { position, found, expected } = self;
        write!(f, "{found} at character {position}, where {expected} is expected")
    }
}

impl std::error::Error for SyntaxError {}

impl SyntaxError {
    pub(super) fn new(
        position: usize,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self { position, found: found.into(), expected: expected.into() }
    }
}
