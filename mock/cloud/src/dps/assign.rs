//! Assignment: which hub gets a device, under which name, and what the hub then knows of it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Session,
    attest::Entry,
    open,
    registration::{Assignment, AttestationKind, AttestedBy, Failure, Registration, Substatus},
    sas::device_key,
    username::has_sticky_assignments,
};
use crate::{
    cloud::Core,
    error_code, hub,
    identity::{Credentials, IdentityId},
    profile::DerivationCase,
    registry::{Allocation, Attestation, Provisioning, Reprovision},
    ruling::Ruling,
    twin::Twin,
    x509,
};

/// Assigns a device to a hub and puts it there, or says why not.
pub(super) fn assign(
    core: &mut Core,
    session: &Session,
    entry: &Entry,
    device_payload: Option<&Value>,
    ruling: &mut Ruling<'_>,
) -> Result<Assignment, Failure> {
    let Some(instance) = core.registry.provisioning.get(&session.scope) else {
        return Err(no_hub(ruling));
    };
    let former = instance
        .registrations
        .get(&session.name.to_ascii_lowercase())
        .and_then(|Registration { assignment, .. }| assignment.clone());
    let case = instance.profile.derivation_case;
    let policy = policy(entry, session, former.as_ref(), ruling);

    let hub = match former.as_ref().filter(|_| policy == Reprovision::Never) {
        Some(former) => former.hub.clone(),
        None => allocate(instance, entry, &session.name, ruling)?,
    };
    let Some(hub) = core.registry.hub(&hub).map(|hub| hub.host.clone()) else {
        return Err(refused_by_hub(ruling));
    };
    // A registration id is the same in any letter case, and a device id is not.
    let kept = former.as_ref().map(|former| former.device_id.clone());
    let kept = kept.filter(|id| id.eq_ignore_ascii_case(&session.name));
    let own = entry.device_id.clone().or(kept).unwrap_or_else(|| session.name.to_string());
    let other = format!("{}-device", session.name);
    let device_id = ruling.value(open::DEVICE_ID, own, other);
    let id = IdentityId::device(&device_id);

    let moved_from = former.as_ref().filter(|old| old.hub != hub || old.device_id != device_id);
    let twin = moved_from.and_then(|old| take_twin(core, old, ruling));
    let twin = twin.filter(|_| policy == Reprovision::Migrate);
    let generation_id = if ruling.value(open::IDENTITY_ON_THE_HUB, true, false) {
        settle(core, &hub, &id, entry, &session.name, case, twin)
    } else {
        String::new()
    };
    let right = substatus(former.as_ref(), &hub, policy);
    let wrong = match right {
        Substatus::InitialAssignment => Substatus::DeviceDataReset,
        _ => Substatus::InitialAssignment,
    };
    Ok(Assignment {
        substatus: ruling.value(open::STATUS_WORDS, right, wrong),
        initial_hub: former.map_or_else(|| hub.clone(), |former| former.initial_hub),
        hub,
        device_id,
        attested_by: AttestedBy {
            kind: match entry.attestation {
                Attestation::Certificate(_) => AttestationKind::X509,
                Attestation::Keys { .. } | Attestation::Tpm => AttestationKind::SymmetricKey,
            },
            group: entry.group.clone(),
        },
        payload: payload(entry, device_payload, ruling),
        generation_id,
    })
}

/// What registering again may change. The first registration has nothing to lose.
fn policy(
    entry: &Entry,
    session: &Session,
    former: Option<&Assignment>,
    ruling: &mut Ruling<'_>,
) -> Reprovision {
    let right = if has_sticky_assignments(&session.api_version) {
        Reprovision::Never
    } else {
        entry.reprovision
    };
    let wrong = match right {
        Reprovision::Migrate => Reprovision::Reset,
        Reprovision::Reset | Reprovision::Never => Reprovision::Migrate,
    };
    if former.is_none() { right } else { ruling.value(open::REPROVISIONING, right, wrong) }
}

