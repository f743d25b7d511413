//! The endpoint that a namespace asks who may connect, and what it was asked.

use cucumber::{gherkin, given, then};
use serde_json::{Value, json};

use super::{connect::rows, events::member_of};
use crate::{
    device::Endpoint,
    world::{Failed, Said, World},
};

/// The answer below: JSON.
#[given("the namespace asks a webhook that answers:")]
async fn asks_webhook(world: &mut World, step: &gherkin::Step) -> Said {
    let answer = step.docstring.clone().unwrap_or_default();
    declare(world, Some((200, answer))).await
}

#[given(expr = "the namespace asks a webhook that answers with status {int}")]
async fn asks_failing_webhook(world: &mut World, status: u16) -> Said {
    declare(world, Some((status, String::new()))).await
}

#[given("the namespace asks a webhook that hangs up")]
async fn asks_broken_webhook(world: &mut World) -> Said {
    declare(world, None).await
}

/// Whatever is asked of it, it says nothing.
#[given("the namespace posts its events to a webhook")]
async fn posts_events(world: &mut World) -> Said {
    let endpoint = Endpoint::open(Some((200, String::new()))).await?;
    let profile = json!({ "event_endpoint": endpoint.url() });
    world.webhook = Some(endpoint);
    world.scene()?.declare(json!({ "profile": profile }))
}

/// Rows: `method`, `headers.NAME` or `body.NAME`, and its value; `present`, `absent`, or how it begins: `Bearer …`.
#[then("the webhook was asked with:")]
async fn was_asked_with(world: &mut World, step: &gherkin::Step) -> Said {
    world.mock().await?.settle().await;
    let endpoint = world.webhook.as_mut().ok_or_else(|| Failed::new("a webhook", "none"))?;
    let asked = endpoint.asked();
    world.check(asked.is_some(), || Failed::new("a question", "the webhook was not asked"))?;
    let asked: Value = asked.unwrap_or_default();
    for (name, expected) in rows(step)? {
        let actual = member_of(&asked, name);
        match (expected, expected.strip_suffix('…')) {
            ("absent", _) => world.check_same(name, None, actual)?,
            ("present", _) => {
                world.check(actual.is_some(), || Failed::new(name, "it is not there"))?;
            }
            (_, Some(begin)) => {
                let actual = actual.unwrap_or_default();
                world.check(actual.starts_with(begin), || Failed::new(expected, actual))?;
            }
            (_, None) => world.check_same(name, Some(expected.to_owned()), actual)?,
        }
    }
    Ok(())
}

async fn declare(world: &mut World, answer: Option<(u16, String)>) -> Said {
    let endpoint = Endpoint::open(answer).await?;
    let webhook = json!({"endpointUrl": endpoint.url()});
    world.webhook = Some(endpoint);
    let authentication = json!({ "webhookAuthentication": webhook });
    world
        .scene()?
        .declare(json!({"topicSpacesConfiguration": {"clientAuthentication": authentication}}))
}
