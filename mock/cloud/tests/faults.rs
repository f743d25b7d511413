//! Faults at work: what the device sees, what the service side sees, and what the trace tells of it.

mod common;

use cloud::{
    ConnId, Effect, Order,
    fault::{Fault, Kind},
    order::C2dOrder,
};
use common::{HOST, Talk, is_closed, lines, publish, sent, subscribe, telemetry, will};
use serde_json::{Value, json};
use wire::{Ack, Packet, Publish, Qos};

const EVENTS: &str = "devices/d1/messages/events/";
const GET: &str = "$iothub/twin/GET/?$rid=1";
const REPORT: &str = "$iothub/twin/PATCH/properties/reported/?$rid=2";

/// A talk in which these faults were added before `d1` connected with a Will.
fn with(faults: &[Fault]) -> (Talk, ConnId) {
    with_broken(&[], faults)
}

fn with_broken(breaks: &[&'static str], faults: &[Fault]) -> (Talk, ConnId) {
    let mut talk = Talk::breaking(breaks);
    for fault in faults {
        talk.ask(Order::AddFault(fault.clone())).expect("an answer").expect("a good fault");
    }
    let mut connect = talk.connect_packet("d1");
    connect.will = Some(will(EVENTS, "gone"));
    let (conn, _) = talk.connect_with(connect);
    (talk, conn)
}

fn event(payload: &str) -> Packet {
    publish(Qos::AtLeastOnce, EVENTS, payload)
}

fn numbered(packet_id: u16) -> Packet {
    Packet::Publish(Publish {
        qos: Qos::AtLeastOnce,
        topic: EVENTS.to_owned(),
        packet_id: Some(packet_id),
        ..Publish::default()
    })
}

fn bodies(effects: &[Effect]) -> Vec<String> {
    telemetry(effects).iter().map(|it| String::from_utf8_lossy(&it.body).into_owned()).collect()
}

fn pubacks(effects: &[Effect], conn: ConnId) -> Vec<u16> {
    let id = |packet: &Packet| match packet {
        Packet::Puback(Ack { packet_id, .. }) => Some(*packet_id),
        _ => None,
    };
    sent(effects, conn).iter().filter_map(id).collect()
}

fn publishes(effects: &[Effect], conn: ConnId) -> Vec<Publish> {
    let publish = |packet| match packet {
        Packet::Publish(publish) => Some(publish),
        _ => None,
    };
    sent(effects, conn).into_iter().filter_map(publish).collect()
}

/// What the newest step of the trace says that faults did.
fn struck(talk: &Talk) -> Vec<String> {
    let step = talk.cloud.trace().steps().next_back().expect("a step");
    step.struck.iter().map(ToString::to_string).collect()
}

fn reported(talk: &Talk) -> Value {
    let identity = talk.cloud.registry().hubs[HOST].identities.values().next().expect("d1");
    json!(identity.twin.reported.properties)
}

#[test]
fn a_dropped_packet_is_missing_and_the_trace_tells() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Drop).on("PUBACK").of("d1").times(1)]);
    let effects = talk.say(conn, event("a"));
    assert_eq!((bodies(&effects), pubacks(&effects, conn)), (vec!["a".to_owned()], vec![]));
    let told = format!("drop PUBACK to d1, once: {conn} > PUBACK id=7 (HUB-OPEN-086)");
    assert_eq!(struck(&talk), std::slice::from_ref(&told));
    let step = talk.cloud.trace().steps().next_back().expect("a step").to_string();
    assert!(step.ends_with(&format!("\n    fault  {told}")), "{step}");
    let effects = talk.say(conn, event("b"));
    assert_eq!(pubacks(&effects, conn), [7], "it strikes once");
    assert_eq!(struck(&talk), [] as [String; 0]);
}

#[test]
fn storing_fails_only_for_a_fault_on_telemetry() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Drop).on("TELEMETRY").of("d1").times(1)]);
    let effects = talk.say(conn, event("lost"));
    assert_eq!((bodies(&effects), pubacks(&effects, conn)), (vec![], vec![7]));
    let (mut talk, conn) = with(&[Fault::new(Kind::Close).on("TELEMETRY").times(1)]);
    let effects = talk.say(conn, event("lost"));
    assert_eq!(pubacks(&effects, conn), [] as [u16; 0], "nothing follows the close");
    assert!(is_closed(&effects, conn));
    assert_eq!(bodies(&effects), ["gone"]);
    let (mut talk, conn) = with(&[Fault::new(Kind::Duplicate).on("TELEMETRY").times(1)]);
    assert_eq!(bodies(&talk.say(conn, event("twice"))), ["twice", "twice"]);
}

