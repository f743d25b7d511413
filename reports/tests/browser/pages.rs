//! What a reader does with the page, and what it shows then.

use reports::{Event, Html, Scenario};

use crate::{
    certified::{certified, of},
    chromium,
    sample::told,
};

/// Uses the page as a reader would and puts down, a line each, what was not as it should be.
const READER: &str = include_str!("reader.js");

fn page(events: &[Event]) -> String {
    told(events, |out| Box::new(Html::new(out)))
}

/// The page with a script at its end, and another one that runs before all others.
fn with(page: &str, script: &str) -> String {
    let early = "<script>onerror = (what) => console.error(what)</script></head>";
    let late = format!("<script>{script}</script></body>");
    page.replacen("</head>", early, 1).replacen("</body>", &late, 1)
}

#[test]
fn a_reader_finds_the_conversation_and_filters_by_clause() {
    let page = with(&page(&certified()), READER);
    let Some(seen) = chromium::open("reader", &page, "") else { return };
    assert_eq!(seen.console, [""; 0]);
    assert!(seen.dom.contains("<pre id=\"complaints\">none</pre>"), "{}", complaints(&seen.dom));
}

#[test]
fn the_address_filters_too() {
    let Some(seen) = chromium::open("address", &page(&certified()), "clause=HUB-D2C-003") else {
        return;
    };
    assert_eq!(seen.console, [""; 0]);
    let all = certified().iter().filter(|it| matches!(it, Event::ScenarioFinished(_))).count();
    let counted = format!("2 of {all} scenarios");
    assert!(seen.dom.contains(&counted), "{counted}");
}

#[test]
fn what_a_client_says_is_shown_and_not_obeyed() {
    let hostile = "</script><img src=x onerror=\"document.title='taken'\">";
    let mut events = certified();
    for event in &mut events {
        match event {
            Event::RunStarted { client: Some(client), .. } => {
                client.name = hostile.into();
                client.command = vec![hostile.into()];
            }
            Event::ScenarioFinished(scenario) => take(scenario, hostile),
            _ => {}
        }
    }
    events.insert(1, Event::Remark { text: hostile.into() });
    let script = "for (const fold of document.querySelectorAll('details')) fold.open = true;";
    let Some(seen) = chromium::open("hostile", &with(&page(&events), script), "") else { return };
    assert_eq!(seen.console, [""; 0]);
    assert!(!seen.dom.contains("<img"));
    assert!(seen.dom.contains("<code>&lt;/script&gt;&lt;img src=x onerror="));
}

fn take(scenario: &mut Scenario, hostile: &str) {
    scenario.name = hostile.into();
    scenario.feature = hostile.into();
    scenario.path = hostile.into();
    scenario.repeat = hostile.into();
    scenario.trouble = Some(hostile.into());
    scenario.tags.push(hostile.into());
    for said in &mut scenario.conversation.said {
        said.text = hostile.into();
        said.broke = vec![hostile.into()];
    }
    for connection in &mut scenario.conversation.connections {
        connection.sni = Some(hostile.into());
    }
    for judged in &mut scenario.judged {
        judged.says = hostile.into();
    }
}

#[test]
fn a_run_without_scenarios_has_a_page() {
    let Some(seen) = chromium::open("empty", &page(&of([])), "") else { return };
    assert_eq!(seen.console, [""; 0]);
    assert!(seen.dom.contains("0 of 0 scenarios"));
}

fn complaints(dom: &str) -> &str {
    dom.rsplit_once("<pre id=\"complaints\">").map_or(dom, |(_, complaints)| complaints)
}
