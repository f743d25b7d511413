//! DPS: connecting, registering and polling.

mod answer;
mod enroll;
mod keys;

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{
    IdentityId, Order,
    fault::{Fault, Kind},
};
use cucumber::{gherkin, given, then, when};
use serde::de::DeserializeOwned;
use wire::{Filter, Packet, Qos, Subscribe};

use self::{
    answer::{must_have_status, next_answer},
    keys::{device_key, key},
};
use super::{
    connect::{must_be_accepted, rows, set},
    packets::{bytes_of, publish},
    tenants::id_of,
};
use crate::{
    device::{self, Device, Plan},
    scene::{Token, key_of},
    world::{Failed, Said, World},
};

#[given(expr = "DPS answers the next request of {string} with {int}")]
#[given(expr = "the hub answers the next request of {string} with {int}")]
async fn next_is_refused(world: &mut World, id: String, status: u16) -> Said {
    let fault = Fault::new(Kind::Status(status)).of(&id).times(1);
    world.ask(Order::AddFault(fault)).await?;
    world.answer().await?.map(|_| ()).map_err(|error| Failed::from(error.to_string()))
}

#[given(expr = "{string} is connected to DPS")]
async fn is_connected_to_dps(world: &mut World, id: String) -> Said {
    connects_to_dps(world, id.clone()).await?;
    must_be_accepted(world, &id)
}

#[given(expr = "{string} is connected to DPS with:")]
async fn is_connected_to_dps_with(world: &mut World, id: String, step: &gherkin::Step) -> Said {
    connects_to_dps_with(world, id.clone(), step).await?;
    must_be_accepted(world, &id)
}

#[when(expr = "{string} connects to DPS")]
#[when(expr = "{string} connects to DPS again")]
async fn connects_to_dps(world: &mut World, id: String) -> Said {
    connect(world, &id, Vec::new()).await
}

#[when(expr = "{string} connects to DPS with:")]
#[when(expr = "{string} connects to DPS again with:")]
async fn connects_to_dps_with(world: &mut World, id: String, step: &gherkin::Step) -> Said {
    connect(world, &id, rows(step)?).await
}

#[given(expr = "{string} has an open connection to DPS without a CONNECT")]
async fn has_open_connection(world: &mut World, id: String) -> Said {
    let mut plan = plan_for(world, &id)?.0;
    plan.raw = true;
    let peer = world.peer().await?;
    let device = Device::open(&peer, &plan, world.settings.cut).await?;
    world.devices.insert(id, device);
    Ok(())
}

#[when(expr = "{string} sends a CONNECT to DPS without TLS")]
async fn connects_without_tls(world: &mut World, id: String) -> Said {
    let plan = signed_plan_for(world, &id)?;
    let doors = world.doors().await?;
    let why = device::connect_without_tls(&doors, &plan).await?;
    world.door.insert(id, why);
    Ok(())
}

#[when(expr = "{string} sends a CONNECT to the WebSocket port of DPS without an upgrade")]
async fn connects_without_upgrade(world: &mut World, id: String) -> Said {
    let plan = signed_plan_for(world, &id)?;
    let doors = world.doors().await?;
    let why = device::connect_without_upgrade(&doors, &plan).await?;
    world.door.insert(id, why);
    Ok(())
}

#[when(expr = "{string} offers TLS 1.1 to DPS, and nothing newer")]
async fn offers_tls_1_1(world: &mut World, id: String) -> Said {
    let plan = signed_plan_for(world, &id)?;
    let doors = world.doors().await?;
    let why = device::offer_tls_1_1(&doors, &plan).await?;
    world.door.insert(id, why);
    Ok(())
}

#[given(expr = "{string} is subscribed to the answers of DPS")]
async fn is_subscribed(world: &mut World, id: String) -> Said {
    let filter = Filter {
        filter: "$dps/registrations/res/#".into(),
        qos: Qos::AtLeastOnce,
        ..Filter::default()
    };
    let subscribe = Subscribe { packet_id: 1, properties: Vec::new(), filters: vec![filter] };
    world.send(&id, Packet::Subscribe(subscribe)).await?;
    match world.next_packet(&id, "a SUBACK").await? {
        Packet::Suback(suback) if suback.codes.iter().all(|code| *code < 0x80) => Ok(()),
        other => Err(Failed::new("a SUBACK that grants", other)),
    }
}

