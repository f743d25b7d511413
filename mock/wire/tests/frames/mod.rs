//! The corpus: frames, each with what it says or the statement that it breaks.

// Each test file is a crate of its own and uses its share of this module.
#![allow(dead_code)]

mod acks;
mod connect;
mod header;
mod properties;
mod publish;
mod sessions;
mod subscriptions;

use bytes::BytesMut;
use wire::{Decoder, Malformed, Packet, Version, encode_frame};

/// No version yet: a server that waits for CONNECT.
pub(crate) const NEW: Option<Version> = None;
pub(crate) const V31: Option<Version> = Some(Version::V31);
pub(crate) const V311: Option<Version> = Some(Version::V311);
pub(crate) const V5: Option<Version> = Some(Version::V5);

pub(crate) const LIMIT_BYTES: usize = 1 << 20;

/// The line that a legal frame is shown as, or the clause that an illegal one breaks.
pub(crate) type Expected = Result<&'static str, &'static str>;

pub(crate) struct Row {
    pub(crate) name: &'static str,
    pub(crate) version: Option<Version>,
    pub(crate) frame: Vec<u8>,
    pub(crate) expected: Expected,
}

impl Row {
    pub(crate) fn decode(&self) -> Result<Option<Packet>, Malformed> {
        self.decoder().decode(&mut self.input())
    }

    pub(crate) fn decoder(&self) -> Decoder {
        Decoder::new(self.version, LIMIT_BYTES)
    }

    pub(crate) fn input(&self) -> BytesMut {
        BytesMut::from(self.frame.as_slice())
    }
}

pub(crate) fn rows() -> Vec<Row> {
    let bodies = [
        connect::ROWS,
        publish::ROWS,
        acks::ROWS,
        subscriptions::ROWS,
        sessions::ROWS,
        properties::ROWS,
    ];
    let framed = bodies.concat().into_iter().map(|(name, version, first_byte, body, expected)| {
        Row { name, version, frame: frame(first_byte, body), expected }
    });
    let raw = header::ROWS.iter().map(|&(name, version, frame, expected)| Row {
        name,
        version,
        frame: frame.to_vec(),
        expected,
    });
    framed.chain(raw).collect()
}

/// Name, version in force, first byte, body, expectation.
type Framed = (&'static str, Option<Version>, u8, &'static [u8], Expected);

/// Name, version in force, all bytes, expectation.
type Raw = (&'static str, Option<Version>, &'static [u8], Expected);

fn frame(first_byte: u8, body: &[u8]) -> Vec<u8> {
    let mut out = BytesMut::new();
    encode_frame(first_byte, body, &mut out);
    out.to_vec()
}
