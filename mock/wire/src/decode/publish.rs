//! PUBLISH.

use bytes::Bytes;

use crate::clause;
use crate::decode::properties::{self, Place};
use crate::reader::Reader;
use crate::topic::{TopicFault, check_name};
use crate::{Malformed, Property, Publish, Qos};

pub(super) fn read(flags: u8, reader: &mut Reader<'_>) -> Result<Publish, Malformed> {
    let form = reader.form;
    reader.form = clause::TOPIC_FIELD;
    let topic = reader.text("topic name")?;
    reader.form = form;
    // The header refused QoS 3.
    let qos = Qos::from_level((flags >> 1) & 3).unwrap_or_default();
    let packet_id = match qos {
        Qos::AtMostOnce => None,
        _ => Some(reader.packet_id(clause::PACKET_ID)?),
    };
    let properties =
        if reader.is_v5() { properties::read(Place::Publish, reader)? } else { Vec::new() };
    check_topic(topic, &properties, reader)?;
    Ok(Publish {
        dup: flags & 0b1000 != 0,
        qos,
        retain: flags & 1 != 0,
        topic: topic.to_owned(),
        packet_id,
        properties,
        payload: Bytes::copy_from_slice(reader.rest()),
    })
}

fn check_topic(topic: &str, properties: &[Property], reader: &Reader<'_>) -> Result<(), Malformed> {
    match check_name(topic) {
        Ok(()) => Ok(()),
        Err(TopicFault::Empty) if reader.is_v5() => {
            if properties.iter().any(|p| matches!(p, Property::TopicAlias(_))) {
                return Ok(());
            }
            let says = "neither topic name nor topic alias".to_owned();
            Err(reader.fault(clause::TOPIC_OR_ALIAS, says))
        }
        Err(TopicFault::Empty) => {
            Err(reader.fault(clause::EMPTY_TOPIC, "topic name is empty".to_owned()))
        }
        Err(_) => {
            let says = format!("topic name {topic:?} contains a wildcard");
            Err(reader.fault(clause::TOPIC_WILDCARD, says))
        }
    }
}
