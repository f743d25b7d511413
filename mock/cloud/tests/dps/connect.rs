//! CONNECT: which are taken, which are refused, and what is noted about the device.

use cloud::{
    Door, Input, Peer, Transport,
    profile::{ConnectRefusal, SasRefusedAt},
    registry::{Enrollment, Provisioning},
    sas,
};
use wire::{Connect, Disconnect, Malformed, Packet, Publish, Qos, Will};

use crate::{
    common::{HOST, lines},
    device::{
        ANSWERS, Device, KEY, SCOPE, SNI, answer, certificates, close, connack, keys, registry,
    },
};

fn user(tail: &str) -> Option<String> {
    Some(format!("{SCOPE}/registrations/{tail}"))
}

/// A CONNECT of `r1` whose token has this text in place of `sr`, and this policy.
fn with_token(device: &Device, sr: &str, policy: Option<&str>) -> Connect {
    let token = sas::sign_as_sent(KEY, sr, device.talk.now.s() + 60, policy);
    Connect { password: Some(token.into()), ..device.packet("r1", KEY) }
}

#[test]
fn what_connack_says() {
    let device = Device::new();
    let good = device.packet("r1", KEY);
    let long = "x".repeat(129);
    for (says, connect, expected) in [
        ("the documented one", good.clone(), (0, "DPS-OPEN-007")),
        ("clean session 0", Connect { clean: false, ..good.clone() }, (0, "DPS-OPEN-007")),
        ("MQTT 5", Connect { level: 5, ..good.clone() }, (1, "DPS-CONN-001")),
        (
            "MQTT 3.1",
            Connect { level: 3, protocol_name: "MQIsdp".to_owned(), ..good.clone() },
            (1, "DPS-CONN-001"),
        ),
        ("a wrong key: that shows at register", device.packet("r1", b"wrong"), (0, "DPS-OPEN-007")),
        ("an unknown registration id: so does that", device.packet("r9", KEY), (0, "DPS-OPEN-007")),
        (
            "an SDK's tail",
            Connect {
                username: user("r1/api-version=2021-06-01&ClientVersion=1.15.0"),
                ..good.clone()
            },
            (0, "DPS-OPEN-007"),
        ),
        (
            "a question mark, as at the hub",
            Connect { username: user("r1/?api-version=2019-03-31"), ..good.clone() },
            (0, "DPS-OPEN-007"),
        ),
        (
            "an api-version of the future",
            Connect { username: user("r1/api-version=2099-01-01"), ..good.clone() },
            (0, "DPS-OPEN-007"),
        ),
        ("no api-version", Connect { username: user("r1"), ..good.clone() }, (5, "DPS-CONN-005")),
        ("no user name", Connect { username: None, ..good.clone() }, (5, "DPS-CONN-005")),
        (
            "an unknown scope",
            Connect {
                username: Some("0ne9/registrations/r1/api-version=2019-03-31".to_owned()),
                ..good.clone()
            },
            (5, "DPS-OPEN-003"),
        ),
        (
            "another client id",
            Connect { client_id: "r2".to_owned(), ..good.clone() },
            (5, "DPS-OPEN-002"),
        ),
        (
            "the same client id in capitals",
            Connect { client_id: "R1".to_owned(), ..good.clone() },
            (0, "DPS-OPEN-007"),
        ),
        ("a registration id that is too long", device.packet(&long, KEY), (5, "DPS-OPEN-012")),
        ("a registration id with a space", device.packet("r 1", KEY), (5, "DPS-OPEN-012")),
        ("no proof at all", Connect { password: None, ..good.clone() }, (5, "DPS-SAS-001")),
        (
            "a password that is no token",
            Connect { password: Some("secret".into()), ..good.clone() },
            (5, "DPS-SAS-001"),
        ),
        ("a token without skn", with_token(&device, "s%2Fr%2Fr1", None), (0, "DPS-OPEN-007")),
        ("a Will", Connect { will: Some(Will::default()), ..good }, (0, "DPS-OPEN-007")),
    ] {
        let effects = Device::new().connect(connect);
        assert_eq!(connack(&effects), Some(expected), "{says}");
        let closed = (expected.0 != 0).then_some(expected.1);
        assert_eq!(close(&effects), closed, "{says}");
    }
}

