//! The cloud-to-device queue of one device.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{input::ConnId, time::Time};

/// Which outcomes the sender wants to hear of (`iothub-ack`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ack {
    #[default]
    None,
    Positive,
    Negative,
    Full,
}

impl Ack {
    /// As the property bag spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Full => "full",
        }
    }
}

/// A message's place in its life: enqueued, invisible, or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Enqueued,
    /// Locked for a connection until the lock lapses.
    Invisible {
        until: Time,
        conn: ConnId,
    },
}

/// One message to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Counts from 1 for each device.
    pub sequence_number: u64,
    pub message_id: String,
    pub correlation_id: Option<String>,
    pub user_id: Option<String>,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    /// As the sender gave it, for the property bag.
    pub expiry_as_given: Option<String>,
    pub expires_at: Time,
    pub enqueued_at: Time,
    pub ack: Ack,
    pub properties: Vec<(String, Option<String>)>,
    pub body: bytes::Bytes,
    pub state: State,
    /// Deliveries that ended without completion.
    pub delivery_count: u32,
}

/// Messages in order of arrival.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub messages: VecDeque<Message>,
    /// The sequence number of the newest message ever put in.
    pub last_sequence_number: u64,
}
