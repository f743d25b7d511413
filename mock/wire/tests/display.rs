//! One line per packet. The corpus holds the line of each legal frame; here are the edges.

use bytes::Bytes;
use wire::{Connect, Packet, Property, Publish, Qos, Version, Will};

fn publish(payload: impl Into<Bytes>) -> String {
    let publish = Publish {
        qos: Qos::AtLeastOnce,
        topic: "devices/d1/messages/events/".to_owned(),
        packet_id: Some(1),
        payload: payload.into(),
        ..Default::default()
    };
    Packet::Publish(publish).to_string()
}

#[test]
fn payloads() {
    let text = |wanted: &str| format!("PUBLISH q1 r0 d0 id=1 devices/d1/messages/events/ {wanted}");
    let table: [(Bytes, String); 11] = [
        (r#"{"id":123}"#.into(), r#"(10 B: {"id":123})"#.to_owned()),
        ("".into(), "(0 B)".to_owned()),
        ("é".into(), "(2 B: é)".to_owned()),
        ("a\nb\t".into(), r"(4 B: a\nb\t)".to_owned()),
        ("x".repeat(60).into(), format!("(60 B: {})", "x".repeat(60))),
        ("x".repeat(61).into(), format!("(61 B: {}…)", "x".repeat(60))),
        ("é".repeat(60).into(), format!("(120 B: {})", "é".repeat(60))),
        // The head that is looked at ends inside a character.
        (format!("a{}", "é".repeat(200)).into(), format!("(401 B: a{}…)", "é".repeat(59))),
        (Bytes::from_static(b"\x00\xFF"), "(2 B: 0x00FF)".to_owned()),
        (Bytes::from_static(b"abc\xC3"), "(4 B: 0x616263C3)".to_owned()),
        (vec![7; 17].into(), format!("(17 B: 0x{}…)", "07".repeat(16))),
    ];
    for (payload, wanted) in table {
        assert_eq!(publish(payload), text(&wanted));
    }
}

#[test]
fn secrets_stay_secret() {
    let connect = Connect {
        level: Version::V5.level(),
        client_id: "d1".to_owned(),
        username: Some("hub.azure-devices.net/d1/?api-version=2021-04-12".to_owned()),
        password: Some(Bytes::from_static(b"SharedAccessSignature sr=secret")),
        properties: vec![
            Property::AuthenticationMethod("SAS".to_owned()),
            Property::AuthenticationData(Bytes::from_static(b"secret")),
        ],
        ..Connect::default()
    };
    assert_eq!(
        Packet::Connect(Box::new(connect)).to_string(),
        "CONNECT v5 clean=1 keep-alive=60 id=d1 \
         user=hub.azure-devices.net/d1/?api-version=2021-04-12 password=(31 B) \
         {authentication-method=SAS, authentication-data=(6 B)}"
    );
}

#[test]
fn odd_texts_are_quoted_so_that_a_line_stays_a_line() {
    let connect = Connect {
        client_id: "a b".to_owned(),
        username: Some("two\nlines".to_owned()),
        will: Some(Will { topic: "w\"w".to_owned(), ..Will::default() }),
        ..Connect::default()
    };
    assert_eq!(
        Packet::Connect(Box::new(connect)).to_string(),
        r#"CONNECT v4 clean=1 keep-alive=60 id="a b" will=(q0 r0 "w\"w" (0 B)) user="two\nlines""#
    );
}
