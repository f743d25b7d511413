//! Where a cloud listens.

use std::{
    io,
    sync::{Arc, Mutex, PoisonError},
};

use cloud::Time;
use server::Mock;
use tokio::{net::TcpStream, time::timeout};
use wire::Version;

use super::{HANG, plan::Port};

/// Addresses to knock at, each `host:port`.
#[derive(Clone, Debug)]
pub(crate) struct Doors {
    pub(crate) mqtt: String,
    /// Of MQTT 5, where it has a port of its own, as it has at a plain broker.
    pub(crate) mqtt_5: Option<String>,
    pub(crate) wss: Option<String>,
    /// Of port 1883.
    pub(crate) tcp: Option<String>,
    /// Whether TLS is spoken there.
    pub(crate) tls: bool,
    /// The moment at which certificates are judged, when it is not that on the wall.
    pub(crate) now: Option<Time>,
    /// How somebody found that nobody answers any more, for all who would knock later.
    pub(crate) dead: Dead,
}

/// That a cloud elsewhere, which all scenarios have in common, does not answer any more, and how it was
/// found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dead(Arc<Mutex<Option<String>>>);

impl Dead {
    /// Somebody waited for too long; gives what was found first.
    pub(crate) fn tell(&self, why: String) -> String {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.get_or_insert(why).clone()
    }

    /// What was found, if anything.
    pub(crate) fn why(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Doors {
    /// Those of a mock in this process, on its clock.
    pub(crate) fn of(mock: &Mock) -> Self {
        Self {
            mqtt: mock.mqtt_address().to_string(),
            mqtt_5: None,
            wss: Some(mock.wss_address().to_string()),
            tcp: mock.tcp_address().map(|address| address.to_string()),
            tls: true,
            now: Some(mock.now()),
            dead: Dead::default(),
        }
    }

    pub(super) fn now(&self) -> Time {
        self.now.unwrap_or_else(crate::outside::now)
    }

    /// The address of a port, for who speaks this version.
    pub(super) fn at(&self, port: Port, version: Option<Version>) -> Result<&str, String> {
        match port {
            Port::Mqtt if version == Some(Version::V5) => {
                Ok(self.mqtt_5.as_deref().unwrap_or(&self.mqtt))
            }
            Port::Mqtt => Ok(&self.mqtt),
            Port::Wss => self.wss(),
            Port::Tcp => {
                self.tcp.as_deref().ok_or_else(|| "nobody listens on port 1883".to_owned())
            }
        }
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
