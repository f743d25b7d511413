//! Certificates: individual and in groups, and the way on to the hub.

use cloud::{
    Peer,
    profile::ConnectRefusal,
    registry::{Attestation, Group},
};
use serde_json::json;
use wire::{Connect, Packet, Qos};

use crate::{
    common::HOST,
    device::{ANSWERS, Certificates, Device, KEY, SCOPE, answer, certificates, connack, registry},
};

/// Connects to the hub with a certificate; CONNACK's code.
fn hub_code(device: &mut Device, id: &str, leaf: &certs::Leaf) -> Option<u8> {
    let peer = Peer { sni: Some(HOST.to_owned()), ..device.peer_with(leaf) };
    let connect = Connect {
        client_id: id.to_owned(),
        username: Some(format!("{HOST}/{id}/?api-version=2021-04-12")),
        ..Connect::default()
    };
    connack(&device.connect_over(peer, connect)).map(|(code, _)| code)
}

#[test]
fn an_enrolled_certificate_is_assigned_and_admitted_by_its_thumbprint() {
    let Certificates { own, issued, .. } = certificates();
    let mut device = Device::new();
    device.arrive_with("x1", own);
    let body = device.provision("");
    let state = &body["registrationState"];
    assert_eq!((&body["status"], &state["x509"]), (&json!("assigned"), &json!({})));
    let names: Vec<&String> = state.as_object().expect("a state").keys().collect();
    assert_eq!(
        names,
        [
            "x509",
            "registrationId",
            "createdDateTimeUtc",
            "assignedHub",
            "deviceId",
            "status",
            "substatus",
            "lastUpdatedDateTimeUtc",
            "etag"
        ]
    );
    assert_eq!(hub_code(&mut device, "x1", own), Some(0));
    assert_eq!(hub_code(&mut device, "x1", issued), Some(5), "another certificate");
}

#[test]
fn a_chain_below_a_groups_signer_is_assigned_and_admitted_by_its_authority() {
    let Certificates { issued, stray, .. } = certificates();
    let mut device = Device::new();
    device.arrive_with("x2", issued);
    let body = device.provision("");
    assert_eq!(body["registrationState"]["x509"], json!({"enrollmentGroupId": "works"}));
    assert_eq!(hub_code(&mut device, "x2", issued), Some(0));
    assert_eq!(hub_code(&mut device, "x2", stray), Some(5), "an unknown authority");
}

#[test]
fn the_common_name_spells_the_registration_id() {
    let mut device = Device::new();
    device.arrive_with("X2", &certificates().issued);
    let state = device.provision("")["registrationState"].clone();
    assert_eq!((&state["registrationId"], &state["deviceId"]), (&json!("x2"), &json!("x2")));
    assert_eq!(hub_code(&mut device, "x2", &certificates().issued), Some(0));
}

#[test]
fn certificates_that_fit_no_enrollment_are_refused_at_register() {
    let Certificates { own, issued, stray, .. } = certificates();
    let bare = certs::Leaf { chain_der: issued.chain_der[..1].to_vec(), ..issued.clone() };
    for (says, id, leaf, expected) in [
        ("an unknown authority", "x2", stray, 401_002),
        ("no enrollment, self-signed", "x1", own, 0),
        ("the signer is enrolled: its certificate need not come along", "x2", &bare, 0),
    ] {
        let mut device = Device::new();
        device.arrive_with(id, leaf);
        let body = answer(&device.register("")).body;
        assert_eq!(body["errorCode"].as_u64().unwrap_or(0), expected, "{says}");
        if expected != 0 {
            assert_eq!(body["message"], "Invalid certificate.", "{says}");
        }
    }
    let mut registry = registry();
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    let leaf = certificates().issued.chain_der[0].clone();
    instance.enrollments.get_mut("x1").expect("x1").attestation = Attestation::Certificate(leaf);
    let mut device = Device::of(registry, &[]);
    device.arrive_with("x1", own);
    let refused = answer(&device.register(""));
    assert_eq!(
        (refused.body["errorCode"].as_u64(), refused.because),
        (Some(401_002), "DPS-OPEN-014")
    );
}

