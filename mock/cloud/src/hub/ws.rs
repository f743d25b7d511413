//! HUB-WS: MQTT inside WebSocket.

use wire::Connect;

use crate::{
    cloud::Core,
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    WEBSOCKET_ON_443 = "HUB-WS-001";
}

/// A CONNECT inside WebSocket is as good as one over TLS, where the profile offers WebSocket.
pub(super) fn admit(
    core: &Core,
    _connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let offered = core.registry.default_hub().is_none_or(|hub| hub.profile.websocket);
    ruling.uphold(WEBSOCKET_ON_443, offered)?;
    ruling.grant(WEBSOCKET_ON_443)
}
