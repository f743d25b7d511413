//! Polls: the answers, and how the device's pace is judged.

use cloud::{Ending, Input, profile::RetryAfterCase};
use serde_json::json;
use wire::Qos;

use crate::{
    common::lines,
    device::{ANSWERS, Device, KEY, SCOPE, answer, registry},
};

/// `r1`, registered and told to wait; and its operation.
fn registered() -> (Device, String) {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    let body = answer(&device.register("")).body;
    (device, body["operationId"].as_str().expect("an operation").to_owned())
}

#[test]
fn the_profile_counts_the_polls_that_are_not_done() {
    for assigning_polls in [0, 1, 3] {
        let mut registry = registry();
        let profile = &mut registry.provisioning.get_mut(SCOPE).expect("the instance").profile;
        profile.assigning_polls = assigning_polls;
        profile.retry_after_s = 7;
        let mut device = Device::of(registry, &[]);
        device.arrive("r1", KEY);
        let first = answer(&device.register(""));
        assert_eq!(first.topic, "$dps/registrations/res/202/?$rid=a1&retry-after=7");
        let operation_id = first.body["operationId"].as_str().expect("an operation").to_owned();
        let mut statuses = Vec::new();
        for _ in 0..=assigning_polls {
            device.wait_s(7);
            statuses.push(answer(&device.poll(&operation_id)).topic[23..26].to_owned());
        }
        let (last, before) = statuses.split_last().expect("one poll at least");
        assert_eq!(last, "200");
        assert!(before.iter().all(|status| status == "202"), "{before:?}");
    }
}

#[test]
fn an_early_poll_is_answered_and_noted() {
    for (wait_s, waited) in [(0, false), (2, false), (3, true), (60, true)] {
        let (mut device, operation_id) = registered();
        device.wait_s(wait_s);
        let answered = answer(&device.poll(&operation_id));
        assert!(answered.topic.starts_with("$dps/registrations/res/202/"), "{wait_s}");
        assert_eq!(device.judged("DPS-POLL-009"), Some(waited), "{wait_s}");
    }
    let (mut device, operation_id) = registered();
    device.wait_s(3);
    device.poll(&operation_id);
    device.wait_s(1);
    device.poll(&operation_id);
    assert_eq!(device.judged("DPS-POLL-009"), Some(false), "the second 202 asks again");
}

#[test]
fn a_device_that_leaves_before_the_end_is_noted() {
    let ids = ["DPS-POLL-001", "DPS-POLL-002", "DPS-POLL-008"];
    for (polls, expected) in [
        (0, [Some(false), None, None]),
        (1, [Some(true), Some(false), Some(false)]),
        (2, [Some(true), Some(true), Some(true)]),
    ] {
        let (mut device, operation_id) = registered();
        for _ in 0..polls {
            device.wait_s(3);
            device.poll(&operation_id);
        }
        device.disconnect();
        assert_eq!(ids.map(|id| device.judged(id)), expected, "{polls}");
    }
    let (mut device, _) = registered();
    let conn = device.conn;
    device.tell(Input::Closed { conn, ending: Ending::Reset });
    assert_eq!(device.judged("DPS-POLL-001"), None, "a broken network is nobody's fault");
}

#[test]
fn an_operation_that_dps_does_not_know() {
    let (mut device, operation_id) = registered();
    for unknown in ["", "5.0000000000000000.00000000-0000-4000-8000-000000000000", "x"] {
        let refused = answer(&device.poll(unknown));
        assert_eq!(refused.topic, "$dps/registrations/res/404/?$rid=b2", "{unknown}");
        assert_eq!(refused.body["errorCode"], 404_203, "{unknown}");
        assert_eq!(refused.because, "DPS-OPEN-026", "{unknown}");
        assert_eq!(device.judged("DPS-POLL-005"), Some(false), "{unknown}");
    }
    device.poll(&operation_id);
    assert_eq!(device.judged("DPS-POLL-005"), Some(true));
    device.arrive("d9", &cloud::sas::derived_key(crate::device::GROUP_KEY, "d9"));
    assert_eq!(answer(&device.poll(&operation_id)).body["errorCode"], 404_203, "another's");
}

