//! EG-PROTO: two protocols over two transports, and messages across all of them.

use broker::{Message, Target};
use wire::{Property, Version};

use super::{Session, v5};
use crate::{
    cloud::Core,
    input::{ConnId, Transport},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
};

rules! {
    V311_OVER_TLS = "EG-PROTO-001";
    V311_OVER_WEBSOCKET = "EG-PROTO-002";
    V5_OVER_TLS = "EG-PROTO-003";
    V5_OVER_WEBSOCKET = "EG-PROTO-004";
    FROM_V311_TO_V5 = "EG-PROTO-005";
    FROM_V5_TO_V311 = "EG-PROTO-006";
    ACROSS_TRANSPORTS = "EG-PROTO-007";
}

/// The rule by which a session publishes and subscribes.
pub(super) fn of(core: &Core, session: &Session) -> Rule {
    carried(session.version, is_websocket(core, session.conn).unwrap_or_default())
}

/// The rule by which a version is spoken over a transport.
pub(super) const fn carried(version: Version, is_websocket: bool) -> Rule {
    match (version, is_websocket) {
        (Version::V5, false) => V5_OVER_TLS,
        (Version::V5, true) => V5_OVER_WEBSOCKET,
        (Version::V31 | Version::V311, false) => V311_OVER_TLS,
        (Version::V31 | Version::V311, true) => V311_OVER_WEBSOCKET,
    }
}

/// Whether a message passes from its publisher to a subscriber who is connected in another way.
pub(super) fn crosses(
    core: &Core,
    host: &str,
    message: &Message,
    target: &Target,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let is_request = |property: &Property| matches!(property, Property::ResponseTopic(_));
    if message.properties.iter().any(is_request) {
        ruling.grant(v5::REQUEST_RESPONSE)?;
    }
    let link = |name: &str| core.namespace(host)?.live.get(name);
    let publisher = message.publisher.as_deref().and_then(link);
    let (Some(from), Some(to)) = (publisher, link(&target.session)) else { return Ok(()) };
    match (from.version, to.version) {
        (Version::V311, Version::V5) => ruling.grant(FROM_V311_TO_V5)?,
        (Version::V5, Version::V311) => ruling.grant(FROM_V5_TO_V311)?,
        _ => {}
    }
    if is_websocket(core, from.conn) != is_websocket(core, to.conn) {
        ruling.grant(ACROSS_TRANSPORTS)?;
    }
    Ok(())
}

fn is_websocket(core: &Core, conn: ConnId) -> Option<bool> {
    let peer = &core.connections.get(&conn)?.peer;
    Some(matches!(peer.transport, Transport::WebSocket { .. }))
}
