//! Clients that connect to the hub in another way than they should.

use bytes::Bytes;
use wire::{Packet, Qos, Version, Will};

use super::connect;

miniatures! { "iot-hub":
    /// Its client id is not its device id.
    names_another_client_id(habits) ["HUB-CONN-004", "HUB-OPEN-008"] {
        habits.says = Some(|packet, who| {
            if let Some(connect) = connect(packet) {
                connect.client_id = format!("{}-1", who.id);
            }
        });
    }

    /// Its username is its device id alone.
    names_itself_in_short(habits) ["HUB-CONN-005", "HUB-OPEN-007"] {
        habits.says = Some(|packet, who| rename(packet, who.id.clone()));
    }

    /// Its username lacks the question mark before the api-version.
    forgets_the_question_mark(habits) ["HUB-CONN-005"] {
        habits.says = Some(|packet, who| {
            rename(packet, format!("{}/{}/api-version=2021-04-12", who.host, who.id));
        });
    }

    /// Its username begins with the hub's name without its domain.
    shortens_the_host(habits) ["HUB-CONN-006"] {
        habits.says = Some(|packet, who| {
            let host = who.host.split('.').next().unwrap_or_default();
            rename(packet, format!("{host}/{}/?api-version=2021-04-12", who.id));
        });
    }

    /// Its username tells no api-version.
    tells_no_api_version(habits) ["HUB-CONN-005", "HUB-CONN-008"] {
        habits.says = Some(|packet, who| rename(packet, format!("{}/{}", who.host, who.id)));
    }

    /// Its keep-alive is longer than 1177 s.
    sets_a_keep_alive_of_20_minutes(habits) ["HUB-KEEPALIVE-016"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.keep_alive_s = 1200;
            }
        });
    }

    /// Its keep-alive is 0, so that nobody would notice its end.
    sets_no_keep_alive(habits) ["HUB-KEEPALIVE-016"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.keep_alive_s = 0;
            }
        });
    }

    /// It promises a ping each second and is silent half a second longer than the hub bears.
    pings_too_late(habits) ["HUB-KEEPALIVE-001", "HUB-KEEPALIVE-011", "SKY-CLIENT-003"] {
        habits.never_pings = true;
        habits.bears_silence = true;
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.keep_alive_s = 1;
            }
        });
        habits.every_ms = Some(2_000);
    }

    /// It asks for MQTT 5, which an ordinary hub does not speak.
    speaks_mqtt_5(habits) ["HUB-LIMIT-004", "HUB-TLS-007"] {
        habits.version = Some(Version::V5);
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.level = 5;
            }
        });
    }

    /// It asks for MQTT 3.1.
    speaks_mqtt_3_1(habits) ["HUB-OPEN-004", "HUB-TLS-007"] {
        habits.version = Some(Version::V31);
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                (connect.level, connect.protocol_name) = (3, "MQIsdp".to_owned());
            }
        });
    }

    /// Its Will goes to a topic that it made up.
    leaves_its_will_elsewhere(habits) ["HUB-LIMIT-005"] {
        habits.says = Some(|packet, who| will(packet, &format!("status/{}", who.id)));
    }

    /// Its Will goes to the telemetry of another device.
    leaves_its_will_to_another(habits) ["HUB-LIMIT-005"] {
        habits.says = Some(|packet, _| will(packet, "devices/another/messages/events/"));
    }

    /// It says CONNECT a second time on its connection.
    connects_twice(habits) ["HUB-OPEN-009"] {
        habits.adds = Some(|who| {
            vec![Packet::Connect(Box::new(wire::Connect {
                client_id: who.id.clone(),
                ..wire::Connect::default()
            }))]
        });
    }
}

fn rename(packet: &mut Packet, username: String) {
    if let Some(connect) = connect(packet) {
        connect.username = Some(username);
    }
}

fn will(packet: &mut Packet, topic: &str) {
    if let Some(connect) = connect(packet) {
        connect.will = Some(Will {
            qos: Qos::AtLeastOnce,
            topic: topic.to_owned(),
            payload: Bytes::from_static(b"gone"),
            ..Will::default()
        });
    }
}
