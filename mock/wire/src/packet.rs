//! The fifteen control packets of MQTT 3.1, 3.1.1 and 5 as plain data.
//!
//! Nothing here validates: a device of the harness must be able to say what is illegal.

use bytes::Bytes;

use crate::Property;

/// Protocol level 3 (`MQIsdp`), 4 (`MQTT`) or 5 (`MQTT`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Version {
    /// MQTT 3.1.
    V31,
    /// MQTT 3.1.1.
    V311,
    /// MQTT 5.
    V5,
}

impl Version {
    /// The level byte of CONNECT.
    pub const fn level(self) -> u8 {
        match self {
            Self::V31 => 3,
            Self::V311 => 4,
            Self::V5 => 5,
        }
    }

    /// The version that a level byte names, if it names one.
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            3 => Some(Self::V31),
            4 => Some(Self::V311),
            5 => Some(Self::V5),
            _ => None,
        }
    }
}

/// A quality of service. The forbidden value 3 can only be sent as a raw frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qos {
    /// 0
    #[default]
    AtMostOnce,
    /// 1
    AtLeastOnce,
    /// 2
    ExactlyOnce,
}

impl Qos {
    /// 0, 1 or 2.
    pub const fn level(self) -> u8 {
        self as u8
    }

    /// The QoS that a two-bit field names; 3 names none.
    pub const fn from_level(level: u8) -> Option<Self> {
        match level {
            0 => Some(Self::AtMostOnce),
            1 => Some(Self::AtLeastOnce),
            2 => Some(Self::ExactlyOnce),
            _ => None,
        }
    }
}

/// One MQTT control packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    Connect(Box<Connect>),
    Connack(Connack),
    Publish(Publish),
    Puback(Ack),
    Pubrec(Ack),
    Pubrel(Ack),
    Pubcomp(Ack),
    Subscribe(Subscribe),
    Suback(Suback),
    Unsubscribe(Unsubscribe),
    Unsuback(Unsuback),
    Pingreq,
    Pingresp,
    Disconnect(Disconnect),
    Auth(Auth),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// `MQTT`, or `MQIsdp` for 3.1.
    pub protocol_name: String,
    /// As sent; 3, 4 and 5 are [`Version`]s, a bridge sets the top bit (0x84).
    /// For a pair without a [`Connect::version`] the decoder leaves every later field at its default.
    pub level: u8,
    /// Clean Session (3.x) or Clean Start (5).
    pub clean: bool,
    pub keep_alive_s: u16,
    pub properties: Vec<Property>,
    pub client_id: String,
    pub will: Option<Will>,
    pub username: Option<String>,
    pub password: Option<Bytes>,
}

impl Default for Connect {
    fn default() -> Self {
        Self {
            protocol_name: "MQTT".to_owned(),
            level: 4,
            clean: true,
            keep_alive_s: 60,
            properties: Vec::new(),
            client_id: String::new(),
            will: None,
            username: None,
            password: None,
        }
    }
}

impl Connect {
    /// The version that name and level name together, if they name one. `MQTT` with level 3 is as
    /// little a version as `MQIsdp` with level 4.
    pub fn version(&self) -> Option<Version> {
        match (self.protocol_name.as_str(), self.level) {
            ("MQIsdp", 3) => Some(Version::V31),
            ("MQTT", 4) => Some(Version::V311),
            ("MQTT", 5) => Some(Version::V5),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Will {
    pub qos: Qos,
    pub retain: bool,
    pub properties: Vec<Property>,
    pub topic: String,
    pub payload: Bytes,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connack {
    pub session_present: bool,
    /// Return code (3.x) or reason code (5).
    pub code: u8,
    pub properties: Vec<Property>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publish {
    pub dup: bool,
    pub qos: Qos,
    pub retain: bool,
    pub topic: String,
    /// Present exactly when the QoS is above 0, in legal packets.
    pub packet_id: Option<u16>,
    pub properties: Vec<Property>,
    pub payload: Bytes,
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ack {
    pub packet_id: u16,
    /// MQTT 5 only; 0 elsewhere.
    pub reason: u8,
    pub properties: Vec<Property>,
}

impl Ack {
    /// An acknowledgement with reason 0 and no properties.
    pub const fn of(packet_id: u16) -> Self {
        Self { packet_id, reason: 0, properties: Vec::new() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subscribe {
    pub packet_id: u16,
    pub properties: Vec<Property>,
    pub filters: Vec<Filter>,
}

/// One topic filter of a SUBSCRIBE with its options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub filter: String,
    pub qos: Qos,
    /// MQTT 5 only.
    pub no_local: bool,
    /// MQTT 5 only.
    pub retain_as_published: bool,
    /// MQTT 5 only: 0, 1 or 2.
    pub retain_handling: u8,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suback {
    pub packet_id: u16,
    pub properties: Vec<Property>,
    /// One granted QoS, failure or reason code for each filter, in order.
    pub codes: Vec<u8>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsubscribe {
    pub packet_id: u16,
    pub properties: Vec<Property>,
    pub filters: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsuback {
    pub packet_id: u16,
    pub properties: Vec<Property>,
    /// MQTT 5 only; empty elsewhere.
    pub codes: Vec<u8>,
}

/// DISCONNECT; reason and properties are MQTT 5 only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disconnect {
    pub reason: u8,
    pub properties: Vec<Property>,
}

/// AUTH (MQTT 5 only).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Auth {
    pub reason: u8,
    pub properties: Vec<Property>,
}

impl Packet {
    /// The packet's name in the standards' capitals.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Connect(_) => "CONNECT",
            Self::Connack(_) => "CONNACK",
            Self::Publish(_) => "PUBLISH",
            Self::Puback(_) => "PUBACK",
            Self::Pubrec(_) => "PUBREC",
            Self::Pubrel(_) => "PUBREL",
            Self::Pubcomp(_) => "PUBCOMP",
            Self::Subscribe(_) => "SUBSCRIBE",
            Self::Suback(_) => "SUBACK",
            Self::Unsubscribe(_) => "UNSUBSCRIBE",
            Self::Unsuback(_) => "UNSUBACK",
            Self::Pingreq => "PINGREQ",
            Self::Pingresp => "PINGRESP",
            Self::Disconnect(_) => "DISCONNECT",
            Self::Auth(_) => "AUTH",
        }
    }
}
