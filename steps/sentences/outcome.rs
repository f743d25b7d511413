//! Then: what devices see, and what the log says.

use cloud::{Action, Step};
use cucumber::then;
use serde_json::Value;
use wire::{Packet, Publish};

use super::properties::code;
use crate::world::{Failed, Said, World};

#[then(expr = "{string} is accepted")]
fn is_accepted(world: &mut World, name: String) -> Said {
    let (code, reason) = connack_code(world, &name)?;
    world.check(code == Some(0), || Failed::new("CONNACK 0", told(code)).hint(reason))
}

#[then(expr = "{string} still waits for CONNACK")]
async fn waits_for_connack(world: &mut World, name: String) -> Said {
    let (code, reason) = connack_code(world, &name)?;
    world.check(code.is_none(), || Failed::new("no CONNACK", told(code)).hint(reason))?;
    receives_nothing(world, name).await
}

#[then(expr = "{string} is refused with code {int}")]
async fn is_refused(world: &mut World, name: String, expected: u8) -> Said {
    is_refused_by(world, name, expected).await
}

/// In MQTT 5: the reason code and its name.
#[then(regex = r#"^"([^"]*)" is refused with (0x.+)$"#)]
async fn is_refused_with(world: &mut World, name: String, reason: String) -> Said {
    let expected = code("CONNACK", &reason)?;
    is_refused_by(world, name, expected).await
}

#[then(expr = "{string} has no connection, because {string}")]
fn has_no_connection(world: &mut World, name: String, why: String) -> Said {
    let actual = world.door.get(&name).cloned().unwrap_or_else(|| "it connected".to_owned());
    world.check(actual.contains(&why), || Failed::new(why, actual))
}

#[then(expr = "the CONNACK of {string} has session present {int}")]
fn session_present(world: &mut World, name: String, expected: u8) -> Said {
    let connack = world.device(&name)?.connack.clone();
    let actual = connack.map(|connack| u8::from(connack.session_present));
    world.check_same("session present", Some(expected), actual)
}

#[then(expr = "the connection of {string} is closed")]
async fn is_closed(world: &mut World, name: String) -> Said {
    let (packets, ended) = world.drain(&name).await?;
    let told: Vec<String> = packets.iter().map(ToString::to_string).collect();
    world.check(ended, || {
        let got =
            if told.is_empty() { String::new() } else { format!("; it got {}", told.join(", ")) };
        Failed::new("the connection to be closed", format!("it is open{got}"))
    })
}

#[then(expr = "the connection of {string} is closed without another packet")]
async fn is_closed_at_once(world: &mut World, name: String) -> Said {
    if !world.is_raw() {
        // It drops what arrives together with the close.
        return Err(Failed::new("the raw device", "rumqttc").hint("tag the scenario @raw"));
    }
    let (packets, ended) = world.drain(&name).await?;
    let told: Vec<String> = packets.iter().map(ToString::to_string).collect();
    world.check(ended, || Failed::new("the connection to be closed", "it is open"))?;
    world.check(told.is_empty(), || Failed::new("no packet before the close", told.join(", ")))
}

#[then(expr = "the connection of {string} stays open")]
async fn stays_open(world: &mut World, name: String) -> Said {
    let (packets, ended) = world.drain_silence(&name).await?;
    world.device(&name)?.put_back(packets);
    let reason = world.last_reason();
    world.check(!ended, || Failed::new("the connection to stay open", "it was closed").hint(reason))
}

#[then(regex = r#"^"([^"]*)" receives ([A-Z]+)$"#)]
async fn receives(world: &mut World, name: String, packet: String) -> Said {
    let actual = world.next_packet(&name, &packet).await?;
    world.check(actual.name() == packet, || Failed::new(packet, actual))
}

#[then(expr = "{string} receives {string} on {string}")]
async fn receives_on(world: &mut World, name: String, body: String, topic: String) -> Said {
    let expected = format!("`{body}` on {topic}");
    let actual = world.next_packet(&name, &expected).await?;
    let holds = matches!(&actual, Packet::Publish(publish)
        if publish.topic == topic && publish.payload == body.as_bytes());
    world.check(holds, || Failed::new(expected, actual))
}

