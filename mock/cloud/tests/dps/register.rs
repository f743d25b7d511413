//! The register publish: who is taken, who is refused, and with which error.

use cloud::{
    profile::{DerivationCase, DpsProfile, ForeignRegistrationId, MissingRid},
    registry::{Attestation, Enrollment},
    sas,
};
use serde_json::json;
use wire::{Connect, Qos};

use crate::{
    common::{HOST, lines},
    device::{ANSWERS, Device, GROUP_KEY, KEY, SCOPE, SECOND_KEY, answer, close, keys, registry},
    reference::hub_connect,
};

/// A device at an instance with these switches.
fn with(change: impl FnOnce(&mut DpsProfile)) -> Device {
    let mut registry = registry();
    change(&mut registry.provisioning.get_mut(SCOPE).expect("the instance").profile);
    Device::of(registry, &[])
}

/// `error code rule`, or `status rule` when there is no error.
fn told(device: &mut Device, payload: &str) -> String {
    let answer = answer(&device.register(payload));
    let word = match answer.body["errorCode"].as_u64() {
        Some(code) => {
            let status = format!("$dps/registrations/res/{}/?$rid=a1", code / 1000);
            assert_eq!(answer.topic, status);
            code.to_string()
        }
        None => answer.body["status"].as_str().unwrap_or("nothing").to_owned(),
    };
    format!("{word} {}", answer.because)
}

#[test]
fn keys_that_verify_and_keys_that_do_not() {
    let derived = |key: &[u8], id: &str| sas::derived_key(key, id);
    for (id, key, expected) in [
        ("r1", KEY.to_vec(), "assigning DPS-REG-005"),
        ("r1", SECOND_KEY.to_vec(), "assigning DPS-REG-005"),
        ("R1", KEY.to_vec(), "assigning DPS-REG-005"),
        ("r1", b"wrong".to_vec(), "401002 DPS-OPEN-001"),
        ("d7", derived(GROUP_KEY, "d7"), "assigning DPS-REG-005"),
        ("d7", derived(SECOND_KEY, "d7"), "assigning DPS-REG-005"),
        ("D7", derived(GROUP_KEY, "D7"), "assigning DPS-REG-005"),
        ("D7", derived(GROUP_KEY, "d7"), "401002 DPS-OPEN-001"),
        ("d7", derived(GROUP_KEY, "d8"), "401002 DPS-OPEN-001"),
        ("d7", GROUP_KEY.to_vec(), "401002 DPS-OPEN-010"),
        ("r1", derived(GROUP_KEY, "r1"), "401002 DPS-OPEN-001"),
        ("off", KEY.to_vec(), "disabled DPS-OPEN-048"),
        ("tpm", KEY.to_vec(), "401002 DPS-TPM-001"),
        ("x1", KEY.to_vec(), "401002 DPS-OPEN-001"),
    ] {
        let mut device = Device::new();
        device.arrive(id, &key);
        assert_eq!(told(&mut device, ""), expected, "{id}");
    }
}

#[test]
fn an_error_has_four_members() {
    let mut device = Device::new();
    device.arrive("r1", b"wrong");
    let refused = answer(&device.register(""));
    assert_eq!(refused.topic, "$dps/registrations/res/401/?$rid=a1");
    let tracking_id = refused.body["trackingId"].as_str().expect("a tracking id");
    assert_eq!(tracking_id.len(), 36);
    let body = json!({
        "errorCode": 401_002,
        "trackingId": tracking_id,
        "message": "Unauthorized",
        "timestampUtc": "2026-11-20T00:00:00.0000000Z",
    });
    assert_eq!(refused.text, body.to_string());
}

#[test]
fn a_token_may_be_five_minutes_late() {
    for (late_s, expected) in
        [(0, "assigning DPS-REG-005"), (300, "assigning DPS-REG-005"), (301, "401002 DPS-OPEN-001")]
    {
        let mut device = Device::new();
        let connect = device.packet("r1", KEY);
        device.connect(Connect { keep_alive_s: 0, ..connect });
        device.subscribe(ANSWERS, Qos::AtLeastOnce);
        // In steps, since nothing may be silent for an hour.
        for step_s in [1000, 1000, 1000, 600 + late_s] {
            device.wait_s(step_s);
            device.say(wire::Packet::Pingreq);
        }
        assert_eq!(told(&mut device, ""), expected, "{late_s}");
    }
}

