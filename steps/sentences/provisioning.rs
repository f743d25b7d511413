//! DPS: enrollments, registering and polling.

use cloud::{
    registry::{Attestation, Enrollment, Group, default_key},
    sas,
};
use cucumber::{given, then, when};
use serde_json::Value;
use wire::{Filter, Packet, Publish, Qos, Subscribe};

use super::{connect::must_be_accepted, packets::publish};
use crate::{
    scene::ID_SCOPE,
    world::{Failed, Said, World},
};

#[given("a provisioning service")]
fn provisioning_service(world: &mut World) -> Said {
    world.scene()?.provisioning_mut()?;
    Ok(())
}

#[given(expr = "a provisioning service where {word} is {string}")]
fn provisioning_with_switch(world: &mut World, switch: String, value: String) -> Said {
    let service = world.scene()?.provisioning_mut()?;
    service.profile = super::tenants::switched(&service.profile, &switch, &value)?;
    Ok(())
}

#[given(expr = "an enrollment {string}")]
fn enrollment(world: &mut World, id: String) -> Said {
    enroll(world, &id, keys(&id), true)
}

#[given(expr = "a disabled enrollment {string}")]
fn disabled_enrollment(world: &mut World, id: String) -> Said {
    enroll(world, &id, keys(&id), false)
}

#[given(expr = "a TPM enrollment {string}")]
fn tpm_enrollment(world: &mut World, id: String) -> Said {
    enroll(world, &id, Attestation::Tpm, true)
}

#[given(expr = "an X.509 enrollment {string}")]
fn x509_enrollment(world: &mut World, id: String) -> Said {
    let leaf = world.scene()?.certificate("device/self-signed", &id)?;
    let attestation = Attestation::Certificate(leaf.der().to_vec());
    world.certificates.insert(id.clone(), leaf);
    enroll(world, &id, attestation, true)
}

#[given(expr = "an enrollment group {string}")]
fn group(world: &mut World, name: String) -> Said {
    let attestation = keys(&name);
    put_group(world, name, attestation)
}

#[given(expr = "an X.509 enrollment group {string} that signed {string}")]
fn x509_group(world: &mut World, name: String, device: String) -> Said {
    let leaf = world.scene()?.certificate("device/through-intermediate", &device)?;
    let scene = world.scene()?;
    let signer = scene.authorities.get(certs::Role::Intermediate, certs::Algorithm::EcdsaP256);
    let signer = signer.der().to_vec();
    world.certificates.insert(device, leaf);
    put_group(world, name, Attestation::Certificate(signer))
}

#[given(expr = "{string} is connected to DPS")]
async fn is_connected_to_dps(world: &mut World, id: String) -> Said {
    connects_to_dps(world, id.clone()).await?;
    must_be_accepted(world, &id)
}

#[when(expr = "{string} connects to DPS")]
async fn connects_to_dps(world: &mut World, id: String) -> Said {
    let certificate = world.certificates.get(&id).cloned();
    let key = certificate.is_none().then(|| device_key(&id));
    let plan = world.scene()?.dps_plan(&id, key, certificate.as_ref());
    world.connect(&id, plan).await
}

#[given(expr = "{string} is connected to DPS with the key that group {string} gives it")]
async fn is_connected_with_group_key(world: &mut World, id: String, group: String) -> Said {
    connects_with_group_key(world, id.clone(), group).await?;
    must_be_accepted(world, &id)
}

#[when(expr = "{string} connects to DPS with the key that group {string} gives it")]
async fn connects_with_group_key(world: &mut World, id: String, group: String) -> Said {
    let key = sas::derived_key(&device_key(&group), &id);
    let plan = world.scene()?.dps_plan(&id, Some(key), None);
    world.connect(&id, plan).await
}

#[given(expr = "{string} is connected to DPS with a wrong key")]
async fn is_connected_with_wrong_key(world: &mut World, id: String) -> Said {
    connects_with_wrong_key(world, id.clone()).await?;
    must_be_accepted(world, &id)
}

