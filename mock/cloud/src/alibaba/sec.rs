//! ALI-SEC: what MQTT is carried by, and how safe that is.

use super::end::{Ending, NOT_AUTHORIZED};
use crate::{
    input::{Door, Peer},
    profile::AlibabaProfile,
    rule::rules,
    ruling::Ruling,
};

rules! {
    TLS_OVER_TCP = "ALI-SEC-001";
    TLS_1_2 = "ALI-SEC-004";
    PLAIN_TCP = "ALI-SEC-010";
    NO_PLAIN_TCP = "ALI-SEC-011";
    A_DEVICE_SPEAKS_TLS = "ALI-SEC-012";
    NO_TLS_1_3 = "ALI-SEC-013";
}

/// Whether TLS 1.3 is offered beside 1.2: it is not in the vendor's list.
pub(super) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(NO_TLS_1_3, false, true)
}

/// Whether MQTT without TLS is answered.
pub(super) fn answers_plaintext(by_profile: bool, ruling: &mut Ruling<'_>) -> bool {
    let rule = if by_profile { PLAIN_TCP } else { NO_PLAIN_TCP };
    ruling.value(rule, by_profile, !by_profile)
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    if door == Door::Plaintext {
        ruling.note(A_DEVICE_SPEAKS_TLS, false);
        ruling.note(NO_PLAIN_TCP, true);
    }
}

/// Judges what a CONNECT is carried by.
pub(super) fn judge(
    peer: &Peer,
    _profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    ruling.note(A_DEVICE_SPEAKS_TLS, !peer.is_plain());
    if peer.is_plain() {
        return Ending::unless_granted(PLAIN_TCP, NOT_AUTHORIZED, ruling);
    }
    Ending::unless_granted(TLS_OVER_TCP, NOT_AUTHORIZED, ruling)?;
    if peer.tls_version == Some("TLSv1_2") {
        Ending::unless_granted(TLS_1_2, NOT_AUTHORIZED, ruling)?;
    }
    Ok(())
}
