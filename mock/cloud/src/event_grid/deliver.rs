//! A message on its way to those who have subscribed.

use std::sync::Arc;

use broker::{Copies, Delivery, Message, Target, Turn, Window};
use bytes::Bytes;
use wire::{Ack, Packet, Property, Publish, Qos, Version};

use super::{
    Due, Session,
    access::Identity,
    end::{self, Ending},
    model::Permission,
    namespace::{Link, Namespace},
    open, order, proto, qos, session, v5,
};
use crate::{
    cloud::Core,
    profile::{EventGridProfile, Overlap},
    rule::Rule,
    ruling::{Broken, Ruling},
    timer::Timer,
};

/// Brings a message to every session that has subscribed, connected or not.
pub(super) fn route(
    core: &mut Core,
    host: &str,
    message: Message,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let Some(namespace) = core.namespace(host) else { return };
    let copies = match namespace.profile.overlap {
        Overlap::One => ruling.value(open::OVERLAPS_COME_ONCE, Copies::One, Copies::Each),
        Overlap::Each => ruling.value(open::OVERLAPS_COME_ONCE, Copies::Each, Copies::One),
    };
    let targets = namespace.broker.targets(&message, copies);
    let message = Arc::new(message);
    for mut target in targets {
        if target.is_wide && !may_have(core, host, &target, &message) {
            continue;
        }
        if proto::crosses(core, host, &message, &target, ruling).is_err() {
            continue;
        }
        if target.qos != message.qos {
            target.qos = ruling.value(open::LOWER_QOS_COUNTS, target.qos, message.qos);
        }
        offer(core, host, &message, &target, because, ruling);
    }
}

/// Whether a client may have this message, whose filter is wider than what it may have.
fn may_have(core: &Core, host: &str, target: &Target, message: &Message) -> bool {
    let Some(namespace) = core.namespace(host) else { return false };
    let live = namespace.live.get(&target.session).map(|link| link.client.clone());
    let client = live.or_else(|| {
        let kept = namespace.broker.session(&target.session)?;
        namespace.client_named(&kept.owner).map(Identity::from)
    });
    client.is_some_and(|it| namespace.may(&it, Permission::Subscriber, &message.topic))
}

/// Brings a message to one session.
pub(super) fn offer(
    core: &mut Core,
    host: &str,
    message: &Arc<Message>,
    target: &Target,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let now = core.now;
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    let Namespace { profile, broker, live, rates, .. } = namespace;
    let room = session::room(profile, ruling);
    let Some(kept) = broker.session_mut(&target.session) else { return };
    let counted_ms = ruling.value(v5::EXPIRED_MESSAGES_GO, now.ms(), 0);
    if target.qos == Qos::AtLeastOnce && kept.overflows(message, room, counted_ms) {
        return session::overflow(core, host, &target.session, ruling);
    }
    let is_offline = !live.contains_key(&target.session);
    if is_offline && ruling.gives_wrong_value(session::QUEUED_WHILE_OFFLINE) {
        return;
    }
    let must_wait = kept.has_waiting();
    let Some(delivery) = kept.offer(message.clone(), target) else {
        return pump_because(core, host, &target.session, because, ruling);
    };
    // At QoS 0, which is for those alone who are there.
    let Some(link) = live.get_mut(&target.session) else { return };
    if must_wait && ruling.grant(order::NONE_ACROSS_QOS).is_err() {
        return;
    }
    let bytes = message.payload.len();
    if !link.held_back.is_empty() || rates.wait_ms(&target.session, bytes, profile, now, ruling) > 0
    {
        if link.held_back.len() < profile.queue_messages {
            link.held_back.push_back(delivery);
        }
        return pump_because(core, host, &target.session, because, ruling);
    }
    for _ in 0..ruling.value(qos::QOS_0_IS_SENT_ONCE, 1, 2) {
        is_sent(link, &delivery, profile, now.ms(), because, ruling);
    }
}

/// Sends a connected session what waits for it, as far as its window lets it out.
pub(super) fn pump(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    pump_because(core, host, name, session::MISSED_MESSAGES_ARE_KEPT, ruling);
}

/// What the rate held back may go now.
pub(super) fn due(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let now_ms = core.now.ms();
    let namespace = core.registry.namespaces.get_mut(host);
    let Some(link) = namespace.and_then(|it| it.live.get_mut(name)) else { return };
    if link.wakes_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        link.wakes_at_ms = None;
        pump_because(core, host, name, open::OUTBOUND_RATE, ruling);
    }
}

