//! Azure IoT Hub as it answers MQTT. One file for each family of clauses; the ids name the files.

mod auth;
mod bag;
pub(crate) mod c2d;
mod conn;
mod d2c;
mod ending;
mod err;
mod fault_message;
pub(crate) mod keepalive;
mod limit;
mod log;
pub(crate) mod method;
mod method_service;
mod module;
pub(crate) mod open;
pub(crate) mod presence;
mod route;
mod sas;
mod sdk;
mod sub;
mod tenant;
mod throttle;
mod tier;
mod tls;
pub(crate) mod topic;
pub(crate) mod twin;
mod twin_answer;
mod twin_report;
mod twin_service;
mod twin_shape;
mod username;
mod will;
mod ws;
mod x509;

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, OnceLock},
};

use wire::{Connack, Connect, Malformed, Packet, Publish};

use self::{
    auth::Proof,
    ending::{End, end},
    topic::Topic,
    username::Username,
};
use crate::{
    cloud::Core,
    dialect::State,
    fault::Whose,
    identity::{Identity, IdentityId},
    input::{ConnId, Door, Peer},
    profile::{ServerCertificate, UnsupportedTopic},
    rule::{Rule, RuleFile},
    ruling::{Broken, Ruling},
    session::Subscriptions,
    time::Time,
    timer::Timer,
};

/// Every file of hub rules.
pub const RULE_FILES: &[RuleFile] = &[
    auth::RULES,
    c2d::RULES,
    conn::RULES,
    d2c::RULES,
    err::RULES,
    keepalive::RULES,
    limit::RULES,
    log::RULES,
    method::RULES,
    module::RULES,
    open::RULES,
    sas::RULES,
    sdk::RULES,
    sub::RULES,
    tenant::RULES,
    tier::RULES,
    tls::RULES,
    twin::RULES,
    will::RULES,
    ws::RULES,
    x509::RULES,
];

/// Why a connection ends that said DISCONNECT: the one close that is nobody's fault.
pub const GOODBYE: Rule = open::CODE_OF_EACH_CLOSE;

/// One live connection to the hub.
#[derive(Debug)]
pub(crate) struct Session {
    /// The device's or module's name, shared with the trace.
    pub(crate) name: Arc<str>,
    host: String,
    id: IdentityId,
    conn: ConnId,
    address: String,
    clean: bool,
    keep_alive_s: u16,
    heard_at: Time,
    will: Option<wire::Will>,
    has_api_version: bool,
    model_id: Option<String>,
    /// `DeviceClientType` of the user name.
    sdk_version: String,
    auth_method: String,
    generation_id: String,
    /// What goes with every message; idle devices have none.
    stamps: OnceLock<Box<d2c::Stamps>>,
    token_expires_at: Option<Time>,
    subscriptions: Subscriptions,
    /// Cloud-to-device deliveries without their PUBACK: packet id and sequence number, in order.
    in_flight: VecDeque<(u16, u64)>,
    last_packet_id: u16,
    /// Method calls without their answer, by `$rid`.
    calls: BTreeMap<String, method::PendingCall>,
    last_method_rid: u64,
    /// Asked for desired notices before this connection, and has not read its twin on it yet.
    owes_twin_read: bool,
    /// No PUBACK leaves before this moment.
    acknowledged_from: Time,
    /// It has subscribed or published.
    is_active: bool,
    has_sent: bool,
    has_received: bool,
}

impl Session {
    #[expect(clippy::too_many_arguments, reason = "what CONNECT decided, gathered once")]
    fn new(
        host: String,
        identity: &Identity,
        conn: ConnId,
        peer: &Peer,
        connect: &Connect,
        username: &Username,
        proof: Proof,
        now: Time,
    ) -> Self {
        Self {
            name: identity.id.to_string().into(),
            host,
            id: identity.id.clone(),
            conn,
            address: peer.address.clone(),
            clean: connect.clean,
            keep_alive_s: connect.keep_alive_s,
            heard_at: now,
            will: connect.will.clone(),
            has_api_version: username.argument("api-version").is_some(),
            model_id: username.argument("model-id").map(str::to_owned),
            sdk_version: username.argument("DeviceClientType").unwrap_or_default().to_owned(),
            auth_method: proof.method,
            generation_id: identity.generation_id.clone(),
            stamps: OnceLock::new(),
            token_expires_at: proof.expires_at,
            subscriptions: Subscriptions::new(),
            in_flight: VecDeque::new(),
            last_packet_id: 0,
            calls: BTreeMap::new(),
            last_method_rid: 0,
            owes_twin_read: false,
            acknowledged_from: now,
            is_active: false,
            has_sent: false,
            has_received: false,
        }
    }
}

