//! Bytes to packets.

use bytes::BytesMut;

use crate::{Malformed, Packet, Version};

/// Reads packets from a growing buffer; learns the protocol version from CONNECT.
#[derive(Clone, Debug)]
pub struct Decoder {
    version: Option<Version>,
    max_packet_bytes: usize,
}

impl Decoder {
    /// A decoder for one direction of one connection. Without a version the first CONNECT sets it.
    pub const fn new(version: Option<Version>, max_packet_bytes: usize) -> Self {
        Self { version, max_packet_bytes }
    }

    /// Takes the next whole packet off the front of `input`; `None` when more bytes are needed.
    pub fn decode(&mut self, _input: &mut BytesMut) -> Result<Option<Packet>, Malformed> {
        let _ = (self.version, self.max_packet_bytes);
        Ok(None)
    }
}
