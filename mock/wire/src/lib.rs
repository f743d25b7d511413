//! The MQTT codec of skyproof: 3.1, 3.1.1 and 5, strict when reading, obedient when writing.
//!
//! No I/O and no clock: bytes in, packets or a named malformation out.

mod clause;
mod decode;
mod encode;
mod frame;
mod malformed;
mod packet;
mod property;
mod reader;
mod reason;
mod show;
pub mod topic;

pub use decode::Decoder;
pub use encode::{encode, encode_frame};
pub use malformed::Malformed;
pub use packet::{
    Ack, Auth, Connack, Connect, Disconnect, Filter, Packet, Publish, Qos, Suback, Subscribe,
    Unsuback, Unsubscribe, Version, Will,
};
pub use property::Property;
