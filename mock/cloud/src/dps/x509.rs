//! DPS-X509: devices with certificates.

use super::{
    answer::Refused,
    attest::Entry,
    open,
    username::{LONGEST_COMMON_NAME, is_registration_id},
};
use crate::{
    error_code,
    profile::ConnectRefusal,
    registry::{Attestation, Group, Provisioning},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    time::Time,
    x509,
};

rules! {
    COMMON_NAME_IS_THE_REGISTRATION_ID = "DPS-X509-001";
    USERNAME_REPEATS_THE_COMMON_NAME = "DPS-X509-002";
    NO_PASSWORD_IS_NEEDED = "DPS-X509-003";
}

/// What a certificate said at CONNECT.
pub(super) struct Admitted {
    /// As the certificate spells it.
    pub(super) registration_id: String,
    /// The rule by which the register publish will be refused, where the profile waits until then.
    pub(super) refused_because: Option<Rule>,
}

/// Judges a certificate's name at CONNECT; what it proves is judged at register.
pub(super) fn admit(
    chain: &[Vec<u8>],
    named: &str,
    cn_mismatch: ConnectRefusal,
    ruling: &mut Ruling<'_>,
) -> Result<Admitted, Broken> {
    ruling.grant(NO_PASSWORD_IS_NEEDED)?;
    let common_name = x509::common_name(chain);
    let same = common_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(named));
    let is_an_id = |name: &str| is_registration_id(name, LONGEST_COMMON_NAME);
    ruling.note(COMMON_NAME_IS_THE_REGISTRATION_ID, common_name.as_deref().is_some_and(is_an_id));
    ruling.note(USERNAME_REPEATS_THE_COMMON_NAME, same);
    let mut refused_because = None;
    if !same {
        let found = common_name.as_deref().unwrap_or_default();
        ruling.explain(format!(
            "the certificate has the common name `{found}`, and the user name has `{named}`"
        ));
        match cn_mismatch {
            ConnectRefusal::Connack5 => ruling.uphold(open::COMMON_NAME_MISMATCH, false)?,
            ConnectRefusal::Res401 => refused_because = Some(open::COMMON_NAME_MISMATCH),
        }
    }
    let own = common_name.filter(|_| same);
    let registration_id = ruling
        .value(COMMON_NAME_IS_THE_REGISTRATION_ID, own, None)
        .unwrap_or_else(|| named.to_owned());
    Ok(Admitted { registration_id, refused_because })
}

/// Judges a chain against an individual enrollment: the leaf is the enrolled certificate itself.
pub(super) fn individual(
    chain: &[Vec<u8>],
    entry: Entry,
    ruling: &mut Ruling<'_>,
) -> Result<Entry, Refused> {
    let enrolled = match &entry.attestation {
        Attestation::Certificate(der) => Some(der),
        Attestation::Keys { .. } | Attestation::Tpm => None,
    };
    let is_the_one = enrolled.is_some() && enrolled == chain.first();
    if !is_the_one {
        ruling.explain(match (enrolled, chain.first()) {
            (Some(enrolled), Some(leaf)) => {
                let [_, found] = x509::thumbprints(leaf);
                let [_, expected] = x509::thumbprints(enrolled);
                format!("the certificate has the thumbprint {found}, the enrolled one {expected}")
            }
            _ => "the enrollment has keys: send a token as the password".to_owned(),
        });
    }
    ruling.uphold(open::CERTIFICATE_IS_JUDGED_AT_REGISTER, is_the_one).map_err(invalid)?;
    Ok(entry)
}

/// Finds the group whose signer stands nearest above the leaf.
pub(super) fn group<'a>(
    instance: &'a Provisioning,
    chain: &[Vec<u8>],
    now: Time,
    ruling: &mut Ruling<'_>,
) -> Result<Entry, Refused> {
    let with_signer = |group: &'a Group| match &group.attestation {
        Attestation::Certificate(signer) => Some((signer, group)),
        Attestation::Keys { .. } | Attestation::Tpm => None,
    };
    let groups: Vec<(&Vec<u8>, &Group)> =
        instance.groups.values().filter_map(with_signer).collect();
    let mut signers: Vec<(usize, &Group)> = groups
        .iter()
        .filter_map(|(signer, group)| Some((distance(chain, signer, now)?, *group)))
        .collect();
    signers.sort_by_key(|(distance, _)| *distance);
    let nearest = signers.first().map(|(_, group)| *group);
    let farthest = signers.last().map(|(_, group)| *group);
    let chosen = ruling.value(open::CHOICE_OF_ENROLLMENT, nearest, farthest);
    if chosen.is_none() {
        let known: Vec<Vec<u8>> = groups.iter().map(|(signer, _)| (*signer).clone()).collect();
        ruling.explain(match x509::is_issued_below(chain, &known, now) {
            _ if known.is_empty() => {
                "no enrollment has this registration id, and no group a certificate".to_owned()
            }
            Err(why) => why,
            Ok(()) => "no group's certificate stands above the one of the client".to_owned(),
        });
    }
    ruling.uphold(open::CERTIFICATE_IS_JUDGED_AT_REGISTER, chosen.is_some()).map_err(invalid)?;
    // Without any fitting group there is nothing that could be granted by mistake but another one.
    let Some(group) = chosen.or_else(|| instance.groups.values().next()) else {
        return Err(invalid(Broken(open::CERTIFICATE_IS_JUDGED_AT_REGISTER)));
    };
    Ok(Entry::of_group(group))
}

fn invalid(broken: Broken) -> Refused {
    Refused::new(error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0, "Invalid certificate.", broken)
}

/// How many certificates of the chain, leaf included, stand below a signer; `None` if they do not.
fn distance(chain: &[Vec<u8>], signer: &[u8], now: Time) -> Option<usize> {
    let signer = [signer.to_vec()];
    (1..=chain.len()).find(|&length| x509::is_issued_below(&chain[..length], &signer, now).is_ok())
}
