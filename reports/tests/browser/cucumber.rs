//! Cucumber Messages by the official schema, and in the page that `@cucumber/html-formatter` makes of them.

use std::{
    fs,
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use reports::{Event, Messages};
use serde_json::Value;

use crate::{
    certified::certified,
    chromium,
    sample::{every_outcome, told},
};

fn messages(events: &[Event]) -> String {
    told(events, |out| Box::new(Messages::new(out)))
}

/// The folder with the formatter, where clients/install has been.
fn formatter() -> Option<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/browser/cucumber");
    chromium::there(
        folder.join("node_modules/installed.json").is_file(),
        "@cucumber/html-formatter",
    )
    .then_some(folder)
}

/// The certified run and one of every outcome, with the text of a feature.
fn samples() -> [Vec<Event>; 2] {
    let mut every = every_outcome();
    let path = "features/iot-hub/cloud/d2c.feature".into();
    every.insert(1, Event::Feature { path, text: "Feature: Telemetry\n".into() });
    [certified(), every]
}

#[test]
fn every_envelope_is_as_the_schema_says() {
    let Some(folder) = formatter() else { return };
    let schema = fs::read(folder.join("node_modules/@cucumber/messages/messages.schema.json"));
    let schema: Value = serde_json::from_slice(&schema.expect("a schema")).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let wrong = serde_json::json!({ "testStepFinished": { "status": "PASSED" } });
    assert!(!schema.is_valid(&wrong), "the schema refuses nothing");
    for line in samples().iter().flat_map(|events| lines(&messages(events))) {
        let envelope: Value = serde_json::from_str(&line).expect("JSON");
        let errors: Vec<_> = schema.iter_errors(&envelope).map(|it| it.to_string()).collect();
        assert_eq!(errors, [""; 0], "{line}");
    }
}

#[test]
fn the_formatter_makes_a_page_of_them() {
    let Some(folder) = formatter() else { return };
    for (n, events) in samples().into_iter().enumerate() {
        let page = render(&folder, &messages(&events));
        let Some(seen) = chromium::open(&format!("cucumber-{n}"), &page, "") else { return };
        assert_eq!(seen.console, [""; 0]);
        for event in &events {
            let Event::ScenarioFinished(scenario) = event else { continue };
            assert!(seen.dom.contains(&scenario.feature), "{}", scenario.feature);
        }
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn render(folder: &PathBuf, messages: &str) -> String {
    let mut node = Command::new("node")
        .arg("render.mjs")
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node starts");
    let mut input = node.stdin.take().expect("its input");
    input.write_all(messages.as_bytes()).expect("it reads");
    drop(input);
    let output = node.wait_with_output().expect("it ends");
    assert!(output.status.success(), "{}", output.status);
    String::from_utf8(output.stdout).expect("a page is text")
}
