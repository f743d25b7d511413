//! How a session at the hub ends, and who learns of it.

use super::{GOODBYE, Session, c2d, conn, err, keepalive, log, method, open, presence, twin, will};
use crate::{
    cloud::Core, error_code as codes, rule::Rule, ruling::Ruling, session::StoredSession,
    timer::Timer,
};

/// How a session ends.
pub(super) enum End {
    /// The hub closes, because of this rule.
    Closed(Rule),
    /// Another connection of the same identity took over.
    Displaced(Rule),
    /// Nothing was heard in time.
    KeepAlive(Rule),
    /// The service is upgraded.
    Upgraded(Rule),
    /// The token ran out.
    TokenExpired(Rule),
    /// The message was too large.
    TooLarge(Rule),
    /// It sent more than the hub can hold up.
    Throttled(Rule),
    /// The messages of the day are spent.
    QuotaSpent(Rule),
    /// The operator disabled or removed the identity.
    Unwanted(Rule),
    /// The device said DISCONNECT.
    Disconnect,
    /// The device's end is gone.
    Gone,
}

/// Ends a session: the Will, the log, the queue and the registry learn of it.
pub(super) fn end(core: &mut Core, mut session: Box<Session>, end: End, ruling: &mut Ruling<'_>) {
    let conn = session.conn;
    let said_disconnect = matches!(end, End::Disconnect);
    let code = match end {
        End::Closed(because) => {
            err::closed(core, &session, because, ruling);
            ruling.close(conn, because);
            Some((codes::DEVICE_CONNECTION_CLOSED_REMOTELY, open::CODE_OF_EACH_CLOSE))
        }
        End::Displaced(because) => {
            ruling.close(conn, because);
            Some((
                codes::CONNECTION_FORCEFULLY_CLOSED_ON_NEW_CONNECTION,
                conn::DISPLACEMENT_IS_LOGGED,
            ))
        }
        End::Upgraded(because) => {
            ruling.close(conn, because);
            Some((codes::CONNECTION_FORCEFULLY_CLOSED_ON_FAULT_INJECTION, open::CODE_OF_EACH_CLOSE))
        }
        End::KeepAlive(because) => {
            ruling.close(conn, because);
            Some((codes::DEVICE_CONNECTION_CLOSED_REMOTELY, keepalive::LOGGED_AS_404104))
        }
        End::TokenExpired(because) => {
            ruling.close(conn, because);
            let code = codes::IOT_HUB_UNAUTHORIZED;
            log::refused(core.now, &session, code, open::CODE_OF_EACH_CLOSE, ruling);
            Some((codes::DEVICE_CONNECTION_CLOSED_REMOTELY, open::CODE_OF_EACH_CLOSE))
        }
        End::TooLarge(because) => {
            err::closed(core, &session, because, ruling);
            ruling.close(conn, because);
            Some((codes::MESSAGE_TOO_LARGE, open::OVERSIZE_CLOSES))
        }
        End::Throttled(because) => {
            err::closed(core, &session, because, ruling);
            ruling.close(conn, because);
            Some((codes::THROTTLE_BACKLOG_LIMIT_EXCEEDED, because))
        }
        End::QuotaSpent(because) => {
            ruling.close(conn, because);
            Some((codes::IOT_HUB_QUOTA_EXCEEDED, because))
        }
        End::Unwanted(because) => {
            ruling.close(conn, because);
            if because == open::DISABLED_DEVICE_IS_REFUSED {
                log::refused(core.now, &session, codes::DEVICE_DISABLED, because, ruling);
            }
            Some((codes::DEVICE_CONNECTION_CLOSED_REMOTELY, open::CODE_OF_EACH_CLOSE))
        }
        End::Disconnect => {
            err::left(core, &session);
            ruling.close(conn, GOODBYE);
            None
        }
        End::Gone => Some((codes::DEVICE_CONNECTION_CLOSED_REMOTELY, open::CODE_OF_EACH_CLOSE)),
    };
    let sends_will = match end {
        End::Displaced(_) => {
            let chosen = core.profile(&session.host).displaced_will;
            ruling.value(open::DISPLACED_WILL, chosen, !chosen)
        }
        End::Disconnect | End::Gone => true,
        // The Will would be a message more.
        End::QuotaSpent(_) => false,
        _ => ruling.value(open::WILL_ON_EVERY_OTHER_END, true, false),
    };
    if sends_will {
        will::send(core, &mut session, said_disconnect, ruling);
    }
    c2d::abandon(core, &mut session, ruling);
    method::abandon(core, &mut session, ruling);
    if said_disconnect {
        twin::left(&session, ruling);
    }
    match code {
        Some((code, because)) => {
            log::disconnected(core.now, &session, Some(code), because, ruling);
        }
        None => log::disconnected(core.now, &session, None, log::DISCONNECTS_ARE_LOGGED, ruling),
    }
    store(core, &session);
    presence::ended(core, &session);
}

/// What outlives the connection.
fn store(core: &mut Core, session: &Session) {
    let expiry_s = core.profile(&session.host).session_expiry_s;
    let kept_until = expiry_s.map(|expiry_s| core.now.plus_s(expiry_s));
    let Some(identity) = core.identity_mut(&session.host, &session.id) else { return };
    if identity.conn == Some(session.conn) {
        identity.conn = None;
    }
    identity.stored = (!session.clean).then(|| StoredSession {
        subscriptions: session.subscriptions.clone(),
        heard_at: session.heard_at,
        kept_until,
    });
    if let (false, Some(kept_until)) = (session.clean, kept_until) {
        let timer = Timer::SessionExpiry { hub: session.host.clone(), id: session.id.clone() };
        core.timers.set(kept_until, timer);
    }
}
