//! A message on its way to a device.

use std::sync::Arc;

use broker::{Copies, Delivery, Message, Target, Window};
use wire::{Ack, Packet, Property, Publish, Qos, Version};

use super::{
    Due, Instance, Session,
    end::Ending,
    r#gen,
    instance::{Link, session_name},
    log::{BizCode, RunRecord},
    open, qos, v5,
};
use crate::{
    cloud::Core,
    profile::AlibabaProfile,
    rate::Rate,
    rule::Rule,
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

/// What the run log has of a message that cannot go out at once.
const CHANNEL_BLOCKED: u16 = 1901;

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
    for mut target in targets {
        // It has subscribed a moment ago.
        if target.is_wide {
            continue;
        }
        target.qos = ruling.value(qos::PUBLISHED_QOS_IS_ALL, target.qos, qos::other(target.qos));
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
    let now = core.now;
    let Some(Instance { id, profile, broker, live, .. }) = core.instance_mut(instance) else {
        return;
    };
    let Some(kept) = broker.session_mut(&target.session) else { return };
    if target.qos == Qos::AtLeastOnce {
        if !live.contains_key(&target.session)
            && let Err(Broken(_)) = ruling.grant(r#gen::GOES_THROUGH_THE_BROKER)
        {
            return;
        }
        let most_s =
            ruling.value(open::OFFLINE_MESSAGES, profile.offline_message_s, u64::MAX / 2000);
        let kept_ms = now.plus_s(most_s).ms();
        let expires_at_ms =
            Some(message.expires_at_ms.map_or(kept_ms, |end_ms| end_ms.min(kept_ms)));
        let message = Message { expires_at_ms, ..(**message).clone() };
        kept.offer(Arc::new(message), target);
        return pump(core, instance, &target.session, because, ruling);
    }
    let Some(delivery) = kept.offer(message.clone(), target) else { return };
    let Some(link) = live.get_mut(&target.session) else { return };
    let wait_ms = link.deliveries.wait_ms(now, 1, rate(profile, ruling));
    if wait_ms == 0 {
        is_sent(link, &delivery, profile, now.ms(), because, ruling);
    } else {
        let record = blocked(now, id, &target.session, &message.topic);
        ruling.log(record, open::DOWNLINK_RATE);
    }
}

/// Sends a connected device what waits for it, as far as its window and its rate let it out.
pub(super) fn pump(
    core: &mut Core,
    instance: &str,
    name: &str,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let now = core.now;
    let Some(Instance { id, profile, broker, live, .. }) = core.instance_mut(instance) else {
        return;
    };
    let Some(link) = live.get_mut(name) else { return };
    let Some((name, kept)) = broker.session_entry(name) else { return };
    let most = ruling.value(open::UNACKNOWLEDGED, profile.outbound_in_flight, u16::MAX);
    let most = link.receive_maximum.min(most);
    let most = ruling.value(v5::RECEIVE_MAXIMUM_OF_THE_DEVICE, most, u16::MAX);
    let window = Window { messages: most.into(), ..Window::default() };
    let mut wait_ms = 0;
    while let Some(next) = kept.peek(now.ms(), window) {
        wait_ms = link.deliveries.wait_ms(now, 1, rate(profile, ruling));
        if wait_ms > 0 {
            if link.wakes_at_ms.is_none() {
                ruling.log(blocked(now, id, &name, &next.topic), open::DOWNLINK_RATE);
            }
            break;
        }
        let Some(delivery) = kept.next(now.ms(), window) else { break };
        let is_sent = is_sent(link, &delivery, profile, now.ms(), because, ruling);
        if let Some(packet_id) = delivery.packet_id
            && (!is_sent || ruling.gives_wrong_value(qos::QOS_1))
        {
            kept.acknowledge(packet_id);
        }
    }
    if wait_ms > 0 && link.wakes_at_ms.is_none() {
        let at = now.plus_ms(wait_ms);
        link.wakes_at_ms = Some(at.ms());
        let instance = id.as_str().into();
        core.timers.set(at, Timer::Alibaba { instance, due: Due::Delivery { session: name } });
    }
}

/// What the rate held back may go now.
pub(super) fn due(core: &mut Core, instance: &str, name: &str, ruling: &mut Ruling<'_>) {
    let now_ms = core.now.ms();
    let link = core.instance_mut(instance).and_then(|it| it.live.get_mut(name));
    let Some(link) = link else { return };
    if link.wakes_at_ms.is_some_and(|at_ms| at_ms <= now_ms) {
        link.wakes_at_ms = None;
        pump(core, instance, name, open::DOWNLINK_RATE, ruling);
    }
}

/// A record of a message that cannot go out at once.
fn blocked(now: Time, instance: &str, name: &str, topic: &str) -> RunRecord {
    let device = name.split_once('/').unwrap_or_default();
    let record = RunRecord::new(now, instance, device, BizCode::Downlink, topic);
    record.failed(CHANNEL_BLOCKED, "the channel to the device is blocked")
}

/// Messages to one device (ALI-OPEN-093).
fn rate(profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> Rate {
    ruling.value(open::DOWNLINK_RATE, profile.deliveries(), Rate::NONE)
}

/// PUBACK: the device has a message, and the next one may go.
pub(super) fn acknowledged(
    core: &mut Core,
    session: &Session,
    ack: &Ack,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(instance) = core.instance_mut(&session.instance) else { return Ok(()) };
    if let Some(kept) = instance.broker.session_mut(&session.key) {
        kept.acknowledge(ack.packet_id);
    }
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
        let fits = wire::size_bytes(&packet, link.version) <= most_bytes;
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
