//! Cloud-to-device messages: whole conversations, each effect with the rule that it is because of.

mod common;

use cloud::{
    ConnId, Effect, IdentityId, Order, Registry, effect::Action, feedback::Outcome,
    order::C2dOrder, profile::Tier, queue::Ack as Wants,
};
use common::{HOST, Talk, answer, is_closed, publish, registry, sent};
use serde_json::{Value, json};
use wire::{Ack, Filter, Packet, Publish, Qos, Subscribe};

const FILTER: &str = "devices/d1/messages/devicebound/#";
const TO: &str = "%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound";

// What is sent.

fn send(body: &str) -> Order {
    send_message(C2dOrder { body: body.to_owned(), ..C2dOrder::default() })
}

fn send_message(message: C2dOrder) -> Order {
    Order::SendC2d { hub: HOST.to_owned(), device: "d1".to_owned(), message }
}

/// A message with an id, so that its feedback can be told from others'.
fn wanting(id: &str, ack: Wants) -> Order {
    send_message(C2dOrder { message_id: Some(id.to_owned()), ack, ..C2dOrder::default() })
}

fn to(device: &str, body: &str) -> Order {
    let message = C2dOrder { body: body.to_owned(), ..C2dOrder::default() };
    Order::SendC2d { hub: HOST.to_owned(), device: device.to_owned(), message }
}

fn take_feedback() -> Order {
    Order::TakeFeedback { hub: HOST.to_owned() }
}

fn purge() -> Order {
    Order::PurgeQueue { hub: HOST.to_owned(), device: "d1".to_owned() }
}

fn subscribe(filter: &str, qos: Qos) -> Packet {
    let filter = Filter { filter: filter.to_owned(), qos, ..Filter::default() };
    Packet::Subscribe(Subscribe { packet_id: 1, filters: vec![filter], ..Subscribe::default() })
}

fn puback(packet_id: u16) -> Packet {
    Packet::Puback(Ack::of(packet_id))
}

// What is seen.

/// The messages that went to a connection, each with the rule that it went by.
fn delivered(effects: &[Effect], to: ConnId) -> Vec<(Publish, &'static str)> {
    effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Send { conn, packet: Packet::Publish(publish) } if *conn == to => {
                Some((publish.clone(), effect.because.id()))
            }
            _ => None,
        })
        .collect()
}

/// Bodies with `QoS`, packet id and `+` for DUP: `a 1 #1`, `a 1 #1+`.
fn summary(effects: &[Effect], to: ConnId) -> Vec<String> {
    delivered(effects, to)
        .iter()
        .map(|(publish, _)| {
            let body = String::from_utf8_lossy(&publish.payload).into_owned();
            let id = publish.packet_id.map(|id| format!(" #{id}")).unwrap_or_default();
            let dup = if publish.dup { "+" } else { "" };
            format!("{body} {}{id}{dup}", publish.qos.level())
        })
        .collect()
}

fn feedback(effects: &[Effect]) -> Vec<(String, Outcome, &'static str)> {
    effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Feedback(record) => {
                Some((record.original_message_id.clone(), record.status_code, effect.because.id()))
            }
            _ => None,
        })
        .collect()
}

fn outcomes(effects: &[Effect]) -> Vec<Outcome> {
    feedback(effects).into_iter().map(|(_, outcome, _)| outcome).collect()
}

/// The error number of a refused order with the rule, or `None` for one that was carried out.
fn refusal(effects: &[Effect]) -> Option<(u32, &'static str)> {
    effects.iter().find_map(|effect| match &effect.action {
        Action::Answer { answer: Err(error), .. } => Some((error.error_code, effect.because.id())),
        _ => None,
    })
}

/// How the newest step that judged a rule judged it.
fn judged(talk: &Talk, id: &str) -> Option<bool> {
    talk.cloud
        .trace()
        .steps()
        .rev()
        .flat_map(|step| step.judged.iter().rev())
        .find(|judgement| judgement.rule.id() == id)
        .map(|judgement| judgement.holds)
}

