//! PEM text, written and read.

use crate::{Error, Result};
use base64::{Engine, engine::general_purpose::STANDARD};
use rustls_pki_types::pem::{Error as PemError, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

pub(crate) const CERTIFICATE: &str = "CERTIFICATE";
pub(crate) const PRIVATE_KEY: &str = "PRIVATE KEY";

/// One PEM section, lines of 64 characters, ending in a line feed (RFC 7468).
pub(crate) fn encode(label: &str, der: &[u8]) -> String {
    let body = STANDARD.encode(der);
    let mut text = format!("-----BEGIN {label}-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        text.push_str(line);
        text.push('\n');
        rest = tail;
    }
    text.push_str(&format!("-----END {label}-----\n"));
    text
}

/// Every certificate of a PEM text, at least one.
pub(crate) fn certificates(text: &str) -> Result<Vec<Vec<u8>>> {
    const EXPECTED: &str = "PEM text with one or more CERTIFICATE sections, the authority's first";
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    let found = found.map_err(|e| {
        Error::new(
            format!("the certificate is broken PEM: {}", explain(&e)),
            EXPECTED,
            "look for a line that was cut or wrapped when it was copied",
        )
    })?;
    if found.is_empty() {
        let hint = if text.contains("PRIVATE KEY-----") {
            "this is a private key: were certificate and key swapped?"
        } else {
            "if the file is DER, convert it with: openssl x509 -inform der"
        };
        return Err(Error::new("the certificate text holds no certificate", EXPECTED, hint));
    }
    Ok(found.into_iter().map(|der| der.to_vec()).collect())
}

/// The one private key of a PEM text, as PKCS#8.
pub(crate) fn private_key(text: &str) -> Result<Vec<u8>> {
    const EXPECTED: &str = "PEM text with a PRIVATE KEY section (PKCS#8, not encrypted)";
    const CONVERT: &str = "convert it with: openssl pkcs8 -topk8 -nocrypt -in key.pem";
    match PrivateKeyDer::from_pem_slice(text.as_bytes()) {
        Ok(PrivateKeyDer::Pkcs8(key)) => Ok(key.secret_pkcs8_der().to_vec()),
        Ok(other) => {
            let kind = if matches!(other, PrivateKeyDer::Sec1(_)) { "SEC1" } else { "PKCS#1" };
            Err(Error::new(format!("the private key is in {kind} form"), EXPECTED, CONVERT))
        }
        Err(PemError::NoItemsFound) if text.contains("BEGIN ENCRYPTED PRIVATE KEY-----") => {
            Err(Error::new("the private key is encrypted", EXPECTED, CONVERT))
        }
        Err(PemError::NoItemsFound) => {
            let hint = if text.contains("BEGIN CERTIFICATE-----") {
                "this is a certificate: were certificate and key swapped?"
            } else {
                "if the file is DER, convert it with: openssl pkcs8 -inform der -nocrypt"
            };
            Err(Error::new("the key text holds no private key", EXPECTED, hint))
        }
        Err(e) => Err(Error::new(
            format!("the private key is broken PEM: {}", explain(&e)),
            EXPECTED,
            "look for a line that was cut or wrapped when it was copied",
        )),
    }
}

/// The PEM reader prints raw bytes for some of its errors; say those in words.
fn explain(error: &PemError) -> String {
    match error {
        PemError::MissingSectionEnd { .. } => "a section has no END line".to_owned(),
        PemError::IllegalSectionStart { .. } => "a BEGIN line is malformed".to_owned(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        for length in [0, 1, 47, 48, 49, 96, 1000] {
            let der = vec![0x5a; length];
            let text = encode(CERTIFICATE, &der);
            assert!(text.lines().all(|line| line.len() <= 64), "{text}");
            assert_eq!(certificates(&text).expect("own text"), [der], "{length}");
        }
    }

    #[test]
    fn errors_name_the_part() {
        let certificate = encode(CERTIFICATE, b"x");
        let key = encode(PRIVATE_KEY, b"x");
        let cut = key.replace("-----END PRIVATE KEY-----", "");
        for (error, what, hint) in [
            (certificates("").unwrap_err(), "no certificate", "DER"),
            (certificates(&key).unwrap_err(), "no certificate", "swapped"),
            (certificates(&certificate.replace("eA==", "e!==")).unwrap_err(), "broken PEM", "cut"),
            (private_key("").unwrap_err(), "no private key", "DER"),
            (private_key(&certificate).unwrap_err(), "no private key", "swapped"),
            (private_key(&cut).unwrap_err(), "no END line", "cut"),
            (private_key(&encode("EC PRIVATE KEY", b"x")).unwrap_err(), "SEC1", "pkcs8 -topk8"),
            (private_key(&encode("RSA PRIVATE KEY", b"x")).unwrap_err(), "PKCS#1", "pkcs8 -topk8"),
            (
                private_key(&encode("ENCRYPTED PRIVATE KEY", b"x")).unwrap_err(),
                "encrypted",
                "-nocrypt",
            ),
        ] {
            assert!(error.what.contains(what), "{what}: {error}");
            assert!(error.hint.contains(hint), "{hint}: {error}");
        }
    }
}
