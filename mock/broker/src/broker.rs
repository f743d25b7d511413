//! Sessions by name, their subscriptions in one tree, and the retained messages.

use std::{collections::BTreeMap, sync::Arc};

use wire::Qos;

use crate::{Message, Options, Retained, Session, Trie};

/// All sessions of one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Broker {
    sessions: BTreeMap<Arc<str>, Session>,
    subscriptions: Trie<(Arc<str>, Arc<str>), Options>,
    /// Those of several sessions together, by the whole filter first: `$share/group/filter`.
    shared: Trie<(Arc<str>, Arc<str>), Options>,
    pub retained: Retained,
}

/// What a session with several subscriptions gets that cover one topic [MQTT-3.3.4-2].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copies {
    /// One copy at the highest QoS of them.
    #[default]
    One,
    /// One copy for each.
    Each,
}

/// A session that a message is to go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub session: Arc<str>,
    /// The lower one of what was published and what was granted.
    pub qos: Qos,
    pub retain_as_published: bool,
    /// Whether it was kept for new subscribers and is sent to one.
    pub is_retained: bool,
    /// Whether only filters match that are wider than what the client may have.
    pub is_wide: bool,
    /// The Subscription Identifiers of the filters that match.
    pub identifiers: Vec<u32>,
}

impl Target {
    /// A session that gets a message at QoS 0.
    pub fn of(session: &str) -> Self {
        Self {
            session: session.into(),
            qos: Qos::AtMostOnce,
            retain_as_published: false,
            is_retained: false,
            is_wide: false,
            identifiers: Vec::new(),
        }
    }
}

impl Broker {
    /// A session of nothing, instead of one that had this name. It counts as connected.
    pub fn begin(&mut self, name: &str, owner: &str) -> &mut Session {
        self.end(name);
        self.sessions.entry(name.into()).insert_entry(Session::of(owner)).into_mut()
    }

    /// Ends a session, with its subscriptions and all that it holds.
    pub fn end(&mut self, name: &str) -> Option<Session> {
        let (name, session) = self.sessions.remove_entry(name)?;
        for filter in session.subscriptions.keys() {
            match shared(filter) {
                Some(below) => self.shared.remove(below, &key(filter, &name)),
                None => self.subscriptions.remove(filter, &key(&name, filter)),
            };
        }
        Some(session)
    }

    pub fn session(&self, name: &str) -> Option<&Session> {
        self.sessions.get(name)
    }

    pub fn session_mut(&mut self, name: &str) -> Option<&mut Session> {
        self.sessions.get_mut(name)
    }

    /// A session with its name as it is kept.
    pub fn session_entry(&mut self, name: &str) -> Option<(Arc<str>, &mut Session)> {
        let (name, _) = self.sessions.get_key_value(name)?;
        let name = name.clone();
        let session = self.sessions.get_mut(&name)?;
        Some((name, session))
    }

    /// All sessions, in the order of their names.
    pub fn sessions(&self) -> impl ExactSizeIterator<Item = (&Arc<str>, &Session)> {
        self.sessions.iter()
    }

    /// How many subscriptions all sessions have together.
    pub const fn subscription_count(&self) -> usize {
        self.subscriptions.len() + self.shared.len()
    }

    /// Subscribes a session that is there to a valid filter; gives the options that this replaces.
    pub fn subscribe(&mut self, name: &str, filter: &str, options: Options) -> Option<Options> {
        let session = self.sessions.get_mut(name)?;
        let replaced = session.subscriptions.insert(filter.into(), options);
        match shared(filter) {
            Some(below) => self.shared.insert(below, key(filter, name), options),
            None => self.subscriptions.insert(filter, key(name, filter), options),
        };
        replaced
    }

    /// Takes a subscription back, if there was one.
    pub fn unsubscribe(&mut self, name: &str, filter: &str) -> Option<Options> {
        let removed = self.sessions.get_mut(name)?.subscriptions.remove(filter)?;
        match shared(filter) {
            Some(below) => self.shared.remove(below, &key(filter, name)),
            None => self.subscriptions.remove(filter, &key(name, filter)),
        };
        Some(removed)
    }

    /// Takes all subscriptions of a session back.
    pub fn unsubscribe_all(&mut self, name: &str) {
        let Some(session) = self.sessions.get_mut(name) else { return };
        for filter in std::mem::take(&mut session.subscriptions).keys() {
            self.subscriptions.remove(filter, &key(name, filter));
        }
    }

    /// Where a message is to go, in the order of the sessions' names.
    pub fn targets(&self, message: &Message, copies: Copies) -> Vec<Target> {
        let mut targets: BTreeMap<(&str, &str), Target> = BTreeMap::new();
        self.subscriptions.visit(&message.topic, |(name, filter), options| {
            if options.no_local && message.publisher.as_ref() == Some(name) {
                return;
            }
            let qos = options.qos.min(message.qos);
            let which = match copies {
                Copies::One => "",
                Copies::Each => filter,
            };
            let target = targets.entry((name, which)).or_insert_with(|| Target {
                session: name.clone(),
                qos,
                retain_as_published: false,
                is_retained: false,
                is_wide: true,
                identifiers: Vec::new(),
            });
            target.qos = target.qos.max(qos);
            target.retain_as_published |= options.retain_as_published;
            target.is_wide &= options.is_wide;
            target.identifiers.extend(options.identifier);
        });
        let mut targets: Vec<Target> = targets.into_values().collect();
        targets.extend(self.shares(message));
        targets
    }