impl Session {
    /// Whose it is, as faults ask for it.
    pub(crate) fn whose(&self) -> Whose {
        Whose { tenant: Some(self.host.clone()), device: Some(self.name.clone()) }
    }

    /// Whether a token proved it, which can run out.
    pub(crate) const fn has_a_token(&self) -> bool {
        self.token_expires_at.is_some()
    }
}

/// Whether TLS 1.3 is offered to who dials a hub.
pub(crate) fn offers_tls_1_3(core: &Core, sni: Option<&str>, ruling: &mut Ruling<'_>) -> bool {
    tls::offers_1_3(core, sni, ruling)
}

/// Whether MQTT without TLS is answered.
pub(crate) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    tls::answers_plaintext(ruling)
}

/// A CONNECT came without TLS, where tenants of other clouds take that.
pub(crate) fn refuse_plaintext(core: &Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    tls::refused(core, None, Door::Plaintext, ruling);
    ruling.close(conn, tls::PLAINTEXT_IS_TURNED_AWAY);
}

/// The certificate that is shown to who dials a hub.
pub(crate) fn server_certificate(core: &Core, sni: Option<&str>) -> ServerCertificate {
    tls::certificate(core, sni)
}

/// A connection was made: CONNECT has to follow.
pub(crate) fn opened(core: &mut Core, conn: ConnId, peer: &Peer, ruling: &mut Ruling<'_>) {
    tls::opened(core, peer, ruling);
    let timeout_s =
        tenant::dialled(core, peer.sni.as_deref()).map_or(30, |hub| hub.profile.connect_timeout_s);
    core.timers.set(core.now.plus_s(timeout_s), Timer::Connect(conn));
}

/// No CONNECT came in time.
pub(crate) fn connect_overdue(_core: &mut Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    if let Err(Broken(because)) = ruling.uphold(open::CONNECT_COMES_FIRST_AND_ONCE, false) {
        ruling.close(conn, because);
    }
}

/// A client was turned away before MQTT began.
pub(crate) fn refused(core: &Core, sni: Option<&str>, door: Door, ruling: &mut Ruling<'_>) {
    tls::refused(core, sni, door, ruling);
    ws::refused(door, ruling);
}

/// The first packet of a connection was something else than CONNECT.
pub(crate) fn first_packet_is_no_connect(
    core: &mut Core,
    conn: ConnId,
    _packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    match ruling.uphold(open::CONNECT_COMES_FIRST_AND_ONCE, false) {
        Err(Broken(because)) => ruling.close(conn, because),
        Ok(()) => core.give_back(conn, State::Awaiting),
    }
}

/// The first bytes of a connection were no packet.
pub(crate) fn malformed_connect(
    _core: &mut Core,
    conn: ConnId,
    _why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    if let Err(Broken(because)) = ruling.uphold(err::ERRORS_CLOSE, false) {
        ruling.close(conn, because);
    }
}

/// CONNECT: judged, answered, and followed by what waited for the device.
pub(crate) fn connect(core: &mut Core, conn: ConnId, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(peer) = core.connections.get(&conn).map(|connection| connection.peer.clone()) else {
        return;
    };
    let mut session = match conn::admit(core, conn, &peer, connect, ruling) {
        Ok(session) => session,
        Err(refusal) => return conn::refuse(conn, &peer, connect, refusal, core, ruling),
    };
    conn::displace(core, &session, ruling);
    err::came_back(core, &session, ruling);
    will::note(&session, connect, ruling);
    let session_present = resume(core, &mut session, ruling);
    let connack = Connack { session_present, code: 0, properties: Vec::new() };
    if ruling.gives_wrong_value(open::EARLY_PACKETS_WAIT_FOR_CONNACK) {
        c2d::resumed(core, &mut session, ruling);
    }
    // A hub that gets the flag wrong lets the device in all the same.
    let because =
        ruling.value(open::SESSION_PRESENT, open::SESSION_PRESENT, conn::MQTT_3_1_1_ON_8883);
    ruling.send(conn, Packet::Connack(connack), because);
    log::connected(core.now, &session, ruling);
    if let Err(Broken(because)) = throttle::quota(core, &session.host, ruling) {
        return end(core, Box::new(session), End::QuotaSpent(because), ruling);
    }
    keepalive::start(core, &session, ruling);
    if let Some(expires_at) = session.token_expires_at {
        let grace_s = core.profile(&session.host).token_grace_s;
        core.timers.set(expires_at.plus_s(grace_s), Timer::TokenExpiry(conn));
    }
    twin::connected(core, &mut session, ruling);
    method::subscribed(core, &mut session, ruling);
    c2d::resumed(core, &mut session, ruling);
    core.give_back(conn, State::Hub(Box::new(session)));
}

