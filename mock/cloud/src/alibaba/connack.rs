//! What CONNACK tells.

use wire::{Connack, Packet, Property};

use super::{Session, end, open, proto};
use crate::{cloud::Core, ruling::Ruling};

/// Accepts a CONNECT.
pub(super) fn accept(core: &Core, session: &Session, present: bool, ruling: &mut Ruling<'_>) {
    let Some(instance) = core.instance(&session.instance) else { return };
    let profile = &instance.profile;
    let told = present && (session.is_v5() || profile.session_present);
    let session_present = ruling.value(open::SESSION_PRESENT, told, !told);
    let mut properties = Vec::new();
    if session.is_v5() {
        properties.push(Property::ReceiveMaximum(profile.receive_maximum));
        properties.push(Property::MaximumQos(1));
        properties.push(Property::RetainAvailable(0));
        let most_bytes = u32::try_from(profile.max_packet_bytes).unwrap_or(u32::MAX);
        properties.push(Property::MaximumPacketSize(most_bytes));
        properties.push(Property::TopicAliasMaximum(profile.topic_alias_maximum));
    }
    let connack = Connack { session_present, code: end::SUCCESS, properties };
    ruling.send(session.conn, Packet::Connack(connack), proto::accepted(session.version));
}
