//! DPS-TLS: what must happen before the first MQTT byte.

use super::open;
use crate::{
    input::{Door, Peer},
    rule::rules,
    ruling::Ruling,
};

rules! {
    NO_MQTT_BEFORE_TLS = "DPS-TLS-001";
    A_DEVICE_SPEAKS_TLS_1_2 = "DPS-TLS-003";
    LESS_IS_TURNED_AWAY = "DPS-TLS-004";
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::Plaintext => {
            ruling.note(NO_MQTT_BEFORE_TLS, true);
            ruling.note(A_DEVICE_SPEAKS_TLS_1_2, false);
            ruling.note(LESS_IS_TURNED_AWAY, true);
        }
        Door::TlsVersion => {
            ruling.note(NO_MQTT_BEFORE_TLS, true);
            ruling.note(A_DEVICE_SPEAKS_TLS_1_2, false);
            ruling.note(LESS_IS_TURNED_AWAY, true);
            ruling.note(open::TLS_1_2_ALONE, true);
        }
        // A device that distrusts the server fails here: it is not accused.
        Door::Tls | Door::Distrust => {
            ruling.note(NO_MQTT_BEFORE_TLS, true);
            ruling.note(LESS_IS_TURNED_AWAY, true);
        }
        Door::WebSocket | Door::Path | Door::Subprotocol | Door::Full => {}
    }
}

/// Notes how the connection of a CONNECT was secured.
pub(super) fn note_version(peer: &Peer, ruling: &mut Ruling<'_>) {
    let is_new_enough = matches!(peer.tls_version, Some("TLSv1_2" | "TLSv1_3"));
    ruling.note(NO_MQTT_BEFORE_TLS, true);
    ruling.note(A_DEVICE_SPEAKS_TLS_1_2, is_new_enough);
    // Whoever names no host is not known to mean DPS when the versions are agreed on.
    if peer.tls_version == Some("TLSv1_2") {
        ruling.note(open::TLS_1_2_ALONE, true);
    }
}

/// Whether TLS 1.3 is offered beside 1.2.
pub(super) fn offers_1_3(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(open::TLS_1_2_ALONE, false, true)
}

/// Whether MQTT is answered that comes without TLS.
pub(super) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    let answers = ruling.value(NO_MQTT_BEFORE_TLS, false, true);
    answers || ruling.value(LESS_IS_TURNED_AWAY, false, true)
}
