//! EG-MSESS: how many sessions a client may have.

use wire::Connect;

use super::{
    access::Identity,
    conn,
    end::{Ending, QUOTA_EXCEEDED},
    namespace::Namespace,
    open, session, v5,
};
use crate::{cloud::Core, rule::rules, ruling::Ruling};

rules! {
    SEVERAL_AT_THE_SAME_TIME = "EG-MSESS-001";
    ENABLED_FIRST = "EG-MSESS-002";
    AT_MOST_SO_MANY = "EG-MSESS-003";
    MOST_IS_A_PROPERTY = "EG-MSESS-004";
    USERNAME_NAMES_THE_CLIENT = "EG-MSESS-005";
    CLIENT_ID_NAMES_THE_SESSION = "EG-MSESS-006";
    THREE_OF_ONE_CLIENT = "EG-MSESS-007";
    SESSIONS_ARE_INDEPENDENT = "EG-MSESS-008";
}

/// Judges whether a client may have one more session; one that it has already is none more.
pub(super) fn judge(
    core: &Core,
    host: &str,
    name: &str,
    client: &Identity,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(namespace) = core.namespace(host) else { return Ok(()) };
    let most = most(namespace, ruling);
    let reason = namespace.profile.session_limit_reason;
    let others = namespace
        .broker
        .sessions()
        .filter(|(other, session)| ***other != *name && session::is_owner(client, session));
    let (connected, offline): (Vec<_>, Vec<_>) =
        others.partition(|(_, session)| session.is_connected());
    // Each kind counts by a rule of its own.
    let connected = ruling.value(session::CONNECTED_SESSIONS_COUNT, connected.len(), 0);
    let offline = ruling.value(session::OFFLINE_SESSIONS_COUNT, offline.len(), 0);
    let has = connected + offline;
    if has > 0 && has < most {
        let rule = match (connected, has) {
            (0, _) => v5::ROOM_AFTER_A_RESET,
            (_, 1) => SEVERAL_AT_THE_SAME_TIME,
            _ => THREE_OF_ONE_CLIENT,
        };
        Ending::unless_granted(rule, reason, ruling)?;
    }
    if has >= most {
        ruling.explain(format!(
            "`{}` has {has} sessions and may have {most}: raise \
             maximumClientSessionsPerAuthenticationName, or take up one of its sessions again",
            client.authentication_name
        ));
        let rule = match (most, connected) {
            (1, 0) => session::RESUMED_AND_NO_OTHER,
            (1, _) => ENABLED_FIRST,
            _ => AT_MOST_SO_MANY,
        };
        let reason = ruling.value(open::SESSION_LIMIT_REASON, reason, 0x80);
        Ending::unless(false, rule, reason, ruling)?;
    }
    judge_all(namespace, name, ruling)
}

/// Judges what a client with several sessions says of itself.
pub(super) fn judge_names(core: &Core, host: &str, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.namespace(host).filter(|it| has_several(it)) else { return };
    if let Some(name) = &connect.username {
        let is_a_clients = namespace.client_named(name).is_some();
        ruling.note(USERNAME_NAMES_THE_CLIENT, is_a_clients);
    }
    ruling.note(CLIENT_ID_NAMES_THE_SESSION, !connect.client_id.is_empty());
    let is_its_own = !namespace.live.contains_key(connect.client_id.as_str());
    ruling.note(conn::A_CLIENT_ID_FOR_EACH_SESSION, is_its_own);
}

/// The namespace as a whole has room for so many, where throughput units are bought.
fn judge_all(namespace: &Namespace, name: &str, ruling: &mut Ruling<'_>) -> Result<(), Ending> {
    let Some(most) = namespace.profile.sessions() else { return Ok(()) };
    let is_new = namespace.broker.session(name).is_none();
    let has_room = !is_new || namespace.broker.sessions().len() < most;
    Ending::unless(has_room, open::SESSIONS_AND_CLIENTS, QUOTA_EXCEEDED, ruling)
}

fn most(namespace: &Namespace, ruling: &mut Ruling<'_>) -> usize {
    let most = namespace.configuration.maximum_client_sessions_per_authentication_name as usize;
    ruling.value(MOST_IS_A_PROPERTY, most, 1)
}

const fn has_several(namespace: &Namespace) -> bool {
    namespace.configuration.maximum_client_sessions_per_authentication_name > 1
}
