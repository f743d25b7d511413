//! The fixed header: type, flags, remaining length.

use crate::clause::{self, Clause};
use crate::reader::{Varint, varint, varint_bytes};
use crate::{Malformed, Version};

pub(crate) const CONNECT: u8 = 1;
pub(crate) const CONNACK: u8 = 2;
pub(crate) const PUBLISH: u8 = 3;
pub(crate) const PUBACK: u8 = 4;
pub(crate) const PUBREC: u8 = 5;
pub(crate) const PUBREL: u8 = 6;
pub(crate) const PUBCOMP: u8 = 7;
pub(crate) const SUBSCRIBE: u8 = 8;
pub(crate) const SUBACK: u8 = 9;
pub(crate) const UNSUBSCRIBE: u8 = 10;
pub(crate) const UNSUBACK: u8 = 11;
pub(crate) const PINGREQ: u8 = 12;
pub(crate) const PINGRESP: u8 = 13;
pub(crate) const DISCONNECT: u8 = 14;
pub(crate) const AUTH: u8 = 15;

const NAMES: [Option<&str>; 16] = [
    None,
    Some("CONNECT"),
    Some("CONNACK"),
    Some("PUBLISH"),
    Some("PUBACK"),
    Some("PUBREC"),
    Some("PUBREL"),
    Some("PUBCOMP"),
    Some("SUBSCRIBE"),
    Some("SUBACK"),
    Some("UNSUBSCRIBE"),
    Some("UNSUBACK"),
    Some("PINGREQ"),
    Some("PINGRESP"),
    Some("DISCONNECT"),
    Some("AUTH"),
];

/// A complete fixed header.
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) first_byte: u8,
    pub(crate) header_bytes: usize,
    pub(crate) body_bytes: usize,
    /// The remaining length was written as short as can be.
    pub(crate) minimal: bool,
}

impl Header {
    /// Reads the header at the front of `input`; `None` while it is incomplete. What the first
    /// byte alone makes malformed is told without waiting for the second.
    pub(crate) fn read(input: &[u8], version: Version) -> Result<Option<Self>, Malformed> {
        let Some((&first_byte, rest)) = input.split_first() else { return Ok(None) };
        check_first_byte(first_byte, version)?;
        match varint(rest) {
            Varint::Partial => Ok(None),
            Varint::TooLong => Err(Malformed::new(
                clause::VARINT_LENGTH.of(version),
                "remaining length takes more than four bytes".to_owned(),
            )),
            Varint::Value { value, bytes } => {
                let header = Self {
                    first_byte,
                    header_bytes: 1 + bytes,
                    body_bytes: value as usize,
                    minimal: bytes == varint_bytes(value),
                };
                if header.kind() != CONNECT {
                    header.check_minimal(version)?;
                }
                Ok(Some(header))
            }
        }
    }

    pub(crate) const fn kind(self) -> u8 {
        self.first_byte >> 4
    }

    pub(crate) const fn flags(self) -> u8 {
        self.first_byte & 0x0F
    }

    pub(crate) const fn frame_bytes(self) -> usize {
        self.header_bytes + self.body_bytes
    }

    /// Only MQTT 5 demands the shortest form.
    pub(crate) fn check_minimal(self, version: Version) -> Result<(), Malformed> {
        if version == Version::V5 && !self.minimal {
            return Err(Malformed::new(
                clause::VARINT_MINIMAL.of(version),
                format!(
                    "remaining length takes {} bytes for {}",
                    self.header_bytes - 1,
                    self.body_bytes
                ),
            ));
        }
        Ok(())
    }
}

/// The name of the packet type in a first byte.
pub(crate) fn name(first_byte: u8, version: Version) -> Option<&'static str> {
    let kind = first_byte >> 4;
    if kind == AUTH && version != Version::V5 {
        return None;
    }
    NAMES[usize::from(kind)]
}

/// CONNECT's flags wait for its protocol level, because MQTT 3.1 does not use them.
pub(crate) fn check_connect_flags(flags: u8, version: Version) -> Result<(), Malformed> {
    check_flags(flags, 0, version, clause::FLAGS)
}

fn check_first_byte(first_byte: u8, version: Version) -> Result<(), Malformed> {
    let flags = first_byte & 0x0F;
    match first_byte >> 4 {
        CONNECT => Ok(()),
        PUBLISH => check_publish_flags(flags, version),
        PUBREL => check_flags(flags, 0b0010, version, clause::PUBREL_FLAGS),
        SUBSCRIBE => check_flags(flags, 0b0010, version, clause::SUBSCRIBE_FLAGS),
        UNSUBSCRIBE => check_flags(flags, 0b0010, version, clause::UNSUBSCRIBE_FLAGS),
        DISCONNECT => check_flags(flags, 0, version, clause::DISCONNECT_FLAGS),
        AUTH if version == Version::V5 => check_flags(flags, 0, version, clause::AUTH_FLAGS),
        kind @ (0 | AUTH) => Err(Malformed::new(
            clause::PACKET_TYPE.of(version),
            format!("packet type {kind} is reserved"),
        )),
        _ => check_flags(flags, 0, version, clause::FLAGS),
    }
}

fn check_flags(flags: u8, wanted: u8, version: Version, clause: Clause) -> Result<(), Malformed> {
    // MQTT 3.1 gives QoS 1 to the packets that want an answer, lets their DUP bit be set when they
    // are sent again, and uses no other bit outside PUBLISH.
    let used = if version == Version::V31 { wanted | (wanted << 1) } else { 0x0F };
    if (flags ^ wanted) & used == 0 {
        return Ok(());
    }
    Err(Malformed::new(
        clause.of(version),
        format!("flags of the fixed header are {flags:04b}, not {wanted:04b}"),
    ))
}

fn check_publish_flags(flags: u8, version: Version) -> Result<(), Malformed> {
    match (flags >> 1) & 3 {
        3 => Err(Malformed::new(clause::PUBLISH_QOS_3.of(version), "QoS 3".to_owned())),
        0 if flags & 0b1000 != 0 => {
            Err(Malformed::new(clause::DUP_AT_QOS_0.of(version), "DUP at QoS 0".to_owned()))
        }
        _ => Ok(()),
    }
}
