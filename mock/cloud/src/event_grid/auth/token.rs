//! Tokens: of Microsoft Entra, whose principals have roles, and of an issuer of the namespace's own, whose
//! claims are the client's attributes.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{Ending, Identity, Means, NOT_AUTHORIZED, Proof, jwt::Jwt};
use crate::{
    cloud::Core,
    event_grid::{
        model::{Attribute, Attributes, CustomJwt},
        namespace::Namespace,
        open,
    },
    ruling::Ruling,
    time::Time,
    x509,
};

/// The audience of Entra tokens for any namespace.
const ENTRA_AUDIENCE: &str = "https://eventgrid.azure.net/";

/// The public half of the key with which the mock's own Entra signs: that of the published RSA root, as
/// PKCS #1 in DER.
const ENTRA_KEY: &str = "\
MIIBCgKCAQEAv2wj6rxfu2VQFTTamor3Pp/gBW0rNJgyI/93vt8MJOQ9wf3zrbnDa7IMzf++sbt5v8aKz1dIAppjx/\
aO+dym10hYoahaghQ5KN8OP//YHiYHNbCGk6jfqXldn0a0bbhwFQ/oid/P9nnrpt1UPazQ5SX7JKVAAEUbF3yHfVga\
wgkEuBu31zkY+SyXHEh3VMXWxVsde1lkkkH7/gGya48vaZWXdPkXofn0JTjTTlZsVGwWv1+txIRNAfL8MyZW5LpIO4\
Dl+UWiMoibmN2JlFv2GNrw2wXVQs52B8OhdsqfEIjbGHYflf1ZmOoocV1i65ixhv+gxOt2Pb+9vpISj9PgsQIDAQAB";

