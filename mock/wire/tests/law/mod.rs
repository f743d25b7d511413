//! What holds for any bytes at all. The mutation test and the fuzz target call the same function.

use bytes::BytesMut;
use wire::{Decoder, Malformed, Packet, Version, encode};

pub(crate) const LIMIT_BYTES: usize = 1 << 16;

/// Reads all of `bytes`: nothing panics, the decoder always moves on or stops, and each packet
/// that it reads survives being written and read again. Returns how many packets it read.
pub(crate) fn holds(version: Option<Version>, bytes: &[u8]) -> usize {
    let mut decoder = Decoder::new(version, LIMIT_BYTES);
    let mut input = BytesMut::from(bytes);
    let mut packets = 0;
    loop {
        let before = input.len();
        match decoder.decode(&mut input) {
            Ok(Some(packet)) => {
                assert!(input.len() < before, "a packet of no bytes");
                survives(&packet, decoder.version());
                packets += 1;
            }
            Ok(None) => {
                assert_eq!(input.len(), before, "bytes gone without a packet");
                return packets;
            }
            Err(malformed) => {
                check_malformed(&malformed);
                if input.len() == before {
                    return packets;
                }
            }
        }
    }
}

/// The first outcome is the same when the bytes arrive in two pieces.
pub(crate) fn holds_in_two_pieces(version: Option<Version>, bytes: &[u8], at: usize) {
    let mut whole = Decoder::new(version, LIMIT_BYTES);
    let wanted = whole.decode(&mut BytesMut::from(bytes));
    let (head, tail) = bytes.split_at(at.min(bytes.len()));
    let mut decoder = Decoder::new(version, LIMIT_BYTES);
    let mut input = BytesMut::from(head);
    let mut got = decoder.decode(&mut input);
    if got == Ok(None) {
        input.extend_from_slice(tail);
        got = decoder.decode(&mut input);
    }
    assert_eq!(got, wanted, "cut at {at}");
    assert_eq!(decoder.version(), whole.version());
}

fn survives(packet: &Packet, version: Option<Version>) {
    let (written_as, read_as) = match packet {
        Packet::Connect(connect) => (connect.version(), None),
        _ => (version, version),
    };
    let written_as = written_as.unwrap_or(Version::V311);
    let mut out = BytesMut::new();
    encode(packet, written_as, &mut out);
    let written = out.clone();
    let again = Decoder::new(read_as, usize::MAX).decode(&mut out);
    assert_eq!(again.as_ref(), Ok(&Some(packet.clone())), "written as {written_as:?}");
    assert!(out.is_empty(), "{} bytes left over", out.len());
    if let Ok(Some(again)) = again {
        encode(&again, written_as, &mut out);
        assert_eq!(out, written, "written twice, differently");
    }
    assert!(packet.to_string().starts_with(packet.name()));
}

fn check_malformed(malformed: &Malformed) {
    assert!(malformed.clause.starts_with("MQTT"), "{malformed}");
    assert!(!malformed.says.is_empty() && !malformed.says.contains('\n'), "{malformed:?}");
}
