//! The Azure Event Grid MQTT broker. One file for each family of clauses; the ids name the files.
//!
//! A CONNECT is admitted (`conn`), finds or begins its session (`session`) and is answered (`connack`).
//! A PUBLISH is judged and routed (`publish`), and goes to each session that has subscribed (`deliver`).
//! Whatever ends a connection goes through `end`.

pub mod access;
pub(crate) mod admin;
mod auth;
mod cert;
mod change;
mod conn;
mod connack;
mod deliver;
mod end;
mod events;
mod r#gen;
mod http;
mod limit;
pub mod model;
mod msess;
pub mod namespace;
pub(crate) mod open;
mod order;
mod proto;
mod publish;
mod qos;
pub mod query;
mod rates;
mod route;
pub(crate) mod service;
mod session;
mod subscribe;
pub mod syntax;
pub mod template;
mod v3;
mod v5;
mod will;

use std::sync::Arc;

use broker::{Aliases, Will};
use wire::{Connect, Malformed, Packet, Version};

pub use self::{access::Identity, namespace::Namespace};
pub(crate) use self::{auth::Asking, change::ordered, end::connack_code};
use self::{
    auth::{Means, Outcome, Proof},
    conn::Entered,
    end::{Ending, NOT_AUTHORIZED, PROTOCOL_ERROR, QUOTA_EXCEEDED},
};
use crate::{
    cloud::Core,
    dialect::{self, State},
    fault::Whose,
    http::{CallFailure, CallId, HttpRequest, HttpResponse, RequestId},
    input::{ConnId, Door, Peer},
    profile::ServerCertificate,
    rule::{Rule, RuleFile},
    ruling::Ruling,
    time::Time,
};

/// Every file of Event Grid rules.
pub const RULE_FILES: &[RuleFile] = &[
    cert::RULES,
    conn::RULES,
    r#gen::RULES,
    http::RULES,
    limit::RULES,
    msess::RULES,
    open::RULES,
    order::RULES,
    proto::RULES,
    qos::RULES,
    route::RULES,
    session::RULES,
    v3::RULES,
    v5::RULES,
    will::RULES,
];

/// Authentication Data without an Authentication Method, as the codec names it.
const DATA_WITHOUT_A_METHOD: &str = "MQTT5 §3.1.2.11.10";

/// What may wait for the answer to a CONNECT, in packets.
const HELD_PACKETS_MAX: usize = 100;

/// Why a connection ends that said DISCONNECT: the one close that is nobody's fault.
pub const GOODBYE: Rule = open::GRACEFUL_END;

/// What an Event Grid namespace waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// The end of a session whose connection is gone.
    SessionExpiry { session: Arc<str> },
    /// The delay of a will is over.
    Will { session: Arc<str> },
    /// What the rate of what goes out has held back may go now.
    Delivery { session: Arc<str> },
    /// A change of access counts from now on.
    Access,
}

/// One live connection to a namespace.
#[derive(Debug)]
pub(crate) struct Session {
    /// The name of the session: the client identifier. Shared with the trace.
    pub(crate) name: Arc<str>,
    host: Arc<str>,
    conn: ConnId,
    version: Version,
    /// Whose it is.
    client: Identity,
    /// In force; 0 is for ever.
    keep_alive_s: u16,
    heard_at: Time,
    aliases: Aliases,
    /// Which connection of its session this is.
    sequence_number: u64,
    will: Option<Will>,
    /// By what it has proven so.
    means: Means,
    /// When that is over.
    expires_at: Option<Time>,
}

impl Session {
    /// What a client would have that speaks no MQTT, by the name of its principal.
    fn of_nobody(host: &Arc<str>, client: Identity, now: Time) -> Self {
        Self {
            name: client.authentication_name.as_str().into(),
            host: host.clone(),
            conn: ConnId(0),
            version: Version::V5,
            client,
            keep_alive_s: 0,
            heard_at: now,
            aliases: Aliases::default(),
            sequence_number: 0,
            will: None,
            means: Means::Entra,
            expires_at: None,
        }
    }

    /// Whose it is, as faults ask for it.
    pub(crate) fn whose(&self) -> Whose {
        Whose { tenant: Some(self.host.to_string()), device: Some(self.name.clone()) }
    }

    const fn is_v5(&self) -> bool {
        matches!(self.version, Version::V5)
    }
}

impl Core {
    /// The namespace whose MQTT host this is.
    fn namespace(&self, host: &str) -> Option<&Namespace> {
        self.registry.namespaces.get(host)
    }
}

