//! For the Gherkin world: Cucumber Messages, one JSON envelope a line, as `@cucumber/html-formatter` and
//! whatever else speaks that protocol read them.
//!
//! | Outcome | Status |
//! |---|---|
//! | pass, warn | `PASSED` |
//! | fail | `FAILED` |
//! | error, inconclusive | `FAILED`, the message begins with that word |
//! | all others | `SKIPPED`, the message has the reason |
//!
//! An unknown sentence is `UNDEFINED`. Where the sentences alone do not come to the outcome, because it was
//! found afterwards, a hook called *afterwards* does. Each row of examples is a scenario of its own.
//!
//! The run is on its own clock, and a scenario on its scene's, from the beginning of its conversation. How
//! long a single sentence took is not known; it is told as 0.

mod envelopes;

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use serde_json::{Value, json};

use self::envelopes::{Ids, at, status};
use crate::{
    account::shown,
    event::{CameTo, Event, Scenario},
    outcome::{Counted, Outcome, Verdict},
    report::Report,
    run::Run,
};

/// The version of the protocol that is spoken.
const PROTOCOL: &str = "34.2.1";

/// Writes all envelopes when the run has finished.
#[derive(Debug)]
pub struct Messages<W> {
    out: W,
    run: Run,
}

impl<W: Write> Messages<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write> Report for Messages<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            for envelope in envelopes(&self.run) {
                serde_json::to_writer(&mut self.out, &envelope)?;
                self.out.write_all(b"\n")?;
            }
            self.out.flush()?;
        }
        Ok(())
    }
}

fn envelopes(run: &Run) -> Vec<Value> {
    let began_ms = run.at.ms();
    let mut all = vec![meta(run), envelopes::sentences(), envelopes::afterwards()];
    let numbered: Vec<(usize, &Scenario)> = run.scenarios.iter().enumerate().collect();
    for feature in numbered.chunk_by(|(_, a), (_, b)| a.path == b.path) {
        let Some((_, Scenario { path, .. })) = feature.first() else { continue };
        if let Some(text) = run.texts.get(path) {
            let media_type = "text/x.cucumber.gherkin+plain";
            all.push(json!({ "source": { "uri": path, "data": text, "mediaType": media_type } }));
        }
        all.push(document(feature));
        all.extend(feature.iter().map(|(n, scenario)| pickle(&Ids(*n), scenario)));
    }
    all.push(json!({ "testRunStarted": { "id": RUN_ID, "timestamp": at(began_ms) } }));
    for (n, scenario) in &numbered {
        all.push(test_case(&Ids(*n), scenario));
    }
    for (n, scenario) in &numbered {
        execute(&Ids(*n), scenario, began_ms, &mut all);
    }
    let success = run.tally().count(Counted::Failed) == 0;
    all.push(json!({ "testRunFinished": {
        "testRunStartedId": RUN_ID,
        "success": success,
        "message": run.tally().to_string(),
        "timestamp": at(began_ms + run.real_ms),
    } }));
    all
}

const RUN_ID: &str = "run";

fn meta(run: &Run) -> Value {
    let platform = run.client.as_ref().map_or("", |client| client.platform.as_str());
    let (os, cpu) = platform.split_once(' ').unwrap_or(("unknown", "unknown"));
    json!({ "meta": {
        "protocolVersion": PROTOCOL,
        "implementation": { "name": "skyproof", "version": run.version },
        "runtime": { "name": format!("skyproof {}", run.suite), "version": run.version },
        "os": { "name": os },
        "cpu": { "name": cpu },
    } })
}

/// A feature as far as this run met it: its scenarios, with the sentences of backgrounds in each.
fn document(feature: &[(usize, &Scenario)]) -> Value {
    let Some((_, first)) = feature.first() else { return Value::Null };
    let children = feature.iter().map(|(n, scenario)| {
        let ids = Ids(*n);
        let steps = scenario.steps.iter().enumerate().map(|(step, sentence)| {
            json!({
                "id": ids.ast_step(step),
                "location": { "line": sentence.line },
                "keyword": sentence.keyword,
                "keywordType": envelopes::keyword_type(&scenario.steps, step),
                "text": shown(&sentence.text),
            })
        });
        let tags = scenario.tags.iter().enumerate().map(|(tag, name)| {
            let location = json!({ "line": scenario.line });
            json!({ "id": ids.tag(tag), "name": format!("@{name}"), "location": location })
        });
        json!({ "scenario": {
            "id": ids.ast(),
            "location": { "line": scenario.line },
            "keyword": "Scenario",
            "name": shown(&scenario.name),
            "description": "",
            "tags": tags.collect::<Value>(),
            "steps": steps.collect::<Value>(),
            "examples": [],
        } })
    });
    json!({ "gherkinDocument": {
        "uri": first.path,
        "comments": [],
        "feature": {
            "location": { "line": 1 },
            "language": "en",
            "keyword": "Feature",
            "name": shown(&first.feature),
            "description": "",
            "tags": [],
            "children": children.collect::<Value>(),
        },
    } })
}

