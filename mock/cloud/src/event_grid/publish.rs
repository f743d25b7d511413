//! A PUBLISH: judged, routed, acknowledged.

use broker::{AliasFault, Message};
use wire::{Packet, Property, Publish, Qos, topic};

use super::{
    Session, deliver,
    end::{
        self, Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, PACKET_TOO_LARGE,
        PROTOCOL_ERROR, QOS_NOT_SUPPORTED, QUOTA_EXCEEDED, RETAIN_NOT_SUPPORTED, SUCCESS,
        TOPIC_ALIAS_INVALID, TOPIC_NAME_INVALID,
    },
    limit,
    model::Permission,
    namespace::Link,
    open, proto, qos, route, v3, v5,
};
use crate::{
    cloud::Core,
    profile::{Denial, DollarTopics, EventGridProfile, Retain, ZeroExpiry},
    rule::Rule,
    ruling::Ruling,
};

/// By how much a wrong cloud lets messages live longer.
const ANOTHER_HOUR_MS: u64 = 3_600_000;

/// Why a PUBLISH goes no further.
enum Denied {
    /// It ends the connection.
    Ends(Ending),
    /// An acknowledgement tells, where there is one; else the connection ends.
    Acknowledged(Ending),
}

impl Denied {
    const fn by(how: Denial, ending: Ending) -> Self {
        match how {
            Denial::Acknowledge => Self::Acknowledged(ending),
            Denial::Close => Self::Ends(ending),
        }
    }
}

impl From<Ending> for Denied {
    fn from(ending: Ending) -> Self {
        Self::Ends(ending)
    }
}

/// A message arrived.
pub(super) fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let message = match take(core, session, publish, ruling) {
        Ok(message) => message,
        Err(Denied::Acknowledged(ending)) if session.is_v5() && publish.qos == Qos::AtLeastOnce => {
            return refuse(session, publish, ending, ruling);
        }
        Err(Denied::Ends(ending) | Denied::Acknowledged(ending)) => return Err(ending),
    };
    let because = match publish.qos {
        Qos::AtMostOnce => qos::TAKES_QOS_0,
        _ => proto::of(core, session),
    };
    route::hand_on(core, &session.host, &message, &session.client, ruling);
    deliver::route(core, &session.host.clone(), message, because, ruling);
    ruling.acknowledge(session.conn, publish, SUCCESS, qos::QOS_1_IS_ACKNOWLEDGED);
    // Its own session may have overflowed.
    let is_live =
        core.namespace(&session.host).is_some_and(|it| it.has(&session.name, session.conn));
    let rule = open::SLOW_CLIENTS_OVERFLOW;
    if is_live { Ok(()) } else { Err(Ending { because: rule, reason: QUOTA_EXCEEDED }) }
}

/// A message of somebody without a connection: judged as an MQTT 5 client's is, kept and routed.
pub(super) fn submit(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let message = match take(core, session, publish, ruling) {
        Ok(message) => message,
        Err(Denied::Ends(ending) | Denied::Acknowledged(ending)) => return Err(ending),
    };
    route::hand_on(core, &session.host, &message, &session.client, ruling);
    deliver::route(core, &session.host.clone(), message, because, ruling);
    Ok(())
}

