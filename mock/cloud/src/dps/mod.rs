//! Azure DPS as it answers MQTT. One file for each family of clauses; the ids name the files.

mod answer;
mod assign;
mod attest;
mod conn;
mod limit;
mod open;
mod poll;
mod qos;
mod reg;
mod registration;
mod retry;
mod sas;
mod sess;
mod sub;
mod throttle;
mod tls;
mod topic;
mod tpm;
mod username;
mod ws;
mod x509;

use std::sync::Arc;

use wire::{Connack, Connect, Malformed, Packet, Publish};

pub(crate) use self::username::is_registration_id;
use self::{attest::Proof, poll::Watch, qos::Subscription, topic::Topic};
use crate::{
    cloud::Core,
    dialect::State,
    fault::Whose,
    hub::keepalive::silence_ms,
    input::{ConnId, Door, Peer},
    rule::{Rule, RuleFile},
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

pub use self::registration::{
    Assignment, AttestationKind, AttestedBy, Failure, Registration, Substatus,
};

/// Every file of DPS rules.
pub const RULE_FILES: &[RuleFile] = &[
    conn::RULES,
    limit::RULES,
    open::RULES,
    poll::RULES,
    qos::RULES,
    reg::RULES,
    sas::RULES,
    sess::RULES,
    sub::RULES,
    tls::RULES,
    tpm::RULES,
    ws::RULES,
    x509::RULES,
];

/// Why a connection ends that said DISCONNECT: the one close that is nobody's fault.
pub const GOODBYE: Rule = open::LEAVING;

/// One live connection to DPS.
#[derive(Debug)]
pub(crate) struct Session {
    /// The registration id, shared with the trace.
    pub(crate) name: Arc<str>,
    conn: ConnId,
    /// The ID scope of the instance that answers.
    scope: String,
    /// The rule that CONNECT broke, where the profile refuses only the register publish.
    refused_because: Option<Rule>,
    api_version: String,
    proof: Proof,
    /// Whether the proof was found good on this connection.
    is_attested: bool,
    keep_alive_s: u16,
    heard_at: Time,
    /// The subscription to the answers.
    answers: Option<Subscription>,
    last_packet_id: u16,
    watch: Option<Watch>,
    /// Whether the last request was a poll.
    is_polling: bool,
    /// The error that it was answered with, if any.
    error: Option<retry::Told>,
}

impl Session {
    /// Whose it is, as faults ask for it.
    pub(crate) fn whose(&self) -> Whose {
        Whose { tenant: Some(self.scope.clone()), device: Some(self.name.clone()) }
    }

    /// A packet id for a delivery: never 0.
    fn next_packet_id(&mut self) -> u16 {
        self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
        self.last_packet_id
    }
}

/// Whether a CONNECT is meant for DPS and not for a hub: by its user name, or by the host that TLS
/// was asked for.
pub(crate) fn is_meant(core: &Core, conn: ConnId, connect: &Connect) -> bool {
    let sni = core.connections.get(&conn).and_then(|connection| connection.peer.sni.as_deref());
    names_a_registration(connect.username.as_deref().unwrap_or_default())
        || sni.is_some_and(|sni| sni.ends_with("azure-devices-provisioning.net"))
}

/// A connection to a DPS host name was made: CONNECT has to follow.
pub(crate) fn opened(core: &mut Core, conn: ConnId, _peer: &Peer, _ruling: &mut Ruling<'_>) {
    core.timers.set(core.now.plus_s(CONNECT_TIMEOUT_S), Timer::Connect(conn));
}

/// As long as a hub waits by default.
const CONNECT_TIMEOUT_S: u64 = 30;

/// Whether DPS speaks TLS 1.3; TLS 1.2 it always does.
pub(crate) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    tls::offers_1_3(ruling)
}

/// Whether MQTT without TLS is answered.
pub(crate) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    tls::answers_plaintext(ruling)
}

/// A CONNECT came without TLS, where tenants of other clouds take that.
pub(crate) fn refuse_plaintext(conn: ConnId, ruling: &mut Ruling<'_>) {
    tls::refused(Door::Plaintext, ruling);
    ruling.close(conn, tls::LESS_IS_TURNED_AWAY);
}

/// No CONNECT came in time, or something else came first.
pub(crate) fn connect_is_missing(core: &mut Core, conn: ConnId, ruling: &mut Ruling<'_>) {
    end(core, conn, State::Awaiting, open::FOLLOWS_THE_HUB, ruling);
}

/// The first bytes of a connection were no packet.
pub(crate) fn malformed_connect(
    core: &mut Core,
    conn: ConnId,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    end(core, conn, State::Awaiting, broken_by(why), ruling);
}

/// A client was turned away before MQTT began.
pub(crate) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    tls::refused(door, ruling);
    ws::refused(door, ruling);
}

