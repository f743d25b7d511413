//! Clients whose tokens for the hub are not as they should be.

use cloud::sas;

use super::connect;

miniatures! { "iot-hub":
    /// Its password is its key.
    shows_its_key(habits) ["HUB-OPEN-002", "HUB-SAS-001"] {
        habits.token = Some(|_| "c2VjcmV0".to_owned());
    }

    /// It gives no password, nor a certificate.
    proves_nothing(habits) ["HUB-OPEN-002", "HUB-SAS-001", "HUB-SDK-002"] {
        habits.says = Some(|packet, _| {
            if let Some(connect) = connect(packet) {
                connect.password = None;
            }
        });
    }

    /// Its token has no signature.
    signs_nothing(habits) ["HUB-OPEN-002", "HUB-SAS-003"] {
        habits.token = Some(|token| without(&token.right(), "sig"));
    }

    /// Its token has no expiry.
    never_expires(habits) ["HUB-OPEN-002", "HUB-SAS-004"] {
        habits.token = Some(|token| without(&token.right(), "se"));
    }

    /// Its token has no resource.
    names_no_resource(habits) ["HUB-OPEN-002", "HUB-SAS-005"] {
        habits.token = Some(|token| without(&token.right(), "sr"));
    }

    /// Its token's resource has a character that a URL cannot have.
    encodes_no_resource(habits) ["HUB-OPEN-012", "HUB-SAS-005"] {
        habits.token = Some(|token| {
            sas::sign_as_sent(&token.key, &format!("{} ", token.resource), token.expiry_s, None)
        });
    }

    /// Its token counts milliseconds.
    counts_milliseconds(habits) ["HUB-SAS-007"] {
        habits.token = Some(|token| {
            sas::sign(&token.key, &token.resource, token.expiry_s * 1000, None)
        });
    }

    /// Its password is the connection string with the token in it, as tools print it.
    wraps_its_token(habits) ["HUB-OPEN-002", "HUB-SAS-001", "HUB-SAS-011"] {
        habits.token = Some(|token| {
            let (host, id) = token.resource.split_once("/devices/").unwrap_or_default();
            format!("HostName={host};DeviceId={id};SharedAccessSignature={}", token.right())
        });
    }

    /// Its token is for another device.
    shows_the_token_of_another(habits) ["HUB-OPEN-012"] {
        habits.token = Some(|token| {
            sas::sign(&token.key, &format!("{}-1", token.resource), token.expiry_s, None)
        });
    }

    /// It signs with its key as it stands in the connection string, in base64.
    signs_with_the_text_of_its_key(habits) ["HUB-OPEN-002"] {
        habits.token = Some(|token| {
            use base64::{Engine as _, engine::general_purpose::STANDARD};
            let text = STANDARD.encode(&token.key);
            sas::sign(text.as_bytes(), &token.resource, token.expiry_s, None)
        });
    }

    /// Its token expired an hour ago.
    shows_an_expired_token(habits) ["HUB-OPEN-002"] {
        habits.token = Some(|token| {
            sas::sign(&token.key, &token.resource, token.expiry_s.saturating_sub(7200), None)
        });
    }

    /// It makes one token when it starts and shows it for ever.
    keeps_its_token(habits) ["SKY-CLIENT-009"] {
        habits.keeps_its_token = true;
    }
}

/// A token without one of its fields.
pub(super) fn without(token: &str, name: &str) -> String {
    let Some((scheme, fields)) = token.split_once(' ') else { return token.to_owned() };
    let others = fields.split('&').filter(|field| field.split('=').next() != Some(name));
    format!("{scheme} {}", others.collect::<Vec<_>>().join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_left_out() {
        let token = "SharedAccessSignature sr=a&sig=b&se=1";
        assert_eq!(without(token, "sig"), "SharedAccessSignature sr=a&se=1");
        assert_eq!(without(token, "skn"), token);
    }
}
