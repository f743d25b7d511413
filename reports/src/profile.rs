//! The client's profile card: what it does on the wire by itself, whatever came of the scenarios.

mod forms;

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use serde::{Deserialize, Serialize};

use self::forms::Identity;
use crate::{
    conversation::{Backoff, BackoffClass, By, Connection, Conversation, Said},
    event::Scenario,
    packet::{self, Topics},
};

/// What was seen of the client over all conversations. Identities, which differ from scenario to scenario,
/// are replaced: `devices/{id}/messages/events/`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// How many scenarios it said something in.
    pub conversations: usize,
    /// How often it opened a connection, sent a CONNECT on it, and was let in.
    pub connections: usize,
    pub connects: usize,
    pub accepted: usize,
    /// The most connections in one scenario.
    pub connections_most: usize,
    /// Of connections: `TLS`, `WebSocket`.
    pub transports: Vec<Seen>,
    /// Of connections: `TLSv1_3`.
    pub tls_versions: Vec<Seen>,
    /// Of connections: the name, or `none`.
    pub sni: Vec<Seen>,
    /// Of connections: how many certificates the client showed.
    pub certificates: Vec<Seen>,
    /// Of CONNECTs: `3.1.1`.
    pub mqtt: Vec<Seen>,
    /// Of CONNECTs: `{id}`, `{id}/{module}`, `empty`; any other as it is.
    pub client_ids: Vec<Seen>,
    /// Of CONNECTs: `{host}/{id}/?api-version=2021-04-12`, or `none`.
    pub usernames: Vec<Seen>,
    /// Of CONNECTs: the date, or `none`.
    pub api_versions: Vec<Seen>,
    /// Of CONNECTs, in seconds.
    pub keep_alive_s: Vec<Seen>,
    /// Of CONNECTs: `clean` or `kept`.
    pub sessions: Vec<Seen>,
    /// Of CONNECTs: `password`, `none`.
    pub passwords: Vec<Seen>,
    /// Of CONNECTs: `will`, `none`.
    pub wills: Vec<Seen>,
    /// Topics that the client published to and filters that it subscribed to and let go, by verb and name.
    pub topics: Vec<TopicSeen>,
    /// Of the client's PUBLISH packets: `0`, `1`, `2`.
    pub publish_qos: Vec<Seen>,
    /// Of the filters in the client's SUBSCRIBE packets.
    pub subscribe_qos: Vec<Seen>,
    /// How many MQTT packets the client sent.
    pub packets: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest: Option<Size>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub smallest: Option<Size>,
    /// The worst class of its back-offs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backoff_class: Option<BackoffClass>,
    pub backoffs: Vec<BackoffSeen>,
}

/// A value and how often it was seen. Lists of them have the commonest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub value: String,
    pub times: usize,
}

/// A topic, or a topic filter, that the client named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicSeen {
    pub verb: TopicVerb,
    pub topic: String,
    /// Which ones, from the least.
    pub qos: Vec<u8>,
    pub times: usize,
}

/// What the client did with a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TopicVerb {
    Publish,
    Subscribe,
    Unsubscribe,
}

/// A packet by its size on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Size {
    pub bytes: usize,
    /// Its line in the conversation.
    pub text: String,
}

/// The back-off of one scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackoffSeen {
    pub path: String,
    pub line: usize,
    pub name: String,
    #[serde(flatten)]
    pub backoff: Backoff,
}

impl Profile {
    /// Sums up the conversations of these scenarios.
    pub fn of<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> Self {
        let (mut profile, mut counts) = (Self::default(), Counts::default());
        let mut heard = BTreeSet::new();
        for scenario in scenarios {
            // What was found besides repeats the conversation in which it was found.
            if !heard.insert((&scenario.path, scenario.line)) {
                continue;
            }
            profile.hear(&scenario.conversation, &mut counts);
            if let Some(backoff) = &scenario.conversation.backoff {
                profile.backoff_class = profile.backoff_class.max(Some(backoff.class));
                profile.backoffs.push(BackoffSeen {
                    path: scenario.path.clone(),
                    line: scenario.line,
                    name: scenario.name.clone(),
                    backoff: backoff.clone(),
                });
            }
        }
        counts.tell(profile)
    }

    fn hear(&mut self, conversation: &Conversation, counts: &mut Counts) {
        if conversation.is_empty() {
            return;
        }
        self.conversations += 1;
        self.connections += conversation.connections.len();
        self.connections_most = self.connections_most.max(conversation.connections.len());
        for connection in &conversation.connections {
            counts.connection(connection);
            self.connects += usize::from(connection.connect.is_some());
            self.accepted += usize::from(connection.connack == Some(0));
        }
        let identities: BTreeMap<u64, Identity> = conversation
            .connections
            .iter()
            .filter_map(|it| Some((it.number, Identity::of(it.connect.as_ref()?))))
            .collect();
        for said in conversation.said.iter().filter(|said| said.by == By::Client) {
            let Some(bytes) = packet::bytes(&said.bytes).filter(|bytes| !bytes.is_empty()) else {
                continue;
            };
            self.packets += 1;
            self.measure(said, bytes.len());
            let nobody = Identity::default();
            counts.packet(&bytes, identities.get(&said.connection).unwrap_or(&nobody));
        }
    }

