//! What a client trusts and offers in TLS.

use std::{fmt, sync::Arc, time::Duration};

use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
    client::{
        ResolvesClientCert, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::{CryptoProvider, ring::default_provider},
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName, UnixTime},
    sign::CertifiedKey,
    time_provider::TimeProvider,
    version::{TLS12, TLS13},
};

use super::{START, authorities};

/// How a client speaks TLS.
#[derive(Clone)]
pub struct Trust {
    pub versions: Vec<&'static SupportedProtocolVersion>,
    /// Names of the signature schemes that it verifies contain one of these.
    pub schemes: &'static [&'static str],
    pub roots: Arc<RootCertStore>,
    /// Chain and key, which need not belong together.
    pub certificate: Option<(Vec<Vec<u8>>, Vec<u8>)>,
    pub now_s: u64,
}

impl Default for Trust {
    fn default() -> Self {
        let mut roots = RootCertStore::empty();
        for authority in authorities() {
            roots.add(CertificateDer::from(authority.der().to_vec())).expect("a root");
        }
        Self {
            versions: vec![&TLS12, &TLS13],
            schemes: &["RSA", "ECDSA"],
            roots: Arc::new(roots),
            certificate: None,
            now_s: START.s(),
        }
    }
}

impl Trust {
    pub fn tls12() -> Self {
        Self { versions: vec![&TLS12], ..Self::default() }
    }

    pub fn tls13() -> Self {
        Self { versions: vec![&TLS13], ..Self::default() }
    }

    pub fn config(&self) -> Arc<ClientConfig> {
        let provider = Arc::new(self.provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(self.roots.clone(), provider.clone())
                .build()
                .expect("a verifier");
        let builder =
            ClientConfig::builder_with_details(provider.clone(), Arc::new(Fixed(self.now_s)))
                .with_protocol_versions(&self.versions)
                .expect("versions")
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(Picky {
                    inner: verifier,
                    schemes: self.schemes,
                }));
        let certificate = Presented(self.certificate.as_ref().map(|(chain, key)| {
            let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.clone()));
            let key = provider.key_provider.load_private_key(key).expect("a key");
            let chain = chain.iter().cloned().map(CertificateDer::from).collect();
            Arc::new(CertifiedKey::new(chain, key))
        }));
        Arc::new(builder.with_client_cert_resolver(Arc::new(certificate)))
    }

    /// A client that verifies no RSA has no RSA cipher suite for TLS 1.2 either.
    fn provider(&self) -> CryptoProvider {
        let mut provider = default_provider();
        provider.cipher_suites.retain(|suite| {
            let name = format!("{:?}", suite.suite());
            name.starts_with("TLS13")
                || self.schemes.iter().any(|scheme| name.contains(&format!("ECDHE_{scheme}")))
        });
        provider
    }
}

#[derive(Debug)]
struct Fixed(u64);

impl TimeProvider for Fixed {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0)))
    }
}

/// Verifies as usual, but only by some signature schemes.
#[derive(Debug)]
struct Picky {
    inner: Arc<WebPkiServerVerifier>,
    schemes: &'static [&'static str],
}

impl ServerCertVerifier for Picky {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        above: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.inner.verify_server_cert(leaf, above, name, ocsp, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.inner.supported_verify_schemes();
        schemes.retain(|scheme| {
            let name = format!("{scheme:?}");
            self.schemes.iter().any(|wanted| name.starts_with(wanted))
        });
        schemes
    }
}

/// Presents a certificate without looking at it, so that any will do.
struct Presented(Option<Arc<CertifiedKey>>);

impl ResolvesClientCert for Presented {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.clone()
    }

    fn has_certs(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Presented")
    }
}
