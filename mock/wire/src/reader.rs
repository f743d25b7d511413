//! The data types of MQTT, read off the front of a slice.

use bytes::Bytes;

use crate::clause::{self, Clause};
use crate::{Malformed, Version};

/// The unread rest of one packet's body. Each read names its field, for the message of a fault.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
    pub(crate) version: Version,
    /// What is violated when the next field is not there.
    pub(crate) form: Clause,
}

impl<'a> Reader<'a> {
    pub(crate) const fn new(rest: &'a [u8], version: Version, form: Clause) -> Self {
        Self { rest, version, form }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    pub(crate) const fn len(&self) -> usize {
        self.rest.len()
    }

    pub(crate) fn is_v5(&self) -> bool {
        self.version == Version::V5
    }

    pub(crate) fn u8(&mut self, field: &str) -> Result<u8, Malformed> {
        let Some((&byte, rest)) = self.rest.split_first() else { return Err(self.short(field)) };
        self.rest = rest;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self, field: &str) -> Result<u16, Malformed> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(self.short(field));
        };
        self.rest = rest;
        Ok(u16::from_be_bytes(*bytes))
    }

    pub(crate) fn u32(&mut self, field: &str) -> Result<u32, Malformed> {
        let Some((bytes, rest)) = self.rest.split_first_chunk() else {
            return Err(self.short(field));
        };
        self.rest = rest;
        Ok(u32::from_be_bytes(*bytes))
    }

    pub(crate) fn varint(&mut self, field: &str) -> Result<u32, Malformed> {
        match varint(self.rest) {
            Varint::Value { value, bytes } => {
                self.rest = &self.rest[bytes..];
                if bytes > varint_bytes(value) {
                    return Err(self.fault(
                        clause::VARINT_MINIMAL,
                        format!("{field} takes {bytes} bytes for {value}"),
                    ));
                }
                Ok(value)
            }
            Varint::Partial => Err(self.short(field)),
            Varint::TooLong => {
                Err(self
                    .fault(clause::VARINT_LENGTH, format!("{field} takes more than four bytes")))
            }
        }
    }

    pub(crate) fn bytes(&mut self, count: usize, field: &str) -> Result<&'a [u8], Malformed> {
        let Some((bytes, rest)) = self.rest.split_at_checked(count) else {
            return Err(self.short(field));
        };
        self.rest = rest;
        Ok(bytes)
    }

    /// All that is left.
    pub(crate) const fn rest(&mut self) -> &'a [u8] {
        let rest = self.rest;
        self.rest = &[];
        rest
    }

    /// Two length bytes, then that many bytes.
    pub(crate) fn binary(&mut self, field: &str) -> Result<Bytes, Malformed> {
        let count = self.u16(field)?;
        Ok(Bytes::copy_from_slice(self.bytes(usize::from(count), field)?))
    }

    /// Two length bytes, then that many bytes of UTF-8 without U+0000.
    pub(crate) fn text(&mut self, field: &str) -> Result<&'a str, Malformed> {
        let count = self.u16(field)?;
        let bytes = self.bytes(usize::from(count), field)?;
        let Ok(text) = std::str::from_utf8(bytes) else {
            return Err(self.fault(clause::UTF8, format!("{field} is not UTF-8")));
        };
        if bytes.contains(&0) {
            return Err(self.fault(clause::NULL_CHARACTER, format!("{field} contains U+0000")));
        }
        Ok(text)
    }

    /// A packet identifier, which is never 0.
    pub(crate) fn packet_id(&mut self, zero: Clause) -> Result<u16, Malformed> {
        match self.u16("packet identifier")? {
            0 => Err(self.fault(zero, "packet identifier 0".to_owned())),
            id => Ok(id),
        }
    }

    /// The packet ends here.
    pub(crate) fn end(&self) -> Result<(), Malformed> {
        match self.rest.len() {
            0 => Ok(()),
            count => Err(self.fault(self.form, format!("{count} bytes too many"))),
        }
    }

    #[cold]
    pub(crate) fn fault(&self, clause: Clause, says: String) -> Malformed {
        Malformed::new(clause.of(self.version), says)
    }

    #[cold]
    fn short(&self, field: &str) -> Malformed {
        self.fault(self.form, format!("{field} is missing or cut short"))
    }
}

/// A variable byte integer at the front of a slice.
pub(crate) enum Varint {
    Value { value: u32, bytes: usize },
    Partial,
    TooLong,
}

pub(crate) fn varint(input: &[u8]) -> Varint {
    let mut value = 0;
    for (at, byte) in input.iter().take(4).enumerate() {
        value |= u32::from(byte & 0x7F) << (7 * at);
        if byte & 0x80 == 0 {
            return Varint::Value { value, bytes: at + 1 };
        }
    }
    if input.len() < 4 { Varint::Partial } else { Varint::TooLong }
}

/// How many bytes the shortest encoding takes.
pub(crate) const fn varint_bytes(value: u32) -> usize {
    match value {
        0..=0x7F => 1,
        0x80..=0x3FFF => 2,
        0x4000..=0x1F_FFFF => 3,
        _ => 4,
    }
}
