//! Which scenarios the official clients are known to fail: where all of them do, the check may be wrong.

use std::{collections::BTreeMap, path::Path};

use reports::{Outcome, Scenario, Verdict};

use crate::{features, suite::Trouble};

/// Its name below the features.
const FILE: &str = "jury.txt";

/// What a line begins with that names the official clients.
const OFFICIAL: &str = "official";

/// The official clients, and by a scenario's place or name those that are known to fail it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Jury {
    official: Vec<String>,
    fails: BTreeMap<String, Vec<String>>,
}

impl Jury {
    /// Reads the list in a folder of features, or the one in this binary.
    pub(super) fn read(folder: Option<&Path>) -> Result<Self, Trouble> {
        Self::parse(&features::text(folder, FILE)?)
    }

    /// Reads lines of `SCENARIO | CLIENT, CLIENT`; `#` begins a comment.
    fn parse(text: &str) -> Result<Self, Trouble> {
        let mut jury = Self::default();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let Some((scenario, clients)) = line.rsplit_once(" | ") else {
                return Err(Trouble::Usage(
                    format!("features/{FILE}: no clients in `{line}`"),
                    "such as `The client comes back | azure-iot-device`".to_owned(),
                ));
            };
            let clients = clients.split(',').map(|client| client.trim().to_owned()).collect();
            match scenario {
                OFFICIAL => jury.official = clients,
                _ => drop(jury.fails.insert(scenario.to_owned(), clients)),
            }
        }
        Ok(jury)
    }

    /// Marks a failure that all official clients share.
    pub(super) fn judge(&self, scenario: &mut Scenario) {
        let place = format!("{}:{}", scenario.path, scenario.line);
        let fails = self.fails.get(&place).or_else(|| self.fails.get(&scenario.name));
        let is_shared = fails.is_some_and(|fails| {
            !self.official.is_empty() && self.official.iter().all(|client| fails.contains(client))
        });
        if is_shared && scenario.outcome == Outcome::Judged(Verdict::Fail) {
            scenario.tags.push(reports::event::SUSPECT.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use cucumber::gherkin;

    use super::*;

    #[test]
    fn the_jury_speaks_of_scenarios_that_there_are() {
        let jury = Jury::read(None).expect("a list");
        let features = features::embedded().expect("features");
        for known in jury.fails.keys() {
            let is_it = |feature: &gherkin::Feature, scenario: &gherkin::Scenario| {
                let place = format!("{}:{}", features::path(feature), scenario.position.line);
                *known == scenario.name || *known == place
            };
            let is_there = features
                .iter()
                .any(|feature| features::scenarios(feature).any(|it| is_it(feature, it)));
            assert!(is_there, "{known}");
        }
    }

    #[test]
    fn a_line_without_clients_is_told() {
        let error = Jury::parse("# a comment\n\nofficial a, b").expect_err("no clients");
        assert!(error.to_string().starts_with("features/jury.txt: no clients in `official a, b`"));
    }
}
