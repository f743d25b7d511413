//! More than one hub in one mock. A device of another hub is called `d1 of fabrikam.azure-devices.net`.

use cloud::{identity::Credentials, registry::Hub};
use cucumber::{given, then, when};

use super::{connect::must_be_accepted, tenants::id_of};
use crate::{
    scene::Token,
    world::{Failed, Said, World},
};

#[given(expr = "another hub {string} with a device {string}")]
fn another_hub(world: &mut World, host: String, device: String) -> Said {
    let mut hub = Hub::new(&host);
    hub.put_default_identity(id_of(&device)?);
    world.scene()?.registry_mut()?.put_hub(hub);
    Ok(())
}

#[given(expr = "{string} is connected to the hub {string}")]
async fn is_connected_to(world: &mut World, device: String, host: String) -> Said {
    connects_to(world, device.clone(), host.clone()).await?;
    must_be_accepted(world, &called(&device, &host))
}

#[when(expr = "{string} connects to the hub {string}")]
async fn connects_to(world: &mut World, device: String, host: String) -> Said {
    connects_by(world, device, host.clone(), host).await
}

#[when(expr = "{string} connects to the hub {string} by way of {string}")]
async fn connects_by(world: &mut World, device: String, host: String, server: String) -> Said {
    let id = id_of(&device)?;
    let Credentials::Keys { primary, .. } = Hub::new(&host).default_keys(&id) else {
        return Err(Failed::new("a device with keys", device));
    };
    let scene = world.scene()?;
    let token = Token::new(&format!("{host}/{}", id.topic_root()), primary);
    let mut plan = scene.hub_plan(&id, None);
    plan.server_name = server;
    plan.username = Some(format!("{host}/{id}/?api-version=2021-04-12"));
    plan.password = Some(token.text(scene.now()));
    world.connect(&called(&device, &host), plan).await
}

#[then(expr = "the hub {string} has {int} message")]
#[then(expr = "the hub {string} has {int} messages")]
async fn has_messages(world: &mut World, host: String, expected: usize) -> Said {
    world.mock().await?.settle().await;
    let actual = world.telemetry().iter().filter(|message| *message.hub == *host).count();
    world.check_same(&format!("messages of {host}:"), expected, actual)
}

fn called(device: &str, host: &str) -> String {
    format!("{device} of {host}")
}
