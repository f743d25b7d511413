//! Commands that drive a running mock.

use cloud::fault::SHAPES;
use rumqttc::{Event, Packet, QoS};
use serde_json::json;

use crate::{device, sandbox::Sandbox};

/// The mock refused what was asked.
const REFUSED: i32 = 1;

#[test]
fn a_message_waits_in_the_queue_of_a_device() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let sent = sandbox.json(&[
        "c2d",
        "device-1",
        "hello",
        "-p",
        "a=b=c",
        "-p",
        "flag",
        "--ack",
        "full",
        "--message-id",
        "m1",
    ]);
    assert_eq!(sent, json!({"messageId": "m1", "sequenceNumber": 1}));
    let devices = sandbox.json(&["device", "list", "--json"]);
    assert_eq!(devices[0]["cloudToDeviceMessageCount"], 1);
    let unknown = sandbox.run(&["c2d", "device-9", "hello"]);
    assert_eq!(unknown.stderr, "error: the hub has no device `device-9` (404 404001)\n");
    assert_eq!(unknown.code, Some(REFUSED));
}

#[test]
fn a_method_needs_a_device_that_is_there() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let offline = sandbox.run(&["method", "device-1", "reboot", "{\"in_s\": 5}"]);
    assert!(offline.stderr.contains("(404 404103)"), "{}", offline.stderr);
    assert_eq!((offline.code, offline.stdout.as_str()), (Some(REFUSED), ""));
    let soon = sandbox.run(&["method", "device-1", "reboot", "--timeout", "1s"]);
    assert!(soon.stderr.contains("(400 "), "{}", soon.stderr);
}

#[test]
fn a_twin_is_read_patched_and_replaced() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let patch = r#"{"properties": {"desired": {"a": 1, "b": 2}}, "tags": {"t": true}}"#;
    assert_eq!(sandbox.json(&["twin", "device-1", "--patch", patch])["tags"], json!({"t": true}));
    let twin = sandbox.json(&["twin", "device-1"]);
    assert_eq!(twin["properties"]["desired"]["b"], 2);
    let whole = r#"{"properties": {"desired": {"c": 3}}}"#;
    let desired = &sandbox.json(&["twin", "device-1", "--replace", whole])["properties"]["desired"];
    assert_eq!((desired.get("a"), &desired["c"]), (None, &json!(3)));
}

#[test]
fn devices_come_and_go() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let list = || sandbox.succeed(&["device", "list"]);
    let before = list();
    assert_eq!(
        before,
        "device-1  enabled  disconnected  sas\n\
         device-x509  enabled  disconnected  certificateAuthority\n"
    );
    sandbox.succeed(&["device", "add", "d#2"]);
    sandbox.succeed(&["device", "add", "d#2/m1", "--key", "c2t5cHJvb2Yta2V5LTAwMDE="]);
    let thumbprint = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    sandbox.succeed(&["device", "add", "d3", "--thumbprint", thumbprint]);
    sandbox.succeed(&["device", "add", "d4", "--x509"]);
    sandbox.succeed(&["device", "disable", "d4"]);
    for line in [
        "d#2  enabled  disconnected  sas\n",
        "d#2/m1  enabled  disconnected  sas\n",
        "d3  enabled  disconnected  selfSigned\n",
        "d4  disabled  disconnected  certificateAuthority\n",
    ] {
        assert!(list().contains(line), "{line} is not in\n{}", list());
    }
    sandbox.succeed(&["device", "enable", "d4"]);
    for id in ["d#2", "d3", "d4"] {
        sandbox.succeed(&["device", "remove", id]);
    }
    assert_eq!(list(), before);
    for (arguments, says) in [
        (&["device", "add", "d 1"][..], "`d 1` is no device id"),
        (&["device", "add", "d1", "--key", "short"], "primary_key: found "),
        (&["device", "remove", "d9"], "the hub has no device `d9` (404 404001)"),
        (&["device", "cut", "device-1"], "`device-1` is not connected (404 404103)"),
        (&["device", "list", "--hub", "other.example"], "there is no hub `other.example`"),
    ] {
        let ended = sandbox.run(arguments);
        assert!(ended.stderr.contains(says), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.code, Some(REFUSED), "{arguments:?}");
    }
}

#[test]
fn a_new_device_comes_with_its_connection_string() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&[]);
    let gateway = format!("{}:{}", up.fact("/host"), up.facts["mqtt_port"]);
    let host = up.fact("/hubs/0/host");
    let key = "c2t5cHJvb2Yta2V5LTAwMDE=";
    for (arguments, rest) in [
        (&["d2", "--key", key][..], format!("DeviceId=d2;SharedAccessKey={key}")),
        (&["d2/m1", "--key", key], format!("DeviceId=d2;ModuleId=m1;SharedAccessKey={key}")),
        (&["d3", "--x509", "--hub", host], "DeviceId=d3;x509=true".to_owned()),
    ] {
        let added = sandbox.json(&[&["device", "add"], arguments].concat());
        let string = format!("HostName={host};{rest}");
        assert_eq!(added["connectionString"], string);
        assert_eq!(added["gatewayConnectionString"], format!("{string};GatewayHostName={gateway}"));
        assert_eq!(added["status"], "enabled");
    }
}

