//! A device that talks to DPS, and the tenants that it talks to.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use certs::{Algorithm, Authority, LeafRequest, Validity};
use cloud::{
    ConnId, Effect, Input, Peer, Registry, Transport,
    effect::Action,
    registry::{Attestation, Enrollment, Group, Hub, Provisioning},
    sas,
};
use serde_json::Value;
use wire::{Connect, Filter, Packet, Publish, Qos, Subscribe, Unsubscribe};

use crate::common::{BEGIN, HOST, Talk, lines};

pub const SCOPE: &str = "0ne00000000";
pub const SNI: &str = "global.azure-devices-provisioning.net";
pub const OTHER_HOST: &str = "fabrikam.azure-devices.net";
pub const ANSWERS: &str = "$dps/registrations/res/#";

pub const KEY: &[u8] = b"the primary key of r1, 32 bytes.";
pub const SECOND_KEY: &[u8] = b"the secondary key, also 32 bytes";
pub const GROUP_KEY: &[u8] = b"the primary key of the group lot";

/// Keys of an enrollment.
pub fn keys(primary: &[u8]) -> Attestation {
    Attestation::Keys { primary: primary.to_vec(), secondary: SECOND_KEY.to_vec() }
}

/// One hub, and one instance that is linked to it with each kind of enrollment.
pub fn registry() -> Registry {
    let mut instance = Provisioning::new(SCOPE, &[HOST]);
    instance.put_enrollment(Enrollment::new("r1", keys(KEY)));
    instance.put_enrollment(Enrollment { enabled: false, ..Enrollment::new("off", keys(KEY)) });
    instance.put_enrollment(Enrollment::new("tpm", Attestation::Tpm));
    let leaf = certificates().own.chain_der[0].clone();
    instance.put_enrollment(Enrollment::new("x1", Attestation::Certificate(leaf)));
    instance.put_group(Group::new("lot", keys(GROUP_KEY)));
    let signer = certificates().intermediate.der().to_vec();
    instance.put_group(Group::new("works", Attestation::Certificate(signer)));
    let mut registry = Registry::default();
    registry.put_hub(Hub::new(HOST));
    registry.put_provisioning(instance);
    registry
}

/// The certificates of the tests, made once.
pub struct Certificates {
    pub root: Authority,
    pub intermediate: Authority,
    /// The self-signed certificate of `x1`.
    pub own: certs::Leaf,
    /// The certificate of `x2`, issued by the intermediate.
    pub issued: certs::Leaf,
    /// The certificate of `x2`, issued by an authority that nobody knows.
    pub stray: certs::Leaf,
}

pub fn certificates() -> &'static Certificates {
    static MADE: OnceLock<Certificates> = OnceLock::new();
    MADE.get_or_init(|| {
        let now_s = i64::try_from(BEGIN.s()).expect("a date");
        let validity = Validity { not_before_s: now_s - 86_400, not_after_s: now_s + 86_400 * 365 };
        let ecdsa = Algorithm::EcdsaP256;
        let root = Authority::new("root", validity, ecdsa).expect("a root");
        let intermediate = root.intermediate("works", validity).expect("an intermediate");
        let stranger = Authority::unknown("stranger", validity, ecdsa).expect("a root");
        Certificates {
            own: LeafRequest::device("x1", validity, ecdsa).self_signed().expect("a leaf"),
            issued: intermediate.device_leaf("x2", validity).expect("a leaf"),
            stray: stranger.device_leaf("x2", validity).expect("a leaf"),
            root,
            intermediate,
        }
    })
}

/// A talk with DPS on one connection at a time.
pub struct Device {
    pub talk: Talk,
    pub conn: ConnId,
    /// The effects of everything so far, as lines.
    pub seen: Vec<String>,
}

impl Device {
    pub fn new() -> Self {
        Self::of(registry(), &[])
    }

