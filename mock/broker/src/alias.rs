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
    }
}
