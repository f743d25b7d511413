//! How connections end: with which reason code on MQTT 5, with which return code or bare close on 3.1.1.

pub(super) use wire::reason::*;
use wire::{Connack, Connect, Disconnect, Malformed, Packet, Property, Version};

use super::{
    GOODBYE, Session,
    events::lifecycle::{self, Reason},
    limit, open, qos, session, v5, will,
};
pub(super) use crate::ending::Ending;
use crate::{
    cloud::Core,
    dialect::State,
    input::ConnId,
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// Not authorized, as a 3.1.1 CONNACK says it.
const UNAUTHORIZED: u8 = 5;

// Statements of MQTT 5 that bytes can violate, by their numbers there.
const NEITHER_TOPIC_NOR_ALIAS: &str = "MQTT5 §3.3.2.1";
const TOPIC_ALIAS_IS_0: &str = "MQTT-3.3.2-8";
const RESPONSE_TOPIC_HAS_WILDCARD: &str = "MQTT-3.3.2-14";

/// The return code of a 3.1.1 CONNACK that says the same; some refusals have none.
const fn return_code(reason: u8) -> Option<u8> {
    match reason {
        UNSUPPORTED_PROTOCOL_VERSION => Some(1),
        CLIENT_IDENTIFIER_NOT_VALID => Some(2),
        SERVER_UNAVAILABLE | QUOTA_EXCEEDED | CONNECTION_RATE_EXCEEDED => Some(3),
        BAD_USER_NAME_OR_PASSWORD => Some(4),
        NOT_AUTHORIZED | BAD_AUTHENTICATION_METHOD => Some(UNAUTHORIZED),
        _ => None,
    }
}

/// The code of a CONNACK in the version of its CONNECT: a return code of 3.1.1 becomes the reason code that
/// says the same, and the other way round.
pub(crate) fn connack_code(connect: &Connect, code: u8) -> u8 {
    const ALIKE: [(u8, u8); 5] = [
        (1, UNSUPPORTED_PROTOCOL_VERSION),
        (2, CLIENT_IDENTIFIER_NOT_VALID),
        (3, SERVER_UNAVAILABLE),
        (4, BAD_USER_NAME_OR_PASSWORD),
        (5, NOT_AUTHORIZED),
    ];
    let is_v5 = connect.version() == Some(Version::V5);
    let said = |&&(v3, v5): &&(u8, u8)| code == if is_v5 { v3 } else { v5 };
    let alike = ALIKE.iter().find(said);
    alike.map_or(code, |&(v3, v5)| if is_v5 { v5 } else { v3 })
}

/// Answers a CONNECT that was turned away.
pub(super) fn refuse(
    core: &Core,
    conn: ConnId,
    connect: &Connect,
    ending: &Ending,
    ruling: &mut Ruling<'_>,
) {
    let Ending { because, reason } = *ending;
    let mut properties = Vec::new();
    let code = match connect.version() {
        Some(Version::V5) => {
            let peer = core.connections.get(&conn).map(|connection| &connection.peer);
            let host = peer.and_then(|peer| peer.sni.as_deref()).unwrap_or_default();
            properties.extend(reason_string(core, host, because, ruling));
            Some(told(reason, ruling))
        }
        _ => match return_code(reason) {
            Some(UNAUTHORIZED) => {
                Some(ruling.value(open::V3_RETURN_CODE, UNAUTHORIZED, UNAUTHORIZED - 1))
            }
            code => code,
        },
    };
    if let Some(code) = code {
        let connack = Connack { session_present: false, code, properties };
        ruling.send(conn, Packet::Connack(connack), because);
    }
    ruling.close(conn, because);
}

/// Ends a connection that has no session: it broke a rule before its CONNECT was read.
pub(super) fn stranger(core: &mut Core, conn: ConnId, rule: Rule, ruling: &mut Ruling<'_>) {
    match ruling.uphold(rule, false) {
        Ok(()) => core.give_back(conn, State::Awaiting),
        Err(Broken(because)) => ruling.close(conn, because),
    }
}

/// Ends a live connection: with a word on MQTT 5, without one on 3.1.1.
pub(super) fn end(
    core: &mut Core,
    mut session: Box<Session>,
    ending: &Ending,
    ruling: &mut Ruling<'_>,
) {
    say(core, &session, ending, ruling);
    leave(core, &mut session, Reason::of(ending), ruling);
}

/// Ends the connection of a session that is not the one which is being dealt with.
pub(super) fn end_other(core: &mut Core, conn: ConnId, ending: &Ending, ruling: &mut Ruling<'_>) {
    match core.take(conn) {
        State::EventGrid(session) => end(core, session, ending, ruling),
        other => core.give_back(conn, other),
    }
}

/// The client says DISCONNECT.
pub(super) fn disconnect(
    core: &mut Core,
    mut session: Box<Session>,
    disconnect: &Disconnect,
    ruling: &mut Ruling<'_>,
) {
    if let Some(namespace) = core.namespace(&session.host) {
        let rule = v5::NO_USER_PROPERTIES_ON_DISCONNECT;
        let profile = &namespace.profile;
        let judged = v5::judge_user_properties(&disconnect.properties, rule, profile, ruling);
        if let Err(ending) = judged {
            return end(core, session, &ending, ruling);
        }
    }
    if let Err(ending) = session::change_expiry(core, &session, &disconnect.properties, ruling) {
        return end(core, session, &ending, ruling);
    }
    // Any other reason leaves the will to be published [MQTT-3.14.4-3].
    if disconnect.reason == SUCCESS {
        will::forget(&mut session, ruling);
    }
    ruling.close(session.conn, GOODBYE);
    let reason = Reason::ClientInitiatedDisconnect;
    let reason = ruling.value(GOODBYE, reason, Reason::ConnectionLost);
    leave(core, &mut session, reason, ruling);
}

/// The network under a session is gone.
pub(super) fn lost(core: &mut Core, mut session: Box<Session>, ruling: &mut Ruling<'_>) {
    leave(core, &mut session, Reason::ConnectionLost, ruling);
}

/// What is to be done whenever a session loses its connection.
fn leave(core: &mut Core, session: &mut Session, reason: Reason, ruling: &mut Ruling<'_>) {
    session::leave(core, session, ruling);
    lifecycle::disconnected(core, session, reason, ruling);
    will::ended(core, session, ruling);
}

/// Bytes came that are no packet, or one that the protocol forbids.
pub(super) fn malformed(
    core: &mut Core,
    session: Box<Session>,
    why: &Malformed,
    ruling: &mut Ruling<'_>,
) {
    if why.clause == NEITHER_TOPIC_NOR_ALIAS {
        ruling.note(v5::ALIAS_IS_A_PROPERTY, false);
    }
    let (rule, reason) = match (why.clause, why.oversize_bytes) {
        (_, Some(_)) if session.is_v5() => (v5::MAXIMUM_PACKET_SIZE, PACKET_TOO_LARGE),
        (_, Some(_)) => (limit::MESSAGE_OF_512_KIB, PACKET_TOO_LARGE),
        (RESPONSE_TOPIC_HAS_WILDCARD, _) => (open::DOLLAR_TOPICS, PROTOCOL_ERROR),
        (TOPIC_ALIAS_IS_0, _) => (v5::TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS_INVALID),
        _ if session.is_v5() => (v5::CODES_OF_THE_STANDARD, MALFORMED_PACKET),
        _ => (qos::QOS_1_IS_ACKNOWLEDGED, MALFORMED_PACKET),
    };
    match Ending::unless(false, rule, reason, ruling) {
        Ok(()) => core.give_back(session.conn, State::EventGrid(session)),
        Err(ending) => end(core, session, &ending, ruling),
    }
}

/// Tells an MQTT 5 client why, and closes.
fn say(core: &Core, session: &Session, ending: &Ending, ruling: &mut Ruling<'_>) {
    let Ending { because, reason } = *ending;
    if session.is_v5() && ruling.value(v5::DISCONNECT_BY_THE_SERVER, true, false) {
        let properties = reason_string(core, &session.host, because, ruling);
        let properties = properties.into_iter().collect();
        let disconnect = Disconnect { reason: told(reason, ruling), properties };
        ruling.send(session.conn, Packet::Disconnect(disconnect), because);
    }
    ruling.close(session.conn, because);
}

/// Why, in words, where the namespace tells.
fn reason_string(
    core: &Core,
    host: &str,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> Option<Property> {
    let tells = core.namespace(host)?.profile.reason_strings;
    let tells = ruling.value(open::REASON_STRINGS, tells, !tells);
    let why = || ruling.why.as_deref().unwrap_or(because.clause().says).to_owned();
    tells.then(|| Property::ReasonString(why()))
}

/// The reason code, which differs by the cause.
pub(super) fn told(reason: u8, ruling: &mut Ruling<'_>) -> u8 {
    let reason = ruling.value(v5::CODES_TELL_WHY, reason, UNSPECIFIED_ERROR);
    let reason = ruling.value(v5::CODES_TELL_CAUSES_APART, reason, UNSPECIFIED_ERROR);
    let is_of_mqtt_5 = matches!(
        reason,
        QOS_NOT_SUPPORTED
            | RETAIN_NOT_SUPPORTED
            | PACKET_TOO_LARGE
            | TOPIC_ALIAS_INVALID
            | SHARED_SUBSCRIPTIONS_NOT_SUPPORTED
            | SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED
            | KEEP_ALIVE_TIMEOUT
    );
    if is_of_mqtt_5 {
        return ruling.value(open::CODES_OF_MQTT_5, reason, UNSPECIFIED_ERROR);
    }
    // A code that no packet of the broker has.
    ruling.value(v5::CODES_OF_THE_STANDARD, reason, 0x03)
}

/// The value of the first property for which `find` has one.
pub(super) fn find<T>(properties: &[Property], find: impl Fn(&Property) -> Option<T>) -> Option<T> {
    properties.iter().find_map(find)
}
