//! SUBSCRIBE and UNSUBSCRIBE: each filter is judged by itself.

use broker::Options;
use wire::{Filter, Packet, Qos, Suback, Subscribe, Unsuback, Unsubscribe};

use super::{
    Due, Session, broadcast,
    end::{
        Ending, NOT_AUTHORIZED, PROTOCOL_ERROR, QUOTA_EXCEEDED, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED,
        SUCCESS,
    },
    instance::Operation,
    open, pkt, qos, retain, topic, v5,
};
use crate::{
    cloud::Core,
    profile::{AlibabaProfile, GrantedQos},
    rule::Rule,
    ruling::{Broken, Ruling},
    timer::Timer,
};

/// What SUBACK says before MQTT 5 of a filter that is refused.
const FAILURE: u8 = 0x80;

/// What UNSUBACK says of a filter that was not subscribed.
const NO_SUBSCRIPTION_EXISTED: u8 = 0x11;

/// Judges each filter of a SUBSCRIBE, and answers.
pub(super) fn subscribe(
    core: &mut Core,
    session: &Session,
    subscribe: &Subscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    Ending::unless_granted(pkt::SUBSCRIBE, PROTOCOL_ERROR, ruling)?;
    let Some(instance) = core.instance(&session.instance) else { return Ok(()) };
    v5::judge_filters(&subscribe.properties, &subscribe.filters, ruling);
    let fails = v5::breach(&subscribe.properties, &instance.profile, ruling)?;
    let mut codes = Vec::new();
    let mut because = pkt::SUBSCRIBE;
    for (index, filter) in subscribe.filters.iter().enumerate() {
        if let Some(reason) = fails {
            codes.push(v5::may_fail_with(reason, true));
            because = open::PROPERTY_BREACH;
            continue;
        }
        match grant(core, session, filter, index, ruling) {
            Ok(granted) => codes.push(granted.level()),
            Err(ending) => {
                codes.push(if session.is_v5() { ending.reason } else { FAILURE });
                because = ending.because;
            }
        }
    }
    let suback = Suback { packet_id: subscribe.packet_id, properties: Vec::new(), codes };
    ruling.send(session.conn, Packet::Suback(suback), because);
    broadcast::give_retained(core, session, &subscribe.filters, ruling);
    retain::give(core, session, &subscribe.filters, ruling);
    Ok(())
}

/// Takes subscriptions back.
pub(super) fn unsubscribe(
    core: &mut Core,
    session: &Session,
    unsubscribe: &Unsubscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    Ending::unless_granted(pkt::UNSUBSCRIBE, PROTOCOL_ERROR, ruling)?;
    let Some(instance) = core.instance_mut(&session.instance) else { return Ok(()) };
    let mut codes = Vec::new();
    let fails = v5::breach(&unsubscribe.properties, &instance.profile, ruling)?;
    for filter in &unsubscribe.filters {
        if let Some(reason) = fails {
            codes.push(v5::may_fail_with(reason, false));
            continue;
        }
        let was_there = instance.broker.unsubscribe(&session.key, filter).is_some();
        codes.push(if was_there { SUCCESS } else { NO_SUBSCRIPTION_EXISTED });
    }
    if !session.is_v5() {
        codes.clear();
    }
    let unsuback = Unsuback { packet_id: unsubscribe.packet_id, properties: Vec::new(), codes };
    let because = if fails.is_some() { open::PROPERTY_BREACH } else { pkt::UNSUBSCRIBE };
    ruling.send(session.conn, Packet::Unsuback(unsuback), because);
    Ok(())
}

/// Judges one filter and subscribes the device to it. Gives the QoS that SUBACK grants.
fn grant(
    core: &mut Core,
    session: &Session,
    filter: &Filter,
    index: usize,
    ruling: &mut Ruling<'_>,
) -> Result<Qos, Ending> {
    let now = core.now;
    let Some(instance) = core.instance_mut(&session.instance) else { return Ok(filter.qos) };
    let profile = &instance.profile;
    let fits = index < profile.filters_per_subscribe;
    if !fits {
        ruling.explain(format!("more than {} filters", profile.filters_per_subscribe));
    }
    Ending::unless(fits, open::TOPIC_SIZE, QUOTA_EXCEEDED, ruling)?;
    if session.is_v5() && v5::is_shared(&filter.filter) {
        let reason = SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
        Ending::unless(false, open::UNLISTED_FEATURES, reason, ruling)?;
    }
    let judged = topic::judge(instance, session, &filter.filter, Operation::Sub, ruling);
    if let Err(Broken(why)) = judged {
        let what = (filter.filter.as_str(), Operation::Sub);
        topic::log_denied(now, session, what, why, open::DENIED_SUBSCRIBE, ruling);
        return Err(denied(why, profile, ruling));
    }
    if topic::is_of_the_system(&filter.filter) {
        Ending::unless_granted(open::SYSTEM_TOPICS, NOT_AUTHORIZED, ruling)?;
    }
    let kept = instance.broker.session(&session.key);
    let is_new = kept.is_some_and(|kept| !kept.subscribes(&filter.filter));
    let count = kept.map_or(0, |kept| kept.subscriptions().len());
    let fits = !is_new || count < profile.subscriptions_max;
    if !fits {
        ruling.explain(format!("there are {count} subscriptions already"));
    }
    Ending::unless(fits, open::SUBSCRIPTION_LIMIT, QUOTA_EXCEEDED, ruling)?;
    let asked = filter.qos.min(Qos::AtLeastOnce);
    let granted = match profile.granted_qos {
        GrantedQos::Requested => asked,
        GrantedQos::Zero => Qos::AtMostOnce,
        GrantedQos::One => Qos::AtLeastOnce,
    };
    let granted = ruling.value(open::GRANTED_QOS, granted, qos::other(granted));
    // The publisher alone decides.
    let qos = ruling.value(qos::SUBSCRIBED_QOS_IS_NOTHING, Qos::AtLeastOnce, asked);
    let delay_s = ruling.value(open::SUBSCRIPTION_DELAY, profile.subscription_delay_s, 0);
    // What is wide is not delivered before its time has come.
    let options = Options { qos, is_wide: is_new && delay_s > 0, ..Options::default() };
    instance.broker.subscribe(&session.key, &filter.filter, options);
    if options.is_wide {
        let (session, filter) = (session.key.clone(), filter.filter.as_str().into());
        let due = Due::Subscription { session, filter };
        let timer = Timer::Alibaba { instance: instance.id.as_str().into(), due };
        core.timers.set(now.plus_s(delay_s), timer);
    }
    Ok(granted)
}

/// What a device has subscribed to may reach it from now on (ALI-OPEN-075).
pub(super) fn due(core: &mut Core, instance: &str, session: &str, filter: &str) {
    let Some(instance) = core.instance_mut(instance) else { return };
    let kept = instance.broker.session(session);
    let options = kept.and_then(|it| it.subscriptions().find(|(known, _)| *known == filter));
    if let Some((_, &options)) = options {
        instance.broker.subscribe(session, filter, Options { is_wide: false, ..options });
    }
}

/// A filter that a device may not subscribe to: what SUBACK says of it on MQTT 5 (ALI-OPEN-076).
fn denied(because: Rule, profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> Ending {
    let reason = profile.denied_subscribe_reason;
    Ending { because, reason: ruling.value(open::DENIED_SUBSCRIBE, reason, QUOTA_EXCEEDED) }
}
