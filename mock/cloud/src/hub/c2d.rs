//! HUB-C2D: cloud-to-device messages, from the queue to the device and back.

mod orders;
mod topic;

use std::collections::{BTreeSet, VecDeque};

use wire::{Packet, Publish, Qos};

pub(crate) use self::orders::{purge, send, take_feedback};
use super::{
    Session, limit, open, sdk, sub, tier,
    topic::{Feed, feed},
};
use crate::{
    cloud::Core,
    dialect::State,
    feedback::{Feedback, Outcome},
    identity::IdentityId,
    input::ConnId,
    order::C2dOrder,
    profile::{HubProfile, Reaction},
    queue::{self, Limits, Message, Queue, Released},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    session::Granted,
    timer::Timer,
};

rules! {
    ASKED_FOR_BY_ITS_FILTER = "HUB-C2D-001";
    HASH_STANDS_FOR_ANY_BAG = "HUB-C2D-002";
    NO_WILDCARD_BELOW = "HUB-C2D-003";
    NOTHING_BEFORE_SUBSCRIBING = "HUB-C2D-004";
    OWN_ENDPOINT_ONLY = "HUB-C2D-005";
    LATER_MESSAGES_ARRIVE = "HUB-C2D-006";
    EARLIER_MESSAGES_DO_NOT = "HUB-C2D-007";
    SUBSCRIPTION_OUTLIVES_CONNECTION = "HUB-C2D-008";
    WHAT_WAITED_ARRIVES = "HUB-C2D-009";
    CLEAN_SESSION_HAS_NO_SUBSCRIPTION = "HUB-C2D-010";
    BARE_TOPIC = "HUB-C2D-011";
    TOPIC_WITH_BAG = "HUB-C2D-012";
    BAG_IS_URL_ENCODED = "HUB-C2D-013";
    APPLICATION_PROPERTIES_ARE_IN = "HUB-C2D-014";
    SETTABLE_SYSTEM_PROPERTIES_ARE_IN = "HUB-C2D-015";
    NO_OTHER_SYSTEM_PROPERTY_IS_IN = "HUB-C2D-016";
    SYSTEM_NAMES_HAVE_A_DOLLAR = "HUB-C2D-017";
    APPLICATION_NAMES_ARE_KEPT = "HUB-C2D-018";
    NULL_IS_A_BARE_KEY = "HUB-C2D-019";
    EMPTY_IS_KEY_AND_EQUALS_SIGN = "HUB-C2D-020";
    OTHERS_ARE_KEY_AND_VALUE = "HUB-C2D-021";
    SPACE_IS_PERCENT_20 = "HUB-C2D-022";
    QUESTION_MARK_IS_READ = "HUB-C2D-023";
    GRANTED_AT_MOST_1 = "HUB-C2D-024";
    DELIVERED_AT_1 = "HUB-C2D-025";
    NO_REJECTING = "HUB-C2D-026";
    NO_ANSWER_BY_DELIVERY = "HUB-C2D-027";
}

/// The sequence number that the next message to this device will have.
pub(super) fn next_sequence_number(core: &Core, session: &Session) -> u64 {
    core.registry
        .hub(&session.host)
        .and_then(|hub| hub.identities.get(&session.id))
        .map_or(1, |identity| identity.queue.last_sequence_number + 1)
}

/// Notes how a device asks for its messages. What the hub refuses is judged where it is refused.
pub(super) fn note_filter(session: &Session, filter: &str, ruling: &mut Ruling<'_>) {
    let asks = filter.to_ascii_lowercase().contains("/messages/devicebound");
    if session.id.module.is_some() || !asks {
        return;
    }
    match feed(&session.id, filter) {
        // `devices/+/…` is no documented spelling, and yet the vendor's embedded SDK has no other.
        Ok(_) if filter.starts_with("devices/+/") => {}
        Ok(_) => {
            ruling.note(ASKED_FOR_BY_ITS_FILTER, true);
            ruling.note(NO_WILDCARD_BELOW, true);
        }
        Err(_) => ruling.note(ASKED_FOR_BY_ITS_FILTER, false),
    }
    ruling.note(HASH_STANDS_FOR_ANY_BAG, filter.ends_with("/#"));
}

/// Whether a hub of this tier grants the filter: one of the basic tier treats it as it treats a filter
/// that no document names.
pub(super) fn is_in_tier(profile: &HubProfile, ruling: &mut Ruling<'_>) -> Result<bool, Broken> {
    let is_in = !profile.is_basic();
    match profile.unsupported_filter {
        Reaction::Close => ruling.uphold(tier::NO_C2D_ON_BASIC, is_in).map(|()| true),
        Reaction::Suback80 => Ok(ruling.value(tier::NO_C2D_ON_BASIC, is_in, true)),
        Reaction::Accept => Ok(true),
    }
}

