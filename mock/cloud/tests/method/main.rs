//! Direct methods, from the service's call to its answer.

#[path = "../common/mod.rs"]
mod common;

mod breaks;
mod calls;
mod responses;

use cloud::{
    Answer, ConnId, Effect, IdentityId, Order, effect::Action, order::MethodOrder,
    profile::HubProfile,
};
use common::{HOST, Talk, answer, publish, subscribe};
use serde_json::Value;
use wire::{Connect, Packet, Publish, Qos};

const METHODS: &str = "$iothub/methods/POST/#";

/// A device that is connected and takes calls.
struct Device {
    talk: Talk,
    conn: ConnId,
}

impl Device {
    fn new() -> Self {
        Self::with(|_| ())
    }

    /// The same with other switches on the hub.
    fn with(change: impl FnOnce(&mut HubProfile)) -> Self {
        let mut talk = Talk::new();
        change(&mut talk.cloud.registry_mut().hub_mut(HOST).expect("the hub").profile);
        Self::of(talk, "d1")
    }

    fn of(mut talk: Talk, id: &str) -> Self {
        let conn = talk.connect(id);
        talk.say(conn, subscribe(METHODS));
        Self { talk, conn }
    }

    fn call(&mut self, payload: Option<Value>) -> Vec<Effect> {
        self.talk.order(invoke("d1", MethodOrder::new("reboot", payload)))
    }

    fn respond(&mut self, status: &str, rid: &str, body: &str) -> Vec<Effect> {
        let topic = format!("$iothub/methods/res/{status}/?$rid={rid}");
        self.talk.say(self.conn, publish(Qos::AtMostOnce, &topic, body))
    }

    /// How the last step judged a rule.
    fn judged(&self, id: &str) -> Option<bool> {
        judged(&self.talk, id)
    }
}

fn judged(talk: &Talk, id: &str) -> Option<bool> {
    let step = talk.cloud.trace().steps().next_back()?;
    step.judged.iter().find(|judged| judged.rule.id() == id).map(|judged| judged.holds)
}

fn invoke(id: &str, call: MethodOrder) -> Order {
    let identity: IdentityId = id.parse().expect("a legal id");
    Order::InvokeMethod { hub: HOST.to_owned(), identity, call }
}

/// A call that waits so many seconds for its device, and so many for the response.
fn patient(connect_timeout_s: u64, response_timeout_s: u64) -> MethodOrder {
    MethodOrder {
        connect_timeout_in_seconds: connect_timeout_s,
        response_timeout_in_seconds: response_timeout_s,
        ..MethodOrder::new("reboot", None)
    }
}

fn without_api_version(talk: &Talk) -> Connect {
    Connect { username: Some(format!("{HOST}/d1")), ..talk.connect_packet("d1") }
}

/// Topic and body of each publish, all at QoS 0.
fn calls(effects: &[Effect]) -> Vec<(String, String)> {
    let published = |effect: &Effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => {
            let Publish { topic, payload, qos, packet_id, .. } = publish;
            assert_eq!((*qos, *packet_id), (Qos::AtMostOnce, None));
            Some((topic.clone(), String::from_utf8_lossy(payload).into_owned()))
        }
        _ => None,
    };
    effects.iter().filter_map(published).collect()
}

fn topics(effects: &[Effect]) -> Vec<String> {
    calls(effects).into_iter().map(|(topic, _)| topic).collect()
}

/// Number and name of a refusal, and its rule.
fn refusal(effects: &[Effect]) -> (u32, String, &'static str) {
    let because = effects.iter().find(|effect| matches!(effect.action, Action::Answer { .. }));
    let because = because.expect("an answer").because.id();
    let error = answer(effects).expect("an answer").expect_err("a refusal");
    assert_eq!(u32::from(error.status), error.error_code / 1000);
    (error.error_code, error.message, because)
}

const NOT_ONLINE: (u32, &str, &str) =
    (404_103, "Timed out waiting for device to connect.", "HUB-OPEN-065");
const TIMED_OUT: (u32, &str, &str) =
    (504_101, "Timed out waiting for the response from device.", "HUB-OPEN-065");

fn assert_refused(effects: &[Effect], (code, message, because): (u32, &str, &'static str)) {
    assert_eq!(refusal(effects), (code, message.to_owned(), because));
}

fn given(effects: &[Effect]) -> Answer {
    answer(effects).expect("an answer")
}
