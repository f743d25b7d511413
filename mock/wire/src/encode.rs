//! Packets to bytes, without judging them.

mod properties;
mod sink;

use bytes::{BufMut, BytesMut};

use self::properties::put_properties;
use self::sink::{Count, Sink};
use crate::{Ack, Connect, Filter, Packet, Publish, Subscribe, Version, Will, frame};

/// Appends the packet's frame to `out`, as this version writes it. Illegal contents are written as
/// they are: a PUBLISH has a packet identifier where it was given one, whatever its QoS; of a text
/// beyond 65,535 bytes all is written after the low 16 bits of its length.
///
/// What a version has no place for is left out, such as properties in 3.1.1. In MQTT 5 a reason of
/// 0 without properties takes the short form; any other takes the long one, since some clients
/// stall on a reason code that no property length follows.
pub fn encode(packet: &Packet, version: Version, out: &mut BytesMut) {
    let mut count = Count(0);
    put_body(packet, version, &mut count);
    out.reserve(HEADER_BYTES_MAX + count.0);
    out.put_u8(first_byte(packet));
    out.varint(count.0);
    put_body(packet, version, out);
}

/// How many bytes a packet takes on the wire.
pub fn size_bytes(packet: &Packet, version: Version) -> usize {
    let mut out = BytesMut::new();
    encode(packet, version, &mut out);
    out.len()
}

/// Appends a frame of any first byte and any body, with the right remaining length.
pub fn encode_frame(first_byte: u8, body: &[u8], out: &mut BytesMut) {
    out.reserve(HEADER_BYTES_MAX + body.len());
    out.put_u8(first_byte);
    out.varint(body.len());
    out.extend_from_slice(body);
}

const HEADER_BYTES_MAX: usize = 5;

fn first_byte(packet: &Packet) -> u8 {
    let (kind, flags) = match packet {
        Packet::Connect(_) => (frame::CONNECT, 0),
        Packet::Connack(_) => (frame::CONNACK, 0),
        Packet::Publish(publish) => (frame::PUBLISH, publish_flags(publish)),
        Packet::Puback(_) => (frame::PUBACK, 0),
        Packet::Pubrec(_) => (frame::PUBREC, 0),
        Packet::Pubrel(_) => (frame::PUBREL, 2),
        Packet::Pubcomp(_) => (frame::PUBCOMP, 0),
        Packet::Subscribe(_) => (frame::SUBSCRIBE, 2),
        Packet::Suback(_) => (frame::SUBACK, 0),
        Packet::Unsubscribe(_) => (frame::UNSUBSCRIBE, 2),
        Packet::Unsuback(_) => (frame::UNSUBACK, 0),
        Packet::Pingreq => (frame::PINGREQ, 0),
        Packet::Pingresp => (frame::PINGRESP, 0),
        Packet::Disconnect(_) => (frame::DISCONNECT, 0),
        Packet::Auth(_) => (frame::AUTH, 0),
    };
    kind << 4 | flags
}

fn publish_flags(publish: &Publish) -> u8 {
    u8::from(publish.dup) << 3 | publish.qos.level() << 1 | u8::from(publish.retain)
}

/// Runs twice for each packet, to count and to write, so that no length can be wrong.
fn put_body(packet: &Packet, version: Version, out: &mut impl Sink) {
    let v5 = version == Version::V5;
    match packet {
        Packet::Connect(connect) => put_connect(connect, v5, out),
        Packet::Connack(connack) => {
            out.put(&[u8::from(connack.session_present), connack.code]);
            if v5 {
                put_properties(&connack.properties, out);
            }
        }
        Packet::Publish(publish) => put_publish(publish, v5, out),
        Packet::Puback(ack) | Packet::Pubrec(ack) | Packet::Pubrel(ack) | Packet::Pubcomp(ack) => {
            put_ack(ack, v5, out);
        }
        Packet::Subscribe(subscribe) => put_subscribe(subscribe, v5, out),
        Packet::Suback(suback) => {
            out.u16(suback.packet_id);
            if v5 {
                put_properties(&suback.properties, out);
            }
            out.put(&suback.codes);
        }
        Packet::Unsubscribe(unsubscribe) => {
            out.u16(unsubscribe.packet_id);
            if v5 {
                put_properties(&unsubscribe.properties, out);
            }
            for filter in &unsubscribe.filters {
                out.text(filter);
            }
        }
        Packet::Unsuback(unsuback) => {
            out.u16(unsuback.packet_id);
            if v5 {
                put_properties(&unsuback.properties, out);
                out.put(&unsuback.codes);
            }
        }
        Packet::Pingreq | Packet::Pingresp => {}
        Packet::Disconnect(disconnect) => {
            if v5 && (disconnect.reason != 0 || !disconnect.properties.is_empty()) {
                out.u8(disconnect.reason);
                put_properties(&disconnect.properties, out);
            }
        }
        Packet::Auth(auth) => {
            if auth.reason != 0 || !auth.properties.is_empty() {
                out.u8(auth.reason);
                put_properties(&auth.properties, out);
            }
        }
    }
}

fn put_connect(connect: &Connect, v5: bool, out: &mut impl Sink) {
    out.text(&connect.protocol_name);
    out.put(&[connect.level, connect_flags(connect)]);
    out.u16(connect.keep_alive_s);
    if v5 {
        put_properties(&connect.properties, out);
    }
    out.text(&connect.client_id);
    if let Some(will) = &connect.will {
        if v5 {
            put_properties(&will.properties, out);
        }
        out.text(&will.topic);
        out.binary(&will.payload);
    }
    if let Some(username) = &connect.username {
        out.text(username);
    }
    if let Some(password) = &connect.password {
        out.binary(password);
    }
}

fn connect_flags(connect: &Connect) -> u8 {
    u8::from(connect.username.is_some()) << 7
        | u8::from(connect.password.is_some()) << 6
        | connect.will.as_ref().map_or(0, will_flags)
        | u8::from(connect.clean) << 1
}

fn will_flags(will: &Will) -> u8 {
    u8::from(will.retain) << 5 | will.qos.level() << 3 | 1 << 2
}

fn put_publish(publish: &Publish, v5: bool, out: &mut impl Sink) {
    out.text(&publish.topic);
    if let Some(packet_id) = publish.packet_id {
        out.u16(packet_id);
    }
    if v5 {
        put_properties(&publish.properties, out);
    }
    out.put(&publish.payload);
}

fn put_ack(ack: &Ack, v5: bool, out: &mut impl Sink) {
    out.u16(ack.packet_id);
    if v5 && (ack.reason != 0 || !ack.properties.is_empty()) {
        out.u8(ack.reason);
        put_properties(&ack.properties, out);
    }
}

fn put_subscribe(subscribe: &Subscribe, v5: bool, out: &mut impl Sink) {
    out.u16(subscribe.packet_id);
    if v5 {
        put_properties(&subscribe.properties, out);
    }
    for filter in &subscribe.filters {
        out.text(&filter.filter);
        out.u8(if v5 { options(filter) } else { filter.qos.level() });
    }
}

fn options(filter: &Filter) -> u8 {
    filter.retain_handling << 4
        | u8::from(filter.retain_as_published) << 3
        | u8::from(filter.no_local) << 2
        | filter.qos.level()
}