#[test]
fn earlier_operations_share_the_end_of_the_newest() {
    let (mut device, first) = registered();
    let begin = |device: &mut Device| {
        answer(&device.register("")).body["operationId"].as_str().expect("an operation").to_owned()
    };
    let second = begin(&mut device);
    assert_eq!(answer(&device.poll(&first)).body["operationId"], first.as_str());
    let end = answer(&device.poll(&second)).body;
    assert_eq!((&end["operationId"], &end["status"]), (&json!(second), &json!("assigned")));
    for _ in 0..8 {
        begin(&mut device);
    }
    assert!(answer(&device.poll(&first)).topic.contains("/404/"), "eight are remembered");
    assert!(answer(&device.poll(&second)).topic.contains("/202/"));
}

#[test]
fn a_poll_on_a_new_connection_proves_itself_again() {
    let (mut device, operation_id) = registered();
    device.arrive("r1", b"wrong");
    let refused = answer(&device.poll(&operation_id));
    assert_eq!(
        (refused.body["errorCode"].as_u64(), refused.because),
        (Some(401_002), "DPS-OPEN-001")
    );
    device.arrive("r1", KEY);
    device.poll(&operation_id);
    assert_eq!(answer(&device.poll(&operation_id)).body["status"], "assigned");
}

#[test]
fn a_poll_without_a_subscription_or_in_another_spelling() {
    let (mut device, operation_id) = registered();
    device.unsubscribe(ANSWERS);
    assert_eq!(lines(&device.poll(&operation_id)), ["#1001 > PUBACK id=7 (DPS-OPEN-029)"]);
    assert_eq!(device.judged("DPS-POLL-003"), Some(false));
    device.subscribe(ANSWERS, Qos::AtMostOnce);
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?operationId={operation_id}&$rid=9"
    );
    let answered = answer(&device.publish(Qos::AtMostOnce, &topic, " "));
    assert_eq!(answered.topic, "$dps/registrations/res/200/?$rid=9");
    assert_eq!(device.judged("DPS-POLL-004"), Some(false));
}

#[test]
fn a_poll_may_repeat_the_payload() {
    let (mut device, operation_id) = registered();
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId={operation_id}"
    );
    let effects = device.publish(Qos::AtMostOnce, &topic, r#"{"registrationId":"r1"}"#);
    assert!(answer(&effects).topic.starts_with("$dps/registrations/res/202/"));
}

#[test]
fn the_profile_adds_members_and_capitals() {
    let mut registry = registry();
    let profile = &mut registry.provisioning.get_mut(SCOPE).expect("the instance").profile;
    profile.extra_members = true;
    profile.retry_after_case = RetryAfterCase::Capitals;
    profile.unknown_operation_error_code = 404_202;
    let mut device = Device::of(registry, &[]);
    device.arrive("r1", KEY);
    let topic = answer(&device.register("")).topic;
    assert_eq!(topic, "$dps/registrations/res/202/?$rid=a1&Retry-After=3");
    assert_eq!(answer(&device.poll("x")).body["errorCode"], 404_202);
    let state = device.provision("")["registrationState"].clone();
    assert_eq!(state["symmetricKey"], json!({}));
    assert_eq!(state["generationId"].as_str().map(str::len), Some(18));
}

#[test]
fn a_poll_after_the_end_is_answered_and_noted() {
    let (mut device, operation_id) = registered();
    for (status, judged) in [("202", None), ("200", Some(true)), ("200", Some(false))] {
        device.wait_s(3);
        let answered = answer(&device.poll(&operation_id));
        assert_eq!(&answered.topic[23..26], status);
        assert_eq!(device.judged("DPS-POLL-010"), judged);
    }
}
