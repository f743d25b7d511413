//! A PUBLISH: judged, handed on, acknowledged.

use broker::{AliasFault, Message};
use wire::{Ack, Packet, Property, Publish, Qos};

use super::{
    Session, deliver,
    end::{
        Ending, NOT_AUTHORIZED, PACKET_TOO_LARGE, PROTOCOL_ERROR, QOS_NOT_SUPPORTED, SUCCESS,
        TOPIC_ALIAS_INVALID,
    },
    open, pkt, qos, retain,
    topic::{self, Verdict},
    uplink, v5,
};
use crate::{
    cloud::Core,
    profile::{AlibabaProfile, DeniedPublish, Qos2},
    ruling::Ruling,
};

/// A message arrived.
pub(super) fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(instance) = core.instance(&session.instance) else { return Ok(()) };
    let profile = instance.profile.clone();
    if publish.qos == Qos::ExactlyOnce {
        let closes = profile.qos_2 == Qos2::Close;
        Ending::unless(!closes, qos::NO_QOS_2, QOS_NOT_SUPPORTED, ruling)?;
        return Ok(());
    }
    v5::judge_size(session, publish, &profile, ruling)?;
    retain::judge(session, publish, &profile, ruling)?;
    let fits = publish.payload.len() <= profile.message_bytes;
    Ending::unless(fits, open::MESSAGE_SIZE, PACKET_TOO_LARGE, ruling)?;
    let fails = v5::judge_publish(session, publish, instance, ruling)?;
    let name = resolve(session, publish, &profile, ruling)?;
    if let Some(reason) = fails {
        acknowledge(session, publish, reason, ruling);
        return Ok(());
    }
    Ending::unless_granted(pkt::PUBLISH, PROTOCOL_ERROR, ruling)?;
    if let Verdict::Denied(why) = topic::may_publish(instance, session, &name) {
        ruling.explain(why);
        return denied(session, publish, &profile, ruling);
    }
    let expiry_s = v5::message_expiry_s(publish, &profile, ruling);
    let message = Message {
        qos: publish.qos,
        expiry_interval_s: expiry_s,
        expires_at_ms: expiry_s.map(|s| core.now.plus_s(s.into()).ms()),
        properties: carried(&publish.properties),
        publisher: Some(session.key.clone()),
        ..Message::new(&name, publish.payload.clone())
    };
    acknowledge(session, publish, SUCCESS, ruling);
    uplink::arrived(core, session, &message, ruling);
    // What goes to the platform itself comes back to no device, even if one has subscribed to it.
    if !topic::is_of_the_system(&name) {
        deliver::route(core, &session.instance.clone(), &message, qos::of(publish.qos), ruling);
    }
    Ok(())
}

/// What becomes of a publish to a topic that the device may not publish to (ALI-OPEN-077).
fn denied(
    session: &Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let closes = profile.denied_publish == DeniedPublish::Close;
    let rule = open::DENIED_PUBLISH;
    Ending::unless(!closes, rule, NOT_AUTHORIZED, ruling)?;
    match profile.denied_publish {
        DeniedPublish::Ignore => {}
        DeniedPublish::Refuse if session.is_v5() => {
            acknowledge(session, publish, NOT_AUTHORIZED, ruling);
        }
        _ => acknowledge(session, publish, SUCCESS, ruling),
    }
    Ok(())
}

/// The topic that is meant, by its name or by an alias of it.
fn resolve(
    session: &mut Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<String, Ending> {
    let alias = publish.properties.iter().find_map(|property| match property {
        Property::TopicAlias(alias) => Some(*alias),
        _ => None,
    });
    let Some(alias) = alias else { return Ok(publish.topic.clone()) };
    match session.aliases.resolve(alias, &publish.topic, profile.topic_alias_maximum) {
        Ok(topic) => {
            Ending::unless_granted(v5::TOPIC_ALIASES, TOPIC_ALIAS_INVALID, ruling)?;
            Ok(topic.to_string())
        }
        Err(AliasFault::OutOfRange) => {
            Ending::unless(false, open::ALIAS_MAXIMUM, TOPIC_ALIAS_INVALID, ruling)?;
            Ok(publish.topic.clone())
        }
        Err(AliasFault::Unknown) => {
            Ending::unless(false, v5::REASON_CODES, PROTOCOL_ERROR, ruling)?;
            Ok(publish.topic.clone())
        }
    }
}

fn acknowledge(session: &Session, publish: &Publish, reason: u8, ruling: &mut Ruling<'_>) {
    if let (Qos::AtLeastOnce, Some(packet_id)) = (publish.qos, publish.packet_id) {
        let ack = Ack { packet_id, reason, properties: Vec::new() };
        ruling.send(session.conn, Packet::Puback(ack), qos::QOS_1);
    }
}

/// The properties that go through to the other side.
pub(super) fn carried(properties: &[Property]) -> Vec<Property> {
    let goes_through = |property: &&Property| {
        matches!(
            property,
            Property::ResponseTopic(_) | Property::CorrelationData(_) | Property::UserProperty(..)
        )
    };
    properties.iter().filter(goes_through).cloned().collect()
}
