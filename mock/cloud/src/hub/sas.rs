//! HUB-SAS: tokens of the hub.

use super::{
    auth::{self, Proof},
    module, open,
};
use crate::{
    identity::{Credentials, Identity},
    registry::{Hub, Policy},
    rule::rules,
    ruling::{Broken, Ruling},
    sas::{Token, TokenError},
    time::Time,
};

rules! {
    PASSWORD_IS_A_TOKEN = "HUB-SAS-001";
    SIGNATURE_IS_GIVEN = "HUB-SAS-003";
    EXPIRY_IS_GIVEN = "HUB-SAS-004";
    RESOURCE_IS_GIVEN = "HUB-SAS-005";
    FIELD_ORDER_IS_FREE = "HUB-SAS-006";
    EXPIRY_IS_IN_SECONDS = "HUB-SAS-007";
    EITHER_HEX_CASE = "HUB-SAS-008";
    DEVICE_RESOURCE_IS_ACCEPTED = "HUB-SAS-009";
    ONLY_THE_TOKEN_IS_THE_PASSWORD = "HUB-SAS-011";
}

/// A token is good for so long after its expiry, since clocks differ (HUB-OPEN-017).
const SKEW_S: u64 = 300;

/// Judges a token in the order: grammar, resource, key, signature, expiry.
pub(super) fn prove(
    hub: &Hub,
    identity: &Identity,
    password: &[u8],
    now: Time,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Broken> {
    let text = std::str::from_utf8(password).unwrap_or_default();
    note_fields(text, ruling);
    let token = match Token::parse(text) {
        Ok(token) => token,
        Err(_) => {
            ruling.uphold(open::BAD_TOKEN_IS_REFUSED, false)?;
            return Ok(proof_of(identity, None, Time::from_s(u64::MAX / 1000)));
        }
    };
    grant_spellings(text, &token, ruling)?;
    if identity.made_on_sight {
        return Ok(proof_of(identity, None, Time::from_s(token.expiry_s)));
    }

    let device = format!("{}/devices/{}", hub.host, identity.id.device);
    let wanted = match &identity.id.module {
        Some(module) => format!("{device}/modules/{module}"),
        None => device.clone(),
    };
    ruling.uphold(open::RESOURCE_COVERS_BY_SEGMENTS, token.covers(&wanted))?;
    if token.resource().eq_ignore_ascii_case(&device) {
        ruling.grant(DEVICE_RESOURCE_IS_ACCEPTED)?;
    }
    if identity.id.module.is_some() {
        let own = token.resource().eq_ignore_ascii_case(&wanted) || token.policy.is_some();
        ruling.note(module::TOKEN_IS_THE_MODULES_OWN, own);
    }

    let policy = token.policy.as_deref().and_then(|name| policy(hub, name));
    match (&identity.credentials, policy) {
        (_, Some(policy)) => {
            ruling.grant(open::POLICY_TOKENS_CONNECT)?;
            ruling.uphold(open::POLICY_TOKENS_CONNECT, policy.device_connect)?;
            verify(&token, &policy.primary, &policy.secondary, ruling)?;
        }
        (Credentials::Keys { primary, secondary }, None) => {
            verify(&token, primary, secondary, ruling)?;
        }
        (Credentials::Thumbprints { .. } | Credentials::Authority, None) => {
            ruling.uphold(open::CERTIFICATE_IS_JUDGED_AT_CONNECT, false)?;
        }
    }
    judge_expiry(&token, now, ruling)?;
    Ok(proof_of(identity, policy, Time::from_s(token.expiry_s)))
}

fn verify(
    token: &Token<'_>,
    primary: &[u8],
    secondary: &[u8],
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    if token.is_signed_with(primary) {
        return Ok(());
    }
    if token.is_signed_with(secondary) {
        return ruling.grant(open::EITHER_KEY_VERIFIES);
    }
    ruling.uphold(open::BAD_TOKEN_IS_REFUSED, false)
}

fn judge_expiry(token: &Token<'_>, now: Time, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if token.expiry_s < now.s() {
        // Up to five minutes late is a matter of clocks, and not of the token.
        let late_s = now.s() - token.expiry_s;
        if late_s <= SKEW_S {
            return ruling.grant(open::SKEW_OF_FIVE_MINUTES);
        }
        return ruling.uphold(open::BAD_TOKEN_IS_REFUSED, false);
    }
    Ok(())
}

fn note_fields(text: &str, ruling: &mut Ruling<'_>) {
    let is_token = text.starts_with("SharedAccessSignature ");
    ruling.note(PASSWORD_IS_A_TOKEN, is_token);
    ruling.note(ONLY_THE_TOKEN_IS_THE_PASSWORD, !text.starts_with("HostName="));
    if !is_token {
        return;
    }
    let error = Token::parse(text).err();
    ruling.note(RESOURCE_IS_GIVEN, error != Some(TokenError::Missing("sr")));
    if error != Some(TokenError::Missing("sr")) {
        ruling.note(SIGNATURE_IS_GIVEN, error != Some(TokenError::Missing("sig")));
    }
    if !matches!(error, Some(TokenError::Missing("sr" | "sig") | TokenError::Unusable("sig", _))) {
        ruling.note(EXPIRY_IS_GIVEN, error != Some(TokenError::Missing("se")));
        if error != Some(TokenError::Missing("se")) {
            ruling.note(EXPIRY_IS_IN_SECONDS, error.is_none());
        }
    }
}

/// Spellings that a token may have, beside the one of the page's template.
fn grant_spellings(text: &str, token: &Token<'_>, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    let names: Vec<&str> = text
        .split_once(' ')
        .map_or("", |(_, fields)| fields)
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, _)| name)
        .collect();
    let known: Vec<&str> =
        names.iter().copied().filter(|name| ["sr", "sig", "se"].contains(name)).collect();
    if known != ["sr", "sig", "se"] && known.len() == 3 {
        ruling.grant(FIELD_ORDER_IS_FREE)?;
    }
    if names.len() > known.len() + usize::from(names.contains(&"skn")) {
        ruling.grant(open::TOKEN_GRAMMAR)?;
    }
    let upper = token.resource_as_sent.contains("%2F");
    let lower = token.resource_as_sent.contains("%2f");
    if lower {
        ruling.grant(EITHER_HEX_CASE)?;
    }
    if !upper {
        ruling.grant(open::SIGNED_AS_SENT)?;
    }
    Ok(())
}

fn policy<'a>(hub: &'a Hub, name: &str) -> Option<&'a Policy> {
    hub.policies.iter().find(|policy| policy.name == name)
}

fn proof_of(identity: &Identity, policy: Option<&Policy>, expires_at: Time) -> Proof {
    let scope = match (policy, &identity.id.module) {
        (Some(_), _) => "hub",
        (None, Some(_)) => "module",
        (None, None) => "device",
    };
    Proof { expires_at: Some(expires_at), method: auth::method_json(scope, "sas", "iothub") }
}
