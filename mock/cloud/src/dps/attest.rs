//! Who vouches for a device: an individual enrollment first, then the groups.

use serde_json::{Map, Value};

use super::{Session, answer::Refused, open, sas, tpm, x509};
use crate::{
    cloud::Core,
    error_code,
    registry::{Allocation, Attestation, Enrollment, Group, Reprovision},
    ruling::{Broken, Ruling},
};

/// How a device proves itself: what CONNECT brought.
#[derive(Clone, Debug)]
pub(super) enum Proof {
    /// The text of a SAS token.
    Token(String),
    /// A chain in DER, leaf first, never empty.
    Certificate(std::sync::Arc<[Vec<u8>]>),
}

/// An individual enrollment or a group, as far as assignment needs it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The group's name; `None` for an individual enrollment.
    pub(super) group: Option<String>,
    pub(super) attestation: Attestation,
    pub(super) device_id: Option<String>,
    pub(super) hub: Option<String>,
    pub(super) allocation: Allocation,
    pub(super) reprovision: Reprovision,
    pub(super) enabled: bool,
    pub(super) desired: Map<String, Value>,
}

impl Entry {
    pub(super) fn of_enrollment(enrollment: &Enrollment) -> Self {
        Self {
            group: None,
            attestation: enrollment.attestation.clone(),
            device_id: enrollment.device_id.clone(),
            hub: enrollment.hub.clone(),
            allocation: enrollment.allocation.clone(),
            reprovision: enrollment.reprovision,
            enabled: enrollment.enabled,
            desired: enrollment.desired.clone(),
        }
    }

    pub(super) fn of_group(group: &Group) -> Self {
        Self {
            group: Some(group.name.clone()),
            attestation: group.attestation.clone(),
            device_id: None,
            hub: group.hub.clone(),
            allocation: group.allocation.clone(),
            reprovision: group.reprovision,
            enabled: group.enabled,
            desired: group.desired.clone(),
        }
    }
}

/// Finds the entry that vouches for a session's device. Whether it is enabled is not asked here.
pub(super) fn attest(
    core: &Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<Entry, Refused> {
    let refused_name =
        |broken| Refused::new(error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0, "Unauthorized", broken);
    if let Some(rule) = session.refused_because {
        ruling.uphold(rule, false).map_err(refused_name)?;
    }
    let Some(instance) = core.registry.provisioning.get(&session.scope) else {
        return Err(refused_name(Broken(open::UNKNOWN_SCOPE_IS_REFUSED)));
    };
    let judge = sas::Judge { instance, registration_id: &session.name, now: core.now };
    let individual = instance.enrollments.get(&session.name.to_ascii_lowercase());
    let individual = ruling.value(open::CHOICE_OF_ENROLLMENT, individual, None);
    match (individual, &session.proof) {
        (Some(enrollment), proof) => {
            tpm::judge(&enrollment.attestation, &instance.profile, ruling)?;
            let entry = Entry::of_enrollment(enrollment);
            match (&enrollment.attestation, proof) {
                (Attestation::Tpm, _) => Ok(entry),
                (_, Proof::Token(text)) => judge.individual(text, entry, ruling),
                (_, Proof::Certificate(chain)) => x509::individual(chain, entry, ruling),
            }
        }
        (None, Proof::Token(text)) => judge.group(text, ruling),
        (None, Proof::Certificate(chain)) => x509::group(instance, chain, core.now, ruling),
    }
}
