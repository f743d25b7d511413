//! DPS: instances, enrollments and groups.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{
    registry::{
        Allocation, Attestation, Enrollment, Group, Hub, Provisioning, Reprovision, Webhook,
        default_key,
    },
    sas,
};
use cucumber::{gherkin, given};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    json,
    keys::{device_key, key_name, secondary_key},
};
use crate::{
    scene::{HUB, ID_SCOPE},
    sentences::{connect::rows, tenants},
    world::{Failed, Said, World},
};

#[given("a provisioning service")]
fn provisioning_service(world: &mut World) -> Said {
    if let Some(outside) = world.outside() {
        return outside.group().map(|_| ()).ok_or_else(no_provisioning);
    }
    world.scene()?.provisioning_mut()?;
    Ok(())
}

#[given(expr = "a provisioning service where {word} is {string}")]
fn provisioning_with_switch(world: &mut World, switch: String, value: String) -> Said {
    let service = world.scene()?.provisioning_mut()?;
    service.profile = tenants::switched(&service.profile, &switch, &value)?;
    Ok(())
}

#[given("a provisioning service without linked hubs")]
fn provisioning_without_hubs(world: &mut World) -> Said {
    world.scene()?.provisioning_mut()?.linked_hubs.clear();
    Ok(())
}

#[given(expr = "another provisioning service {string} with the enrollment {string}")]
fn other_service(world: &mut World, scope: String, id: String) -> Said {
    let mut other = Provisioning::new(&scope, &[HUB]);
    other.put_enrollment(Enrollment::new(&id, keys(&device_key(world, &id)?, &id)));
    world.scene()?.registry_mut()?.put_provisioning(other);
    Ok(())
}

#[given(expr = "another linked hub {string}")]
fn linked_hub(world: &mut World, host: String) -> Said {
    world.scene()?.registry_mut()?.put_hub(Hub::new(&host));
    world.scene()?.provisioning_mut()?.linked_hubs.push(host);
    Ok(())
}

#[given(expr = "an enrollment {string}")]
fn enrollment(world: &mut World, id: String) -> Said {
    if let Some(outside) = world.outside() {
        // Who asks cannot tell an enrollment of his own from the group's.
        let group = outside.group().ok_or_else(no_provisioning)?;
        let key = sas::derived_key(&group.key, &id);
        world.remembered.insert(key_name(&id), STANDARD.encode(key));
        return Ok(());
    }
    enroll(world, &id, Terms::default())
}

#[given(expr = "an enrollment {string} with:")]
fn enrollment_with(world: &mut World, id: String, step: &gherkin::Step) -> Said {
    enroll(world, &id, Terms::of(step)?)
}

#[given(expr = "a disabled enrollment {string}")]
fn disabled_enrollment(world: &mut World, id: String) -> Said {
    enroll(world, &id, Terms { enabled: false, ..Terms::default() })
}

#[given(expr = "a TPM enrollment {string}")]
fn tpm_enrollment(world: &mut World, id: String) -> Said {
    world.scene()?.provisioning_mut()?.put_enrollment(Enrollment::new(&id, Attestation::Tpm));
    Ok(())
}

/// Of the certificate that the device has, or of one that signs itself.
#[given(expr = "an X.509 enrollment {string}")]
fn x509_enrollment(world: &mut World, id: String) -> Said {
    x509_enroll(world, id, true)
}

#[given(expr = "a disabled X.509 enrollment {string}")]
fn disabled_x509_enrollment(world: &mut World, id: String) -> Said {
    x509_enroll(world, id, false)
}

#[given(expr = "an enrollment group {string}")]
fn group(world: &mut World, name: String) -> Said {
    if let Some(outside) = world.outside() {
        let group = outside.group().ok_or_else(no_provisioning)?;
        world.remembered.insert(key_name(&name), STANDARD.encode(&group.key));
        return Ok(());
    }
    put_group(world, &name, Terms::default())
}

#[given(expr = "an enrollment group {string} with:")]
fn group_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    put_group(world, &name, Terms::of(step)?)
}

#[given(expr = "an X.509 enrollment group {string} of {string}")]
fn x509_group(world: &mut World, name: String, signer: String) -> Said {
    let terms = Terms { signer: Some(signer), ..Terms::default() };
    put_group(world, &name, terms)
}

#[given(expr = "a disabled X.509 enrollment group {string} of {string}")]
fn disabled_x509_group(world: &mut World, name: String, signer: String) -> Said {
    let terms = Terms { signer: Some(signer), enabled: false, ..Terms::default() };
    put_group(world, &name, terms)
}

