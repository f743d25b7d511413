//! MQTT 5 properties: which may stand where, how often, with which values.

use crate::property::id;
use crate::reader::Reader;
use crate::topic::{TopicFault, check_name};
use crate::{Malformed, Property, clause};

/// Where a list of properties stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Connect,
    Will,
    Connack,
    Publish,
    Puback,
    Pubrec,
    Pubrel,
    Pubcomp,
    Subscribe,
    Suback,
    Unsubscribe,
    Unsuback,
    Disconnect,
    Auth,
}

/// Reads a property length and the properties in it.
pub(super) fn read(place: Place, packet: &mut Reader<'_>) -> Result<Vec<Property>, Malformed> {
    if packet.is_empty() {
        return Err(packet.fault(clause::NO_PROPERTY_LENGTH, "no property length".to_owned()));
    }
    let length = packet.varint("property length")?;
    if length == 0 {
        return Ok(Vec::new());
    }
    let Some(length) = usize::try_from(length).ok().filter(|&length| length <= packet.len()) else {
        let says = format!("property length {length} of {} bytes left", packet.len());
        return Err(packet.fault(clause::PROPERTY_LENGTH, says));
    };
    let bytes = packet.bytes(length, "properties")?;
    let mut reader = Reader::new(bytes, packet.version, clause::PROPERTY_LENGTH);
    let mut properties = Vec::new();
    let mut seen = 0_u64;
    while !reader.is_empty() {
        let identifier = reader.varint("property identifier")?;
        let Some(section) = section(place, identifier) else {
            let says = format!("property {identifier:#04x} does not belong here");
            return Err(reader.fault(clause::PROPERTY_IDENTIFIER, says));
        };
        let bit = 1_u64 << identifier;
        if seen & bit != 0 && !may_repeat(place, identifier) {
            let says = format!("property {identifier:#04x} given twice");
            return Err(Malformed::new(section, says));
        }
        seen |= bit;
        let property = read_value(identifier, &mut reader)?;
        check_value(&property, section, &reader)?;
        properties.push(property);
    }
    Ok(properties)
}

