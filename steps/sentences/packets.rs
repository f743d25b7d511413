//! What devices publish, subscribe to and send otherwise.

use bytes::Bytes;
use cucumber::{gherkin, given, when};
use wire::{
    Ack, Auth, Connect, Disconnect, Filter, Packet, Property, Publish, Qos, Subscribe, Unsubscribe,
};

use super::{
    connect::rows,
    properties::{self, code, data, number, put, quality, set_option},
};
use crate::world::{Failed, Said, World};

#[given(expr = "{string} publishes {string} to {string}")]
#[when(expr = "{string} publishes {string} to {string}")]
async fn publishes(world: &mut World, name: String, body: String, topic: String) -> Said {
    publish(world, &name, body.into(), topic, Qos::AtLeastOnce, false).await
}

#[given(expr = "{string} has published {string} to {string} at QoS {int}")]
#[when(expr = "{string} publishes {string} to {string} at QoS {int}")]
async fn publishes_at(
    world: &mut World,
    name: String,
    body: String,
    topic: String,
    qos: u8,
) -> Said {
    publish(world, &name, body.into(), topic, quality_of(qos)?, false).await
}

#[when(expr = "{string} publishes {string} to {string} with RETAIN")]
async fn publishes_retained(world: &mut World, name: String, body: String, topic: String) -> Said {
    publish(world, &name, body.into(), topic, Qos::AtLeastOnce, true).await
}

#[when(expr = "{string} publishes {int} bytes to {string}")]
async fn publishes_bytes(world: &mut World, name: String, bytes: usize, topic: String) -> Said {
    publish(world, &name, vec![b'x'; bytes].into(), topic, Qos::AtLeastOnce, false).await
}

/// Rows: `QoS` (1 unless said), `retain`, `DUP`, `packet id`, `payload` (`hex: 00 ff`), and properties of MQTT 5.
#[given(expr = "{string} has published {string} to {string} with:")]
#[when(expr = "{string} publishes {string} to {string} with:")]
async fn publishes_with(
    world: &mut World,
    name: String,
    body: String,
    topic: String,
    step: &gherkin::Step,
) -> Said {
    let publish = Publish { topic, payload: body.into(), ..Publish::default() };
    publish_with(world, &name, publish, step).await
}

#[when(expr = "{string} publishes {int} bytes to {string} with:")]
async fn publishes_bytes_with(
    world: &mut World,
    name: String,
    bytes: usize,
    topic: String,
    step: &gherkin::Step,
) -> Said {
    let publish = Publish { topic, payload: vec![b'x'; bytes].into(), ..Publish::default() };
    publish_with(world, &name, publish, step).await
}

/// `message 1`, `message 2` and so on. What the cloud says to them is left on the wire.
#[given(expr = "{string} has published {int} messages to {string} at QoS {int}")]
#[when(expr = "{string} publishes {int} messages to {string} at QoS {int}")]
async fn publishes_many(
    world: &mut World,
    name: String,
    count: u16,
    topic: String,
    qos: u8,
) -> Said {
    let qos = quality_of(qos)?;
    for n in 1..=count {
        let publish = Publish {
            qos,
            topic: topic.clone(),
            packet_id: (qos != Qos::AtMostOnce).then_some(n),
            payload: format!("message {n}").into(),
            ..Publish::default()
        };
        world.send(&name, Packet::Publish(publish)).await?;
    }
    Ok(())
}

/// Each message is acknowledged.
#[given(expr = "{string} has published {int} message")]
#[given(expr = "{string} has published {int} messages")]
async fn has_published(world: &mut World, name: String, count: usize) -> Said {
    for n in 1..=count {
        let topic = format!("devices/{name}/messages/events/");
        publishes(world, name.clone(), format!("message {n}"), topic).await?;
        match world.next_packet(&name, "a PUBACK").await? {
            Packet::Puback(_) => {}
            other => return Err(Failed::new("a PUBACK", other)),
        }
    }
    Ok(())
}

#[given(expr = "{string} is subscribed to {string}")]
pub(super) async fn is_subscribed(world: &mut World, name: String, filter: String) -> Said {
    is_subscribed_at(world, name, filter, 1).await
}

#[given(expr = "{string} is subscribed to {string} at QoS {int}")]
async fn is_subscribed_at(world: &mut World, name: String, filter: String, qos: u8) -> Said {
    subscribes_at(world, name.clone(), filter, qos).await?;
    must_be_granted(world, &name).await
}