/// `device/right`, or `device/right for d2`.
#[given(expr = "{string} has the certificate {string}")]
fn has_certificate(world: &mut World, id: String, recipe: String) -> Said {
    let (recipe, common_name) = recipe.split_once(" for ").unwrap_or((&recipe, &id));
    let leaf = world.scene()?.certificate(recipe, common_name)?;
    world.certificates.insert(id, leaf);
    Ok(())
}

fn x509_enroll(world: &mut World, id: String, enabled: bool) -> Said {
    if !world.certificates.contains_key(&id) {
        has_certificate(world, id.clone(), "device/self-signed".to_owned())?;
    }
    let leaf = world.certificates.get(&id).map(|leaf| leaf.der().to_vec()).unwrap_or_default();
    let enrollment = Enrollment { enabled, ..Enrollment::new(&id, Attestation::Certificate(leaf)) };
    world.scene()?.provisioning_mut()?.put_enrollment(enrollment);
    Ok(())
}

/// What an enrollment or a group says beside its name.
struct Terms {
    /// A recipe for the signer of an X.509 group.
    signer: Option<String>,
    key_bytes: usize,
    device_id: Option<String>,
    hub: Option<String>,
    allocation: Allocation,
    reprovision: Reprovision,
    enabled: bool,
    desired: Map<String, Value>,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            signer: None,
            key_bytes: 32,
            device_id: None,
            hub: None,
            allocation: Allocation::default(),
            reprovision: Reprovision::default(),
            enabled: true,
            desired: Map::new(),
        }
    }
}

impl Terms {
    fn of(step: &gherkin::Step) -> Result<Self, Failed> {
        let mut terms = Self::default();
        let mut webhook: BTreeMap<&str, Value> = BTreeMap::new();
        for (field, value) in rows(step)? {
            match field {
                "key bytes" => terms.key_bytes = json(value)?,
                "device id" => terms.device_id = Some(value.to_owned()),
                "hub" => terms.hub = Some(value.to_owned()),
                "allocation" => terms.allocation = word(value)?,
                "reprovisioning" => terms.reprovision = word(value)?,
                "desired" => terms.desired = json(value)?,
                "webhook hub" => _ = webhook.insert("hub", value.into()),
                "webhook payload" => _ = webhook.insert("payload", json(value)?),
                "webhook status" => _ = webhook.insert("fails_with", json(value)?),
                _ => return Err(Failed::new("a field of an enrollment", format!("`{field}`"))),
            }
        }
        if !webhook.is_empty() {
            let webhook: Webhook = json(&serde_json::json!(webhook).to_string())?;
            terms.allocation = Allocation::Custom(webhook);
        }
        Ok(terms)
    }

    /// Symmetric keys, remembered for whoever signs with them, or the signer's certificate.
    fn attestation(&self, world: &mut World, name: &str) -> Result<Attestation, Failed> {
        if let Some(recipe) = &self.signer {
            let signer = world.scene()?.certificate(recipe, name)?;
            return Ok(Attestation::Certificate(signer.der().to_vec()));
        }
        let key = default_key(ID_SCOPE, name, "primary");
        let key: Vec<u8> = key.into_iter().cycle().take(self.key_bytes).collect();
        world.remembered.insert(key_name(name), STANDARD.encode(&key));
        Ok(keys(&key, name))
    }
}

fn enroll(world: &mut World, id: &str, terms: Terms) -> Said {
    let attestation = terms.attestation(world, id)?;
    let Terms { device_id, hub, allocation, reprovision, enabled, desired, .. } = terms;
    world.scene()?.provisioning_mut()?.put_enrollment(Enrollment {
        device_id,
        hub,
        allocation,
        reprovision,
        enabled,
        desired,
        ..Enrollment::new(id, attestation)
    });
    Ok(())
}

fn put_group(world: &mut World, name: &str, terms: Terms) -> Said {
    let attestation = terms.attestation(world, name)?;
    let Terms { hub, allocation, reprovision, enabled, desired, .. } = terms;
    world.scene()?.provisioning_mut()?.put_group(Group {
        hub,
        allocation,
        reprovision,
        enabled,
        desired,
        ..Group::new(name, attestation)
    });
    Ok(())
}

fn keys(primary: &[u8], name: &str) -> Attestation {
    Attestation::Keys { primary: primary.to_vec(), secondary: secondary_key(name) }
}

fn no_provisioning() -> Failed {
    Failed::not_run("needs a provisioning service with a group of symmetric keys")
}

/// A word of a closed list, as a seed spells it.
fn word<T: DeserializeOwned>(value: &str) -> Result<T, Failed> {
    json(&Value::from(value).to_string())
}
