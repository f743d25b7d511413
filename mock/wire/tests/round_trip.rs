//! Every packet type in every version that has it, with everything in it that the version allows.

use bytes::{Bytes, BytesMut};
use wire::{
    Ack, Auth, Connack, Connect, Decoder, Disconnect, Filter, Packet, Property, Publish, Qos,
    Suback, Subscribe, Unsuback, Unsubscribe, Version, Will, encode,
};

const VERSIONS: [Version; 3] = [Version::V31, Version::V311, Version::V5];

#[test]
fn every_packet_type_survives_in_every_version() {
    for version in VERSIONS {
        let packets = packets(version);
        let mut names: Vec<_> = packets.iter().map(Packet::name).collect();
        names.dedup();
        assert_eq!(names.len(), if version == Version::V5 { 15 } else { 14 });
        let mut stream = BytesMut::new();
        for packet in &packets {
            encode(packet, version, &mut stream);
        }
        let mut decoder = Decoder::new(Some(version), 1 << 20);
        for packet in &packets {
            assert_eq!(decoder.decode(&mut stream).as_ref(), Ok(&Some(packet.clone())));
        }
        assert!(stream.is_empty());
    }
}

#[test]
fn every_property_survives_where_it_may_stand() {
    let mut seen: Vec<u32> = packets(Version::V5).iter().flat_map(property_ids).collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 27, "{seen:x?}");
}

fn packets(version: Version) -> Vec<Packet> {
    let v5 = version == Version::V5;
    let only_v5 = |properties: Vec<Property>| if v5 { properties } else { Vec::new() };
    let reason = |code: u8| if v5 { code } else { 0 };
    let told = || only_v5(vec![reason_string(), user_property()]);
    let ack = |code: u8| Ack { packet_id: 0xFFFF, reason: reason(code), properties: told() };
    let mut packets = vec![
        connect(version),
        Packet::Connack(Connack {
            session_present: true,
            code: 0,
            properties: only_v5(connack_properties()),
        }),
        publish(v5, Qos::AtMostOnce, None),
        publish(v5, Qos::AtLeastOnce, Some(1)),
        publish(v5, Qos::ExactlyOnce, Some(0xFFFF)),
        Packet::Puback(ack(0x10)),
        Packet::Pubrec(ack(0x97)),
        Packet::Pubrel(ack(0x92)),
        Packet::Pubcomp(ack(0x92)),
        Packet::Subscribe(Subscribe {
            packet_id: 1,
            properties: only_v5(vec![
                Property::SubscriptionIdentifier(268_435_455),
                user_property(),
            ]),
            filters: vec![
                Filter { filter: "$iothub/twin/res/#".to_owned(), ..Filter::default() },
                Filter {
                    filter: "+/é/+".to_owned(),
                    qos: Qos::ExactlyOnce,
                    no_local: v5,
                    retain_as_published: v5,
                    retain_handling: if v5 { 2 } else { 0 },
                },
            ],
        }),
        Packet::Suback(Suback { packet_id: 1, properties: told(), codes: vec![0, 1, 2, 0x80] }),
        Packet::Unsubscribe(Unsubscribe {
            packet_id: 2,
            properties: only_v5(vec![user_property()]),
            filters: vec!["#".to_owned(), "/".to_owned()],
        }),
        Packet::Unsuback(Unsuback {
            packet_id: 2,
            properties: told(),
            codes: if v5 { vec![0, 0x11] } else { Vec::new() },
        }),
        Packet::Pingreq,
        Packet::Pingresp,
        Packet::Disconnect(Disconnect {
            reason: reason(0x9C),
            properties: only_v5(vec![
                Property::SessionExpiryIntervalS(u32::MAX),
                reason_string(),
                user_property(),
                Property::ServerReference("elsewhere".to_owned()),
            ]),
        }),
    ];
    if v5 {
        packets.push(Packet::Auth(Auth {
            reason: 0x19,
            properties: vec![method(), data(), reason_string(), user_property()],
        }));
    }
    packets
}

