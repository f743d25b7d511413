//! DPS-SAS: tokens of devices with symmetric keys.

use super::{answer::Refused, attest::Entry, open};
use crate::{
    error_code,
    profile::DerivationCase,
    registry::{Attestation, Group, Provisioning},
    rule::rules,
    ruling::{Broken, Ruling},
    sas::{Token, derived_key},
    time::Time,
};

rules! {
    PASSWORD_IS_A_TOKEN = "DPS-SAS-001";
    ONE_FORMAT_FOR_ALL_PROTOCOLS = "DPS-SAS-002";
    FIELDS = "DPS-SAS-003";
    RESOURCE_IS_URL_ENCODED = "DPS-SAS-004";
    RESOURCE_IS_THE_REGISTRATION = "DPS-SAS-005";
    POLICY_IS_REGISTRATION = "DPS-SAS-006";
}

/// Judges a token's form at CONNECT; what it proves is judged at register.
pub(super) fn admit(
    text: &str,
    scope: &str,
    registration_id: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let token = Token::parse(text);
    ruling.uphold(PASSWORD_IS_A_TOKEN, token.is_ok())?;
    ruling.note(FIELDS, has_all_fields(text));
    let Ok(token) = token else { return Ok(()) };
    ruling.note(RESOURCE_IS_URL_ENCODED, is_encoded(token.resource_as_sent));
    ruling.note(RESOURCE_IS_THE_REGISTRATION, names(&token, scope, registration_id));
    ruling.note(POLICY_IS_REGISTRATION, token.policy.as_deref() == Some("registration"));
    ruling.grant(ONE_FORMAT_FOR_ALL_PROTOCOLS)
}

/// What a token is judged by.
pub(super) struct Judge<'a> {
    pub(super) instance: &'a Provisioning,
    pub(super) registration_id: &'a str,
    pub(super) now: Time,
}

impl Judge<'_> {
    /// Judges a token against an individual enrollment.
    pub(super) fn individual(
        &self,
        text: &str,
        entry: Entry,
        ruling: &mut Ruling<'_>,
    ) -> Result<Entry, Refused> {
        let code = self.refused_token_code(ruling);
        let refused = |broken| Refused::new(code, "Unauthorized", broken);
        let token = Token::parse(text).ok();
        let Some(token) = token.filter(|_| matches!(entry.attestation, Attestation::Keys { .. }))
        else {
            ruling.uphold(open::TOKEN_IS_JUDGED_AT_REGISTER, false).map_err(refused)?;
            return Ok(entry);
        };
        self.resource(&token, ruling).map_err(refused)?;
        ruling.uphold(open::KEY_SIZE, entry.attestation.has_legal_keys()).map_err(refused)?;
        if is_signed_by(&token, &entry.attestation, OwnKey::AsEnrolled) {
            ruling.grant(open::SIGNATURE).map_err(refused)?;
        } else {
            ruling.uphold(open::TOKEN_IS_JUDGED_AT_REGISTER, false).map_err(refused)?;
        }
        self.expiry(&token, ruling).map_err(refused)?;
        Ok(entry)
    }

    /// Finds the group from whose key the token's key was derived.
    pub(super) fn group(&self, text: &str, ruling: &mut Ruling<'_>) -> Result<Entry, Refused> {
        let groups: Vec<&Group> = self
            .instance
            .groups
            .values()
            .filter(|group| matches!(group.attestation, Attestation::Keys { .. }))
            .collect();
        let Some(first) = groups.first() else {
            let profile = &self.instance.profile;
            let code = ruling.value(
                open::NO_ENROLLMENT_CODE,
                profile.no_enrollment_error_code,
                error_code::DEVICE_REGISTRATION_NOT_FOUND.0,
            );
            return Err(Refused::new(code, "Unauthorized", Broken(open::NO_ENROLLMENT_CODE)));
        };
        let code = self.refused_token_code(ruling);
        let refused = |broken| Refused::new(code, "Unauthorized", broken);
        let Ok(token) = Token::parse(text) else {
            ruling.uphold(open::TOKEN_IS_JUDGED_AT_REGISTER, false).map_err(refused)?;
            return Ok(Entry::of_group(first));
        };
        self.resource(&token, ruling).map_err(refused)?;
        let derived = OwnKey::Derived {
            registration_id: self.registration_id,
            case: self.instance.profile.derivation_case,
        };
        let signer =
            |own_key| groups.iter().find(|group| is_signed_by(&token, &group.attestation, own_key));
        let group = if let Some(group) = signer(derived) {
            ruling.uphold(open::KEY_SIZE, group.attestation.has_legal_keys()).map_err(refused)?;
            ruling.grant(open::GROUP_KEYS_ARE_DERIVED).map_err(refused)?;
            ruling.grant(open::SIGNATURE).map_err(refused)?;
            group
        } else if let Some(group) = signer(OwnKey::AsEnrolled) {
            ruling.uphold(open::GROUP_KEYS_ARE_DERIVED, false).map_err(refused)?;
            group
        } else {
            ruling.uphold(open::TOKEN_IS_JUDGED_AT_REGISTER, false).map_err(refused)?;
            first
        };
        self.expiry(&token, ruling).map_err(refused)?;
        Ok(Entry::of_group(group))
    }

    fn resource(&self, token: &Token<'_>, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
        let holds = names(token, &self.instance.id_scope, self.registration_id);
        ruling.uphold(RESOURCE_IS_THE_REGISTRATION, holds)
    }

    fn expiry(&self, token: &Token<'_>, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
        match self.now.s().saturating_sub(token.expiry_s) {
            0 => Ok(()),
            late_s if late_s <= self.instance.profile.clock_skew_s => ruling.grant(open::SIGNATURE),
            _ => ruling.uphold(open::TOKEN_IS_JUDGED_AT_REGISTER, false),
        }
    }

    fn refused_token_code(&self, ruling: &mut Ruling<'_>) -> u32 {
        ruling.value(
            open::REFUSED_TOKEN_CODE,
            self.instance.profile.sas_error_code,
            error_code::IOT_HUB_UNAUTHORIZED.0,
        )
    }
}

