//! The devices of the generator: each says the same to every server.

use std::{io, ops::Range, sync::Arc};

use bytes::{Bytes, BytesMut};
use cloud::{IdentityId, identity::Credentials, registry::Hub, sas};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::{
        Resumption,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use wire::{Connect, Packet, Version};

/// The hub that all devices belong to.
pub(crate) const HUB: &str = "bench.azure-devices.net";

/// A device's connection.
pub(crate) type Line = TlsStream<TcpStream>;

/// Devices with their tokens.
#[derive(Clone)]
pub(crate) struct Fleet {
    pub(crate) devices: Arc<[Device]>,
    connector: TlsConnector,
}

/// One device.
pub(crate) struct Device {
    pub(crate) id: String,
    /// Its CONNECT, ready to be sent.
    connect: Bytes,
}

/// The name of a device, in the seed and here.
pub(crate) fn device_id(number: usize) -> String {
    format!("device-{number:05}")
}

impl Fleet {
    /// So many devices, with tokens that expire then.
    pub(crate) fn new(count: usize, expiry_s: u64) -> io::Result<Self> {
        let hub = Hub::new(HUB);
        let devices = (0..count).map(|number| Device::new(&hub, number, expiry_s)).collect();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let trusting = Arc::new(Trusting(provider.clone()));
        let mut config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .dangerous()
            .with_custom_certificate_verifier(trusting)
            .with_no_client_auth();
        // Every handshake is a full one, as after a power cut.
        config.resumption = Resumption::disabled();
        Ok(Self { devices, connector: TlsConnector::from(Arc::new(config)) })
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
        let name = ServerName::try_from(HUB).map_err(io::Error::other)?;
        let mut line = self.connector.connect(name, tcp).await?;
        line.write_all(&self.devices[number].connect).await?;
        let mut connack = [0; 4];
        line.read_exact(&mut connack).await?;
        match connack {
            [0x20, 2, 0, 0] => Ok(line),
            refused => Err(io::Error::other(format!("CONNACK was {refused:02x?}"))),
        }
    }
}

impl Device {
    fn new(hub: &Hub, number: usize, expiry_s: u64) -> Self {
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
        Self { connect: encoded(&connect), id }
    }
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