#[test]
fn an_expired_chain_is_refused() {
    let mut device = Device::new();
    device.talk.now = device.talk.now.plus_s(366 * 86_400);
    device.arrive_with("x2", &certificates().issued);
    assert_eq!(answer(&device.register("")).body["errorCode"], 401_002);
}

#[test]
fn the_signer_nearest_the_leaf_decides() {
    for (root_enabled, works_enabled, status) in
        [(true, true, "assigning"), (false, true, "assigning"), (true, false, "disabled")]
    {
        let mut registry = registry();
        let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
        instance.groups.get_mut("works").expect("works").enabled = works_enabled;
        let root = Attestation::Certificate(certificates().root.der().to_vec());
        instance.put_group(Group { enabled: root_enabled, ..Group::new("a-root", root) });
        let mut device = Device::of(registry, &[]);
        device.arrive_with("x2", &certificates().issued);
        assert_eq!(answer(&device.register("")).body["status"], status);
    }
}

#[test]
fn an_individual_enrollment_goes_before_a_group() {
    let mut registry = registry();
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    let own = instance.enrollments.get("off").expect("off").clone();
    let own = cloud::registry::Enrollment { registration_id: "x2".to_owned(), ..own };
    instance.put_enrollment(own);
    let mut device = Device::of(registry, &[]);
    device.arrive_with("x2", &certificates().issued);
    let refused = answer(&device.register(""));
    assert_eq!(refused.because, "DPS-OPEN-014", "it is enrolled with keys");
    device.arrive("x2", KEY);
    assert_eq!(answer(&device.register("")).body["status"], "disabled");
}

#[test]
fn the_profile_may_let_another_name_pass_connect() {
    let mut registry = registry();
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    instance.profile.cn_mismatch = ConnectRefusal::Res401;
    let mut device = Device::of(registry, &[]);
    let peer = device.peer_with(&certificates().own);
    let effects = device.connect_over(peer, device.bare_packet("r1"));
    assert_eq!(connack(&effects).map(|(code, _)| code), Some(0));
    device.subscribe(ANSWERS, Qos::AtLeastOnce);
    let refused = answer(&device.register(""));
    assert_eq!(
        (refused.body["errorCode"].as_u64(), refused.because),
        (Some(401_002), "DPS-OPEN-015")
    );
}

#[test]
fn a_token_goes_before_a_certificate() {
    let mut device = Device::new();
    let peer = device.peer_with(&certificates().own);
    device.connect_over(peer, device.packet("r1", KEY));
    device.subscribe(ANSWERS, Qos::AtLeastOnce);
    assert_eq!(device.provision("")["status"], "assigned");
    assert!(matches!(device.say(Packet::Pingreq).as_slice(), [_]));
}

#[test]
fn what_was_wrong_with_a_certificate_is_said() {
    let Certificates { own, issued, stray, .. } = certificates();
    for (id, leaf, says) in [
        ("x1", own, None),
        ("x2", issued, None),
        ("x2", stray, Some("nobody who is known here issued the certificate")),
        (
            "x1",
            issued,
            Some("the certificate has the common name `x2`, and the user name has `x1`"),
        ),
        ("r1", &named("r1"), Some("the enrollment has keys: send a token")),
        ("x1", &named("x1"), Some("the certificate has the thumbprint ")),
    ] {
        let mut device = Device::new();
        device.arrive_with(id, leaf);
        device.register("");
        let mut steps = device.talk.cloud.trace().steps();
        let found = steps.find_map(|step| step.why.as_deref());
        match says {
            None => assert_eq!(found, None, "{id}"),
            Some(says) => assert!(found.unwrap_or_default().starts_with(says), "{id}: {found:?}"),
        }
    }
}

/// A self-signed certificate that nobody enrolled.
fn named(common_name: &str) -> certs::Leaf {
    let now_s = i64::try_from(crate::common::BEGIN.s()).expect("a date");
    let validity =
        certs::Validity { not_before_s: now_s - 86_400, not_after_s: now_s + 86_400 * 365 };
    let request = certs::LeafRequest::device(common_name, validity, certs::Algorithm::EcdsaP256);
    request.self_signed().expect("a leaf")
}
