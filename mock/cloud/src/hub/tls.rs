//! HUB-TLS: what must happen before the first MQTT byte.

use super::{open, tenant};
use crate::{
    cloud::Core,
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
        Door::Tls | Door::TlsVersion => {
            ruling.note(NO_MQTT_BEFORE_TLS, true);
            ruling.note(open::TLS_VERSIONS, true);
        }
        Door::WebSocket | Door::Path | Door::Subprotocol | Door::Full => {}
    }
}

/// Whether the hub that is dialled offers TLS 1.3; TLS 1.2 it always does.
pub(super) fn offers_1_3(core: &Core, sni: Option<&str>, ruling: &mut Ruling<'_>) -> bool {
    let offers = tenant::dialled(core, sni).is_none_or(|hub| hub.profile.tls_1_3);
    ruling.value(open::TLS_VERSIONS, offers, !offers)
}

/// A connection that came through the handshake opened with TLS.
pub(super) fn opened(ruling: &mut Ruling<'_>) {
    ruling.note(A_DEVICE_OPENS_WITH_CLIENT_HELLO, true);
}

/// TLS 1.2 is as good as what came after it.
pub(super) fn grant_version(peer: &Peer, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if peer.tls_version == "TLSv1_2" { ruling.grant(TLS_1_2_WORKS) } else { Ok(()) }
}

/// Whether MQTT is answered that comes without TLS.
pub(super) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    let answers = ruling.value(NO_MQTT_BEFORE_TLS, false, true);
    answers || ruling.value(PLAINTEXT_IS_TURNED_AWAY, false, true)
}
