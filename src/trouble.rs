//! What goes wrong: one sentence without a full stop, hints below it, and the exit code.

use std::{fmt, io::Write as _, process::ExitCode};

/// Why a command ended early.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    code: u8,
    what: String,
    hints: Vec<String>,
}

impl Trouble {
    /// The command line, or a file that it names, is wrong.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self::new(reports::ExitCode::Usage.code(), what)
    }

    /// The mock or the machine is in trouble.
    pub(crate) fn harness(what: impl Into<String>) -> Self {
        Self::new(reports::ExitCode::Trouble.code(), what)
    }

    /// A folder for reports that cannot be made or written to.
    pub(crate) fn unwritable(error: std::io::Error) -> Self {
        Self::usage(error.to_string())
            .hint("name a folder that is yours; it is made when it is missing")
    }

    /// The running mock answered with an error.
    pub(crate) fn refused(what: impl Into<String>) -> Self {
        Self::new(1, what)
    }

    /// Any other exit code.
    pub(crate) fn new(code: u8, what: impl Into<String>) -> Self {
        Self { code, what: what.into(), hints: Vec::new() }
    }

    /// Nobody reads the output any more: `skyproof clauses | head` is no error.
    pub(crate) fn nobody_reads() -> Self {
        Self::new(0, "")
    }

    /// What to do about it.
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The error itself, without hints.
    #[cfg(test)]
    pub(crate) fn what(&self) -> &str {
        &self.what
    }

    /// Writes it to standard error and gives the exit code.
    pub(crate) fn tell(&self) -> ExitCode {
        if !self.what.is_empty() {
            // Nobody is left to tell when this fails.
            let _ = write!(std::io::stderr(), "{self}");
        }
        self.code.into()
    }
}

impl From<skyproof::suite::Trouble> for Trouble {
    fn from(trouble: skyproof::suite::Trouble) -> Self {
        use skyproof::suite::Trouble::{Unreachable, Usage};
        let code = trouble.exit_code().code();
        match trouble {
            Usage(what, hint) | Unreachable(what, hint) => Self::new(code, what).hint(hint),
            other => Self::new(code, other.to_string()),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.what)?;
        for hint in &self.hints {
            write!(f, "\nhint: {hint}\n")?;
        }
        Ok(())
    }
}
