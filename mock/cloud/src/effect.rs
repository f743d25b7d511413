//! What the world must do, each with the rule that demands it.

use std::{fmt, sync::Arc};

use wire::Packet;

use crate::{
    cloud_event::CloudEvent,
    feedback::Feedback,
    http::{CallId, HttpCall, HttpResponse, RequestId},
    input::ConnId,
    log::LogRecord,
    order::{Answer, OrderId},
    rule::Rule,
    telemetry::Telemetry,
};

/// Something the world must now do, because of a rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub action: Action,
    pub because: Rule,
}

/// The list of things a cloud can do to the world. It is closed.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Write this packet.
    Send { conn: ConnId, packet: Packet },
    /// End this connection after what was sent before.
    Close { conn: ConnId },
    /// End this connection at once with a TCP reset (faults only).
    Reset { conn: ConnId },
    /// Stop reading from and writing to this connection, leaving it open (faults only).
    Freeze { conn: ConnId },
    /// Hand a message to the service side.
    Telemetry(Arc<Telemetry>),
    /// Hand an event to whoever takes the cloud's events.
    Event(Arc<CloudEvent>),
    /// Hand a feedback record to the service side.
    Feedback(Box<Feedback>),
    /// Write a record into the cloud's log.
    Log(Box<LogRecord>),
    /// Answer an order.
    Answer { id: OrderId, answer: Answer },
    /// Answer a request over HTTPS.
    Respond { id: RequestId, response: HttpResponse },
    /// Ask somebody's endpoint; what comes of it is an [`crate::Input::Called`].
    Call { id: CallId, call: Box<HttpCall> },
}

impl Action {
    /// The connection it touches.
    pub const fn conn(&self) -> Option<ConnId> {
        match self {
            Self::Send { conn, .. }
            | Self::Close { conn }
            | Self::Reset { conn }
            | Self::Freeze { conn } => Some(*conn),
            Self::Telemetry(_)
            | Self::Event(_)
            | Self::Feedback(_)
            | Self::Log(_)
            | Self::Answer { .. }
            | Self::Respond { .. }
            | Self::Call { .. } => None,
        }
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.action, self.because.id())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send { conn, packet } => write!(f, "{conn} > {packet}"),
            Self::Close { conn } => write!(f, "{conn} is closed"),
            Self::Reset { conn } => write!(f, "{conn} is reset"),
            Self::Freeze { conn } => write!(f, "{conn} is frozen"),
            Self::Telemetry(telemetry) => write!(f, "telemetry {telemetry}"),
            Self::Event(event) => write!(f, "event {event}"),
            Self::Feedback(feedback) => write!(f, "feedback {feedback}"),
            Self::Log(record) => write!(f, "log {record}"),
            Self::Answer { answer: Ok(value), .. } => write!(f, "answer {value}"),
            Self::Answer { answer: Err(error), .. } => write!(f, "answer {error}"),
            Self::Respond { response, .. } => write!(f, "response {response}"),
            Self::Call { id, call } => write!(f, "call {} > {call}", id.0),
        }
    }
}
