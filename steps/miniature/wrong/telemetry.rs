//! Clients that send telemetry in another way than they should.

use wire::{Ack, Packet, Publish, Qos};

use super::{bag, publish, retopic, telemetry};
use crate::miniature::habits::Resends;

miniatures! { "iot-hub":
    /// It publishes at QoS 2.
    publishes_at_qos_2(habits) ["HUB-D2C-016", "HUB-LIMIT-001"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = telemetry(packet) {
                publish.qos = Qos::ExactlyOnce;
            }
        });
    }

    /// It goes on with a handshake of QoS 2 that nobody has begun.
    releases_a_message(habits) ["HUB-LIMIT-001", "HUB-LIMIT-003"] {
        habits.adds = Some(|_| vec![Packet::Pubrel(Ack::of(7))]);
    }

    /// It sends more than 256 KB in one message.
    sends_too_much(habits) ["HUB-LIMIT-008"] {
        habits.adds = Some(|who| {
            vec![Packet::Publish(Publish {
                topic: who.events(),
                payload: vec![b'x'; 262_145].into(),
                ..Publish::default()
            })]
        });
    }

    /// It counts the body alone, and exceeds 256 KB by the properties.
    counts_the_body_alone(habits) ["HUB-LIMIT-008"] {
        habits.adds = Some(|who| {
            vec![Packet::Publish(Publish {
                topic: format!("{}unit=celsius", who.events()),
                payload: vec![b'x'; 262_144].into(),
                ..Publish::default()
            })]
        });
    }

    /// It does not escape the names of properties.
    escapes_no_names(habits) ["HUB-D2C-003", "HUB-D2C-005"] {
        habits.says = Some(|packet, _| bag(packet, "room temperature=21"));
    }

    /// It does not escape the values of properties.
    escapes_no_values(habits) ["HUB-D2C-003", "HUB-D2C-006"] {
        habits.says = Some(|packet, _| bag(packet, "place=hall 3"));
    }

    /// It leaves the slash of a content type as it is.
    leaves_slashes_as_they_are(habits) ["HUB-D2C-006"] {
        habits.says = Some(|packet, _| bag(packet, "$.ct=application/json&$.ce=utf-8"));
    }

    /// Its bag has names alone.
    gives_no_values(habits) ["HUB-D2C-004"] {
        habits.says = Some(|packet, _| bag(packet, "celsius&place"));
    }

    /// It calls a system property by the name that it has over HTTPS.
    calls_the_content_type_by_its_name(habits) ["HUB-D2C-010"] {
        habits.says = Some(|packet, _| bag(packet, "contentType=application%2Fjson"));
    }

    /// It sets the same property twice, in other letter case.
    repeats_a_property(habits) ["HUB-OPEN-029"] {
        habits.says = Some(|packet, _| bag(packet, "unit=celsius&Unit=kelvin"));
    }

    /// It publishes to a topic that it made up.
    makes_up_a_topic(habits) ["HUB-LIMIT-005", "HUB-SUB-002"] {
        habits.adds = Some(|who| message(&format!("sensors/{}/temperature", who.id)));
    }

    /// It publishes where its messages come from.
    publishes_to_devicebound(habits) ["HUB-LIMIT-005", "HUB-SUB-002"] {
        habits.adds = Some(|who| message(&format!("{}/messages/devicebound/", who.root())));
    }

    /// It publishes in the name of another device.
    speaks_for_another(habits) ["HUB-LIMIT-005", "HUB-SUB-002"] {
        habits.says = Some(|packet, who| retopic(packet, &who.events(), "devices/x/messages/events/"));
    }

    /// It publishes to a topic with a wildcard in it.
    publishes_to_a_filter(habits) ["HUB-ERR-001"] {
        habits.adds = Some(|who| message(&format!("{}#", who.events())));
    }

    /// Its messages at QoS 1 all have packet identifier 0.
    numbers_nothing(habits) ["HUB-ERR-001"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "/events/") {
                publish.packet_id = Some(0);
            }
        });
    }

    /// It says nothing of what its JSON is, where that is stored.
    says_nothing_of_its_json(habits) ["HUB-D2C-008", "HUB-D2C-009"] does "routing" {
        habits.says = Some(|packet, _| bag(packet, "n=1"));
    }

    /// It says that its JSON is JSON, and not how it is encoded.
    says_nothing_of_its_encoding(habits) ["HUB-D2C-009"] does "routing" {
        habits.says = Some(|packet, _| bag(packet, "$.ct=application%2Fjson"));
    }

    /// It publishes to a made-up topic on each connection, however often the hub closes it.
    never_learns(habits) ["HUB-ERR-002", "HUB-LIMIT-005", "HUB-SUB-002"] {
        habits.never_learns = true;
        habits.adds = Some(|who| message(&format!("sensors/{}/temperature", who.id)));
    }

    /// It forgets the messages that were under way when its connection was lost.
    forgets_what_was_under_way(habits) ["SKY-CLIENT-004"] {
        habits.resends = Resends::Never;
    }

    /// It sends a message again as if it were a new one.
    hides_duplicates(habits) ["SKY-CLIENT-004"] {
        habits.resends = Resends::Unmarked;
    }
}

fn message(topic: &str) -> Vec<Packet> {
    vec![Packet::Publish(Publish { topic: topic.to_owned(), ..Publish::default() })]
}
