//! Tokens for the Event Grid namespace of a scene, right and wrong.

use serde_json::{Map, Value, json};

use super::{NAMESPACE, Scene};
use crate::{
    jwt::{CUSTOM_SIGNER, ENTRA_SIGNER, custom_claims, entra_claims, header, signed},
    world::Failed,
};

/// Who signs custom tokens, as the namespace knows it.
const ISSUER: &str = "skyproof-issuer";

/// The `kid` of its key.
const KID: &str = "key-1";

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
        let claims = match kind {
            Kind::Custom => custom_claims(name, ISSUER, NAMESPACE, now_s, LIFE_S),
            Kind::Entra => entra_claims(name, now_s, LIFE_S),
        };
        Jwt { kind, header: header(KID), claims, is_of_another_key: false }
    }

    /// The text of a token.
    pub(crate) fn signed(&self, jwt: &Jwt) -> Result<String, Failed> {
        let recipe = match jwt.kind {
            _ if jwt.is_of_another_key => "authority/unknown-rsa",
            Kind::Custom => CUSTOM_SIGNER,
            Kind::Entra => ENTRA_SIGNER,
        };
        let signer = self.certificate(recipe, ISSUER)?;
        Ok(signed(&signer, &jwt.header, &jwt.claims).map_err(|error| error.to_string())?)
    }

    /// The configuration that takes custom tokens.
    pub(crate) fn custom_jwt(&self) -> Result<Value, Failed> {
        let certificate = self.certificate(CUSTOM_SIGNER, ISSUER)?.certificate_pem();
        Ok(
            json!({"topicSpacesConfiguration": {"clientAuthentication": {"customJwtAuthentication": {
                "tokenIssuer": ISSUER,
                "encodedIssuerCertificates": [{"kid": KID, "encodedCertificate": certificate}],
            }}}}),
        )
    }
}
