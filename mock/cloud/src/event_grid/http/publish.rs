//! POST `/mqtt/messages`: a PUBLISH in the words of HTTP.

use std::sync::Arc;

use serde_json::{Map, Value};
use wire::{Property, Publish, Qos};

use super::{
    super::{Session, open, publish},
    BAD_REQUEST, FORBIDDEN, IS_A_PREVIEW, NEEDS_NO_SESSION, NOT_FOUND, REACHES_SUBSCRIBERS,
    Refused,
    bearer::bearer,
    judge_method,
    parameters::{Parameters, number},
    status_of,
};
use crate::{
    cloud::Core,
    http::{HttpRequest, HttpResponse},
    ruling::{Broken, Ruling},
};

pub(super) const PATH: &str = "/mqtt/messages";

/// Publishes what a request carries, as the principal of its token.
pub(super) fn publish(
    core: &mut Core,
    host: &Arc<str>,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) -> Result<HttpResponse, Refused> {
    let Some(namespace) = core.registry.namespaces.get(&**host) else {
        return Err(Refused::new(NOT_FOUND, "there is no such namespace"));
    };
    let off = || "publishing over HTTPS is off in this namespace: profile.http_publish".to_owned();
    Refused::unless(namespace.profile.http_publish, IS_A_PREVIEW, NOT_FOUND, off, ruling)?;
    judge_method(request, "POST")?;
    let client = bearer(core, namespace, request, ruling)?;
    let parameters = Parameters::of(request)?;
    parameters.required("api-version", "2025-02-15-preview")?;
    let plain = Publish {
        topic: parameters.required("topic", "devices%2Fd1%2Fprompt")?.to_owned(),
        qos: Qos::AtLeastOnce,
        payload: request.body.clone(),
        ..Publish::default()
    };
    let mapped = mapped(&parameters, plain.clone())?;
    let packet = ruling.value(open::HTTP_MAPPING, mapped, plain);
    let status = namespace.profile.http_publish_status;
    ruling
        .grant(NEEDS_NO_SESSION)
        .map_err(|Broken(_)| Refused::new(FORBIDDEN, "connect over MQTT first"))?;
    let mut session = Session::of_nobody(host, client, core.now);
    publish::submit(core, &mut session, &packet, REACHES_SUBSCRIBERS, ruling).map_err(
        |ending| {
            let rule = ending.because;
            let told = ruling.why.as_deref().map_or_else(|| rule.to_string(), str::to_owned);
            Refused::new(status_of(&ending), told)
        },
    )?;
    Ok(HttpResponse { status: ruling.value(open::HTTP_ANSWERS, status, 200), ..Default::default() })
}

/// The PUBLISH that query and headers describe.
fn mapped(parameters: &Parameters<'_>, plain: Publish) -> Result<Publish, Refused> {
    let bit = |name: &str, header: &str, default: u32| {
        let found = parameters.query(name).or_else(|| parameters.header(header));
        number(name, found, 0, 1).map(|found| found.unwrap_or(default))
    };
    let qos = bit("qos", "mqtt-qos", 1)?;
    let retain = bit("retain", "mqtt-retain", 0)? == 1;
    Ok(Publish {
        qos: if qos == 0 { Qos::AtMostOnce } else { Qos::AtLeastOnce },
        retain,
        properties: properties(parameters)?,
        ..plain
    })
}

fn properties(parameters: &Parameters<'_>) -> Result<Vec<Property>, Refused> {
    let mut properties = Vec::new();
    let name = "mqtt-payload-format-indicator";
    if let Some(indicator) = number(name, parameters.header(name), 0, 1)? {
        properties.push(Property::PayloadFormatIndicator(u8::from(indicator == 1)));
    }
    let name = "mqtt-message-expiry";
    if let Some(s) = number(name, parameters.header(name), 0, u32::MAX)? {
        properties.push(Property::MessageExpiryIntervalS(s));
    }
    if let Some(kind) = parameters.header("content-type") {
        properties.push(Property::ContentType(kind.to_owned()));
    }
    if let Some(topic) = parameters.encoded("mqtt-response-topic")? {
        properties.push(Property::ResponseTopic(topic));
    }
    if let Some(data) = parameters.base64("mqtt-correlation-data")? {
        properties.push(Property::CorrelationData(data.into()));
    }
    if let Some(pairs) = parameters.base64("mqtt-user-properties")? {
        properties.extend(user_properties(&pairs)?);
    }
    Ok(properties)
}

