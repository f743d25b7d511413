//! What a hub keeps of a connection, while it lives and after.

use std::collections::BTreeMap;

use wire::Qos;

use crate::time::Time;

/// One granted subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
    pub qos: Qos,
    /// Cloud-to-device messages with this sequence number or a later one match; older ones were sent
    /// before the subscription.
    pub first_sequence_number: u64,
}

/// Subscriptions by filter, as the client spelled it.
pub type Subscriptions = BTreeMap<String, Granted>;

/// A session of Clean Session 0 between two connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredSession {
    pub subscriptions: Subscriptions,
    /// When the device was last heard from.
    pub heard_at: Time,
    /// When the hub forgets it; never, without a moment.
    pub kept_until: Option<Time>,
}
