//! Every code of every packet that carries one, against the tables of the standards.

use bytes::BytesMut;
use wire::{Decoder, Version, encode_frame};

/// Packet, version, first byte, the bytes around the code, the codes allowed.
type Table = (&'static str, Version, u8, &'static [u8], &'static [u8], &'static [u8]);

const METHOD: &[u8] = b"\x04\x15\0\x01m";

const TABLES: &[Table] = &[
    ("connack 3.1", Version::V31, 0x20, b"\0", b"", &[0, 1, 2, 3, 4, 5]),
    ("connack 3.1.1", Version::V311, 0x20, b"\0", b"", &[0, 1, 2, 3, 4, 5]),
    ("suback 3.1.1", Version::V311, 0x90, b"\0\x01", b"", &[0, 1, 2, 0x80]),
    (
        "connack 5",
        Version::V5,
        0x20,
        b"\0",
        b"\0",
        &[
            0x00, 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90,
            0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F,
        ],
    ),
    (
        "puback 5",
        Version::V5,
        0x40,
        b"\0\x01",
        b"",
        &[0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
    ),
    (
        "pubrec 5",
        Version::V5,
        0x50,
        b"\0\x01",
        b"",
        &[0x00, 0x10, 0x80, 0x83, 0x87, 0x90, 0x91, 0x97, 0x99],
    ),
    ("pubrel 5", Version::V5, 0x62, b"\0\x01", b"", &[0x00, 0x92]),
    ("pubcomp 5", Version::V5, 0x70, b"\0\x01", b"", &[0x00, 0x92]),
    (
        "suback 5",
        Version::V5,
        0x90,
        b"\0\x01\0",
        b"",
        &[0x00, 0x01, 0x02, 0x80, 0x83, 0x87, 0x8F, 0x91, 0x97, 0x9E, 0xA1, 0xA2],
    ),
    (
        "unsuback 5",
        Version::V5,
        0xB0,
        b"\0\x01\0",
        b"",
        &[0x00, 0x11, 0x80, 0x83, 0x87, 0x8F, 0x91],
    ),
    (
        "disconnect 5",
        Version::V5,
        0xE0,
        b"",
        b"",
        &[
            0x00, 0x04, 0x80, 0x81, 0x82, 0x83, 0x87, 0x89, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x90,
            0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9E, 0x9F, 0xA0,
            0xA1, 0xA2,
        ],
    ),
    ("auth 5", Version::V5, 0xF0, b"", METHOD, &[0x00, 0x18, 0x19]),
];

#[test]
fn each_packet_carries_the_codes_of_its_table_and_no_other() {
    for &(name, version, first_byte, before, after, allowed) in TABLES {
        let read: Vec<u8> = (0..=u8::MAX)
            .filter(|&code| {
                let mut input = BytesMut::new();
                encode_frame(first_byte, &[before, &[code], after].concat(), &mut input);
                Decoder::new(Some(version), 1 << 10).decode(&mut input).is_ok()
            })
            .collect();
        assert_eq!(read, allowed, "{name}");
    }
}
