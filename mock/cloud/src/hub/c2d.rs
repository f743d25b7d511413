//! HUB-C2D: cloud-to-device messages.

use super::Session;
use crate::{
    cloud::Core,
    order::{C2dOrder, OrderId},
    rule::rules,
    ruling::Ruling,
};

rules! {
    NO_WILDCARD_BELOW = "HUB-C2D-003";
    OWN_ENDPOINT_ONLY = "HUB-C2D-005";
    GRANTED_AT_MOST_1 = "HUB-C2D-024";
}

/// The sequence number that the next message to this device will have.
pub(super) fn next_sequence_number(core: &Core, session: &Session) -> u64 {
    core.registry
        .hub(&session.host)
        .and_then(|hub| hub.identities.get(&session.id))
        .map_or(1, |identity| identity.queue.last_sequence_number + 1)
}

/// An order of the service side: puts a message into a device's queue.
pub(crate) fn send(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _device: &str,
    _message: &C2dOrder,
    _ruling: &mut Ruling<'_>,
) {
}

/// Delivers what is enqueued and subscribed to, in order.
pub(super) fn deliver(_core: &mut Core, _session: &mut Session, _ruling: &mut Ruling<'_>) {}

/// PUBACK of a delivery.
pub(super) fn completed(
    _core: &mut Core,
    _session: &mut Session,
    _packet_id: u16,
    _ruling: &mut Ruling<'_>,
) {
}

/// The connection ended: what it had not acknowledged goes back into the queue.
pub(super) fn abandon(_core: &mut Core, _session: &mut Session, _ruling: &mut Ruling<'_>) {}

/// Clean Session 1 empties the queue at CONNECT.
pub(super) fn wipe(_core: &mut Core, _session: &Session, _ruling: &mut Ruling<'_>) {}

/// An order of the service side: empties a device's queue.
pub(crate) fn purge(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _device: &str,
    _ruling: &mut Ruling<'_>,
) {
}

/// An order of the service side: takes the collected feedback.
pub(crate) fn take_feedback(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _ruling: &mut Ruling<'_>,
) {
}

/// A lock's minute is over.
pub(crate) fn lock_lapsed(_core: &mut Core, _hub: &str, _device: &str, _sequence_number: u64) {}

/// A message's lifetime is over.
pub(crate) fn expired(
    _core: &mut Core,
    _hub: &str,
    _device: &str,
    _sequence_number: u64,
    _ruling: &mut Ruling<'_>,
) {
}
