//! Breaks: rules got wrong on purpose, to prove that a scenario notices.

use std::{collections::BTreeSet, fmt, str::FromStr};

use crate::rule::Rule;

/// A way to get a rule wrong. Which of them a rule has follows from the verbs that it is used with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The effects that it causes do not happen.
    Vanished,
    /// What it forbids is let through, what it grants is refused, what it notes is judged the wrong way
    /// round.
    Inverted,
    /// The value that it gives is another.
    Value,
}

impl Way {
    /// Every way there is.
    pub const ALL: [Self; 3] = [Self::Vanished, Self::Inverted, Self::Value];

    /// This rule got wrong in this way.
    pub const fn of(self, rule: Rule) -> Break {
        Break { id: rule.id(), way: self }
    }
}

/// `vanished`, `inverted` or `value`.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Vanished => "vanished",
            Self::Inverted => "inverted",
            Self::Value => "value",
        })
    }
}

/// The word is no way to break a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoWay;

impl FromStr for Way {
    type Err = NoWay;

    fn from_str(text: &str) -> Result<Self, NoWay> {
        Self::ALL.into_iter().find(|way| way.to_string() == text).ok_or(NoWay)
    }
}

/// One rule got wrong in one way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// Such as `HUB-D2C-016`.
    pub id: &'static str,
    pub way: Way,
}

/// `HUB-D2C-016:inverted`, as `--break` takes it.
impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.id, self.way)
    }
}

/// The chances to get a rule wrong that a cloud met: what a break of them could have changed.
pub type Uses = BTreeSet<Break>;

/// What a cloud gets wrong on purpose.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaks(BTreeSet<Break>);

impl Breaks {
    /// In order, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Break> {
        self.0.iter()
    }

    /// As they were asked for: an id alone where a rule is wrong in every way.
    pub fn asked(&self) -> Vec<String> {
        let is_whole = |id| Way::ALL.iter().all(|&way| self.0.contains(&Break { id, way }));
        let mut asked: Vec<String> = self
            .iter()
            .map(|one| if is_whole(one.id) { one.id.to_owned() } else { one.to_string() })
            .collect();
        asked.dedup();
        asked
    }

    pub(crate) fn contains(&self, one: &Break) -> bool {
        !self.0.is_empty() && self.0.contains(one)
    }
}

impl FromIterator<Break> for Breaks {
    fn from_iter<I: IntoIterator<Item = Break>>(breaks: I) -> Self {
        Self(breaks.into_iter().collect())
    }
}

/// Rules got wrong in every way.
impl FromIterator<&'static str> for Breaks {
    fn from_iter<I: IntoIterator<Item = &'static str>>(ids: I) -> Self {
        let every = |id| Way::ALL.map(|way| Break { id, way });
        ids.into_iter().flat_map(every).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_spelled_as_it_is_read() {
        for way in Way::ALL {
            assert_eq!(way.to_string().parse(), Ok(way));
        }
        assert_eq!("wrong".parse::<Way>(), Err(NoWay));
    }

    #[test]
    fn an_id_alone_breaks_in_every_way() {
        let breaks: Breaks = ["HUB-D2C-016"].into_iter().collect();
        let told: Vec<String> = breaks.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["HUB-D2C-016:vanished", "HUB-D2C-016:inverted", "HUB-D2C-016:value"]);
        assert_eq!(breaks.asked(), ["HUB-D2C-016"]);
        let breaks: Breaks = breaks.iter().copied().skip(1).collect();
        assert_eq!(breaks.asked(), ["HUB-D2C-016:inverted", "HUB-D2C-016:value"]);
    }
}
