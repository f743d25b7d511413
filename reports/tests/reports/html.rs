use reports::{Failure, Html, Scenario, Verdict};

use crate::{
    certified::{certified, check, of},
    sample::{every_outcome, told},
};

fn page(events: &[reports::Event]) -> String {
    told(events, |out| Box::new(Html::new(out)))
}

/// The JSON that the scripts draw, read back.
fn data(page: &str) -> serde_json::Value {
    let (_, data) =
        page.split_once(r#"<script type="application/json" id="report">"#).expect("data");
    let (data, _) = data.split_once("</script>").expect("the end of the data");
    serde_json::from_str(data).expect("JSON")
}

#[test]
fn the_page_shows_the_document_of_report_json() {
    let json = told(&certified(), |out| Box::new(reports::Json::new(out)));
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(data(&page(&certified())), json);
}

#[test]
fn the_title_tells_who_and_the_verdict() {
    for (events, title) in [
        (certified(), "<title>thermostat 2.1.0: violations (skyproof certify iot-hub)</title>"),
        (every_outcome(), "<title>skyproof test: violations</title>"),
    ] {
        assert!(page(&events).contains(title), "{title}");
    }
}

#[test]
fn the_page_asks_nobody_for_anything_and_is_small() {
    let page = page(&certified());
    assert!(page.contains("default-src 'none'"));
    for asking in ["src=", "http://", "@import", "url(", "fetch(", "import "] {
        let namespace = "http://www.w3.org/2000/svg";
        assert!(!page.replace(namespace, "").contains(asking), "{asking}");
    }
    assert!(page.len() < 80_000, "{} bytes", page.len());
}

#[test]
fn nothing_that_a_client_says_becomes_markup() {
    let hostile = "</script><img src=x onerror=alert(1)><!-- {script} \u{2028} &lt;";
    let mut scenario = Scenario {
        failure: Some(Failure {
            requirement: hostile.into(),
            expected: hostile.into(),
            actual: hostile.into(),
            hint: Some(hostile.into()),
            step: hostile.into(),
        }),
        trouble: Some(hostile.into()),
        conversation: crate::certified::conversation(),
        ..check(1, hostile, Verdict::Fail.into())
    };
    scenario.conversation.said[6].text = hostile.into();
    let mut events = of([scenario]);
    if let reports::Event::RunStarted { client: Some(client), .. } = &mut events[0] {
        client.name = hostile.into();
    }
    let page = page(&events);
    assert_eq!(page.matches("<img").count(), 0);
    assert_eq!(page.matches("<script").count(), 2);
    assert_eq!(page.matches("</script>").count(), 2);
    let data = data(&page);
    assert_eq!(data["client"]["name"], hostile);
    assert_eq!(data["scenarios"][0]["conversation"]["said"][6]["text"], hostile);
}

#[test]
fn the_order_in_which_scenarios_finish_does_not_show() {
    let mut events = every_outcome();
    let forth = page(&events);
    let last = events.len() - 1;
    events[1..last].reverse();
    assert_eq!(page(&events), forth);
}
