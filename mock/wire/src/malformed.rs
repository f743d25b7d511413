//! What was wrong with bytes that are no MQTT packet.

use std::fmt;

/// A malformation, named by the normative statement that the bytes violate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The OASIS statement, such as `MQTT-3.3.1-4`, by its number in the version in force. MQTT 3.1
    /// has no numbers and borrows those of 3.1.1. A rule without a number is named by its section,
    /// such as `MQTT5 §2.2.2.2`.
    pub clause: &'static str,
    /// What was found, in one lower-case phrase.
    pub says: String,
    /// The packet's name, when the first byte told it.
    pub packet: Option<&'static str>,
    /// The frame is larger than the decoder's limit: its whole length in bytes.
    pub oversize_bytes: Option<usize>,
}

impl Malformed {
    pub(crate) const fn new(clause: &'static str, says: String) -> Self {
        Self { clause, says, packet: None, oversize_bytes: None }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let packet = self.packet.unwrap_or("packet");
        write!(f, "malformed {packet}: {} [{}]", self.says, self.clause)
    }
}

impl std::error::Error for Malformed {}
