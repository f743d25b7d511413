//! A session: what a broker keeps of one client identifier, connected or not.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use wire::Qos;

use crate::{Message, Target};

/// The state of one session: MQTT 3.1.1 and 5, section 4.1.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Session {
    /// Whose it is, by the name that authentication found.
    pub owner: Arc<str>,
    /// How long it outlives its connection; `u32::MAX` is for ever.
    pub expiry_interval_s: u32,
    /// Since when it has had no connection.
    pub offline_since_ms: Option<u64>,
    pub(crate) subscriptions: BTreeMap<Box<str>, Options>,
    /// At QoS 1, and not sent yet.
    queue: VecDeque<Waiting>,
    /// Sent and not acknowledged, in the order of sending.
    in_flight: VecDeque<UnderWay>,
    last_packet_id: u16,
}

/// What a client wants of a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The QoS that was granted.
    pub qos: Qos,
    pub no_local: bool,
    pub retain_as_published: bool,
    /// It asks for more than its client may have: each message is looked at once more.
    pub is_wide: bool,
    /// The Subscription Identifier.
    pub identifier: Option<u32>,
}

/// How much may be sent and not acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub messages: usize,
    /// One message may always be under way, however large it is.
    pub bytes: usize,
    /// Which of the messages that wait goes next.
    pub turn: Turn,
}

/// Which of the messages that wait goes next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// The first, and none before it.
    #[default]
    First,
    /// The first of its topic: where it is too large, a smaller one of another topic overtakes it.
    FirstOfItsTopic,
    /// The last.
    Last,
}

impl Default for Window {
    fn default() -> Self {
        Self { messages: usize::from(u16::MAX), bytes: usize::MAX, turn: Turn::First }
    }
}

/// How much a session may hold that is not acknowledged, sent or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub messages: usize,
    pub bytes: usize,
}

/// A message as it goes to one client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// At QoS 1 only.
    pub packet_id: Option<u16>,
    /// Whether it was sent before, on an earlier connection.
    pub dup: bool,
    pub qos: Qos,
    pub retain: bool,
    /// Of the subscriptions that it comes by.
    pub identifiers: Vec<u32>,
    pub message: Arc<Message>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    message: Arc<Message>,
    retain: bool,
    identifiers: Vec<u32>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct UnderWay {
    packet_id: u16,
    waiting: Waiting,
    /// On the connection of now.
    is_sent: bool,
    sent_at_ms: u64,
}

/// Where the next message is.
enum Next {
    Again(usize),
    Queued(usize),
}

impl Session {
    /// A session of nothing, connected.
    pub(crate) fn of(owner: &str) -> Self {
        Self { owner: owner.into(), ..Self::default() }
    }

    /// Takes a message. At QoS 0 it is to be sent now or never, and given back for that; at QoS 1 it is
    /// kept until [`Session::acknowledge`].
    pub fn offer(&mut self, message: Arc<Message>, target: &Target) -> Option<Delivery> {
        let retain = target.is_retained || target.retain_as_published && message.retain;
        let identifiers = target.identifiers.clone();
        if target.qos == Qos::AtMostOnce {
            return Some(Delivery {
                packet_id: None,
                dup: false,
                qos: target.qos,
                retain,
                identifiers,
                message,
            });
        }
        self.queue.push_back(Waiting { message, retain, identifiers });
        None
    }

    /// The next message that the window lets out: first what an earlier connection left unacknowledged,
    /// then what waits. What has expired while it waited is dropped.
    pub fn next(&mut self, now_ms: u64, window: Window) -> Option<Delivery> {
        match self.find(now_ms, window)? {
            Next::Again(index) => {
                let again = self.in_flight.get_mut(index)?;
                (again.is_sent, again.sent_at_ms) = (true, now_ms);
                Some(again.delivery(true))
            }
            Next::Queued(index) => {
                let packet_id = self.free_packet_id()?;
                let waiting = self.queue.remove(index)?;
                let under_way = UnderWay { packet_id, waiting, is_sent: true, sent_at_ms: now_ms };
                let delivery = under_way.delivery(false);
                self.in_flight.push_back(under_way);
                Some(delivery)
            }
        }
    }

