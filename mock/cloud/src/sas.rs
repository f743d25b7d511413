//! Shared access signatures: parsing, signing and checking tokens. Hub and DPS share the format.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::Sha256;

/// What may stand unescaped in a query string (RFC 3986 unreserved).
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A token's fields. `sr` stays exactly as it was sent, since the signature is over those bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    pub resource_as_sent: &'a str,
    /// The signature, decoded from base64.
    pub signature: Vec<u8>,
    /// Seconds since 1970.
    pub expiry_s: u64,
    /// The policy or key name; an empty `skn` is none.
    pub policy: Option<String>,
}

/// Why a text is no token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenError {
    /// It does not begin with `SharedAccessSignature` and a space.
    NoPrefix,
    /// A field is missing.
    Missing(&'static str),
    /// A field is there and unusable.
    Unusable(&'static str, &'static str),
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPrefix => f.write_str("the token does not begin with `SharedAccessSignature `"),
            Self::Missing(field) => write!(f, "the token has no `{field}` field"),
            Self::Unusable(field, expected) => {
                write!(f, "the token's `{field}` field is unusable: expected {expected}")
            }
        }
    }
}

impl std::error::Error for TokenError {}

impl<'a> Token<'a> {
    /// Reads `SharedAccessSignature sr=…&sig=…&se=…[&skn=…]`, fields in any order, names in any case.
    pub fn parse(text: &'a str) -> Result<Self, TokenError> {
        let (prefix, fields) = text.split_once(char::is_whitespace).ok_or(TokenError::NoPrefix)?;
        if prefix != "SharedAccessSignature" {
            return Err(TokenError::NoPrefix);
        }
        let field = |wanted: &str| {
            fields
                .trim()
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
                .map(|(_, value)| value)
        };
        let resource_as_sent = field("sr").ok_or(TokenError::Missing("sr"))?;
        let signature = decoded(field("sig").ok_or(TokenError::Missing("sig"))?);
        let signature = STANDARD
            .decode(signature)
            .map_err(|_| TokenError::Unusable("sig", "URL-encoded base64"))?;
        let expiry_s = field("se")
            .ok_or(TokenError::Missing("se"))?
            .parse()
            .map_err(|_| TokenError::Unusable("se", "whole seconds since 1970"))?;
        let policy = field("skn").map(decoded).filter(|name| !name.is_empty());
        Ok(Self { resource_as_sent, signature, expiry_s, policy })
    }

    /// The resource URI, decoded once.
    pub fn resource(&self) -> String {
        decoded(self.resource_as_sent)
    }

    /// Whether the signature was made with this key (decoded from base64).
    pub fn is_signed_with(&self, key: &[u8]) -> bool {
        mac(key, self.resource_as_sent, self.expiry_s)
            .is_some_and(|mac| mac.verify_slice(&self.signature).is_ok())
    }

    /// Whether the decoded resource covers `wanted`: equal to it or a prefix by whole path segments,
    /// letter case aside.
    pub fn covers(&self, wanted: &str) -> bool {
        let resource = self.resource();
        let mut segments = wanted.split('/');
        resource
            .trim_end_matches('/')
            .split('/')
            .all(|segment| segments.next().is_some_and(|s| s.eq_ignore_ascii_case(segment)))
    }
}

/// Makes a token for a resource URI, which is URL-encoded first.
pub fn sign(key: &[u8], resource: &str, expiry_s: u64, policy: Option<&str>) -> String {
    sign_as_sent(key, &encode(resource), expiry_s, policy)
}

/// Makes a token whose `sr` field is exactly this text.
pub fn sign_as_sent(key: &[u8], sr: &str, expiry_s: u64, policy: Option<&str>) -> String {
    let signature = mac(key, sr, expiry_s).map(|mac| mac.finalize().into_bytes().to_vec());
    let signature = encode(&STANDARD.encode(signature.unwrap_or_default()));
    let policy = policy.map(|name| format!("&skn={}", encode(name))).unwrap_or_default();
    format!("SharedAccessSignature sr={sr}&sig={signature}&se={expiry_s}{policy}")
}

