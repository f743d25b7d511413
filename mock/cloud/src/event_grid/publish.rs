//! A PUBLISH: judged, routed, acknowledged.

use broker::{AliasFault, Message};
use wire::{Ack, Packet, Property, Publish, Qos, topic};

use super::{
    Session, deliver,
    end::{
        Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, PACKET_TOO_LARGE, PROTOCOL_ERROR,
        QOS_NOT_SUPPORTED, QUOTA_EXCEEDED, RETAIN_NOT_SUPPORTED, SUCCESS, TOPIC_ALIAS_INVALID,
        TOPIC_NAME_INVALID,
    },
    limit,
    model::Permission,
    open, proto, qos, route, session, v3, v5,
};
use crate::{
    cloud::Core,
    profile::{Denial, EventGridProfile, Retain, ZeroExpiry},
    rule::Rule,
    ruling::Ruling,
};

/// Why a PUBLISH goes no further.
enum Denied {
    /// It ends the connection.
    Ends(Ending),
    /// An acknowledgement tells, where there is one; else the connection ends.
    Acknowledged(Ending),
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
    let message = match judge(core, session, publish, ruling) {
        Ok(message) => message,
        Err(Denied::Acknowledged(ending)) if session.is_v5() && publish.qos == Qos::AtLeastOnce => {
            return refuse(session, publish, ending, ruling);
        }
        Err(Denied::Ends(ending) | Denied::Acknowledged(ending)) => return Err(ending),
    };
    retain(core, session, &message, ruling).or_else(|denied| match denied {
        Denied::Acknowledged(ending) if session.is_v5() && publish.qos == Qos::AtLeastOnce => {
            refuse(session, publish, ending, ruling)
        }
        Denied::Ends(ending) | Denied::Acknowledged(ending) => Err(ending),
    })?;
    let because = match publish.qos {
        Qos::AtMostOnce => qos::TAKES_QOS_0,
        _ => proto::of(core, session),
    };
    route::hand_on(core, &session.host, &message, &session.client, ruling);
    deliver::route(core, &session.host.clone(), message, because, ruling);
    acknowledge(session, publish, SUCCESS, qos::QOS_1_IS_ACKNOWLEDGED, ruling);
    // Its own session may have overflowed.
    let is_live =
        core.namespace(&session.host).is_some_and(|it| it.has(&session.name, session.conn));
    let rule = session::OVERFLOW_ENDS_THE_SESSION;
    if is_live { Ok(()) } else { Err(Ending { because: rule, reason: QUOTA_EXCEEDED }) }
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
    let is_qos_2 = publish.qos == Qos::ExactlyOnce;
    let rule = if session.is_v5() { v5::MAXIMUM_QOS } else { v3::NO_QOS_2_PUBLISH };
    Ending::unless(!is_qos_2, rule, QOS_NOT_SUPPORTED, ruling)?;
    if publish.retain {
        let (retains, rule) = match profile.retain {
            Retain::None => (false, open::WHO_MAY_RETAIN),
            Retain::V5 if session.is_v5() => (true, open::WHO_MAY_RETAIN),
            Retain::V5 => (false, v3::NO_RETAIN),
            Retain::Both => (true, open::WHO_MAY_RETAIN),
        };
        Ending::unless(retains, rule, RETAIN_NOT_SUPPORTED, ruling)?;
    }
    let topic = topic(session, publish, profile, ruling)?;
    judge_topic(&topic, profile, ruling)?;
    judge_properties(publish, profile, ruling)?;
    if v5::has_user_properties(&publish.properties) {
        let rule = v5::USER_PROPERTIES_ARE_TAKEN;
        Ending::unless_granted(rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)
            .map_err(Denied::Acknowledged)?;
    }
    let may = namespace.may(&session.client, Permission::Publisher, &topic);
    if !may {
        ruling.explain(namespace.denial(&session.client, Permission::Publisher, &topic));
    }
    let (rule, how) = if session.is_v5() {
        (open::UNAUTHORIZED_PUBLISH_OF_V5, profile.unauthorized_publish)
    } else {
        (open::UNAUTHORIZED_PUBLISH_OF_V3, Denial::Close)
    };
    Ending::unless(may, rule, NOT_AUTHORIZED, ruling).map_err(|ending| match how {
        Denial::Acknowledge => Denied::Acknowledged(ending),
        Denial::Close => Denied::Ends(ending),
    })?;
    let lifetime_s = lifetime_s(&publish.properties, profile, ruling);
    let now_ms = core.now.ms();
    Ok(Message {
        qos: publish.qos,
        retain: publish.retain,
        properties: carried(&publish.properties),
        publisher: Some(session.name.clone()),
        expiry_interval_s: lifetime_s,
        expires_at_ms: lifetime_s.map(|s| now_ms.saturating_add(u64::from(s) * 1000)),
        ..Message::new(&topic, publish.payload.clone())
    })
}

