//! HUB-METHOD-004 to -007: the device answers, and what of it reaches the service.

use cloud::profile::InvalidMethodResponse;
use serde_json::json;

use super::{common::*, *};

#[test]
fn the_service_gets_status_and_payload() {
    for (status, body, expected) in [
        ("200", "{\"a\":1}", json!({"status": 200, "payload": {"a": 1}})),
        ("200", "", json!({"status": 200, "payload": null})),
        ("404", "null", json!({"status": 404, "payload": null})),
        ("-1", "\"x\"", json!({"status": -1, "payload": "x"})),
        ("0", "[1]", json!({"status": 0, "payload": [1]})),
    ] {
        let mut device = Device::new();
        device.call(None);
        assert_eq!(given(&device.respond(status, "1", body)), Ok(expected), "{status} {body}");
        assert!(answer(&device.talk.wait_s(300)).is_none(), "answered once");
    }
}

#[test]
fn duties_of_an_answering_device() {
    for (topic, body, is_answered, judgements) in [
        ("200/?$rid=1", "", true, [Some(true); 4]),
        ("200/?$rid=1", "{}", true, [Some(true); 4]),
        ("200/?$rid=1", "okay", true, [Some(true), Some(false), Some(true), Some(true)]),
        ("ok/?$rid=1", "{}", false, [Some(true), Some(true), Some(true), Some(false)]),
        ("200/?$rid=2", "{}", false, [Some(true), Some(true), Some(false), Some(true)]),
        ("200/?$rid=", "{}", false, [Some(true), Some(true), Some(false), Some(true)]),
        ("200/?rid=1", "{}", false, [Some(false), Some(true), Some(false), Some(true)]),
        ("200/?x=1&$rid=1", "{}", true, [Some(false), Some(true), Some(true), Some(true)]),
    ] {
        let mut device = Device::new();
        device.call(None);
        let topic = format!("$iothub/methods/res/{topic}");
        let effects = device.talk.say(device.conn, publish(Qos::AtMostOnce, &topic, body));
        assert_eq!(answer(&effects).is_some(), is_answered, "{topic} {body}");
        let ids = ["HUB-METHOD-004", "HUB-METHOD-005", "HUB-METHOD-006", "HUB-METHOD-007"];
        assert_eq!(ids.map(|id| device.judged(id)), judgements, "{topic} {body}");
        assert!(!is_closed(&effects, device.conn));
        assert_eq!(answer(&device.talk.wait_s(30)).is_some(), !is_answered, "{topic} {body}");
    }
}

#[test]
fn a_second_answer_and_an_answer_to_nothing_go_nowhere() {
    let mut device = Device::new();
    assert!(answer(&device.respond("200", "1", "")).is_none(), "nobody has called");
    assert_eq!(device.judged("HUB-METHOD-006"), None);
    device.call(None);
    assert!(answer(&device.respond("200", "1", "")).is_some());
    assert!(answer(&device.respond("500", "1", "")).is_none());
    assert_eq!(device.judged("HUB-METHOD-006"), None);
}

#[test]
fn answers_come_in_any_order() {
    let mut device = Device::new();
    device.call(None);
    device.call(None);
    assert_eq!(given(&device.respond("2", "2", "")), Ok(json!({"status": 2, "payload": null})));
    assert_eq!(given(&device.respond("1", "1", "")), Ok(json!({"status": 1, "payload": null})));
}

#[test]
fn a_stray_topic_is_no_answer() {
    let mut device = Device::new();
    device.call(None);
    let effects = device
        .talk
        .say(device.conn, publish(Qos::AtMostOnce, "$iothub/methods/res/200?$rid=1", ""));
    assert_eq!(device.judged("HUB-METHOD-004"), Some(false));
    assert!(is_closed(&effects, device.conn) && answer(&effects).is_none());
}

#[test]
fn what_is_no_json_is_the_switchs_matter() {
    for (switch, passes, closes) in [
        (InvalidMethodResponse::PassThrough, true, false),
        (InvalidMethodResponse::BadGateway, false, false),
        (InvalidMethodResponse::Close, false, true),
    ] {
        let mut device = Device::with(|profile| profile.invalid_method_response = switch);
        device.call(None);
        let effects = device.respond("200", "1", "{okay");
        if passes {
            assert_eq!(given(&effects), Ok(json!({"status": 200, "payload": "{okay"})));
        } else {
            let (code, _, because) = refusal(&effects);
            assert_eq!((code, because), (502_000, "HUB-OPEN-067"));
        }
        assert_eq!(is_closed(&effects, device.conn), closes, "{switch:?}");
        assert!(answer(&device.talk.wait_s(300)).is_none(), "answered once");
    }
}

#[test]
fn an_answer_holds_128_kb() {
    let body = |bytes: usize| format!("\"{}\"", "x".repeat(bytes - 2));
    let mut device = Device::new();
    device.call(None);
    assert!(given(&device.respond("200", "1", &body(131_072))).is_ok());
    device.call(None);
    let (code, _, because) = refusal(&device.respond("200", "2", &body(131_073)));
    assert_eq!((code, because), (502_000, "HUB-OPEN-068"));
}
