//! Identities of a hub: devices and their modules.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{input::ConnId, queue::Queue, rule::Rule, session::StoredSession, twin::Twin};

/// The name of a device, or of one of its modules. Compared byte for byte, case included.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdentityId {
    pub device: String,
    pub module: Option<String>,
}

impl IdentityId {
    pub fn device(device: &str) -> Self {
        Self { device: device.to_owned(), module: None }
    }

    pub fn module(device: &str, module: &str) -> Self {
        Self { device: device.to_owned(), module: Some(module.to_owned()) }
    }

    /// `devices/{device}` or `devices/{device}/modules/{module}`, undecoded, as topics have it.
    pub fn topic_root(&self) -> String {
        match &self.module {
            Some(module) => format!("devices/{}/modules/{module}", self.device),
            None => format!("devices/{}", self.device),
        }
    }
}

impl fmt::Display for IdentityId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.device)?;
        match &self.module {
            Some(module) => write!(f, "/{module}"),
            None => Ok(()),
        }
    }
}

/// `device` or `device/module`: also the MQTT client id.
impl FromStr for IdentityId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let (device, module) = match text.split_once('/') {
            Some((device, module)) => (device, Some(module)),
            None => (text, None),
        };
        for part in [Some(device), module].into_iter().flatten() {
            if !is_legal(part) {
                return Err(BadId(text.to_owned()));
            }
        }
        Ok(Self { device: device.to_owned(), module: module.map(str::to_owned) })
    }
}

impl TryFrom<String> for IdentityId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<IdentityId> for String {
    fn from(id: IdentityId) -> Self {
        id.to_string()
    }
}

/// A text that no device or module may be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadId(String);

impl fmt::Display for BadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no device id: expected 1 to 128 ASCII letters, digits or - . + % _ # * ? ! ( ) , : = @ $ ' \
             (and `device/module` for a module)",
            self.0
        )
    }
}

impl std::error::Error for BadId {}

/// The alphabet and length of the identity registry (HUB-OPEN-023).
fn is_legal(part: &str) -> bool {
    (1..=128).contains(&part.len())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.+%_#*?!(),:=@$'".contains(&b))
}

/// How an identity proves itself. It has keys or certificates, never both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Symmetric keys, decoded; either of them verifies.
    Keys { primary: Vec<u8>, secondary: Vec<u8> },
    /// Thumbprints of self-signed certificates: SHA-1 or SHA-256 in upper-case hex.
    Thumbprints { primary: String, secondary: Option<String> },
    /// A certificate whose common name is the device id, issued below an authority of the hub.
    Authority,
}

/// One device or module as the registry keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    pub id: IdentityId,
    pub enabled: bool,
    pub credentials: Credentials,
    /// 18 decimal digits, fixed for the life of the identity.
    pub generation_id: String,
    pub twin: Twin,
    /// Cloud-to-device messages; always empty for modules.
    pub queue: Queue,
    /// What a connection with Clean Session 0 left behind.
    pub stored: Option<StoredSession>,
    /// The one live connection.
    pub conn: Option<ConnId>,
    /// Whether the last event of connection states said that it is connected.
    pub told_connected: bool,
    /// Made by `auto_create` when it first connected: any proof it brings is taken.
    pub made_on_sight: bool,
    /// Why the hub closed its last connection, for what it did there.
    pub closed_because: Option<Rule>,
    /// Was turned away from port 8883, and has not come by WebSocket since.
    pub turned_away_from_8883: bool,
}

impl Identity {
    pub fn new(id: IdentityId, credentials: Credentials, generation_id: String) -> Self {
        Self {
            id,
            enabled: true,
            credentials,
            generation_id,
            twin: Twin::default(),
            queue: Queue::default(),
            stored: None,
            conn: None,
            told_connected: false,
            made_on_sight: false,
            closed_because: None,
            turned_away_from_8883: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_the_registry_alphabet() {
        let long = "x".repeat(129);
        for (text, legal) in [
            ("d1", true),
            ("d1/m1", true),
            ("a-.+%_#*?!(),:=@$'z", true),
            ("", false),
            ("d1/", false),
            ("d1/m1/x", false),
            ("d 1", false),
            ("dé", false),
            (long.as_str(), false),
        ] {
            assert_eq!(text.parse::<IdentityId>().is_ok(), legal, "{text}");
        }
    }
}
