//! Every frame of the corpus is read as its row says, however it arrives.

mod frames;

use std::collections::HashSet;

use bytes::BytesMut;
use frames::{LIMIT_BYTES, Row, V5, V31, V311, rows};
use wire::{Decoder, Malformed, Packet, encode};

/// What a decoder made of a frame, in the terms of the rows.
fn outcome(decoded: &Result<Option<Packet>, Malformed>) -> Result<String, &'static str> {
    match decoded {
        Ok(Some(packet)) => Ok(packet.to_string()),
        Ok(None) => Ok("(wants more)".to_owned()),
        Err(malformed) => Err(malformed.clause),
    }
}

fn expected(row: &Row) -> Result<String, &'static str> {
    row.expected.map(str::to_owned)
}

#[test]
fn every_row_is_read_as_it_says() {
    let wrong: Vec<String> = rows()
        .iter()
        .filter_map(|row| {
            let decoded = row.decode();
            (outcome(&decoded) != expected(row))
                .then(|| format!("{}\n  wanted {:?}\n  got {decoded:?}", row.name, row.expected))
        })
        .collect();
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_corpus_is_large_and_each_name_is_its_own() {
    let rows = rows();
    assert!(rows.iter().filter(|row| row.expected.is_err()).count() >= 80);
    let names: HashSet<_> = rows.iter().map(|row| row.name).collect();
    assert_eq!(names.len(), rows.len());
}

#[test]
fn a_legal_frame_is_taken_off_exactly() {
    for row in rows().iter().filter(|row| row.expected.is_ok()) {
        let mut input = row.input();
        input.extend_from_slice(b"\xC0\0");
        let mut decoder = row.decoder();
        decoder.decode(&mut input).expect(row.name);
        assert_eq!(&input[..], b"\xC0\0", "{}", row.name);
    }
}

#[test]
fn no_split_changes_the_outcome() {
    for row in rows() {
        for at in 0..=row.frame.len() {
            let mut decoder = row.decoder();
            let mut input = BytesMut::from(&row.frame[..at]);
            let early = decoder.decode(&mut input);
            let whole = at == row.frame.len();
            assert!(whole || !matches!(early, Ok(Some(_))), "{} cut at {at}", row.name);
            let decoded = match early {
                Ok(None) => {
                    input.extend_from_slice(&row.frame[at..]);
                    decoder.decode(&mut input)
                }
                early => early,
            };
            assert_eq!(outcome(&decoded), expected(&row), "{} cut at {at}", row.name);
        }
    }
}

#[test]
fn single_bytes_give_the_same_outcome() {
    for row in rows() {
        let mut decoder = row.decoder();
        let mut input = BytesMut::new();
        let decoded = row
            .frame
            .iter()
            .map(|&byte| {
                input.extend_from_slice(&[byte]);
                decoder.decode(&mut input)
            })
            .find(|decoded| !matches!(decoded, Ok(None)));
        assert_eq!(outcome(&decoded.expect(row.name)), expected(&row), "{}", row.name);
    }
}

#[test]
fn coalesced_frames_come_out_in_order() {
    for version in [V31, V311, V5] {
        let rows: Vec<Row> =
            rows().into_iter().filter(|r| r.version == version && r.expected.is_ok()).collect();
        let mut input = BytesMut::new();
        rows.iter().for_each(|row| input.extend_from_slice(&row.frame));
        let mut decoder = Decoder::new(version, LIMIT_BYTES);
        for row in &rows {
            assert_eq!(outcome(&decoder.decode(&mut input)), expected(row), "{}", row.name);
        }
        assert!(input.is_empty());
    }
}

#[test]
fn what_was_read_is_written_and_read_again() {
    for row in rows().iter().filter(|row| row.expected.is_ok()) {
        let mut decoder = row.decoder();
        let Ok(Some(packet)) = decoder.decode(&mut row.input()) else { panic!("{}", row.name) };
        let version = decoder.version().unwrap_or(wire::Version::V311);
        let mut out = BytesMut::new();
        encode(&packet, version, &mut out);
        assert_eq!(row.decoder().decode(&mut out), Ok(Some(packet)), "{}", row.name);
    }
}

#[test]
fn a_malformed_packet_is_named_unless_its_type_is_reserved() {
    for row in rows() {
        let Err(malformed) = row.decode() else { continue };
        let reserved = row.name.starts_with("type ");
        assert_eq!(malformed.packet.is_none(), reserved, "{}", row.name);
        assert_eq!(malformed.oversize_bytes, None, "{}", row.name);
    }
}