fn waiting(talk: &Talk) -> usize {
    talk.cloud.registry().hub(HOST).map_or(0, |hub| {
        hub.identities.get(&IdentityId::device("d1")).map_or(0, |d1| d1.queue.messages.len())
    })
}

// Who talks.

fn tuned(tune: impl FnOnce(&mut cloud::profile::HubProfile)) -> Registry {
    let mut registry = registry();
    tune(&mut registry.hub_mut(HOST).expect("the hub").profile);
    registry
}

/// Connects `d1` with Clean Session 0.
fn stay(talk: &mut Talk) -> (ConnId, Vec<Effect>) {
    let mut connect = talk.connect_packet("d1");
    connect.clean = false;
    connect.keep_alive_s = 1000;
    talk.connect_with(connect)
}

/// Connects `d1` with Clean Session 0 and subscribes at this QoS.
fn subscribed(talk: &mut Talk, qos: Qos) -> ConnId {
    let (conn, _) = stay(talk);
    talk.say(conn, subscribe(FILTER, qos));
    conn
}

fn at_1(talk: &mut Talk) -> ConnId {
    subscribed(talk, Qos::AtLeastOnce)
}

// Sending.

#[test]
fn a_send_is_answered_with_its_numbers() {
    let mut talk = Talk::new();
    let given = send_message(C2dOrder { message_id: Some("m".to_owned()), ..C2dOrder::default() });
    assert_eq!(talk.ask(given), Some(Ok(json!({ "messageId": "m", "sequenceNumber": 1 }))));
    let made = talk.ask(send("")).expect("an answer").expect("an id");
    assert_eq!(made["sequenceNumber"], 2);
    let id = made["messageId"].as_str().unwrap_or_default();
    assert_eq!(id.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
}

#[test]
fn what_the_service_side_may_not_send() {
    let over = "x".repeat(65_536 - 1);
    let expiring = |text: &str| {
        send_message(C2dOrder { expiry_time_utc: Some(text.to_owned()), ..C2dOrder::default() })
    };
    let sized = |value: &str| {
        send_message(C2dOrder {
            body: over.clone(),
            properties: vec![("p".to_owned(), Some(value.to_owned()))],
            ..C2dOrder::default()
        })
    };
    let elsewhere = Order::SendC2d {
        hub: "nowhere.azure-devices.net".to_owned(),
        device: "d1".to_owned(),
        message: C2dOrder::default(),
    };
    for (order, expected) in [
        (to("d1", ""), None),
        (to("d9", ""), Some((404_001, "HUB-OPEN-052"))),
        (to("D1", ""), Some((404_001, "HUB-OPEN-052"))),
        (to("d1/m9", ""), Some((404_010, "HUB-OPEN-052"))),
        (to("d1/m1", ""), Some((400_004, "HUB-OPEN-052"))),
        (elsewhere, Some((404_000, "HUB-OPEN-052"))),
        (sized(""), None),
        (sized("x"), Some((413_001, "HUB-OPEN-052"))),
        (expiring("2026-11-20T00:00:01Z"), None),
        (expiring("2026-11-20T00:00:00Z"), Some((403_009, "HUB-OPEN-046"))),
        (expiring("tomorrow"), Some((400_004, "HUB-OPEN-046"))),
    ] {
        let mut talk = Talk::new();
        let what = order.to_string();
        assert_eq!(refusal(&talk.order(order)), expected, "{what}");
    }
}

#[test]
fn the_queue_holds_fifty() {
    let mut talk = Talk::new();
    for _ in 0..50 {
        assert_eq!(refusal(&talk.order(send(""))), None);
    }
    assert_eq!(refusal(&talk.order(send(""))), Some((403_004, "HUB-OPEN-045")));
    talk.order(purge());
    assert_eq!(refusal(&talk.order(send(""))), None);
}

#[test]
fn a_basic_hub_has_none_of_it() {
    let basic = || tuned(|profile| profile.tier = Tier::Basic);
    let mut talk = Talk::with(basic(), &[]);
    assert_eq!(refusal(&talk.order(send(""))), Some((403_010, "HUB-TIER-001")));
    let (conn, _) = stay(&mut talk);
    let effects = talk.say(conn, subscribe(FILTER, Qos::AtLeastOnce));
    assert!(is_closed(&effects, conn));
    assert_eq!(judged(&talk, "HUB-TIER-001"), Some(false));

    let mut talk = Talk::with(basic(), &["HUB-TIER-001"]);
    let conn = at_1(&mut talk);
    assert_eq!(summary(&talk.order(send("a")), conn), ["a 1 #1"]);
}

#[test]
fn one_send_reaches_one_device() {
    let both = |breaks: &[&'static str]| {
        let mut talk = Talk::with(registry(), breaks);
        let (one, two) = (talk.connect("d1"), talk.connect("d2"));
        talk.say(one, subscribe(FILTER, Qos::AtLeastOnce));
        talk.say(two, subscribe("devices/d2/messages/devicebound/#", Qos::AtLeastOnce));
        let effects = talk.order(send("a"));
        [summary(&effects, one), summary(&effects, two)]
    };
    assert_eq!(both(&[]), [vec!["a 1 #1".to_owned()], vec![]]);
    assert_eq!(both(&["HUB-LIMIT-006"]), [["a 1 #1"], ["a 1 #1"]]);
}

#[test]
fn no_device_reaches_another() {
    for topic in ["devices/d2/messages/devicebound/", "devices/d2/messages/events/"] {
        let reached = |breaks: &[&'static str]| {
            let mut talk = Talk::with(registry(), breaks);
            let (one, two) = (talk.connect("d1"), talk.connect("d2"));
            talk.say(two, subscribe("devices/d2/messages/devicebound/#", Qos::AtLeastOnce));
            let effects = talk.say(one, publish(Qos::AtLeastOnce, topic, "a"));
            assert!(is_closed(&effects, one), "{topic}");
            summary(&effects, two)
        };
        assert_eq!(reached(&[]), [""; 0], "{topic}");
        assert_eq!(reached(&["HUB-LIMIT-007"]), ["a 1 #1"], "{topic}");
    }
}

// Delivering.

#[test]
fn a_message_goes_out_at_once() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    let message = C2dOrder {
        message_id: Some("m".to_owned()),
        properties: vec![
            ("prop1".to_owned(), None),
            ("prop2".to_owned(), Some(String::new())),
            ("prop3".to_owned(), Some("a string".to_owned())),
        ],
        body: "hello".to_owned(),
        ..C2dOrder::default()
    };
    let effects = talk.order(send_message(message));
    let expected = Publish {
        qos: Qos::AtLeastOnce,
        topic: format!(
            "devices/d1/messages/devicebound/%24.mid=m&{TO}&iothub-ack=none\
             &prop1&prop2=&prop3=a%20string"
        ),
        packet_id: Some(1),
        payload: "hello".into(),
        ..Publish::default()
    };
    assert_eq!(delivered(&effects, conn), [(expected, "HUB-C2D-006")]);
}