    /// For each shared subscription that covers a message the session that gets it: one that is connected
    /// if any is, and of these the one that owes the fewest acknowledgements.
    fn shares(&self, message: &Message) -> impl Iterator<Item = Target> {
        let mut chosen: BTreeMap<&str, ((bool, usize), Target)> = BTreeMap::new();
        self.shared.visit(&message.topic, |(filter, name), options| {
            let Some(session) = self.sessions.get(name) else { return };
            let burden = (!session.is_connected(), session.unacknowledged_count());
            if chosen.get(&**filter).is_some_and(|(least, _)| *least <= burden) {
                return;
            }
            let target = Target {
                session: name.clone(),
                qos: options.qos.min(message.qos),
                retain_as_published: options.retain_as_published,
                is_retained: false,
                is_wide: options.is_wide,
                identifiers: options.identifier.into_iter().collect(),
            };
            chosen.insert(filter, (burden, target));
        });
        chosen.into_values().map(|(_, target)| target)
    }
}

/// The topic filter of a shared subscription: MQTT 5, 4.8.2.
pub fn shared(filter: &str) -> Option<&str> {
    Some(filter.strip_prefix("$share/")?.split_once('/')?.1)
}

/// A session may have many filters at one place of the tree only by different texts; the filter tells
/// which is which when a topic meets several.
fn key(name: &str, filter: &str) -> (Arc<str>, Arc<str>) {
    (name.into(), filter.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(qos: Qos) -> Options {
        Options { qos, ..Options::default() }
    }

    /// `session:qos` of every target.
    fn targets(broker: &Broker, message: &Message, copies: Copies) -> Vec<String> {
        let targets = broker.targets(message, copies);
        targets.iter().map(|it| format!("{}:{}", it.session, it.qos.level())).collect()
    }

    fn two_sessions() -> Broker {
        let mut broker = Broker::default();
        broker.begin("a", "alice");
        broker.begin("b", "bob");
        broker.subscribe("a", "t/#", options(Qos::AtMostOnce));
        broker.subscribe("a", "t/+", options(Qos::AtLeastOnce));
        broker.subscribe("b", "t/x", options(Qos::AtLeastOnce));
        broker
    }

    #[test]
    fn the_lower_qos_counts_and_overlaps_come_once_or_each() {
        let broker = two_sessions();
        for (topic, qos, copies, expected) in [
            ("t/x", Qos::AtLeastOnce, Copies::One, vec!["a:1", "b:1"]),
            ("t/x", Qos::AtMostOnce, Copies::One, vec!["a:0", "b:0"]),
            ("t/x", Qos::AtLeastOnce, Copies::Each, vec!["a:0", "a:1", "b:1"]),
            ("t/x/y", Qos::AtLeastOnce, Copies::One, vec!["a:0"]),
            ("u", Qos::AtLeastOnce, Copies::One, vec![]),
        ] {
            assert_eq!(
                targets(&broker, &Message::new(topic, "").at(qos), copies),
                expected,
                "{topic}"
            );
        }
    }

    #[test]
    fn no_local_spares_the_publisher_alone() {
        let mut broker = two_sessions();
        broker.subscribe("b", "t/x", Options { no_local: true, ..Options::default() });
        let mut message = Message::new("t/x", "");
        assert_eq!(targets(&broker, &message, Copies::One), ["a:0", "b:0"]);
        message.publisher = Some("b".into());
        assert_eq!(targets(&broker, &message, Copies::One), ["a:0"]);
    }

    #[test]
    fn of_those_who_share_a_subscription_the_least_burdened_who_is_there_gets_a_message() {
        let mut broker = Broker::default();
        for name in ["a", "b", "c"] {
            broker.begin(name, name);
            broker.subscribe(name, "$share/g/t/+", options(Qos::AtLeastOnce));
        }
        broker.subscribe("c", "$share/h/t/+", options(Qos::AtMostOnce));
        let message = Message::new("t/x", "").at(Qos::AtLeastOnce);
        assert_eq!(targets(&broker, &message, Copies::One), ["a:1", "c:0"]);
        let to = |name| Target { qos: Qos::AtLeastOnce, ..Target::of(name) };
        broker.session_mut("a").unwrap().offer(message.clone().into(), &to("a"));
        assert_eq!(targets(&broker, &message, Copies::One), ["b:1", "c:0"]);
        broker.session_mut("b").unwrap().leave(0);
        broker.unsubscribe("c", "$share/g/t/+");
        assert_eq!(targets(&broker, &message, Copies::One), ["a:1", "c:0"]);
        broker.end("a");
        assert_eq!(targets(&broker, &message, Copies::One), ["b:1", "c:0"]);
        assert_eq!(broker.subscription_count(), 2);
    }

    #[test]
    fn a_session_that_ends_or_begins_anew_has_no_subscriptions() {
        let mut broker = two_sessions();
        assert!(broker.unsubscribe("a", "t/#").is_some());
        assert!(broker.unsubscribe("a", "t/#").is_none());
        broker.begin("a", "alice");
        let message = Message::new("t/x", "");
        assert_eq!(targets(&broker, &message, Copies::One), ["b:0"]);
        broker.subscribe("a", "#", options(Qos::AtMostOnce));
        broker.unsubscribe_all("a");
        broker.unsubscribe_all("nobody");
        assert_eq!(
            (targets(&broker, &message, Copies::One).len(), broker.subscription_count()),
            (1, 1)
        );
        assert_eq!(broker.end("b").map(|session| session.owner), Some("bob".into()));
        assert_eq!(
            (targets(&broker, &message, Copies::One).len(), broker.subscription_count()),
            (0, 0)
        );
        assert!(broker.subscribe("b", "t/x", Options::default()).is_none());
        assert_eq!(broker.subscription_count(), 0);
    }
}
