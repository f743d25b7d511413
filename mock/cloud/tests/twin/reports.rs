//! HUB-TWIN-014 to -032: a device reports properties.

use serde_json::{Value, json};
use wire::{Packet, Qos};

use super::{ANSWERS, Device, REPORT, common::*, line, one};

#[test]
fn a_report_is_answered_with_204_and_the_new_version() {
    let mut device = Device::new();
    for version in 2..5 {
        let expected = (
            format!("$iothub/twin/res/204/?$rid=1&$version={version}"),
            String::new(),
            "HUB-TWIN-030",
        );
        assert_eq!(line(&device.report(r#"{"a":1}"#)), expected);
        assert_eq!(device.seen("/properties/reported/$version"), json!(version));
    }
}

#[test]
fn members_are_set_added_removed_and_kept() {
    let mut device = Device::new();
    for (patch, expected) in [
        (r#"{"a":1,"b":{"c":1,"d":2}}"#, json!({"a": 1, "b": {"c": 1, "d": 2}})),
        (r#"{"a":"x"}"#, json!({"a": "x", "b": {"c": 1, "d": 2}})),
        (r#"{"b":{"c":null}}"#, json!({"a": "x", "b": {"d": 2}})),
        (r#"{"b":{"d":null}}"#, json!({"a": "x", "b": {}})),
        (r#"{"z":null}"#, json!({"a": "x", "b": {}})),
        (r#"{}"#, json!({"a": "x", "b": {}})),
        (r#"{"a":null,"b":null,"e":[1,null]}"#, json!({"e": [1, null]})),
        (r#"{"e":{"f":null}}"#, json!({"e": {}})),
    ] {
        line(&device.report(patch));
        let mut seen = device.seen("/properties/reported");
        seen.as_object_mut().map(|seen| seen.shift_remove("$version"));
        assert_eq!(seen, expected, "after {patch}");
    }
    assert_eq!(device.seen("/properties/reported/$version"), json!(9));
}

#[test]
fn a_refused_report_changes_nothing() {
    let long = |n: usize| "x".repeat(n);
    let deep = "{\"x\":".repeat(12) + "1" + &"}".repeat(12);
    let big: Value = (0..9).map(|i| (format!("k{i}"), json!(long(4000)))).collect();
    for (payload, status, code, because) in [
        ("", 400, 400_006, "HUB-TWIN-027"),
        ("{", 400, 400_006, "HUB-TWIN-027"),
        ("{\"a\":}", 400, 400_006, "HUB-TWIN-027"),
        ("[1]", 400, 400_004, "HUB-OPEN-059"),
        ("1", 400, 400_004, "HUB-OPEN-059"),
        ("null", 400, 400_004, "HUB-OPEN-059"),
        (r#"{"a":2,"$version":1}"#, 400, 400_004, "HUB-OPEN-059"),
        (r#"{"a":2,"$metadata":{}}"#, 400, 400_004, "HUB-OPEN-059"),
        (r#"{"a":2,"$b":1}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":2,"b.c":1}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":2,"b c":1}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":2,"b":{"c\u0001":1}}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":4503599627370496}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":18446744073709551616}"#, 400, 400_004, "HUB-OPEN-058"),
        (r#"{"a":-9223372036854775809}"#, 400, 400_004, "HUB-OPEN-058"),
        (&json!({"a": long(4097)}).to_string(), 400, 400_004, "HUB-OPEN-058"),
        (&json!({(long(1025)): 1}).to_string(), 400, 400_004, "HUB-OPEN-058"),
        (&deep, 400, 400_004, "HUB-OPEN-058"),
        (&big.to_string(), 403, 403_100, "HUB-OPEN-058"),
    ] {
        let mut device = Device::new();
        device.report(r#"{"a":1}"#);
        let before = device.twin();
        let (topic, body, rule) = line(&device.report(payload));
        assert_eq!(topic, format!("$iothub/twin/res/{status}/?$rid=1"), "{payload}");
        let body: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!((&body["errorCode"], rule), (&json!(code), because), "{payload}");
        assert_eq!(device.twin(), before, "{payload}");
    }
}

#[test]
fn an_error_body_has_four_members() {
    let mut device = Device::new();
    let (_, body, _) = line(&device.report("{"));
    let body: Value = serde_json::from_str(&body).expect("JSON");
    let names: Vec<_> = body.as_object().expect("an object").keys().collect();
    assert_eq!(names, ["errorCode", "trackingId", "message", "timestampUtc"]);
    assert_eq!(body["message"], "cannot decode json format");
    assert_eq!(body["timestampUtc"], "2026-11-20T00:00:00.0000000Z");
    let id = body["trackingId"].as_str().expect("text");
    let (hex, rest) = id.split_at(32);
    assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(rest, "-G:0-TimeStamp:11/20/2026 00:00:00");
}

#[test]
fn a_section_holds_32_kb() {
    // Eight names of two bytes, eight texts; the last one has what is left.
    let section = |last: usize| -> Value {
        let text = |i| "x".repeat(if i == 7 { last } else { 4096 });
        (0..8).map(|i| (format!("k{i}"), json!(text(i)))).collect()
    };
    let last = 32_768 - 16 - 7 * 4096;
    assert!(line(&Device::new().report(&section(last).to_string())).0.contains("/204/"));
    let mut device = Device::new();
    let (topic, body, _) = line(&device.report(&section(last + 1).to_string()));
    assert!(topic.contains("/403/"));
    assert!(body.contains("'Properties.Reported' size should be less than 32768 bytes."), "{body}");
    // What counts is the section, not the patch.
    line(&device.report(&section(last).to_string()));
    assert!(line(&device.report(r#"{"a":true}"#)).0.contains("/403/"));
    assert!(line(&device.report(r#"{"k7":null,"a":true}"#)).0.contains("/204/"));
}

#[test]
fn a_base_version_must_be_current() {
    let mut device = Device::new();
    for (base, status) in [("1", 204), ("1", 412), ("2", 204), ("9", 412), ("x", 412), ("", 412)] {
        let effects = device.publish(&format!("{REPORT}1&$version={base}"), r#"{"a":1}"#);
        let (topic, body, _) = line(&effects);
        assert!(
            topic.starts_with(&format!("$iothub/twin/res/{status}/?$rid=1")),
            "{base}: {topic}"
        );
        assert_eq!(body.contains(r#""errorCode":412001"#), status == 412, "{base}: {body}");
    }
    assert_eq!(device.seen("/properties/reported/$version"), json!(3));
}

#[test]
fn what_only_edge_refuses_is_taken_and_noted() {
    let mut device = Device::new();
    for (patch, clean) in
        [(r#"{"a":1}"#, true), (r##"{"a#":1}"##, false), (r#"{"a":[1,null]}"#, false)]
    {
        assert!(line(&device.report(patch)).0.contains("/204/"), "{patch}");
        let step = device.talk.cloud.trace().steps().next_back().expect("a step");
        let limits: Vec<_> = step.judged.iter().filter(|j| j.rule.id() == "HUB-OPEN-058").collect();
        assert_eq!(limits.iter().all(|judged| judged.holds), clean, "{patch}");
    }
}

#[test]
fn duties_of_a_reporting_device() {
    for (topic, payload, judgements) in [
        (format!("{REPORT}1"), "{}", [Some(true); 5]),
        (REPORT.to_owned(), "{}", [Some(true), None, Some(true), Some(false), Some(true)]),
        (format!("{REPORT}1"), "1", [Some(true), Some(true), Some(true), Some(true), Some(false)]),
        (
            "$iothub/twin/PATCH/properties/reported/?x=1".to_owned(),
            "{",
            [Some(true), None, Some(false), Some(false), Some(false)],
        ),
    ] {
        let mut device = Device::new();
        device.publish(&topic, payload);
        let ids = ["HUB-TWIN-014", "HUB-TWIN-016", "HUB-TWIN-017", "HUB-TWIN-018", "HUB-TWIN-022"];
        assert_eq!(ids.map(|id| device.judged(id)), judgements, "{topic} {payload}");
    }
    let mut device = Device::new();
    device.publish("$iothub/twin/PATCH/properties/desired/?$rid=1", "{}");
    assert_eq!(device.judged("HUB-TWIN-014"), Some(false));
    assert_eq!(device.judged("HUB-TWIN-017"), Some(false));
}

#[test]
fn a_report_without_rid_or_subscription_is_carried_out_unanswered() {
    let mut device = Device::new();
    let effects = device.publish(REPORT, r#"{"a":1}"#);
    assert!(one(&effects).is_none() && !is_closed(&effects, device.conn));
    assert_eq!(device.seen("/properties/reported/a"), json!(1));

    let filters = vec![ANSWERS.to_owned()];
    let unsubscribe = wire::Unsubscribe { packet_id: 1, filters, ..Default::default() };
    device.talk.say(device.conn, Packet::Unsubscribe(unsubscribe));
    assert!(one(&device.report(r#"{"a":2}"#)).is_none());
    assert_eq!(device.judged("HUB-TWIN-016"), Some(false));
    assert_eq!(device.seen("/properties/reported/a"), json!(2));
    device.talk.say(device.conn, subscribe(ANSWERS));
    assert!(one(&device.report(r#"{"a":3}"#)).is_some());
}

#[test]
fn a_report_at_qos_1_is_acknowledged_and_answered_at_qos_0() {
    let mut device = Device::new();
    let packet = publish(Qos::AtLeastOnce, &format!("{REPORT}1"), r#"{"a":1}"#);
    let effects = device.talk.say(device.conn, packet);
    assert!(matches!(sent(&effects, device.conn)[0], Packet::Puback(_)));
    assert!(line(&effects).0.contains("/204/"));
}

#[test]
fn without_an_api_version_a_report_is_400() {
    let mut talk = Talk::new();
    let username = Some(format!("{HOST}/d1"));
    let connect = wire::Connect { username, ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(ANSWERS));
    let mut device = Device { talk, conn };
    let (topic, _, because) = line(&device.report(r#"{"a":1}"#));
    assert_eq!((topic.as_str(), because), ("$iothub/twin/res/400/?$rid=1", "HUB-OPEN-020"));
    assert_eq!(device.seen("/properties/reported"), json!({"$version": 1}));
}

#[test]
fn reports_beyond_the_rate_are_429() {
    let mut device = Device::new();
    for _ in 0..50 {
        assert!(line(&device.report(r#"{"a":1}"#)).0.contains("/204/"));
    }
    let (topic, body, because) = line(&device.report(r#"{"a":2}"#));
    assert_eq!((topic.as_str(), because), ("$iothub/twin/res/429/?$rid=1", "HUB-TWIN-028"));
    assert!(body.contains(r#""errorCode":429001"#), "{body}");
    assert_eq!(device.seen("/properties/reported/a"), json!(1));
}

#[test]
fn a_report_that_the_hub_fails_is_5xx_and_changes_nothing() {
    let mut device = Device::new();
    for (status, rule) in [(500, "HUB-TWIN-029"), (503, "HUB-TWIN-029"), (429, "HUB-TWIN-028")] {
        device.fail(status, 1);
        let (topic, _, because) = line(&device.report(r#"{"a":1}"#));
        assert_eq!(topic, format!("$iothub/twin/res/{status}/?$rid=1"));
        assert_eq!(because, rule);
    }
    assert_eq!(device.seen("/properties/reported"), json!({"$version": 1}));
    assert!(line(&device.report(r#"{"a":1}"#)).0.contains("/204/"));
}