#[test]
fn a_fault_strikes_its_device_alone() {
    let (mut talk, one) = with(&[Fault::new(Kind::Drop).on("PUBACK").of("d2")]);
    let two = talk.connect("d2");
    assert_eq!(pubacks(&talk.say(one, event("a")), one), [7]);
    let effects = talk.say(two, publish(Qos::AtLeastOnce, "devices/d2/messages/events/", "b"));
    assert_eq!(pubacks(&effects, two), [] as [u16; 0]);
}

#[test]
fn a_refused_connect_is_still_somebodys() {
    let (mut talk, _) = with(&[Fault::new(Kind::Drop).on("CONNACK").of("d2")]);
    let mut connect = talk.connect_packet("d2");
    connect.password = None;
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(sent(&effects, conn), []);
    assert!(is_closed(&effects, conn));
}

#[test]
fn after_times_and_schedule_are_counted() {
    let count = |fault: Fault, waits: &[u64]| {
        let (mut talk, conn) = with(&[fault.on("PUBACK")]);
        let acked = waits.iter().map(|&s| {
            talk.wait_s(s);
            pubacks(&talk.say(conn, event("a")), conn).len()
        });
        acked.collect::<Vec<_>>()
    };
    let drop = || Fault::new(Kind::Drop);
    assert_eq!(count(drop(), &[0; 3]), [0, 0, 0]);
    assert_eq!(count(drop().times(2), &[0; 4]), [0, 0, 1, 1]);
    assert_eq!(count(Fault { after: Some(2), ..drop() }, &[0; 4]), [1, 1, 0, 0]);
    assert_eq!(count(Fault { after: Some(1), ..drop().times(1) }, &[0; 4]), [1, 0, 1, 1]);
    let window = Fault { from_s: Some(10), until_s: Some(20), ..drop() };
    assert_eq!(count(window, &[0, 9, 1, 9, 1]), [1, 1, 0, 0, 1]);
    assert_eq!(count(Fault { probability: 0.0, ..drop() }, &[0; 3]), [1, 1, 1]);
    let half = count(Fault { probability: 0.5, ..drop() }, &[0; 100]);
    let acked: usize = half.iter().sum();
    assert!((30..70).contains(&acked), "{acked} of 100");
}

#[test]
fn a_delayed_packet_comes_late_by_its_own_rule() {
    let (mut talk, conn) = with(&[Fault::new(Kind::DelayS(5)).on("PUBACK").times(1)]);
    assert_eq!(pubacks(&talk.say(conn, event("a")), conn), [] as [u16; 0]);
    assert_eq!(pubacks(&talk.say(conn, numbered(8)), conn), [8], "the next does not wait");
    assert_eq!(talk.wait_s(4), []);
    assert_eq!(lines(&talk.wait_s(1)), [format!("{conn} > PUBACK id=7 (HUB-OPEN-086)")]);
}

#[test]
fn a_delayed_packet_for_a_dead_connection_vanishes() {
    let (mut talk, conn) = with(&[Fault::new(Kind::DelayS(5)).on("PUBACK")]);
    talk.say(conn, event("a"));
    talk.lose(conn);
    assert_eq!(talk.wait_s(5), []);
}

#[test]
fn a_second_delivery_says_so() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Duplicate).on("publish").times(1)]);
    talk.say(conn, subscribe("devices/d1/messages/devicebound/#"));
    let message = C2dOrder { body: "hello".to_owned(), ..C2dOrder::default() };
    let order = Order::SendC2d { hub: HOST.to_owned(), device: "d1".to_owned(), message };
    let effects = talk.order(order);
    let dups: Vec<bool> = publishes(&effects, conn).iter().map(|publish| publish.dup).collect();
    assert_eq!(dups, [false, true]);
    let rules: Vec<&str> = effects.iter().map(|effect| effect.because.id()).collect();
    assert_eq!(rules[2], "SKY-FAULT-001", "{:?}", lines(&effects));
}

