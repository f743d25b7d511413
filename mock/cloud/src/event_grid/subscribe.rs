//! SUBSCRIBE and UNSUBSCRIBE: each filter is judged by itself.

use std::sync::Arc;

use broker::{Message, Options, Target};
use wire::{Filter, Packet, Property, Qos, Suback, Subscribe, Unsuback, Unsubscribe, topic};

use super::{
    Session, deliver,
    end::{
        self, Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, QUOTA_EXCEEDED,
        SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, SUCCESS,
        TOPIC_FILTER_INVALID,
    },
    r#gen::limitations,
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
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let profile = &namespace.profile;
    let identifier = end::find(&subscribe.properties, |property| match property {
        Property::SubscriptionIdentifier(identifier) => Some(*identifier),
        _ => None,
    });
    let passes = identifier.is_none() || limitations(profile, ruling).subscription_identifiers;
    let rule = v5::NO_SUBSCRIPTION_IDENTIFIERS;
    Ending::unless(passes, rule, SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED, ruling)?;
    let rule = v5::NO_USER_PROPERTIES_ON_SUBSCRIBE;
    let whole =
        v5::judge_user_properties(&subscribe.properties, rule, profile, ruling).and_then(|()| {
            let passes = namespace.rates.admits_change(&session.name, profile, core.now, ruling);
            Ending::unless(passes, open::SUBSCRIPTION_LIMITS, QUOTA_EXCEEDED, ruling)
        });
    let mut codes = Vec::new();
    let mut begun = Vec::new();
    let mut refused = None;
    for (index, filter) in subscribe.filters.iter().enumerate() {
        let granted = match whole {
            Ok(()) => grant(core, session, filter, index, ruling),
            Err(ending) => Err(ending),
        };
        match granted {
            Ok(granted) => {
                let options = Options { identifier, ..granted };
                let is_new = begin(core, session, filter, options);
                begun.push((filter, options, is_new));
                codes.push(granted.qos.level());
            }
            Err(ending) => {
                if ending.because == open::UNAUTHORIZED_SUBSCRIBE && closes(core, session) {
                    return Err(ending);
                }
                refused.get_or_insert(ending.because);
                let code = end::told(ending.reason, ruling);
                codes.push(if session.is_v5() { code } else { FAILURE });
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
    for (filter, options, is_new) in begun {
        give_retained(core, session, filter, options, is_new, ruling);
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
    let profile = &namespace.profile;
    let passes = namespace.rates.admits_change(&session.name, profile, core.now, ruling);
    let passes = Ending::unless(passes, open::SUBSCRIPTION_LIMITS, QUOTA_EXCEEDED, ruling);
    let mut codes = Vec::new();
    for filter in &unsubscribe.filters {
        if passes.is_err() {
            // UNSUBACK has no code for a quota.
            codes.push(IMPLEMENTATION_SPECIFIC_ERROR);
            continue;
        }
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

/// Judges one filter. Gives what is granted, or the reason why nothing is.
fn grant(
    core: &Core,
    session: &Session,
    filter: &Filter,
    index: usize,
    ruling: &mut Ruling<'_>,
) -> Result<Options, Ending> {
    let Some(namespace) = core.namespace(&session.host) else { return Ok(Options::default()) };
    let profile = &namespace.profile;
    let text = filter.filter.as_str();
    let below = broker::shared(text).unwrap_or(text);
    let passes = !text.starts_with("$share/")
        || session.is_v5() && limitations(profile, ruling).shared_subscriptions;
    let rule = v5::NO_SHARED_SUBSCRIPTIONS;
    Ending::unless(passes, rule, SHARED_SUBSCRIPTIONS_NOT_SUPPORTED, ruling)?;
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
    let mut may = namespace.permits(&session.client, Permission::Subscriber, below, ruling);
    let is_wide = !may && profile.grants_wider_filters && below.contains(['+', '#']);
    if is_wide {
        may = ruling.value(open::NO_WIDER_FILTERS, true, false);
    }
    if !may {
        ruling.explain(namespace.denial(&session.client, Permission::Subscriber, below));
    }
    Ending::unless(may, open::UNAUTHORIZED_SUBSCRIBE, NOT_AUTHORIZED, ruling)?;
    let rule = if session.is_v5() { v5::MAXIMUM_QOS } else { v3::NO_QOS_2 };
    let most = ruling.value(rule, Qos::AtLeastOnce, Qos::ExactlyOnce);
    let honours = profile.subscription_options;
    let honours = ruling.value(open::SUBSCRIPTION_OPTIONS, honours, !honours);
    Ok(Options {
        qos: filter.qos.min(most),
        no_local: honours && filter.no_local,
        retain_as_published: honours && filter.retain_as_published,
        is_wide,
        identifier: None,
    })
}

/// Subscribes; gives whether the session did not have this filter before.
fn begin(core: &mut Core, session: &Session, filter: &Filter, options: Options) -> bool {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return false };
    // Nothing is delivered at QoS 2, even if it was granted by mistake.
    let options = Options { qos: options.qos.min(Qos::AtLeastOnce), ..options };
    namespace.broker.subscribe(&session.name, &filter.filter, options).is_none()
}

/// Gives a new subscription the retained messages that it covers, as its Retain Handling asks.
fn give_retained(
    core: &mut Core,
    session: &Session,
    filter: &Filter,
    options: Options,
    is_new: bool,
    ruling: &mut Ruling<'_>,
) {
    let honours = core.namespace(&session.host).is_none_or(|it| it.profile.subscription_options);
    let honours = ruling.value(open::SUBSCRIPTION_OPTIONS, honours, !honours);
    let wants = match filter.retain_handling {
        0 => true,
        _ if !honours => true,
        1 => is_new,
        _ => false,
    };
    let now_ms = core.now.ms();
    let Some(namespace) = core.namespace(&session.host).filter(|_| wants) else { return };
    let covered = namespace.broker.retained.covered(&filter.filter, now_ms);
    let may_have = |message: &Arc<Message>| {
        !options.is_wide || namespace.may(&session.client, Permission::Subscriber, &message.topic)
    };
    let messages: Vec<_> = covered.filter(|message| may_have(message)).cloned().collect();
    for message in messages {
        let target = Target {
            qos: options.qos.min(message.qos),
            is_retained: true,
            identifiers: options.identifier.into_iter().collect(),
            ..Target::of(&session.name)
        };
        let because = open::RETAINED_FOR_NEW_SUBSCRIBERS;
        deliver::offer(core, &session.host, &message, &target, because, ruling);
    }
}

/// Whether the profile ends a connection that subscribes without permission.
fn closes(core: &Core, session: &Session) -> bool {
    core.namespace(&session.host)
        .is_some_and(|it| it.profile.unauthorized_subscribe == Denial::Close)
}
