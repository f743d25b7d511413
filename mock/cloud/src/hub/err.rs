//! HUB-ERR: how the hub tells an error, and what a device makes of it.

use super::Session;
use crate::{
    cloud::Core,
    rule::{Rule, rules},
    ruling::Ruling,
};

rules! {
    ERRORS_CLOSE = "HUB-ERR-001";
    A_CLOSE_IS_COPED_WITH = "HUB-ERR-002";
}

/// The hub closed a connection for what its device did: to come back and do it again is not coping.
pub(super) fn closed(core: &mut Core, session: &Session, because: Rule, ruling: &mut Ruling<'_>) {
    let Some(identity) = core.identity_mut(&session.host, &session.id) else { return };
    if identity.closed_because.replace(because) == Some(because) {
        ruling.note(A_CLOSE_IS_COPED_WITH, false);
    }
}

/// The device connected again after such a close.
pub(super) fn came_back(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let was_closed = core
        .identity_mut(&session.host, &session.id)
        .is_some_and(|identity| identity.closed_because.is_some());
    if was_closed {
        ruling.note(A_CLOSE_IS_COPED_WITH, true);
    }
}

/// The device said DISCONNECT: what was, is forgotten.
pub(super) fn left(core: &mut Core, session: &Session) {
    if let Some(identity) = core.identity_mut(&session.host, &session.id) {
        identity.closed_because = None;
    }
}