#[test]
fn telemetry_is_told_by_hub() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&[]);
    assert_eq!(device::publish(&up, "/hubs/0/devices/0", "hello"), device::Outcome::Acknowledged);
    let told = |hub: &str| sandbox.succeed(&["telemetry", "--hub", hub]).lines().count();
    assert_eq!((told(up.fact("/hubs/0/host")), told("other.example")), (1, 0));
}

#[test]
fn telemetry_and_logs_are_told_to_the_last_record() {
    // More than the admin API tells unless it is asked for more.
    const MESSAGES: usize = 1100;
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    let (client, mut connection) = device::client(&up, "/hubs/0/devices/0");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0..MESSAGES {
                let topic = "devices/device-1/messages/events/";
                client.publish(topic, QoS::AtLeastOnce, false, n.to_string()).unwrap();
            }
        });
        let acknowledged = std::iter::from_fn(|| device::next(&mut connection))
            .filter(|event| matches!(event, Ok(Event::Incoming(Packet::PubAck(_)))));
        assert_eq!(acknowledged.take(MESSAGES).count(), MESSAGES);
    });
    let told = sandbox.succeed(&["telemetry"]);
    assert_eq!(told.lines().count(), MESSAGES);
    assert!(told.ends_with(&format!("  {MESSAGES}  {}\n", MESSAGES - 1)));
    assert!(sandbox.succeed(&["logs"]).contains("deviceConnect"));
}

#[test]
fn a_held_clock_moves_when_told() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&["--clock", "held"]);
    let now = |answer: serde_json::Value| answer["now"].as_str().unwrap().to_owned();
    let first = now(sandbox.json(&["advance", "0s"]));
    assert_eq!(now(sandbox.json(&["advance", "0s"])), first);
    let later = now(sandbox.json(&["advance", "4000d"]));
    assert!(later > first && later[..4] != first[..4], "{first} {later}");
}

#[test]
fn time_passes_for_live_connections_too() {
    let sandbox = Sandbox::new();
    let mut up = sandbox.up(&["--clock", "held"]);
    let (_client, mut connection) = device::client(&up, "/hubs/0/devices/0");
    let connected = std::iter::from_fn(|| device::next(&mut connection))
        .find(|event| matches!(event, Ok(Event::Incoming(Packet::ConnAck(_))) | Err(_)));
    assert!(matches!(connected, Some(Ok(_))), "{connected:?}");
    sandbox.succeed(&["advance", "89s"]);
    sandbox.succeed(&["advance", "1s"]);
    let refused = up.hears("REFUSED");
    assert!(
        refused.contains("  device-1  REFUSED, the connection is closed: HUB-KEEPALIVE-011: "),
        "{refused}"
    );
    while !matches!(device::next(&mut connection), Some(Err(_)) | None) {}
}

#[test]
fn a_running_clock_moves_by_itself() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&["--clock", "scaled:60"]);
    let ended = sandbox.run(&["advance", "61m"]);
    assert_eq!(
        ended.stderr,
        "error: the clock runs by itself (409)\n\nhint: expected a mock whose clock is held\n\nhint: \
         start it with `skyproof up --clock held`\n"
    );
    assert_eq!(ended.code, Some(REFUSED));
}

