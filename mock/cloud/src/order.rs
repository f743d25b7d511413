//! What the operator or the service side can ask of a cloud: the same from a step, the admin API and the command line.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    error_code::{self, Code},
    fault::Fault,
    identity::IdentityId,
    profile::ServerCertificate,
    queue::Ack,
    registry::Registry,
    rule::Rule,
};

/// Numbers an order, so that its answer finds the asker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OrderId(pub u64);

/// One wish of the operator or the service side.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// Puts a cloud-to-device message into a device's queue. Answer: `{"messageId", "sequenceNumber"}`.
    SendC2d { hub: String, device: String, message: C2dOrder },
    /// Calls a direct method. Answer, when the device answered: `{"status", "payload"}`.
    InvokeMethod { hub: String, identity: IdentityId, call: MethodOrder },
    /// Reads a twin. Answer: the service's view, with `properties.desired`, `.reported` and `tags`.
    GetTwin { hub: String, identity: IdentityId },
    /// Merges `properties.desired` and `tags` into a twin. Answer: the new twin.
    PatchTwin { hub: String, identity: IdentityId, patch: Value },
    /// Replaces `properties.desired` and `tags` of a twin. Answer: the new twin.
    ReplaceTwin { hub: String, identity: IdentityId, twin: Value },
    /// Takes the collected feedback records off the hub. Answer: an array of records.
    TakeFeedback { hub: String },
    /// Puts a new identity or one with the same name into the registry. Answer: the identity.
    PutIdentity { hub: String, identity: Box<crate::seed::IdentitySeed> },
    /// Enables or disables an identity; a live connection of a disabled one ends.
    SetEnabled { hub: String, identity: IdentityId, enabled: bool },
    /// Removes an identity; its live connection ends.
    DeleteIdentity { hub: String, identity: IdentityId },
    /// Lists the identities of a hub. Answer: an array.
    ListIdentities { hub: String },
    /// Lists the tenants. Answer: `{"hubs": [..], "provisioning": [..], "namespaces": [..]}`.
    ListTenants,
    /// Reads or changes a resource of a tenant, which its dialect knows: `clients/c1`. Answer: the resource,
    /// or `{"value": [..]}`.
    Resource { tenant: String, verb: Verb, path: String, body: Value },
    /// Empties a device's cloud-to-device queue. Answer: `{"totalMessagesPurged", "deviceId"}`.
    PurgeQueue { hub: String, device: String },
    /// Cuts a live connection without a word, as a network failure does.
    CutConnection { hub: String, identity: IdentityId },
    /// Shows this certificate to who dials any host from now on, whatever the tenants' profiles say.
    /// Answer: `{"shown": "expired"}`.
    ShowCertificate(ServerCertificate),
    /// Adds a fault.
    AddFault(Fault),
    /// Lists the faults that may still strike. Answer: an array of `{"fault", "declared", "addedAt", "matches",
    /// "strikes"}`, in the order of their adding.
    ListFaults,
    /// Removes every fault.
    ClearFaults,
    /// Forgets everything and starts from this registry; live connections end.
    Reset(Box<Registry>),
}

/// What is to be done with a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verb {
    /// Shows it.
    Get,
    /// Makes it, or replaces it.
    Put,
    /// Merges into it what is given.
    Patch,
    Delete,
    /// Does what it is there for.
    Post,
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
            Self::Post => "POST",
        })
    }
}

/// A cloud-to-device message as the service side gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct C2dOrder {
    /// A GUID is made when there is none.
    pub message_id: Option<String>,
    pub correlation_id: Option<String>,
    pub user_id: Option<String>,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    /// When the message expires, `2026-11-20T14:22:24Z`; the hub's default lifetime otherwise.
    pub expiry_time_utc: Option<String>,
    /// Which feedback the sender wants.
    pub ack: Ack,
    /// Application properties; `null` is a value of its own.
    pub properties: Vec<(String, Option<String>)>,
    pub body: String,
}

/// A direct method call as the service side gives it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MethodOrder {
    pub method_name: String,
    /// Sent as JSON; absent is an empty body.
    #[serde(default)]
    pub payload: Option<Value>,
    /// 5 to 300.
    #[serde(default = "default_response_timeout_s")]
    pub response_timeout_in_seconds: u64,
    /// 0 to 300: how long to wait for the device to come online.
    #[serde(default)]
    pub connect_timeout_in_seconds: u64,
}

