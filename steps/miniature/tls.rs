//! TLS as a miniature does it: it verifies the server, or has a bad habit about that.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::settings::{Proof, Settings};

/// What a client overlooks in a server's certificate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlooks {
    #[default]
    Nothing,
    /// That it is for another host.
    Name,
    /// That nobody trusted has signed it.
    Authority,
    /// That its time is over.
    Expiry,
    /// That its time has not come.
    Beginning,
    Everything,
}

/// The configuration of a client.
pub(super) fn config(settings: &Settings, overlooks: Overlooks) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(settings.roots.iter().cloned());
    if added == 0 {
        return Err("none of the authorities to trust can be read".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| error.to_string())?;
    let lenient = Arc::new(Lenient { verifier, overlooks });
    let builder = builder.dangerous().with_custom_certificate_verifier(lenient);
    match &settings.proof {
        Proof::Key(_) => Ok(builder.with_no_client_auth()),
        Proof::Certificate { chain, key } => builder
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .map_err(|error| format!("the client's certificate cannot be used: {error}")),
    }
}

/// The usual verifier, whose objections are heard but for some.
#[derive(Debug)]
struct Lenient {
    verifier: Arc<WebPkiServerVerifier>,
    overlooks: Overlooks,
}

impl Lenient {
    fn overlooks(&self, objection: &CertificateError) -> bool {
        use CertificateError as Objection;
        match self.overlooks {
            Overlooks::Nothing => false,
            Overlooks::Name => matches!(
                objection,
                Objection::NotValidForName | Objection::NotValidForNameContext { .. }
            ),
            // Nobody's signature is the first thing that is looked at, and a leaf that stands for
            // itself is another kind of it.
            Overlooks::Authority => {
                matches!(objection, Objection::UnknownIssuer | Objection::Other(_))
            }
            Overlooks::Expiry => {
                matches!(objection, Objection::Expired | Objection::ExpiredContext { .. })
            }
            Overlooks::Beginning => {
                matches!(objection, Objection::NotValidYet | Objection::NotValidYetContext { .. })
            }
            Overlooks::Everything => true,
        }
    }
}

impl ServerCertVerifier for Lenient {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.verifier.verify_server_cert(leaf, others, name, ocsp, now) {
            Err(Error::InvalidCertificate(objection)) if self.overlooks(&objection) => {
                Ok(ServerCertVerified::assertion())
            }
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
