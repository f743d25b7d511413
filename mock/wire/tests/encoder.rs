//! Bytes written: the legal forms, and illegal contents as they are.

use bytes::{Bytes, BytesMut};
use wire::{
    Ack, Auth, Connack, Connect, Disconnect, Filter, Packet, Property, Publish, Qos, Suback,
    Subscribe, Unsuback, Version, encode, encode_frame,
};

fn bytes(packet: &Packet, version: Version) -> BytesMut {
    let mut out = BytesMut::new();
    encode(packet, version, &mut out);
    out
}

#[test]
fn each_version_writes_what_it_has_a_place_for() {
    let reason = || vec![Property::ReasonString("r".to_owned())];
    let ack = || Ack { packet_id: 1, reason: 0x87, properties: reason() };
    let disconnect = Disconnect { reason: 0x8D, properties: reason() };
    let unsuback = Unsuback { packet_id: 1, properties: Vec::new(), codes: vec![0x11] };
    let filter = Filter {
        filter: "a".to_owned(),
        qos: Qos::AtLeastOnce,
        no_local: true,
        retain_as_published: true,
        retain_handling: 2,
    };
    let subscribe = Subscribe { packet_id: 1, filters: vec![filter], ..Default::default() };
    let connack = Connack { session_present: true, code: 5, properties: Vec::new() };
    let cases: [(Packet, &[u8], &[u8]); 7] = [
        (Packet::Puback(ack()), b"\x40\x02\0\x01", b"\x40\x08\0\x01\x87\x04\x1F\0\x01r"),
        (Packet::Pubrel(ack()), b"\x62\x02\0\x01", b"\x62\x08\0\x01\x87\x04\x1F\0\x01r"),
        (Packet::Disconnect(disconnect), b"\xE0\0", b"\xE0\x06\x8D\x04\x1F\0\x01r"),
        (Packet::Unsuback(unsuback), b"\xB0\x02\0\x01", b"\xB0\x04\0\x01\0\x11"),
        (
            Packet::Subscribe(subscribe),
            b"\x82\x06\0\x01\0\x01a\x01",
            b"\x82\x07\0\x01\0\0\x01a\x2D",
        ),
        (Packet::Connack(connack), b"\x20\x02\x01\x05", b"\x20\x03\x01\x05\0"),
        (Packet::Pingresp, b"\xD0\0", b"\xD0\0"),
    ];
    for (packet, v311, v5) in cases {
        assert_eq!(bytes(&packet, Version::V31), v311, "{packet}");
        assert_eq!(bytes(&packet, Version::V311), v311, "{packet}");
        assert_eq!(bytes(&packet, Version::V5), v5, "{packet}");
    }
}

#[test]
fn nothing_to_say_is_said_short_and_a_reason_is_said_long() {
    let cases: [(Packet, &[u8]); 6] = [
        (Packet::Puback(Ack::of(1)), b"\x40\x02\0\x01"),
        (Packet::Puback(Ack { reason: 0x10, ..Ack::of(1) }), b"\x40\x04\0\x01\x10\0"),
        (Packet::Disconnect(Disconnect::default()), b"\xE0\0"),
        (Packet::Disconnect(Disconnect { reason: 0x8D, ..Default::default() }), b"\xE0\x02\x8D\0"),
        (Packet::Auth(Auth::default()), b"\xF0\0"),
        (Packet::Auth(Auth { reason: 0x18, ..Default::default() }), b"\xF0\x02\x18\0"),
    ];
    for (packet, wanted) in cases {
        assert_eq!(bytes(&packet, Version::V5), wanted, "{packet}");
    }
}

#[test]
fn illegal_contents_are_written_as_they_are() {
    let publish = |publish: Publish| Packet::Publish(publish);
    let topic = || "a".to_owned();
    let twice = vec![Property::TopicAlias(0), Property::TopicAlias(0)];
    let connect = Connect {
        protocol_name: "MQTX".to_owned(),
        level: 0x84,
        password: Some(Bytes::from_static(b"p")),
        ..Connect::default()
    };
    let cases: [(Packet, &[u8]); 7] = [
        (publish(Publish { dup: true, topic: topic(), ..Default::default() }), b"\x38\x03\0\x01a"),
        (
            publish(Publish { topic: topic(), packet_id: Some(7), ..Default::default() }),
            b"\x30\x05\0\x01a\0\x07",
        ),
        (
            publish(Publish { qos: Qos::ExactlyOnce, topic: topic(), ..Default::default() }),
            b"\x34\x03\0\x01a",
        ),
        (
            publish(Publish { topic: "#\0".to_owned(), properties: twice, ..Default::default() }),
            b"\x30\x04\0\x02#\0",
        ),
        (Packet::Puback(Ack::of(0)), b"\x40\x02\0\0"),
        (
            Packet::Suback(Suback { packet_id: 1, codes: vec![3], ..Default::default() }),
            b"\x90\x03\0\x01\x03",
        ),
        (Packet::Connect(Box::new(connect)), b"\x10\x0F\0\x04MQTX\x84\x42\0\x3C\0\0\0\x01p"),
    ];
    for (packet, wanted) in cases {
        assert_eq!(bytes(&packet, Version::V311), wanted, "{packet}");
    }
    let twice = vec![Property::MaximumQos(9), Property::MaximumQos(9)];
    let packet = publish(Publish { topic: topic(), properties: twice, ..Default::default() });
    assert_eq!(bytes(&packet, Version::V5), &b"\x30\x08\0\x01a\x04\x24\x09\x24\x09"[..]);
}

#[test]
fn a_text_too_long_is_written_whole_behind_a_length_that_wraps() {
    let publish = Publish { topic: "t".repeat(65_538), ..Default::default() };
    let out = bytes(&Packet::Publish(publish), Version::V311);
    assert_eq!(&out[..6], b"\x30\x84\x80\x04\0\x02");
    assert_eq!(out.len(), 4 + 2 + 65_538);
}

#[test]
fn frames_are_appended() {
    let mut out = BytesMut::from(&b"before"[..]);
    encode(&Packet::Pingreq, Version::V311, &mut out);
    encode_frame(0xFF, b"any", &mut out);
    encode_frame(0x30, &[b'x'; 128], &mut out);
    assert_eq!(&out[..15], b"before\xC0\0\xFF\x03any\x30\x80");
    assert_eq!(out.len(), 13 + 3 + 128);
}

#[test]
fn nothing_is_allocated_where_there_is_room() {
    let publish =
        Publish { topic: "a".to_owned(), payload: vec![0; 256].into(), ..Default::default() };
    let packet = Packet::Publish(publish);
    let mut out = BytesMut::with_capacity(512);
    let front = out.as_ptr();
    encode(&packet, Version::V5, &mut out);
    assert_eq!(out.as_ptr(), front);
}