/// Whether a host name is one of this dialect's.
pub(crate) fn is_host(host: &str) -> bool {
    host.ends_with(namespace::HOST_SUFFIX)
}

/// A connection was made: CONNECT has to follow.
pub(crate) fn opened(core: &mut Core, conn: ConnId, peer: &Peer, ruling: &mut Ruling<'_>) {
    conn::opened(core, conn, peer, ruling);
}

/// No CONNECT came in time, or something else came first.
pub(crate) fn connect_is_missing(core: &mut Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    end::stranger(core, conn, open::CONNECT_COMES_FIRST, ruling);
}

/// The first bytes of a connection were no packet.
pub(crate) fn malformed_connect(
    core: &mut Core,
    conn: ConnId,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    if why.clause == DATA_WITHOUT_A_METHOD {
        let connect = Connect { level: Version::V5.level(), ..Connect::default() };
        let ending = Ending { because: open::UNEXPECTED_METHOD, reason: NOT_AUTHORIZED };
        return end::refuse(core, conn, &connect, &ending, ruling);
    }
    end::stranger(core, conn, v5::CODES_OF_THE_STANDARD, ruling);
}

/// A client was turned away before MQTT began.
pub(crate) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    conn::refused(door, ruling);
}

/// Whether MQTT without TLS is answered.
pub(crate) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    conn::answers_plaintext(ruling)
}

/// A CONNECT came without TLS, where tenants of other clouds take that.
pub(crate) fn refuse_plaintext(conn: ConnId, ruling: &mut Ruling<'_>) {
    conn::refused(Door::Plaintext, ruling);
    ruling.close(conn, conn::NO_MQTT_WITHOUT_TLS);
}

/// Whether TLS 1.3 is offered beside 1.2.
pub(crate) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    conn::offers_tls_1_3(ruling)
}

/// The certificate that a host shows.
pub(crate) fn server_certificate(core: &Core, sni: Option<&str>) -> ServerCertificate {
    let namespace = sni.and_then(|sni| core.namespace(sni));
    let by_profile = namespace.map(|namespace| namespace.profile.server_certificate);
    core.shown.or(by_profile).unwrap_or_default()
}

/// CONNECT: judged, answered, and followed by what waited for the session.
pub(crate) fn connect(core: &mut Core, conn: ConnId, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(peer) = core.connections.get(&conn).map(|connection| connection.peer.clone()) else {
        return;
    };
    let entered = match conn::enter(core, &peer, connect, ruling) {
        Ok(entered) => entered,
        Err(ending) => return end::refuse(core, conn, connect, &ending, ruling),
    };
    match auth::authenticate(core, &entered.host, &peer, connect, ruling) {
        Ok(Outcome::Proven(proof)) => welcome(core, conn, entered, connect, proof, ruling),
        Ok(Outcome::Asked(call)) => {
            let asking = Asking { call, entered, connect: connect.clone(), held: Vec::new() };
            core.give_back(conn, State::EventGridAsking(Box::new(asking)));
        }
        Err(ending) => end::refuse(core, conn, connect, &ending, ruling),
    }
}

/// Admits somebody who is known by now.
fn welcome(
    core: &mut Core,
    conn: ConnId,
    entered: Entered,
    connect: &Connect,
    proof: Proof,
    ruling: &mut Ruling<'_>,
) {
    let admitted = match conn::admit(core, conn, entered, connect, proof, ruling) {
        Ok(admitted) => admitted,
        Err(ending) => return end::refuse(core, conn, connect, &ending, ruling),
    };
    let mut session = admitted.session;
    let present = session::begin(core, &session, connect, admitted.expiry_interval_s, ruling);
    if let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) {
        let assigned = admitted.assigned.as_ref();
        session::habits::remember(namespace, &session.name, &session.client, assigned);
    }
    connack::accept(core, &session, connect, &admitted.assigned, present, ruling);
    events::lifecycle::connected(core, &mut session, ruling);
    conn::watch(core, &session);
    auth::watch(core, &session);
    deliver::pump(core, &session.host, &session.name, ruling);
    core.give_back(conn, State::EventGrid(Box::new(session)));
}

/// A packet of a client whose CONNECT waits for the webhook.
pub(crate) fn received_early(
    core: &mut Core,
    conn: ConnId,
    mut asking: Box<Asking>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    if asking.held.len() >= HELD_PACKETS_MAX {
        let ending = Ending { because: v5::CODES_OF_THE_STANDARD, reason: QUOTA_EXCEEDED };
        return end::refuse(core, conn, &asking.connect, &ending, ruling);
    }
    asking.held.push(packet.clone());
    core.give_back(conn, State::EventGridAsking(asking));
}

