//! Topic aliases of one direction of one connection: MQTT 5, 3.3.2.3.4.

use std::{collections::BTreeMap, sync::Arc};

/// What the other side's aliases stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    topics: BTreeMap<u16, Arc<str>>,
}

/// Why an alias means nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AliasFault {
    /// It is 0, or above the maximum.
    OutOfRange,
    /// It stands for no topic yet.
    Unknown,
}

impl Aliases {
    /// The topic that is meant. A topic beside the alias is what it stands for from now on.
    ///
    /// # Errors
    /// When the alias is out of range, or no topic was ever said with it.
    pub fn resolve(
        &mut self,
        alias: u16,
        topic: &str,
        maximum: u16,
    ) -> Result<Arc<str>, AliasFault> {
        if alias == 0 || alias > maximum {
            return Err(AliasFault::OutOfRange);
        }
        if topic.is_empty() {
            return self.topics.get(&alias).cloned().ok_or(AliasFault::Unknown);
        }
        let topic: Arc<str> = topic.into();
        self.topics.insert(alias, topic.clone());
        Ok(topic)
    }

    /// Whether one of them stands for this topic.
    pub fn have(&self, topic: &str) -> bool {
        self.topics.values().any(|known| **known == *topic)
    }
}

/// The aliases that this side gives its topics: each its own for as long as the connection lasts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    aliases: BTreeMap<Arc<str>, u16>,
}

impl Given {
    /// The alias of a topic, and whether the other side was told of it. None when all are given away.
    pub fn of(&self, topic: &str, maximum: u16) -> Option<(u16, bool)> {
        if let Some(alias) = self.aliases.get(topic) {
            return Some((*alias, true));
        }
        let next = u16::try_from(self.aliases.len() + 1).ok()?;
        (next <= maximum).then_some((next, false))
    }

    /// The other side was told of an alias.
    pub fn tell(&mut self, topic: &Arc<str>, alias: u16) {
        self.aliases.insert(topic.clone(), alias);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_stands_for_the_topic_that_came_with_it_last() {
        let mut aliases = Aliases::default();
        for (alias, topic, meant) in [
            (1, "", Err(AliasFault::Unknown)),
            (1, "a", Ok("a")),
            (2, "b", Ok("b")),
            (1, "", Ok("a")),
            (1, "c", Ok("c")),
            (1, "", Ok("c")),
            (2, "", Ok("b")),
            (0, "a", Err(AliasFault::OutOfRange)),
            (3, "a", Err(AliasFault::OutOfRange)),
        ] {
            let resolved = aliases.resolve(alias, topic, 2);
            assert_eq!(resolved.as_deref(), meant.as_deref(), "{alias} `{topic}`");
        }
        assert!(aliases.have("b") && aliases.have("c") && !aliases.have("a"));
    }

    #[test]
    fn topics_have_aliases_until_all_are_given_away() {
        let mut given = Given::default();
        for (topic, expected) in [
            ("a", Some((1, false))),
            ("b", Some((2, false))),
            ("a", Some((1, true))),
            ("c", None),
            ("b", Some((2, true))),
        ] {
            let alias = given.of(topic, 2);
            assert_eq!(alias, expected, "{topic}");
            if let Some((alias, false)) = alias {
                given.tell(&topic.into(), alias);
            }
        }
        assert_eq!(given.of("c", 3), Some((3, false)));
        assert_eq!(Given::default().of("a", 0), None);
    }
}
