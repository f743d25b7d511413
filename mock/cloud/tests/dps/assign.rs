//! Assignment: which hub, which device id, what becomes of the twin.

use std::collections::BTreeSet;

use cloud::{
    IdentityId, Registry,
    registry::{Allocation, Enrollment, Hub, Provisioning, Reprovision, Webhook},
};
use serde_json::{Value, json};
use wire::{Connect, Qos};

use crate::{
    common::HOST,
    device::{ANSWERS, Device, KEY, OTHER_HOST, SCOPE, keys, registry},
    reference::hub_connect,
};

/// Two hubs, both linked, and the enrollment of `r1`.
fn two_hubs(enrollment: Enrollment) -> Registry {
    let mut registry = Registry::default();
    registry.put_hub(Hub::new(HOST));
    registry.put_hub(Hub::new(OTHER_HOST));
    let mut instance = Provisioning::new(SCOPE, &[HOST, OTHER_HOST]);
    instance.put_enrollment(enrollment);
    registry.put_provisioning(instance);
    registry
}

fn enrollment() -> Enrollment {
    Enrollment::new("r1", keys(KEY))
}

fn provision(device: &mut Device, payload: &str) -> Value {
    device.arrive("r1", KEY);
    device.provision(payload)
}

fn change(device: &mut Device, act: impl FnOnce(&mut Enrollment)) {
    let instance = device.talk.cloud.registry_mut().provisioning.get_mut(SCOPE);
    act(instance.expect("the instance").enrollments.get_mut("r1").expect("r1"));
}

#[test]
fn the_policy_picks_the_hub_unless_the_enrollment_names_one() {
    let named = |hub: &str| Some(hub.to_owned());
    for (allocation, hub, expected) in [
        (Allocation::Static, None, HOST),
        (Allocation::GeoLatency, None, HOST),
        (Allocation::Static, named(OTHER_HOST), OTHER_HOST),
        (Allocation::Hashed, named(OTHER_HOST), OTHER_HOST),
        (Allocation::Hashed, named(HOST), HOST),
        (Allocation::Custom(Webhook::default()), None, HOST),
        (
            Allocation::Custom(Webhook { hub: named(OTHER_HOST), ..Webhook::default() }),
            None,
            OTHER_HOST,
        ),
    ] {
        let says = format!("{allocation:?} {hub:?}");
        let mut device = Device::of(two_hubs(Enrollment { allocation, hub, ..enrollment() }), &[]);
        assert_eq!(
            provision(&mut device, "")["registrationState"]["assignedHub"],
            expected,
            "{says}"
        );
    }
}

#[test]
fn hashing_spreads_devices_over_the_linked_hubs() {
    let mut registry = two_hubs(enrollment());
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    for number in 0..16 {
        instance.put_enrollment(Enrollment::new(&format!("n{number}"), keys(KEY)));
    }
    let mut device = Device::of(registry, &[]);
    let mut hubs = BTreeSet::new();
    for number in 0..16 {
        device.arrive(&format!("n{number}"), KEY);
        let body = device.provision("");
        hubs.insert(body["registrationState"]["assignedHub"].to_string());
    }
    assert_eq!(hubs.len(), 2);
}

#[test]
fn an_enrollment_may_name_the_device_and_its_first_twin() {
    let Value::Object(desired) = json!({"interval": 60}) else { return };
    let mut registry = registry();
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    let device_id = Some("pump-1".to_owned());
    instance.put_enrollment(Enrollment { device_id, desired: desired.clone(), ..enrollment() });
    let mut device = Device::of(registry, &[]);
    assert_eq!(provision(&mut device, "")["registrationState"]["deviceId"], "pump-1");
    let hub = device.talk.cloud.registry().hub(HOST).expect("the hub");
    let identity = hub.identities.get(&IdentityId::device("pump-1")).expect("the device");
    assert_eq!(identity.twin.desired.properties, desired);
    assert!(identity.enabled);
    let (_, effects) = device.talk.connect_with(hub_connect("pump-1", KEY));
    assert_eq!(crate::device::connack(&effects).map(|(code, _)| code), Some(0));
}

#[test]
fn failures_are_results_with_a_code() {
    let fails = Webhook { fails_with: Some(400), ..Webhook::default() };
    let webhook = "Custom allocation failed with status code: 400";
    for (says, linked, hub, allocation, code, message) in [
        ("no linked hub", vec![], None, Allocation::Hashed, 400_208, "No IoT hub is specified."),
        (
            "a hub that is not there",
            vec![HOST],
            Some("gone.azure-devices.net".to_owned()),
            Allocation::Hashed,
            400_209,
            "The IoT hub refused DPS.",
        ),
        ("the webhook fails", vec![HOST], None, Allocation::Custom(fails), 400_207, webhook),
    ] {
        let mut registry = registry();
        let mut instance = Provisioning::new(SCOPE, &linked);
        instance.put_enrollment(Enrollment { hub, allocation, ..enrollment() });
        registry.put_provisioning(instance);
        let mut device = Device::of(registry, &[]);
        let body = provision(&mut device, "");
        let state = &body["registrationState"];
        assert_eq!(
            (&body["status"], &state["status"]),
            (&json!("failed"), &json!("failed")),
            "{says}"
        );
        assert_eq!((&state["errorCode"], &state["errorMessage"]), (&json!(code), &json!(message)));
        assert_eq!(state["assignedHub"], Value::Null, "{says}");
    }
}

