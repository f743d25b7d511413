//! The breaks that no scenario notices: a list, each with a reason, that may only shrink.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use cloud::catalogue;

use crate::{features, suite::Trouble};

/// Its name below the features.
const FILE: &str = "survivors.txt";

/// What may survive, each `ID:WAY`, `ID` or `ID in TITLE`, with the reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survivors(BTreeMap<String, String>);

impl Survivors {
    /// Reads the list in a folder of features, or the one in this binary.
    pub(crate) fn read(folder: Option<&Path>) -> Result<Self, Trouble> {
        Self::parse(&features::text(folder, FILE)?)
    }

    /// Reads lines of `WHAT because REASON`; `#` begins a comment.
    ///
    /// # Errors
    /// A line without a reason, about no clause, or for the second time.
    pub fn parse(text: &str) -> Result<Self, Trouble> {
        let mut listed = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let wrong = |what: &str| {
                Trouble::Usage(
                    format!("features/{FILE}: {what} in `{line}`"),
                    "such as `HUB-D2C-016:inverted because …`, or `HUB-D2C-016 in TITLE because …` \
                     for a tag that no break refutes"
                        .to_owned(),
                )
            };
            let (what, reason) = line
                .split_once(" because ")
                .filter(|(_, reason)| reason.split_whitespace().count() > 2)
                .ok_or_else(|| wrong("no reason"))?;
            if catalogue::find(id(what)).is_none() {
                return Err(wrong("no clause"));
            }
            if listed.insert(what.to_owned(), reason.to_owned()).is_some() {
                return Err(wrong("something that is listed already"));
            }
        }
        Ok(Self(listed))
    }

    /// Everything that is red: survivors that are not listed, and listed ones that survive no more. Only
    /// the rules that were examined count.
    pub fn against(
        &self,
        survivors: &BTreeMap<String, String>,
        examined: &BTreeSet<&str>,
    ) -> Vec<String> {
        let unlisted = survivors.iter().filter(|(what, _)| !self.0.contains_key(*what));
        let unlisted = unlisted.map(|(_, line)| line.clone());
        let stale = self.0.keys().filter(|what| examined.contains(id(what)));
        let stale = stale.filter(|what| !survivors.contains_key(*what));
        unlisted.chain(stale.map(|what| format!("{what} may leave features/{FILE}"))).collect()
    }
}

fn id(what: &str) -> &str {
    what.split([':', ' ']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# why\n\nHUB-D2C-016:inverted because nobody can see it\n";

    #[test]
    fn a_line_says_what_and_why() {
        assert!(Survivors::parse(TEXT).is_ok());
        for (text, complaint) in [
            ("HUB-D2C-016:inverted", "no reason in `HUB-D2C-016:inverted`"),
            ("HUB-D2C-016:value because so", "no reason"),
            ("HUB-D2C-999 because nobody can see it", "no clause"),
            (&TEXT.repeat(2), "listed already"),
        ] {
            let trouble = Survivors::parse(text).expect_err(text).to_string();
            assert!(trouble.contains(complaint), "{trouble}");
            assert!(trouble.contains("hint: such as `HUB-D2C-016:inverted because"), "{trouble}");
        }
    }

    #[test]
    fn the_list_may_only_shrink() {
        let listed = Survivors::parse(TEXT).unwrap_or_default();
        let what = "HUB-D2C-016:inverted".to_owned();
        let other = "HUB-D2C-018:value".to_owned();
        for (survivors, examined, red) in [
            (vec![what.clone()], "HUB-D2C-016", vec![]),
            (vec![what, other.clone()], "HUB-D2C-016", vec![other.as_str()]),
            (vec![], "HUB-D2C-016", vec!["HUB-D2C-016:inverted may leave features/survivors.txt"]),
            (vec![], "HUB-D2C-018", vec![]),
        ] {
            let survivors = survivors.into_iter().map(|what| (what.clone(), what)).collect();
            assert_eq!(listed.against(&survivors, &[examined].into()), red);
        }
    }
}
