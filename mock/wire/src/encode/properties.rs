//! MQTT 5 properties, in the order given, duplicates and misplaced ones included.

use super::sink::{Count, Sink};
use crate::Property;

/// Writes the property length and the properties.
pub(super) fn put_properties(properties: &[Property], out: &mut impl Sink) {
    let mut count = Count(0);
    put_each(properties, &mut count);
    out.varint(count.0);
    put_each(properties, out);
}

fn put_each(properties: &[Property], out: &mut impl Sink) {
    for property in properties {
        out.varint(property.id() as usize);
        put_value(property, out);
    }
}

fn put_value(property: &Property, out: &mut impl Sink) {
    match property {
        Property::PayloadFormatIndicator(value)
        | Property::RequestProblemInformation(value)
        | Property::RequestResponseInformation(value)
        | Property::MaximumQos(value)
        | Property::RetainAvailable(value)
        | Property::WildcardSubscriptionAvailable(value)
        | Property::SubscriptionIdentifierAvailable(value)
        | Property::SharedSubscriptionAvailable(value) => out.u8(*value),
        Property::ServerKeepAliveS(value)
        | Property::ReceiveMaximum(value)
        | Property::TopicAliasMaximum(value)
        | Property::TopicAlias(value) => out.u16(*value),
        Property::MessageExpiryIntervalS(value)
        | Property::SessionExpiryIntervalS(value)
        | Property::WillDelayIntervalS(value)
        | Property::MaximumPacketSize(value) => out.u32(*value),
        Property::SubscriptionIdentifier(value) => out.varint(*value as usize),
        Property::ContentType(text)
        | Property::ResponseTopic(text)
        | Property::AssignedClientIdentifier(text)
        | Property::AuthenticationMethod(text)
        | Property::ResponseInformation(text)
        | Property::ServerReference(text)
        | Property::ReasonString(text) => out.text(text),
        Property::CorrelationData(bytes) | Property::AuthenticationData(bytes) => {
            out.binary(bytes);
        }
        Property::UserProperty(name, value) => {
            out.text(name);
            out.text(value);
        }
    }
}