#[test]
fn a_fault_that_ends_a_connection_is_a_lost_network() {
    for (kind, how) in [(Kind::Close, "closed"), (Kind::Reset, "reset")] {
        let (mut talk, conn) = with(&[Fault::new(kind).on("PUBACK").times(1)]);
        let effects = talk.say(conn, event("a"));
        let shown = lines(&effects);
        assert_eq!(shown[1], format!("{conn} is {how} (SKY-FAULT-001)"));
        assert_eq!(bodies(&effects), ["a", "gone"]);
        let log = "log deviceDisconnect 404104 DeviceConnectionClosedRemotely (HUB-OPEN-079)";
        assert!(shown.contains(&log.to_owned()), "{shown:?}");
        assert_eq!(talk.cloud.connection_count(), 0);
        assert_eq!(talk.lose(conn), [], "it is over already");
        let again = talk.connect("d1");
        assert_eq!(pubacks(&talk.say(again, event("b")), again), [7]);
    }
}

#[test]
fn a_frozen_connection_neither_hears_nor_speaks() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Freeze).on("PUBACK").times(1)]);
    let effects = talk.say(conn, event("a"));
    assert_eq!(lines(&effects)[1], format!("{conn} is frozen (SKY-FAULT-001)"));
    assert_eq!(talk.say(conn, event("b")), []);
    let arrived = format!("frozen: {conn} < {}", event("b"));
    assert_eq!(struck(&talk), [arrived]);
    // Keep-alive 60: the cloud gives up after 90 s, and the device learns nothing of it.
    let effects = talk.wait_s(90);
    assert_eq!(bodies(&effects), ["gone"]);
    assert!(!is_closed(&effects, conn));
    assert_eq!(talk.cloud.connection_count(), 1, "the socket is still open");
    talk.lose(conn);
    assert_eq!(talk.cloud.connection_count(), 0);
}

#[test]
fn a_refused_connect_goes_no_further() {
    let (mut talk, first) = with(&[]);
    let fault = Fault::new(Kind::Connack(3)).of("d1").times(1);
    talk.order(Order::AddFault(fault));
    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect.clone());
    assert_eq!(
        lines(&effects),
        [
            format!("{conn} > CONNACK session-present=0 code=3 (HUB-OPEN-010)"),
            format!("{conn} is closed (SKY-FAULT-001)"),
        ],
        "nobody is displaced, nothing is logged",
    );
    assert_eq!(talk.say(first, Packet::Pingreq).len(), 1, "the first connection lives");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(sent(&effects, conn).len(), 1, "once is once");
    assert!(!is_closed(&effects, conn));
}

