//! TLS: which versions and which certificate a client meets, and what became of its own.

mod context;
#[cfg_attr(not(feature = "legacy-tls"), path = "tls/no_old.rs")]
pub(crate) mod old;
mod possession;
pub(crate) mod words;

use std::{
    collections::HashMap,
    io::ErrorKind,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::BytesMut;
use cloud::{Transport, profile::ServerCertificate};
use rustls::{ServerConfig, crypto::CryptoProvider, server::Acceptor};
use tokio_rustls::LazyConfigAcceptor;

use crate::{
    Leaves,
    clock::Timeline,
    connection::{Opened, Refusal},
    socket::Socket,
    stream::Stream,
    tls::{
        context::{Context, Policy},
        old::OldTls,
    },
};

/// The server's end of TLS over TCP.
pub(crate) type TlsStream = tokio_rustls::server::TlsStream<Socket>;

/// What all handshakes share.
pub(crate) struct Tls {
    /// Versions that are not in here.
    pub(crate) old: OldTls,
    provider: Arc<CryptoProvider>,
    leaves: Arc<dyn Leaves>,
    timeline: Arc<Timeline>,
    /// By policy, without a certificate.
    templates: [ServerConfig; 2],
    contexts: Mutex<HashMap<(Host, Policy, ServerCertificate), Arc<Context>>>,
}

/// What a certificate is made for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Host {
    Name(String),
    Address(IpAddr),
}

impl Tls {
    pub(crate) fn new(
        leaves: Arc<dyn Leaves>,
        timeline: Arc<Timeline>,
    ) -> Result<Self, rustls::Error> {
        // Never the process's default: somebody else may have chosen it.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let template = |policy| context::template(&provider, &timeline, policy);
        let templates = [template(Policy::Tls12Only)?, template(Policy::Tls12And13)?];
        let old = OldTls::new(leaves.clone(), timeline.clone());
        Ok(Self { old, leaves, templates, contexts: Mutex::default(), provider, timeline })
    }

    /// Shakes hands with a client as the host that it dials wants to: whether it offers TLS 1.3, and
    /// which certificate it shows.
    pub(crate) async fn accept(
        &self,
        socket: Socket,
        wishes: impl FnOnce(Option<&str>) -> (bool, ServerCertificate),
    ) -> Result<Opened, Refusal> {
        let refused = |door, sni, why| Err(Refusal::Refused { door, sni, why });
        let local = socket.0.local_addr().map(|local| local.ip().to_canonical());
        let Ok(local) = local else { return Err(Refusal::Silent) };
        let start = match LazyConfigAcceptor::new(Acceptor::default(), socket).await {
            Ok(start) => start,
            Err(error) => return refused(words::door(&error), None, words::handshake(&error)),
        };
        let sni = start.client_hello().server_name().map(str::to_ascii_lowercase);
        let (offers_1_3, shown) = wishes(sni.as_deref());
        let policy = if offers_1_3 { Policy::Tls12And13 } else { Policy::Tls12Only };
        let context = self.context(sni.as_deref(), local, policy, shown);
        match start.into_stream(context.config()).await {
            Ok(stream) => {
                let stream = Stream::Tls(Box::new(stream));
                Ok(Opened { stream, sni, transport: Transport::Tcp, early: BytesMut::new() })
            }
            Err(error) => {
                let why = match context.trouble() {
                    Some(trouble) if error.kind() == ErrorKind::InvalidData => trouble,
                    _ => words::handshake(&error),
                };
                refused(words::door(&error), sni, why)
            }
        }
    }

    /// The certificates and versions for a host, made once a day of the mock's time.
    fn context(
        &self,
        sni: Option<&str>,
        local: IpAddr,
        policy: Policy,
        shown: ServerCertificate,
    ) -> Arc<Context> {
        let host = match sni {
            Some(name) => Host::Name(name.to_owned()),
            None => Host::Address(local),
        };
        let now = self.timeline.now();
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (host, policy, shown);
        if let Some(context) = contexts.get(&key).filter(|context| context.is_of_today(now)) {
            return context.clone();
        }
        if contexts.len() >= CONTEXTS_MAX {
            contexts.clear();
        }
        let template = &self.templates[policy as usize];
        let (provider, leaves) = (self.provider.clone(), self.leaves.clone());
        let context = Context::new(template, provider, leaves, sni, local, now, shown);
        contexts.insert(key, context.clone());
        context
    }
}

/// The content type of a TLS record that carries a handshake (RFC 8446 section 5.1).
pub(crate) const HANDSHAKE_RECORD: u8 = 0x16;

/// Clients choose the names, so there must be an end to what is kept for them.
const CONTEXTS_MAX: usize = 4096;
