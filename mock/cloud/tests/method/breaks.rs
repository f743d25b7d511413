//! Each rule of methods, got wrong once: somebody on the wire or at the service must see it.

use std::fmt::Write;

use cloud::{Clause, catalogue, clause::Binds, order::MethodOrder, profile::Tier};
use serde_json::json;
use wire::Qos;

use super::{common::*, *};

const RULES: &[&str] = &[
    "HUB-METHOD-001",
    "HUB-METHOD-002",
    "HUB-METHOD-003",
    "HUB-METHOD-004",
    "HUB-METHOD-005",
    "HUB-METHOD-006",
    "HUB-METHOD-007",
    "HUB-TIER-003",
    "HUB-OPEN-020",
    "HUB-OPEN-036",
    "HUB-OPEN-064",
    "HUB-OPEN-065",
    "HUB-OPEN-066",
    "HUB-OPEN-067",
    "HUB-OPEN-068",
];

#[test]
fn every_break_is_seen() {
    for id in RULES {
        let clause = catalogue::find(id).expect("a clause");
        assert_ne!(witness(&[], clause), witness(&[id], clause), "{id}");
    }
}

#[test]
fn every_rule_in_the_file_is_on_the_list() {
    let file = cloud::rule_files().find(|file| file.path.ends_with("hub/method.rs"));
    for rule in file.expect("a file").rules {
        assert!(RULES.contains(&rule.id()), "{rule}");
    }
}

/// What can be seen of a rule: effects, or judgements when it binds the device alone.
fn witness(breaks: &[&'static str], clause: &Clause) -> String {
    let mut seen = String::new();
    for talk in [device(breaks), without_version(breaks), basic(breaks)] {
        for step in talk.cloud.trace().steps() {
            if clause.binds == Binds::Device {
                step.judged
                    .iter()
                    .filter(|judged| judged.rule.id() == clause.id)
                    .for_each(|judged| writeln!(seen, "{}", judged.holds).expect("written"));
            } else {
                step.effects
                    .iter()
                    .for_each(|effect| writeln!(seen, "{:?}", effect.action).expect("written"));
            }
        }
    }
    seen
}

fn device(breaks: &[&'static str]) -> Talk {
    let mut device = Device::of(Talk::breaking(breaks), "d1");
    device.call(Some(json!({"a": 1})));
    device.respond("200", "1", "{}");
    device.call(None);
    device.respond("200", "2", "no JSON");
    device.talk.order(invoke("d1", MethodOrder::new("a b", None)));
    device.talk.order(invoke("d1", patient(0, 1)));
    device.talk.order(invoke("d2", patient(9, 30)));
    device.talk.wait_s(60);
    device.talk
}

fn without_version(breaks: &[&'static str]) -> Talk {
    let mut talk = Talk::breaking(breaks);
    let connect = without_api_version(&talk);
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(METHODS));
    talk.order(invoke("d1", MethodOrder::new("reboot", None)));
    talk
}

fn basic(breaks: &[&'static str]) -> Talk {
    let mut talk = Talk::breaking(breaks);
    talk.cloud.registry_mut().hub_mut(HOST).expect("the hub").profile.tier = Tier::Basic;
    let mut device = Device::of(talk, "d1");
    device.call(None);
    device.talk.say(device.conn, publish(Qos::AtMostOnce, "$iothub/methods/res/200/?$rid=1", ""));
    device.talk
}
