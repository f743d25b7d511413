//! The MQTT codec of skyproof: 3.1, 3.1.1 and 5, strict when reading, obedient when writing.
//!
//! No I/O and no clock: bytes in, packets or a named malformation out.

mod decode;
mod encode;
mod malformed;
mod packet;
mod property;

pub use decode::Decoder;
pub use encode::encode;
pub use malformed::Malformed;
pub use packet::{
    Ack, Auth, Connack, Connect, Disconnect, Filter, Packet, Publish, Qos, Suback, Subscribe,
    Unsuback, Unsubscribe, Version, Will,
};
pub use property::Property;
