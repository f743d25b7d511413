//! EG-SESSION: sessions by name, who may take one up, and how long they last.

use std::sync::Arc;

use wire::{Connect, Property, Version};

use super::{
    Due, Session,
    access::Identity,
    end::{self, CLIENT_IDENTIFIER_NOT_VALID, Ending, NOT_AUTHORIZED, SESSION_TAKEN_OVER},
    limit,
    namespace::Link,
    open, v5, will,
};
use crate::{cloud::Core, rule::rules, ruling::Ruling, time::Time, timer::Timer};

rules! {
    ONE_NAME_ONE_OWNER = "EG-SESSION-001";
    FOREIGN_NAME_IS_UNAUTHORIZED = "EG-SESSION-002";
    TAKEN_OVER_BY_ITS_OWNER = "EG-SESSION-004";
    CONNECTED_SESSIONS_COUNT = "EG-SESSION-007";
    OFFLINE_SESSIONS_COUNT = "EG-SESSION-008";
    KEPT_FOR_V3 = "EG-SESSION-020";
    KEEPS_SUBSCRIPTIONS = "EG-SESSION-021";
    MISSED_MESSAGES_ARE_KEPT = "EG-SESSION-022";
    CLEAN_SESSION_FINDS_NOTHING = "EG-SESSION-025";
    OVERFLOW_ENDS_THE_SESSION = "EG-SESSION-034";
}

