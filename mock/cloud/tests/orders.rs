//! Orders of the operator, from the asking to the answer.

mod common;

use cloud::{
    Answer, IdentityId, Order, Registry, Step,
    effect::Action,
    fault::{Fault, Kind},
    order::{C2dOrder, MethodOrder},
    seed::{IdentitySeed, X509Seed},
};
use common::{HOST, Talk, answer, is_closed, lines, publish, registry, sent, telemetry, will};
use serde_json::{Value, json};
use wire::{Packet, Qos};

fn hub() -> String {
    HOST.to_owned()
}

fn id(text: &str) -> IdentityId {
    text.parse().expect("a legal id")
}

fn put(seed: IdentitySeed) -> Order {
    Order::PutIdentity { hub: hub(), identity: Box::new(seed) }
}

fn set(name: &str, enabled: bool) -> Order {
    Order::SetEnabled { hub: hub(), identity: id(name), enabled }
}

fn delete(name: &str) -> Order {
    Order::DeleteIdentity { hub: hub(), identity: id(name) }
}

fn cut(name: &str) -> Order {
    Order::CutConnection { hub: hub(), identity: id(name) }
}

fn ask(talk: &mut Talk, order: Order) -> Value {
    talk.ask(order).expect("an answer at once").expect("no error")
}

/// `status error_code name: message`
fn refusal(talk: &mut Talk, order: Order) -> String {
    talk.ask(order).expect("an answer at once").expect_err("an error").to_string()
}

fn code_of(effects: &[cloud::Effect], conn: cloud::ConnId) -> Option<u8> {
    sent(effects, conn).iter().find_map(|packet| match packet {
        Packet::Connack(connack) => Some(connack.code),
        _ => None,
    })
}

#[test]
fn an_identity_is_shown_in_the_names_of_the_service() {
    let mut talk = Talk::new();
    let seed = IdentitySeed {
        primary_key: Some("AAECAwQFBgcICQoLDA0ODw==".to_owned()),
        secondary_key: Some("AQECAwQFBgcICQoLDA0ODw==".to_owned()),
        ..IdentitySeed::new("d3")
    };
    let shown = ask(&mut talk, put(seed));
    let generation = shown["generationId"].clone();
    assert_eq!(generation.as_str().map(str::len), Some(18));
    let expected = json!({
        "deviceId": "d3",
        "generationId": generation,
        "status": "enabled",
        "connectionState": "Disconnected",
        "cloudToDeviceMessageCount": 0,
        "authentication": {
            "type": "sas",
            "symmetricKey": {
                "primaryKey": "AAECAwQFBgcICQoLDA0ODw==",
                "secondaryKey": "AQECAwQFBgcICQoLDA0ODw==",
            },
        },
    });
    assert_eq!(shown, expected);
    talk.connect("d3");
    let all = ask(&mut talk, Order::ListIdentities { hub: hub() });
    let ids: Vec<_> = all.as_array().expect("a list").iter().map(|it| &it["deviceId"]).collect();
    assert_eq!(ids, ["d1", "d1", "d2", "d3"]);
    assert_eq!(all[1]["moduleId"], "m1");
    assert_eq!(all[3]["connectionState"], "Connected");
}

#[test]
fn each_way_to_prove_an_identity_has_its_name() {
    let mut talk = Talk::new();
    let thumb =
        IdentitySeed { primary_thumbprint: Some("ab".repeat(20)), ..IdentitySeed::new("thumb") };
    let authentication = ask(&mut talk, put(thumb))["authentication"].clone();
    let thumbprints = json!({"primaryThumbprint": "AB".repeat(20), "secondaryThumbprint": null});
    assert_eq!(authentication, json!({"type": "selfSigned", "x509Thumbprint": thumbprints}));
    let signed = IdentitySeed { x509: Some(X509Seed::Authority), ..IdentitySeed::new("signed") };
    let authentication = ask(&mut talk, put(signed))["authentication"].clone();
    assert_eq!(authentication, json!({"type": "certificateAuthority"}));
}