fn judge_size(
    session: &Session,
    publish: &Publish,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    // What is around the payload never takes as much.
    const AROUND_BYTES: usize = 128 * 1024;
    let most_bytes = profile.max_packet_bytes;
    if publish.payload.len() + AROUND_BYTES <= most_bytes {
        return Ok(());
    }
    let bytes = deliver::size_bytes(&Packet::Publish(publish.clone()), session.version);
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
    let alias = super::end::find(&publish.properties, |property| match property {
        Property::TopicAlias(alias) => Some(*alias),
        _ => None,
    });
    let Some(alias) = alias else { return Ok(publish.topic.clone()) };
    let is_within = (1..=profile.topic_alias_maximum).contains(&alias);
    ruling.note(v5::A_CLIENT_MAY_USE_ALIASES, is_within);
    match session.aliases.resolve(alias, &publish.topic, profile.topic_alias_maximum) {
        Ok(topic) => {
            Ending::unless_granted(v5::AN_ALIAS_STANDS_FOR_A_TOPIC, TOPIC_ALIAS_INVALID, ruling)?;
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
    Ending::unless(fits, open::TOPIC_SIZE, TOPIC_NAME_INVALID, ruling).map_err(Denied::Acknowledged)
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
    let now_ms = core.now.ms();
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let profile = &namespace.profile;
    let units = profile.throughput_units.unwrap_or(1) as usize;
    let fits_itself = message.bytes() <= profile.retained_message_bytes;
    let mut kept = message.clone();
    let life_ms = u64::from(profile.retained_expiry_s) * 1000;
    kept.expires_at_ms.get_or_insert(now_ms.saturating_add(life_ms));
    let fits = fits_itself
        && namespace
            .broker
            .retained
            .keep(
                &kept.into(),
                profile.retained_messages * units,
                profile.retained_bytes * units,
                now_ms,
            )
            .is_ok();
    Ending::unless(fits, open::RETAINED_LIMITS, QUOTA_EXCEEDED, ruling)
        .map_err(Denied::Acknowledged)
}

/// Says no, and stays.
fn refuse(
    session: &Session,
    publish: &Publish,
    ending: Ending,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    Ending::unless_granted(v5::NEGATIVE_ACKNOWLEDGEMENT, ending.reason, ruling)?;
    let reason = ruling.value(v5::CODES_TELL_WHY, ending.reason, 0x80);
    acknowledge(session, publish, reason, ending.because, ruling);
    Ok(())
}

fn acknowledge(
    session: &Session,
    publish: &Publish,
    reason: u8,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    if let (Qos::AtLeastOnce, Some(packet_id)) = (publish.qos, publish.packet_id) {
        let ack = Ack { packet_id, reason, properties: Vec::new() };
        ruling.send(session.conn, Packet::Puback(ack), because);
    }
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
    let asked_s = super::end::find(properties, |property| match property {
        Property::MessageExpiryIntervalS(s) => Some(*s),
        _ => None,
    })?;
    if asked_s == 0 && profile.zero_expiry == ZeroExpiry::Never {
        return ruling.value(v5::NEVER_EXPIRES, None, Some(0));
    }
    ruling.value(v5::MESSAGE_EXPIRY, Some(asked_s), None)
}
