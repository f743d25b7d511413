//! What CONNACK tells.

use wire::{Connack, Packet, Property};

use super::{Session, end, open, proto, v5};
use crate::{cloud::Core, profile::AlibabaProfile, ruling::Ruling};

/// Accepts a CONNECT.
pub(super) fn accept(
    core: &Core,
    session: &Session,
    present: bool,
    asked_s: u16,
    ruling: &mut Ruling<'_>,
) {
    let Some(instance) = core.instance(&session.instance) else { return };
    let profile = &instance.profile;
    let told = present && (session.is_v5() || profile.session_present);
    let session_present = ruling.value(open::SESSION_PRESENT, told, !told);
    let mut properties = Vec::new();
    if session.is_v5() {
        properties = limits(profile, ruling);
    }
    if let Some(assigned) = &session.assigned {
        properties.push(Property::AssignedClientIdentifier(assigned.clone()));
    }
    if session.is_v5() && session.keep_alive_s != asked_s {
        properties.push(Property::ServerKeepAliveS(session.keep_alive_s));
    }
    let connack = Connack { session_present, code: end::SUCCESS, properties };
    ruling.send(session.conn, Packet::Connack(connack), proto::accepted(session.version));
}

/// What holds for every MQTT 5 client (ALI-OPEN-120).
fn limits(profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> Vec<Property> {
    let mut properties = Vec::new();
    let receive_maximum = ruling.value(open::CONNACK_PROPERTIES, profile.receive_maximum, 1);
    properties.push(Property::ReceiveMaximum(receive_maximum));
    properties.push(Property::MaximumQos(1));
    properties.push(Property::RetainAvailable(0));
    let most_bytes = u32::try_from(profile.max_packet_bytes).unwrap_or(u32::MAX);
    let most_bytes = ruling.value(v5::MAXIMUM_PACKET_SIZE, most_bytes, most_bytes / 2);
    properties.push(Property::MaximumPacketSize(most_bytes));
    let aliases = ruling.value(open::ALIAS_MAXIMUM, profile.topic_alias_maximum, 0);
    properties.push(Property::TopicAliasMaximum(aliases));
    if ruling.value(open::UNLISTED_FEATURES, true, false) {
        properties.push(Property::SubscriptionIdentifierAvailable(0));
        properties.push(Property::SharedSubscriptionAvailable(0));
    }
    properties
}
