//! The cloud-to-device queue of one device, as pure data.
//!
//! A message is enqueued, becomes invisible (locked) when it is delivered, and then is completed, goes
//! back, or is dead-lettered. Nothing here knows connections beyond their number, rules or the clock.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::{feedback::Outcome, input::ConnId, time::Time};

/// Messages that a queue holds, locked ones included (HUB-OPEN-045).
pub const DEPTH: usize = 50;

/// Seconds that a delivered message stays locked (HUB-OPEN-047).
pub const LOCK_S: u64 = 60;

/// Which outcomes the sender wants to hear of (`iothub-ack`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ack {
    #[default]
    None,
    Positive,
    Negative,
    Full,
}

impl Ack {
    /// As the property bag spells it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Full => "full",
        }
    }

    /// Whether the sender hears of this outcome.
    pub const fn wants(self, outcome: Outcome) -> bool {
        match self {
            Self::None => false,
            Self::Positive => matches!(outcome, Outcome::Success),
            Self::Negative => !matches!(outcome, Outcome::Success),
            Self::Full => true,
        }
    }
}

/// A message's place in its life: enqueued, invisible, or gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Enqueued,
    /// Locked for a connection until the lock lapses.
    Invisible {
        until: Time,
        conn: ConnId,
    },
}

/// One message to a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Counts from 1 for each device; given by [`Queue::put`].
    pub sequence_number: u64,
    pub message_id: String,
    /// The sender named none, so the hub made one.
    pub message_id_is_generated: bool,
    pub correlation_id: Option<String>,
    pub user_id: Option<String>,
    pub content_type: Option<String>,
    pub content_encoding: Option<String>,
    /// As the sender gave it, for the property bag.
    pub expiry_as_given: Option<String>,
    pub expires_at: Time,
    pub enqueued_at: Time,
    pub ack: Ack,
    pub properties: Vec<(String, Option<String>)>,
    pub body: bytes::Bytes,
    pub state: State,
    /// Deliveries that ended without completion.
    pub delivery_count: u32,
    /// The packet id of its first delivery at QoS 1, which a later one takes again when it can.
    pub packet_id: Option<u16>,
}

impl Message {
    /// Whether the sender set any property, of the system or of the application.
    pub const fn has_properties(&self) -> bool {
        !self.message_id_is_generated
            || self.correlation_id.is_some()
            || self.user_id.is_some()
            || self.content_type.is_some()
            || self.content_encoding.is_some()
            || self.expiry_as_given.is_some()
            || !self.properties.is_empty()
    }
}

/// Messages in order of arrival. One that goes back keeps its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Queue {
    pub messages: VecDeque<Message>,
    /// The sequence number of the newest message ever put in.
    pub last_sequence_number: u64,
}

/// When a message that was not completed is given up instead of going back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub now: Time,
    /// Whether lifetimes end at all.
    pub expires: bool,
    /// Deliveries that a message gets.
    pub max_delivery_count: u32,
}

/// What became of a lock that ended without completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Released {
    /// There was no such lock.
    NotLocked,
    /// The message is enqueued again, in its old place.
    Enqueued,
    /// The message is dead-lettered.
    DeadLettered(Box<Message>, Outcome),
}

impl Queue {
    /// Whether one more message fits.
    pub fn has_room(&self) -> bool {
        self.messages.len() < DEPTH
    }

    /// Adds a message at the end and numbers it. Room is the caller's question.
    pub fn put(&mut self, message: Message) -> u64 {
        self.last_sequence_number += 1;
        let sequence_number = self.last_sequence_number;
        self.messages.push_back(Message { sequence_number, ..message });
        sequence_number
    }

    /// The message of this number, if it is still here.
    pub fn get(&self, sequence_number: u64) -> Option<&Message> {
        self.position(sequence_number).and_then(|at| self.messages.get(at))
    }

    /// Numbers of the enqueued messages from `first` on, in order.
    pub fn deliverable(&self, first: u64) -> Vec<u64> {
        self.messages
            .iter()
            .filter(|m| m.state == State::Enqueued && m.sequence_number >= first)
            .map(|m| m.sequence_number)
            .collect()
    }

    /// Locks an enqueued message for a connection.
    pub fn lock(&mut self, number: u64, conn: ConnId, until: Time, packet_id: Option<u16>) {
        if let Some(message) = self.get_mut(number)
            && message.state == State::Enqueued
        {
            message.state = State::Invisible { until, conn };
            message.packet_id = packet_id.or(message.packet_id);
        }
    }

    /// Removes a message that this connection holds the lock on; `None` when the lock is lost.
    pub fn complete(&mut self, number: u64, conn: ConnId) -> Option<Message> {
        let at = self.position(number)?;
        match self.messages.get(at)?.state {
            State::Invisible { conn: holder, .. } if holder == conn => self.messages.remove(at),
            _ => None,
        }
    }