fn connect(version: Version) -> Packet {
    let v5 = version == Version::V5;
    let will = Will {
        qos: Qos::ExactlyOnce,
        retain: true,
        properties: if v5 { will_properties() } else { Vec::new() },
        topic: "will/é".to_owned(),
        payload: Bytes::from_static(b"\0\xFF"),
    };
    Packet::Connect(Box::new(Connect {
        protocol_name: if version == Version::V31 { "MQIsdp" } else { "MQTT" }.to_owned(),
        level: version.level(),
        clean: false,
        keep_alive_s: 0xFFFF,
        properties: if v5 { connect_properties() } else { Vec::new() },
        client_id: "d1".to_owned(),
        will: Some(will),
        username: Some(String::new()),
        password: Some(Bytes::from_static(b"\xFF\0")),
    }))
}

fn publish(v5: bool, qos: Qos, packet_id: Option<u16>) -> Packet {
    Packet::Publish(Publish {
        dup: packet_id.is_some(),
        qos,
        retain: true,
        topic: "$share/is/a/plain/topic/name".to_owned(),
        packet_id,
        properties: if v5 { publish_properties() } else { Vec::new() },
        payload: Bytes::from_static(b"{}"),
    })
}

fn connect_properties() -> Vec<Property> {
    vec![
        Property::SessionExpiryIntervalS(1),
        Property::ReceiveMaximum(0xFFFF),
        Property::MaximumPacketSize(u32::MAX),
        Property::TopicAliasMaximum(0),
        Property::RequestResponseInformation(1),
        Property::RequestProblemInformation(0),
        user_property(),
        user_property(),
        method(),
        data(),
    ]
}

fn will_properties() -> Vec<Property> {
    vec![
        Property::WillDelayIntervalS(5),
        Property::PayloadFormatIndicator(1),
        Property::MessageExpiryIntervalS(0),
        Property::ContentType(String::new()),
        Property::ResponseTopic("r".to_owned()),
        Property::CorrelationData(Bytes::new()),
        user_property(),
    ]
}

fn connack_properties() -> Vec<Property> {
    vec![
        Property::SessionExpiryIntervalS(1),
        Property::ReceiveMaximum(16),
        Property::MaximumQos(1),
        Property::RetainAvailable(0),
        Property::MaximumPacketSize(262_144),
        Property::AssignedClientIdentifier("assigned".to_owned()),
        Property::TopicAliasMaximum(10),
        reason_string(),
        user_property(),
        Property::WildcardSubscriptionAvailable(1),
        Property::SubscriptionIdentifierAvailable(0),
        Property::SharedSubscriptionAvailable(0),
        Property::ServerKeepAliveS(1160),
        Property::ResponseInformation("info".to_owned()),
        Property::ServerReference("other:8883".to_owned()),
        method(),
        data(),
    ]
}

fn publish_properties() -> Vec<Property> {
    vec![
        Property::PayloadFormatIndicator(1),
        Property::MessageExpiryIntervalS(u32::MAX),
        Property::TopicAlias(0xFFFF),
        Property::ResponseTopic("r/é".to_owned()),
        Property::CorrelationData(Bytes::from_static(b"\0")),
        user_property(),
        Property::SubscriptionIdentifier(127),
        Property::SubscriptionIdentifier(128),
        Property::ContentType("application/json".to_owned()),
    ]
}

fn reason_string() -> Property {
    Property::ReasonString("reason".to_owned())
}

fn user_property() -> Property {
    Property::UserProperty("name".to_owned(), "välue".to_owned())
}

fn method() -> Property {
    Property::AuthenticationMethod("X.509".to_owned())
}

fn data() -> Property {
    Property::AuthenticationData(Bytes::from_static(b"\x01\x02"))
}

fn property_ids(packet: &Packet) -> Vec<u32> {
    let none = Vec::new();
    let properties = match packet {
        Packet::Connect(connect) => {
            let will = connect.will.iter().flat_map(|will| &will.properties);
            return connect.properties.iter().chain(will).map(Property::id).collect();
        }
        Packet::Connack(connack) => &connack.properties,
        Packet::Publish(publish) => &publish.properties,
        Packet::Subscribe(subscribe) => &subscribe.properties,
        Packet::Disconnect(disconnect) => &disconnect.properties,
        _ => &none,
    };
    properties.iter().map(Property::id).collect()
}