#[test]
fn the_profile_prints_a_question_mark() {
    let mut talk = Talk::with(tuned(|profile| profile.bag_question_mark = true), &[]);
    let conn = at_1(&mut talk);
    let effects = talk.order(send(""));
    let (publish, _) = &delivered(&effects, conn)[0];
    assert!(publish.topic.starts_with("devices/d1/messages/devicebound/?%24.mid="));
    assert_eq!(judged(&talk, "HUB-C2D-023"), None, "nothing heard from the device yet");
    talk.wait_s(60);
    assert_eq!(judged(&talk, "HUB-C2D-023"), Some(false), "a minute of silence");
    talk.say(conn, puback(1));
    assert_eq!(judged(&talk, "HUB-C2D-023"), Some(true));
}

#[test]
fn the_quality_of_service_is_the_granted_one() {
    for (asked, suback, expected) in [
        (Qos::AtMostOnce, 0, "a 0"),
        (Qos::AtLeastOnce, 1, "a 1 #1"),
        (Qos::ExactlyOnce, 1, "a 1 #1"),
    ] {
        let mut talk = Talk::new();
        let (conn, _) = stay(&mut talk);
        let effects = talk.say(conn, subscribe(FILTER, asked));
        assert!(matches!(&sent(&effects, conn)[..], [Packet::Suback(s)] if s.codes == [suback]));
        assert_eq!(summary(&talk.order(send("a")), conn), [expected], "{asked:?}");
    }
}

