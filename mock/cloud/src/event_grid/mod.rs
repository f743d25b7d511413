//! The MQTT broker of an Azure Event Grid namespace.

pub mod model;
pub mod namespace;

pub use self::namespace::Namespace;