#[then(expr = "{string} receives the JSON {string} on {string}")]
async fn receives_json(world: &mut World, name: String, body: String, topic: String) -> Said {
    let expected = format!("{body} on {topic}");
    let wanted: serde_json::Value =
        serde_json::from_str(&body).map_err(|error| Failed::from(error.to_string()))?;
    let actual = world.next_packet(&name, &expected).await?;
    let holds = matches!(&actual, Packet::Publish(publish) if publish.topic == topic
        && serde_json::from_slice(&publish.payload).is_ok_and(|body: serde_json::Value| body == wanted));
    world.check(holds, || Failed::new(expected, actual))
}

#[then(expr = "{string} receives a message on {string}")]
async fn receives_some_on(world: &mut World, name: String, topic: String) -> Said {
    let actual = world.next_packet(&name, &topic).await?;
    let holds = matches!(&actual, Packet::Publish(publish) if publish.topic == topic);
    world.check(holds, || Failed::new(format!("a message on {topic}"), actual))
}

#[then(expr = "{string} receives a message on {string} at QoS {int}")]
async fn receives_some_on_at(world: &mut World, name: String, topic: String, qos: u8) -> Said {
    let actual = world.next_packet(&name, &topic).await?;
    let holds = matches!(&actual, Packet::Publish(publish)
        if publish.topic == topic && publish.qos.level() == qos);
    world.check(holds, || Failed::new(format!("a message on {topic} at QoS {qos}"), actual))
}

#[then(expr = "{string} receives the message {string}")]
async fn receives_message(world: &mut World, name: String, body: String) -> Said {
    receives_body(world, &name, &body, "", |_| true).await
}

#[then(expr = "{string} receives the message {string} at QoS {int}")]
async fn receives_message_at(world: &mut World, name: String, body: String, qos: u8) -> Said {
    let how = format!(" at QoS {qos}");
    receives_body(world, &name, &body, &how, |publish| publish.qos.level() == qos).await
}

#[then(expr = "{string} receives the message {string} with DUP")]
async fn receives_message_again(world: &mut World, name: String, body: String) -> Said {
    receives_body(world, &name, &body, " with DUP", |publish| publish.dup).await
}

#[then(expr = "its topic has {string}")]
fn topic_has(world: &mut World, part: String) -> Said {
    let topic = topic(world)?;
    world.check(topic.contains(&part), || Failed::new(format!("a topic with {part}"), topic))
}

#[then(expr = "its topic ends with {string}")]
fn topic_ends_with(world: &mut World, end: String) -> Said {
    let topic = topic(world)?;
    world.check(topic.ends_with(&end), || {
        Failed::new(format!("a topic that ends with {end}"), topic)
    })
}

#[then(expr = "the last call came on {string}")]
fn last_call_came_on(world: &mut World, expected: String) -> Said {
    let actual = topic(world)?;
    world.check_same("topic", expected, actual)
}

#[then(expr = "{string} keeps {word}")]
async fn keeps(world: &mut World, name: String, clause: String) -> Said {
    is_judged(world, &name, &clause, Some(true)).await
}

#[then(expr = "{string} breaks {word}")]
async fn breaks(world: &mut World, name: String, clause: String) -> Said {
    is_judged(world, &name, &clause, Some(false)).await
}

#[then(expr = "{string} is not judged on {word}")]
async fn is_not_judged(world: &mut World, name: String, clause: String) -> Said {
    is_judged(world, &name, &clause, None).await
}

#[then(expr = "{string} receives nothing")]
async fn receives_nothing(world: &mut World, name: String) -> Said {
    let (packets, ended) = world.drain_silence(&name).await?;
    let told: Vec<String> = packets.iter().map(ToString::to_string).collect();
    let reason = world.last_reason();
    world.check(!ended, || Failed::new("no packet, and no end", "it was closed").hint(reason))?;
    world.check(told.is_empty(), || Failed::new("no packet", told.join(", ")))
}

#[then(expr = "the log of {string} says {string}")]
async fn log_says(world: &mut World, name: String, expected: String) -> Said {
    world.mock().await?.settle().await;
    let records: Vec<String> = world.with_steps(|steps| {
        steps
            .iter()
            .flat_map(|step| &step.effects)
            .filter_map(|effect| match &effect.action {
                Action::Log(record) if record.is_about(&name) => Some(record.headline()),
                _ => None,
            })
            .collect()
    });
    let holds = records.contains(&expected);
    world.check(holds, || Failed::new(expected, format!("{records:?}")))
}

