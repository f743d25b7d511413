//! What the back end says to the client, and what the client makes of it.

use std::time::Duration;

use cloud::{
    Order, Step,
    order::{C2dOrder, MethodOrder},
};
use cucumber::{given, then, when};
use serde_json::Value;
use wire::Packet;

use super::add;
use crate::{
    scene::HUB,
    world::{Failed, Said, World},
};

#[when(expr = "the back end sends {string} to the client")]
async fn sends(world: &mut World, body: String) -> Said {
    world.mark().await?;
    send(world, body).await
}

async fn send(world: &mut World, body: String) -> Said {
    let device = world.subject()?.id.device.clone();
    let message = C2dOrder { body, ..C2dOrder::default() };
    world.carry_out(Order::SendC2d { hub: HUB.to_owned(), device, message }).await
}

#[when(expr = "the back end sends {int} messages to the client")]
async fn sends_many(world: &mut World, n: usize) -> Said {
    world.mark().await?;
    for i in 1..=n {
        send(world, format!("message {i}")).await?;
    }
    Ok(())
}

#[when(expr = "the back end patches the twin of the client with {string}")]
async fn patches(world: &mut World, patch: String) -> Said {
    world.mark().await?;
    let identity = world.subject()?.id.clone();
    let patch: Value =
        serde_json::from_str(&patch).map_err(|error| Failed::from(error.to_string()))?;
    world.carry_out(Order::PatchTwin { hub: HUB.to_owned(), identity, patch }).await
}

#[when("the back end calls a method of the client")]
async fn calls(world: &mut World) -> Said {
    world.mark().await?;
    let method = world.spec()?.claims.method().to_owned();
    let identity = world.subject()?.id.clone();
    let call = MethodOrder {
        response_timeout_in_seconds: 5,
        connect_timeout_in_seconds: 5,
        ..MethodOrder::new(&method, Some(Value::from(1)))
    };
    let answer =
        world.order_for_client(Order::InvokeMethod { hub: HUB.to_owned(), identity, call }).await?;
    world.answer = Some(answer);
    Ok(())
}

#[then("the client answers the call")]
async fn answers(world: &mut World) -> Said {
    let answer =
        world.answer.clone().ok_or_else(|| Failed::from("nothing was called".to_owned()))?;
    world.check(answer.is_ok(), || {
        let actual = answer.map_or_else(|error| error.to_string(), |answer| answer.to_string());
        Failed::new("an answer of the client", actual)
    })
}

#[then(expr = "the client acknowledges {int} messages within {int} s")]
async fn acknowledges(world: &mut World, n: usize, s: u64) -> Said {
    let mut got = 0;
    let seen = world
        .see(Duration::from_secs(s), &mut |step: &Step| {
            got += usize::from(matches!(
                &step.input,
                cloud::Input::Received { packet: Packet::Puback(_), .. }
            ));
            (got >= n).then_some(())
        })
        .await?;
    world.check(seen.is_some(), || {
        Failed::new(format!("{n} PUBACKs of the client"), format!("{got} within {s} s"))
            .hint("the hub sends a message again, and calls it dead after ten times")
    })
}

#[when("the back end sends every kind of character to the client")]
async fn sends_every_kind(world: &mut World) -> Said {
    let body = (0..=0xff_u8).map(char::from).chain("€\u{10ffff}".chars()).collect();
    sends(world, body).await
}

#[when(expr = "the back end sends {int} bytes to the client")]
async fn sends_bytes(world: &mut World, bytes: usize) -> Said {
    sends(world, "x".repeat(bytes)).await
}

/// The hub says so, and the change gets lost on the way.
#[given("the client has missed a change of its desired properties")]
async fn has_missed_a_change(world: &mut World) -> Said {
    let fault = r#"{"do":"drop","packet":"PUBLISH","topic":"$iothub/twin/PATCH/properties/desired/#","times":1}"#;
    add(world, fault).await?;
    patches(world, r#"{"properties":{"desired":{"missed":true}}}"#.to_owned()).await
}