/// The section on a property in a place; `None` where the property may not stand.
/// The identifiers that it knows are all below 64.
const fn section(place: Place, identifier: u32) -> Option<&'static str> {
    Some(match (place, identifier) {
        (Place::Connect, id::SESSION_EXPIRY_INTERVAL) => "MQTT5 §3.1.2.11.2",
        (Place::Connect, id::RECEIVE_MAXIMUM) => "MQTT5 §3.1.2.11.3",
        (Place::Connect, id::MAXIMUM_PACKET_SIZE) => "MQTT5 §3.1.2.11.4",
        (Place::Connect, id::TOPIC_ALIAS_MAXIMUM) => "MQTT5 §3.1.2.11.5",
        (Place::Connect, id::REQUEST_RESPONSE_INFORMATION) => "MQTT5 §3.1.2.11.6",
        (Place::Connect, id::REQUEST_PROBLEM_INFORMATION) => "MQTT5 §3.1.2.11.7",
        (Place::Connect, id::USER_PROPERTY) => "MQTT5 §3.1.2.11.8",
        (Place::Connect, id::AUTHENTICATION_METHOD) => "MQTT5 §3.1.2.11.9",
        (Place::Connect, id::AUTHENTICATION_DATA) => "MQTT5 §3.1.2.11.10",
        (Place::Will, id::WILL_DELAY_INTERVAL) => "MQTT5 §3.1.3.2.2",
        (Place::Will, id::PAYLOAD_FORMAT_INDICATOR) => "MQTT5 §3.1.3.2.3",
        (Place::Will, id::MESSAGE_EXPIRY_INTERVAL) => "MQTT5 §3.1.3.2.4",
        (Place::Will, id::CONTENT_TYPE) => "MQTT5 §3.1.3.2.5",
        (Place::Will, id::RESPONSE_TOPIC) => "MQTT5 §3.1.3.2.6",
        (Place::Will, id::CORRELATION_DATA) => "MQTT5 §3.1.3.2.7",
        (Place::Will, id::USER_PROPERTY) => "MQTT5 §3.1.3.2.8",
        (Place::Connack, id::SESSION_EXPIRY_INTERVAL) => "MQTT5 §3.2.2.3.2",
        (Place::Connack, id::RECEIVE_MAXIMUM) => "MQTT5 §3.2.2.3.3",
        (Place::Connack, id::MAXIMUM_QOS) => "MQTT5 §3.2.2.3.4",
        (Place::Connack, id::RETAIN_AVAILABLE) => "MQTT5 §3.2.2.3.5",
        (Place::Connack, id::MAXIMUM_PACKET_SIZE) => "MQTT5 §3.2.2.3.6",
        (Place::Connack, id::ASSIGNED_CLIENT_IDENTIFIER) => "MQTT5 §3.2.2.3.7",
        (Place::Connack, id::TOPIC_ALIAS_MAXIMUM) => "MQTT5 §3.2.2.3.8",
        (Place::Connack, id::REASON_STRING) => "MQTT5 §3.2.2.3.9",
        (Place::Connack, id::USER_PROPERTY) => "MQTT5 §3.2.2.3.10",
        (Place::Connack, id::WILDCARD_SUBSCRIPTION_AVAILABLE) => "MQTT5 §3.2.2.3.11",
        (Place::Connack, id::SUBSCRIPTION_IDENTIFIER_AVAILABLE) => "MQTT5 §3.2.2.3.12",
        (Place::Connack, id::SHARED_SUBSCRIPTION_AVAILABLE) => "MQTT5 §3.2.2.3.13",
        (Place::Connack, id::SERVER_KEEP_ALIVE) => "MQTT5 §3.2.2.3.14",
        (Place::Connack, id::RESPONSE_INFORMATION) => "MQTT5 §3.2.2.3.15",
        (Place::Connack, id::SERVER_REFERENCE) => "MQTT5 §3.2.2.3.16",
        (Place::Connack, id::AUTHENTICATION_METHOD) => "MQTT5 §3.2.2.3.17",
        (Place::Connack, id::AUTHENTICATION_DATA) => "MQTT5 §3.2.2.3.18",
        (Place::Publish, id::PAYLOAD_FORMAT_INDICATOR) => "MQTT5 §3.3.2.3.2",
        (Place::Publish, id::MESSAGE_EXPIRY_INTERVAL) => "MQTT5 §3.3.2.3.3",
        (Place::Publish, id::TOPIC_ALIAS) => "MQTT5 §3.3.2.3.4",
        (Place::Publish, id::RESPONSE_TOPIC) => "MQTT5 §3.3.2.3.5",
        (Place::Publish, id::CORRELATION_DATA) => "MQTT5 §3.3.2.3.6",
        (Place::Publish, id::USER_PROPERTY) => "MQTT5 §3.3.2.3.7",
        (Place::Publish, id::SUBSCRIPTION_IDENTIFIER) => "MQTT5 §3.3.2.3.8",
        (Place::Publish, id::CONTENT_TYPE) => "MQTT5 §3.3.2.3.9",
        (Place::Puback, id::REASON_STRING) => "MQTT5 §3.4.2.2.2",
        (Place::Puback, id::USER_PROPERTY) => "MQTT5 §3.4.2.2.3",
        (Place::Pubrec, id::REASON_STRING) => "MQTT5 §3.5.2.2.2",
        (Place::Pubrec, id::USER_PROPERTY) => "MQTT5 §3.5.2.2.3",
        (Place::Pubrel, id::REASON_STRING) => "MQTT5 §3.6.2.2.2",
        (Place::Pubrel, id::USER_PROPERTY) => "MQTT5 §3.6.2.2.3",
        (Place::Pubcomp, id::REASON_STRING) => "MQTT5 §3.7.2.2.2",
        (Place::Pubcomp, id::USER_PROPERTY) => "MQTT5 §3.7.2.2.3",
        (Place::Subscribe, id::SUBSCRIPTION_IDENTIFIER) => "MQTT5 §3.8.2.1.2",
        (Place::Subscribe, id::USER_PROPERTY) => "MQTT5 §3.8.2.1.3",
        (Place::Suback, id::REASON_STRING) => "MQTT5 §3.9.2.1.2",
        (Place::Suback, id::USER_PROPERTY) => "MQTT5 §3.9.2.1.3",
        (Place::Unsubscribe, id::USER_PROPERTY) => "MQTT5 §3.10.2.1.2",
        (Place::Unsuback, id::REASON_STRING) => "MQTT5 §3.11.2.1.2",
        (Place::Unsuback, id::USER_PROPERTY) => "MQTT5 §3.11.2.1.3",
        (Place::Disconnect, id::SESSION_EXPIRY_INTERVAL) => "MQTT5 §3.14.2.2.2",
        (Place::Disconnect, id::REASON_STRING) => "MQTT5 §3.14.2.2.3",
        (Place::Disconnect, id::USER_PROPERTY) => "MQTT5 §3.14.2.2.4",
        (Place::Disconnect, id::SERVER_REFERENCE) => "MQTT5 §3.14.2.2.5",
        (Place::Auth, id::AUTHENTICATION_METHOD) => "MQTT5 §3.15.2.2.2",
        (Place::Auth, id::AUTHENTICATION_DATA) => "MQTT5 §3.15.2.2.3",
        (Place::Auth, id::REASON_STRING) => "MQTT5 §3.15.2.2.4",
        (Place::Auth, id::USER_PROPERTY) => "MQTT5 §3.15.2.2.5",
        _ => return None,
    })
}

/// A message may match several subscriptions, and user properties repeat everywhere.
const fn may_repeat(place: Place, identifier: u32) -> bool {
    match identifier {
        id::USER_PROPERTY => true,
        id::SUBSCRIPTION_IDENTIFIER => matches!(place, Place::Publish),
        _ => false,
    }
}

