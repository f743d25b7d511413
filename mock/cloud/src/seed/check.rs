//! What each value of a seed must look like, and how it is told when it does not.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::SeedError;
use crate::{
    dps::is_registration_id,
    identity::IdentityId,
    profile::{DpsProfile, EventGridProfile, HubProfile},
    twin::{Members, limits},
};

/// A place in a seed, such as `hub[0].device[2]`.
#[derive(Debug)]
pub(crate) struct At(String);

impl At {
    pub(crate) fn root(name: &str) -> Self {
        Self(name.to_owned())
    }

    pub(crate) fn item(list: &str, index: usize) -> Self {
        Self(format!("{list}[{index}]"))
    }

    pub(crate) fn below(&self, list: &str, index: usize) -> Self {
        Self(format!("{}.{list}[{index}]", self.0))
    }

    pub(crate) fn field(&self, name: &str) -> Self {
        Self(format!("{}.{name}", self.0))
    }

    pub(crate) fn error(
        &self,
        found: impl Into<String>,
        expected: impl Into<String>,
        hint: impl Into<String>,
    ) -> SeedError {
        SeedError {
            path: self.0.clone(),
            found: found.into(),
            expected: expected.into(),
            hint: hint.into(),
            because: None,
        }
    }

    /// The name must not have been seen in this list before.
    pub(crate) fn first(
        &self,
        seen: &mut BTreeMap<String, String>,
        name: &str,
        field: &str,
    ) -> Result<(), SeedError> {
        match seen.insert(name.to_owned(), self.0.clone()) {
            None => Ok(()),
            Some(other) => Err(self.field(field).error(
                format!("`{name}` again"),
                "a name of its own",
                format!("{other} has it already"),
            )),
        }
    }

    /// At most one of these may be given.
    pub(crate) fn one_of(&self, given: &[(&str, bool)], why: &str) -> Result<(), SeedError> {
        let found: Vec<&str> = given.iter().filter(|it| it.1).map(|it| it.0).collect();
        if found.len() <= 1 {
            return Ok(());
        }
        let known: Vec<&str> = given.iter().map(|it| it.0).collect();
        Err(self.error(found.join(" and "), format!("one of {}", known.join(", ")), why))
    }
}

pub(crate) fn host(text: &str, at: &At) -> Result<String, SeedError> {
    let labels_are_legal = text.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    if text.contains('.') && labels_are_legal {
        return Ok(text.to_owned());
    }
    Err(at.error(
        format!("`{text}`"),
        "a full host name without port",
        format!("such as `{}.azure-devices.net`", first_word(text)),
    ))
}

pub(crate) fn identity_id(text: &str, at: &At) -> Result<IdentityId, SeedError> {
    text.parse().map_err(|_| {
        at.error(
            format!("`{text}`"),
            "1 to 128 ASCII letters, digits or - . + % _ # * ? ! ( ) , : = @ $ '",
            "a module is written `device/module`",
        )
    })
}

/// DPS-OPEN-012; also for the names of groups.
pub(crate) fn registration_id(text: &str, at: &At) -> Result<(), SeedError> {
    if is_registration_id(text, 128) {
        return Ok(());
    }
    Err(at.error(
        format!("`{text}`"),
        "1 to 128 ASCII letters, digits or - . _ :",
        "the last one must be a letter, a digit or a dash",
    ))
}

