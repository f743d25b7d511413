//! HUB-TLS: what must happen before the first MQTT byte.

use crate::{
    input::{Door, Peer},
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    NO_MQTT_BEFORE_TLS = "HUB-TLS-001";
    A_DEVICE_OPENS_WITH_CLIENT_HELLO = "HUB-TLS-003";
    PLAINTEXT_IS_TURNED_AWAY = "HUB-TLS-004";
    TLS_1_2_WORKS = "HUB-TLS-006";
    ASKS_FOR_MQTT_3_1_1 = "HUB-TLS-007";
    STORED_BYTE_FOR_BYTE = "HUB-TLS-008";
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::Plaintext => {
            ruling.note(A_DEVICE_OPENS_WITH_CLIENT_HELLO, false);
            ruling.note(PLAINTEXT_IS_TURNED_AWAY, true);
            ruling.note(NO_MQTT_BEFORE_TLS, true);
        }
        Door::Tls => ruling.note(NO_MQTT_BEFORE_TLS, true),
        Door::WebSocket | Door::Path | Door::Subprotocol | Door::Full => {}
    }
}

/// A connection that came through the handshake opened with TLS.
pub(super) fn opened(ruling: &mut Ruling<'_>) {
    ruling.note(A_DEVICE_OPENS_WITH_CLIENT_HELLO, true);
}

/// TLS 1.2 is as good as what came after it.
pub(super) fn grant_version(peer: &Peer, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if peer.tls_version == "TLSv1_2" { ruling.grant(TLS_1_2_WORKS) } else { Ok(()) }
}
