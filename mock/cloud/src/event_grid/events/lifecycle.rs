//! Life-cycle events: which session is connected since when, and what becomes of client resources.

use serde_json::{Value, json};

use crate::{
    cloud::Core,
    cloud_event::{CloudEvent, EventData},
    event_grid::{
        Namespace, Session, admin,
        end::{
            CONNECTION_RATE_EXCEEDED, Ending, KEEP_ALIVE_TIMEOUT, NOT_AUTHORIZED, QUOTA_EXCEEDED,
            SERVER_SHUTTING_DOWN, SERVER_UNAVAILABLE, SESSION_TAKEN_OVER,
        },
        model::Client,
        open, session,
    },
    ruling::Ruling,
};

/// Why a session has no connection any more, as its event says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::event_grid) enum Reason {
    ClientAuthenticationError,
    ClientAuthorizationError,
    ClientError,
    ClientInitiatedDisconnect,
    ConnectionLost,
    QuotaExceeded,
    ServerError,
    ServerInitiatedDisconnect,
    SessionOverflow,
    SessionTakenOver,
}

impl Reason {
    /// What the end of a connection is called that the broker ended.
    pub(in crate::event_grid) fn of(ending: &Ending) -> Self {
        let overflows = [session::OVERFLOW_ENDS_THE_SESSION, open::SLOW_CLIENTS_OVERFLOW];
        match ending.reason {
            _ if overflows.contains(&ending.because) => Self::SessionOverflow,
            SESSION_TAKEN_OVER => Self::SessionTakenOver,
            NOT_AUTHORIZED if [open::DISABLED_CLIENT, open::RENEWAL].contains(&ending.because) => {
                Self::ClientAuthenticationError
            }
            NOT_AUTHORIZED => Self::ClientAuthorizationError,
            QUOTA_EXCEEDED | CONNECTION_RATE_EXCEEDED => Self::QuotaExceeded,
            KEEP_ALIVE_TIMEOUT => Self::ConnectionLost,
            SERVER_SHUTTING_DOWN => Self::ServerInitiatedDisconnect,
            SERVER_UNAVAILABLE => Self::ServerError,
            _ => Self::ClientError,
        }
    }

    /// As the vendor spells it.
    const fn name(self) -> &'static str {
        match self {
            Self::ClientAuthenticationError => "ClientAuthenticationError",
            Self::ClientAuthorizationError => "ClientAuthorizationError",
            Self::ClientError => "ClientError",
            Self::ClientInitiatedDisconnect => "ClientInitiatedDisconnect",
            Self::ConnectionLost => "ConnectionLost",
            Self::QuotaExceeded => "QuotaExceeded",
            Self::ServerError => "ServerError",
            Self::ServerInitiatedDisconnect => "ServerInitiatedDisconnect",
            Self::SessionOverflow => "SessionOverflow",
            Self::SessionTakenOver => "SessionTakenOver",
        }
    }
}

/// A session has a connection, which is the next of its name.
pub(in crate::event_grid) fn connected(
    core: &mut Core,
    session: &mut Session,
    ruling: &mut Ruling<'_>,
) {
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return };
    let number = namespace.sequence_numbers.entry(session.name.clone()).or_insert(0);
    *number += 1;
    session.sequence_number = ruling.value(open::SEQUENCE_NUMBER, *number, 0);
    let data = of_session(namespace, session);
    tell_of_session(core, session, "Connected", data, ruling);
}

/// A session has no connection any more.
pub(in crate::event_grid) fn disconnected(
    core: &mut Core,
    session: &Session,
    reason: Reason,
    ruling: &mut Ruling<'_>,
) {
    let Some(namespace) = core.namespace(&session.host) else { return };
    let mut data = of_session(namespace, session);
    let reason = ruling.value(open::DISCONNECTION_REASON, reason.name(), "ServerError");
    data["disconnectionReason"] = reason.into();
    tell_of_session(core, session, "Disconnected", data, ruling);
}

