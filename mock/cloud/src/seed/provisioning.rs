//! DPS instances in a seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    SeedError,
    check::{self, At, certificate, key},
    yes,
};
use crate::{
    profile::DpsProfile,
    registry::{
        Allocation, Attestation, Enrollment, Group, Provisioning, Registry, Reprovision,
        default_key,
    },
    twin::{Members, limits, merge},
};

/// One DPS instance: `[[dps]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DpsSeed {
    /// `0ne00000001`
    pub id_scope: String,
    /// Hosts of declared hubs, in the order of allocation; all of them when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_hubs: Option<Vec<String>>,
    #[serde(default)]
    pub profile: DpsProfile,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub enrollment: Vec<EnrollmentSeed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub group: Vec<GroupSeed>,
}

/// An individual enrollment: `[[dps.enrollment]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnrollmentSeed {
    pub registration_id: String,
    /// Base64 of 16 to 64 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_key: Option<String>,
    /// The device's own certificate: PEM, or DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// TPM, which MQTT cannot carry.
    #[serde(default)]
    pub tpm: bool,
    /// The device's id on the hub, when it is not the registration id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_id: Option<String>,
    /// A linked hub, when the allocation policy is not to choose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// `"hashed"`, `"geo-latency"`, `"static"` or `{ custom = { hub = "…" } }`.
    #[serde(default)]
    pub allocation: Allocation,
    /// `"migrate"`, `"reset"` or `"never"`.
    #[serde(default)]
    pub reprovision: Reprovision,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Desired properties that a newly assigned device starts with.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub desired: Members,
}

/// An enrollment group: `[[dps.group]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupSeed {
    pub name: String,
    /// The group's keys, from which those of its devices are derived.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_key: Option<String>,
    /// The signer's certificate: PEM, or DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hub: Option<String>,
    /// `"hashed"`, `"geo-latency"`, `"static"` or `{ custom = { hub = "…" } }`.
    #[serde(default)]
    pub allocation: Allocation,
    /// `"migrate"`, `"reset"` or `"never"`.
    #[serde(default)]
    pub reprovision: Reprovision,
    #[serde(default = "yes")]
    pub enabled: bool,
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub desired: Members,
}

impl DpsSeed {
    pub(super) fn provisioning(
        self,
        registry: &Registry,
        at: &At,
    ) -> Result<Provisioning, SeedError> {
        check::id_scope(&self.id_scope, &at.field("id_scope"))?;
        check::dps_profile(&self.profile, &at.field("profile"))?;
        let mut linked = Vec::new();
        match &self.linked_hubs {
            None => linked.extend(registry.hubs.values().map(|hub| hub.host.as_str())),
            Some(hosts) => {
                for (index, host) in hosts.iter().enumerate() {
                    linked.push(declared_hub(registry, host, &at.below("linked_hubs", index))?);
                }
            }
        }
        let mut instance = Provisioning::new(&self.id_scope, &linked);
        instance.profile = self.profile;
        let mut seen = BTreeMap::new();
        for (index, seed) in self.enrollment.into_iter().enumerate() {
            let at = at.below("enrollment", index);
            // Registration ids are compared without regard to case.
            let name = seed.registration_id.to_ascii_lowercase();
            at.first(&mut seen, &name, "registration_id")?;
            instance.enrollments.insert(name, seed.enrollment(&instance, &at)?);
        }
        let mut seen = BTreeMap::new();
        for (index, seed) in self.group.into_iter().enumerate() {
            let at = at.below("group", index);
            at.first(&mut seen, &seed.name, "name")?;
            instance.groups.insert(seed.name.clone(), seed.group(&instance, &at)?);
        }
        Ok(instance)
    }
}

