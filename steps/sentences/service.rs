//! The service side: cloud-to-device messages, twins, methods, the registry.

use std::task::Poll;

use cloud::{
    IdentityId, Order,
    order::{C2dOrder, MethodOrder},
    queue::Ack,
};
use cucumber::{gherkin, given, then, when};
use serde_json::Value;
use wire::{Packet, Publish, Qos};

use super::{connect::rows, packets::publish, tenants::id_of};
use crate::{
    scene::HUB,
    world::{Failed, Said, World},
};

#[given(expr = "the back end has sent {string} to {string}")]
async fn has_sent(world: &mut World, body: String, device: String) -> Said {
    sends(world, body, device).await?;
    world.answer().await.map(|_| ())
}

#[when(expr = "the back end sends {string} to {string}")]
async fn sends(world: &mut World, body: String, device: String) -> Said {
    let message = C2dOrder { body, ..C2dOrder::default() };
    world.ask(Order::SendC2d { hub: HUB.to_owned(), device, message }).await
}

#[given(expr = "the back end has sent {string} to {string} with:")]
async fn has_sent_with(
    world: &mut World,
    body: String,
    device: String,
    step: &gherkin::Step,
) -> Said {
    sends_with(world, body, device, step).await?;
    world.answer().await.map(|_| ())
}

#[when(expr = "the back end sends {string} to {string} with:")]
async fn sends_with(world: &mut World, body: String, device: String, step: &gherkin::Step) -> Said {
    let mut message = C2dOrder { body, ..C2dOrder::default() };
    for (field, value) in rows(step)? {
        let text = || Some(value.to_owned());
        match field {
            "message id" => message.message_id = text(),
            "correlation id" => message.correlation_id = text(),
            "user id" => message.user_id = text(),
            "content type" => message.content_type = text(),
            "content encoding" => message.content_encoding = text(),
            "expiry" => message.expiry_time_utc = text(),
            "ack" => message.ack = ack(value)?,
            _ => {
                let Some(name) = field.strip_prefix("property ") else {
                    return Err(Failed::new("a field of a message", format!("`{field}`")));
                };
                let value = (value != "null").then(|| value.to_owned());
                message.properties.push((name.to_owned(), value));
            }
        }
    }
    world.ask(Order::SendC2d { hub: HUB.to_owned(), device, message }).await
}

#[given(expr = "the back end has sent {int} messages to {string}")]
async fn has_sent_many(world: &mut World, n: usize, device: String) -> Said {
    sends_many(world, n, device).await?;
    world.answer().await.map(|_| ())
}

#[when(expr = "the back end sends {int} messages to {string}")]
async fn sends_many(world: &mut World, n: usize, device: String) -> Said {
    for i in 1..=n {
        sends(world, format!("message {i}"), device.clone()).await?;
    }
    Ok(())
}

#[given(expr = "the back end has sent {int} messages to {string} with full acknowledgement")]
async fn has_sent_many_full(world: &mut World, n: usize, device: String) -> Said {
    for i in 1..=n {
        let message =
            C2dOrder { body: format!("message {i}"), ack: Ack::Full, ..C2dOrder::default() };
        order(world, Order::SendC2d { hub: HUB.to_owned(), device: device.clone(), message })
            .await?;
    }
    Ok(())
}

#[when(expr = "the back end sends a message of {int} bytes to {string}")]
async fn sends_bytes(world: &mut World, bytes: usize, device: String) -> Said {
    sends(world, "x".repeat(bytes), device).await
}

#[when(expr = "the back end calls {string} on {string} with {string}")]
async fn calls(world: &mut World, method: String, name: String, payload: String) -> Said {
    call(world, &method, &name, Some(json(&payload)?), |_| ()).await
}

#[when(expr = "the back end calls {string} on {string} with a payload of {int} bytes")]
async fn calls_with_bytes(world: &mut World, method: String, name: String, bytes: usize) -> Said {
    call(world, &method, &name, Some(json_of(bytes)?), |_| ()).await
}

#[when(expr = "the back end calls {string} on {string} without a payload")]
async fn calls_without(world: &mut World, method: String, name: String) -> Said {
    call(world, &method, &name, None, |_| ()).await
}

#[when(expr = "the back end calls {string} on {string}, waiting {int} s for the answer")]
async fn calls_waiting(world: &mut World, method: String, name: String, s: u64) -> Said {
    call(world, &method, &name, None, |call| call.response_timeout_in_seconds = s).await
}

#[when(expr = "the back end calls {string} on {string}, waiting {int} s for the device")]
async fn calls_offline(world: &mut World, method: String, name: String, s: u64) -> Said {
    call(world, &method, &name, None, |call| call.connect_timeout_in_seconds = s).await
}

