//! Waiting for something to happen: an expectation, and the steps that nearly met it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::http::StatusCode;
use bytes::Bytes;
use cloud::{Action, CloudEvent, Input, Step, telemetry::Telemetry};
use serde::Deserialize;
use serde_json::{Value, json};
use wire::{Packet, Publish, topic};

use super::{Shared, journal, problem::Problem};
use crate::clock::within;

/// What the body of `expect` may hold.
pub(super) const SHAPE: &str = "{\"device\", \"kind\", \"topic\": a topic filter, \"properties\": \
     {name: value}, \"body\", \"body_contains\", \"body_json\", \"count\": 1, \"within_s\": 5, \
     \"since\": 0}, at least one of the first seven";

/// What is waited for. Every criterion that is given has to be met by the same step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    device: Option<String>,
    kind: Option<String>,
    /// A filter for the topic of a publish, in either direction.
    topic: Option<String>,
    /// Application, system or stamped properties of telemetry, or attributes of an event; `null` is a property without a value.
    #[serde(default)]
    properties: BTreeMap<String, Option<String>>,
    /// The whole body, as text: that of telemetry, of an event's data, or of a publish. With `topic`, of one that matches.
    body: Option<String>,
    body_contains: Option<String>,
    /// JSON that the body contains: members of objects may be left out.
    body_json: Option<Value>,
    #[serde(default = "one")]
    count: usize,
    /// In real time, whatever the mock's clock does.
    #[serde(default = "five")]
    within_s: f64,
    /// The number of the last step that does not count.
    #[serde(default)]
    since: u64,
}

const fn one() -> usize {
    1
}

const fn five() -> f64 {
    5.0
}

/// Waits until enough steps meet the expectation; otherwise tells those that nearly did.
pub(super) async fn wait(shared: &Arc<Shared>, wanted: Expectation) -> Result<Value, Problem> {
    let limit = wanted.check()?;
    let (mut met, mut near) = (Vec::new(), Vec::new());
    let search = async {
        let mut steps = shared.mock.subscribe_after(wanted.since);
        while met.len() < wanted.count {
            let Some(step) = steps.next().await else { return false };
            let misses = wanted.misses(&step);
            if misses.is_empty() {
                met.push(journal::entry(&step));
            } else if misses.len() < wanted.criteria() {
                keep(&mut near, misses, step);
            }
        }
        true
    };
    let is_met = tokio::select! {
        is_met = within(limit, search) => is_met,
        () = shared.stopped() => Ok(false),
    };
    match is_met {
        Ok(true) => Ok(json!({"matched": met})),
        Ok(false) => {
            Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "the mock has stopped meanwhile"))
        }
        Err(_) => Err(wanted.unmet(met.len(), &near)),
    }
}

/// Steps that met some of the criteria, the nearest first.
type Near = Vec<(Vec<String>, Step)>;

/// How many of them are told.
const NEAR_MAX: usize = 5;

fn keep(near: &mut Near, misses: Vec<String>, step: Step) {
    // A later step goes before an earlier one that is as near.
    let place = near.partition_point(|(known, _)| known.len() < misses.len());
    near.insert(place, (misses, step));
    near.truncate(NEAR_MAX);
}

impl Expectation {
    fn criteria(&self) -> usize {
        let given = [
            self.device.is_some(),
            self.kind.is_some(),
            self.topic.is_some(),
            self.body.is_some(),
            self.body_contains.is_some(),
            self.body_json.is_some(),
        ];
        given.iter().filter(|given| **given).count() + self.properties.len()
    }

    fn check(&self) -> Result<Duration, Problem> {
        if self.criteria() == 0 {
            return Err(Problem::bad_request("nothing is expected").expected(SHAPE));
        }
        if let Some(kind) = &self.kind {
            journal::check_kind(kind)?;
        }
        if let Some(filter) = self.topic.as_ref().filter(|filter| !topic::valid_filter(filter)) {
            return Err(Problem::bad_request(format!("`{filter}` is no topic filter"))
                .expected("such as `devices/+/messages/events/#`"));
        }
        if self.count == 0 {
            return Err(Problem::bad_request("`count` is 0")
                .expected("1 or more")
                .hint("to see that nothing comes, expect it and take the 408"));
        }
        Duration::try_from_secs_f64(self.within_s).map_err(|_| {
            Problem::bad_request(format!("`within_s` is {}", self.within_s))
                .expected("a number of seconds from 0")
        })
    }

