//! Records of a cloud's log, each in the shape of its vendor.

use std::fmt;

use serde::Serialize;
use serde_json::json;

use crate::{alibaba::log::RunRecord, error_code::Code, identity::IdentityId, time::Time};

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum LogRecord {
    Connections(ConnectionsRecord),
    Run(RunRecord),
}

/// One resource-log record of the Connections category, as Azure Monitor writes it. Field names and order
/// follow the service's log (HUB-OPEN-078).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionsRecord {
    pub time: String,
    pub resource_id: String,
    pub operation_name: &'static str,
    pub category: &'static str,
    pub level: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result_description: Option<&'static str>,
    /// JSON text, as in the service's log.
    pub properties: String,
    pub location: &'static str,
}

/// `deviceConnect` or `deviceDisconnect`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    Connect,
    Disconnect,
}

/// Who a record is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub hub: &'a str,
    pub id: &'a IdentityId,
    /// The SDK's own name from the username, or nothing.
    pub sdk_version: &'a str,
    /// The JSON text of the authentication method.
    pub auth_method: &'a str,
    /// The peer's `address:port`.
    pub address: &'a str,
}

impl LogRecord {
    /// Whether it is about a device of this name.
    pub fn is_about(&self, device: &str) -> bool {
        match self {
            Self::Connections(record) => record.properties.contains(&format!("\"{device}\"")),
            Self::Run(record) => record.device_name == device,
        }
    }

    /// What people look for in it: the operation and the error, or the status code.
    pub fn headline(&self) -> String {
        match self {
            Self::Connections(record) => record.to_string(),
            Self::Run(record) => record.code.to_string(),
        }
    }
}

impl From<ConnectionsRecord> for LogRecord {
    fn from(record: ConnectionsRecord) -> Self {
        Self::Connections(record)
    }
}

impl From<RunRecord> for LogRecord {
    fn from(record: RunRecord) -> Self {
        Self::Run(record)
    }
}

impl ConnectionsRecord {
    /// A record of a connection; an error when a code is given.
    pub fn new(at: Time, operation: Operation, code: Option<Code>, subject: Subject<'_>) -> Self {
        let name = subject.hub.split('.').next().unwrap_or_default();
        let mut properties = json!({
            "deviceId": subject.id.device,
            "sdkVersion": subject.sdk_version,
            "protocol": "Mqtt",
            "authType": subject.auth_method,
            "maskedIpAddress": masked(subject.address),
        });
        if let Some(module) = &subject.id.module {
            properties["moduleId"] = json!(module);
        }
        Self {
            time: at.round_trip(),
            resource_id: format!(
                "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/SKYPROOF/PROVIDERS/MICROSOFT.DEVICES/IOTHUBS/{}",
                name.to_uppercase()
            ),
            operation_name: match operation {
                Operation::Connect => "deviceConnect",
                Operation::Disconnect => "deviceDisconnect",
            },
            category: "Connections",
            level: if code.is_some() { "Error" } else { "Information" },
            result_type: code.map(|code| code.0.to_string()),
            result_description: code.map(|code| code.1),
            properties: properties.to_string(),
            location: "local",
        }
    }
}

/// The last part of the address is not shown, as in the service's log.
fn masked(address: &str) -> String {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    match host.rsplit_once('.') {
        Some((network, _)) => format!("{network}.XXX"),
        None => "XXX".to_owned(),
    }
}

impl fmt::Display for LogRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connections(record) => record.fmt(f),
            Self::Run(record) => record.fmt(f),
        }
    }
}

impl fmt::Display for ConnectionsRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation_name)?;
        match (&self.result_type, self.result_description) {
            (Some(number), Some(name)) => write!(f, " {number} {name}"),
            _ => Ok(()),
        }
    }
}
