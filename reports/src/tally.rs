//! Counts of outcomes, and the sentences that tell them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    exit_code::ExitCode,
    outcome::{Counted, Outcome, Verdict},
};

/// How often each outcome came up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub passed: usize,
    pub warned: usize,
    pub failed: usize,
    pub errors: usize,
    pub inconclusive: usize,
    pub unsupported: usize,
    pub not_applicable: usize,
    pub informational: usize,
    pub not_run: usize,
    #[serde(default)]
    pub known_failing: usize,
}

impl Tally {
    /// Counts one more.
    pub fn add(&mut self, outcome: &Outcome) {
        *match outcome {
            Outcome::Judged(Verdict::Pass) => &mut self.passed,
            Outcome::Judged(Verdict::Warn) => &mut self.warned,
            Outcome::Judged(Verdict::Inconclusive) => &mut self.inconclusive,
            Outcome::Judged(Verdict::Error) => &mut self.errors,
            Outcome::Judged(Verdict::Fail) => &mut self.failed,
            Outcome::Unsupported(_) => &mut self.unsupported,
            Outcome::NotApplicable => &mut self.not_applicable,
            Outcome::Informational => &mut self.informational,
            Outcome::NotRun(_) => &mut self.not_run,
            Outcome::KnownFailing(_) => &mut self.known_failing,
        } += 1;
    }

    /// All that were counted.
    pub const fn scenarios(&self) -> usize {
        self.count(Counted::Passed) + self.count(Counted::Failed) + self.count(Counted::Skipped)
    }

    /// By three words.
    pub const fn count(&self, counted: Counted) -> usize {
        match counted {
            Counted::Passed => self.passed + self.warned,
            Counted::Failed => self.failed + self.errors + self.inconclusive,
            Counted::Skipped => {
                self.unsupported
                    + self.not_applicable
                    + self.informational
                    + self.not_run
                    + self.known_failing
            }
        }
    }

    /// The worst verdict, when something was judged.
    pub const fn worst(&self) -> Option<Verdict> {
        match self {
            Self { failed: 1.., .. } => Some(Verdict::Fail),
            Self { errors: 1.., .. } => Some(Verdict::Error),
            Self { inconclusive: 1.., .. } => Some(Verdict::Inconclusive),
            Self { warned: 1.., .. } => Some(Verdict::Warn),
            Self { passed: 1.., .. } => Some(Verdict::Pass),
            _ => None,
        }
    }

    /// What the process returns after these outcomes.
    pub const fn exit_code(&self) -> ExitCode {
        ExitCode::of_worst(self.worst())
    }

    /// `5 passed, 1 failed, 2 skipped`, for programs that count.
    pub fn plain(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.count(Counted::Passed),
            self.count(Counted::Failed),
            self.count(Counted::Skipped)
        )
    }
}

impl<'a> FromIterator<&'a Outcome> for Tally {
    fn from_iter<I: IntoIterator<Item = &'a Outcome>>(outcomes: I) -> Self {
        let mut tally = Self::default();
        outcomes.into_iter().for_each(|outcome| tally.add(outcome));
        tally
    }
}

/// `8 scenarios: 4 passed, 1 failed, 1 warned, 2 not run`; of the rest, only what came up.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scenarios = self.scenarios();
        let s = if scenarios == 1 { "" } else { "s" };
        write!(f, "{scenarios} scenario{s}: {} passed, {} failed", self.passed, self.failed)?;
        for (count, word) in [
            (self.errors, "in error"),
            (self.inconclusive, "inconclusive"),
            (self.warned, "warned"),
            (self.unsupported, "unsupported"),
            (self.not_applicable, "not applicable"),
            (self.informational, "informational"),
            (self.not_run, "not run"),
            (self.known_failing, "known failing"),
        ] {
            if count > 0 {
                write!(f, ", {count} {word}")?;
            }
        }
        Ok(())
    }
}