#[test]
fn the_device_id_stands_in_the_topic_as_it_is() {
    let id = "d%1:$@!";
    let mut registry = registry();
    let hub = registry.hub_mut(HOST).expect("the hub");
    hub.put_default_identity(id.parse().expect("a legal id"));
    let mut talk = Talk::with(registry, &[]);
    let conn = talk.connect(id);
    let filter = format!("devices/{id}/messages/devicebound/#");
    talk.say(conn, subscribe(&filter, Qos::AtLeastOnce));
    let effects = talk.order(to(id, "a"));
    let (publish, _) = &delivered(&effects, conn)[0];
    let prefix = "devices/d%1:$@!/messages/devicebound/%24.mid=";
    assert!(publish.topic.starts_with(prefix), "{}", publish.topic);
}

// Subscriptions and sessions.

#[test]
fn how_a_device_asks_is_judged() {
    for (filter, by_its_filter, no_wildcard, any_bag) in [
        (FILTER, Some(true), Some(true), Some(true)),
        ("devices/+/messages/devicebound/#", None, None, Some(true)),
        ("devices/d1/messages/devicebound/a=b/#", Some(false), Some(false), Some(true)),
        ("devices/d1/messages/devicebound/", Some(false), Some(false), Some(false)),
        ("devices/d1/messages/deviceBound/#", Some(false), None, Some(true)),
        ("$iothub/twin/res/#", None, None, None),
    ] {
        let mut talk = Talk::new();
        let (conn, _) = stay(&mut talk);
        talk.say(conn, subscribe(filter, Qos::AtLeastOnce));
        assert_eq!(judged(&talk, "HUB-C2D-001"), by_its_filter, "{filter}");
        assert_eq!(judged(&talk, "HUB-C2D-003"), no_wildcard, "{filter}");
        assert_eq!(judged(&talk, "HUB-C2D-002"), any_bag, "{filter}");
    }
}

#[test]
fn nothing_comes_before_subscribing_and_nothing_old_after() {
    for clean in [true, false] {
        let mut talk = Talk::new();
        let mut connect = talk.connect_packet("d1");
        connect.clean = clean;
        let (conn, effects) = talk.connect_with(connect);
        assert_eq!(summary(&effects, conn), [""; 0]);
        assert_eq!(summary(&talk.order(send("early")), conn), [""; 0]);
        let effects = talk.say(conn, subscribe(FILTER, Qos::AtLeastOnce));
        assert_eq!(summary(&effects, conn), [""; 0]);
        assert_eq!(summary(&talk.order(send("late")), conn), ["late 1 #1"]);
    }
}

#[test]
fn overlapping_filters_deliver_once_at_the_higher_quality() {
    let mut talk = Talk::new();
    let conn = subscribed(&mut talk, Qos::AtMostOnce);
    talk.say(conn, subscribe("devices/+/messages/devicebound/#", Qos::AtLeastOnce));
    assert_eq!(summary(&talk.order(send("a")), conn), ["a 1 #1"]);
}

#[test]
fn a_session_that_stays_gets_what_waited_behind_the_connack() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.lose(conn);
    talk.order(send("a"));
    talk.order(send("b"));
    let (conn, effects) = stay(&mut talk);
    let kinds: Vec<bool> =
        sent(&effects, conn).iter().map(|p| matches!(p, Packet::Publish(_))).collect();
    assert_eq!(kinds, [false, true, true], "CONNACK first");
    assert_eq!(summary(&effects, conn), ["a 1 #1", "b 1 #2"]);
    assert!(delivered(&effects, conn).iter().all(|(_, rule)| *rule == "HUB-C2D-009"));
    assert_eq!(summary(&talk.order(send("c")), conn), ["c 1 #3"], "still subscribed");
    let effects = talk.say(conn, subscribe(FILTER, Qos::AtLeastOnce));
    assert_eq!(summary(&effects, conn), [""; 0], "nothing twice");
}

