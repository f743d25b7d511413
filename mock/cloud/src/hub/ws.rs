//! HUB-WS: MQTT inside WebSocket.

use super::{conn::Refusal, open, tenant};
use crate::{
    cloud::Core,
    identity::IdentityId,
    input::{Door, Peer, Transport},
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    WEBSOCKET_ON_443 = "HUB-WS-001";
    WEBSOCKET_WHERE_8883_IS_SHUT = "HUB-WS-002";
    PORT_OF_HTTPS = "HUB-WS-003";
}

/// The query that the Java SDK adds to the path when it signs in by token.
const NO_CLIENT_CERT: &str = "iothub-no-client-cert=true";

/// Notes by which rule the carrier refused an upgrade.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::WebSocket | Door::Path => ruling.note(open::WEBSOCKET_PATH, true),
        Door::Subprotocol => ruling.note(open::SUBPROTOCOL_IN_ANY_CASE, true),
        Door::Plaintext | Door::TlsVersion | Door::Tls | Door::Distrust | Door::Full => {}
    }
}

/// A CONNECT inside WebSocket is as good as one over TLS, where the profile offers WebSocket.
pub(super) fn admit(
    core: &Core,
    peer: &Peer,
    path: &str,
    subprotocol: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    if path.contains(NO_CLIENT_CERT) {
        ruling.grant(open::WEBSOCKET_PATH)?;
    }
    if subprotocol != "mqtt" {
        ruling.grant(open::SUBPROTOCOL_IN_ANY_CASE)?;
    }
    let is_offered =
        tenant::dialled(core, peer.sni.as_deref()).is_none_or(|hub| hub.profile.websocket);
    if is_offered {
        ruling.grant(WEBSOCKET_ON_443)?;
        ruling.grant(PORT_OF_HTTPS)
    } else {
        ruling.uphold(WEBSOCKET_ON_443, false)
    }
}

/// Whether the device asked that its certificate be overlooked.
pub(super) fn hides_certificate(peer: &Peer) -> bool {
    match &peer.transport {
        Transport::WebSocket { path, .. } => path.contains(NO_CLIENT_CERT),
        Transport::Tcp => false,
    }
}

/// Where the profile shuts port 8883, as a firewall does, a CONNECT over TLS ends without an answer.
/// Its device has learnt then: the next time it should come by WebSocket.
pub(super) fn turn_away_from_8883(
    core: &mut Core,
    peer: &Peer,
    host: &str,
    id: &IdentityId,
    ruling: &mut Ruling<'_>,
) -> Result<(), Refusal> {
    if core.profile(host).port_8883 {
        return Ok(());
    }
    let by_websocket = matches!(peer.transport, Transport::WebSocket { .. });
    let was_turned_away = core.identity_mut(host, id).is_some_and(|identity| {
        std::mem::replace(&mut identity.turned_away_from_8883, !by_websocket)
    });
    if was_turned_away {
        ruling.note(WEBSOCKET_WHERE_8883_IS_SHUT, by_websocket);
    }
    if by_websocket {
        return Ok(());
    }
    Err(Refusal { code: None, ..Broken(WEBSOCKET_WHERE_8883_IS_SHUT).into() })
}
