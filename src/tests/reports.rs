//! `report`: stored runs, and what is wrong with them.

use std::fs;

use serde_json::Value;

use crate::sandbox::{Ended, Sandbox, read};

const STARTED: &str = r#"{"event":"run-started","suite":"certify iot-hub","version":"0.1.0","at":"2026-11-20T14:22:24Z","scenarios":1}"#;
const FINISHED: &str = r#"{"event":"run-finished","real_ms":5}"#;

fn scenario(line: usize, name: &str, outcome: &str) -> String {
    format!(
        r#"{{"event":"scenario-finished","cloud":"iot-hub","feature":"F","path":"features/f.feature","line":{line},"name":"{name}","tags":[],"outcome":"{outcome}","transcript":[],"repeat":"again","real_ms":1}}"#
    )
}

fn run(scenarios: &[String]) -> String {
    format!("{STARTED}\n{}\n{FINISHED}\n", scenarios.join("\n"))
}

#[test]
fn shards_become_a_folder_that_is_compared_and_told_again() {
    let sandbox = Sandbox::new();
    let [a, b, c] = [
        ("a.jsonl", run(&[scenario(3, "One", "pass")])),
        ("b.jsonl", run(&[scenario(9, "Two", "pass")])),
        ("c.jsonl", run(&[scenario(9, "Two", "fail")])),
    ]
    .map(|(name, text)| sandbox.file(name, &text));
    let [good, bad] = ["good", "bad/deep"].map(|name| sandbox.path(name).display().to_string());
    let told = sandbox.succeed(&["report", "merge", &a, &b, "--out", &good]);
    assert!(told.starts_with("2 passed, 0 failed, 0 skipped\n"), "{told}");
    sandbox.succeed(&["report", "merge", &a, &c, "--out", &bad]);
    for name in [
        "report.json",
        "events.jsonl",
        "index.html",
        "messages.ndjson",
        "junit.xml",
        "summary.md",
        "badge.json",
        "badge.svg",
    ] {
        assert!(!read(sandbox.path("good").join(name)).is_empty(), "{name}");
    }

    let same = sandbox.succeed(&["report", "diff", &good, &good]);
    assert_eq!(same, "2 unchanged\n");
    let worse = sandbox.run(&["report", "diff", &good, &format!("{bad}/report.json")]);
    assert_eq!(
        (worse.code, worse.stdout.as_str()),
        (
            Some(1),
            "NEWLY FAILING Two (features/f.feature:9): fail, was pass\n1 newly failing, 1 unchanged\n"
        )
    );
    let json = sandbox.json(&["report", "diff", &bad, &good, "--json"]);
    assert_eq!(json["counts"]["fixed"], 1);

    let page = sandbox.succeed(&["report", "render", &bad, "--to", "markdown"]);
    assert_eq!(page, read(sandbox.path("bad/deep/summary.md")));
    let file = sandbox.path("again.xml").display().to_string();
    sandbox.succeed(&["report", "render", &bad, "--to", "junit", "--out", &file]);
    assert_eq!(read(&file), read(sandbox.path("bad/deep/junit.xml")));
    let schema = sandbox.json(&["report", "schema"]);
    assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    let suspects = sandbox.succeed(&["report", "suspects", &good, &bad]);
    assert_eq!(suspects, "0 suspect checks among 2 clients\n");
}

#[test]
fn an_earlier_run_leaves_nothing_behind() {
    let sandbox = Sandbox::new();
    let a = sandbox.file("a.jsonl", &run(&[scenario(3, "One", "pass")]));
    let out = sandbox.path("out");
    fs::create_dir_all(out.join("traces")).unwrap();
    for name in ["traces/old.pcapng", "traces/mine.txt", "mine.txt"] {
        fs::write(out.join(name), "old").unwrap();
    }
    sandbox.succeed(&["report", "merge", &a, "--out", &out.display().to_string()]);
    assert!(!out.join("traces/old.pcapng").exists());
    assert_eq!(
        (read(out.join("traces/mine.txt")), read(out.join("mine.txt"))),
        ("old".into(), "old".into())
    );
    assert!(
        !fs::read_dir(&out).unwrap().any(|it| it
            .unwrap()
            .path()
            .extension()
            .is_some_and(|it| it == "part"))
    );
}

#[test]
fn what_is_wrong_with_a_stored_run_is_told() {
    let sandbox = Sandbox::new();
    let good = sandbox.file("good.jsonl", &run(&[scenario(3, "One", "pass")]));
    let torn = sandbox.file("torn.jsonl", &format!("{STARTED}\n"));
    let other = sandbox.file("other.jsonl", &run(&[scenario(3, "One", "fail")]));
    let odd = sandbox.file("odd.jsonl", &format!("{STARTED}\nhello\n{FINISHED}\n"));
    let report = sandbox.file("report.json", "{\"format\": 2}");
    let plain = sandbox.file("plain", "");
    let out = sandbox.path("out").display().to_string();
    let missing = sandbox.path("missing").display().to_string();
    for (arguments, what) in [
        (
            &["merge", &torn, "--out", &out][..],
            "torn.jsonl is no stream of events: it ends before `run-finished`: the run was cut short",
        ),
        (
            &["merge", &plain, "--out", &out],
            "plain is no stream of events: it does not begin with `run-started`",
        ),
        (
            &["merge", &good, &other, "--out", &out],
            "other.jsonl tell of One (features/f.feature:3) differently",
        ),
        (&["merge", &odd, "--out", &out], "odd.jsonl is no stream of events: line 2: "),
        (&["merge", &missing, "--out", &out], "missing cannot be read: No such file"),
        (&["merge", &good, "--out", &plain], "reports cannot be written to "),
        (&["diff", &report, &report], "report.json has the format 2, and this skyproof reads 1"),
        (&["diff", &good, &good], "good.jsonl is no report.json of skyproof: "),
        (&["render", &report, "--to", "junit"], "report.json is no stream of events: line 1: "),
        (&["render", &good, "--to", "pdf"], "invalid value 'pdf' for '--to <FORM>'"),
        (&["suspects", &report], "2 values required"),
    ] {
        let arguments = [&["report"], arguments].concat();
        let ended = sandbox.run(&arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(what), "{arguments:?}: {}", ended.stderr);
    }
    assert!(!sandbox.path("out").exists());
}

