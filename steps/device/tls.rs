//! The TLS side of the harness's devices: they trust the scene's roots and live on its clock.

use std::{sync::Arc, time::Duration};

use cloud::Time;
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{
        CryptoProvider, ring::sign::any_supported_type, verify_tls12_signature,
        verify_tls13_signature,
    },
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime},
    sign::{CertifiedKey, SingleCertAndKey},
    time_provider::TimeProvider,
};

use super::{Plan, plan::TlsOffer};

/// The scene's moment at which the handshake happens.
#[derive(Debug)]
struct At(Time);

impl TimeProvider for At {
    fn current_time(&self) -> Option<UnixTime> {
        Some(UnixTime::since_unix_epoch(Duration::from_secs(self.0.s())))
    }
}

type Versions = &'static [&'static rustls::SupportedProtocolVersion];

static TLS_1_2: Versions = &[&rustls::version::TLS12];
static TLS_1_3: Versions = &[&rustls::version::TLS13];

const fn versions(offer: TlsOffer) -> Versions {
    match offer {
        // Old ones are not agreed on by rustls.
        TlsOffer::All | TlsOffer::Only1_0 | TlsOffer::UpTo1_1 => rustls::DEFAULT_VERSIONS,
        TlsOffer::Only1_2 => TLS_1_2,
        TlsOffer::Only1_3 => TLS_1_3,
    }
}

/// A client configuration that trusts these roots, at this moment, with the plan's certificate.
pub(super) fn config(
    roots_der: &[Vec<u8>],
    now: Time,
    plan: &Plan,
) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    // A system's file may have what rustls does not take; the rest of it counts all the same.
    let (added, _) =
        roots.add_parsable_certificates(roots_der.iter().cloned().map(CertificateDer::from));
    if added == 0 {
        return Err("none of the authorities to trust is a certificate".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_details(provider.clone(), Arc::new(At(now)))
        .with_protocol_versions(versions(plan.tls))
        .map_err(|error| error.to_string())?;
    let builder = if plan.verifies {
        builder.with_root_certificates(roots)
    } else {
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Gullible(provider)))
    };
    match &plan.certificate {
        None => Ok(builder.with_no_client_auth()),
        Some(proof) => {
            let chain = proof.chain_der.iter().cloned().map(CertificateDer::from).collect();
            let key = PrivateKeyDer::try_from(proof.key_der.clone())?;
            let key = any_supported_type(&key).map_err(|error| error.to_string())?;
            // Not `with_client_auth_cert`, which takes no certificate of X.509 v1.
            let shown = SingleCertAndKey::from(CertifiedKey::new(chain, key));
            Ok(builder.with_client_cert_resolver(Arc::new(shown)))
        }
    }
}

/// A device that accepts whatever certificate it is shown.
#[derive(Debug)]
struct Gullible(Arc<CryptoProvider>);

impl ServerCertVerifier for Gullible {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