/// The name of the session that a CONNECT is for, and whether the broker made it up.
pub(super) fn name(
    core: &mut Core,
    host: &str,
    connect: &Connect,
    version: Version,
    ruling: &mut Ruling<'_>,
) -> Result<(Arc<str>, Option<Arc<str>>), Ending> {
    let Some(namespace) = core.registry.namespaces.get(host) else {
        return Ok((connect.client_id.as_str().into(), None));
    };
    let most_chars = namespace.profile.client_id_chars;
    if !connect.client_id.is_empty() {
        let fits = connect.client_id.chars().count() <= most_chars;
        Ending::unless(fits, open::SESSION_NAME_LENGTH, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
        return Ok((connect.client_id.as_str().into(), None));
    }
    let assigns = version == Version::V5 && namespace.profile.assigned_client_id;
    if !assigns {
        let rule = open::ASSIGNED_CLIENT_ID_FORM;
        Ending::unless(false, rule, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    }
    let assigned: Arc<str> = core.chance.guid().into();
    Ending::unless_granted(v5::ASSIGNS_CLIENT_IDS, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    Ok((assigned.clone(), Some(assigned)))
}

/// Nobody takes up the session of another client, connected or not.
pub(super) fn judge_owner(
    core: &Core,
    host: &str,
    name: &str,
    client: &Identity,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(session) = core.namespace(host).and_then(|it| it.broker.session(name)) else {
        return Ok(());
    };
    let is_owner = is_owner(client, session);
    let is_in_this_case = *session.owner == *client.authentication_name;
    let is_owner = ruling.value(open::CASE_OF_OWNER_AND_SESSION, is_owner, is_in_this_case);
    if !is_owner {
        ruling.explain(format!("the session `{name}` belongs to `{}`", session.owner));
    }
    let reason = ruling.value(FOREIGN_NAME_IS_UNAUTHORIZED, NOT_AUTHORIZED, 0x80);
    Ending::unless(is_owner, ONE_NAME_ONE_OWNER, reason, ruling)
}

/// Whether a session is this client's; names of clients count in any case.
pub(super) fn is_owner(client: &Identity, session: &broker::Session) -> bool {
    session.owner.to_lowercase() == client.authentication_name.to_lowercase()
}

/// How long a session outlives its connection.
pub(super) fn expiry_interval_s(
    core: &Core,
    host: &str,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> u32 {
    let most_s = core.namespace(host).map_or(0, |it| it.session_expiry_max_s());
    if connect.version() != Some(Version::V5) {
        // Without an interval of its own a session of 3.1.1 lives as long as the namespace allows.
        return if connect.clean { 0 } else { ruling.value(limit::EXPIRY_OF_V3, most_s, 0) };
    }
    let asked_s = end::find(&connect.properties, |property| match property {
        Property::SessionExpiryIntervalS(s) => Some(*s),
        _ => None,
    });
    let asked_s = asked_s.unwrap_or(0);
    let asked_s = ruling.value(v5::SESSION_EXPIRY, asked_s, 0);
    if asked_s <= most_s {
        return asked_s;
    }
    ruling.value(limit::EXPIRY_IS_ADJUSTED, most_s, asked_s)
}

/// Finds the session of a CONNECT or begins it, in place of the connection that had it. Gives Session
/// Present.
pub(super) fn begin(
    core: &mut Core,
    session: &Session,
    connect: &Connect,
    expiry_interval_s: u32,
    ruling: &mut Ruling<'_>,
) -> bool {
    let (host, name) = (session.host.clone(), session.name.clone());
    take_over(core, session, ruling);
    let is_clean = connect.clean;
    let rule = if session.is_v5() { v5::CLEAN_START } else { CLEAN_SESSION_FINDS_NOTHING };
    let discards = is_clean && ruling.value(rule, true, false);
    if discards {
        will::session_ends(core, &host, &name, ruling);
    } else {
        will::called_off(core, &host, &name, ruling);
    }
    let Some(namespace) = core.registry.namespaces.get_mut(&*host) else { return false };
    let is_there = namespace.broker.session(&name).is_some();
    let present = is_there && !discards;
    if !present {
        namespace.broker.begin(&name, &session.client.authentication_name);
    }
    if let Some(kept) = namespace.broker.session_mut(&name) {
        kept.resume();
        kept.expiry_interval_s = expiry_interval_s;
    }
    namespace.live.insert(name, Link::of(session, connect));
    present
}

/// A connection has ended: its session waits for the next one, or is over.
pub(super) fn leave(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let now = core.now;
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return };
    let is_its_own = namespace.live.get(&session.name).is_some_and(|it| it.conn == session.conn);
    if !is_its_own {
        return;
    }
    namespace.live.remove(&session.name);
    let Some(kept) = namespace.broker.session_mut(&session.name) else { return };
    kept.leave(now.ms());
    if kept.expiry_interval_s == 0 {
        namespace.broker.end(&session.name);
        return;
    }
    if !session.is_v5() && !ruling.value(KEPT_FOR_V3, true, false) {
        namespace.broker.end(&session.name);
        return;
    }
    if let Some(end_ms) = kept.expires_at_ms() {
        let due = Due::SessionExpiry { session: session.name.clone() };
        core.timers.set(Time::from_ms(end_ms), Timer::event_grid(&session.host, due));
    }
}

/// The end of a session may have come; it has not, if it is connected or was since.
pub(super) fn expiry_due(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let now_ms = core.now.ms();
    let Some(kept) = core.namespace(host).and_then(|it| it.broker.session(name)) else { return };
    if kept.expires_at_ms().is_none_or(|end_ms| now_ms < end_ms) {
        return;
    }
    if ruling.uphold(v5::EXPIRED_SESSIONS_GO, false).is_err() {
        over(core, host, name, ruling);
    }
}

/// Ends a session: what it held is gone, and a will that waits is published.
pub(super) fn over(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    will::session_ends(core, host, name, ruling);
    if let Some(namespace) = core.registry.namespaces.get_mut(host) {
        namespace.broker.end(name);
        namespace.live.remove(name);
    }
}

/// What waits for a session has no room any more: the session ends, and its connection with it.
pub(super) fn overflow(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let Err(ending) = Ending::unless(false, OVERFLOW_ENDS_THE_SESSION, end::QUOTA_EXCEEDED, ruling)
    else {
        return;
    };
    let live = core.namespace(host).and_then(|it| it.live.get(name)).map(|link| link.conn);
    if let Some(conn) = live {
        end::end_other(core, conn, &ending, ruling);
    }
    over(core, host, name, ruling);
}

/// DISCONNECT may give the session another interval [MQTT-3.1.2-23].
pub(super) fn shorten(
    core: &mut Core,
    session: &Session,
    properties: &[Property],
    ruling: &mut Ruling<'_>,
) {
    let asked_s = end::find(properties, |property| match property {
        Property::SessionExpiryIntervalS(s) => Some(*s),
        _ => None,
    });
    let Some(asked_s) = asked_s else { return };
    let most_s = core.namespace(&session.host).map_or(0, |it| it.session_expiry_max_s());
    let asked_s = ruling.value(v5::SESSION_EXPIRY, asked_s, most_s);
    if let Some(namespace) = core.registry.namespaces.get_mut(&*session.host)
        && let Some(kept) = namespace.broker.session_mut(&session.name)
    {
        kept.expiry_interval_s = asked_s.min(most_s);
    }
}

/// A connection that has the session is replaced.
fn take_over(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let namespace = core.namespace(&session.host);
    let Some(link) = namespace.and_then(|it| it.live.get(&session.name)) else { return };
    let conn = link.conn;
    ruling.note(TAKEN_OVER_BY_ITS_OWNER, true);
    let ending = Ending { because: open::TAKEN_OVER, reason: SESSION_TAKEN_OVER };
    end::end_other(core, conn, &ending, ruling);
}
