//! Durations as people write them: `500ms`, `5s`, `61m`, `2h`, `1d`.

use std::time::Duration;

/// Units, the shortest first, in milliseconds.
const UNITS: &[(&str, u64)] =
    &[("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads a whole number and its unit; a number alone is seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let unit = if unit.is_empty() { "s" } else { unit };
    let unit_ms = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, ms)| *ms);
    let ms = unit_ms.and_then(|ms| number.parse::<u64>().ok()?.checked_mul(ms));
    ms.map(Duration::from_millis).ok_or_else(|| {
        "expected a number and its unit, such as 500ms, 5s, 61m, 2h or 1d".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_number_and_a_unit() {
        for (text, ms) in [
            ("0", Some(0)),
            ("5", Some(5_000)),
            ("500ms", Some(500)),
            ("61m", Some(3_660_000)),
            ("2h", Some(7_200_000)),
            ("4000d", Some(345_600_000_000)),
            ("", None),
            ("m", None),
            ("5 s", None),
            ("-5s", None),
            ("1.5h", None),
            ("5weeks", None),
            ("99999999999999999999d", None),
        ] {
            assert_eq!(parse(text).ok(), ms.map(Duration::from_millis), "{text}");
        }
    }
}
