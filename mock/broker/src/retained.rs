//! The last retained message of each topic.

use std::{collections::BTreeMap, sync::Arc};

use wire::topic;

use crate::Message;

/// Retained messages, by topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    by_topic: BTreeMap<Arc<str>, Kept>,
    bytes: usize,
}

/// A message, and since when it is the one of its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Kept {
    message: Arc<Message>,
    since_ms: u64,
}

/// There is no room for another retained message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

impl Retained {
    /// Keeps a message instead of the one that its topic had; an empty payload removes that.
    ///
    /// # Errors
    /// When there would be more messages, or bytes, than these; the old one stays then.
    pub fn keep(
        &mut self,
        message: &Arc<Message>,
        most_messages: usize,
        most_bytes: usize,
        now_ms: u64,
    ) -> Result<(), Full> {
        self.expire(now_ms);
        let replaced = self.by_topic.get(&message.topic).map(|known| known.message.bytes());
        if !message.payload.is_empty() {
            let messages = self.by_topic.len() + usize::from(replaced.is_none());
            let bytes = self.bytes - replaced.unwrap_or(0) + message.bytes();
            if messages > most_messages || bytes > most_bytes {
                return Err(Full);
            }
        }
        self.remove(&message.topic.clone());
        if !message.payload.is_empty() {
            self.bytes += message.bytes();
            let kept = Kept { message: message.clone(), since_ms: now_ms };
            self.by_topic.insert(message.topic.clone(), kept);
        }
        Ok(())
    }

    /// Forgets the message of a topic.
    pub fn remove(&mut self, topic: &str) -> Option<Arc<Message>> {
        let removed = self.by_topic.remove(topic)?.message;
        self.bytes -= removed.bytes();
        Some(removed)
    }

    /// The message of a topic and since when it has been there, unless its lifetime is over.
    pub fn get(&self, topic: &str, now_ms: u64) -> Option<(&Arc<Message>, u64)> {
        let kept = self.by_topic.get(topic).filter(|kept| !kept.message.is_expired(now_ms))?;
        Some((&kept.message, kept.since_ms))
    }

    /// What a filter covers, unexpired, in the order of topics.
    pub fn covered<'a>(
        &'a self,
        filter: &'a str,
        now_ms: u64,
    ) -> impl Iterator<Item = &'a Arc<Message>> {
        self.covered_since(filter, now_ms).map(|(message, _)| message)
    }

    /// The same, each with the moment since when it has been there.
    pub fn covered_since<'a>(
        &'a self,
        filter: &'a str,
        now_ms: u64,
    ) -> impl Iterator<Item = (&'a Arc<Message>, u64)> {
        self.by_topic
            .values()
            .filter(move |kept| topic::matches(filter, &kept.message.topic))
            .filter(move |kept| !kept.message.is_expired(now_ms))
            .map(|kept| (&kept.message, kept.since_ms))
    }

    fn expire(&mut self, now_ms: u64) {
        self.by_topic.retain(|_, kept| {
            let stays = !kept.message.is_expired(now_ms);
            if !stays {
                self.bytes -= kept.message.bytes();
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topics(retained: &Retained, filter: &str, now_ms: u64) -> Vec<String> {
        retained.covered(filter, now_ms).map(|message| message.topic.to_string()).collect()
    }

    #[test]
    fn the_last_one_of_a_topic_stays_until_an_empty_one_comes() {
        let mut retained = Retained::default();
        for (topic, payload, now_ms) in [("a", "1", 0), ("b", "1", 1), ("a", "2", 2)] {
            let message = Arc::new(Message::new(topic, payload));
            assert_eq!(retained.keep(&message, 10, 100, now_ms), Ok(()));
        }
        assert_eq!(topics(&retained, "#", 0), ["a", "b"]);
        let found =
            retained.get("a", 2).map(|(message, since_ms)| (&message.payload[..], since_ms));
        assert_eq!(found, Some((&b"2"[..], 2)));
        assert_eq!(retained.keep(&Message::new("a", "").into(), 10, 100, 0), Ok(()));
        assert_eq!(topics(&retained, "#", 0), ["b"]);
        assert_eq!(retained.bytes, 2);
    }

    #[test]
    fn what_does_not_fit_changes_nothing_and_what_is_over_takes_no_room() {
        let mut retained = Retained::default();
        let short = Message { expires_at_ms: Some(1000), ..Message::new("a", "1") };
        assert_eq!(retained.keep(&short.into(), 2, 100, 0), Ok(()));
        assert_eq!(retained.keep(&Message::new("b", "1").into(), 2, 100, 0), Ok(()));
        let third = Arc::new(Message::new("c", "1"));
        assert_eq!(retained.keep(&third, 2, 100, 999), Err(Full));
        assert_eq!(topics(&retained, "+", 999), ["a", "b"]);
        assert_eq!(retained.keep(&third, 2, 100, 1000), Ok(()));
        assert_eq!(topics(&retained, "+", 1000), ["b", "c"]);
        let long = Arc::new(Message::new("b", "12345"));
        assert_eq!(retained.keep(&long, 2, 7, 1000), Err(Full));
        assert_eq!(retained.keep(&long, 2, 8, 1000), Ok(()));
    }
}
