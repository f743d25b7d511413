//! CONNECT: the one packet that says itself how it is to be read.

use crate::clause;
use crate::decode::properties::{self, Place};
use crate::frame::{self, Header};
use crate::reader::Reader;
use crate::topic::{TopicFault, check_name};
use crate::{Connect, Malformed, Property, Qos, Version, Will};

const RESERVED: u8 = 0x01;
const CLEAN: u8 = 0x02;
const WILL: u8 = 0x04;
const WILL_RETAIN: u8 = 0x20;
const PASSWORD: u8 = 0x40;
const USER_NAME: u8 = 0x80;

pub(super) fn read(header: Header, reader: &mut Reader<'_>) -> Result<Connect, Malformed> {
    let name = reader.text("protocol name")?;
    let level = reader.u8("protocol level")?;
    let mut connect = Connect { protocol_name: name.to_owned(), level, ..Connect::default() };
    if name != "MQTT" && name != "MQIsdp" {
        return Err(reader.fault(clause::PROTOCOL_NAME, format!("protocol name {name:?}")));
    }
    let Some(version) = connect.version() else {
        reader.rest();
        return Ok(connect);
    };
    reader.version = version;
    frame::check_connect_flags(header.flags(), version)?;
    header.check_minimal(version)?;
    read_rest(&mut connect, reader)?;
    Ok(connect)
}

fn read_rest(connect: &mut Connect, reader: &mut Reader<'_>) -> Result<(), Malformed> {
    let flags = reader.u8("connect flags")?;
    check_flags(flags, reader)?;
    connect.clean = flags & CLEAN != 0;
    connect.keep_alive_s = reader.u16("keep alive")?;
    if reader.is_v5() {
        connect.properties = properties::read(Place::Connect, reader)?;
        check_authentication(&connect.properties, reader)?;
    }

    reader.form = clause::CLIENT_ID_FIELD;
    connect.client_id = reader.text("client identifier")?.to_owned();
    if flags & WILL != 0 {
        reader.form = clause::WILL_FIELDS;
        connect.will = Some(read_will(flags, reader)?);
    }
    if flags & USER_NAME != 0 && !left_out(reader) {
        reader.form = clause::USER_NAME_FIELD;
        connect.username = Some(reader.text("user name")?.to_owned());
    }
    if flags & PASSWORD != 0 && !left_out(reader) {
        reader.form = clause::PASSWORD_FIELD;
        connect.password = Some(reader.binary("password")?);
    }
    reader.form = clause::CONNECT_FORM;
    Ok(())
}

/// MQTT 3.1 lets user name and password be absent although their flags are set.
fn left_out(reader: &Reader<'_>) -> bool {
    reader.version == Version::V31 && reader.is_empty()
}

fn check_flags(flags: u8, reader: &Reader<'_>) -> Result<(), Malformed> {
    let v31 = reader.version == Version::V31;
    // MQTT 3.1 disregards the reserved bit, and the will's bits when there is no will.
    if flags & RESERVED != 0 && !v31 {
        return Err(reader.fault(clause::CONNECT_RESERVED_FLAG, "reserved flag set".to_owned()));
    }
    let will_qos = will_qos(flags);
    if flags & WILL != 0 && will_qos == 3 {
        return Err(reader.fault(clause::WILL_QOS_3, "will QoS 3".to_owned()));
    }
    if flags & WILL == 0 && will_qos != 0 && !v31 {
        let says = format!("will QoS {will_qos} without a will");
        return Err(reader.fault(clause::WILL_QOS_WITHOUT_WILL, says));
    }
    if flags & (WILL | WILL_RETAIN) == WILL_RETAIN && !v31 {
        let says = "will retain without a will".to_owned();
        return Err(reader.fault(clause::WILL_RETAIN_WITHOUT_WILL, says));
    }
    if flags & (USER_NAME | PASSWORD) == PASSWORD && !reader.is_v5() {
        let says = "password without a user name".to_owned();
        return Err(reader.fault(clause::PASSWORD_WITHOUT_USER_NAME, says));
    }
    Ok(())
}

const fn will_qos(flags: u8) -> u8 {
    (flags >> 3) & 3
}

fn read_will(flags: u8, reader: &mut Reader<'_>) -> Result<Will, Malformed> {
    let properties =
        if reader.is_v5() { properties::read(Place::Will, reader)? } else { Vec::new() };
    let topic = reader.text("will topic")?;
    match check_name(topic) {
        Ok(()) => {}
        Err(TopicFault::Empty) => {
            return Err(reader.fault(clause::EMPTY_TOPIC, "will topic is empty".to_owned()));
        }
        Err(_) => {
            let says = format!("will topic {topic:?} contains a wildcard");
            return Err(reader.fault(clause::WILDCARD_IN_NAME, says));
        }
    }
    Ok(Will {
        qos: Qos::from_level(will_qos(flags)).unwrap_or_default(),
        retain: flags & WILL_RETAIN != 0,
        properties,
        topic: topic.to_owned(),
        payload: reader.binary("will payload")?,
    })
}

fn check_authentication(properties: &[Property], reader: &Reader<'_>) -> Result<(), Malformed> {
    let data = properties.iter().any(|p| matches!(p, Property::AuthenticationData(_)));
    let method = properties.iter().any(|p| matches!(p, Property::AuthenticationMethod(_)));
    if data && !method {
        let says = "authentication data without a method".to_owned();
        return Err(reader.fault(clause::AUTH_DATA_WITHOUT_METHOD, says));
    }
    Ok(())
}
