//! The faults of a cloud at work. What a device sends meets them before it is handled, what the cloud
//! decided meets them before it is carried out, and handlers ask in between whether to refuse.

mod arrive;
mod bend;
mod spoil;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use wire::Packet;

use crate::{
    cloud::Core,
    dialect,
    effect::Effect,
    fault::{Fault, Struck, Victim},
    input::ConnId,
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

rules! {
    FAULTS_STRIKE = "SKY-FAULT-001";
    ENDED_AS_BY_THE_NETWORK = "SKY-FAULT-002";
    REFUSED_IS_NOT_CARRIED_OUT = "SKY-FAULT-003";
}

/// Faults in order of their adding, and what they hold back.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
    held: BTreeMap<u64, Victim>,
    last_held: u64,
    /// Held back no longer: carried out with the ruling at hand, and struck by nothing more.
    released: Vec<Effect>,
    frozen: BTreeSet<ConnId>,
    /// What was struck since the last step of the trace.
    struck: Vec<Struck>,
}

#[derive(Debug)]
struct Active {
    fault: Arc<Fault>,
    added_at: Time,
    matches: u32,
    strikes: u32,
    /// What `reorder` collects until its number is reached.
    collected: BTreeMap<ConnId, Vec<Effect>>,
}

impl Core {
    /// Adds a fault and tells how many there are now.
    pub(crate) fn add_fault(&mut self, fault: Fault) -> usize {
        self.faults.active.push(Active {
            fault: Arc::new(fault),
            added_at: self.now,
            matches: 0,
            strikes: 0,
            collected: BTreeMap::new(),
        });
        self.faults.active.len()
    }

    /// Removes every fault and tells how many there were. What they held back happens now.
    pub(crate) fn clear_faults(&mut self, ruling: &mut Ruling<'_>) -> usize {
        let removed = std::mem::take(&mut self.faults.active);
        let count = removed.len();
        let collected = removed.into_iter().flat_map(|active| active.collected.into_values());
        self.faults.released.extend(collected.flatten());
        for victim in std::mem::take(&mut self.faults.held).into_values() {
            self.release(victim, ruling);
        }
        count
    }

    /// What was held back under this number happens now, unless the faults were cleared meanwhile.
    pub(crate) fn release_delayed(&mut self, number: u64, ruling: &mut Ruling<'_>) {
        if let Some(victim) = self.faults.held.remove(&number) {
            self.release(victim, ruling);
        }
    }

    /// The first fault that is due for this. Its counters move.
    fn strike(
        &mut self,
        conn: Option<ConnId>,
        ruling: &mut Ruling<'_>,
        covers: impl Fn(&Fault) -> bool,
    ) -> Option<Arc<Fault>> {
        if self.faults.active.is_empty() || ruling.gives_wrong_value(FAULTS_STRIKE) {
            return None;
        }
        let Self { faults, chance, now, .. } = self;
        for active in &mut faults.active {
            let joins = conn.is_some_and(|conn| active.collected.contains_key(&conn));
            if covers(&active.fault)
                && (joins || active.is_due(*now, |probability| chance.happens(probability)))
            {
                return Some(active.fault.clone());
            }
        }
        None
    }

    fn hold(&mut self, victim: Victim, s: u32) {
        self.faults.last_held += 1;
        self.faults.held.insert(self.faults.last_held, victim);
        self.timers.set(self.now.plus_s(s.into()), Timer::Delayed(self.faults.last_held));
    }

    fn release(&mut self, victim: Victim, ruling: &mut Ruling<'_>) {
        match victim {
            Victim::Effect(effect) => self.faults.released.push(effect),
            Victim::Packet { conn, packet } if self.is_reachable(conn) => {
                dialect::received(self, conn, &packet, ruling);
                self.faults.note("held back until now", Victim::Packet { conn, packet });
            }
            Victim::Packet { .. } => {}
        }
    }

    /// What is released and still reaches somebody.
    fn take_released(&mut self) -> Vec<Effect> {
        let mut released = std::mem::take(&mut self.faults.released);
        released.retain(|effect| effect.action.conn().is_none_or(|conn| self.is_reachable(conn)));
        released
    }

    fn is_reachable(&self, conn: ConnId) -> bool {
        self.connections.contains_key(&conn) && !self.faults.frozen.contains(&conn)
    }
}

impl Faults {
    /// A connection is gone.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.frozen.remove(&conn);
        for active in &mut self.active {
            active.collected.remove(&conn);
        }
    }

    fn note(&mut self, by: &str, victim: Victim) {
        self.struck.push(Struck { by: by.to_owned(), victim });
    }

    /// Keeps an effect until there are enough of them; then gives them back, last first.
    fn collect(
        &mut self,
        fault: &Arc<Fault>,
        conn: ConnId,
        effect: Effect,
        count: u8,
    ) -> Vec<Effect> {
        let active = self.active.iter_mut().find(|active| Arc::ptr_eq(&active.fault, fault));
        let Some(active) = active else { return vec![effect] };
        let collected = active.collected.entry(conn).or_default();
        collected.push(effect);
        if collected.len() < usize::from(count) {
            return Vec::new();
        }
        let mut turned = active.collected.remove(&conn).unwrap_or_default();
        turned.reverse();
        turned
    }
}

impl Active {
    /// Whether it strikes what it covers, now.
    fn is_due(&mut self, now: Time, mut happens: impl FnMut(f64) -> bool) -> bool {
        let Fault { after, times, probability, from_s, until_s, .. } = *self.fault;
        let begins = self.added_at.plus_s(from_s.unwrap_or(0));
        let has_ended = until_s.is_some_and(|until_s| now >= self.added_at.plus_s(until_s));
        if now < begins || has_ended {
            return false;
        }
        self.matches = self.matches.saturating_add(1);
        if self.matches <= after.unwrap_or(0) || times.is_some_and(|times| self.strikes >= times) {
            return false;
        }
        // A fault that always strikes must not use up chance, or it would change every identifier.
        let strikes = probability >= 1.0 || happens(probability);
        self.strikes = self.strikes.saturating_add(u32::from(strikes));
        strikes
    }
}

/// The name that a CONNECT claims.
fn claimed(packet: &Packet) -> Option<Arc<str>> {
    match packet {
        Packet::Connect(connect) => Some(connect.client_id.as_str().into()),
        _ => None,
    }
}

fn topics_of(packet: &Packet) -> Vec<&str> {
    match packet {
        Packet::Publish(publish) => vec![publish.topic.as_str()],
        _ => Vec::new(),
    }
}