/// A call has come to something: the CONNECT that waits for it is answered, and what came after it.
pub(crate) fn called(
    core: &mut Core,
    id: CallId,
    outcome: &Result<HttpResponse, CallFailure>,
    ruling: &mut Ruling<'_>,
) {
    let waits = |state: &State| matches!(state, State::EventGridAsking(it) if it.call == id);
    let waiting = core.connections.iter().find(|(_, it)| waits(&it.state));
    let Some(conn) = waiting.map(|(conn, _)| *conn) else { return };
    let State::EventGridAsking(asking) = core.take(conn) else { return };
    let asking = *asking;
    let proof = match auth::answered(&asking, outcome, ruling) {
        Ok(proof) => proof,
        Err(ending) => return end::refuse(core, conn, &asking.connect, &ending, ruling),
    };
    welcome(core, conn, asking.entered, &asking.connect, proof, ruling);
    for packet in &asking.held {
        dialect::received(core, conn, packet, ruling);
    }
}

/// A packet on a live session.
pub(crate) fn received(
    core: &mut Core,
    mut session: Box<Session>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    session.heard_at = core.now;
    deliver::judge_debt(core, &session, packet, ruling);
    if let Packet::Disconnect(disconnect) = packet {
        return end::disconnect(core, session, disconnect, ruling);
    }
    match answer(core, &mut session, packet, ruling) {
        Ok(()) => core.give_back(session.conn, State::EventGrid(session)),
        Err(ending) => end::end(core, session, &ending, ruling),
    }
}

/// Bytes on a live session that are no packet.
pub(crate) fn malformed(
    core: &mut Core,
    session: Box<Session>,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    end::malformed(core, session, why, ruling);
}

/// The network under a live session is gone.
pub(crate) fn closed(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    end::lost(core, session, ruling);
}

/// The connection ends as if a newer one had its session.
pub(crate) fn taken_over(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    let ending = Ending { because: open::TAKEN_OVER, reason: end::SESSION_TAKEN_OVER };
    end::end(core, session, &ending, ruling);
}

/// The connection ends because the broker goes away for a while.
pub(crate) fn shut_down(
    core: &mut Core,
    session: Box<Session>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let ending = Ending { because, reason: end::SERVER_SHUTTING_DOWN };
    end::end(core, session, &ending, ruling);
}

/// The keep-alive timer ran out.
pub(crate) fn keep_alive_due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    conn::keep_alive_due(core, session, ruling);
}

/// The token of a live session may be over.
pub(crate) fn token_expired(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    auth::expired(core, session, ruling);
}

/// A resource of a namespace has changed.
pub(crate) fn changed(core: &mut Core, host: &str, ruling: &mut Ruling<'_>) {
    auth::review(core, host, ruling);
}

/// A request over HTTPS.
pub(crate) fn requested(
    core: &mut Core,
    id: RequestId,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) {
    http::requested(core, id, request, ruling);
}

/// Something that a namespace waited for has come.
pub(crate) fn due(core: &mut Core, host: &str, due: Due, ruling: &mut Ruling<'_>) {
    match due {
        Due::SessionExpiry { session } => session::expiry_due(core, host, &session, ruling),
        Due::Will { session } => will::due(core, host, &session, ruling),
        Due::Delivery { session } => deliver::due(core, host, &session, ruling),
        Due::Access => access::settles(core, host, ruling),
    }
}

/// Picks the page's section for a packet.
fn answer(
    core: &mut Core,
    session: &mut Session,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    match packet {
        Packet::Publish(publish) => publish::publish(core, session, publish, ruling),
        Packet::Puback(ack) => deliver::acknowledged(core, session, ack, ruling),
        Packet::Subscribe(subscribe) => subscribe::subscribe(core, session, subscribe, ruling),
        Packet::Unsubscribe(unsubscribe) => {
            subscribe::unsubscribe(core, session, unsubscribe, ruling)
        }
        Packet::Auth(auth) => auth::renew(core, session, auth, ruling),
        Packet::Pingreq => {
            ruling.send(session.conn, Packet::Pingresp, v5::CODES_OF_THE_STANDARD);
            Ok(())
        }
        _ => Ending::unless(false, v5::CODES_OF_THE_STANDARD, PROTOCOL_ERROR, ruling),
    }
}