#[test]
fn putting_an_identity_again_changes_its_credentials_alone() {
    let mut talk = Talk::new();
    let seed = IdentitySeed {
        desired: json!({"a": 1}).as_object().cloned().unwrap_or_default(),
        ..IdentitySeed::new("d3")
    };
    let first = ask(&mut talk, put(seed.clone()));
    let conn = talk.connect("d3");
    let other_key =
        IdentitySeed { primary_key: Some("AAECAwQFBgcICQoLDA0ODw==".to_owned()), ..seed.clone() };
    let effects = talk.order(put(other_key));
    assert!(!is_closed(&effects, conn), "{:?}", lines(&effects));
    let again = answer(&effects).expect("an answer").expect("no error");
    assert_eq!(again["generationId"], first["generationId"]);
    assert_eq!(again["connectionState"], "Connected");
    let key = &again["authentication"]["symmetricKey"]["primaryKey"];
    assert_eq!(key, "AAECAwQFBgcICQoLDA0ODw==");
    let other_twin =
        IdentitySeed { desired: json!({"a": 2}).as_object().cloned().unwrap_or_default(), ..seed };
    assert_eq!(
        refusal(&mut talk, put(other_twin)),
        "400 400004 ArgumentInvalid: `d3` exists and has a twin: change it by patching the twin",
    );
}

#[test]
fn what_cannot_be_put_is_refused_with_the_reason() {
    let mut talk = Talk::new();
    let before = talk.cloud.registry().clone();
    let short_key =
        IdentitySeed { primary_key: Some("AAAA".to_owned()), ..IdentitySeed::new("d3") };
    for (order, says) in [
        (put(IdentitySeed::new("d 3")), "400 400004 ArgumentInvalid: `d 3` is no device id"),
        (
            put(short_key),
            "400 400004 ArgumentInvalid: identity.primary_key: found base64 of 3 bytes, expected \
             base64 of 16 to 64 bytes",
        ),
        (put(IdentitySeed::new("d9/m1")), "404 404001 DeviceNotFound: the hub has no device `d9`"),
        (
            Order::PutIdentity {
                hub: "elsewhere.azure-devices.net".to_owned(),
                identity: Box::new(IdentitySeed::new("d3")),
            },
            "404 404000 GenericNotFound: there is no hub `elsewhere.azure-devices.net`; this cloud \
             has contoso.azure-devices.net",
        ),
    ] {
        let error = refusal(&mut talk, order);
        assert!(error.starts_with(says), "{error}");
    }
    assert_eq!(talk.cloud.registry(), &before);
}

#[test]
fn orders_about_nobody_are_refused() {
    let mut talk = Talk::new();
    for order in [set("d9", true), delete("d9"), cut("d9")] {
        let error = refusal(&mut talk, order);
        assert_eq!(error, "404 404001 DeviceNotFound: the hub has no device `d9`");
    }
    let error = refusal(&mut talk, delete("d1/m9"));
    assert_eq!(error, "404 404010 ModuleNotFound: the hub has no module `d1/m9`");
    let error = refusal(&mut talk, Order::ListIdentities { hub: "a.b".to_owned() });
    assert!(error.starts_with("404 404000 GenericNotFound: there is no hub `a.b`"), "{error}");
    let error = refusal(&mut talk, cut("d1"));
    assert_eq!(error, "404 404103 DeviceNotOnline: `d1` is not connected");
}

#[test]
fn disabling_ends_the_connection_and_bars_the_way_back() {
    let mut talk = Talk::new();
    let conn = talk.connect("d1");
    let other = talk.connect("d2");
    let effects = talk.order(set("d1", false));
    let shown = lines(&effects);
    assert_eq!(
        shown[..3],
        [
            format!("{conn} is closed (HUB-OPEN-005)"),
            "log deviceConnect 403012 DeviceDisabled (HUB-OPEN-005)".to_owned(),
            "log deviceDisconnect 404104 DeviceConnectionClosedRemotely (HUB-OPEN-079)".to_owned(),
        ],
    );
    let answer = answer(&effects).expect("an answer").expect("no error");
    assert_eq!(
        (&answer["status"], &answer["connectionState"]),
        (&json!("disabled"), &json!("Disconnected"))
    );
    assert!(!is_closed(&effects, other));

    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(code_of(&effects, conn), Some(5));
    ask(&mut talk, set("d1", true));
    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(code_of(&effects, conn), Some(0));
}