/// A connection was made: the subscriptions of its session stand, and what waited goes out.
pub(super) fn resumed(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    if ruling.value(SUBSCRIPTION_OUTLIVES_CONNECTION, false, true) {
        let id = session.id.clone();
        session.subscriptions.retain(|filter, _| feed(&id, filter) != Ok(Feed::CloudToDevice));
    }
    if ruling.value(open::QUEUE_FOLLOWS_THE_SESSION, true, false) {
        push(core, session, WHAT_WAITED_ARRIVES, ruling);
    }
}

/// Delivers what is enqueued and subscribed to, in order.
pub(super) fn deliver(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    push(core, session, LATER_MESSAGES_ARRIVE, ruling);
}

/// PUBACK of a delivery. One of an unknown packet id means nothing, nor does one that comes after the
/// lock was lost.
pub(super) fn completed(
    core: &mut Core,
    session: &mut Session,
    packet_id: u16,
    ruling: &mut Ruling<'_>,
) {
    let Some(at) = session.in_flight.iter().position(|(id, _)| *id == packet_id) else { return };
    if session.in_flight.len() > 1 {
        ruling.note(open::PUBACKS_IN_ORDER, at == 0);
    }
    if core.profile(&session.host).bag_question_mark {
        ruling.note(QUESTION_MARK_IS_READ, true);
    }
    sdk::received(session, ruling);
    if !ruling.value(open::PUBACK_COMPLETES, true, false) {
        return;
    }
    if let Some((_, number)) = session.in_flight.remove(at) {
        complete(core, session, number, Outcome::Success, ruling);
    }
}

/// The connection ended: what it had not acknowledged goes back into the queue.
pub(super) fn abandon(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    let counts = ruling.value(open::LOCK_AND_DELIVERY_COUNT, true, false);
    let limits = limits(core, &session.host, ruling);
    for (_, number) in std::mem::take(&mut session.in_flight) {
        if ruling.value(NO_REJECTING, false, true) {
            complete(core, session, number, Outcome::Rejected, ruling);
            continue;
        }
        let conn = session.conn;
        let Some(queue) = queue_of(core, &session.host, &session.id) else { return };
        if let Released::DeadLettered(message, outcome) =
            queue.abandon(number, conn, counts, limits)
        {
            report(core, &session.host, &session.id, &message, outcome, ruling);
        }
    }
}

/// Clean Session 1 empties the queue at CONNECT. What the senders hear is not documented; Purged is
/// what an emptied queue means elsewhere.
pub(super) fn wipe(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    if ruling.value(open::QUEUE_FOLLOWS_THE_SESSION, true, false) {
        empty(core, &session.host, &session.id, ruling);
    }
}

/// A publish to another device's endpoint goes nowhere, unless HUB-LIMIT-007 is broken on purpose.
/// Whether it may be published at all is HUB-SUB's question.
pub(super) fn carry_to_another_device(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) {
    if !ruling.value(limit::NO_DEVICE_TO_DEVICE, false, true) {
        return;
    }
    let Some(other) = owner(&publish.topic).map(IdentityId::device) else { return };
    if other != session.id && queue_of(core, &session.host, &other).is_some() {
        let body = String::from_utf8_lossy(&publish.payload).into_owned();
        let order = C2dOrder { body, ..C2dOrder::default() };
        orders::put(core, &session.host, &other, &order, None);
        orders::deliver_to(core, &session.host, &other, ruling);
    }
}

/// A lock's time is over: the message is enqueued again and, with its device there, goes out again.
pub(crate) fn lock_lapsed(
    core: &mut Core,
    host: &str,
    device: &str,
    number: u64,
    ruling: &mut Ruling<'_>,
) {
    let id = IdentityId::device(device);
    let counts = ruling.value(open::LOCK_AND_DELIVERY_COUNT, false, true);
    let limits = limits(core, host, ruling);
    let Some(queue) = queue_of(core, host, &id) else { return };
    match queue.lapse(number, counts, limits) {
        Released::NotLocked => {}
        Released::DeadLettered(message, outcome) => {
            report(core, host, &id, &message, outcome, ruling);
        }
        Released::Enqueued => with_session(core, host, &id, |core, session| {
            let is_unread = session.in_flight.iter().any(|(_, in_flight)| *in_flight == number);
            if is_unread {
                ruling.note(sdk::SENDS_AND_RECEIVES, false);
            }
            if is_unread && core.profile(host).bag_question_mark {
                ruling.note(QUESTION_MARK_IS_READ, false);
            }
            push(core, session, open::LOCK_AND_DELIVERY_COUNT, ruling);
        }),
    }
}

