//! A CloudEvents 1.0 envelope, as a cloud hands events to the service side.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// One event: the attributes of CloudEvents 1.0, extensions, and what it carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CloudEvent {
    pub id: String,
    pub source: String,
    /// The attribute `type`.
    pub kind: String,
    pub subject: Option<String>,
    /// RFC 3339.
    pub time: Option<String>,
    pub datacontenttype: Option<String>,
    pub dataschema: Option<String>,
    /// By name: strings, whole numbers and booleans.
    pub extensions: Map<String, Value>,
    pub data: Option<EventData>,
}

/// What an event carries.
#[derive(Clone, Debug, PartialEq)]
pub enum EventData {
    /// JSON, or text as a JSON string: the member `data`.
    Json(Value),
    /// Any other bytes: the member `data_base64`.
    Binary(Bytes),
}

impl CloudEvent {
    /// The JSON form (CloudEvents 1.0, JSON event format).
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        let mut put = |name: &str, value: Value| {
            members.insert(name.to_owned(), value);
        };
        put("specversion", json!(SPEC_VERSION));
        for name in ["id", "source", "type", "subject", "time", "datacontenttype", "dataschema"] {
            if let Some(value) = self.attribute(name) {
                put(name, json!(value));
            }
        }
        self.extensions.iter().for_each(|(name, value)| put(name, value.clone()));
        match &self.data {
            Some(EventData::Json(data)) => put("data", data.clone()),
            Some(EventData::Binary(data)) => put("data_base64", json!(STANDARD.encode(data))),
            None => {}
        }
        Value::Object(members)
    }

    /// A context attribute or an extension, as text.
    pub fn attribute(&self, name: &str) -> Option<String> {
        match name {
            "specversion" => Some(SPEC_VERSION.to_owned()),
            "id" => Some(self.id.clone()),
            "source" => Some(self.source.clone()),
            "type" => Some(self.kind.clone()),
            "subject" => self.subject.clone(),
            "time" => self.time.clone(),
            "datacontenttype" => self.datacontenttype.clone(),
            "dataschema" => self.dataschema.clone(),
            _ => self.extensions.get(name).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        }
    }

    /// What it carries as bytes: text without its quotes, other JSON as it is written.
    pub fn body(&self) -> Bytes {
        match &self.data {
            Some(EventData::Json(Value::String(text))) => Bytes::copy_from_slice(text.as_bytes()),
            Some(EventData::Json(data)) => Bytes::from(data.to_string()),
            Some(EventData::Binary(data)) => data.clone(),
            None => Bytes::new(),
        }
    }
}

const SPEC_VERSION: &str = "1.0";

impl fmt::Display for CloudEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.kind, self.source)?;
        self.subject.iter().try_for_each(|subject| write!(f, " on {subject}"))?;
        write!(f, " ({} B)", self.body().len())?;
        self.extensions
            .keys()
            .try_for_each(|name| write!(f, " {name}={}", self.attribute(name).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: Option<EventData>) -> CloudEvent {
        CloudEvent {
            id: "1".to_owned(),
            source: "contoso".to_owned(),
            kind: "MQTT.EventPublished".to_owned(),
            subject: Some("a/b".to_owned()),
            extensions: [("room".to_owned(), json!("r1")), ("n".to_owned(), json!(2))]
                .into_iter()
                .collect(),
            data,
            ..CloudEvent::default()
        }
    }

    #[test]
    fn the_json_form_has_what_is_there_and_data_of_its_kind() {
        let whole = |name: &str, data: Value| {
            let mut wanted = json!({
                "specversion": "1.0",
                "id": "1",
                "source": "contoso",
                "type": "MQTT.EventPublished",
                "subject": "a/b",
                "room": "r1",
                "n": 2,
            });
            wanted[name] = data;
            wanted
        };
        for (data, name, member, body) in [
            (EventData::Json(json!({"t": 1})), "data", json!({"t": 1}), r#"{"t":1}"#),
            (EventData::Json(json!("hello")), "data", json!("hello"), "hello"),
            (EventData::Binary(Bytes::from_static(b"hi")), "data_base64", json!("aGk="), "hi"),
        ] {
            let event = event(Some(data));
            assert_eq!(event.to_json(), whole(name, member));
            assert_eq!(event.body(), body.as_bytes());
        }
        assert_eq!(event(None).to_json().get("data"), None);
    }

    #[test]
    fn an_event_reads_as_a_line() {
        let event = event(Some(EventData::Json(json!("hello"))));
        let line = "MQTT.EventPublished of contoso on a/b (5 B) room=r1 n=2";
        assert_eq!(event.to_string(), line);
        assert_eq!(event.attribute("type").as_deref(), Some("MQTT.EventPublished"));
        assert_eq!(event.attribute("n").as_deref(), Some("2"));
        assert_eq!(event.attribute("time"), None);
    }
}
