use reports::{
    Event, Json, Scenario,
    json::{Document, SCHEMA},
};
use serde_json::{Value, json};

use crate::{
    certified::{certified, check},
    sample::{every_outcome, run, told},
};

fn document(events: &[Event]) -> Value {
    let text = told(events, |out| Box::new(Json::new(out)));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn a_certified_client_in_full() {
    insta::assert_snapshot!(told(&certified(), |out| Box::new(Json::new(out))));
}

#[test]
fn every_report_is_as_the_schema_has_it() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    jsonschema::meta::validate(&schema).expect("a schema");
    // Readers skip members that they do not know, but none of ours may be unknown to the schema.
    let mut strict = schema;
    close(&mut strict);
    let validator = jsonschema::draft202012::new(&strict).expect("a schema");
    for events in [certified(), every_outcome(), run([])] {
        let document = document(&events);
        let errors: Vec<String> = validator
            .iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let schema: Value = serde_json::from_str(SCHEMA).expect("JSON");
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let right = document(&certified());
    for (place, wrong) in [
        ("/format", json!(2)),
        ("/at", json!("yesterday")),
        ("/verdict", json!("fine")),
        ("/exit_code", json!(2)),
        ("/tally/passed", json!(-1)),
        ("/client/lane", json!("slow")),
        ("/client/sha256/0/sha256", json!("12")),
        ("/clauses/0/clauses/0/found", json!("unknown")),
        ("/clauses/0/clauses/0/id", json!("d2c")),
        ("/scenarios/0/outcome", json!("not-run")),
        ("/scenarios/1/conversation/said/0/by", json!("server")),
        ("/profile/backoff_class", json!("random")),
        ("/scenarios/0/line", json!(0)),
    ] {
        let mut document = right.clone();
        *document.pointer_mut(place).unwrap_or_else(|| panic!("no {place}")) = wrong;
        assert!(!validator.is_valid(&document), "{place}");
    }
    for member in ["format", "suite", "tally", "clauses", "scenarios", "remarks"] {
        let mut document = right.clone();
        document.as_object_mut().and_then(|it| it.remove(member)).expect("a member");
        assert!(!validator.is_valid(&document), "{member}");
    }
}

#[test]
fn a_stored_report_is_read_back() {
    for events in [certified(), every_outcome()] {
        let text = told(&events, |out| Box::new(Json::new(out)));
        let document = Document::read(text.as_bytes()).expect("our own");
        let again = serde_json::to_string_pretty(&document).expect("JSON");
        assert_eq!(format!("{again}\n"), text);
    }
}

#[test]
fn what_is_no_report_is_told() {
    let text = told(&run([check(1, "A check", reports::Verdict::Pass.into())]), |out| {
        Box::new(Json::new(out))
    });
    for (text, error) in [
        ("[]".to_owned(), "is no report.json of skyproof: "),
        ("{}".to_owned(), "is no report.json of skyproof: missing field `format`"),
        ("{\"format\": 9}".to_owned(), "has the format 9, and this skyproof reads 1"),
        (text.replace("\"remarks\"", "\"marks\""), "is damaged: missing field `remarks`"),
    ] {
        let said = Document::read(text.as_bytes()).expect_err(&text);
        assert!(said.starts_with(error), "{said}");
    }
}

#[test]
fn the_worst_finding_about_a_clause_counts() {
    let document = Document::read(told(&certified(), |out| Box::new(Json::new(out))).as_bytes())
        .expect("our own");
    let found: Vec<_> = document
        .clauses
        .iter()
        .map(|clause| (clause.id.as_str(), clause.found, clause.scenarios.len()))
        .collect();
    use reports::Found::{Broken, Kept};
    assert_eq!(
        found,
        [("HUB-D2C-003", Kept, 2), ("HUB-D2C-016", Broken, 2), ("HUB-TWIN-039", Broken, 2)]
    );
    assert_eq!(document.clauses.tally(), document.clause_tally);
    let has_bytes =
        |scenario: &Scenario| scenario.conversation.said.iter().any(|said| !said.bytes.is_empty());
    assert!(!document.scenarios.iter().any(has_bytes));
}

/// Makes each object of the schema refuse members that it does not describe.
fn close(schema: &mut Value) {
    if let Some(members) = schema.as_object_mut() {
        let is_object = members.get("type") == Some(&json!("object"));
        if is_object {
            members.insert("additionalProperties".to_owned(), json!(false));
        }
        members.values_mut().for_each(close);
    } else if let Some(items) = schema.as_array_mut() {
        items.iter_mut().for_each(close);
    }
}
