//! A trace as reports draw it: connections, and what was said on them.

use bytes::BytesMut;
use cloud::{Action, Input, Step};
use reports::{
    Conversation,
    conversation::{By, Connect, Connection, Said},
};
use wire::{Packet, Version};

/// Everything that happened in these steps. `offending` are the clauses that the scenario fails for: what
/// broke one of them is marked, or the last thing that was said when nothing did.
pub(crate) fn of(steps: &[&Step], offending: &[String]) -> Conversation {
    let began_ms = steps.first().map_or(0, |step| step.at.ms());
    let mut conversation = Conversation { began_ms, ..Conversation::default() };
    for step in steps {
        hear(&mut conversation, step);
    }
    let is_offending = |said: &Said| said.broke.iter().any(|clause| offending.contains(clause));
    let mut any = false;
    for said in &mut conversation.said {
        said.offending = is_offending(said);
        any |= said.offending;
    }
    if !any
        && !offending.is_empty()
        && let Some(last) = conversation.said.last_mut()
    {
        last.offending = true;
    }
    conversation
}

fn hear(conversation: &mut Conversation, step: &Step) {
    let at_ms = step.at.ms().saturating_sub(conversation.began_ms);
    let connection = step.input.conn().map_or(0, |conn| conn.0);
    let broke = step.judged.iter().filter(|judged| !judged.holds);
    let broke: Vec<String> = broke.map(|judged| judged.rule.id().to_owned()).collect();
    let (by, text, bytes) = match &step.input {
        Input::Received { packet, .. } => {
            if let Packet::Connect(connect) = packet
                && let Some(it) = find(conversation, connection)
            {
                it.connect = Some(told(connect));
            }
            (By::Client, packet.to_string(), hex(packet))
        }
        Input::Malformed { why, .. } => (By::Client, why.to_string(), String::new()),
        Input::Opened { peer, .. } => {
            conversation.connections.push(Connection {
                number: connection,
                opened_ms: at_ms,
                address: peer.address.clone(),
                transport: peer.carriage().to_owned(),
                tls_version: peer.tls_version.unwrap_or("no TLS").to_owned(),
                sni: peer.sni.clone(),
                certificates: peer.certificates.len(),
                ..Connection::default()
            });
            (By::Nobody, step.input.to_string(), String::new())
        }
        Input::Closed { .. } => {
            close(conversation, connection, at_ms);
            (By::Client, step.input.to_string(), String::new())
        }
        input => (By::Nobody, input.to_string(), String::new()),
    };
    let is_empty_timer = step.input == Input::Timeout && broke.is_empty();
    if !is_empty_timer {
        let because = None;
        conversation.said.push(Said {
            at_ms,
            connection,
            by,
            text,
            bytes,
            broke,
            because,
            offending: false,
        });
    }
    for effect in &step.effects {
        let Some(conn) = effect.action.conn() else { continue };
        let (text, bytes) = match &effect.action {
            Action::Send { packet, .. } => {
                if let (Packet::Connack(connack), Some(it)) = (packet, find(conversation, conn.0)) {
                    it.connack = Some(connack.code);
                }
                (packet.to_string(), hex(packet))
            }
            Action::Close { .. } | Action::Reset { .. } => {
                close(conversation, conn.0, at_ms);
                (effect.action.to_string(), String::new())
            }
            action => (action.to_string(), String::new()),
        };
        conversation.said.push(Said {
            at_ms,
            connection: conn.0,
            by: By::Cloud,
            text,
            bytes,
            broke: Vec::new(),
            because: Some(effect.because.id().to_owned()),
            offending: false,
        });
    }
}

fn find(conversation: &mut Conversation, number: u64) -> Option<&mut Connection> {
    conversation.connections.iter_mut().find(|connection| connection.number == number)
}

fn close(conversation: &mut Conversation, number: u64, at_ms: u64) {
    if let Some(connection) = find(conversation, number) {
        connection.closed_ms.get_or_insert(at_ms);
    }
}

fn told(connect: &wire::Connect) -> Connect {
    Connect {
        level: connect.level,
        client_id: connect.client_id.clone(),
        username: connect.username.clone(),
        keep_alive_s: connect.keep_alive_s,
        clean: connect.clean,
        has_will: connect.will.is_some(),
        has_password: connect.password.is_some(),
    }
}

/// Both clouds speak 3.1.1; what a client of another version said reads alike up to its properties.
fn hex(packet: &Packet) -> String {
    let mut bytes = BytesMut::new();
    wire::encode(packet, Version::V311, &mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
