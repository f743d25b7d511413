//! Certificate authorities: roots and intermediates.

use crate::issue::{self, Shape};
use crate::key::{self, Holder};
use crate::{Algorithm, Error, Leaf, LeafRequest, Result, Validity, pem};
use rcgen::{Issuer, KeyPair, PublicKeyData};
use rustls_pki_types::CertificateDer;
use std::fmt;
use x509_parser::prelude::{FromDer, X509Certificate};

/// A certificate that signs others, with its key.
///
/// An RSA authority made here has a published key. Never put one into a trust store that is used
/// for anything but a test.
pub struct Authority {
    key: KeyPair,
    algorithm: Algorithm,
    name: String,
    der: Vec<u8>,
    /// The intermediates above this one, nearest first; without the root.
    above: Vec<Vec<u8>>,
    is_root: bool,
}

impl Authority {
    /// Makes a root. With [`Algorithm::Rsa2048`] every root has the same key.
    ///
    /// # Errors
    /// When the name has not 1 to 64 characters, or a date cannot stand in a certificate.
    pub fn new(name: &str, validity: Validity, algorithm: Algorithm) -> Result<Authority> {
        Authority::root(name, validity, algorithm, Holder::Root)
    }

    /// Makes a root that nobody trusts; it differs from [`Authority::new`] in that its RSA key is
    /// another one, so that a client cannot take it for the trusted root.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn unknown(name: &str, validity: Validity, algorithm: Algorithm) -> Result<Authority> {
        Authority::root(name, validity, algorithm, Holder::UnknownRoot)
    }

    /// Reads an authority back from [`Authority::chain_pem`] or [`Authority::certificate_pem`],
    /// and [`Authority::key_pem`]. The authority's own certificate comes first; for an
    /// intermediate the ones above it may follow. A root at the end is left out of chains.
    ///
    /// # Errors
    /// Names the broken part: PEM, certificate, key, or that the two do not belong together.
    pub fn from_pem(certificate_pem: &str, key_pem: &str) -> Result<Authority> {
        let mut above = pem::certificates(certificate_pem)?;
        let der = above.remove(0);
        let key = key::read(key_pem)?;
        let own = inspect(&der)?;
        if own.spki != key.subject_public_key_info() {
            return Err(Error::new(
                format!("the private key does not belong to the certificate of '{}'", own.name),
                "the key whose public half the first certificate carries",
                "load the two files that were written together",
            ));
        }
        if !own.may_sign {
            return Err(Error::new(
                format!("the certificate of '{}' is not an authority's", own.name),
                "basic constraints with CA true as the first certificate",
                "give the authority's certificate, not that of a server or a device",
            ));
        }
        let above = intermediates(&own, above)?;
        let authority = Authority {
            algorithm: key::algorithm_of(&key)?,
            key,
            name: own.name,
            der,
            above,
            is_root: own.is_root,
        };
        authority.issuer().map(|_| ()).map(|()| authority)
    }

    /// Makes an intermediate below this authority, with the same algorithm. All RSA
    /// intermediates have the same key.
    ///
    /// # Errors
    /// As [`Authority::new`].
    pub fn intermediate(&self, name: &str, validity: Validity) -> Result<Authority> {
        let key = key::make(self.algorithm, Holder::Intermediate)?;
        let params = issue::authority_params(name, validity, &key, &self.name)?;
        let der = issue::sign(&params, Shape::Plain, &key, &self.issuer()?)?;
        Ok(Authority {
            key,
            algorithm: self.algorithm,
            name: name.to_owned(),
            der,
            above: self.presented(),
            is_root: false,
        })
    }

    /// Makes a server's leaf for DNS names or IP addresses.
    ///
    /// # Errors
    /// When there is no name, or a name or date cannot stand in a certificate.
    pub fn server_leaf(
        &self,
        names: &[&str],
        validity: Validity,
        algorithm: Algorithm,
    ) -> Result<Leaf> {
        self.issue(&LeafRequest::server(names, validity, algorithm))
    }

    /// Makes a device's leaf; its key has this authority's algorithm.
    ///
    /// # Errors
    /// When the common name has not 1 to 64 characters, or a date cannot stand in a certificate.
    pub fn device_leaf(&self, common_name: &str, validity: Validity) -> Result<Leaf> {
        self.issue(&LeafRequest::device(common_name, validity, self.algorithm))
    }

    /// Makes any leaf.
    ///
    /// # Errors
    /// When a name or date cannot stand in a certificate.
    pub fn issue(&self, request: &LeafRequest) -> Result<Leaf> {
        request.signed_by(&self.issuer()?, &self.name, &self.presented())
    }

    /// The authority itself as something to present or to keep: its chain and its key.
    pub fn bundle(&self) -> Leaf {
        let mut chain_der = vec![self.der.clone()];
        chain_der.extend_from_slice(&self.above);
        Leaf { chain_der, key_der: self.key.serialize_der(), common_name: self.name.clone() }
    }

    /// The common name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The algorithm of the key; `Rsa2048` also for a loaded RSA key of another size.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// True when it signed itself.
    pub fn is_root(&self) -> bool {
        self.is_root
    }

    /// The authority's own certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The authority's own certificate, PEM. For a root this is the file that clients trust.
    pub fn certificate_pem(&self) -> String {
        pem::encode(pem::CERTIFICATE, &self.der)
    }

    /// The authority's own certificate and the intermediates above it, PEM.
    pub fn chain_pem(&self) -> String {
        self.bundle().chain_pem()
    }

    /// The private key, PKCS#8 PEM.
    pub fn key_pem(&self) -> String {
        pem::encode(pem::PRIVATE_KEY, &self.key.serialize_der())
    }

    fn root(
        name: &str,
        validity: Validity,
        algorithm: Algorithm,
        holder: Holder,
    ) -> Result<Authority> {
        let key = key::make(algorithm, holder)?;
        let params = issue::authority_params(name, validity, &key, name)?;
        let der = issue::sign(&params, Shape::Plain, &key, &Issuer::from_params(&params, &key))?;
        Ok(Authority {
            key,
            algorithm,
            name: name.to_owned(),
            der,
            above: Vec::new(),
            is_root: true,
        })
    }

    /// What a leaf of this authority presents above itself.
    fn presented(&self) -> Vec<Vec<u8>> {
        if self.is_root { Vec::new() } else { self.bundle().chain_der }
    }

    /// Read from the certificate, not from parameters, so that a loaded authority signs exactly
    /// as the one that was saved: same issuer name, same key identifier.
    fn issuer(&self) -> Result<Issuer<'static, &KeyPair>> {
        let der = CertificateDer::from(self.der.as_slice());
        Issuer::from_ca_cert_der(&der, &self.key).map_err(|e| {
            Error::new(
                format!("the certificate of '{}' cannot sign: {e}", self.name),
                "a subject and extensions that rcgen can repeat",
                "use an authority whose subject is a plain common name",
            )
        })
    }
}

