use reports::{Badge, BadgeForm, Event, Outcome, Verdict};
use serde_json::Value;

use crate::{
    certified::{certified, check, of},
    sample::{run, scenario, told},
};

fn badge(events: &[Event], form: BadgeForm) -> String {
    told(events, |out| Box::new(Badge::new(out, form)))
}

#[test]
fn the_endpoint_of_a_client() {
    insta::assert_snapshot!(badge(&certified(), BadgeForm::Endpoint), @r#"{"schemaVersion":1,"label":"skyproof iot-hub","message":"1 of 3 clauses","color":"red"}"#);
}

#[test]
fn the_drawing_needs_nobody() {
    let svg = badge(&certified(), BadgeForm::Svg);
    insta::assert_snapshot!(svg);
    assert!(!svg.contains("href") && !svg.contains("@import"), "{svg}");
}

#[test]
fn the_worst_verdict_colours() {
    let with = |verdict: Verdict| {
        run([
            scenario(1, "A good one", Verdict::Pass.into()),
            scenario(2, "Another", verdict.into()),
        ])
    };
    for (events, message, colour) in [
        (with(Verdict::Pass), "2 of 2 scenarios", "brightgreen"),
        (with(Verdict::Warn), "2 of 2 scenarios", "green"),
        (with(Verdict::Inconclusive), "1 of 2 scenarios", "yellow"),
        (with(Verdict::Error), "1 of 2 scenarios", "orange"),
        (with(Verdict::Fail), "1 of 2 scenarios", "red"),
        (run([]), "nothing ran", "lightgrey"),
        (of([check(1, "A module", Outcome::NotApplicable)]), "nothing ran", "lightgrey"),
    ] {
        let badge: Value =
            serde_json::from_str(&badge(&events, BadgeForm::Endpoint)).expect("JSON");
        assert_eq!(
            (badge["message"].as_str(), badge["color"].as_str()),
            (Some(message), Some(colour))
        );
    }
}

#[test]
fn a_suite_cannot_draw() {
    let mut events = run([]);
    if let Some(Event::RunStarted { suite, .. }) = events.first_mut() {
        *suite = "<script>\"&".into();
    }
    let svg = badge(&events, BadgeForm::Svg);
    assert!(svg.contains("&lt;script&gt;&quot;&amp;") && !svg.contains("<script"), "{svg}");
}