    /// What the step lacks; nothing when it is what was waited for.
    fn misses(&self, step: &Step) -> Vec<String> {
        let mut misses = Vec::new();
        let mut miss = |name: &str, found: &str, expected: &str| {
            misses.push(missed(name, found, expected));
        };
        let telemetry = telemetry(step);
        if let Some(device) = &self.device
            && !journal::is_about(step, device)
        {
            miss("device", step.device.as_deref().unwrap_or("none"), device);
        }
        if let Some(kind) = &self.kind {
            let kinds = journal::kinds(step);
            if !kinds.contains(&kind.as_str()) {
                miss("kind", &kinds.join(", "), kind);
            }
        }
        if let Some(filter) = &self.topic
            && !publishes(step).any(|publish| topic::matches(filter, &publish.topic))
        {
            let found: Vec<&str> = publishes(step).map(|publish| publish.topic.as_str()).collect();
            miss("topic", &or_none(&found.join(", ")), filter);
        }
        for (name, value) in &self.properties {
            let found = telemetry.and_then(|telemetry| property(telemetry, name));
            let attributes: Vec<String> =
                events(step).filter_map(|event| event.attribute(name)).collect();
            let is_met = found == Some(value.as_deref())
                || attributes.iter().any(|found| Some(found) == value.as_ref());
            if !is_met {
                let shown = |value: Option<&str>| value.unwrap_or("no value").to_owned();
                let found = found.or_else(|| attributes.first().map(|found| Some(found.as_str())));
                let found = found.map_or("no such property".to_owned(), shown);
                miss(&format!("property {name}"), &found, &shown(value.as_deref()));
            }
        }
        // One body has to meet all that is expected of bodies; the nearest one tells why none does.
        let bodies = self.bodies(step);
        let body_misses = bodies.iter().map(|body| self.body_misses(Some(body)));
        let nearest = body_misses.min_by_key(Vec::len);
        misses.extend(nearest.unwrap_or_else(|| self.body_misses(None)));
        misses
    }

    /// The bodies that may be meant: of publishes with the topic, or, where it says nothing, of the
    /// telemetry, or of any event or publish.
    fn bodies(&self, step: &Step) -> Vec<Bytes> {
        let has_topic = |publish: &&Publish| {
            let filter = self.topic.as_ref();
            filter.is_some_and(|filter| topic::matches(filter, &publish.topic))
        };
        let with_topic = publishes(step).filter(has_topic);
        let payload = |publish: &Publish| publish.payload.clone();
        let bodies: Vec<Bytes> = with_topic.map(payload).collect();
        match telemetry(step) {
            _ if !bodies.is_empty() => bodies,
            Some(telemetry) => vec![telemetry.body.clone()],
            None => {
                events(step).map(CloudEvent::body).chain(publishes(step).map(payload)).collect()
            }
        }
    }

    fn body_misses(&self, body: Option<&[u8]>) -> Vec<String> {
        let mut misses = Vec::new();
        let text = body.map(String::from_utf8_lossy).unwrap_or_default();
        let mut miss = |expected: &str| {
            misses.push(missed("body", &or_none(&text), expected));
        };
        if let Some(wanted) = &self.body
            && (body.is_none() || text != wanted.as_str())
        {
            miss(wanted);
        }
        if let Some(part) = &self.body_contains
            && !text.contains(part.as_str())
        {
            miss(&format!("one that contains {part}"));
        }
        if let Some(wanted) = &self.body_json {
            let found = serde_json::from_str(&text).ok();
            if !found.is_some_and(|found: Value| contains(&found, wanted)) {
                miss(&format!("JSON that contains {wanted}"));
            }
        }
        misses
    }

    fn unmet(&self, met: usize, near: &Near) -> Problem {
        let near: Vec<Value> = near
            .iter()
            .map(|(misses, step)| json!({"misses": misses, "step": journal::entry(step)}))
            .collect();
        let waited = format!("{met} of {} came within {} s", self.count, self.within_s);
        let problem = Problem::new(StatusCode::REQUEST_TIMEOUT, waited);
        let problem = match near.is_empty() {
            true => problem.hint("nothing came near; the journal tells what came at all"),
            false => problem.hint("near_misses tells what came instead"),
        };
        problem.with("near_misses", Value::Array(near))
    }
}

fn missed(name: &str, found: &str, expected: &str) -> String {
    format!("{name}: found {found}, expected {expected}")
}

fn or_none(found: &str) -> String {
    if found.is_empty() { "none".to_owned() } else { found.to_owned() }
}

fn telemetry(step: &Step) -> Option<&Telemetry> {
    step.effects.iter().find_map(|effect| match &effect.action {
        Action::Telemetry(telemetry) => Some(&**telemetry),
        _ => None,
    })
}

fn events(step: &Step) -> impl Iterator<Item = &CloudEvent> {
    step.effects.iter().filter_map(|effect| match &effect.action {
        Action::Event(event) => Some(&**event),
        _ => None,
    })
}

/// The publish that came, and those that were sent.
fn publishes(step: &Step) -> impl Iterator<Item = &Publish> {
    let came = match &step.input {
        Input::Received { packet: Packet::Publish(publish), .. } => Some(publish),
        _ => None,
    };
    came.into_iter().chain(step.effects.iter().filter_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => Some(publish),
        _ => None,
    }))
}