#[test]
fn deleting_a_device_takes_its_modules_along() {
    let mut talk = Talk::new();
    let (device, module) = (talk.connect("d1"), talk.connect("d1/m1"));
    let effects = talk.order(delete("d1"));
    assert!(is_closed(&effects, device) && is_closed(&effects, module), "{:?}", lines(&effects));
    let answer = answer(&effects).expect("an answer").expect("no error");
    assert_eq!(answer, json!({"deleted": ["d1", "d1/m1"]}));
    let left: Vec<_> =
        talk.cloud.registry().hubs[HOST].identities.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["d2"]);
    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(code_of(&effects, conn), Some(5));
}

#[test]
fn deleting_a_module_leaves_its_device() {
    let mut talk = Talk::new();
    let (device, module) = (talk.connect("d1"), talk.connect("d1/m1"));
    let effects = talk.order(delete("d1/m1"));
    assert!(!is_closed(&effects, device) && is_closed(&effects, module));
    assert!(talk.cloud.registry().hubs[HOST].identities.contains_key(&id("d1")));
}

#[test]
fn a_cut_is_a_lost_network() {
    let mut talk = Talk::new();
    let mut connect = talk.connect_packet("d1");
    connect.will = Some(will("devices/d1/messages/events/", "gone"));
    let (conn, _) = talk.connect_with(connect);
    let effects = talk.order(cut("d1"));
    assert_eq!(lines(&effects)[0], format!("{conn} is reset (SKY-OPERATOR-003)"));
    assert_eq!(telemetry(&effects)[0].body, "gone");
    let answer = answer(&effects).expect("an answer").expect("no error");
    assert_eq!(answer["connectionState"], "Disconnected");
    assert_eq!(talk.cloud.connection_count(), 0);
    assert_eq!(talk.lose(conn), []);
}

#[test]
fn the_tenants_are_listed() {
    let mut talk = Talk::new();
    talk.connect("d1");
    let tenants = ask(&mut talk, Order::ListTenants);
    let expected = json!({
        "hubs": [{
            "host": HOST,
            "default": true,
            "tier": "standard",
            "policies": ["iothubowner", "service", "device", "registryRead", "registryReadWrite"],
            "authorities": 0,
            "identities": 3,
            "connected": 1,
        }],
        "provisioning": [],
        "namespaces": [],
        "instances": [],
        "autoCreate": false,
    });
    assert_eq!(tenants, expected);
}

#[test]
fn a_reset_begins_anew_and_answers_who_waits() {
    let mut talk = Talk::new();
    let seed = talk.cloud.registry().clone();
    let mut connect = talk.connect_packet("d1");
    connect.will = Some(will("devices/d1/messages/events/", "gone"));
    let (one, _) = talk.connect_with(connect);
    let early = talk.open();
    let call = MethodOrder { connect_timeout_in_seconds: 60, ..MethodOrder::new("reboot", None) };
    talk.order(Order::InvokeMethod { hub: hub(), identity: id("d2"), call });
    ask(&mut talk, put(IdentitySeed::new("d3")));
    ask(&mut talk, Order::AddFault(Fault::new(Kind::Drop)));

    let effects = talk.order(Order::Reset(Box::new(seed.clone())));
    assert_eq!(
        lines(&effects)[1..3],
        [
            format!("{one} is closed (SKY-OPERATOR-004)"),
            format!("{early} is closed (SKY-OPERATOR-004)"),
        ],
    );
    let answers: Vec<&Answer> = effects
        .iter()
        .filter_map(|effect| match &effect.action {
            Action::Answer { answer, .. } => Some(answer),
            _ => None,
        })
        .collect();
    assert_eq!(answers.len(), 2, "the method call and the reset: {:?}", lines(&effects));
    assert!(answers[0].is_err() && answers[1].is_ok());
    assert_eq!(telemetry(&effects), []);
    assert_eq!(talk.cloud.registry(), &seed);
    assert_eq!((talk.cloud.connection_count(), talk.cloud.next_timeout()), (0, None));
    let connect = talk.connect_packet("d1");
    let (conn, effects) = talk.connect_with(connect);
    assert_eq!(code_of(&effects, conn), Some(0), "no fault is left");
}

