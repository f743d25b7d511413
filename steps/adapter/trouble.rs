//! What goes wrong with an adapter's process: what it was, a hint, and what it wrote to standard error.

use std::fmt;

/// Trouble with the process. It says nothing about the client's conduct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    pub kind: Kind,
    /// A sentence without a full stop.
    pub what: String,
    pub hint: &'static str,
    /// The last lines of standard error.
    pub stderr: Vec<String>,
}

/// What kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// There is no such command, or it cannot be executed.
    NotStarted,
    /// It ended by itself.
    Died,
    /// It did not answer in time.
    Silent,
    /// It wrote what is no line of the protocol.
    Garbage,
    /// It wrote more than anybody asked for.
    Flood,
    /// It does not end when it should, or leaves processes behind.
    Stays,
    /// It was in trouble too often in a row.
    Hopeless,
}

/// How many lines of standard error are shown; [`super::process`] keeps more.
const SHOWN: usize = 20;

impl Trouble {
    pub(crate) fn new(kind: Kind, what: impl Into<String>, hint: &'static str) -> Self {
        Self { kind, what: what.into(), hint, stderr: Vec::new() }
    }

    pub(crate) fn with_stderr(mut self, stderr: Vec<String>) -> Self {
        self.stderr = stderr;
        self
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\nhint: {}", self.what, self.hint)?;
        let left_out = self.stderr.len().saturating_sub(SHOWN);
        if !self.stderr.is_empty() {
            f.write_str("\nstandard error:")?;
        }
        if left_out > 0 {
            write!(f, "\n  | ({left_out} lines before)")?;
        }
        self.stderr[left_out..].iter().try_for_each(|line| write!(f, "\n  | {line}"))
    }
}

impl std::error::Error for Trouble {}
