//! Why a scenario did not pass, in a form that finishes the job.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What was required, what should have been seen, and what was seen instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The clause: `HUB-D2C-016: A publish at QoS 2 makes the hub close the connection.`
    pub requirement: String,
    /// Each acceptable reaction.
    pub expected: String,
    pub actual: String,
    /// What to try next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The sentence of the scenario that found it: `Then the connection is closed`.
    pub step: String,
}

/// Requirement, expected, actual and hint, a line each, aligned. The step is told by who shows it.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = self.hint.as_deref().map(|hint| ("hint", hint));
        let fields = [
            ("requirement", self.requirement.as_str()),
            ("expected", &self.expected),
            ("actual", &self.actual),
        ];
        for (n, (name, value)) in fields.into_iter().chain(hint).enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&field(name, value))?;
        }
        Ok(())
    }
}

/// `expected:    the value`, with further lines of the value below its first.
pub(crate) fn field(name: &str, value: &str) -> String {
    const WIDTH: usize = "requirement: ".len();
    let name = format!("{name}:");
    let value = value.trim_end().replace('\n', &format!("\n{:WIDTH$}", ""));
    format!("{name:WIDTH$}{value}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_triple_is_aligned_and_the_hint_is_optional() {
        let mut failure = Failure {
            requirement: "HUB-D2C-016: A publish at QoS 2 makes the hub close.".into(),
            expected: "the connection is closed".into(),
            actual: "PUBREC id=1\nPUBCOMP id=1\n".into(),
            hint: None,
            step: "Then the connection is closed".into(),
        };
        let triple = "\
requirement: HUB-D2C-016: A publish at QoS 2 makes the hub close.
expected:    the connection is closed
actual:      PUBREC id=1
             PUBCOMP id=1";
        assert_eq!(failure.to_string(), triple);
        failure.hint = Some("skyproof explain HUB-D2C-016".into());
        assert_eq!(
            failure.to_string(),
            format!("{triple}\nhint:        skyproof explain HUB-D2C-016")
        );
    }
}
