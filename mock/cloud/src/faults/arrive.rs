//! Faults before anything is decided: on what a device sends, and on requests that are to be refused.

use wire::{Connack, Packet, Publish};

use super::{FAULTS_STRIKE, REFUSED_IS_NOT_CARRIED_OUT, topics_of};
use crate::{
    alibaba,
    cloud::Core,
    dialect::{self, Dialect, State},
    event_grid,
    fault::{Direction, Kind, Victim, Whose},
    hub::{self, open::TROUBLE_IS_CODE_3},
    input::ConnId,
    rule::Rule,
    ruling::Ruling,
};

impl Core {
    /// A packet of a device arrived. It is handled as often as the faults let it be: mostly once.
    pub(crate) fn arrive(&mut self, conn: ConnId, packet: &Packet, ruling: &mut Ruling<'_>) {
        if self.faults.frozen.contains(&conn) {
            return self.faults.note("frozen", arrived(conn, packet));
        }
        if self.faults.deaf.contains(&conn) {
            return self.faults.note("half-open", arrived(conn, packet));
        }
        if let Packet::Connect(connect) = packet
            && self.awaits_connect(conn)
            && let Some(code) = self.connack_for(conn, packet, ruling)
        {
            let (code, because) = match self.meant(conn, connect) {
                Dialect::Hub if code == SERVER_UNAVAILABLE => (code, TROUBLE_IS_CODE_3),
                Dialect::EventGrid => (event_grid::connack_code(connect, code), FAULTS_STRIKE),
                Dialect::Alibaba => (alibaba::connack_code(connect, code), FAULTS_STRIKE),
                Dialect::Hub | Dialect::Dps => (code, FAULTS_STRIKE),
            };
            return self.refuse_connect(conn, packet, code, because, ruling);
        }
        if self.faults.active.is_empty() {
            return dialect::received(self, conn, packet, ruling);
        }
        let whose = self.owner(conn).unwrap_or_else(|| self.claimed(packet));
        let topics = topics_of(packet);
        let fault = self.strike(Some(conn), ruling, |fault| {
            !matches!(fault.kind, Kind::Connack(_) | Kind::Status(_))
                && fault.covers(Direction::FromDevice, &whose, packet.name(), &topics)
        });
        let Some(fault) = fault else { return dialect::received(self, conn, packet, ruling) };
        self.faults.note(&fault.to_string(), arrived(conn, packet));
        match fault.kind {
            Kind::DelayS(s) => self.hold(arrived(conn, packet), s),
            Kind::Duplicate => {
                dialect::received(self, conn, packet, ruling);
                dialect::received(self, conn, packet, ruling);
            }
            kind if kind.is_of_a_connection() => self.do_to(conn, &fault, ruling),
            _ => {}
        }
    }

    /// The status with which a fault refuses a request that is answered by `$rid`. Handlers ask before
    /// they act; `answers` is the root of the answer's topic, such as `$iothub/twin/res`.
    pub(crate) fn status_for(
        &mut self,
        conn: ConnId,
        whose: &Whose,
        request: &Publish,
        answers: &str,
        ruling: &mut Ruling<'_>,
    ) -> Option<u16> {
        let fault = self.strike(Some(conn), ruling, |fault| match fault.kind {
            Kind::Status(status) => {
                let answer = format!("{answers}/{status}/?$rid=");
                let topics = [request.topic.as_str(), answer.as_str()];
                fault.covers(Direction::ToDevice, whose, "PUBLISH", &topics)
            }
            _ => false,
        })?;
        self.faults.note(&fault.to_string(), arrived(conn, &Packet::Publish(request.clone())));
        match fault.kind {
            Kind::Status(status) => Some(status),
            _ => None,
        }
    }

    fn awaits_connect(&self, conn: ConnId) -> bool {
        self.connections.get(&conn).is_some_and(|it| matches!(it.state, State::Awaiting))
    }

    fn connack_for(
        &mut self,
        conn: ConnId,
        packet: &Packet,
        ruling: &mut Ruling<'_>,
    ) -> Option<u8> {
        if self.faults.active.is_empty() {
            return None;
        }
        let whose = self.claimed(packet);
        if let Some(outage) = self.outage_for(&whose) {
            self.faults.note(&outage, arrived(conn, packet));
            if let Packet::Connect(connect) = packet
                && self.meant(conn, connect) == Dialect::Hub
            {
                hub::rejected_by_upgrade(self, conn, connect, ruling);
            }
            return Some(SERVER_UNAVAILABLE);
        }
        let fault = self.strike(Some(conn), ruling, |fault| {
            matches!(fault.kind, Kind::Connack(_)) && fault.is_of(&whose)
        })?;
        self.faults.note(&fault.to_string(), arrived(conn, packet));
        match fault.kind {
            Kind::Connack(code) => Some(code),
            _ => None,
        }
    }

    fn refuse_connect(
        &mut self,
        conn: ConnId,
        packet: &Packet,
        code: u8,
        because: Rule,
        ruling: &mut Ruling<'_>,
    ) {
        let connack = Connack { session_present: false, code, properties: Vec::new() };
        ruling.send(conn, Packet::Connack(connack), because);
        if !ruling.value(REFUSED_IS_NOT_CARRIED_OUT, true, false) {
            dialect::received(self, conn, packet, ruling);
        }
        ruling.close(conn, FAULTS_STRIKE);
    }
}

/// The return code of a CONNECT that comes at a bad time.
const SERVER_UNAVAILABLE: u8 = 3;

fn arrived(conn: ConnId, packet: &Packet) -> Victim {
    Victim::Packet { conn, packet: packet.clone() }
}
