//! The exit codes of `skyproof test` and `skyproof certify`. Users script against them.

use std::fmt;

use crate::{
    outcome::{Outcome, Verdict},
    tally::Tally,
};

/// What the process says when it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitCode {
    /// Something was judged, and all of it passed, if with warnings.
    Conformant = 0,
    /// At least one clause was violated.
    Violations = 1,
    /// The command line is wrong. No outcome leads here.
    Usage = 2,
    /// The harness or the adapter is in trouble, and no violation was proven.
    Trouble = 3,
    /// Nothing was judged: nothing was selected, or all of it was skipped.
    NothingRan = 4,
    /// Nothing worse than an inconclusive scenario; conformance is not proven.
    Inconclusive = 5,
}

impl ExitCode {
    /// The worst verdict decides; what was skipped counts for nothing.
    ///
    /// | Worst verdict | Code |
    /// |---|---|
    /// | none | 4 |
    /// | pass, warn | 0 |
    /// | inconclusive | 5 |
    /// | error | 3 |
    /// | fail | 1 |
    ///
    /// So one inconclusive scenario among many that passed gives 5: a run in which preconditions
    /// break must not look conformant.
    pub fn of<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        outcomes.into_iter().collect::<Tally>().exit_code()
    }

    /// The code of the worst verdict, `None` when nothing was judged.
    pub const fn of_worst(worst: Option<Verdict>) -> Self {
        match worst {
            None => Self::NothingRan,
            Some(Verdict::Pass | Verdict::Warn) => Self::Conformant,
            Some(Verdict::Inconclusive) => Self::Inconclusive,
            Some(Verdict::Error) => Self::Trouble,
            Some(Verdict::Fail) => Self::Violations,
        }
    }

    /// The number that the process returns.
    pub const fn code(self) -> u8 {
        self as u8
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(exit_code: ExitCode) -> Self {
        exit_code.code().into()
    }
}

impl fmt::Display for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Conformant => "conformant",
            Self::Violations => "violations",
            Self::Usage => "usage",
            Self::Trouble => "harness or adapter trouble",
            Self::NothingRan => "nothing ran",
            Self::Inconclusive => "inconclusive",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Verdict::{Error, Fail, Inconclusive, Pass, Warn};

    #[test]
    fn the_exit_code_follows_from_all_outcomes() {
        let judged = |verdicts: &[Verdict]| verdicts.iter().map(|&v| v.into()).collect::<Vec<_>>();
        let skipped = vec![
            Outcome::Unsupported("no twin".into()),
            Outcome::NotApplicable,
            Outcome::Informational,
            Outcome::NotRun("needs held time".into()),
            Outcome::KnownFailing("issue 7".into()),
        ];
        for (outcomes, code) in [
            (vec![], 4),
            (skipped.clone(), 4),
            (judged(&[Pass]), 0),
            (judged(&[Pass, Warn]), 0),
            ([judged(&[Pass]), skipped.clone()].concat(), 0),
            (judged(&[Inconclusive]), 5),
            (judged(&[Pass, Inconclusive]), 5),
            ([judged(&[Inconclusive]), skipped].concat(), 5),
            (judged(&[Pass, Error, Inconclusive]), 3),
            (judged(&[Error, Fail, Pass]), 1),
        ] {
            assert_eq!(ExitCode::of(&outcomes).code(), code, "{outcomes:?}");
        }
    }
}
