//! What came of a scenario: a verdict, or the reason why there is none.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a scenario that ran found. Ordered from best to worst: combine checks with `max`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum Verdict {
    /// Everything that was asserted held.
    Pass,
    /// A SHOULD was broken, or something was tolerated.
    Warn,
    /// A precondition did not come about, so that nothing was proven.
    Inconclusive,
    /// The harness or the adapter is in trouble; it says nothing about the client.
    Error,
    /// A clause was violated. A proven violation stays one, whatever happens afterwards.
    Fail,
}

/// What came of a scenario. Only [`Verdict::Pass`] and [`Verdict::Warn`] count as passed.
///
/// As JSON: `{"outcome": "fail"}`, `{"outcome": "not-run", "reason": "needs held time"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", content = "reason", rename_all = "kebab-case")]
pub enum Outcome {
    /// The client declares that it cannot do this; the reason in one line.
    Unsupported(String),
    /// Not a matter of this protocol version or cloud.
    NotApplicable,
    /// Observed for the record; nothing can be violated.
    Informational,
    /// Selected, but it could not be run here; the reason in one line.
    NotRun(String),
    /// It failed, and the user's list of known failures says so; the reason of the list, in one line.
    KnownFailing(String),
    #[serde(untagged)]
    Judged(Verdict),
}

/// Three words for counters that know no more. *Failed* is what leads to exit codes 1, 3 and 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Pass and warn.
    Passed,
    /// Fail, error and inconclusive.
    Failed,
    /// Unsupported, not applicable, informational, not run, known to fail.
    Skipped,
}

impl Outcome {
    /// The verdict, when there is one.
    pub const fn verdict(&self) -> Option<Verdict> {
        match self {
            Self::Judged(verdict) => Some(*verdict),
            _ => None,
        }
    }

    /// Why there is no verdict, when the outcome needs a reason.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Unsupported(reason) | Self::NotRun(reason) | Self::KnownFailing(reason) => {
                Some(reason)
            }
            Self::Judged(_) | Self::NotApplicable | Self::Informational => None,
        }
    }

    /// One or two words in lower case, without the reason.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Judged(Verdict::Pass) => "pass",
            Self::Judged(Verdict::Warn) => "warn",
            Self::Judged(Verdict::Inconclusive) => "inconclusive",
            Self::Judged(Verdict::Error) => "error",
            Self::Judged(Verdict::Fail) => "fail",
            Self::Unsupported(_) => "unsupported",
            Self::NotApplicable => "not applicable",
            Self::Informational => "informational",
            Self::NotRun(_) => "not run",
            Self::KnownFailing(_) => "known failing",
        }
    }

    /// How a counter of three words counts it.
    pub const fn counted(&self) -> Counted {
        match self {
            Self::Judged(Verdict::Pass | Verdict::Warn) => Counted::Passed,
            Self::Judged(_) => Counted::Failed,
            _ => Counted::Skipped,
        }
    }
}

impl From<Verdict> for Outcome {
    fn from(verdict: Verdict) -> Self {
        Self::Judged(verdict)
    }
}

/// `fail`, `not run: needs held time`
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())?;
        self.reason().map_or(Ok(()), |reason| write!(f, ": {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::*;

    #[test]
    fn the_worst_verdict_wins() {
        for (checks, worst) in [
            (vec![Pass, Pass], Pass),
            (vec![Pass, Warn], Warn),
            (vec![Inconclusive, Warn], Inconclusive),
            (vec![Error, Inconclusive], Error),
            (vec![Pass, Fail, Error, Inconclusive, Warn], Fail),
        ] {
            assert_eq!(checks.iter().max(), Some(&worst), "{checks:?}");
        }
    }
}
