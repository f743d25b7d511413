//! The service side of twins: its view, and what it is refused.

use cloud::{IdentityId, Order, profile::Tier};
use serde_json::{Value, json};

use super::{Device, common::*, one};

#[test]
fn the_service_sees_everything() {
    let mut device = Device::new();
    device.report(r#"{"r":1}"#);
    device.talk.wait_s(10);
    device.patch(json!({"tags": {"t": "x"}, "properties": {"desired": {"d": {"e": 1}}}}));
    let new = "2026-11-20T00:00:10.0000000Z";
    let old = "2026-11-20T00:00:00.0000000Z";
    let stamp = json!({"$lastUpdated": new, "$lastUpdatedVersion": 2});
    let inner = json!({"$lastUpdated": new, "$lastUpdatedVersion": 2, "e": stamp});
    let expected = json!({
        "deviceId": "d1",
        "etag": "AAAAAAAAAAM=",
        "status": "enabled",
        "connectionState": "Connected",
        "authenticationType": "sas",
        "version": 3,
        "tags": {"t": "x"},
        "properties": {
            "desired": {
                "d": {"e": 1},
                "$metadata": {"$lastUpdated": new, "$lastUpdatedVersion": 2, "d": inner},
                "$version": 2,
            },
            "reported": {
                "r": 1,
                "$metadata": {"$lastUpdated": old, "r": {"$lastUpdated": old}},
                "$version": 2,
            },
        },
    });
    assert_eq!(device.twin(), Ok(expected));
}

#[test]
fn a_patch_answers_the_new_twin() {
    let mut device = Device::new();
    let twin = answer(&device.patch(json!({"tags": {"a": 1, "b": 1}}))).expect("an answer");
    assert_eq!(twin, device.twin());
    device.patch(json!({"tags": {"a": null, "c": 1}}));
    assert_eq!(device.seen("/tags"), json!({"b": 1, "c": 1}));
    device.replace(json!({"tags": {"d": 1}}));
    assert_eq!(device.seen("/tags"), json!({"d": 1}));
    device.patch(json!({"tags": null}));
    assert_eq!(device.seen("/tags"), json!({}));
    assert_eq!(device.seen("/version"), json!(5));
}

#[test]
fn a_whole_twin_may_come_back() {
    let mut device = Device::new();
    device.patch(json!({"tags": {"t": 1}, "properties": {"desired": {"a": 1}}}));
    let twin = device.twin().expect("a twin");
    device.replace(twin);
    assert_eq!(device.seen("/properties/desired"), json!({"a": 1, "$version": 3}));
    assert_eq!(device.seen("/tags"), json!({"t": 1}));
}

#[test]
fn a_refused_update_changes_nothing() {
    let text = |n: usize| "x".repeat(n);
    let many =
        |n: usize| -> Value { (0..n).map(|i| (format!("k{i}"), json!(text(4000)))).collect() };
    for (patch, code, because) in [
        (json!([]), 400_004, "HUB-OPEN-059"),
        (json!("x"), 400_004, "HUB-OPEN-059"),
        (json!({"tags": 1}), 400_004, "HUB-OPEN-059"),
        (json!({"properties": {"desired": [1]}}), 400_004, "HUB-OPEN-059"),
        (json!({"properties": {"desired": {"a.b": 1}}}), 400_004, "HUB-OPEN-058"),
        (json!({"tags": {"a": {"$b": 1}}}), 400_004, "HUB-OPEN-058"),
        (json!({"tags": {"a": u64::MAX}}), 400_004, "HUB-OPEN-058"),
        (json!({"properties": {"desired": {"a": u64::MAX}}}), 400_004, "HUB-OPEN-058"),
        (json!({"properties": {"desired": {"a": text(4097)}}}), 400_004, "HUB-OPEN-058"),
        (json!({"properties": {"desired": many(9)}}), 403_100, "HUB-OPEN-058"),
        (json!({"tags": many(3), "properties": {"desired": {"a": 1}}}), 403_100, "HUB-OPEN-058"),
    ] {
        let mut device = Device::new();
        device.patch(json!({"tags": {"t": 1}, "properties": {"desired": {"d": 1}}}));
        let before = device.twin();
        for effects in [device.patch(patch.clone()), device.replace(patch.clone())] {
            let error = answer(&effects).expect("an answer").expect_err("a refusal");
            assert_eq!(error.error_code, code, "{patch}");
            assert_eq!(u32::from(error.status), code / 1000, "{patch}");
            assert_eq!(effects[0].because.id(), because, "{patch}");
            assert!(one(&effects).is_none(), "{patch}");
        }
        assert_eq!(device.twin(), before, "{patch}");
    }
}

#[test]
fn a_patch_that_would_change_nothing_is_refused() {
    for patch in [
        json!({}),
        json!({"desired": {"a": 1}}),
        json!({"properties": {"reported": {"a": 1}}}),
        json!({"properties": {"desierd": {"a": 1}}}),
        json!({"tags": {"t": 1}, "desired": {"a": 1}}),
    ] {
        let mut device = Device::new();
        let before = device.twin();
        let effects = device.patch(patch.clone());
        let error = answer(&effects).expect("an answer").expect_err("a refusal");
        assert_eq!((error.status, error.error_code), (400, 400_004), "{patch}");
        let shape = r#"{"properties":{"desired":{…}},"tags":{…}}"#;
        assert!(error.message.contains(shape), "{}", error.message);
        assert_eq!(device.twin(), before, "{patch}");
    }
}

#[test]
fn who_is_not_there_has_no_twin() {
    let mut talk = Talk::new();
    for (hub, identity, code) in [
        (HOST, IdentityId::device("d9"), 404_001),
        (HOST, IdentityId::module("d1", "m9"), 404_010),
        ("nowhere.azure-devices.net", IdentityId::device("d1"), 404_000),
    ] {
        let hub = hub.to_owned();
        let (a, b, c) = (identity.clone(), identity.clone(), identity);
        for order in [
            Order::GetTwin { hub: hub.clone(), identity: a },
            Order::PatchTwin { hub: hub.clone(), identity: b, patch: json!({}) },
            Order::ReplaceTwin { hub: hub.clone(), identity: c, twin: json!({}) },
        ] {
            let error = talk.ask(order).expect("an answer").expect_err("a refusal");
            assert_eq!(error.error_code, code);
        }
    }
}

#[test]
fn a_basic_hub_has_no_twins() {
    let mut device = Device::with(|profile| profile.tier = Tier::Basic);
    for effects in [device.patch(json!({})), device.replace(json!({}))] {
        let error = answer(&effects).expect("an answer").expect_err("a refusal");
        assert_eq!((error.status, error.error_code), (403, 403_010));
        assert_eq!(effects[0].because.id(), "HUB-OPEN-061");
    }
    assert_eq!(device.twin().expect_err("a refusal").name, "OperationNotAvailableInCurrentTier");
}
