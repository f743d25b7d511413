//! EG-MSESS: how many sessions a client may have.

use super::{access::Identity, end::Ending, open, session};
use crate::{cloud::Core, rule::rules, ruling::Ruling};

rules! {
    SEVERAL_AT_THE_SAME_TIME = "EG-MSESS-001";
    ENABLED_FIRST = "EG-MSESS-002";
    AT_MOST_SO_MANY = "EG-MSESS-003";
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
    let most = namespace.configuration.maximum_client_sessions_per_authentication_name as usize;
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
    if has == 0 {
        return Ok(());
    }
    if has < most {
        return Ending::unless_granted(SEVERAL_AT_THE_SAME_TIME, reason, ruling);
    }
    ruling.explain(format!(
        "`{}` has {has} sessions and may have {most}: raise \
         maximumClientSessionsPerAuthenticationName, or take up one of its sessions again",
        client.authentication_name
    ));
    let rule = if most == 1 { ENABLED_FIRST } else { AT_MOST_SO_MANY };
    let reason = ruling.value(open::SESSION_LIMIT_REASON, reason, 0x80);
    Ending::unless(false, rule, reason, ruling)
}
