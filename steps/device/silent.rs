//! A peer that opens a TCP connection and says nothing.

use tokio::net::TcpStream;

use super::{Doors, reach};

/// A connection on which nothing is ever said. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Silent {
    _tcp: TcpStream,
}

impl Silent {
    /// Connects to the MQTT port.
    pub(crate) async fn open(doors: &Doors) -> Result<Self, String> {
        let tcp = reach(&doors.mqtt).await;
        Ok(Self { _tcp: tcp.map_err(|error| error.to_string())? })
    }
}