/// One scenario of the small client that does everything right.
fn certify(sandbox: &Sandbox, out: &str) -> Ended {
    let client = env!("CARGO_BIN_EXE_skyproof");
    let only = ["--only", "A client refuses a certificate that is expired", "--report", out];
    let command = ["--", client, "miniature", "right"];
    sandbox.run(&[&["certify", "iot-hub"][..], &only, &command].concat())
}

#[test]
fn a_certified_client_fills_the_folder() {
    let sandbox = Sandbox::new();
    let out = sandbox.path("out");
    let ended = certify(&sandbox, &out.display().to_string());
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("client: skyproof (sha256 "), "{}", ended.stdout);
    let report: Value = serde_json::from_str(&read(out.join("report.json"))).unwrap();
    let schema = sandbox.json(&["report", "schema"]);
    let validator = jsonschema::draft202012::new(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&report).map(|it| it.to_string()).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let profile = &report["profile"];
    assert_eq!(profile["client_ids"][0]["value"], "{id}");
    assert_eq!(profile["usernames"][0]["value"], "{host}/{id}/?api-version=2021-04-12");
    let topics = profile["topics"].as_array().unwrap();
    assert!(topics.iter().any(|it| it["topic"] == "$iothub/twin/GET/?$rid={rid}"), "{topics:?}");
    let traces = fs::read_dir(out.join("traces")).unwrap().count();
    assert_eq!(traces, report["scenarios"].as_array().unwrap().len());
    let again = sandbox.succeed(&["report", "render", &out.display().to_string(), "--to", "json"]);
    assert_eq!(again, read(out.join("report.json")));
}

#[test]
fn a_folder_that_cannot_be_written_is_told_before_anything_runs() {
    let sandbox = Sandbox::new();
    let ended = certify(&sandbox, &sandbox.file("in the way", ""));
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.starts_with("error: reports cannot be written to "), "{}", ended.stderr);
    assert!(ended.stderr.contains("hint: "), "{}", ended.stderr);
}

#[test]
fn nights_are_laid_side_by_side_and_a_regression_is_told() {
    let sandbox = Sandbox::new();
    let (good, bad) = (run(&[scenario(3, "One", "pass")]), run(&[scenario(3, "One", "fail")]));
    let nights = sandbox.path("nights").display().to_string();
    let merge = |text: &str, to: &str| {
        let events = sandbox.file("events.jsonl", text);
        let to = sandbox.path(to).display().to_string();
        sandbox.succeed(&["report", "merge", &events, "--out", &to]);
    };
    merge(&good, "nights/2026-11-19/it-iot-hub");
    sandbox.file("nights/2026-11-19/it-iot-hub/index.html", "its page");
    sandbox.file("nights/README.md", "is no night");
    sandbox.file("nights/2026-11-19/notes.txt", "are no run");
    merge(&bad, "elsewhere");
    let plain = read(sandbox.path("elsewhere/report.json"));
    let gate = ["report", "trend", &nights, "--fail-on-regression"];

    let page = sandbox.path("nights/trend.html").display().to_string();
    assert_eq!(sandbox.run(&[&gate[..], &["--out", &page]].concat()).code, Some(0));
    assert!(read(&page).contains("href=\"2026-11-19/it-iot-hub/index.html\""), "{}", read(&page));

    // A night as one plain file for each client.
    sandbox.file("nights/2026-11-20/it-iot-hub.json", &plain);
    let told = sandbox.run(&gate);
    assert_eq!(told.code, Some(1));
    assert_eq!(
        told.stdout,
        "2026-11-20: 1 clients, 1 with a regression\n\
         it-iot-hub: violations, 0 passed, 1 failed, 0 skipped\n  \
         NEWLY FAILING One (features/f.feature:3): fail, was pass\n  1 newly failing\n"
    );
    assert_eq!(sandbox.run(&gate[..3]).code, Some(0));
    let json = sandbox.json(&["report", "trend", &nights, "--json"]);
    assert_eq!(json["nights"], serde_json::json!(["2026-11-19", "2026-11-20"]));

    sandbox.file("empty/README.md", "is no night");
    let empty = sandbox.path("empty").display().to_string();
    for (folder, says) in [
        (empty, "has no night"),
        (sandbox.path("nowhere").display().to_string(), "cannot be read: "),
    ] {
        let told = sandbox.run(&["report", "trend", &folder]);
        assert_eq!(told.code, Some(2), "{folder}");
        assert!(told.stderr.contains(says) && told.stderr.contains("hint: "), "{}", told.stderr);
    }
    sandbox.file("nights/2026-11-21/it-iot-hub.json", "{}");
    assert_eq!(sandbox.run(&gate).code, Some(2));
}
