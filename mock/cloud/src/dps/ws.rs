//! DPS-WS: MQTT inside WebSocket.

use wire::Malformed;

use super::open;
use crate::{
    input::Door,
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    WEBSOCKET_ON_443 = "DPS-WS-001";
    SUBPROTOCOL_IS_MQTT = "DPS-WS-002";
    RFC_6455 = "DPS-WS-003";
}

/// Notes an upgrade that the carrier had to refuse.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::WebSocket => ruling.note(RFC_6455, false),
        Door::Path => ruling.note(open::WEBSOCKET_PATHS, true),
        Door::Subprotocol => ruling.note(SUBPROTOCOL_IS_MQTT, false),
        Door::Plaintext | Door::TlsVersion | Door::Tls | Door::Distrust | Door::Full => {}
    }
}

/// Whether bytes are no frame of RFC 6455, or not the binary frame in which MQTT travels.
pub(super) fn is_about_frames(why: &Malformed) -> bool {
    why.clause.starts_with("RFC 6455") || why.clause == "MQTT-6.0.0-1"
}

/// A CONNECT inside WebSocket is as good as one over TLS, on the paths that SDKs use.
pub(super) fn admit(path: &str, subprotocol: &str, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    ruling.note(RFC_6455, true);
    ruling.note(SUBPROTOCOL_IS_MQTT, subprotocol.eq_ignore_ascii_case("mqtt"));
    ruling.grant(WEBSOCKET_ON_443)?;
    if is_served(path) {
        ruling.grant(open::WEBSOCKET_PATHS)?;
    } else {
        ruling.uphold(open::WEBSOCKET_PATHS, false)?;
    }
    if subprotocol != "mqtt" && subprotocol.eq_ignore_ascii_case("mqtt") {
        ruling.grant(open::SUBPROTOCOL_IN_ANY_CASE)?;
    }
    Ok(())
}

/// Two paths, whatever query follows them.
fn is_served(path: &str) -> bool {
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    matches!(path, "/$iothub/websocket" | "/" | "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_paths_are_served() {
        for (path, served) in [
            ("/$iothub/websocket", true),
            ("/$iothub/websocket?iothub-no-client-cert=true", true),
            ("/", true),
            ("", true),
            ("/mqtt", false),
            ("/$iothub/websocket/x", false),
        ] {
            assert_eq!(is_served(path), served, "{path}");
        }
    }
}
