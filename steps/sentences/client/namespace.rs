//! What comes to a client of an Event Grid namespace or of an Alibaba instance, and what it makes of it.

use std::time::Duration;

use cloud::{Input, Order, Step, order::Verb};
use cucumber::{given, then, when};
use serde_json::{Value, json};
use wire::{Packet, Property};

use super::{SHOWING, instance, never};
use crate::{
    scene::NAMESPACE,
    world::{Failed, Said, World},
};

/// Where a command asks to be answered, and under what name.
const RESPONSES: &str = "responses/of-the-back-end";
const CORRELATION: &str = "4711-\u{2713}";

#[given("the client has subscribed")]
async fn has_subscribed(world: &mut World) -> Said {
    subscribed_topic(world).await.map(|_| ())
}

#[then(expr = "the client subscribes within {int} s")]
async fn subscribes(world: &mut World, s: u64) -> Said {
    let look = &mut |step: &Step| {
        matches!(&step.input, Input::Received { packet: Packet::Subscribe(_), .. }).then_some(())
    };
    let seen = world.see(Duration::from_secs(s), look).await?;
    world.check(seen.is_some(), || {
        Failed::new("a SUBSCRIBE of the client", format!("none within {s} s"))
            .hint("CONNACK without Session Present says that nothing is left of the session")
    })
}

#[when("a message comes to the client")]
async fn message_comes(world: &mut World) -> Said {
    messages_come(world, 1).await
}

#[when(expr = "{int} messages come to the client")]
async fn messages_come(world: &mut World, n: usize) -> Said {
    let topic = subscribed_topic(world).await?;
    world.mark().await?;
    let is_of_alibaba = world.spec()?.is_of_alibaba();
    for i in 1..=n {
        let payload = format!("message {i}");
        match is_of_alibaba {
            true => instance::publish(world, &topic, &payload).await?,
            false => post(world, json!({"topic": topic, "payload": payload, "qos": 1})).await?,
        }
    }
    Ok(())
}

#[when("a command comes to the client")]
async fn command_comes(world: &mut World) -> Said {
    let topic = subscribed_topic(world).await?;
    world.mark().await?;
    let command = json!({
        "topic": topic,
        "payload": "unlock",
        "qos": 1,
        "responseTopic": RESPONSES,
        "correlationData": CORRELATION,
    });
    post(world, command).await
}

#[then(expr = "the client answers the command within {int} s")]
async fn answers(world: &mut World, s: u64) -> Said {
    let look = &mut |step: &Step| match &step.input {
        Input::Received { packet: Packet::Publish(publish), .. } if publish.topic == RESPONSES => {
            Some(publish.properties.clone())
        }
        _ => None,
    };
    let answer = world.see(Duration::from_secs(s), look).await?;
    let Some(properties) = answer else {
        // Who answers no commands at all has nothing to be judged by.
        return Err(never(world, "answered a command"));
    };
    let data = properties.iter().find_map(|property| match property {
        Property::CorrelationData(data) => Some(String::from_utf8_lossy(data).into_owned()),
        _ => None,
    });
    world.check(data.as_deref() == Some(CORRELATION), || {
        Failed::new(
            format!("an answer with the correlation data `{CORRELATION}`"),
            data.map_or_else(|| "none".to_owned(), |data| format!("`{data}`")),
        )
        .hint("whoever asked knows its question by that alone")
    })
}

/// A topic that the client's first filter covers; at Alibaba the first of those that a business server may
/// publish to.
async fn subscribed_topic(world: &mut World) -> Result<String, Failed> {
    world.subject()?.mark = 0;
    let needed = if world.spec()?.is_of_alibaba() { "/user/" } else { "" };
    let look = &mut |step: &Step| match &step.input {
        Input::Received { packet: Packet::Subscribe(subscribe), .. } => {
            let mut filters = subscribe.filters.iter().map(|filter| &filter.filter);
            filters.find(|filter| filter.contains(needed)).map(|filter| covered(filter))
        }
        _ => None,
    };
    let topic = world.see(SHOWING, look).await?;
    topic.ok_or_else(|| never(world, "subscribed"))
}

/// A topic name that a filter covers.
fn covered(filter: &str) -> String {
    let level = |level| if matches!(level, "+" | "#") { "any" } else { level };
    filter.split('/').map(level).collect::<Vec<_>>().join("/")
}

async fn post(world: &mut World, body: Value) -> Said {
    let (tenant, path) = (NAMESPACE.to_owned(), "messages".to_owned());
    world.carry_out(Order::Resource { tenant, verb: Verb::Post, path, body }).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_covers_the_topic_that_is_made_of_it() {
        for (filter, topic) in
            [("a/b", "a/b"), ("a/#", "a/any"), ("+/b/#", "any/b/any"), ("#", "any")]
        {
            assert_eq!(covered(filter), topic);
            assert!(wire::topic::matches(filter, topic));
        }
    }
}
