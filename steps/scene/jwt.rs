//! JSON Web Tokens for Event Grid, right and wrong.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::{NAMESPACE, Scene};
use crate::world::Failed;

/// Who signs custom tokens, as the namespace knows it.
pub(crate) const ISSUER: &str = "skyproof-issuer";
/// The `kid` of its key.
pub(crate) const KID: &str = "key-1";
/// How long a token lasts unless the scenario says otherwise.
const LIFE_S: u64 = 3600;

/// By whom a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An issuer of the namespace's own.
    Custom,
    /// The mock's Microsoft Entra.
    Entra,
}

impl Kind {
    /// The Authentication Method that goes with it.
    pub(crate) const fn method(self) -> &'static str {
        match self {
            Self::Custom => "CUSTOM-JWT",
            Self::Entra => "OAUTH2-JWT",
        }
    }
}

/// A token, planned.
#[derive(Clone, Debug)]
pub(crate) struct Jwt {
    kind: Kind,
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    /// Whether a key signs that nobody knows.
    pub(crate) is_of_another_key: bool,
}

impl Scene {
    /// A token without fault.
    pub(crate) fn jwt(&self, kind: Kind, name: &str) -> Jwt {
        let now_s = self.now().s();
        let mut claims = Map::new();
        match kind {
            Kind::Custom => {
                claims.insert("iss".to_owned(), ISSUER.into());
                claims.insert("sub".to_owned(), name.into());
                claims.insert("aud".to_owned(), NAMESPACE.into());
            }
            Kind::Entra => {
                claims.insert("iss".to_owned(), "https://sts.windows.net/skyproof/".into());
                claims.insert("oid".to_owned(), name.into());
                claims.insert("aud".to_owned(), "https://eventgrid.azure.net/".into());
            }
        }
        claims.insert("nbf".to_owned(), now_s.into());
        claims.insert("exp".to_owned(), (now_s + LIFE_S).into());
        let mut header = Map::new();
        header.insert("typ".to_owned(), "JWT".into());
        header.insert("alg".to_owned(), "RS256".into());
        header.insert("kid".to_owned(), KID.into());
        Jwt { kind, header, claims, is_of_another_key: false }
    }

    /// The text of a token.
    pub(crate) fn signed(&self, jwt: &Jwt) -> Result<String, Failed> {
        let recipe = match jwt.kind {
            _ if jwt.is_of_another_key => "authority/unknown-rsa",
            Kind::Custom => SIGNER,
            Kind::Entra => "authority/root-rsa",
        };
        let part =
            |members: &Map<String, Value>| URL_SAFE_NO_PAD.encode(json!(members).to_string());
        let signed = format!("{}.{}", part(&jwt.header), part(&jwt.claims));
        let signature = self.certificate(recipe, ISSUER)?.sign(signed.as_bytes());
        let signature = signature.map_err(|error| error.to_string())?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }

    /// The configuration that takes custom tokens.
    pub(crate) fn custom_jwt(&self) -> Result<Value, Failed> {
        let certificate = self.certificate(SIGNER, ISSUER)?.certificate_pem();
        Ok(
            json!({"topicSpacesConfiguration": {"clientAuthentication": {"customJwtAuthentication": {
                "tokenIssuer": ISSUER,
                "encodedIssuerCertificates": [{"kid": KID, "encodedCertificate": certificate}],
            }}}}),
        )
    }
}

/// The recipe of the certificate whose key signs custom tokens.
const SIGNER: &str = "device/self-signed-rsa";
