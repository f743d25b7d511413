//! What devices publish, subscribe to and send otherwise.

use bytes::Bytes;
use cucumber::{given, when};
use wire::{Ack, Connect, Filter, Packet, Publish, Qos, Subscribe, Unsubscribe};

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
    publish(world, &name, body.into(), topic, quality(qos)?, false).await
}

#[when(expr = "{string} publishes {string} to {string} with RETAIN")]
async fn publishes_retained(world: &mut World, name: String, body: String, topic: String) -> Said {
    publish(world, &name, body.into(), topic, Qos::AtLeastOnce, true).await
}

#[when(expr = "{string} publishes {int} bytes to {string}")]
async fn publishes_bytes(world: &mut World, name: String, bytes: usize, topic: String) -> Said {
    publish(world, &name, vec![b'x'; bytes].into(), topic, Qos::AtLeastOnce, false).await
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
async fn is_subscribed(world: &mut World, name: String, filter: String) -> Said {
    is_subscribed_at(world, name, filter, 1).await
}

#[given(expr = "{string} is subscribed to {string} at QoS {int}")]
async fn is_subscribed_at(world: &mut World, name: String, filter: String, qos: u8) -> Said {
    subscribes_at(world, name.clone(), filter, qos).await?;
    match world.next_packet(&name, "a SUBACK").await? {
        Packet::Suback(suback) if suback.codes.iter().all(|code| *code < 0x80) => Ok(()),
        other => Err(Failed::new("a SUBACK that grants", other)),
    }
}

#[when(expr = "{string} subscribes to {string}")]
async fn subscribes(world: &mut World, name: String, filter: String) -> Said {
    subscribes_at(world, name, filter, 1).await
}

#[when(expr = "{string} subscribes to {string} at QoS {int}")]
async fn subscribes_at(world: &mut World, name: String, filter: String, qos: u8) -> Said {
    let filter = Filter { filter, qos: quality(qos)?, ..Filter::default() };
    let subscribe = Subscribe { packet_id: 1, properties: Vec::new(), filters: vec![filter] };
    world.send(&name, Packet::Subscribe(subscribe)).await
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

#[when(expr = "{string} sends PINGREQ")]
async fn pings(world: &mut World, name: String) -> Said {
    world.send(&name, Packet::Pingreq).await
}

#[when(expr = "{string} sends PUBACK for the last message")]
async fn acknowledges(world: &mut World, name: String) -> Said {
    let Some(Packet::Publish(Publish { packet_id: Some(packet_id), .. })) = world.packet else {
        return Err(Failed::new("a message at QoS 1 to acknowledge", "none was looked at"));
    };
    world.send(&name, Packet::Puback(Ack::of(packet_id))).await
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

fn quality(level: u8) -> Result<Qos, Failed> {
    Qos::from_level(level).ok_or_else(|| Failed::new("a QoS from 0 to 2", level))
}

pub(super) fn bytes_of(hex: &str) -> Result<Vec<u8>, Failed> {
    hex.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).map_err(|_| Failed::new("bytes in hex", byte)))
        .collect()
}