#[test]
fn a_clean_session_empties_the_queue_and_has_no_subscription() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.say(conn, Packet::Disconnect(wire::Disconnect::default()));
    talk.order(wanting("m", Wants::Full));
    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(feedback(&effects), [("m".to_owned(), Outcome::Purged, "HUB-OPEN-051")]);
    assert_eq!(summary(&effects, conn), [""; 0]);
    assert_eq!(summary(&talk.order(send("a")), conn), [""; 0]);
    talk.lose(conn);
    let (conn, effects) = stay(&mut talk);
    assert_eq!(summary(&effects, conn), [""; 0], "the clean session left nothing behind");
}

#[test]
fn a_module_gets_no_messages_of_its_device() {
    let mut talk = Talk::new();
    let module = talk.connect("d1/m1");
    talk.say(module, subscribe("devices/d1/modules/m1/#", Qos::AtLeastOnce));
    assert_eq!(summary(&talk.order(send("a")), module), [""; 0]);
}

#[test]
fn after_unsubscribing_nothing_comes() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    let unsubscribe =
        wire::Unsubscribe { packet_id: 2, filters: vec![FILTER.to_owned()], ..Default::default() };
    talk.say(conn, Packet::Unsubscribe(unsubscribe));
    assert_eq!(summary(&talk.order(send("a")), conn), [""; 0]);
}

// Completing.

#[test]
fn puback_completes() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.order(wanting("m", Wants::Positive));
    assert_eq!(waiting(&talk), 1);
    let effects = talk.say(conn, puback(1));
    assert_eq!(feedback(&effects), [("m".to_owned(), Outcome::Success, "HUB-OPEN-051")]);
    assert_eq!(waiting(&talk), 0);
    assert_eq!(talk.say(conn, puback(1)), [], "an unknown id means nothing");
    assert_eq!(judged(&talk, "HUB-OPEN-039"), None, "one message has no order");
}

#[test]
fn pubacks_out_of_order_are_the_devices_fault_and_complete_all_the_same() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.order(wanting("a", Wants::Full));
    talk.order(wanting("b", Wants::Full));
    talk.order(wanting("c", Wants::Full));
    let effects = talk.say(conn, puback(2));
    assert_eq!(judged(&talk, "HUB-OPEN-039"), Some(false));
    assert_eq!(feedback(&effects)[0].0, "b");
    talk.say(conn, puback(1));
    assert_eq!(judged(&talk, "HUB-OPEN-039"), Some(true));
    assert_eq!(waiting(&talk), 1);
}

#[test]
fn at_qos_0_sending_completes_and_a_second_delivery_is_dropped() {
    let mut talk = Talk::new();
    let conn = subscribed(&mut talk, Qos::AtMostOnce);
    assert_eq!(outcomes(&talk.order(wanting("m", Wants::Full))), [Outcome::Success]);
    assert_eq!(waiting(&talk), 0);

    talk.say(conn, subscribe(FILTER, Qos::AtLeastOnce));
    talk.order(wanting("n", Wants::Full));
    talk.say(conn, subscribe(FILTER, Qos::AtMostOnce));
    talk.lose(conn);
    let (conn, effects) = stay(&mut talk);
    assert_eq!(summary(&effects, conn), [""; 0]);
    assert_eq!(outcomes(&effects), [Outcome::Success]);
    assert_eq!(waiting(&talk), 0);
}

#[test]
fn what_was_not_acknowledged_comes_again_with_dup() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    for body in ["a", "b", "c"] {
        talk.order(send(body));
    }
    talk.say(conn, puback(1));
    talk.lose(conn);
    talk.order(send("d"));
    let (conn, effects) = stay(&mut talk);
    assert_eq!(summary(&effects, conn), ["b 1 #2+", "c 1 #3+", "d 1 #1"], "ids stay");
}

#[test]
fn a_takeover_hands_the_messages_on() {
    let mut talk = Talk::new();
    at_1(&mut talk);
    talk.order(send("a"));
    let (conn, effects) = stay(&mut talk);
    assert_eq!(summary(&effects, conn), ["a 1 #1+"]);
}

