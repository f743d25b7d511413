//! A run in which a client was certified: a fail with its conversation, a warn, trouble, and a decline.

use reports::{
    Client, Conversation, Digest, Event, Failure, Found, Judged, Lane, Mode, Outcome, Scenario,
    Verdict::{Error, Fail, Pass, Warn},
    conversation::{Backoff, BackoffClass, By, Connect, Connection, Said},
    judged::Level,
};

use crate::sample;

/// The client of these runs.
pub(crate) fn client() -> Client {
    Client {
        name: "thermostat".into(),
        version: Some("2.1.0".into()),
        command: vec!["./thermostat".into(), "--hub".into(), "$SKYPROOF_HOST".into()],
        sha256: vec![Digest { file: "./thermostat".into(), sha256: "0123abcd".repeat(8) }],
        mode: Mode::BlackBox,
        capabilities: vec!["telemetry".into(), "methods:reboot".into()],
        platform: "linux x86_64".into(),
        seed: 7,
        warp: 1,
        lane: Lane::Quick,
        homepage: None,
        patience_ms: None,
    }
}

/// The whole run.
pub(crate) fn certified() -> Vec<Event> {
    of(scenarios())
}

/// A run of these scenarios, with a remark.
pub(crate) fn of<const N: usize>(scenarios: [Scenario; N]) -> Vec<Event> {
    let mut events = sample::run(scenarios);
    if let Some(Event::RunStarted { suite, client: certified, .. }) = events.first_mut() {
        *suite = "certify iot-hub".into();
        *certified = Some(Box::new(client()));
    }
    let text = "c2d was seen and is not claimed: --does c2d".to_owned();
    events.insert(events.len() - 1, Event::Remark { text });
    events
}

fn scenarios() -> [Scenario; 8] {
    let says = "A publish at QoS 2 makes the hub close the connection.";
    let qos_2 = |found| judged("HUB-D2C-016", says, Level::Must, found);
    let qos_1 = |found| judged("HUB-D2C-003", "QoS 1 is acknowledged.", Level::Must, found);
    let twin =
        judged("HUB-TWIN-039", "A device reads its twin again.", Level::Should, Found::Broken);
    [
        Scenario {
            failure: Some(Failure {
                requirement: format!("HUB-D2C-016: {says}"),
                expected: "PUBLISH at QoS 0 or 1".into(),
                actual: "PUBLISH q2".into(),
                hint: Some("skyproof explain HUB-D2C-016".into()),
                step: "Then it never publishes at QoS 2".into(),
            }),
            judged: vec![qos_2(Found::Broken), qos_1(Found::NeverShown)],
            conversation: conversation(),
            ..check(12, "The client keeps to QoS 0 and 1", Fail.into())
        },
        Scenario {
            judged: vec![qos_2(Found::Kept), qos_1(Found::Kept)],
            ..check(4, "The client publishes", Pass.into())
        },
        Scenario {
            judged: vec![twin.clone()],
            attempts: 2,
            trouble: Some("the client ended with exit code 1; it wrote: <lost>".into()),
            ..check(20, "The twin is read again", Warn.into())
        },
        Scenario {
            trouble: Some("there is no ./thermostat: No such file or directory".into()),
            ..check(28, "The client connects", Error.into())
        },
        Scenario {
            tags: vec!["suspect".into()],
            failure: Some(Failure {
                requirement: "HUB-D2C-003: QoS 1 is acknowledged.".into(),
                expected: "PUBACK id=1".into(),
                actual: "nothing".into(),
                hint: None,
                step: "Then it acknowledges".into(),
            }),
            ..check(32, "Nobody can do this", Fail.into())
        },
        Scenario {
            name: "HUB-TWIN-039 is kept throughout".into(),
            judged: vec![twin.clone()],
            conversation: conversation(),
            ..check(12, "", Warn.into())
        },
        Scenario { attempts: 3, ..check(34, "It came round", Pass.into()) },
        check(36, "A module connects", Outcome::Unsupported("exit code 127: declined".into())),
    ]
}

/// One scenario of a client's features.
pub(crate) fn check(line: usize, name: &str, outcome: Outcome) -> Scenario {
    Scenario {
        feature: "Telemetry of a client".into(),
        path: "features/iot-hub/device/certify/telemetry.feature".into(),
        ..sample::scenario(line, name, outcome)
    }
}