fn read_value(identifier: u32, reader: &mut Reader<'_>) -> Result<Property, Malformed> {
    let what = "property value";
    Ok(match identifier {
        id::PAYLOAD_FORMAT_INDICATOR => Property::PayloadFormatIndicator(reader.u8(what)?),
        id::MESSAGE_EXPIRY_INTERVAL => Property::MessageExpiryIntervalS(reader.u32(what)?),
        id::CONTENT_TYPE => Property::ContentType(reader.text(what)?.to_owned()),
        id::RESPONSE_TOPIC => Property::ResponseTopic(reader.text(what)?.to_owned()),
        id::CORRELATION_DATA => Property::CorrelationData(reader.binary(what)?),
        id::SUBSCRIPTION_IDENTIFIER => Property::SubscriptionIdentifier(reader.varint(what)?),
        id::SESSION_EXPIRY_INTERVAL => Property::SessionExpiryIntervalS(reader.u32(what)?),
        id::ASSIGNED_CLIENT_IDENTIFIER => {
            Property::AssignedClientIdentifier(reader.text(what)?.to_owned())
        }
        id::SERVER_KEEP_ALIVE => Property::ServerKeepAliveS(reader.u16(what)?),
        id::AUTHENTICATION_METHOD => Property::AuthenticationMethod(reader.text(what)?.to_owned()),
        id::AUTHENTICATION_DATA => Property::AuthenticationData(reader.binary(what)?),
        id::REQUEST_PROBLEM_INFORMATION => Property::RequestProblemInformation(reader.u8(what)?),
        id::WILL_DELAY_INTERVAL => Property::WillDelayIntervalS(reader.u32(what)?),
        id::REQUEST_RESPONSE_INFORMATION => Property::RequestResponseInformation(reader.u8(what)?),
        id::RESPONSE_INFORMATION => Property::ResponseInformation(reader.text(what)?.to_owned()),
        id::SERVER_REFERENCE => Property::ServerReference(reader.text(what)?.to_owned()),
        id::REASON_STRING => Property::ReasonString(reader.text(what)?.to_owned()),
        id::RECEIVE_MAXIMUM => Property::ReceiveMaximum(reader.u16(what)?),
        id::TOPIC_ALIAS_MAXIMUM => Property::TopicAliasMaximum(reader.u16(what)?),
        id::TOPIC_ALIAS => Property::TopicAlias(reader.u16(what)?),
        id::MAXIMUM_QOS => Property::MaximumQos(reader.u8(what)?),
        id::RETAIN_AVAILABLE => Property::RetainAvailable(reader.u8(what)?),
        id::USER_PROPERTY => Property::UserProperty(
            reader.text("user property's name")?.to_owned(),
            reader.text("user property's value")?.to_owned(),
        ),
        id::MAXIMUM_PACKET_SIZE => Property::MaximumPacketSize(reader.u32(what)?),
        id::WILDCARD_SUBSCRIPTION_AVAILABLE => {
            Property::WildcardSubscriptionAvailable(reader.u8(what)?)
        }
        id::SUBSCRIPTION_IDENTIFIER_AVAILABLE => {
            Property::SubscriptionIdentifierAvailable(reader.u8(what)?)
        }
        id::SHARED_SUBSCRIPTION_AVAILABLE => {
            Property::SharedSubscriptionAvailable(reader.u8(what)?)
        }
        _ => {
            let says = format!("property {identifier:#04x} is unknown");
            return Err(reader.fault(clause::PROPERTY_IDENTIFIER, says));
        }
    })
}

fn check_value(
    property: &Property,
    section: &'static str,
    reader: &Reader<'_>,
) -> Result<(), Malformed> {
    let wrong =
        |value: u32| Err(Malformed::new(section, format!("{} of {value}", property.name())));
    match *property {
        Property::PayloadFormatIndicator(value)
        | Property::RequestProblemInformation(value)
        | Property::RequestResponseInformation(value)
        | Property::MaximumQos(value)
        | Property::RetainAvailable(value)
        | Property::WildcardSubscriptionAvailable(value)
        | Property::SubscriptionIdentifierAvailable(value)
        | Property::SharedSubscriptionAvailable(value)
            if value > 1 =>
        {
            wrong(value.into())
        }
        Property::ReceiveMaximum(0)
        | Property::MaximumPacketSize(0)
        | Property::SubscriptionIdentifier(0) => wrong(0),
        Property::TopicAlias(0) => {
            Err(reader.fault(clause::TOPIC_ALIAS_0, "topic alias 0".to_owned()))
        }
        Property::ResponseTopic(ref topic) => match check_name(topic) {
            Ok(()) => Ok(()),
            Err(TopicFault::Empty) => {
                Err(reader.fault(clause::EMPTY_TOPIC, "response topic is empty".to_owned()))
            }
            Err(_) => {
                let says = format!("response topic {topic:?} contains a wildcard");
                Err(reader.fault(clause::RESPONSE_TOPIC_WILDCARD, says))
            }
        },
        _ => Ok(()),
    }
}
