//! The raw device: any bytes over TCP, TLS or WebSocket, and a strict decoder for what comes back.

use std::sync::Arc;

use bytes::BytesMut;
use futures::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};
use wire::{Decoder, Packet, Version};

use super::{Doors, HANG, Link, Met, Plan, reach, tls, unhurried};

/// How outgoing packets are cut into writes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Each packet in a write of its own.
    #[default]
    Packets,
    /// Segments of so many bytes.
    Segments(usize),
    /// All that is said before anybody looks, in one write.
    Together,
}

/// What goes over TCP, in TLS or as it is.
pub(super) trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

type Wire = Box<dyn Bytes>;

enum Stream {
    Tcp(Wire),
    WebSocket(Box<WebSocketStream<Wire>>),
}

/// A device that may say anything.
pub(super) struct Raw {
    stream: Stream,
    version: Version,
    decoder: Decoder,
    buffer: BytesMut,
    cut: Cut,
    /// Of the WebSocket close frame that came.
    close_code: Option<u16>,
}

impl Raw {
    /// Connects up to the end of what is planned of the TLS handshake and the WebSocket upgrade.
    pub(super) async fn open(doors: &Doors, plan: &Plan, cut: Cut) -> Result<Self, String> {
        let address = doors.at(plan.port(), plan.version())?;
        let wire: Wire = match plan.is_in_tls && doors.tls {
            true if plan.tls.is_old() => dial_as_of_old(doors, plan, address).await?,
            true => Box::new(dial(doors, plan, address).await?),
            false => Box::new(dialled(address).await?),
        };
        let stream = match &plan.link {
            Link::Tcp => Stream::Tcp(wire),
            Link::WebSocket { path, subprotocol } => {
                Stream::WebSocket(Box::new(upgrade(wire, plan, path, subprotocol).await?))
            }
        };
        let version = plan.version().unwrap_or(Version::V311);
        let decoder = Decoder::new(Some(version), usize::MAX);
        Ok(Self { stream, version, decoder, buffer: BytesMut::new(), cut, close_code: None })
    }

    /// Whether its packets have properties.
    pub(super) const fn has_properties(&self) -> bool {
        matches!(self.version, Version::V5)
    }

    /// Sends one packet; returns how many the ledger has to wait for.
    pub(super) async fn send(&mut self, packet: &Packet) -> Result<usize, String> {
        self.send_together(std::slice::from_ref(packet)).await
    }

    /// Sends packets in one write.
    pub(super) async fn send_together(&mut self, packets: &[Packet]) -> Result<usize, String> {
        let mut bytes = BytesMut::new();
        for packet in packets {
            wire::encode(packet, self.version, &mut bytes);
        }
        self.send_bytes(&bytes).await?;
        Ok(packets.len())
    }

    /// Sends bytes as they are. A peer that has closed meanwhile is no error: the trace tells.
    pub(super) async fn send_bytes(&mut self, bytes: &[u8]) -> Result<(), String> {
        let size = self.segment_bytes(bytes);
        for segment in bytes.chunks(size) {
            let sent = match &mut self.stream {
                Stream::Tcp(stream) => match stream.write_all(segment).await {
                    Ok(()) => stream.flush().await,
                    Err(error) => Err(error),
                }
                .is_ok(),
                Stream::WebSocket(stream) => {
                    stream.send(Message::Binary(segment.to_vec().into())).await.is_ok()
                }
            };
            if !sent {
                break;
            }
        }
        Ok(())
    }

    /// Sends bytes past the WebSocket layer: frames, right or wrong.
    pub(super) async fn send_frames(&mut self, bytes: &[u8]) -> Result<(), String> {
        let size = self.segment_bytes(bytes);
        let Stream::WebSocket(stream) = &mut self.stream else {
            return Err("only a WebSocket has frames: say `transport` `WebSocket`".to_owned());
        };
        for segment in bytes.chunks(size) {
            if stream.get_mut().write_all(segment).await.is_err()
                || stream.get_mut().flush().await.is_err()
            {
                break;
            }
        }
        Ok(())
    }

    fn segment_bytes(&self, bytes: &[u8]) -> usize {
        match self.cut {
            Cut::Segments(size) => size.max(1),
            Cut::Packets | Cut::Together => bytes.len().max(1),
        }
    }

    /// The code of the WebSocket close frame that came.
    pub(super) const fn close_code(&self) -> Option<u16> {
        self.close_code
    }

    /// The next packet, or the end of the stream.
    pub(super) async fn next(&mut self) -> Result<Met, String> {
        loop {
            self.tell_version();
            if let Some(packet) = self
                .decoder
                .decode(&mut self.buffer)
                .map_err(|why| format!("the cloud sent a {why}"))?
            {
                return Ok(Met::Packet(packet));
            }
            let more = timeout(HANG, self.read()).await;
            if !more.map_err(|_| "hung: the cloud's bytes did not arrive".to_owned())? {
                return Ok(Met::End);
            }
        }
    }

    /// A cloud that does not speak MQTT 5 refuses it in the form of 3.1.1: a CONNACK of two bytes, where
    /// MQTT 5 has three at least.
    fn tell_version(&mut self) {
        if self.decoder.version() == Some(Version::V5) && self.buffer.starts_with(&[0x20, 2]) {
            self.decoder.set_version(Version::V311);
        }
    }

