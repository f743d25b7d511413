//! The clients of the generator: each says the same to every server.

use std::{io, ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};
use certs::Leaf;
use cloud::{IdentityId, event_grid::Namespace, identity::Credentials, registry::Hub, sas};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use wire::{Connect, Packet, Version};

/// The hub that all devices belong to.
pub(crate) const HUB: &str = "bench.azure-devices.net";

/// The namespace that all sessions belong to, as its seed has it: name and location.
pub(crate) const NAMESPACE: [&str; 2] = ["bench", "westeurope"];

/// As many sessions as one client of a namespace may have.
pub(crate) const SESSIONS_PER_CLIENT: usize = 100;

/// A client's connection.
pub(crate) type Line = TlsStream<TcpStream>;

/// Clients that dial one host, with all that they need for it.
#[derive(Clone)]
pub(crate) struct Fleet {
    pub(crate) devices: Arc<[Device]>,
    host: ServerName<'static>,
}

/// One device of a hub, or one session of a namespace.
pub(crate) struct Device {
    pub(crate) id: String,
    /// Its CONNECT, ready to be sent.
    connect: Bytes,
    connector: TlsConnector,
}

/// The name of a device, in the seed and here.
pub(crate) fn device_id(number: usize) -> String {
    format!("device-{number:05}")
}

/// The name of a client of the namespace, in the seed, in its certificate and here.
pub(crate) fn client_name(number: usize) -> String {
    format!("client-{number:02}")
}

impl Fleet {
    /// So many devices of the hub, with tokens that expire then.
    pub(crate) fn of_hub(count: usize, expiry_s: u64) -> io::Result<Self> {
        let hub = Hub::new(HUB);
        let connector = connector(None)?;
        let device = |number| Device::of_hub(&hub, number, expiry_s, connector.clone());
        Ok(Self { devices: (0..count).map(device).collect(), host: server_name(HUB)? })
    }

    /// The sessions of these clients of the namespace, each client with its certificate.
    pub(crate) fn of_namespace(clients: &[Leaf]) -> io::Result<Self> {
        let mut sessions = Vec::with_capacity(clients.len() * SESSIONS_PER_CLIENT);
        for client in clients {
            let connector = connector(Some(client))?;
            for _ in 0..SESSIONS_PER_CLIENT {
                let name = &client.common_name;
                sessions.push(Device::of_namespace(sessions.len(), name, connector.clone()));
            }
        }
        let [name, location] = NAMESPACE;
        let host = Namespace::new(name, location).host;
        Ok(Self { devices: sessions.into(), host: server_name(&host)? })
    }

    /// Connects device `number` and waits for its CONNACK.
    pub(crate) async fn connect(&self, number: usize, port: u16) -> io::Result<Line> {
        let tcp = TcpStream::connect(("127.0.0.1", port)).await?;
        self.greet(number, tcp).await
    }

    /// Connects the devices of these numbers, some at a time, and gives them back in order.
    pub(crate) async fn connect_all(
        &self,
        numbers: Range<usize>,
        port: u16,
    ) -> io::Result<Vec<Line>> {
        const AT_ONCE: usize = 32;
        stream::iter(numbers)
            .map(|number| self.connect(number, port))
            .buffered(AT_ONCE)
            .try_collect()
            .await
    }

    /// Connects device `number` on a TCP connection that stands.
    pub(crate) async fn greet(&self, number: usize, tcp: TcpStream) -> io::Result<Line> {
        tcp.set_nodelay(true)?;
        let device = &self.devices[number];
        let mut line = device.connector.connect(self.host.clone(), tcp).await?;
        line.write_all(&device.connect).await?;
        let mut connack = [0; 4];
        line.read_exact(&mut connack).await?;
        match connack {
            [0x20, 2, 0, 0] => Ok(line),
            refused => Err(io::Error::other(format!("CONNACK was {refused:02x?}"))),
        }
    }
}

impl Device {
    fn of_hub(hub: &Hub, number: usize, expiry_s: u64, connector: TlsConnector) -> Self {
        let id = device_id(number);
        let identity = IdentityId::device(&id);
        let token = match hub.default_keys(&identity) {
            Credentials::Keys { primary, .. } => {
                sas::sign(&primary, &format!("{HUB}/devices/{id}"), expiry_s, None)
            }
            Credentials::Thumbprints { .. } | Credentials::Authority => String::new(),
        };
        let connect = Packet::Connect(Box::new(Connect {
            keep_alive_s: 1177,
            client_id: id.clone(),
            username: Some(format!("{HUB}/{id}/?api-version=2021-04-12")),
            password: Some(token.into()),
            ..Connect::default()
        }));
        Self { connect: encoded(&connect), id, connector }
    }

    fn of_namespace(number: usize, client: &str, connector: TlsConnector) -> Self {
        let id = format!("session-{number:05}");
        let connect = Packet::Connect(Box::new(Connect {
            keep_alive_s: 1160,
            client_id: id.clone(),
            username: Some(client.to_owned()),
            ..Connect::default()
        }));
        Self { connect: encoded(&connect), id, connector }
    }
}

fn server_name(host: &str) -> io::Result<ServerName<'static>> {
    ServerName::try_from(host.to_owned()).map_err(io::Error::other)
}

/// TLS as a client speaks it that takes any server, and shows its certificate if it has one.
fn connector(certificate: Option<&Leaf>) -> io::Result<TlsConnector> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trusting = Arc::new(Trusting(provider.clone()));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(trusting);
    let mut config = match certificate {
        None => builder.with_no_client_auth(),
        Some(leaf) => {
            let chain = leaf.chain_der.iter().cloned().map(CertificateDer::from).collect();
            let key = PrivateKeyDer::Pkcs8(leaf.key_der.clone().into());
            builder.with_client_auth_cert(chain, key).map_err(io::Error::other)?
        }
    };
    // Every handshake is a full one, as after a power cut.
    config.resumption = Resumption::disabled();
    Ok(TlsConnector::from(Arc::new(config)))
}

/// Takes every certificate unseen: to check them costs the generator more than all else in a
/// handshake, and it would be what limits a storm.
#[derive(Debug)]
struct Trusting(Arc<CryptoProvider>);

impl ServerCertVerifier for Trusting {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A packet as bytes of MQTT 3.1.1.
pub(crate) fn encoded(packet: &Packet) -> Bytes {
    let mut bytes = BytesMut::new();
    wire::encode(packet, Version::V311, &mut bytes);
    bytes.freeze()
}
