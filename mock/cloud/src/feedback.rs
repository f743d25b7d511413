//! Feedback on cloud-to-device messages, in the field names of the service's feed.

use std::fmt;

use serde::Serialize;

/// Records that one reading of the feed brings (HUB-OPEN-051).
pub const BATCH: usize = 64;

/// What became of a cloud-to-device message, as the feed spells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// The device completed it.
    Success,
    /// Its lifetime ended in the queue.
    Expired,
    /// It was delivered as often as the hub delivers a message.
    DeliveryCountExceeded,
    /// The device refused it: never over MQTT, which has no such answer (HUB-C2D-026).
    Rejected,
    /// The queue was emptied, by an order or by Clean Session 1.
    Purged,
}

/// One record of the feedback feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Feedback {
    /// The hub; not part of the record.
    #[serde(skip)]
    pub hub: String,
    pub original_message_id: String,
    pub description: Outcome,
    pub status_code: Outcome,
    pub device_generation_id: String,
    pub device_id: String,
    /// The moment of the outcome, in the round-trip form.
    pub enqueued_time_utc: String,
}

impl fmt::Display for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} for {} of {}", self.status_code, self.original_message_id, self.device_id)
    }
}
