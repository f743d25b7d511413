//! Modules that take themselves for their device.

use wire::Packet;

use super::{connect, retopic};

miniatures! { "iot-hub":
    /// As a module, its client id is that of its device.
    names_its_device_alone(habits) ["HUB-MODULE-002", "HUB-OPEN-008"] does "module" {
        habits.says = Some(|packet, who| {
            if let Some(connect) = connect(packet) {
                connect.client_id = who.id.clone();
            }
        });
    }

    /// As a module, it tells no api-version.
    tells_no_api_version_as_a_module(habits) ["HUB-CONN-005", "HUB-CONN-008", "HUB-MODULE-003"] does "module" {
        habits.says = Some(|packet, who| {
            if let Some(connect) = connect(packet) {
                connect.username = Some(format!("{}/{}", who.host, who.client_id()));
            }
        });
    }

    /// As a module, it sends telemetry in the name of its device.
    speaks_for_its_device(habits) ["HUB-LIMIT-005", "HUB-MODULE-005", "HUB-SUB-002"] does "module" {
        habits.says = Some(|packet: &mut Packet, who| {
            retopic(packet, &who.events(), &format!("devices/{}/messages/events/", who.id));
        });
    }
}
