//! The faults of a cloud at work. What a device sends meets them before it is handled, what the cloud
//! decided meets them before it is carried out, and handlers ask in between whether to refuse.

mod arrive;
mod bend;
mod clock;
mod spoil;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::{Value, json};
use wire::Packet;

use crate::{
    cloud::Core,
    dialect::{self, State},
    effect::Effect,
    fault::{Fault, Kind, Struck, Victim, Whose},
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
    TAKEN_OVER_AS_BY_A_NEWER_CONNECTION = "SKY-FAULT-004";
    EXPIRED_AS_BY_TIME = "SKY-FAULT-005";
    MAINTENANCE = "SKY-FAULT-006";
    HALF_OPEN_IS_ONE_WAY = "SKY-FAULT-007";
    STRIKES_AS_OFTEN_AND_WHEN_IT_SAYS = "SKY-FAULT-008";
    CHANCE_COMES_OF_THE_SEED = "SKY-FAULT-009";
    DECLARED_FAULTS_ARE_AT_WORK = "SKY-FAULT-010";
    CLOCK_NEEDS_NO_PACKET = "SKY-FAULT-011";
}

/// Faults in order of their adding, and what they hold back.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    active: Vec<Active>,
    /// Those that the tenants came with are added.
    has_begun: bool,
    last_added: u64,
    /// Those by the clock that begin with the ruling at hand.
    due_now: Vec<u64>,
    held: BTreeMap<u64, Victim>,
    last_held: u64,
    /// Held back no longer: carried out with the ruling at hand, and struck by nothing more.
    released: Vec<Effect>,
    frozen: BTreeSet<ConnId>,
    /// Half-open: nothing goes out …
    mute: BTreeSet<ConnId>,
    /// … or nothing comes in.
    deaf: BTreeSet<ConnId>,
    /// What was struck since the last step of the trace.
    struck: Vec<Struck>,
}

#[derive(Debug)]
struct Active {
    number: u64,
    fault: Arc<Fault>,
    added_at: Time,
    /// It went by the clock, and that moment is over.
    has_had_its_time: bool,
    /// Until when its maintenance refuses each CONNECT.
    outage_until: Option<Time>,
    matches: u32,
    strikes: u32,
    /// What `reorder` collects until its number is reached.
    collected: BTreeMap<ConnId, Vec<Effect>>,
}

impl Core {
    /// Adds a fault and tells how many there are now.
    pub(crate) fn add_fault(&mut self, fault: Fault) -> usize {
        let now = self.now;
        self.faults.active.retain(|active| !active.is_over(now));
        self.faults.last_added += 1;
        let number = self.faults.last_added;
        let (goes_by_the_clock, from_s) = (fault.goes_by_the_clock(), fault.from_s.unwrap_or(0));
        self.faults.active.push(Active {
            number,
            fault: Arc::new(fault),
            added_at: now,
            has_had_its_time: false,
            outage_until: None,
            matches: 0,
            strikes: 0,
            collected: BTreeMap::new(),
        });
        let count = self.faults.active.len();
        if goes_by_the_clock && from_s == 0 {
            self.faults.due_now.push(number);
        } else if goes_by_the_clock {
            self.timers.set(now.plus_s(from_s), Timer::Fault(number));
        }
        count
    }

    /// Adds the faults that the tenants came with, before anything happens.
    pub(crate) fn begin_faults(&mut self, ruling: &mut Ruling<'_>) {
        self.faults.has_begun = true;
        for fault in self.registry.faults.clone() {
            if ruling.value(DECLARED_FAULTS_ARE_AT_WORK, true, false) {
                self.add_fault(fault);
            }
        }
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
        let standing = conn.map_or(Standing::default(), |conn| self.standing(conn));
        let Self { faults, chance, now, .. } = self;
        for active in &mut faults.active {
            let joins = conn.is_some_and(|conn| active.collected.contains_key(&conn));
            if standing.bears(active.fault.kind)
                && covers(&active.fault)
                && (joins || active.is_due(*now, ruling, |odds| chance.happens(odds)))
            {
                return Some(active.fault.clone());
            }
        }
        None
    }

    /// Whose connection it is, once CONNECT was granted.
    fn owner(&self, conn: ConnId) -> Option<Whose> {
        match &self.connections.get(&conn)?.state {
            State::Hub(session) => Some(session.whose()),
            State::Dps(session) => Some(session.whose()),
            State::EventGrid(session) => Some(session.whose()),
            State::Alibaba(session) => Some(session.whose()),
            State::Awaiting | State::EventGridAsking(_) | State::Taken => None,
        }
    }

    fn standing(&self, conn: ConnId) -> Standing {
        match self.connections.get(&conn).map(|connection| &connection.state) {
            Some(State::Hub(session)) => {
                Standing { can_be_displaced: true, has_a_token: session.has_a_token() }
            }
            Some(State::EventGrid(_) | State::Alibaba(_)) => {
                Standing { can_be_displaced: true, has_a_token: false }
            }
            _ => Standing::default(),
        }
    }

    fn hold(&mut self, victim: Victim, s: u32) {
        self.faults.last_held += 1;
        self.faults.held.insert(self.faults.last_held, victim);
        self.timers.set(self.now.plus_s(s.into()), Timer::Delayed(self.faults.last_held));
    }

