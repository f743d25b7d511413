//! HUB-WILL: the last message of a device.

use wire::Connect;

use super::{Session, bag::Properties, d2c, limit, module, open, route, topic::Topic};
use crate::{
    cloud::Core,
    rule::{Rule, rules},
    ruling::Ruling,
};

rules! {
    A_WILL_IS_ALLOWED = "HUB-WILL-001";
    BARE_TOPIC = "HUB-WILL-002";
    TOPIC_WITH_BAG = "HUB-WILL-003";
    BECOMES_TELEMETRY = "HUB-WILL-004";
    SENT_WITHOUT_DISCONNECT = "HUB-WILL-005";
    FORGOTTEN_AT_DISCONNECT = "HUB-WILL-006";
    GOES_WHERE_MESSAGES_GO = "HUB-WILL-007";
    MARKED_AS_WILL = "HUB-WILL-008";
}

/// Notes the Will of a CONNECT.
pub(super) fn note(session: &Session, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(will) = &connect.will else { return };
    ruling.note(A_WILL_IS_ALLOWED, true);
    let topic = Topic::of(&session.id, &will.topic);
    ruling.note(limit::TOPICS_ARE_FIXED, matches!(topic, Topic::Telemetry { .. }));
    match topic {
        Topic::Telemetry { bag, .. } => ruling.note(rule_of(session, bag), true),
        _ if session.id.module.is_some() => ruling.note(module::WILL_TOPIC, false),
        _ => {}
    }
}

/// The connection ended: sends the Will, unless a DISCONNECT took it back.
pub(super) fn send(
    core: &mut Core,
    session: &mut Session,
    said_disconnect: bool,
    ruling: &mut Ruling<'_>,
) {
    let Some(will) = session.will.take() else { return };
    let wanted = if said_disconnect {
        ruling.value(FORGOTTEN_AT_DISCONNECT, false, true)
    } else {
        ruling.value(SENT_WITHOUT_DISCONNECT, true, false)
    };
    let Topic::Telemetry { bag, .. } = Topic::of(&session.id, &will.topic) else { return };
    if !wanted || !ruling.value(A_WILL_IS_ALLOWED, true, false) {
        return;
    }
    if !ruling.value(rule_of(session, bag), true, false) {
        return;
    }
    let mut properties = Properties::parse(bag);
    if ruling.value(MARKED_AS_WILL, true, false) {
        properties.add("iothub-MessageType", "Will");
    }
    let retain = ruling.value(open::WILL_ON_EVERY_OTHER_END, will.retain, false);
    d2c::mark_retained(core, &session.host, retain, &mut properties, ruling);
    let routing = core.profile(&session.host).routing;
    let (routed, body) = route::of(routing, &properties, &will.payload, ruling);
    let endpoint = ruling.value(GOES_WHERE_MESSAGES_GO, routed, "nowhere");
    d2c::store(core, session, properties, body, endpoint, BECOMES_TELEMETRY, ruling);
}

/// By which rule a Will's topic is one.
fn rule_of(session: &Session, bag: &str) -> Rule {
    match (&session.id.module, bag) {
        (Some(_), _) => module::WILL_TOPIC,
        (None, "") => BARE_TOPIC,
        (None, _) => TOPIC_WITH_BAG,
    }
}
