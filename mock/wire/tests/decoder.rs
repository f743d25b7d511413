//! The decoder's own behaviour: versions, limits, what stays in the buffer.

use bytes::BytesMut;
use wire::{Decoder, Packet, Version, encode, encode_frame};

const CONNECT_5: &[u8] = b"\x10\x0F\0\x04MQTT\x05\x02\0\x3C\0\0\x02d1";
const CONNECT_311: &[u8] = b"\x10\x0E\0\x04MQTT\x04\x02\0\x3C\0\x02d1";
const CONNECT_LEVEL_6: &[u8] = b"\x10\x0E\0\x04MQTT\x06\x02\0\x3C\0\x02d1";

fn new() -> Decoder {
    Decoder::new(None, 1 << 20)
}

fn buffer(frames: &[&[u8]]) -> BytesMut {
    BytesMut::from(&frames.concat()[..])
}

#[test]
fn an_empty_buffer_wants_more() {
    assert_eq!(new().decode(&mut BytesMut::new()), Ok(None));
}

#[test]
fn connect_sets_the_version_once() {
    let mut decoder = new();
    assert_eq!(decoder.version(), None);
    let mut input = buffer(&[CONNECT_5, CONNECT_311, b"\xF0\0"]);
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Packet::Connect(c))) if c.level == 5));
    assert_eq!(decoder.version(), Some(Version::V5));
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Packet::Connect(c))) if c.level == 4));
    assert_eq!(decoder.version(), Some(Version::V5));
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Packet::Auth(_)))));
}

#[test]
fn a_level_without_a_version_leaves_the_version_open() {
    let mut decoder = new();
    let mut input = buffer(&[CONNECT_LEVEL_6, CONNECT_5]);
    let Ok(Some(Packet::Connect(connect))) = decoder.decode(&mut input) else { panic!() };
    assert_eq!((connect.level, connect.version()), (6, None));
    assert_eq!(connect.client_id, "");
    assert_eq!(decoder.version(), None);
    assert!(matches!(decoder.decode(&mut input), Ok(Some(_))));
    assert_eq!(decoder.version(), Some(Version::V5));
}

#[test]
fn a_client_sets_the_version_itself() {
    let mut decoder = new();
    decoder.set_version(Version::V5);
    let decoded = decoder.decode(&mut buffer(&[b"\x20\x03\0\x87\0"]));
    assert!(matches!(decoded, Ok(Some(Packet::Connack(connack))) if connack.code == 0x87));
}

/// It is to be answered, and MQTT 5 has other answers than its elders.
#[test]
fn a_malformed_connect_sets_the_version_that_it_names() {
    for (connect, version) in [
        (&b"\x10\x0F\0\x04MQTT\x05\x03\0\x3C\0\0\x02d1"[..], Some(Version::V5)),
        (b"\x10\x0E\0\x04MQTT\x04\x03\0\x3C\0\x02d1", None),
        (b"\x10\x0E\0\x04MQTX\x05\x02\0\x3C\0\x02d1", None),
    ] {
        let mut decoder = new();
        assert!(decoder.decode(&mut buffer(&[connect])).is_err());
        assert_eq!(decoder.version(), version);
    }
}

#[test]
fn a_malformed_body_is_taken_off_and_reading_goes_on() {
    let mut decoder = Decoder::new(Some(Version::V311), 1 << 20);
    let mut input = buffer(&[b"\x40\x02\0\0", b"\xC0\0"]);
    assert!(decoder.decode(&mut input).is_err());
    assert_eq!(decoder.decode(&mut input), Ok(Some(Packet::Pingreq)));
    assert!(input.is_empty());
}

