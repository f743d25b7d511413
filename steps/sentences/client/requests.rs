//! What the client asks again, and what it asks no more.

use std::time::Duration;

use cloud::{Action, Step};
use cucumber::{given, then};
use wire::Packet;

use super::{never, own, published};
use crate::world::{Failed, Said, World};

/// How long a registration may take, on the scene's clock.
const REGISTERING: Duration = Duration::from_secs(60);

#[given(expr = "DPS has answered the client with {int}")]
async fn dps_has_answered(world: &mut World, status: u16) -> Said {
    let topic = format!("$dps/registrations/res/{status}/");
    let answered = |step: &Step| {
        let is_it = |action: &Action| {
            matches!(action, Action::Send { packet: Packet::Publish(publish), .. }
                if publish.topic.starts_with(&topic))
        };
        step.effects.iter().any(|effect| is_it(&effect.action)).then_some(step.number)
    };
    let seen = world.see(REGISTERING, &mut { answered }).await?;
    let number = seen.ok_or_else(|| never(world, &format!("was answered with {status}")))?;
    world.subject()?.mark = number;
    Ok(())
}

#[then(expr = "the client publishes {int} times to {string} within {int} s")]
async fn publishes_times(world: &mut World, times: u64, filter: String, s: u64) -> Said {
    let filter = own(world, &filter)?;
    let mut count = 0;
    let seen = world
        .see(Duration::from_secs(s), &mut |step| {
            count += u64::from(published(step, &filter).is_some());
            (count >= times).then_some(())
        })
        .await?;
    world.check(seen.is_some(), || {
        let expected = format!("{times} publishes of the client to {filter}");
        Failed::new(expected, format!("{count} within {s} s"))
    })
}

/// A client that has ended says nothing either.
#[then(expr = "the client publishes nothing more to {string} for {int} s")]
async fn publishes_nothing(world: &mut World, filter: String, s: u64) -> Said {
    let filter = own(world, &filter)?;
    let seen = world
        .see_exactly(Duration::from_secs(s), &mut |step| {
            published(step, &filter).map(|()| step.input.to_string())
        })
        .await
        .unwrap_or_default();
    let actual = seen.clone().unwrap_or_default();
    world.check(seen.is_none(), || {
        Failed::new(format!("no publish of the client to {filter}"), actual)
    })
}
