//! Then: what packets carry, in detail: codes, properties, and messages field by field.

use cucumber::{gherkin, then};
use wire::{Packet, Publish};

use super::{
    connect::rows,
    properties::{self, all_codes, check, code, codes, data, number, quality},
};
use crate::world::{Failed, Said, World};

/// The codes of MQTT 5 by number, and perhaps by name: `SUBACK with 1, 0x87 Not authorized`.
#[then(regex = r#"^"([^"]*)" receives ([A-Z]+) with (.*[^:])$"#)]
async fn receives_with_codes(
    world: &mut World,
    name: String,
    packet: String,
    expected: String,
) -> Said {
    let wanted = all_codes(&packet, &expected)?;
    let expected = format!("{packet} with {expected}");
    let actual = world.next_packet(&name, &expected).await?;
    let holds = actual.name() == packet && codes(&actual) == wanted;
    world.check(holds, || Failed::new(expected, actual))
}

/// The cloud says why, and closes.
#[then(regex = r#"^"([^"]*)" is disconnected with (.+)$"#)]
async fn is_disconnected_with(world: &mut World, name: String, reason: String) -> Said {
    let expected = code("DISCONNECT", &reason)?;
    let (packets, ended) = world.drain(&name).await?;
    let told: Vec<String> = packets.iter().map(ToString::to_string).collect();
    let last = packets.into_iter().next_back();
    let why = world.last_reason();
    let holds = matches!(&last, Some(Packet::Disconnect(last)) if last.reason == expected);
    world.packet = last;
    world.check(holds, || {
        let told = if told.is_empty() { "nothing".to_owned() } else { told.join(", ") };
        Failed::new(format!("DISCONNECT with {reason} at the end"), told).hint(why)
    })?;
    world.check(ended, || Failed::new("the connection to be closed", "it is open"))
}

/// Rows: a property of MQTT 5 and its value, `present` or `absent`.
#[then(expr = "the CONNACK of {string} has the properties:")]
fn connack_has(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let connack = world.device(&name)?.connack.clone();
    let connack = connack.ok_or_else(|| Failed::new("a CONNACK", "there is none"))?;
    check(world, &rows(step)?, &connack.properties)
}

/// Of the packet that was looked at last. Rows: a property of MQTT 5 and its value, `present` or `absent`.
#[then(expr = "it has the properties:")]
fn it_has(world: &mut World, step: &gherkin::Step) -> Said {
    let packet = world.packet.clone();
    let packet =
        packet.ok_or_else(|| Failed::new("a packet in hand", "none: say `… receives …` first"))?;
    check(world, &rows(step)?, properties::of(&packet))
}

#[then(expr = "it has the packet id {int}")]
fn it_has_id(world: &mut World, expected: u16) -> Said {
    let actual = match &world.packet {
        Some(Packet::Publish(publish)) => publish.packet_id,
        Some(Packet::Puback(ack)) => Some(ack.packet_id),
        Some(Packet::Suback(suback)) => Some(suback.packet_id),
        Some(Packet::Unsuback(unsuback)) => Some(unsuback.packet_id),
        _ => None,
    };
    world.check_same("packet id", Some(expected), actual)
}

#[then(expr = "it has no properties")]
fn it_has_none(world: &mut World) -> Said {
    let packet = world.packet.clone();
    let packet =
        packet.ok_or_else(|| Failed::new("a packet in hand", "none: say `… receives …` first"))?;
    let holds = properties::of(&packet).is_empty();
    world.check(holds, || Failed::new("a packet without properties", packet))
}

/// Rows: `topic`, `payload`, `bytes`, `QoS`, `retain`, `DUP`, and properties of MQTT 5.
#[then(expr = "{string} receives a message with:")]
async fn receives_message_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let rows = rows(step)?;
    let expected: Vec<String> =
        rows.iter().map(|(field, value)| format!("{field} {value}")).collect();
    let expected = format!("a message with {}", expected.join(", "));
    let publish = match world.next_packet(&name, &expected).await? {
        Packet::Publish(publish) => publish,
        other => return world.check(false, || Failed::new(expected, other)),
    };
    let mut properties = Vec::new();
    for (field, value) in rows {
        match holds(&publish, field, value)? {
            None => properties.push((field, value)),
            Some(holds) => {
                let actual = Packet::Publish(publish.clone());
                world.check(holds, || Failed::new(format!("{field} {value}"), actual))?;
            }
        }
    }
    check(world, &properties, &publish.properties)
}

