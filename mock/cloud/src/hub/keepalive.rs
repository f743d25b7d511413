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
    LOAD_BALANCER_CUTS = "HUB-KEEPALIVE-013";
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
    core.timers.set(session.heard_at.plus_ms(timeout_ms), Timer::KeepAlive(session.conn));
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
    ruling.note(PINGS_ARE_ANSWERED, true);
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
    if because == ONE_AND_A_HALF_TIMES {
        // Its own time is over, and not the one that the hub sets.
        ruling.note(PINGS_ARE_ANSWERED, false);
    }
    match ruling.uphold(because, false) {
        Err(Broken(because)) => super::end(core, session, End::KeepAlive(because), ruling),
        Ok(()) => core.give_back(conn, State::Hub(session)),
    }
}

/// How long the hub waits for a packet, and which rule says so.
fn timeout(keep_alive_s: u16, ruling: &mut Ruling<'_>) -> (Rule, u64) {
    let keep_alive_s = ruling.value(ANY_KEEP_ALIVE_IS_HONOURED, u64::from(keep_alive_s), 100);
    if keep_alive_s == 0 {
        let cap = ruling.value(open::NO_KEEP_ALIVE_IS_THE_CAP, CAP_MS, u64::MAX / 2);
        return (open::NO_KEEP_ALIVE_IS_THE_CAP, cap);
    }
    let asked_s = ruling.value(MISSED_PING_IS_NO_END, keep_alive_s, keep_alive_s * 2 / 3);
    if silence_ms(asked_s, u64::MAX) > CAP_MS {
        let cap_ms = ruling.value(LOAD_BALANCER_CUTS, CAP_MS, u64::MAX);
        (CAP_OF_1767_S, silence_ms(asked_s, ruling.value(CAP_OF_1767_S, cap_ms, u64::MAX)))
    } else {
        (ONE_AND_A_HALF_TIMES, silence_ms(asked_s, CAP_MS))
    }
}

/// How long a connection may be silent: one and a half keep-alives, but no longer than the cap, and
/// as long as the cap without a keep-alive.
pub(crate) fn silence_ms(keep_alive_s: u64, cap_ms: u64) -> u64 {
    match keep_alive_s.saturating_mul(1500) {
        0 => cap_ms,
        asked_ms => asked_ms.min(cap_ms),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_ends_after_one_and_a_half_keep_alives_or_at_the_cap() {
        for (keep_alive_s, silence) in [
            (0, 1_767_000),
            (1, 1500),
            (60, 90_000),
            (1177, 1_765_500),
            (1178, 1_767_000),
            (1179, 1_767_000),
            (65_535, 1_767_000),
        ] {
            assert_eq!(silence_ms(keep_alive_s, CAP_MS), silence, "{keep_alive_s}");
        }
    }
}
