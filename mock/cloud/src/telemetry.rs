//! A device-to-cloud message as the service side reads it.

use std::{fmt, sync::Arc};

use bytes::Bytes;

use crate::{identity::IdentityId, time::Time};

/// One message on a hub's event endpoint. What all messages of a connection have in common, they share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    pub hub: Arc<str>,
    pub from: Arc<IdentityId>,
    pub body: Bytes,
    /// By the service's names, such as `content-type` and `message-id`.
    pub system_properties: Vec<(&'static str, String)>,
    /// By the device's names. A name without `=` has the value `None`.
    pub application_properties: Vec<(String, Option<String>)>,
    /// What the hub stamped on it, such as `iothub-connection-device-id`.
    pub annotations: Vec<(&'static str, Arc<str>)>,
    /// Counts from 1 for each hub.
    pub sequence_number: u64,
    pub enqueued_at: Time,
    /// `events`, or the name of the custom endpoint that a route chose.
    pub endpoint: &'static str,
}

impl Telemetry {
    /// The value of an application property. `Some(None)`: present without a value.
    pub fn property(&self, name: &str) -> Option<Option<&str>> {
        self.application_properties
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_deref())
    }

    /// The value of a system property.
    pub fn system_property(&self, name: &str) -> Option<&str> {
        self.system_properties.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// What the hub stamped under this name.
    pub fn annotation(&self, name: &str) -> Option<&str> {
        self.annotations.iter().find(|(key, _)| *key == name).map(|(_, value)| &**value)
    }
}

impl fmt::Display for Telemetry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {} ({} B)", self.sequence_number, self.from, self.body.len())?;
        for (name, value) in &self.system_properties {
            write!(f, " {name}={value}")?;
        }
        for (name, value) in &self.application_properties {
            match value {
                Some(value) => write!(f, " {name}={value}")?,
                None => write!(f, " {name}")?,
            }
        }
        Ok(())
    }
}
