//! Faults before anything is decided: on what a device sends, and on requests that are to be refused.

use wire::{Connack, Packet, Publish};

use super::{
    ENDED_AS_BY_THE_NETWORK, FAULTS_STRIKE, REFUSED_IS_NOT_CARRIED_OUT, claimed, topics_of,
};
use crate::{
    cloud::Core,
    dialect::{self, State},
    dps,
    effect::Action,
    fault::{Direction, Kind, Victim},
    hub::open::TROUBLE_IS_CODE_3,
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
        if let Packet::Connect(connect) = packet
            && self.awaits_connect(conn)
            && let Some(code) = self.connack_for(conn, packet, &connect.client_id, ruling)
        {
            let is_for_a_hub = !dps::is_meant(self, conn, connect);
            let because = if code == 3 && is_for_a_hub { TROUBLE_IS_CODE_3 } else { FAULTS_STRIKE };
            return self.refuse_connect(conn, packet, code, because, ruling);
        }
        if self.faults.active.is_empty() {
            return dialect::received(self, conn, packet, ruling);
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
        ruling: &mut Ruling<'_>,
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

    fn awaits_connect(&self, conn: ConnId) -> bool {
        self.connections.get(&conn).is_some_and(|it| matches!(it.state, State::Awaiting))
    }

    fn connack_for(
        &mut self,
        conn: ConnId,
        packet: &Packet,
        client_id: &str,
        ruling: &mut Ruling<'_>,
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

    /// Ends a connection before its packet was handled.
    fn cut(&mut self, conn: ConnId, how: Action, ruling: &mut Ruling<'_>) {
        ruling.act(how, FAULTS_STRIKE);
        if ruling.value(ENDED_AS_BY_THE_NETWORK, true, false) {
            self.lose(conn, ruling);
        }
    }
}

fn arrived(conn: ConnId, packet: &Packet) -> Victim {
    Victim::Packet { conn, packet: packet.clone() }
}
