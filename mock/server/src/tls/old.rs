//! TLS 1.0 and 1.1, which rustls does not speak, by the OpenSSL of the system. Some clouds still take them.
//!
//! Built with the feature `legacy-tls` alone; `no_old.rs` stands here without it. Such a handshake has its
//! ciphers of old, at the security level where OpenSSL still allows them.

use std::{
    collections::HashMap,
    io::{self, ErrorKind},
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::BytesMut;
use cloud::{Door, Time, Transport, profile::ServerCertificate};
use openssl::{
    error::ErrorStack,
    pkey::PKey,
    ssl::{
        Error, Ssl, SslContext, SslMethod, SslOptions, SslSessionCacheMode, SslVerifyMode,
        SslVersion,
    },
    x509::X509,
};
use rustix::net::RecvFlags;
use tokio::io::{BufReader, Interest};
use tokio_openssl::SslStream;

use crate::{
    KeyKind, Leaf, Leaves,
    clock::Timeline,
    connection::{Opened, Refusal},
    socket::Socket,
    stream::Stream,
};

/// A stream of old TLS.
pub(crate) type OldStream = BufReader<SslStream<Socket>>;

/// What a client says that offers no version from TLS 1.2 up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    /// `TLSv1_1` or `TLSv1`: the newest that it offers.
    pub(crate) version: &'static str,
    /// In lower case.
    pub(crate) sni: Option<String>,
}

/// The server's end of old TLS.
pub(crate) struct OldTls {
    leaves: Arc<dyn Leaves>,
    timeline: Arc<Timeline>,
    /// Minted once a day of the mock's time.
    minted: Mutex<HashMap<Shown, (Time, Leaf)>>,
}

/// To whom a certificate is shown, and which: server name, address, kind.
type Shown = (Option<String>, IpAddr, ServerCertificate);

/// Looks at a ClientHello and leaves it where it is; `None` when newer TLS can be agreed on, or when it is
/// none of a single record.
pub(crate) async fn hello(socket: &Socket) -> Option<Hello> {
    let head = peek_whole(socket, HEAD_BYTES).await.ok()?;
    version(&head)?;
    let record_bytes = RECORD_HEAD_BYTES + usize::from(u16::from_be_bytes([head[3], head[4]]));
    let record = peek_whole(socket, record_bytes.min(HELLO_BYTES_MAX)).await.ok()?;
    Some(Hello { version: version(&record)?, sni: server_name(&record) })
}

impl OldTls {
    pub(crate) fn new(leaves: Arc<dyn Leaves>, timeline: Arc<Timeline>) -> Self {
        Self { leaves, timeline, minted: Mutex::default() }
    }

    /// Shakes hands with who said this, and shows the certificate that its host wants to show.
    pub(crate) async fn accept(
        &self,
        socket: Socket,
        hello: Hello,
        shown: ServerCertificate,
    ) -> Result<Opened, Refusal> {
        let Hello { sni, .. } = hello;
        let refused = |door, why| Err(Refusal::Refused { door, sni: sni.clone(), why });
        let local = socket.0.local_addr().map(|local| local.ip().to_canonical());
        let Ok(local) = local else { return Err(Refusal::Silent) };
        let leaf = match self.leaf(sni.as_deref(), local, shown) {
            Ok(leaf) => leaf,
            Err(why) => return refused(Door::Tls, format!("no server certificate: {why}")),
        };
        let ssl = context(&leaf).and_then(|context| Ssl::new(&context));
        let mut stream = match ssl.and_then(|ssl| SslStream::new(ssl, socket)) {
            Ok(stream) => stream,
            Err(error) => return refused(Door::Tls, format!("OpenSSL cannot be set up: {error}")),
        };
        match Pin::new(&mut stream).accept().await {
            Ok(()) => {
                let stream = BufReader::with_capacity(BYTES_AT_ONCE, stream);
                let stream = Stream::Old(Box::new(stream));
                Ok(Opened { stream, sni, transport: Transport::Tcp, early: BytesMut::new() })
            }
            Err(error) => refused(door(&error), format!("the handshake failed: {error}")),
        }
    }

