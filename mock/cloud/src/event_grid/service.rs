//! Messages that the operator of the mock publishes into a namespace, without a client.

use broker::Message;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use wire::{Property, Qos, topic};

use super::deliver;
use crate::{
    cloud::Core,
    order::{ServiceError, Verb},
    rule::Rule,
    ruling::Ruling,
};

/// A message, as the body of `POST messages` has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Outgoing {
    topic: String,
    #[serde(default)]
    payload: String,
    /// 0 or 1.
    #[serde(default)]
    qos: u8,
    content_type: Option<String>,
    response_topic: Option<String>,
    correlation_data: Option<String>,
    #[serde(default)]
    user_properties: Map<String, Value>,
    message_expiry_interval_s: Option<u32>,
}

/// Whether an order is to publish.
pub(crate) fn is_publish(verb: Verb, path: &str) -> bool {
    verb == Verb::Post && path.trim_matches('/') == "messages"
}

/// Publishes a message to whoever has subscribed. Answer: `{"topic", "subscribers"}`.
///
/// # Errors
/// When there is no such namespace, or the body is no message.
pub(crate) fn publish(
    core: &mut Core,
    host: &str,
    body: &Value,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> Result<Value, ServiceError> {
    let Some(namespace) = core.registry.namespace(host) else {
        return Err(super::admin::no_namespace(&core.registry, host));
    };
    let host = namespace.host.clone();
    let outgoing: Outgoing = serde_json::from_value(body.clone()).map_err(|error| {
        let like = r#"{"topic": "alerts/all", "payload": "storm", "qos": 1}"#;
        bad(format!("the body is no message: {error}; expected such as {like}"))
    })?;
    if !topic::valid_topic_name(&outgoing.topic) {
        let name = &outgoing.topic;
        return Err(bad(format!("`{name}` is no topic name: expected one without + and #")));
    }
    let Some(qos) = Qos::from_level(outgoing.qos).filter(|qos| *qos != Qos::ExactlyOnce) else {
        return Err(bad(format!("QoS {}: expected 0 or 1", outgoing.qos)));
    };
    let now_ms = core.now.ms();
    let message = Message {
        properties: outgoing.properties(),
        expiry_interval_s: outgoing.message_expiry_interval_s,
        expires_at_ms: outgoing
            .message_expiry_interval_s
            .map(|s| now_ms.saturating_add(u64::from(s) * 1000)),
        ..Message::new(&outgoing.topic, outgoing.payload.clone().into_bytes()).at(qos)
    };
    let broker = core.namespace(&host).map(|namespace| &namespace.broker);
    let targets = broker.map(|it| it.targets(&message, broker::Copies::One)).unwrap_or_default();
    let subscribers = targets.len();
    deliver::route(core, &host, message, because, ruling);
    Ok(json!({"topic": outgoing.topic, "subscribers": subscribers}))
}

impl Outgoing {
    fn properties(&self) -> Vec<Property> {
        let mut properties = Vec::new();
        properties.extend(self.content_type.clone().map(Property::ContentType));
        properties.extend(self.response_topic.clone().map(Property::ResponseTopic));
        let data = self.correlation_data.clone().map(Bytes::from);
        properties.extend(data.map(Property::CorrelationData));
        properties.extend(self.user_properties.iter().map(|(key, value)| {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Property::UserProperty(key.clone(), value)
        }));
        properties
    }
}

fn bad(message: String) -> ServiceError {
    ServiceError::of_resource(400, "InvalidRequest", message)
}