/// A message's lifetime is over.
pub(crate) fn expired(
    core: &mut Core,
    host: &str,
    device: &str,
    number: u64,
    ruling: &mut Ruling<'_>,
) {
    if !ruling.value(open::C2D_EXPIRES, true, false) {
        return;
    }
    let (id, now) = (IdentityId::device(device), core.now);
    let gone = queue_of(core, host, &id).and_then(|queue| queue.expire(number, now));
    if let Some(message) = gone {
        report(core, host, &id, &message, Outcome::Expired, ruling);
    }
}

/// Delivers to a session, by the rule that its occasion has.
fn push(core: &mut Core, session: &mut Session, because: Rule, ruling: &mut Ruling<'_>) {
    let Some(granted) = subscription(session, ruling) else { return };
    let first = ruling.value(EARLIER_MESSAGES_DO_NOT, granted.first_sequence_number, 0);
    let numbers = queue_of(core, &session.host, &session.id)
        .map(|queue| queue.deliverable(first))
        .unwrap_or_default();
    let as_granted = granted.qos.min(Qos::AtLeastOnce);
    let qos = ruling.value(open::GRANTED_AT_MOST_1, as_granted, Qos::AtLeastOnce);
    for number in numbers {
        push_one(core, session, qos, number, because, ruling);
    }
}

fn push_one(
    core: &mut Core,
    session: &mut Session,
    qos: Qos,
    number: u64,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let (conn, until) = (session.conn, core.now.plus_s(queue::LOCK_S));
    let question_mark = core.profile(&session.host).bag_question_mark;
    let Some(queue) = queue_of(core, &session.host, &session.id) else { return };
    let Some(message) = queue.get(number) else { return };
    if !ruling.value(HASH_STANDS_FOR_ANY_BAG, true, !message.has_properties()) {
        return;
    }
    let is_again = message.delivery_count > 0;
    let is_acknowledged = qos == Qos::AtLeastOnce;
    let topic = topic::of(&session.id, message, question_mark, ruling);
    let payload = message.body.clone();
    let mut packet_id = None;
    if is_acknowledged {
        session.in_flight.retain(|(_, in_flight)| *in_flight != number);
        packet_id = free_packet_id(&session.in_flight, session.last_packet_id, message.packet_id);
        let Some(id) = packet_id else { return };
        if message.packet_id != packet_id {
            session.last_packet_id = id;
        }
    }
    queue.lock(number, conn, until, packet_id);
    let completes = ruling.value(open::PUBACK_COMPLETES, true, false);
    if is_acknowledged || !is_again || !completes {
        let qos = match qos {
            Qos::AtLeastOnce => ruling.value(DELIVERED_AT_1, qos, Qos::ExactlyOnce),
            other => other,
        };
        let dup = is_acknowledged && is_again == completes;
        let publish = Publish { dup, qos, topic, packet_id, payload, ..Publish::default() };
        ruling.send(conn, Packet::Publish(publish), because);
    }
    // Neither end counts on what goes out at QoS 0.
    let forgets = ruling.value(sdk::QOS_0_MAY_GET_LOST, completes, false);
    match packet_id {
        None if forgets => complete(core, session, number, Outcome::Success, ruling),
        _ => {
            session.in_flight.extend(packet_id.map(|packet_id| (packet_id, number)));
            let (hub, device) = (session.host.clone(), session.id.device.clone());
            core.timers.set(until, Timer::C2dLock { hub, device, sequence_number: number });
        }
    }
}

/// What the session is subscribed to, if at all.
fn subscription(session: &Session, ruling: &mut Ruling<'_>) -> Option<Granted> {
    let unasked = Granted { qos: Qos::AtLeastOnce, first_sequence_number: 0 };
    let granted = sub::granted(session, Feed::CloudToDevice);
    if granted.is_some() || session.id.module.is_some() {
        return granted;
    }
    let always = ruling.value(NOTHING_BEFORE_SUBSCRIBING, None, Some(unasked));
    let if_clean = ruling.value(CLEAN_SESSION_HAS_NO_SUBSCRIPTION, None, Some(unasked));
    always.or(if_clean.filter(|_| session.clean))
}

/// The message's own packet id, or else the next one after `last`; never one that is in flight. `None`
/// when all are: a purge takes messages and leaves their ids waiting for a PUBACK.
fn free_packet_id(in_flight: &VecDeque<(u16, u64)>, last: u16, own: Option<u16>) -> Option<u16> {
    let taken: BTreeSet<u16> = in_flight.iter().map(|(id, _)| *id).collect();
    let is_free = |id: &u16| !taken.contains(id);
    own.filter(is_free).or_else(|| (last..u16::MAX).chain(0..last).map(|id| id + 1).find(is_free))
}

