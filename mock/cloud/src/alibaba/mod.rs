//! Alibaba Cloud IoT Platform. One file for each family of clauses; the ids name the files.
//!
//! A CONNECT is admitted (`conn`) by what it announces of itself (`sign`) and shows (`credentials`), or
//! registers its device (`register`), and is answered (`connack`, or with a `code` that says why not). A
//! PUBLISH is judged (`publish`), goes to whoever has subscribed (`deliver`) and to what lies behind its
//! topic (`uplink`). Whatever ends a connection goes through `end`.

mod alink;
mod api;
mod broadcast;
mod cert;
mod code;
mod conn;
mod connack;
mod credentials;
mod deliver;
mod down;
mod end;
mod feature;
mod r#gen;
pub mod instance;
pub mod log;
mod ntp;
pub(crate) mod open;
mod pkt;
mod presence;
mod proto;
mod publish;
mod qos;
mod register;
mod requests;
mod retain;
mod rrpc;
mod sec;
mod session;
mod shadow;
pub mod sign;
mod subscribe;
mod tenant;
pub mod thing;
mod topic;
mod uplink;
mod v5;
mod will;

use std::sync::Arc;

use broker::Aliases;
use wire::{Connect, Malformed, Packet, Version, Will};

pub use self::instance::Instance;
pub(crate) use self::{
    api::ordered,
    end::connack_code,
    rrpc::give_up_calls,
    tenant::{answers_plaintext, is_host, is_meant, refuse_plaintext, websocket_paths},
    topic::judge_class,
};
use self::{
    end::{Ending, PROTOCOL_ERROR, SERVER_SHUTTING_DOWN, SESSION_TAKEN_OVER},
    log::{BizCode, RunRecord},
    register::Registration,
    sign::Announced,
};
use crate::{
    cloud::Core,
    dialect::State,
    fault::Whose,
    input::{ConnId, Door, Peer},
    profile::ServerCertificate,
    rule::{Rule, RuleFile},
    ruling::Ruling,
    time::Time,
};

/// Every file of Alibaba rules.
pub const RULE_FILES: &[RuleFile] = &[
    cert::RULES,
    conn::RULES,
    r#gen::RULES,
    open::RULES,
    pkt::RULES,
    proto::RULES,
    qos::RULES,
    retain::RULES,
    rrpc::RULES,
    sec::RULES,
    session::RULES,
    topic::RULES,
    v5::RULES,
    will::RULES,
];

/// Why a connection ends that said DISCONNECT: the one close that is nobody's fault.
pub const GOODBYE: Rule = pkt::DISCONNECT;

/// What an instance waits for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Due {
    /// What the rate of what goes out has held back may go now.
    Delivery { session: Arc<str> },
    /// A call whose answer of the device has to be here by now.
    Answer { message_id: String },
    /// A device that has registered should have gone.
    Registration { conn: ConnId },
    /// What a device has subscribed to may reach it from now on.
    Subscription { session: Arc<str>, filter: Arc<str> },
}

/// One live connection of a device.
#[derive(Debug)]
pub(crate) struct Session {
    /// The DeviceName. Shared with the trace.
    pub(crate) name: Arc<str>,
    /// Of the session that it has: `{pk}/{dn}`.
    key: Arc<str>,
    /// The id of its instance.
    instance: Arc<str>,
    product_key: Arc<str>,
    conn: ConnId,
    version: Version,
    announced: Announced,
    /// The client identifier that it was given, as it had none.
    assigned: Option<String>,
    /// Whether it is here to register, and nothing else.
    registers: Option<Registration>,
    /// In force, in seconds; 0 is for ever.
    keep_alive_s: u16,
    heard_at: Time,
    aliases: Aliases,
    will: Option<Will>,
}

impl Session {
    /// Whose it is, as faults ask for it.
    pub(crate) fn whose(&self) -> Whose {
        Whose { tenant: Some(self.instance.to_string()), device: Some(self.name.clone()) }
    }

    const fn is_v5(&self) -> bool {
        matches!(self.version, Version::V5)
    }
}

impl Core {
    /// The instance of this id.
    fn instance(&self, id: &str) -> Option<&Instance> {
        self.registry.instances.get(id)
    }

    /// The instance of this id.
    fn instance_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.registry.instances.get_mut(id)
    }
}

/// A connection was made: CONNECT has to follow.
pub(crate) fn opened(core: &mut Core, conn: ConnId, peer: &Peer, ruling: &mut Ruling<'_>) {
    conn::opened(core, conn, peer, ruling);
}

/// No CONNECT came in time, or something else came first.
pub(crate) fn connect_is_missing(core: &mut Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    end::stranger(core, conn, pkt::CONNECT, ruling);
}

