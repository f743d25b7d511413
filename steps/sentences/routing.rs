//! Given: what a namespace routes, where to and with what added.

use cucumber::{gherkin, given};
use serde_json::json;

use super::connect::rows;
use crate::world::{Said, World};

#[given("the namespace routes its messages")]
fn routes(world: &mut World) -> Said {
    let topic = "/subscriptions/s/resourceGroups/r/providers/Microsoft.EventGrid/topics/t";
    world.scene()?.declare(json!({"topicSpacesConfiguration": {"routeTopicResourceId": topic}}))
}

/// Rows: the key, and a text or something of the client or the message such as `${mqtt.message.pfi}`.
#[given("what it routes is enriched with:")]
fn enriched(world: &mut World, step: &gherkin::Step) -> Said {
    let (mut fixed, mut dynamic) = (Vec::new(), Vec::new());
    for (key, value) in rows(step)? {
        let list = if value.starts_with("${") { &mut dynamic } else { &mut fixed };
        list.push(json!({"key": key, "value": value}));
    }
    let enrichments = json!({"static": fixed, "dynamic": dynamic});
    world.scene()?.declare(json!({"topicSpacesConfiguration": {"routingEnrichments": enrichments}}))
}