/// A packet on a live session.
pub(crate) fn received(
    core: &mut Core,
    mut session: Box<Session>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    keepalive::heard(core, &mut session, packet, ruling);
    if let Packet::Disconnect(_) = packet {
        return end(core, session, End::Disconnect, ruling);
    }
    match answer(core, &mut session, packet, ruling) {
        Ok(()) => core.give_back(session.conn, State::Hub(session)),
        Err(Broken(because)) => {
            let why = match because {
                _ if because == limit::MESSAGE_OF_256_KB => End::TooLarge(because),
                _ if because == open::THROTTLED_TELEMETRY => End::Throttled(because),
                _ if because == open::DAILY_QUOTA => End::QuotaSpent(because),
                _ => End::Closed(because),
            };
            end(core, session, why, ruling);
        }
    }
}

/// A PUBACK that was put off is due.
pub(crate) fn puback_due(
    core: &mut Core,
    session: Box<Session>,
    packet_id: u16,
    ruling: &mut Ruling<'_>,
) {
    throttle::acknowledge(&session, packet_id, ruling);
    core.give_back(session.conn, State::Hub(session));
}

/// Picks the page's section for a packet.
fn answer(
    core: &mut Core,
    session: &mut Session,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    match packet {
        Packet::Publish(publish) => {
            self::publish(core, session, publish, ruling)?;
            presence::is_active(core, session);
            Ok(())
        }
        Packet::Subscribe(subscribe) => {
            sub::subscribe(core, session, subscribe, ruling)?;
            presence::is_active(core, session);
            Ok(())
        }
        Packet::Unsubscribe(unsubscribe) => sub::unsubscribe(core, session, unsubscribe, ruling),
        Packet::Puback(ack) => sub::puback(core, session, ack, ruling),
        Packet::Pingreq => {
            keepalive::ping(session, ruling);
            Ok(())
        }
        Packet::Connect(_) => ruling.uphold(open::CONNECT_COMES_FIRST_AND_ONCE, false),
        Packet::Pubrec(_) | Packet::Pubrel(_) | Packet::Pubcomp(_) => {
            ruling.note(limit::PARTS_ARE_LEFT_OUT, false);
            ruling.uphold(limit::DOCUMENTED_PART_ONLY, false)
        }
        _ => ruling.uphold(err::ERRORS_CLOSE, false),
    }
}

fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    d2c::judge_qos(core, session, publish, ruling)?;
    let topic = Topic::of(&session.id, &publish.topic);
    if !matches!(topic, Topic::Foreign | Topic::Unsupported) {
        ruling.grant(open::TOPICS_TO_PUBLISH_TO)?;
    }
    match topic {
        Topic::Telemetry { bag, spelling } => {
            ruling.note(limit::TOPICS_ARE_FIXED, true);
            if session.id.module.is_some() {
                ruling.note(module::TELEMETRY_TOPIC, true);
            }
            sdk::sent(session, ruling);
            d2c::publish(core, session, publish, bag, spelling, ruling)
        }
        Topic::TwinGet { query } => {
            d2c::acknowledge(core, session, publish, ruling);
            twin::get(core, session, publish, query, ruling)
        }
        Topic::TwinPatch { query } => {
            d2c::acknowledge(core, session, publish, ruling);
            twin::patch_reported(core, session, publish, query, ruling)
        }
        Topic::MethodResponse { status, query } => {
            d2c::acknowledge(core, session, publish, ruling);
            method::response(core, session, publish, status, query, ruling)
        }
        Topic::Foreign | Topic::Unsupported => {
            ruling.note(limit::TOPICS_ARE_FIXED, false);
            twin::note_stray(&publish.topic, ruling);
            method::note_stray(&publish.topic, ruling);
            module::note_stray_topic(session, &publish.topic, ruling);
            c2d::carry_to_another_device(core, session, publish, ruling);
            match core.profile(&session.host).unsupported_topic {
                UnsupportedTopic::Close => {
                    if ruling.value(open::UNSUPPORTED_TOPIC_CLOSES, true, false) {
                        return ruling.uphold(sub::DOCUMENTED_TOPICS_ONLY, false);
                    }
                    d2c::acknowledge(core, session, publish, ruling);
                    Ok(())
                }
                UnsupportedTopic::PassThrough => {
                    ruling.grant(open::UNSUPPORTED_TOPIC_CLOSES)?;
                    d2c::pass_through(core, session, publish, ruling);
                    Ok(())
                }
            }
        }
    }
}

