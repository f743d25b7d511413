//! Then: the CloudEvents that the service side has.

use std::sync::Arc;

use cloud::{Action, CloudEvent};
use cucumber::then;
use serde_json::Value;

use crate::world::{Failed, Said, World};

/// The last one of this type and subject.
#[then(expr = "the namespace has the event {string} on {string}")]
#[then(expr = "the instance has the event {string} on {string}")]
async fn has_event(world: &mut World, kind: String, subject: String) -> Said {
    let all = events(world).await?;
    let found = all.iter().rev().find(|event| is_of(event, &kind, &subject)).cloned();
    let holds = found.is_some();
    world.event = found;
    world.check(holds, || Failed::new(format!("the event {kind} on {subject}"), told(&all)))
}

#[then(expr = "the namespace has {int} event {string} on {string}")]
#[then(expr = "the namespace has {int} events {string} on {string}")]
#[then(expr = "the instance has {int} event {string} on {string}")]
#[then(expr = "the instance has {int} events {string} on {string}")]
async fn has_events_of(world: &mut World, expected: usize, kind: String, subject: String) -> Said {
    let all = events(world).await?;
    let actual = all.iter().filter(|event| is_of(event, &kind, &subject)).count();
    world.check(actual == expected, || {
        Failed::new(format!("{expected} of the event {kind} on {subject}"), told(&all))
    })
}

/// Of messages: those of the life-cycle are apart.
#[then(expr = "the namespace has {int} events")]
async fn has_events(world: &mut World, expected: usize) -> Said {
    let mut all = events(world).await?;
    all.retain(|event| !event.kind.starts_with("Microsoft.EventGrid.MQTTClient"));
    world.check(all.len() == expected, || Failed::new(format!("{expected} events"), told(&all)))
}

/// An attribute, or a member of the data: `data.clientSessionName`.
#[then(expr = "the event has {string} = {string}")]
fn event_has(world: &mut World, name: String, expected: String) -> Said {
    let actual = member(world, &name)?;
    world.check_same(&name, Some(expected), actual)
}

#[then(expr = "the event has no {string}")]
fn event_has_no(world: &mut World, name: String) -> Said {
    let actual = member(world, &name)?;
    world.check_same(&name, None, actual)
}

pub(super) async fn events(world: &mut World) -> Result<Vec<Arc<CloudEvent>>, Failed> {
    world.mock().await?.settle().await;
    Ok(world.with_steps(|steps| {
        let effects = steps.iter().flat_map(|step| &step.effects);
        effects
            .filter_map(|effect| match &effect.action {
                Action::Event(event) => Some(event.clone()),
                _ => None,
            })
            .collect()
    }))
}

pub(super) fn is_of(event: &CloudEvent, kind: &str, subject: &str) -> bool {
    event.kind == kind && event.subject.as_deref() == Some(subject)
}

fn told(events: &[Arc<CloudEvent>]) -> String {
    let all: Vec<String> = events.iter().map(ToString::to_string).collect();
    if all.is_empty() { "no event".to_owned() } else { all.join("; ") }
}

/// A member of the event in hand as text.
fn member(world: &World, name: &str) -> Result<Option<String>, Failed> {
    let Some(event) = &world.event else {
        return Err(Failed::new(
            "an event in hand",
            "none: say `the namespace has the event …` first",
        ));
    };
    Ok(member_of(&event.to_json(), name))
}

/// A member below members, as text: `data.clientSessionName`, `value.0.name`.
pub(super) fn member_of(value: &Value, name: &str) -> Option<String> {
    let pointer = format!("/{}", name.replace('.', "/"));
    value.pointer(&pointer).map(|value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_are_found_below_members() {
        let value = json!({"data": {"n": 1, "names": ["a"]}, "type": "t"});
        for (name, expected) in
            [("type", Some("t")), ("data.n", Some("1")), ("data.names.0", Some("a")), ("x.y", None)]
        {
            assert_eq!(member_of(&value, name).as_deref(), expected, "{name}");
        }
    }
}
