//! Connecting, disconnecting, and what CONNECT carries.

use cloud::sas;
use cucumber::{gherkin, given, when};
use wire::{Disconnect, Packet, Publish, Qos, Will};

use super::{
    outcome::told,
    properties::{Rows, number, property, put, quality},
    tenants::id_of,
};
use crate::{
    device::{self, Device, Link, Plan, Port, Silent, TlsOffer},
    scene::{Spelling, Token, key_of},
    world::{Failed, Said, World},
};

#[given(expr = "{string} is connected")]
async fn is_connected(world: &mut World, name: String) -> Said {
    connects(world, name.clone()).await?;
    must_be_accepted(world, &name)
}

#[given(expr = "{string} is connected with:")]
async fn is_connected_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    connects_with(world, name.clone(), step).await?;
    must_be_accepted(world, &name)
}

#[when(expr = "{string} connects")]
#[when(expr = "{string} connects again")]
async fn connects(world: &mut World, name: String) -> Said {
    let (plan, _) = plan_for(world, &name)?;
    world.connect(&name, plan).await
}

#[when(expr = "{string} connects with:")]
#[when(expr = "{string} connects again with:")]
async fn connects_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    connects_by(world, name, None, rows(step)?).await
}

#[given(expr = "{string} is connected over MQTT {word}")]
async fn is_connected_over(world: &mut World, name: String, version: String) -> Said {
    connects_over(world, name.clone(), version).await?;
    must_be_accepted(world, &name)
}

#[given(expr = "{string} is connected over MQTT {word} with:")]
async fn is_connected_over_with(
    world: &mut World,
    name: String,
    version: String,
    step: &gherkin::Step,
) -> Said {
    connects_over_with(world, name.clone(), version, step).await?;
    must_be_accepted(world, &name)
}

#[when(expr = "{string} connects over MQTT {word}")]
#[when(expr = "{string} connects again over MQTT {word}")]
async fn connects_over(world: &mut World, name: String, version: String) -> Said {
    connects_by(world, name, Some(version), Vec::new()).await
}

#[when(expr = "{string} connects over MQTT {word} with:")]
#[when(expr = "{string} connects again over MQTT {word} with:")]
async fn connects_over_with(
    world: &mut World,
    name: String,
    version: String,
    step: &gherkin::Step,
) -> Said {
    connects_by(world, name, Some(version), rows(step)?).await
}

#[given(expr = "{string} has an open connection without a CONNECT")]
async fn has_open_connection(world: &mut World, name: String) -> Said {
    let (mut plan, _) = plan_for(world, &name)?;
    plan.raw = true;
    let peer = world.peer().await?;
    let device = Device::open(&peer, &plan, world.settings.cut).await?;
    world.devices.insert(name, device);
    Ok(())
}

#[given(expr = "{int} peers have connected and say nothing")]
async fn silent_peers(world: &mut World, peers: usize) -> Said {
    let doors = world.doors().await?;
    for _ in 0..peers {
        world.silent.push(Silent::open(&doors).await?);
    }
    Ok(())
}

#[when(expr = "{string} connects and at once publishes {string} to {string}")]
async fn connects_and_publishes(
    world: &mut World,
    name: String,
    body: String,
    topic: String,
) -> Said {
    has_open_connection(world, name.clone()).await?;
    let (plan, _) = plan_for(world, &name)?;
    let publish = Publish {
        qos: Qos::AtLeastOnce,
        topic,
        packet_id: Some(1),
        payload: body.into(),
        ..Publish::default()
    };
    let packets = [Packet::Connect(Box::new(plan.packet())), Packet::Publish(publish)];
    Ok(world.device(&name)?.send_together(&packets).await?)
}

#[when(expr = "{string} sends a CONNECT without TLS")]
async fn connects_without_tls(world: &mut World, name: String) -> Said {
    let (plan, _) = plan_for(world, &name)?;
    let doors = world.doors().await?;
    let why = device::connect_without_tls(&doors, &plan).await?;
    world.door.insert(name, why);
    Ok(())
}

#[given(expr = "{string} is a device with a Will and connected")]
async fn is_connected_with_will(world: &mut World, name: String) -> Said {
    super::service::register(world, &id_of(&name)?).await?;
    let (mut plan, _) = plan_for(world, &name)?;
    will(&mut plan).topic = format!("devices/{name}/messages/events/");
    will(&mut plan).payload = "gone".into();
    world.connect(&name, plan).await?;
    must_be_accepted(world, &name)
}

#[when(expr = "{string} offers TLS 1.1, and nothing newer")]
async fn offers_tls_1_1(world: &mut World, name: String) -> Said {
    let (plan, _) = plan_for(world, &name)?;
    let doors = world.doors().await?;
    let why = device::offer_tls_1_1(&doors, &plan).await?;
    world.door.insert(name, why);
    Ok(())
}

#[given(expr = "{string} has disconnected")]
#[when(expr = "{string} disconnects")]
async fn disconnects(world: &mut World, name: String) -> Said {
    world.send(&name, Packet::Disconnect(Disconnect::default())).await
}

