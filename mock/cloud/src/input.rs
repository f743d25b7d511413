//! What can happen to a cloud. The list is closed: everything that drives it can be seen here.

use std::{fmt, sync::Arc};

use wire::{Malformed, Packet};

use crate::{
    http::{CallFailure, CallId, HttpRequest, HttpResponse, RequestId},
    order::{Order, OrderId},
};

/// One network connection, numbered by the carrier and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnId(pub u64);

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// What MQTT is in. Whether that is in TLS is another matter, which [`Peer::tls_version`] tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Nothing: it is the stream itself.
    Tcp,
    /// WebSocket, with the path and the subprotocol that the client asked for.
    WebSocket { path: String, subprotocol: String },
}

/// Among the paths of WebSockets it stands for every other.
pub const ANY_PATH: &str = "*";

/// The other end of a connection, as the carrier knows it after the TLS handshake, where there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// `127.0.0.1:51234`
    pub address: String,
    /// The host name of the TLS ClientHello, in lower case.
    pub sni: Option<String>,
    pub transport: Transport,
    /// `TLSv1_3`, `TLSv1_2` and, where old TLS is spoken, `TLSv1_1` and `TLSv1`; none without TLS.
    pub tls_version: Option<&'static str>,
    /// The client's certificate chain in DER, leaf first; empty when it presented none.
    pub certificates: Arc<[Vec<u8>]>,
}

impl Peer {
    /// Whether it came without TLS. Then it has named no host.
    pub const fn is_plain(&self) -> bool {
        self.tls_version.is_none()
    }

    /// What carries MQTT, in a word or two.
    pub const fn carriage(&self) -> &'static str {
        match (&self.transport, self.is_plain()) {
            (Transport::Tcp, false) => "TLS",
            (Transport::Tcp, true) => "TCP",
            (Transport::WebSocket { .. }, false) => "WebSocket",
            (Transport::WebSocket { .. }, true) => "plain WebSocket",
        }
    }
}

/// How a connection ended on the client's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The stream ended (TCP FIN, TLS close_notify, WebSocket close).
    Eof,
    /// The stream broke.
    Reset,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// A connection finished its TLS handshake (and WebSocket upgrade), as far as it has them.
    Opened { conn: ConnId, peer: Peer },
    /// A whole packet arrived.
    Received { conn: ConnId, packet: Packet },
    /// Bytes arrived that are no packet; nothing more can be read from this connection.
    Malformed { conn: ConnId, why: Malformed },
    /// The client's end of the connection is gone.
    Closed { conn: ConnId, ending: Ending },
    /// A client was turned away before MQTT began.
    Refused { address: String, sni: Option<String>, door: Door, why: String },
    /// A moment that the cloud asked for came.
    Timeout,
    /// The operator of the mock or the service side wants something.
    Order { id: OrderId, order: Box<Order> },
    /// A request over HTTPS came to a host that takes some.
    Request { id: RequestId, request: Box<HttpRequest> },
    /// A call of the cloud was answered, or came to nothing.
    Called { id: CallId, outcome: Result<HttpResponse, CallFailure> },
}

/// Where a client was turned away before MQTT began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// No TLS at all, where it is asked for: the first byte was not a TLS record.
    Plaintext,
    /// The client offers no version of TLS that is spoken here.
    TlsVersion,
    /// The TLS handshake failed otherwise.
    Tls,
    /// The client did not accept the certificate that it was shown.
    Distrust,
    /// The HTTP request was none that RFC 6455 upgrades to a WebSocket.
    WebSocket,
    /// A WebSocket was asked for where none is served.
    Path,
    /// A WebSocket was asked for without the subprotocol of MQTT.
    Subprotocol,
    /// The mock holds as many connections as it may.
    Full,
}

impl Input {
    /// The connection it is about.
    pub const fn conn(&self) -> Option<ConnId> {
        match self {
            Self::Opened { conn, .. }
            | Self::Received { conn, .. }
            | Self::Malformed { conn, .. }
            | Self::Closed { conn, .. } => Some(*conn),
            Self::Refused { .. }
            | Self::Timeout
            | Self::Order { .. }
            | Self::Request { .. }
            | Self::Called { .. } => None,
        }
    }
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened { conn, peer } => {
                write!(f, "{conn} opened over {}", peer.carriage())?;
                if let Some(sni) = &peer.sni {
                    write!(f, " to {sni}")?;
                }
                match peer.certificates.len() {
                    0 => Ok(()),
                    1 => f.write_str(" with a client certificate"),
                    n => write!(f, " with a client certificate chain of {n}"),
                }
            }
            Self::Received { conn, packet } => write!(f, "{conn} < {packet}"),
            Self::Malformed { conn, why } => write!(f, "{conn} < {why}"),
            Self::Closed { conn, ending: Ending::Eof } => write!(f, "{conn} closed by the client"),
            Self::Closed { conn, ending: Ending::Reset } => write!(f, "{conn} broken off"),
            Self::Refused { address, door, why, .. } => {
                write!(f, "{address} turned away at {door}: {why}")
            }
            Self::Timeout => f.write_str("a timer ran out"),
            Self::Order { order, .. } => write!(f, "order: {order}"),
            Self::Request { request, .. } => write!(f, "{} < {request}", request.address),
            Self::Called { id, outcome: Ok(response) } => write!(f, "call {} < {response}", id.0),
            Self::Called { id, outcome: Err(failure) } => {
                write!(f, "call {} failed: {failure}", id.0)
            }
        }
    }
}

impl fmt::Display for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plaintext => "the TLS port (no TLS)",
            Self::TlsVersion | Self::Tls | Self::Distrust => "the TLS handshake",
            Self::WebSocket | Self::Path | Self::Subprotocol => "the WebSocket upgrade",
            Self::Full => "the connection limit",
        })
    }
}