    /// The connection that holds the lock ended. `counts` is whether that raises the delivery count.
    pub fn abandon(&mut self, number: u64, conn: ConnId, counts: bool, limits: Limits) -> Released {
        let held = |state| matches!(state, State::Invisible { conn: holder, .. } if holder == conn);
        self.release(number, held, counts, limits)
    }

    /// The lock's time is over. `counts` is whether that raises the delivery count.
    pub fn lapse(&mut self, number: u64, counts: bool, limits: Limits) -> Released {
        let over = |state| matches!(state, State::Invisible { until, .. } if until <= limits.now);
        self.release(number, over, counts, limits)
    }

    /// Removes an enqueued message whose lifetime is over. A locked one may still be completed; it is
    /// looked at again when its lock ends.
    pub fn expire(&mut self, number: u64, now: Time) -> Option<Message> {
        let at = self.position(number)?;
        let message = self.messages.get(at)?;
        let is_over = message.state == State::Enqueued && message.expires_at <= now;
        if is_over { self.messages.remove(at) } else { None }
    }

    /// Removes every message, locked ones included.
    pub fn purge(&mut self) -> Vec<Message> {
        self.messages.drain(..).collect()
    }

    fn release(
        &mut self,
        number: u64,
        is_due: impl Fn(State) -> bool,
        counts: bool,
        limits: Limits,
    ) -> Released {
        let Some(at) = self.position(number) else { return Released::NotLocked };
        let Some(message) = self.messages.get_mut(at) else { return Released::NotLocked };
        if !is_due(message.state) {
            return Released::NotLocked;
        }
        message.state = State::Enqueued;
        message.delivery_count += u32::from(counts);
        let outcome = if counts && message.delivery_count >= limits.max_delivery_count {
            Outcome::DeliveryCountExceeded
        } else if limits.expires && message.expires_at <= limits.now {
            Outcome::Expired
        } else {
            return Released::Enqueued;
        };
        match self.messages.remove(at) {
            Some(message) => Released::DeadLettered(Box::new(message), outcome),
            None => Released::NotLocked,
        }
    }

    fn get_mut(&mut self, number: u64) -> Option<&mut Message> {
        self.position(number).and_then(|at| self.messages.get_mut(at))
    }

    /// Numbers only grow from front to back.
    fn position(&self, number: u64) -> Option<usize> {
        self.messages.binary_search_by_key(&number, |message| message.sequence_number).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINE: ConnId = ConnId(1);
    const OTHER: ConnId = ConnId(2);

    fn message() -> Message {
        Message {
            sequence_number: 0,
            message_id: "m".to_owned(),
            message_id_is_generated: true,
            correlation_id: None,
            user_id: None,
            content_type: None,
            content_encoding: None,
            expiry_as_given: None,
            expires_at: Time::from_s(100),
            enqueued_at: Time::from_s(0),
            ack: Ack::None,
            properties: Vec::new(),
            body: bytes::Bytes::new(),
            state: State::Enqueued,
            delivery_count: 0,
            packet_id: None,
        }
    }

    fn queue(size: usize) -> Queue {
        let mut queue = Queue::default();
        for _ in 0..size {
            queue.put(message());
        }
        queue
    }

    const fn at(now_s: u64) -> Limits {
        Limits { now: Time::from_s(now_s), expires: true, max_delivery_count: 3 }
    }

    /// A queue of one message, locked by `MINE` until second 60.
    fn locked(delivery_count: u32) -> Queue {
        let mut queue = Queue::default();
        queue.put(Message { delivery_count, ..message() });
        queue.lock(1, MINE, Time::from_s(60), Some(7));
        queue
    }

    fn name(released: &Released) -> &'static str {
        match released {
            Released::NotLocked => "not locked",
            Released::Enqueued => "enqueued",
            Released::DeadLettered(_, Outcome::DeliveryCountExceeded) => "exceeded",
            Released::DeadLettered(_, Outcome::Expired) => "expired",
            Released::DeadLettered(..) => "dead-lettered otherwise",
        }
    }

    #[test]
    fn the_outcomes_that_a_sender_wants() {
        use Outcome::{DeliveryCountExceeded, Expired, Purged, Rejected, Success};
        for (ack, wanted) in [
            (Ack::None, vec![]),
            (Ack::Positive, vec![Success]),
            (Ack::Negative, vec![Expired, DeliveryCountExceeded, Rejected, Purged]),
            (Ack::Full, vec![Success, Expired, DeliveryCountExceeded, Rejected, Purged]),
        ] {
            let all = [Success, Expired, DeliveryCountExceeded, Rejected, Purged];
            let heard: Vec<Outcome> = all.into_iter().filter(|o| ack.wants(*o)).collect();
            assert_eq!(heard, wanted, "{}", ack.as_str());
        }
    }

