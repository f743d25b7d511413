//! SUBSCRIBE and UNSUBSCRIBE: each filter is judged by itself.

use broker::{Options, Target};
use wire::{Filter, Packet, Property, Qos, Suback, Subscribe, Unsuback, Unsubscribe, topic};

use super::{
    Session, deliver,
    end::{
        Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, QUOTA_EXCEEDED,
        SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, SUCCESS,
        TOPIC_FILTER_INVALID,
    },
    model::Permission,
    open, qos, v3, v5,
};
use crate::{cloud::Core, profile::Denial, ruling::Ruling};

/// What a 3.1.1 SUBACK says of a filter that is refused.
const FAILURE: u8 = 0x80;

/// What UNSUBACK says of a filter that was not subscribed.
const NO_SUBSCRIPTION_EXISTED: u8 = 0x11;

/// Judges each filter of a SUBSCRIBE, answers, and gives new subscribers what is retained.
pub(super) fn subscribe(
    core: &mut Core,
    session: &mut Session,
    subscribe: &Subscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let has_identifier = subscribe
        .properties
        .iter()
        .any(|property| matches!(property, Property::SubscriptionIdentifier(_)));
    let rule = v5::NO_SUBSCRIPTION_IDENTIFIERS;
    Ending::unless(!has_identifier, rule, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, ruling)?;
    let has_user_properties = v5::has_user_properties(&subscribe.properties);
    let mut codes = Vec::new();
    let mut begun = Vec::new();
    let mut refused = None;
    for (index, filter) in subscribe.filters.iter().enumerate() {
        let granted = if has_user_properties {
            let rule = v5::NO_USER_PROPERTIES_ON_SUBSCRIBE;
            Ending::unless(false, rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)
                .map(|()| filter.qos.min(Qos::AtLeastOnce))
        } else {
            grant(core, session, filter, index, ruling)
        };
        match granted {
            Ok(qos) => {
                let is_new = begin(core, session, filter, qos, ruling);
                begun.push((filter, qos, is_new));
                codes.push(qos.level());
            }
            Err(ending) => {
                if ending.because == open::UNAUTHORIZED_SUBSCRIBE && closes(core, session) {
                    return Err(ending);
                }
                refused.get_or_insert(ending.because);
                codes.push(if session.is_v5() { ending.reason } else { FAILURE });
                if !ruling.value(open::EACH_FILTER_FOR_ITSELF, true, false) {
                    codes = vec![FAILURE; subscribe.filters.len()];
                    break;
                }
            }
        }
    }
    let suback = Suback { packet_id: subscribe.packet_id, properties: Vec::new(), codes };
    let because = refused.unwrap_or(qos::GRANTS_QOS_0_AND_1);
    ruling.send(session.conn, Packet::Suback(suback), because);
    for (filter, qos, is_new) in begun {
        give_retained(core, session, filter, qos, is_new, ruling);
    }
    Ok(())
}

/// Takes subscriptions back.
pub(super) fn unsubscribe(
    core: &mut Core,
    session: &mut Session,
    unsubscribe: &Unsubscribe,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let mut codes = Vec::new();
    for filter in &unsubscribe.filters {
        let was_there = namespace.broker.unsubscribe(&session.name, filter).is_some();
        codes.push(if was_there { SUCCESS } else { NO_SUBSCRIPTION_EXISTED });
    }
    if !session.is_v5() {
        codes.clear();
    }
    let unsuback = Unsuback { packet_id: unsubscribe.packet_id, properties: Vec::new(), codes };
    ruling.send(session.conn, Packet::Unsuback(unsuback), v5::CODES_OF_THE_STANDARD);
    Ok(())
}

/// Judges one filter. Gives the QoS that is granted, or the reason why none is.
fn grant(
    core: &Core,
    session: &Session,
    filter: &Filter,
    index: usize,
    ruling: &mut Ruling<'_>,
) -> Result<Qos, Ending> {
    let Some(namespace) = core.namespace(&session.host) else { return Ok(filter.qos) };
    let profile = &namespace.profile;
    let text = filter.filter.as_str();
    let is_shared = text.starts_with("$share/");
    let rule = v5::NO_SHARED_SUBSCRIPTIONS;
    Ending::unless(!is_shared, rule, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, ruling)?;
    let fits = topic::valid_filter(text)
        && text.len() <= profile.topic_bytes
        && text.split('/').count() <= profile.topic_segments;
    Ending::unless(fits, open::TOPIC_SIZE, TOPIC_FILTER_INVALID, ruling)?;
    let is_within = index < profile.filters_per_subscribe;
    Ending::unless(is_within, open::SUBSCRIPTION_LIMITS, QUOTA_EXCEEDED, ruling)?;
    let kept = namespace.broker.session(&session.name);
    let (count, has_it) =
        kept.map_or((0, false), |kept| (kept.subscriptions().len(), kept.subscribes(text)));
    let has_room = has_it || count < profile.subscriptions_per_session;
    Ending::unless(has_room, open::SUBSCRIPTION_QUOTA, QUOTA_EXCEEDED, ruling)?;
    let may = namespace.may(&session.client, Permission::Subscriber, text);
    if !may {
        ruling.explain(namespace.denial(&session.client, Permission::Subscriber, text));
    }
    Ending::unless(may, open::UNAUTHORIZED_SUBSCRIBE, NOT_AUTHORIZED, ruling)?;
    let rule = if session.is_v5() { v5::MAXIMUM_QOS } else { v3::NO_QOS_2 };
    let most = ruling.value(rule, Qos::AtLeastOnce, Qos::ExactlyOnce);
    Ok(filter.qos.min(most))
}

/// Subscribes; gives whether the session did not have this filter before.
fn begin(
    core: &mut Core,
    session: &Session,
    filter: &Filter,
    qos: Qos,
    ruling: &mut Ruling<'_>,
) -> bool {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return false };
    let honours = ruling.value(open::SUBSCRIPTION_OPTIONS, true, false);
    let options = Options {
        qos: qos.min(Qos::AtLeastOnce),
        no_local: honours && filter.no_local,
        retain_as_published: honours && filter.retain_as_published,
    };
    namespace.broker.subscribe(&session.name, &filter.filter, options).is_none()
}

/// Gives a new subscription the retained messages that it covers, as its Retain Handling asks.
fn give_retained(
    core: &mut Core,
    session: &Session,
    filter: &Filter,
    qos: Qos,
    is_new: bool,
    ruling: &mut Ruling<'_>,
) {
    let wants = match filter.retain_handling {
        0 => true,
        1 => is_new,
        _ => false,
    };
    let now_ms = core.now.ms();
    let Some(namespace) = core.namespace(&session.host).filter(|_| wants) else { return };
    let messages: Vec<_> =
        namespace.broker.retained.covered(&filter.filter, now_ms).cloned().collect();
    for message in messages {
        let target =
            Target { qos: qos.min(message.qos), is_retained: true, ..Target::of(&session.name) };
        let because = open::RETAINED_FOR_NEW_SUBSCRIBERS;
        deliver::offer(core, &session.host, &message, &target, because, ruling);
    }
}

/// Whether the profile ends a connection that subscribes without permission.
fn closes(core: &Core, session: &Session) -> bool {
    core.namespace(&session.host)
        .is_some_and(|it| it.profile.unauthorized_subscribe == Denial::Close)
}