#[test]
fn the_last_delivery_is_the_tenth() {
    let mut talk = Talk::new();
    let mut conn = at_1(&mut talk);
    talk.order(wanting("m", Wants::Negative));
    for delivery in 2..=10 {
        assert_eq!(outcomes(&talk.lose(conn)), []);
        let (next, effects) = stay(&mut talk);
        assert_eq!(summary(&effects, next), [" 1 #1+"], "{delivery}");
        conn = next;
    }
    let record = ("m".to_owned(), Outcome::DeliveryCountExceeded, "HUB-OPEN-051");
    assert_eq!(feedback(&talk.lose(conn)), [record]);
    let (conn, effects) = stay(&mut talk);
    assert_eq!(summary(&effects, conn), [""; 0]);
}

#[test]
fn the_profile_sets_the_number_of_deliveries() {
    let mut talk = Talk::with(tuned(|profile| profile.c2d_max_delivery_count = 1), &[]);
    let conn = at_1(&mut talk);
    talk.order(wanting("m", Wants::Full));
    assert_eq!(outcomes(&talk.lose(conn)), [Outcome::DeliveryCountExceeded]);
}

#[test]
fn a_lapsed_lock_brings_the_message_again_and_counts_nothing() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.order(wanting("m", Wants::Full));
    assert_eq!(summary(&talk.wait_s(59), conn), [""; 0]);
    for _ in 0..20 {
        let effects = talk.wait_s(60);
        assert_eq!(summary(&effects, conn), [" 1 #1"], "no DUP, and no tenth delivery");
        assert_eq!(delivered(&effects, conn)[0].1, "HUB-OPEN-047");
    }
    assert_eq!(outcomes(&talk.say(conn, puback(1))), [Outcome::Success]);
}

#[test]
fn a_puback_after_the_lock_is_lost_completes_nothing() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.order(send("a"));
    let unsubscribe =
        wire::Unsubscribe { packet_id: 2, filters: vec![FILTER.to_owned()], ..Default::default() };
    talk.say(conn, Packet::Unsubscribe(unsubscribe));
    assert_eq!(summary(&talk.wait_s(60), conn), [""; 0], "not subscribed any more");
    talk.say(conn, puback(1));
    assert_eq!(waiting(&talk), 1);
}

// Expiring and purging.

#[test]
fn messages_expire_by_their_own_date_or_the_hubs_lifetime() {
    let expiring = |text: Option<&str>| {
        send_message(C2dOrder {
            expiry_time_utc: text.map(str::to_owned),
            ack: Wants::Negative,
            ..C2dOrder::default()
        })
    };
    for (ttl_s, own, lasts_s) in [
        (3600, None, 3600),
        (60, None, 60),
        (60, Some("2026-11-20T02:00:00Z"), 7200),
        (3600, Some("2026-11-20T00:00:10.500Z"), 11),
    ] {
        let mut talk = Talk::with(tuned(|profile| profile.c2d_ttl_s = ttl_s), &[]);
        talk.order(expiring(own));
        assert_eq!(outcomes(&talk.wait_s(lasts_s - 1)), [], "{own:?}");
        assert_eq!(outcomes(&talk.wait_s(1)), [Outcome::Expired], "{own:?}");
        assert_eq!(waiting(&talk), 0);
    }
}

#[test]
fn a_locked_message_outlives_its_date_until_the_lock_ends() {
    let short = || tuned(|profile| profile.c2d_ttl_s = 60);
    for ending in ["puback", "lapse", "loss"] {
        let mut talk = Talk::with(short(), &[]);
        let conn = at_1(&mut talk);
        talk.lose(conn);
        talk.order(wanting("m", Wants::Full));
        talk.wait_s(30);
        let (conn, _) = stay(&mut talk);
        assert_eq!(outcomes(&talk.wait_s(31)), [], "past its date and locked");
        let effects = match ending {
            "puback" => talk.say(conn, puback(1)),
            "lapse" => talk.wait_s(29),
            _ => talk.lose(conn),
        };
        let expected = if ending == "puback" { Outcome::Success } else { Outcome::Expired };
        assert_eq!(outcomes(&effects), [expected], "{ending}");
    }
}

