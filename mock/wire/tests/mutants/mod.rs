//! Frames bent at random, the same ones in every run.

use bytes::BytesMut;
use wire::{Version, encode_frame};

use crate::frames::rows;

/// Bent frames of the corpus, each with the version in force; endless. Legal frames are bent, since
/// what is illegal twice stops at the first fault.
pub(crate) struct Mutants {
    chance: Chance,
    seeds: Vec<(Option<Version>, Vec<u8>)>,
}

impl Mutants {
    pub(crate) fn new(seed: u64) -> Self {
        let legal = rows().into_iter().filter(|row| row.expected.is_ok());
        let seeds = legal.map(|row| (row.version, row.frame)).collect();
        Self { chance: Chance(seed), seeds }
    }
}

impl Iterator for Mutants {
    type Item = (Option<Version>, Vec<u8>);

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.chance.below(self.seeds.len());
        let (version, mut frame) = self.seeds[at].clone();
        self.bend(&mut frame);
        while self.chance.below(3) == 0 {
            self.bend(&mut frame);
        }
        // Most bends of the length go nowhere: mend it, as a rule.
        if self.chance.below(4) != 0 {
            mend_length(&mut frame);
        }
        Some((version, frame))
    }
}

impl Mutants {
    fn bend(&mut self, frame: &mut Vec<u8>) {
        const INTERESTING: [u8; 12] = [0, 1, 2, 3, 4, 0x23, 0x2B, 0x2F, 0x7F, 0x80, 0xC3, 0xFF];
        if frame.is_empty() {
            frame.push(0x10);
        }
        let at = self.chance.below(frame.len());
        match self.chance.below(7) {
            0 => frame[at] ^= 1 << self.chance.below(8),
            1 => frame[at] = INTERESTING[self.chance.below(INTERESTING.len())],
            2 => frame[at] = self.chance.below(256) as u8,
            3 => frame.insert(at, INTERESTING[self.chance.below(INTERESTING.len())]),
            4 => {
                frame.remove(at);
            }
            5 => frame.truncate(at + 1),
            _ => {
                let (_, other) = &self.seeds[self.chance.below(self.seeds.len())];
                let from = self.chance.below(other.len());
                let to = from + self.chance.below(other.len() - from);
                frame.splice(at..at, other[from..to].iter().copied());
            }
        }
    }
}

/// Writes the remaining length that the frame has, in the place of the one it says.
fn mend_length(frame: &mut Vec<u8>) {
    let Some((&first_byte, rest)) = frame.split_first() else { return };
    let length_bytes = rest.iter().take(4).position(|byte| byte & 0x80 == 0).map_or(0, |n| n + 1);
    let mut out = BytesMut::new();
    encode_frame(first_byte, &rest[length_bytes..], &mut out);
    *frame = out.to_vec();
}

/// A xorshift generator: 64 bits of state, never 0.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
