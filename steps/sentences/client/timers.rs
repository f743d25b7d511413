//! What the client does by its own timers.

use std::time::Duration;

use cloud::{Action, Input, Step, Time};
use cucumber::{then, when};
use wire::{Connect, Packet, Publish};

use super::{never, subscribed};
use crate::world::{Failed, Said, World};

/// Real time above which even the long lane does not wait for one timer.
const LONGEST: Duration = Duration::from_secs(15 * 60);

#[then("the client opens another connection within 2 keep-alives")]
async fn opens_another(world: &mut World) -> Said {
    let keep_alive = keep_alive(world)?;
    let opened = |step: &Step| matches!(step.input, Input::Opened { .. }).then_some(());
    let seen = world.see(keep_alive * 2, &mut { opened }).await?;
    world.check(seen.is_some(), || {
        let s = keep_alive.as_secs();
        Failed::new("another connection of the client", format!("none within twice its {s} s"))
            .hint("a device that waits for ever on a dead connection is lost")
    })
}

#[then("the client is still connected after 3 keep-alives")]
async fn is_still_connected(world: &mut World) -> Said {
    let keep_alive = keep_alive(world)?;
    let ended = |step: &Step| {
        let is_closed = step.effects.iter().any(|it| matches!(it.action, Action::Close { .. }));
        (is_closed || matches!(step.input, Input::Closed { .. })).then(|| step.to_string())
    };
    let seen = world.see_exactly(keep_alive * 3, &mut { ended }).await?;
    let actual = seen.clone().unwrap_or_default();
    world.check(seen.is_none(), || Failed::new("the connection of the client to live", actual))
}

#[when("the token of the client comes to its end")]
async fn token_ends(world: &mut World) -> Said {
    let ends = last_token(world).ok_or_else(|| never(world, "showed a token"))?;
    let spec = world.spec()?;
    let mock = world.client_mock().await?;
    let left = Duration::from_millis(ends.since_ms(mock.now()));
    if left / spec.warp > LONGEST {
        let s = left.as_secs();
        return Err(Failed::not_run(format!("the token lives for {s} s: --warp N")));
    }
    let renews = |step: &Step| {
        connect(step).and_then(expiry).filter(|expiry| *expiry > ends).map(|_| step.number)
    };
    let seen = world.see_exactly(left, &mut { renews }).await?;
    world.remembered.insert("renewed".to_owned(), format!("{seen:?}"));
    Ok(())
}

#[then("the client has renewed its token by then")]
fn has_renewed(world: &mut World) -> Said {
    let renewed = world.remembered.get("renewed").is_some_and(|seen| seen != "None");
    world.check(renewed, || {
        Failed::new("a connection with a later token", "none before the token ran out")
            .hint("the hub closes the connection of a device whose token has run out")
    })
}

#[then(expr = "the client subscribes once more within {int} s")]
async fn subscribes_once_more(world: &mut World, s: u64) -> Said {
    let struck = world.with_steps(|steps| {
        steps.iter().find(|step| !step.struck.is_empty()).and_then(|step| match &step.input {
            Input::Received { packet: Packet::Subscribe(subscribe), .. } => {
                Some((step.number, subscribe.filters.first()?.filter.clone()))
            }
            _ => None,
        })
    });
    let (number, filter) = struck.ok_or_else(|| never(world, "subscribed in vain"))?;
    world.subject()?.mark = number;
    let seen = world.see(Duration::from_secs(s), &mut |step| subscribed(step, &filter)).await?;
    world.check(seen.is_some(), || {
        Failed::new(format!("a second SUBSCRIBE to {filter}"), format!("none within {s} s"))
    })
}

#[then(expr = "the client sends again within {int} s what was not acknowledged")]
async fn sends_again(world: &mut World, s: u64) -> Said {
    let lost = world.with_steps(|steps| {
        let struck = steps.iter().filter(|step| !step.struck.is_empty());
        struck.filter_map(|step| publish(step)).next().cloned()
    });
    let lost = lost.ok_or_else(|| never(world, "published at QoS 1"))?;
    let again = |step: &Step| {
        publish(step)
            .filter(|again| again.topic == lost.topic && again.payload == lost.payload)
            .map(|again| again.dup)
    };
    let seen = world.see(Duration::from_secs(s), &mut { again }).await?;
    world.check(seen == Some(true), || {
        let actual = match seen {
            None => format!("not within {s} s"),
            Some(_) => "without DUP".to_owned(),
        };
        Failed::new(format!("{} once more, with DUP", lost.topic), actual)
    })
}

/// What the client's last CONNECT asked for.
fn keep_alive(world: &World) -> Result<Duration, Failed> {
    let s = world.with_steps(|steps| {
        steps.iter().rev().find_map(|step| connect(step)).map(|connect| connect.keep_alive_s)
    });
    match s {
        Some(s @ 1..) => {
            let keep_alive = Duration::from_secs(s.into());
            let warp = world.spec()?.warp;
            if keep_alive * 3 / warp > LONGEST {
                return Err(Failed::not_run(format!("its keep-alive is {s} s: --warp N")));
            }
            Ok(keep_alive)
        }
        Some(0) => Err(Failed::not_run("the client asks for no keep-alive")),
        None => Err(never(world, "connected")),
    }
}

/// When the token of the client's last CONNECT runs out.
fn last_token(world: &World) -> Option<Time> {
    world.with_steps(|steps| steps.iter().rev().find_map(|step| expiry(connect(step)?)))
}

fn expiry(connect: &Connect) -> Option<Time> {
    let token = std::str::from_utf8(connect.password.as_ref()?).ok()?;
    let expiry = token.split(['&', ' ']).find_map(|field| field.strip_prefix("se="))?;
    Some(Time::from_s(expiry.parse().ok()?))
}

fn connect(step: &Step) -> Option<&Connect> {
    match &step.input {
        Input::Received { packet: Packet::Connect(connect), .. } => Some(connect),
        _ => None,
    }
}

fn publish(step: &Step) -> Option<&Publish> {
    match &step.input {
        Input::Received { packet: Packet::Publish(publish), .. } => Some(publish),
        _ => None,
    }
}