/// Takes a delivered message off the queue, unless its lock is lost.
fn complete(
    core: &mut Core,
    session: &Session,
    number: u64,
    outcome: Outcome,
    ruling: &mut Ruling<'_>,
) {
    let gone = queue_of(core, &session.host, &session.id)
        .and_then(|queue| queue.complete(number, session.conn));
    if let Some(message) = gone {
        report(core, &session.host, &session.id, &message, outcome, ruling);
    }
}

/// Takes everything off a queue; the number of messages that it held.
fn empty(core: &mut Core, host: &str, id: &IdentityId, ruling: &mut Ruling<'_>) -> usize {
    let messages = queue_of(core, host, id).map(Queue::purge).unwrap_or_default();
    for message in &messages {
        report(core, host, id, message, Outcome::Purged, ruling);
    }
    messages.len()
}

/// Tells the service side what became of a message, if its sender wants to know.
fn report(
    core: &mut Core,
    host: &str,
    id: &IdentityId,
    message: &Message,
    outcome: Outcome,
    ruling: &mut Ruling<'_>,
) {
    let enqueued_time_utc = core.now.round_trip();
    let Some(hub) = core.registry.hub_mut(host).filter(|_| message.ack.wants(outcome)) else {
        return;
    };
    let generation_id = hub.identities.get(id).map(|identity| identity.generation_id.clone());
    let record = Feedback {
        hub: hub.host.clone(),
        original_message_id: message.message_id.clone(),
        description: outcome,
        status_code: outcome,
        device_generation_id: generation_id.unwrap_or_default(),
        device_id: id.device.clone(),
        enqueued_time_utc,
    };
    hub.feedback.push_back(record.clone());
    ruling.give_feedback(record, open::FEEDBACK);
}

/// Hands the live session of an identity to `act`, if it has one.
fn with_session(
    core: &mut Core,
    host: &str,
    id: &IdentityId,
    act: impl FnOnce(&mut Core, &mut Session),
) {
    let conn: Option<ConnId> = core.identity_mut(host, id).and_then(|identity| identity.conn);
    let Some(conn) = conn else { return };
    match core.take(conn) {
        State::Hub(mut session) => {
            act(core, &mut session);
            core.give_back(conn, State::Hub(session));
        }
        other => core.give_back(conn, other),
    }
}

fn queue_of<'a>(core: &'a mut Core, host: &str, id: &IdentityId) -> Option<&'a mut Queue> {
    core.identity_mut(host, id).map(|identity| &mut identity.queue)
}

/// When messages of this hub are given up.
fn limits(core: &Core, host: &str, ruling: &mut Ruling<'_>) -> Limits {
    let expires = ruling.value(open::C2D_EXPIRES, true, false);
    Limits { now: core.now, expires, max_delivery_count: core.profile(host).c2d_max_delivery_count }
}

/// The device that a topic below `devices/` names with its telemetry or its message endpoint.
fn owner(topic: &str) -> Option<&str> {
    let (device, endpoint) = topic.strip_prefix("devices/")?.split_once("/messages/")?;
    let known = endpoint.starts_with("devicebound") || endpoint.starts_with("events");
    known.then_some(device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packet_ids_go_round_and_skip_those_in_flight() {
        let all: Vec<u16> = (1..=u16::MAX).collect();
        for (in_flight, last, own, expected) in [
            (&[][..], 0, None, Some(1)),
            (&[1, 2], 0, None, Some(3)),
            (&[1], 65_535, None, Some(2)),
            (&[], 65_534, None, Some(65_535)),
            (&[65_535, 1], 65_534, None, Some(2)),
            (&[], 5, Some(3), Some(3)),
            (&[3], 5, Some(3), Some(6)),
            (&all, 5, Some(3), None),
        ] {
            let in_flight = in_flight.iter().map(|id| (*id, 0)).collect();
            assert_eq!(free_packet_id(&in_flight, last, own), expected, "{last} {own:?}");
        }
    }

    #[test]
    fn the_device_that_a_topic_names() {
        for (topic, expected) in [
            ("devices/d2/messages/devicebound/", Some("d2")),
            ("devices/d2/messages/events/a=b", Some("d2")),
            ("devices/d2/messages/else/", None),
            ("devices/d2", None),
            ("$iothub/twin/GET/?$rid=1", None),
        ] {
            assert_eq!(owner(topic), expected, "{topic}");
        }
    }
}
