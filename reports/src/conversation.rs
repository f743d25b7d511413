//! What went over the wire in one scenario, packet by packet, for drawing and for packet captures.

use serde::{Deserialize, Serialize};

/// The connections of a scenario's client and everything that was said on them, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Conversation {
    /// The scene's clock when it began, in milliseconds since 1970.
    pub began_ms: u64,
    pub connections: Vec<Connection>,
    pub said: Vec<Said>,
    /// Where the scenario made the client try again and again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff: Option<Backoff>,
}

/// One connection, as far as it got.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Counts from 1 within the scenario.
    pub number: u64,
    /// On the scene's clock, from the beginning of the conversation.
    pub opened_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_ms: Option<u64>,
    /// `127.0.0.1:51234`
    pub address: String,
    /// `TLS` or `WebSocket`.
    pub transport: String,
    /// `TLSv1_2`, `TLSv1_3`.
    pub tls_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sni: Option<String>,
    /// How many certificates the client showed.
    pub certificates: usize,
    /// What CONNECT said, when one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connect: Option<Connect>,
    /// The code of CONNACK, when one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connack: Option<u8>,
}

/// The part of a CONNECT that tells clients apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// The protocol level: 4 is MQTT 3.1.1.
    pub level: u8,
    pub client_id: String,
    pub username: Option<String>,
    pub keep_alive_s: u16,
    pub clean: bool,
    pub has_will: bool,
    pub has_password: bool,
}

/// Something that was said on a connection, or happened to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// On the scene's clock, from the beginning of the conversation.
    pub at_ms: u64,
    /// The [`Connection::number`]; 0 for what belongs to none, such as an order of the service side.
    pub connection: u64,
    pub by: By,
    /// A line: `PUBLISH q1 r0 d0 id=1 devices/d1/messages/events/ (5 B: hello)`.
    pub text: String,
    /// The MQTT packet as it was on the wire, in hex; empty for what is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bytes: String,
    /// The clauses that it broke.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broke: Vec<String>,
    /// The clause because of which the cloud said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<String>,
    /// Whether this is what the scenario fails for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub offending: bool,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    Client,
    Cloud,
    /// Nobody: a connection opened or ended, a timer ran out, an order was given.
    Nobody,
}

/// How a client spaced its attempts to connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backoff {
    /// Between the end of one attempt and the next attempt, on the scene's clock.
    pub gaps_ms: Vec<u64>,
    pub class: BackoffClass,
    /// The fitted first gap.
    pub base_ms: u64,
    /// The fitted growth from gap to gap; 1 for a constant one.
    pub factor: f64,
}

// The factor is never NaN: a fit that has none says 1.
impl Eq for Backoff {}

/// The kinds of back-off, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackoffClass {
    ExponentialWithJitter,
    Exponential,
    Linear,
    Constant,
}

impl Conversation {
    /// Whether nothing was recorded.
    pub const fn is_empty(&self) -> bool {
        self.said.is_empty() && self.connections.is_empty()
    }
}