fn pump_because(core: &mut Core, host: &str, name: &str, because: Rule, ruling: &mut Ruling<'_>) {
    let now = core.now;
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    let Namespace { profile, broker, live, rates, .. } = namespace;
    let Some((name, kept)) = broker.session_entry(name) else { return };
    let Some(link) = live.get_mut(&name) else { return };
    let window = window(link, profile, ruling);
    let valid_ms = ruling.value(v5::ONLY_VALID_MESSAGES, now.ms(), 0);
    let mut wait_ms = 0;
    while let Some(first) = link.held_back.front() {
        wait_ms = rates.wait_ms(&name, first.message.payload.len(), profile, now, ruling);
        if wait_ms > 0 {
            break;
        }
        if let Some(delivery) = link.held_back.pop_front() {
            is_sent(link, &delivery, profile, now.ms(), because, ruling);
        }
    }
    while wait_ms == 0
        && let Some(first) = kept.peek(valid_ms, window)
    {
        wait_ms = rates.wait_ms(&name, first.payload.len(), profile, now, ruling);
        if wait_ms > 0 {
            break;
        }
        let Some(delivery) = kept.next(valid_ms, window) else { break };
        let because = if delivery.dup { qos::SENT_AGAIN } else { because };
        if !is_sent(link, &delivery, profile, now.ms(), because, ruling)
            && let Some(packet_id) = delivery.packet_id
            && ruling.value(open::TOO_LARGE_FOR_THE_CLIENT, true, false)
        {
            kept.acknowledge(packet_id);
        }
    }
    if wait_ms > 0 && link.wakes_at_ms.is_none() {
        let at = now.plus_ms(wait_ms);
        link.wakes_at_ms = Some(at.ms());
        core.timers.set(at, Timer::event_grid(&host.into(), Due::Delivery { session: name }));
    }
}