const fn default_response_timeout_s() -> u64 {
    30
}

impl MethodOrder {
    /// A call with the default timeouts.
    pub fn new(method_name: &str, payload: Option<Value>) -> Self {
        Self {
            method_name: method_name.to_owned(),
            payload,
            response_timeout_in_seconds: default_response_timeout_s(),
            connect_timeout_in_seconds: 0,
        }
    }
}

/// What the service side gets back.
pub type Answer = Result<Value, ServiceError>;

/// An error in the service's own terms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceError {
    /// The HTTP status that the service would answer.
    pub status: u16,
    /// Such as 404103.
    pub error_code: u32,
    /// Such as `DeviceNotOnline`.
    pub name: String,
    pub message: String,
    /// The clause that asks for what is missing, where one does.
    #[serde(skip)]
    pub because: Option<Rule>,
}

impl ServiceError {
    /// An error of the vendor's list.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        let Code(error_code, name) = code;
        Self {
            status: code.status(),
            error_code,
            name: name.to_owned(),
            message: message.into(),
            because: None,
        }
    }

    /// An error about a resource, which has a name and no number of its own.
    pub fn of_resource(status: u16, name: &str, message: impl Into<String>) -> Self {
        let error_code = u32::from(status) * 1000;
        Self { status, error_code, name: name.to_owned(), message: message.into(), because: None }
    }

    /// The hub has no identity of this name.
    pub fn no_identity(id: &IdentityId) -> Self {
        match &id.module {
            Some(_) => {
                Self::new(error_code::MODULE_NOT_FOUND, format!("the hub has no module `{id}`"))
            }
            None => {
                Self::new(error_code::DEVICE_NOT_FOUND, format!("the hub has no device `{id}`"))
            }
        }
    }

    /// The mock has no hub of this name; the message lists those that it has.
    pub fn no_hub(host: &str, registry: &Registry) -> Self {
        let known = registry.hub_names();
        // A client of the service would not even resolve the name of such a hub.
        let message = format!("there is no hub `{host}`; this cloud has {known}");
        Self::new(error_code::GENERIC_NOT_FOUND, message)
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}: {}", self.status, self.error_code, self.name, self.message)
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SendC2d { device, message, .. } => {
                write!(f, "send a cloud-to-device message of {} B to {device}", message.body.len())
            }
            Self::InvokeMethod { identity, call, .. } => {
                write!(f, "call method {} of {identity}", call.method_name)
            }
            Self::GetTwin { identity, .. } => write!(f, "read the twin of {identity}"),
            Self::PatchTwin { identity, patch, .. } => {
                write!(f, "patch the twin of {identity} with {patch}")
            }
            Self::ReplaceTwin { identity, twin, .. } => {
                write!(f, "replace the twin of {identity} by {twin}")
            }
            Self::TakeFeedback { hub } => write!(f, "take the feedback of {hub}"),
            Self::PutIdentity { identity, .. } => {
                write!(f, "put {} into the registry", identity.id())
            }
            Self::SetEnabled { identity, enabled: true, .. } => write!(f, "enable {identity}"),
            Self::SetEnabled { identity, enabled: false, .. } => write!(f, "disable {identity}"),
            Self::DeleteIdentity { identity, .. } => write!(f, "delete {identity}"),
            Self::ListIdentities { hub } => write!(f, "list the identities of {hub}"),
            Self::ListTenants => f.write_str("list the tenants"),
            Self::Resource { tenant, verb, path, .. } => write!(f, "{verb} {tenant}/{path}"),
            Self::PurgeQueue { device, .. } => write!(f, "purge the queue of {device}"),
            Self::CutConnection { identity, .. } => write!(f, "cut the connection of {identity}"),
            Self::ShowCertificate(shown) => write!(f, "show the certificate `{shown:?}`"),
            Self::AddFault(fault) => write!(f, "add a fault: {fault}"),
            Self::ListFaults => f.write_str("list the faults"),
            Self::ClearFaults => f.write_str("clear all faults"),
            Self::Reset(_) => f.write_str("reset to the seed"),
        }
    }
}