pub(crate) fn id_scope(text: &str, at: &At) -> Result<(), SeedError> {
    if (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(at.error(format!("`{text}`"), "1 to 64 ASCII letters and digits", "such as `0ne00000001`"))
}

pub(crate) fn policy_name(text: &str, at: &At) -> Result<(), SeedError> {
    let is_legal = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
    if is_legal {
        return Ok(());
    }
    Err(at.error(
        format!("`{text}`"),
        "1 to 64 ASCII letters, digits or - . _",
        "such as `iothubowner`, `service` or `device`",
    ))
}

/// A symmetric key. The text itself is kept out of the error.
pub(crate) fn key(text: &str, at: &At) -> Result<Vec<u8>, SeedError> {
    let found = match STANDARD.decode(text) {
        Ok(key) if (16..=64).contains(&key.len()) => return Ok(key),
        Ok(key) => format!("base64 of {} bytes", key.len()),
        Err(_) => format!("{} characters that are no base64", text.chars().count()),
    };
    Err(at.error(
        found,
        "base64 of 16 to 64 bytes",
        "leave it out for a key that is derived from the names",
    ))
}

/// Upper-case hex without separators.
pub(crate) fn thumbprint(text: &str, at: &At) -> Result<String, SeedError> {
    let digits: String = text.chars().filter(|c| !matches!(c, ':' | ' ')).collect();
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex && matches!(digits.len(), 40 | 64) {
        return Ok(digits.to_ascii_uppercase());
    }
    let found = if is_hex { format!("{} hex digits", digits.len()) } else { format!("`{text}`") };
    Err(at.error(
        found,
        "40 hex digits (SHA-1) or 64 (SHA-256)",
        "`openssl x509 -noout -fingerprint -sha256 -in device.pem` prints it",
    ))
}

/// One certificate in PEM, or in base64 of its DER or PEM; the result is DER.
pub(crate) fn certificate(text: &str, at: &At) -> Result<Vec<u8>, SeedError> {
    const EXPECTED: &str = "one certificate in PEM, or its DER in base64";
    const HINT: &str = "paste the text between and with the BEGIN and END lines";
    let der = if text.contains("-----BEGIN") {
        let found: Vec<_> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
        match found.as_slice() {
            [Ok(der)] => der.to_vec(),
            [] if text.contains("PRIVATE KEY-----") => {
                return Err(at.error("a private key", EXPECTED, "name the certificate instead"));
            }
            [] => return Err(at.error("PEM without a certificate", EXPECTED, HINT)),
            [Err(error)] => return Err(at.error(format!("unusable PEM: {error}"), EXPECTED, HINT)),
            several => {
                let found = format!("{} certificates", several.len());
                return Err(at.error(found, EXPECTED, "give each a place of its own"));
            }
        }
    } else {
        let bare: String = text.split_whitespace().collect();
        STANDARD
            .decode(bare)
            .map_err(|_| at.error("a text that is neither PEM nor base64", EXPECTED, HINT))?
    };
    if let Ok(text) = str::from_utf8(&der)
        && text.starts_with("-----BEGIN")
    {
        return certificate(text, at);
    }
    match X509Certificate::from_der(&der) {
        Ok(([], _)) => Ok(der),
        _ => Err(at.error(format!("{} bytes that are no certificate", der.len()), EXPECTED, HINT)),
    }
}

/// Desired or reported properties, or tags.
pub(crate) fn section(members: &Members, most_bytes: usize, at: &At) -> Result<(), SeedError> {
    if let Err(violation) = limits::check(members) {
        let has_date = members.values().any(has_date);
        let hint = if has_date { "write a date in quotes" } else { "see HUB-OPEN-058" };
        return Err(at.error(violation.to_string(), "what a twin can hold", hint));
    }
    let bytes = limits::size_bytes(members);
    if bytes > most_bytes {
        let expected = format!("at most {most_bytes} bytes");
        return Err(at.error(format!("{bytes} bytes"), expected, "see HUB-OPEN-058"));
    }
    Ok(())
}

pub(crate) fn hub_profile(profile: &HubProfile, at: &At) -> Result<(), SeedError> {
    let one_of = |field: &str, found: u64, known: &[u64]| number(at, field, found, known);
    let between = |field: &str, found, least, most| between(at, field, found, least, most);
    one_of("disabled_connack", profile.disabled_connack.into(), &[3, 5])?;
    one_of("malformed_username_connack", profile.malformed_username_connack.into(), &[3, 4, 5])?;
    between("connect_timeout_s", profile.connect_timeout_s, 1, 86_400)?;
    between("units", profile.units.into(), 1, 200)?;
    between("rate_limits.backlog_s", profile.rate_limits.backlog_s, 0, 3600)?;
    between("connection_state_period_s", profile.connection_state_period_s, 0, 86_400)?;
    between("c2d_ttl_s", profile.c2d_ttl_s, 60, 172_800)?;
    between("c2d_max_delivery_count", profile.c2d_max_delivery_count.into(), 1, 100)?;
    if !["mqtt-retain", "x-opt-retain"].contains(&profile.retain_property.as_str()) {
        return Err(at.field("retain_property").error(
            format!("`{}`", profile.retain_property),
            "`mqtt-retain` or `x-opt-retain`",
            "leave it out for the default",
        ));
    }
    Ok(())
}

pub(crate) fn dps_profile(profile: &DpsProfile, at: &At) -> Result<(), SeedError> {
    number(at, "sas_error_code", profile.sas_error_code.into(), &[401_002, 401_000])?;
    let code = profile.no_enrollment_error_code;
    number(at, "no_enrollment_error_code", code.into(), &[401_002, 404_201])?;
    for (field, code) in [
        ("unknown_operation_error_code", profile.unknown_operation_error_code),
        ("tpm_error_code", profile.tpm_error_code),
    ] {
        between(at, field, code.into(), 400_000, 599_999)?;
    }
    Ok(())
}

pub(crate) fn event_grid_profile(profile: &EventGridProfile, at: &At) -> Result<(), SeedError> {
    number(at, "session_limit_reason", profile.session_limit_reason.into(), &[0x87, 0x97])?;
    number(at, "failed_puback_code", profile.failed_puback_code.into(), &[0x80, 0x82, 0x83])?;
    number(at, "http_publish_status", profile.http_publish_status.into(), &[202, 204])?;
    if let Some(url) = &profile.event_endpoint
        && !url.starts_with("http://")
    {
        let hint = "http://127.0.0.1:9000/events";
        return Err(at.field("event_endpoint").error(
            format!("`{url}`"),
            "an http:// address",
            hint,
        ));
    }
    if let Some(units) = profile.throughput_units {
        let most = EventGridProfile::THROUGHPUT_UNITS_MAX.into();
        between(at, "throughput_units", units.into(), 1, most)?;
    }
    for (field, found, least, most) in [
        ("connect_timeout_s", profile.connect_timeout_s, 1, 86_400),
        ("keep_alive_max_s", profile.keep_alive_max_s.into(), 1, 65_535),
        ("max_packet_bytes", profile.max_packet_bytes as u64, 1024, 524_288),
        // MQTT 5 forbids a Receive Maximum of 0.
        ("receive_maximum", profile.receive_maximum.into(), 1, 65_535),
        ("outbound_in_flight", profile.outbound_in_flight.into(), 1, 65_535),
        ("access_delay_s", profile.access_delay_s, 0, 3600),
    ] {
        between(at, field, found, least, most)?;
    }
    Ok(())
}

pub(crate) fn between(
    at: &At,
    field: &str,
    found: u64,
    least: u64,
    most: u64,
) -> Result<(), SeedError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    let expected = format!("{least} to {most}");
    Err(at.field(field).error(found.to_string(), expected, "leave it out for the default"))
}

fn number(at: &At, field: &str, found: u64, known: &[u64]) -> Result<(), SeedError> {
    if known.contains(&found) {
        return Ok(());
    }
    let known: Vec<String> = known.iter().map(u64::to_string).collect();
    let expected = known.join(" or ");
    Err(at.field(field).error(found.to_string(), expected, "leave it out for the default"))
}

/// A date of TOML has no counterpart in JSON and arrives as an object of this one member.
fn has_date(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Object(members) => {
            members.contains_key("$__toml_private_datetime") || members.values().any(has_date)
        }
        serde_json::Value::Array(items) => items.iter().any(has_date),
        _ => false,
    }
}

fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len());
    if end == 0 { "contoso" } else { &text[..end] }
}
