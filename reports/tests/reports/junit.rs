use std::collections::BTreeMap;

use quick_xml::{
    Reader,
    events::{BytesStart, Event as Xml},
};
use reports::{Failure, Junit, Scenario, Verdict};

use crate::{
    certified::certified,
    sample::{every_outcome, run, scenario, told},
};

#[test]
fn every_outcome_has_its_element() {
    insta::assert_snapshot!(told(&every_outcome(), |out| Box::new(Junit::new(out))));
}

#[test]
fn a_certified_client_is_named_and_its_trouble_told() {
    insta::assert_snapshot!(told(&certified(), |out| Box::new(Junit::new(out))));
}

#[test]
fn counts_are_those_of_the_elements() {
    let xml = told(&every_outcome(), |out| Box::new(Junit::new(out)));
    let (root, elements) = read(&xml);
    for (attribute, element) in [
        ("tests", "testcase"),
        ("failures", "failure"),
        ("errors", "error"),
        ("skipped", "skipped"),
    ] {
        assert_eq!(root[attribute], elements[element].to_string(), "{element}");
    }
    assert_eq!(elements["testsuite"], 3);
}

#[test]
fn the_order_in_which_scenarios_finish_does_not_show() {
    let mut events = every_outcome();
    let forth = told(&events, |out| Box::new(Junit::new(out)));
    let last = events.len() - 1;
    events[1..last].reverse();
    assert_eq!(told(&events, |out| Box::new(Junit::new(out))), forth);
}

#[test]
fn nothing_that_a_client_says_breaks_the_document() {
    let hostile = "\u{0}\u{1b}[31m ]]> <!-- & \"'\u{FFFE}</failure>";
    let xml = told(
        &run([Scenario {
            failure: Some(Failure {
                requirement: hostile.into(),
                expected: hostile.into(),
                actual: hostile.into(),
                hint: Some(hostile.into()),
                step: hostile.into(),
            }),
            path: hostile.into(),
            feature: hostile.into(),
            repeat: hostile.into(),
            ..scenario(1, hostile, Verdict::Fail.into())
        }]),
        |out| Box::new(Junit::new(out)),
    );
    assert_eq!(read(&xml).1["failure"], 1);
    assert!(!xml.contains(['\u{0}', '\u{1b}', '\u{FFFE}']), "{xml:?}");
}

/// The root's attributes and how often each element occurs.
fn read(xml: &str) -> (BTreeMap<String, String>, BTreeMap<String, usize>) {
    let (mut root, mut elements) = (BTreeMap::new(), BTreeMap::new());
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event().expect("well-formed") {
            Xml::Start(element) | Xml::Empty(element) => {
                if elements.is_empty() {
                    root = attributes(&element);
                }
                *elements.entry(element.name().as_ref().to_owned()).or_insert(0) += 1;
            }
            Xml::Eof => return (root, elements),
            _ => {}
        }
    }
}

fn attributes(element: &BytesStart<'_>) -> BTreeMap<String, String> {
    element
        .attributes()
        .map(|attribute| attribute.expect("well-formed"))
        .map(|attribute| (attribute.key.as_ref().to_owned(), attribute.value.into_owned()))
        .collect()
}
