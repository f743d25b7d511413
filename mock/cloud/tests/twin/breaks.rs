//! Each rule of twins, got wrong once: somebody on the wire or at the service must see it.

use std::fmt::Write;

use cloud::{Clause, Order, catalogue, clause::Binds, profile::Tier};
use serde_json::json;
use wire::{Connect, Disconnect, Packet, Qos};

use super::{ANSWERS, Device, GET, NOTICES, REPORT, common::*};

const RULES: &[&str] = &[
    "HUB-TWIN-001",
    "HUB-TWIN-002",
    "HUB-TWIN-003",
    "HUB-TWIN-004",
    "HUB-TWIN-005",
    "HUB-TWIN-006",
    "HUB-TWIN-007",
    "HUB-TWIN-008",
    "HUB-TWIN-009",
    "HUB-TWIN-010",
    "HUB-TWIN-011",
    "HUB-TWIN-012",
    "HUB-TWIN-013",
    "HUB-TWIN-014",
    "HUB-TWIN-015",
    "HUB-TWIN-016",
    "HUB-TWIN-017",
    "HUB-TWIN-018",
    "HUB-TWIN-019",
    "HUB-TWIN-020",
    "HUB-TWIN-021",
    "HUB-TWIN-022",
    "HUB-TWIN-023",
    "HUB-TWIN-024",
    "HUB-TWIN-025",
    "HUB-TWIN-026",
    "HUB-TWIN-027",
    "HUB-TWIN-028",
    "HUB-TWIN-029",
    "HUB-TWIN-030",
    "HUB-TWIN-031",
    "HUB-TWIN-032",
    "HUB-TWIN-033",
    "HUB-TWIN-034",
    "HUB-TWIN-035",
    "HUB-TWIN-036",
    "HUB-TWIN-037",
    "HUB-TWIN-038",
    "HUB-TWIN-039",
    "HUB-TIER-002",
    "HUB-MODULE-008",
    "HUB-MODULE-009",
    "HUB-OPEN-020",
    "HUB-OPEN-036",
    "HUB-OPEN-038",
    "HUB-OPEN-053",
    "HUB-OPEN-054",
    "HUB-OPEN-055",
    "HUB-OPEN-056",
    "HUB-OPEN-057",
    "HUB-OPEN-058",
    "HUB-OPEN-059",
    "HUB-OPEN-060",
    "HUB-OPEN-061",
    "HUB-OPEN-062",
    "HUB-OPEN-063",
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
    let file = cloud::rule_files().find(|file| file.path.ends_with("hub/twin.rs")).expect("a file");
    for rule in file.rules {
        assert!(RULES.contains(&rule.id()), "{rule}");
    }
}

/// What can be seen of a rule: effects, or judgements when it binds the device alone.
fn witness(breaks: &[&'static str], clause: &Clause) -> String {
    let mut seen = String::new();
    for talk in [device(breaks), module(breaks), without_api_version(breaks), basic(breaks)] {
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

/// Everything that a device and its service side can do.
fn device(breaks: &[&'static str]) -> Talk {
    let mut talk = Talk::breaking(breaks);
    let profile = &mut talk.cloud.registry_mut().hub_mut(HOST).expect("the hub").profile;
    (profile.twin_reads_per_s, profile.twin_updates_per_s) = (4, 8);
    let mut device = Device::of(talk, "d1");
    device.get();
    device.publish(&format!("{GET}8f0e5f2e-7c9d"), " ");
    device.publish(GET, "");
    device.report(r#"{"a":1,"b":{"c":1,"d":1}}"#);
    device.report(r#"{"a":2,"b":{"c":null}}"#);
    device.publish(REPORT, r#"{"e":1}"#);
    device.publish(&format!("{REPORT}1&$version=1"), r#"{"f":1}"#);
    for refused in ["{", "[]", r#"{"a.b":1}"#, r#"{"$version":1}"#] {
        device.report(refused);
    }
    device.get();
    device.patch(json!({"tags": {"t": 1}, "properties": {"desired": {"a": 1, "b": 1}}}));
    device.patch(json!({"properties": {"desired": {"a": 1, "b": null}}}));
    device.replace(json!({"properties": {"desired": {"c": 1}}}));
    device.patch(json!({"properties": {"desired": {"c": 1}}}));
    device.talk.wait_s(1);
    (0..5).for_each(|_| drop(device.get()));
    (0..9).for_each(|_| drop(device.report("{}")));
    device.fail(500, 2);
    device.get();
    device.report("{}");
    let (hub, identity) = (HOST.to_owned(), super::d1());
    device.talk.order(Order::GetTwin { hub, identity });
    device.talk.wait_s(1);
    let filters = vec![ANSWERS.to_owned()];
    let unsubscribe = wire::Unsubscribe { packet_id: 1, filters, ..Default::default() };
    device.talk.say(device.conn, Packet::Unsubscribe(unsubscribe));
    device.get();
    device.report("{}");

    device.talk.lose(device.conn);
    device.patch(json!({"properties": {"desired": {"missed": 1}}}));
    let mut device = Device::of(device.talk, "d1");
    device.get();
    device.talk.lose(device.conn);
    let mut device = Device::of(device.talk, "d1");
    device.talk.say(device.conn, Packet::Disconnect(Disconnect::default()));
    device.talk
}

fn module(breaks: &[&'static str]) -> Talk {
    let mut module = Device::of(Talk::breaking(breaks), "d1/m1");
    module.get();
    module.report(r#"{"a":1}"#);
    module.talk
}

fn without_api_version(breaks: &[&'static str]) -> Talk {
    let mut talk = Talk::breaking(breaks);
    let username = Some(format!("{HOST}/d1"));
    let connect = Connect { username, ..talk.connect_packet("d1") };
    let (conn, _) = talk.connect_with(connect);
    talk.say(conn, subscribe(ANSWERS));
    talk.say(conn, subscribe(NOTICES));
    talk.say(conn, publish(Qos::AtMostOnce, &format!("{GET}1"), ""));
    talk
}

fn basic(breaks: &[&'static str]) -> Talk {
    let mut talk = Talk::breaking(breaks);
    talk.cloud.registry_mut().hub_mut(HOST).expect("the hub").profile.tier = Tier::Basic;
    let mut device = Device::of(talk, "d1");
    device.get();
    device.talk
}
