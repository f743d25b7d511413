//! Client certificates: thumbprints, names and chains. Pure functions of bytes and time.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use rustls_pki_types::{CertificateDer, UnixTime};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert, ring::*};
use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

use crate::time::Time;

/// The SHA-1 and SHA-256 thumbprints of a certificate, in upper-case hex.
pub(crate) fn thumbprints(certificate: &[u8]) -> [String; 2] {
    [hex(&Sha1::digest(certificate)), hex(&Sha256::digest(certificate))]
}

/// The subject common name of a chain's leaf.
pub(crate) fn common_name(chain: &[Vec<u8>]) -> Option<String> {
    let (_, leaf) = X509Certificate::from_der(chain.first()?).ok()?;
    leaf.subject().iter_common_name().next()?.as_str().ok().map(str::to_owned)
}

/// What a certificate calls its holder, each kind in its order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) common_name: Option<String>,
    /// The whole subject: `CN=d1, O=Contoso`
    pub(crate) subject: Option<String>,
    pub(crate) dns: Vec<String>,
    pub(crate) uri: Vec<String>,
    pub(crate) ip: Vec<IpAddr>,
    pub(crate) email: Vec<String>,
}

/// The names in a chain's leaf; none where there is no certificate.
pub(crate) fn names(chain: &[Vec<u8>]) -> Names {
    let mut names = Names::default();
    let Some(Ok((_, leaf))) = chain.first().map(|der| X509Certificate::from_der(der)) else {
        return names;
    };
    names.common_name = common_name(chain);
    names.subject = Some(leaf.subject().to_string()).filter(|subject| !subject.is_empty());
    let Ok(Some(alternative)) = leaf.subject_alternative_name() else { return names };
    for name in &alternative.value.general_names {
        match name {
            GeneralName::DNSName(name) => names.dns.push((*name).to_owned()),
            GeneralName::URI(name) => names.uri.push((*name).to_owned()),
            GeneralName::RFC822Name(name) => names.email.push((*name).to_owned()),
            GeneralName::IPAddress(bytes) => names.ip.extend(address(bytes)),
            _ => {}
        }
    }
    names
}

/// The public key of a certificate, as its kind of key writes it.
pub(crate) fn public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.public_key().subject_public_key.data.to_vec())
}

/// Whether a signature over a message is one of RS256 with this public key, which is PKCS #1 in DER.
pub(crate) fn is_rs256(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    RSA_PKCS1_2048_8192_SHA256.verify_signature(public_key, message, signature).is_ok()
}

/// The common name of whoever issued a chain's leaf.
pub(crate) fn issuer_common_name(chain: &[Vec<u8>]) -> Option<String> {
    let (_, leaf) = X509Certificate::from_der(chain.first()?).ok()?;
    leaf.issuer().iter_common_name().next()?.as_str().ok().map(str::to_owned)
}

/// The signature algorithms that a device's chain may use.
const ALGORITHMS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    ECDSA_P256_SHA256,
    ECDSA_P256_SHA384,
    ECDSA_P384_SHA256,
    ECDSA_P384_SHA384,
    ED25519,
    RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512,
];

/// Checks that the leaf was issued below one of the authorities and is valid now. The error is one
/// readable phrase.
pub(crate) fn is_issued_below(
    chain: &[Vec<u8>],
    authorities: &[Vec<u8>],
    now: Time,
) -> Result<(), String> {
    let Some((leaf, intermediates)) = chain.split_first() else {
        return Err("no client certificate was presented".to_owned());
    };
    let leaf = CertificateDer::from_slice(leaf);
    let leaf = EndEntityCert::try_from(&leaf).map_err(|error| words(&error))?;
    let authorities: Vec<CertificateDer<'_>> =
        authorities.iter().map(|der| CertificateDer::from_slice(der)).collect();
    let anchors: Vec<_> =
        authorities.iter().filter_map(|der| anchor_from_trusted_cert(der).ok()).collect();
    let intermediates: Vec<CertificateDer<'_>> =
        intermediates.iter().map(|der| CertificateDer::from_slice(der)).collect();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now.s()));
    leaf.verify_for_usage(
        ALGORITHMS,
        &anchors,
        &intermediates,
        now,
        KeyUsage::client_auth(),
        None,
        None,
    )
    .map(|_| ())
    .map_err(|error| words(&error))
}

/// What is wrong with a chain, in words.
fn words(error: &Error) -> String {
    let date = |moment: &UnixTime| Time::from_s(moment.as_secs()).to_string();
    match error {
        Error::CertExpired { not_after, .. } => {
            format!("the certificate, or one above it, expired at {}", date(not_after))
        }
        Error::CertNotValidYet { not_before, .. } => {
            format!("the certificate, or one above it, is not valid before {}", date(not_before))
        }
        Error::UnknownIssuer => {
            "nobody who is known here issued the certificate: its authority has to be declared, and \
             the client has to send the intermediates"
                .to_owned()
        }
        Error::CaUsedAsEndEntity => {
            "it is the certificate of an authority and not of a device".to_owned()
        }
        Error::RequiredEkuNotFoundContext(_) => {
            "the certificate is not for client authentication".to_owned()
        }
        other => format!("the certificate does not verify: {other}"),
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|octets| Ipv4Addr::from(octets).into()),
        _ => <[u8; 16]>::try_from(bytes).ok().map(|octets| Ipv6Addr::from(octets).into()),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