/// Judges a PUBLISH, and keeps it where it is to be retained.
fn take(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<Message, Denied> {
    let message = judge(core, session, publish, ruling)?;
    retain(core, session, &message, ruling)?;
    Ok(message)
}

/// Judges a PUBLISH, from its packet to the permission of its client.
fn judge(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<Message, Denied> {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else {
        return Ok(Message::new(&publish.topic, publish.payload.clone()));
    };
    let profile = &namespace.profile;
    judge_size(session, publish, profile, ruling)?;
    if publish.dup {
        ruling.note(qos::SENT_AGAIN, true);
    }
    let is_qos_2 = publish.qos == Qos::ExactlyOnce;
    let rule = if session.is_v5() { v5::MAXIMUM_QOS } else { v3::NO_QOS_2_PUBLISH };
    Ending::unless(!is_qos_2, rule, QOS_NOT_SUPPORTED, ruling)?;
    if publish.retain {
        let retains = match profile.retain {
            Retain::None => false,
            Retain::V5 => session.is_v5(),
            Retain::Both => true,
        };
        let is_of_the_page = profile.retain == Retain::V5 && !session.is_v5();
        let rule = if is_of_the_page { v3::NO_RETAIN } else { open::WHO_MAY_RETAIN };
        let retains = ruling.value(open::WHO_MAY_RETAIN, retains, !retains);
        Ending::unless(retains, rule, RETAIN_NOT_SUPPORTED, ruling)?;
    }
    let topic = topic(session, publish, profile, ruling)?;
    let passes =
        namespace.rates.admits(&session.name, publish.payload.len(), profile, core.now, ruling);
    Ending::unless(passes, open::PUBLISH_TOO_FAST, QUOTA_EXCEEDED, ruling)
        .map_err(|ending| Denied::by(profile.excess_publish, ending))?;
    judge_topic(&topic, profile, ruling)?;
    judge_properties(publish, profile, ruling)?;
    if v5::has_user_properties(&publish.properties) {
        let rule = v5::USER_PROPERTIES_ARE_TAKEN;
        Ending::unless_granted(rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)
            .map_err(Denied::Acknowledged)?;
    }
    let may = namespace.permits(&session.client, Permission::Publisher, &topic, ruling);
    if !may {
        ruling.explain(namespace.denial(&session.client, Permission::Publisher, &topic));
    }
    let (rule, how) = if session.is_v5() {
        (open::UNAUTHORIZED_PUBLISH_OF_V5, profile.unauthorized_publish)
    } else {
        (open::UNAUTHORIZED_PUBLISH_OF_V3, Denial::Close)
    };
    Ending::unless(may, rule, NOT_AUTHORIZED, ruling).map_err(|ending| Denied::by(how, ending))?;
    judge_answer(namespace.live.get_mut(&session.name), &topic, publish, ruling);
    let lifetime_s = lifetime_s(&publish.properties, &namespace.profile, ruling);
    let begins_ms = ruling.value(
        v5::LIFETIME_BEGINS_AT_THE_BROKER,
        core.now.ms(),
        core.now.ms().saturating_add(ANOTHER_HOUR_MS),
    );
    Ok(Message {
        qos: publish.qos,
        retain: publish.retain,
        properties: carried(&publish.properties),
        publisher: Some(session.name.clone()),
        expiry_interval_s: lifetime_s,
        expires_at_ms: lifetime_s.map(|s| begins_ms.saturating_add(u64::from(s) * 1000)),
        ..Message::new(&topic, publish.payload.clone())
    })
}

fn judge_size(
    session: &Session,
    publish: &Publish,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    // Most are far below; only what may be too large is measured.
    const AROUND_BYTES: usize = 1024;
    let most_bytes = profile.max_packet_bytes;
    let rough = publish.payload.len() + publish.topic.len() + AROUND_BYTES;
    if publish.properties.is_empty() && rough <= most_bytes {
        return Ok(());
    }
    let bytes = wire::size_bytes(&Packet::Publish(publish.clone()), session.version);
    let fits = bytes <= most_bytes;
    let rule = if session.is_v5() { v5::MAXIMUM_PACKET_SIZE } else { limit::MESSAGE_OF_512_KIB };
    Ending::unless(fits, rule, PACKET_TOO_LARGE, ruling)
}

/// The topic that is meant, by its name or by an alias of it.
fn topic(
    session: &mut Session,
    publish: &Publish,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<String, Ending> {
    let alias = end::find(&publish.properties, |property| match property {
        Property::TopicAlias(alias) => Some(*alias),
        _ => None,
    });
    let Some(alias) = alias else { return Ok(publish.topic.clone()) };
    ruling.note(v5::ALIAS_IS_A_PROPERTY, true);
    let is_within = (1..=profile.topic_alias_maximum).contains(&alias);
    ruling.note(v5::A_CLIENT_MAY_USE_ALIASES, is_within);
    match session.aliases.resolve(alias, &publish.topic, profile.topic_alias_maximum) {
        Ok(topic) => {
            Ending::unless_granted(v5::AN_ALIAS_STANDS_FOR_A_TOPIC, TOPIC_ALIAS_INVALID, ruling)?;
            let rule =
                if publish.topic.is_empty() { v5::ALIASES_ARE_KEPT } else { v5::TEN_ALIASES };
            Ending::unless_granted(rule, TOPIC_ALIAS_INVALID, ruling)?;
            Ok(topic.to_string())
        }
        Err(AliasFault::OutOfRange) => {
            Ending::unless(false, v5::TOPIC_ALIAS_MAXIMUM, TOPIC_ALIAS_INVALID, ruling)?;
            Ok(publish.topic.clone())
        }
        Err(AliasFault::Unknown) => {
            Ending::unless(false, v5::CODES_OF_THE_STANDARD, PROTOCOL_ERROR, ruling)?;
            Ok(publish.topic.clone())
        }
    }
}

fn judge_topic(
    name: &str,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Denied> {
    let fits = topic::valid_topic_name(name)
        && name.len() <= profile.topic_bytes
        && name.split('/').count() <= profile.topic_segments;
    Ending::unless(fits, open::TOPIC_SIZE, TOPIC_NAME_INVALID, ruling)
        .map_err(Denied::Acknowledged)?;
    if !name.starts_with('$') {
        return Ok(());
    }
    let is_allowed = profile.dollar_topics == DollarTopics::Ordinary;
    let is_allowed = ruling.value(open::DOLLAR_TOPICS, is_allowed, !is_allowed);
    Ending::unless(is_allowed, open::DOLLAR_TOPICS, TOPIC_NAME_INVALID, ruling)
        .map_err(Denied::Acknowledged)
}

fn judge_properties(
    publish: &Publish,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Denied> {
    let mut user_bytes = 0;
    let mut fits = true;
    for property in &publish.properties {
        match property {
            Property::ResponseTopic(it) => fits &= it.len() <= profile.response_topic_bytes,
            Property::ContentType(it) => fits &= it.len() <= profile.content_type_bytes,
            Property::CorrelationData(it) => fits &= it.len() <= profile.correlation_data_bytes,
            Property::UserProperty(key, value) => user_bytes += key.len() + value.len(),
            _ => {}
        }
    }
    fits &= user_bytes <= profile.user_properties_bytes;
    Ending::unless(fits, open::PROPERTY_SIZES, QUOTA_EXCEEDED, ruling).map_err(Denied::Acknowledged)
}

/// Notes whether an answer goes with the Correlation Data of its request.
fn judge_answer(link: Option<&mut Link>, topic: &str, publish: &Publish, ruling: &mut Ruling<'_>) {
    let Some(requests) = link.map(|link| &mut link.requests) else { return };
    if requests.iter().all(|(response_topic, _)| response_topic != topic) {
        return;
    }
    let data = deliver::correlation_data(&publish.properties);
    let asked = requests.iter().position(|it| it.0 == topic && it.1.as_ref() == data);
    ruling.note(v5::ANSWERS_HAVE_THEIR_REQUESTS_DATA, asked.is_some());
    if let Some(index) = asked {
        requests.remove(index);
    }
}

/// Keeps a message for who subscribes later.
fn retain(
    core: &mut Core,
    session: &Session,
    message: &Message,
    ruling: &mut Ruling<'_>,
) -> Result<(), Denied> {
    if !message.retain {
        return Ok(());
    }
    let fits = keep(core, &session.host, message, ruling);
    Ending::unless(fits, open::RETAINED_LIMITS, QUOTA_EXCEEDED, ruling)
        .map_err(Denied::Acknowledged)
}

/// Retains a message, if there is room for it.
pub(super) fn keep(
    core: &mut Core,
    host: &str,
    message: &Message,
    ruling: &mut Ruling<'_>,
) -> bool {
    let now_ms = core.now.ms();
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return true };
    let profile = &namespace.profile;
    let units = profile.throughput_units.unwrap_or(1) as usize;
    let (messages, bytes) = (profile.retained_messages * units, profile.retained_bytes * units);
    let rule = open::RETAINED_LIFE;
    if message.payload.is_empty() && !ruling.value(rule, true, false) {
        return true;
    }
    let mut kept = message.clone();
    let life_ms = u64::from(ruling.value(rule, profile.retained_expiry_s, u32::MAX)) * 1000;
    let end_ms = now_ms.saturating_add(life_ms);
    kept.expires_at_ms = Some(kept.expires_at_ms.map_or(end_ms, |asked_ms| asked_ms.min(end_ms)));
    message.bytes() <= profile.retained_message_bytes
        && namespace.broker.retained.keep(&kept.into(), messages, bytes, now_ms).is_ok()
}

/// Says no, and stays.
fn refuse(
    session: &Session,
    publish: &Publish,
    ending: Ending,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    Ending::unless_granted(v5::NEGATIVE_ACKNOWLEDGEMENT, ending.reason, ruling)?;
    let reason = end::told(ending.reason, ruling);
    ruling.acknowledge(session.conn, publish, reason, ending.because);
    Ok(())
}

/// The properties that go through to subscribers.
pub(super) fn carried(properties: &[Property]) -> Vec<Property> {
    let goes_through = |property: &&Property| {
        matches!(
            property,
            Property::PayloadFormatIndicator(_)
                | Property::ContentType(_)
                | Property::ResponseTopic(_)
                | Property::CorrelationData(_)
                | Property::UserProperty(..)
        )
    };
    properties.iter().filter(goes_through).cloned().collect()
}

/// How long a message is good for; nothing is for ever.
pub(super) fn lifetime_s(
    properties: &[Property],
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Option<u32> {
    let asked_s = end::find(properties, |property| match property {
        Property::MessageExpiryIntervalS(s) => Some(*s),
        _ => None,
    })?;
    ruling.note(v5::A_MESSAGE_MAY_HAVE_A_LIFETIME, true);
    if asked_s == 0 {
        let never = match profile.zero_expiry {
            ZeroExpiry::Never => {
                let never = ruling.value(v5::NEVER_EXPIRES, true, false);
                ruling.value(open::ZERO_EXPIRY, never, false)
            }
            ZeroExpiry::AtOnce => ruling.value(open::ZERO_EXPIRY, false, true),
        };
        return if never { None } else { Some(0) };
    }
    ruling.value(v5::MESSAGE_EXPIRY, Some(asked_s), None)
}
