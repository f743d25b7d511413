//! What happened in a run, told to every report. How to show it is each report's own matter.

use cloud::{Step, Time};
use serde::{Deserialize, Serialize};

use crate::{
    client::Client, conversation::Conversation, failure::Failure, judged::Judged, outcome::Outcome,
};

/// One thing that happened. A run starts, scenarios finish in any order, the run finishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    RunStarted {
        /// What runs, as on the command line: `test`, `certify iot-hub`.
        suite: String,
        /// The version of skyproof.
        version: String,
        #[serde(with = "moment")]
        at: Time,
        /// How many scenarios are selected.
        scenarios: usize,
        /// Who is certified, when somebody is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        client: Option<Box<Client>>,
    },
    /// The text of a feature that scenarios of this run stand in, before any of them.
    Feature {
        path: String,
        text: String,
    },
    /// For whoever shows progress.
    ScenarioStarted {
        path: String,
        line: usize,
        name: String,
    },
    ScenarioFinished(Box<Scenario>),
    /// Something about the run as a whole that a reader has to know: behaviour that was seen and not
    /// claimed, a lane that was left out.
    Remark {
        text: String,
    },
    RunFinished {
        /// Real time since the run started, in milliseconds.
        real_ms: u64,
    },
}

/// One scenario and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    /// The name of its features folder: `iot-hub`.
    pub cloud: String,
    /// The title of its feature.
    pub feature: String,
    /// Such as `features/iot-hub/cloud/d2c.feature`.
    pub path: String,
    /// Of the scenario, or of its row of examples; counts from 1.
    pub line: usize,
    pub name: String,
    /// Without the `@`.
    pub tags: Vec<String>,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Why it did not simply pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
    /// What its clouds heard and did, oldest first.
    pub transcript: Vec<TranscriptLine>,
    /// What was found out about each clause that the scenario looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub judged: Vec<Judged>,
    /// Its sentences and how far it came.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Sentence>,
    /// What went over the wire, when somebody wants to draw it.
    #[serde(default, skip_serializing_if = "Conversation::is_empty")]
    pub conversation: Conversation,
    /// Trouble of the harness or of the client's process, beside what the outcome says of the
    /// client's conduct: `the client ended with exit code 1`, with what it wrote to standard error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<String>,
    /// How often it was run; above 1 only where its tags allow that.
    #[serde(default = "once", skip_serializing_if = "is_once")]
    pub attempts: u32,
    /// The command that runs this scenario alone, in one line.
    pub repeat: String,
    /// Real time in milliseconds.
    pub real_ms: u64,
}

/// The tag of a failure that may be the check's own.
pub const SUSPECT: &str = "suspect";

impl Scenario {
    /// Whether its tag `suspect` says that all official clients fail it, too: then the check may be wrong.
    pub fn is_suspect(&self) -> bool {
        self.tags.iter().any(|tag| tag == SUSPECT)
    }
}

/// One sentence of a scenario, as Gherkin has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sentence {
    /// `Given `, with the blank.
    pub keyword: String,
    pub text: String,
    /// Its line in the feature.
    pub line: usize,
    pub came_to: CameTo,
}

/// What a sentence came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CameTo {
    Passed,
    Failed,
    /// An earlier one ended the scenario.
    Skipped,
    /// Nobody knows the sentence.
    Undefined,
}

const fn once() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks like this")]
const fn is_once(attempts: &u32) -> bool {
    *attempts == 1
}

/// One step of the trace, for reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptLine {
    /// A sentence, with the judgements and effects in lines below it.
    pub text: String,
    /// Whether this is what went wrong.
    pub offending: bool,
}

impl TranscriptLine {
    /// A step of a cloud's trace.
    pub fn of(step: &Step, offending: bool) -> Self {
        Self { text: step.to_string(), offending }
    }
}

/// A moment in JSON: `2026-11-20T14:22:24.0000000Z`.
pub(crate) mod moment {
    use cloud::Time;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(at: &Time, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&at.round_trip())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Time, D::Error> {
        let text = String::deserialize(from)?;
        Time::parse(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is no date in UTC")))
    }
}

#[cfg(test)]
mod tests {
    use cloud::Input;

    use super::*;

    #[test]
    fn a_step_is_told_as_the_trace_tells_it() {
        let (at, input) = (Time::from_s(0), Input::Timeout);
        let step = Step {
            number: 1,
            at,
            device: None,
            input,
            judged: Vec::new(),
            effects: Vec::new(),
            struck: Vec::new(),
            why: None,
        };
        let line = TranscriptLine::of(&step, true);
        assert_eq!(line.text, "1970-01-01T00:00:00.0000000Z a timer ran out");
        assert!(line.offending);
    }
}
