//! The client under test: what happens to it, and what it is seen to do.
//!
//! It acts by itself. So a sentence waits for what it should do, on the scene's clock and within limits;
//! what it never shows is no fault, unless it claims to do it.

mod attempts;
mod certificate;
mod downstream;
mod instance;
mod namespace;
mod requests;
mod timers;

use std::time::Duration;

use cloud::{Input, Order, Step, catalogue, fault::Fault};
use cucumber::{gherkin, given, then, when};
use reports::{Found, judged::Level};
use wire::{Packet, topic};

use crate::{
    client::{connack, ledger},
    scene::HUB,
    world::{Failed, Said, World},
};

#[given("the client proves itself by a certificate")]
fn proves_itself_by_certificate(world: &mut World) -> Said {
    world.give_certificate()
}

#[given("the client is a module")]
fn is_a_module(world: &mut World) -> Said {
    world.make_module()
}

#[given("the client is connected")]
async fn is_connected(world: &mut World) -> Said {
    world.start_client().await?;
    world.must_connect().await
}

/// Connected, and done with what it does first: its first telemetry tells, or some time without any.
#[given("the client is at work")]
async fn is_at_work(world: &mut World) -> Said {
    is_connected(world).await?;
    let telemetry = if world.spec()?.is_of_hubs() { "{root}/messages/events/#" } else { "#" };
    let telemetry = own(world, telemetry)?;
    world.see(SHOWING, &mut |step| published(step, &telemetry)).await.map(|_| ())
}

#[when("the client starts")]
async fn starts(world: &mut World) -> Said {
    world.start_client().await
}

#[given(expr = "the client has sent {word}")]
async fn has_sent(world: &mut World, packet: String) -> Said {
    let seen = world.see(SHOWING, &mut |step| sent(step, &packet)).await?;
    seen.ok_or_else(|| never(world, &format!("sent {packet}")))
}

#[given(expr = "the client has published to {string}")]
async fn has_published(world: &mut World, filter: String) -> Said {
    let filter = own(world, &filter)?;
    let seen = world.see(SHOWING, &mut |step| published(step, &filter)).await?;
    seen.ok_or_else(|| never(world, &format!("published to {filter}")))
}

#[given(expr = "the client has subscribed to {string}")]
async fn has_subscribed(world: &mut World, filter: String) -> Said {
    let filter = own(world, &filter)?;
    // It may have done so before anybody looked.
    world.subject()?.mark = 0;
    let seen = world.see(SHOWING, &mut |step| subscribed(step, &filter)).await?;
    seen.ok_or_else(|| never(world, &format!("subscribed to {filter}")))
}

/// From the client's first packet on.
#[given(expr = "the fault {string} strikes the client")]
fn fault_strikes_the_client(world: &mut World, fault: String) -> Said {
    let fault = parsed(&fault)?;
    let id = world.subject()?.id.to_string();
    world.scene()?.registry_mut()?.faults.push(fault.of(&id));
    Ok(())
}

#[when(expr = "the fault {string} strikes")]
async fn fault_strikes(world: &mut World, fault: String) -> Said {
    world.mark().await?;
    add(world, &fault).await
}

#[when("the fault has struck")]
async fn fault_has_struck(world: &mut World) -> Said {
    let struck = world.see(STRIKING, &mut |step| (!step.struck.is_empty()).then_some(())).await?;
    struck.ok_or_else(|| never(world, "gave the fault something to strike"))
}

#[when("the connection of the client is reset before it is registered")]
async fn is_reset_before_registered(world: &mut World) -> Said {
    world.mark().await?;
    let fault = r#"{"do":"reset","packet":"PUBLISH","topic":"$dps/registrations/res/#","times":1}"#;
    add(world, fault).await?;
    fault_has_struck(world).await
}

