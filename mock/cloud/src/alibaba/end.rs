//! How connections end: with which reason code on MQTT 5, with which return code or bare close before it.

pub(super) use wire::reason::*;
use wire::{Connack, Connect, Disconnect, Malformed, Packet};

use super::{
    Session, code,
    log::{BizCode, RunRecord},
    open, pkt, session, uplink, v5, will,
};
pub(super) use crate::ending::Ending;
use crate::{
    cloud::Core,
    dialect::State,
    input::ConnId,
    profile::AlibabaProfile,
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// The code in the log for a device that was put offline.
const FORCED_OFFLINE: u16 = 400;

/// Answers a CONNECT that was turned away.
pub(super) fn refuse(
    core: &Core,
    conn: ConnId,
    connect: &Connect,
    ending: &Ending,
    ruling: &mut Ruling<'_>,
) {
    let because = ending.because;
    let profile = profile(core, connect);
    if let Some(code) = code::connack(connect.version(), ending, &profile, ruling) {
        let connack = Connack { session_present: false, code, properties: Vec::new() };
        ruling.send(conn, Packet::Connack(connack), because);
    }
    ruling.close(conn, because);
}

/// The code of a CONNACK in the version of its CONNECT: a return code of 3.1.1 becomes the reason code that
/// says the same, and the other way round.
pub(crate) fn connack_code(connect: &Connect, code: u8) -> u8 {
    crate::event_grid::connack_code(connect, code)
}

/// Ends a connection that has no session: it broke a rule before its CONNECT was read.
pub(super) fn stranger(core: &mut Core, conn: ConnId, rule: Rule, ruling: &mut Ruling<'_>) {
    match ruling.uphold(rule, false) {
        Ok(()) => core.give_back(conn, State::Awaiting),
        Err(Broken(because)) => ruling.close(conn, because),
    }
}

/// Ends a live connection: with a word on MQTT 5, without one before it.
pub(super) fn end(
    core: &mut Core,
    session: Box<Session>,
    ending: &Ending,
    ruling: &mut Ruling<'_>,
) {
    let Ending { because, reason } = *ending;
    let profile = core.instance(&session.instance).map(|it| &it.profile);
    let tells = profile.is_some_and(|profile| match reason {
        SESSION_TAKEN_OVER => {
            let tells = profile.tells_takeover;
            ruling.value(open::TAKEOVER_IS_TOLD, tells, !tells)
        }
        _ => ruling.value(open::DISCONNECT_SAYS_WHY, profile.tells_end, !profile.tells_end),
    });
    if session.is_v5() && tells && ruling.value(v5::REASON_CODES, true, false) {
        let told_by = match reason {
            SESSION_TAKEN_OVER => open::TAKEOVER_IS_TOLD,
            _ => because,
        };
        let reason = v5::told(code::listed(reason, ruling), ruling);
        let disconnect = Disconnect { reason, properties: Vec::new() };
        ruling.send(session.conn, Packet::Disconnect(disconnect), told_by);
    }
    if [open::THE_NEWER_CONNECTION_WINS, open::DISABLED_DEVICE].contains(&because) {
        let record = RunRecord::of(core.now, &session, BizCode::Device, "offline");
        ruling.log(record.failed(FORCED_OFFLINE, "the device was put offline"), because);
    }
    ruling.close(session.conn, because);
    leave(core, &session, ruling);
    will::publish(core, &session, ruling);
}

/// Ends the connection of a device that is not the one which is being dealt with.
pub(super) fn end_other(core: &mut Core, conn: ConnId, ending: &Ending, ruling: &mut Ruling<'_>) {
    match core.take(conn) {
        State::Alibaba(session) => end(core, session, ending, ruling),
        other => core.give_back(conn, other),
    }
}

/// The client says DISCONNECT.
pub(super) fn disconnect(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    ruling.close(session.conn, pkt::DISCONNECT);
    leave(core, &session, ruling);
}

/// What is to be done whenever a device loses its connection.
pub(super) fn leave(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    if session::leave(core, session) {
        uplink::status(core, session, false, ruling);
    }
}

/// Bytes came that are no packet, or one that the protocol forbids.
pub(super) fn malformed(
    core: &mut Core,
    session: Box<Session>,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    let (rule, reason) = match why.oversize_bytes {
        Some(_) if session.is_v5() => (v5::MAXIMUM_PACKET_SIZE, PACKET_TOO_LARGE),
        Some(_) => (open::MESSAGE_SIZE, PACKET_TOO_LARGE),
        None => (v5::REASON_CODES, MALFORMED_PACKET),
    };
    match Ending::unless(false, rule, reason, ruling) {
        Ok(()) => core.give_back(session.conn, State::Alibaba(session)),
        Err(ending) => end(core, session, &ending, ruling),
    }
}

/// The switches of the instance that a CONNECT is for.
fn profile(core: &Core, connect: &Connect) -> AlibabaProfile {
    let user_name = connect.username.as_deref().unwrap_or_default();
    let product_key = user_name.rsplit_once('&').map_or("", |(_, key)| key);
    let instance = core.registry.instance_of_product(product_key);
    instance.map(|it| it.profile.clone()).unwrap_or_default()
}