    /// What [`Session::next`] would give.
    pub fn peek(&mut self, now_ms: u64, window: Window) -> Option<&Message> {
        match self.find(now_ms, window)? {
            Next::Again(index) => self.in_flight.get(index).map(|it| &*it.waiting.message),
            Next::Queued(index) => self.queue.get(index).map(|it| &*it.message),
        }
    }

    fn find(&mut self, now_ms: u64, window: Window) -> Option<Next> {
        self.expire(now_ms);
        let under_way = self.in_flight.iter().filter(|it| it.is_sent);
        let (messages, bytes) = under_way.fold((0, 0), |(messages, bytes), it| {
            (messages + 1, bytes + it.waiting.message.bytes())
        });
        let fits = |waiting: &Waiting| {
            let with_it = bytes.saturating_add(waiting.message.bytes());
            messages < window.messages && (messages == 0 || with_it <= window.bytes)
        };
        if let Some(index) = self.in_flight.iter().position(|it| !it.is_sent) {
            return fits(&self.in_flight[index].waiting).then_some(Next::Again(index));
        }
        let index = match window.turn {
            Turn::First => 0,
            Turn::Last => self.queue.len().checked_sub(1)?,
            Turn::FirstOfItsTopic => {
                let is_next = |(index, it): (usize, &Waiting)| {
                    let mut before = self.queue.iter().take(index);
                    fits(it) && before.all(|other| other.message.topic != it.message.topic)
                };
                // When nothing fits by number there is nothing to look for.
                if messages >= window.messages {
                    return None;
                }
                (0..self.queue.len()).find(|&index| is_next((index, &self.queue[index])))?
            }
        };
        self.queue.get(index).is_some_and(fits).then_some(Next::Queued(index))
    }

