//! One connection of a miniature: TCP, TLS, perhaps WebSocket, and MQTT packets on it.

use std::sync::Arc;

use bytes::BytesMut;
use futures::{SinkExt as _, StreamExt as _};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, http::HeaderValue},
};
use wire::{Decoder, Packet, Version};

use super::{habits::Habits, settings::Settings, tls};

/// Why a connection could not be made, or is no more: one phrase.
pub(super) type Lost = String;

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
    WebSocket(Box<WebSocketStream<TlsStream<TcpStream>>>),
}

/// A connection up to its first packet, and on.
pub(super) struct Link {
    stream: Stream,
    version: Version,
    decoder: Decoder,
    read: BytesMut,
}

const MAX_PACKET_BYTES: usize = 1 << 20;
/// Microsoft's SDKs ask for this path of a hub and of DPS.
const PATH: &str = "/$iothub/websocket";
/// And the vendor's samples for this one of an Event Grid namespace.
const PATH_OF_EVENT_GRID: &str = "/mqtt";

impl Link {
    /// Connects, up to the end of the TLS handshake and of the WebSocket upgrade.
    pub(super) async fn open(settings: &Settings, habits: &Habits) -> Result<Self, Lost> {
        let door = &settings.door;
        let port = door.port;
        let tcp = TcpStream::connect((door.host.as_str(), port))
            .await
            .map_err(|error| format!("{}:{port}: {error}", door.host))?;
        let stream = if habits.without_tls {
            Stream::Plain(tcp)
        } else {
            let config = tls::config(settings, habits)?;
            let name = ServerName::try_from(door.host.clone())
                .map_err(|_| format!("`{}` is no host name", door.host))?;
            let connector = TlsConnector::from(Arc::new(config));
            let tls = connector.connect(name, tcp).await;
            let tls = tls.map_err(|error| format!("the TLS handshake failed: {error}"))?;
            if door.websocket {
                let path = if settings.speaks_v5() { PATH_OF_EVENT_GRID } else { PATH };
                Stream::WebSocket(Box::new(upgrade(tls, &door.host, path).await?))
            } else {
                Stream::Tls(Box::new(tls))
            }
        };
        let usual = if settings.speaks_v5() { Version::V5 } else { Version::V311 };
        let version = habits.version.unwrap_or(usual);
        // A cloud that refuses another version does so in the form of its own.
        let decoder = Decoder::new(Some(usual), MAX_PACKET_BYTES);
        Ok(Self { stream, version, decoder, read: BytesMut::new() })
    }

    /// Sends one packet.
    pub(super) async fn send(&mut self, packet: &Packet) -> Result<(), Lost> {
        let mut bytes = BytesMut::new();
        wire::encode(packet, self.version, &mut bytes);
        self.send_bytes(&bytes).await
    }

    /// Sends bytes as they are.
    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), Lost> {
        let sent = match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(bytes).await,
            Stream::Tls(stream) => match stream.write_all(bytes).await {
                Ok(()) => stream.flush().await,
                Err(error) => Err(error),
            },
            Stream::WebSocket(stream) => {
                let message = Message::Binary(bytes.to_vec().into());
                return stream.send(message).await.map_err(|error| error.to_string());
            }
        };
        sent.map_err(|error| error.to_string())
    }

    /// The next packet. What was read is kept when nobody waits for the rest any more.
    pub(super) async fn next(&mut self) -> Result<Packet, Lost> {
        loop {
            let packet = self.decoder.decode(&mut self.read).map_err(|why| why.to_string())?;
            if let Some(packet) = packet {
                return Ok(packet);
            }
            let got = match &mut self.stream {
                Stream::Plain(stream) => stream.read_buf(&mut self.read).await,
                Stream::Tls(stream) => stream.read_buf(&mut self.read).await,
                Stream::WebSocket(stream) => match stream.next().await {
                    Some(Ok(Message::Binary(bytes))) => {
                        self.read.extend_from_slice(&bytes);
                        Ok(bytes.len())
                    }
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
                    Some(Ok(_)) | None => Ok(0),
                    Some(Err(error)) => return Err(error.to_string()),
                },
            };
            match got {
                Ok(0) => return Err("the cloud closed the connection".to_owned()),
                Ok(_) => {}
                Err(error) => return Err(error.to_string()),
            }
        }
    }

    /// Ends the connection in good order.
    pub(super) async fn end(mut self) {
        // The cloud may have gone first.
        let _ = match &mut self.stream {
            Stream::Plain(stream) => stream.shutdown().await,
            Stream::Tls(stream) => stream.shutdown().await,
            Stream::WebSocket(stream) => {
                let _ = stream.close().await;
                Ok(())
            }
        };
    }
}

async fn upgrade(
    stream: TlsStream<TcpStream>,
    host: &str,
    path: &str,
) -> Result<WebSocketStream<TlsStream<TcpStream>>, Lost> {
    let mut request =
        format!("wss://{host}{path}").into_client_request().map_err(|error| error.to_string())?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("mqtt"));
    let upgraded = tokio_tungstenite::client_async(request, stream).await;
    upgraded.map(|(stream, _)| stream).map_err(|error| error.to_string())
}