    fn leaf(
        &self,
        sni: Option<&str>,
        local: IpAddr,
        shown: ServerCertificate,
    ) -> Result<Leaf, String> {
        const DAY_S: u64 = 24 * 60 * 60;
        /// Clients choose the names, so there must be an end to what is kept for them.
        const MINTED_MAX: usize = 256;
        let now = self.timeline.now();
        let key = (sni.map(str::to_owned), local, shown);
        let mut minted = self.minted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, leaf)) =
            minted.get(&key).filter(|(made, _)| made.s() / DAY_S == now.s() / DAY_S)
        {
            return Ok(leaf.clone());
        }
        if minted.len() >= MINTED_MAX {
            minted.clear();
        }
        // Static RSA has no other key.
        let leaf = self.leaves.leaf(sni, local, KeyKind::Rsa2048, now, shown)?;
        minted.insert(key, (now, leaf.clone()));
        Ok(leaf)
    }
}

/// The version that was agreed on.
pub(crate) fn tls_version(stream: &OldStream) -> &'static str {
    match stream.get_ref().ssl().version2() {
        Some(SslVersion::TLS1) => "TLSv1",
        _ => "TLSv1_1",
    }
}

/// The chain that the client presented, leaf first, in DER.
pub(crate) fn certificates(stream: &OldStream) -> Vec<Vec<u8>> {
    let ssl = stream.get_ref().ssl();
    // A server's chain of its client lacks the leaf.
    let leaf = ssl.peer_certificate();
    let above = ssl.peer_cert_chain().into_iter().flatten();
    let above = above.filter_map(|certificate| certificate.to_der().ok());
    leaf.and_then(|leaf| leaf.to_der().ok()).into_iter().chain(above).collect()
}

/// What there was to choose from in the days of TLS 1.0, static RSA with CBC included.
const CIPHERS: &str = "DEFAULT@SECLEVEL=0";

/// Packets of devices are small.
const BYTES_AT_ONCE: usize = 4096;

const RECORD_HEAD_BYTES: usize = 5;

/// As far as the version of a ClientHello: the heads of record and handshake, and the version itself.
const HEAD_BYTES: usize = RECORD_HEAD_BYTES + 4 + 2;

/// Old ones are some hundred bytes long.
const HELLO_BYTES_MAX: usize = 4096;