    /// Reads more bytes; false at the end.
    async fn read(&mut self) -> bool {
        match &mut self.stream {
            Stream::Tcp(stream) => stream.read_buf(&mut self.buffer).await.is_ok_and(|n| n > 0),
            Stream::WebSocket(stream) => match stream.next().await {
                Some(Ok(Message::Binary(bytes))) => {
                    self.buffer.extend_from_slice(&bytes);
                    true
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => true,
                Some(Ok(Message::Close(frame))) => {
                    self.close_code = frame.map(|frame| frame.code.into());
                    false
                }
                _ => false,
            },
        }
    }
}

/// A CONNECT in plaintext, and how the connection ends: `closed`, or the bytes that came back.
pub(super) async fn connect_without_tls(doors: &Doors, plan: &Plan) -> Result<String, String> {
    let mut tcp = dialled(&doors.mqtt).await?;
    send_connect(&mut tcp, plan).await?;
    let mut answer = Vec::new();
    Ok(match timeout(HANG, tcp.read_buf(&mut answer)).await {
        Err(_) => "open and silent".to_owned(),
        Ok(_) if answer.is_empty() => "closed".to_owned(),
        Ok(_) => format!("it answered {answer:02x?}"),
    })
}

/// A CONNECT on the WebSocket's port without a request for one, and the text that came back.
pub(super) async fn connect_without_upgrade(doors: &Doors, plan: &Plan) -> Result<String, String> {
    let mut stream = dial(doors, plan, doors.wss()?).await?;
    send_connect(&mut stream, plan).await?;
    let mut answer = Vec::new();
    let end = timeout(HANG, stream.read_to_end(&mut answer)).await;
    Ok(match end {
        Ok(_) => String::from_utf8_lossy(&answer).into_owned(),
        Err(_) => "open and silent".to_owned(),
    })
}

async fn send_connect(stream: &mut impl Bytes, plan: &Plan) -> Result<(), String> {
    let mut bytes = BytesMut::new();
    let version = plan.version().unwrap_or(Version::V311);
    wire::encode(&Packet::Connect(Box::new(plan.packet())), version, &mut bytes);
    stream.write_all(&bytes).await.map_err(|error| error.to_string())?;
    stream.flush().await.map_err(|error| error.to_string())
}

/// Connects up to the end of the TLS handshake.
pub(super) async fn dial(
    doors: &Doors,
    plan: &Plan,
    address: &str,
) -> Result<TlsStream<TcpStream>, String> {
    if let Some(why) = doors.dead.why() {
        return Err(why);
    }
    let config = tls::config(&plan.roots_der, doors.now(), plan)?;
    let name = ServerName::try_from(plan.server_name.clone())
        .map_err(|_| format!("`{}` is no host name", plan.server_name))?;
    let tcp = dialled(address).await?;
    let shaken = unhurried(TlsConnector::from(Arc::new(config)).connect(name, tcp));
    match timeout(HANG, shaken).await {
        Ok(shaken) => shaken.map_err(|error| format!("the TLS handshake failed: {error}")),
        Err(_) => {
            let why = format!("hung: {address} accepts TCP and does not answer the TLS handshake");
            Err(doors.dead.tell(why))
        }
    }
}

/// As [`dial`], with TLS no newer than 1.1.
#[cfg(feature = "legacy-tls")]
async fn dial_as_of_old(doors: &Doors, plan: &Plan, address: &str) -> Result<Wire, String> {
    let tcp = dialled(address).await?;
    let shaken = unhurried(super::legacy::shake_hands(tcp, plan, doors.now()));
    let hung = |_| format!("hung: {address} accepts TCP and does not answer the TLS handshake");
    Ok(Box::new(timeout(HANG, shaken).await.map_err(hung)??))
}

#[cfg(not(feature = "legacy-tls"))]
async fn dial_as_of_old(_: &Doors, _: &Plan, _: &str) -> Result<Wire, String> {
    Err("this build has no TLS before 1.2: say --features legacy-tls".to_owned())
}

/// Connects up to the end of the TLS handshake, and hangs up.
pub(super) async fn knock(doors: &Doors, plan: &Plan) -> Result<(), String> {
    dial(doors, plan, &doors.mqtt).await.map(|_| ())
}

/// Connects over TCP.
async fn dialled(address: &str) -> Result<TcpStream, String> {
    reach(address).await.map_err(|error| format!("{address}: {error}"))
}

async fn upgrade(
    stream: Wire,
    plan: &Plan,
    path: &str,
    subprotocol: &str,
) -> Result<WebSocketStream<Wire>, String> {
    let scheme = if plan.is_in_tls { "wss" } else { "ws" };
    let request = tokio_tungstenite::tungstenite::http::Request::builder()
        .uri(format!("{scheme}://{}{path}", plan.server_name))
        .header("Host", plan.server_name.as_str())
        .header("Connection", "Upgrade")
        .header("Upgrade", "websocket")
        .header("Sec-WebSocket-Version", "13")
        .header(
            "Sec-WebSocket-Key",
            tokio_tungstenite::tungstenite::handshake::client::generate_key(),
        )
        .header("Sec-WebSocket-Protocol", subprotocol)
        .body(())
        .map_err(|error| error.to_string())?;
    let (stream, response) = timeout(HANG, tokio_tungstenite::client_async(request, stream))
        .await
        .map_err(|_| "hung: the WebSocket upgrade is not answered".to_owned())?
        .map_err(|error| format!("the WebSocket upgrade failed: {error}"))?;
    let echoed = response.headers().get("Sec-WebSocket-Protocol").and_then(|v| v.to_str().ok());
    if echoed != Some(subprotocol) {
        return Err(format!("the subprotocol came back as {echoed:?}, expected `{subprotocol}`"));
    }
    Ok(stream)
}
