//! Faults: deliberate wrongness as data, between what the cloud decided and what is carried out.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What to spoil, and how. Without a device, packet or topic it matches all of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `device` or `device/module`.
    #[serde(default)]
    pub device: Option<String>,
    /// A packet that the cloud sends, such as `PUBACK`; `TELEMETRY` for storing a message.
    #[serde(default)]
    pub packet: Option<String>,
    /// An MQTT topic filter, for PUBLISH.
    #[serde(default)]
    pub topic: Option<String>,
    #[serde(rename = "do")]
    pub kind: Kind,
    /// How many times it strikes; without a number, always.
    #[serde(default)]
    pub times: Option<u32>,
    /// From 0 to 1.
    #[serde(default = "always")]
    pub probability: f64,
}

/// The ways to spoil an effect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It does not happen.
    Drop,
    /// It happens so many seconds later.
    DelayS(u64),
    /// It happens twice.
    Duplicate,
    /// The connection is closed instead.
    Close,
    /// The connection is reset instead.
    Reset,
    /// The connection stays open and nothing moves any more.
    Freeze,
    /// A CONNACK carries this code, and the connection is closed after it.
    Connack(u8),
    /// A twin or DPS answer carries this status, such as 429 or 500.
    Status(u16),
}

const fn always() -> f64 {
    1.0
}

impl Fault {
    /// A fault that matches everything and always strikes.
    pub const fn new(kind: Kind) -> Self {
        Self { device: None, packet: None, topic: None, kind, times: None, probability: 1.0 }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Drop => f.write_str("drop")?,
            Kind::DelayS(s) => write!(f, "delay by {s} s")?,
            Kind::Duplicate => f.write_str("duplicate")?,
            Kind::Close => f.write_str("close instead of")?,
            Kind::Reset => f.write_str("reset instead of")?,
            Kind::Freeze => f.write_str("freeze instead of")?,
            Kind::Connack(code) => write!(f, "answer CONNACK {code} instead of")?,
            Kind::Status(status) => write!(f, "answer {status} instead of")?,
        }
        write!(f, " {}", self.packet.as_deref().unwrap_or("every packet"))?;
        if let Some(topic) = &self.topic {
            write!(f, " on {topic}")?;
        }
        if let Some(device) = &self.device {
            write!(f, " to {device}")?;
        }
        match self.times {
            Some(1) => f.write_str(", once"),
            Some(times) => write!(f, ", {times} times"),
            None => Ok(()),
        }
    }
}
