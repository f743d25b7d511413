//! Given: hubs, devices and modules.

use cloud::{IdentityId, identity::Credentials, profile::HubProfile, seed::Seed};
use cucumber::given;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::world::{Failed, Said, World};

#[given("a hub")]
fn hub(world: &mut World) -> Said {
    if world.outside().is_none() {
        world.scene()?.hub_mut()?;
    }
    Ok(())
}

#[given(expr = "a hub where {word} is {string}")]
fn hub_with_switch(world: &mut World, switch: String, value: String) -> Said {
    let hub = world.scene()?.hub_mut()?;
    hub.profile = switched(&hub.profile, &switch, &value)?;
    Ok(())
}

#[given("a hub of 2016")]
fn hub_of_2016(world: &mut World) -> Said {
    world.scene()?.hub_mut()?.profile = HubProfile::of_2016();
    Ok(())
}

#[given(expr = "a seed with the fault {string}")]
fn seed_with_fault(world: &mut World, fault: String) -> Said {
    let seed = format!("{{\"fault\": [{fault}]}}");
    let seed: Seed =
        serde_json::from_str(&seed).map_err(|error| Failed::from(error.to_string()))?;
    let declared = seed.registry().map_err(|error| Failed::from(error.to_string()))?;
    world.scene()?.registry_mut()?.faults.extend(declared.faults);
    Ok(())
}

#[given(expr = "a device {string}")]
#[given(expr = "a module {string}")]
async fn identity(world: &mut World, name: String) -> Said {
    let id = id_of(&name)?;
    if world.running().is_some() {
        return super::service::register(world, &id).await;
    }
    world.arrange(id, true).await
}

#[given(expr = "a disabled device {string}")]
async fn disabled_device(world: &mut World, name: String) -> Said {
    world.arrange(id_of(&name)?, false).await
}

#[given(expr = "a device {string} with a self-signed certificate")]
fn self_signed_device(world: &mut World, name: String) -> Said {
    let leaf = world.scene()?.certificate("device/self-signed", &name)?;
    let primary = leaf.thumbprint_sha256();
    put_with_thumbprint(world, &name, primary, leaf)
}

#[given(expr = "a device {string} with a self-signed certificate, known by its SHA-1 thumbprint")]
fn device_known_by_sha1(world: &mut World, name: String) -> Said {
    let leaf = world.scene()?.certificate("device/self-signed", &name)?;
    let primary = leaf.thumbprint_sha1();
    put_with_thumbprint(world, &name, primary, leaf)
}

#[given(
    expr = "a device {string} with a self-signed certificate, known by its secondary thumbprint"
)]
fn device_known_by_secondary(world: &mut World, name: String) -> Said {
    let leaf = world.scene()?.certificate("device/self-signed", &name)?;
    let secondary = Some(leaf.thumbprint_sha256());
    let other = world.scene()?.certificate("device/self-signed", "another")?.thumbprint_sha256();
    put(world, &name, Credentials::Thumbprints { primary: other, secondary }, leaf)
}

#[given(expr = "a device {string} with a certificate of the hub's authority")]
fn authority_device(world: &mut World, name: String) -> Said {
    device_with_certificate(world, name, "device/right".to_owned())
}

/// The hub verified the root of the recipe's algorithm, or knows a self-signed one's thumbprint.
#[given(expr = "a device {string} with the certificate {string}")]
fn device_with_certificate(world: &mut World, name: String, recipe: String) -> Said {
    let leaf = world.scene()?.certificate(&recipe, &name)?;
    if recipe.contains("self-signed") {
        let primary = leaf.thumbprint_sha256();
        return put_with_thumbprint(world, &name, primary, leaf);
    }
    let scene = world.scene()?;
    let algorithm = certs::find(&recipe).map_err(|error| error.to_string())?.algorithm;
    let authority = scene.authorities.get(certs::Role::Root, algorithm).der().to_vec();
    scene.hub_mut()?.authorities.push(authority);
    put(world, &name, Credentials::Authority, leaf)
}

/// `d1`, or `d1/m1` for a module.
pub(super) fn id_of(name: &str) -> Result<IdentityId, Failed> {
    name.parse().map_err(|error: cloud::identity::BadId| Failed::from(error.to_string()))
}

fn put_with_thumbprint(world: &mut World, name: &str, primary: String, leaf: certs::Leaf) -> Said {
    put(world, name, Credentials::Thumbprints { primary, secondary: None }, leaf)
}

fn put(world: &mut World, name: &str, credentials: Credentials, leaf: certs::Leaf) -> Said {
    let id = id_of(name)?;
    world.scene()?.hub_mut()?.put_identity(id, credentials);
    world.certificates.insert(name.to_owned(), leaf);
    Ok(())
}

/// The profile with one switch set. The value is JSON, or a bare word.
pub(super) fn switched<T: Serialize + DeserializeOwned>(
    profile: &T,
    switch: &str,
    value: &str,
) -> Result<T, Failed> {
    let mut switches = serde_json::to_value(profile).map_err(|error| error.to_string())?;
    let known = switches.get(switch).is_some();
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    switches[switch] = value;
    if !known {
        return Err(Failed::new("a switch of the profile", format!("`{switch}`")));
    }
    serde_json::from_value(switches).map_err(|error| Failed::from(format!("{switch}: {error}")))
}
