//! The kill matrix: each rule broken once, and the scenarios that notice.

use std::fmt;

use cloud::Rule;
use reports::{Outcome, Report, Scenario, Verdict};

use crate::suite::{Options, Suite, Trouble};

/// What happened when a rule was broken on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// These scenarios noticed, each `path:line`.
    Killed(Vec<String>),
    /// Every scenario that is tagged with it stayed green.
    Survived(usize),
    /// No scenario is tagged with it.
    Unproven,
}

/// One rule and its fate.
#[derive(Clone, Debug)]
pub struct Row {
    pub rule: Rule,
    pub fate: Fate,
}

impl Row {
    /// Whether somebody noticed.
    pub const fn is_killed(&self) -> bool {
        matches!(self.fate, Fate::Killed(_))
    }
}

/// `HUB-D2C-016 killed by features/iot-hub/cloud/d2c.feature:70`
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fate {
            Fate::Killed(by) => write!(f, "{} killed by {}", self.rule.id(), by.join(", ")),
            Fate::Survived(of) => write!(f, "{} SURVIVED {of} of {of} scenarios", self.rule),
            Fate::Unproven => write!(f, "{} has no scenario", self.rule),
        }
    }
}

/// Says nothing: the matrix has its own account.
struct Silent;

impl Report for Silent {
    fn tell(&mut self, _: &reports::Event) -> std::io::Result<()> {
        Ok(())
    }
}

/// Breaks each rule once and runs the scenarios that are tagged with it.
///
/// # Errors
/// When the features cannot be used.
pub async fn matrix(options: &Options, mut tell: impl FnMut(&Row)) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    for rule in cloud::rules() {
        let options = Options {
            tags: Some(format!("@{}", rule.id())),
            breaks: vec![rule.id().to_owned()],
            ..options.clone()
        };
        let fate = match Suite::new(&options) {
            Err(Trouble::Usage(..)) => Fate::Unproven,
            Err(trouble) => return Err(trouble),
            Ok(suite) => {
                // Telling a silent report cannot fail.
                let finished = suite.run(&mut Silent).await.unwrap_or_default();
                fate(&finished)
            }
        };
        let row = Row { rule, fate };
        tell(&row);
        rows.push(row);
    }
    Ok(rows)
}

fn fate(finished: &[Scenario]) -> Fate {
    let by: Vec<String> = finished
        .iter()
        .filter(|scenario| {
            !matches!(scenario.outcome, Outcome::Judged(Verdict::Pass | Verdict::Warn))
        })
        .map(|scenario| format!("{}:{}", scenario.path, scenario.line))
        .collect();
    if by.is_empty() { Fate::Survived(finished.len()) } else { Fate::Killed(by) }
}
