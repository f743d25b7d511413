//! Whether warp reaches a client: found out on its own wire, before anything counts.

use std::{collections::BTreeMap, pin::pin, sync::Arc, time::Duration};

use cloud::{Input, Step};
use futures::future::{Either, select};
use wire::Packet;

use crate::{
    client::{Spec, connack},
    world::{Settings, World},
};

/// Real time in which a client has to show at what speed it lives.
const WATCHED: Duration = Duration::from_secs(10);

/// What a client at real speed sends this often within its keep-alive is no evidence of warp.
const PINGS_ARE_EVIDENCE_FROM: u32 = 10;

/// How many times it has to send the same at real speed, and under warp.
const GAPS: (usize, usize) = (2, 4);

/// What was found, in words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Proven(String),
    NotProven(String),
}

/// Starts the client under warp and, beside it, at real speed, and compares what it sends by itself.
pub(crate) async fn reach(spec: &Arc<Spec>) -> Reach {
    let plain = Arc::new(spec.at_real_speed(false));
    let (mut fast, mut slow) = (world(spec.clone()), world(plain));
    let (fast_seen, slow_seen) = {
        let watching_fast = pin!(watch(&mut fast, GAPS.1, true));
        let watching_slow = pin!(watch(&mut slow, GAPS.0, false));
        match select(watching_fast, watching_slow).await {
            Either::Left((seen, _)) if seen.ping.is_some() => (seen, Seen::default()),
            Either::Left((seen, slow)) => (seen, slow.await),
            Either::Right((seen, fast)) => (fast.await, seen),
        }
    };
    fast.end_client().await;
    slow.end_client().await;
    judge(spec.warp, &fast_seen, &slow_seen)
}

fn world(spec: Arc<Spec>) -> World {
    let settings = Settings { client: Some(spec), ..Settings::default() };
    let mut world = World::default();
    world.settings = Arc::new(settings);
    world
}

/// What a client did by itself, timed on its cloud's clock.
#[derive(Debug, Default)]
struct Seen {
    is_connected: bool,
    /// Why it was not watched to the end.
    trouble: Option<String>,
    /// How long it was until a PINGREQ, and the keep-alive that it had promised.
    ping: Option<(u64, u64)>,
    /// When it published the same, for each way to be the same.
    published_ms: BTreeMap<String, Vec<u64>>,
    accepted_ms: u64,
    keep_alive_ms: u64,
}

/// Watches the client from its first connection on, until it has shown enough or the time is over.
async fn watch(world: &mut World, gaps: usize, heeds_pings: bool) -> Seen {
    let mut seen = Seen::default();
    let Ok(spec) = world.spec() else { return seen };
    if let Err(failed) = world.start_client().await {
        seen.trouble = Some(failed.actual);
        return seen;
    }
    let mut look = |step: &Step| {
        seen.hear(step);
        let is_enough = seen.gaps_ms().len() >= gaps;
        (is_enough || (heeds_pings && seen.ping.is_some())).then_some(())
    };
    if let Err(failed) = world.see_exactly(WATCHED * spec.warp, &mut look).await {
        seen.trouble = Some(failed.actual);
    }
    seen
}

impl Seen {
    /// Takes a step.
    fn hear(&mut self, step: &Step) {
        if let Input::Received { packet, .. } = &step.input {
            match packet {
                Packet::Connect(connect) => {
                    self.keep_alive_ms = u64::from(connect.keep_alive_s) * 1000;
                }
                Packet::Publish(publish) => {
                    let at = self.published_ms.entry(kind(&publish.topic)).or_default();
                    at.push(step.at.ms());
                }
                Packet::Pingreq if self.ping.is_none() => {
                    let after_ms = step.at.ms().saturating_sub(self.accepted_ms);
                    self.ping = Some((after_ms, self.keep_alive_ms));
                }
                _ => {}
            }
        }
        if connack(step) == Some(0) {
            self.is_connected = true;
            self.accepted_ms = step.at.ms();
        }
    }

