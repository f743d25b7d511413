//! Devices of an Alibaba instance that do something else than they should.

use serde_json::{Value, json};
use wire::{Packet, Property, Qos, Will};

use super::{connect, publish, retopic};
use crate::{
    device::Signing,
    miniature::{alibaba::own, back_off::Growth, habits::Acknowledges, tls::Overlooks},
};

miniatures! { "alibaba":
    /// It signs its client identifier with all extensions, and not what stands in front of them.
    ali_signs_its_whole_client_id(habits) ["ALI-OPEN-003"] {
        habits.says = Some(|packet, who| {
            if let (Some(connect), Some(product)) = (connect(packet), &who.product) {
                let mut signing = Signing::new(&who.id, &product.key, &product.secret);
                signing.client_id = connect.client_id.clone();
                connect.password = Some(signing.password().into());
            }
        });
    }

    /// It leaves the extensions of its client identifier out.
    ali_leaves_its_extensions_out(habits) ["ALI-OPEN-001"] {
        habits.says = Some(|packet, who| {
            if let Some(connect) = connect(packet) {
                connect.client_id = who.id.clone();
            }
        });
    }

    /// It names its product first, and then itself.
    ali_names_its_product_first(habits) ["ALI-CONN-001"] {
        habits.says = Some(|packet, who| {
            if let (Some(connect), Some(product)) = (connect(packet), &who.product) {
                connect.username = Some(format!("{}&{}", product.key, who.id));
            }
        });
    }

    /// It asks for a shorter keep-alive than the platform grants.
    ali_asks_for_a_short_keep_alive(habits) ["ALI-OPEN-030"] {
        habits.says = Some(|packet, _| keep_alive(packet, 20));
    }

    /// It asks for a longer keep-alive than the platform grants.
    ali_asks_for_a_long_keep_alive(habits) ["ALI-OPEN-031"] {
        habits.says = Some(|packet, _| keep_alive(packet, 3600));
    }

    /// It publishes to a topic that it made up.
    ali_makes_up_a_topic(habits) ["ALI-TOPIC-001"] {
        habits.says = Some(|packet, who| {
            retopic(packet, &format!("/{}/user/update", own(who)), "sensors/temperature");
        });
    }

    /// It publishes in the name of another device.
    ali_speaks_for_another(habits) ["ALI-OPEN-070"] {
        habits.says = Some(|packet, who| {
            retopic(packet, &format!("{}/user/update", who.id), "another/user/update");
        });
    }

    /// It leaves a Will, which nobody will ever read.
    ali_leaves_a_will(habits) ["SKY-CLIENT-017"] {
        habits.says = Some(|packet, who| {
            let topic = format!("/{}/user/update", own(who));
            if let Some(connect) = connect(packet) {
                connect.will = Some(Will { topic, payload: "gone".into(), ..Will::default() });
            }
        });
    }

    /// It publishes at QoS 2.
    ali_publishes_at_qos_2(habits) ["ALI-OPEN-096", "SKY-CLIENT-017"] {
        habits.says = Some(|packet, _| {
            if let Packet::Publish(publish) = packet {
                publish.qos = Qos::ExactlyOnce;
            }
        });
    }

    /// It wants its telemetry retained.
    ali_wants_its_telemetry_retained(habits) ["ALI-OPEN-096", "SKY-CLIENT-017"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "/user/update") {
                publish.retain = true;
            }
        });
    }

    /// It relies on a session that expires when it says so, which the platform has no ear for.
    ali_relies_on_session_expiry(habits) ["ALI-V5-034"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.properties.push(Property::SessionExpiryIntervalS(600));
            }
        });
    }

    /// It begins the name of a user property with an underscore, as if it were the platform's.
    ali_begins_a_name_with_an_underscore(habits) ["ALI-V5-014"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "/user/update") {
                let pair = Property::UserProperty("_unit".to_owned(), "celsius".to_owned());
                publish.properties = vec![pair];
            }
        });
    }

    /// It says MQTT on the bare TCP connection.
    ali_speaks_in_the_clear(habits) ["ALI-SEC-012"] {
        habits.without_tls = true;
    }

    /// It speaks TLS 1.3 and nothing older.
    ali_speaks_tls_1_3_alone(habits) ["ALI-SEC-013"] {
        habits.tls_1_3_alone = true;
    }

    /// It acknowledges nothing.
    ali_acknowledges_nothing(habits) ["SKY-CLIENT-006"] {
        habits.acknowledges = Acknowledges::Never;
    }

    /// It answers an RRPC request under another number.
    ali_answers_under_another_number(habits) ["SKY-CLIENT-014"] {
        habits.says = Some(|packet, _| retopic(packet, "/rrpc/response/", "/rrpc/response/7"));
    }

    /// It answers a setting under an id of its own.
    ali_answers_settings_under_its_own_id(habits) ["ALI-OPEN-111"] {
        habits.says = Some(|packet, _| amend(packet, "/set_reply", |body| body["id"] = json!("1")));
    }

    /// It posts its properties as a list.
    ali_posts_a_list(habits) ["ALI-OPEN-110"] {
        habits.says = Some(|packet, _| {
            amend(packet, "/property/post", |body| body["params"] = json!([{"celsius": 21.5}]));
        });
    }

    /// It does not come back when its connection is lost.
    ali_stays_away_when_cut(habits) ["SKY-CLIENT-001"] {
        habits.stays_away_when_cut = true;
    }

    /// It connects again at once, however often another has its place.
    ali_comes_back_at_once(habits) ["SKY-CLIENT-002"] {
        habits.growth = Growth::None;
    }

    /// It takes whatever certificate it is shown.
    ali_overlooks_everything(habits) ["SKY-CLIENT-011"] {
        habits.overlooks = Overlooks::Everything;
    }
}

fn keep_alive(packet: &mut Packet, s: u16) {
    if let Some(connect) = connect(packet) {
        connect.keep_alive_s = s;
    }
}

/// Changes the body of a publish to a topic with this in it.
fn amend(packet: &mut Packet, part: &str, change: fn(&mut Value)) {
    if let Some(publish) = publish(packet, part)
        && let Ok(mut body) = serde_json::from_slice(&publish.payload)
    {
        change(&mut body);
        publish.payload = body.to_string().into();
    }
}