impl EnrollmentSeed {
    fn enrollment(self, instance: &Provisioning, at: &At) -> Result<Enrollment, SeedError> {
        check::registration_id(&self.registration_id, &at.field("registration_id"))?;
        let keys = [&self.primary_key, &self.secondary_key];
        let attestation =
            attestation(instance, &self.registration_id, keys, &self.certificate, self.tpm, at)?;
        if let Some(device_id) = &self.device_id {
            let at = at.field("device_id");
            if check::identity_id(device_id, &at)?.module.is_some() {
                return Err(at.error(
                    format!("the module `{device_id}`"),
                    "a device id",
                    "DPS assigns devices",
                ));
            }
        }
        check::section(&self.desired, limits::SECTION_BYTES, &at.field("desired"))?;
        Ok(Enrollment {
            registration_id: self.registration_id,
            attestation,
            device_id: self.device_id,
            hub: linked_hub(instance, self.hub, &at.field("hub"))?,
            allocation: allocation(instance, self.allocation, &at.field("allocation"))?,
            reprovision: self.reprovision,
            enabled: self.enabled,
            desired: merge::without_nulls(&self.desired),
        })
    }
}

impl GroupSeed {
    fn group(self, instance: &Provisioning, at: &At) -> Result<Group, SeedError> {
        check::registration_id(&self.name, &at.field("name"))?;
        let keys = [&self.primary_key, &self.secondary_key];
        let attestation = attestation(instance, &self.name, keys, &self.certificate, false, at)?;
        check::section(&self.desired, limits::SECTION_BYTES, &at.field("desired"))?;
        Ok(Group {
            name: self.name,
            attestation,
            hub: linked_hub(instance, self.hub, &at.field("hub"))?,
            allocation: allocation(instance, self.allocation, &at.field("allocation"))?,
            reprovision: self.reprovision,
            enabled: self.enabled,
            desired: merge::without_nulls(&self.desired),
        })
    }
}

fn attestation(
    instance: &Provisioning,
    name: &str,
    [primary, secondary]: [&Option<String>; 2],
    text: &Option<String>,
    tpm: bool,
    at: &At,
) -> Result<Attestation, SeedError> {
    let has_keys = primary.is_some() || secondary.is_some();
    at.one_of(
        &[("keys", has_keys), ("certificate", text.is_some()), ("tpm", tpm)],
        "an enrollment proves its devices in one way",
    )?;
    if tpm {
        return Ok(Attestation::Tpm);
    }
    if let Some(text) = text {
        return certificate(text, &at.field("certificate")).map(Attestation::Certificate);
    }
    let key = |given: &Option<String>, which| match given {
        Some(text) => key(text, &at.field(&format!("{which}_key"))),
        None => Ok(default_key(&instance.id_scope, name, which)),
    };
    Ok(Attestation::Keys {
        primary: key(primary, "primary")?,
        secondary: key(secondary, "secondary")?,
    })
}

/// The hub's host as it was declared.
fn declared_hub<'a>(registry: &'a Registry, host: &str, at: &At) -> Result<&'a str, SeedError> {
    registry.hub(host).map(|hub| hub.host.as_str()).ok_or_else(|| {
        let known: Vec<&str> = registry.hubs.values().map(|hub| hub.host.as_str()).collect();
        at.error(format!("`{host}`"), "a declared hub", known_hubs(&known))
    })
}

fn linked_hub(
    instance: &Provisioning,
    host: Option<String>,
    at: &At,
) -> Result<Option<String>, SeedError> {
    let Some(host) = host else { return Ok(None) };
    let linked = instance.linked_hubs.iter().find(|linked| linked.eq_ignore_ascii_case(&host));
    match linked {
        Some(linked) => Ok(Some(linked.clone())),
        None => {
            let known: Vec<&str> = instance.linked_hubs.iter().map(String::as_str).collect();
            Err(at.error(format!("`{host}`"), "a linked hub", known_hubs(&known)))
        }
    }
}

/// The webhook of a custom allocation names linked hubs.
fn allocation(
    instance: &Provisioning,
    mut allocation: Allocation,
    at: &At,
) -> Result<Allocation, SeedError> {
    if let Allocation::Custom(webhook) = &mut allocation {
        webhook.hub = linked_hub(instance, webhook.hub.take(), &at.field("custom.hub"))?;
    }
    Ok(allocation)
}

fn known_hubs(known: &[&str]) -> String {
    if known.is_empty() {
        "there is none".to_owned()
    } else {
        format!("known are {}", known.join(", "))
    }
}