    #[test]
    fn fifty_messages_fit_and_locked_ones_count() {
        let mut queue = queue(DEPTH - 1);
        queue.lock(1, MINE, Time::from_s(60), None);
        assert!(queue.has_room());
        assert_eq!(queue.put(message()), 50);
        assert!(!queue.has_room());
    }

    #[test]
    fn what_is_deliverable() {
        let mut queue = queue(4);
        queue.lock(2, MINE, Time::from_s(60), None);
        for (first, expected) in [(0, vec![1, 3, 4]), (3, vec![3, 4]), (5, vec![])] {
            assert_eq!(queue.deliverable(first), expected, "{first}");
        }
    }

    #[test]
    fn only_the_holder_of_the_lock_completes() {
        for (number, conn, completes) in [(1, MINE, true), (1, OTHER, false), (9, MINE, false)] {
            let mut queue = locked(0);
            assert_eq!(queue.complete(number, conn).is_some(), completes, "{number} {conn}");
            assert_eq!(queue.messages.is_empty(), completes);
        }
        assert_eq!(queue(1).complete(1, MINE), None, "no lock");
        let mut lapsed = locked(0);
        lapsed.lapse(1, false, at(60));
        assert_eq!(lapsed.complete(1, MINE), None, "lock lost");
    }

    #[test]
    fn a_connection_that_ends() {
        for (conn, before, now_s, becomes, after) in [
            (MINE, 0, 10, "enqueued", Some(1)),
            (MINE, 1, 10, "enqueued", Some(2)),
            (MINE, 2, 10, "exceeded", None),
            (MINE, 0, 100, "expired", None),
            (MINE, 2, 100, "exceeded", None),
            (OTHER, 0, 10, "not locked", Some(0)),
        ] {
            let mut queue = locked(before);
            let released = queue.abandon(1, conn, true, at(now_s));
            assert_eq!(name(&released), becomes, "{conn} {before} {now_s}");
            assert_eq!(queue.get(1).map(|m| m.delivery_count), after, "{conn} {before} {now_s}");
        }
    }

    #[test]
    fn a_lock_that_lapses_does_not_count() {
        for (before, now_s, becomes, after) in [
            (0, 59, "not locked", Some(0)),
            (0, 60, "enqueued", Some(0)),
            (2, 60, "enqueued", Some(2)),
            (0, 100, "expired", None),
        ] {
            let mut queue = locked(before);
            let released = queue.lapse(1, false, at(now_s));
            assert_eq!(name(&released), becomes, "{before} {now_s}");
            assert_eq!(queue.get(1).map(|m| m.delivery_count), after, "{before} {now_s}");
        }
    }

    #[test]
    fn what_goes_back_keeps_its_place_and_its_packet_id() {
        let mut queue = queue(3);
        queue.lock(1, MINE, Time::from_s(60), Some(7));
        queue.lock(2, MINE, Time::from_s(60), Some(8));
        queue.abandon(2, MINE, true, at(10));
        queue.abandon(1, MINE, true, at(10));
        assert_eq!(queue.deliverable(0), [1, 2, 3]);
        assert_eq!(queue.get(1).and_then(|m| m.packet_id), Some(7));
    }

    #[test]
    fn a_lifetime_ends_unless_the_message_is_locked() {
        for (is_locked, now_s, expires) in
            [(false, 99, false), (false, 100, true), (true, 100, false)]
        {
            let mut queue = queue(1);
            if is_locked {
                queue.lock(1, MINE, Time::from_s(150), None);
            }
            assert_eq!(queue.expire(1, Time::from_s(now_s)).is_some(), expires, "{now_s}");
        }
    }

    #[test]
    fn a_purge_takes_everything_and_numbers_go_on() {
        let mut queue = queue(2);
        queue.lock(1, MINE, Time::from_s(60), None);
        assert_eq!(queue.purge().len(), 2);
        assert_eq!(queue.put(message()), 3);
    }

    #[test]
    fn the_property_that_makes_a_message_one_with_properties() {
        let some = || Some("x".to_owned());
        assert!(!message().has_properties());
        for with in [
            Message { message_id_is_generated: false, ..message() },
            Message { correlation_id: some(), ..message() },
            Message { user_id: some(), ..message() },
            Message { content_type: some(), ..message() },
            Message { content_encoding: some(), ..message() },
            Message { expiry_as_given: some(), ..message() },
            Message { properties: vec![("a".to_owned(), None)], ..message() },
        ] {
            assert!(with.has_properties(), "{with:?}");
        }
    }
}
