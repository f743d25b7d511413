//! The MQTT codec of skyproof: 3.1, 3.1.1 and 5, strict when reading, obedient when writing.
//!
//! No I/O and no clock: bytes in, packets or a named malformation out.
//!
//! The decoder judges one packet at a time and does not know who sent it. What takes memory or a
//! direction is for the caller to judge, such as a first packet that is not CONNECT
//! `[MQTT-3.1.0-1]`, a subscription identifier in a client's PUBLISH `[MQTT-3.3.4-6]`, a session
//! expiry in a server's DISCONNECT `[MQTT-3.14.2-2]`, an empty client id without a clean session
//! `[MQTT-3.1.3-8]`, a topic alias above the maximum, or the count of codes in a SUBACK.
//!
//! ```
//! use bytes::BytesMut;
//! use wire::{Decoder, Packet, Version, encode, encode_frame};
//!
//! let mut decoder = Decoder::new(Some(Version::V311), 262_144);
//! let mut bytes = BytesMut::new();
//! encode(&Packet::Pingreq, Version::V311, &mut bytes);
//! encode_frame(0x36, b"\0\x01a\0\x01", &mut bytes);
//! assert_eq!(decoder.decode(&mut bytes), Ok(Some(Packet::Pingreq)));
//! let malformed = decoder.decode(&mut bytes).expect_err("QoS 3");
//! assert_eq!(malformed.to_string(), "malformed PUBLISH: QoS 3 [MQTT-3.3.1-4]");
//! ```

mod clause;
mod decode;
mod encode;
mod frame;
mod malformed;
mod packet;
mod property;
mod reader;
pub mod reason;
mod show;
pub mod topic;

pub use decode::Decoder;
pub use encode::{encode, encode_frame, size_bytes};
pub use malformed::Malformed;
pub use packet::{
    Ack, Auth, Connack, Connect, Disconnect, Filter, Packet, Publish, Qos, Suback, Subscribe,
    Unsuback, Unsubscribe, Version, Will,
};
pub use property::Property;
pub use reason::reason_name;
