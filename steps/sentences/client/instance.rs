//! What a business server asks of a client by way of an Alibaba instance, and what the client makes of it.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{Action, Input, Order, Step, order::Verb};
use cucumber::{then, when};
use serde_json::{Value, json};
use wire::{Packet, Publish, Qos};

use super::{SHOWING, never};
use crate::{
    scene::{INSTANCE, PRODUCT_KEY},
    world::{Failed, Said, World},
};

/// How the topics of settings and posts end.
const SET: &str = "/thing/service/property/set";
const SET_REPLY: &str = "/thing/service/property/set_reply";
const POST_REPLY: &str = "/thing/event/property/post_reply";

/// How long RRpc waits at most.
const RRPC_MS: u64 = 8000;

/// Publishes to a topic of the client at QoS 1.
pub(super) async fn publish(world: &mut World, topic: &str, payload: &str) -> Said {
    let body = json!({
        "TopicFullName": topic,
        "MessageContent": STANDARD.encode(payload),
        "Qos": 1,
    });
    call(world, "Pub", body).await.map(|_| ())
}

#[when("the business server asks the client by RRPC")]
async fn asks(world: &mut World) -> Said {
    world.mark().await?;
    let device_name = world.subject()?.id.device.clone();
    let body = json!({
        "DeviceName": device_name,
        "RequestBase64Byte": STANDARD.encode("unlock"),
        "Timeout": RRPC_MS,
    });
    let answer = call(world, "RRpc", body).await?;
    world.answer = Some(Ok(answer));
    Ok(())
}

#[then("the business server has the answer of the client")]
async fn has_answered(world: &mut World) -> Said {
    let answer = world.answer.clone().and_then(Result::ok).unwrap_or_default();
    let code = answer["RrpcCode"].as_str().unwrap_or("nothing").to_owned();
    world.check(code == "SUCCESS", || {
        Failed::new(
            format!("an answer on `…/rrpc/response/{{messageId}}` within {} s", RRPC_MS / 1000),
            code,
        )
        .hint("the messageId is that of the topic of the request, `…/rrpc/request/{messageId}`")
    })
}

#[when("the business server sets a property of the client")]
async fn sets(world: &mut World) -> Said {
    world.mark().await?;
    let device_name = world.subject()?.id.device.clone();
    let body = json!({"DeviceName": device_name, "Items": r#"{"celsius":21.5}"#});
    call(world, "SetDeviceProperty", body).await.map(|_| ())
}

#[then(expr = "the client answers the setting within {int} s")]
async fn answers_setting(world: &mut World, s: u64) -> Said {
    let mut asked = None;
    let look = &mut |step: &Step| {
        asked = asked.take().or_else(|| sent(step, SET).and_then(id));
        received(step, SET_REPLY).map(id)
    };
    let answered = world.see(Duration::from_secs(s), look).await?;
    let Some(answered) = answered else {
        return Err(never(world, "answered a setting of its properties"));
    };
    world.check(answered.is_some() && answered == asked, || {
        Failed::new(format!("an answer with the id {}", told(&asked)), told(&answered))
            .hint("whoever asked knows its question by that alone")
    })
}

#[then(expr = "the property posts of the client are answered with {int}")]
async fn posts_are_answered(world: &mut World, code: u64) -> Said {
    world.subject()?.mark = 0;
    let look = &mut |step: &Step| sent(step, POST_REPLY).map(|reply| json(reply)["code"].clone());
    let Some(actual) = world.see(SHOWING, look).await? else {
        return Err(never(world, "posted properties that were answered"));
    };
    world.check(actual == code, || {
        Failed::new(format!("property posts that are answered with {code}"), &actual).hint(
            "a post is `{\"id\", \"version\", \"params\", \"method\"}`, and `params` an object",
        )
    })
}

/// From the beginning on, for as long as a client takes to show what it does.
#[then("the client asks for no Will, no RETAIN and no QoS 2")]
async fn asks_for_what_is_there(world: &mut World) -> Said {
    world.subject()?.mark = 0;
    let seen = world.see_exactly(SHOWING, &mut { asks_for_what_is_not_there }).await;
    let seen = seen.unwrap_or_default();
    world.check(seen.is_none(), || {
        Failed::new("neither a Will nor RETAIN nor QoS 2", seen.clone().unwrap_or_default())
            .hint("the vendor lists them among what its MQTT does not have")
    })
}

fn asks_for_what_is_not_there(step: &Step) -> Option<String> {
    let Input::Received { packet, .. } = &step.input else { return None };
    let is_it = match packet {
        Packet::Connect(connect) => connect.will.is_some(),
        Packet::Publish(publish) => publish.retain || publish.qos == Qos::ExactlyOnce,
        _ => false,
    };
    is_it.then(|| packet.to_string())
}

/// Calls an operation of the vendor's API, which must be served.
async fn call(world: &mut World, operation: &str, mut body: Value) -> Result<Value, Failed> {
    body["ProductKey"] = json!(PRODUCT_KEY);
    let (tenant, path) = (INSTANCE.to_owned(), operation.to_owned());
    let order = Order::Resource { tenant, verb: Verb::Post, path, body };
    let answer = world.order_for_client(order).await?;
    let answer = answer.map_err(|error| Failed::from(error.to_string()))?;
    if answer["Success"] == true { Ok(answer) } else { Err(Failed::from(answer.to_string())) }
}

/// What the platform sent to a topic that ends so.
fn sent<'a>(step: &'a Step, end: &str) -> Option<&'a Publish> {
    step.effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } if publish.topic.ends_with(end) => {
            Some(publish)
        }
        _ => None,
    })
}

/// What the client published to a topic that ends so.
fn received<'a>(step: &'a Step, end: &str) -> Option<&'a Publish> {
    match &step.input {
        Input::Received { packet: Packet::Publish(publish), .. } => {
            publish.topic.ends_with(end).then_some(publish)
        }
        _ => None,
    }
}

fn json(publish: &Publish) -> Value {
    serde_json::from_slice(&publish.payload).unwrap_or_default()
}

fn id(publish: &Publish) -> Option<String> {
    json(publish)["id"].as_str().map(str::to_owned)
}

fn told(id: &Option<String>) -> String {
    id.as_ref().map_or_else(|| "none".to_owned(), |id| format!("`{id}`"))
}
