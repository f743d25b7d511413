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
    NO_TLS_1_3 = "ALI-SEC-013";
}

/// Whether TLS 1.3 is offered beside 1.2: it is not in the vendor's list.
pub(super) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(NO_TLS_1_3, false, true)
}

/// Whether MQTT without TLS is answered.
pub(super) fn answers_plaintext(by_profile: bool, ruling: &mut Ruling<'_>) -> bool {
    ruling.value(PLAIN_TCP, by_profile, !by_profile)
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(_door: Door, _ruling: &mut Ruling<'_>) {}

/// Judges what a CONNECT is carried by.
pub(super) fn judge(
    peer: &Peer,
    _profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    Ending::unless_granted(TLS_OVER_TCP, NOT_AUTHORIZED, ruling)?;
    if peer.tls_version == "TLSv1_2" {
        Ending::unless_granted(TLS_1_2, NOT_AUTHORIZED, ruling)?;
    }
    Ok(())
}
