//! DPS-TPM: an attestation that MQTT cannot carry.

use super::{answer::Refused, open};
use crate::{error_code, profile::DpsProfile, registry::Attestation, rule::rules, ruling::Ruling};

rules! {
    NO_TPM_OVER_MQTT = "DPS-TPM-001";
}

/// Refuses a device that is enrolled with a TPM.
pub(super) fn judge(
    attestation: &Attestation,
    profile: &DpsProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Refused> {
    if *attestation != Attestation::Tpm {
        return Ok(());
    }
    let code = ruling.value(
        open::TPM_REFUSAL,
        profile.tpm_error_code,
        error_code::DEVICE_REGISTRATION_NOT_FOUND.0,
    );
    ruling
        .uphold(NO_TPM_OVER_MQTT, false)
        .map_err(|broken| Refused::new(code, "Unauthorized", broken))
}
