//! How much may happen in how long, and in a day: pure data, on the cloud's time.

use crate::time::Time;

/// So many in so many seconds; 0 in any time is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    pub most: u32,
    pub per_s: u32,
}

impl Rate {
    /// No limit.
    pub const NONE: Self = Self { most: 0, per_s: 1 };

    /// So many in a second.
    pub const fn per_s(most: u32) -> Self {
        Self { most, per_s: 1 }
    }

    /// So many in a minute.
    pub const fn per_min(most: u32) -> Self {
        Self { most, per_s: 60 }
    }
}

/// A token bucket: it holds what a rate allows in its time, all of which may be taken at once, and fills
/// steadily.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bucket {
    /// When it is full again, in microseconds since 1970.
    full_at_us: u64,
}

impl Bucket {
    /// Takes so many out, unless there are fewer in it.
    pub fn admit(&mut self, now: Time, count: u32, rate: Rate) -> bool {
        self.shape(now, count, rate, 0).is_some()
    }

    /// Takes so many out, unless there are fewer in it. Gives how many milliseconds it takes until they are
    /// there, 0 when they were taken.
    pub fn wait_ms(&mut self, now: Time, count: u32, rate: Rate) -> u64 {
        let mut after = *self;
        let wait_ms = after.shape(now, count, rate, u64::MAX).unwrap_or(u64::MAX);
        if wait_ms == 0 {
            *self = after;
        }
        wait_ms
    }

    /// Takes so many out, if need be before they are in. The answer is how many milliseconds it takes
    /// until they are; nothing is taken when that would be more than `most_ms`.
    pub fn shape(&mut self, now: Time, count: u32, rate: Rate, most_ms: u64) -> Option<u64> {
        if rate.most == 0 {
            return Some(0);
        }
        let now_us = now.ms().saturating_mul(1000);
        let whole_us = u64::from(rate.per_s) * 1_000_000;
        // Rounded down, so that all that a rate allows fits.
        let taken_us = u64::from(count) * whole_us / u64::from(rate.most);
        let full_at_us = self.full_at_us.max(now_us).saturating_add(taken_us);
        let wait_ms = (full_at_us - now_us).saturating_sub(whole_us).div_ceil(1000);
        if wait_ms > most_ms {
            return None;
        }
        self.full_at_us = full_at_us;
        Some(wait_ms)
    }
}

/// The messages of one day of UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Day {
    number: u64,
    messages: u64,
}

impl Day {
    /// Counts messages on the day that it is.
    pub fn count(&mut self, now: Time, messages: u64) {
        let number = number_of_day(now);
        if self.number != number {
            *self = Self { number, messages: 0 };
        }
        self.messages = self.messages.saturating_add(messages);
    }

    /// Whether there were so many today.
    pub fn has_had(&self, now: Time, messages: u64) -> bool {
        let today = if self.number == number_of_day(now) { self.messages } else { 0 };
        today >= messages
    }
}

const fn number_of_day(now: Time) -> u64 {
    now.s() / 86_400
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_gives_all_at_once_and_fills_steadily() {
        let mut bucket = Bucket::default();
        for (at_ms, count, admitted) in [
            (10_000, 2, true),
            (10_000, 1, false),
            (10_499, 1, false),
            (10_500, 1, true),
            (10_500, 1, false),
            (11_000, 1, true),
            (20_000, 3, false),
            (20_000, 2, true),
        ] {
            let now = Time::from_ms(at_ms);
            assert_eq!(bucket.admit(now, count, Rate::per_s(2)), admitted, "{at_ms} {count}");
        }
        assert!((0..1000).all(|_| bucket.admit(Time::from_ms(0), 1, Rate::NONE)));
    }

    #[test]
    fn as_many_are_admitted_at_once_as_the_rate_says() {
        for most in [1, 3, 7, 30, 999] {
            let mut bucket = Bucket::default();
            let now = Time::from_s(60);
            let admitted = (0..=most).filter(|_| bucket.admit(now, 1, Rate::per_s(most))).count();
            assert_eq!(admitted, most as usize);
        }
    }

    #[test]
    fn a_bucket_lends_as_long_as_it_may() {
        let mut bucket = Bucket::default();
        let now = Time::from_s(1_767_225_600);
        let rate = Rate::per_s(2);
        let waits = [Some(0), Some(0), Some(500), Some(1000), None, None];
        for wait_ms in waits {
            assert_eq!(bucket.shape(now, 1, rate, 1000), wait_ms);
        }
        assert_eq!(bucket.shape(now.plus_ms(1), 1, rate, 1500), Some(1499));
    }

    #[test]
    fn a_bucket_tells_how_long_to_wait_and_gives_nothing_meanwhile() {
        let mut bucket = Bucket::default();
        for (at_ms, wait_ms) in
            [(0, 0), (0, 0), (0, 500), (0, 500), (400, 100), (500, 0), (500, 500)]
        {
            let now = Time::from_ms(10_000 + at_ms);
            assert_eq!(bucket.wait_ms(now, 1, Rate::per_s(2)), wait_ms, "{at_ms}");
        }
    }

    #[test]
    fn a_minute_is_another_time_than_a_second_and_the_end_of_time_is_one() {
        let mut bucket = Bucket::default();
        let now = Time::from_s(60);
        assert!((0..100).all(|_| bucket.admit(now, 1, Rate::per_min(100))));
        assert!(!bucket.admit(now.plus_ms(599), 1, Rate::per_min(100)));
        assert!(bucket.admit(now.plus_ms(600), 1, Rate::per_min(100)));
        assert!(bucket.admit(Time::from_ms(u64::MAX), 1, Rate::per_s(1)));
    }

    #[test]
    fn a_day_ends_at_midnight() {
        let mut day = Day::default();
        let now = Time::from_s(86_400 * 3 + 86_399);
        day.count(now, 2);
        assert!(day.has_had(now, 2) && !day.has_had(now, 3));
        let midnight = now.plus_s(1);
        assert!(!day.has_had(midnight, 1) && day.has_had(midnight, 0));
        day.count(midnight, 1);
        assert!(day.has_had(midnight, 1) && !day.has_had(midnight, 2));
    }
}
