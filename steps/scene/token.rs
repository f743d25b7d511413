//! Shared access signatures, right and wrong.

use base64::{Engine, engine::general_purpose::STANDARD};
use cloud::{Time, sas};

/// How long a token lasts unless the scenario says otherwise.
pub(crate) const TOKEN_LIFE_S: i64 = 3600;

/// A token, planned.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) resource: String,
    /// The text of `sr`, when it is not the usual encoding of the resource.
    pub(crate) resource_as_sent: Option<String>,
    pub(crate) key: Vec<u8>,
    /// Relative to the moment of signing.
    pub(crate) life_s: i64,
    pub(crate) policy: Option<String>,
    /// The order of the fields, such as `sig,se,sr`.
    pub(crate) order: Option<String>,
    pub(crate) spelling: Spelling,
}

/// How a token's text differs from the usual one, with the same meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Spelling {
    #[default]
    Usual,
    /// `%3d` in the signature.
    LowerCaseEscapes,
    /// `SIG=`.
    NamesInCapitals,
}

impl Token {
    pub(crate) fn new(resource: &str, key: Vec<u8>) -> Self {
        Self {
            resource: resource.to_owned(),
            resource_as_sent: None,
            key,
            life_s: TOKEN_LIFE_S,
            policy: None,
            order: None,
            spelling: Spelling::Usual,
        }
    }

    /// `SharedAccessSignature …`
    pub(crate) fn text(&self, now: Time) -> String {
        let expiry_s = now.s().saturating_add_signed(self.life_s);
        let policy = self.policy.as_deref();
        let text = match &self.resource_as_sent {
            Some(sr) => sas::sign_as_sent(&self.key, sr, expiry_s, policy),
            None => sas::sign(&self.key, &self.resource, expiry_s, policy),
        };
        let text = match &self.order {
            None => text,
            Some(order) => reordered(&text, order),
        };
        match self.spelling {
            Spelling::Usual => text,
            Spelling::LowerCaseEscapes => with_fields(&text, |name, value| match name {
                "sig" => (name.to_owned(), lower_escapes(value)),
                _ => (name.to_owned(), value.to_owned()),
            }),
            Spelling::NamesInCapitals => {
                with_fields(&text, |name, value| (name.to_uppercase(), value.to_owned()))
            }
        }
    }
}

/// A token with each of its fields rewritten.
fn with_fields(text: &str, rewrite: impl Fn(&str, &str) -> (String, String)) -> String {
    let fields = text.split_once(' ').map_or("", |(_, fields)| fields);
    let fields: Vec<String> = fields
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| rewrite(name, value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("SharedAccessSignature {}", fields.join("&"))
}

/// `%3D` as `%3d`.
fn lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lowered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lowered.push('%');
        lowered.push_str(&escape.to_lowercase());
        lowered.push_str(rest);
    }
    lowered
}

fn reordered(text: &str, order: &str) -> String {
    let fields = text.split_once(' ').map_or("", |(_, fields)| fields);
    let field = |name: &str| {
        fields.split('&').find(|field| field.split('=').next() == Some(name)).unwrap_or_default()
    };
    let fields: Vec<&str> = order.split(',').map(|name| field(name.trim())).collect();
    format!("SharedAccessSignature {}", fields.join("&"))
}

/// A key given as text: base64.
pub(crate) fn key_of(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|_| format!("`{text}` is no base64"))
}
