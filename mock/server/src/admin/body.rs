//! Message bodies and properties as JSON.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{HttpResponse, telemetry::Telemetry};
use serde_json::{Map, Value, json};

/// Puts a body under `body` as text, or under `body_base64` when it is none.
pub(super) fn put(members: &mut Map<String, Value>, body: &[u8]) {
    match std::str::from_utf8(body) {
        Ok(text) => members.insert("body".to_owned(), json!(text)),
        Err(_) => members.insert("body_base64".to_owned(), json!(STANDARD.encode(body))),
    };
}

/// Puts headers under `headers`, a list of names and values. What signs somebody in is left out.
pub(super) fn headers(members: &mut Map<String, Value>, headers: &[(String, String)]) {
    let shown = headers.iter().map(|(name, value)| match name.as_str() {
        "authorization" | "cookie" => json!([name, format!("({} B)", value.len())]),
        _ => json!([name, value]),
    });
    members.insert("headers".to_owned(), shown.collect());
}

/// Puts an answer over HTTP under `status`, `headers` and the body's names.
pub(super) fn response(members: &mut Map<String, Value>, response: &HttpResponse) {
    members.insert("status".to_owned(), json!(response.status));
    headers(members, &response.headers);
    put(members, &response.body);
}

/// One message of the event endpoint. A property without a value is `null`.
pub(super) fn telemetry(telemetry: &Telemetry) -> Value {
    let properties: Map<String, Value> = telemetry
        .application_properties
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let mut members = Map::new();
    members.insert("hub".to_owned(), json!(*telemetry.hub));
    members.insert("device".to_owned(), json!(telemetry.from.to_string()));
    members.insert("sequence_number".to_owned(), json!(telemetry.sequence_number));
    members.insert("enqueued_at".to_owned(), json!(telemetry.enqueued_at.round_trip()));
    members.insert("endpoint".to_owned(), json!(telemetry.endpoint));
    members.insert("properties".to_owned(), Value::Object(properties));
    members
        .insert("system_properties".to_owned(), Value::Object(pairs(&telemetry.system_properties)));
    members.insert("annotations".to_owned(), Value::Object(pairs(&telemetry.annotations)));
    put(&mut members, &telemetry.body);
    Value::Object(members)
}

fn pairs(pairs: &[(&str, impl AsRef<str>)]) -> Map<String, Value> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), json!(value.as_ref()))).collect()
}
