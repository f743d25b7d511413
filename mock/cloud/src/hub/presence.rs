//! Events of connection states: HUB-OPEN-080. The hub looks from time to time who is connected, and tells
//! what is different from the last time; what came and went in between nobody hears of.

use bytes::Bytes;
use serde_json::json;

use super::{Session, open};
use crate::{
    cloud::Core,
    dialect::State,
    identity::{Identity, IdentityId},
    ruling::Ruling,
    telemetry::Telemetry,
    time::Time,
    timer::Timer,
};

/// The device has subscribed or published: from now on it counts as connected.
pub(super) fn is_active(core: &mut Core, session: &mut Session) {
    if !std::mem::replace(&mut session.is_active, true) {
        look_soon(core, &session.host);
    }
}

/// A connection is over.
pub(super) fn ended(core: &mut Core, session: &Session) {
    if session.is_active {
        look_soon(core, &session.host);
    }
}

/// It is time to look: tells of each device that is not what it was the last time.
pub(crate) fn look(core: &mut Core, host: &str, ruling: &mut Ruling<'_>) {
    let Some(hub) = core.registry.hub(host) else { return };
    let changed: Vec<(IdentityId, bool)> = hub
        .identities
        .values()
        .map(|identity| (identity, is_connected(core, identity)))
        .filter(|(identity, is_connected)| identity.told_connected != *is_connected)
        .map(|(identity, is_connected)| (identity.id.clone(), is_connected))
        .collect();
    if let Some(hub) = core.registry.hub_mut(host) {
        hub.snapshot_at = None;
    }
    for (id, is_connected) in changed {
        tell(core, host, &id, is_connected, ruling);
    }
}

/// Sets the next look, unless it is set.
fn look_soon(core: &mut Core, host: &str) {
    let now = core.now;
    let Some(hub) = core.registry.hub_mut(host) else { return };
    let period_ms = hub.profile.connection_state_period_s.saturating_mul(1000);
    if period_ms == 0 || hub.snapshot_at.is_some() {
        return;
    }
    let at = now.plus_ms(period_ms - now.ms() % period_ms);
    hub.snapshot_at = Some(at);
    core.timers.set(at, Timer::Snapshot { hub: host.to_owned() });
}

/// A device that was connected and has a new connection, on which it did nothing so far, is so still.
fn is_connected(core: &Core, identity: &Identity) -> bool {
    let connection = identity.conn.and_then(|conn| core.connections.get(&conn));
    connection.is_some_and(|connection| match &connection.state {
        State::Hub(session) => session.is_active || identity.told_connected,
        _ => false,
    })
}

fn tell(core: &mut Core, host: &str, id: &IdentityId, is_connected: bool, ruling: &mut Ruling<'_>) {
    let (now, words) = (core.now, core.now_in_words());
    let Some(identity) = core.identity_mut(host, id) else { return };
    identity.told_connected = is_connected;
    let Some(hub) = core.registry.hub_mut(host) else { return };
    hub.telemetry_sequence_number += 1;
    let sequence_number = hub.telemetry_sequence_number;
    let operation = if is_connected { "deviceConnected" } else { "deviceDisconnected" };
    let mut properties: Vec<(&str, &str)> = vec![
        ("hubName", host.split('.').next().unwrap_or_default()),
        ("deviceId", &id.device),
        ("operationTimestamp", &words),
        ("iothub-message-schema", "deviceConnectionStateNotification"),
        ("opType", operation),
    ];
    if let Some(module) = &id.module {
        properties.insert(2, ("moduleId", module));
    }
    let own = |(name, value): (&str, &str)| (name.to_owned(), Some(value.to_owned()));
    let event = Telemetry {
        hub: host.into(),
        from: id.clone().into(),
        body: body(now, sequence_number),
        system_properties: vec![
            ("content-type", "application/json".to_owned()),
            ("content-encoding", "utf-8".to_owned()),
        ],
        application_properties: properties.into_iter().map(own).collect(),
        annotations: vec![
            ("iothub-connection-device-id", id.device.as_str().into()),
            ("iothub-enqueuedtime", words),
            ("iothub-message-source", "deviceConnectionStateEvents".into()),
        ],
        sequence_number,
        enqueued_at: now,
        endpoint: "events",
    };
    ruling.store(event, open::CONNECTION_STATES);
}

/// A number of 32 bytes in hex: of two events the later one has the larger, as texts compare.
fn body(now: Time, sequence_number: u64) -> Bytes {
    let number = format!("{:032X}{sequence_number:032X}", now.ms());
    json!({ "sequenceNumber": number }).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_are_32_bytes_and_grow_as_texts() {
        let numbers: Vec<String> = [(1_000, 1), (1_000, 2), (1_001, 3), (u64::MAX, u64::MAX)]
            .into_iter()
            .map(|(ms, number)| {
                let body: serde_json::Value =
                    serde_json::from_slice(&body(Time::from_ms(ms), number)).expect("JSON");
                body["sequenceNumber"].as_str().expect("a text").to_owned()
            })
            .collect();
        assert!(numbers.iter().all(|number| number.len() == 64), "{numbers:?}");
        assert!(numbers.is_sorted(), "{numbers:?}");
    }
}
