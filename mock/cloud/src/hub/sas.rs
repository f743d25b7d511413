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
    sas::Token,
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
    TOOLS_WRAP_THE_TOKEN = "HUB-SAS-010";
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
            return Ok(proof_of(identity, None, Time::from_s(u64::MAX), ruling));
        }
    };
    grant_spellings(text, &token, ruling)?;
    if identity.made_on_sight {
        judge_expiry(&token, now, ruling)?;
        return Ok(proof_of(identity, None, Time::from_s(token.expiry_s), ruling));
    }

    let device = format!("{}/devices/{}", hub.host, identity.id.device);
    let wanted = match &identity.id.module {
        Some(module) => format!("{device}/modules/{module}"),
        None => device.clone(),
    };
    if let (Some(_), Credentials::Keys { primary, secondary }) =
        (&identity.id.module, &identity.credentials)
    {
        let is_own = token.is_signed_with(primary) || token.is_signed_with(secondary);
        ruling.note(module::TOKEN_IS_THE_MODULES_OWN, is_own);
    }
    let resource = token.resource();
    let as_printed = has_api_version_behind(&resource, &wanted);
    let covers = token.covers(&wanted);
    ruling.uphold(open::RESOURCE_COVERS_BY_SEGMENTS, covers || as_printed)?;
    if covers && resource != wanted {
        ruling.grant(open::RESOURCE_COVERS_BY_SEGMENTS)?;
    }
    if as_printed || resource.eq_ignore_ascii_case(&device) {
        ruling.grant(DEVICE_RESOURCE_IS_ACCEPTED)?;
    }
    let policy = token.policy.as_deref().and_then(|name| policy(hub, name));
    match (&identity.credentials, policy) {
        (_, Some(policy)) => {
            if policy.device_connect {
                ruling.grant(open::POLICY_TOKENS_CONNECT)?;
            } else {
                ruling.uphold(open::POLICY_TOKENS_CONNECT, false)?;
            }
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
    Ok(proof_of(identity, policy, Time::from_s(token.expiry_s), ruling))
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

/// Whether a password looks like a token.
pub(super) fn is_token(password: &[u8]) -> bool {
    password.starts_with(b"SharedAccessSignature ")
}

/// Whether a password is a token of one of the hub's policies, as gateways use them.
pub(super) fn is_of_a_policy(password: &[u8]) -> bool {
    let text = std::str::from_utf8(password).unwrap_or_default();
    Token::parse(text).is_ok_and(|token| token.policy.is_some())
}

fn note_fields(text: &str, ruling: &mut Ruling<'_>) {
    let is_wrapped = text.starts_with("HostName=");
    ruling.note(ONLY_THE_TOKEN_IS_THE_PASSWORD, !is_wrapped);
    if is_wrapped {
        ruling.note(TOOLS_WRAP_THE_TOKEN, is_wrapped_by_a_tool(text));
    }
    if !is_token(text.as_bytes()) {
        return;
    }
    ruling.note(RESOURCE_IS_GIVEN, field(text, "sr").is_some_and(is_url_encoded));
    ruling.note(SIGNATURE_IS_GIVEN, field(text, "sig").is_some());
    let expiry = field(text, "se");
    ruling.note(EXPIRY_IS_GIVEN, expiry.is_some());
    if let Some(expiry) = expiry {
        ruling.note(EXPIRY_IS_IN_SECONDS, is_in_seconds(expiry));
    }
}

/// A field of a token as it was sent; an empty one is none.
fn field<'a>(text: &'a str, wanted: &str) -> Option<&'a str> {
    let (_, fields) = text.split_once(' ')?;
    fields
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
}

/// What the vendor's tools print around a token; a connection string with a key in it is something else.
fn is_wrapped_by_a_tool(text: &str) -> bool {
    text.contains(";DeviceId=") && text.contains(";SharedAccessSignature=SharedAccessSignature ")
}

/// Legal in a URL's query, where slashes may stand as they are.
fn is_url_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => is_hex(at + 1) && is_hex(at + 2),
        _ => byte.is_ascii_alphanumeric() || b"-._~!$'()*+,;:@/?=".contains(byte),
    })
}