/// What may be under way to a client, and which message is next.
fn window(link: &Link, profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> Window {
    let most = ruling.value(open::IN_FLIGHT_LIMITS, profile.outbound_in_flight, u16::MAX);
    let most =
        ruling.value(v5::RECEIVE_MAXIMUM_OF_THE_CLIENT, link.receive_maximum.min(most), u16::MAX);
    let bytes = profile.outbound_in_flight_bytes;
    let bytes = ruling.value(open::IN_FLIGHT_LIMITS, bytes, usize::MAX);
    let is_ordered = if !profile.ordered {
        ruling.value(open::ORDER_IS_NEW, false, true)
    } else if link.version == Version::V5 {
        let is_ordered = ruling.value(order::IN_ORDER, true, false);
        ruling.value(open::ORDER_IS_NEW, is_ordered, false)
    } else {
        true
    };
    let turn = if is_ordered {
        ruling.value(order::NONE_ACROSS_TOPICS, Turn::FirstOfItsTopic, Turn::First)
    } else {
        Turn::Last
    };
    Window { messages: most.into(), bytes, turn }
}

/// PUBACK: the client has a message, and the next one may go.
pub(super) fn acknowledged(
    core: &mut Core,
    session: &Session,
    ack: &Ack,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let profile = &namespace.profile;
    let rule = v5::NO_USER_PROPERTIES_ON_PUBACK;
    v5::judge_user_properties(&ack.properties, rule, profile, ruling)?;
    let reason = ruling.value(open::CODE_OF_A_FAILED_PUBACK, profile.failed_puback_code, 0x80);
    Ending::unless(ack.reason < 0x80, v5::FAILING_PUBACK_ENDS, reason, ruling)?;
    let known =
        namespace.broker.session_mut(&session.name).and_then(|it| it.acknowledge(ack.packet_id));
    ruling.note(qos::QOS_0_IS_NOT_ACKNOWLEDGED, known.is_some());
    if known.is_some() {
        ruling.note(qos::A_CLIENT_ACKNOWLEDGES_QOS_1, true);
    }
    pump_because(core, &session.host, &session.name, order::IN_ORDER, ruling);
    Ok(())
}

/// Notes of a client that pings or leaves whether it owes an acknowledgement since long ago.
pub(super) fn judge_debt(core: &Core, session: &Session, packet: &Packet, ruling: &mut Ruling<'_>) {
    // Longer than anything takes that a client does with a message first.
    const LONG_MS: u64 = 60_000;
    if !matches!(packet, Packet::Pingreq | Packet::Disconnect(_)) {
        return;
    }
    let kept = core.namespace(&session.host).and_then(|it| it.broker.session(&session.name));
    let owes_since_ms = kept.and_then(broker::Session::owes_since_ms);
    if owes_since_ms.is_some_and(|since_ms| since_ms + LONG_MS <= core.now.ms()) {
        ruling.note(qos::A_CLIENT_ACKNOWLEDGES_QOS_1, false);
    }
}

/// Sends a message, unless the client cannot take one of its size.
fn is_sent(
    link: &mut Link,
    delivery: &Delivery,
    profile: &EventGridProfile,
    now_ms: u64,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> bool {
    let packet = Packet::Publish(Publish {
        dup: delivery.dup,
        qos: delivery.qos,
        retain: delivery.retain,
        topic: delivery.message.topic.to_string(),
        packet_id: delivery.packet_id,
        properties: properties(link, delivery, profile, now_ms, ruling),
        payload: delivery.message.payload.clone(),
    });
    if let Some(most_bytes) = link.maximum_packet_size {
        let fits = wire::size_bytes(&packet, link.version) <= most_bytes;
        let rule = v5::MAXIMUM_PACKET_SIZE_OF_THE_CLIENT;
        if let Err(Broken(_)) = ruling.uphold(rule, fits) {
            return false;
        }
    }
    remember_request(link, &delivery.message);
    ruling.send(link.conn, packet, because);
    true
}

/// The properties with which a message reaches a client: none on 3.1.1.
fn properties(
    link: &Link,
    delivery: &Delivery,
    profile: &EventGridProfile,
    now_ms: u64,
    ruling: &mut Ruling<'_>,
) -> Vec<Property> {
    let message = &delivery.message;
    if link.version != Version::V5 {
        return Vec::new();
    }
    let mut properties = Vec::new();
    // The lifetime that the broker gives what is retained is its own affair.
    let remaining_s = message.expiry_interval_s.and_then(|_| message.remaining_s(now_ms));
    let told_s = if profile.forwards_remaining_expiry {
        ruling.value(open::REMAINING_EXPIRY, remaining_s, message.expiry_interval_s)
    } else {
        ruling.value(open::REMAINING_EXPIRY, None, remaining_s)
    };
    properties.extend(told_s.map(Property::MessageExpiryIntervalS));
    properties.extend(delivery.identifiers.iter().copied().map(Property::SubscriptionIdentifier));
    if !ruling.value(v5::NO_ALIASES_OUTWARD, true, false) {
        properties.push(Property::TopicAlias(1));
    }
    let is_text = std::str::from_utf8(&message.payload).is_ok();
    for property in &message.properties {
        let passes = match property {
            Property::UserProperty(key, value) => {
                if !ruling.value(v5::USER_PROPERTIES_ARE_PAIRS, true, false) {
                    properties
                        .push(Property::UserProperty(format!("{key}={value}"), String::new()));
                    continue;
                }
                ruling.value(v5::USER_PROPERTIES_ARE_SEEN, true, false)
                    && (is_text || ruling.value(v5::USER_PROPERTIES_NEED_NO_PAYLOAD, true, false))
            }
            Property::ContentType(_) => ruling.value(v5::CONTENT_TYPE_IS_SEEN, true, false),
            Property::ResponseTopic(_) => ruling.value(v5::RESPONSE_TOPIC, true, false),
            Property::CorrelationData(_) => ruling.value(v5::CORRELATION_DATA, true, false),
            _ => true,
        };
        if passes {
            properties.push(property.clone());
        }
    }
    properties
}

/// Keeps what a client has to answer with.
fn remember_request(link: &mut Link, message: &Message) {
    // More than a client has open at once.
    const MOST: usize = 100;
    let response_topic = end::find(&message.properties, |property| match property {
        Property::ResponseTopic(topic) => Some(topic.clone()),
        _ => None,
    });
    let Some(response_topic) = response_topic else { return };
    if link.requests.len() == MOST {
        link.requests.pop_front();
    }
    let data = correlation_data(&message.properties).cloned();
    link.requests.push_back((response_topic, data));
}

/// The Correlation Data among properties.
pub(super) fn correlation_data(properties: &[Property]) -> Option<&Bytes> {
    properties.iter().find_map(|property| match property {
        Property::CorrelationData(data) => Some(data),
        _ => None,
    })
}
