//! Packets to bytes, without judging them.

use bytes::BytesMut;

use crate::{Packet, Version};

/// Appends the packet's frame to `out`, as this version writes it. Illegal contents are written as they are.
pub fn encode(_packet: &Packet, _version: Version, _out: &mut BytesMut) {}