/// Whole seconds since 1970. So many milliseconds would be a date beyond the year 5000.
fn is_in_seconds(expiry: &str) -> bool {
    expiry.parse::<u64>().is_ok_and(|s| s < 100_000_000_000)
}

/// Whether a resource is the identity's own with an api-version behind it, as the page prints its
/// sample: a slip, but who copies it should get on.
fn has_api_version_behind(resource: &str, own: &str) -> bool {
    let (head, tail) = resource.split_at_checked(own.len()).unwrap_or_default();
    head.eq_ignore_ascii_case(own) && tail.starts_with("/api-version=") && !tail[1..].contains('/')
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
    let signature = field(text, "sig").unwrap_or_default();
    if lower || ["%2b", "%2f", "%3d"].iter().any(|escape| signature.contains(escape)) {
        ruling.grant(EITHER_HEX_CASE)?;
    }
    if names.contains(&"skn") && token.policy.is_none() {
        ruling.grant(open::EITHER_KEY_VERIFIES)?;
    }
    if !upper {
        ruling.grant(open::SIGNED_AS_SENT)?;
    }
    Ok(())
}

fn policy<'a>(hub: &'a Hub, name: &str) -> Option<&'a Policy> {
    hub.policies.iter().find(|policy| policy.name == name)
}

fn proof_of(
    identity: &Identity,
    policy: Option<&Policy>,
    expires_at: Time,
    ruling: &mut Ruling<'_>,
) -> Proof {
    let scope = match (policy, &identity.id.module) {
        (Some(_), _) => "hub",
        (None, Some(_)) => ruling.value(open::MODULES_ARE_APART, "module", "device"),
        (None, None) => "device",
    };
    Proof { expires_at: Some(expires_at), method: auth::method_json(scope, "sas", "iothub") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_any_case_and_empty_ones_are_none() {
        let text = "SharedAccessSignature sr=a%2Fb&SIG=x%3D&se=";
        for (name, expected) in
            [("sr", Some("a%2Fb")), ("sig", Some("x%3D")), ("se", None), ("skn", None)]
        {
            assert_eq!(field(text, name), expected, "{name}");
        }
        assert_eq!(field("SharedAccessSignature", "sr"), None);
    }

    #[test]
    fn a_tool_prints_host_device_and_token() {
        for (text, expected) in [
            ("HostName=h;DeviceId=d;SharedAccessSignature=SharedAccessSignature sr=h&se=1", true),
            ("HostName=h;DeviceId=d;SharedAccessKey=a2V5", false),
            ("HostName=h;SharedAccessSignature=SharedAccessSignature sr=h&se=1", false),
        ] {
            assert_eq!(is_wrapped_by_a_tool(text), expected, "{text}");
        }
    }

    #[test]
    fn the_printed_sample_has_an_api_version_behind_the_resource() {
        for (resource, expected) in [
            ("h/devices/d1/api-version=2016-11-14", true),
            ("H/Devices/D1/api-version=2016-11-14", true),
            ("h/devices/d1", false),
            ("h/devices/d1/modules/m1", false),
            ("h/devices/d10/api-version=2016-11-14", false),
            ("h/devices/d1/api-version=2016-11-14/x", false),
            ("h/devices/é/api-version=1", false),
            ("", false),
        ] {
            assert_eq!(has_api_version_behind(resource, "h/devices/d1"), expected, "{resource}");
        }
    }

    #[test]
    fn resources_are_encoded_or_legal_as_they_are() {
        for (text, expected) in [
            ("h%2Fdevices%2Fd", true),
            ("h%2fdevices%2fd", true),
            ("h/devices/d", true),
            ("h/devices/d 1", false),
            ("h/devices/d#1", false),
            ("h/devices/100%", false),
            ("h/devices/é", false),
        ] {
            assert_eq!(is_url_encoded(text), expected, "{text}");
        }
    }

    #[test]
    fn expiry_is_whole_seconds() {
        for (text, expected) in [
            ("1456481802", true),
            ("4294967295", true),
            ("1767229200000", false),
            ("1456481802.5", false),
            ("2026-01-01T00:00:00Z", false),
            ("-1", false),
        ] {
            assert_eq!(is_in_seconds(text), expected, "{text}");
        }
    }
}