/// The host of the hub that the allocation policy picks.
fn allocate(
    instance: &Provisioning,
    entry: &Entry,
    registration_id: &str,
    ruling: &mut Ruling<'_>,
) -> Result<String, Failure> {
    let linked = &instance.linked_hubs;
    let custom = match &entry.allocation {
        Allocation::Custom(webhook) => Some(webhook),
        _ => None,
    };
    if let Some(status) = custom.and_then(|webhook| webhook.fails_with) {
        let error_code = ruling.value(
            open::BAD_REQUEST_CODES,
            error_code::CUSTOM_ALLOCATION_FAILED.0,
            error_code::CUSTOM_ALLOCATION_UNAUTHORIZED_ACCESS.0,
        );
        let error_message = format!("Custom allocation failed with status code: {status}");
        return Err(Failure { error_code, error_message });
    }
    let named = custom.map_or(entry.hub.as_ref(), |webhook| webhook.hub.as_ref());
    let index = match &entry.allocation {
        Allocation::Hashed => share(registration_id, linked.len()),
        Allocation::GeoLatency | Allocation::Static | Allocation::Custom(_) => 0,
    };
    let right = named.or_else(|| linked.get(index));
    // All on one hub where they should be spread, and otherwise any hub but the right one.
    let wrong = match entry.allocation {
        Allocation::Hashed if entry.hub.is_none() => linked.first(),
        _ => linked.iter().find(|host| Some(*host) != right),
    };
    ruling.value(open::ALLOCATION, right, wrong).cloned().ok_or_else(|| no_hub(ruling))
}

/// A registration id's share among so many hubs: always the same, and even over many ids.
fn share(registration_id: &str, hubs: usize) -> usize {
    let hash = Sha256::digest(registration_id.to_ascii_lowercase());
    let number = hash.iter().take(4).fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    number.checked_rem(hubs).unwrap_or(0)
}

fn no_hub(ruling: &mut Ruling<'_>) -> Failure {
    let error_code = ruling.value(
        open::BAD_REQUEST_CODES,
        error_code::CUSTOM_ALLOCATION_IOT_HUB_NOT_SPECIFIED.0,
        error_code::CUSTOM_ALLOCATION_UNAUTHORIZED_ACCESS.0,
    );
    Failure { error_code, error_message: "No IoT hub is specified.".to_owned() }
}

/// The hub is named and cannot be reached with the credentials that DPS has for it.
fn refused_by_hub(ruling: &mut Ruling<'_>) -> Failure {
    let error_code = ruling.value(open::BAD_REQUEST_CODES, 400_209, 400_208);
    Failure { error_code, error_message: "The IoT hub refused DPS.".to_owned() }
}

/// What this assignment did to the device's data. Without a change of hubs, nothing: the word of
/// the last change stays.
fn substatus(former: Option<&Assignment>, hub: &str, policy: Reprovision) -> Substatus {
    match former {
        None => Substatus::InitialAssignment,
        Some(former) if former.hub == hub => former.substatus,
        Some(former) if former.initial_hub == hub => Substatus::ReprovisionedToInitialAssignment,
        Some(_) if policy == Reprovision::Reset => Substatus::DeviceDataReset,
        Some(_) => Substatus::DeviceDataMigrated,
    }
}

/// Removes the device from the hub that it leaves; its live connection there ends.
fn take_twin(core: &mut Core, old: &Assignment, ruling: &mut Ruling<'_>) -> Option<Twin> {
    let id = IdentityId::device(&old.device_id);
    hub::end_unwanted(core, &old.hub, &id, ruling);
    let hub = core.registry.hub_mut(&old.hub)?;
    hub.identities.remove(&id).map(|identity| identity.twin)
}

