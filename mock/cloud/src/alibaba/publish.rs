//! A PUBLISH: judged, handed on, acknowledged.

use broker::{AliasFault, Message};
use wire::{Property, Publish, Qos};

use super::{
    Session, deliver,
    end::{Ending, NOT_AUTHORIZED, PROTOCOL_ERROR, SUCCESS, TOPIC_ALIAS_INVALID},
    instance::Operation,
    log::{BizCode, RunRecord},
    open, pkt,
    qos::{self, Passage},
    retain, topic, uplink, v5,
};
use crate::{
    cloud::Core,
    profile::{AlibabaProfile, DeniedPublish},
    ruling::{Broken, Ruling},
};

/// What the run log has of a message that comes too fast.
const THROTTLED: u16 = 9324;

/// A message arrived.
pub(super) fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(instance) = core.instance(&session.instance) else { return Ok(()) };
    let profile = instance.profile.clone();
    if qos::judge(publish, &profile, ruling)? == Passage::Dropped {
        return Ok(());
    }
    v5::judge_size(session, publish, &profile, ruling)?;
    retain::judge(session, publish, &profile, ruling)?;
    let fails = v5::judge_publish(session, publish, instance, ruling)?;
    let name = resolve(session, publish, &profile, ruling)?;
    if let Some(reason) = fails {
        ruling.acknowledge(session.conn, publish, reason, qos::QOS_1);
        return Ok(());
    }
    Ending::unless_granted(pkt::PUBLISH, PROTOCOL_ERROR, ruling)?;
    let instance = core.instance(&session.instance);
    let judged = instance.map(|it| topic::judge(it, session, &name, Operation::Pub, ruling));
    if let Some(Err(Broken(why))) = judged {
        let what = (name.as_str(), Operation::Pub);
        topic::log_denied(core.now, session, what, why, open::DENIED_PUBLISH, ruling);
        return denied(session, publish, &profile, ruling);
    }
    let expiry_s = v5::message_expiry_s(publish, &profile, ruling);
    let message = Message {
        qos: publish.qos,
        expiry_interval_s: expiry_s,
        expires_at_ms: expiry_s.map(|s| core.now.plus_s(s.into()).ms()),
        retain: publish.retain,
        properties: carried(&publish.properties),
        publisher: Some(session.key.clone()),
        ..Message::new(&name, publish.payload.clone())
    };
    ruling.acknowledge(session.conn, publish, SUCCESS, qos::QOS_1);
    if is_taken(core, session, &message, &profile, ruling).is_err() {
        return Ok(());
    }
    retain::keep(core, session, &message, ruling);
    uplink::arrived(core, session, &message, ruling);
    // What goes to the platform itself comes back to no device, even if one has subscribed to it.
    if !topic::is_of_the_system(&name) {
        deliver::route(core, &session.instance.clone(), &message, qos::of(publish.qos), ruling);
    }
    Ok(())
}

/// Whether a message is taken any further: what is too large, or comes too fast, is thrown away, which its
/// publisher is not told.
fn is_taken(
    core: &mut Core,
    session: &Session,
    message: &Message,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let bytes = message.payload.len();
    let fits = bytes <= profile.message_bytes;
    if !fits {
        ruling.explain(format!("{bytes} bytes are more than {}", profile.message_bytes));
    }
    ruling.uphold(open::MESSAGE_SIZE, fits)?;
    let now = core.now;
    let instance = core.instance_mut(&session.instance);
    let device = instance.and_then(|it| it.device_mut(&session.product_key, &session.name));
    let Some(device) = device else { return Ok(()) };
    let is_qos_1 = message.qos != Qos::AtMostOnce;
    let bucket = if is_qos_1 { &mut device.publishes_1 } else { &mut device.publishes_0 };
    let rate = profile.publishes(is_qos_1);
    let is_in_time = bucket.admit(now, 1, rate);
    ruling.uphold(open::UPLINK_RATE, is_in_time).inspect_err(|_| {
        let record = RunRecord::of(now, session, BizCode::Uplink, &message.topic);
        let why = format!("more than {} messages in a second", rate.most);
        ruling.log(record.failed(THROTTLED, &why), open::UPLINK_RATE);
    })
}

/// What becomes of a publish to a topic that the device may not publish to (ALI-OPEN-077).
fn denied(
    session: &Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let because = open::DENIED_PUBLISH;
    let other = match profile.denied_publish {
        DeniedPublish::Close => DeniedPublish::Drop,
        _ => DeniedPublish::Close,
    };
    match ruling.value(because, profile.denied_publish, other) {
        DeniedPublish::Close => Err(Ending { because, reason: NOT_AUTHORIZED }),
        DeniedPublish::Ignore => Ok(()),
        DeniedPublish::Refuse if session.is_v5() => {
            ruling.acknowledge(session.conn, publish, NOT_AUTHORIZED, because);
            Ok(())
        }
        DeniedPublish::Refuse | DeniedPublish::Drop => {
            ruling.acknowledge(session.conn, publish, SUCCESS, because);
            Ok(())
        }
    }
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
