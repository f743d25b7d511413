//! Which reason and return codes each packet may carry.

use crate::Version;
use crate::frame;

/// Whether a packet type may carry this code, in a version where it carries one.
pub(crate) const fn allowed(kind: u8, code: u8, version: Version) -> bool {
    match version {
        Version::V31 | Version::V311 => allowed_v3(kind, code, version),
        Version::V5 => allowed_v5(kind, code),
    }
}

const fn allowed_v3(kind: u8, code: u8, version: Version) -> bool {
    match (kind, version) {
        (frame::CONNACK, _) => code <= 5,
        // MQTT 3.1 knows no refusal and does not use the upper six bits.
        (frame::SUBACK, Version::V31) => code & 3 != 3,
        (frame::SUBACK, _) => matches!(code, 0..=2 | 0x80),
        _ => code == 0,
    }
}

const fn allowed_v5(kind: u8, code: u8) -> bool {
    match kind {
        frame::CONNACK => {
            matches!(code, 0 | 0x80..=0x8A | 0x8C | 0x90 | 0x95 | 0x97 | 0x99..=0x9D | 0x9F)
        }
        frame::PUBACK | frame::PUBREC => {
            matches!(code, 0 | 0x10 | 0x80 | 0x83 | 0x87 | 0x90 | 0x91 | 0x97 | 0x99)
        }
        frame::PUBREL | frame::PUBCOMP => matches!(code, 0 | 0x92),
        frame::SUBACK => {
            matches!(code, 0..=2 | 0x80 | 0x83 | 0x87 | 0x8F | 0x91 | 0x97 | 0x9E | 0xA1 | 0xA2)
        }
        frame::UNSUBACK => matches!(code, 0 | 0x11 | 0x80 | 0x83 | 0x87 | 0x8F | 0x91),
        // The standard's two tables differ on 0x8C: section 2.4 gives it to DISCONNECT, section
        // 3.14.2.1 leaves it out. What either allows is read.
        frame::DISCONNECT => matches!(
            code,
            0 | 4 | 0x80..=0x83 | 0x87 | 0x89 | 0x8B..=0x90 | 0x93..=0xA2
        ),
        frame::AUTH => matches!(code, 0 | 0x18 | 0x19),
        _ => code == 0,
    }
}
