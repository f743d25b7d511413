//! What a device sends, as what lies behind its topic takes it; and what the business server is told.

use broker::Message;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    Session, down, open,
    presence::{self, Change},
    requests,
    topic::{self, Kind},
    v5,
};
use crate::{
    cloud::Core,
    cloud_event::{CloudEvent, EventData},
    ruling::Ruling,
};

/// A message of a device has passed.
pub(super) fn arrived(
    core: &mut Core,
    session: &Session,
    message: &Message,
    ruling: &mut Ruling<'_>,
) {
    let topic = message.topic.clone();
    let Some(kind) = topic::kind(&topic, &session.product_key, &session.name) else { return };
    match kind {
        Kind::System(rest) if rest.starts_with("rrpc/") => {}
        Kind::Custom(_) | Kind::System(_) | Kind::Ota(_) => {
            upload(core, session, message, ruling);
        }
        Kind::Extension { .. } | Kind::Shadow(_) | Kind::Broadcast(_) => {}
    }
    requests::published(core, session, message, ruling);
}

/// Hands a message to the business server, as a server-side subscription gives it.
pub(super) fn upload(
    core: &mut Core,
    session: &Session,
    message: &Message,
    ruling: &mut Ruling<'_>,
) {
    let time = core.now.round_trip();
    let now_ms = core.now.ms();
    let Some(instance) = core.instance_mut(&session.instance) else { return };
    let id = instance.next_message_id();
    let mut extensions = Map::new();
    extensions.insert("productkey".to_owned(), json!(&*session.product_key));
    extensions.insert("devicename".to_owned(), json!(&*session.name));
    extensions.insert("qos".to_owned(), json!(message.qos.level()));
    extensions.insert("generatetime".to_owned(), json!(now_ms));
    v5::tell_server(message, &mut extensions, ruling);
    let event = CloudEvent {
        id,
        source: session.instance.to_string(),
        kind: "upload".to_owned(),
        subject: Some(message.topic.to_string()),
        time: Some(time),
        extensions,
        data: Some(data(&message.payload)),
        ..CloudEvent::default()
    };
    ruling.event(event, open::OWN_TOPICS_ONLY);
}

/// Tells the business server that a device is there or gone (ALI-OPEN-117).
pub(super) fn status(core: &mut Core, session: &Session, is_online: bool, ruling: &mut Ruling<'_>) {
    let at = core.now;
    let peer =
        core.connections.get(&session.conn).map(|connection| connection.peer.address.clone());
    let Some(instance) = core.instance_mut(&session.instance) else { return };
    let id = instance.next_message_id();
    let (product_key, device_name) = (&*session.product_key, &*session.name);
    let change = Change {
        is_online,
        product_key,
        device_name,
        iot_id: &down::iot_id(product_key, device_name),
        address: &peer.unwrap_or_default(),
        at,
        last: session.heard_at,
    };
    let event = CloudEvent {
        id,
        source: session.instance.to_string(),
        kind: "status".to_owned(),
        subject: Some(presence::topic(product_key, device_name)),
        time: Some(at.round_trip()),
        data: Some(EventData::Json(change.body())),
        ..CloudEvent::default()
    };
    ruling.event(event, open::PRESENCE);
}

/// A payload as an event carries it: JSON as it is, other text as text.
fn data(payload: &Bytes) -> EventData {
    match std::str::from_utf8(payload) {
        Ok(text) => {
            let json = serde_json::from_str::<Value>(text);
            EventData::Json(json.unwrap_or_else(|_| Value::String(text.to_owned())))
        }
        Err(_) => EventData::Binary(payload.clone()),
    }
}
