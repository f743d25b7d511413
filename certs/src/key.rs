//! Private keys: EC ones are made, RSA ones are taken from `keys/`.

use crate::{Error, Result, pem};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256};

/// The algorithm of a key pair, and so of the signatures made with it (always SHA-256).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA over P-256; a fresh key each time.
    EcdsaP256,
    /// RSA with 2048 bits, PKCS#1 v1.5 signatures. ring cannot make RSA keys, so these are the
    /// published ones of `keys/`: everybody has them, nobody may trust them outside a test.
    Rsa2048,
}

/// Who holds a key. RSA has one published key for each, so that no two in a chain share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    Root,
    UnknownRoot,
    Intermediate,
    Server,
    Device,
}

pub(crate) fn make(algorithm: Algorithm, holder: Holder) -> Result<KeyPair> {
    match algorithm {
        Algorithm::EcdsaP256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(|e| {
            Error::new(
                format!("no P-256 key could be made: {e}"),
                "randomness from the operating system",
                "check that the process may read it",
            )
        }),
        Algorithm::Rsa2048 => read(published(holder)),
    }
}

/// Reads a PKCS#8 key in PEM; P-256 and RSA only.
pub(crate) fn read(text: &str) -> Result<KeyPair> {
    let der = pem::private_key(text)?;
    let key = KeyPair::try_from(der.as_slice()).map_err(|e| unusable(&e.to_string()))?;
    algorithm_of(&key).map(|_| key)
}

pub(crate) fn algorithm_of(key: &KeyPair) -> Result<Algorithm> {
    if key.is_compatible(&PKCS_ECDSA_P256_SHA256) {
        Ok(Algorithm::EcdsaP256)
    } else if key.is_compatible(&PKCS_RSA_SHA256) {
        Ok(Algorithm::Rsa2048)
    } else {
        Err(unusable("neither P-256 nor RSA"))
    }
}

fn unusable(why: &str) -> Error {
    Error::new(
        format!("the private key cannot be used: {why}"),
        "a P-256 key, or an RSA key of 2048 to 4096 bits, as PKCS#8",
        "make one with: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256",
    )
}

fn published(holder: Holder) -> &'static str {
    match holder {
        Holder::Root => include_str!("../keys/rsa-root.pem"),
        Holder::UnknownRoot => include_str!("../keys/rsa-unknown-root.pem"),
        Holder::Intermediate => include_str!("../keys/rsa-intermediate.pem"),
        Holder::Server => include_str!("../keys/rsa-server.pem"),
        Holder::Device => include_str!("../keys/rsa-device.pem"),
    }
}