#[test]
fn what_is_noted_about_a_token() {
    let device = Device::new();
    let sr = format!("{SCOPE}%2Fregistrations%2Fr1");
    let raw = format!("{SCOPE}/registrations/r1");
    let policy = Some("registration");
    for (says, connect, expected) in [
        ("all right", device.packet("r1", KEY), [true, true, true, true, true]),
        ("no skn", with_token(&device, &sr, None), [false, true, true, false, true]),
        ("another skn", with_token(&device, &sr, Some("device")), [true, true, true, false, true]),
        ("raw slashes", with_token(&device, &raw, policy), [true, false, true, true, true]),
        (
            "another device's resource",
            with_token(&device, &sr.replace("r1", "r2"), policy),
            [true, true, false, true, false],
        ),
    ] {
        let mut device = Device::new();
        device.connect(connect);
        let ids = ["DPS-SAS-003", "DPS-SAS-004", "DPS-SAS-005", "DPS-SAS-006", "DPS-CONN-007"];
        assert_eq!(ids.map(|id| device.judged(id)), expected.map(Some), "{says}");
    }
}

#[test]
fn what_is_noted_about_the_names_and_flags() {
    let good = Device::new().packet("r1", KEY);
    let ids = ["DPS-CONN-004", "DPS-CONN-005", "DPS-CONN-006", "DPS-SESS-003"];
    for (says, connect, expected) in [
        ("all right", good.clone(), [true, true, true, true]),
        ("clean session 0", Connect { clean: false, ..good.clone() }, [true, true, true, false]),
        (
            "another client id",
            Connect { client_id: "r2".to_owned(), ..good.clone() },
            [false, true, true, true],
        ),
        (
            "a question mark",
            Connect { username: user("r1/?api-version=2019-03-31"), ..good.clone() },
            [true, false, true, true],
        ),
        (
            "an api-version of the future",
            Connect { username: user("r1/api-version=2099-01-01"), ..good.clone() },
            [true, false, true, true],
        ),
        (
            "an unknown scope",
            Connect {
                username: Some("0ne9/registrations/r1/api-version=2019-03-31".to_owned()),
                ..good
            },
            [true, true, false, true],
        ),
    ] {
        let mut device = Device::new();
        device.connect(connect);
        assert_eq!(ids.map(|id| device.judged(id)), expected.map(Some), "{says}");
    }
}

#[test]
fn a_user_name_tells_dps_from_a_hub_without_its_host_name() {
    for sni in [None, Some("localhost".to_owned())] {
        let mut device = Device::new();
        let peer = Peer { sni: sni.clone(), ..device.peer() };
        let effects = device.connect_over(peer, device.packet("r1", KEY));
        assert_eq!(connack(&effects), Some((0, "DPS-OPEN-007")), "{sni:?}");
    }
    let mut device = Device::new();
    let user = format!("{HOST}/r1/?api-version=2021-04-12");
    let effects = device.connect(Connect { username: Some(user), ..device.packet("r1", KEY) });
    assert_eq!(connack(&effects), Some((5, "DPS-CONN-005")), "a hub's user name at DPS");
}

#[test]
fn the_scope_selects_the_instance() {
    let mut registry = registry();
    let mut other = Provisioning::new("0ne00000001", &[HOST]);
    other.put_enrollment(Enrollment::new("only-here", keys(KEY)));
    registry.put_provisioning(other);
    for (scope, status) in [("0ne00000001", "202"), (SCOPE, "401")] {
        let mut device = Device::of(registry.clone(), &[]);
        let resource = format!("{scope}/registrations/only-here");
        let token = sas::sign(KEY, &resource, device.talk.now.s() + 60, Some("registration"));
        device.connect(Connect {
            username: Some(format!("{resource}/api-version=2019-03-31")),
            password: Some(token.into()),
            ..device.packet("only-here", KEY)
        });
        device.subscribe(ANSWERS, Qos::AtMostOnce);
        let topic = answer(&device.register("")).topic;
        assert!(topic.starts_with(&format!("$dps/registrations/res/{status}/")), "{topic}");
    }
}