/// Judges an Entra token, and finds the roles of its principal.
pub(in crate::event_grid) fn entra(
    core: &Core,
    namespace: &Namespace,
    data: Option<&[u8]>,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Ending> {
    let jwt = Jwt::parse(data.unwrap_or_default());
    let checked = jwt.as_ref().map_err(Clone::clone).and_then(|jwt| check_entra(jwt, core.now));
    Ending::judge(checked, open::ENTRA_TOKEN, NOT_AUTHORIZED, ruling)?;
    let object_id = jwt.as_ref().ok().and_then(object_id).unwrap_or_default().to_owned();
    let principal = namespace.principal(&object_id);
    if principal.is_none() {
        ruling.explain(format!(
            "the principal `{object_id}` has no role in the namespace: give it one in roleAssignments"
        ));
    }
    Ending::unless(principal.is_some(), open::ENTRA_ROLES, NOT_AUTHORIZED, ruling)?;
    let mut identity = principal.unwrap_or_else(|| Identity::named(&object_id));
    if ruling.gives_wrong_value(open::ENTRA_ROLES) {
        // As if it were a client, who has groups and their bindings.
        identity.roles = None;
    }
    let expires_at = jwt.ok().and_then(|jwt| jwt.moment("exp"));
    Ok(Proof { identity, means: Means::Entra, expires_at })
}

/// Judges a token of the namespace's own issuer.
pub(super) fn custom(
    core: &Core,
    namespace: &Namespace,
    data: Option<&[u8]>,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Ending> {
    let jwt = Jwt::parse(data.unwrap_or_default());
    let authentication = &namespace.configuration.client_authentication;
    let checked = match (&jwt, &authentication.custom_jwt_authentication) {
        (Ok(jwt), Some(issuer)) => check_custom(namespace, issuer, jwt, core.now),
        (Ok(_), None) => Err("the namespace has no customJwtAuthentication".to_owned()),
        (Err(why), _) => Err(why.clone()),
    };
    Ending::judge(checked, open::CUSTOM_TOKEN, NOT_AUTHORIZED, ruling)?;
    let jwt = jwt.ok();
    let name = jwt.as_ref().and_then(|jwt| jwt.text("sub")).unwrap_or_default();
    let mut identity = Identity::named(name);
    if ruling.value(open::CLAIMS_ARE_ATTRIBUTES, true, false) {
        identity.attributes = jwt.as_ref().map(|jwt| attributes(&jwt.claims)).unwrap_or_default();
    }
    let expires_at = jwt.as_ref().and_then(|jwt| jwt.moment("exp"));
    Ok(Proof { identity, means: Means::Custom, expires_at })
}

/// The principal that an Entra token is of.
fn object_id<'a>(jwt: &'a Jwt<'_>) -> Option<&'a str> {
    jwt.text("oid").or(jwt.text("sub"))
}

/// What is wrong with an Entra token, in words.
fn check_entra(jwt: &Jwt<'_>, now: Time) -> Result<(), String> {
    jwt.verify(&STANDARD.decode(ENTRA_KEY).unwrap_or_default())?;
    if !jwt.is_for(ENTRA_AUDIENCE) {
        return Err(format!("the token is not for the audience `{ENTRA_AUDIENCE}`"));
    }
    if object_id(jwt).is_none() {
        return Err("the token names no principal: it has no claim `oid`".to_owned());
    }
    jwt.judge_time(now)
}

/// What is wrong with a token of the namespace's own issuer, in words.
fn check_custom(
    namespace: &Namespace,
    issuer: &CustomJwt,
    jwt: &Jwt<'_>,
    now: Time,
) -> Result<(), String> {
    let kind = jwt.header("typ").unwrap_or_default();
    if !kind.eq_ignore_ascii_case("JWT") {
        return Err(format!("the token's header has the `typ` `{kind}`, expected JWT"));
    }
    let kid = jwt.header("kid").unwrap_or_default();
    let known = namespace.issuers.iter().find(|known| known.kid == kid).ok_or_else(|| {
        let known: Vec<&str> = namespace.issuers.iter().map(|it| it.kid.as_str()).collect();
        format!("the token's `kid` is `{kid}`, expected one of {}", known.join(", "))
    })?;
    jwt.verify(&x509::public_key(&known.der).unwrap_or_default())?;
    let claim = |name: &str| {
        let text = jwt.text(name).filter(|text| !text.is_empty());
        text.ok_or_else(|| format!("the token has no claim `{name}`"))
    };
    let (expected, found) = (&issuer.token_issuer, claim("iss")?);
    if found != expected {
        return Err(format!("invalid issuer: the token is of `{found}`, expected `{expected}`"));
    }
    claim("sub")?;
    if !jwt.is_for(&namespace.host) {
        return Err(format!("the token's `aud` does not have the host `{}`", namespace.host));
    }
    jwt.judge_time(now)
}

/// What claims or a webhook say of a client, as far as attributes can say it: 32-bit integers, texts and
/// arrays of texts.
pub(super) fn attributes(claims: &Map<String, Value>) -> Attributes {
    const NO_ATTRIBUTES: [&str; 5] = ["iss", "sub", "aud", "exp", "nbf"];
    let further = claims.iter().filter(|(name, _)| !NO_ATTRIBUTES.contains(&name.as_str()));
    further.filter_map(|(name, value)| Some((name.clone(), attribute(value)?))).collect()
}

fn attribute(value: &Value) -> Option<Attribute> {
    match value {
        Value::Number(number) => {
            let number = number.as_i64().and_then(|number| i32::try_from(number).ok())?;
            Some(Attribute::Number(number.into()))
        }
        Value::String(text) => Some(Attribute::Text(text.clone())),
        Value::Array(items) => {
            let texts = items.iter().map(|item| item.as_str().map(str::to_owned));
            texts.collect::<Option<_>>().map(Attribute::List)
        }
        Value::Null | Value::Bool(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_become_attributes_by_their_kind() {
        let Value::Object(claims) = json!({
            "sub": "d1",
            "floor": -3,
            "large": 2_147_483_648_i64,
            "share": 0.5,
            "type": "fan",
            "rooms": ["a", "b"],
            "mixed": ["a", 1],
            "flag": true,
            "more": {"a": 1},
        }) else {
            panic!("an object");
        };
        let expected: Attributes = [
            ("floor", Attribute::Number(-3)),
            ("type", Attribute::Text("fan".to_owned())),
            ("rooms", Attribute::List(vec!["a".to_owned(), "b".to_owned()])),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        assert_eq!(attributes(&claims), expected);
    }

    #[test]
    fn the_key_of_the_mocks_entra_is_that_of_the_published_root() {
        let validity = certs::Validity { not_before_s: 0, not_after_s: 1 };
        let root = certs::Authority::new("root", validity, certs::Algorithm::Rsa2048);
        let key = root.ok().and_then(|root| x509::public_key(root.der()));
        assert_eq!(key, STANDARD.decode(ENTRA_KEY).ok());
    }
}