#[given(expr = "the back end has called {string} on {string}")]
async fn has_called(world: &mut World, method: String, name: String) -> Said {
    calls_without(world, method, name.clone()).await?;
    world.next_packet(&name, "a method call").await.map(|_| ())
}

#[when(expr = "the back end calls {string} on {string} {int} times")]
async fn calls_often(world: &mut World, method: String, name: String, times: usize) -> Said {
    for _ in 0..times {
        has_called(world, method.clone(), name.clone()).await?;
    }
    Ok(())
}

#[when(expr = "{string} asks for its twin")]
async fn asks_for_twin(world: &mut World, name: String) -> Said {
    let topic = "$iothub/twin/GET/?$rid=1".to_owned();
    publish(world, &name, "".into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} answers the call with status {int} and {string}")]
async fn answers(world: &mut World, name: String, status: u16, body: String) -> Said {
    let rid = rid_of_call(world)?;
    let topic = format!("$iothub/methods/res/{status}/?$rid={rid}");
    publish(world, &name, body.into(), topic, Qos::AtMostOnce, false).await
}

#[when(expr = "{string} answers the call with {int} bytes of JSON")]
async fn answers_with_bytes(world: &mut World, name: String, bytes: usize) -> Said {
    answers(world, name, 200, json_of(bytes)?.to_string()).await
}

/// Each request is answered, and with success.
#[given(expr = "{string} has read its twin {int} times")]
async fn has_read(world: &mut World, name: String, times: usize) -> Said {
    needs_held_time(world)?;
    for _ in 0..times {
        asks_for_twin(world, name.clone()).await?;
        must_succeed(world, &name).await?;
    }
    Ok(())
}

/// Each report is answered, and with success.
#[given(expr = "{string} has reported {int} times")]
async fn has_reported(world: &mut World, name: String, times: usize) -> Said {
    needs_held_time(world)?;
    for n in 0..times {
        reports(world, &name, serde_json::json!({ "n": n })).await?;
        must_succeed(world, &name).await?;
    }
    Ok(())
}

#[when(expr = "{string} reports {int} properties of {int} bytes")]
async fn reports_many(world: &mut World, name: String, count: usize, bytes: usize) -> Said {
    reports(world, &name, properties(count, bytes)).await
}

#[when(expr = "{string} reports a property whose name has {int} bytes")]
async fn reports_name(world: &mut World, name: String, bytes: usize) -> Said {
    reports(world, &name, serde_json::json!({ "n".repeat(bytes): 1 })).await
}

#[when(expr = "the back end changes {int} desired properties of {string} to {int} bytes each")]
async fn patches_many(world: &mut World, count: usize, name: String, bytes: usize) -> Said {
    patches(world, name, properties(count, bytes).to_string()).await
}

#[when(expr = "the back end changes {int} tags of {string} to {int} bytes each")]
async fn tags_many(world: &mut World, count: usize, name: String, bytes: usize) -> Said {
    changes_tags(world, name, properties(count, bytes).to_string()).await
}

#[when(expr = "the back end changes the tags of {string} to {string}")]
async fn changes_tags(world: &mut World, name: String, tags: String) -> Said {
    let patch = serde_json::json!({"tags": json(&tags)?});
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    world.ask(Order::PatchTwin { hub, identity, patch }).await
}

#[when(expr = "the back end reads the twin of {string}")]
async fn reads(world: &mut World, name: String) -> Said {
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    world.ask(Order::GetTwin { hub, identity }).await
}

#[given(expr = "the back end has changed the desired properties of {string} to {string}")]
#[when(expr = "the back end changes the desired properties of {string} to {string}")]
async fn patches(world: &mut World, name: String, desired: String) -> Said {
    let patch = serde_json::json!({"properties": {"desired": json(&desired)?}});
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    world.ask(Order::PatchTwin { hub, identity, patch }).await
}

#[when(expr = "the back end replaces the desired properties of {string} by {string}")]
async fn replaces(world: &mut World, name: String, desired: String) -> Said {
    let twin = serde_json::json!({"properties": {"desired": json(&desired)?}});
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    order(world, Order::ReplaceTwin { hub, identity, twin }).await
}

#[when("the back end takes the feedback")]
async fn takes_feedback(world: &mut World) -> Said {
    world.ask(Order::TakeFeedback { hub: HUB.to_owned() }).await
}

#[when(expr = "the back end purges the queue of {string}")]
async fn purges(world: &mut World, device: String) -> Said {
    order(world, Order::PurgeQueue { hub: HUB.to_owned(), device }).await
}

#[when(expr = "the operator disables {string}")]
async fn disables(world: &mut World, name: String) -> Said {
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    world.ask(Order::SetEnabled { hub, identity, enabled: false }).await
}

#[given(expr = "a fault {string}")]
#[when(expr = "the operator adds the fault {string}")]
async fn add_fault(world: &mut World, fault: String) -> Said {
    let fault = serde_json::from_str(&fault).map_err(|error| Failed::from(error.to_string()))?;
    order(world, Order::AddFault(fault)).await
}

#[when(expr = "the operator cuts {string}")]
async fn cuts(world: &mut World, name: String) -> Said {
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    order(world, Order::CutConnection { hub, identity }).await
}

#[when("the operator resets everything")]
async fn resets(world: &mut World) -> Said {
    order(world, Order::Reset(Box::default())).await
}

#[then(expr = "the answer of the operator has {string} = {string}")]
async fn operator_gets(world: &mut World, member: String, expected: String) -> Said {
    let answer = world.answer().await?.map_err(|error| Failed::from(error.to_string()))?;
    let actual = answer[&member].as_str().unwrap_or_default().to_owned();
    world.check_same(&member, expected, actual)
}

#[when(expr = "the operator removes {string}")]
async fn removes(world: &mut World, name: String) -> Said {
    let (hub, identity) = (HUB.to_owned(), id_of(&name)?);
    world.ask(Order::DeleteIdentity { hub, identity }).await
}

#[then(expr = "the back end is refused with {int} {word}")]
async fn is_refused(world: &mut World, code: u32, name: String) -> Said {
    let actual = match world.answer().await? {
        Ok(value) => format!("the answer {value}"),
        Err(error) => format!("{} {}", error.error_code, error.name),
    };
    let expected = format!("{code} {name}");
    world.check(actual == expected, || Failed::new(expected, actual))
}

#[then("the call is open")]
async fn is_open(world: &mut World) -> Said {
    world.mock().await?.settle().await;
    let answered = match &mut world.pending {
        Some(pending) => match futures::poll!(pending) {
            Poll::Ready(answer) => Some(answer?),
            Poll::Pending => None,
        },
        None => world.answer.clone(),
    };
    world.check(answered.is_none(), || Failed::new("no answer so far", format!("{answered:?}")))
}

#[then("the back end is served")]
async fn is_served(world: &mut World) -> Said {
    let answer = world.answer().await?;
    world.check(answer.is_ok(), || Failed::new("an answer", format!("{answer:?}")))
}

#[then(expr = "the back end gets {string}")]
async fn gets(world: &mut World, expected: String) -> Said {
    let expected = json(&expected)?;
    let actual = world.answer().await?;
    world.check(actual.as_ref() == Ok(&expected), || {
        Failed::new(
            expected,
            actual.map_or_else(|error| error.to_string(), |value| value.to_string()),
        )
    })
}

#[then(expr = "the feedback has {int} record")]
#[then(expr = "the feedback has {int} records")]
async fn feedback_has(world: &mut World, expected: usize) -> Said {
    let actual = world.answer().await?.ok().and_then(|value| value.as_array().map(Vec::len));
    world.check_same("feedback records:", Some(expected), actual)
}

#[then(expr = "the feedback says {string} of {string}")]
async fn feedback_says(world: &mut World, status: String, message_id: String) -> Said {
    let records = world.answer().await?.unwrap_or_default();
    let holds = records.as_array().is_some_and(|records| {
        records.iter().any(|record| {
            record["originalMessageId"] == message_id.as_str()
                && record["statusCode"] == status.as_str()
        })
    });
    world.check(holds, || Failed::new(format!("{status} of {message_id}"), records))
}

#[then(expr = "the feedback of {string} reads {string}")]
async fn feedback_reads(world: &mut World, message_id: String, expected: String) -> Said {
    let records = world.answer().await?.unwrap_or_default();
    let expected = json(&expected)?;
    let actual = records
        .as_array()
        .and_then(|records| records.iter().find(|r| r["originalMessageId"] == message_id.as_str()))
        .cloned()
        .unwrap_or_default();
    world.check(actual == expected, || Failed::new(expected, records))
}

#[then(expr = "the desired properties of {string} are {string}")]
async fn desired_are(world: &mut World, name: String, expected: String) -> Said {
    section_is(world, &name, "desired", &expected).await
}

#[then(expr = "the reported properties of {string} are {string}")]
async fn reported_are(world: &mut World, name: String, expected: String) -> Said {
    section_is(world, &name, "reported", &expected).await
}

#[then(expr = "the twin of {string} has {string} = {string}")]
async fn twin_has(world: &mut World, name: String, pointer: String, expected: String) -> Said {
    reads(world, name).await?;
    let twin = world.answer().await?.map_err(|error| Failed::from(error.to_string()))?;
    let actual = twin.pointer(&pointer).and_then(Value::as_str).map(str::to_owned);
    world.check_same(&pointer, Some(expected), actual)
}

/// The service's view of one section, `$metadata` aside.
async fn section_is(world: &mut World, name: &str, section: &str, expected: &str) -> Said {
    let (hub, identity) = (HUB.to_owned(), id_of(name)?);
    order(world, Order::GetTwin { hub, identity }).await?;
    let twin = world.answer().await?.map_err(|error| Failed::from(error.to_string()))?;
    let mut actual = twin["properties"][section].clone();
    if let Some(members) = actual.as_object_mut() {
        members.remove("$metadata");
    }
    let expected = json(expected)?;
    world.check(actual == expected, || Failed::new(expected, actual))
}

/// Gives an order whose answer has to come at once.
async fn order(world: &mut World, order: Order) -> Said {
    world.ask(order).await?;
    world.answer().await.map(|_| ())
}

#[when(expr = "the operator registers {string}")]
async fn registers(world: &mut World, name: String) -> Said {
    world.ask(registration(&name)?).await
}

/// Registers an identity with a mock that runs already.
pub(super) async fn register(world: &mut World, id: &IdentityId) -> Said {
    if world.outside().is_some() {
        return world.arrange(id.clone(), true).await;
    }
    order(world, registration(&id.to_string())?).await
}

fn registration(name: &str) -> Result<Order, Failed> {
    let seed = serde_json::from_value(serde_json::json!({"id": name}))
        .map_err(|error| Failed::from(error.to_string()))?;
    Ok(Order::PutIdentity { hub: HUB.to_owned(), identity: Box::new(seed) })
}

/// Calls a method without waiting for the answer, which another step has to bring about.
async fn call(
    world: &mut World,
    method: &str,
    name: &str,
    payload: Option<Value>,
    adjust: impl FnOnce(&mut MethodOrder),
) -> Said {
    let mut call = MethodOrder::new(method, payload);
    adjust(&mut call);
    let identity: IdentityId = id_of(name)?;
    let order = Order::InvokeMethod { hub: HUB.to_owned(), identity, call };
    world.ask(order).await
}

/// The `$rid` of the method call that was looked at last.
fn rid_of_call(world: &World) -> Result<String, Failed> {
    match &world.packet {
        Some(Packet::Publish(Publish { topic, .. })) => topic
            .split_once("?$rid=")
            .map(|(_, rid)| rid.to_owned())
            .ok_or_else(|| Failed::new("a method call", topic)),
        _ => Err(Failed::new("a method call in hand", "none: say `… receives …` first")),
    }
}

async fn reports(world: &mut World, name: &str, patch: Value) -> Said {
    let topic = "$iothub/twin/PATCH/properties/reported/?$rid=1".to_owned();
    publish(world, name, patch.to_string().into(), topic, Qos::AtMostOnce, false).await
}

/// So many in the same second.
fn needs_held_time(world: &World) -> Said {
    world.outside().map_or(Ok(()), |_| Err(Failed::not_run("needs held time")))
}

/// The next packet answers a twin request, with success.
async fn must_succeed(world: &mut World, name: &str) -> Said {
    match world.next_packet(name, "an answer").await? {
        Packet::Publish(publish) if publish.topic.starts_with("$iothub/twin/res/20") => Ok(()),
        other => Err(Failed::new("an answer that tells of success", other)),
    }
}

/// `p1`, `p2` and so on, each a text of so many bytes.
fn properties(count: usize, bytes: usize) -> Value {
    (1..=count).map(|n| (format!("p{n}"), Value::from("x".repeat(bytes)))).collect()
}

/// A JSON text of so many bytes, its quotation marks included.
fn json_of(bytes: usize) -> Result<Value, Failed> {
    let bytes = bytes.checked_sub(2).ok_or_else(|| Failed::new("2 bytes or more", bytes))?;
    Ok(Value::from("x".repeat(bytes)))
}

fn ack(text: &str) -> Result<Ack, Failed> {
    serde_json::from_value(Value::from(text))
        .map_err(|_| Failed::new("none, positive, negative or full", text))
}

fn json(text: &str) -> Result<Value, Failed> {
    serde_json::from_str(text)
        .map_err(|error| Failed::from(format!("`{text}` is no JSON: {error}")))
}
