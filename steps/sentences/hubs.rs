//! More than one hub in one mock. A device of another hub is called `d1 of fabrikam.azure-devices.net`.

use cloud::{identity::Credentials, registry::Hub};
use cucumber::{given, then};

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
    let id = id_of(&device)?;
    let Credentials::Keys { primary, .. } = Hub::new(&host).default_keys(&id) else {
        return Err(Failed::new("a device with keys", device));
    };
    let scene = world.scene()?;
    let token = Token::new(&format!("{host}/{}", id.topic_root()), primary);
    let mut plan = scene.hub_plan(&id, None);
    plan.server_name.clone_from(&host);
    plan.username = Some(format!("{host}/{id}/?api-version=2021-04-12"));
    plan.password = Some(token.text(scene.now()));
    let name = format!("{device} of {host}");
    world.connect(&name, plan).await?;
    must_be_accepted(world, &name)
}

#[then(expr = "the hub {string} has {int} message")]
#[then(expr = "the hub {string} has {int} messages")]
async fn has_messages(world: &mut World, host: String, expected: usize) -> Said {
    let actual = world.telemetry().await?.iter().filter(|message| *message.hub == *host).count();
    world.check_same(&format!("messages of {host}:"), expected, actual)
}