/// Bytes on a live session that are no packet.
pub(crate) fn malformed(
    core: &mut Core,
    session: Box<Session>,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    let (rule, too_large) = match why.oversize_bytes {
        Some(_) => (open::OVERSIZE_CLOSES, true),
        None => (err::ERRORS_CLOSE, false),
    };
    match ruling.uphold(rule, false) {
        Err(Broken(because)) if too_large => end(core, session, End::TooLarge(because), ruling),
        Err(Broken(because)) => end(core, session, End::Closed(because), ruling),
        Ok(()) => core.give_back(session.conn, State::Hub(session)),
    }
}

/// The client's end of a live session is gone.
pub(crate) fn closed(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    end(core, session, End::Gone, ruling);
}

/// The keep-alive timer ran out.
pub(crate) fn keep_alive_due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    keepalive::due(core, session, ruling);
}

/// The token of a live session ran out, grace included.
pub(crate) fn token_expired(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    match ruling.uphold(open::EXPIRED_TOKEN_CUTS, false) {
        Err(Broken(because)) => end(core, session, End::TokenExpired(because), ruling),
        Ok(()) => core.give_back(session.conn, State::Hub(session)),
    }
}

/// A live session ends because the service is upgraded.
pub(crate) fn upgraded(
    core: &mut Core,
    session: Box<Session>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    end(core, session, End::Upgraded(because), ruling);
}

/// Logs a CONNECT that comes while the service is upgraded; it goes no further.
pub(crate) fn rejected_by_upgrade(
    core: &Core,
    conn: ConnId,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) {
    conn::log_upgrade(core, conn, connect, ruling);
}

/// A live session gives way to a connection that nobody saw.
pub(crate) fn taken_over(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    conn::give_way(core, session, ruling);
}

/// A method call was not answered in time.
pub(crate) fn method_overdue(
    core: &mut Core,
    mut session: Box<Session>,
    rid: &str,
    ruling: &mut Ruling<'_>,
) {
    method::answer_overdue(core, &mut session, rid, ruling);
    core.give_back(session.conn, State::Hub(session));
}

/// A stored session was kept as long as the profile says.
pub(crate) fn session_expired(
    core: &mut Core,
    host: &str,
    id: &IdentityId,
    _ruling: &mut Ruling<'_>,
) {
    let now = core.now;
    let Some(identity) = core.identity_mut(host, id) else { return };
    // The device may have come and gone since this timer was set.
    identity.stored.take_if(|stored| stored.kept_until.is_some_and(|until| until <= now));
}

/// The operator disabled an identity: its live connection ends.
pub(crate) fn disabled(core: &mut Core, host: &str, id: &IdentityId, ruling: &mut Ruling<'_>) {
    end_live(core, host, id, open::DISABLED_DEVICE_IS_REFUSED, ruling);
}

/// An identity is about to be removed: its live connection ends.
pub(crate) fn end_unwanted(core: &mut Core, host: &str, id: &IdentityId, ruling: &mut Ruling<'_>) {
    end_live(core, host, id, open::UNKNOWN_DEVICE_IS_REFUSED, ruling);
}

/// Ends the live connection of an identity, if it has one.
fn end_live(core: &mut Core, host: &str, id: &IdentityId, because: Rule, ruling: &mut Ruling<'_>) {
    let conn = core
        .registry
        .hub(host)
        .and_then(|hub| hub.identities.get(id))
        .and_then(|identity| identity.conn);
    if let Some(conn) = conn
        && let State::Hub(session) = core.take(conn)
    {
        end(core, session, End::Unwanted(because), ruling);
    }
}

/// Clean Session 0 finds its subscriptions again; Clean Session 1 begins anew.
fn resume(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) -> bool {
    if session.clean {
        c2d::wipe(core, session, ruling);
    }
    let conn = session.conn;
    let Some(identity) = core.identity_mut(&session.host, &session.id) else { return false };
    identity.conn = Some(conn);
    let stored = identity.stored.take();
    let stored = stored.filter(|_| !session.clean);
    let is_present = stored.is_some();
    if let Some(stored) = stored {
        session.subscriptions = stored.subscriptions;
        session.heard_at =
            ruling.value(keepalive::RENEWAL_COUNTS, session.heard_at, stored.heard_at);
    }
    ruling.value(open::SESSION_PRESENT, is_present, !is_present)
}

impl Core {
    /// An identity of a hub.
    pub(crate) fn identity_mut(&mut self, host: &str, id: &IdentityId) -> Option<&mut Identity> {
        self.registry.hub_mut(host)?.identities.get_mut(id)
    }
}
