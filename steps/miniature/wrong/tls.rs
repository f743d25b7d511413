//! Clients that do not look whom they speak to.

use crate::miniature::tls::Overlooks;

miniatures! { "iot-hub":
    /// It says MQTT on the bare TCP connection.
    speaks_in_the_clear(habits) ["HUB-TLS-003"] {
        habits.without_tls = true;
    }

    /// It takes a certificate for another host.
    overlooks_the_name(habits) ["HUB-TLS-006"] {
        habits.overlooks = Overlooks::Name;
    }

    /// It takes a certificate that nobody trusted has signed.
    overlooks_the_authority(habits) ["HUB-TLS-006"] {
        habits.overlooks = Overlooks::Authority;
    }

    /// It takes a certificate whose time is over.
    overlooks_the_expiry(habits) ["HUB-TLS-006"] {
        habits.overlooks = Overlooks::Expiry;
    }

    /// It takes a certificate whose time has not come.
    overlooks_the_beginning(habits) ["HUB-TLS-006"] {
        habits.overlooks = Overlooks::Beginning;
    }

    /// It refuses a certificate because it is long.
    refuses_long_certificates(habits) ["SKY-CLIENT-012"] {
        habits.refuses_long_certificates = true;
    }

    /// It speaks TLS 1.3 and nothing older.
    speaks_tls_1_3_alone(habits) ["SKY-CLIENT-015"] {
        habits.tls_1_3_alone = true;
    }

    /// It takes any certificate.
    verifies_nothing(habits) ["HUB-TLS-006"] {
        habits.overlooks = Overlooks::Everything;
    }
}
