//! Clients that subscribe to what they should not.

use wire::{Filter, Packet, Subscribe};

miniatures! { "iot-hub":
    /// It has six subscriptions.
    subscribes_six_times(habits) ["HUB-SUB-001"] {
        habits.adds = Some(|_| {
            let variants = ["$iothub/methods/POST/reboot/#", "$iothub/methods/POST/ping/#"];
            variants.iter().flat_map(|it| subscribe(it)).collect()
        });
    }

    /// It subscribes to everything.
    subscribes_to_everything(habits) ["HUB-LIMIT-005", "HUB-SUB-003"] {
        habits.adds = Some(|_| subscribe("#"));
    }

    /// It subscribes to its own telemetry, as at a broker.
    subscribes_to_its_telemetry(habits) ["HUB-LIMIT-005", "HUB-SUB-003"] {
        habits.adds = Some(|who| subscribe(&format!("{}#", who.events())));
    }

    /// It subscribes to the messages of another device.
    subscribes_for_another(habits) ["HUB-C2D-001", "HUB-C2D-005", "HUB-LIMIT-005"] {
        habits.adds = Some(|_| subscribe("devices/another/messages/devicebound/#"));
    }

    /// It subscribes to its messages without the wildcard.
    forgets_the_wildcard(habits) ["HUB-C2D-001", "HUB-C2D-002", "HUB-C2D-003", "HUB-LIMIT-005"] {
        habits.adds = Some(|who| subscribe(&format!("{}/messages/devicebound/", who.root())));
    }

    /// It picks its messages by a property.
    picks_messages(habits) ["HUB-C2D-001", "HUB-C2D-003", "HUB-LIMIT-005"] {
        habits.adds = Some(|who| {
            subscribe(&format!("{}/messages/devicebound/urgent=1/#", who.root()))
        });
    }

    /// It relies on the hub for its subscriptions, though it is told that its session is gone.
    subscribes_once(habits) ["HUB-TWIN-001", "SKY-CLIENT-007"] {
        habits.subscribes_once = true;
    }

    /// It subscribes with a filter that MQTT forbids.
    misplaces_the_wildcard(habits) ["HUB-ERR-001"] {
        habits.adds = Some(|_| subscribe("devices/#/messages"));
    }
}

pub(super) fn subscribe(filter: &str) -> Vec<Packet> {
    let filter = Filter { filter: filter.to_owned(), ..Filter::default() };
    vec![Packet::Subscribe(Subscribe {
        packet_id: 60_000,
        filters: vec![filter],
        ..Subscribe::default()
    })]
}
