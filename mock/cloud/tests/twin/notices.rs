//! HUB-TWIN-033 to -038: the device hears what changed in its desired properties.

use serde_json::{Value, json};
use wire::Packet;

use super::{Device, NOTICES, common::*, line, one};

const TOPIC: &str = "$iothub/twin/PATCH/properties/desired/?$version=";

fn desired(members: Value) -> Value {
    json!({"properties": {"desired": members}})
}

#[test]
fn a_patch_is_noticed_as_it_was_sent() {
    let mut device = Device::new();
    for (version, patch, body) in [
        (2, json!({"a": 1, "b": {"c": 1, "d": 1}}), r#"{"a":1,"b":{"c":1,"d":1},"$version":2}"#),
        (3, json!({"b": {"c": null}}), r#"{"b":{"c":null},"$version":3}"#),
        (4, json!({"a": null, "z": null}), r#"{"a":null,"z":null,"$version":4}"#),
        (5, json!({"b": {"d": 1}}), r#"{"b":{"d":1},"$version":5}"#),
        (6, json!({"$version": 1, "$metadata": {}, "e": []}), r#"{"e":[],"$version":6}"#),
    ] {
        let effects = device.patch(desired(patch.clone()));
        let expected = (format!("{TOPIC}{version}"), body.to_owned(), "HUB-TWIN-033");
        assert_eq!(line(&effects), expected, "{patch}");
        assert_eq!(device.seen("/properties/desired/$version"), json!(version));
    }
    assert_eq!(device.seen("/properties/desired"), json!({"b": {"d": 1}, "e": [], "$version": 6}));
}

#[test]
fn a_replacement_is_noticed_with_null_for_what_went() {
    let mut device = Device::new();
    device.patch(desired(json!({"a": 1, "b": {"c": 1, "d": 1}})));
    let effects = device.replace(desired(json!({"b": {"c": 2}, "e": 1})));
    let body = r#"{"b":{"c":2,"d":null},"e":1,"a":null,"$version":3}"#;
    assert_eq!(line(&effects), (format!("{TOPIC}3"), body.to_owned(), "HUB-TWIN-033"));
    assert_eq!(device.seen("/properties/desired"), json!({"b": {"c": 2}, "e": 1, "$version": 3}));
    let effects = device.replace(json!({}));
    assert_eq!(line(&effects).1, r#"{"b":null,"e":null,"$version":4}"#);
    assert!(one(&device.replace(json!({}))).is_none(), "nothing was there and nothing is");
    assert_eq!(device.seen("/properties/desired"), json!({"$version": 4}));
}

#[test]
fn presence_is_noticed_and_absence_is_not() {
    let mut device = Device::new();
    device.patch(desired(json!({"a": 1})));
    for (patch, version) in [
        (desired(json!({"a": 1})), Some(3)),
        (desired(json!({"z": null})), None),
        (desired(json!({})), None),
        (json!({"tags": {"t": 1}}), None),
        (json!({}), None),
        (json!({"properties": {"desired": null}}), Some(4)),
        (json!({"properties": {"desired": null}}), None),
    ] {
        let before = device.seen("/properties/desired/$version");
        let effects = device.patch(patch.clone());
        let topic = one(&effects).map(|(publish, _)| publish.topic.clone());
        assert_eq!(topic, version.map(|n| format!("{TOPIC}{n}")), "{patch}");
        let expected = version.map_or(before, |n: u64| json!(n));
        assert_eq!(device.seen("/properties/desired/$version"), expected, "{patch}");
    }
}

#[test]
fn only_a_connected_subscriber_is_noticed() {
    let mut talk = Talk::new();
    let conn = talk.connect("d1");
    let mut device = Device { talk, conn };
    assert!(one(&device.patch(desired(json!({"a": 1})))).is_none(), "not subscribed");
    let effects = device.talk.say(conn, subscribe(NOTICES));
    assert!(one(&effects).is_none(), "what changed before is no news");
    assert!(one(&device.patch(desired(json!({"a": 2})))).is_some());
    device.talk.lose(conn);
    assert!(one(&device.patch(desired(json!({"a": 3})))).is_none(), "not connected");
    assert_eq!(device.seen("/properties/desired/$version"), json!(4));
}

#[test]
fn a_resumed_session_hears_the_next_change_and_not_the_missed_one() {
    let mut talk = Talk::new();
    let lasting = wire::Connect { clean: false, ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(lasting.clone());
    talk.say(conn, subscribe(NOTICES));
    talk.say(conn, Packet::Disconnect(wire::Disconnect::default()));
    let mut device = Device { talk, conn };
    device.patch(desired(json!({"a": 1})));
    let (conn, effects) = device.talk.connect_with(lasting);
    assert!(one(&effects).is_none(), "{:?}", lines(&effects));
    let effects = device.patch(desired(json!({"a": 2})));
    assert_eq!(line(&effects).1, r#"{"a":2,"$version":3}"#);
    assert!(!sent(&effects, conn).is_empty());
}

#[test]
fn without_an_api_version_nothing_is_noticed() {
    let mut talk = Talk::new();
    let username = Some(format!("{HOST}/d1"));
    let connect = wire::Connect { username, ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(NOTICES));
    let mut device = Device { talk, conn };
    assert!(one(&device.patch(desired(json!({"a": 1})))).is_none());
}
