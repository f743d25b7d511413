//! A run as a whole, for reports that can only be written at its end.

use std::collections::BTreeMap;

use cloud::Time;

use crate::{
    client::Client,
    event::{Event, Scenario},
    outcome::{Outcome, Verdict},
    tally::Tally,
};

/// What was told since the run started.
#[derive(Debug, Default)]
pub(crate) struct Run {
    pub(crate) suite: String,
    pub(crate) version: String,
    pub(crate) at: Time,
    pub(crate) client: Option<Client>,
    pub(crate) remarks: Vec<String>,
    /// The texts of features by their paths.
    pub(crate) texts: BTreeMap<String, String>,
    /// By path and line once the run has finished: parallel runs read alike.
    pub(crate) scenarios: Vec<Scenario>,
    pub(crate) real_ms: u64,
}

impl Run {
    /// Keeps what the event tells; whether the run is complete now.
    pub(crate) fn hear(&mut self, event: &Event) -> bool {
        match event {
            Event::RunStarted { suite, version, at, client, .. } => {
                let (suite, version) = (suite.clone(), version.clone());
                let client = client.as_deref().cloned();
                *self = Self { suite, version, at: *at, client, ..Self::default() };
                false
            }
            Event::ScenarioFinished(scenario) => {
                let mut scenario = Scenario::clone(scenario);
                // Nobody reads it at the end, and thousands of them weigh.
                if scenario.outcome == Outcome::Judged(Verdict::Pass) {
                    scenario.transcript = Vec::new();
                }
                self.scenarios.push(scenario);
                false
            }
            Event::ScenarioStarted { .. } => false,
            Event::Feature { path, text } => {
                self.texts.insert(path.clone(), text.clone());
                false
            }
            Event::Remark { text } => {
                self.remarks.push(text.clone());
                false
            }
            Event::RunFinished { real_ms } => {
                self.real_ms = *real_ms;
                self.scenarios.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
                true
            }
        }
    }

    /// The scenarios of each feature.
    pub(crate) fn features(&self) -> impl Iterator<Item = &[Scenario]> {
        self.scenarios.chunk_by(|a, b| a.path == b.path)
    }

    pub(crate) fn tally(&self) -> Tally {
        tally(&self.scenarios)
    }
}

pub(crate) fn tally<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> Tally {
    scenarios.into_iter().map(|scenario| &scenario.outcome).collect()
}
