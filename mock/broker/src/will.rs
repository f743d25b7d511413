//! The message that a connection leaves behind: MQTT 5, 3.1.2.5 and 3.1.3.2.2.

use crate::Message;

/// A will, as CONNECT gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Will {
    pub message: Message,
    pub delay_s: u32,
}

impl Will {
    /// When it is to be published, after its connection ended: after its delay, or when the session ends,
    /// whichever comes first.
    pub fn due_at_ms(&self, ended_at_ms: u64, session_expiry_interval_s: u32) -> u64 {
        let wait_s = u64::from(self.delay_s.min(session_expiry_interval_s));
        ended_at_ms.saturating_add(wait_s * 1000)
    }

    /// The message, whose lifetime begins when it is published.
    pub fn publish(mut self, now_ms: u64) -> Message {
        let lifetime_s = self.message.expiry_interval_s;
        self.message.expires_at_ms = lifetime_s.map(|s| now_ms.saturating_add(u64::from(s) * 1000));
        self.message
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_comes_at_the_end_of_the_delay_or_of_the_session() {
        for (delay_s, session_s, due_ms) in
            [(0, 60, 1000), (30, 60, 31_000), (60, 30, 31_000), (60, 0, 1000), (5, u32::MAX, 6000)]
        {
            let will = Will { message: Message::new("t", "gone"), delay_s };
            assert_eq!(will.due_at_ms(1000, session_s), due_ms, "{delay_s} {session_s}");
        }
    }

    #[test]
    fn its_lifetime_begins_with_its_publication() {
        let message = Message { expiry_interval_s: Some(10), ..Message::new("t", "gone") };
        let published = Will { message, delay_s: 30 }.publish(31_000);
        assert_eq!(published.expires_at_ms, Some(41_000));
    }
}
