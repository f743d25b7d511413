//! HUB-KEEPALIVE: how long a silent connection lives.

use wire::Packet;

use super::{End, Session, open};
use crate::{
    cloud::Core,
    dialect::State,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    timer::Timer,
};

rules! {
    PINGS_ARE_ANSWERED = "HUB-KEEPALIVE-001";
    ANY_KEEP_ALIVE_IS_HONOURED = "HUB-KEEPALIVE-008";
    ONE_AND_A_HALF_TIMES = "HUB-KEEPALIVE-011";
    CAP_OF_1767_S = "HUB-KEEPALIVE-012";
    MISSED_PING_IS_NO_END = "HUB-KEEPALIVE-014";
    LOGGED_AS_404104 = "HUB-KEEPALIVE-015";
    AT_MOST_1177_S = "HUB-KEEPALIVE-016";
    ANY_TRAFFIC_COUNTS = "HUB-KEEPALIVE-017";
    RENEWAL_COUNTS = "HUB-KEEPALIVE-018";
}

/// 29.45 minutes.
const CAP_MS: u64 = 1_767_000;

/// Notes the keep-alive of a CONNECT and starts waiting for the next packet.
pub(super) fn start(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    // The page says 1177 and its own division gives 1178: that one value is not judged.
    if session.keep_alive_s != 1178 {
        let within = session.keep_alive_s != 0 && session.keep_alive_s <= 1177;
        ruling.note(AT_MOST_1177_S, within);
    }
    let (_, timeout_ms) = timeout(session.keep_alive_s, ruling);
    core.timers.set(core.now.plus_ms(timeout_ms), Timer::KeepAlive(session.conn));
}

/// A packet arrived: the connection is heard from.
pub(super) fn heard(core: &Core, session: &mut Session, packet: &Packet, ruling: &mut Ruling<'_>) {
    let is_ping = matches!(packet, Packet::Pingreq);
    if ruling.value(ANY_TRAFFIC_COUNTS, true, is_ping) {
        session.heard_at = core.now;
    }
}

/// Answers a ping.
pub(super) fn ping(session: &Session, ruling: &mut Ruling<'_>) {
    ruling.send(session.conn, Packet::Pingresp, PINGS_ARE_ANSWERED);
}

/// The timer ran out: ends the connection, or waits on if it was heard from meanwhile.
pub(super) fn due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    let (because, timeout_ms) = timeout(session.keep_alive_s, ruling);
    let deadline = session.heard_at.plus_ms(timeout_ms);
    let conn = session.conn;
    if core.now < deadline {
        core.timers.set(deadline, Timer::KeepAlive(conn));
        core.give_back(conn, State::Hub(session));
        return;
    }
    match ruling.uphold(because, false) {
        Err(Broken(because)) => super::end(core, session, End::KeepAlive(because), ruling),
        Ok(()) => core.give_back(conn, State::Hub(session)),
    }
}

/// How long the hub waits for a packet, and which rule says so.
fn timeout(keep_alive_s: u16, ruling: &mut Ruling<'_>) -> (Rule, u64) {
    let keep_alive_s = ruling.value(ANY_KEEP_ALIVE_IS_HONOURED, u64::from(keep_alive_s), 60);
    if keep_alive_s == 0 {
        let cap = ruling.value(open::NO_KEEP_ALIVE_IS_THE_CAP, CAP_MS, u64::MAX / 2);
        return (open::NO_KEEP_ALIVE_IS_THE_CAP, cap);
    }
    let asked = ruling.value(MISSED_PING_IS_NO_END, 1500, 1000) * keep_alive_s;
    if asked > CAP_MS {
        (CAP_OF_1767_S, ruling.value(CAP_OF_1767_S, CAP_MS, asked))
    } else {
        (ONE_AND_A_HALF_TIMES, asked)
    }
}
