//! Faults between what was decided and what is carried out.

use std::{collections::BTreeSet, sync::Arc};

use wire::{Packet, Publish, Qos};

use super::{
    FAULTS_STRIKE,
    bend::{bears_rid, bears_version, with_shifted_version, with_wrong_rid},
    topics_of,
};
use crate::{
    cloud::Core,
    effect::{Action, Effect},
    fault::{Direction, Fault, Kind, Struck, TELEMETRY, Victim, Whose},
    input::{ConnId, Input},
    ruling::Ruling,
};

impl Core {
    /// Bends what was decided, as the faults say, and tells what was struck since the last step.
    pub(crate) fn spoil(
        &mut self,
        input: &Input,
        device: Option<&Arc<str>>,
        ruling: &mut Ruling<'_>,
    ) -> Vec<Struck> {
        for number in std::mem::take(&mut self.faults.due_now) {
            self.strike_by_the_clock(number, ruling);
        }
        if !self.faults.is_idle() || !self.faults.released.is_empty() {
            let mut bent = Bent { carried: self.take_released(), ..Bent::default() };
            // Effects that come of a lost connection meet the faults as well.
            while !ruling.effects.is_empty() {
                for effect in std::mem::take(&mut ruling.effects) {
                    self.carry_or_bend(effect, input, device, &mut bent, ruling);
                }
                for (conn, fault) in std::mem::take(&mut bent.struck) {
                    self.do_to(conn, &fault, ruling);
                }
                bent.over.clear();
            }
            ruling.effects = bent.carried;
        }
        std::mem::take(&mut self.faults.struck)
    }

    fn carry_or_bend(
        &mut self,
        effect: Effect,
        input: &Input,
        device: Option<&Arc<str>>,
        bent: &mut Bent,
        ruling: &mut Ruling<'_>,
    ) {
        if let Some(conn) = effect.action.conn() {
            if bent.over.contains(&conn) {
                return;
            }
            if self.faults.mute.contains(&conn) {
                return self.faults.note("half-open", Victim::Effect(effect));
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
                let whose = self.owner(*conn).unwrap_or_else(|| self.named(*conn, input, device));
                let topics = topics_of(packet);
                self.strike(Some(*conn), ruling, |fault| {
                    can_bend(fault.kind, packet)
                        && fault.covers(Direction::ToDevice, &whose, packet.name(), &topics)
                })
            }
            Action::Telemetry(telemetry) => {
                let whose = Whose {
                    tenant: Some(telemetry.hub.to_string()),
                    device: Some(telemetry.from.to_string().into()),
                };
                self.strike(self.conn_behind(&effect.action), ruling, |fault| {
                    fault.covers(Direction::ToDevice, &whose, TELEMETRY, &[])
                })
            }
            _ => None,
        };
        match fault {
            None => bent.carried.push(effect),
            Some(fault) => {
                self.faults.note(&fault.to_string(), Victim::Effect(effect.clone()));
                self.bend(effect, &fault, bent, ruling);
            }
        }
    }

    fn bend(
        &mut self,
        effect: Effect,
        fault: &Arc<Fault>,
        bent: &mut Bent,
        ruling: &mut Ruling<'_>,
    ) {
        let because = FAULTS_STRIKE;
        let conn = self.conn_behind(&effect.action);
        match (fault.kind, conn) {
            (Kind::DelayS(s), _) => self.hold(Victim::Effect(effect), s),
            (Kind::Duplicate, _) => {
                let again = Effect { action: sent_again(effect.action.clone()), because };
                bent.carried.extend([effect, again]);
            }
            (Kind::Freeze, Some(conn)) => {
                self.faults.frozen.insert(conn);
                bent.carried.push(Effect { action: Action::Freeze { conn }, because });
            }
            // The rest of what was decided meets a closed half.
            (Kind::HalfOpen, Some(conn)) => self.do_to(conn, fault, ruling),
            (kind, Some(conn)) if kind.is_of_a_connection() => {
                bent.over.insert(conn);
                bent.struck.push((conn, fault.clone()));
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
            // A Will has no connection any more, and so no neighbours.
            (Kind::Reorder(_), None) => bent.carried.push(effect),
            _ => {}
        }
    }

    /// Whose connection a step is about, where the connection is over already or was never granted.
    fn named(&self, conn: ConnId, input: &Input, device: Option<&Arc<str>>) -> Whose {
        let claimed = match input {
            _ if input.conn() != Some(conn) => return Whose::default(),
            Input::Received { packet, .. } => self.claimed(packet),
            _ => Whose::default(),
        };
        Whose { device: device.cloned().or(claimed.device), ..claimed }
    }

    /// The connection that an effect is about; a stored message came over one.
    fn conn_behind(&self, action: &Action) -> Option<ConnId> {
        match action {
            Action::Telemetry(telemetry) => {
                self.registry.hub(&telemetry.hub)?.identities.get(&*telemetry.from)?.conn
            }
            _ => action.conn(),
        }
    }
}

/// What becomes of a ruling's effects.
#[derive(Default)]
struct Bent {
    carried: Vec<Effect>,
    /// Connections that a fault ends after these effects: nothing more is sent to them.
    over: BTreeSet<ConnId>,
    struck: Vec<(ConnId, Arc<Fault>)>,
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