/// `Some(None)`: present without a value.
fn property<'a>(telemetry: &'a Telemetry, name: &str) -> Option<Option<&'a str>> {
    telemetry
        .property(name)
        .or_else(|| telemetry.system_property(name).map(Some))
        .or_else(|| telemetry.annotation(name).map(Some))
}

/// Whether all of `wanted` is in `found`; objects may have more members.
fn contains(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| contains(found, value))),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len()
                && found.iter().zip(wanted).all(|(found, wanted)| contains(found, wanted))
        }
        _ => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use cloud::{ConnId, Effect, Rule, Time};

    use super::*;

    #[test]
    fn a_body_is_that_of_the_publish_with_the_topic() {
        let publish = |topic: &str, payload: &'static str| {
            Packet::Publish(Publish {
                topic: topic.to_owned(),
                payload: payload.into(),
                ..Publish::default()
            })
        };
        let conn = ConnId(1);
        let answer = publish("$iothub/twin/res/200/?$rid=1", r#"{"desired": {"a": 1}}"#);
        let step = Step {
            number: 1,
            at: Time::default(),
            device: None,
            input: Input::Received { conn, packet: publish("$iothub/twin/GET/?$rid=1", "asked") },
            judged: Vec::new(),
            effects: vec![Effect {
                action: Action::Send { conn, packet: answer },
                because: Rule::of("HUB-OPEN-003"),
            }],
            struck: Vec::new(),
            why: None,
        };
        let body_of = |found, expected| format!("body: found {found}, expected {expected}");
        let whole = r#"{"desired": {"a": 1}}"#;
        for (wanted, misses) in [
            (json!({"topic": "$iothub/twin/res/#", "body_json": {"desired": {"a": 1}}}), vec![]),
            (json!({"topic": "$iothub/twin/GET/#", "body": "asked"}), vec![]),
            (json!({"body_contains": "desired"}), vec![]),
            (json!({"body": "asked"}), vec![]),
            (json!({"topic": "$iothub/#", "body": "asked"}), vec![]),
            (
                json!({"topic": "$iothub/twin/res/#", "body": "asked"}),
                vec![body_of(whole, "asked")],
            ),
            // Both have to be of the same publish.
            (
                json!({"body": "asked", "body_contains": "desired"}),
                vec![body_of("asked", "one that contains desired")],
            ),
        ] {
            let expectation: Expectation = serde_json::from_value(wanted.clone()).unwrap();
            assert_eq!(expectation.misses(&step), misses, "{wanted}");
        }
    }

    #[test]
    fn an_event_is_waited_for_by_its_attributes_and_its_data() {
        let event = CloudEvent {
            id: "1".to_owned(),
            source: "contoso".to_owned(),
            kind: "MQTT.EventPublished".to_owned(),
            subject: Some("a/b".to_owned()),
            extensions: [("room".to_owned(), json!("r1"))].into_iter().collect(),
            data: Some(cloud::EventData::Json(json!({"t": 20, "u": 1}))),
            ..CloudEvent::default()
        };
        let whole = event.to_json();
        let step = Step {
            number: 1,
            at: Time::default(),
            device: None,
            input: Input::Timeout,
            judged: Vec::new(),
            effects: vec![Effect {
                action: Action::Event(event.into()),
                because: Rule::of("SKY-HTTP-001"),
            }],
            struck: Vec::new(),
            why: None,
        };
        assert_eq!(journal::entry(&step)["effects"][0]["event"], whole);
        for (wanted, misses) in [
            (json!({"kind": "event", "properties": {"subject": "a/b", "room": "r1"}}), 0),
            (json!({"kind": "event", "body_json": {"t": 20}}), 0),
            (json!({"kind": "telemetry", "body_json": {"t": 21}}), 2),
            (json!({"properties": {"type": "MQTT.EventPublished", "room": "r2", "n": "1"}}), 2),
        ] {
            let expectation: Expectation = serde_json::from_value(wanted.clone()).unwrap();
            let missed = expectation.misses(&step);
            assert_eq!(missed.len(), misses, "{wanted}: {missed:?}");
        }
    }

    #[test]
    fn json_contains_what_it_has_more_of() {
        for (found, wanted, contained) in [
            (json!({"a": 1, "b": 2}), json!({"a": 1}), true),
            (json!({"a": {"b": 1, "c": 2}}), json!({"a": {"c": 2}}), true),
            (json!({"a": 1}), json!({"a": 2}), false),
            (json!({"a": 1}), json!({"b": 1}), false),
            (json!([1, 2]), json!([1, 2]), true),
            (json!([1, 2]), json!([1]), false),
            (json!("x"), json!("x"), true),
        ] {
            assert_eq!(contains(&found, &wanted), contained, "{found} {wanted}");
        }
    }
}