#[when(expr = "{string} subscribes to {string}")]
async fn subscribes(world: &mut World, name: String, filter: String) -> Said {
    subscribes_at(world, name, filter, 1).await
}

#[when(expr = "{string} subscribes to {string} at QoS {int}")]
async fn subscribes_at(world: &mut World, name: String, filter: String, qos: u8) -> Said {
    let filter = Filter { filter, qos: quality_of(qos)?, ..Filter::default() };
    subscribe(world, &name, vec![filter], Vec::new()).await
}

/// Rows: `QoS` (1 unless said), `no local`, `retain as published`, `retain handling`, and properties.
#[when(expr = "{string} subscribes to {string} with:")]
async fn subscribes_with(
    world: &mut World,
    name: String,
    filter: String,
    step: &gherkin::Step,
) -> Said {
    let mut filter = Filter { filter, qos: Qos::AtLeastOnce, ..Filter::default() };
    let mut properties = Vec::new();
    for (field, value) in rows(step)? {
        if !set_option(&mut filter, field, value)? {
            put(&mut properties, field, value)?;
        }
    }
    subscribe(world, &name, vec![filter], properties).await
}

#[given(expr = "{string} is subscribed to {string} with:")]
async fn is_subscribed_with(
    world: &mut World,
    name: String,
    filter: String,
    step: &gherkin::Step,
) -> Said {
    subscribes_with(world, name.clone(), filter, step).await?;
    must_be_granted(world, &name).await
}

/// Each row: a filter and the QoS that is asked for.
#[when(expr = "{string} subscribes to:")]
async fn subscribes_to_all(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let filters = rows(step)?
        .into_iter()
        .map(|(filter, qos)| {
            let (filter, qos) = (filter.to_owned(), quality(qos)?);
            Ok(Filter { filter, qos, ..Filter::default() })
        })
        .collect::<Result<_, Failed>>()?;
    subscribe(world, &name, filters, Vec::new()).await
}

#[given(expr = "{string} holds five subscriptions")]
async fn holds_five(world: &mut World, name: String) -> Said {
    for filter in [
        &format!("devices/{name}/messages/devicebound/#"),
        "$iothub/twin/res/#",
        "$iothub/twin/PATCH/properties/desired/#",
        "$iothub/methods/POST/#",
        "$iothub/methods/POST/fifth/#",
    ] {
        is_subscribed(world, name.clone(), filter.to_owned()).await?;
    }
    Ok(())
}

#[when(expr = "{string} unsubscribes from {string}")]
async fn unsubscribes(world: &mut World, name: String, filter: String) -> Said {
    let unsubscribe = Unsubscribe { packet_id: 1, properties: Vec::new(), filters: vec![filter] };
    world.send(&name, Packet::Unsubscribe(unsubscribe)).await
}

#[when(expr = "{string} unsubscribes from {string} with:")]
async fn unsubscribes_with(
    world: &mut World,
    name: String,
    filter: String,
    step: &gherkin::Step,
) -> Said {
    let (_, properties) = reason_and_properties("UNSUBSCRIBE", step)?;
    send(
        world,
        &name,
        Packet::Unsubscribe(Unsubscribe { packet_id: 1, properties, filters: vec![filter] }),
    )
    .await
}

/// Rows: `reason`, and properties of MQTT 5.
#[given(expr = "{string} has disconnected with:")]
#[when(expr = "{string} disconnects with:")]
async fn disconnects_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let (reason, properties) = reason_and_properties("DISCONNECT", step)?;
    send(world, &name, Packet::Disconnect(Disconnect { reason, properties })).await
}

/// Rows: `reason`, and properties of MQTT 5.
#[when(expr = "{string} sends AUTH with:")]
async fn authenticates_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let (reason, properties) = reason_and_properties("AUTH", step)?;
    send(world, &name, Packet::Auth(Auth { reason, properties })).await
}

#[when(expr = "{string} sends PINGREQ")]
async fn pings(world: &mut World, name: String) -> Said {
    world.send(&name, Packet::Pingreq).await
}

#[when(expr = "{string} sends PUBACK for the last message")]
async fn acknowledges(world: &mut World, name: String) -> Said {
    let packet_id = last_packet_id(world)?;
    world.send(&name, Packet::Puback(Ack::of(packet_id))).await
}