    /// Whether messages wait that were not sent yet.
    pub fn has_waiting(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Since when the client of now owes an acknowledgement.
    pub fn owes_since_ms(&self) -> Option<u64> {
        self.in_flight.iter().filter(|it| it.is_sent).map(|it| it.sent_at_ms).min()
    }

    /// Its client has this message; gives it back, when there was one of this packet identifier.
    pub fn acknowledge(&mut self, packet_id: u16) -> Option<Arc<Message>> {
        let found = |it: &UnderWay| it.packet_id == packet_id && it.is_sent;
        let index = self.in_flight.iter().position(found)?;
        self.in_flight.remove(index).map(|it| it.waiting.message)
    }

    /// It has a connection: what was sent and not acknowledged on the last one is to be sent again.
    pub fn resume(&mut self) {
        self.offline_since_ms = None;
        self.in_flight.iter_mut().for_each(|it| it.is_sent = false);
    }

    /// It has no connection any more.
    pub const fn leave(&mut self, now_ms: u64) {
        self.offline_since_ms = Some(now_ms);
    }

    /// Whether it has a connection.
    pub const fn is_connected(&self) -> bool {
        self.offline_since_ms.is_none()
    }

    /// When it is over; never, while it is connected or for ever.
    pub fn expires_at_ms(&self) -> Option<u64> {
        if self.expiry_interval_s == u32::MAX {
            return None;
        }
        Some(self.offline_since_ms?.saturating_add(u64::from(self.expiry_interval_s) * 1000))
    }

    /// Whether what is not acknowledged would exceed this with another message.
    pub fn overflows(&mut self, more: &Message, room: Room, now_ms: u64) -> bool {
        self.expire(now_ms);
        self.unacknowledged_count() + 1 > room.messages
            || self.unacknowledged_bytes() + more.bytes() > room.bytes
    }

    /// Messages at QoS 1 that are not acknowledged, sent or not.
    pub fn unacknowledged_count(&self) -> usize {
        self.queue.len() + self.in_flight.len()
    }

    /// Their bytes.
    pub fn unacknowledged_bytes(&self) -> usize {
        let waiting = self.queue.iter().chain(self.in_flight.iter().map(|it| &it.waiting));
        waiting.map(|it| it.message.bytes()).sum()
    }

    /// Its topic filters, in order, with what was asked and granted.
    pub fn subscriptions(&self) -> impl ExactSizeIterator<Item = (&str, &Options)> {
        self.subscriptions.iter().map(|(filter, options)| (&**filter, options))
    }

    /// Whether it has this topic filter.
    pub fn subscribes(&self, filter: &str) -> bool {
        self.subscriptions.contains_key(filter)
    }

    /// Drops what waits and was never sent.
    pub fn forget_waiting(&mut self) {
        self.queue.clear();
    }

    /// Drops what was sent and not acknowledged.
    pub fn forget_under_way(&mut self) {
        self.in_flight.clear();
    }

    /// Drops what has expired while it waited.
    pub fn expire(&mut self, now_ms: u64) {
        self.queue.retain(|it| !it.message.is_expired(now_ms));
    }

    /// A packet identifier that is not under way; none when all are.
    fn free_packet_id(&mut self) -> Option<u16> {
        for _ in 0..u16::MAX {
            self.last_packet_id = self.last_packet_id.checked_add(1).unwrap_or(1);
            if !self.in_flight.iter().any(|it| it.packet_id == self.last_packet_id) {
                return Some(self.last_packet_id);
            }
        }
        None
    }
}

impl UnderWay {
    fn delivery(&self, dup: bool) -> Delivery {
        let Waiting { message, retain, identifiers } = self.waiting.clone();
        let (packet_id, qos) = (Some(self.packet_id), Qos::AtLeastOnce);
        Delivery { packet_id, dup, qos, retain, identifiers, message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at_qos_1() -> Target {
        Target { qos: Qos::AtLeastOnce, ..Target::of("s") }
    }

    fn offered(payloads: &[&'static str]) -> Session {
        let mut session = Session::default();
        for payload in payloads {
            assert_eq!(session.offer(Message::new("t", *payload).into(), &at_qos_1()), None);
        }
        session
    }

    /// Packet identifier, payload, DUP.
    fn said(delivery: Option<Delivery>) -> Option<(u16, String, bool)> {
        let delivery = delivery?;
        let payload = String::from_utf8_lossy(&delivery.message.payload).into_owned();
        Some((delivery.packet_id.unwrap_or(0), payload, delivery.dup))
    }

    fn all(session: &mut Session, window: Window) -> Vec<(u16, String, bool)> {
        std::iter::from_fn(|| said(session.next(0, window))).collect()
    }

    fn once(id: u16, payload: &str) -> (u16, String, bool) {
        (id, payload.to_owned(), false)
    }

    fn again(id: u16, payload: &str) -> (u16, String, bool) {
        (id, payload.to_owned(), true)
    }

    #[test]
    fn the_window_lets_out_so_many_and_an_acknowledgement_the_next() {
        let mut session = offered(&["1", "2", "3", "4"]);
        let window = Window { messages: 2, ..Window::default() };
        assert_eq!(all(&mut session, window), [once(1, "1"), once(2, "2")]);
        assert!(session.acknowledge(7).is_none());
        assert!(session.acknowledge(2).is_some());
        assert!(session.acknowledge(2).is_none());
        assert_eq!(all(&mut session, window), [once(3, "3")]);
        assert_eq!(session.unacknowledged_count(), 3);
    }

    #[test]
    fn bytes_under_way_are_bounded_but_for_one_message() {
        let mut session = offered(&["12345", "1", "1"]);
        let window = Window { bytes: 4, ..Window::default() };
        assert_eq!(all(&mut session, window), [once(1, "12345")]);
        assert!(session.acknowledge(1).is_some());
        assert_eq!(all(&mut session, window), [once(2, "1"), once(3, "1")]);
    }

    #[test]
    fn where_one_is_too_large_another_topic_overtakes_it_and_its_own_does_not() {
        for (turn, expected) in [
            (Turn::First, vec!["a1"]),
            (Turn::FirstOfItsTopic, vec!["a1", "b1", "b2"]),
            (Turn::Last, vec!["b2", "a3", "b1"]),
        ] {
            let mut session = Session::default();
            for (topic, payload) in
                [("a", "a1"), ("a", "a2 is too large"), ("b", "b1"), ("a", "a3"), ("b", "b2")]
            {
                session.offer(Message::new(topic, payload).into(), &at_qos_1());
            }
            let window = Window { bytes: 10, turn, ..Window::default() };
            let out: Vec<String> = all(&mut session, window).into_iter().map(|it| it.1).collect();
            assert_eq!(out, expected, "{turn:?}");
        }
    }

    #[test]
    fn it_knows_since_when_an_acknowledgement_is_owed() {
        let mut session = offered(&["1", "2"]);
        assert_eq!((session.owes_since_ms(), session.has_waiting()), (None, true));
        assert!(session.next(10, Window::default()).is_some());
        assert!(session.next(20, Window::default()).is_some());
        assert_eq!((session.owes_since_ms(), session.has_waiting()), (Some(10), false));
        session.acknowledge(1);
        assert_eq!(session.owes_since_ms(), Some(20));
        session.resume();
        assert_eq!(session.owes_since_ms(), None, "this connection has had nothing");
    }

    #[test]
    fn a_new_connection_gets_what_the_last_one_did_not_acknowledge_first_and_in_order() {
        let mut session = offered(&["1", "2", "3"]);
        let window = Window { messages: 2, ..Window::default() };
        assert_eq!(all(&mut session, window).len(), 2);
        session.leave(1000);
        session.resume();
        assert!(session.acknowledge(1).is_none(), "not sent on this connection");
        assert_eq!(all(&mut session, window), [again(1, "1"), again(2, "2")]);
        assert!(session.acknowledge(1).is_some());
        assert_eq!(all(&mut session, window), [once(3, "3")]);
    }

    #[test]
    fn what_waits_and_what_is_under_way_are_forgotten_apart() {
        let one = Window { messages: 1, ..Window::default() };
        for (forgets_waiting, left) in [(true, vec![again(1, "1")]), (false, vec![once(2, "2")])] {
            let mut session = offered(&["1", "2"]);
            assert_eq!(all(&mut session, one), [once(1, "1")]);
            session.resume();
            if forgets_waiting {
                session.forget_waiting();
            } else {
                session.forget_under_way();
            }
            assert_eq!(all(&mut session, Window::default()), left);
        }
    }

    #[test]
    fn packet_identifiers_go_round_and_avoid_those_under_way() {
        let mut session = offered(&["stays"]);
        assert_eq!(all(&mut session, Window::default()), [once(1, "stays")]);
        session.last_packet_id = u16::MAX - 1;
        for (payload, id) in [("a", u16::MAX), ("b", 2), ("c", 3)] {
            session.offer(Message::new("t", payload).into(), &at_qos_1());
            assert_eq!(all(&mut session, Window::default()), [once(id, payload)]);
        }
    }

    #[test]
    fn what_expires_while_it_waits_is_dropped_and_what_is_under_way_is_not() {
        let mut session = Session::default();
        for (payload, expires_at_ms) in [("1", Some(10)), ("2", Some(10)), ("3", None)] {
            let message = Message { expires_at_ms, ..Message::new("t", payload) };
            session.offer(message.into(), &at_qos_1());
        }
        let one = Window { messages: 1, ..Window::default() };
        assert_eq!(said(session.next(9, one)), Some(once(1, "1")));
        session.resume();
        assert_eq!(said(session.next(10, one)), Some(again(1, "1")));
        session.acknowledge(1);
        assert_eq!(said(session.next(10, one)), Some(once(2, "3")));
    }

    #[test]
    fn messages_at_qos_0_are_now_or_never() {
        let mut session = Session::default();
        let retained = Message { retain: true, ..Message::new("t", "x") };
        for (retain_as_published, is_retained, retain) in
            [(false, false, false), (true, false, true), (false, true, true)]
        {
            let target = Target { retain_as_published, is_retained, ..Target::of("s") };
            let delivery = session.offer(retained.clone().into(), &target).expect("at once");
            assert_eq!((delivery.packet_id, delivery.retain), (None, retain));
        }
        assert_eq!(session.unacknowledged_count(), 0);
    }

    #[test]
    fn a_session_overflows_by_messages_or_by_bytes() {
        let mut session = offered(&["123", "123"]);
        let more = Message::new("t", "123");
        for (messages, bytes, overflows) in
            [(3, 12, false), (2, 12, true), (3, 11, true), (0, 0, true)]
        {
            let room = Room { messages, bytes };
            assert_eq!(session.overflows(&more, room, 0), overflows, "{messages} {bytes}");
        }
    }

    #[test]
    fn it_is_over_so_long_after_its_connection() {
        for (expiry_interval_s, offline_since_ms, end_ms) in [
            (60, None, None),
            (60, Some(1000), Some(61_000)),
            (0, Some(1000), Some(1000)),
            (u32::MAX, Some(1000), None),
        ] {
            let session = Session { expiry_interval_s, offline_since_ms, ..Session::default() };
            assert_eq!(session.expires_at_ms(), end_ms);
        }
    }
}
