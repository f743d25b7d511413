//! EG-SESSION: sessions by name, who may take one up, and how long they last.

pub(super) mod habits;

use std::sync::Arc;

use broker::Room;
use wire::{Connect, Property, Version};

use super::{
    Due, Session,
    access::Identity,
    conn,
    end::{
        self, CLIENT_IDENTIFIER_NOT_VALID, Ending, NOT_AUTHORIZED, PROTOCOL_ERROR,
        SESSION_TAKEN_OVER,
    },
    limit, msess,
    namespace::{Link, Namespace},
    open, v5, will,
};
use crate::{
    cloud::Core,
    profile::{EventGridProfile, SessionExpiry},
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

rules! {
    ONE_NAME_ONE_OWNER = "EG-SESSION-001";
    FOREIGN_NAME_IS_UNAUTHORIZED = "EG-SESSION-002";
    OWNER_IS_NOT_DISTURBED = "EG-SESSION-003";
    TAKEN_OVER_BY_ITS_OWNER = "EG-SESSION-004";
    BLOCKED_BY_A_DELETED_CLIENT = "EG-SESSION-005";
    FREE_ONCE_EXPIRED = "EG-SESSION-006";
    CONNECTED_SESSIONS_COUNT = "EG-SESSION-007";
    OFFLINE_SESSIONS_COUNT = "EG-SESSION-008";
    RESUMED_AND_NO_OTHER = "EG-SESSION-009";
    RECONNECTS_BY_THE_SAME_NAME = "EG-SESSION-010";
    NO_NAME_FOR_EACH_CONNECTION = "EG-SESSION-011";
    KEPT_FOR_V3 = "EG-SESSION-020";
    SUBSCRIPTIONS_ARE_KEPT = "EG-SESSION-021";
    MISSED_MESSAGES_ARE_KEPT = "EG-SESSION-022";
    UNACKNOWLEDGED_MESSAGES_ARE_KEPT = "EG-SESSION-023";
    V3_ASKS_BY_CLEAN_SESSION_0 = "EG-SESSION-024";
    CLEAN_SESSION_FINDS_NOTHING = "EG-SESSION-025";
    QUEUED_WHILE_OFFLINE = "EG-SESSION-030";
    QUEUED_UNTIL_IT_IS_BACK = "EG-SESSION-031";
    QUEUE_OF_100_MESSAGES = "EG-SESSION-032";
    QUEUE_OF_1_MB = "EG-SESSION-033";
    OVERFLOW_ENDS_THE_SESSION = "EG-SESSION-034";
}

/// The name of the session that a CONNECT is for, and whether the broker made it up.
pub(super) fn name(
    core: &mut Core,
    host: &str,
    connect: &Connect,
    version: Version,
    client: &Identity,
    ruling: &mut Ruling<'_>,
) -> Result<(Arc<str>, Option<Arc<str>>), Ending> {
    let Some(namespace) = core.registry.namespaces.get(host) else {
        return Ok((connect.client_id.as_str().into(), None));
    };
    let most_chars = namespace.profile.client_id_chars;
    if !connect.client_id.is_empty() {
        let given = connect.client_id.as_str();
        let fits = given.chars().count() <= most_chars;
        Ending::unless(fits, open::SESSION_NAME_LENGTH, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
        let owner = &client.authentication_name;
        let name = ruling.value(conn::SESSION_HAS_THE_CLIENT_ID, given, owner);
        let rule = conn::A_SESSION_NAME_OCCURS_ONCE;
        let name = if ruling.gives_wrong_value(rule) {
            format!("{owner}/{name}").into()
        } else {
            name.into()
        };
        return Ok((name, None));
    }
    let assigns = version == Version::V5 && namespace.profile.assigned_client_id;
    if !assigns {
        let rule = open::ASSIGNED_CLIENT_ID_FORM;
        Ending::unless(false, rule, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    }
    let assigned = core.chance.guid();
    let rule = v5::ASSIGNED_CLIENT_IDS_DIFFER;
    let assigned = ruling.value(rule, assigned, "00000000-0000-4000-8000-000000000000".to_owned());
    let in_capitals = assigned.to_uppercase();
    let assigned = ruling.value(open::ASSIGNED_CLIENT_ID_FORM, assigned, in_capitals);
    let assigned: Arc<str> = assigned.into();
    Ending::unless_granted(v5::ASSIGNS_CLIENT_IDS, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    let rule = v5::ASSIGNED_FOR_SHORT_AND_LONG;
    Ending::unless_granted(rule, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    Ok((assigned.clone(), Some(assigned)))
}

/// Nobody takes up the session of another client, connected or not; its own a client always may.
pub(super) fn judge_owner(
    core: &mut Core,
    host: &str,
    name: &str,
    client: &Identity,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(namespace) = core.namespace(host) else { return Ok(()) };
    let Some(session) = namespace.broker.session(name) else { return Ok(()) };
    let is_in_this_case = *session.owner == *client.authentication_name;
    let is_its_own = is_owner(client, session);
    let is_its_own = ruling.value(open::CASE_OF_OWNER_AND_SESSION, is_its_own, is_in_this_case);
    let reason = ruling.value(FOREIGN_NAME_IS_UNAUTHORIZED, NOT_AUTHORIZED, 0x80);
    let live = namespace.live.get(name).map(|link| link.conn);
    if is_its_own {
        return match live {
            Some(_) => Ending::unless_granted(TAKEN_OVER_BY_ITS_OWNER, reason, ruling),
            None => Ok(()),
        };
    }
    let is_of_a_client = namespace.client_named(&session.owner).is_some();
    let rule = if is_of_a_client { ONE_NAME_ONE_OWNER } else { BLOCKED_BY_A_DELETED_CLIENT };
    ruling.explain(format!("the session `{name}` belongs to `{}`", session.owner));
    if let Some(conn) = live
        && ruling.gives_wrong_value(OWNER_IS_NOT_DISTURBED)
    {
        let ending = Ending { because: OWNER_IS_NOT_DISTURBED, reason: SESSION_TAKEN_OVER };
        end::end_other(core, conn, &ending, ruling);
    }
    Ending::unless(false, rule, reason, ruling)
}

/// Lets a client have what it may wish of its session.
pub(super) fn grant_wishes(
    connect: &Connect,
    version: Version,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    match version {
        Version::V5 => v5::grant_wishes(connect, ruling),
        _ if connect.clean => Ok(()),
        _ => Ending::unless_granted(V3_ASKS_BY_CLEAN_SESSION_0, NOT_AUTHORIZED, ruling),
    }
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
    let Some(namespace) = core.namespace(host) else { return 0 };
    let most_s = expiry_max_s(namespace, ruling);
    if connect.version() != Some(Version::V5) {
        // Without an interval of its own a session of 3.1.1 lives as long as the namespace allows.
        return if connect.clean { 0 } else { ruling.value(limit::EXPIRY_OF_V3, most_s, 0) };
    }
    let asked_s = v5::session_expiry_interval_s(&connect.properties).unwrap_or(0);
    let asked_s = ruling.value(v5::SESSION_EXPIRY, asked_s, 0);
    if asked_s > 0 && namespace.profile.session_expiry == SessionExpiry::Override {
        return OVERRIDDEN_EXPIRY_S;
    }
    if asked_s == 0 {
        return 0;
    }
    if asked_s <= most_s {
        return ruling.value(limit::EXPIRY_AS_ASKED, asked_s, most_s);
    }
    ruling.value(limit::EXPIRY_IS_ADJUSTED, most_s, asked_s)
}

/// What the first preview made of every interval that was asked for. EG-OPEN-060.
const OVERRIDDEN_EXPIRY_S: u32 = 3600;

/// The longest that a session of this namespace may outlive its connection.
fn expiry_max_s(namespace: &Namespace, ruling: &mut Ruling<'_>) -> u32 {
    let most_s = namespace.session_expiry_max_s();
    if namespace.configuration.maximum_session_expiry_in_hours == 1 {
        return ruling.value(limit::ONE_HOUR_UNLESS_CONFIGURED, most_s, most_s / 2);
    }
    ruling.value(limit::EXPIRY_MAX_OF_THE_NAMESPACE, most_s, 3600)
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
    if present {
        resume(core, &host, &name, ruling);
    } else {
        namespace.broker.begin(&name, &session.client.authentication_name);
    }
    let Some(namespace) = core.registry.namespaces.get_mut(&*host) else { return false };
    if let Some(kept) = namespace.broker.session_mut(&name) {
        kept.expiry_interval_s = expiry_interval_s;
    }
    namespace.live.insert(name, Link::of(session, connect));
    present
}

/// A session has a connection again, and all that it had before.
fn resume(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return };
    if ruling.gives_wrong_value(SUBSCRIPTIONS_ARE_KEPT) {
        namespace.broker.unsubscribe_all(name);
    }
    let Some(kept) = namespace.broker.session_mut(name) else { return };
    if ruling.gives_wrong_value(QUEUED_UNTIL_IT_IS_BACK) {
        kept.forget_waiting();
    }
    if ruling.gives_wrong_value(UNACKNOWLEDGED_MESSAGES_ARE_KEPT) {
        kept.forget_under_way();
    }
    kept.resume();
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
    let Some(namespace) = core.namespace(host) else { return };
    let Some(kept) = namespace.broker.session(name) else { return };
    if kept.expires_at_ms().is_none_or(|end_ms| now_ms < end_ms) {
        return;
    }
    let is_of_a_client = namespace.client_named(&kept.owner).is_some();
    let rule = if is_of_a_client { v5::EXPIRED_SESSIONS_GO } else { FREE_ONCE_EXPIRED };
    if ruling.uphold(rule, false).is_err() {
        over(core, host, name, ruling);
    }
}

/// Ends a session: what it held is gone, and a will that waits is published.
fn over(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    will::session_ends(core, host, name, ruling);
    if let Some(namespace) = core.registry.namespaces.get_mut(host) {
        namespace.broker.end(name);
        namespace.live.remove(name);
    }
}

/// How much a session may hold that its client has not acknowledged.
pub(super) fn room(profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> Room {
    let messages = profile.queue_messages;
    let messages = ruling.value(QUEUE_OF_100_MESSAGES, messages, messages / 2);
    let other = if messages == 100 { 101 } else { 100 };
    let messages = ruling.value(open::OVERFLOW_AFTER_THE_LAST, messages, other);
    let bytes = profile.queue_bytes;
    Room { messages, bytes: ruling.value(QUEUE_OF_1_MB, bytes, bytes / 2) }
}

/// What waits for a session has no room any more: the session ends, and its connection with it.
pub(super) fn overflow(core: &mut Core, host: &str, name: &str, ruling: &mut Ruling<'_>) {
    let live = core.namespace(host).and_then(|it| it.live.get(name)).map(|link| link.conn);
    let rule = if live.is_some() { open::SLOW_CLIENTS_OVERFLOW } else { OVERFLOW_ENDS_THE_SESSION };
    let Err(ending) = Ending::unless(false, rule, end::QUOTA_EXCEEDED, ruling) else { return };
    if let Some(conn) = live {
        end::end_other(core, conn, &ending, ruling);
    }
    over(core, host, name, ruling);
}

/// DISCONNECT may give the session another interval, unless CONNECT gave it none [MQTT-3.1.2-23].
pub(super) fn change_expiry(
    core: &mut Core,
    session: &Session,
    properties: &[Property],
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(asked_s) = v5::session_expiry_interval_s(properties) else { return Ok(()) };
    let Some(namespace) = core.registry.namespaces.get_mut(&*session.host) else { return Ok(()) };
    let most_s = namespace.session_expiry_max_s();
    let Some(kept) = namespace.broker.session_mut(&session.name) else { return Ok(()) };
    let is_allowed = asked_s == 0 || kept.expiry_interval_s > 0;
    Ending::unless(is_allowed, v5::CODES_OF_THE_STANDARD, PROTOCOL_ERROR, ruling)?;
    kept.expiry_interval_s = asked_s.min(most_s);
    Ok(())
}

/// A connection that has the session is replaced.
fn take_over(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.namespace(&session.host) else { return };
    let mut live = namespace.live.get(&session.name);
    if ruling.gives_wrong_value(msess::SESSIONS_ARE_INDEPENDENT) {
        let of_the_client = |name: &&Arc<str>| {
            namespace.broker.session(name).is_some_and(|kept| is_owner(&session.client, kept))
        };
        let another = namespace.live.keys().find(of_the_client);
        live = live.or_else(|| namespace.live.get(another?));
    }
    let Some(conn) = live.map(|link| link.conn) else { return };
    let ending = Ending { because: open::TAKEN_OVER, reason: SESSION_TAKEN_OVER };
    end::end_other(core, conn, &ending, ruling);
}