#[given(expr = "{string} has lost its network")]
#[when(expr = "{string} loses its network")]
async fn loses_network(world: &mut World, name: String) -> Said {
    world.flush().await?;
    world.device(&name)?;
    let Some(device) = world.devices.remove(&name) else { return Ok(()) };
    if device.vanish().await? {
        return Ok(());
    }
    Err(Failed::not_run("needs to know when the cloud notices a lost network"))
}

#[given(expr = "{string} has lost its network and connected again {int} times")]
async fn has_come_back(world: &mut World, name: String, times: usize) -> Said {
    for _ in 0..times {
        loses_network(world, name.clone()).await?;
        let (mut plan, _) = plan_for(world, &name)?;
        plan.acknowledges_by_hand = true;
        world.connect(&name, plan).await?;
        must_be_accepted(world, &name)?;
    }
    Ok(())
}

/// Connects as an SDK would, but for the version and these fields.
pub(super) async fn connects_by(
    world: &mut World,
    name: String,
    version: Option<String>,
    rows: Rows<'_>,
) -> Said {
    let (mut plan, mut token) = plan_for(world, &name)?;
    if let Some(version) = version {
        (plan.protocol_name, plan.level) = protocol(&version)?;
    }
    let mut password_is_token = plan.password.is_some() && plan.signing.is_none();
    for (field, value) in rows {
        set(world, &name, &mut plan, &mut token, &mut password_is_token, field, value)?;
    }
    if password_is_token {
        plan.password = Some(token.text(world.scene()?.now()));
    }
    world.connect(&name, plan).await
}

/// The protocol name and level of a version as people call it.
fn protocol(version: &str) -> Result<(String, u8), Failed> {
    let (name, level) = match version {
        "3.1" => ("MQIsdp", 3),
        "3.1.1" => ("MQTT", 4),
        "5" => ("MQTT", 5),
        _ => return Err(Failed::new("MQTT 3.1, 3.1.1 or 5", version)),
    };
    Ok((name.to_owned(), level))
}

/// What an SDK would say for this device, and the token that it would sign.
pub(super) fn plan_for(world: &mut World, name: &str) -> Result<(Plan, Token), Failed> {
    let certificate = world.certificates.get(name).cloned();
    let (plan, token) = world.scene()?.plan_of(name, certificate.as_ref())?;
    Ok((plan, token.unwrap_or_else(|| Token::new("", Vec::new()))))
}

pub(super) fn must_be_accepted(world: &mut World, name: &str) -> Said {
    let device = world.device(name)?;
    if device.is_accepted() {
        return Ok(());
    }
    let actual = told(device.connack.as_ref().map(|connack| connack.code));
    Err(Failed::new(format!("`{name}` to be accepted"), actual).hint(world.last_reason()))
}

/// Rows of two cells: a field of CONNECT and its value.
pub(super) fn rows(step: &gherkin::Step) -> Result<Rows<'_>, Failed> {
    let table = step.table.as_ref().ok_or_else(|| Failed::new("a table below the step", "none"))?;
    table
        .rows
        .iter()
        .map(|row| match row.as_slice() {
            [field, value] => Ok((field.as_str(), value.as_str())),
            _ => Err(Failed::new("two cells in each row", format!("{row:?}"))),
        })
        .collect()
}

