//! The small parts of envelopes: ids, moments, statuses, attachments.

use serde_json::{Value, json};

use crate::{
    account::shown,
    conversation::By,
    event::{Scenario, Sentence},
    judged::Found,
    outcome::{Counted, Outcome},
};

pub(super) const SENTENCES_ID: &str = "sentences";
pub(super) const AFTERWARDS_ID: &str = "afterwards";

/// The ids around one scenario, by its number in the run: the same run has the same ids.
pub(super) struct Ids(pub(super) usize);

impl Ids {
    pub(super) fn ast(&self) -> String {
        format!("{}-scenario", self.0)
    }

    pub(super) fn ast_step(&self, step: usize) -> String {
        format!("{}-sentence-{step}", self.0)
    }

    pub(super) fn tag(&self, tag: usize) -> String {
        format!("{}-tag-{tag}", self.0)
    }

    pub(super) fn pickle(&self) -> String {
        format!("{}-pickle", self.0)
    }

    pub(super) fn pickle_step(&self, step: usize) -> String {
        format!("{}-pickle-{step}", self.0)
    }

    pub(super) fn test_case(&self) -> String {
        format!("{}-case", self.0)
    }

    pub(super) fn test_step(&self, step: usize) -> String {
        format!("{}-step-{step}", self.0)
    }

    pub(super) fn afterwards(&self) -> String {
        format!("{}-afterwards", self.0)
    }

    pub(super) fn started(&self) -> String {
        format!("{}-started", self.0)
    }
}

/// The one definition that stands for all sentences that the suite knows.
pub(super) fn sentences() -> Value {
    json!({ "stepDefinition": {
        "id": SENTENCES_ID,
        "pattern": { "source": "a sentence that the suite knows", "type": "REGULAR_EXPRESSION" },
        "sourceReference": { "uri": "steps/sentences" },
    } })
}

/// The hook that tells what was found when all sentences were done.
pub(super) fn afterwards() -> Value {
    json!({ "hook": {
        "id": AFTERWARDS_ID,
        "name": "afterwards",
        "type": "AFTER_TEST_CASE",
        "sourceReference": { "uri": "steps/suite.rs" },
    } })
}

/// A moment, from milliseconds since 1970.
pub(super) fn at(ms: u64) -> Value {
    json!({ "seconds": ms / 1000, "nanos": ms % 1000 * 1_000_000 })
}

pub(super) const fn status(outcome: &Outcome) -> &'static str {
    match outcome.counted() {
        Counted::Passed => "PASSED",
        Counted::Failed => "FAILED",
        Counted::Skipped => "SKIPPED",
    }
}

/// The object with one member more.
pub(super) fn with(object: &Value, member: &str, value: &Value) -> Value {
    let mut object = object.clone();
    object[member] = value.clone();
    object
}

pub(super) fn keyword_type(steps: &[Sentence], step: usize) -> &'static str {
    match steps[step].keyword.trim() {
        "Given" => "Context",
        "When" => "Action",
        "Then" => "Outcome",
        "*" => "Unknown",
        _ => "Conjunction",
    }
}

/// That of the last sentence that says it: `And` and `But` go on with it.
pub(super) fn pickle_type(steps: &[Sentence], step: usize) -> &'static str {
    let types = (0..=step).rev().map(|step| keyword_type(steps, step));
    types.into_iter().find(|kind| *kind != "Conjunction").unwrap_or("Unknown")
}

/// The wire and the clauses: media type, file name, text.
pub(super) fn attachments(scenario: &Scenario) -> Vec<(&'static str, &'static str, String)> {
    let mut all = Vec::new();
    if !scenario.conversation.said.is_empty() {
        all.push(("text/x.cucumber.log+plain", "conversation.txt", conversation(scenario)));
    }
    if !scenario.judged.is_empty() {
        let lines = scenario.judged.iter().map(|judged| {
            let found = match judged.found {
                Found::NeverShown => "never shown",
                Found::Kept => "kept",
                Found::Broken => "BROKEN",
            };
            format!("{found:11} {}: {}", judged.clause, judged.says)
        });
        all.push(("text/plain", "clauses.txt", lines.collect::<Vec<_>>().join("\n")));
    }
    all.push(("text/plain", "run-again.txt", scenario.repeat.clone()));
    all.into_iter().map(|(kind, name, text)| (kind, name, shown(&text).into_owned())).collect()
}

/// `     0.030 s #1 client > PUBLISH q2 … (breaks HUB-D2C-016)`, a line each; `>>` before what offends.
fn conversation(scenario: &Scenario) -> String {
    let lines = scenario.conversation.said.iter().map(|said| {
        let mark = if said.offending { ">>" } else { "  " };
        let (s, ms) = (said.at_ms / 1000, said.at_ms % 1000);
        let way = match said.by {
            By::Client => "client >",
            By::Cloud => " cloud <",
            By::Nobody => "       -",
        };
        let broke = if said.broke.is_empty() {
            String::new()
        } else {
            format!(" (breaks {})", said.broke.join(", "))
        };
        let because = said.because.as_ref().map(|clause| format!(" (because of {clause})"));
        let because = because.unwrap_or_default();
        format!("{mark} {s:5}.{ms:03} s #{} {way} {}{broke}{because}", said.connection, said.text)
    });
    lines.collect::<Vec<_>>().join("\n")
}
