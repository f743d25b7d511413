//! The last retained message of each topic.

use std::{collections::BTreeMap, sync::Arc};

use wire::topic;

use crate::Message;

/// Retained messages, by topic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retained {
    by_topic: BTreeMap<Arc<str>, Arc<Message>>,
    bytes: usize,
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
        let replaced = self.by_topic.get(&message.topic).map(|known| known.bytes());
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
            self.by_topic.insert(message.topic.clone(), message.clone());
        }
        Ok(())
    }

    /// Forgets the message of a topic.
    pub fn remove(&mut self, topic: &str) -> Option<Arc<Message>> {
        let removed = self.by_topic.remove(topic)?;
        self.bytes -= removed.bytes();
        Some(removed)
    }

    /// The message of a topic, unless its lifetime is over.
    pub fn get(&self, topic: &str, now_ms: u64) -> Option<&Arc<Message>> {
        self.by_topic.get(topic).filter(|message| !message.is_expired(now_ms))
    }

    /// What a filter covers, unexpired, in the order of topics.
    pub fn covered<'a>(
        &'a self,
        filter: &'a str,
        now_ms: u64,
    ) -> impl Iterator<Item = &'a Arc<Message>> {
        self.by_topic
            .values()
            .filter(move |message| topic::matches(filter, &message.topic))
            .filter(move |message| !message.is_expired(now_ms))
    }

    fn expire(&mut self, now_ms: u64) {
        self.by_topic.retain(|_, message| {
            let stays = !message.is_expired(now_ms);
            if !stays {
                self.bytes -= message.bytes();
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
        for (topic, payload) in [("a", "1"), ("b", "1"), ("a", "2")] {
            let message = Arc::new(Message::new(topic, payload));
            assert_eq!(retained.keep(&message, 10, 100, 0), Ok(()));
        }
        assert_eq!(topics(&retained, "#", 0), ["a", "b"]);
        assert_eq!(retained.get("a", 0).map(|message| &message.payload[..]), Some(&b"2"[..]));
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