#[test]
fn a_custom_allocation_gets_and_gives_a_payload() {
    let custom = |payload| Allocation::Custom(Webhook { payload, ..Webhook::default() });
    for (allocation, sent, expected) in [
        (custom(None), r#"{"payload":{"model":"é"}}"#, json!({"model": "é"})),
        (custom(Some(json!({"a": 1}))), r#"{"payload":{"model":"é"}}"#, json!({"a": 1})),
        (custom(None), "", Value::Null),
        (Allocation::Hashed, r#"{"payload":{"model":"é"}}"#, Value::Null),
    ] {
        let mut device = Device::of(two_hubs(Enrollment { allocation, ..enrollment() }), &[]);
        let body = provision(&mut device, sent);
        assert_eq!(body["registrationState"]["payload"], expected);
        let mut bodies = device.seen.iter().filter(|line| line.starts_with('{'));
        assert!(bodies.all(|body| body.is_ascii()), "some clients read Latin-1");
    }
}

#[test]
fn registering_again_keeps_the_twin_on_the_same_hub() {
    let mut device = Device::of(two_hubs(enrollment()), &[]);
    let first = provision(&mut device, "")["registrationState"].clone();
    let host = first["assignedHub"].as_str().expect("a hub").to_owned();
    set_reported(&mut device, &host);
    device.wait_s(60);
    let again = provision(&mut device, "")["registrationState"].clone();
    assert_eq!(again["assignedHub"], host);
    assert_eq!(again["substatus"], "initialAssignment");
    assert_eq!(again["createdDateTimeUtc"], first["createdDateTimeUtc"]);
    assert_ne!(again["lastUpdatedDateTimeUtc"], first["lastUpdatedDateTimeUtc"]);
    assert_eq!(reported(&device, &host), Some(json!({"t": 1})));
}

#[test]
fn a_device_that_changes_its_hub_takes_its_data_along_or_not() {
    let to = |host: &str| Some(host.to_owned());
    for (reprovision, hub, substatus, kept) in [
        (Reprovision::Migrate, OTHER_HOST, "deviceDataMigrated", Some(json!({"t": 1}))),
        (Reprovision::Reset, OTHER_HOST, "deviceDataReset", Some(json!({}))),
        (Reprovision::Never, HOST, "initialAssignment", Some(json!({"t": 1}))),
    ] {
        let enrollment = Enrollment { reprovision, hub: to(HOST), ..enrollment() };
        let mut device = Device::of(two_hubs(enrollment), &[]);
        provision(&mut device, "");
        set_reported(&mut device, HOST);
        let (live, _) = device.talk.connect_with(hub_connect("r1", KEY));

        change(&mut device, |enrollment| enrollment.hub = to(OTHER_HOST));
        let state = provision(&mut device, "")["registrationState"].clone();
        assert_eq!((&state["assignedHub"], &state["substatus"]), (&json!(hub), &json!(substatus)));
        assert_eq!(reported(&device, hub), kept, "{reprovision:?}");
        let left = if hub == HOST { OTHER_HOST } else { HOST };
        assert_eq!(reported(&device, left), None, "{reprovision:?}");
        let closed = device.talk.cloud.trace().to_string().contains(&format!("{live} is closed"));
        assert_eq!(closed, reprovision != Reprovision::Never, "{reprovision:?}");
        if reprovision == Reprovision::Never {
            continue;
        }
        change(&mut device, |enrollment| enrollment.hub = to(HOST));
        let state = provision(&mut device, "")["registrationState"].clone();
        assert_eq!(state["substatus"], "reprovisionedToInitialAssignment");
    }
}

#[test]
fn an_old_api_version_never_changes_its_hub() {
    let mut device =
        Device::of(two_hubs(Enrollment { hub: Some(HOST.to_owned()), ..enrollment() }), &[]);
    for _ in 0..2 {
        let username = Some(format!("{SCOPE}/registrations/r1/api-version=2018-04-01"));
        device.connect(Connect { username, ..device.packet("r1", KEY) });
        device.subscribe(ANSWERS, Qos::AtLeastOnce);
        assert_eq!(device.provision("")["registrationState"]["assignedHub"], HOST);
        change(&mut device, |enrollment| enrollment.hub = Some(OTHER_HOST.to_owned()));
    }
}

#[test]
fn a_failed_registration_leaves_the_device_where_it_is() {
    let mut device =
        Device::of(two_hubs(Enrollment { hub: Some(HOST.to_owned()), ..enrollment() }), &[]);
    provision(&mut device, "");
    change(&mut device, |enrollment| enrollment.hub = Some("gone.azure-devices.net".to_owned()));
    assert_eq!(provision(&mut device, "")["status"], "failed");
    assert_eq!(reported(&device, HOST), Some(json!({})));
    change(&mut device, |enrollment| enrollment.hub = Some(HOST.to_owned()));
    let state = provision(&mut device, "")["registrationState"].clone();
    assert_eq!(state["substatus"], "initialAssignment");
}

fn set_reported(device: &mut Device, host: &str) {
    let hub = device.talk.cloud.registry_mut().hub_mut(host).expect("the hub");
    let identity = hub.identities.get_mut(&IdentityId::device("r1")).expect("the device");
    identity.twin.reported.properties.insert("t".to_owned(), json!(1));
}

fn reported(device: &Device, host: &str) -> Option<Value> {
    let hub = device.talk.cloud.registry().hub(host)?;
    let identity = hub.identities.get(&IdentityId::device("r1"))?;
    Some(Value::Object(identity.twin.reported.properties.clone()))
}
