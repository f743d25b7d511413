//! Device twins, from both sides: what is asked and ordered, what comes back, and by which rule.

#[path = "../common/mod.rs"]
mod common;

mod breaks;
mod notices;
mod reads;
mod reports;
mod service;

use cloud::{
    Answer, ConnId, Effect, Order,
    effect::Action,
    fault::{Fault, Kind},
    identity::IdentityId,
    profile::HubProfile,
    rule::Rule,
};
use common::{HOST, Talk, publish, subscribe};
use serde_json::Value;
use wire::{Packet, Publish, Qos};

const GET: &str = "$iothub/twin/GET/?$rid=";
const REPORT: &str = "$iothub/twin/PATCH/properties/reported/?$rid=";
const ANSWERS: &str = "$iothub/twin/res/#";
const NOTICES: &str = "$iothub/twin/PATCH/properties/desired/#";

/// A device that is connected and subscribed to its twin's answers and notices.
struct Device {
    talk: Talk,
    conn: ConnId,
}

impl Device {
    fn new() -> Self {
        Self::of(Talk::new(), "d1")
    }

    fn of(mut talk: Talk, id: &str) -> Self {
        let conn = talk.connect(id);
        talk.say(conn, subscribe(ANSWERS));
        talk.say(conn, subscribe(NOTICES));
        Self { talk, conn }
    }

    /// The same with other switches on the hub.
    fn with(change: impl FnOnce(&mut HubProfile)) -> Self {
        let mut talk = Talk::new();
        change(&mut talk.cloud.registry_mut().hub_mut(HOST).expect("the hub").profile);
        Self::of(talk, "d1")
    }

    fn publish(&mut self, topic: &str, payload: &str) -> Vec<Effect> {
        self.talk.say(self.conn, publish(Qos::AtMostOnce, topic, payload))
    }

    fn get(&mut self) -> Vec<Effect> {
        self.publish(&format!("{GET}1"), "")
    }

    fn report(&mut self, patch: &str) -> Vec<Effect> {
        self.publish(&format!("{REPORT}1"), patch)
    }

    fn patch(&mut self, patch: Value) -> Vec<Effect> {
        self.talk.order(Order::PatchTwin { hub: HOST.to_owned(), identity: d1(), patch })
    }

    fn replace(&mut self, twin: Value) -> Vec<Effect> {
        self.talk.order(Order::ReplaceTwin { hub: HOST.to_owned(), identity: d1(), twin })
    }

    /// The hub fails the next requests with this status.
    fn fail(&mut self, status: u16, times: u32) {
        self.talk.order(Order::AddFault(Fault::new(Kind::Status(status)).times(times)));
    }

    /// The twin as the service reads it, or as it is refused.
    fn twin(&mut self) -> Answer {
        let order = Order::GetTwin { hub: HOST.to_owned(), identity: d1() };
        self.talk.ask(order).expect("an answer")
    }

    /// A member of the twin as the service reads it, without `$metadata`.
    fn seen(&mut self, pointer: &str) -> Value {
        let twin = self.twin().expect("a twin");
        let mut value = twin.pointer(pointer).cloned().unwrap_or_default();
        if let Some(members) = value.as_object_mut() {
            members.shift_remove("$metadata");
        }
        value
    }

    /// How the last step judged a rule.
    fn judged(&self, id: &str) -> Option<bool> {
        let step = self.talk.cloud.trace().steps().next_back()?;
        step.judged.iter().find(|judged| judged.rule.id() == id).map(|judged| judged.holds)
    }
}

fn d1() -> IdentityId {
    IdentityId::device("d1")
}

/// The only publish among the effects, if there is one, and its rule.
fn one(effects: &[Effect]) -> Option<(&Publish, Rule)> {
    let mut all = effects.iter().filter_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => Some((publish, effect.because)),
        _ => None,
    });
    let first = all.next();
    assert!(all.next().is_none(), "one publish: {effects:?}");
    first
}

/// Topic, body and rule of the only publish.
fn line(effects: &[Effect]) -> (String, String, &'static str) {
    let (publish, because) = one(effects).expect("a publish");
    assert_eq!((publish.qos, publish.packet_id, publish.retain), (Qos::AtMostOnce, None, false));
    (publish.topic.clone(), text(&publish.payload), because.id())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
