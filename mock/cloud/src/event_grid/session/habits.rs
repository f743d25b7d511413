//! What clients are advised to do from one connection to the next: seen, and never refused.

use std::{collections::BTreeSet, sync::Arc};

use wire::Connect;

use super::is_owner;
use crate::{
    event_grid::{
        Namespace,
        access::Identity,
        end::{Ending, IMPLEMENTATION_SPECIFIC_ERROR},
        session,
        v5::{self, SHORT_EXPIRY_S},
    },
    ruling::Ruling,
};

/// What is remembered of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Habits {
    /// Of its sessions, as long as there are few.
    names: BTreeSet<Arc<str>>,
    /// The client identifier that it was assigned last.
    assigned: Option<Arc<str>>,
}

/// More names than any namespace grants sessions are of no use.
const NAMES_MAX: usize = 128;

/// Judges a CONNECT by those before it.
pub(in crate::event_grid) fn judge(
    namespace: &Namespace,
    name: &str,
    client: &Identity,
    connect: &Connect,
    expiry_interval_s: u32,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let none = Habits::default();
    let habits = namespace.habits.get(&key(client)).unwrap_or(&none);
    let is_assigned = connect.client_id.is_empty();
    if is_assigned && habits.assigned.is_none() {
        ruling.note(v5::FIRST_EXPIRY_IS_SHORT, expiry_interval_s <= SHORT_EXPIRY_S);
    }
    if let Some(assigned) = &habits.assigned {
        ruling.note(v5::KEEPS_THE_ASSIGNED_CLIENT_ID, !is_assigned);
        if **assigned == *name {
            let rule = v5::ASSIGNED_CLIENT_ID_AGAIN;
            Ending::unless_granted(rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
        }
    }
    if habits.names.is_empty() {
        return Ok(());
    }
    let is_known = habits.names.contains(name);
    let others = || {
        let sessions = namespace.broker.sessions();
        sessions.filter(|(other, kept)| ***other != *name && is_owner(client, kept))
    };
    if !others().any(|(_, kept)| kept.is_connected()) {
        ruling.note(session::RECONNECTS_BY_THE_SAME_NAME, is_known);
    }
    let most = namespace.configuration.maximum_client_sessions_per_authentication_name as usize;
    let has_room = habits.names.len() < most;
    ruling.note(session::NO_NAME_FOR_EACH_CONNECTION, is_known || has_room);
    let mut left = others().filter(|(_, kept)| !kept.is_connected());
    let is_modest = left.all(|(_, kept)| kept.expiry_interval_s <= SHORT_EXPIRY_S);
    ruling.note(v5::KNOWN_AFTER_A_RESET, is_known || is_modest);
    Ok(())
}

/// Remembers a session that was begun or resumed.
pub(in crate::event_grid) fn remember(
    namespace: &mut Namespace,
    name: &Arc<str>,
    client: &Identity,
    assigned: Option<&Arc<str>>,
) {
    let habits = namespace.habits.entry(key(client)).or_default();
    if habits.names.len() < NAMES_MAX {
        habits.names.insert(name.clone());
    }
    if assigned.is_some() {
        habits.assigned = assigned.cloned();
    }
}

fn key(client: &Identity) -> String {
    client.authentication_name.to_lowercase()
}
