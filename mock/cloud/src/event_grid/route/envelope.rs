//! The CloudEvent that a message becomes, or that it was already.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use broker::Message;
use bytes::Bytes;
use serde_json::{Map, Value};
use wire::Property;

use super::super::open;
use crate::{
    cloud_event::{CloudEvent, EventData},
    ruling::Ruling,
};

/// The type of messages that were no events before.
const PUBLISHED: &str = "MQTT.EventPublished";

/// The event that is routed.
pub(super) fn of(
    message: &Message,
    namespace: &str,
    id: String,
    time: String,
    ruling: &mut Ruling<'_>,
) -> CloudEvent {
    if let Some(event) = structured(message).or_else(|| binary(message))
        && ruling.value(open::EVENTS_STAY_WHAT_THEY_ARE, true, false)
    {
        return event;
    }
    let topic = message.topic.to_string();
    let (kind, source, subject) = ruling.value(
        open::ROUTED_AS_A_CLOUD_EVENT,
        (PUBLISHED.to_owned(), namespace.to_owned(), topic.clone()),
        ("MQTT".to_owned(), topic, namespace.to_owned()),
    );
    let (text, bytes) = (text(&message.payload), EventData::Binary(message.payload.clone()));
    let data = if is_marked(message) {
        ruling.value(open::MARKED_TEXT_IS_DATA, text, bytes)
    } else {
        ruling.value(open::THE_REST_IS_BASE64, bytes, text)
    };
    CloudEvent {
        id,
        source,
        kind,
        subject: Some(subject),
        time: Some(time),
        datacontenttype: content_type(message).map(str::to_owned),
        dataschema: None,
        extensions: Map::new(),
        data: Some(data),
    }
}

/// A CloudEvent whose attributes are user properties: the binary mode of the MQTT binding.
fn binary(message: &Message) -> Option<CloudEvent> {
    let mut attributes = Map::new();
    for property in &message.properties {
        if let Property::UserProperty(key, value) = property {
            attributes.entry(key.as_str()).or_insert_with(|| value.as_str().into());
        }
    }
    let mut event = with_attributes(attributes)?;
    event.datacontenttype = content_type(message).map(str::to_owned);
    let is_json = event.datacontenttype.as_deref().is_some_and(is_json);
    event.data = Some(if is_json || is_marked(message) {
        text(&message.payload)
    } else {
        EventData::Binary(message.payload.clone())
    });
    Some(event)
}

/// A CloudEvent in JSON that is the payload: the structured mode of the MQTT binding.
fn structured(message: &Message) -> Option<CloudEvent> {
    let kind = essence(content_type(message)?);
    if !kind.eq_ignore_ascii_case("application/cloudevents+json") {
        return None;
    }
    let Ok(Value::Object(mut members)) = serde_json::from_slice(&message.payload) else {
        return None;
    };
    let data = members.remove("data").map(EventData::Json);
    let encoded = members.remove("data_base64");
    let encoded = encoded.as_ref().and_then(Value::as_str);
    let encoded = encoded.and_then(|text| STANDARD.decode(text).ok());
    let data = data.or_else(|| encoded.map(|bytes| EventData::Binary(bytes.into())));
    let mut event = with_attributes(members)?;
    event.data = data;
    Some(event)
}

/// The event of these attributes, if those are there that CloudEvents demands.
fn with_attributes(mut attributes: Map<String, Value>) -> Option<CloudEvent> {
    let mut take = |name: &str| match attributes.remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    };
    take("specversion").filter(|version| version == "1.0")?;
    let (id, source, kind) = (take("id")?, take("source")?, take("type")?);
    let (subject, time) = (take("subject"), take("time"));
    let (datacontenttype, dataschema) = (take("datacontenttype"), take("dataschema"));
    let is_extension = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    attributes.retain(|name, value| is_extension(name) && !value.is_array() && !value.is_object());
    Some(CloudEvent {
        id,
        source,
        kind,
        subject,
        time,
        datacontenttype,
        dataschema,
        extensions: attributes,
        data: None,
    })
}

/// Whether its publisher says that a message is text or JSON.
fn is_marked(message: &Message) -> bool {
    let is_text = message.properties.contains(&Property::PayloadFormatIndicator(1));
    is_text || content_type(message).is_some_and(is_json_in_utf8)
}