/// Sets one field of a planned CONNECT.
pub(super) fn set(
    world: &mut World,
    name: &str,
    plan: &mut Plan,
    token: &mut Token,
    password_is_token: &mut bool,
    field: &str,
    value: &str,
) -> Said {
    match field {
        "client id" => value.clone_into(&mut plan.client_id),
        "username" => plan.username = (!value.is_empty()).then(|| value.to_owned()),
        "password" => {
            *password_is_token = false;
            let text = value.replace("{token}", &token.text(world.scene()?.now()));
            plan.password = (!text.is_empty()).then_some(text);
        }
        "protocol name" => value.clone_into(&mut plan.protocol_name),
        "protocol level" => plan.level = number(field, value)?,
        "clean session" | "clean start" => plan.clean = value == "1",
        "keep-alive" => plan.keep_alive_s = number(field, value)?,
        "will topic" => will(plan).topic = value.to_owned(),
        "will message" => will(plan).payload = value.to_owned().into(),
        "will QoS" => will(plan).qos = quality(value)?,
        "will retain" => will(plan).retain = value == "1",
        "transport" => {
            let path = world.scene()?.websocket_path().to_owned();
            let websocket = Link::WebSocket { path, subprotocol: "mqtt".to_owned() };
            (plan.link, plan.is_in_tls) = match value {
                "TLS" => (Link::Tcp, true),
                "TCP" => (Link::Tcp, false),
                "WebSocket" => (websocket, true),
                "plain WebSocket" => (websocket, false),
                _ => {
                    let expected = "`TLS`, `TCP`, `WebSocket` or `plain WebSocket`";
                    return Err(Failed::new(expected, value));
                }
            };
            if plan.signing.is_some() {
                sign(plan, "securemode", if plan.is_in_tls { "2" } else { "3" })?;
            }
        }
        "port" => {
            plan.port = Some(match value {
                "8883" => Port::Mqtt,
                "443" => Port::Wss,
                "1883" => Port::Tcp,
                _ => return Err(Failed::new("`8883`, `443` or `1883`", value)),
            });
        }
        "path" | "subprotocol" => {
            let Link::WebSocket { path, subprotocol } = &mut plan.link else {
                return Err(Failed::new("`transport` `WebSocket` in a row above", field));
            };
            value.clone_into(if field == "path" { path } else { subprotocol });
        }
        "TLS" => {
            plan.tls = match value {
                "1.0" | "1.1" if !cfg!(feature = "legacy-tls") => {
                    return Err(Failed::not_run("needs a build with the feature legacy-tls"));
                }
                "1.0" => TlsOffer::Only1_0,
                "1.1" => TlsOffer::UpTo1_1,
                "1.2" => TlsOffer::Only1_2,
                "1.3" => TlsOffer::Only1_3,
                _ => return Err(Failed::new("`1.0`, `1.1`, `1.2` or `1.3`", value)),
            }
        }
        "server name" => value.clone_into(&mut plan.server_name),
        "verifies" => plan.verifies = value != "nothing",
        "trusts" => plan.roots_der = vec![world.scene()?.unknown_root_der()],
        "certificate" if value == "none" => plan.certificate = None,
        "certificate" => {
            let (recipe, common_name) = value.split_once(" for ").unwrap_or((value, name));
            let leaf = world.scene()?.certificate(recipe, common_name)?;
            *password_is_token = false;
            plan.password = None;
            plan.certificate =
                Some(crate::device::Proof { chain_der: leaf.chain_der, key_der: leaf.key_der });
        }
        "token key" => token.key = key(world, name, value)?,
        "token resource" => value.clone_into(&mut token.resource),
        "token sr" => token.resource_as_sent = Some(value.to_owned()),
        "token life" => token.life_s = number(field, value)?,
        "token policy" => token.policy = Some(value.to_owned()),
        "token fields" => token.order = Some(value.to_owned()),
        "token spelling" => {
            token.spelling = match value {
                "lower-case escapes" => Spelling::LowerCaseEscapes,
                "names in capitals" => Spelling::NamesInCapitals,
                _ => return Err(Failed::new("`lower-case escapes` or `names in capitals`", value)),
            }
        }
        "clientId" | "secret" | "securemode" | "signmethod" | "timestamp" => {
            sign(plan, field, value)?;
        }
        _ if let Some(extension) = field.strip_prefix("extension ") => {
            sign(plan, extension, value)?;
        }
        "acknowledges" => plan.acknowledges_by_hand = value == "by hand",
        "will delay interval" => will(plan).properties.push(property(field, value)?),
        _ if let Some(name) = field.strip_prefix("will ") => {
            will(plan).properties.push(property(name, value)?);
        }
        _ => put(&mut plan.properties, field, value)?,
    }
    if field.starts_with("token ") {
        *password_is_token = true;
    }
    Ok(())
}

/// Changes what an Alibaba device announces and signs; an empty value leaves an extension out.
fn sign(plan: &mut Plan, field: &str, value: &str) -> Said {
    let mut signing =
        plan.signing.take().ok_or_else(|| Failed::new("a device of an Alibaba instance", field))?;
    match field {
        "clientId" => value.clone_into(&mut signing.client_id),
        "secret" => value.clone_into(&mut signing.secret),
        _ => signing.extend(field, value),
    }
    plan.sign(signing);
    Ok(())
}

fn will(plan: &mut Plan) -> &mut Will {
    plan.will.get_or_insert_default()
}

/// A signing key: the device's `secondary`, a policy's, another device's, or one given in base64.
fn key(world: &mut World, name: &str, value: &str) -> Result<Vec<u8>, Failed> {
    use cloud::{identity::Credentials, registry::default_key};
    let host = crate::scene::HUB;
    if value == "secondary" {
        let id = id_of(name)?;
        return match world.scene()?.credentials(&id) {
            Some(Credentials::Keys { secondary, .. }) if secondary.is_empty() => {
                Err(Failed::not_run("needs the device's secondary key"))
            }
            Some(Credentials::Keys { secondary, .. }) => Ok(secondary),
            _ => Err(Failed::new("a device with keys", name)),
        };
    }
    if let Some(policy) = value.strip_prefix("of policy ") {
        if world.outside().is_some() {
            return Err(Failed::not_run("needs the key of a policy of the hub"));
        }
        return Ok(default_key(host, policy, "primary"));
    }
    if let Some(other) = value.strip_prefix("of ") {
        return Ok(world.scene()?.primary_key(&id_of(other)?));
    }
    if value == "wrong" {
        return Ok(sas::hmac_sha256(b"wrong", b"key"));
    }
    Ok(key_of(value)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_levels() {
        for (version, name, level) in [("3.1", "MQIsdp", 3), ("3.1.1", "MQTT", 4), ("5", "MQTT", 5)]
        {
            assert_eq!(protocol(version), Ok((name.to_owned(), level)));
        }
        let failed = protocol("4").unwrap_err();
        assert_eq!((&*failed.expected, &*failed.actual), ("MQTT 3.1, 3.1.1 or 5", "4"));
    }
}
