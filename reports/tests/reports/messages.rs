use reports::{CameTo, Event, Messages, Outcome, Scenario, Sentence, Verdict};
use serde_json::Value;

use crate::{
    certified::{certified, conversation},
    sample::{run, scenario, told},
};

fn envelopes(events: &[Event]) -> Vec<Value> {
    let told = told(events, |out| Box::new(Messages::new(out)));
    told.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn a_failing_scenario_in_full() {
    let steps = [("Given ", CameTo::Passed), ("Then ", CameTo::Failed), ("And ", CameTo::Skipped)];
    let steps = steps.into_iter().enumerate().map(|(n, (keyword, came_to))| Sentence {
        keyword: keyword.into(),
        text: format!("sentence {n}"),
        line: 42 + n,
        came_to,
    });
    let mut events = run([Scenario {
        steps: steps.collect(),
        conversation: conversation(),
        trouble: Some("the client ended".into()),
        ..scenario(41, "A failing one", Verdict::Fail.into())
    }]);
    let (path, text) = ("features/iot-hub/cloud/d2c.feature".into(), "Feature: Telemetry\n".into());
    events.insert(1, Event::Feature { path, text });
    insta::assert_snapshot!(told(&events, |out| Box::new(Messages::new(out))));
}

#[test]
fn statuses_follow_from_the_outcome() {
    use CameTo::{Failed, Passed, Skipped, Undefined};
    let not_run = || Outcome::NotRun("needs held time".into());
    for (outcome, came_to, statuses) in [
        (Verdict::Pass.into(), vec![Passed, Passed], "PASSED PASSED"),
        (Verdict::Warn.into(), vec![Passed, Failed], "PASSED PASSED"),
        (Verdict::Fail.into(), vec![Passed, Failed, Skipped], "PASSED FAILED SKIPPED"),
        (Verdict::Inconclusive.into(), vec![Failed, Skipped], "FAILED SKIPPED"),
        (Verdict::Error.into(), vec![Undefined, Skipped], "UNDEFINED SKIPPED"),
        (not_run(), vec![Passed, Skipped], "PASSED SKIPPED"),
        // What was found afterwards has a step of its own.
        (Verdict::Fail.into(), vec![Passed], "PASSED FAILED"),
        (Verdict::Error.into(), vec![], "FAILED"),
        (Verdict::Pass.into(), vec![], "PASSED"),
        (not_run(), vec![], "SKIPPED"),
    ] {
        let steps = came_to.iter().map(|&came_to| Sentence {
            keyword: "Then ".into(),
            text: "it is so".into(),
            line: 2,
            came_to,
        });
        let what = format!("{outcome} after {came_to:?}");
        let steps = steps.collect();
        let events = run([Scenario { steps, ..scenario(1, "One", outcome) }]);
        let told: Vec<_> = envelopes(&events)
            .iter()
            .filter_map(|it| it["testStepFinished"]["testStepResult"]["status"].as_str())
            .map(str::to_owned)
            .collect();
        assert_eq!(told.join(" "), statuses, "{what}");
    }
}

#[test]
fn messages_say_what_kind_of_failure_it_was() {
    for (outcome, begins) in [
        (Verdict::Error.into(), "error: "),
        (Verdict::Inconclusive.into(), "inconclusive: "),
        (Outcome::Unsupported("no twin".into()), "unsupported: no twin"),
    ] {
        let envelopes = envelopes(&run([scenario(1, "One", outcome)]));
        let results =
            envelopes.iter().map(|it| &it["testStepFinished"]["testStepResult"]["message"]);
        let told: Vec<_> = results.filter_map(Value::as_str).collect();
        assert!(told.len() == 1 && told[0].starts_with(begins), "{told:?}");
    }
}

#[test]
fn every_id_is_unique_and_every_reference_leads_somewhere() {
    let envelopes = envelopes(&certified());
    let mut ids = Vec::new();
    let mut references = Vec::new();
    for envelope in &envelopes {
        collect(envelope, &mut ids, &mut references);
    }
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
    let dangling: Vec<_> = references.iter().filter(|it| ids.binary_search(it).is_err()).collect();
    assert!(dangling.is_empty(), "{dangling:?}");
}

fn collect(value: &Value, ids: &mut Vec<String>, references: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match (name.as_str(), value) {
                    ("id", Value::String(id)) => ids.push(id.clone()),
                    (name, Value::String(id)) if name.ends_with("Id") => {
                        references.push(id.clone())
                    }
                    (name, Value::Array(all)) if name.ends_with("Ids") => {
                        references.extend(all.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    (_, value) => collect(value, ids, references),
                }
            }
        }
        Value::Array(values) => values.iter().for_each(|value| collect(value, ids, references)),
        _ => {}
    }
}