#[test]
fn a_reset_goes_back_to_the_seed() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    sandbox.succeed(&["device", "add", "d2"]);
    sandbox.succeed(&["twin", "device-1", "--patch", r#"{"tags": {"a": 1}}"#]);
    sandbox.succeed(&["reset"]);
    assert!(!sandbox.succeed(&["device", "list"]).contains("d2"));
    assert_eq!(sandbox.json(&["twin", "device-1"])["tags"], json!({}));
}

#[test]
fn faults_are_added_and_cleared() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let fault = r#"{"do": "drop", "packet": "PUBACK", "device": "device-1", "times": 1}"#;
    assert_eq!(sandbox.json(&["fault", "add", fault])["faults"], 1);
    let wrong = sandbox.run(&["fault", "add", r#"{"do": "dropp"}"#]);
    assert!(
        wrong.stderr.contains("`dropp` is no fault: expected one of drop, "),
        "{}",
        wrong.stderr
    );
    assert_eq!(wrong.code, Some(REFUSED));
    assert_eq!(sandbox.json(&["fault", "clear"])["removed"], 1);
}

#[test]
fn the_faults_at_work_are_listed_with_how_often_they_struck() {
    let sandbox = Sandbox::new();
    let seed = sandbox.file(
        "seed.toml",
        "[[hub]]\nhost = \"h.azure-devices.net\"\n[[hub.device]]\nid = \"d1\"\n\
         [[fault]]\ndo = \"duplicate\"\npacket = \"TELEMETRY\"\ntimes = 2\n",
    );
    let up = sandbox.up(&["--seed", &seed]);
    sandbox.succeed(&["fault", "add", r#"{"do": {"delay-s": 5}, "device": "d2"}"#]);
    let list = || sandbox.succeed(&["fault", "list"]);
    let delay = "delay every packet by 5 s to d2  has not struck\n";
    assert_eq!(list(), format!("duplicate TELEMETRY, 2 times  has not struck\n{delay}"));
    assert_eq!(device::publish(&up, "/hubs/0/devices/0", "a"), device::Outcome::Acknowledged);
    assert_eq!(list(), format!("duplicate TELEMETRY, 2 times  struck once\n{delay}"));
    let first = &sandbox.json(&["fault", "list", "--json"])[0];
    assert_eq!((&first["matches"], &first["strikes"]), (&json!(1), &json!(1)));
    // What is declared can be added again as it is.
    let again = sandbox.json(&["fault", "add", &first["declared"].to_string()]);
    assert_eq!((&again["fault"], &again["faults"]), (&first["fault"], &json!(3)));
    assert_eq!(device::publish(&up, "/hubs/0/devices/0", "b"), device::Outcome::Acknowledged);
    // One that has struck for the last time is none any more.
    assert_eq!(list().lines().count(), 2);
    sandbox.succeed(&["fault", "clear"]);
    assert_eq!((list().as_str(), sandbox.json(&["fault", "list", "--json"])), ("", json!([])));
}

#[test]
fn every_fault_can_be_added_and_is_told_in_the_help() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let help = sandbox.succeed(&["fault", "add", "--help"]);
    for shape in SHAPES {
        assert!(help.contains(&format!("  {shape} ")), "{shape}: {help}");
        let kind = match (shape.name, shape.number) {
            (name, None) => format!("{name:?}"),
            ("status", Some(_)) => r#"{"status": 429}"#.to_owned(),
            (name, Some(_)) => format!(r#""{name}=2""#),
        };
        let added = sandbox.json(&["fault", "add", &format!(r#"{{"do": {kind}}}"#)]);
        assert!(added["faults"].is_u64(), "{shape}: {added}");
    }
}

#[test]
fn ready_waits_for_a_mock_that_comes() {
    let sandbox = Sandbox::new();
    std::thread::scope(|scope| {
        let ready = scope.spawn(|| sandbox.run(&["ready", "--wait", "60s"]));
        let _up = sandbox.up(&[]);
        let ended = ready.join().unwrap();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "ready\n"), "{}", ended.stderr);
    });
}

#[test]
fn a_namespace_is_asked_for_its_resources() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&["--namespace", "contoso"]);
    let put = ["api", "clients/press-1", "state=Enabled", "attributes:={\"floor\": 3}"];
    assert_eq!(sandbox.json(&put)["properties"]["attributes"]["floor"], 3);
    let clients = sandbox.succeed(&["api", "clients", "--tenant", "Contoso"]);
    assert!(clients.contains("\"press-1\"") && clients.contains("\"device-x509\""), "{clients}");
    sandbox.succeed(&["api", "clients/press-1", "-X", "DELETE"]);
    for (arguments, says, code) in [
        (&["api", "clients/press-1"][..], "press-1", REFUSED),
        (
            &["api", "clients", "--tenant", "fabrikam"],
            "there is no tenant `fabrikam`; this mock has `contoso",
            REFUSED,
        ),
        (&["api", "clients/x", "state"], "error: `state` is no parameter\n\nhint: NAME=TEXT", 2),
        (&["api", "clients/x", "-X", "HEAD"], "error: invalid value 'HEAD' for '--method", 2),
    ] {
        let ended = sandbox.run(arguments);
        assert!(ended.stderr.contains(says), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.code, Some(code), "{arguments:?}");
    }
}

#[test]
fn a_mock_of_hubs_alone_has_no_api_to_ask() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&[]);
    let ended = sandbox.run(&["api", "Pub"]);
    let says =
        "error: the mock has neither a namespace nor an Alibaba instance\n\nhint: start one with ";
    assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    assert_eq!(ended.code, Some(REFUSED));
}

#[test]
fn an_instance_is_listed_and_knows_its_operations() {
    let sandbox = Sandbox::new();
    let _up = sandbox.up(&["--instance", "iot-060a0bgd"]);
    let ended = sandbox.run(&["api", "Publish", "ProductKey=a1skyproof1"]);
    assert!(ended.stderr.contains("no operation `Publish`"), "{}", ended.stderr);
    assert_eq!(ended.code, Some(REFUSED));
}