    fn release(&mut self, victim: Victim, ruling: &mut Ruling<'_>) {
        match victim {
            Victim::Effect(effect) => self.faults.released.push(effect),
            Victim::Packet { conn, packet }
                if self.is_reachable(conn) && !self.faults.deaf.contains(&conn) =>
            {
                dialect::received(self, conn, &packet, ruling);
                self.faults.note("held back until now", Victim::Packet { conn, packet });
            }
            Victim::Packet { .. } | Victim::Connection(_) => {}
        }
    }

    /// What is released and still reaches somebody.
    fn take_released(&mut self) -> Vec<Effect> {
        let mut released = std::mem::take(&mut self.faults.released);
        released.retain(|effect| {
            let reaches = |conn| self.is_reachable(conn) && !self.faults.mute.contains(&conn);
            effect.action.conn().is_none_or(reaches)
        });
        released
    }

    fn is_reachable(&self, conn: ConnId) -> bool {
        self.connections.contains_key(&conn) && !self.faults.frozen.contains(&conn)
    }
}

impl Faults {
    /// Whether those that the tenants came with were added.
    pub(crate) const fn has_begun(&self) -> bool {
        self.has_begun
    }

    /// Those that may still strike, as the operator is shown them.
    pub(crate) fn view(&self, now: Time) -> Value {
        let at_work = self.active.iter().filter(|active| !active.is_over(now));
        at_work.map(Active::view).collect()
    }

    /// Whether no fault can strike, and none has an effect that lasts.
    fn is_idle(&self) -> bool {
        self.active.is_empty() && self.frozen.is_empty() && self.mute.is_empty()
    }

    /// A connection is gone.
    pub(crate) fn forget(&mut self, conn: ConnId) {
        self.frozen.remove(&conn);
        self.mute.remove(&conn);
        self.deaf.remove(&conn);
        for active in &mut self.active {
            active.collected.remove(&conn);
        }
    }

    pub(crate) fn note(&mut self, by: &str, victim: Victim) {
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
    fn view(&self) -> Value {
        json!({
            "fault": self.fault.to_string(),
            "declared": &*self.fault,
            "addedAt": self.added_at.round_trip(),
            "matches": self.matches,
            "strikes": self.strikes,
        })
    }

    /// Whether it strikes what it covers, now.
    fn is_due(
        &mut self,
        now: Time,
        ruling: &mut Ruling<'_>,
        mut happens: impl FnMut(f64) -> bool,
    ) -> bool {
        let probability = self.fault.probability;
        let is_in_time = self.has_begun(now) && !self.has_ended(now);
        self.matches = self.matches.saturating_add(u32::from(is_in_time));
        let is_in_turn = self.matches > self.fault.after.unwrap_or(0) && !self.is_used_up();
        let is_its_time = is_in_time && is_in_turn;
        if !is_its_time && !ruling.gives_wrong_value(STRIKES_AS_OFTEN_AND_WHEN_IT_SAYS) {
            return false;
        }
        // A fault that always strikes must not use up chance, or it would change every identifier.
        let strikes = probability >= 1.0
            || happens(probability)
            || ruling.gives_wrong_value(CHANCE_COMES_OF_THE_SEED);
        self.strikes = self.strikes.saturating_add(u32::from(strikes));
        strikes
    }

    fn has_begun(&self, now: Time) -> bool {
        now >= self.added_at.plus_s(self.fault.from_s.unwrap_or(0))
    }

    fn has_ended(&self, now: Time) -> bool {
        self.fault.until_s.is_some_and(|until_s| now >= self.added_at.plus_s(until_s))
    }

    fn is_used_up(&self) -> bool {
        self.fault.times.is_some_and(|times| self.strikes >= times)
    }

    /// Whether it will never strike again, and holds nothing back.
    fn is_over(&self, now: Time) -> bool {
        let is_an_outage = self.outage_until.is_some_and(|until| now < until);
        (self.has_had_its_time || self.has_ended(now) || self.is_used_up())
            && !is_an_outage
            && self.collected.is_empty()
    }
}

/// What a connection is, as far as some kinds of faults need it to be something.
#[derive(Clone, Copy, Default)]
struct Standing {
    can_be_displaced: bool,
    has_a_token: bool,
}

impl Standing {
    const fn bears(self, kind: Kind) -> bool {
        match kind {
            Kind::Takeover => self.can_be_displaced,
            Kind::TokenExpiry => self.has_a_token,
            _ => true,
        }
    }
}

impl Core {
    /// Whom a CONNECT claims to come from, and where it wants to go.
    fn claimed(&self, packet: &Packet) -> Whose {
        let Packet::Connect(connect) = packet else { return Whose::default() };
        let username = connect.username.as_deref().unwrap_or_default();
        if let Some((device, product_key)) = username.rsplit_once('&')
            && let Some(instance) = self.registry.instance_of_product(product_key)
        {
            return Whose { tenant: Some(instance.id.clone()), device: Some(device.into()) };
        }
        let (tenant, _) = username.split_once('/').unwrap_or_default();
        Whose { tenant: Some(tenant.to_owned()), device: Some(connect.client_id.as_str().into()) }
    }
}

fn topics_of(packet: &Packet) -> Vec<&str> {
    match packet {
        Packet::Publish(publish) => vec![publish.topic.as_str()],
        _ => Vec::new(),
    }
}
