//! EG-WILL: what a connection leaves behind when it ends without a word.

use std::sync::Arc;

use broker::{Message, Will};
use wire::{Connect, Property, Qos, Version};

use super::{
    Due, Session,
    access::Identity,
    deliver,
    end::{
        self, Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, QOS_NOT_SUPPORTED,
        RETAIN_NOT_SUPPORTED,
    },
    model::Permission,
    namespace::WaitingWill,
    open, publish, route,
};
use crate::{
    cloud::Core,
    profile::{Excess, Retain},
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

rules! {
    OTHERS_ARE_TOLD = "EG-WILL-001";
    A_WILL_MAY_BE_GIVEN = "EG-WILL-002";
    A_WILL_HAS_A_TOPIC = "EG-WILL-003";
    A_WILL_HAS_PROPERTIES = "EG-WILL-004";
    ALL_SUBSCRIBERS_GET_IT = "EG-WILL-005";
    A_WILL_MAY_WAIT = "EG-WILL-006";
    NOT_WHEN_BACK_IN_TIME = "EG-WILL-007";
    NOT_AFTER_A_GOODBYE = "EG-WILL-008";
    DELAY_OF_300_S = "EG-WILL-010";
}

/// Judges the will of a CONNECT.
pub(super) fn judge(
    core: &Core,
    host: &str,
    client: &Identity,
    connect: &Connect,
    version: Version,
    ruling: &mut Ruling<'_>,
) -> Result<Option<Will>, Ending> {
    let (Some(will), Some(namespace)) = (&connect.will, core.namespace(host)) else {
        return Ok(None);
    };
    let profile = &namespace.profile;
    let reason = IMPLEMENTATION_SPECIFIC_ERROR;
    if profile.will {
        Ending::unless_granted(A_WILL_MAY_BE_GIVEN, reason, ruling)?;
    } else {
        Ending::unless(false, open::NO_WILLS_BEFORE, reason, ruling)?;
    }
    let rule = open::NO_WILL_AT_QOS_2;
    let qos = match (will.qos, profile.qos2_will) {
        (Qos::ExactlyOnce, Excess::Refuse) => {
            Ending::unless(false, rule, QOS_NOT_SUPPORTED, ruling)?;
            Qos::AtLeastOnce
        }
        (Qos::ExactlyOnce, Excess::Clamp) => ruling.value(rule, Qos::AtLeastOnce, Qos::AtMostOnce),
        (qos, _) => qos,
    };
    let retains = match profile.retain {
        Retain::None => false,
        Retain::V5 => version == Version::V5,
        Retain::Both => true,
    };
    let fits = !will.retain || retains;
    Ending::unless(fits, open::NO_RETAINED_WILL, RETAIN_NOT_SUPPORTED, ruling)?;
    let may = namespace.may(client, Permission::Publisher, &will.topic);
    if !may {
        ruling.explain(namespace.denial(client, Permission::Publisher, &will.topic));
    }
    Ending::unless(may, open::NOTHING_BY_DEFAULT, NOT_AUTHORIZED, ruling)?;
    let asked_s = end::find(&will.properties, |property| match property {
        Property::WillDelayIntervalS(s) => Some(*s),
        _ => None,
    });
    let asked_s = asked_s.unwrap_or(0);
    let most_s = profile.will_delay_max_s;
    ruling.note(DELAY_OF_300_S, asked_s <= most_s);
    if asked_s > most_s && profile.long_will_delay == Excess::Refuse {
        Ending::unless(false, open::LONG_WILL_DELAY, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    }
    let most_s = ruling.value(DELAY_OF_300_S, most_s, u32::MAX);
    let delay_s = ruling.value(open::LONG_WILL_DELAY, asked_s.min(most_s), asked_s);
    let delay_s = ruling.value(A_WILL_MAY_WAIT, delay_s, 0);
    let properties = if ruling.value(A_WILL_HAS_PROPERTIES, true, false) {
        publish::carried(&will.properties)
    } else {
        Vec::new()
    };
    let topic = ruling.value(A_WILL_HAS_A_TOPIC, will.topic.as_str(), "will");
    let message = Message {
        qos,
        retain: will.retain,
        properties,
        publisher: Some(connect.client_id.as_str().into()),
        expiry_interval_s: publish::lifetime_s(&will.properties, profile, ruling),
        ..Message::new(topic, will.payload.clone())
    };
    Ok(Some(Will { message, delay_s }))
}

/// The client said that it leaves: its will is void.
pub(super) fn forget(session: &mut Session, ruling: &mut Ruling<'_>) {
    if session.will.is_some() && ruling.value(NOT_AFTER_A_GOODBYE, true, false) {
        session.will = None;
    }
}

/// A connection has ended: its will is published, now or after its delay.
pub(super) fn ended(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    let Some(will) = session.will.take() else { return };
    let now = core.now;
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return };
    let kept = namespace.broker.session(&session.name);
    let expiry_interval_s = kept.map_or(0, |kept| kept.expiry_interval_s);
    let expiry_interval_s = ruling.value(open::LONG_WILL_DELAY, expiry_interval_s, u32::MAX);
    let due_ms = will.due_at_ms(now.ms(), expiry_interval_s);
    if due_ms <= now.ms() {
        return publish_now(core, &session.host, will, &session.client, ruling);
    }
    let client = session.client.clone();
    namespace.wills.insert(session.name.clone(), WaitingWill { will, due_ms, client });
    let due = Due::Will { session: session.name.clone() };
    core.timers.set(Time::from_ms(due_ms), Timer::event_grid(&session.host, due));
}

/// The delay of a will may be over.
pub(super) fn due(core: &mut Core, host: &str, name: &Arc<str>, ruling: &mut Ruling<'_>) {
    let now_ms = core.now.ms();
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    if namespace.wills.get(name).is_some_and(|waiting| waiting.due_ms <= now_ms)
        && let Some(WaitingWill { will, client, .. }) = namespace.wills.remove(name)
    {
        publish_now(core, host, will, &client, ruling);
    }
}

/// The client is back before the delay was over.
pub(super) fn called_off(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    if namespace.wills.contains_key(name) && ruling.value(NOT_WHEN_BACK_IN_TIME, true, false) {
        namespace.wills.remove(name);
    }
}

/// A session ends: a will that waits does so no longer.
pub(super) fn session_ends(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    if let Some(WaitingWill { will, client, .. }) = namespace.wills.remove(name) {
        publish_now(core, host, will, &client, ruling);
    }
}

fn publish_now(
    core: &mut Core,
    host: &str,
    will: Will,
    client: &Identity,
    ruling: &mut Ruling<'_>,
) {
    if !ruling.value(OTHERS_ARE_TOLD, true, false) {
        return;
    }
    let message = will.publish(core.now.ms());
    // One that has no room is published all the same.
    if message.retain {
        publish::keep(core, host, &message, ruling);
    }
    let is_routed = core.namespace(host).is_some_and(|it| it.profile.routes_wills);
    if ruling.value(open::WILLS_ARE_ROUTED, is_routed, !is_routed) {
        route::hand_on(core, host, &message, client, ruling);
    }
    deliver::route(core, host, message, ALL_SUBSCRIBERS_GET_IT, ruling);
}
