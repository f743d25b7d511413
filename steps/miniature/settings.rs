//! What the environment tells a miniature, by the names that the vendors' own samples read.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use super::{alibaba::Product, who::Who};

/// Where to go, as whom, and whom to trust.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) to: To,
    pub(super) door: Door,
    pub(super) proof: Proof,
    pub(super) roots: Vec<CertificateDer<'static>>,
}

/// The cloud to begin with.
#[derive(Clone, Debug)]
pub(super) enum To {
    Hub(Who),
    Dps(Who),
    EventGrid(Who),
    Alibaba(Who),
}

impl Settings {
    /// Whether the cloud speaks MQTT 5.
    pub(super) const fn speaks_v5(&self) -> bool {
        matches!(self.to, To::EventGrid(_) | To::Alibaba(_))
    }
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Door {
    /// Also the name that the server's certificate has to carry.
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) websocket: bool,
}

/// How the client proves who it is.
#[derive(Debug)]
pub(super) enum Proof {
    Key(Vec<u8>),
    /// By what CONNECT says, signed with the device's secret.
    Signature,
    Certificate {
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
    },
}

const MQTT_PORT: u16 = 8883;
const WSS_PORT: u16 = 443;

/// Reads the environment.
///
/// # Errors
/// One sentence on what is missing or unusable.
pub(super) fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Settings, String> {
    let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
    let needs = variable("SKYPROOF_CAPABILITY").unwrap_or_default();
    let websocket = needs.split(',').any(|need| need == "websocket");
    let string = variable("IOTHUB_DEVICE_CONNECTION_STRING");
    let is_of_alibaba = string.is_none() && variable("ALI_PRODUCT_KEY").is_some();
    let is_of_event_grid =
        string.is_none() && !is_of_alibaba && variable("MQTT_HOST_NAME").is_some();
    let is_of_dps = variable("IOTHUB_DEVICE_SECURITY_TYPE").as_deref() == Some("DPS")
        || needs.split(',').any(|need| need == "dps")
        || string.is_none();
    let (to, host, key, has_certificate) = match string {
        None if is_of_alibaba => alibaba(&variable)?,
        None if is_of_event_grid => event_grid(&variable)?,
        Some(string) if !is_of_dps => hub(&string)?,
        _ => dps(&variable)?,
    };
    let (host, port) = match host.split_once(':') {
        Some((host, port)) => (host.to_owned(), port.parse().ok()),
        None => (host, None),
    };
    let told = |name| variable(name).and_then(|port| port.parse().ok());
    let port = match websocket {
        true => told("SKYPROOF_WSS_PORT").unwrap_or(WSS_PORT),
        false => port
            .or_else(|| told("MQTT_TCP_PORT").filter(|_| is_of_event_grid))
            .or_else(|| told("SKYPROOF_PORT"))
            .unwrap_or(MQTT_PORT),
    };
    let door = Door { host, port, websocket };
    let proof = match key {
        _ if is_of_alibaba => Proof::Signature,
        Some(key) if !has_certificate => Proof::Key(decoded(&key)?),
        _ => certificate(&variable)?,
    };
    let ca = variable("SSL_CERT_FILE")
        .or_else(|| variable("SKYPROOF_CA_FILE"))
        .ok_or("nobody says whom to trust: SSL_CERT_FILE is not set")?;
    let roots = pem_certificates(&ca)?;
    Ok(Settings { to, door, proof, roots })
}

type Told = (To, String, Option<String>, bool);

fn hub(string: &str) -> Result<Told, String> {
    let field = |name: &str| {
        let mut fields = string.split(';').filter_map(|field| field.split_once('='));
        fields.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
    };
    let needed = |name: &str| {
        field(name).ok_or_else(|| format!("IOTHUB_DEVICE_CONNECTION_STRING has no {name}"))
    };
    let (host, id) = (needed("HostName")?, needed("DeviceId")?);
    let gateway = field("GatewayHostName").unwrap_or_else(|| host.clone());
    let is_x509 = field("x509").is_some_and(|it| it.eq_ignore_ascii_case("true"));
    let who = Who { host, id, module: field("ModuleId"), product: None };
    Ok((To::Hub(who), gateway, field("SharedAccessKey"), is_x509))
}

