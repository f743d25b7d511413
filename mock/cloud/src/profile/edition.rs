//! What a hub was bought as, and the rates and quotas that come with it.

use serde::{Deserialize, Serialize};

use crate::rate::Rate;

/// The edition of a hub, as it is sold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Edition {
    F1,
    B1,
    B2,
    B3,
    S1,
    S2,
    S3,
}

/// Rates of one's own, instead of those of the edition; 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table such as { telemetry_per_s = 12 }")]
pub struct RateLimits {
    /// CONNECTs in a second.
    pub connects_per_s: Option<u32>,
    /// Telemetry messages in a second.
    pub telemetry_per_s: Option<u32>,
    /// Cloud-to-device messages in a minute.
    pub c2d_per_min: Option<u32>,
    /// Kilobytes of method calls in a second, each call counted in steps of 4 KB.
    pub method_kb_per_s: Option<u32>,
    /// How long telemetry above the rate is held up before its connection is closed. HUB-OPEN-075.
    pub backlog_s: u64,
}

impl Default for RateLimits {
    fn default() -> Self {
        Self {
            connects_per_s: None,
            telemetry_per_s: None,
            c2d_per_min: None,
            method_kb_per_s: None,
            backlog_s: 10,
        }
    }
}

/// How an edition counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    One,
    Two,
    Three,
}

impl Edition {
    /// Whether it has telemetry alone.
    pub const fn is_basic(self) -> bool {
        matches!(self, Self::B1 | Self::B2 | Self::B3)
    }

    /// What a message is counted in.
    pub const fn message_bytes(self) -> usize {
        match self {
            Self::F1 => 512,
            _ => 4096,
        }
    }

    /// Messages in a day.
    pub const fn daily_messages(self, units: u32) -> u64 {
        let of_a_unit = match self {
            Self::F1 => 8_000,
            Self::B1 | Self::S1 => 400_000,
            Self::B2 | Self::S2 => 6_000_000,
            Self::B3 | Self::S3 => 300_000_000,
        };
        of_a_unit * units as u64
    }

    /// CONNECTs, and likewise telemetry messages.
    pub(super) const fn sends(self, units: u32) -> Rate {
        Rate::per_s(match self.size() {
            Size::One if units <= 8 => 100,
            Size::One => units.saturating_mul(12),
            Size::Two => units.saturating_mul(120),
            Size::Three => units.saturating_mul(6000),
        })
    }

    /// Cloud-to-device messages: 1.67 or 83.33 in a second.
    pub(super) const fn c2d(self, units: u32) -> Rate {
        Rate::per_min(match self.size() {
            Size::One | Size::Two => units.saturating_mul(100),
            Size::Three => units.saturating_mul(5000),
        })
    }

    /// Kilobytes of method calls.
    pub(super) const fn method_kb(self, units: u32) -> Rate {
        Rate::per_s(match self.size() {
            Size::One => units.saturating_mul(160),
            Size::Two => units.saturating_mul(480),
            Size::Three => units.saturating_mul(24 * 1024),
        })
    }

    const fn size(self) -> Size {
        match self {
            Self::F1 | Self::B1 | Self::S1 => Size::One,
            Self::B2 | Self::S2 => Size::Two,
            Self::B3 | Self::S3 => Size::Three,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_rates_by_edition_and_units() {
        use Edition::{B1, B3, F1, S1, S2, S3};
        for (edition, units, sends, c2d, method_kb, daily) in [
            (F1, 1, 100, 100, 160, 8_000),
            (S1, 1, 100, 100, 160, 400_000),
            (B1, 8, 100, 800, 1_280, 3_200_000),
            (S1, 9, 108, 900, 1_440, 3_600_000),
            (S2, 1, 120, 100, 480, 6_000_000),
            (S2, 2, 240, 200, 960, 12_000_000),
            (S3, 1, 6_000, 5_000, 24_576, 300_000_000),
            (B3, 10, 60_000, 50_000, 245_760, 3_000_000_000),
        ] {
            assert_eq!(edition.sends(units), Rate::per_s(sends), "{edition:?} {units}");
            assert_eq!(edition.c2d(units), Rate::per_min(c2d), "{edition:?} {units}");
            assert_eq!(edition.method_kb(units), Rate::per_s(method_kb), "{edition:?} {units}");
            assert_eq!(edition.daily_messages(units), daily, "{edition:?} {units}");
        }
    }
}
