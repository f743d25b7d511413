//! Where a cloud listens.

use std::{
    io,
    sync::{Arc, OnceLock},
};

use cloud::Time;
use server::Mock;
use tokio::{net::TcpStream, time::timeout};

use super::HANG;

/// Addresses to knock at, each `host:port`.
#[derive(Clone, Debug)]
pub(crate) struct Doors {
    pub(crate) mqtt: String,
    pub(crate) wss: Option<String>,
    /// Whether TLS is spoken there.
    pub(crate) tls: bool,
    /// The moment at which certificates are judged, when it is not that on the wall.
    pub(crate) now: Option<Time>,
    /// How somebody found that nobody answers any more, for all who would knock later.
    pub(crate) dead: Arc<OnceLock<String>>,
}

impl Doors {
    /// Those of a mock in this process, on its clock.
    pub(crate) fn of(mock: &Mock) -> Self {
        Self {
            mqtt: mock.mqtt_address().to_string(),
            wss: Some(mock.wss_address().to_string()),
            tls: true,
            now: Some(mock.now()),
            dead: Arc::default(),
        }
    }

    pub(super) fn now(&self) -> Time {
        self.now.unwrap_or_else(crate::outside::now)
    }

    pub(super) fn wss(&self) -> Result<&str, String> {
        self.wss.as_deref().ok_or_else(|| "there is no WebSocket to be had".to_owned())
    }
}

/// Connects over TCP, and lets no byte wait for the next.
pub(crate) async fn reach(address: &str) -> io::Result<TcpStream> {
    let tcp = timeout(HANG, TcpStream::connect(address)).await??;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}