/// The key of a group's device, as DPS and later the hub know it.
pub(super) fn device_key(group_key: &[u8], registration_id: &str, case: DerivationCase) -> Vec<u8> {
    match case {
        DerivationCase::AsSpelled => derived_key(group_key, registration_id),
        DerivationCase::Lower => derived_key(group_key, &registration_id.to_ascii_lowercase()),
    }
}

/// Whether either key verifies: the attestation's own, or the one derived from it.
fn is_signed_by(token: &Token<'_>, attestation: &Attestation, own_key: OwnKey<'_>) -> bool {
    let Attestation::Keys { primary, secondary } = attestation else { return false };
    [primary, secondary].into_iter().any(|key| match own_key {
        OwnKey::AsEnrolled => token.is_signed_with(key),
        OwnKey::Derived { registration_id, case } => {
            token.is_signed_with(&device_key(key, registration_id, case))
        }
    })
}

/// Which key of an enrollment a device signs with.
#[derive(Clone, Copy)]
enum OwnKey<'a> {
    AsEnrolled,
    Derived { registration_id: &'a str, case: DerivationCase },
}

/// Whether the token's resource is this registration.
fn names(token: &Token<'_>, scope: &str, registration_id: &str) -> bool {
    token.resource().eq_ignore_ascii_case(&format!("{scope}/registrations/{registration_id}"))
}

/// Whether the four fields of the page's template are there, in whatever order.
fn has_all_fields(text: &str) -> bool {
    let fields = text.split_once(' ').map_or("", |(_, fields)| fields);
    ["sr", "sig", "se", "skn"].iter().all(|wanted| {
        fields.split('&').filter_map(|pair| pair.split_once('=')).any(|(name, _)| name == *wanted)
    })
}

/// Whether a resource has its slashes escaped, in either hex case, and nothing raw.
fn is_encoded(sr: &str) -> bool {
    sr.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~%".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sas::sign_as_sent;

    #[test]
    fn the_form_of_a_token() {
        for (text, all_fields, encoded) in [
            ("SharedAccessSignature sr=s%2Fregistrations%2Fd&sig=YQ==&se=1&skn=x", true, true),
            ("SharedAccessSignature skn=x&se=1&sr=s%2fregistrations%2fd&sig=YQ==", true, true),
            ("SharedAccessSignature sr=s/registrations/d&sig=YQ==&skn=x&se=1", true, false),
            ("SharedAccessSignature sr=s%2Fregistrations%2Fd&sig=YQ==&se=1", false, true),
        ] {
            assert_eq!(has_all_fields(text), all_fields, "{text}");
            let token = Token::parse(text).expect("a token");
            assert_eq!(is_encoded(token.resource_as_sent), encoded, "{text}");
        }
    }

    #[test]
    fn the_resource_is_the_whole_registration() {
        for (sr, holds) in [
            ("0ne1%2Fregistrations%2Fd1", true),
            ("0ne1/registrations/D1", true),
            ("0ne1%2Fregistrations", false),
            ("0ne1%2Fregistrations%2Fd10", false),
            ("0ne2%2Fregistrations%2Fd1", false),
            ("0ne1%2Fdevices%2Fd1", false),
        ] {
            let text = sign_as_sent(b"0123456789abcdef", sr, 1, None);
            let token = Token::parse(&text).expect("a token");
            assert_eq!(names(&token, "0ne1", "d1"), holds, "{sr}");
        }
    }

    #[test]
    fn a_derived_key_follows_the_case_that_the_profile_says() {
        let group = b"0123456789abcdef";
        let (spelled, lower) = (DerivationCase::AsSpelled, DerivationCase::Lower);
        assert_eq!(device_key(group, "D1", lower), device_key(group, "d1", spelled));
        assert_ne!(device_key(group, "D1", spelled), device_key(group, "d1", spelled));
    }
}
