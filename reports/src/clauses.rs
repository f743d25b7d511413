//! What a run found out about each clause, over all of its scenarios.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    areas::area_of,
    event::Scenario,
    judged::{Found, Level},
};

/// The clauses that a run looked at, by area and then by id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clauses(pub Vec<ClauseArea>);

/// The clauses of one area, such as `HUB-D2C`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseArea {
    pub area: String,
    pub clauses: Vec<ClauseFound>,
}

/// One clause and what the worst of its scenarios found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseFound {
    pub id: String,
    pub says: String,
    pub level: Level,
    /// Broken when any scenario found that; kept when one found that, and never shown otherwise.
    pub found: Found,
    pub scenarios: Vec<FoundAt>,
}

/// What one scenario found out about a clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundAt {
    pub path: String,
    pub line: usize,
    pub found: Found,
}

/// How many clauses came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClauseTally {
    pub kept: usize,
    pub broken: usize,
    pub never_shown: usize,
}

impl Clauses {
    /// Joins what the scenarios found, each clause once.
    pub fn of<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> Self {
        let mut areas: BTreeMap<&str, BTreeMap<&str, ClauseFound>> = BTreeMap::new();
        for scenario in scenarios {
            for judged in &scenario.judged {
                let id = judged.clause.as_str();
                let clauses = areas.entry(area_of(id)).or_default();
                let clause = clauses.entry(id).or_insert_with(|| ClauseFound {
                    id: id.to_owned(),
                    says: judged.says.clone(),
                    level: judged.level,
                    found: judged.found,
                    scenarios: Vec::new(),
                });
                clause.found = clause.found.max(judged.found);
                let is_here =
                    |at: &&mut FoundAt| at.path == scenario.path && at.line == scenario.line;
                match clause.scenarios.iter_mut().find(is_here) {
                    // What was found besides has the place of the scenario where it was found.
                    Some(at) => at.found = at.found.max(judged.found),
                    None => clause.scenarios.push(FoundAt {
                        path: scenario.path.clone(),
                        line: scenario.line,
                        found: judged.found,
                    }),
                }
            }
        }
        let areas = areas.into_iter().map(|(area, clauses)| ClauseArea {
            area: area.to_owned(),
            clauses: clauses.into_values().collect(),
        });
        Self(areas.collect())
    }

    /// Every clause, area by area.
    pub fn iter(&self) -> impl Iterator<Item = &ClauseFound> {
        self.0.iter().flat_map(|area| &area.clauses)
    }

    /// Counts them.
    pub fn tally(&self) -> ClauseTally {
        tally(self.iter())
    }
}

impl ClauseArea {
    /// Counts the clauses of this area.
    pub fn tally(&self) -> ClauseTally {
        tally(&self.clauses)
    }
}

impl ClauseTally {
    /// All that were looked at.
    pub const fn all(&self) -> usize {
        self.kept + self.broken + self.never_shown
    }
}

fn tally<'a>(clauses: impl IntoIterator<Item = &'a ClauseFound>) -> ClauseTally {
    clauses.into_iter().fold(ClauseTally::default(), |mut tally, clause| {
        *match clause.found {
            Found::Kept => &mut tally.kept,
            Found::Broken => &mut tally.broken,
            Found::NeverShown => &mut tally.never_shown,
        } += 1;
        tally
    })
}
