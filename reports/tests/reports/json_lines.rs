use reports::{JsonLines, json_lines::read};

use crate::sample::{every_outcome, told};

#[test]
fn every_event_is_one_line() {
    let lines = told(&every_outcome(), |out| Box::new(JsonLines::new(out)));
    assert_eq!(lines.lines().count(), every_outcome().len());
    insta::assert_snapshot!(lines);
}

#[test]
fn a_stored_stream_is_read_back() {
    let lines = told(&every_outcome(), |out| Box::new(JsonLines::new(out)));
    let events: Vec<_> = read(lines.as_bytes()).map(|event| event.expect("an event")).collect();
    assert_eq!(events, every_outcome());
}

#[test]
fn what_is_no_event_is_named_by_its_line() {
    for (lines, error) in [
        ("\n{}\n", "line 2: missing field `event`"),
        ("{\"event\":\"run-finished\",\"real_ms\":1,\"new\":true}", ""),
        ("{\"event\":\"run-finished\"}", "line 1: missing field `real_ms`"),
        (
            "{\"event\":\"run-started\",\"suite\":\"\",\"version\":\"\",\"at\":\"now\",\
             \"scenarios\":0}",
            "line 1: `now` is no date in UTC",
        ),
    ] {
        let said = read(lines.as_bytes()).find_map(Result::err).map(|error| error.to_string());
        let said = said.unwrap_or_default();
        assert!(said.starts_with(error) && said.is_empty() == error.is_empty(), "{said}");
    }
}
