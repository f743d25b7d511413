//! A broker that a test brings along.

use std::{any::Any, fmt, net::SocketAddr, sync::Arc};

/// Runs as long as it is kept.
pub struct Running {
    /// Where it listens, without TLS.
    pub address: SocketAddr,
    /// Where it listens for MQTT 5.
    pub address_of_5: SocketAddr,
    /// Ends it when dropped.
    pub keep: Box<dyn Any + Send>,
}

impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running on {}", self.address)
    }
}

/// Starts brokers.
#[derive(Clone)]
pub struct Broker(Arc<Start>);

type Start = dyn Fn() -> Result<Running, String> + Send + Sync;

impl Broker {
    /// Out of what starts one.
    pub fn new(start: impl Fn() -> Result<Running, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(start))
    }

    pub(super) fn start(&self) -> Result<Running, String> {
        (self.0)()
    }
}

impl fmt::Debug for Broker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Broker")
    }
}
