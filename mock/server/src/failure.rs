//! What goes wrong in the mock itself, as opposed to what clients do wrong.

use std::{any::Any, fmt, net::SocketAddr};

/// The mock broke. It stopped then: connections are reset, orders are answered with an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A task of the mock, or the cloud, panicked with this message.
    Panic(String),
    /// A listener cannot accept any more.
    Listener { address: SocketAddr, reason: String },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Panic(message) => write!(f, "the mock panicked: {message}"),
            Self::Listener { address, reason } => {
                write!(f, "the listener on {address} failed: {reason}")
            }
        }
    }
}

impl std::error::Error for Failure {}

/// The mock no longer runs, so what was waited for cannot come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why; empty when it was shut down.
    pub failures: Vec<Failure>,
}

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the mock has stopped")?;
        self.failures.iter().try_for_each(|failure| write!(f, "; {failure}"))
    }
}

impl std::error::Error for Stopped {}

/// The message of a panic.
pub(crate) fn message_of(payload: &(dyn Any + Send)) -> String {
    payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
