//! DPS: enrollments, connecting, registering and polling.

use std::{collections::BTreeMap, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{
    IdentityId, Order,
    fault::{Fault, Kind},
    registry::{
        Allocation, Attestation, Enrollment, Group, Hub, Provisioning, Reprovision, Webhook,
        default_key,
    },
    sas,
};
use cucumber::{gherkin, given, then, when};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wire::{Filter, Packet, Publish, Qos, Subscribe};

use super::{
    connect::{must_be_accepted, rows, set},
    packets::{bytes_of, publish},
    tenants::id_of,
};
use crate::{
    device::{self, Device, Plan},
    scene::{HUB, ID_SCOPE, Token, key_of},
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
    service.profile = super::tenants::switched(&service.profile, &switch, &value)?;
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

fn x509_enroll(world: &mut World, id: String, enabled: bool) -> Said {
    if !world.certificates.contains_key(&id) {
        has_certificate(world, id.clone(), "device/self-signed".to_owned())?;
    }
    let leaf = world.certificates.get(&id).map(|leaf| leaf.der().to_vec()).unwrap_or_default();
    let enrollment = Enrollment { enabled, ..Enrollment::new(&id, Attestation::Certificate(leaf)) };
    world.scene()?.provisioning_mut()?.put_enrollment(enrollment);
    Ok(())
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

/// An answer that is no error has a status.
fn must_have_status(answer: serde_json::Value) -> Said {
    if answer["status"].is_string() {
        return Ok(());
    }
    Err(Failed::new("an answer with a status", answer))
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

#[then(expr = "{string} is answered {string}")]
async fn is_answered(world: &mut World, id: String, topic: String) -> Said {
    let packet = world.next_packet(&id, &topic).await?;
    if let Ok(body) = body_of(&packet) {
        remember(world, &id, &body);
    }
    let holds = matches!(&packet, Packet::Publish(publish) if publish.topic == topic);
    world.check(holds, || Failed::new(topic, packet))
}

#[then(expr = "the answer has {string} = {string}")]
fn answer_has(world: &mut World, path: String, expected: String) -> Said {
    let actual = member(world, &path)?;
    let actual = actual.as_str().map_or_else(|| actual.to_string(), str::to_owned);
    world.check_same(&path, expected, actual)
}

#[then(expr = "the answer has {string}")]
fn answer_has_some(world: &mut World, path: String) -> Said {
    let actual = member(world, &path)?;
    world.check(!actual.is_null(), || Failed::new(format!("a member `{path}`"), "none"))
}

#[then(expr = "the answer has no {string}")]
fn answer_has_no(world: &mut World, path: String) -> Said {
    let actual = member(world, &path)?;
    world.check(actual.is_null(), || Failed::new(format!("no member `{path}`"), actual))
}

/// In the expected JSON `{text}`, `{base64}`, `{guid}`, `{time}` and `{operation}` stand for any text
/// of that form.
#[then(expr = "the answer is {string}")]
fn answer_is(world: &mut World, expected: String) -> Said {
    let expected: Value = json(&expected)?;
    let actual = answer(world)?;
    world.check(is_like(&expected, &actual), || Failed::new(expected, actual))
}

#[then("the answer is:")]
fn answer_is_this(world: &mut World, step: &gherkin::Step) -> Said {
    let expected = step.docstring.clone();
    answer_is(world, expected.ok_or_else(|| Failed::new("a text below the step", "none"))?)
}

#[then(expr = "the answer consists of {string}")]
fn answer_consists_of(world: &mut World, expected: String) -> Said {
    let body = answer(world)?;
    let names = body.as_object().map(|members| members.keys().cloned().collect::<Vec<_>>());
    let actual = names.unwrap_or_default().join(", ");
    world.check_same("members:", expected, actual)
}

/// In a form `#` is a decimal digit and `h` a hexadecimal one.
#[then(expr = "the answer has {string} of the form {string}")]
fn answer_has_form(world: &mut World, path: String, form: String) -> Said {
    let actual = member(world, &path)?;
    let holds = has_form(actual.as_str().unwrap_or_default(), &form);
    world.check(holds, || Failed::new(format!("`{path}` of the form {form}"), actual))
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

/// The hub of each device of a group that was provisioned.
fn hubs_of(world: &World, group: &str) -> BTreeMap<String, String> {
    let told = |number: usize| {
        let device = format!("{group}-{number}");
        let hub = world.remembered.get(&told_name(&device, "assignedHub"))?.clone();
        Some((device, hub))
    };
    (1..).map_while(told).collect()
}

fn is_like(expected: &Value, actual: &Value) -> bool {
    const GUID: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            expected.len() == actual.len()
                && expected
                    .iter()
                    .all(|(name, value)| actual.get(name).is_some_and(|it| is_like(value, it)))
        }
        (Value::String(form), Value::String(text)) => match form.as_str() {
            "{text}" => !text.is_empty(),
            "{base64}" => !text.is_empty() && STANDARD.decode(text).is_ok(),
            "{guid}" => has_form(text, GUID),
            "{time}" => has_form(text, "####-##-##T##:##:##.#######Z"),
            "{operation}" => has_form(text, &format!("5.hhhhhhhhhhhhhhhh.{GUID}")),
            _ => form == text,
        },
        _ => expected == actual,
    }
}

/// In a form `#` is a decimal digit and `h` a hexadecimal one.
fn has_form(text: &str, form: &str) -> bool {
    let fits = |(expected, actual): (char, char)| match expected {
        '#' => actual.is_ascii_digit(),
        'h' => actual.is_ascii_hexdigit(),
        other => actual == other,
    };
    text.len() == form.len() && form.chars().zip(text.chars()).all(fits)
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

fn no_provisioning() -> Failed {
    Failed::not_run("needs a provisioning service with a group of symmetric keys")
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

/// A signing key: `wrong`, the `secondary` one, one `of` another name, or one `derived from` a
/// group's, `for` this device or another spelling.
fn key(world: &World, id: &str, value: &str) -> Result<Vec<u8>, Failed> {
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
fn device_key(world: &World, name: &str) -> Result<Vec<u8>, Failed> {
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

fn secondary_key(name: &str) -> Vec<u8> {
    default_key(ID_SCOPE, name, "secondary")
}

fn key_name(name: &str) -> String {
    format!("the key of {name}")
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

fn keys(primary: &[u8], name: &str) -> Attestation {
    Attestation::Keys { primary: primary.to_vec(), secondary: secondary_key(name) }
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

fn device_registration(id: &str) -> String {
    serde_json::json!({"registrationId": id}).to_string()
}

/// A word of a closed list, as a seed spells it.
fn word<T: DeserializeOwned>(value: &str) -> Result<T, Failed> {
    json(&Value::from(value).to_string())
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, Failed> {
    serde_json::from_str(text).map_err(|error| Failed::from(format!("{text}: {error}")))
}

/// The next answer's body, noted for later sentences.
async fn next_answer(world: &mut World, id: &str) -> Result<Value, Failed> {
    let packet = world.next_packet(id, "an answer of DPS").await?;
    let body = body_of(&packet)?;
    remember(world, id, &body);
    Ok(body)
}

/// The last answer's JSON body.
fn answer(world: &World) -> Result<Value, Failed> {
    body_of(world.packet.as_ref().ok_or_else(|| Failed::new("an answer in hand", "none"))?)
}

/// A member of the last answer's JSON body, by its dotted path.
fn member(world: &World, path: &str) -> Result<Value, Failed> {
    let body = answer(world)?;
    Ok(path.split('.').fold(&body, |value, name| &value[name]).clone())
}

fn body_of(packet: &Packet) -> Result<Value, Failed> {
    match packet {
        Packet::Publish(Publish { payload, .. }) => serde_json::from_slice(payload)
            .map_err(|error| Failed::new("a JSON body", format!("{error} in {packet}"))),
        other => Err(Failed::new("a PUBLISH", other)),
    }
}

/// Keeps of an answer what a device needs later.
fn remember(world: &mut World, id: &str, body: &Value) {
    let state = &body["registrationState"];
    for (name, value) in [
        ("operationId", &body["operationId"]),
        ("assignedHub", &state["assignedHub"]),
        ("deviceId", &state["deviceId"]),
    ] {
        if let Some(value) = value.as_str() {
            world.remembered.insert(told_name(id, name), value.to_owned());
        }
    }
    if let Some(operation) = body["operationId"].as_str() {
        let first = told_name(id, FIRST_OPERATION);
        world.remembered.entry(first).or_insert_with(|| operation.to_owned());
    }
}