/// Connected, subscribed, registered and told to wait.
#[given(expr = "{string} has begun to register")]
#[given(expr = "{string} has begun to register again")]
async fn has_begun(world: &mut World, id: String) -> Said {
    is_connected_to_dps(world, id.clone()).await?;
    is_subscribed(world, id.clone()).await?;
    registers(world, id.clone()).await?;
    let body = next_answer(world, &id).await?;
    match body["status"].as_str() {
        Some("assigning") => Ok(()),
        _ => Err(Failed::new("an answer that says `assigning`", body)),
    }
}

#[when(expr = "{string} asks to register")]
async fn registers(world: &mut World, id: String) -> Said {
    let body = device_registration(&id);
    registers_with(world, id, body).await
}

#[when(expr = "{string} asks to register with the body {string}")]
async fn registers_with(world: &mut World, id: String, body: String) -> Said {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=r1".to_owned();
    publish(world, &id, body.into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} polls")]
async fn polls(world: &mut World, id: String) -> Said {
    polls_with(world, id, String::new()).await
}

#[when(expr = "{string} polls with the body {string}")]
async fn polls_with(world: &mut World, id: String, body: String) -> Said {
    let operation = told(world, &id, "operationId").unwrap_or_default();
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId={operation}"
    );
    publish(world, &id, body.into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} polls for the operation {string}")]
async fn polls_for(world: &mut World, id: String, operation: String) -> Said {
    world.remembered.insert(told_name(&id, "operationId"), operation);
    polls(world, id).await
}

#[when(expr = "{string} polls for the operation of {string}")]
async fn polls_for_other(world: &mut World, id: String, other: String) -> Said {
    let operation = told(world, &other, "operationId")?;
    polls_for(world, id, operation).await
}

#[when(expr = "{string} polls for its first operation")]
async fn polls_for_first(world: &mut World, id: String) -> Said {
    let operation = told(world, &id, FIRST_OPERATION)?;
    polls_for(world, id, operation).await
}

#[given(expr = "{string} has polled once")]
async fn has_polled(world: &mut World, id: String) -> Said {
    polls(world, id.clone()).await?;
    next_answer(world, &id).await.map(|_| ())
}

/// Each poll is answered, and with success.
#[given(expr = "{string} has polled {int} times")]
async fn has_polled_often(world: &mut World, id: String, times: usize) -> Said {
    for _ in 0..times {
        polls(world, id.clone()).await?;
        must_have_status(next_answer(world, &id).await?)?;
    }
    Ok(())
}

/// As a good device does it: it waits as long as it is told, and polls until the operation has ended.
#[when(expr = "{string} registers and polls to the end")]
async fn registers_to_the_end(world: &mut World, id: String) -> Said {
    let body = device_registration(&id);
    registers_to_the_end_with(world, id, body).await
}

#[when(expr = "{string} registers with the body {string} and polls to the end")]
async fn registers_to_the_end_with(world: &mut World, id: String, body: String) -> Said {
    const POLLS_MAX: usize = 5;
    registers_with(world, id.clone(), body).await?;
    for _ in 0..POLLS_MAX {
        let answer = next_answer(world, &id).await?;
        if answer["status"] != "assigning" {
            return Ok(());
        }
        world.advance(Duration::from_secs(3)).await?;
        polls(world, id.clone()).await?;
    }
    Err(Failed::new("the operation to end", format!("{POLLS_MAX} polls were not enough")))
}

/// All that a good device does, from CONNECT to the end of the operation.
#[given(expr = "{string} has been provisioned")]
#[when(expr = "{string} is provisioned")]
#[when(expr = "{string} is provisioned again")]
async fn is_provisioned(world: &mut World, id: String) -> Said {
    is_connected_to_dps(world, id.clone()).await?;
    is_subscribed(world, id.clone()).await?;
    registers_to_the_end(world, id).await
}

#[given(expr = "{string} has been provisioned with:")]
#[when(expr = "{string} is provisioned with:")]
#[when(expr = "{string} is provisioned again with:")]
async fn is_provisioned_with(world: &mut World, id: String, step: &gherkin::Step) -> Said {
    let fields = rows(step)?;
    provision(world, id, fields).await
}

/// Each by a key that is derived from the group's.
#[when(expr = "{int} devices of {string} are provisioned")]
async fn fleet_is_provisioned(world: &mut World, count: usize, group: String) -> Said {
    let key = format!("derived from {group}");
    for number in 1..=count {
        provision(world, format!("{group}-{number}"), vec![("token key", &key)]).await?;
    }
    Ok(())
}

#[when(expr = "the devices of {string} are provisioned again")]
async fn fleet_is_provisioned_again(world: &mut World, group: String) -> Said {
    let before = hubs_of(world, &group);
    for (device, hub) in &before {
        world.remembered.insert(told_name(device, FORMER_HUB), hub.clone());
    }
    fleet_is_provisioned(world, before.len(), group).await
}

#[then(expr = "each linked hub has at least {int} of {string}")]
async fn fleet_is_spread(world: &mut World, least: usize, group: String) -> Said {
    let mut counts: BTreeMap<String, usize> = world
        .mock()
        .await?
        .with_cloud(|cloud| cloud.registry().hubs.keys().map(|host| (host.clone(), 0)).collect());
    for hub in hubs_of(world, &group).into_values() {
        *counts.entry(hub).or_default() += 1;
    }
    let holds = counts.values().all(|count| *count >= least);
    let expected = format!("at least {least} devices on each hub");
    world.check(holds, || Failed::new(expected, format!("{counts:?}")))
}

#[then("each is on the hub where it was")]
fn fleet_stayed(world: &mut World) -> Said {
    let moved: Vec<String> = world
        .remembered
        .iter()
        .filter_map(|(name, former)| {
            let device = name.strip_suffix(FORMER_HUB)?.strip_suffix(": ")?;
            let now = world.remembered.get(&told_name(device, "assignedHub"))?;
            (now != former).then(|| format!("{device} from {former} to {now}"))
        })
        .collect();
    world.check(moved.is_empty(), || Failed::new("nobody to move", moved.join(", ")))
}

#[given(expr = "{string} is connected to its hub")]
async fn is_connected_to_its_hub(world: &mut World, id: String) -> Said {
    connects_to_its_hub(world, id.clone()).await?;
    must_be_accepted(world, &id)
}

/// The hub and the name that DPS gave, and the proof that DPS was shown.
#[when(expr = "{string} connects to its hub")]
async fn connects_to_its_hub(world: &mut World, id: String) -> Said {
    let (hub, device_id) = (told(world, &id, "assignedHub")?, told(world, &id, "deviceId")?);
    let identity: IdentityId = id_of(&device_id)?;
    let key = key_of(&told(world, &id, "key")?)?;
    let certificate = world.certificates.get(&id).cloned();
    let mut plan = world.scene()?.hub_plan(&identity, certificate.as_ref());
    plan.server_name.clone_from(&hub);
    plan.username = Some(format!("{hub}/{device_id}/?api-version=2021-04-12"));
    if certificate.is_none() {
        let token = Token::new(&format!("{hub}/devices/{device_id}"), key);
        plan.password = Some(token.text(world.scene()?.now()));
    }
    world.connect(&id, plan).await
}

#[when(expr = "{string} sends the WebSocket frames {string}")]
async fn sends_frames(world: &mut World, id: String, hex: String) -> Said {
    let bytes = bytes_of(&hex)?;
    world.flush().await?;
    Ok(world.device(&id)?.send_frames(&bytes).await?)
}

#[then(expr = "the WebSocket of {string} is closed with {int}")]
async fn websocket_is_closed(world: &mut World, id: String, code: u16) -> Said {
    let (_, ended) = world.drain(&id).await?;
    world.check(ended, || Failed::new("the WebSocket to be closed", "it is open"))?;
    let actual = world.device(&id)?.close_code();
    world.check_same("close code", Some(code), actual)
}

/// All that a good device does, with these fields of CONNECT.
async fn provision(world: &mut World, id: String, fields: Vec<(&str, &str)>) -> Said {
    connect(world, &id, fields).await?;
    must_be_accepted(world, &id)?;
    is_subscribed(world, id.clone()).await?;
    registers_to_the_end(world, id).await
}

/// Connects to the hub that a device was assigned to, which it asks DPS for unless it knows already; stays with
/// DPS where that refuses it.
pub(super) async fn gets_to_its_hub(world: &mut World, id: String) -> Said {
    if told(world, &id, "assignedHub").is_err() {
        connects_to_dps(world, id.clone()).await?;
        if !world.device(&id)?.is_accepted() {
            return Ok(());
        }
        is_subscribed(world, id.clone()).await?;
        registers_to_the_end(world, id.clone()).await?;
    }
    connects_to_its_hub(world, id).await
}

/// The hub of each device of a group that was provisioned.
fn hubs_of(world: &World, group: &str) -> BTreeMap<String, String> {
    let told = |number: usize| {
        let device = format!("{group}-{number}");
        let hub = world.remembered.get(&told_name(&device, "assignedHub"))?.clone();
        Some((device, hub))
    };
    (1..).map_while(told).collect()
}

/// Connects with what an SDK would say, these fields aside.
async fn connect(world: &mut World, id: &str, fields: Vec<(&str, &str)>) -> Said {
    let (mut plan, mut token) = plan_for(world, id)?;
    let mut password_is_token = plan.certificate.is_none();
    for (field, value) in fields {
        match field {
            "scope" => {
                let scope = world.scene()?.id_scope().to_owned();
                plan.username = plan.username.map(|name| name.replacen(&scope, value, 1));
                token.resource = token.resource.replacen(&scope, value, 1);
            }
            "token key" => token.key = key(world, id, value)?,
            "token policy" if value.is_empty() => token.policy = None,
            _ => set(world, id, &mut plan, &mut token, &mut password_is_token, field, value)?,
        }
    }
    world.remembered.insert(told_name(id, "key"), STANDARD.encode(&token.key));
    if password_is_token {
        plan.password = Some(token.text(world.scene()?.now()));
    }
    world.connect(id, plan).await
}

/// What an SDK would say for this device, and the token that it would sign.
fn plan_for(world: &mut World, id: &str) -> Result<(Plan, Token), Failed> {
    let certificate = world.certificates.get(id).cloned();
    let plan = world.scene()?.dps_plan(id, None, certificate.as_ref());
    let resource = format!("{}/registrations/{id}", world.scene()?.id_scope());
    let mut token = Token::new(&resource, device_key(world, id)?);
    token.policy = Some("registration".to_owned());
    Ok((plan, token))
}

fn signed_plan_for(world: &mut World, id: &str) -> Result<Plan, Failed> {
    let (plan, token) = plan_for(world, id)?;
    Ok(Plan { password: Some(token.text(world.scene()?.now())), ..plan })
}

const FIRST_OPERATION: &str = "first operation";
const FORMER_HUB: &str = "former hub";

/// What a device keeps: its key, and what DPS told it last.
fn told(world: &World, id: &str, what: &str) -> Result<String, Failed> {
    let known = world.remembered.get(&told_name(id, what)).cloned();
    known.ok_or_else(|| Failed::new(format!("`{id}` to know its {what}"), "nobody told it"))
}

fn told_name(id: &str, what: &str) -> String {
    format!("{id}: {what}")
}

fn device_registration(id: &str) -> String {
    serde_json::json!({"registrationId": id}).to_string()
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, Failed> {
    serde_json::from_str(text).map_err(|error| Failed::from(format!("{text}: {error}")))
}