/// The key of a device in an enrollment group: HMAC-SHA256 of its registration id under the group's key.
pub fn derived_key(group_key: &[u8], registration_id: &str) -> Vec<u8> {
    hmac_sha256(group_key, registration_id.as_bytes())
}

/// HMAC-SHA256.
pub fn hmac_sha256(key: &[u8], text: &[u8]) -> Vec<u8> {
    // A key of any length is legal for HMAC, so this cannot fail.
    Hmac::<Sha256>::new_from_slice(key)
        .map(|mac| mac.chain_update(text).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

/// Percent-encodes everything but unreserved characters, in upper-case hex.
pub fn encode(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// Percent-decodes; bytes that are no UTF-8 become replacement characters.
pub fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn mac(key: &[u8], sr: &str, expiry_s: u64) -> Option<Hmac<Sha256>> {
    let text = format!("{sr}\n{expiry_s}");
    Some(Hmac::new_from_slice(key).ok()?.chain_update(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &[u8] = b"0123456789abcdef";

    #[test]
    fn the_documented_group_key_vector_holds() {
        let group = "8isrFI1sGsIlvvFSSFRiMfCNzv21fjbE/+ah/lSh3lF8e2YG1Te7w1KpZhJFFXJrqYKi9yegxkqIChbqOS9Egw==";
        let key =
            derived_key(&STANDARD.decode(group).unwrap(), "sn-007-888-abc-mac-a1-b2-c3-d4-e5-f6");
        assert_eq!(STANDARD.encode(key), "Jsm0lyGpjaVYVP2g3FnmnmG9dI/9qU24wNoykUmermc=");
    }

    #[test]
    fn the_signature_is_over_the_resource_as_it_was_sent() {
        for sr in ["h%2Fdevices%2Fd1", "h%2fdevices%2fd1", "h/devices/d1"] {
            let text = sign_as_sent(KEY, sr, 100, None);
            let token = Token::parse(&text).unwrap();
            assert!(token.is_signed_with(KEY), "{text}");
            assert_eq!(token.resource(), "h/devices/d1");
            assert!(!token.is_signed_with(b"another key"), "{text}");
        }
    }

    #[test]
    fn fields_come_in_any_order_and_case() {
        let text = sign(KEY, "h/devices/d1", 100, Some("device"));
        let fields: Vec<&str> = text.split_once(' ').unwrap().1.split('&').collect();
        let shuffled =
            format!("SharedAccessSignature {}&{}&SE=100&{}&x=y", fields[3], fields[1], fields[0]);
        let token = Token::parse(&shuffled).unwrap();
        assert_eq!((token.expiry_s, token.policy.as_deref()), (100, Some("device")));
        assert!(token.is_signed_with(KEY));
    }

    #[test]
    fn the_resource_covers_by_whole_segments() {
        for (resource, wanted, covers) in [
            ("h/devices/d1", "h/devices/d1", true),
            ("H/Devices/D1", "h/devices/d1", true),
            ("h/devices", "h/devices/d1", true),
            ("h", "h/devices/d1", true),
            ("h/devices/d", "h/devices/d1", false),
            ("h/devices/d1/modules/m1", "h/devices/d1", false),
            ("g/devices/d1", "h/devices/d1", false),
        ] {
            let text = sign(KEY, resource, 1, None);
            assert_eq!(Token::parse(&text).unwrap().covers(wanted), covers, "{resource}");
        }
    }

    #[test]
    fn a_bad_token_says_which_part() {
        for (text, says) in [
            (
                "HostName=h;SharedAccessSignature sr=x",
                "the token does not begin with `SharedAccessSignature `",
            ),
            ("SharedAccessSignature sig=YQ==&se=1", "the token has no `sr` field"),
            ("SharedAccessSignature sr=x&se=1", "the token has no `sig` field"),
            ("SharedAccessSignature sr=x&sig=YQ==", "the token has no `se` field"),
            (
                "SharedAccessSignature sr=x&sig=%%%&se=1",
                "the token's `sig` field is unusable: expected URL-encoded base64",
            ),
            (
                "SharedAccessSignature sr=x&sig=YQ==&se=soon",
                "the token's `se` field is unusable: expected whole seconds since 1970",
            ),
        ] {
            assert_eq!(Token::parse(text).unwrap_err().to_string(), says);
        }
    }
}
