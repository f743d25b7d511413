//! Checks that no client passes: more likely wrong themselves than all of the clients.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::{
    account::one_line,
    event::Scenario,
    json::Document,
    outcome::{Outcome, Verdict},
};

/// Every suspect check, by place. `Display` is for people; [`Serialize`] for programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suspects {
    /// The clients that were looked at.
    pub clients: Vec<String>,
    pub checks: Vec<Suspect>,
}

/// A check that at least two clients came to and that all of these violated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suspect {
    pub path: String,
    pub line: usize,
    pub name: String,
    /// By the clauses that it is tagged with and the clients broke there.
    pub broken: Vec<String>,
    /// Who violates it.
    pub clients: Vec<String>,
}

impl Suspects {
    /// Looks through the runs of several clients.
    pub fn of(documents: &[Document]) -> Self {
        let mut checks: BTreeMap<(&str, &str), Vec<(String, &Scenario)>> = BTreeMap::new();
        for document in documents {
            for scenario in &document.scenarios {
                let name = (scenario.path.as_str(), scenario.name.as_str());
                checks.entry(name).or_default().push((client(document), scenario));
            }
        }
        let checks = checks.into_values().filter_map(|results| suspect(&results));
        Self { clients: documents.iter().map(client).collect(), checks: checks.collect() }
    }
}

/// Only what passed or failed counts: trouble and refusals say nothing about the check.
fn suspect(results: &[(String, &Scenario)]) -> Option<Suspect> {
    let judged = |scenario: &Scenario| {
        use Verdict::{Fail, Pass, Warn};
        matches!(scenario.outcome, Outcome::Judged(Pass | Warn | Fail))
    };
    let judges: Vec<_> = results.iter().filter(|(_, scenario)| judged(scenario)).collect();
    let fails = |scenario: &Scenario| scenario.outcome == Outcome::Judged(Verdict::Fail);
    let mut clients: Vec<String> = judges.iter().map(|(client, _)| client.clone()).collect();
    clients.sort_unstable();
    clients.dedup();
    if clients.len() < 2 || !judges.iter().all(|(_, scenario)| fails(scenario)) {
        return None;
    }
    let (_, scenario) = judges.first()?;
    let mut broken: Vec<String> = judges
        .iter()
        .flat_map(|(_, scenario)| &scenario.judged)
        .filter(|judged| judged.found == crate::judged::Found::Broken)
        .map(|judged| judged.clause.clone())
        .collect();
    broken.sort_unstable();
    broken.dedup();
    Some(Suspect {
        path: scenario.path.clone(),
        line: scenario.line,
        name: scenario.name.clone(),
        broken,
        clients,
    })
}

fn client(document: &Document) -> String {
    document.client.as_ref().map_or_else(|| "nobody".to_owned(), ToString::to_string)
}

/// A line for each check, and one that counts; no newline at its end.
impl fmt::Display for Suspects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Suspect { path, line, name, broken, clients } in &self.checks {
            let name = one_line(name);
            write!(
                f,
                "SUSPECT {name} ({path}:{line}): fails for {}",
                one_line(&clients.join(", "))
            )?;
            if !broken.is_empty() {
                write!(f, " by {}", broken.join(", "))?;
            }
            writeln!(f)?;
        }
        let (checks, clients) = (self.checks.len(), self.clients.len());
        let s = if checks == 1 { "" } else { "s" };
        write!(f, "{checks} suspect check{s} among {clients} clients")
    }
}
