//! Which reason and return codes each packet may carry, and what MQTT 5 calls them.

use crate::Version;
use crate::frame;

// Reason codes of MQTT 5, by their names there.
pub const SUCCESS: u8 = 0x00;
pub const UNSPECIFIED_ERROR: u8 = 0x80;
pub const MALFORMED_PACKET: u8 = 0x81;
pub const PROTOCOL_ERROR: u8 = 0x82;
pub const IMPLEMENTATION_SPECIFIC_ERROR: u8 = 0x83;
pub const UNSUPPORTED_PROTOCOL_VERSION: u8 = 0x84;
pub const CLIENT_IDENTIFIER_NOT_VALID: u8 = 0x85;
pub const BAD_USER_NAME_OR_PASSWORD: u8 = 0x86;
pub const NOT_AUTHORIZED: u8 = 0x87;
pub const SERVER_UNAVAILABLE: u8 = 0x88;
pub const SERVER_BUSY: u8 = 0x89;
pub const BANNED: u8 = 0x8A;
pub const SERVER_SHUTTING_DOWN: u8 = 0x8B;
pub const BAD_AUTHENTICATION_METHOD: u8 = 0x8C;
pub const KEEP_ALIVE_TIMEOUT: u8 = 0x8D;
pub const SESSION_TAKEN_OVER: u8 = 0x8E;
pub const TOPIC_FILTER_INVALID: u8 = 0x8F;
pub const TOPIC_NAME_INVALID: u8 = 0x90;
pub const RECEIVE_MAXIMUM_EXCEEDED: u8 = 0x93;
pub const TOPIC_ALIAS_INVALID: u8 = 0x94;
pub const PACKET_TOO_LARGE: u8 = 0x95;
pub const MESSAGE_RATE_TOO_HIGH: u8 = 0x96;
pub const QUOTA_EXCEEDED: u8 = 0x97;
pub const RETAIN_NOT_SUPPORTED: u8 = 0x9A;
pub const QOS_NOT_SUPPORTED: u8 = 0x9B;
pub const USE_ANOTHER_SERVER: u8 = 0x9C;
pub const SHARED_SUBSCRIPTIONS_NOT_SUPPORTED: u8 = 0x9E;
pub const CONNECTION_RATE_EXCEEDED: u8 = 0x9F;
pub const SUBSCRIPTION_IDENTIFIERS_NOT_SUPPORTED: u8 = 0xA1;

/// What MQTT 5 calls a reason code in a packet of this name, such as `CONNACK`.
///
/// Source: MQTT 5, section 2.4.
pub const fn reason_name(packet: &str, code: u8) -> Option<&'static str> {
    Some(match code {
        0x00 => match packet.as_bytes() {
            b"DISCONNECT" => "Normal disconnection",
            b"SUBACK" => "Granted QoS 0",
            _ => "Success",
        },
        0x01 => "Granted QoS 1",
        0x02 => "Granted QoS 2",
        0x04 => "Disconnect with Will Message",
        0x10 => "No matching subscribers",
        0x11 => "No subscription existed",
        0x18 => "Continue authentication",
        0x19 => "Re-authenticate",
        0x80 => "Unspecified error",
        0x81 => "Malformed Packet",
        0x82 => "Protocol Error",
        0x83 => "Implementation specific error",
        0x84 => "Unsupported Protocol Version",
        0x85 => "Client Identifier not valid",
        0x86 => "Bad User Name or Password",
        0x87 => "Not authorized",
        0x88 => "Server unavailable",
        0x89 => "Server busy",
        0x8A => "Banned",
        0x8B => "Server shutting down",
        0x8C => "Bad authentication method",
        0x8D => "Keep Alive timeout",
        0x8E => "Session taken over",
        0x8F => "Topic Filter invalid",
        0x90 => "Topic Name invalid",
        0x91 => "Packet identifier in use",
        0x92 => "Packet Identifier not found",
        0x93 => "Receive Maximum exceeded",
        0x94 => "Topic Alias invalid",
        0x95 => "Packet too large",
        0x96 => "Message rate too high",
        0x97 => "Quota exceeded",
        0x98 => "Administrative action",
        0x99 => "Payload format invalid",
        0x9A => "Retain not supported",
        0x9B => "QoS not supported",
        0x9C => "Use another server",
        0x9D => "Server moved",
        0x9E => "Shared Subscriptions not supported",
        0x9F => "Connection rate exceeded",
        0xA0 => "Maximum connect time",
        0xA1 => "Subscription Identifiers not supported",
        0xA2 => "Wildcard Subscriptions not supported",
        _ => return None,
    })
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_a_packet_may_carry_has_a_name() {
        for kind in frame::CONNECT..=frame::AUTH {
            for code in 0..=u8::MAX {
                if allowed(kind, code, Version::V5) {
                    let packet = frame::name(kind << 4, Version::V5).unwrap_or_default();
                    assert!(reason_name(packet, code).is_some(), "{packet} 0x{code:02X}");
                }
            }
        }
    }

    #[test]
    fn zero_is_called_by_what_it_means() {
        assert_eq!(reason_name("PUBACK", 0), Some("Success"));
        assert_eq!(reason_name("SUBACK", 0), Some("Granted QoS 0"));
        assert_eq!(reason_name("DISCONNECT", 0), Some("Normal disconnection"));
        assert_eq!(reason_name("CONNACK", 3), None);
    }
}
