//! HUB-METHOD: direct methods.

use wire::Publish;

use super::Session;
use crate::{
    cloud::Core,
    identity::IdentityId,
    order::{MethodOrder, OrderId},
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    SUBSCRIBED_TO_TAKE_CALLS = "HUB-METHOD-001";
}

/// A call that waits for its device to come online.
#[derive(Clone, Debug)]
pub(crate) struct WaitingCall {
    pub(crate) order: OrderId,
    pub(crate) hub: String,
    pub(crate) id: IdentityId,
    pub(crate) call: MethodOrder,
}

/// A call that was sent to the device of a session.
#[derive(Clone, Debug)]
pub(super) struct PendingCall {
    pub(super) order: OrderId,
}

/// An order of the service side: calls a method.
pub(crate) fn invoke(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _id: &IdentityId,
    _call: &MethodOrder,
    _ruling: &mut Ruling<'_>,
) {
}

/// The session has a new subscription: calls that waited for it go out.
pub(super) fn subscribed(_core: &mut Core, _session: &mut Session, _ruling: &mut Ruling<'_>) {}

/// `$iothub/methods/res/{status}/?…`
pub(super) fn response(
    _core: &mut Core,
    _session: &mut Session,
    _publish: &Publish,
    _status: &str,
    _query: &str,
    _ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    Ok(())
}

/// The device did not answer in time.
pub(super) fn answer_overdue(
    _core: &mut Core,
    _session: &mut Session,
    _rid: &str,
    _ruling: &mut Ruling<'_>,
) {
}

/// The device did not come online in time.
pub(crate) fn connect_overdue(_core: &mut Core, _order: OrderId, _ruling: &mut Ruling<'_>) {}

/// The connection ended: its calls cannot be answered any more.
pub(super) fn abandon(_core: &mut Core, _session: &mut Session, _ruling: &mut Ruling<'_>) {}
