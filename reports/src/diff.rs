//! Two runs compared, scenario by scenario.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{account::one_line, client::Client, event::Scenario, json::Document, outcome::Counted};

/// What became of each scenario. `Display` is for people; [`Serialize`] for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Diff {
    /// What the two runs do not have in common, so that a difference may not be the client's.
    pub remarks: Vec<String>,
    /// How many scenarios each change befell, in the order of [`Change`].
    pub counts: BTreeMap<Change, usize>,
    /// Every scenario but the unchanged ones, by change and then by place.
    pub scenarios: Vec<Changed>,
}

/// What became of one scenario, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It fails, is in error or inconclusive, and was not before; or it is new and does.
    NewlyFailing,
    /// It passed before, and is unsupported or was not run now: nothing is known any more.
    NoLongerRun,
    /// It needed more than one attempt.
    Flaky,
    /// It was failed before and passes now.
    Fixed,
    /// It came to something else that is neither better nor worse, such as pass and warn.
    Otherwise,
    New,
    /// Selected no more: no regression.
    Removed,
    Unchanged,
}

/// One scenario in both runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Changed {
    pub change: Change,
    pub path: String,
    pub line: usize,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

impl Diff {
    /// What changed from `before` to `after`. A scenario is known by its feature and name: lines move.
    pub fn of(before: &Document, after: &Document) -> Self {
        let (old, new) = (by_name(before), by_name(after));
        let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        let mut scenarios: Vec<Changed> = names
            .into_iter()
            .filter_map(|name| changed(old.get(name).copied(), new.get(name).copied()))
            .collect();
        let mut counts = BTreeMap::new();
        for scenario in &scenarios {
            *counts.entry(scenario.change).or_insert(0) += 1;
        }
        scenarios.retain(|scenario| scenario.change != Change::Unchanged);
        scenarios.sort_by(|a, b| (a.change, &a.path, a.line).cmp(&(b.change, &b.path, b.line)));
        Self { remarks: remarks(before, after), counts, scenarios }
    }

    /// Whether something fails that did not.
    pub fn is_regression(&self) -> bool {
        self.counts.contains_key(&Change::NewlyFailing)
    }
}

/// Rows of examples are named alike: the turn tells them apart.
type Key<'a> = (&'a str, &'a str, usize);

fn by_name(document: &Document) -> BTreeMap<Key<'_>, &Scenario> {
    let mut turns: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let scenarios = document.scenarios.iter().map(|scenario| {
        let name = (scenario.path.as_str(), scenario.name.as_str());
        let turn = turns.entry(name).or_default();
        *turn += 1;
        ((name.0, name.1, *turn), scenario)
    });
    scenarios.collect()
}

fn changed(before: Option<&Scenario>, after: Option<&Scenario>) -> Option<Changed> {
    let of = after.or(before)?;
    Some(Changed {
        change: change(before, after),
        path: of.path.clone(),
        line: of.line,
        name: of.name.clone(),
        before: before.map(|scenario| scenario.outcome.to_string()),
        after: after.map(|scenario| scenario.outcome.to_string()),
    })
}

fn change(before: Option<&Scenario>, after: Option<&Scenario>) -> Change {
    let Some(after) = after else { return Change::Removed };
    let was = |before: &Scenario, counted| before.outcome.counted() == counted;
    let is = |counted| was(after, counted);
    let was_bad = before.is_some_and(|before| was(before, Counted::Failed));
    match before {
        _ if is(Counted::Failed) && !was_bad => Change::NewlyFailing,
        Some(before) if was(before, Counted::Passed) && is(Counted::Skipped) => Change::NoLongerRun,
        _ if after.attempts > 1 => Change::Flaky,
        None => Change::New,
        Some(_) if was_bad && is(Counted::Passed) => Change::Fixed,
        Some(before) if before.outcome != after.outcome => Change::Otherwise,
        Some(_) => Change::Unchanged,
    }
}

fn remarks(before: &Document, after: &Document) -> Vec<String> {
    let of_client = |document: &Document, tell: fn(&Client) -> String| {
        document.client.as_ref().map_or_else(|| "none".to_owned(), tell)
    };
    let of_both = |tell| [before, after].map(|document| of_client(document, tell));
    [
        ("suite", [before, after].map(|document| document.suite.clone())),
        ("version of skyproof", [before, after].map(|document| document.version.clone())),
        ("client", of_both(Client::to_string)),
        ("way to certify", of_both(Client::terms)),
    ]
    .into_iter()
    .filter(|(_, [before, after])| before != after)
    .map(|(what, [before, after])| format!("another {what}: {before}, then {after}"))
    .collect()
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NewlyFailing => "newly failing",
            Self::NoLongerRun => "no longer run",
            Self::Flaky => "flaky",
            Self::Fixed => "fixed",
            Self::Otherwise => "changed otherwise",
            Self::New => "new",
            Self::Removed => "removed",
            Self::Unchanged => "unchanged",
        })
    }
}

/// A line for each scenario that changed, and one that counts; no newline at its end.
impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remark in &self.remarks {
            writeln!(f, "note: {}", one_line(remark))?;
        }
        for scenario in &self.scenarios {
            let Changed { change, path, line, name, .. } = scenario;
            let change = change.to_string().to_uppercase();
            write!(f, "{change} {} ({path}:{line})", one_line(name))?;
            match (&scenario.before, &scenario.after) {
                (Some(before), Some(after)) if before == after => {
                    write!(f, ": {}", one_line(after))?
                }
                (Some(before), Some(after)) => {
                    write!(f, ": {}, was {}", one_line(after), one_line(before))?;
                }
                (None, Some(after)) => write!(f, ": {}", one_line(after))?,
                (Some(before), None) => write!(f, ": was {}", one_line(before))?,
                (None, None) => {}
            }
            writeln!(f)?;
        }
        let counts: Vec<String> =
            self.counts.iter().map(|(change, count)| format!("{count} {change}")).collect();
        f.write_str(if counts.is_empty() { "no scenario in either" } else { "" })?;
        f.write_str(&counts.join(", "))
    }
}
