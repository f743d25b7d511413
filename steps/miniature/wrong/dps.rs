//! Clients that connect to DPS in another way than they should.

use cloud::sas;
use wire::{Packet, Publish, Qos};

use super::{connect, publish, subscriptions::subscribe, token::without};
use crate::miniature::tls::Overlooks;

miniatures! { "dps":
    /// Its client id is not its registration id.
    names_another_registration(habits) ["DPS-CONN-004", "DPS-OPEN-002"] {
        habits.says = Some(|packet, who| {
            if let Some(connect) = connect(packet) {
                connect.client_id = format!("{}-1", who.id);
            }
        });
    }

    /// Its username has a question mark, as at the hub.
    puts_a_question_mark(habits) ["DPS-CONN-005"] {
        habits.says = Some(|packet, who| {
            let Some(connect) = registers(packet) else { return };
            let (scope, id) = (&who.host, &who.id);
            connect.username =
                Some(format!("{scope}/registrations/{id}/?api-version=2019-03-31"));
        });
    }

    /// Its username names the scope of another instance.
    names_another_scope(habits) ["DPS-CONN-006", "DPS-OPEN-003"] {
        habits.says = Some(|packet, who| {
            let Some(connect) = registers(packet) else { return };
            connect.username =
                Some(format!("0ne99999999/registrations/{}/api-version=2019-03-31", who.id));
        });
    }

    /// Its username names the registration of another device.
    registers_for_another(habits) ["DPS-CONN-004", "DPS-CONN-007", "DPS-OPEN-002"] {
        habits.says = Some(|packet, who| {
            let Some(connect) = registers(packet) else { return };
            connect.username =
                Some(format!("{}/registrations/another/api-version=2019-03-31", who.host));
        });
    }

    /// It gives no password, nor a certificate.
    proves_nothing_to_dps(habits) ["DPS-SAS-001"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = registers(packet) {
                connect.password = None;
            }
        });
    }

    /// Its token names no policy.
    names_no_policy(habits) ["DPS-SAS-003", "DPS-SAS-006"] {
        habits.token = Some(|token| match token.policy {
            Some(_) => without(&token.right(), "skn"),
            None => token.right(),
        });
    }

    /// Its token names another policy.
    names_another_policy(habits) ["DPS-SAS-006"] {
        habits.token = Some(|token| {
            let policy = token.policy.as_ref().map(|_| "device");
            sas::sign(&token.key, &token.resource, token.expiry_s, policy)
        });
    }

    /// Its token's resource has its slashes as they are.
    leaves_the_slashes_of_its_resource(habits) ["DPS-SAS-004"] {
        habits.token = Some(|token| {
            let policy = token.policy.as_deref();
            sas::sign_as_sent(&token.key, &token.resource, token.expiry_s, policy)
        });
    }

    /// Its token is for the resource that it would have at a hub.
    signs_as_at_a_hub(habits) ["DPS-SAS-005"] {
        habits.token = Some(|token| {
            let resource = token.resource.replace("/registrations/", "/devices/");
            sas::sign(&token.key, &resource, token.expiry_s, token.policy.as_deref())
        });
    }

    /// It asks DPS to keep its session.
    asks_for_a_stored_session(habits) ["DPS-SESS-003"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = registers(packet) {
                connect.clean = false;
            }
        });
    }

    /// It says MQTT on the bare TCP connection.
    registers_in_the_clear(habits) ["DPS-TLS-003", "HUB-TLS-003"] {
        habits.without_tls = true;
    }

    /// It takes a certificate of DPS that is for another host.
    overlooks_the_name_of_dps(habits) ["HUB-TLS-006", "SKY-CLIENT-011"] {
        habits.overlooks = Overlooks::Name;
    }

    /// It takes a certificate of DPS that nobody trusted has signed.
    overlooks_the_authority_of_dps(habits) ["HUB-TLS-006", "SKY-CLIENT-011"] {
        habits.overlooks = Overlooks::Authority;
    }

    /// It takes a certificate of DPS whose time is over.
    overlooks_the_expiry_of_dps(habits) ["HUB-TLS-006", "SKY-CLIENT-011"] {
        habits.overlooks = Overlooks::Expiry;
    }

    /// It does not come back to DPS when its connection is lost.
    stays_away_from_dps_when_cut(habits) ["SKY-CLIENT-001"] {
        habits.stays_away_when_cut = true;
    }

    /// It does not come back to DPS when it was refused once.
    stays_away_from_dps_when_refused(habits) ["SKY-CLIENT-016"] {
        habits.stays_away_when_refused = true;
    }

    /// With a certificate it names another registration than the certificate does.
    contradicts_its_certificate(habits) ["DPS-CONN-007", "DPS-OPEN-015", "DPS-X509-002"] does "x509" {
        habits.says = Some(|packet, who| {
            let registers = registers(packet).filter(|connect| connect.password.is_none());
            let Some(connect) = registers else { return };
            connect.client_id = format!("{}-1", who.id);
            connect.username =
                Some(format!("{}/registrations/{}-1/api-version=2019-03-31", who.host, who.id));
        });
    }

    /// It publishes for other devices to hear, as at a broker.
    publishes_at_dps(habits) ["DPS-LIMIT-001", "DPS-SUB-003"] {
        habits.adds = Some(|who| match who.host.contains('.') {
            true => Vec::new(),
            false => vec![Packet::Publish(Publish {
                topic: format!("devices/{}/status", who.id),
                ..Publish::default()
            })],
        });
    }

    /// It subscribes for what other devices say, as at a broker.
    subscribes_at_dps(habits) ["DPS-LIMIT-001", "DPS-SUB-004"] {
        habits.adds = Some(|who| match who.host.contains('.') {
            true => Vec::new(),
            false => subscribe("devices/#"),
        });
    }

    /// It registers at QoS 2.
    registers_at_qos_2(habits) ["DPS-LIMIT-002", "DPS-OPEN-008"] {
        habits.says = Some(|packet, _| {
            if let Some(publish) = publish(packet, "iotdps-register") {
                publish.qos = Qos::ExactlyOnce;
            }
        });
    }
}

/// A CONNECT to DPS.
fn registers(packet: &mut Packet) -> Option<&mut wire::Connect> {
    connect(packet).filter(|connect| {
        connect.username.as_ref().is_some_and(|name| name.contains("/registrations/"))
    })
}
