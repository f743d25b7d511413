//! DPS: with which keys devices sign.

use cloud::{registry::default_key, sas};

use crate::{
    scene::{ID_SCOPE, key_of},
    world::{Failed, World},
};

/// A signing key: `wrong`, the `secondary` one, one `of` another name, or one `derived from` a
/// group's, `for` this device or another spelling.
pub(super) fn key(world: &World, id: &str, value: &str) -> Result<Vec<u8>, Failed> {
    if let Some(group) = value.strip_prefix("derived from ") {
        let (group, id) = group.split_once(" for ").unwrap_or((group, id));
        let group_key = match group.strip_prefix("the secondary of ") {
            Some(group) => known_secondary_key(world, group)?,
            None => device_key(world, group)?,
        };
        return Ok(sas::derived_key(&group_key, id));
    }
    if let Some(other) = value.strip_prefix("of ") {
        return device_key(world, other);
    }
    match value {
        "wrong" => Ok(b"not its key, whatever".to_vec()),
        "secondary" => known_secondary_key(world, id),
        _ => Err(Failed::new("wrong, secondary, of … or derived from …", value)),
    }
}

/// The primary key of an enrollment or group of this name, or the one that it would have.
pub(super) fn device_key(world: &World, name: &str) -> Result<Vec<u8>, Failed> {
    match world.remembered.get(&key_name(name)) {
        Some(key) => Ok(key_of(key)?),
        None => Ok(default_key(ID_SCOPE, name, "primary")),
    }
}

/// The secondary key, where somebody knows it.
fn known_secondary_key(world: &World, name: &str) -> Result<Vec<u8>, Failed> {
    match world.outside() {
        Some(_) => Err(Failed::not_run("needs the secondary key of an enrollment")),
        None => Ok(secondary_key(name)),
    }
}

pub(super) fn secondary_key(name: &str) -> Vec<u8> {
    default_key(ID_SCOPE, name, "secondary")
}

pub(super) fn key_name(name: &str) -> String {
    format!("the key of {name}")
}
