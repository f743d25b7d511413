//! PKCS#12 (`.p12`, `.pfx`): what .NET, Java and the key stores of desktops import.
//!
//! Encryption is PBES2 with AES-256 and HMAC-SHA-256; OpenSSL 3.0, Java 17 and Python's
//! cryptography were seen to read it. Salts are random, so two exports of one leaf differ.

use crate::{Authority, Error, Leaf, Result};
use p12_keystore::{Certificate, KeyStore, KeyStoreEntry, PrivateKey, PrivateKeyChain};
use sha1::{Digest, Sha1};

impl Leaf {
    /// The chain and the key as PKCS#12 DER, under the common name as friendly name.
    ///
    /// # Errors
    /// When the password cannot be used (see [`Authority::trust_p12`]).
    pub fn p12(&self, password: &str) -> Result<Vec<u8>> {
        let key = PrivateKey::from_der(&self.key_der).map_err(|e| refused(&e))?;
        let chain =
            self.chain_der.iter().map(|der| certificate(der)).collect::<Result<Vec<_>>>()?;
        // Ties the key to its certificate; the SHA-1 is what OpenSSL and Windows write, too.
        let local_key_id = Sha1::digest(self.der()).to_vec();
        let entry = PrivateKeyChain::new(local_key_id, key, chain);
        write(&self.common_name, KeyStoreEntry::PrivateKeyChain(entry), password)
    }
}

impl Authority {
    /// The authority's certificate without its key, as a PKCS#12 trust store in DER; marked as
    /// trusted in the way that Java looks for.
    ///
    /// # Errors
    /// When the password has characters outside the basic multilingual plane, which PKCS#12
    /// cannot hold.
    pub fn trust_p12(&self, password: &str) -> Result<Vec<u8>> {
        write(self.name(), KeyStoreEntry::Certificate(certificate(self.der())?), password)
    }
}

fn write(name: &str, entry: KeyStoreEntry, password: &str) -> Result<Vec<u8>> {
    if !fits(password) {
        return Err(Error::new(
            "the password cannot be written into PKCS#12",
            "characters up to U+FFFF",
            "leave out emoji",
        ));
    }
    let mut store = KeyStore::new();
    store.add_entry(if fits(name) { name } else { "certificate" }, entry);
    store.writer(password).write().map_err(|e| refused(&e))
}

/// Friendly names and passwords are BMPStrings: two bytes a character (RFC 7292 appendix B.1).
fn fits(text: &str) -> bool {
    text.chars().all(|c| u32::from(c) <= 0xffff)
}

fn certificate(der: &[u8]) -> Result<Certificate> {
    Certificate::from_der(der).map_err(|e| refused(&e))
}

fn refused(error: &p12_keystore::error::Error) -> Error {
    Error::new(
        format!("PKCS#12 cannot hold this: {error}"),
        "certificates in DER and a PKCS#8 key",
        "export a leaf that this crate has made",
    )
}
