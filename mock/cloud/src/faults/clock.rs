//! Faults that need no packet: what they do to a connection, and when they strike by the clock.

use super::{
    Active, CLOCK_NEEDS_NO_PACKET, ENDED_AS_BY_THE_NETWORK, EXPIRED_AS_BY_TIME, FAULTS_STRIKE,
    Faults, HALF_OPEN_IS_ONE_WAY, MAINTENANCE, TAKEN_OVER_AS_BY_A_NEWER_CONNECTION,
};
use crate::{
    alibaba,
    cloud::Core,
    dialect::State,
    effect::Action,
    event_grid,
    fault::{Direction, Fault, Kind, Victim, Whose},
    hub,
    input::ConnId,
    ruling::Ruling,
};

impl Core {
    /// A fault by the clock begins: it strikes every connection that it covers.
    pub(crate) fn strike_by_the_clock(&mut self, number: u64, ruling: &mut Ruling<'_>) {
        // It may have been cleared meanwhile.
        let Some(active) = self.faults.numbered(number) else { return };
        active.has_had_its_time = true;
        let fault = active.fault.clone();
        if ruling.gives_wrong_value(FAULTS_STRIKE)
            || !ruling.value(CLOCK_NEEDS_NO_PACKET, true, false)
        {
            return;
        }
        self.begin_outage(&fault, ruling);
        let open: Vec<ConnId> = self.connections.keys().copied().collect();
        for conn in open {
            let Some(whose) = self.owner(conn) else { continue };
            let bears = self.standing(conn).bears(fault.kind) && fault.is_of(&whose);
            let Self { faults, chance, now, .. } = self;
            let Some(active) = faults.numbered(number) else { return };
            if bears && active.is_due(*now, ruling, |odds| chance.happens(odds)) {
                self.faults.note(&fault.to_string(), Victim::Connection(conn));
                self.do_to(conn, &fault, ruling);
            }
        }
    }

    /// Carries out a fault that is of a connection.
    pub(super) fn do_to(&mut self, conn: ConnId, fault: &Fault, ruling: &mut Ruling<'_>) {
        match fault.kind {
            Kind::Close => self.cut(conn, Action::Close { conn }, ruling),
            Kind::Reset => self.cut(conn, Action::Reset { conn }, ruling),
            Kind::Freeze => ruling.act(Action::Freeze { conn }, FAULTS_STRIKE),
            Kind::HalfOpen if ruling.value(HALF_OPEN_IS_ONE_WAY, true, false) => {
                self.faults.open_half(conn, fault.direction);
            }
            Kind::Takeover if ruling.value(TAKEN_OVER_AS_BY_A_NEWER_CONNECTION, true, false) => {
                match self.take(conn) {
                    State::Hub(session) => hub::taken_over(self, session, ruling),
                    State::EventGrid(session) => event_grid::taken_over(self, session, ruling),
                    State::Alibaba(session) => alibaba::taken_over(self, session, ruling),
                    other => self.give_back(conn, other),
                }
            }
            Kind::TokenExpiry if ruling.value(EXPIRED_AS_BY_TIME, true, false) => {
                match self.take(conn) {
                    State::Hub(session) => hub::token_expired(self, session, ruling),
                    other => self.give_back(conn, other),
                }
            }
            Kind::MaintenanceS(_) => {
                self.begin_outage(fault, ruling);
                match self.take(conn) {
                    State::Hub(session) => hub::upgraded(self, session, MAINTENANCE, ruling),
                    State::EventGrid(session) => {
                        event_grid::shut_down(self, session, MAINTENANCE, ruling);
                    }
                    State::Alibaba(session) => {
                        alibaba::shut_down(self, session, MAINTENANCE, ruling);
                    }
                    other => {
                        self.give_back(conn, other);
                        ruling.close(conn, MAINTENANCE);
                        self.lose(conn, ruling);
                    }
                }
            }
            _ => {}
        }
    }

    /// From when a maintenance begins, by the clock or at a packet, it is no use to connect.
    fn begin_outage(&mut self, fault: &Fault, ruling: &mut Ruling<'_>) {
        let Kind::MaintenanceS(outage_s) = fault.kind else { return };
        let until = ruling.value(MAINTENANCE, self.now.plus_s(outage_s.into()), self.now);
        let is_meant = |active: &&mut Active| std::ptr::eq(&*active.fault, fault);
        if let Some(active) = self.faults.active.iter_mut().find(is_meant) {
            active.outage_until = Some(until);
        }
    }

    /// The maintenance that keeps a device from connecting now, in words.
    pub(super) fn outage_for(&self, whose: &Whose) -> Option<String> {
        let now = self.now;
        let active = self.faults.active.iter().find(|active| {
            active.outage_until.is_some_and(|until| now < until) && active.fault.is_of(whose)
        })?;
        Some(active.fault.to_string())
    }

    /// Ends a connection before its packet was handled.
    fn cut(&mut self, conn: ConnId, how: Action, ruling: &mut Ruling<'_>) {
        ruling.act(how, FAULTS_STRIKE);
        if ruling.value(ENDED_AS_BY_THE_NETWORK, true, false) {
            self.lose(conn, ruling);
        }
    }
}

impl Faults {
    fn numbered(&mut self, number: u64) -> Option<&mut Active> {
        self.active.iter_mut().find(|active| active.number == number)
    }

    /// From now on nothing moves in this direction.
    pub(super) fn open_half(&mut self, conn: ConnId, direction: Direction) {
        match direction {
            Direction::ToDevice => self.mute.insert(conn),
            Direction::FromDevice => self.deaf.insert(conn),
        };
    }
}
