//! What a CONNECT says of itself: the extensions of the client identifier, and the signature.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use sha1::Sha1;
use sha2::Sha256;

/// A client identifier with its extensions: `clientId|key=value,…|` (ALI-OPEN-001).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Announced {
    /// What stands before the first bar; this alone is signed (ALI-OPEN-008).
    pub client_id: String,
    /// In the order in which they came; unknown ones are kept and mean nothing (ALI-OPEN-009).
    pub extensions: Vec<(String, String)>,
    /// Whether there is a list at all, and it ends with a bar.
    pub is_well_formed: bool,
}

impl Announced {
    /// Reads a client identifier as it stands in CONNECT.
    pub fn of(text: &str) -> Self {
        let Some((client_id, rest)) = text.split_once('|') else {
            let client_id = text.to_owned();
            return Self { client_id, extensions: Vec::new(), is_well_formed: false };
        };
        let (list, is_closed) = match rest.strip_suffix('|') {
            Some(list) => (list, true),
            None => (rest, false),
        };
        let mut is_well_formed = is_closed;
        let mut extensions = Vec::new();
        for pair in list.split(',').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some((key, value)) => extensions.push((key.to_owned(), value.to_owned())),
                None => is_well_formed &= pair.contains('|'),
            }
        }
        Self { client_id: client_id.to_owned(), extensions, is_well_formed }
    }

    /// The value of an extension.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.extensions.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    }

    /// Whether an extension has this value.
    pub fn is(&self, key: &str, value: &str) -> bool {
        self.get(key) == Some(value)
    }
}

/// How a password is made of what is signed (ALI-OPEN-005).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignMethod {
    HmacMd5,
    HmacSha1,
    HmacSha256,
}

impl SignMethod {
    /// As `signmethod` names it; MD5 where it is left out.
    pub fn of(name: Option<&str>) -> Option<Self> {
        Some(match name {
            None | Some("hmacmd5") => Self::HmacMd5,
            Some("hmacsha1") => Self::HmacSha1,
            Some("hmacsha256" | "sha256") => Self::HmacSha256,
            Some(_) => return None,
        })
    }

    /// The signature in lower-case hexadecimal digits.
    pub fn sign(self, secret: &str, content: &str) -> String {
        match self {
            Self::HmacMd5 => mac::<Hmac<Md5>>(secret, content),
            Self::HmacSha1 => mac::<Hmac<Sha1>>(secret, content),
            Self::HmacSha256 => mac::<Hmac<Sha256>>(secret, content),
        }
    }
}

fn mac<M: Mac + KeyInit>(secret: &str, content: &str) -> String {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(content.as_bytes());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What is signed: each name followed by its value, in the order of the names, nothing between
/// (ALI-OPEN-003).
pub fn content(parameters: &[(&str, &str)]) -> String {
    let mut parameters = parameters.to_vec();
    parameters.sort_unstable();
    parameters.iter().flat_map(|(name, value)| [*name, *value]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_as_the_vendor_computes_them() {
        let content = content(&[
            ("deviceName", "device"),
            ("clientId", "12345"),
            ("timestamp", "789"),
            ("productKey", "pk"),
        ]);
        assert_eq!(content, "clientId12345deviceNamedeviceproductKeypktimestamp789");
        // ALI-OPEN-004.
        for (method, expected) in [
            (SignMethod::HmacMd5, "14B198324FE55E1D3C88F2E705E201EE"),
            (SignMethod::HmacSha1, "FAFD82A3D602B37FB0FA8B7892F24A477F851A14"),
            (
                SignMethod::HmacSha256,
                "6074A46A91B1EBB2CC4EA42790AD0E80202C9843859FC292E57C4EB19FAD9E57",
            ),
        ] {
            assert_eq!(method.sign("secret", &content).to_uppercase(), expected, "{method:?}");
        }
    }

    #[test]
    fn a_client_identifier_is_cut_at_its_bars() {
        for (text, client_id, securemode, is_well_formed) in [
            ("a|securemode=2,signmethod=hmacsha1|", "a", Some("2"), true),
            ("a|securemode=2,sii=Eth|x|Wifi|y|,_v=1|", "a", Some("2"), true),
            ("|securemode=2|", "", Some("2"), true),
            ("a|securemode=2", "a", Some("2"), false),
            ("a||", "a", None, true),
            ("a|securemode|", "a", None, false),
            ("a", "a", None, false),
        ] {
            let announced = Announced::of(text);
            assert_eq!(announced.client_id, client_id, "{text}");
            assert_eq!(announced.get("securemode"), securemode, "{text}");
            assert_eq!(announced.is_well_formed, is_well_formed, "{text}");
        }
    }
}