#[test]
fn the_resource_is_this_registration() {
    for (sr, expected) in [
        (format!("{SCOPE}%2Fregistrations%2Fr1"), "assigning DPS-REG-005"),
        (format!("{SCOPE}%2fregistrations%2fr1"), "assigning DPS-REG-005"),
        (format!("{SCOPE}/registrations/r1"), "assigning DPS-REG-005"),
        (format!("{SCOPE}%2Fregistrations%2Fr2"), "401002 DPS-SAS-005"),
        (SCOPE.to_owned(), "401002 DPS-SAS-005"),
    ] {
        let mut device = Device::new();
        let token = sas::sign_as_sent(KEY, &sr, device.talk.now.s() + 60, None);
        device.connect(Connect { password: Some(token.into()), ..device.packet("r1", KEY) });
        device.subscribe(ANSWERS, Qos::AtLeastOnce);
        assert_eq!(told(&mut device, ""), expected, "{sr}");
    }
}

#[test]
fn payloads_that_are_taken_and_payloads_that_are_not() {
    for (payload, expected, [registration, is_json]) in [
        ("", "assigning DPS-REG-005", [Some(false), None]),
        (" ", "assigning DPS-REG-005", [Some(false), None]),
        ("{}", "assigning DPS-REG-005", [Some(true), Some(true)]),
        (r#"{"registrationId":"r1"}"#, "assigning DPS-REG-005", [Some(true), Some(true)]),
        (r#"{"registrationId":"R1"}"#, "assigning DPS-REG-005", [Some(true), Some(true)]),
        (
            r#"{"payload":null,"registrationId":"r1"}"#,
            "assigning DPS-REG-005",
            [Some(true), Some(true)],
        ),
        (r#"{"new":1}"#, "assigning DPS-REG-005", [Some(true), Some(true)]),
        (r#"{"registrationId":"r2"}"#, "400004 DPS-OPEN-018", [Some(true), Some(true)]),
        (r#"{"registrationId":7}"#, "400004 DPS-OPEN-036", [Some(false), Some(true)]),
        ("[]", "400004 DPS-OPEN-036", [Some(false), Some(true)]),
        ("{", "400004 DPS-OPEN-036", [Some(false), Some(false)]),
    ] {
        let mut device = Device::new();
        device.arrive("r1", KEY);
        assert_eq!(told(&mut device, payload), expected, "{payload}");
        assert_eq!(device.judged("DPS-REG-003"), registration, "{payload}");
        assert_eq!(device.judged("DPS-REG-004"), is_json, "{payload}");
    }
}

#[test]
fn any_rid_is_echoed_and_may_come_again() {
    for rid in ["1", "0a1b-2C", "8f6e-guid", "a%20b", "x=y"] {
        let mut device = Device::new();
        device.arrive("r1", KEY);
        for _ in 0..2 {
            let topic = format!("$dps/registrations/PUT/iotdps-register/?$rid={rid}");
            let answered = answer(&device.publish(Qos::AtMostOnce, &topic, ""));
            let expected = format!("$dps/registrations/res/202/?$rid={rid}&retry-after=3");
            assert_eq!(answered.topic, expected);
            assert_eq!(device.judged("DPS-REG-002"), Some(true));
        }
    }
}

#[test]
fn without_a_rid_there_is_no_answer() {
    for query in ["", "/", "/?", "/?rid=1", "/?$rid="] {
        let topic = format!("$dps/registrations/PUT/iotdps-register{query}");
        let mut device = Device::new();
        device.arrive("r1", KEY);
        let effects = device.publish(Qos::AtMostOnce, &topic, "");
        assert_eq!(lines(&effects), [""; 0], "{topic}");
        assert_eq!(device.judged("DPS-REG-002"), Some(false), "{topic}");

        let mut device = with(|profile| profile.missing_rid = MissingRid::Close);
        device.arrive("r1", KEY);
        assert_eq!(close(&device.publish(Qos::AtMostOnce, &topic, "")), Some("DPS-OPEN-019"));
    }
}

#[test]
fn the_puback_goes_out_first_and_only_at_qos_1() {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1";
    for (qos, first) in [(Qos::AtMostOnce, "PUBLISH"), (Qos::AtLeastOnce, "PUBACK id=7")] {
        let mut device = Device::new();
        device.arrive("r1", KEY);
        let effects = lines(&device.publish(qos, topic, ""));
        assert!(effects[0].starts_with(&format!("#1001 > {first}")), "{effects:?}");
        assert_eq!(effects.len(), 1 + usize::from(qos.level()));
    }
}

#[test]
fn the_profile_changes_codes_and_tolerances() {
    type Change = fn(&mut DpsProfile);
    let rows: [(&str, &[u8], &str, Change, &str); 6] = [
        ("r1", b"wrong", "", |p| p.sas_error_code = 401_000, "401000 DPS-OPEN-001"),
        ("tpm", KEY, "", |p| p.tpm_error_code = 404_201, "404201 DPS-TPM-001"),
        ("r1", KEY, r#"{"new":1}"#, |p| p.strict_members = true, "400004 DPS-OPEN-016"),
        (
            "r1",
            KEY,
            r#"{"registrationId":"r2"}"#,
            |p| p.foreign_registration_id = ForeignRegistrationId::Ignore,
            "assigning DPS-REG-005",
        ),
        ("r1", KEY, r#"{"payload":1}"#, |p| p.strict_members = true, "assigning DPS-REG-005"),
        ("r1", KEY, "", |p| p.clock_skew_s = 0, "assigning DPS-REG-005"),
    ];
    for (id, key, payload, change, expected) in rows {
        let mut device = with(change);
        device.arrive(id, key);
        assert_eq!(told(&mut device, payload), expected, "{id} {payload}");
    }
    let mut device = with(|profile| profile.derivation_case = DerivationCase::Lower);
    device.arrive("D7", &sas::derived_key(GROUP_KEY, "d7"));
    assert_eq!(told(&mut device, ""), "assigning DPS-REG-005");
}

#[test]
fn without_groups_a_missing_enrollment_has_a_code_of_its_own() {
    for code in [401_002, 404_201] {
        let mut registry = registry();
        let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
        instance.groups.clear();
        instance.profile.no_enrollment_error_code = code;
        let mut device = Device::of(registry, &[]);
        device.arrive("nobody", KEY);
        assert_eq!(told(&mut device, ""), format!("{code} DPS-OPEN-035"));
    }
}

#[test]
fn keys_of_a_wrong_size_verify_nothing() {
    for (size, expected) in [
        (15, "401002 DPS-OPEN-011"),
        (16, "assigning DPS-REG-005"),
        (64, "assigning DPS-REG-005"),
        (65, "401002 DPS-OPEN-011"),
    ] {
        let mut registry = registry();
        let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
        let key = vec![b'k'; size];
        let attestation = Attestation::Keys { primary: key.clone(), secondary: key.clone() };
        instance.put_enrollment(Enrollment::new("sized", attestation));
        let mut device = Device::of(registry, &[]);
        device.arrive("sized", &key);
        assert_eq!(told(&mut device, ""), expected, "{size}");
    }
}

#[test]
fn a_disabled_enrollment_is_a_result() {
    let mut device = Device::new();
    device.arrive("off", KEY);
    let disabled = answer(&device.register(""));
    assert_eq!(disabled.topic, "$dps/registrations/res/200/?$rid=a1");
    assert_eq!(
        disabled.text,
        r#"{"operationId":"","status":"disabled","registrationState":{"registrationId":"off","status":"disabled"}}"#
    );
    let hub = device.talk.cloud.registry().hub(HOST).expect("the hub");
    assert!(hub.identities.is_empty());
}

#[test]
fn a_group_device_connects_to_its_hub_with_its_derived_key() {
    let mut device = Device::new();
    let key = sas::derived_key(GROUP_KEY, "d7");
    device.arrive("d7", &key);
    assert_eq!(device.provision("")["status"], "assigned");
    for (key, code) in [(key, 0), (sas::derived_key(SECOND_KEY, "d7"), 0), (GROUP_KEY.to_vec(), 5)]
    {
        let (_, effects) = device.talk.connect_with(hub_connect("d7", &key));
        let connack = crate::device::connack(&effects).map(|(code, _)| code);
        assert_eq!(connack, Some(code));
    }
}

#[test]
fn an_enrollment_that_is_changed_hands_over_its_new_keys() {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    device.provision("");
    let instance = device.talk.cloud.registry_mut().provisioning.get_mut(SCOPE);
    instance.expect("the instance").put_enrollment(Enrollment::new("r1", keys(GROUP_KEY)));
    device.arrive("r1", GROUP_KEY);
    assert_eq!(device.provision("")["status"], "assigned");
    let (_, effects) = device.talk.connect_with(hub_connect("r1", GROUP_KEY));
    assert_eq!(crate::device::connack(&effects).map(|(code, _)| code), Some(0));
}

#[test]
fn an_instance_takes_1000_registrations_a_minute() {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    for n in 0..1000 {
        assert_eq!(told(&mut device, ""), "assigning DPS-REG-005", "{n}");
    }
    let answer = answer(&device.register(""));
    assert_eq!(answer.topic, "$dps/registrations/res/429/?$rid=a1&retry-after=3");
    assert_eq!(answer.body["errorCode"], 429_001);
}
