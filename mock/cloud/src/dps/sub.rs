//! DPS-SUB: a closed list of topics and one filter.

use wire::{Packet, Publish, Suback, Subscribe, Unsuback, Unsubscribe};

use super::{
    Session, limit, open, poll, qos, reg,
    topic::{ANSWERS, Feed, Meant, feed},
};
use crate::{
    cloud::Core,
    profile::Reaction,
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    HASH_IS_FOR_PROPERTIES = "DPS-SUB-001";
    NO_WILDCARD_BELOW = "DPS-SUB-002";
    DOCUMENTED_TOPICS_ONLY = "DPS-SUB-003";
    DOCUMENTED_FILTERS_ONLY = "DPS-SUB-004";
}

const FAILURE: u8 = 0x80;

/// Judges each filter and answers all of them in one SUBACK.
pub(super) fn subscribe(
    core: &Core,
    session: &mut Session,
    subscribe: &Subscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let mut codes = Vec::with_capacity(subscribe.filters.len());
    for filter in &subscribe.filters {
        codes.push(grant(core, session, &filter.filter, filter.qos, ruling)?);
    }
    let suback = Suback { packet_id: subscribe.packet_id, properties: Vec::new(), codes };
    ruling.send(session.conn, Packet::Suback(suback), DOCUMENTED_FILTERS_ONLY);
    Ok(())
}

/// Drops the subscription, and says so whatever was named.
pub(super) fn unsubscribe(
    session: &mut Session,
    unsubscribe: &Unsubscribe,
    ruling: &mut Ruling<'_>,
) {
    if unsubscribe.filters.iter().any(|filter| filter == ANSWERS) {
        session.answers = None;
    }
    let unsuback = Unsuback { packet_id: unsubscribe.packet_id, ..Unsuback::default() };
    ruling.send(session.conn, Packet::Unsuback(unsuback), open::LEAVING);
}

/// A publish to a topic that no document names.
pub(super) fn unsupported_publish(
    core: &Core,
    session: &mut Session,
    publish: &Publish,
    meant: Meant,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    match meant {
        Meant::Register => ruling.note(reg::REGISTER_TOPIC, false),
        Meant::Poll => ruling.note(poll::POLL_TOPIC, false),
        Meant::Nothing => {}
    }
    ruling.note(limit::NO_BROKER, false);
    relay(session, publish, ruling);
    match reaction(core, session, ruling) {
        Reaction::Close => ruling.uphold(DOCUMENTED_TOPICS_ONLY, false)?,
        Reaction::Suback80 | Reaction::Accept => ruling.note(DOCUMENTED_TOPICS_ONLY, false),
    }
    qos::acknowledge(session, publish, ruling);
    Ok(())
}

/// The return code for one filter.
fn grant(
    core: &Core,
    session: &mut Session,
    filter: &str,
    asked: wire::Qos,
    ruling: &mut Ruling<'_>,
) -> Result<u8, Broken> {
    let granted = qos::grant(asked, ruling);
    let rule = match feed(filter) {
        Feed::Answers => {
            ruling.note(limit::NO_BROKER, true);
            ruling.grant(HASH_IS_FOR_PROPERTIES)?;
            ruling.note(DOCUMENTED_FILTERS_ONLY, true);
            session.answers = Some(granted);
            return Ok(granted.granted.level());
        }
        Feed::SomeAnswers => {
            ruling.note(HASH_IS_FOR_PROPERTIES, false);
            NO_WILDCARD_BELOW
        }
        Feed::Unsupported => DOCUMENTED_FILTERS_ONLY,
    };
    ruling.note(limit::NO_BROKER, false);
    match reaction(core, session, ruling) {
        Reaction::Close => ruling.uphold(rule, false)?,
        Reaction::Suback80 => {
            ruling.note(rule, false);
            return Ok(FAILURE);
        }
        Reaction::Accept => ruling.note(rule, false),
    }
    Ok(granted.granted.level())
}

/// What the profile has DPS do about a topic or filter that no document names.
fn reaction(core: &Core, session: &Session, ruling: &mut Ruling<'_>) -> Reaction {
    let right = core.dps_profile(&session.scope).unsupported_topic;
    let wrong = match right {
        Reaction::Close => Reaction::Suback80,
        Reaction::Suback80 | Reaction::Accept => Reaction::Close,
    };
    ruling.value(open::UNSUPPORTED_TOPIC, right, wrong)
}

/// What a broker would do. DPS does it only when DPS-LIMIT-001 is broken on purpose.
fn relay(session: &mut Session, publish: &Publish, ruling: &mut Ruling<'_>) {
    let is_wanted = session.answers.is_some() && wire::topic::matches(ANSWERS, &publish.topic);
    if is_wanted && ruling.value(limit::NO_BROKER, false, true) {
        let packet_id = publish.packet_id.map(|_| session.next_packet_id());
        let copy = Publish { packet_id, ..publish.clone() };
        ruling.send(session.conn, Packet::Publish(copy), HASH_IS_FOR_PROPERTIES);
    }
}
