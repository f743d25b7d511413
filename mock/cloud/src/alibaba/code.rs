//! The codes by which a client is told why.

use wire::{Version, reason::*};

use super::{end::Ending, open, proto, v5};
use crate::{
    profile::{AlibabaProfile, Mqtt5Refusal},
    rule::Rule,
    ruling::Ruling,
};

/// Why a CONNECT is refused about its keep-alive.
const ABOUT_KEEP_ALIVE: [Rule; 3] =
    [open::KEEP_ALIVE_RANGE, open::LONG_KEEP_ALIVE, open::ZERO_KEEP_ALIVE];

/// Why a registration is refused.
const ABOUT_REGISTRATION: [Rule; 5] = [
    open::REGISTERS_BY_PRODUCT_SECRET,
    open::REGISTERS_OVER_TLS,
    open::REGISTRATION_CODES,
    open::REGISTERS_WITHOUT_PREPARATION,
    open::REGISTERS_AGAIN,
];

/// What CONNACK says in the version of the client; nothing where the connection just ends.
pub(super) fn connack(
    version: Option<Version>,
    ending: &Ending,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Option<u8> {
    match version {
        Some(Version::V5) => {
            let is_about_version = ending.because == proto::NO_MQTT_5_ELSEWHERE;
            let closes = is_about_version && profile.mqtt_5_refusal == Mqtt5Refusal::Close;
            let is_told = !closes && ruling.value(v5::REASON_CODES, true, false);
            is_told.then(|| {
                let reason = reason_code(ending, profile, ruling);
                v5::told(reason, ruling)
            })
        }
        _ => return_code(ending, profile, ruling),
    }
}

/// What MQTT 5 is told: a code of the platform's list, of which the end is not known; or one that a switch
/// names (ALI-OPEN-041).
pub(super) fn listed(reason: u8, ruling: &mut Ruling<'_>) -> u8 {
    match reason {
        0x00..=0x82 | 0x84 | 0x86..=0x8a | 0x8c..=0x8e | 0x90 | 0x93.. => reason,
        _ => ruling.value(open::LISTED_CODES, UNSPECIFIED_ERROR, reason),
    }
}

/// As MQTT 5 has it.
fn reason_code(ending: &Ending, profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> u8 {
    let Ending { because, reason } = *ending;
    if ABOUT_KEEP_ALIVE.contains(&because) {
        return ruling.value(open::KEEP_ALIVE_CODE, profile.keep_alive_reason, UNSPECIFIED_ERROR);
    }
    if because == open::DISABLED_DEVICE {
        let reason = profile.disabled_reason;
        return ruling.value(open::DISABLED_DEVICE, reason, UNSPECIFIED_ERROR);
    }
    if reason == BAD_USER_NAME_OR_PASSWORD {
        let reason = profile.bad_credentials_reason;
        return ruling.value(open::BAD_CREDENTIALS_ON_5, reason, UNSPECIFIED_ERROR);
    }
    listed(reason, ruling)
}

/// As 3.1 and 3.1.1 have it (ALI-OPEN-040).
fn return_code(ending: &Ending, profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> Option<u8> {
    let Ending { because, reason } = *ending;
    let (rule, code) = match reason {
        _ if ABOUT_KEEP_ALIVE.contains(&because) => {
            (open::KEEP_ALIVE_CODE, profile.keep_alive_connack)
        }
        _ if because == open::DISABLED_DEVICE => (because, profile.disabled_connack),
        BAD_USER_NAME_OR_PASSWORD if ABOUT_REGISTRATION.contains(&because) => {
            (open::REGISTRATION_CODES, 4)
        }
        CLIENT_IDENTIFIER_NOT_VALID if ABOUT_REGISTRATION.contains(&because) => {
            (open::REGISTRATION_CODES, 2)
        }
        BAD_USER_NAME_OR_PASSWORD => (open::BAD_CREDENTIALS, profile.bad_credentials_connack),
        UNSUPPORTED_PROTOCOL_VERSION => (open::RETURN_CODES, 1),
        CLIENT_IDENTIFIER_NOT_VALID => (open::RETURN_CODES, 2),
        SERVER_UNAVAILABLE | UNSPECIFIED_ERROR | QUOTA_EXCEEDED | CONNECTION_RATE_EXCEEDED => {
            (open::RETURN_CODES, 3)
        }
        NOT_AUTHORIZED => (open::RETURN_CODES, 5),
        _ => return None,
    };
    let wrong = if code == 5 { 3 } else { 5 };
    Some(ruling.value(rule, code, wrong))
}
