//! Sessions of a namespace: how many, how long, and of how many clients.

use cloud::event_grid::model::Client;
use cucumber::{given, then, when};
use serde_json::json;
use wire::Property;

use super::connect::connects_by;
use crate::{
    scene::NAMESPACE,
    world::{Failed, Said, World},
};

#[given(expr = "the namespace grants each client {int} sessions")]
fn grants_sessions(world: &mut World, most: u32) -> Said {
    let configuration = json!({ "maximumClientSessionsPerAuthenticationName": most });
    world.scene()?.declare(json!({ "topicSpacesConfiguration": configuration }))
}

#[given(expr = "the namespace keeps sessions for up to {int} hours")]
fn keeps_sessions(world: &mut World, hours: u32) -> Said {
    let configuration = json!({ "maximumSessionExpiryInHours": hours });
    world.scene()?.declare(json!({ "topicSpacesConfiguration": configuration }))
}

/// Clients that nobody hears of again. To be said last of what is declared.
#[given(expr = "the namespace has {int} more clients")]
fn more_clients(world: &mut World, count: usize) -> Said {
    let registry = world.scene()?.registry_mut()?;
    let namespace = registry
        .namespace_mut(NAMESPACE)
        .ok_or_else(|| Failed::new("`Given a namespace` before", "there is none"))?;
    for n in 0..count {
        namespace.put_client(Client::new(&format!("one-of-many-{n}")));
    }
    Ok(())
}

#[when(expr = "{string} connects again by the client identifier that it was assigned")]
async fn connects_as_assigned(world: &mut World, name: String) -> Said {
    let assigned = assigned(world, &name)?;
    let rows = vec![("client id", assigned.as_str()), ("clean start", "0")];
    connects_by(world, name, Some("5".to_owned()), rows).await
}

#[then(expr = "{string} was assigned a GUID in lower case")]
fn was_assigned_guid(world: &mut World, name: String) -> Said {
    let assigned = assigned(world, &name)?;
    let lengths: Vec<usize> = assigned.split('-').map(str::len).collect();
    let is_hex = |c: char| matches!(c, '0'..='9' | 'a'..='f' | '-');
    let holds = lengths == [8, 4, 4, 4, 12] && assigned.chars().all(is_hex);
    world.check(holds, || Failed::new("a GUID in lower case", assigned))
}

/// The client identifier that CONNACK gave.
fn assigned(world: &mut World, name: &str) -> Result<String, Failed> {
    let connack = world.device(name)?.connack.as_ref();
    let mut properties = connack.into_iter().flat_map(|connack| &connack.properties);
    properties
        .find_map(|property| match property {
            Property::AssignedClientIdentifier(name) => Some(name.clone()),
            _ => None,
        })
        .ok_or_else(|| Failed::new("a CONNACK with an assigned client identifier", "it has none"))
}
