//! Pub and PubBroadcast: messages of the business server.

use std::sync::Arc;

use broker::Message;
use serde::Deserialize;
use serde_json::json;
use wire::{Property, Qos, topic};

use super::{BAD_PARAMETER, Call, Failure, Outcome, Reply, decoded, flag, number, refused, uphold};
use crate::{
    alibaba::{broadcast, deliver, open, v5},
    cloud::Core,
    orders::PUBLISHED_BY_THE_OPERATOR,
    rate::Rate,
    ruling::Ruling,
};

const BAD_TOPIC: &str = "iot.messagebroker.InvalidFormattedTopicName";
const BAD_QOS: &str = "iot.messagebroker.IllegalQos";
const TOO_LARGE: &str = "iot.messagebroker.MessageTooLarge";
const TOO_MANY: &str = "iot.messagebroker.RateLimit";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Pub {
    product_key: String,
    topic_full_name: String,
    /// Base64.
    message_content: String,
    /// 0 or 1.
    #[serde(default, deserialize_with = "number")]
    qos: Option<u64>,
    response_topic: Option<String>,
    /// Base64.
    correlation_data: Option<String>,
    content_type: Option<String>,
    #[serde(default)]
    user_prop: Vec<UserProperty>,
    /// Of broadcasts: whether later subscribers get it.
    #[serde(default, deserialize_with = "flag")]
    retained: bool,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct UserProperty {
    key: String,
    value: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct PubBroadcast {
    product_key: String,
    /// Everybody who is online gets it without one.
    topic_full_name: Option<String>,
    /// Base64.
    message_content: String,
}

/// Publishes to a custom topic of a device, or to subscribers of a broadcast.
pub(super) fn publish(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: Pub = call.parameters()?;
    let payload = decoded("MessageContent", &it.message_content)?;
    let level = it.qos.unwrap_or(0);
    let qos = u8::try_from(level).ok().and_then(Qos::from_level);
    let Some(qos) = qos.filter(|qos| *qos != Qos::ExactlyOnce) else {
        return Err(refused(BAD_QOS, format!("QoS {level}: expected 0 or 1")));
    };
    let topic = it.topic_full_name.as_str();
    is_name(topic)?;
    let is_broadcast = topic.starts_with(broadcast::ROOT);
    let message = Message {
        properties: it.properties()?,
        retain: it.retained,
        ..Message::new(topic, payload.clone()).at(qos)
    };
    if is_broadcast {
        return broadcast_to(core, call, &it.product_key, message, ruling);
    }
    let is_custom = topic.split('/').nth(3) == Some("user");
    let why = || {
        format!(
            "`{topic}` is a topic of the system: expected /{{ProductKey}}/{{DeviceName}}/user/…"
        )
    };
    uphold(open::NO_SYSTEM_TOPICS_FOR_PUB, is_custom, BAD_TOPIC, why, ruling)?;
    let mut levels = topic.split('/').skip(1);
    let (product_key, device_name) = (levels.next(), levels.next());
    let is_of_the_product = product_key == Some(it.product_key.as_str());
    if is_custom && !is_of_the_product {
        let key = &it.product_key;
        return Err(refused(BAD_TOPIC, format!("`{topic}` is no topic of the product `{key}`")));
    }
    if is_custom {
        call.knows(core, &it.product_key, device_name.unwrap_or_default())?;
    }
    let message_id = call.instance_of(core)?.next_message_id();
    let because = v5::by_pub(&message, PUBLISHED_BY_THE_OPERATOR);
    deliver::route(core, call.instance, &message, because, ruling);
    super::done(json!({ "MessageId": message_id }))
}

/// Publishes to all devices of a product that are online, or to those that subscribed to the topic.
pub(super) fn broadcast(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: PubBroadcast = call.parameters()?;
    let payload = decoded("MessageContent", &it.message_content)?;
    if let Some(topic) = it.topic_full_name {
        is_name(&topic)?;
        let message = Message::new(&topic, payload);
        return broadcast_to(core, call, &it.product_key, message, ruling);
    }
    admit(core, call, &it.product_key, payload.len(), ruling)?;
    let instance = call.instance_of(core)?;
    let message_id = instance.next_message_id();
    let product_key = it.product_key.as_str();
    let devices = instance.products.get(product_key).map(|it| it.devices.keys().cloned());
    let devices: Vec<String> = devices.into_iter().flatten().collect();
    for device_name in devices {
        let topic = format!("/sys/{product_key}/{device_name}/broadcast/request/{message_id}");
        let whom = (product_key, device_name.as_str());
        let message = Message::new(&topic, payload.clone());
        deliver::push(core, call.instance, whom, message, open::BROADCASTS, ruling);
    }
    Ok(Reply::Done(json!({ "MessageId": message_id }), open::BROADCASTS))
}

fn broadcast_to(
    core: &mut Core,
    call: &Call<'_>,
    product_key: &str,
    message: Message,
    ruling: &mut Ruling<'_>,
) -> Outcome {
    let prefix = format!("{}{product_key}/", broadcast::ROOT);
    if !message.topic.starts_with(&prefix) {
        let why = format!("`{}` does not begin with `{prefix}`", message.topic);
        return Err(refused(BAD_TOPIC, why));
    }
    admit(core, call, product_key, message.payload.len(), ruling)?;
    let now_ms = core.now.ms();
    let instance = call.instance_of(core)?;
    let message_id = instance.next_message_id();
    let keeps = instance.profile.retained_broadcasts;
    if message.retain && ruling.value(open::RETAINED_BROADCASTS, keeps, !keeps) {
        let kept = Arc::new(message.clone());
        // No limit is documented, so that there is room.
        let _ = instance.broker.retained.keep(&kept, usize::MAX, usize::MAX, now_ms);
    }
    let message = Message { retain: false, ..message };
    let most = instance.profile.broadcast_subscribers;
    let targets = instance.broker.targets(&message, broker::Copies::One);
    for target in targets.iter().take(ruling.value(open::BROADCASTS, most, 0)) {
        let Some(whom) = target.session.split_once('/') else { continue };
        deliver::push(core, call.instance, whom, message.clone(), open::BROADCASTS, ruling);
    }
    Ok(Reply::Done(json!({ "MessageId": message_id }), open::BROADCASTS))
}

/// How large a broadcast may be, and how many there may be.
fn admit(
    core: &mut Core,
    call: &Call<'_>,
    product_key: &str,
    bytes: usize,
    ruling: &mut Ruling<'_>,
) -> Result<(), Failure> {
    let now = core.now;
    let instance = call.instance_of(core)?;
    if !instance.products.contains_key(product_key) {
        let why = format!("there is no product `{product_key}`");
        return Err(refused(super::NO_PRODUCT, why));
    }
    let most = instance.profile.broadcast_bytes;
    let why = || format!("{bytes} bytes: a broadcast has at most {most}");
    uphold(open::BROADCASTS, bytes <= most, TOO_LARGE, why, ruling)?;
    let rate = Rate::per_min(instance.profile.broadcasts_per_min);
    let fits = instance.broadcasts.admit(now, 1, rate);
    let why = || format!("there may be {} broadcasts in a minute", rate.most);
    uphold(open::BROADCASTS, fits, TOO_MANY, why, ruling)
}

fn is_name(name: &str) -> Result<(), Failure> {
    if name.starts_with('/') && topic::valid_topic_name(name) {
        return Ok(());
    }
    Err(refused(
        BAD_TOPIC,
        format!("`{name}` is no topic: expected one that begins with / and has no + and #"),
    ))
}

impl Pub {
    fn properties(&self) -> Result<Vec<Property>, Failure> {
        let mut properties = Vec::new();
        properties.extend(self.content_type.clone().map(Property::ContentType));
        if let Some(topic) = &self.response_topic {
            if !topic::valid_topic_name(topic) {
                return Err(refused(
                    BAD_PARAMETER,
                    format!("`ResponseTopic`: `{topic}` is no topic"),
                ));
            }
            properties.push(Property::ResponseTopic(topic.clone()));
        }
        if let Some(data) = &self.correlation_data {
            properties.push(Property::CorrelationData(decoded("CorrelationData", data)?));
        }
        let pair = |it: &UserProperty| Property::UserProperty(it.key.clone(), it.value.clone());
        properties.extend(self.user_prop.iter().map(pair));
        Ok(properties)
    }
}