#[then(expr = "the last record of {string} has {string} = {string}")]
async fn record_has(world: &mut World, name: String, member: String, expected: String) -> Said {
    let record = last_record(world, &name).await?;
    world.check_same(&member, Value::from(expected), record[&member].clone())
}

#[then(expr = "the last record of {string} has no {string}")]
async fn record_has_no(world: &mut World, name: String, member: String) -> Said {
    let record = last_record(world, &name).await?;
    world.check_same(&member, None, record.get(&member).cloned())
}

#[then(expr = "the properties of the last record of {string} have {string} = {string}")]
async fn record_has_property(
    world: &mut World,
    name: String,
    property: String,
    expected: String,
) -> Said {
    let record = last_record(world, &name).await?;
    let properties = record["properties"].as_str().unwrap_or_default();
    let properties: Value = serde_json::from_str(properties).unwrap_or_default();
    world.check_same(&property, Value::from(expected), properties[&property].clone())
}

async fn is_refused_by(world: &mut World, name: String, expected: u8) -> Said {
    let (code, reason) = connack_code(world, &name)?;
    world.check(code == Some(expected), || {
        Failed::new(told(Some(expected)), told(code)).hint(reason)
    })?;
    is_closed(world, name).await
}

/// The last record of the log about a device, as JSON.
async fn last_record(world: &mut World, name: &str) -> Result<Value, Failed> {
    world.mock().await?.settle().await;
    let is_about = |step: &cloud::Step| step.device.as_deref().is_none_or(|device| device == name);
    let last = world.with_steps(|steps| {
        let steps = steps.iter().rev().filter(|step| is_about(step));
        steps.flat_map(|step| step.effects.iter().rev()).find_map(|effect| match &effect.action {
            Action::Log(record) => serde_json::to_value(record).ok(),
            _ => None,
        })
    });
    last.ok_or_else(|| Failed::new(format!("a record about `{name}`"), "there is none"))
}

/// The last judgement of a clause on a device's connection.
async fn is_judged(world: &mut World, name: &str, clause: &str, expected: Option<bool>) -> Said {
    world.mock().await?.settle().await;
    // A session may be called other than who has it.
    let conn = world.device(name).ok().and_then(|device| device.conn());
    let actual = world.with_steps(|steps| {
        let is_its_own = |step: &&&Step| {
            step.device.as_deref().is_none_or(|device| device == name)
                || conn.is_some() && step.input.conn() == conn
        };
        steps
            .iter()
            .filter(is_its_own)
            .flat_map(|step| &step.judged)
            .filter(|judgement| judgement.rule.id() == clause)
            .map(|judgement| judgement.holds)
            .next_back()
    });
    let told = |judged| match judged {
        Some(true) => "kept",
        Some(false) => "broken",
        None => "never judged",
    };
    world.check(actual == expected, || {
        let expected = format!("{clause} of `{name}` to be {}", told(expected));
        Failed::new(expected, told(actual))
    })
}

async fn receives_body(
    world: &mut World,
    name: &str,
    body: &str,
    how: &str,
    holds: impl FnOnce(&Publish) -> bool,
) -> Said {
    let expected = format!("the message `{body}`{how}");
    let actual = world.next_packet(name, &expected).await?;
    let holds = matches!(&actual, Packet::Publish(publish)
        if publish.payload == body.as_bytes() && holds(publish));
    world.check(holds, || Failed::new(expected, actual))
}

/// The topic of the message that was looked at last.
fn topic(world: &World) -> Result<String, Failed> {
    match &world.packet {
        Some(Packet::Publish(publish)) => Ok(publish.topic.clone()),
        _ => Err(Failed::new("a message in hand", "none: say `… receives …` first")),
    }
}

fn connack_code(world: &mut World, name: &str) -> Result<(Option<u8>, String), Failed> {
    let code = world.device(name)?.connack.as_ref().map(|connack| connack.code);
    Ok((code, world.last_reason()))
}

/// A CONNACK by its code.
pub(super) fn told(code: Option<u8>) -> String {
    match code {
        None => "no CONNACK".to_owned(),
        Some(code @ 0..0x80) => format!("CONNACK {code}"),
        Some(code) => format!("CONNACK 0x{code:02X}"),
    }
}