/// Makes the hub know the device, with the proof that it registered with. A device that is there
/// already keeps its twin. The result is the identity's generation id.
fn settle(
    core: &mut Core,
    host: &str,
    id: &IdentityId,
    entry: &Entry,
    registration_id: &str,
    case: DerivationCase,
    twin: Option<Twin>,
) -> String {
    let Some(hub) = core.registry.hub_mut(host) else { return String::new() };
    let credentials = match (&entry.attestation, &entry.group) {
        (Attestation::Keys { primary, secondary }, None) => {
            Credentials::Keys { primary: primary.clone(), secondary: secondary.clone() }
        }
        (Attestation::Keys { primary, secondary }, Some(_)) => Credentials::Keys {
            primary: device_key(primary, registration_id, case),
            secondary: device_key(secondary, registration_id, case),
        },
        (Attestation::Certificate(leaf), None) => {
            let [_, sha256] = x509::thumbprints(leaf);
            Credentials::Thumbprints { primary: sha256, secondary: None }
        }
        (Attestation::Certificate(signer), Some(_)) => {
            if !hub.authorities.contains(signer) {
                hub.authorities.push(signer.clone());
            }
            Credentials::Authority
        }
        (Attestation::Tpm, _) => hub.default_keys(id),
    };
    if let Some(identity) = hub.identities.get_mut(id) {
        identity.credentials = credentials;
        identity.enabled = true;
        return identity.generation_id.clone();
    }
    let identity = hub.put_identity(id.clone(), credentials);
    match twin {
        Some(twin) => identity.twin = twin,
        None => identity.twin.desired.properties.clone_from(&entry.desired),
    }
    identity.generation_id.clone()
}

/// What a custom allocation returns for the device: its own payload, unless the webhook says other.
fn payload(
    entry: &Entry,
    device_payload: Option<&Value>,
    ruling: &mut Ruling<'_>,
) -> Option<Value> {
    let Allocation::Custom(webhook) = &entry.allocation else { return None };
    let right = webhook.payload.as_ref().or(device_payload);
    ruling.value(open::PAYLOAD_ROUND_TRIP, right, None).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_even_and_never_change() {
        let ids: Vec<String> = (0..300).map(|number| format!("device-{number}")).collect();
        let mut counts = [0_usize; 3];
        for id in &ids {
            counts[share(id, 3)] += 1;
            assert_eq!(share(id, 3), share(&id.to_uppercase(), 3), "{id}");
        }
        assert!(counts.iter().all(|count| (70..=130).contains(count)), "{counts:?}");
        assert_eq!((share("d1", 1), share("d1", 0)), (0, 0));
    }

    #[test]
    fn the_word_for_what_became_of_the_data() {
        use Reprovision::{Migrate, Never, Reset};
        use Substatus::{
            DeviceDataMigrated, DeviceDataReset, InitialAssignment,
            ReprovisionedToInitialAssignment,
        };
        let former = |hub: &str, substatus| Assignment {
            hub: hub.to_owned(),
            device_id: "d1".to_owned(),
            substatus,
            initial_hub: "a".to_owned(),
            attested_by: AttestedBy { kind: AttestationKind::X509, group: None },
            payload: None,
            generation_id: String::new(),
        };
        for (former, hub, policy, expected) in [
            (None, "a", Migrate, InitialAssignment),
            (Some(former("a", InitialAssignment)), "a", Migrate, InitialAssignment),
            (Some(former("a", InitialAssignment)), "b", Migrate, DeviceDataMigrated),
            (Some(former("a", InitialAssignment)), "b", Reset, DeviceDataReset),
            (Some(former("b", DeviceDataReset)), "b", Reset, DeviceDataReset),
            (Some(former("b", DeviceDataMigrated)), "a", Migrate, ReprovisionedToInitialAssignment),
            (Some(former("a", InitialAssignment)), "a", Never, InitialAssignment),
        ] {
            assert_eq!(substatus(former.as_ref(), hub, policy), expected);
        }
    }
}