fn dps(variable: &impl Fn(&str) -> Option<String>) -> Result<Told, String> {
    let needed = |name: &str| {
        variable(name).ok_or_else(|| {
            format!("neither IOTHUB_DEVICE_CONNECTION_STRING nor {name} is set: where to connect?")
        })
    };
    let gateway = needed("PROVISIONING_HOST")?;
    let who = Who { host: needed("PROVISIONING_IDSCOPE")?, ..Who::default() };
    let id = needed("PROVISIONING_REGISTRATION_ID")?;
    let key = variable("PROVISIONING_SYMMETRIC_KEY");
    Ok((To::Dps(Who { id, ..who }), gateway, key, false))
}

fn event_grid(variable: &impl Fn(&str) -> Option<String>) -> Result<Told, String> {
    let needed = |name: &str| {
        variable(name).ok_or_else(|| format!("MQTT_HOST_NAME is set, and {name} is not"))
    };
    let dialled = needed("MQTT_HOST_NAME")?;
    // Where the namespace is found under any name, its own is told beside.
    let host = variable("SKYPROOF_EVENT_GRID_HOST").unwrap_or_else(|| dialled.clone());
    let who = Who { host, id: needed("MQTT_CLIENT_ID")?, ..Who::default() };
    Ok((To::EventGrid(who), dialled, None, true))
}

fn alibaba(variable: &impl Fn(&str) -> Option<String>) -> Result<Told, String> {
    let needed = |name: &str| {
        variable(name).ok_or_else(|| format!("ALI_PRODUCT_KEY is set, and {name} is not"))
    };
    let host = needed("SKYPROOF_HOST")?;
    let product = Product { key: needed("ALI_PRODUCT_KEY")?, secret: needed("ALI_DEVICE_SECRET")? };
    let id = needed("ALI_DEVICE_NAME")?;
    let who = Who { host: host.clone(), id, module: None, product: Some(product) };
    Ok((To::Alibaba(who), host, None, false))
}

fn certificate(variable: &impl Fn(&str) -> Option<String>) -> Result<Proof, String> {
    let needed = |name: &str, other: &str| {
        variable(other)
            .or_else(|| variable(name))
            .ok_or_else(|| format!("there is no key, and {name} is not set"))
    };
    let chain = pem_certificates(&needed("X509_CERT_FILE", "MQTT_CERT_FILE")?)?;
    let file = needed("X509_KEY_FILE", "MQTT_KEY_FILE")?;
    let key = PrivateKeyDer::from_pem_file(&file).map_err(|error| format!("{file}: {error}"))?;
    Ok(Proof::Certificate { chain, key })
}

fn pem_certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let text = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match read {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(format!("{file} has no certificate in PEM")),
        Err(error) => Err(format!("{file}: {error}")),
    }
}

fn decoded(key: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(key).map_err(|error| format!("the shared access key is no base64: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(variables: &[(&str, &str)]) -> String {
        let variable = |name: &str| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, it)| (*it).to_owned())
        };
        read(variable).expect_err("an error")
    }

    #[test]
    fn what_is_missing_is_named() {
        const STRING: &str = "IOTHUB_DEVICE_CONNECTION_STRING";
        for (variables, says) in [
            (
                &[][..],
                "neither IOTHUB_DEVICE_CONNECTION_STRING nor PROVISIONING_HOST is set: \
                 where to connect?",
            ),
            (&[(STRING, "DeviceId=d")], "IOTHUB_DEVICE_CONNECTION_STRING has no HostName"),
            (
                &[("ALI_PRODUCT_KEY", "pk"), ("SKYPROOF_HOST", "localhost")],
                "ALI_PRODUCT_KEY is set, and ALI_DEVICE_SECRET is not",
            ),
            (
                &[(STRING, "HostName=h;DeviceId=d;x509=true")],
                "there is no key, and X509_CERT_FILE is not set",
            ),
            (
                &[(STRING, "HostName=h;DeviceId=d;SharedAccessKey=AAAA")],
                "nobody says whom to trust: SSL_CERT_FILE is not set",
            ),
        ] {
            assert_eq!(error(variables), says);
        }
        let no_key = error(&[(STRING, "HostName=h;DeviceId=d;SharedAccessKey=?")]);
        assert!(no_key.starts_with("the shared access key is no base64: "), "{no_key}");
    }
}
