//! Feedback on cloud-to-device messages, in the field names of the service's feed.

use std::fmt;

use serde::Serialize;

/// What became of a cloud-to-device message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    Success,
    Expired,
    DeliveryCountExceeded,
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
    /// In the round-trip form.
    pub enqueued_time_utc: String,
}

impl fmt::Display for Feedback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} for {} of {}", self.status_code, self.original_message_id, self.device_id)
    }
}