#[test]
fn a_malformed_header_is_told_at_its_first_bad_byte_and_stays() {
    let cases: [(&[u8], &str); 5] = [
        (b"\0", "MQTT3.1.1 §2.2.1"),
        (b"\x36", "MQTT-3.3.1-4"),
        (b"\x38", "MQTT-3.3.1-2"),
        (b"\x80", "MQTT-3.8.1-1"),
        (b"\x30\xFF\xFF\xFF\xFF", "MQTT3.1.1 §2.2.3"),
    ];
    for (bytes, clause) in cases {
        let mut decoder = new();
        let mut input = buffer(&[bytes]);
        for _ in 0..2 {
            let malformed = decoder.decode(&mut input).expect_err(clause);
            assert_eq!(malformed.clause, clause);
        }
        assert_eq!(&input[..], bytes);
    }
}

#[test]
fn oversize_is_told_by_the_fixed_header_alone() {
    for (version, clause) in [(Version::V311, "MQTT3.1.1 §2.2.3"), (Version::V5, "MQTT-3.2.2-15")]
    {
        let mut decoder = Decoder::new(Some(version), 262_144);
        // A body of 262,141 bytes is one byte too long with its header of four.
        let header = b"\x30\xFD\xFF\x0F";
        let malformed = decoder.decode(&mut buffer(&[header])).expect_err("oversize");
        assert_eq!(malformed.oversize_bytes, Some(262_145));
        assert_eq!((malformed.clause, malformed.packet), (clause, Some("PUBLISH")));
        assert!(malformed.to_string().contains("262145 bytes"), "{malformed}");
    }
}

#[test]
fn the_limit_itself_passes() {
    let mut decoder = Decoder::new(Some(Version::V311), 10);
    let mut input = BytesMut::new();
    encode_frame(0x30, b"\0\x01a12345", &mut input);
    assert_eq!(input.len(), 10);
    assert!(matches!(decoder.decode(&mut input), Ok(Some(Packet::Publish(_)))));
    encode_frame(0x30, b"\0\x01a123456", &mut input);
    assert_eq!(decoder.decode(&mut input).expect_err("11 bytes").oversize_bytes, Some(11));
}

#[test]
fn the_largest_remaining_length_is_read() {
    let malformed = new().decode(&mut buffer(&[b"\x30\xFF\xFF\xFF\x7F"])).expect_err("oversize");
    assert_eq!(malformed.oversize_bytes, Some(5 + 268_435_455));
    let decoded = Decoder::new(None, usize::MAX).decode(&mut buffer(&[b"\x30\xFF\xFF\xFF\x7F"]));
    assert_eq!(decoded, Ok(None));
}

/// The last body of each count of length bytes and the first of the next, in the shortest form.
#[test]
fn lengths_of_one_to_four_bytes_are_written_and_read() {
    for (body_bytes, length_bytes) in
        [(127, 1), (128, 2), (16_383, 2), (16_384, 3), (2_097_151, 3), (2_097_152, 4)]
    {
        for (version, rest_bytes) in [(Version::V311, 3), (Version::V5, 4)] {
            let packet = Packet::Publish(wire::Publish {
                topic: "a".to_owned(),
                payload: vec![b'x'; body_bytes - rest_bytes].into(),
                ..Default::default()
            });
            let mut bytes = BytesMut::new();
            encode(&packet, version, &mut bytes);
            assert_eq!(bytes.len(), 1 + length_bytes + body_bytes);
            let decoded = Decoder::new(Some(version), usize::MAX).decode(&mut bytes);
            assert!(decoded == Ok(Some(packet)), "{body_bytes} bytes in {version:?}");
        }
    }
}

#[test]
fn what_was_received_does_not_hold_the_buffer() {
    let mut decoder = Decoder::new(Some(Version::V311), 1 << 20);
    let mut input = BytesMut::with_capacity(64);
    encode_frame(0x30, b"\0\x01apayload", &mut input);
    let front = input.as_ptr();
    let decoded = decoder.decode(&mut input);
    input.clear();
    assert!(input.try_reclaim(64), "{decoded:?}");
    assert_eq!(input.as_ptr(), front);
}