#[test]
fn a_purge_takes_everything_and_tells() {
    let mut talk = Talk::new();
    talk.order(wanting("a", Wants::Negative));
    talk.order(wanting("b", Wants::Positive));
    let effects = talk.order(purge());
    let expected = json!({ "totalMessagesPurged": 2, "deviceId": "d1" });
    assert_eq!(answer(&effects), Some(Ok(expected)));
    assert_eq!(feedback(&effects), [("a".to_owned(), Outcome::Purged, "HUB-OPEN-051")]);
    let unknown = Order::PurgeQueue { hub: HOST.to_owned(), device: "d9".to_owned() };
    assert_eq!(refusal(&talk.order(unknown)), Some((404_001, "HUB-OPEN-052")));
}

#[test]
fn a_puback_of_a_purged_message_means_nothing() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    talk.order(wanting("a", Wants::Full));
    assert_eq!(outcomes(&talk.order(purge())), [Outcome::Purged]);
    assert_eq!(outcomes(&talk.say(conn, puback(1))), []);
    talk.order(send("b"));
    assert_eq!(talk.lose(conn).len(), 1, "the log record of the close, and no feedback");
}

// Feedback.

#[test]
fn feedback_is_kept_until_it_is_taken() {
    let mut talk = Talk::new();
    let conn = at_1(&mut talk);
    for (id, ack) in [
        ("none", Wants::None),
        ("positive", Wants::Positive),
        ("negative", Wants::Negative),
        ("full", Wants::Full),
    ] {
        talk.order(wanting(id, ack));
    }
    for packet_id in 1..=4 {
        talk.say(conn, puback(packet_id));
    }
    let generation_id = talk.cloud.registry().hub(HOST).expect("the hub").identities
        [&IdentityId::device("d1")]
        .generation_id
        .clone();
    let record = |id: &str| {
        json!({
            "originalMessageId": id,
            "description": "Success",
            "statusCode": "Success",
            "deviceGenerationId": generation_id,
            "deviceId": "d1",
            "enqueuedTimeUtc": "2026-11-20T00:00:00.0000000Z",
        })
    };
    let expected = json!([record("positive"), record("full")]);
    assert_eq!(talk.ask(take_feedback()), Some(Ok(expected)));
    assert_eq!(talk.ask(take_feedback()), Some(Ok(json!([]))));
}

