//! HUB-SDK: what devices and SDKs may do, and the hub must take.

use super::Session;
use crate::{rule::rules, ruling::Ruling};

rules! {
    SDKS_ARE_SERVED = "HUB-SDK-001";
    AUTHENTICATES_AS_CHOSEN = "HUB-SDK-002";
    MQTT_ARRIVES_ON_8883 = "HUB-SDK-003";
    WEBSOCKET_ARRIVES_ON_443 = "HUB-SDK-004";
    QOS_0_IS_TAKEN = "HUB-SDK-007";
    QOS_0_MAY_GET_LOST = "HUB-SDK-008";
    QOS_0_IS_NOT_ACKNOWLEDGED = "HUB-SDK-009";
    SENDS_AND_RECEIVES = "HUB-SDK-010";
}

/// The device sent a message to the hub.
pub(super) fn sent(session: &mut Session, ruling: &mut Ruling<'_>) {
    session.has_sent = true;
    note_both_ways(session, ruling);
}

/// The device acknowledged a message of the hub.
pub(super) fn received(session: &mut Session, ruling: &mut Ruling<'_>) {
    session.has_received = true;
    note_both_ways(session, ruling);
}

fn note_both_ways(session: &Session, ruling: &mut Ruling<'_>) {
    if session.has_sent && session.has_received {
        ruling.note(SENDS_AND_RECEIVES, true);
    }
}