/// The first bytes of a connection were no packet.
pub(crate) fn malformed_connect(
    core: &mut Core,
    conn: ConnId,
    _why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    end::stranger(core, conn, pkt::CONNECT, ruling);
}

/// A client was turned away before MQTT began.
pub(crate) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    sec::refused(door, ruling);
}

/// Whether TLS 1.3 is offered beside 1.2.
pub(crate) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    sec::offers_tls_1_3(ruling)
}

/// Whether a version of TLS before 1.2 is spoken: `TLSv1` or `TLSv1_1`.
pub(crate) fn offers_old_tls(version: &str, ruling: &mut Ruling<'_>) -> bool {
    sec::offers_old_tls(version, ruling)
}

/// The certificate that a host shows.
pub(crate) fn server_certificate(core: &Core, sni: Option<&str>) -> ServerCertificate {
    let instance = sni.and_then(|sni| core.registry.instance(sni));
    let by_profile = instance.map(|instance| instance.profile.server_certificate);
    core.shown.or(by_profile).unwrap_or_default()
}

/// CONNECT: judged, answered, and followed by what waited for the device.
pub(crate) fn connect(core: &mut Core, conn: ConnId, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(peer) = core.connections.get(&conn).map(|connection| connection.peer.clone()) else {
        return;
    };
    let admitted = conn::admit(core, conn, &peer, connect, ruling).and_then(|session| {
        cert::judge_sdk(&session, ruling)?;
        let profile = core.instance(&session.instance).map(|it| &it.profile);
        let judged = profile.map(|it| v5::judge_connect(&session, connect, it, ruling));
        judged.unwrap_or(Ok(())).map(|()| session)
    });
    let session = match admitted {
        Ok(session) => session,
        Err(ending) => return end::refuse(core, conn, connect, &ending, ruling),
    };
    if let Some(registration) = session.registers {
        return register::accept(core, Box::new(session), registration, ruling);
    }
    let present = session::begin(core, &session, connect, ruling);
    connack::accept(core, &session, present, connect.keep_alive_s, ruling);
    let online = RunRecord {
        content: v5::logged(connect, ruling),
        ..RunRecord::of(core.now, &session, BizCode::Device, "online")
    };
    ruling.log(online, r#gen::DEVICES_CONNECT);
    uplink::status(core, &session, true, ruling);
    conn::watch(core, &session);
    deliver::pump(core, &session.instance, &session.key, session::KEPT_FOR_CLEAN_SESSION_0, ruling);
    core.give_back(conn, State::Alibaba(Box::new(session)));
}

/// A packet on a live session.
pub(crate) fn received(
    core: &mut Core,
    mut session: Box<Session>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    if session.registers.is_some() {
        return register::received(core, session, packet, ruling);
    }
    if conn::restarts_keep_alive(packet, ruling) {
        session.heard_at = core.now;
    }
    if let Packet::Disconnect(disconnect) = packet {
        if let Some(instance) = core.instance(&session.instance) {
            v5::faults(&disconnect.properties, &instance.profile, ruling);
        }
        return end::disconnect(core, session, ruling);
    }
    match answer(core, &mut session, packet, ruling) {
        Ok(()) => core.give_back(session.conn, State::Alibaba(session)),
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
    conn::lost(core, &session);
    end::leave(core, &session, ruling);
    will::publish(core, &session, ruling);
}

/// The connection ends as if a newer one had its place.
pub(crate) fn taken_over(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    let ending = Ending { because: open::THE_NEWER_CONNECTION_WINS, reason: SESSION_TAKEN_OVER };
    end::end(core, session, &ending, ruling);
}

/// The connection ends because the platform goes away for a while.
pub(crate) fn shut_down(
    core: &mut Core,
    session: Box<Session>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    end::end(core, session, &Ending { because, reason: SERVER_SHUTTING_DOWN }, ruling);
}

/// The keep-alive timer ran out.
pub(crate) fn keep_alive_due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    conn::keep_alive_due(core, session, ruling);
}

/// Something that an instance waited for has come.
pub(crate) fn due(core: &mut Core, instance: &str, due: &Due, ruling: &mut Ruling<'_>) {
    match due {
        Due::Delivery { session } => {
            deliver::due(core, instance, session, ruling);
        }
        Due::Answer { message_id } => rrpc::overdue(core, instance, message_id, ruling),
        Due::Registration { conn } => register::overdue(core, *conn, ruling),
        Due::Subscription { session, filter } => subscribe::due(core, instance, session, filter),
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
        Packet::Pingreq => {
            Ending::unless_granted(pkt::PINGREQ, PROTOCOL_ERROR, ruling)?;
            ruling.send(session.conn, Packet::Pingresp, pkt::PINGRESP);
            Ok(())
        }
        _ => Ending::unless(false, v5::REASON_CODES, PROTOCOL_ERROR, ruling),
    }
}
