//! HUB-TWIN-001 to -013: a device reads its twin.

use cloud::Order;
use serde_json::json;
use wire::{Packet, Qos};

use super::{ANSWERS, Device, GET, NOTICES, common::*, line, one};

#[test]
fn a_new_twin_is_two_versions() {
    let body = r#"{"desired":{"$version":1},"reported":{"$version":1}}"#;
    let expected = ("$iothub/twin/res/200/?$rid=1".to_owned(), body.to_owned(), "HUB-TWIN-004");
    assert_eq!(line(&Device::new().get()), expected);
}

#[test]
fn a_read_shows_members_without_metadata_and_tags() {
    let mut device = Device::new();
    device.patch(json!({"tags": {"t": 1}, "properties": {"desired": {"a": {"b": 1}}}}));
    device.report(r#"{"r":[1,2]}"#);
    let body = r#"{"desired":{"a":{"b":1},"$version":2},"reported":{"r":[1,2],"$version":2}}"#;
    assert_eq!(line(&device.get()).1, body);
}

#[test]
fn a_rid_comes_back_byte_for_byte() {
    let mut device = Device::new();
    for rid in
        ["1", "0", "00", "ff", "8f0e5f2e-7c9d-4a60-9fb8-0d8f2f0a2c11", "a%20b", "%2F", "x=y", "?/!"]
    {
        let (topic, _, _) = line(&device.publish(&format!("{GET}{rid}"), ""));
        assert_eq!(topic, format!("$iothub/twin/res/200/?$rid={rid}"));
    }
}

#[test]
fn a_read_at_qos_1_is_acknowledged_first() {
    let mut device = Device::new();
    let effects = device.talk.say(device.conn, publish(Qos::AtLeastOnce, &format!("{GET}1"), " "));
    let packets = sent(&effects, device.conn);
    assert!(matches!(packets[0], Packet::Puback(_)), "{packets:?}");
    assert!(line(&effects).0.ends_with("/200/?$rid=1"));
}

#[test]
fn duties_of_a_reading_device() {
    for (subscribed, topic, payload, judgements) in [
        (true, format!("{GET}1"), "", [true, true, true]),
        (true, format!("{GET}1"), " ", [true, true, true]),
        (true, format!("{GET}1"), "{}", [true, false, true]),
        (false, format!("{GET}1"), "", [false, true, true]),
        (true, GET.to_owned(), "", [true, true, false]),
        (true, "$iothub/twin/GET/?".to_owned(), "", [true, false, false]),
        (true, "$iothub/twin/GET/?rid=1".to_owned(), "", [true, false, false]),
    ] {
        let mut device = Device::new();
        if !subscribed {
            let packet = wire::Unsubscribe {
                packet_id: 1,
                filters: vec![ANSWERS.to_owned()],
                ..wire::Unsubscribe::default()
            };
            device.talk.say(device.conn, Packet::Unsubscribe(packet));
        }
        let effects = device.publish(&topic, payload);
        let seen = ["HUB-TWIN-001", "HUB-TWIN-002", "HUB-TWIN-003"].map(|id| device.judged(id));
        assert_eq!(seen, judgements.map(Some), "{topic} {payload}");
        let is_answered = subscribed && judgements[2];
        assert_eq!(one(&effects).is_some(), is_answered, "{topic} {payload}");
        assert!(!is_closed(&effects, device.conn));
    }
}

#[test]
fn a_stray_topic_is_no_read() {
    let mut device = Device::new();
    let effects = device.publish("$iothub/twin/GET/1", "");
    assert!(is_closed(&effects, device.conn));
    assert_eq!(device.judged("HUB-TWIN-002"), Some(false));
}

#[test]
fn without_an_api_version_a_read_is_400() {
    let mut talk = Talk::new();
    let connect =
        wire::Connect { username: Some(format!("{HOST}/d1")), ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(ANSWERS));
    let (topic, body, because) =
        line(&talk.say(conn, publish(Qos::AtMostOnce, &format!("{GET}1"), "")));
    assert_eq!((topic.as_str(), because), ("$iothub/twin/res/400/?$rid=1", "HUB-OPEN-020"));
    assert!(body.starts_with(r#"{"errorCode":400000,"#), "{body}");
}

#[test]
fn a_basic_hub_ends_the_connection() {
    let mut device = Device::with(|profile| profile.tier = cloud::profile::Tier::Basic);
    let effects = device.get();
    assert!(one(&effects).is_none() && is_closed(&effects, device.conn));
    assert!(lines(&effects).iter().any(|line| line == "#1 is closed (HUB-OPEN-061)"));
}

#[test]
fn reads_beyond_the_rate_are_429() {
    let mut device = Device::with(|profile| profile.twin_reads_per_s = 2);
    device.get();
    device.get();
    let (topic, body, because) = line(&device.get());
    assert_eq!((topic.as_str(), because), ("$iothub/twin/res/429/?$rid=1", "HUB-TWIN-012"));
    assert!(body.contains(r#""errorCode":429001"#), "{body}");
    device.talk.wait_s(1);
    assert_eq!(line(&device.get()).0, "$iothub/twin/res/200/?$rid=1");
}

#[test]
fn the_rate_of_s1_is_100_reads() {
    let mut device = Device::new();
    for _ in 0..100 {
        assert!(line(&device.get()).0.contains("/200/"));
    }
    assert!(line(&device.get()).0.contains("/429/"));
}

#[test]
fn a_module_reads_its_own_twin_on_the_same_topics() {
    let mut talk = Talk::new();
    let patch = json!({"properties": {"desired": {"m": 1}}});
    let identity = "d1/m1".parse().expect("a legal id");
    talk.order(Order::PatchTwin { hub: HOST.to_owned(), identity, patch });
    let mut device = Device::of(talk, "d1/m1");
    let (topic, body, because) = line(&device.get());
    assert_eq!((topic.as_str(), because), ("$iothub/twin/res/200/?$rid=1", "HUB-MODULE-009"));
    assert_eq!(body, r#"{"desired":{"m":1,"$version":2},"reported":{"$version":1}}"#);
    let (topic, _, because) = line(&device.report(r#"{"r":1}"#));
    assert_eq!(topic, "$iothub/twin/res/204/?$rid=1&$version=2");
    assert_eq!(because, "HUB-MODULE-009");
    assert_eq!(device.seen("/properties/reported"), json!({"$version": 1}), "of the device");
}

#[test]
fn a_device_reads_again_after_a_reconnect() {
    // Whether it asked for notices before, whether it reads now, and how it ends.
    for (watched, reads, says_goodbye, expected) in [
        (true, true, true, Some(true)),
        (true, true, false, Some(true)),
        (true, false, true, Some(false)),
        (true, false, false, None),
        (false, true, true, None),
        (false, false, true, None),
    ] {
        let mut talk = Talk::new();
        let conn = talk.connect("d1");
        if watched {
            talk.say(conn, subscribe(NOTICES));
        }
        talk.lose(conn);
        let mut device = Device::of(talk, "d1");
        let mut seen = None;
        if reads {
            device.get();
            seen = seen.or(device.judged("HUB-TWIN-039"));
        }
        if says_goodbye {
            device.talk.say(device.conn, Packet::Disconnect(wire::Disconnect::default()));
        } else {
            device.talk.lose(device.conn);
        }
        seen = seen.or(device.judged("HUB-TWIN-039"));
        assert_eq!(seen, expected, "watched {watched} reads {reads} goodbye {says_goodbye}");
    }
}

#[test]
fn a_read_that_the_hub_fails_is_5xx() {
    let mut device = Device::new();
    for (status, rule) in [
        (500, "HUB-TWIN-013"),
        (503, "HUB-TWIN-013"),
        (429, "HUB-TWIN-012"),
        (404, "SKY-FAULT-001"),
    ] {
        device.fail(status, 1);
        let (topic, body, because) = line(&device.get());
        assert_eq!(topic, format!("$iothub/twin/res/{status}/?$rid=1"));
        assert!(body.starts_with(&format!(r#"{{"errorCode":{status}"#)), "{body}");
        assert_eq!(because, rule);
        assert!(line(&device.get()).0.contains("/200/"));
    }
}
