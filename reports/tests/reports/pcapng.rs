//! The captures, read by a reader of our own and by tshark.

use std::{fmt::Write as _, fs, path::Path, process::Command};

use reports::{
    Conversation, Scenario, Verdict,
    conversation::{By, Connection, Said},
    pcapng,
};

use crate::certified::{check, conversation};

fn failing() -> Scenario {
    Scenario {
        conversation: conversation(),
        ..check(12, "The client keeps to QoS 0 and 1", Verdict::Fail.into())
    }
}

fn capture(scenario: &Scenario) -> Vec<u8> {
    let mut out = Vec::new();
    pcapng::write(scenario, &mut out).expect("a vector takes all");
    out
}

#[test]
fn a_conversation_is_a_capture_with_comments() {
    insta::assert_snapshot!(told(&capture(&failing())));
}

#[test]
fn a_scenario_has_a_file_name_of_its_own() {
    assert_eq!(
        pcapng::file_name(&failing()),
        "iot-hub-device-certify-telemetry-12-the-client-keeps-to-qos-0-and-1.pcapng"
    );
}

#[test]
fn what_no_packet_follows_is_told_of_the_whole() {
    let said = |connection, text: &str| Said {
        at_ms: 1,
        connection,
        by: By::Nobody,
        text: text.into(),
        bytes: String::new(),
        broke: vec!["HUB-D2C-016".into()],
        because: None,
        offending: true,
    };
    let conversation = Conversation {
        connections: vec![Connection { number: 1, ..Connection::default() }],
        said: vec![said(1, "a timer ran out"), said(0, "an order")],
        ..Conversation::default()
    };
    let told = told(&capture(&Scenario { conversation, ..failing() }));
    for line in
        ["before this: a timer ran out", "before this: an order", "OFFENDING, breaks HUB-D2C-016: "]
    {
        assert!(
            told.lines()
                .take_while(|line| !line.starts_with("interface"))
                .any(|it| it.contains(line)),
            "{told}"
        );
    }
}

#[test]
fn odd_conversations_are_captures_all_the_same() {
    let long = "é".repeat(70_000);
    let said = |connection, bytes: String| Said {
        at_ms: 5,
        connection,
        by: By::Client,
        text: long.clone(),
        bytes,
        broke: Vec::new(),
        because: Some("no clause".into()),
        offending: false,
    };
    let conversation = Conversation {
        began_ms: u64::MAX,
        connections: vec![Connection {
            number: 7,
            opened_ms: 9,
            closed_ms: Some(1),
            address: "[::1]:9".into(),
            ..Connection::default()
        }],
        said: vec![said(7, "zz".into()), said(9, "c000".into()), said(7, "30".repeat(70_000))],
        backoff: None,
    };
    let file = capture(&Scenario { conversation, ..failing() });
    assert!(told(&file).contains("before this: é"));
    assert!(
        told(&capture(&Scenario { conversation: Conversation::default(), ..failing() }))
            .contains("outcome: fail")
    );
}

/// Where CI runs, tshark has to be there; elsewhere it may be missing.
#[test]
fn tshark_reads_mqtt_and_comments() {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tshark.pcapng");
    fs::write(&path, capture(&failing())).expect("the folder of tests can be written");
    let fields = [
        "frame.time_epoch",
        "mqtt.msgtype",
        "mqtt.topic",
        "mqtt.qos",
        "_ws.expert.message",
        "frame.comment",
    ];
    let mut tshark = Command::new("tshark");
    tshark
        .args([
            "-o",
            "ip.check_checksum:TRUE",
            "-o",
            "tcp.check_checksum:TRUE",
            "-n",
            "-T",
            "fields",
            "-r",
        ])
        .arg(&path);
    tshark.args(fields.iter().flat_map(|field| ["-e", field]));
    let output = match tshark.output() {
        Ok(output) => output,
        Err(error) => {
            let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
            assert!(!in_ci, "tshark does not start: {error}; clients/install installs it");
            return;
        }
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mqtt: Vec<Vec<&str>> = said
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|fields| !fields[1].is_empty())
        .collect();
    let types: Vec<&str> = mqtt.iter().map(|fields| fields[1]).collect();
    assert_eq!(types, ["1", "2", "3", "4", "3", "1", "2", "8"], "{said}");
    assert!(mqtt[0][0].starts_with("1763648544.003"), "{said}");
    assert_eq!(mqtt[4][2..4], ["devices/d7/messages/events/", "2"], "{said}");
    assert!(mqtt[4][5].contains("OFFENDING, breaks HUB-D2C-016: "), "{said}");
    assert!(mqtt[1][5].contains("because of HUB-CONN-001: "), "{said}");
    assert!(!said.to_lowercase().contains("checksum"), "{said}");
    assert!(!said.to_lowercase().contains("malformed"), "{said}");
}

/// A line for each block, and one for each of its comments.
fn told(mut file: &[u8]) -> String {
    let mut text = String::new();
    while !file.is_empty() {
        let (kind, length) = (word(file, 0), word(file, 4) as usize);
        assert_eq!((length % 4, word(file, length - 4) as usize), (0, length));
        let body = &file[8..length - 4];
        let options = match kind {
            0x0A0D_0D0A => {
                assert_eq!(word(body, 0), 0x1A2B_3C4D);
                text.push_str("section\n");
                &body[16..]
            }
            1 => {
                let _ = writeln!(text, "interface of type {}", word(body, 0) & 0xffff);
                &body[8..]
            }
            6 => {
                let us = u64::from(word(body, 4)) << 32 | u64::from(word(body, 8));
                let length = word(body, 12) as usize;
                let packet = &body[20..20 + length];
                let _ = writeln!(text, "{us} {}", told_segment(packet));
                &body[20 + length.next_multiple_of(4)..]
            }
            other => panic!("a block of type {other}"),
        };
        tell_options(options, &mut text);
        file = &file[length..];
    }
    text
}

fn tell_options(mut options: &[u8], text: &mut String) {
    while !options.is_empty() {
        let (code, length) = (word(options, 0) & 0xffff, (word(options, 0) >> 16) as usize);
        let value = std::str::from_utf8(&options[4..4 + length]).expect("UTF-8");
        if code != 0 {
            let shown: String = value.chars().take(120).collect();
            let _ = writeln!(text, "    option {code}: {shown}");
        }
        options = &options[4 + length.next_multiple_of(4)..];
    }
}

fn told_segment(packet: &[u8]) -> String {
    let port = |at: usize| u16::from_be_bytes([packet[at], packet[at + 1]]);
    assert_eq!((packet[0], packet[9], usize::from(port(2))), (0x45, 6, packet.len()));
    let flags: String = [(0x02, 'S'), (0x10, 'A'), (0x08, 'P'), (0x01, 'F')]
        .into_iter()
        .filter_map(|(flag, letter)| (packet[33] & flag != 0).then_some(letter))
        .collect();
    let payload: String = packet[40..].iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let (from, to, bytes) = (port(20), port(22), packet.len() - 40);
    format!("{from} > {to} {flags} {bytes} B {payload}").trim_end().to_owned()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([0, 1, 2, 3].map(|n| bytes[at + n]))
}
