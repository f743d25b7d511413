//! JSON Web Tokens for Event Grid, signed with published keys.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use certs::Leaf;
use serde_json::{Map, Value, json};

/// The recipe whose certificates all have the key that signs custom tokens. A namespace that has one of them
/// among its `encodedIssuerCertificates` takes them.
pub const CUSTOM_SIGNER: &str = "device/self-signed-rsa";

/// The recipe with the key of the mock's Microsoft Entra.
pub const ENTRA_SIGNER: &str = "authority/root-rsa";

/// The audience of Entra tokens for any namespace.
pub const ENTRA_AUDIENCE: &str = "https://eventgrid.azure.net/";

/// The claims of an Entra token: of the principal with this object id, from now on for so long.
pub fn entra_claims(object_id: &str, now_s: u64, life_s: u64) -> Map<String, Value> {
    let mut claims = valid(now_s, life_s);
    claims.insert("iss".to_owned(), "https://sts.windows.net/skyproof/".into());
    claims.insert("oid".to_owned(), object_id.into());
    claims.insert("aud".to_owned(), ENTRA_AUDIENCE.into());
    claims
}

/// The claims of a custom token: of the client with this authentication name, for a namespace's MQTT host.
pub fn custom_claims(
    name: &str,
    issuer: &str,
    host: &str,
    now_s: u64,
    life_s: u64,
) -> Map<String, Value> {
    let mut claims = valid(now_s, life_s);
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("sub".to_owned(), name.into());
    claims.insert("aud".to_owned(), host.into());
    claims
}

/// The header of a token that is signed with RS256.
pub fn header(kid: &str) -> Map<String, Value> {
    ["typ", "alg", "kid"].into_iter().zip(["JWT", "RS256", kid]).map(member).collect()
}

/// The text of a token.
///
/// # Errors
/// When the leaf's key cannot sign.
pub fn signed(
    signer: &Leaf,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
) -> Result<String, certs::Error> {
    let part = |members: &Map<String, Value>| URL_SAFE_NO_PAD.encode(json!(members).to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = signer.sign(signed.as_bytes())?;
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

fn valid(now_s: u64, life_s: u64) -> Map<String, Value> {
    let end_s = now_s.saturating_add(life_s);
    [("nbf".to_owned(), now_s.into()), ("exp".to_owned(), end_s.into())].into_iter().collect()
}

fn member((name, value): (&str, &str)) -> (String, Value) {
    (name.to_owned(), value.into())
}