/// Leaves the key out.
impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority")
            .field("name", &self.name)
            .field("algorithm", &self.algorithm)
            .field("is_root", &self.is_root)
            .finish_non_exhaustive()
    }
}

/// The certificates above `own`, each checked to be the issuer of the one below it; no root.
fn intermediates(own: &Inspected, above: Vec<Vec<u8>>) -> Result<Vec<Vec<u8>>> {
    let mut kept = Vec::new();
    let (mut below, mut issuer) = (own.name.clone(), own.issuer.clone());
    for der in above {
        let next = inspect(&der)?;
        if next.subject != issuer {
            return Err(Error::new(
                format!("'{}' follows '{below}' but did not issue it", next.name),
                "the authority's certificate, then its issuer, then that one's issuer",
                "put the certificates in this order, or give the authority's own one only",
            ));
        }
        if !next.is_root {
            kept.push(der);
        }
        (below, issuer) = (next.name, next.issuer);
    }
    Ok(kept)
}

struct Inspected {
    name: String,
    /// Both names in DER.
    subject: Vec<u8>,
    issuer: Vec<u8>,
    spki: Vec<u8>,
    may_sign: bool,
    is_root: bool,
}

fn inspect(der: &[u8]) -> Result<Inspected> {
    let (_, certificate) = X509Certificate::from_der(der).map_err(|e| {
        Error::new(
            format!("a CERTIFICATE section holds no certificate: {e}"),
            "an X.509 certificate in DER inside the PEM text",
            "write the file again with Authority::certificate_pem",
        )
    })?;
    let common_name = certificate.subject().iter_common_name().next();
    Ok(Inspected {
        name: common_name
            .and_then(|name| name.as_str().ok())
            .map_or_else(|| certificate.subject().to_string(), str::to_owned),
        subject: certificate.subject().as_raw().to_vec(),
        issuer: certificate.issuer().as_raw().to_vec(),
        spki: certificate.public_key().raw.to_vec(),
        may_sign: certificate.is_ca(),
        is_root: certificate.subject().as_raw() == certificate.issuer().as_raw(),
    })
}
