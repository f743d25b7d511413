//! HUB-WILL: the last message of a device.

use wire::Connect;

use super::{Session, bag::Properties, d2c, limit, module, open, topic::Topic};
use crate::{cloud::Core, rule::rules, ruling::Ruling};

rules! {
    A_WILL_IS_ALLOWED = "HUB-WILL-001";
    BARE_TOPIC = "HUB-WILL-002";
    TOPIC_WITH_BAG = "HUB-WILL-003";
    BECOMES_TELEMETRY = "HUB-WILL-004";
    SENT_WITHOUT_DISCONNECT = "HUB-WILL-005";
    FORGOTTEN_AT_DISCONNECT = "HUB-WILL-006";
    DEFAULT_ENDPOINT = "HUB-WILL-007";
    MARKED_AS_WILL = "HUB-WILL-008";
}

/// Notes the Will of a CONNECT.
pub(super) fn note(session: &Session, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(will) = &connect.will else { return };
    ruling.note(A_WILL_IS_ALLOWED, true);
    let topic = Topic::of(&session.id, &will.topic);
    ruling.note(limit::TOPICS_ARE_FIXED, matches!(topic, Topic::Telemetry { .. }));
    if let Topic::Telemetry { bag, .. } = topic {
        let rule = match (&session.id.module, bag) {
            (Some(_), _) => module::WILL_TOPIC,
            (None, "") => BARE_TOPIC,
            (None, _) => TOPIC_WITH_BAG,
        };
        ruling.note(rule, true);
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
    let rule = match (&session.id.module, bag) {
        (Some(_), _) => module::WILL_TOPIC,
        (None, "") => BARE_TOPIC,
        (None, _) => TOPIC_WITH_BAG,
    };
    if !ruling.value(rule, true, false) {
        return;
    }
    let mut properties = Properties::parse(bag);
    if ruling.value(MARKED_AS_WILL, true, false) {
        properties.add("iothub-MessageType", "Will");
    }
    let retain = ruling.value(open::WILL_ON_EVERY_OTHER_END, will.retain, false);
    d2c::mark_retained(core, &session.host, retain, &mut properties, ruling);
    let endpoint = ruling.value(DEFAULT_ENDPOINT, "events", "nowhere");
    d2c::store(core, session, properties, will.payload, endpoint, BECOMES_TELEMETRY, ruling);
}
