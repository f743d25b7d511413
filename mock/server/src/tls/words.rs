//! Why a handshake failed, in plain words.

use std::io;

use cloud::Door;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

/// What the first byte of a client tells that speaks no TLS.
pub(crate) fn plaintext(first: u8) -> String {
    let guess = match first {
        0x10 => "; it looks like an MQTT CONNECT",
        b'A'..=b'Z' => "; it looks like HTTP",
        _ => "",
    };
    format!("the first byte was 0x{first:02x}, not a TLS record{guess}: connect with TLS")
}

/// Where a handshake failed: over the versions, over the server's certificate, or over anything else.
pub(crate) fn door(error: &io::Error) -> Door {
    use {AlertDescription as A, PeerIncompatible as P};
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::PeerIncompatible(
            // TLS 1.2 brought that extension, and it is looked for before the version.
            P::SignatureAlgorithmsExtensionRequired
            | P::Tls12NotOffered
            | P::Tls12NotOfferedOrEnabled
            | P::SupportedVersionsExtensionRequired
            | P::ServerDoesNotSupportTls12Or13
            | P::ServerTlsVersionIsDisabledByOurConfig,
        )) => Door::TlsVersion,
        Some(Error::AlertReceived(
            A::UnknownCA
            | A::BadCertificate
            | A::CertificateUnknown
            | A::CertificateExpired
            | A::UnsupportedCertificate,
        )) => Door::Distrust,
        _ => Door::Tls,
    }
}

/// What went wrong in a handshake.
pub(crate) fn handshake(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(error) => tls(error),
        None if error.kind() == io::ErrorKind::UnexpectedEof => {
            format!("the client closed the connection during the handshake; {DISTRUST}")
        }
        None => format!("the connection broke during the handshake ({error}); {DISTRUST}"),
    }
}

const DISTRUST: &str = "it may not trust the server's certificate";

fn tls(error: &Error) -> String {
    match error {
        Error::AlertReceived(alert) => {
            format!("the client sent alert {alert:?}: {}", meaning(*alert))
        }
        Error::PeerIncompatible(why) => {
            format!("client and server have too little in common: {}", lacking(why))
        }
        Error::InvalidCertificate(CertificateError::BadSignature) => {
            "the client does not hold the private key of its certificate, \
             or signs with an algorithm that is not supported (RSA below 2048 bits, P-521)"
                .to_owned()
        }
        Error::InvalidCertificate(CertificateError::BadEncoding) => {
            "the client's certificate cannot be read".to_owned()
        }
        Error::InvalidMessage(_) => format!("the client sent what is no TLS: {error}"),
        _ => error.to_string(),
    }
}

fn meaning(alert: AlertDescription) -> &'static str {
    use AlertDescription as A;
    match alert {
        A::UnknownCA => "it does not trust the authority that issued the server's certificate",
        A::BadCertificate | A::CertificateUnknown => {
            "it does not accept the server's certificate (an untrusted authority or a wrong name)"
        }
        A::UnsupportedCertificate => "it cannot use the server's certificate",
        A::CertificateExpired => "by its clock the server's certificate has expired",
        A::AccessDenied => "it accepts the server's certificate, but not the server",
        A::ProtocolVersion => "it does not speak the TLS version that the server chose",
        A::HandshakeFailure | A::InsufficientSecurity => {
            "it found no acceptable parameters in the server's choice"
        }
        A::UserCanceled | A::CloseNotify => "it gave up",
        _ => "it gives no other reason",
    }
}

fn lacking(why: &PeerIncompatible) -> String {
    use PeerIncompatible as P;
    match why {
        P::Tls12NotOffered => "this host speaks TLS 1.2 only, and the client does not offer it",
        P::Tls12NotOfferedOrEnabled
        | P::SupportedVersionsExtensionRequired
        | P::ServerDoesNotSupportTls12Or13
        | P::ServerTlsVersionIsDisabledByOurConfig => {
            "the client offers no version that this host speaks; offer TLS 1.2"
        }
        P::NoCipherSuitesInCommon => {
            "no cipher suite; offer ECDHE with AES-GCM or ChaCha20 (CBC and static RSA are not spoken)"
        }
        P::NoKxGroupsInCommon | P::NamedGroupsExtensionRequired => {
            "no key exchange group; offer X25519, P-256 or P-384"
        }
        P::SignatureAlgorithmsExtensionRequired => {
            "the client names no signature scheme, as none older than TLS 1.2 does; offer TLS 1.2"
        }
        P::NoSignatureSchemesInCommon => {
            "no signature scheme; offer ECDSA with P-256 or RSA with SHA-256"
        }
        other => return format!("{other:?}"),
    }
    .to_owned()
}
