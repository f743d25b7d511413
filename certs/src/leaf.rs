//! A certificate with its private key and the chain above it.

use crate::{Error, Result, pem};
use rcgen::{KeyPair, SigningKey as _};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::fmt;

/// What one end of a TLS connection presents: a chain and the key of its first certificate.
#[derive(Clone, PartialEq, Eq)]
pub struct Leaf {
    /// The chain in DER: the leaf first, then each issuer above it; never the root, unless the
    /// certificate is self-signed. Never empty when it comes from this crate.
    pub chain_der: Vec<Vec<u8>>,
    /// The private key of the first certificate, PKCS#8 DER.
    pub key_der: Vec<u8>,
    /// The common name of the first certificate's subject.
    pub common_name: String,
}

impl Leaf {
    /// The first certificate, DER.
    pub fn der(&self) -> &[u8] {
        self.chain_der.first().map_or(&[], Vec::as_slice)
    }

    /// The first certificate alone, PEM.
    pub fn certificate_pem(&self) -> String {
        pem::encode(pem::CERTIFICATE, self.der())
    }

    /// The whole chain, PEM, the leaf first.
    pub fn chain_pem(&self) -> String {
        self.chain_der.iter().map(|der| pem::encode(pem::CERTIFICATE, der)).collect()
    }

    /// The private key, PKCS#8 PEM.
    pub fn key_pem(&self) -> String {
        pem::encode(pem::PRIVATE_KEY, &self.key_der)
    }

    /// A signature over a message with the private key: RSASSA-PKCS1-v1_5 or ECDSA, with SHA-256. Of an RSA
    /// key it is what a JSON Web Token calls RS256.
    ///
    /// # Errors
    /// When the key cannot be used.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let unusable = |error: rcgen::Error| {
            Error::new(
                format!("the private key cannot sign: {error}"),
                "a P-256 or RSA key as PKCS#8",
                "take a leaf that this crate has made",
            )
        };
        let key = KeyPair::try_from(self.key_der.as_slice()).map_err(unusable)?;
        key.sign(message).map_err(unusable)
    }

    /// SHA-1 of the first certificate's DER: 40 upper-case hexadecimal digits.
    pub fn thumbprint_sha1(&self) -> String {
        hex(&Sha1::digest(self.der()))
    }

    /// SHA-256 of the first certificate's DER: 64 upper-case hexadecimal digits.
    pub fn thumbprint_sha256(&self) -> String {
        hex(&Sha256::digest(self.der()))
    }
}

/// Leaves the key out, so that a failing assertion does not print it.
impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaf")
            .field("common_name", &self.common_name)
            .field("thumbprint_sha256", &self.thumbprint_sha256())
            .field("chain_length", &self.chain_der.len())
            .finish_non_exhaustive()
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbprints_are_digests_in_upper_case() {
        let leaf =
            Leaf { chain_der: vec![b"abc".to_vec()], key_der: vec![], common_name: "x".to_owned() };
        assert_eq!(leaf.thumbprint_sha1(), "A9993E364706816ABA3E25717850C26C9CD0D89D");
        assert_eq!(
            leaf.thumbprint_sha256(),
            "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
        );
    }
}
