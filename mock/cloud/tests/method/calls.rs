//! HUB-METHOD-001 to -003: the service calls, and the call goes out, waits or fails.

use cloud::{IdentityId, Order, order::MethodOrder, profile::Tier};
use serde_json::{Value, json};
use wire::{Connect, Packet, Qos};

use super::{common::*, *};

#[test]
fn a_call_goes_out_with_its_payload_and_a_counted_rid() {
    let mut device = Device::new();
    for (n, payload, body) in [
        (1, Some(json!({"delay": 5})), r#"{"delay":5}"#),
        (2, None, ""),
        (3, Some(Value::Null), "null"),
        (4, Some(json!("x")), r#""x""#),
    ] {
        let effects = device.call(payload);
        let topic = format!("$iothub/methods/POST/reboot/?$rid={n}");
        assert_eq!(calls(&effects), [(topic, body.to_owned())]);
        assert_eq!(effects[0].because.id(), "HUB-METHOD-002");
        assert!(answer(&effects).is_none(), "the device has not answered");
        assert_eq!(device.judged("HUB-METHOD-001"), Some(true));
    }
    (5..10).for_each(|_| drop(device.call(None)));
    assert!(topics(&device.call(None))[0].ends_with("?$rid=a"), "hexadecimal");
}

#[test]
fn each_connection_counts_anew() {
    let mut device = Device::new();
    device.call(None);
    device.talk.lose(device.conn);
    let mut device = Device::of(device.talk, "d1");
    assert!(topics(&device.call(None))[0].ends_with("?$rid=1"));
}

#[test]
fn who_is_not_there_is_not_online() {
    let mut talk = Talk::new();
    let order = || invoke("d1", MethodOrder::new("reboot", None));
    assert_refused(&talk.order(order()), NOT_ONLINE);
    assert_eq!(judged(&talk, "HUB-METHOD-001"), None, "an absent device did nothing wrong");
    talk.connect("d1");
    assert_refused(&talk.order(order()), NOT_ONLINE);
    assert_eq!(judged(&talk, "HUB-METHOD-001"), Some(false), "connected without subscription");
    let conn = talk.connect("d2");
    talk.say(conn, subscribe(METHODS));
    assert_refused(&talk.order(order()), NOT_ONLINE);
}

#[test]
fn a_subscription_may_be_for_one_method() {
    let mut talk = Talk::new();
    let conn = talk.connect("d1");
    talk.say(conn, subscribe("$iothub/methods/POST/reboot/#"));
    assert_eq!(calls(&talk.order(invoke("d1", MethodOrder::new("reboot", None)))).len(), 1);
    assert_refused(&talk.order(invoke("d1", MethodOrder::new("update", None))), NOT_ONLINE);
}

#[test]
fn a_patient_call_waits_for_its_device() {
    let mut talk = Talk::new();
    let effects = talk.order(invoke("d1", patient(10, 30)));
    assert!(answer(&effects).is_none());
    talk.wait_s(9);
    let conn = talk.connect("d1");
    let effects = talk.say(conn, subscribe(METHODS));
    let packets = sent(&effects, conn);
    assert!(matches!(packets[0], Packet::Suback(_)), "SUBACK first: {packets:?}");
    assert_eq!(topics(&effects), ["$iothub/methods/POST/reboot/?$rid=1"]);
    assert!(talk.wait_s(29).is_empty(), "the response has its own time");
    assert_refused(&talk.wait_s(1), TIMED_OUT);
}

#[test]
fn a_patient_call_is_delivered_to_a_resumed_session() {
    let mut talk = Talk::new();
    let lasting = Connect { clean: false, ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(lasting.clone());
    talk.say(conn, subscribe(METHODS));
    talk.say(conn, Packet::Disconnect(wire::Disconnect::default()));
    talk.order(invoke("d1", patient(10, 30)));
    let (conn, effects) = talk.connect_with(lasting);
    assert!(matches!(sent(&effects, conn)[0], Packet::Connack(_)));
    assert_eq!(topics(&effects), ["$iothub/methods/POST/reboot/?$rid=1"]);
}

#[test]
fn a_patient_call_gives_up_at_its_time() {
    let mut talk = Talk::new();
    talk.order(invoke("d1", patient(10, 30)));
    assert!(talk.wait_s(9).is_empty());
    assert_refused(&talk.wait_s(1), NOT_ONLINE);
    let conn = talk.connect("d1");
    assert!(calls(&talk.say(conn, subscribe(METHODS))).is_empty(), "it is over");
}

#[test]
fn a_patient_call_waits_for_the_right_device_and_method() {
    let mut talk = Talk::new();
    talk.order(invoke("d1", patient(10, 30)));
    for (id, filter) in [("d2", METHODS), ("d1/m1", METHODS), ("d1", "$iothub/twin/res/#")] {
        let conn = talk.connect(id);
        assert!(calls(&talk.say(conn, subscribe(filter))).is_empty(), "{id} {filter}");
    }
    assert_refused(&talk.wait_s(10), NOT_ONLINE);
}

#[test]
fn a_silent_device_times_out() {
    let mut device = Device::new();
    device.talk.order(invoke("d1", patient(0, 5)));
    device.talk.wait_s(4);
    assert_refused(&device.talk.wait_s(1), TIMED_OUT);
    assert!(answer(&device.respond("200", "1", "{}")).is_none(), "too late");
    assert_eq!(device.judged("HUB-METHOD-006"), None, "late, and yet the right rid");
}

#[test]
fn a_call_dies_with_its_connection_and_is_not_sent_again() {
    let mut device = Device::new();
    device.talk.order(invoke("d1", patient(60, 30)));
    assert!(answer(&device.talk.lose(device.conn)).is_none());
    let mut device = Device::of(device.talk, "d1");
    assert!(answer(&device.respond("200", "1", "{}")).is_none(), "of another connection");
    assert_eq!(device.judged("HUB-METHOD-006"), None);
    assert!(answer(&device.talk.wait_s(29)).is_none());
    assert_refused(&device.talk.wait_s(1), TIMED_OUT);
}

#[test]
fn a_patient_call_that_was_sent_and_lost_has_its_full_time() {
    let mut talk = Talk::new();
    talk.order(invoke("d1", patient(10, 30)));
    let device = Device::of(talk, "d1");
    let mut talk = device.talk;
    talk.lose(device.conn);
    assert!(talk.wait_s(29).is_empty(), "the ten seconds were over when it was sent");
    assert_refused(&talk.wait_s(1), TIMED_OUT);
}

#[test]
fn limits_of_a_call() {
    let payload = |bytes: usize| Some(json!("x".repeat(bytes - 2)));
    let named = |name: &str| MethodOrder::new(name, None);
    for (call, rule) in [
        (named("reboot"), None),
        (named(&"n".repeat(100)), None),
        (named(&"n".repeat(101)), Some("HUB-OPEN-068")),
        (named(""), Some("HUB-OPEN-068")),
        (named("a b"), Some("HUB-OPEN-068")),
        (named("a/b"), Some("HUB-OPEN-068")),
        (MethodOrder::new("m", payload(131_072)), None),
        (MethodOrder::new("m", payload(131_073)), Some("HUB-OPEN-068")),
        (patient(0, 5), None),
        (patient(0, 4), Some("HUB-OPEN-064")),
        (patient(0, 300), None),
        (patient(0, 301), Some("HUB-OPEN-064")),
        (patient(300, 30), None),
        (patient(301, 30), Some("HUB-OPEN-064")),
    ] {
        let mut device = Device::new();
        let name = call.method_name.clone();
        let effects = device.talk.order(invoke("d1", call));
        match rule {
            None => assert_eq!(calls(&effects).len(), 1, "{name}"),
            Some(rule) => {
                let (code, _, because) = refusal(&effects);
                assert_eq!((code, because), (400_004, rule), "{name}");
            }
        }
    }
}

#[test]
fn who_is_unknown_is_not_found() {
    let mut talk = Talk::new();
    for (hub, identity, code) in [
        (HOST, IdentityId::device("d9"), 404_001),
        (HOST, IdentityId::module("d1", "m9"), 404_010),
        ("nowhere.azure-devices.net", IdentityId::device("d1"), 404_000),
    ] {
        let call = patient(10, 30);
        let order = Order::InvokeMethod { hub: hub.to_owned(), identity, call };
        let (seen, _, because) = refusal(&talk.order(order));
        assert_eq!((seen, because), (code, "HUB-OPEN-065"));
    }
}

#[test]
fn without_an_api_version_a_device_is_never_online() {
    let mut talk = Talk::new();
    let connect = without_api_version(&talk);
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(METHODS));
    assert_refused(&talk.order(invoke("d1", MethodOrder::new("reboot", None))), NOT_ONLINE);
    talk.order(invoke("d1", patient(10, 30)));
    assert!(calls(&talk.say(conn, subscribe(METHODS))).is_empty());
    assert_refused(&talk.wait_s(10), NOT_ONLINE);
}

#[test]
fn a_basic_hub_has_no_methods() {
    let mut device = Device::with(|profile| profile.tier = Tier::Basic);
    let (code, _, because) = refusal(&device.call(None));
    assert_eq!((code, because), (403_010, "HUB-TIER-003"));
}

#[test]
fn a_module_takes_calls_as_a_device_does() {
    let mut module = Device::of(Talk::new(), "d1/m1");
    let effects = module.talk.order(invoke("d1/m1", MethodOrder::new("reboot", None)));
    assert_eq!(topics(&effects), ["$iothub/methods/POST/reboot/?$rid=1"]);
    let answer = given(&module.respond("200", "1", ""));
    assert_eq!(answer, Ok(json!({"status": 200, "payload": null})));
    assert_refused(&module.call(None), NOT_ONLINE);
}

#[test]
fn a_call_comes_at_qos_0_and_may_be_answered_at_qos_1() {
    let mut device = Device::new();
    device.call(None);
    let topic = "$iothub/methods/res/200/?$rid=1";
    let effects = device.talk.say(device.conn, publish(Qos::AtLeastOnce, topic, "{}"));
    assert!(matches!(sent(&effects, device.conn)[0], Packet::Puback(_)));
    assert!(answer(&effects).is_some());
}