/// CONNECT: judged and answered.
pub(crate) fn connect(core: &mut Core, conn: ConnId, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(peer) = core.connections.get(&conn).map(|connection| connection.peer.clone()) else {
        return;
    };
    let mut session = match conn::admit(core, conn, &peer, connect, ruling) {
        Ok(session) => session,
        Err(refusal) => return conn::refuse(conn, &refusal, ruling),
    };
    let session_present = sess::begin(&mut session, ruling);
    let connack = Connack { session_present, code: 0, properties: Vec::new() };
    ruling.send(conn, Packet::Connack(connack), open::ACCEPTING_CONNACK);
    core.timers.set(deadline(core, &session), Timer::KeepAlive(conn));
    core.give_back(conn, State::Dps(Box::new(session)));
}

/// A packet on a live session.
pub(crate) fn received(
    core: &mut Core,
    mut session: Box<Session>,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) {
    session.heard_at = core.now;
    if let Packet::Disconnect(_) = packet {
        poll::left(&session, ruling);
        retry::left(&session, ruling);
        return ruling.close(session.conn, GOODBYE);
    }
    match answer(core, &mut session, packet, ruling) {
        Ok(()) => core.give_back(session.conn, State::Dps(session)),
        Err(Broken(because)) => ruling.close(session.conn, because),
    }
}

/// Bytes on a live session that are no packet.
pub(crate) fn malformed(
    core: &mut Core,
    session: Box<Session>,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    end(core, session.conn, State::Dps(session), broken_by(why), ruling);
}

/// The client's end of a live session is gone, and the session with it.
pub(crate) fn closed(_core: &mut Core, session: Box<Session>, _ruling: &mut Ruling<'_>) {
    drop(session);
}

/// The keep-alive timer ran out: ends the connection, or waits on if it was heard from meanwhile.
pub(crate) fn keep_alive_due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    let conn = session.conn;
    let deadline = deadline(core, &session);
    if core.now < deadline {
        core.timers.set(deadline, Timer::KeepAlive(conn));
        return core.give_back(conn, State::Dps(session));
    }
    end(core, conn, State::Dps(session), open::FOLLOWS_THE_HUB, ruling);
}

/// The rule that bytes break which are no packet: that of frames, or that of packets.
fn broken_by(why: &Malformed) -> Rule {
    if ws::is_about_frames(why) { ws::RFC_6455 } else { open::FOLLOWS_THE_HUB }
}

/// Ends a connection that broke a rule.
fn end(core: &mut Core, conn: ConnId, state: State, rule: Rule, ruling: &mut Ruling<'_>) {
    match ruling.uphold(rule, false) {
        Ok(()) => core.give_back(conn, state),
        Err(Broken(because)) => ruling.close(conn, because),
    }
}

/// Picks the page's section for a packet.
fn answer(
    core: &mut Core,
    session: &mut Session,
    packet: &Packet,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    match packet {
        Packet::Publish(publish) => self::publish(core, session, publish, ruling),
        Packet::Subscribe(subscribe) => sub::subscribe(core, session, subscribe, ruling),
        Packet::Unsubscribe(unsubscribe) => {
            sub::unsubscribe(session, unsubscribe, ruling);
            Ok(())
        }
        Packet::Pingreq => {
            ruling.send(session.conn, Packet::Pingresp, open::FOLLOWS_THE_HUB);
            Ok(())
        }
        // Answers are not sent again, so nothing waits for it.
        Packet::Puback(_) => Ok(()),
        _ => ruling.uphold(open::FOLLOWS_THE_HUB, false),
    }
}

fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    qos::judge(session, publish, ruling)?;
    throttle::judge_size(publish, ruling)?;
    match Topic::of(&publish.topic) {
        Topic::Register { query } => {
            note_documented(ruling);
            qos::acknowledge(session, publish, ruling);
            reg::register(core, session, publish, query, ruling)
        }
        Topic::Poll { query } => {
            note_documented(ruling);
            qos::acknowledge(session, publish, ruling);
            poll::poll(core, session, publish, query, ruling)
        }
        Topic::Unsupported(meant) => {
            sub::unsupported_publish(core, session, publish, meant, ruling)
        }
    }
}

fn note_documented(ruling: &mut Ruling<'_>) {
    ruling.note(limit::NO_BROKER, true);
    ruling.note(sub::DOCUMENTED_TOPICS_ONLY, true);
}

/// When a session ends unless it is heard from.
fn deadline(core: &Core, session: &Session) -> Time {
    let cap_ms = core.dps_profile(&session.scope).keep_alive_cap_s.saturating_mul(1000);
    session.heard_at.plus_ms(silence_ms(session.keep_alive_s.into(), cap_ms))
}

/// `{scope}/registrations/…`; an ID scope has no dot, a hub's host name has.
fn names_a_registration(username: &str) -> bool {
    let mut segments = username.split('/');
    let scope = segments.next().unwrap_or_default();
    !scope.is_empty() && !scope.contains('.') && segments.next() == Some("registrations")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn user_names_that_are_meant_for_dps() {
        for (username, meant) in [
            ("0ne00000000/registrations/d1/api-version=2019-03-31", true),
            ("0ne00000000/registrations/", true),
            ("h.azure-devices.net/registrations/?api-version=2021-04-12", false),
            ("0ne00000000/devices/d1", false),
            ("/registrations/d1", false),
            ("", false),
        ] {
            assert_eq!(names_a_registration(username), meant, "{username}");
        }
    }
}