fn judged(clause: &str, says: &str, level: Level, found: Found) -> Judged {
    Judged { clause: clause.into(), says: says.into(), level, found }
}

/// A CONNECT, a publish that is acknowledged, one at QoS 2, a close, and a second attempt.
pub(crate) fn conversation() -> Conversation {
    let username = "hub.azure-devices.net/d7/?api-version=2021-04-12";
    let connection = |number, opened_ms| Connection {
        number,
        opened_ms,
        closed_ms: None,
        address: format!("127.0.0.9:{}", 50_000 + number),
        transport: "TLS".into(),
        tls_version: "TLSv1_3".into(),
        sni: Some("hub.azure-devices.net".into()),
        certificates: 0,
        connect: Some(Connect {
            level: 4,
            client_id: "d7".into(),
            username: Some(username.into()),
            keep_alive_s: 60,
            clean: false,
            has_will: false,
            has_password: true,
        }),
        connack: Some(0),
    };
    let topic = "devices/d7/messages/events/";
    let connect = connect(username);
    let mut said = Vec::new();
    let mut say = |at_ms, connection, by, text: &str, bytes: &[u8]| {
        said.push(Said {
            at_ms,
            connection,
            by,
            text: text.into(),
            bytes: hex(bytes),
            broke: Vec::new(),
            because: None,
            offending: false,
        });
    };
    say(0, 1, By::Nobody, "opened by 127.0.0.9:50001 over TLS", &[]);
    say(3, 1, By::Client, "CONNECT client_id=d7", &connect);
    say(4, 1, By::Cloud, "CONNACK code=0", &[0x20, 2, 0, 0]);
    say(10, 1, By::Client, "PUBLISH q1 r0 d0 id=1", &publish(0x32, topic, Some(1), b"hello"));
    say(10, 1, By::Cloud, "PUBACK id=1", &[0x40, 2, 0, 1]);
    say(20, 0, By::Nobody, "order: send a message to d7", &[]);
    say(30, 1, By::Client, "PUBLISH q2 r0 d0 id=2", &publish(0x34, topic, Some(2), b"hello"));
    say(30, 1, By::Cloud, "close", &[]);
    say(1030, 2, By::Nobody, "opened by 127.0.0.9:50002 over TLS", &[]);
    say(1033, 2, By::Client, "CONNECT client_id=d7", &connect);
    say(1034, 2, By::Cloud, "CONNACK code=0", &[0x20, 2, 1, 0]);
    say(1040, 2, By::Client, "SUBSCRIBE id=3", b"\x82\x1b\0\x03\0\x16$iothub/methods/POST/#\x01");
    said[2].because = Some("HUB-CONN-001".into());
    said[4].because = Some("HUB-D2C-003".into());
    said[6].broke = vec!["HUB-D2C-016".into()];
    said[6].offending = true;
    said[7].because = Some("HUB-D2C-016".into());
    Conversation {
        began_ms: 1_763_648_544_000,
        connections: vec![
            Connection { closed_ms: Some(30), ..connection(1, 0) },
            connection(2, 1030),
        ],
        said,
        backoff: Some(Backoff {
            gaps_ms: vec![1000, 2100, 3900],
            class: BackoffClass::ExponentialWithJitter,
            base_ms: 1000,
            factor: 1.98,
        }),
    }
}

fn connect(username: &str) -> Vec<u8> {
    let mut body = b"\0\x04MQTT\x04\xc0\0\x3c".to_vec();
    for text in ["d7", username, "SharedAccessSignature sr=hub"] {
        body.extend(text_of(text));
    }
    frame(0x10, &body)
}

fn publish(first: u8, topic: &str, packet_id: Option<u16>, payload: &[u8]) -> Vec<u8> {
    let mut body = text_of(topic);
    body.extend(packet_id.into_iter().flat_map(u16::to_be_bytes));
    body.extend(payload);
    frame(first, &body)
}

fn frame(first: u8, body: &[u8]) -> Vec<u8> {
    let length = u8::try_from(body.len()).expect("short");
    assert!(length < 0x80, "a length of one byte");
    [&[first, length], body].concat()
}

fn text_of(text: &str) -> Vec<u8> {
    let length = u16::try_from(text.len()).expect("short");
    [&length.to_be_bytes(), text.as_bytes()].concat()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
