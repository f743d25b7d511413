//! When a certificate is valid.

use crate::{Error, Result};
use time::OffsetDateTime;

/// The two dates of a certificate, in unix seconds, both inclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Validity {
    /// The first second at which the certificate is valid.
    pub not_before_s: i64,
    /// The last second at which the certificate is valid.
    pub not_after_s: i64,
}

impl Validity {
    /// True when `now_s` lies within the two dates.
    pub fn contains(&self, now_s: i64) -> bool {
        (self.not_before_s..=self.not_after_s).contains(&now_s)
    }

    pub(crate) fn dates(&self) -> Result<(OffsetDateTime, OffsetDateTime)> {
        if self.not_before_s > self.not_after_s {
            return Err(Error::new(
                format!(
                    "not_before_s {} is after not_after_s {}",
                    self.not_before_s, self.not_after_s
                ),
                "not_before_s <= not_after_s",
                "swap the two dates; for an expired certificate let both lie in the past",
            ));
        }
        Ok((date("not_before_s", self.not_before_s)?, date("not_after_s", self.not_after_s)?))
    }
}

/// 1950-01-01T00:00:00Z, where the two-digit years of X.509 begin (RFC 5280 section 4.1.2.5.1).
const FIRST_S: i64 = -631_152_000;
/// 9999-12-31T23:59:59Z, which RFC 5280 section 4.1.2.5 reserves for "no end".
const LAST_S: i64 = 253_402_300_799;

fn date(which: &str, unix_s: i64) -> Result<OffsetDateTime> {
    let out_of_range = || {
        Error::new(
            format!("{which} {unix_s} cannot be written into a certificate"),
            format!("unix seconds from {FIRST_S} (the year 1950) to {LAST_S} (the year 9999)"),
            "give seconds, not milliseconds",
        )
    };
    if !(FIRST_S..=LAST_S).contains(&unix_s) {
        return Err(out_of_range());
    }
    OffsetDateTime::from_unix_timestamp(unix_s).map_err(|_| out_of_range())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_checked() {
        for (not_before_s, not_after_s, good) in [
            (0, 0, true),
            (FIRST_S, LAST_S, true),
            (1, 0, false),
            (FIRST_S - 1, 0, false),
            (0, LAST_S + 1, false),
            (i64::MIN, i64::MAX, false),
        ] {
            let validity = Validity { not_before_s, not_after_s };
            assert_eq!(validity.dates().is_ok(), good, "{validity:?}");
        }
    }

    #[test]
    fn both_ends_belong() {
        let validity = Validity { not_before_s: 10, not_after_s: 20 };
        for (now_s, inside) in [(9, false), (10, true), (20, true), (21, false)] {
            assert_eq!(validity.contains(now_s), inside, "{now_s}");
        }
    }
}
