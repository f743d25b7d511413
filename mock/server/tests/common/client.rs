//! A small MQTT client, over TLS where nothing else is said. It says and hears packets, and knows no rule.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::{Bytes, BytesMut};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpSocket, TcpStream},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use wire::{Decoder, Filter, Packet, Publish, Qos, Subscribe, Version};

use super::{HUB, connect, trust::Trust};

/// A client whose stream is ready for MQTT.
pub struct Client<S = TlsStream<Dribble>> {
    pub stream: S,
    decoder: Decoder,
    input: BytesMut,
}

impl Client {
    /// Shakes hands with a hub at this address.
    pub async fn dial(address: SocketAddr) -> Self {
        Self::try_dial(address, HUB, &Trust::default()).await.expect("a TLS connection")
    }

    pub async fn try_dial(address: SocketAddr, name: &str, trust: &Trust) -> io::Result<Self> {
        Self::try_dial_over(dial_tcp(address).await?, name, trust).await
    }

    /// Sends each byte in a segment of its own.
    pub async fn dial_shredding(address: SocketAddr) -> Self {
        let tcp = Dribble { at_once: 1, ..dial_tcp(address).await.expect("a TCP connection") };
        Self::try_dial_over(tcp, HUB, &Trust::default()).await.expect("a TLS connection")
    }

    pub async fn try_dial_over(tcp: Dribble, name: &str, trust: &Trust) -> io::Result<Self> {
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        Ok(Self::over(TlsConnector::from(trust.config()).connect(name, tcp).await?))
    }

    /// Connects a device; its CONNACK must be 0.
    pub async fn online(address: SocketAddr, device: &str, keep_alive_s: u16) -> Self {
        let mut client = Self::dial(address).await;
        client.go_online(device, keep_alive_s).await;
        client
    }
}

impl Client<Dribble> {
    /// Without TLS, in segments of at most so many bytes.
    pub async fn dial_plain(address: SocketAddr, at_once: usize) -> Self {
        Self::over(Dribble { at_once, ..dial_tcp(address).await.expect("a TCP connection") })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub fn over(stream: S) -> Self {
        let decoder = Decoder::new(Some(Version::V311), 1_000_000);
        Self { stream, decoder, input: BytesMut::new() }
    }

    pub async fn go_online(&mut self, device: &str, keep_alive_s: u16) {
        self.go_online_by(&connect(device, keep_alive_s)).await;
    }

    /// Says this CONNECT; its CONNACK must be 0.
    pub async fn go_online_by(&mut self, connect: &Packet) {
        self.send(connect).await;
        match self.next().await {
            Some(Packet::Connack(connack)) => assert_eq!(connack.code, 0),
            other => panic!("expected CONNACK, got {other:?}"),
        }
    }

    pub async fn send(&mut self, packet: &Packet) {
        self.send_all(&[packet]).await;
    }

    /// Sends packets in one TLS record, if they fit.
    pub async fn send_all(&mut self, packets: &[&Packet]) {
        let mut bytes = BytesMut::new();
        for packet in packets {
            wire::encode(packet, Version::V311, &mut bytes);
        }
        self.stream.write_all(&bytes).await.expect("to send");
        self.stream.flush().await.expect("to send");
    }

    /// The next packet; `None` when the server closed, in order or not.
    pub async fn next(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) = self.decoder.decode(&mut self.input).expect("legal packets") {
                return Some(packet);
            }
            match self.stream.read_buf(&mut self.input).await {
                Ok(1..) => {}
                Ok(0) | Err(_) => return None,
            }
        }
    }

    pub async fn ping(&mut self) {
        self.send(&Packet::Pingreq).await;
        assert_eq!(self.next().await, Some(Packet::Pingresp));
    }

    pub async fn subscribe(&mut self, filter: &str) {
        let filter = Filter { filter: filter.to_owned(), ..Filter::default() };
        let subscribe = Subscribe { packet_id: 1, filters: vec![filter], ..Subscribe::default() };
        self.send(&Packet::Subscribe(subscribe)).await;
        let suback = self.next().await;
        assert!(
            matches!(&suback, Some(Packet::Suback(suback)) if suback.codes == [0]),
            "{suback:?}"
        );
    }
}

/// Telemetry of a device at QoS 1.
pub fn telemetry(device: &str, packet_id: u16, payload: impl Into<Bytes>) -> Packet {
    Packet::Publish(Publish {
        qos: Qos::AtLeastOnce,
        topic: format!("devices/{device}/messages/events/"),
        packet_id: Some(packet_id),
        payload: payload.into(),
        ..Publish::default()
    })
}

pub async fn dial_tcp(address: SocketAddr) -> io::Result<Dribble> {
    Dribble::of(TcpStream::connect(address).await?)
}

/// A TCP connection that takes in little before it must be read.
pub async fn dial_tcp_narrow(address: SocketAddr) -> io::Result<Dribble> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(4096)?;
    Dribble::of(socket.connect(address).await?)
}

/// A TCP stream that can be made to send little at once.
pub struct Dribble {
    pub tcp: TcpStream,
    pub at_once: usize,
}

impl Dribble {
    fn of(tcp: TcpStream) -> io::Result<Self> {
        tcp.set_nodelay(true)?;
        Ok(Self { tcp, at_once: usize::MAX })
    }
}

impl AsyncRead for Dribble {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Dribble {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let now = &bytes[..bytes.len().min(self.at_once)];
        Pin::new(&mut self.tcp).poll_write(cx, now)
    }

    /// A rustls client that distrusts a server says so in its last write, together with other records.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.at_once == usize::MAX {
            return Pin::new(&mut self.tcp).poll_write_vectored(cx, slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty());
        self.poll_write(cx, first.map_or(&[], |slice| slice))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}