#[test]
fn feedback_comes_in_batches_of_64() {
    let mut talk = Talk::new();
    subscribed(&mut talk, Qos::AtMostOnce);
    for _ in 0..70 {
        talk.order(wanting("m", Wants::Full));
    }
    let mut size = || match talk.ask(take_feedback()) {
        Some(Ok(Value::Array(records))) => records.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!([size(), size(), size()], [64, 6, 0]);
}

// Each rule broken on purpose.

/// A day of `d1`: everything that the rules of this area speak of happens in it. Only what the device
/// and the service side see, and the judgements on `judged_rule`.
fn transcript(breaks: &[&'static str], judged_rule: &str) -> Vec<String> {
    let mut talk = Talk::with(registry(), breaks);
    let full = || C2dOrder {
        message_id: Some("m".to_owned()),
        correlation_id: Some("c d".to_owned()),
        content_type: Some("text/plain".to_owned()),
        ack: Wants::Full,
        properties: vec![
            ("prop1".to_owned(), None),
            ("prop2".to_owned(), Some(String::new())),
            ("prop3".to_owned(), Some("a string".to_owned())),
        ],
        ..C2dOrder::default()
    };
    let short = C2dOrder {
        expiry_time_utc: Some("2026-11-20T00:01:05Z".to_owned()),
        ack: Wants::Full,
        ..C2dOrder::default()
    };
    // Before and at the first subscription.
    talk.order(send("before everything"));
    talk.order(to("d1/m1", ""));
    let conn = talk.connect("d1");
    talk.order(send("before the subscription"));
    talk.say(conn, subscribe(FILTER, Qos::ExactlyOnce));
    talk.order(send("bare"));
    talk.order(send_message(full()));
    talk.say(conn, puback(2));
    talk.say(conn, puback(1));
    talk.lose(conn);
    // A session at QoS 0.
    let conn = subscribed(&mut talk, Qos::AtMostOnce);
    talk.order(send("sent and done with"));
    talk.lose(conn);
    // A session that stays: redelivery, return, silence.
    let conn = at_1(&mut talk);
    talk.order(send("seen once"));
    talk.lose(conn);
    talk.order(send_message(full()));
    let (conn, _) = stay(&mut talk);
    talk.wait_s(60);
    talk.say(conn, puback(1));
    talk.say(conn, puback(2));
    talk.lose(conn);
    // Nobody there: one expires, one is too much.
    talk.order(send_message(short));
    talk.wait_s(5);
    for _ in 0..51 {
        talk.order(wanting("x", Wants::Full));
    }
    // A clean session, which inherits nothing.
    let conn = talk.connect("d1");
    talk.order(send("to the clean session"));
    talk.order(purge());
    talk.order(take_feedback());
    // A neighbour.
    let two = talk.connect("d2");
    talk.say(two, subscribe("devices/d2/messages/devicebound/#", Qos::AtLeastOnce));
    talk.order(send("for d1 alone"));
    talk.say(conn, publish(Qos::AtLeastOnce, "devices/d2/messages/devicebound/", "hello"));
    let conn = talk.connect("d1");
    talk.say(conn, subscribe("devices/d2/messages/devicebound/#", Qos::AtLeastOnce));
    talk.say(two, subscribe("devices/d2/messages/devicebound/a=b/#", Qos::AtLeastOnce));
    let line = |step: &cloud::Step| {
        let judged = step.judged.iter().filter(|judgement| judgement.rule.id() == judged_rule);
        let judged = judged.map(|judgement| format!("{judgement:?}"));
        let done = step.effects.iter().map(|effect| effect.action.to_string());
        judged.chain(done).collect::<Vec<_>>()
    };
    talk.cloud.trace().steps().flat_map(line).collect()
}

/// Of these the device or the service side sees the break.
const SEEN: &[&str] = &[
    "HUB-C2D-002",
    "HUB-C2D-003",
    "HUB-C2D-004",
    "HUB-C2D-005",
    "HUB-C2D-006",
    "HUB-C2D-007",
    "HUB-C2D-008",
    "HUB-C2D-009",
    "HUB-C2D-010",
    "HUB-C2D-011",
    "HUB-C2D-012",
    "HUB-C2D-013",
    "HUB-C2D-014",
    "HUB-C2D-015",
    "HUB-C2D-016",
    "HUB-C2D-017",
    "HUB-C2D-018",
    "HUB-C2D-019",
    "HUB-C2D-020",
    "HUB-C2D-021",
    "HUB-C2D-022",
    "HUB-C2D-023",
    "HUB-C2D-024",
    "HUB-C2D-025",
    "HUB-C2D-026",
    "HUB-C2D-027",
    "HUB-LIMIT-006",
    "HUB-LIMIT-007",
    "HUB-OPEN-024",
    "HUB-OPEN-025",
    "HUB-OPEN-026",
    "HUB-OPEN-036",
    "HUB-OPEN-045",
    "HUB-OPEN-046",
    "HUB-OPEN-047",
    "HUB-OPEN-048",
    "HUB-OPEN-049",
    "HUB-OPEN-050",
    "HUB-OPEN-051",
    "HUB-OPEN-052",
];

/// Of these, which bind the device, the judgement shows the break.
const JUDGED: &[&str] = &["HUB-C2D-001", "HUB-C2D-002", "HUB-C2D-003", "HUB-OPEN-039"];

#[test]
fn each_broken_rule_is_missed() {
    let right = transcript(&[], "");
    assert!(right == transcript(&[], ""), "the same day twice is not the same");
    let unseen: Vec<_> = SEEN.iter().filter(|id| transcript(&[id], "") == right).collect();
    assert!(unseen.is_empty(), "nobody misses {unseen:?}");
    for id in JUDGED {
        assert!(transcript(&[], id) != transcript(&[id], id), "nobody misses {id}");
    }
}
