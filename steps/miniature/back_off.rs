//! How long a miniature waits before it tries again.

use std::time::Duration;

/// How the waits grow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Growth {
    /// Exponential, each wait drawn anew from up to what it has grown to.
    #[default]
    Jitter,
    Exponential,
    Linear,
    Constant,
    /// No wait at all.
    None,
}

/// The state of a back-off.
#[derive(Debug)]
pub(super) struct BackOff {
    growth: Growth,
    attempts: u32,
    /// 0 to 1; the part of a wait that is taken.
    chance: f64,
}

const BASE_MS: f64 = 1000.0;
const CAP_MS: f64 = 60_000.0;
/// A connection that lived so long was a good one.
const GOOD: Duration = Duration::from_secs(10);
/// Steps of the golden section are spread evenly and never repeat: two waits in a row are never alike.
const GOLDEN: f64 = 0.618_033_988_749_895;

impl BackOff {
    /// One that draws its lots by the name of the device, since devices have to differ from each other.
    pub(super) fn new(growth: Growth, name: &str) -> Self {
        let sum = name.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31) + u32::from(byte));
        Self { growth, attempts: 0, chance: f64::from(sum % 1000) / 1000.0 }
    }

    /// A connection came to its end.
    pub(super) fn ended(&mut self, lived: Duration) {
        if lived >= GOOD {
            self.attempts = 0;
        }
    }

    /// The next wait.
    pub(super) fn next(&mut self) -> Duration {
        let n = self.attempts;
        self.attempts += 1;
        let grown = (BASE_MS * 2_f64.powi(n.min(16).cast_signed())).min(CAP_MS);
        let ms = match self.growth {
            Growth::Jitter => {
                self.chance = (self.chance + GOLDEN).fract();
                grown * self.chance
            }
            Growth::Exponential => grown,
            Growth::Linear => (f64::from(n + 1) * BASE_MS).min(CAP_MS),
            Growth::Constant => BASE_MS,
            Growth::None => 0.0,
        };
        Duration::from_secs_f64(ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_as_they_are_told_to() {
        let waits = |growth| {
            let mut back_off = BackOff::new(growth, "d1");
            (0..8).map(|_| back_off.next().as_millis()).collect::<Vec<_>>()
        };
        assert_eq!(
            waits(Growth::Exponential),
            [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]
        );
        assert_eq!(waits(Growth::Linear), [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000]);
        assert_eq!(waits(Growth::Constant), [1000; 8]);
        assert_eq!(waits(Growth::None), [0; 8]);
        let jitter = waits(Growth::Jitter);
        assert!(jitter.windows(2).all(|pair| pair[0] != pair[1]), "{jitter:?}");
        assert!(jitter.iter().all(|ms| *ms <= 60_000), "{jitter:?}");
    }

    #[test]
    fn only_a_connection_that_lived_starts_the_waits_afresh() {
        let mut back_off = BackOff::new(Growth::Exponential, "d1");
        let waits: Vec<_> = (0..3).map(|_| back_off.next()).collect();
        back_off.ended(Duration::from_secs(1));
        assert!(back_off.next() > waits[2]);
        back_off.ended(Duration::from_secs(60));
        assert_eq!(back_off.next(), waits[0]);
    }
}
