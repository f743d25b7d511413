//! ALI-SESSION: what is kept of a device from one connection to the next.

use wire::Connect;

use super::{
    Session,
    end::{self, Ending, SESSION_TAKEN_OVER},
    instance::Link,
    open, v5,
};
use crate::{cloud::Core, profile::Subscriptions, rule::rules, ruling::Ruling};

rules! {
    CLEAN_SESSION_1_FINDS_NOTHING = "ALI-SESSION-001";
    KEPT_FOR_CLEAN_SESSION_0 = "ALI-SESSION-002";
}

/// Finds what is kept of a device or begins it, in place of the connection that it had. Gives Session
/// Present.
pub(super) fn begin(
    core: &mut Core,
    session: &Session,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> bool {
    let live = core.instance(&session.instance).and_then(|it| it.live.get(&session.key));
    if let Some(conn) = live.map(|link| link.conn) {
        let ending =
            Ending { because: open::THE_NEWER_CONNECTION_WINS, reason: SESSION_TAKEN_OVER };
        end::end_other(core, conn, &ending, ruling);
    }
    let now_ms = core.now.ms();
    let Some(instance) = core.instance_mut(&session.instance) else { return false };
    let expiry_s = v5::session_expiry_s(session, connect, &instance.profile, ruling);
    let is_over = |kept: &broker::Session| kept.expires_at_ms().is_some_and(|end| end <= now_ms);
    let was_there = instance.broker.session(&session.key).is_some_and(|kept| !is_over(kept));
    if !was_there {
        instance.broker.begin(&session.key, &session.name);
    }
    let are_permanent = instance.profile.subscriptions == Subscriptions::Permanent;
    let discards = connect.clean && ruling.value(CLEAN_SESSION_1_FINDS_NOTHING, true, false)
        || !connect.clean && ruling.value(KEPT_FOR_CLEAN_SESSION_0, false, true);
    if discards && !ruling.value(open::SUBSCRIPTIONS_ARE_PERMANENT, are_permanent, !are_permanent) {
        instance.broker.unsubscribe_all(&session.key);
    }
    if let Some(kept) = instance.broker.session_mut(&session.key) {
        if discards {
            kept.forget_waiting();
            kept.forget_under_way();
        }
        kept.expire(now_ms);
        kept.expiry_interval_s = expiry_s;
        kept.resume();
    }
    let mut link = Link::of(session, connect);
    if link.extensions != 0 {
        link.extensions = ruling.value(open::EXTENSION_BITS, link.extensions, !link.extensions);
    }
    instance.live.insert(session.key.clone(), link);
    if let Some(device) = instance.device_mut(&session.product_key, &session.name) {
        device.is_active = true;
        device.online_at_ms = Some(now_ms);
        device.given_up_at = None;
    }
    was_there && !discards
}

/// A connection has ended. Tells whether it was the one of its device.
pub(super) fn leave(core: &mut Core, session: &Session) -> bool {
    let now_ms = core.now.ms();
    let Some(instance) = core.instance_mut(&session.instance) else { return false };
    if !instance.has(&session.key, session.conn) {
        return false;
    }
    instance.live.remove(&session.key);
    if let Some(kept) = instance.broker.session_mut(&session.key) {
        kept.leave(now_ms);
    }
    if let Some(device) = instance.device_mut(&session.product_key, &session.name) {
        device.offline_at_ms = Some(now_ms);
    }
    true
}