/// The first bytes that the peer sent, left where they are: so many, or fewer at the end of the stream.
async fn peek_whole(socket: &Socket, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    loop {
        let ready = socket.0.ready(Interest::READABLE).await?;
        let seen = socket.0.try_io(Interest::READABLE, || {
            let (_, seen) = rustix::net::recv(&*socket.0, &mut *bytes, RecvFlags::PEEK)?;
            // To call a part nothing makes the next look wait for more.
            let is_part = seen < length && !ready.is_read_closed();
            if is_part { Err(ErrorKind::WouldBlock.into()) } else { Ok(seen) }
        });
        match seen {
            Ok(seen) => {
                bytes.truncate(seen);
                return Ok(bytes);
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
}

fn context(leaf: &Leaf) -> Result<SslContext, ErrorStack> {
    let mut context = SslContext::builder(SslMethod::tls_server())?;
    context.set_min_proto_version(Some(SslVersion::TLS1))?;
    context.set_max_proto_version(Some(SslVersion::TLS1_1))?;
    context.set_cipher_list(CIPHERS)?;
    // Many clients end without close_notify.
    context.set_options(SslOptions::NO_TICKET | SslOptions::IGNORE_UNEXPECTED_EOF);
    context.set_session_cache_mode(SslSessionCacheMode::OFF);
    // A certificate is asked for and judged at CONNECT, as anywhere else.
    context.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    for (number, certificate) in leaf.chain_der.iter().enumerate() {
        let certificate = X509::from_der(certificate)?;
        match number {
            0 => context.set_certificate(&certificate)?,
            _ => context.add_extra_chain_cert(certificate)?,
        }
    }
    let key = PKey::private_key_from_der(&leaf.key_der)?;
    context.set_private_key(&key)?;
    Ok(context.build())
}

/// Where a handshake failed: over the server's certificate, or over anything else.
fn door(error: &Error) -> Door {
    let why = error.to_string();
    let is_distrust =
        ["unknown ca", "bad certificate", "certificate unknown", "certificate expired"]
            .into_iter()
            .any(|alert| why.contains(alert));
    if is_distrust { Door::Distrust } else { Door::Tls }
}

/// The version of a ClientHello, when it is an old one. RFC 4346 section 7.4.1.2: the newest that the
/// client offers, up to TLS 1.2, with which newer ones begin, too.
fn version(hello: &[u8]) -> Option<&'static str> {
    const HANDSHAKE: u8 = 22;
    const CLIENT_HELLO: u8 = 1;
    match *hello {
        [HANDSHAKE, 3, _, _, _, CLIENT_HELLO, _, _, _, 3, minor, ..] => match minor {
            1 => Some("TLSv1"),
            2 => Some("TLSv1_1"),
            _ => None,
        },
        _ => None,
    }
}

/// The host that a ClientHello names (RFC 6066 section 3), in lower case.
fn server_name(record: &[u8]) -> Option<String> {
    const RANDOM_BYTES: usize = 32;
    let mut rest = Bytes(record.get(HEAD_BYTES + RANDOM_BYTES..)?);
    rest.list8()?; // session id
    rest.list16()?; // cipher suites
    rest.list8()?; // compression methods
    let mut extensions = rest.list16()?;
    loop {
        let kind = extensions.u16()?;
        let mut extension = extensions.list16()?;
        if kind == 0 {
            let mut names = extension.list16()?;
            let [0, ..] = *names.0 else { return None };
            names.0 = &names.0[1..];
            let name = names.list16()?;
            return std::str::from_utf8(name.0).ok().map(str::to_ascii_lowercase);
        }
    }
}

/// Reads the lists of which TLS consists.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn u16(&mut self) -> Option<u16> {
        let (number, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(u16::from_be_bytes(*number))
    }

    fn list8(&mut self) -> Option<Self> {
        let (length, rest) = self.0.split_first()?;
        self.0 = rest;
        self.take(usize::from(*length))
    }

    fn list16(&mut self) -> Option<Self> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    fn take(&mut self, length: usize) -> Option<Self> {
        let (list, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(Self(list))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A ClientHello with a cipher suite, one extension before the name, and the name.
    fn record(version: [u8; 2], name: &str) -> Vec<u8> {
        let sized = |bytes: &[u8]| {
            let length = u16::try_from(bytes.len()).expect("short").to_be_bytes();
            [&length[..], bytes].concat()
        };
        let names = sized(&[&[0], &sized(name.as_bytes())[..]].concat());
        let extensions = [&[0, 10][..], &sized(&[0, 2, 0, 23]), &[0, 0], &sized(&names)].concat();
        let body =
            [&version[..], &[7; 32], &[1, 9], &[0, 2, 0, 0x2F], &[1, 0], &sized(&extensions)];
        let body = body.concat();
        let length = u32::try_from(body.len()).expect("short").to_be_bytes();
        let handshake = [&[1], &length[1..], &body].concat();
        [&[22, 3, 1][..], &sized(&handshake)].concat()
    }

    #[test]
    fn a_client_hello_tells_its_version_and_its_host() {
        for (sent, expected) in [([3, 1], Some("TLSv1")), ([3, 2], Some("TLSv1_1")), ([3, 3], None)]
        {
            assert_eq!(version(&record(sent, "a.b")), expected, "{sent:?}");
        }
        assert_eq!(server_name(&record([3, 1], "A.Example")).as_deref(), Some("a.example"));
        assert_eq!(version(b"GET / HTTP/1.1"), None);
    }

    #[test]
    fn a_client_hello_that_is_cut_off_names_nobody() {
        let whole = record([3, 2], "a.example");
        for length in 0..whole.len() {
            assert_eq!(server_name(&whole[..length]), None, "{length}");
        }
    }
}
