//! The faults of a cloud at work. What a device sends meets them before it is handled, what the cloud
//! decided meets them before it is carried out, and handlers ask in between whether to refuse.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use wire::{Connack, Packet, Publish, Qos};

use self::bend::{bears_rid, bears_version, with_shifted_version, with_wrong_rid};
use crate::{
    cloud::Core,
    dialect::{self, State},
    effect::{Action, Effect},
    fault::{Direction, Fault, Kind, Struck, TELEMETRY, Victim},
    input::{ConnId, Input},
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

mod bend;

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

    /// A packet of a device arrived. It is handled as often as the faults let it be: mostly once.
    pub(crate) fn arrive(&mut self, conn: ConnId, packet: &Packet, ruling: &mut Ruling<'_>) {
        if self.faults.frozen.contains(&conn) {
            return self.faults.note("frozen", arrived(conn, packet));
        }
        if let Packet::Connect(connect) = packet
            && self.awaits_connect(conn)
            && let Some(code) = self.connack_for(conn, packet, &connect.client_id, ruling)
        {
            return self.refuse_connect(conn, packet, code, ruling);
        }
        let device = self.who(conn).or_else(|| claimed(packet));
        let topics = topics_of(packet);
        let fault = self.strike(Some(conn), ruling, |fault| {
            !matches!(fault.kind, Kind::Connack(_) | Kind::Status(_))
                && fault.covers(Direction::FromDevice, device.as_deref(), packet.name(), &topics)
        });
        let Some(fault) = fault else { return dialect::received(self, conn, packet, ruling) };
        self.faults.note(&fault.to_string(), arrived(conn, packet));
        match fault.kind {
            Kind::DelayS(s) => self.hold(arrived(conn, packet), s),
            Kind::Duplicate => {
                dialect::received(self, conn, packet, ruling);
                dialect::received(self, conn, packet, ruling);
            }
            Kind::Close => self.cut(conn, Action::Close { conn }, ruling),
            Kind::Reset => self.cut(conn, Action::Reset { conn }, ruling),
            Kind::Freeze => ruling.act(Action::Freeze { conn }, FAULTS_STRIKE),
            _ => {}
        }
    }

    /// The status with which a fault refuses a request that is answered by `$rid`. Handlers ask before
    /// they act; `answers` is the root of the answer's topic, such as `$iothub/twin/res`.
    pub(crate) fn status_for(
        &mut self,
        conn: ConnId,
        device: &str,
        request: &Publish,
        answers: &str,
        ruling: &Ruling<'_>,
    ) -> Option<u16> {
        let fault = self.strike(Some(conn), ruling, |fault| match fault.kind {
            Kind::Status(status) => {
                let answer = format!("{answers}/{status}/?$rid=");
                let topics = [request.topic.as_str(), answer.as_str()];
                fault.covers(Direction::ToDevice, Some(device), "PUBLISH", &topics)
            }
            _ => false,
        })?;
        self.faults.note(&fault.to_string(), arrived(conn, &Packet::Publish(request.clone())));
        match fault.kind {
            Kind::Status(status) => Some(status),
            _ => None,
        }
    }

    /// Bends what was decided, as the faults say, and tells what was struck since the last step.
    pub(crate) fn spoil(
        &mut self,
        input: &Input,
        device: Option<&Arc<str>>,
        ruling: &mut Ruling<'_>,
    ) -> Vec<Struck> {
        let is_idle = self.faults.active.is_empty() && self.faults.frozen.is_empty();
        if !is_idle || !self.faults.released.is_empty() {
            let mut bent = Bent { carried: self.take_released(), ..Bent::default() };
            // Effects that come of a lost connection meet the faults as well.
            while !ruling.effects.is_empty() {
                for effect in std::mem::take(&mut ruling.effects) {
                    self.carry_or_bend(effect, input, device, &mut bent, ruling);
                }
                for conn in std::mem::take(&mut bent.lost) {
                    if ruling.value(ENDED_AS_BY_THE_NETWORK, true, false) {
                        self.lose(conn, ruling);
                    }
                }
            }
            ruling.effects = bent.carried;
        }
        std::mem::take(&mut self.faults.struck)
    }

    /// What was held back under this number happens now, unless the faults were cleared meanwhile.
    pub(crate) fn release_delayed(&mut self, number: u64, ruling: &mut Ruling<'_>) {
        if let Some(victim) = self.faults.held.remove(&number) {
            self.release(victim, ruling);
        }
    }

    fn awaits_connect(&self, conn: ConnId) -> bool {
        self.connections.get(&conn).is_some_and(|it| matches!(it.state, State::Awaiting))
    }

    fn connack_for(
        &mut self,
        conn: ConnId,
        packet: &Packet,
        client_id: &str,
        ruling: &Ruling<'_>,
    ) -> Option<u8> {
        let fault = self.strike(Some(conn), ruling, |fault| {
            matches!(fault.kind, Kind::Connack(_)) && fault.is_of(Some(client_id))
        })?;
        self.faults.note(&fault.to_string(), arrived(conn, packet));
        match fault.kind {
            Kind::Connack(code) => Some(code),
            _ => None,
        }
    }

    fn refuse_connect(&mut self, conn: ConnId, packet: &Packet, code: u8, ruling: &mut Ruling<'_>) {
        let connack = Connack { session_present: false, code, properties: Vec::new() };
        ruling.send(conn, Packet::Connack(connack), FAULTS_STRIKE);
        if !ruling.value(REFUSED_IS_NOT_CARRIED_OUT, true, false) {
            dialect::received(self, conn, packet, ruling);
        }
        ruling.close(conn, FAULTS_STRIKE);
    }

    /// The first fault that is due for this. Its counters move.
    fn strike(
        &mut self,
        conn: Option<ConnId>,
        ruling: &Ruling<'_>,
        covers: impl Fn(&Fault) -> bool,
    ) -> Option<Arc<Fault>> {
        if self.faults.active.is_empty() || ruling.is_broken(FAULTS_STRIKE) {
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

    fn carry_or_bend(
        &mut self,
        effect: Effect,
        input: &Input,
        device: Option<&Arc<str>>,
        bent: &mut Bent,
        ruling: &Ruling<'_>,
    ) {
        if let Some(conn) = effect.action.conn() {
            if bent.cut.contains(&conn) {
                return;
            }
            if self.faults.frozen.contains(&conn) {
                return self.faults.note("frozen", Victim::Effect(effect));
            }
        }
        if let Action::Freeze { conn } = effect.action {
            self.faults.frozen.insert(conn);
        }
        let fault = match &effect.action {
            Action::Send { conn, packet } => {
                let device = self.who(*conn).or_else(|| named(*conn, input, device));
                let topics = topics_of(packet);
                self.strike(Some(*conn), ruling, |fault| {
                    can_bend(fault.kind, packet)
                        && fault.covers(
                            Direction::ToDevice,
                            device.as_deref(),
                            packet.name(),
                            &topics,
                        )
                })
            }
            Action::Telemetry(telemetry) => {
                let device = telemetry.from.to_string();
                self.strike(None, ruling, |fault| {
                    fault.covers(Direction::ToDevice, Some(&device), TELEMETRY, &[])
                })
            }
            _ => None,
        };
        match fault {
            None => bent.carried.push(effect),
            Some(fault) => {
                self.faults.note(&fault.to_string(), Victim::Effect(effect.clone()));
                self.bend(effect, &fault, bent);
            }
        }
    }

    fn bend(&mut self, effect: Effect, fault: &Arc<Fault>, bent: &mut Bent) {
        let because = FAULTS_STRIKE;
        let conn = self.conn_behind(&effect.action);
        match (fault.kind, conn) {
            (Kind::DelayS(s), _) => self.hold(Victim::Effect(effect), s),
            (Kind::Duplicate, _) => {
                let again = Effect { action: sent_again(effect.action.clone()), because };
                bent.carried.extend([effect, again]);
            }
            (Kind::Close, Some(conn)) => bent.cut(conn, Action::Close { conn }),
            (Kind::Reset, Some(conn)) => bent.cut(conn, Action::Reset { conn }),
            (Kind::Freeze, Some(conn)) => {
                self.faults.frozen.insert(conn);
                bent.carried.push(Effect { action: Action::Freeze { conn }, because });
            }
            (Kind::WrongRid, _) => {
                let action = with_publish(effect.action, with_wrong_rid);
                bent.carried.push(Effect { action, because });
            }
            (Kind::WrongVersion(by), _) => {
                let action =
                    with_publish(effect.action, |publish| with_shifted_version(publish, by));
                bent.carried.push(Effect { action, because });
            }
            (Kind::Reorder(count), Some(conn)) => {
                bent.carried.extend(self.faults.collect(fault, conn, effect, count));
            }
            _ => {}
        }
    }

    /// Ends a connection before its packet was handled.
    fn cut(&mut self, conn: ConnId, how: Action, ruling: &mut Ruling<'_>) {
        ruling.act(how, FAULTS_STRIKE);
        if ruling.value(ENDED_AS_BY_THE_NETWORK, true, false) {
            self.lose(conn, ruling);
        }
    }

    /// The connection that an effect is about; a stored message came over one.
    fn conn_behind(&self, action: &Action) -> Option<ConnId> {
        match action {
            Action::Telemetry(telemetry) => {
                self.registry.hub(&telemetry.hub)?.identities.get(&telemetry.from)?.conn
            }
            _ => action.conn(),
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

/// What becomes of a ruling's effects.
#[derive(Default)]
struct Bent {
    carried: Vec<Effect>,
    /// Connections that a fault ended just now: nothing more is sent to them …
    cut: BTreeSet<ConnId>,
    /// … and their dialect has yet to learn of it.
    lost: Vec<ConnId>,
}

impl Bent {
    fn cut(&mut self, conn: ConnId, how: Action) {
        self.carried.push(Effect { action: how, because: FAULTS_STRIKE });
        self.cut.insert(conn);
        self.lost.push(conn);
    }
}

fn arrived(conn: ConnId, packet: &Packet) -> Victim {
    Victim::Packet { conn, packet: packet.clone() }
}

/// The name that a CONNECT claims.
fn claimed(packet: &Packet) -> Option<Arc<str>> {
    match packet {
        Packet::Connect(connect) => Some(connect.client_id.as_str().into()),
        _ => None,
    }
}

/// Whose connection a step is about, where the connection is over already or was never granted.
fn named(conn: ConnId, input: &Input, device: Option<&Arc<str>>) -> Option<Arc<str>> {
    if input.conn() != Some(conn) {
        return None;
    }
    device.cloned().or_else(|| match input {
        Input::Received { packet, .. } => claimed(packet),
        _ => None,
    })
}

fn topics_of(packet: &Packet) -> Vec<&str> {
    match packet {
        Packet::Publish(publish) => vec![publish.topic.as_str()],
        _ => Vec::new(),
    }
}

/// Whether there is something in a packet for this kind to bend.
fn can_bend(kind: Kind, packet: &Packet) -> bool {
    match (kind, packet) {
        // These are asked for before anything is decided.
        (Kind::Connack(_) | Kind::Status(_), _) => false,
        (Kind::WrongRid, Packet::Publish(publish)) => bears_rid(publish),
        (Kind::WrongVersion(_), Packet::Publish(publish)) => bears_version(publish),
        (Kind::WrongRid | Kind::WrongVersion(_), _) => false,
        _ => true,
    }
}

/// A second delivery of a PUBLISH at QoS 1 says so.
fn sent_again(action: Action) -> Action {
    with_publish(action, |publish| publish.dup |= publish.qos != Qos::AtMostOnce)
}

fn with_publish(mut action: Action, change: impl FnOnce(&mut Publish)) -> Action {
    if let Action::Send { packet: Packet::Publish(publish), .. } = &mut action {
        change(publish);
    }
    action
}
