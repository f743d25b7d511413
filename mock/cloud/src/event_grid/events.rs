//! Events on their way out: to whoever watches the mock, and to an endpoint of the namespace's choice.

pub(super) mod lifecycle;

use crate::{cloud::Core, cloud_event::CloudEvent, http::HttpCall, rule::Rule, ruling::Ruling};

/// Hands an event of the namespace on, because of a rule.
pub(super) fn deliver_event(
    core: &mut Core,
    host: &str,
    event: CloudEvent,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let endpoint = core.namespace(host).and_then(|it| it.profile.event_endpoint.clone());
    let call = endpoint.map(|url| post(url, &event));
    ruling.event(event, because);
    if let Some(call) = call {
        core.call(call, because, ruling);
    }
}

/// The structured form of the HTTP binding of CloudEvents 1.0.
fn post(url: String, event: &CloudEvent) -> HttpCall {
    let content_type = "application/cloudevents+json; charset=utf-8";
    HttpCall {
        url,
        method: "POST".to_owned(),
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: event.to_json().to_string().into(),
    }
}
