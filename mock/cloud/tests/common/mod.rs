//! Conversations with a cloud, packet by packet, for the tests of this package.
#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::sync::Arc;

use cloud::{
    Answer, Breaks, Cloud, ConnId, Effect, Ending, IdentityId, Input, Order, OrderId, Peer,
    Registry, Time, Transport, effect::Action, identity::Credentials, registry::Hub, sas,
    telemetry::Telemetry,
};
use wire::{Connect, Filter, Packet, Publish, Qos, Subscribe, Will};

pub const HOST: &str = "contoso.azure-devices.net";

/// 2026-11-20T00:00:00Z, the moment at which a talk begins.
pub const BEGIN: Time = Time::from_s(1_795_132_800);

/// A cloud and the clock that it is driven by.
pub struct Talk {
    pub cloud: Cloud,
    pub now: Time,
    last_conn: u64,
    last_order: u64,
}

impl Talk {
    /// A talk with one hub, `d1`, `d2` and the module `d1/m1`, all with default keys.
    pub fn new() -> Self {
        Self::breaking(&[])
    }

    /// The same, with these rules broken on purpose.
    pub fn breaking(ids: &[&'static str]) -> Self {
        Self::with(registry(), ids)
    }

    /// A talk with these tenants.
    pub fn with(registry: Registry, breaks: &[&'static str]) -> Self {
        let breaks: Breaks = breaks.iter().copied().collect();
        Self::to(Cloud::new(registry, 1).with_breaks(breaks))
    }

    /// A talk whose chance comes of this seed.
    pub fn seeded(seed: u64) -> Self {
        Self::to(Cloud::new(registry(), seed))
    }

    const fn to(cloud: Cloud) -> Self {
        Self { cloud, now: BEGIN, last_conn: 0, last_order: 0 }
    }

    /// A connection over TLS without a client certificate.
    pub fn open(&mut self) -> ConnId {
        self.open_to(HOST)
    }

    pub fn open_to(&mut self, sni: &str) -> ConnId {
        self.last_conn += 1;
        let conn = ConnId(self.last_conn);
        let peer = Peer {
            address: format!("127.0.0.1:{}", 50_000 + self.last_conn),
            sni: Some(sni.to_owned()),
            transport: Transport::Tcp,
            tls_version: Some("TLSv1_3"),
            certificates: Arc::new([]),
        };
        self.tell(Input::Opened { conn, peer });
        conn
    }

    /// Opens a connection, connects with a token of the identity's own key, clean, keep-alive 60.
    pub fn connect(&mut self, id: &str) -> ConnId {
        let connect = self.connect_packet(id);
        self.connect_with(connect).0
    }

    /// Opens a connection and connects with this packet.
    pub fn connect_with(&mut self, connect: Connect) -> (ConnId, Vec<Effect>) {
        let conn = self.open();
        let effects = self.say(conn, Packet::Connect(Box::new(connect)));
        (conn, effects)
    }

    /// A good CONNECT of an identity with keys, its token good for an hour.
    pub fn connect_packet(&self, id: &str) -> Connect {
        let identity: IdentityId = id.parse().expect("a legal id");
        let hub = self.cloud.registry().hub(HOST).expect("the hub");
        let key = match hub.identities.get(&identity).map(|identity| &identity.credentials) {
            Some(Credentials::Keys { primary, .. }) => primary.clone(),
            _ => match hub.default_keys(&identity) {
                Credentials::Keys { primary, .. } => primary,
                _ => Vec::new(),
            },
        };
        let resource = format!("{HOST}/{}", identity.topic_root());
        let token = sas::sign(&key, &resource, self.now.s() + 3600, None);
        Connect {
            client_id: id.to_owned(),
            username: Some(format!("{HOST}/{id}/?api-version=2021-04-12")),
            password: Some(token.into()),
            ..Connect::default()
        }
    }

    /// A packet of the device.
    pub fn say(&mut self, conn: ConnId, packet: Packet) -> Vec<Effect> {
        self.tell(Input::Received { conn, packet })
    }

    /// The network under the device ends.
    pub fn lose(&mut self, conn: ConnId) -> Vec<Effect> {
        self.tell(Input::Closed { conn, ending: Ending::Reset })
    }

    /// An order, and everything that it brought about.
    pub fn order(&mut self, order: Order) -> Vec<Effect> {
        self.last_order += 1;
        self.tell(Input::Order { id: OrderId(self.last_order), order: order.into() })
    }

    /// An order's answer, when it is answered at once.
    pub fn ask(&mut self, order: Order) -> Option<Answer> {
        answer(&self.order(order))
    }

    /// Lets so many seconds pass.
    pub fn wait_s(&mut self, s: u64) -> Vec<Effect> {
        self.now = self.now.plus_s(s);
        self.tell(Input::Timeout)
    }

    pub fn tell(&mut self, input: Input) -> Vec<Effect> {
        self.cloud.handle(self.now, input)
    }
}

/// One hub with `d1`, `d2` and `d1/m1`.
pub fn registry() -> Registry {
    let mut hub = Hub::new(HOST);
    for id in ["d1", "d2", "d1/m1"] {
        hub.put_default_identity(id.parse().expect("a legal id"));
    }
    let mut registry = Registry::default();
    registry.put_hub(hub);
    registry
}

pub fn publish(qos: Qos, topic: &str, payload: &str) -> Packet {
    Packet::Publish(Publish {
        qos,
        topic: topic.to_owned(),
        packet_id: (qos != Qos::AtMostOnce).then_some(7),
        payload: payload.to_owned().into(),
        ..Publish::default()
    })
}

pub fn subscribe(filter: &str) -> Packet {
    let filter = Filter { filter: filter.to_owned(), qos: Qos::AtLeastOnce, ..Filter::default() };
    Packet::Subscribe(Subscribe { packet_id: 1, filters: vec![filter], ..Subscribe::default() })
}

pub fn will(topic: &str, payload: &str) -> Will {
    Will { topic: topic.to_owned(), payload: payload.to_owned().into(), ..Will::default() }
}

/// Each effect in one line with its rule, as the trace shows it.
pub fn lines(effects: &[Effect]) -> Vec<String> {
    effects.iter().map(ToString::to_string).collect()
}

/// The packets that went to a connection.
pub fn sent(effects: &[Effect], to: ConnId) -> Vec<Packet> {
    effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Send { conn, packet } if *conn == to => Some(packet.clone()),
            _ => None,
        })
        .collect()
}

pub fn is_closed(effects: &[Effect], conn: ConnId) -> bool {
    effects.iter().any(|effect| effect.action == Action::Close { conn })
}

/// The messages that reached the service side.
pub fn telemetry(effects: &[Effect]) -> Vec<Arc<Telemetry>> {
    effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Telemetry(telemetry) => Some(telemetry.clone()),
            _ => None,
        })
        .collect()
}

pub fn answer(effects: &[Effect]) -> Option<Answer> {
    effects.iter().find_map(|effect| match &effect.action {
        Action::Answer { answer, .. } => Some(answer.clone()),
        _ => None,
    })
}