#[test]
fn websocket_is_as_good_as_tls_on_two_paths() {
    for (path, subprotocol, code, noted) in [
        ("/$iothub/websocket", "mqtt", 0, true),
        ("/", "MQTT", 0, true),
        ("/$iothub/websocket", "amqp", 0, false),
        ("/mqtt", "mqtt", 5, true),
    ] {
        let mut device = Device::new();
        let transport =
            Transport::WebSocket { path: path.to_owned(), subprotocol: subprotocol.to_owned() };
        let peer = Peer { transport, ..device.peer() };
        let effects = device.connect_over(peer, device.packet("r1", KEY));
        assert_eq!(connack(&effects).map(|(code, _)| code), Some(code), "{path}");
        assert_eq!(device.judged("DPS-WS-002"), Some(noted), "{subprotocol}");
    }
}

#[test]
fn who_is_turned_away_before_mqtt_is_noted() {
    for (door, expected) in [
        (Door::Plaintext, [Some(true), Some(false), Some(true), None, None]),
        (Door::TlsVersion, [Some(true), Some(false), Some(true), None, None]),
        (Door::Tls, [Some(true), None, Some(true), None, None]),
        (Door::WebSocket, [None, None, None, None, Some(false)]),
        (Door::Subprotocol, [None, None, None, Some(false), None]),
        (Door::Path, [None; 5]),
        (Door::Full, [None; 5]),
    ] {
        let mut device = Device::new();
        device.tell(Input::Refused {
            address: "127.0.0.1:1".to_owned(),
            sni: Some(SNI.to_owned()),
            door,
            why: "a test".to_owned(),
        });
        let ids = ["DPS-TLS-001", "DPS-TLS-003", "DPS-TLS-004", "DPS-WS-002", "DPS-WS-003"];
        assert_eq!(ids.map(|id| device.judged(id)), expected, "{door}");
    }
}

#[test]
fn without_a_host_name_a_client_may_have_meant_dps() {
    let refused = || Input::Refused {
        address: "127.0.0.1:1".to_owned(),
        sni: None,
        door: Door::Plaintext,
        why: "a test".to_owned(),
    };
    let mut device = Device::new();
    device.tell(refused());
    assert_eq!(device.judged("DPS-TLS-003"), Some(false));
    let mut without = registry();
    without.provisioning.clear();
    let mut device = Device::of(without, &[]);
    device.tell(refused());
    assert_eq!(device.judged("DPS-TLS-003"), None);
}

#[test]
fn the_profile_moves_refusals_between_connect_and_register() {
    let mut registry = registry();
    let instance = registry.provisioning.get_mut(SCOPE).expect("the instance");
    instance.profile.sas_refused_at = SasRefusedAt::Connect;
    instance.profile.unknown_scope = ConnectRefusal::Res401;
    instance.profile.strict_api_version = true;

    let mut device = Device::of(registry.clone(), &[]);
    let effects = device.connect(device.packet("r1", b"wrong"));
    assert_eq!(connack(&effects), Some((5, "DPS-OPEN-001")));
    let effects = device.connect(device.packet("r1", KEY));
    assert_eq!(connack(&effects).map(|(code, _)| code), Some(0));
    let future = user("r1/api-version=2099-01-01");
    let effects = device.connect(Connect { username: future, ..device.packet("r1", KEY) });
    assert_eq!(connack(&effects), Some((5, "DPS-OPEN-005")));

    registry.provisioning.get_mut(SCOPE).expect("the instance").profile.sas_refused_at =
        SasRefusedAt::Register;
    let mut device = Device::of(registry, &[]);
    let scope = Some("0ne9/registrations/r1/api-version=2019-03-31".to_owned());
    let effects = device.connect(Connect { username: scope, ..device.packet("r1", KEY) });
    assert_eq!(connack(&effects).map(|(code, _)| code), Some(0));
    device.subscribe(ANSWERS, Qos::AtLeastOnce);
    let refused = answer(&device.register(""));
    assert_eq!(
        (refused.body["errorCode"].as_u64(), refused.because),
        (Some(401_002), "DPS-OPEN-003")
    );
}

