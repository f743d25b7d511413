//! What happens, one readable line each: connections, refusals, messages.

use std::collections::HashMap;

use cloud::{Action, ConnId, Effect, Input, Step, Time, hub, telemetry::Telemetry};
use server::admin;
use wire::{Connect, Packet, Publish};

use crate::out::{excerpt, tame};

/// Which events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    All,
    Refusals,
    Nothing,
}

/// Turns steps into lines. It remembers where connections come from.
#[derive(Debug)]
pub(crate) struct Live {
    shown: Shown,
    peers: HashMap<ConnId, String>,
}

impl Live {
    pub(crate) fn new(shown: Shown) -> Self {
        Self { shown, peers: HashMap::new() }
    }

    /// The lines of one step; mostly one, or none.
    pub(crate) fn lines(&mut self, step: &Step) -> Vec<String> {
        let events = if self.shown == Shown::All { self.events(step) } else { Vec::new() };
        let refusal = if self.shown == Shown::Nothing { None } else { admin::refusal(step) };
        let mut lines: Vec<String> =
            events.into_iter().map(|event| line(step.at, who(step).as_deref(), &event)).collect();
        if let Some(refusal) = refusal {
            let rule = refusal.rule.map(|rule| format!(": {}", rule.clause()));
            let event = format!("REFUSED, {}{}", refusal.what, rule.unwrap_or_default());
            lines.push(line(step.at, who(step).as_deref(), &event));
            lines.extend(refusal.hint.map(|hint| format!("              hint: {}", tame(&hint))));
        }
        lines
    }

    fn events(&mut self, step: &Step) -> Vec<String> {
        let mut events: Vec<String> = match &step.input {
            Input::Opened { conn, peer } => {
                self.peers.insert(*conn, format!("{} over {}", peer.address, peer.carriage()));
                Vec::new()
            }
            Input::Received { conn, packet } => self.received(step, *conn, packet),
            Input::Closed { conn, .. } => {
                self.peers.remove(conn);
                if step.device.is_some() { vec!["went away".to_owned()] } else { Vec::new() }
            }
            Input::Order { order, .. } => vec![order.to_string()],
            Input::Malformed { why, .. } => vec![format!("sent {why}")],
            Input::Request { request, .. } => vec![format!("asks {request}")],
            Input::Called { .. } => vec![step.input.to_string()],
            Input::Refused { .. } | Input::Timeout => Vec::new(),
        };
        events.extend(step.effects.iter().filter_map(effect));
        events.extend(step.struck.iter().map(|struck| format!("FAULT, {struck}")));
        for Effect { action, .. } in &step.effects {
            if let Action::Close { conn } | Action::Reset { conn } = action {
                self.peers.remove(conn);
            }
        }
        events
    }

    fn received(&mut self, step: &Step, conn: ConnId, packet: &Packet) -> Vec<String> {
        let has_telemetry =
            step.effects.iter().any(|effect| matches!(effect.action, Action::Telemetry(_)));
        match packet {
            Packet::Connect(connect) if is_admitted(step, conn) => {
                let from = self.peers.get(&conn).map_or("somewhere", String::as_str);
                vec![connected(connect, from)]
            }
            Packet::Subscribe(subscribe) => {
                let filters: Vec<&str> =
                    subscribe.filters.iter().map(|filter| filter.filter.as_str()).collect();
                vec![format!("subscribes to {}", filters.join(", "))]
            }
            Packet::Publish(publish) if !has_telemetry => vec![format!("> {}", message(publish))],
            Packet::Disconnect(_) => vec!["says goodbye".to_owned()],
            _ => Vec::new(),
        }
    }
}

fn effect(effect: &Effect) -> Option<String> {
    match &effect.action {
        Action::Telemetry(telemetry) => Some(telemetry_line(telemetry)),
        Action::Send { packet: Packet::Publish(publish), .. } => {
            Some(format!("< {}", message(publish)))
        }
        Action::Event(_) | Action::Feedback(_) | Action::Respond { .. } | Action::Call { .. } => {
            Some(effect.action.to_string())
        }
        Action::Answer { answer: Err(error), .. } => Some(format!("answered {error}")),
        _ => None,
    }
}

/// `telemetry 7, 5 B: hello {temp=5}`
pub(crate) fn telemetry_line(telemetry: &Telemetry) -> String {
    let properties: Vec<String> = telemetry
        .system_properties
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .chain(telemetry.application_properties.iter().map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        }))
        .collect();
    let properties = match properties.is_empty() {
        true => String::new(),
        false => format!(" {{{}}}", properties.join(", ")),
    };
    let (number, body) = (telemetry.sequence_number, &telemetry.body);
    format!("telemetry {number}, {} B: {}{properties}", body.len(), excerpt(body))
}

fn connected(connect: &Connect, from: &str) -> String {
    let session = if connect.clean { "clean session" } else { "kept session" };
    format!("connected from {from}, keep-alive {} s, {session}", connect.keep_alive_s)
}

fn message(publish: &Publish) -> String {
    format!("{} {}", publish.topic, excerpt(&publish.payload)).trim_end().to_owned()
}

fn is_admitted(step: &Step, conn: ConnId) -> bool {
    step.effects.iter().any(|Effect { action, because }| match action {
        Action::Send { conn: to, packet: Packet::Connack(connack) } => {
            *to == conn && connack.code == 0 && *because != hub::GOODBYE
        }
        _ => false,
    })
}

/// Who did it: the device, or whoever it claims to be.
fn who(step: &Step) -> Option<String> {
    let claimed = match &step.input {
        Input::Received { packet: Packet::Connect(connect), .. } => Some(connect.client_id.clone()),
        Input::Refused { address, .. } => Some(address.clone()),
        Input::Request { request, .. } => Some(request.address.clone()),
        Input::Order { .. } => Some("operator".to_owned()),
        _ => None,
    };
    step.device.as_deref().map(str::to_owned).or(claimed)
}

/// `12:34:56.789  device-1  …`
fn line(at: Time, who: Option<&str>, event: &str) -> String {
    let civil = at.civil();
    let (hour, minute, second, ms) =
        (civil.hour(), civil.minute(), civil.second(), civil.millisecond());
    let who = tame(who.filter(|who| !who.is_empty()).unwrap_or("-"));
    format!("{hour:02}:{minute:02}:{second:02}.{ms:03}  {who}  {}", tame(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_no_name_has_a_dash() {
        for (who, shown) in [(Some("d1"), "d1"), (Some(""), "-"), (None, "-")] {
            let line = line(Time::from_ms(0), who, "went away");
            assert_eq!(line, format!("00:00:00.000  {shown}  went away"));
        }
    }
}
