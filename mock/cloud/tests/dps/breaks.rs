//! Every rule of DPS, got wrong on purpose: some conversation must come out otherwise.

use std::collections::BTreeMap;

use cloud::{
    Binds, Door, Input, Order, Peer, Registry, Transport, catalogue,
    fault::{Fault, Kind},
    profile::{DpsProfile, ForeignRegistrationId},
    registry::{Allocation, Attestation, Enrollment, Group, Hub, Provisioning, Webhook},
    sas,
};
use wire::{Connect, Malformed, Packet, Publish, Qos, Will};

use crate::{
    common::HOST,
    device::{
        ANSWERS, Device, GROUP_KEY, KEY, OTHER_HOST, SCOPE, SECOND_KEY, SNI, answer, certificates,
        close, connack, keys, registry,
    },
    reference::hub_connect,
};

/// Rules of the cloud that show in judgements alone, since no packet could show them.
const JUDGED_ONLY: &[(&str, &str)] = &[
    ("DPS-OPEN-052", "the carrier asks before the handshake which versions to offer"),
    ("DPS-TLS-001", "the carrier asks before TLS whether to answer"),
    ("DPS-TLS-004", "the carrier asks before TLS whether to answer"),
];

/// A conversation, and the tenants that it needs.
type Story = (&'static str, fn() -> Registry, fn(&mut Device));

const STORIES: &[Story] = &[
    ("more polls than ten seconds have", registry, |device| {
        device.arrive("r1", KEY);
        (0..6).for_each(|_| drop(device.poll("nobody's")));
    }),
    ("a throttled register and a throttled poll", registry, |device| {
        let throttle = || Order::AddFault(Fault::new(Kind::Status(429)).times(1));
        device.talk.order(throttle());
        device.arrive("r1", KEY);
        device.register("");
        let accepted = answer(&device.register("")).body;
        device.talk.order(throttle());
        let operation_id = accepted["operationId"].as_str().unwrap_or_default();
        device.poll(operation_id);
        device.poll(operation_id);
    }),
    ("the reference exchange, then the hub", registry, |device| {
        device.arrive("r1", KEY);
        device.provision(r#"{"registrationId":"r1"}"#);
        device.unsubscribe(ANSWERS);
        device.disconnect();
        let hub = device.talk.connect_with(hub_connect("r1", KEY)).1;
        device.seen.extend(crate::common::lines(&hub));
    }),
    ("an SDK, by its secondary key and late", registry, |device| {
        let token = sas::sign(
            SECOND_KEY,
            &format!("{SCOPE}/registrations/r1"),
            device.talk.now.s() - 60,
            None,
        );
        device.connect(Connect {
            clean: false,
            client_id: "R1".to_owned(),
            username: Some(format!(
                "{SCOPE}/registrations/r1/api-version=2021-06-01&ClientVersion=x"
            )),
            password: Some(token.into()),
            will: Some(Will::default()),
            ..Connect::default()
        });
        device.subscribe(ANSWERS, Qos::ExactlyOnce);
        device.register(r#"{"payload":null}"#);
        device.say(Packet::Pingreq);
    }),
    ("without subscribing", registry, |device| {
        device.connect(device.packet("r1", KEY));
        device.register("");
        device.poll("");
    }),
    ("leaving too early", registry, |device| {
        device.arrive("r1", KEY);
        device.register("");
        device.disconnect();
        device.arrive("r1", KEY);
        device.register("");
        device.poll("x");
        device.disconnect();
    }),
    ("a wrong key", registry, |device| {
        device.arrive("r1", b"wrong");
        device.register("");
    }),
    ("another's resource", registry, |device| {
        let token = sas::sign_as_sent(KEY, "x", device.talk.now.s() + 60, None);
        device.connect(Connect { password: Some(token.into()), ..device.packet("r1", KEY) });
        device.subscribe(ANSWERS, Qos::AtLeastOnce);
        device.register("");
    }),
    ("no token", registry, |device| {
        device.connect(Connect { password: Some("x".into()), ..device.packet("r1", KEY) });
    }),
    ("a group's device", registry, |device| {
        device.arrive("d7", &sas::derived_key(GROUP_KEY, "d7"));
        device.provision("");
        device.arrive("d7", GROUP_KEY);
        device.register("");
    }),
    ("no groups, no enrollment", without_groups, |device| {
        device.arrive("nobody", KEY);
        device.register("");
    }),
    ("a key of a wrong size", wrong_size, |device| {
        device.arrive("r1", KEY);
        device.register("");
    }),
    ("a TPM and a disabled enrollment", registry, |device| {
        device.arrive("tpm", KEY);
        device.register("");
        device.arrive("off", KEY);
        device.register("");
    }),
    ("certificates", two_signers, |device| {
        let made = certificates();
        device.arrive_with("x1", &made.own);
        device.provision("");
        device.arrive_with("x2", &made.issued);
        device.provision("");
        device.arrive_with("X2", &made.issued);
        device.provision("");
        device.arrive_with("x2", &made.stray);
        device.register("");
        device.arrive_with("r1", &made.own);
    }),
    ("payloads", tolerant, |device| {
        device.arrive("r1", KEY);
        for payload in ["{", r#"{"registrationId":"r2"}"#, r#"{"new":1}"#] {
            device.register(payload);
        }
        let topic = "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=1&operationId=x";
        device.publish(Qos::AtMostOnce, topic, "{}");
    }),
    ("a foreign payload", registry, |device| {
        device.arrive("r1", KEY);
        device.register(r#"{"registrationId":"r2"}"#);
    }),
    ("other filters", registry, |device| {
        for filter in ["$dps/registrations/res/200/#", "#"] {
            device.connect(device.packet("r1", KEY));
            device.subscribe(filter, Qos::AtLeastOnce);
        }
    }),
    ("other topics", registry, |device| {
        device.arrive("r1", KEY);
        device.publish(Qos::AtLeastOnce, "$dps/registrations/res/200/?$rid=1", "{}");
        device.arrive("r1", KEY);
        let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1".to_owned();
        let publish = Publish { topic, packet_id: Some(1), ..Publish::default() };
        device.say(Packet::Publish(Publish {
            retain: true,
            qos: Qos::AtLeastOnce,
            ..publish.clone()
        }));
        device.say(Packet::Publish(Publish { qos: Qos::ExactlyOnce, ..publish }));
    }),
    ("at QoS 0", registry, |device| {
        device.connect(device.packet("r1", KEY));
        device.subscribe(ANSWERS, Qos::AtMostOnce);
        device.register("");
    }),
    ("names that are refused", registry, |device| {
        let good = device.packet("r1", KEY);
        for username in [
            "0ne9/registrations/r1/api-version=2019-03-31",
            "0ne00000000/registrations/r1",
            "0ne00000000/registrations/r_/api-version=2019-03-31",
        ] {
            device.connect(Connect { username: Some(username.to_owned()), ..good.clone() });
        }
        device.connect(Connect { client_id: "r2".to_owned(), ..good.clone() });
        device.connect(Connect { level: 5, ..good });
    }),
    ("the second scope", two_scopes, |device| {
        device.arrive("r1", KEY);
        device.register("");
    }),
    ("WebSocket", registry, |device| {
        for (path, subprotocol) in
            [("/$iothub/websocket", "mqtt"), ("/", "MQTT"), ("/x", "mqtt"), ("/", "amqp")]
        {
            let (path, subprotocol) = (path.to_owned(), subprotocol.to_owned());
            let peer =
                Peer { transport: Transport::WebSocket { path, subprotocol }, ..device.peer() };
            device.connect_over(peer, device.packet("r1", KEY));
        }
    }),
    ("what is no frame", registry, |device| {
        device.arrive("r1", KEY);
        let why = Malformed {
            clause: "RFC 6455 §5",
            says: "a frame without a mask".to_owned(),
            packet: None,
            oversize_bytes: None,
        };
        device.tell(Input::Malformed { conn: device.conn, why });
    }),
    ("turned away", registry, |device| {
        for door in [Door::Plaintext, Door::TlsVersion, Door::Tls, Door::WebSocket] {
            let (address, sni) = ("127.0.0.1:1".to_owned(), Some(SNI.to_owned()));
            device.tell(Input::Refused { address, sni, door, why: String::new() });
        }
    }),
    ("moved from hub to hub", two_hubs, |device| {
        device.arrive("r1", KEY);
        device.provision(r#"{"payload":1}"#);
        let instance = device.talk.cloud.registry_mut().provisioning.get_mut(SCOPE);
        let enrollments = &mut instance.expect("the instance").enrollments;
        let enrollment = enrollments.get_mut("r1").expect("r1");
        enrollment.allocation = Allocation::Static;
        enrollment.hub = Some(OTHER_HOST.to_owned());
        device.arrive("r1", KEY);
        device.provision("");
        enrollment_fails(device);
        device.provision("");
    }),
];

fn without_groups() -> Registry {
    changed(|instance| instance.groups.clear())
}

fn wrong_size() -> Registry {
    changed(|instance| {
        let attestation = Attestation::Keys { primary: KEY.to_vec(), secondary: Vec::new() };
        instance.put_enrollment(Enrollment::new("r1", attestation));
    })
}

fn two_signers() -> Registry {
    changed(|instance| {
        let root = Attestation::Certificate(certificates().root.der().to_vec());
        instance.put_group(Group::new("a-root", root));
    })
}

fn tolerant() -> Registry {
    changed(|instance| {
        instance.profile = DpsProfile {
            foreign_registration_id: ForeignRegistrationId::Ignore,
            ..DpsProfile::default()
        };
    })
}

fn two_scopes() -> Registry {
    let mut registry = registry();
    registry.put_provisioning(Provisioning::new("0ne", &[HOST]));
    registry
}

fn two_hubs() -> Registry {
    let mut registry = changed(|instance| {
        instance.linked_hubs.push(OTHER_HOST.to_owned());
        let allocation = Allocation::Custom(Webhook::default());
        instance.put_enrollment(Enrollment { allocation, ..Enrollment::new("r1", keys(KEY)) });
    });
    registry.put_hub(Hub::new(OTHER_HOST));
    registry
}

fn changed(act: impl FnOnce(&mut Provisioning)) -> Registry {
    let mut registry = registry();
    act(registry.provisioning.get_mut(SCOPE).expect("the instance"));
    registry
}

fn enrollment_fails(device: &mut Device) {
    let instance = device.talk.cloud.registry_mut().provisioning.get_mut(SCOPE);
    let enrollments = &mut instance.expect("the instance").enrollments;
    let webhook = Webhook { fails_with: Some(500), ..Webhook::default() };
    enrollments.get_mut("r1").expect("r1").allocation = Allocation::Custom(webhook);
}

/// What a story looks like: the trace with its judgements, and what a device and its hub can see.
struct Seen {
    trace: String,
    wire: Vec<String>,
}

fn play((_, registry, act): &Story, breaks: &[&'static str]) -> Seen {
    let mut device = Device::of(registry(), breaks);
    act(&mut device);
    let trace = device.talk.cloud.trace().to_string();
    // The rules' names are no part of what can be seen.
    let wire = device
        .seen
        .iter()
        .map(|line| line.rsplit_once(" (").map_or(line.as_str(), |(action, _)| action).to_owned())
        .collect();
    Seen { trace, wire }
}

#[test]
fn every_rule_is_missed_by_some_conversation() {
    let right: BTreeMap<&str, Seen> =
        STORIES.iter().map(|story| (story.0, play(story, &[]))).collect();
    let mut unnoticed = Vec::new();
    for rule in cloud::rules().filter(|rule| rule.id().starts_with("DPS-")) {
        let id = rule.id();
        let judged_only = rule.clause().binds == Binds::Device
            || JUDGED_ONLY.iter().any(|(listed, _)| *listed == id);
        let is_noticed = STORIES.iter().any(|story| {
            let broken = play(story, &[id]);
            if judged_only {
                broken.trace != right[story.0].trace
            } else {
                broken.wire != right[story.0].wire
            }
        });
        if !is_noticed {
            unnoticed.push(id);
        }
    }
    assert_eq!(unnoticed, [""; 0]);
}

#[test]
fn the_list_of_rules_without_packets_is_no_longer_than_it_must_be() {
    for (id, reason) in JUDGED_ONLY {
        let seen_on_the_wire =
            STORIES.iter().any(|story| play(story, &[id]).wire != play(story, &[]).wire);
        assert!(!seen_on_the_wire, "{id} shows on the wire after all ({reason})");
    }
}

#[test]
fn the_same_conversation_gives_the_same_trace() {
    for story in STORIES {
        // Certificates are minted once for the process, so even those are the same.
        assert_eq!(play(story, &[]).trace, play(story, &[]).trace, "{}", story.0);
    }
}

#[test]
fn every_clause_has_a_rule() {
    let without: Vec<&str> = catalogue::of_cloud("dps")
        .filter(|clause| clause.standing == cloud::Standing::Proven)
        .filter(|clause| !cloud::rules().any(|rule| rule.id() == clause.id))
        .map(|clause| clause.id)
        .collect();
    assert_eq!(without, [""; 0]);
}

#[test]
fn every_switch_that_the_catalogue_names_is_in_the_profile() {
    let profile = serde_json::to_value(DpsProfile::default()).expect("a profile");
    for clause in catalogue::of_cloud("dps") {
        let Some(name) = clause.switch.and_then(|switch| switch.strip_prefix("dps.")) else {
            continue;
        };
        assert!(profile.get(name).is_some(), "{}: {name}", clause.id);
    }
}

/// A cloud that wrongly refuses what it should grant says so, as any refusal does.
#[test]
fn what_is_granted_is_refused_out_loud_when_the_rule_is_broken() {
    let mut device = Device::of(registry(), &["DPS-CONN-003"]);
    let effects = device.connect(device.packet("r1", KEY));
    assert_eq!(connack(&effects), Some((5, "DPS-CONN-003")));
    assert_eq!(close(&effects), Some("DPS-CONN-003"));
}
