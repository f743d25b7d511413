//! Clients with a certificate that do not show it as they should.

use super::connect;

miniatures! { "iot-hub":
    /// It has a certificate and thinks that its username can be left out.
    names_nobody_but_its_certificate(habits) ["HUB-CONN-005", "HUB-OPEN-007", "HUB-X509-002"] does "x509" {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet).filter(|connect| connect.password.is_none()) {
                connect.username = None;
            }
        });
    }

    /// It has a certificate and does not show it.
    hides_its_certificate(habits) ["HUB-OPEN-002", "HUB-SDK-002", "HUB-X509-003"] does "x509" {
        habits.hides_certificate = true;
    }
}
