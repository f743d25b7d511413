//! DPS: what it answers.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cucumber::{gherkin, then};
use serde_json::Value;
use wire::{Packet, Publish};

use super::{FIRST_OPERATION, json, told_name};
use crate::world::{Failed, Said, World};

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

/// The next answer's body, noted for later sentences.
pub(super) async fn next_answer(world: &mut World, id: &str) -> Result<Value, Failed> {
    let packet = world.next_packet(id, "an answer of DPS").await?;
    let body = body_of(&packet)?;
    remember(world, id, &body);
    Ok(body)
}

/// An answer that is no error has a status.
pub(super) fn must_have_status(answer: serde_json::Value) -> Said {
    if answer["status"].is_string() {
        return Ok(());
    }
    Err(Failed::new("an answer with a status", answer))
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
