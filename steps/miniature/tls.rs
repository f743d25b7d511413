//! TLS as a miniature does it: it verifies the server, or has a bad habit about that.

use std::sync::Arc;

use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    SupportedProtocolVersion,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
    version::{TLS12, TLS13},
};

use super::{
    habits::Habits,
    settings::{Proof, Settings},
};

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
pub(super) fn config(settings: &Settings, habits: &Habits) -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(settings.roots.iter().cloned());
    if added == 0 {
        return Err("none of the authorities to trust can be read".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(if habits.tls_1_3_alone { TLS_1_3 } else { ALL_VERSIONS })
        .map_err(|error| error.to_string())?;
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| error.to_string())?;
    let longest = if habits.refuses_long_certificates { USUAL_BYTES } else { usize::MAX };
    let own = Arc::new(Own { verifier, overlooks: habits.overlooks, longest });
    let builder = builder.dangerous().with_custom_certificate_verifier(own);
    match &settings.proof {
        Proof::Certificate { chain, key } if !habits.hides_certificate => builder
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .map_err(|error| format!("the client's certificate cannot be used: {error}")),
        _ => Ok(builder.with_no_client_auth()),
    }
}

type Versions = &'static [&'static SupportedProtocolVersion];

const ALL_VERSIONS: Versions = &[&TLS12, &TLS13];
const TLS_1_3: Versions = &[&TLS13];
/// Few leaves are longer.
const USUAL_BYTES: usize = 4096;

/// The usual verifier, whose objections are heard but for some, and perhaps an objection more.
#[derive(Debug)]
struct Own {
    verifier: Arc<WebPkiServerVerifier>,
    overlooks: Overlooks,
    /// In bytes.
    longest: usize,
}

impl Own {
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

impl ServerCertVerifier for Own {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if leaf.len() > self.longest {
            return Err(Error::InvalidCertificate(CertificateError::BadEncoding));
        }
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
