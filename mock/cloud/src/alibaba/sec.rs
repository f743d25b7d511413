//! ALI-SEC: what MQTT is carried by, and how safe that is.

use super::{
    cert,
    end::{Ending, NOT_AUTHORIZED},
    open,
};
use crate::{
    input::{Door, Peer, Transport},
    profile::AlibabaProfile,
    rule::rules,
    ruling::Ruling,
};

rules! {
    TLS_OVER_TCP = "ALI-SEC-001";
    TLS_1_0 = "ALI-SEC-002";
    TLS_1_1 = "ALI-SEC-003";
    TLS_1_2 = "ALI-SEC-004";
    A_DEVICE_SPEAKS_TLS_1_2 = "ALI-SEC-005";
    OLD_TLS_IS_A_RISK = "ALI-SEC-006";
    PLAIN_TCP = "ALI-SEC-010";
    NO_PLAIN_TCP = "ALI-SEC-011";
    A_DEVICE_SPEAKS_TLS = "ALI-SEC-012";
    NO_TLS_1_3 = "ALI-SEC-013";
}

/// Whether TLS 1.3 is offered beside 1.2: it is not in the vendor's list.
pub(super) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(NO_TLS_1_3, false, true)
}

/// Whether a version of TLS before 1.2 is spoken.
pub(super) fn offers_old_tls(version: &str, ruling: &mut Ruling<'_>) -> bool {
    let rule = if version == "TLSv1" { TLS_1_0 } else { TLS_1_1 };
    ruling.value(rule, true, false)
}

/// Whether MQTT without TLS is answered.
pub(super) fn answers_plaintext(by_profile: bool, ruling: &mut Ruling<'_>) -> bool {
    if by_profile {
        ruling.value(PLAIN_TCP, true, false) && ruling.value(open::ONE_PORT_FOR_BOTH, true, false)
    } else {
        ruling.value(NO_PLAIN_TCP, false, true)
            || ruling.value(open::PLAIN_TCP_CAN_BE_OFF, false, true)
    }
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::Plaintext => {
            ruling.note(A_DEVICE_SPEAKS_TLS, false);
            ruling.note(NO_PLAIN_TCP, true);
        }
        Door::TlsVersion => ruling.note(NO_TLS_1_3, false),
        _ => {}
    }
}

/// Judges what a CONNECT is carried by.
pub(super) fn judge(
    peer: &Peer,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let is_carried = profile.websocket || peer.transport == Transport::Tcp;
    Ending::unless(is_carried, cert::MORE_THAN_ONE_CARRIER, NOT_AUTHORIZED, ruling)?;
    Ending::unless_granted(cert::MORE_THAN_ONE_CARRIER, NOT_AUTHORIZED, ruling)?;
    if peer.transport != Transport::Tcp {
        Ending::unless_granted(open::WEBSOCKET_AT_ANY_PATH, NOT_AUTHORIZED, ruling)?;
    }
    ruling.note(A_DEVICE_SPEAKS_TLS, !peer.is_plain());
    let Some(version) = peer.tls_version else {
        return Ending::unless_granted(PLAIN_TCP, NOT_AUTHORIZED, ruling);
    };
    let is_old = matches!(version, "TLSv1" | "TLSv1_1");
    ruling.note(A_DEVICE_SPEAKS_TLS_1_2, !is_old);
    ruling.note(OLD_TLS_IS_A_RISK, !is_old);
    ruling.note(NO_TLS_1_3, true);
    Ending::unless_granted(TLS_OVER_TCP, NOT_AUTHORIZED, ruling)?;
    match version {
        "TLSv1" => Ending::unless_granted(TLS_1_0, NOT_AUTHORIZED, ruling),
        "TLSv1_1" => Ending::unless_granted(TLS_1_1, NOT_AUTHORIZED, ruling),
        "TLSv1_2" => Ending::unless_granted(TLS_1_2, NOT_AUTHORIZED, ruling),
        _ => Ok(()),
    }
}
