//! A peer that opens a TCP connection and says nothing.

use server::Mock;
use tokio::net::TcpStream;

/// A connection on which nothing is ever said. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Silent {
    _tcp: TcpStream,
}

impl Silent {
    /// Connects to the MQTT port.
    pub(crate) async fn open(mock: &Mock) -> Result<Self, String> {
        let tcp = TcpStream::connect(mock.mqtt_address()).await;
        Ok(Self { _tcp: tcp.map_err(|error| error.to_string())? })
    }
}