    fn measure(&mut self, said: &Said, bytes: usize) {
        let size = || Some(Size { bytes, text: said.text.clone() });
        if self.largest.as_ref().is_none_or(|largest| bytes > largest.bytes) {
            self.largest = size();
        }
        if self.smallest.as_ref().is_none_or(|smallest| bytes < smallest.bytes) {
            self.smallest = size();
        }
    }
}

type Count = BTreeMap<String, usize>;

/// What is counted on the way.
#[derive(Default)]
struct Counts {
    transports: Count,
    tls_versions: Count,
    sni: Count,
    certificates: Count,
    mqtt: Count,
    client_ids: Count,
    usernames: Count,
    api_versions: Count,
    keep_alive_s: Count,
    sessions: Count,
    passwords: Count,
    wills: Count,
    publish_qos: Count,
    subscribe_qos: Count,
    topics: BTreeMap<(TopicVerb, String), (BTreeSet<u8>, usize)>,
}

impl Counts {
    fn connection(&mut self, connection: &Connection) {
        const NONE: &str = "none";
        count(&mut self.transports, &connection.transport);
        count(&mut self.tls_versions, &connection.tls_version);
        count(&mut self.sni, connection.sni.as_deref().unwrap_or(NONE));
        count(&mut self.certificates, &connection.certificates.to_string());
        let Some(connect) = &connection.connect else { return };
        let identity = Identity::of(connect);
        let or_none = |is_there: bool, word| if is_there { word } else { NONE };
        count(&mut self.mqtt, &forms::mqtt(connect.level));
        count(&mut self.client_ids, &identity.client_id());
        count(&mut self.usernames, &identity.username().unwrap_or_else(|| NONE.to_owned()));
        count(&mut self.api_versions, identity.api_version().unwrap_or(NONE));
        count(&mut self.keep_alive_s, &connect.keep_alive_s.to_string());
        count(&mut self.sessions, if connect.clean { "clean" } else { "kept" });
        count(&mut self.passwords, or_none(connect.has_password, "password"));
        count(&mut self.wills, or_none(connect.has_will, "will"));
    }

    fn packet(&mut self, bytes: &[u8], identity: &Identity) {
        match packet::topics(bytes) {
            Some(Topics::Publish { topic, qos }) => {
                count(&mut self.publish_qos, &qos.to_string());
                self.topic(TopicVerb::Publish, identity.topic(&topic), Some(qos));
            }
            Some(Topics::Subscribe(filters)) => {
                for (filter, qos) in filters {
                    count(&mut self.subscribe_qos, &qos.to_string());
                    self.topic(TopicVerb::Subscribe, identity.topic(&filter), Some(qos));
                }
            }
            Some(Topics::Unsubscribe(filters)) => {
                for filter in filters {
                    self.topic(TopicVerb::Unsubscribe, identity.topic(&filter), None);
                }
            }
            None => {}
        }
    }

    fn topic(&mut self, verb: TopicVerb, topic: String, qos: Option<u8>) {
        let (seen, times) = self.topics.entry((verb, topic)).or_default();
        seen.extend(qos);
        *times += 1;
    }

    fn tell(self, profile: Profile) -> Profile {
        let topics = self.topics.into_iter().map(|((verb, topic), (qos, times))| TopicSeen {
            verb,
            topic,
            qos: qos.into_iter().collect(),
            times,
        });
        Profile {
            transports: seen(self.transports),
            tls_versions: seen(self.tls_versions),
            sni: seen(self.sni),
            certificates: seen(self.certificates),
            mqtt: seen(self.mqtt),
            client_ids: seen(self.client_ids),
            usernames: seen(self.usernames),
            api_versions: seen(self.api_versions),
            keep_alive_s: seen(self.keep_alive_s),
            sessions: seen(self.sessions),
            passwords: seen(self.passwords),
            wills: seen(self.wills),
            topics: topics.collect(),
            publish_qos: seen(self.publish_qos),
            subscribe_qos: seen(self.subscribe_qos),
            ..profile
        }
    }
}

fn count(counts: &mut Count, value: &str) {
    *counts.entry(value.to_owned()).or_default() += 1;
}

/// The commonest first; of equally common ones, by name.
fn seen(counts: Count) -> Vec<Seen> {
    let mut seen: Vec<_> = counts.into_iter().map(|(value, times)| Seen { value, times }).collect();
    seen.sort_by_key(|seen| Reverse(seen.times));
    seen
}