/// A client resource was made, changed or deleted.
pub(in crate::event_grid) fn client_changed(
    core: &mut Core,
    host: &str,
    before: Option<&Client>,
    after: Option<&Client>,
    ruling: &mut Ruling<'_>,
) {
    let now = core.now.round_trip();
    let Some(namespace) = core.namespace(host) else { return };
    let Some(client) = after.or(before) else { return };
    let mut data = json!({
        "namespaceName": namespace.name,
        "clientName": client.name,
        "clientAuthenticationName": client.authentication_name(),
    });
    let kind = if after.is_some() {
        data["state"] = json!(client.state);
        data["attributes"] = json!(client.attributes);
        data["updatedOn"] = now.into();
        "ClientCreatedOrUpdated"
    } else {
        "ClientDeleted"
    };
    tell(core, host, kind, format!("clients/{}", client.name), data, ruling);
}

fn of_session(namespace: &Namespace, session: &Session) -> Value {
    json!({
        "namespaceName": namespace.name,
        "clientAuthenticationName": session.client.authentication_name,
        "clientSessionName": *session.name,
        "sequenceNumber": session.sequence_number,
    })
}

fn tell_of_session(
    core: &mut Core,
    session: &Session,
    what: &str,
    data: Value,
    ruling: &mut Ruling<'_>,
) {
    let client = &session.client.authentication_name;
    let subject = format!("clients/{client}/sessions/{}", session.name);
    tell(core, &session.host, &format!("ClientSession{what}"), subject, data, ruling);
}

fn tell(
    core: &mut Core,
    host: &str,
    kind: &str,
    subject: String,
    data: Value,
    ruling: &mut Ruling<'_>,
) {
    let id = core.chance.guid();
    let time = core.now.round_trip();
    let Some(namespace) = core.namespace(host) else { return };
    let event = CloudEvent {
        id,
        source: admin::id(namespace),
        kind: format!("Microsoft.EventGrid.MQTT{kind}"),
        subject: Some(subject),
        time: Some(time),
        datacontenttype: Some("application/json".to_owned()),
        data: Some(EventData::Json(data)),
        ..CloudEvent::default()
    };
    super::deliver_event(core, host, event, open::LIFE_CYCLE_EVENTS, ruling);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event_grid::{conn, end::PROTOCOL_ERROR, v5};

    #[test]
    fn each_end_has_the_reason_of_its_kind() {
        for (because, reason, told) in [
            (open::TAKEN_OVER, SESSION_TAKEN_OVER, "SessionTakenOver"),
            (open::SLOW_CLIENTS_OVERFLOW, QUOTA_EXCEEDED, "SessionOverflow"),
            (session::OVERFLOW_ENDS_THE_SESSION, QUOTA_EXCEEDED, "SessionOverflow"),
            (open::DISABLED_CLIENT, NOT_AUTHORIZED, "ClientAuthenticationError"),
            (open::RENEWAL, NOT_AUTHORIZED, "ClientAuthenticationError"),
            (open::ACCESS_IS_LOST, NOT_AUTHORIZED, "ClientAuthorizationError"),
            (conn::KEEP_ALIVE_OF_V5, KEEP_ALIVE_TIMEOUT, "ConnectionLost"),
            (open::CONNECT_RATES, CONNECTION_RATE_EXCEEDED, "QuotaExceeded"),
            (v5::CODES_OF_THE_STANDARD, PROTOCOL_ERROR, "ClientError"),
            (v5::CODES_OF_THE_STANDARD, SERVER_UNAVAILABLE, "ServerError"),
            (v5::CODES_OF_THE_STANDARD, SERVER_SHUTTING_DOWN, "ServerInitiatedDisconnect"),
        ] {
            assert_eq!(Reason::of(&Ending { because, reason }).name(), told, "{because:?}");
        }
    }
}
