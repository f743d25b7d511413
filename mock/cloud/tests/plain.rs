//! MQTT without TLS, as it comes to tenants that ask for TLS, in a mock whose others do not.

mod common;

use std::sync::Arc;

use cloud::{Action, ConnId, Input, Peer, Transport};
use common::{HOST, Talk, registry};
use wire::{Connect, Packet};

fn opened_plain(talk: &mut Talk) -> ConnId {
    let conn = ConnId(77);
    let peer = Peer {
        address: "127.0.0.1:50077".to_owned(),
        sni: None,
        transport: Transport::Tcp,
        tls_version: None,
        certificates: Arc::new([]),
    };
    talk.tell(Input::Opened { conn, peer });
    conn
}

#[test]
fn a_plain_connect_is_closed_by_the_rule_of_whom_it_is_meant_for() {
    let dps_user = "0ne00000000/registrations/d1/api-version=2019-03-31";
    let hub_user = format!("{HOST}/d1/?api-version=2021-04-12");
    for (username, closes, of_the_device) in [
        (hub_user.as_str(), "HUB-TLS-004", "HUB-TLS-003"),
        (dps_user, "DPS-TLS-004", "DPS-TLS-003"),
    ] {
        let mut talk = Talk::with(registry(), &[]);
        let conn = opened_plain(&mut talk);
        let connect = Connect {
            client_id: "d1".to_owned(),
            username: Some(username.to_owned()),
            ..Connect::default()
        };
        let packet = Packet::Connect(Box::new(connect));
        let effects = talk.tell(Input::Received { conn, packet });
        let told: Vec<_> = effects.iter().map(|it| (&it.action, it.because.id())).collect();
        assert_eq!(told, [(&Action::Close { conn }, closes)], "{username}");
        let step = talk.cloud.trace().steps().last().expect("a step");
        let judged = step.judged.iter().find(|it| it.rule.id() == of_the_device);
        assert_eq!(judged.map(|it| it.holds), Some(false), "{username}");
        assert!(step.why.as_deref().is_some_and(|why| why.contains("without TLS")), "{username}");
    }
}

#[test]
fn a_plain_connection_is_told_as_such_and_does_not_wait_for_ever() {
    let mut talk = Talk::with(registry(), &[]);
    let conn = opened_plain(&mut talk);
    let step = talk.cloud.trace().steps().last().expect("a step");
    assert_eq!(step.input.to_string(), "#77 opened over TCP");
    assert!(step.judged.is_empty(), "nobody knows yet whom it is meant for");
    let due = talk.cloud.next_timeout().expect("a deadline for CONNECT");
    let effects = talk.cloud.handle(due, Input::Timeout);
    assert!(matches!(effects[..], [ref it] if it.action == Action::Close { conn }), "{effects:?}");
}

#[test]
fn nobody_takes_plain_bytes_unless_got_wrong_on_purpose() {
    for (broken, paths) in [
        (None, None),
        (Some("HUB-TLS-004"), Some(&["/$iothub/websocket", "/"][..])),
        (Some("EG-CONN-005"), Some(&["/mqtt"][..])),
    ] {
        let breaks: Vec<&'static str> = broken.into_iter().collect();
        let mut cloud = Talk::with(registry(), &breaks).cloud;
        assert_eq!(cloud.takes_plaintext(), paths, "{broken:?}");
        assert!(!cloud.is_on_1883());
        assert!(!cloud.takes_mqtt_on_443(Some(HOST)));
    }
}
