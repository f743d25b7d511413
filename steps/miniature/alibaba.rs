//! What a miniature says to an Alibaba instance: MQTT 5, custom topics, its thing model and RRPC.

use serde_json::{Value, json};
use wire::{Connect, Filter, Packet, Property, Publish, Qos};

use super::who::Who;
use crate::device::Signing;

/// The device of a product, as it signs in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    pub key: String,
    /// The DeviceSecret.
    pub secret: String,
}

/// The CONNECT of a device that signs what it says of itself.
pub(super) fn connect(who: &Who, product: &Product) -> Connect {
    let signing = Signing::new(&who.id, &product.key, &product.secret);
    Connect {
        level: 5,
        clean: false,
        properties: vec![Property::UserProperty("firmware".to_owned(), "1.4".to_owned())],
        username: Some(signing.username()),
        client_id: signing.announced(),
        password: Some(signing.password().into()),
        ..Connect::default()
    }
}

/// Messages of the business server, settings of properties, and RRPC requests.
pub(super) fn filters(who: &Who) -> Vec<Filter> {
    let own = own(who);
    let filters = [
        format!("/{own}/user/get"),
        format!("/sys/{own}/thing/event/property/post_reply"),
        format!("/sys/{own}/thing/service/property/set"),
        format!("/sys/{own}/rrpc/request/+"),
    ];
    filters
        .into_iter()
        .map(|filter| Filter { filter, qos: Qos::AtLeastOnce, ..Filter::default() })
        .collect()
}

/// The `n`th piece of telemetry: a message of its own form, and properties of the thing model by turns.
pub(super) fn telemetry(who: &Who, n: u64) -> Publish {
    let own = own(who);
    let (topic, payload) = match n.is_multiple_of(2) {
        true => (
            format!("/sys/{own}/thing/event/property/post"),
            json!({
                "id": n.to_string(),
                "version": "1.0",
                "params": {"celsius": 21.5},
                "method": "thing.event.property.post",
            }),
        ),
        false => (format!("/{own}/user/update"), json!({"n": n, "celsius": 21.5})),
    };
    Publish {
        topic,
        properties: vec![Property::UserProperty("unit".to_owned(), "celsius".to_owned())],
        payload: payload.to_string().into(),
        ..Publish::default()
    }
}

/// The answer to what asks for one: under its number at RRPC, under its id in the thing model.
pub(super) fn answer(request: &Publish) -> Option<Packet> {
    let (topic, payload) = if let Some((root, id)) = request.topic.split_once("/rrpc/request/") {
        (format!("{root}/rrpc/response/{id}"), json!({"done": true}))
    } else if request.topic.ends_with("/thing/service/property/set") {
        let asked: Value = serde_json::from_slice(&request.payload).ok()?;
        let answer = json!({"id": asked["id"], "code": 200, "data": {}});
        (format!("{}_reply", request.topic), answer)
    } else {
        return None;
    };
    Some(Packet::Publish(Publish {
        topic,
        payload: payload.to_string().into(),
        ..Publish::default()
    }))
}

/// `{ProductKey}/{DeviceName}`
pub(super) fn own(who: &Who) -> String {
    let key = who.product.as_ref().map_or("", |product| product.key.as_str());
    format!("{key}/{}", who.id)
}
