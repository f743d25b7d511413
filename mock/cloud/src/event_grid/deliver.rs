//! A message on its way to those who have subscribed.

use std::sync::Arc;

use broker::{Copies, Delivery, Message, Room, Target, Window};
use wire::{Ack, Packet, Property, Publish, Qos, Version};

use super::{
    Session,
    end::{Ending, IMPLEMENTATION_SPECIFIC_ERROR},
    namespace::Link,
    open, order, proto, qos, session, v5,
};
use crate::{
    cloud::Core,
    profile::Overlap,
    rule::Rule,
    ruling::{Broken, Ruling},
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
    for target in targets {
        if proto::crosses(core, host, &message, &target, ruling).is_err() {
            continue;
        }
        offer(core, host, &message, &target, because, ruling);
    }
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
    let now_ms = core.now.ms();
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    let room =
        Room { messages: namespace.profile.queue_messages, bytes: namespace.profile.queue_bytes };
    let live = namespace.live.get(&target.session).cloned();
    let Some(kept) = namespace.broker.session_mut(&target.session) else { return };
    if target.qos == Qos::AtLeastOnce && kept.overflows(message, room, now_ms) {
        return session::overflow(core, host, &target.session, ruling);
    }
    match (kept.offer(message.clone(), target), live) {
        (Some(delivery), Some(link)) => {
            for _ in 0..ruling.value(qos::QOS_0_IS_SENT_ONCE, 1, 2) {
                is_sent(&link, &delivery, now_ms, because, ruling);
            }
        }
        // At QoS 0, and nobody is there.
        (Some(_), None) => {}
        (None, _) => pump_because(core, host, &target.session, because, ruling),
    }
}

/// Sends a connected session what waits for it, as far as its window lets it out.
pub(super) fn pump(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    pump_because(core, host, name, session::MISSED_MESSAGES_ARE_KEPT, ruling);
}

fn pump_because(core: &mut Core, host: &str, name: &str, because: Rule, ruling: &mut Ruling<'_>) {
    let now_ms = core.now.ms();
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    let Some(link) = namespace.live.get(name).cloned() else { return };
    let Some(kept) = namespace.broker.session_mut(name) else { return };
    let most = ruling.value(
        v5::RECEIVE_MAXIMUM_OF_THE_CLIENT,
        link.receive_maximum.min(namespace.profile.outbound_in_flight),
        u16::MAX,
    );
    let window =
        Window { messages: most.into(), bytes: namespace.profile.outbound_in_flight_bytes };
    while let Some(delivery) = kept.next(now_ms, window) {
        let because = if delivery.dup { qos::SENT_AGAIN } else { because };
        if !is_sent(&link, &delivery, now_ms, because, ruling)
            && let Some(packet_id) = delivery.packet_id
        {
            kept.acknowledge(packet_id);
        }
    }
}

/// PUBACK: the client has a message, and the next one may go.
pub(super) fn acknowledged(
    core: &mut Core,
    session: &Session,
    ack: &Ack,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let is_free = !v5::has_user_properties(&ack.properties);
    let rule = v5::NO_USER_PROPERTIES_ON_PUBACK;
    Ending::unless(is_free, rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    let rule = v5::FAILING_PUBACK_ENDS;
    Ending::unless(ack.reason < 0x80, rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let known =
        namespace.broker.session_mut(&session.name).and_then(|it| it.acknowledge(ack.packet_id));
    ruling.note(qos::QOS_0_IS_NOT_ACKNOWLEDGED, known.is_some());
    ruling.note(qos::A_CLIENT_ACKNOWLEDGES_QOS_1, known.is_some());
    pump_because(core, &session.host, &session.name, order::IN_ORDER, ruling);
    Ok(())
}

/// Sends a message, unless the client cannot take one of its size.
fn is_sent(
    link: &Link,
    delivery: &Delivery,
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
        properties: properties(link, &delivery.message, now_ms, ruling),
        payload: delivery.message.payload.clone(),
    });
    if let Some(most_bytes) = link.maximum_packet_size {
        let fits = size_bytes(&packet, link.version) <= most_bytes;
        let rule = v5::MAXIMUM_PACKET_SIZE_OF_THE_CLIENT;
        if let Err(Broken(_)) = ruling.uphold(rule, fits) {
            ruling.note(open::TOO_LARGE_FOR_THE_CLIENT, true);
            return false;
        }
    }
    ruling.send(link.conn, packet, because);
    true
}

/// The properties with which a message reaches a client: none on 3.1.1.
fn properties(
    link: &Link,
    message: &Message,
    now_ms: u64,
    ruling: &mut Ruling<'_>,
) -> Vec<Property> {
    if link.version != Version::V5 {
        return Vec::new();
    }
    let mut properties = Vec::new();
    if let Some(remaining_s) = message.remaining_s(now_ms) {
        properties.push(Property::MessageExpiryIntervalS(remaining_s));
    }
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

/// How long a packet is on the wire.
pub(super) fn size_bytes(packet: &Packet, version: Version) -> usize {
    let mut bytes = bytes::BytesMut::new();
    wire::encode(packet, version, &mut bytes);
    bytes.len()
}