#[test]
fn a_refused_twin_request_changes_nothing() {
    for (filter, status, code) in [
        ("$iothub/twin/PATCH/#", 429, 429_001),
        ("$iothub/twin/res/#", 500, 500_001),
        ("#", 503, 503_001),
    ] {
        let fault = Fault::new(Kind::Status(status)).of("d1").times(1);
        // A leading wildcard covers no topic with `$`.
        let fault = if filter == "#" { fault } else { fault.on_topic(filter) };
        let (mut talk, conn) = with(&[fault]);
        talk.say(conn, subscribe("$iothub/twin/res/#"));
        let report = publish(Qos::AtLeastOnce, REPORT, r#"{"a":1}"#);
        let effects = talk.say(conn, report.clone());
        assert_eq!(pubacks(&effects, conn), [7]);
        let answer = publishes(&effects, conn).pop().expect("an answer");
        assert_eq!(answer.topic, format!("$iothub/twin/res/{status}/?$rid=2"));
        let body: Value = serde_json::from_slice(&answer.payload).expect("JSON");
        assert_eq!(body["errorCode"], code);
        assert_eq!(reported(&talk), json!({}));
        assert_eq!(struck(&talk).len(), 1);

        let effects = talk.say(conn, report);
        let answer = publishes(&effects, conn).pop().expect("an answer");
        assert!(answer.topic.starts_with("$iothub/twin/res/204/?$rid=2"), "{}", answer.topic);
        assert_eq!(reported(&talk), json!({"a": 1}));
    }
}

#[test]
fn a_fault_on_one_kind_of_request_leaves_the_other() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Status(429)).on_topic("$iothub/twin/GET/#")]);
    talk.say(conn, subscribe("$iothub/twin/res/#"));
    let effects = talk.say(conn, publish(Qos::AtMostOnce, REPORT, r#"{"a":1}"#));
    assert!(publishes(&effects, conn)[0].topic.starts_with("$iothub/twin/res/204/"));
    let effects = talk.say(conn, publish(Qos::AtMostOnce, GET, ""));
    assert_eq!(publishes(&effects, conn)[0].topic, "$iothub/twin/res/429/?$rid=1");
}

#[test]
fn numbers_in_answers_become_wrong() {
    let faults = [Fault::new(Kind::WrongRid).times(1), Fault::new(Kind::WrongVersion(3)).times(2)];
    let (mut talk, conn) = with(&faults);
    talk.say(conn, subscribe("$iothub/twin/res/#"));
    let mut answer = |packet| {
        let effects = talk.say(conn, packet);
        assert!(struck(&talk).len() <= 1);
        let answer = publishes(&effects, conn).pop().expect("an answer");
        (answer.topic, String::from_utf8_lossy(&answer.payload).into_owned())
    };
    let get = || publish(Qos::AtMostOnce, GET, "");
    let right = r#"{"desired":{"$version":1},"reported":{"$version":1}}"#.to_owned();
    let wrong = r#"{"desired":{"$version":4},"reported":{"$version":4}}"#.to_owned();
    assert_eq!(answer(get()), ("$iothub/twin/res/200/?$rid=19999".to_owned(), right.clone()));
    assert_eq!(answer(get()), ("$iothub/twin/res/200/?$rid=1".to_owned(), wrong));
    let report = publish(Qos::AtMostOnce, REPORT, "{}");
    let topic = "$iothub/twin/res/204/?$rid=2&$version=5".to_owned();
    assert_eq!(answer(report), (topic, String::new()));
    let last = answer(get());
    assert_eq!(last.0, "$iothub/twin/res/200/?$rid=1");
    assert!(last.1.contains(r#""reported":{"$version":2}"#), "{}", last.1);
}

#[test]
fn packets_are_turned_around() {
    let (mut talk, conn) = with(&[Fault::new(Kind::Reorder(3)).on("PUBACK").times(1)]);
    assert_eq!(pubacks(&talk.say(conn, numbered(1)), conn), [] as [u16; 0]);
    assert_eq!(pubacks(&talk.say(conn, numbered(2)), conn), [] as [u16; 0]);
    assert_eq!(pubacks(&talk.say(conn, numbered(3)), conn), [3, 2, 1]);
    assert_eq!(pubacks(&talk.say(conn, numbered(4)), conn), [4]);

    let (mut talk, conn) = with(&[Fault::new(Kind::Reorder(2)).on("TELEMETRY").times(1)]);
    assert_eq!(bodies(&talk.say(conn, event("a"))), [] as [&str; 0]);
    assert_eq!(bodies(&talk.say(conn, event("b"))), ["b", "a"]);
    assert_eq!(bodies(&talk.say(conn, event("c"))), ["c"]);
}

#[test]
fn clearing_faults_lets_go_what_they_hold() {
    let (mut talk, conn) = with(&[
        Fault { after: Some(1), ..Fault::new(Kind::DelayS(60)).on("PUBACK").times(1) },
        Fault::new(Kind::Reorder(5)).on("PUBACK"),
    ]);
    for packet_id in [1, 2, 3] {
        assert_eq!(pubacks(&talk.say(conn, numbered(packet_id)), conn), [] as [u16; 0]);
    }
    let effects = talk.order(Order::ClearFaults);
    assert_eq!(pubacks(&effects, conn), [1, 3, 2]);
    assert_eq!(pubacks(&talk.say(conn, numbered(4)), conn), [4]);
    let later = talk.wait_s(60);
    assert_eq!(pubacks(&later, conn), [] as [u16; 0], "{:?}", lines(&later));
}

#[test]
fn what_a_device_sends_is_struck_before_it_is_handled() {
    let fault = |kind| Fault::new(kind).on("PUBLISH").of("d1").arriving().times(1);
    let (mut talk, conn) = with(&[fault(Kind::Drop)]);
    assert_eq!(talk.say(conn, event("a")), []);
    let told = format!("drop PUBLISH from d1, once: {conn} < {}", event("a"));
    assert_eq!(struck(&talk), [told]);
    assert_eq!(bodies(&talk.say(conn, event("b"))), ["b"]);

    let (mut talk, conn) = with(&[fault(Kind::Duplicate)]);
    let effects = talk.say(conn, event("a"));
    assert_eq!((bodies(&effects).len(), pubacks(&effects, conn).len()), (2, 2));

    let (mut talk, conn) = with(&[fault(Kind::DelayS(5))]);
    assert_eq!(talk.say(conn, event("a")), []);
    assert_eq!(bodies(&talk.wait_s(5)), ["a"]);

    let (mut talk, conn) = with(&[fault(Kind::DelayS(5))]);
    talk.say(conn, event("a"));
    talk.lose(conn);
    assert_eq!(talk.wait_s(5), []);

    let (mut talk, conn) = with(&[fault(Kind::Reset)]);
    let effects = talk.say(conn, event("a"));
    assert_eq!(lines(&effects)[0], format!("{conn} is reset (SKY-FAULT-001)"));
    assert_eq!(bodies(&effects), ["gone"], "the publish itself went nowhere");

    let (mut talk, conn) = with(&[fault(Kind::Freeze)]);
    let effects = talk.say(conn, event("a"));
    assert_eq!(lines(&effects), [format!("{conn} is frozen (SKY-FAULT-001)")]);
    assert_eq!(talk.say(conn, Packet::Pingreq), []);

    let connect = Fault::new(Kind::Close).on("CONNECT").of("d1").arriving();
    let (talk, _) = with(std::slice::from_ref(&connect));
    assert_eq!(talk.cloud.connection_count(), 0);
}

#[test]
fn the_first_fault_that_strikes_does_it() {
    let faults =
        [Fault::new(Kind::Drop).on("PUBACK").times(1), Fault::new(Kind::Duplicate).on("PUBACK")];
    let (mut talk, conn) = with(&faults);
    assert_eq!(pubacks(&talk.say(conn, event("a")), conn), [] as [u16; 0]);
    assert_eq!(pubacks(&talk.say(conn, event("b")), conn), [7, 7]);
}

#[test]
fn a_fault_that_always_strikes_uses_up_no_chance() {
    let guid = |faults: &[Fault]| {
        let (mut talk, _) = with(faults);
        let message = C2dOrder::default();
        let order = Order::SendC2d { hub: HOST.to_owned(), device: "d2".to_owned(), message };
        talk.ask(order)
    };
    assert_eq!(guid(&[]), guid(&[Fault::new(Kind::DelayS(1))]));
}

/// Everything that the world sees of a day with faults.
fn transcript(breaks: &[&'static str]) -> Vec<String> {
    let close = Fault::new(Kind::Close).on("PUBACK").times(1);
    let status = Fault::new(Kind::Status(429)).times(1);
    let (mut talk, conn) = with_broken(breaks, &[close, status]);
    talk.say(conn, event("a"));
    let conn = talk.connect("d1");
    talk.say(conn, subscribe("$iothub/twin/res/#"));
    talk.say(conn, publish(Qos::AtMostOnce, REPORT, r#"{"a":1}"#));
    talk.say(conn, publish(Qos::AtMostOnce, GET, ""));
    talk.order(Order::AddFault(Fault::new(Kind::Connack(3)).times(1)));
    talk.connect("d2");
    let effects = talk.cloud.trace().steps().flat_map(|step| &step.effects);
    effects.map(|effect| effect.action.to_string()).collect()
}

#[test]
fn each_broken_rule_is_missed() {
    let right = transcript(&[]);
    assert_eq!(right, transcript(&[]));
    for id in ["SKY-FAULT-001", "SKY-FAULT-002", "SKY-FAULT-003", "HUB-OPEN-010"] {
        assert_ne!(transcript(&[id]), right, "nobody misses {id}");
    }
}

#[test]
fn the_same_seed_gives_the_same_strikes() {
    let acked = |seed: u64| {
        let mut talk = Talk::seeded(seed);
        let fault = Fault { probability: 0.5, ..Fault::new(Kind::Drop).on("PUBACK") };
        talk.order(Order::AddFault(fault));
        let conn = talk.connect("d1");
        (0..32).map(|_| pubacks(&talk.say(conn, event("a")), conn).len()).collect::<Vec<_>>()
    };
    assert_eq!(acked(7), acked(7));
    assert_ne!(acked(7), acked(8));
}

#[test]
fn a_fault_by_the_clock_strikes_who_is_there_when_it_begins() {
    for (kind, line) in [
        (Kind::Close, "is closed (SKY-FAULT-001)"),
        (Kind::Reset, "is reset (SKY-FAULT-001)"),
        (Kind::Freeze, "is frozen (SKY-FAULT-001)"),
        (Kind::Takeover, "is closed (HUB-CONN-011)"),
        (Kind::TokenExpiry, "is closed (HUB-OPEN-016)"),
        (Kind::MaintenanceS(0), "is closed (SKY-FAULT-006)"),
    ] {
        let (mut talk, one) = with(&[]);
        talk.order(Order::AddFault(Fault::new(kind).on("CLOCK").of("d1").from_s(5)));
        let two = talk.connect("d2");
        assert_eq!(talk.wait_s(4), []);
        let effects = talk.wait_s(1);
        assert_eq!(lines(&effects)[0], format!("{one} {line}"), "{kind}");
        assert!(!is_closed(&effects, two));
        assert_eq!(struck(&talk), [format!("{kind} by the clock of d1, from 5 s: {one}")]);
        let again = talk.connect("d1");
        assert_eq!(pubacks(&talk.say(again, event("a")), again), [7], "{kind}");
        assert_eq!(talk.wait_s(60), [], "{kind} strikes once");
    }
}

#[test]
fn a_fault_by_the_clock_counts_connections() {
    let fault = Fault { after: Some(1), ..Fault::new(Kind::Close).on("CLOCK").times(1) };
    let mut talk = Talk::new();
    let conns = ["d1", "d2", "d1/m1"].map(|id| talk.connect(id));
    let effects = talk.order(Order::AddFault(fault));
    assert_eq!(conns.map(|conn| is_closed(&effects, conn)), [false, true, false]);
}

#[test]
fn a_half_open_connection_hears_or_speaks() {
    let fault = Fault::new(Kind::HalfOpen).on("CLOCK");
    let (mut talk, conn) = with(&[]);
    talk.order(Order::AddFault(fault.clone()));
    let effects = talk.say(conn, event("heard"));
    assert_eq!((bodies(&effects), pubacks(&effects, conn)), (vec!["heard".to_owned()], vec![]));
    assert_eq!(struck(&talk), [format!("half-open: {conn} > PUBACK id=7 (HUB-OPEN-086)")]);
    let effects = talk.wait_s(90);
    assert_eq!((bodies(&effects), is_closed(&effects, conn)), (vec!["gone".to_owned()], false));

    let (mut talk, conn) = with(&[]);
    talk.order(Order::AddFault(fault.arriving()));
    assert_eq!(talk.say(conn, event("unheard")), []);
    assert_eq!(struck(&talk), [format!("half-open: {conn} < {}", event("unheard"))]);
    let effects = talk.wait_s(90);
    assert_eq!((bodies(&effects), is_closed(&effects, conn)), (vec!["gone".to_owned()], true));
}

#[test]
fn an_outage_ends_or_is_cleared() {
    let refused = |talk: &mut Talk| {
        let connect = talk.connect_packet("d1");
        let (conn, effects) = talk.connect_with(connect);
        is_closed(&effects, conn)
    };
    let (mut talk, _) = with(&[]);
    talk.order(Order::AddFault(Fault::new(Kind::MaintenanceS(30)).from_s(10)));
    assert!(!refused(&mut talk));
    talk.wait_s(10);
    assert!(refused(&mut talk));
    // Adding faults sweeps out those that are over; this one is not.
    talk.order(Order::AddFault(Fault::new(Kind::Drop).of("d2")));
    assert!(refused(&mut talk));
    talk.wait_s(30);
    assert!(!refused(&mut talk));

    // At a packet: who caused it goes with the rest.
    let fault = Fault::new(Kind::MaintenanceS(30)).on("PUBACK").times(1);
    let (mut talk, conn) = with(&[fault]);
    assert!(is_closed(&talk.say(conn, event("a")), conn));
    assert!(refused(&mut talk));
    talk.order(Order::ClearFaults);
    assert!(!refused(&mut talk));
}

#[test]
fn a_fault_of_another_tenant_strikes_nobody_here() {
    let drop = |tenant| Fault::new(Kind::Drop).on("PUBACK").at(tenant);
    let (mut talk, conn) = with(&[drop("fabrikam.azure-devices.net")]);
    assert_eq!(pubacks(&talk.say(conn, event("a")), conn), [7]);
    let (mut talk, conn) = with(&[drop(HOST)]);
    assert_eq!(pubacks(&talk.say(conn, event("a")), conn), [] as [u16; 0]);
}

#[test]
fn faults_of_the_tenants_are_at_work_from_the_first_moment_and_after_a_reset() {
    let mut registry = common::registry();
    registry.faults = vec![Fault::new(Kind::Drop).on("PUBACK").until_s(10)];
    let mut talk = Talk::with(registry.clone(), &[]);
    let acked = |talk: &mut Talk| {
        let conn = talk.connect("d1");
        pubacks(&talk.say(conn, event("a")), conn).len()
    };
    assert_eq!(acked(&mut talk), 0);
    talk.wait_s(10);
    assert_eq!(acked(&mut talk), 1);
    talk.order(Order::Reset(Box::new(registry)));
    assert_eq!(acked(&mut talk), 0);
}