#[test]
fn a_snapshot_of_a_living_cloud_is_a_seed() {
    let mut talk = Talk::new();
    let conn = talk.connect("d1");
    let hour = C2dOrder { body: "later".to_owned(), ..C2dOrder::default() };
    talk.order(Order::SendC2d { hub: hub(), device: "d2".to_owned(), message: hour });
    let snapshot = talk.cloud.registry().clone();
    talk.order(Order::Reset(Box::new(snapshot)));
    let identity = &talk.cloud.registry().hubs[HOST].identities[&id("d1")];
    assert_eq!(identity.conn, None);
    assert_eq!(talk.say(conn, Packet::Pingreq), []);
    let queue =
        |talk: &Talk| talk.cloud.registry().hubs[HOST].identities[&id("d2")].queue.messages.len();
    assert_eq!(queue(&talk), 1);
    talk.wait_s(3600);
    assert_eq!(queue(&talk), 0, "the message still expires");
}

#[test]
fn a_fault_that_makes_no_sense_is_refused() {
    let mut talk = Talk::new();
    let error = refusal(&mut talk, Order::AddFault(Fault::new(Kind::Drop).on("PUBAK")));
    let says = "400 400004 ArgumentInvalid: packet: found `PUBAK`, expected one of CONNACK";
    assert!(error.starts_with(says), "{error}");
    let fault = Fault::new(Kind::Drop).on("PUBACK").of("d1").times(1);
    let added = ask(&mut talk, Order::AddFault(fault));
    assert_eq!(added, json!({"fault": "drop PUBACK to d1, once", "faults": 1}));
    let listed = ask(&mut talk, Order::ListFaults);
    assert_eq!(listed[0]["fault"], added["fault"]);
    assert_eq!((&listed[0]["matches"], &listed[0]["strikes"]), (&json!(0), &json!(0)));
    assert_eq!(ask(&mut talk, Order::ClearFaults), json!({"removed": 1}));
    assert_eq!(ask(&mut talk, Order::ListFaults), json!([]));
}

#[test]
fn an_empty_cloud_says_so() {
    let mut talk = Talk::with(Registry::default(), &[]);
    let error = refusal(&mut talk, Order::ListIdentities { hub: "a.b".to_owned() });
    let says = "404 404000 GenericNotFound: there is no hub `a.b`; this cloud has no hub at all";
    assert_eq!(error, says);
}

/// Everything that the world sees of a day with every order in it.
fn transcript(breaks: &[&'static str]) -> Vec<String> {
    let mut talk = Talk::with(registry(), breaks);
    talk.order(put(IdentitySeed::new("d 3")));
    talk.order(put(IdentitySeed::new("d3")));
    let conn = talk.connect("d1");
    talk.order(set("d1", false));
    talk.order(set("d1", true));
    talk.order(delete("d9"));
    talk.connect("d1");
    talk.order(cut("d1"));
    talk.connect("d2");
    talk.order(delete("d2"));
    talk.connect("d1");
    talk.order(Order::Reset(Box::new(registry())));
    talk.say(conn, publish(Qos::AtLeastOnce, "devices/d1/messages/events/", "too late"));
    talk.cloud.trace().steps().flat_map(done).collect()
}

fn done(step: &Step) -> Vec<String> {
    step.effects.iter().map(|effect| effect.action.to_string()).collect()
}

#[test]
fn each_broken_rule_is_missed() {
    let right = transcript(&[]);
    assert_eq!(right, transcript(&[]));
    for id in [
        "SKY-OPERATOR-001",
        "SKY-OPERATOR-002",
        "SKY-OPERATOR-003",
        "SKY-OPERATOR-004",
        "HUB-OPEN-003",
        "HUB-OPEN-005",
        "HUB-OPEN-023",
        "HUB-OPEN-077",
    ] {
        assert_ne!(transcript(&[id]), right, "nobody misses {id}");
    }
}
