//! Clients of an Event Grid namespace that do something else than they should.

use wire::{Packet, Property};

use super::{connect, publish};
use crate::miniature::{habits::Acknowledges, tls::Overlooks};

miniatures! { "event-grid":
    /// It thinks that its certificate says who it is, and leaves its username out.
    grid_leaves_its_name_to_its_certificate(habits) ["EG-CONN-013"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.username = None;
            }
        });
    }

    /// It asks for a keep-alive that the broker does not grant.
    grid_asks_for_a_long_keep_alive(habits) ["EG-CONN-020"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.keep_alive_s = 3600;
            }
        });
    }

    /// It answers commands and does not say which.
    grid_answers_without_correlation_data(habits) ["EG-CERT-001", "EG-V5-032"] {
        habits.says = Some(|packet, _| {
            if let Some(answer) = publish(packet, "responses/") {
                answer.properties.retain(|it| !matches!(it, Property::CorrelationData(_)));
            }
        });
    }

    /// It acknowledges nothing.
    grid_acknowledges_nothing(habits) ["EG-CERT-001", "SKY-CLIENT-006"] {
        habits.acknowledges = Acknowledges::Never;
    }

    /// It subscribes once and relies on its session for ever.
    grid_subscribes_once(habits) ["SKY-CLIENT-007"] {
        habits.subscribes_once = true;
    }

    /// It takes whatever certificate it is shown.
    grid_overlooks_everything(habits) ["SKY-CLIENT-011"] {
        habits.overlooks = Overlooks::Everything;
    }

    /// It publishes at QoS 2.
    grid_publishes_at_qos_2(habits) ["EG-V5-101"] {
        habits.says = Some(|packet, _| {
            if let Packet::Publish(publish) = packet {
                publish.qos = wire::Qos::ExactlyOnce;
            }
        });
    }
}