/// `[{"unit": "C"}, {"unit": "K"}]`
fn user_properties(json: &[u8]) -> Result<Vec<Property>, Refused> {
    let bad = || {
        let expected = r#"base64 of a JSON array such as [{"key":"value"}]"#;
        Refused::new(BAD_REQUEST, format!("`mqtt-user-properties` is not {expected}"))
    };
    let objects: Vec<Map<String, Value>> = serde_json::from_slice(json).map_err(|_| bad())?;
    let pairs = objects.into_iter().map(|object| {
        let mut members = object.into_iter();
        match (members.next(), members.next()) {
            (Some((key, Value::String(value))), None) => Ok(Property::UserProperty(key, value)),
            _ => Err(bad()),
        }
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn publish_of(query: &str, headers: &[(&str, &str)]) -> Result<Publish, String> {
        let header = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let request = HttpRequest {
            address: "127.0.0.1:1".to_owned(),
            sni: None,
            method: "POST".to_owned(),
            target: format!("{PATH}?{query}"),
            headers: headers.iter().map(header).collect(),
            body: Bytes::new(),
        };
        let parameters = Parameters::of(&request).map_err(|refused| refused.why)?;
        let topic = parameters.required("topic", "t").map_err(|refused| refused.why)?.to_owned();
        mapped(&parameters, Publish { topic, ..Publish::default() }).map_err(|refused| refused.why)
    }

    #[test]
    fn query_and_headers_give_the_packet() {
        let publish = publish_of(
            "topic=devices%2Fd%201&qos=0",
            &[
                ("mqtt-qos", "1"),
                ("mqtt-retain", "1"),
                ("mqtt-response-topic", "a%2Fb"),
                ("mqtt-correlation-data", "AP8H"),
                ("mqtt-user-properties", "W3sidW5pdCI6IkMifSx7InVuaXQiOiJLIn1d"),
                ("content-type", "text/plain;charset=UTF-8"),
                ("mqtt-message-expiry", "60"),
                ("mqtt-payload-format-indicator", "1"),
            ],
        )
        .unwrap();
        assert_eq!(
            (&*publish.topic, publish.qos, publish.retain),
            ("devices/d 1", Qos::AtMostOnce, true)
        );
        let pair = |value: &str| Property::UserProperty("unit".to_owned(), value.to_owned());
        let expected = [
            Property::PayloadFormatIndicator(1),
            Property::MessageExpiryIntervalS(60),
            Property::ContentType("text/plain;charset=UTF-8".to_owned()),
            Property::ResponseTopic("a/b".to_owned()),
            Property::CorrelationData(Bytes::from_static(b"\0\xff\x07")),
            pair("C"),
            pair("K"),
        ];
        assert_eq!(publish.properties, expected);
        let bare = publish_of("topic=t", &[]).unwrap();
        assert_eq!((bare.qos, bare.retain, bare.properties.len()), (Qos::AtLeastOnce, false, 0));
    }

    #[test]
    fn what_is_wrong_is_told_with_what_was_expected() {
        let json =
            "`mqtt-user-properties` is not base64 of a JSON array such as [{\"key\":\"value\"}]";
        for (query, headers, expected) in [
            ("", &[][..], "the query has no `topic`: add topic=t"),
            ("topic=", &[], "the query has no `topic`: add topic=t"),
            ("topic=%FF", &[], "`topic` is `%FF`, expected percent-encoded UTF-8"),
            ("topic=t&qos=2", &[], "`qos` is `2`, expected a number from 0 to 1"),
            (
                "topic=t",
                &[("mqtt-retain", "yes")],
                "`retain` is `yes`, expected a number from 0 to 1",
            ),
            (
                "topic=t",
                &[("mqtt-message-expiry", "-1")],
                "`mqtt-message-expiry` is `-1`, expected a number from 0 to 4294967295",
            ),
            (
                "topic=t",
                &[("mqtt-correlation-data", "??")],
                "`mqtt-correlation-data` is `??`, expected base64",
            ),
            ("topic=t", &[("mqtt-user-properties", "e30=")], json),
            ("topic=t", &[("mqtt-user-properties", "W3siYSI6MX1d")], json),
            ("topic=t", &[("mqtt-user-properties", "W3t9XQ==")], json),
        ] {
            assert_eq!(publish_of(query, headers).unwrap_err(), expected, "{query} {headers:?}");
        }
    }
}
