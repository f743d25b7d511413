//! X.509 v1, which rcgen cannot write: a v3 certificate without its version and its extensions,
//! signed again.

use crate::{Error, Result};
use rcgen::SigningKey;

/// Rewrites a v3 certificate as v1 and signs it with its issuer's key.
pub(crate) fn strip(v3_der: &[u8], issuer_key: &impl SigningKey) -> Result<Vec<u8>> {
    let (tbs, signature_algorithm) = split(v3_der).ok_or_else(|| not_v3("not a certificate"))?;
    let tbs = element(SEQUENCE, &tbs);
    let signature = issuer_key.sign(&tbs).map_err(|e| not_v3(&e.to_string()))?;
    let mut bits = vec![0];
    bits.extend_from_slice(&signature);
    Ok(element(SEQUENCE, &[tbs, signature_algorithm, element(BIT_STRING, &bits)].concat()))
}

/// One DER element: tag, length, content.
pub(crate) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut der = vec![tag];
    if content.len() < 0x80 {
        der.push(content.len() as u8);
    } else {
        let length = content.len().to_be_bytes();
        let skip = length.iter().take_while(|byte| **byte == 0).count();
        der.push(0x80 | (length.len() - skip) as u8);
        der.extend_from_slice(&length[skip..]);
    }
    der.extend_from_slice(content);
    der
}

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;
/// `[0]` and `[3]` of TBSCertificate (RFC 5280 section 4.1).
const VERSION: u8 = 0xa0;
const EXTENSIONS: u8 = 0xa3;

/// The to-be-signed fields that v1 has, and the signature algorithm with its header.
fn split(certificate: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let (outer, _) = take(certificate)?;
    let (tbs, rest) = take(outer.content)?;
    let (signature_algorithm, _) = take(rest)?;
    let mut fields = Vec::new();
    let mut rest = tbs.content;
    while !rest.is_empty() {
        let (field, tail) = take(rest)?;
        if field.tag != VERSION && field.tag != EXTENSIONS {
            fields.extend_from_slice(field.whole);
        }
        rest = tail;
    }
    Some((fields, signature_algorithm.whole.to_vec()))
}

struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    whole: &'a [u8],
}

/// Takes one element off the front; the rest follows.
fn take(der: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (tag, first) = (*der.first()?, *der.get(1)?);
    let (header, length) = if first < 0x80 {
        (2, usize::from(first))
    } else {
        let count = usize::from(first & 0x7f);
        let bytes = der.get(2..2 + count)?;
        if count > 4 {
            return None;
        }
        (2 + count, bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)))
    };
    let end = header.checked_add(length)?;
    let whole = der.get(..end)?;
    Some((Element { tag, content: &whole[header..], whole }, &der[end..]))
}

fn not_v3(why: &str) -> Error {
    Error::new(
        format!("no X.509 v1 certificate could be made: {why}"),
        "a v3 certificate to strip and a key that signs",
        "ask for Shape::Plain instead",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_back() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let der = [element(0x04, &vec![7; length]), vec![1, 2]].concat();
            let (element, rest) = take(&der).expect("one element");
            assert_eq!((element.tag, element.content.len(), rest), (4, length, &[1, 2][..]));
        }
    }

    #[test]
    fn broken_der_is_refused() {
        for der in [&[][..], &[0x30], &[0x30, 5, 0], &[0x30, 0x82, 1], &[0x30, 0xff]] {
            assert!(take(der).is_none(), "{der:?}");
        }
    }
}
