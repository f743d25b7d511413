//! The MQTT broker of an Azure Event Grid namespace.

pub mod access;
pub(crate) mod admin;
pub mod model;
pub mod namespace;
pub mod query;
pub mod syntax;
pub mod template;

pub use self::{access::Identity, namespace::Namespace};
