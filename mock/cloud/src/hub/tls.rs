//! HUB-TLS: what must happen before the first MQTT byte.

use super::{open, tenant};
use crate::{
    cloud::Core,
    input::{Door, Peer},
    profile::ServerCertificate,
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    NO_MQTT_BEFORE_TLS = "HUB-TLS-001";
    A_DEVICE_OPENS_WITH_CLIENT_HELLO = "HUB-TLS-003";
    PLAINTEXT_IS_TURNED_AWAY = "HUB-TLS-004";
    THE_ROOT_IS_TRUSTED = "HUB-TLS-005";
    TLS_1_2_AND_A_VERIFIED_SERVER = "HUB-TLS-006";
    ASKS_FOR_MQTT_3_1_1 = "HUB-TLS-007";
    STORED_BYTE_FOR_BYTE = "HUB-TLS-008";
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(core: &Core, sni: Option<&str>, door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::Plaintext => {
            ruling.note(A_DEVICE_OPENS_WITH_CLIENT_HELLO, false);
            ruling.note(PLAINTEXT_IS_TURNED_AWAY, true);
            ruling.note(NO_MQTT_BEFORE_TLS, true);
        }
        Door::TlsVersion => {
            ruling.note(NO_MQTT_BEFORE_TLS, true);
            ruling.note(open::TLS_VERSIONS, true);
        }
        Door::Tls => ruling.note(NO_MQTT_BEFORE_TLS, true),
        Door::Distrust => {
            match certificate(core, sni) {
                shown if shown.is_right() => ruling.note(THE_ROOT_IS_TRUSTED, false),
                _ => ruling.note(TLS_1_2_AND_A_VERIFIED_SERVER, true),
            }
            ruling.note(NO_MQTT_BEFORE_TLS, true);
        }
        Door::WebSocket | Door::Path | Door::Subprotocol | Door::Full => {}
    }
}

/// Whether the hub that is dialled offers TLS 1.3; TLS 1.2 it always does.
pub(super) fn offers_1_3(core: &Core, sni: Option<&str>, ruling: &mut Ruling<'_>) -> bool {
    let offers = tenant::dialled(core, sni).is_none_or(|hub| hub.profile.tls_1_3);
    ruling.value(open::TLS_VERSIONS, offers, !offers)
}

/// The certificate that the hub which is dialled shows.
pub(super) fn certificate(core: &Core, sni: Option<&str>) -> ServerCertificate {
    let by_profile = || tenant::dialled(core, sni).map(|hub| hub.profile.server_certificate);
    core.shown.or_else(by_profile).unwrap_or_default()
}

/// A connection that came through the handshake opened with TLS, and accepted what it was shown.
pub(super) fn opened(core: &Core, peer: &Peer, ruling: &mut Ruling<'_>) {
    ruling.note(A_DEVICE_OPENS_WITH_CLIENT_HELLO, true);
    match certificate(core, peer.sni.as_deref()) {
        shown if shown.is_right() => ruling.note(THE_ROOT_IS_TRUSTED, true),
        _ => ruling.note(TLS_1_2_AND_A_VERIFIED_SERVER, false),
    }
}

/// TLS 1.2 is as good as what came after it.
pub(super) fn grant_version(peer: &Peer, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if peer.tls_version == Some("TLSv1_2") {
        ruling.grant(TLS_1_2_AND_A_VERIFIED_SERVER)
    } else {
        Ok(())
    }
}

/// Whether MQTT is answered that comes without TLS.
pub(super) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    let answers = ruling.value(NO_MQTT_BEFORE_TLS, false, true);
    answers || ruling.value(PLAINTEXT_IS_TURNED_AWAY, false, true)
}
