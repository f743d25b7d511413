//! What a miniature says to an Event Grid namespace: MQTT 5, as the vendor's samples use it.

use serde_json::json;
use wire::{Connect, Filter, Packet, Property, Publish, Qos};

use super::who::Who;

/// Long enough for a reconnect.
const SESSION_EXPIRY_S: u32 = 600;

/// Old telemetry helps nobody.
const TELEMETRY_EXPIRY_S: u32 = 60;

/// The CONNECT of a session that lives on.
pub(super) fn connect(who: &Who) -> Connect {
    Connect {
        level: 5,
        clean: false,
        properties: vec![Property::SessionExpiryIntervalS(SESSION_EXPIRY_S)],
        username: Some(who.id.clone()),
        client_id: who.id.clone(),
        ..Connect::default()
    }
}

/// Commands for this client, and alerts for all.
pub(super) fn filters(who: &Who) -> Vec<Filter> {
    [format!("clients/{}/commands/#", who.id), "alerts/#".to_owned()]
        .into_iter()
        .map(|filter| Filter { filter, qos: Qos::AtLeastOnce, ..Filter::default() })
        .collect()
}

/// The `n`th piece of telemetry.
pub(super) fn telemetry(who: &Who, n: u64) -> Publish {
    Publish {
        topic: format!("clients/{}/telemetry", who.id),
        properties: vec![
            Property::PayloadFormatIndicator(1),
            Property::MessageExpiryIntervalS(TELEMETRY_EXPIRY_S),
            Property::ContentType("application/json".to_owned()),
        ],
        payload: json!({"n": n, "celsius": 21.5}).to_string().into(),
        ..Publish::default()
    }
}

/// The answer to a command: to where it asks for it, and under its name.
pub(super) fn answer(command: &Publish) -> Option<Packet> {
    let topic = command.properties.iter().find_map(|property| match property {
        Property::ResponseTopic(topic) => Some(topic.clone()),
        _ => None,
    })?;
    let correlation = command
        .properties
        .iter()
        .filter(|property| matches!(property, Property::CorrelationData(_)))
        .cloned();
    Some(Packet::Publish(Publish {
        topic,
        properties: correlation.collect(),
        payload: json!({"done": true}).to_string().into(),
        ..Publish::default()
    }))
}