/// Adds a fault for the client alone.
pub(crate) async fn add(world: &mut World, fault: &str) -> Said {
    let fault = parsed(fault)?;
    let id = world.subject()?.id.to_string();
    world.carry_out(Order::AddFault(fault.of(&id))).await
}

fn parsed(fault: &str) -> Result<Fault, Failed> {
    serde_json::from_str(fault).map_err(|error| Failed::from(error.to_string()))
}

#[then(expr = "the client connects within {int} s")]
async fn connects(world: &mut World, s: u64) -> Said {
    let patience = world.spec()?.patience();
    let within = Duration::from_secs(s) + patience;
    let seen = world.see(within, &mut accepted).await?;
    world.check(seen.is_some(), || {
        Failed::new("a good connection of the client", format!("none within {s} s"))
    })
}

#[when("the connection of the client is cut")]
async fn is_cut(world: &mut World) -> Said {
    world.mark().await?;
    if !world.spec()?.is_of_hubs() {
        return add(world, r#"{"do":"reset","packet":"CLOCK","times":1}"#).await;
    }
    let identity = world.subject()?.id.clone();
    world.carry_out(Order::CutConnection { hub: HUB.to_owned(), identity }).await
}

#[then(expr = "the client connects again within {int} s")]
async fn connects_again(world: &mut World, s: u64) -> Said {
    let seen = world.see(Duration::from_secs(s), &mut accepted).await?;
    if let Some(number) = seen {
        world.subject()?.mark = number;
    }
    world.check(seen.is_some(), || {
        Failed::new("a good connection of the client", format!("none within {s} s"))
            .hint("a device that has lost its connection comes back by itself")
    })
}

#[then(expr = "the client subscribes to {string} within {int} s")]
async fn subscribes(world: &mut World, filter: String, s: u64) -> Said {
    let filter = own(world, &filter)?;
    let seen = world.see(Duration::from_secs(s), &mut |step| subscribed(step, &filter)).await?;
    world.check(seen.is_some(), || {
        Failed::new(format!("a SUBSCRIBE to {filter}"), format!("none within {s} s"))
    })
}

#[then(expr = "the client publishes to {string} within {int} s")]
async fn publishes(world: &mut World, filter: String, s: u64) -> Said {
    let filter = own(world, &filter)?;
    let seen = world.see(Duration::from_secs(s), &mut |step| published(step, &filter)).await?;
    world.check(seen.is_some(), || {
        Failed::new(format!("a publish of the client to {filter}"), format!("none within {s} s"))
    })
}

#[then("the client keeps:")]
async fn keeps_all(world: &mut World, step: &gherkin::Step) -> Said {
    keep(world, &clauses(step), SHOWING).await
}

#[then(expr = "within {int} s the client keeps:")]
async fn keeps_all_within(world: &mut World, s: u64, step: &gherkin::Step) -> Said {
    keep(world, &clauses(step), Duration::from_secs(s)).await
}

#[then(expr = "the client keeps {word}")]
async fn keeps(world: &mut World, clause: String) -> Said {
    keep(world, &[clause], SHOWING).await
}

#[then(expr = "within {int} s the client keeps {word}")]
async fn keeps_within(world: &mut World, s: u64, clause: String) -> Said {
    keep(world, &[clause], Duration::from_secs(s)).await
}

/// The first column of a step's table.
fn clauses(step: &gherkin::Step) -> Vec<String> {
    let table = step.table.as_ref().map(|table| table.rows.as_slice()).unwrap_or_default();
    table.iter().filter_map(|row| row.first().cloned()).collect()
}

/// Waits until each of the clauses was judged, or the time to show it is over; none may be broken.
async fn keep(world: &mut World, clauses: &[String], within: Duration) -> Said {
    if let Some(unknown) = clauses.iter().find(|id| catalogue::find(id).is_none()) {
        return Err(Failed::error("a clause of the catalogue", format!("`{unknown}`")));
    }
    world.subject()?.mark = 0;
    let mut missing: Vec<&String> = clauses.iter().collect();
    let waited = world
        .see(within, &mut |step| {
            missing.retain(|id| !step.judged.iter().any(|it| it.rule.id() == id.as_str()));
            missing.is_empty().then_some(())
        })
        .await;
    let judged = world.with_steps(|steps| ledger::of(steps, &[]));
    let of = |found: Found| {
        let these = judged.iter().filter(|it| clauses.contains(&it.clause) && it.found == found);
        these.map(|it| (it.clause.clone(), it.level)).collect::<Vec<_>>()
    };
    let (broken, kept) = (of(Found::Broken), of(Found::Kept));
    world.assertions += 1;
    if broken.is_empty() && kept.is_empty() {
        // A process that ended early has had no occasion.
        waited?;
        return Err(never(world, "gave occasion to judge this"));
    }
    if broken.is_empty() {
        return Ok(());
    }
    let ids: Vec<String> = broken.iter().map(|(id, _)| id.clone()).collect();
    world.found_broken.extend(ids.iter().cloned());
    let evidence = world.with_steps(|steps| evidence(steps, &ids));
    let failed = Failed::new("the client to keep this", evidence).of(ids);
    let is_duty = broken.iter().any(|(_, level)| *level == Level::Must);
    Err(if is_duty { failed } else { failed.warns() })
}

/// What broke each of these clauses first, a line each.
pub(crate) fn evidence(steps: &[&Step], clauses: &[String]) -> String {
    let first = |id: &String| {
        let broke = |step: &&&Step| {
            step.judged.iter().any(|it| !it.holds && it.rule.id() == id)
                || step.effects.iter().any(|effect| effect.because.id() == id)
        };
        let step = steps.iter().find(broke)?;
        let why = step.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        Some(format!("{id} is broken by: {}{why}", step.input))
    };
    clauses.iter().filter_map(first).collect::<Vec<_>>().join("\n")
}

/// How long a client may take to show what it does by itself, on the scene's clock.
pub(crate) const SHOWING: Duration = Duration::from_secs(4);

/// How long a client may take to give a fault something to strike.
const STRIKING: Duration = Duration::from_secs(15);

/// Something that a client never showed: trouble when it claims to do it, and no occasion otherwise.
fn never(world: &World, what: &str) -> Failed {
    let claims = world.settings.client.as_ref().map(|client| &client.claims);
    let claimed = world
        .tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("does:"))
        .find(|capability| claims.is_some_and(|claims| claims.has(capability)));
    match claimed {
        Some(capability) => Failed::error(
            format!("what the client claims to do: {capability}"),
            format!("it never {what}"),
        )
        .hint(world.last_words()),
        None => Failed::not_run(format!("the client never {what}")),
    }
}

/// A topic filter with `{id}` standing for the client, as in `devices/{id}/messages/events/#`.
fn own(world: &mut World, filter: &str) -> Result<String, Failed> {
    let id = &world.subject()?.id;
    Ok(filter.replace("{root}", &id.topic_root()).replace("{id}", &id.device))
}

/// The number of a step by which a client was accepted.
fn accepted(step: &Step) -> Option<u64> {
    connack(step).filter(|code| *code == 0).map(|_| step.number)
}

fn sent(step: &Step, name: &str) -> Option<()> {
    matches!(&step.input, Input::Received { packet, .. } if packet.name() == name).then_some(())
}

fn published(step: &Step, filter: &str) -> Option<()> {
    matches!(&step.input, Input::Received { packet: Packet::Publish(publish), .. }
        if topic::matches(filter, &publish.topic))
    .then_some(())
}

fn subscribed(step: &Step, filter: &str) -> Option<()> {
    let Input::Received { packet: Packet::Subscribe(subscribe), .. } = &step.input else {
        return None;
    };
    subscribe.filters.iter().any(|it| it.filter == filter).then_some(())
}
