//! GET `/mqtt/retainedMessages`: what is retained, one by one or by a filter, in pages.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use broker::Message;
use percent_encoding::{CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};
use wire::topic;

use super::{
    super::{Namespace, access::Identity, model::Permission, open},
    BAD_REQUEST, FORBIDDEN, NOT_FOUND, Refused,
    bearer::bearer,
    judge_method,
    parameters::{Parameters, number},
};
use crate::{
    cloud::Core,
    http::{HttpRequest, HttpResponse},
    profile::Retain,
    ruling::Ruling,
    time::Time,
};

pub(super) const ONE: &str = "/mqtt/retainedMessages/message";
pub(super) const ALL: &str = "/mqtt/retainedMessages";

/// The most of one page, and its size unless the query says another.
const PAGE_MAX: u32 = 100;

/// The retained message of a topic: its payload, and in headers what else there is to say.
pub(super) fn one(
    core: &Core,
    host: &str,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) -> Result<HttpResponse, Refused> {
    let (namespace, reader, parameters) = admitted(core, host, request, ruling)?;
    let topic = parameters.required("topic", "factory%2Fline1%2Fstate")?;
    judge_reader(namespace, &reader, topic, ruling)?;
    let found = namespace.broker.retained.get(topic, core.now.ms());
    let found = ruling.value(open::HTTP_RETAINED, found, None);
    let Some((message, since_ms)) = found else {
        return Err(Refused::new(NOT_FOUND, format!("nothing is retained on `{topic}`")));
    };
    let entry = entry(message, since_ms);
    let header = |name: &str, member: &str| {
        let value = match &entry[member] {
            // What a header cannot hold.
            Value::String(text) => utf8_percent_encode(text, CONTROLS).to_string(),
            Value::Null => return None,
            other => other.to_string(),
        };
        Some((format!("x-ms-mqtt-{name}"), value))
    };
    let mut headers: Vec<(String, String)> = [
        ("topic", "topic"),
        ("qos", "qos"),
        ("size", "size"),
        ("expiry", "expiry"),
        ("last-modified", "lastModifiedTime"),
    ]
    .into_iter()
    .filter_map(|(name, member)| header(name, member))
    .collect();
    headers.push(("content-type".to_owned(), "application/octet-stream".to_owned()));
    Ok(HttpResponse { status: 200, headers, body: message.payload.clone() })
}

/// A page of what is retained under a filter.
pub(super) fn all(
    core: &Core,
    host: &str,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) -> Result<HttpResponse, Refused> {
    let (namespace, reader, parameters) = admitted(core, host, request, ruling)?;
    let most = number("maxResults", parameters.query("maxResults"), 1, PAGE_MAX)?;
    let most = most.unwrap_or(PAGE_MAX) as usize;
    let most = ruling.value(open::HTTP_RETAINED, most, usize::MAX);
    let (filter, after) =
        match (parameters.query("topicFilter"), parameters.query("continuationToken")) {
            (Some(filter), None) => (filter.to_owned(), None),
            (None, Some(token)) => continued(token)?,
            _ => {
                let why = "the query has to have either `topicFilter` or `continuationToken`";
                return Err(Refused::new(BAD_REQUEST, why));
            }
        };
    if !topic::valid_filter(&filter) {
        let why = format!("`topicFilter` is `{filter}`, expected a filter such as factory/+/state");
        return Err(Refused::new(BAD_REQUEST, why));
    }
    judge_reader(namespace, &reader, &filter, ruling)?;
    let now_ms = core.now.ms();
    let rest = namespace.broker.retained.covered_since(&filter, now_ms);
    let rest =
        rest.filter(|(message, _)| after.as_deref().is_none_or(|after| *message.topic > *after));
    let mut rest = rest.peekable();
    let page: Vec<_> = rest.by_ref().take(most).collect();
    let next = page.last().filter(|_| rest.peek().is_some()).map(|(last, _)| {
        let token = URL_SAFE_NO_PAD.encode(json!([filter, *last.topic]).to_string());
        let version = parameters.query("api-version").unwrap_or_default();
        format!(
            "https://{host}{ALL}?continuationToken={token}&maxResults={most}&api-version={version}"
        )
    });
    let entries: Vec<Value> =
        page.into_iter().map(|(message, since_ms)| entry(message, since_ms)).collect();
    let body = json!({"nextLink": next, "retainedMessages": entries}).to_string();
    let kind = ("content-type".to_owned(), "application/json; charset=utf-8".to_owned());
    Ok(HttpResponse { status: 200, headers: vec![kind], body: body.into() })
}

/// Who asks, and for what.
fn admitted<'a>(
    core: &'a Core,
    host: &str,
    request: &'a HttpRequest,
    ruling: &mut Ruling<'_>,
) -> Result<(&'a Namespace, Identity, Parameters<'a>), Refused> {
    let Some(namespace) = core.registry.namespaces.get(host) else {
        return Err(Refused::new(NOT_FOUND, "there is no such namespace"));
    };
    let retains = namespace.profile.retain != Retain::None;
    let none = || "the namespace retains nothing: profile.retain".to_owned();
    Refused::unless(retains, open::HTTP_RETAINED, NOT_FOUND, none, ruling)?;
    judge_method(request, "GET")?;
    let reader = bearer(core, namespace, request, ruling)?;
    let parameters = Parameters::of(request)?;
    parameters.required("api-version", "2025-11-16-preview")?;
    Ok((namespace, reader, parameters))
}

/// Whoever may subscribe may read.
fn judge_reader(
    namespace: &Namespace,
    reader: &Identity,
    filter: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Refused> {
    let may = namespace.may(reader, Permission::Subscriber, filter);
    let why = || namespace.denial(reader, Permission::Subscriber, filter);
    Refused::unless(may, open::HTTP_RETAINED, FORBIDDEN, why, ruling)
}

/// The filter of the pages before, and the last topic on them.
fn continued(token: &str) -> Result<(String, Option<String>), Refused> {
    let read = || {
        let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
        let (filter, after): (String, String) = serde_json::from_slice(&bytes).ok()?;
        Some((filter, Some(after)))
    };
    read().ok_or_else(|| {
        let why = format!("`continuationToken` is `{token}`, expected the one of a `nextLink`");
        Refused::new(BAD_REQUEST, why)
    })
}

fn entry(message: &Arc<Message>, since_ms: u64) -> Value {
    let asked_for = message.expiry_interval_s.and(message.expires_at_ms);
    json!({
        "topic": *message.topic,
        "qos": message.qos.level(),
        "size": message.bytes(),
        "expiry": asked_for.map(|ms| Time::from_ms(ms).round_trip()),
        "lastModifiedTime": Time::from_ms(since_ms).round_trip(),
    })
}
