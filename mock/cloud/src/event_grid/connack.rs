//! What CONNACK tells an MQTT 5 client of its broker.

use std::sync::Arc;

use wire::{Connack, Connect, Packet, Property};

use super::{Session, end, r#gen::limitations, open, v5};
use crate::{
    cloud::Core,
    profile::{EventGridProfile, Retain},
    ruling::Ruling,
};

/// Accepts a CONNECT.
pub(super) fn accept(
    core: &Core,
    session: &Session,
    connect: &Connect,
    assigned: &Option<Arc<str>>,
    present: bool,
    ruling: &mut Ruling<'_>,
) {
    let Some(namespace) = core.namespace(&session.host) else { return };
    let session_present = ruling.value(open::SESSION_PRESENT, present, !present);
    let mut properties = Vec::new();
    if session.is_v5() {
        let kept = namespace.broker.session(&session.name);
        let expiry_s = kept.map_or(0, |kept| kept.expiry_interval_s);
        properties = of_session(session, connect, assigned, expiry_s, ruling);
        let always = namespace.profile.always_server_keep_alive;
        let differs = session.keep_alive_s != connect.keep_alive_s;
        let is_told = always || differs;
        if ruling.value(open::SERVER_KEEP_ALIVE, is_told, !is_told) {
            properties.push(Property::ServerKeepAliveS(session.keep_alive_s));
        }
        let profile = limitations(&namespace.profile, ruling);
        properties.extend(of_broker(&profile, ruling));
    }
    let connack = Connack { session_present, code: end::SUCCESS, properties };
    ruling.send(session.conn, Packet::Connack(connack), open::CONNACK_TELLS_THE_LIMITS);
}

/// What was decided about this CONNECT.
fn of_session(
    session: &Session,
    connect: &Connect,
    assigned: &Option<Arc<str>>,
    expiry_s: u32,
    ruling: &mut Ruling<'_>,
) -> Vec<Property> {
    let mut properties = Vec::new();
    let asked_s = v5::session_expiry_interval_s(&connect.properties);
    if asked_s.is_some_and(|asked_s| asked_s != expiry_s)
        && ruling.value(open::ADJUSTED_EXPIRY_IS_TOLD, true, false)
    {
        properties.push(Property::SessionExpiryIntervalS(expiry_s));
    }
    if let Some(name) = assigned
        && ruling.value(v5::RETURNS_THE_ASSIGNED_CLIENT_ID, true, false)
    {
        properties.push(Property::AssignedClientIdentifier(name.to_string()));
    }
    if let Some(method) = session.means.method() {
        properties.push(Property::AuthenticationMethod(method.to_owned()));
    }
    if !ruling.value(v5::NO_RESPONSE_INFORMATION, true, false) {
        properties.push(Property::ResponseInformation("responses".to_owned()));
    }
    properties
}

/// What holds for everybody.
fn of_broker(profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> Vec<Property> {
    let mut properties = Vec::new();
    let receive_maximum = ruling.value(open::RECEIVE_MAXIMUM, profile.receive_maximum, 1);
    properties.push(Property::ReceiveMaximum(receive_maximum));
    let qos = ruling.value(v5::MAXIMUM_QOS, 1, 0);
    properties.push(Property::MaximumQos(ruling.value(open::MAXIMUM_QOS, qos, 0)));
    let is_none = profile.retain == Retain::None;
    if ruling.value(open::RETAIN_AVAILABLE, is_none, !is_none) {
        properties.push(Property::RetainAvailable(0));
    }
    let packet_bytes = u32::try_from(profile.max_packet_bytes).unwrap_or(u32::MAX);
    let packet_bytes = ruling.value(v5::MAXIMUM_PACKET_SIZE, packet_bytes, packet_bytes / 2);
    let packet_bytes = ruling.value(open::MAXIMUM_PACKET_SIZE, packet_bytes, packet_bytes / 2);
    properties.push(Property::MaximumPacketSize(packet_bytes));
    let aliases = ruling.value(v5::TOPIC_ALIAS_MAXIMUM, profile.topic_alias_maximum, 0);
    let aliases = ruling.value(open::TOPIC_ALIAS_MAXIMUM, aliases, 0);
    properties.push(Property::TopicAliasMaximum(aliases));
    let mut available = |is_available: bool| {
        let is_available = ruling.value(open::NOT_AVAILABLE, is_available, !is_available);
        u8::from(is_available)
    };
    let identifiers = available(profile.subscription_identifiers);
    properties.push(Property::SubscriptionIdentifierAvailable(identifiers));
    let shared = available(profile.shared_subscriptions);
    properties.push(Property::SharedSubscriptionAvailable(shared));
    if !ruling.value(open::WILDCARDS_WORK, true, false) {
        properties.push(Property::WildcardSubscriptionAvailable(0));
    }
    if !ruling.value(open::NO_OTHER_PROPERTIES, true, false) {
        properties.push(Property::ServerReference("elsewhere".to_owned()));
    }
    properties
}
