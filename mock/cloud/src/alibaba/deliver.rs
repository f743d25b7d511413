//! A message on its way to a device.

use std::sync::Arc;

use broker::{Copies, Delivery, Message, Target, Window};
use wire::{Ack, Packet, Property, Publish, Version};

use super::{
    Instance, Session,
    end::Ending,
    r#gen,
    instance::{Link, session_name},
    open, qos, v5,
};
use crate::{
    cloud::Core,
    profile::AlibabaProfile,
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// Brings a message to every device that has subscribed.
pub(super) fn route(
    core: &mut Core,
    instance: &str,
    message: &Message,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let Some(found) = core.instance(instance) else { return };
    let targets = found.broker.targets(message, Copies::One);
    let message = Arc::new(message.clone());
    for target in targets {
        offer(core, instance, &message, &target, because, ruling);
    }
}

/// Brings a message to one device, whether it has subscribed or not. Tells whether it is connected.
pub(super) fn push(
    core: &mut Core,
    instance: &str,
    (product_key, device_name): (&str, &str),
    message: Message,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> bool {
    let name = session_name(product_key, device_name);
    let target = Target { qos: message.qos, ..Target::of(&name) };
    offer(core, instance, &Arc::new(message), &target, because, ruling);
    core.instance(instance).is_some_and(|it| it.live.contains_key(&name))
}

/// Brings a message to one session: at QoS 0 now or never, at QoS 1 in its turn.
fn offer(
    core: &mut Core,
    instance: &str,
    message: &Arc<Message>,
    target: &Target,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let now_ms = core.now.ms();
    let Some(Instance { profile, broker, live, .. }) = core.instance_mut(instance) else { return };
    let Some(kept) = broker.session_mut(&target.session) else { return };
    let mut message = message.clone();
    if !live.contains_key(&target.session) {
        if let Err(Broken(_)) = ruling.grant(r#gen::GOES_THROUGH_THE_BROKER) {
            return;
        }
        let kept_ms = now_ms + profile.offline_message_s * 1000;
        let end_ms = message.expires_at_ms.map_or(kept_ms, |end_ms| end_ms.min(kept_ms));
        message = Arc::new(Message { expires_at_ms: Some(end_ms), ..(*message).clone() });
    }
    let Some(delivery) = kept.offer(message, target) else {
        return pump(core, instance, &target.session, because, ruling);
    };
    let Some(link) = live.get_mut(&target.session) else { return };
    is_sent(link, &delivery, profile, now_ms, because, ruling);
}

/// Sends a connected device what waits for it, as far as its window lets it out.
pub(super) fn pump(
    core: &mut Core,
    instance: &str,
    name: &str,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let now_ms = core.now.ms();
    let Some(Instance { profile, broker, live, .. }) = core.instance_mut(instance) else { return };
    let Some(link) = live.get_mut(name) else { return };
    let Some(kept) = broker.session_mut(name) else { return };
    let most = link.receive_maximum.min(profile.outbound_in_flight);
    let most = ruling.value(v5::RECEIVE_MAXIMUM_OF_THE_DEVICE, most, u16::MAX);
    let window = Window { messages: most.into(), ..Window::default() };
    while let Some(delivery) = kept.next(now_ms, window) {
        if !is_sent(link, &delivery, profile, now_ms, because, ruling)
            && let Some(packet_id) = delivery.packet_id
        {
            kept.acknowledge(packet_id);
        }
    }
}

/// PUBACK: the device has a message, and the next one may go.
pub(super) fn acknowledged(
    core: &mut Core,
    session: &Session,
    ack: &Ack,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(instance) = core.instance_mut(&session.instance) else { return Ok(()) };
    let kept = instance.broker.session_mut(&session.key);
    let known = kept.and_then(|it| it.acknowledge(ack.packet_id));
    ruling.note(qos::QOS_1, known.is_some());
    if ruling.value(open::A_WINDOW_AND_NO_RATE, true, false) {
        pump(core, &session.instance, &session.key, qos::QOS_1, ruling);
    }
    Ok(())
}

/// Sends a message, unless the device cannot take one of its size.
fn is_sent(
    link: &mut Link,
    delivery: &Delivery,
    profile: &AlibabaProfile,
    now_ms: u64,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> bool {
    let message = &delivery.message;
    let mut publish = Publish {
        dup: delivery.dup,
        qos: delivery.qos,
        retain: delivery.retain,
        topic: message.topic.to_string(),
        packet_id: delivery.packet_id,
        properties: Vec::new(),
        payload: message.payload.clone(),
    };
    let mut alias = None;
    if link.version == Version::V5 {
        publish.properties = v5::outgoing(message, now_ms, ruling);
        alias = alias_of(link, &message.topic, profile, ruling);
    }
    if let Some((alias, is_told)) = alias {
        publish.properties.push(Property::TopicAlias(alias));
        if is_told {
            publish.topic.clear();
        }
    }
    let packet = Packet::Publish(publish);
    let most_bytes = link.maximum_packet_size;
    if let Some(most_bytes) = ruling.value(v5::MAXIMUM_PACKET_SIZE_OF_THE_DEVICE, most_bytes, None)
    {
        let fits = size_bytes(&packet, link.version) <= most_bytes;
        if let Err(Broken(_)) = ruling.uphold(v5::TOO_LARGE_IS_FILTERED, fits) {
            return false;
        }
    }
    if let Some((alias, false)) = alias {
        link.aliases.tell(&message.topic, alias);
    }
    ruling.send(link.conn, packet, because);
    true
}

/// The alias of a topic towards a device that takes aliases, and whether it knows this one
/// (ALI-OPEN-127).
fn alias_of(
    link: &Link,
    topic: &str,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Option<(u16, bool)> {
    let maximum = link.topic_alias_maximum;
    if maximum == 0 {
        return None;
    }
    let sends = profile.sends_aliases;
    let sends = ruling.value(open::ALIAS_MAXIMUM, sends, !sends);
    if sends { link.aliases.of(topic, maximum) } else { None }
}

/// How long a packet is on the wire.
pub(super) fn size_bytes(packet: &Packet, version: Version) -> usize {
    let mut bytes = bytes::BytesMut::new();
    wire::encode(packet, version, &mut bytes);
    bytes.len()
}
