//! SUBSCRIBE, SUBACK, UNSUBSCRIBE and UNSUBACK.

use crate::clause;
use crate::decode::properties::{self, Place};
use crate::reader::Reader;
use crate::show::Code;
use crate::topic::{TopicFault, check_filter};
use crate::{
    Filter, Malformed, Property, Qos, Suback, Subscribe, Unsuback, Unsubscribe, Version, frame,
    reason,
};

pub(super) fn subscribe(reader: &mut Reader<'_>) -> Result<Subscribe, Malformed> {
    let packet_id = reader.packet_id(clause::PACKET_ID)?;
    let properties = read_properties(Place::Subscribe, reader)?;
    if reader.is_empty() {
        return Err(reader.fault(clause::SUBSCRIBE_EMPTY, "no topic filter".to_owned()));
    }
    let mut filters = Vec::new();
    while !reader.is_empty() {
        let filter = read_filter(reader)?;
        let options = reader.u8("subscription options")?;
        filters.push(with_options(filter, options, reader)?);
    }
    Ok(Subscribe { packet_id, properties, filters })
}

pub(super) fn suback(reader: &mut Reader<'_>) -> Result<Suback, Malformed> {
    let packet_id = reader.packet_id(clause::SUBACK_PACKET_ID)?;
    let properties = read_properties(Place::Suback, reader)?;
    let codes = reader.rest().to_vec();
    if codes.is_empty() {
        return Err(reader.fault(clause::SUBACK_EMPTY, "no code".to_owned()));
    }
    let version = reader.version;
    match codes.iter().find(|&&code| !reason::allowed(frame::SUBACK, code, version)) {
        Some(code) => Err(reader.fault(clause::SUBACK_CODE, format!("code {}", Code(*code)))),
        None => Ok(Suback { packet_id, properties, codes }),
    }
}

pub(super) fn unsubscribe(reader: &mut Reader<'_>) -> Result<Unsubscribe, Malformed> {
    let packet_id = reader.packet_id(clause::PACKET_ID)?;
    let properties = read_properties(Place::Unsubscribe, reader)?;
    if reader.is_empty() {
        return Err(reader.fault(clause::UNSUBSCRIBE_EMPTY, "no topic filter".to_owned()));
    }
    let mut filters = Vec::new();
    while !reader.is_empty() {
        filters.push(read_filter(reader)?.to_owned());
    }
    Ok(Unsubscribe { packet_id, properties, filters })
}

pub(super) fn unsuback(reader: &mut Reader<'_>) -> Result<Unsuback, Malformed> {
    let packet_id = reader.packet_id(clause::SUBACK_PACKET_ID)?;
    if !reader.is_v5() {
        return Ok(Unsuback { packet_id, ..Unsuback::default() });
    }
    let properties = read_properties(Place::Unsuback, reader)?;
    let codes = reader.rest().to_vec();
    if codes.is_empty() {
        return Err(reader.fault(clause::UNSUBACK_CODE, "no code".to_owned()));
    }
    match codes.iter().find(|&&code| !reason::allowed(frame::UNSUBACK, code, Version::V5)) {
        Some(code) => Err(reader.fault(clause::UNSUBACK_CODE, format!("code {}", Code(*code)))),
        None => Ok(Unsuback { packet_id, properties, codes }),
    }
}

fn read_properties(place: Place, reader: &mut Reader<'_>) -> Result<Vec<Property>, Malformed> {
    if reader.is_v5() { properties::read(place, reader) } else { Ok(Vec::new()) }
}

fn read_filter<'a>(reader: &mut Reader<'a>) -> Result<&'a str, Malformed> {
    let filter = reader.text("topic filter")?;
    if reader.is_v5() {
        check_shared(filter, reader)?;
    }
    let clause = match check_filter(filter) {
        Ok(()) => return Ok(filter),
        Err(TopicFault::Empty) => clause::EMPTY_TOPIC,
        Err(TopicFault::MultiLevel) => clause::MULTI_LEVEL_WILDCARD,
        Err(TopicFault::SingleLevel | TopicFault::Wildcard) => clause::SINGLE_LEVEL_WILDCARD,
    };
    Err(reader.fault(clause, format!("topic filter {filter:?}")))
}

/// `$share/{name}/{filter}`, which only MQTT 5 knows.
fn check_shared(filter: &str, reader: &Reader<'_>) -> Result<(), Malformed> {
    let Some(shared) = filter.strip_prefix("$share/") else { return Ok(()) };
    let (name, rest) = shared.split_once('/').unwrap_or((shared, ""));
    let clause = if name.is_empty() {
        clause::SHARE_NAME
    } else if rest.is_empty() || name.contains(['+', '#']) {
        clause::SHARE_FORM
    } else {
        return Ok(());
    };
    Err(reader.fault(clause, format!("shared subscription {filter:?}")))
}

fn with_options(filter: &str, options: u8, reader: &Reader<'_>) -> Result<Filter, Malformed> {
    let Some(qos) = Qos::from_level(options & 3) else {
        return Err(reader.fault(clause::SUBSCRIBE_QOS_3, "requested QoS 3".to_owned()));
    };
    let reserved = match reader.version {
        // Not used, hence not judged.
        Version::V31 => 0,
        Version::V311 => 0xFC,
        Version::V5 => 0xC0,
    };
    if options & reserved != 0 {
        let says = format!("reserved bits in the options {options:#04x}");
        return Err(reader.fault(clause::SUBSCRIBE_RESERVED_BITS, says));
    }
    let filter = Filter { filter: filter.to_owned(), qos, ..Filter::default() };
    if !reader.is_v5() {
        return Ok(filter);
    }
    let retain_handling = (options >> 4) & 3;
    if retain_handling == 3 {
        return Err(reader.fault(clause::RETAIN_HANDLING_3, "retain handling 3".to_owned()));
    }
    let no_local = options & 4 != 0;
    if no_local && filter.filter.starts_with("$share/") {
        let says = "no local on a shared subscription".to_owned();
        return Err(reader.fault(clause::NO_LOCAL_ON_SHARED, says));
    }
    Ok(Filter { no_local, retain_as_published: options & 8 != 0, retain_handling, ..filter })
}
