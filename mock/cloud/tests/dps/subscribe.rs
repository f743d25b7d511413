//! SUBSCRIBE, UNSUBSCRIBE and topics: one filter, two topics, at most QoS 1.

use cloud::profile::Reaction;
use wire::Qos;

use crate::{
    common::lines,
    device::{ANSWERS, Device, KEY, SCOPE, answer, close, registry},
};

#[test]
fn what_is_granted_and_how_answers_come() {
    for (asked, granted) in [(Qos::AtMostOnce, 0), (Qos::AtLeastOnce, 1), (Qos::ExactlyOnce, 1)] {
        let mut device = Device::new();
        device.connect(device.packet("r1", KEY));
        let effects = device.subscribe(ANSWERS, asked);
        assert_eq!(lines(&effects), [format!("#1001 > SUBACK id=1 [{granted}] (DPS-SUB-004)")]);
        assert_eq!(answer(&device.register("")).qos.level(), granted);
    }
}

#[test]
fn other_filters_close() {
    for (filter, rule) in [
        ("$dps/registrations/res/200/#", "DPS-SUB-002"),
        ("$dps/registrations/res/+/?$rid=1", "DPS-SUB-002"),
        ("$dps/registrations/#", "DPS-SUB-004"),
        ("devices/r1/messages/devicebound/#", "DPS-SUB-004"),
        ("#", "DPS-SUB-004"),
    ] {
        let mut device = Device::new();
        device.connect(device.packet("r1", KEY));
        let effects = device.subscribe(filter, Qos::AtLeastOnce);
        assert_eq!(lines(&effects), [format!("#1001 is closed ({rule})")], "{filter}");
        assert_eq!(device.judged("DPS-LIMIT-001"), Some(false), "{filter}");
    }
}

#[test]
fn other_topics_close_and_are_relayed_to_nobody() {
    for (topic, noted) in [
        ("$dps/registrations/PUT/iotdps-register?$rid=1", Some("DPS-REG-002")),
        ("$dps/registrations/GET/status/?$rid=1", Some("DPS-POLL-004")),
        ("$dps/registrations/res/200/?$rid=1", None),
        ("devices/r1/messages/events/", None),
    ] {
        let mut device = Device::new();
        device.arrive("r1", KEY);
        let effects = device.publish(Qos::AtLeastOnce, topic, "{}");
        assert_eq!(lines(&effects), ["#1001 is closed (DPS-SUB-003)"], "{topic}");
        if let Some(noted) = noted {
            assert_eq!(device.judged(noted), Some(false), "{topic}");
        }
    }
}

#[test]
fn the_profile_says_what_becomes_of_other_filters_and_topics() {
    for (reaction, code) in [(Reaction::Suback80, "0x80"), (Reaction::Accept, "1")] {
        let mut registry = registry();
        registry.provisioning.get_mut(SCOPE).expect("the instance").profile.unsupported_topic =
            reaction;
        let mut device = Device::of(registry, &[]);
        device.arrive("r1", KEY);
        let effects = device.subscribe("$dps/#", Qos::AtLeastOnce);
        assert_eq!(lines(&effects), [format!("#1001 > SUBACK id=1 [{code}] (DPS-SUB-004)")]);
        let effects = device.publish(Qos::AtLeastOnce, "telemetry", "{}");
        assert_eq!(lines(&effects), ["#1001 > PUBACK id=7 (DPS-OPEN-029)"]);
    }
}

#[test]
fn unsubscribing_is_confirmed_and_the_connection_stays() {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    let effects = device.unsubscribe(ANSWERS);
    assert_eq!(lines(&effects), ["#1001 > UNSUBACK id=2 (DPS-OPEN-042)"]);
    let effects = device.register("");
    assert_eq!(lines(&effects), ["#1001 > PUBACK id=7 (DPS-OPEN-029)"]);
    assert_eq!(close(&effects), None);
}
