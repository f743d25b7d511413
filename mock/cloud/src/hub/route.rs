//! Where telemetry goes when a hub has a route, and in which form. It declares no rule of its own.

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;

use super::{bag::Properties, open};
use crate::{profile::Routing, ruling::Ruling};

/// The endpoint of a message and its body there.
pub(super) fn of(
    routing: Routing,
    properties: &Properties,
    body: &Bytes,
    ruling: &mut Ruling<'_>,
) -> (&'static str, Bytes) {
    let can_be_read = is_readable(
        properties.system("content-type").unwrap_or_default(),
        properties.system("content-encoding").unwrap_or_default(),
    );
    let can_be_read = ruling.value(open::BODY_CAN_BE_READ, can_be_read, !can_be_read);
    match routing {
        Routing::Body if can_be_read => ("by-body", body.clone()),
        Routing::Events | Routing::Body => ("events", body.clone()),
        Routing::Storage if can_be_read => ("storage", body.clone()),
        Routing::Storage => ("storage", STANDARD.encode(body).into()),
    }
}

/// JSON with a UTF encoding, which stands in either property; letter case aside.
fn is_readable(content_type: &str, content_encoding: &str) -> bool {
    let content_type = content_type.to_ascii_lowercase();
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts.next() == Some("application/json");
    let charset = parts.find_map(|part| part.strip_prefix("charset="));
    let is_utf = |name: &str| ["utf-8", "utf-16", "utf-32"].contains(&name);
    is_json && (charset.is_some_and(is_utf) || is_utf(&content_encoding.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_readable_with_a_utf_encoding() {
        for (content_type, content_encoding, expected) in [
            ("application/json;charset=utf-8", "", true),
            ("application/json; charset=UTF-8", "", true),
            ("Application/JSON", "UTF-16", true),
            ("application/json", "", false),
            ("application/json", "gzip", false),
            ("application/json;charset=latin1", "", false),
            ("text/plain", "utf-8", false),
            ("", "", false),
        ] {
            assert_eq!(
                is_readable(content_type, content_encoding),
                expected,
                "{content_type} {content_encoding}"
            );
        }
    }
}
