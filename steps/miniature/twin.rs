//! What a miniature knows of its twin, and what it has to ask.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;
use wire::{Packet, Publish};

use super::{conversation::query, habits::Habits};

/// The requests of one connection, and the version that was seen last.
#[derive(Debug, Default)]
pub(super) struct Twin {
    /// Of the desired properties.
    version: Option<u64>,
    /// Request ids are not used twice.
    last_rid: u64,
    pending: Option<Pending>,
    /// When to ask again.
    pub(super) again_at: Option<Instant>,
    reads: u64,
}

#[derive(Debug)]
struct Pending {
    rid: String,
    is_read: bool,
}

/// How long an answer may take, and how long to wait after a 429.
const PATIENCE: Duration = Duration::from_secs(10);
const LATER: Duration = Duration::from_secs(1);

impl Twin {
    /// Asks for the twin.
    pub(super) fn read(&mut self, now: Instant) -> Packet {
        self.reads += 1;
        let rid = self.ask(now, true);
        publish(format!("$iothub/twin/GET/?$rid={rid}"), String::new())
    }

    /// Whether it was read at all.
    pub(super) const fn was_read(&self) -> bool {
        self.reads > 0
    }

    /// The time for an answer, or for a new attempt, has come.
    pub(super) fn again(&mut self, now: Instant) -> Packet {
        let was_read = self.pending.take().is_none_or(|pending| pending.is_read);
        if was_read { self.read(now) } else { self.report(now) }
    }

    /// A new connection: what was asked on the old one is not answered any more.
    pub(super) fn forget(&mut self) {
        self.pending = None;
        self.again_at = None;
    }

    /// A publish below `$iothub/twin/`: what is to be said next, if anything.
    pub(super) fn hear(
        &mut self,
        publish: &Publish,
        now: Instant,
        habits: &Habits,
    ) -> Option<Packet> {
        if let Some(answer) = publish.topic.strip_prefix("$iothub/twin/res/") {
            return self.hear_answer(answer, &publish.payload, now, habits);
        }
        let version = query(&publish.topic, "$version")?.parse().ok()?;
        let known = self.version?;
        if version <= known {
            return None;
        }
        if version > known + 1 && !habits.ignores_gaps {
            return Some(self.read(now));
        }
        self.version = Some(version);
        Some(self.report(now))
    }

    fn hear_answer(
        &mut self,
        answer: &str,
        body: &[u8],
        now: Instant,
        habits: &Habits,
    ) -> Option<Packet> {
        let status: u16 = answer.split('/').next()?.parse().ok()?;
        let rid = query(answer, "$rid")?;
        let pending = self.pending.take_if(|pending| pending.rid == rid)?;
        self.again_at = None;
        match status {
            429 | 500.. => {
                if !habits.gives_up {
                    self.again_at = Some(now + LATER);
                    self.pending = Some(pending);
                }
                None
            }
            200 if pending.is_read => {
                let twin: Value = serde_json::from_slice(body).ok()?;
                self.version = twin["desired"]["$version"].as_u64();
                Some(self.report(now))
            }
            _ => None,
        }
    }

    fn report(&mut self, now: Instant) -> Packet {
        let rid = self.ask(now, false);
        let body = format!("{{\"seen\":{}}}", self.version.unwrap_or_default());
        publish(format!("$iothub/twin/PATCH/properties/reported/?$rid={rid}"), body)
    }

    fn ask(&mut self, now: Instant, is_read: bool) -> String {
        self.last_rid += 1;
        let rid = self.last_rid.to_string();
        self.again_at = Some(now + PATIENCE);
        self.pending = Some(Pending { rid: rid.clone(), is_read });
        rid
    }
}

fn publish(topic: String, body: String) -> Packet {
    Packet::Publish(Publish { topic, payload: body.into(), ..Publish::default() })
}
