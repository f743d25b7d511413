//! Identifiers that look random and are not: a seeded generator given to the cloud.

use std::fmt::Write;

/// SplitMix64 (Steele, Lea, Flood 2014): the same seed gives the same identifiers.
#[derive(Clone, Debug)]
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A version 4 GUID in lower case with dashes.
    pub fn guid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        let variant = 0x8000 | (b >> 48 & 0x3fff);
        format!(
            "{:08x}-{:04x}-4{:03x}-{variant:04x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }

    /// So many lower-case hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits + 16);
        while text.len() < digits {
            // Writing to a String cannot fail.
            let _ = write!(text, "{:016x}", self.next());
        }
        text.truncate(digits);
        text
    }

    /// True once in so often: `probability` from 0 to 1.
    pub fn happens(&mut self, probability: f64) -> bool {
        const STEPS: u64 = 1 << 53;
        #[expect(clippy::cast_precision_loss, reason = "both fit into the 53 bits of a double")]
        let fraction = (self.next() % STEPS) as f64 / STEPS as f64;
        fraction < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_identifiers() {
        let (mut a, mut b) = (Chance::new(7), Chance::new(7));
        assert_eq!(a.guid(), b.guid());
        assert_eq!(a.hex(40), b.hex(40));
        assert_ne!(a.guid(), a.guid());
    }

    #[test]
    fn a_guid_has_its_version_and_variant() {
        let mut chance = Chance::new(1);
        for _ in 0..100 {
            let guid = chance.guid();
            let parts: Vec<&str> = guid.split('-').collect();
            let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{guid}");
            assert!(parts[2].starts_with('4') && "89ab".contains(&parts[3][..1]), "{guid}");
        }
    }
}