#[when(expr = "{string} connects to DPS with a wrong key")]
async fn connects_with_wrong_key(world: &mut World, id: String) -> Said {
    let plan = world.scene()?.dps_plan(&id, Some(b"not its key, whatever".to_vec()), None);
    world.connect(&id, plan).await
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

#[given(expr = "{string} has asked to register")]
#[when(expr = "{string} asks to register")]
async fn registers(world: &mut World, id: String) -> Said {
    let body = format!("{{\"registrationId\":\"{id}\"}}");
    registers_with(world, id, body).await
}

#[when(expr = "{string} asks to register with the body {string}")]
async fn registers_with(world: &mut World, id: String, body: String) -> Said {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=r1".to_owned();
    publish(world, &id, body.into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} polls")]
async fn polls(world: &mut World, id: String) -> Said {
    let operation = world.remembered.get("operationId").cloned().unwrap_or_default();
    let topic = format!(
        "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=r2&operationId={operation}"
    );
    publish(world, &id, "".into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} polls for the operation {string}")]
async fn polls_for(world: &mut World, id: String, operation: String) -> Said {
    world.remembered.insert("operationId".to_owned(), operation);
    polls(world, id).await
}

#[given(expr = "{string} has polled once")]
async fn has_polled(world: &mut World, id: String) -> Said {
    polls(world, id.clone()).await?;
    world.next_packet(&id, "an answer to the poll").await.map(|_| ())
}

#[when(expr = "{string} connects with the key of its enrollment")]
async fn connects_with_enrollment_key(world: &mut World, id: String) -> Said {
    let name: cloud::IdentityId = super::tenants::id_of(&id)?;
    let mut plan = world.scene()?.hub_plan(&name, None);
    let token = crate::scene::Token::new(&crate::scene::hub_resource(&name), device_key(&id));
    plan.password = Some(token.text(world.scene()?.now()));
    world.connect(&id, plan).await
}

#[given(expr = "{string} is told to wait")]
async fn is_told_to_wait(world: &mut World, id: String) -> Said {
    let packet = world.next_packet(&id, "a 202").await?;
    let body = body_of(&packet)?;
    remember(world, &body);
    Ok(())
}

#[then(expr = "{string} is answered {string}")]
async fn is_answered(world: &mut World, id: String, topic: String) -> Said {
    let packet = world.next_packet(&id, &topic).await?;
    if let Ok(body) = body_of(&packet) {
        remember(world, &body);
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

/// A member of the last answer's JSON body, by its dotted path.
fn member(world: &World, path: &str) -> Result<Value, Failed> {
    let packet = world.packet.as_ref().ok_or_else(|| Failed::new("an answer in hand", "none"))?;
    let body = body_of(packet)?;
    Ok(path.split('.').fold(&body, |value, name| &value[name]).clone())
}

fn body_of(packet: &Packet) -> Result<Value, Failed> {
    match packet {
        Packet::Publish(Publish { payload, .. }) => serde_json::from_slice(payload)
            .map_err(|error| Failed::new("a JSON body", format!("{error} in {packet}"))),
        other => Err(Failed::new("a PUBLISH", other)),
    }
}

fn remember(world: &mut World, body: &Value) {
    if let Some(operation) = body["operationId"].as_str() {
        world.remembered.insert("operationId".to_owned(), operation.to_owned());
    }
}

/// The primary key of an enrollment or group of this name.
fn device_key(name: &str) -> Vec<u8> {
    default_key(ID_SCOPE, name, "primary")
}

fn keys(name: &str) -> Attestation {
    Attestation::Keys {
        primary: device_key(name),
        secondary: default_key(ID_SCOPE, name, "secondary"),
    }
}

fn enroll(world: &mut World, id: &str, attestation: Attestation, enabled: bool) -> Said {
    let enrollment = Enrollment { enabled, ..Enrollment::new(id, attestation) };
    let service = world.scene()?.provisioning_mut()?;
    service.enrollments.insert(id.to_ascii_lowercase(), enrollment);
    Ok(())
}

fn put_group(world: &mut World, name: String, attestation: Attestation) -> Said {
    let group = Group::new(&name, attestation);
    world.scene()?.provisioning_mut()?.groups.insert(name, group);
    Ok(())
}
