//! A part of the scenarios, the same one each time: so many machines share a run.

use std::str::FromStr;

use cloud::sas;

/// The part `part` of `of`, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    part: usize,
    of: usize,
}

impl Shard {
    /// Whether a scenario is in this part: a matter of its place and name alone.
    pub(super) fn has(self, path: &str, line: usize, name: &str) -> bool {
        let digest = sas::hmac_sha256(b"shard", format!("{path}:{line} {name}").as_bytes());
        let number = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        number % self.of as u64 == (self.part - 1) as u64
    }
}

/// `2/4`
impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once('/')
            .and_then(|(part, of)| Some(Self { part: part.parse().ok()?, of: of.parse().ok()? }))
            .filter(|shard| (1..=shard.of).contains(&shard.part))
            .ok_or_else(|| "expected PART/OF, such as 1/4, 2/4, 3/4 and 4/4".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_scenario_is_in_one_part_and_parts_are_even() {
        let parts: Vec<Shard> =
            (1..=4).map(|part| format!("{part}/4").parse().expect("a part")).collect();
        let mut sizes = [0; 4];
        for line in 0..1000 {
            let mut having =
                parts.iter().enumerate().filter(|(_, part)| part.has("a.feature", line, "A"));
            sizes[having.next().expect("a part").0] += 1;
            assert_eq!(having.count(), 0);
        }
        assert!(sizes.iter().all(|size| (200..300).contains(size)), "{sizes:?}");
    }

    #[test]
    fn parts_count_from_one() {
        for text in ["", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/4/4"] {
            assert!(text.parse::<Shard>().expect_err(text).starts_with("expected PART/OF"));
        }
    }
}
