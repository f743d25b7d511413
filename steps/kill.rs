//! The kill matrix: each rule broken once, and the scenarios that fail for it.

use std::fmt;

use cloud::Rule;
use reports::{Report, Scenario, Verdict};

use crate::suite::{Options, Suite, Trouble};

/// What happened when a rule was broken on purpose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// These scenarios failed at a Then, each `path:line`.
    Killed(Vec<String>),
    /// Scenarios stumbled over it before their Then, and none failed: that proves nothing.
    Stumbled(Vec<String>),
    /// It is not green to begin with.
    NotGreen(Vec<String>),
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
            Fate::Stumbled(by) => {
                write!(f, "{} SURVIVED, though {} stumbled", self.rule, by.join(", "))
            }
            Fate::NotGreen(by) => {
                write!(f, "{} is not proven: {} is not green unbroken", self.rule, by.join(", "))
            }
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
        let unbroken = Options { tags: Some(format!("@{}", rule.id())), ..options.clone() };
        let broken = Options { breaks: vec![rule.id().to_owned()], ..unbroken.clone() };
        let fate = match (run(&unbroken).await?, run(&broken).await?) {
            (None, _) | (_, None) => Fate::Unproven,
            (Some(unbroken), Some(broken)) => fate(&unbroken, &broken),
        };
        let row = Row { rule, fate };
        tell(&row);
        rows.push(row);
    }
    Ok(rows)
}

/// Runs a selection; `None` when it is empty.
async fn run(options: &Options) -> Result<Option<Vec<Scenario>>, Trouble> {
    match Suite::new(options) {
        // Telling a silent report cannot fail.
        Ok(suite) => Ok(Some(suite.run(&mut Silent).await.unwrap_or_default())),
        Err(Trouble::Nothing(_)) => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

fn fate(unbroken: &[Scenario], broken: &[Scenario]) -> Fate {
    let red = places(unbroken, |verdict| verdict > Verdict::Warn);
    let failed = places(broken, |verdict| verdict == Verdict::Fail);
    let stumbled = places(broken, |verdict| verdict > Verdict::Warn);
    match (red.is_empty(), failed.is_empty(), stumbled.is_empty()) {
        (false, _, _) => Fate::NotGreen(red),
        (_, false, _) => Fate::Killed(failed),
        (_, _, false) => Fate::Stumbled(stumbled),
        (_, _, true) => Fate::Survived(broken.len()),
    }
}

fn places(finished: &[Scenario], wanted: impl Fn(Verdict) -> bool) -> Vec<String> {
    finished
        .iter()
        .filter(|scenario| scenario.outcome.verdict().is_some_and(&wanted))
        .map(|scenario| format!("{}:{}", scenario.path, scenario.line))
        .collect()
}
