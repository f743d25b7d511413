//! Topic filters as a tree of levels, so that a topic meets only the filters that can cover it.

use std::collections::BTreeMap;

/// Which key has which value at which topic filter. A key has one value for each filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trie<K, V> {
    root: Node<K, V>,
    len: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node<K, V> {
    children: BTreeMap<Box<str>, Node<K, V>>,
    /// Below `+`.
    any: Option<Box<Node<K, V>>>,
    /// Filters that end here.
    here: BTreeMap<K, V>,
    /// Filters that go on with `#`.
    below: BTreeMap<K, V>,
}

impl<K, V> Default for Trie<K, V> {
    fn default() -> Self {
        Self { root: Node::default(), len: 0 }
    }
}

impl<K, V> Default for Node<K, V> {
    fn default() -> Self {
        Self { children: BTreeMap::new(), any: None, here: BTreeMap::new(), below: BTreeMap::new() }
    }
}

impl<K: Ord, V> Trie<K, V> {
    /// Puts a value at a valid filter; gives the one that this key had there before.
    pub fn insert(&mut self, filter: &str, key: K, value: V) -> Option<V> {
        let mut node = &mut self.root;
        for level in filter.split('/') {
            match level {
                "#" => return counted(&mut self.len, node.below.insert(key, value)),
                "+" => node = node.any.get_or_insert_default(),
                _ => node = node.children.entry(level.into()).or_default(),
            }
        }
        counted(&mut self.len, node.here.insert(key, value))
    }

    /// Takes the value of a key from a filter.
    pub fn remove(&mut self, filter: &str, key: &K) -> Option<V> {
        let removed = self.root.remove(filter.split('/'), key);
        self.len -= usize::from(removed.is_some());
        removed
    }

    /// Visits what covers this topic, in the order of the tree. A wildcard at the first level covers no
    /// topic that begins with `$` [MQTT-4.7.2-1].
    pub fn visit<'a>(&'a self, topic: &str, mut visit: impl FnMut(&'a K, &'a V)) {
        let levels: Vec<&str> = topic.split('/').collect();
        self.root.visit(&levels, topic.starts_with('$'), &mut visit);
    }

    /// How many values there are.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }
}

fn counted<V>(len: &mut usize, replaced: Option<V>) -> Option<V> {
    *len += usize::from(replaced.is_none());
    replaced
}

impl<K: Ord, V> Node<K, V> {
    fn visit<'a>(
        &'a self,
        levels: &[&str],
        no_wildcards: bool,
        visit: &mut impl FnMut(&'a K, &'a V),
    ) {
        if !no_wildcards {
            self.below.iter().for_each(|(key, value)| visit(key, value));
        }
        let Some((level, rest)) = levels.split_first() else {
            return self.here.iter().for_each(|(key, value)| visit(key, value));
        };
        if let Some(child) = self.children.get(*level) {
            child.visit(rest, false, visit);
        }
        if let (Some(any), false) = (&self.any, no_wildcards) {
            any.visit(rest, false, visit);
        }
    }

    /// Leaves no empty branch behind.
    fn remove<'l>(&mut self, mut levels: impl Iterator<Item = &'l str>, key: &K) -> Option<V> {
        match levels.next() {
            None => self.here.remove(key),
            Some("#") => self.below.remove(key),
            Some("+") => {
                let any = self.any.as_mut()?;
                let removed = any.remove(levels, key);
                if any.is_bare() {
                    self.any = None;
                }
                removed
            }
            Some(level) => {
                let child = self.children.get_mut(level)?;
                // Boxed, since each level would be a type of its own otherwise.
                let rest: Box<dyn Iterator<Item = &'l str>> = Box::new(levels);
                let removed = child.remove(rest, key);
                if child.is_bare() {
                    self.children.remove(level);
                }
                removed
            }
        }
    }

    fn is_bare(&self) -> bool {
        self.children.is_empty()
            && self.any.is_none()
            && self.here.is_empty()
            && self.below.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILTERS: &[&str] = &[
        "a", "a/b", "a/b/c", "+", "+/b", "a/+", "a/+/c", "+/+", "#", "a/#", "a/b/#", "+/#", "/",
        "/+", "a//b", "a/+/b", "$SYS/#", "$SYS/+", "$SYS/x", "b/#",
    ];

    const TOPICS: &[&str] =
        &["a", "a/b", "a/b/c", "b", "/", "a//b", "$SYS", "$SYS/x", "$SYS/x/y", "x/y/z", "b/", ""];

    #[test]
    fn a_topic_meets_exactly_the_filters_that_cover_it() {
        let mut trie = Trie::default();
        for filter in FILTERS {
            assert_eq!(trie.insert(filter, *filter, ()), None);
        }
        for topic in TOPICS {
            let mut met = Vec::new();
            trie.visit(topic, |filter, ()| met.push(*filter));
            met.sort_unstable();
            let mut covering: Vec<&str> = FILTERS
                .iter()
                .copied()
                .filter(|filter| wire::topic::matches(filter, topic))
                .collect();
            covering.sort_unstable();
            assert_eq!(met, covering, "`{topic}`");
        }
    }

    #[test]
    fn what_is_removed_leaves_no_trace() {
        let mut trie = Trie::default();
        for (index, filter) in FILTERS.iter().enumerate() {
            assert_eq!(trie.insert(filter, 1, index), None, "{filter}");
            assert_eq!(trie.insert(filter, 1, index), Some(index), "{filter}");
        }
        assert_eq!(trie.len(), FILTERS.len());
        assert_eq!((trie.remove("a/b", &2), trie.remove("no/such", &1)), (None, None));
        for (index, filter) in FILTERS.iter().enumerate() {
            assert_eq!(trie.remove(filter, &1), Some(index), "{filter}");
            assert_eq!(trie.remove(filter, &1), None, "{filter}");
        }
        assert_eq!(trie, Trie::default());
    }
}