    pub fn of(registry: Registry, breaks: &[&'static str]) -> Self {
        Self { talk: Talk::with(registry, breaks), conn: ConnId(1000), seen: Vec::new() }
    }

    /// A CONNECT as the page documents it.
    pub fn packet(&self, id: &str, key: &[u8]) -> Connect {
        let resource = format!("{SCOPE}/registrations/{id}");
        let token = sas::sign(key, &resource, self.talk.now.s() + 3600, Some("registration"));
        Connect {
            client_id: id.to_owned(),
            username: Some(format!("{SCOPE}/registrations/{id}/api-version=2019-03-31")),
            password: Some(token.into()),
            ..Connect::default()
        }
    }

    /// A CONNECT without a password.
    pub fn bare_packet(&self, id: &str) -> Connect {
        Connect { password: None, ..self.packet(id, b"") }
    }

    pub fn peer(&self) -> Peer {
        Peer {
            address: "127.0.0.1:51000".to_owned(),
            sni: Some(SNI.to_owned()),
            transport: Transport::Tcp,
            tls_version: Some("TLSv1_2"),
            certificates: Arc::new([]),
        }
    }

    pub fn peer_with(&self, leaf: &certs::Leaf) -> Peer {
        Peer { certificates: leaf.chain_der.clone().into(), ..self.peer() }
    }

    pub fn connect(&mut self, connect: Connect) -> Vec<Effect> {
        self.connect_over(self.peer(), connect)
    }

    pub fn connect_over(&mut self, peer: Peer, connect: Connect) -> Vec<Effect> {
        self.conn = ConnId(self.conn.0 + 1);
        let conn = self.conn;
        let mut effects = self.tell(Input::Opened { conn, peer });
        effects.extend(self.say(Packet::Connect(Box::new(connect))));
        effects
    }

    /// Connects with a token and subscribes to the answers at QoS 1.
    pub fn arrive(&mut self, id: &str, key: &[u8]) {
        self.connect(self.packet(id, key));
        self.subscribe(ANSWERS, Qos::AtLeastOnce);
    }

    /// Connects with a certificate and subscribes to the answers at QoS 1.
    pub fn arrive_with(&mut self, id: &str, leaf: &certs::Leaf) {
        self.connect_over(self.peer_with(leaf), self.bare_packet(id));
        self.subscribe(ANSWERS, Qos::AtLeastOnce);
    }

    pub fn subscribe(&mut self, filter: &str, qos: Qos) -> Vec<Effect> {
        let filter = Filter { filter: filter.to_owned(), qos, ..Filter::default() };
        let filters = vec![filter];
        self.say(Packet::Subscribe(Subscribe { packet_id: 1, filters, ..Subscribe::default() }))
    }

    pub fn unsubscribe(&mut self, filter: &str) -> Vec<Effect> {
        let filters = vec![filter.to_owned()];
        self.say(Packet::Unsubscribe(Unsubscribe {
            packet_id: 2,
            filters,
            ..Unsubscribe::default()
        }))
    }

    pub fn publish(&mut self, qos: Qos, topic: &str, payload: &str) -> Vec<Effect> {
        self.say(publish(qos, topic, payload))
    }

    pub fn register(&mut self, payload: &str) -> Vec<Effect> {
        self.publish(Qos::AtLeastOnce, "$dps/registrations/PUT/iotdps-register/?$rid=a1", payload)
    }

    pub fn poll(&mut self, operation_id: &str) -> Vec<Effect> {
        let topic = format!(
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=b2&operationId={operation_id}"
        );
        self.publish(Qos::AtLeastOnce, &topic, "")
    }

    /// Registers and polls to the end; the last answer's body.
    pub fn provision(&mut self, payload: &str) -> Value {
        let mut body = answer(&self.register(payload)).body;
        let operation_id = body["operationId"].as_str().unwrap_or_default().to_owned();
        for _ in 0..3 {
            if body["status"] != "assigning" {
                break;
            }
            self.wait_s(3);
            body = answer(&self.poll(&operation_id)).body;
        }
        body
    }

    pub fn disconnect(&mut self) -> Vec<Effect> {
        self.say(Packet::Disconnect(wire::Disconnect::default()))
    }

    pub fn wait_s(&mut self, s: u64) -> Vec<Effect> {
        self.note(self.talk.now.plus_s(s), Input::Timeout)
    }

    pub fn say(&mut self, packet: Packet) -> Vec<Effect> {
        let conn = self.conn;
        self.tell(Input::Received { conn, packet })
    }

    pub fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.note(self.talk.now, input)
    }

    /// The newest judgement on a rule.
    pub fn judged(&self, id: &str) -> Option<bool> {
        self.talk
            .cloud
            .trace()
            .steps()
            .flat_map(|step| &step.judged)
            .filter(|judgement| judgement.rule.id() == id)
            .map(|judgement| judgement.holds)
            .next_back()
    }

    fn note(&mut self, now: cloud::Time, input: Input) -> Vec<Effect> {
        self.talk.now = now;
        let effects = self.talk.tell(input);
        self.seen.extend(lines(&effects));
        self.seen.extend(effects.iter().filter_map(payload));
        effects
    }
}

pub fn publish(qos: Qos, topic: &str, payload: &str) -> Packet {
    Packet::Publish(Publish {
        qos,
        topic: topic.to_owned(),
        packet_id: (qos != Qos::AtMostOnce).then_some(7),
        payload: Bytes::copy_from_slice(payload.as_bytes()),
        ..Publish::default()
    })
}

/// What DPS answered.
pub struct Answer {
    pub topic: String,
    pub qos: Qos,
    pub text: String,
    /// Null when the text is no JSON.
    pub body: Value,
    pub because: &'static str,
}

/// The one answer among effects.
pub fn answer(effects: &[Effect]) -> Answer {
    let mut answers = effects.iter().filter_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => Some((publish, effect.because)),
        _ => None,
    });
    let Some((publish, because)) = answers.next() else {
        return Answer {
            topic: String::new(),
            qos: Qos::AtMostOnce,
            text: String::new(),
            body: Value::Null,
            because: "",
        };
    };
    assert!(answers.next().is_none(), "one request, one answer");
    let text = String::from_utf8_lossy(&publish.payload).into_owned();
    Answer {
        topic: publish.topic.clone(),
        qos: publish.qos,
        body: serde_json::from_str(&text).unwrap_or_default(),
        text,
        because: because.id(),
    }
}

/// CONNACK's return code, and the rule that it was sent by.
pub fn connack(effects: &[Effect]) -> Option<(u8, &'static str)> {
    effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Connack(connack), .. } => {
            Some((connack.code, effect.because.id()))
        }
        _ => None,
    })
}

/// The rule by which a connection was closed.
pub fn close(effects: &[Effect]) -> Option<&'static str> {
    effects.iter().find_map(|effect| match effect.action {
        Action::Close { .. } => Some(effect.because.id()),
        _ => None,
    })
}

fn payload(effect: &Effect) -> Option<String> {
    match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => {
            Some(String::from_utf8_lossy(&publish.payload).into_owned())
        }
        _ => None,
    }
}
