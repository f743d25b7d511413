//! Then: what the service side has.

use cucumber::then;

use crate::world::{Failed, Said, World};

#[then(expr = "the hub has the message {string} from {string}")]
async fn has_message(world: &mut World, body: String, from: String) -> Said {
    let all = world.telemetry().await?;
    let found = all
        .iter()
        .rev()
        .find(|message| message.body == body.as_bytes() && message.from.to_string() == from)
        .cloned();
    world.message = found;
    let told: Vec<String> = all.iter().map(ToString::to_string).collect();
    let holds = world.message.is_some();
    world.check(holds, || {
        Failed::new(format!("the message `{body}` from {from}"), format!("{told:?}"))
    })
}

/// The last event about a device.
#[then(expr = "the hub has the event {string} of {string}")]
async fn has_event(world: &mut World, operation: String, from: String) -> Said {
    let last =
        world.telemetry().await?.into_iter().rfind(|message| {
            message.from.to_string() == from && message.property("opType").is_some()
        });
    let actual = last.as_ref().and_then(|event| event.property("opType").flatten());
    let actual = actual.unwrap_or("no event").to_owned();
    world.message = last;
    world.check_same("event", operation, actual)
}

#[then(expr = "the hub has {int} message")]
#[then(expr = "the hub has {int} messages")]
async fn has_messages(world: &mut World, expected: usize) -> Said {
    let actual = world.telemetry().await?.len();
    world.check_same("messages:", expected, actual)
}

#[then(expr = "the message has {int} bytes")]
fn has_bytes(world: &mut World, expected: usize) -> Said {
    let actual = message(world)?.body.len();
    world.check_same("bytes:", expected, actual)
}

#[then(expr = "the message has the property {string} = {string}")]
fn has_property(world: &mut World, name: String, expected: String) -> Said {
    let actual = message(world)?.property(&name).flatten().map(str::to_owned);
    world.check_same(&format!("property {name}:"), Some(expected), actual)
}

#[then(expr = "the message has no property {string}")]
fn has_no_property(world: &mut World, name: String) -> Said {
    let actual = message(world)?.property(&name).map(|value| value.map(str::to_owned));
    world.check_same(&format!("property {name}:"), None, actual)
}

#[then(expr = "the message has the system property {string} = {string}")]
fn has_system_property(world: &mut World, name: String, expected: String) -> Said {
    let actual = message(world)?.system_property(&name).map(str::to_owned);
    world.check_same(&format!("system property {name}:"), Some(expected), actual)
}

#[then(expr = "the message has no system property {string}")]
fn has_no_system_property(world: &mut World, name: String) -> Said {
    let actual = message(world)?.system_property(&name).map(str::to_owned);
    world.check_same(&format!("system property {name}:"), None, actual)
}

#[then(expr = "the message is stamped {string} = {string}")]
fn is_stamped(world: &mut World, name: String, expected: String) -> Said {
    let actual = message(world)?.annotation(&name).map(str::to_owned);
    world.check_same(&format!("annotation {name}:"), Some(expected), actual)
}

#[then(expr = "the message is stamped the auth method {string} {string} {string}")]
fn is_stamped_auth_method(world: &mut World, scope: String, kind: String, issuer: String) -> Said {
    let expected = serde_json::json!({
        "scope": scope, "type": kind, "issuer": issuer, "acceptingIpFilterRule": null
    });
    let actual = message(world)?
        .annotation("iothub-connection-auth-method")
        .and_then(|text| serde_json::from_str(text).ok());
    world.check_same("auth method:", Some(expected), actual)
}

#[then(expr = "the message came to the endpoint {string}")]
fn came_to(world: &mut World, expected: String) -> Said {
    let actual = message(world)?.endpoint.to_owned();
    world.check_same("endpoint:", expected, actual)
}

fn message(world: &World) -> Result<std::sync::Arc<cloud::telemetry::Telemetry>, Failed> {
    world.message.clone().ok_or_else(|| {
        Failed::new("a message in hand", "none: say `the hub has the message …` first")
    })
}