fn pickle(ids: &Ids, scenario: &Scenario) -> Value {
    let steps = scenario.steps.iter().enumerate().map(|(step, sentence)| {
        json!({
            "id": ids.pickle_step(step),
            "text": shown(&sentence.text),
            "type": envelopes::pickle_type(&scenario.steps, step),
            "astNodeIds": [ids.ast_step(step)],
        })
    });
    let tags = scenario.tags.iter().enumerate();
    json!({ "pickle": {
        "id": ids.pickle(),
        "uri": scenario.path,
        "location": { "line": scenario.line },
        "name": shown(&scenario.name),
        "language": "en",
        "astNodeIds": [ids.ast()],
        "tags": tags
            .map(|(tag, name)| json!({ "name": format!("@{name}"), "astNodeId": ids.tag(tag) }))
            .collect::<Value>(),
        "steps": steps.collect::<Value>(),
    } })
}

fn test_case(ids: &Ids, scenario: &Scenario) -> Value {
    let steps = scenario.steps.iter().enumerate().map(|(step, sentence)| {
        let is_known = sentence.came_to != CameTo::Undefined;
        let definitions: &[&str] = if is_known { &[envelopes::SENTENCES_ID] } else { &[] };
        let arguments = definitions.iter().map(|_| json!({ "stepMatchArguments": [] }));
        json!({
            "id": ids.test_step(step),
            "pickleStepId": ids.pickle_step(step),
            "stepDefinitionIds": definitions,
            "stepMatchArgumentsLists": arguments.collect::<Value>(),
        })
    });
    let hook = has_afterwards(scenario)
        .then(|| json!({ "id": ids.afterwards(), "hookId": envelopes::AFTERWARDS_ID }));
    json!({ "testCase": {
        "id": ids.test_case(),
        "pickleId": ids.pickle(),
        "testRunStartedId": RUN_ID,
        "testSteps": steps.chain(hook).collect::<Value>(),
    } })
}

/// What happened, in order. Attachments belong to the step that decided, or to the last one.
fn execute(ids: &Ids, scenario: &Scenario, run_began_ms: u64, all: &mut Vec<Value>) {
    let conversation = &scenario.conversation;
    let began_ms = if conversation.is_empty() { run_began_ms } else { conversation.began_ms };
    let ended_ms = began_ms + scenario.real_ms;
    let started = ids.started();
    all.push(json!({ "testCaseStarted": {
        "id": started,
        "testCaseId": ids.test_case(),
        "attempt": scenario.attempts.saturating_sub(1),
        "timestamp": at(began_ms),
    } }));
    let mut steps: BTreeMap<usize, (String, &'static str)> = BTreeMap::new();
    for (step, sentence) in scenario.steps.iter().enumerate() {
        steps.insert(step, (ids.test_step(step), of_sentence(scenario, sentence.came_to)));
    }
    if has_afterwards(scenario) {
        steps.insert(scenario.steps.len(), (ids.afterwards(), status(&scenario.outcome)));
    }
    let decided = steps.values().position(|(_, status)| *status != "PASSED");
    let telling = decided.unwrap_or(steps.len().saturating_sub(1));
    let now = at(ended_ms);
    for (n, (step, status)) in steps {
        let place = json!({ "testCaseStartedId": started, "testStepId": step });
        all.push(json!({ "testStepStarted": envelopes::with(&place, "timestamp", &now) }));
        let mut result = json!({ "status": status, "duration": { "seconds": 0, "nanos": 0 } });
        if n == telling {
            let attachments = envelopes::attachments(scenario).into_iter();
            all.extend(attachments.map(|(media_type, file_name, body)| {
                json!({ "attachment": {
                    "testCaseStartedId": started,
                    "testStepId": step,
                    "mediaType": media_type,
                    "contentEncoding": "IDENTITY",
                    "fileName": file_name,
                    "body": body,
                    "timestamp": now,
                } })
            }));
            if let Some(message) = message(scenario) {
                result["message"] = message.into();
            }
        }
        let finished = envelopes::with(&place, "testStepResult", &result);
        all.push(json!({ "testStepFinished": envelopes::with(&finished, "timestamp", &now) }));
    }
    all.push(json!({ "testCaseFinished": {
        "testCaseStartedId": started,
        "timestamp": at(ended_ms),
        "willBeRetried": false,
    } }));
}

/// Whether the sentences alone do not come to the outcome.
fn has_afterwards(scenario: &Scenario) -> bool {
    let mut statuses = scenario.steps.iter().map(|step| of_sentence(scenario, step.came_to));
    let all_passed = scenario.steps.first().map(|_| "PASSED");
    let came_to = statuses.find(|status| *status != "PASSED").or(all_passed);
    let is_undefined = came_to == Some("UNDEFINED") && status(&scenario.outcome) == "FAILED";
    came_to != Some(status(&scenario.outcome)) && !is_undefined
}

/// A sentence in which the scenario ended has the status of its outcome.
fn of_sentence(scenario: &Scenario, came_to: CameTo) -> &'static str {
    match came_to {
        CameTo::Passed => "PASSED",
        CameTo::Failed => status(&scenario.outcome),
        CameTo::Skipped => "SKIPPED",
        CameTo::Undefined => "UNDEFINED",
    }
}

/// Why it did not simply pass.
fn message(scenario: &Scenario) -> Option<String> {
    let Scenario { outcome, failure, trouble, .. } = scenario;
    let prefix = match outcome {
        Outcome::Judged(Verdict::Error | Verdict::Inconclusive) => format!("{}: ", outcome.label()),
        Outcome::Judged(_) => String::new(),
        _ => outcome.to_string(),
    };
    let failure = failure.as_ref().map(ToString::to_string);
    let told: Vec<String> = failure.into_iter().chain(trouble.clone()).collect();
    let message = format!("{prefix}{}", told.join("\n"));
    (!message.is_empty()).then(|| shown(&message).into_owned())
}