/// Rows: `reason`, and properties of MQTT 5.
#[when(expr = "{string} sends PUBACK for the last message with:")]
async fn acknowledges_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let (reason, properties) = reason_and_properties("PUBACK", step)?;
    let packet_id = last_packet_id(world)?;
    send(world, &name, Packet::Puback(Ack { packet_id, reason, properties })).await
}

#[when(expr = "{string} sends a second CONNECT")]
async fn sends_second_connect(world: &mut World, name: String) -> Said {
    let connect = Connect { client_id: name.clone(), ..Connect::default() };
    world.send(&name, Packet::Connect(Box::new(connect))).await
}

#[when(expr = "{string} sends the bytes {string}")]
async fn sends_bytes(world: &mut World, name: String, hex: String) -> Said {
    let bytes = bytes_of(&hex)?;
    world.flush().await?;
    Ok(world.device(&name)?.send_bytes(&bytes).await?)
}

#[given(expr = "{string} has sent the beginning {string} of a packet")]
async fn has_sent_beginning(world: &mut World, name: String, hex: String) -> Said {
    let bytes = bytes_of(&hex)?;
    world.flush().await?;
    Ok(world.device(&name)?.send_beginning(&bytes).await?)
}

pub(super) async fn publish(
    world: &mut World,
    name: &str,
    payload: Bytes,
    topic: String,
    qos: Qos,
    retain: bool,
) -> Said {
    let packet_id = (qos != Qos::AtMostOnce).then_some(1);
    let publish =
        Publish { dup: false, qos, retain, topic, packet_id, properties: Vec::new(), payload };
    world.send(name, Packet::Publish(publish)).await
}

async fn publish_with(
    world: &mut World,
    name: &str,
    mut publish: Publish,
    step: &gherkin::Step,
) -> Said {
    publish.qos = Qos::AtLeastOnce;
    let mut packet_id = None;
    for (field, value) in rows(step)? {
        match field {
            "QoS" => publish.qos = quality(value)?,
            "retain" => publish.retain = value == "1",
            "DUP" => publish.dup = value == "1",
            "payload" => publish.payload = data(value)?,
            "packet id" => packet_id = Some(number(field, value)?),
            _ => put(&mut publish.properties, field, value)?,
        }
    }
    publish.packet_id = packet_id.or((publish.qos != Qos::AtMostOnce).then_some(1));
    send(world, name, Packet::Publish(publish)).await
}

async fn subscribe(
    world: &mut World,
    name: &str,
    filters: Vec<Filter>,
    properties: Vec<Property>,
) -> Said {
    send(world, name, Packet::Subscribe(Subscribe { packet_id: 1, properties, filters })).await
}

async fn must_be_granted(world: &mut World, name: &str) -> Said {
    match world.next_packet(name, "a SUBACK").await? {
        Packet::Suback(suback) if suback.codes.iter().all(|code| *code < 0x80) => Ok(()),
        other => Err(Failed::new("a SUBACK that grants", other)),
    }
}

/// Sends a packet that may have properties.
async fn send(world: &mut World, name: &str, packet: Packet) -> Said {
    if !properties::of(&packet).is_empty() && !world.device(name)?.has_properties() {
        return Err(Failed::new("MQTT 5, which has properties", "MQTT 3.1.1")
            .hint(format!("say `\"{name}\" is connected over MQTT 5`")));
    }
    world.send(name, packet).await
}

/// The identifier of the message that was looked at last.
fn last_packet_id(world: &World) -> Result<u16, Failed> {
    match world.packet {
        Some(Packet::Publish(Publish { packet_id: Some(packet_id), .. })) => Ok(packet_id),
        _ => Err(Failed::new("a message at QoS 1 to acknowledge", "none was looked at")),
    }
}

fn reason_and_properties(
    packet: &str,
    step: &gherkin::Step,
) -> Result<(u8, Vec<Property>), Failed> {
    let (mut reason, mut properties) = (0, Vec::new());
    for (field, value) in rows(step)? {
        match field {
            "reason" => reason = code(packet, value)?,
            _ => put(&mut properties, field, value)?,
        }
    }
    Ok((reason, properties))
}

pub(super) fn bytes_of(hex: &str) -> Result<Vec<u8>, Failed> {
    hex.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).map_err(|_| Failed::new("bytes in hex", byte)))
        .collect()
}

fn quality_of(level: u8) -> Result<Qos, Failed> {
    quality(&level.to_string())
}