/// JSON as it is, other text as a string, and what is no text as bytes.
fn text(payload: &Bytes) -> EventData {
    if let Ok(json) = serde_json::from_slice(payload) {
        return EventData::Json(json);
    }
    match std::str::from_utf8(payload) {
        Ok(text) => EventData::Json(text.into()),
        Err(_) => EventData::Binary(payload.clone()),
    }
}

fn content_type(message: &Message) -> Option<&str> {
    message.properties.iter().find_map(|property| match property {
        Property::ContentType(it) => Some(it.as_str()),
        _ => None,
    })
}

/// A media type without its parameters.
fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim()
}

fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type).to_ascii_lowercase();
    essence == "application/json" || essence.ends_with("+json")
}

fn is_json_in_utf8(content_type: &str) -> bool {
    let parts: Vec<String> =
        content_type.split(';').map(|part| part.trim().to_ascii_lowercase()).collect();
    parts == ["application/json", "charset=utf-8"]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{breaks::Breaks, ruling::Ruling};

    fn routed(payload: &[u8], properties: Vec<Property>) -> Value {
        let message =
            Message { properties, ..Message::new("campus/b17", Bytes::copy_from_slice(payload)) };
        let breaks = Breaks::default();
        let mut ruling = Ruling::new(&breaks, None);
        let (id, time) = ("1".to_owned(), "2025-01-01T00:00:00Z".to_owned());
        of(&message, "contoso", id, time, &mut ruling).to_json()
    }

    fn content(kind: &str) -> Property {
        Property::ContentType(kind.to_owned())
    }

    const TEXT: Property = Property::PayloadFormatIndicator(1);

    #[test]
    fn the_payload_is_data_where_its_publisher_marked_it() {
        for (payload, properties, name, expected) in [
            ("20", vec![], "data_base64", "\"MjA=\""),
            ("20", vec![Property::PayloadFormatIndicator(0)], "data_base64", "\"MjA=\""),
            ("20", vec![content("application/json")], "data_base64", "\"MjA=\""),
            ("20", vec![TEXT], "data", "20"),
            (r#"{"t":70}"#, vec![TEXT], "data", r#"{"t":70}"#),
            ("warm", vec![TEXT], "data", "\"warm\""),
            ("[1]", vec![content("application/json; charset=utf-8")], "data", "[1]"),
            ("[1]", vec![content("Application/JSON;charset=UTF-8")], "data", "[1]"),
        ] {
            let event = routed(payload.as_bytes(), properties.clone());
            assert_eq!(event[name].to_string(), expected, "{payload} {properties:?}");
            let other = if name == "data" { "data_base64" } else { "data" };
            assert_eq!(event.get(other), None);
            assert_eq!(event["type"], "MQTT.EventPublished");
            assert_eq!(event["source"], "contoso");
            assert_eq!(event["subject"], "campus/b17");
        }
        assert_eq!(routed(b"\xff", vec![TEXT])["data_base64"], "/w==");
    }

    #[test]
    fn an_event_stays_what_it_is_in_both_modes() {
        let pair =
            |key: &str, value: &str| Property::UserProperty(key.to_owned(), value.to_owned());
        let attributes = || {
            vec![
                pair("specversion", "1.0"),
                pair("id", "7"),
                pair("source", "mine"),
                pair("type", "Custom.Type"),
                pair("room", "r1"),
                pair("Not-An-Attribute", "x"),
            ]
        };
        let mut binary = attributes();
        binary.push(content("application/json"));
        let whole = serde_json::json!({
            "specversion": "1.0",
            "id": "7",
            "source": "mine",
            "type": "Custom.Type",
            "room": "r1",
            "datacontenttype": "application/json",
            "data": {"t": 70},
        });
        assert_eq!(routed(br#"{"t":70}"#, binary), whole);
        let structured = vec![content("application/cloudevents+json; charset=utf-8")];
        assert_eq!(routed(whole.to_string().as_bytes(), structured), whole);
        assert_eq!(routed(b"70", attributes())["data_base64"], "NzA=");
    }

    #[test]
    fn what_is_almost_an_event_is_an_ordinary_message() {
        let envelope = content("application/cloudevents+json");
        for payload in [
            "",
            "[]",
            "{}",
            r#"{"specversion":"0.3","id":"7","source":"s","type":"t"}"#,
            r#"{"specversion":"1.0","id":7,"source":"s","type":"t"}"#,
            r#"{"specversion":"1.0","id":"7","source":"","type":"t"}"#,
        ] {
            let event = routed(payload.as_bytes(), vec![envelope.clone()]);
            assert_eq!(event["type"], "MQTT.EventPublished", "{payload}");
        }
    }
}
