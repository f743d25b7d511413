//! The bytes of a connection that is ready for MQTT: within TLS, or as they are.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use tokio::io::{AsyncBufRead, AsyncRead, AsyncWrite, BufReader, ReadBuf};

#[cfg(feature = "legacy-tls")]
use crate::tls::old;
use crate::{socket::Socket, tls::TlsStream};

/// The server's end of a connection.
#[derive(Debug)]
pub(crate) enum Stream {
    /// Boxed, since it is large and moves on twice; a task would have room for it each time.
    Tls(Box<TlsStream>),
    #[cfg(feature = "legacy-tls")]
    Old(Box<old::OldStream>),
    Plain(BufReader<Socket>),
}

impl Stream {
    /// Without TLS.
    pub(crate) fn plain(socket: Socket) -> Self {
        Self::Plain(BufReader::with_capacity(PLAIN_BYTES_AT_ONCE, socket))
    }

    /// As [`cloud::Peer::tls_version`] tells it.
    pub(crate) fn tls_version(&self) -> Option<&'static str> {
        match self {
            Self::Tls(stream) => Some(match stream.get_ref().1.protocol_version() {
                Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1_2",
                _ => "TLSv1_3",
            }),
            #[cfg(feature = "legacy-tls")]
            Self::Old(stream) => Some(old::tls_version(stream)),
            Self::Plain(_) => None,
        }
    }

    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self, Self::Plain(_))
    }

    /// The chain that the client presented, leaf first, in DER.
    pub(crate) fn certificates(&self) -> Vec<Vec<u8>> {
        match self {
            Self::Tls(stream) => {
                let chain = stream.get_ref().1.peer_certificates().unwrap_or_default();
                chain.iter().map(|certificate| certificate.to_vec()).collect()
            }
            #[cfg(feature = "legacy-tls")]
            Self::Old(stream) => old::certificates(stream),
            Self::Plain(_) => Vec::new(),
        }
    }

    /// A stream of which nothing is known but how bytes go in and out.
    fn bytes(self: Pin<&mut Self>) -> Pin<&mut dyn Bytes> {
        let bytes: &mut dyn Bytes = match self.get_mut() {
            Self::Tls(stream) => stream,
            #[cfg(feature = "legacy-tls")]
            Self::Old(stream) => stream,
            Self::Plain(stream) => stream,
        };
        Pin::new(bytes)
    }
}

/// How much is read at once where no TLS record says how much there is. Packets of devices are small,
/// and connections many.
const PLAIN_BYTES_AT_ONCE: usize = 4096;

trait Bytes: AsyncBufRead + AsyncWrite + Unpin {}

impl<T: AsyncBufRead + AsyncWrite + Unpin> Bytes for T {}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.bytes().poll_read(cx, buffer)
    }
}

impl AsyncBufRead for Stream {
    fn poll_fill_buf(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<&[u8]>> {
        self.bytes().poll_fill_buf(cx)
    }

    fn consume(self: Pin<&mut Self>, amount: usize) {
        self.bytes().consume(amount);
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.bytes().poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.bytes().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.bytes().poll_shutdown(cx)
    }
}