#[then(expr = "{string} receives {int} bytes on {string}")]
async fn receives_bytes(world: &mut World, name: String, bytes: usize, topic: String) -> Said {
    let expected = format!("{bytes} bytes on {topic}");
    let actual = world.next_packet(&name, &expected).await?;
    let holds = matches!(&actual, Packet::Publish(publish)
        if publish.topic == topic && publish.payload.len() == bytes);
    world.check(holds, || Failed::new(expected, actual))
}

/// No more and no fewer, and nothing else.
#[then(expr = "{string} receives {int} messages")]
async fn receives_messages(world: &mut World, name: String, expected: usize) -> Said {
    let bodies = messages(world, &name).await?;
    world.check_same("messages:", expected, bodies.len())
}

/// As they are numbered when many are published at once: no other, and in this order.
#[then(expr = "{string} receives the messages {int} to {int} in order")]
async fn receives_in_order(world: &mut World, name: String, first: usize, last: usize) -> Said {
    let expected: Vec<String> = (first..=last).map(|n| format!("message {n}")).collect();
    let actual = messages(world, &name).await?;
    world.check_same("messages", expected, actual)
}

/// As many answers as there were packets, each with this code.
#[then(regex = r#"^"([^"]*)" receives (\d+) ([A-Z]+) with (.*[^:])$"#)]
async fn receives_answers(
    world: &mut World,
    name: String,
    count: usize,
    packet: String,
    expected: String,
) -> Said {
    let wanted = [code(&packet, &expected)?];
    for n in 1..=count {
        let expected = format!("{packet} {n} of {count} with {expected}");
        let actual = world.next_packet(&name, &expected).await?;
        let holds = actual.name() == packet && codes(&actual) == wanted;
        world.check(holds, || Failed::new(expected, actual))?;
    }
    Ok(())
}

/// The payloads of all that lies on the wire, which has to be messages.
async fn messages(world: &mut World, name: &str) -> Result<Vec<String>, Failed> {
    let (packets, _) = world.drain_silence(name).await?;
    packets
        .into_iter()
        .map(|packet| match packet {
            Packet::Publish(publish) => Ok(String::from_utf8_lossy(&publish.payload).into_owned()),
            other => Err(Failed::new("messages and nothing else", other)),
        })
        .collect()
}

/// Whether a field of a message is as a row says; nothing where the row is about a property.
fn holds(publish: &Publish, field: &str, value: &str) -> Result<Option<bool>, Failed> {
    Ok(Some(match field {
        "topic" => publish.topic == value,
        "payload" => publish.payload == data(value)?,
        "bytes" => publish.payload.len() == number::<usize>(field, value)?,
        "QoS" => publish.qos == quality(value)?,
        "retain" => u8::from(publish.retain) == number::<u8>(field, value)?,
        "DUP" => u8::from(publish.dup) == number::<u8>(field, value)?,
        _ => return Ok(None),
    }))
}

#[cfg(test)]
mod tests {
    use wire::Qos;

    use super::*;

    #[test]
    fn rows_are_held_against_a_message() {
        let publish = Publish {
            qos: Qos::AtLeastOnce,
            topic: "a/b".to_owned(),
            payload: "\u{ff}".into(),
            ..Publish::default()
        };
        for (field, value, expected) in [
            ("topic", "a/b", Some(true)),
            ("topic", "a", Some(false)),
            ("payload", "hex: c3 bf", Some(true)),
            ("bytes", "2", Some(true)),
            ("QoS", "1", Some(true)),
            ("retain", "1", Some(false)),
            ("DUP", "0", Some(true)),
            ("content type", "absent", None),
        ] {
            assert_eq!(holds(&publish, field, value), Ok(expected), "{field} {value}");
        }
        let failed = holds(&publish, "bytes", "two").unwrap_err();
        assert_eq!((&*failed.expected, &*failed.actual), ("a number for `bytes`", "`two`"));
    }
}