    /// The times between what it published most often.
    fn gaps_ms(&self) -> Vec<u64> {
        let most = self.published_ms.values().max_by_key(|at| at.len());
        let at = most.map(Vec::as_slice).unwrap_or_default();
        at.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect()
    }

    fn usual_gap_ms(&self, at_least: usize) -> Option<f64> {
        let mut gaps_ms = self.gaps_ms();
        gaps_ms.sort_unstable();
        (gaps_ms.len() >= at_least).then(|| gaps_ms[gaps_ms.len() / 2].max(1) as f64)
    }
}

/// A topic without what differs from message to message.
fn kind(topic: &str) -> String {
    let end = match topic.find("/messages/events/") {
        Some(at) => at,
        None => topic.find('?').unwrap_or(topic.len()),
    };
    topic[..end].to_owned()
}

fn judge(warp: u32, fast: &Seen, slow: &Seen) -> Reach {
    let not = |why: String| Reach::NotProven(format!("warp does not reach this client: {why}"));
    if !fast.is_connected {
        let why = fast.trouble.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        return not(format!("under libfaketime it does not connect{why}"));
    }
    let factor = f64::from(warp);
    if let Some((after_ms, keep_alive_ms)) = fast.ping
        && warp >= PINGS_ARE_EVIDENCE_FROM
        && after_ms * 2 <= keep_alive_ms * 3
    {
        let (after_s, keep_alive_s) = (after_ms as f64 / 1000.0, keep_alive_ms / 1000);
        return Reach::Proven(format!(
            "warp reaches this client: PINGREQ came {after_s:.1} s after CONNACK on the cloud's clock, \
             with a keep-alive of {keep_alive_s} s, {warp} times as fast as real time"
        ));
    }
    let (Some(slow_ms), Some(fast_ms)) =
        (slow.usual_gap_ms(GAPS.0), fast.usual_gap_ms(GAPS.1).map(|gap_ms| gap_ms / factor))
    else {
        let s = WATCHED.as_secs();
        let why = fast.trouble.as_ref().or(slow.trouble.as_ref());
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        return not(format!("within {s} s it sent nothing that tells how fast it lives{why}"));
    };
    let compared = format!(
        "what it sends every {slow_ms:.0} ms at real speed came every {fast_ms:.0} ms of real time"
    );
    // Half-way between one and the factor, as factors go: what is slow, or delayed, is no lie.
    if slow_ms / fast_ms >= factor.sqrt() {
        Reach::Proven(format!("warp reaches this client: {compared}"))
    } else {
        not(compared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every(gap_ms: u64) -> Seen {
        let at = (0..8).map(|n| n * gap_ms).collect();
        let published_ms = BTreeMap::from([("telemetry".to_owned(), at)]);
        Seen { is_connected: true, published_ms, ..Seen::default() }
    }

    fn pinging(after_ms: u64) -> Seen {
        Seen { is_connected: true, ping: Some((after_ms, 60_000)), ..Seen::default() }
    }

    #[test]
    fn the_wire_tells_whether_a_client_is_warped() {
        for (warp, fast, slow, is_proven) in [
            // On the cloud's clock what was not warped seems long.
            (20, every(500), every(500), true),
            (20, every(10_000), every(500), false),
            // A busy machine.
            (20, every(900), every(600), true),
            (20, pinging(60_000), Seen::default(), true),
            (20, pinging(90_001), Seen::default(), false),
            // Who pings twice within its keep-alive does so at real speed, too.
            (2, pinging(60_000), Seen::default(), false),
            (20, Seen { is_connected: true, ..Seen::default() }, every(500), false),
            (20, Seen::default(), every(500), false),
        ] {
            let found = judge(warp, &fast, &slow);
            assert_eq!(matches!(found, Reach::Proven(_)), is_proven, "{found:?}");
        }
    }

    #[test]
    fn what_differs_between_messages_does_not_make_them_different() {
        for (topic, expected) in [
            ("devices/d/messages/events/n=1&$.ct=a%3Fb", "devices/d"),
            ("$iothub/twin/GET/?$rid=7", "$iothub/twin/GET/"),
            ("plain", "plain"),
        ] {
            assert_eq!(kind(topic), expected);
        }
    }
}
