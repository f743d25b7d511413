//! One moment on the harness's one timeline.

use std::fmt;

use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

/// Milliseconds since 1970-01-01T00:00:00Z. Serves keep-alive, token expiry, queues and certificates alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(u64);

/// The .NET round-trip form that Azure writes: seven decimals and `Z`.
const ROUND_TRIP: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:7]Z");

impl Time {
    /// From milliseconds since 1970.
    pub const fn from_ms(ms: u64) -> Self {
        Self(ms)
    }

    /// From whole seconds since 1970; saturates at the end of time.
    pub const fn from_s(s: u64) -> Self {
        Self(s.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    pub const fn ms(self) -> u64 {
        self.0
    }

    /// Whole seconds since 1970, rounded down.
    pub const fn s(self) -> u64 {
        self.0 / 1000
    }

    /// This moment and so many milliseconds; saturates at the end of time.
    pub const fn plus_ms(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }

    /// This moment and so many seconds; saturates at the end of time.
    pub const fn plus_s(self, s: u64) -> Self {
        self.plus_ms(s.saturating_mul(1000))
    }

    /// Milliseconds from `earlier` to here; 0 when `earlier` is later.
    pub const fn since_ms(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// `2026-11-20T14:22:24.0000000Z`: what Azure writes into JSON.
    pub fn round_trip(self) -> String {
        self.civil().format(ROUND_TRIP).unwrap_or_default()
    }

    /// The moment as a calendar date in UTC; dates after the year 9999 stop there.
    pub fn civil(self) -> OffsetDateTime {
        const LAST_S: u64 = 253_402_300_799;
        let s = i64::try_from(self.s().min(LAST_S)).unwrap_or(0);
        let ms = u16::try_from(self.0 % 1000).unwrap_or(0);
        OffsetDateTime::from_unix_timestamp(s)
            .ok()
            .and_then(|civil| civil.replace_millisecond(ms).ok())
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// Reads the round-trip form, or any RFC 3339 date in UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let civil =
            OffsetDateTime::parse(text, &time::format_description::well_known::Rfc3339).ok()?;
        u64::try_from(civil.unix_timestamp_nanos() / 1_000_000).ok().map(Self)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.round_trip())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_with_seven_decimals_and_read_back() {
        let time = Time::from_ms(1_763_648_544_123);
        assert_eq!(time.round_trip(), "2025-11-20T14:22:24.1230000Z");
        assert_eq!(Time::parse(&time.round_trip()), Some(time));
        assert_eq!(Time::parse("yesterday"), None);
    }

    #[test]
    fn seconds_beyond_the_end_of_time_are_its_end() {
        for (s, ms) in [
            (0, 0),
            (1, 1000),
            (u64::MAX / 1000, u64::MAX / 1000 * 1000),
            (u64::MAX / 1000 + 1, u64::MAX),
            (u64::MAX, u64::MAX),
        ] {
            assert_eq!(Time::from_s(s).ms(), ms, "{s}");
            assert_eq!(Time::default().plus_s(s).ms(), ms, "{s}");
        }
    }
}