#[test]
fn silence_is_cut_as_at_the_hub() {
    for (keep_alive_s, after_s) in [(60, 90), (0, 1767), (65_535, 1767)] {
        let mut device = Device::new();
        device.connect(Connect { keep_alive_s, ..device.packet("r1", KEY) });
        assert_eq!(lines(&device.wait_s(after_s - 1)), [""; 0], "{keep_alive_s}");
        assert_eq!(lines(&device.say(Packet::Pingreq)), ["#1001 > PINGRESP (DPS-OPEN-008)"]);
        assert_eq!(lines(&device.wait_s(after_s - 1)), [""; 0], "{keep_alive_s}");
        assert_eq!(close(&device.wait_s(1)), Some("DPS-OPEN-008"), "{keep_alive_s}");
    }
}

#[test]
fn packets_out_of_place_close() {
    let again = Device::new().packet("r1", KEY);
    for packet in [
        Packet::Connect(Box::new(again)),
        Packet::Pubrel(wire::Ack::of(1)),
        Packet::Suback(wire::Suback::default()),
    ] {
        let mut device = Device::new();
        device.arrive("r1", KEY);
        assert_eq!(close(&device.say(packet.clone())), Some("DPS-OPEN-008"), "{packet}");
    }
    let mut device = Device::new();
    device.arrive("r1", KEY);
    let why = Malformed {
        clause: "MQTT-2.2.2-2",
        says: "flags that no PINGREQ has".to_owned(),
        packet: Some("PINGREQ"),
        oversize_bytes: None,
    };
    let conn = device.conn;
    assert_eq!(close(&device.tell(Input::Malformed { conn, why })), Some("DPS-OPEN-008"));
    assert_eq!(device.talk.cloud.connection_count(), 0);
}

#[test]
fn a_puback_is_taken_and_goodbye_ends() {
    let mut device = Device::new();
    device.arrive("r1", KEY);
    assert_eq!(lines(&device.say(Packet::Puback(wire::Ack::of(1)))), [""; 0]);
    let effects = device.say(Packet::Disconnect(Disconnect::default()));
    assert_eq!(close(&effects), Some(cloud::dps::GOODBYE.id()));
}

#[test]
fn retain_means_nothing_and_qos_2_closes() {
    let topic = "$dps/registrations/PUT/iotdps-register/?$rid=1".to_owned();
    let publish =
        Publish { topic, packet_id: Some(9), qos: Qos::AtLeastOnce, ..Publish::default() };
    let mut device = Device::new();
    device.arrive("r1", KEY);
    let effects = device.say(Packet::Publish(Publish { retain: true, ..publish.clone() }));
    assert!(answer(&effects).topic.starts_with("$dps/registrations/res/202/"));
    let effects = device.say(Packet::Publish(Publish { qos: Qos::ExactlyOnce, ..publish }));
    assert_eq!(lines(&effects), ["#1001 is closed (DPS-OPEN-008)"]);
    assert_eq!(device.judged("DPS-LIMIT-002"), Some(false));
}

#[test]
fn nothing_outlives_a_connection() {
    let mut device = Device::new();
    for _ in 0..2 {
        let connect = Connect { clean: false, ..device.packet("r1", KEY) };
        let effects = device.connect(connect);
        let connack =
            format!("#{} > CONNACK session-present=0 code=0 (DPS-OPEN-007)", device.conn.0);
        assert_eq!(lines(&effects), [connack]);
        let answered = answer(&device.register(""));
        assert_eq!(answered.topic, "", "the subscription is gone");
        assert_eq!(device.judged("DPS-REG-001"), Some(false));
        device.subscribe(ANSWERS, Qos::AtLeastOnce);
        device.disconnect();
    }
}

#[test]
fn a_certificate_needs_no_password_but_its_own_name() {
    let own = &certificates().own;
    for (id, expected, repeats) in [
        ("x1", (0, "DPS-OPEN-007"), true),
        ("X1", (0, "DPS-OPEN-007"), true),
        ("r1", (5, "DPS-OPEN-015"), false),
    ] {
        let mut device = Device::new();
        let effects = device.connect_over(device.peer_with(own), device.bare_packet(id));
        assert_eq!(connack(&effects), Some(expected), "{id}");
        assert_eq!(device.judged("DPS-X509-001"), Some(true), "{id}");
        assert_eq!(device.judged("DPS-X509-002"), Some(repeats), "{id}");
    }
}
