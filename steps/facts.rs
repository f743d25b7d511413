//! Everything that a client or a script needs to know of a running mock: what `up --json` prints, what
//! the copy-paste lines are made of, and the environment of `exec` and `certify`.

mod alibaba;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{
    Registry, Time,
    event_grid::{Namespace, model::Client},
    identity::{Credentials, Identity},
    registry::{Attestation, Hub, Policy, Provisioning},
    sas,
};
use serde::Serialize;

pub use self::alibaba::{InstanceFacts, ProductFacts, ThingFacts};

/// The ports that SDKs cannot be talked out of.
pub const MQTT_PORT: u16 = 8883;
pub const WSS_PORT: u16 = 443;
pub const TCP_PORT: u16 = 1883;

/// Where the listeners are.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    pub bind: IpAddr,
    pub mqtt_port: u16,
    pub wss_port: u16,
    /// Where somebody is reached on 1883.
    pub tcp_port: Option<u16>,
    pub admin: SocketAddr,
}

/// Files that clients read.
#[derive(Clone, Debug)]
pub struct Files {
    pub ca: PathBuf,
    /// A device that proves itself by a certificate: its id, its certificate and its key.
    pub device: Option<(String, PathBuf, PathBuf)>,
}

/// A running mock, in data.
#[derive(Debug, Serialize)]
pub struct Facts {
    pub version: &'static str,
    pub pid: u32,
    pub bind: IpAddr,
    /// What connection strings tell as `GatewayHostName`: the host, with its port where that is not
    /// the usual one.
    #[serde(skip)]
    pub gateway: String,
    /// What clients dial: `localhost`, or the address when the name leads elsewhere.
    pub host: String,
    pub mqtt_port: u16,
    pub wss_port: u16,
    /// Of MQTT with TLS or without, where there is somebody who takes that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tcp_port: Option<u16>,
    pub admin_url: String,
    pub ca_file: PathBuf,
    pub clock: String,
    /// The moment at which the tokens below were made.
    pub now: String,
    pub auto_create: bool,
    pub hubs: Vec<HubFacts>,
    pub provisioning: Vec<ProvisioningFacts>,
    pub namespaces: Vec<NamespaceFacts>,
    pub instances: Vec<InstanceFacts>,
    /// What `exec` gives to its command.
    pub environment: BTreeMap<&'static str, String>,
}

#[derive(Debug, Serialize)]
pub struct HubFacts {
    pub host: String,
    /// For the service side.
    pub service_connection_string: Option<String>,
    pub devices: Vec<DeviceFacts>,
}

/// One device or module of a hub.
#[derive(Clone, Debug, Serialize)]
pub struct DeviceFacts {
    pub id: String,
    pub enabled: bool,
    /// `sas`, `x509-thumbprint` or `x509-authority`.
    pub authentication: &'static str,
    pub connection_string: String,
    /// The same through the gateway that the mock is, for whoever cannot bend DNS.
    pub gateway_connection_string: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    /// MQTT's client id, user name and password.
    pub client_id: String,
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

#[derive(Debug, Serialize)]
pub struct ProvisioningFacts {
    pub id_scope: String,
    /// What clients give as the provisioning host.
    pub host: String,
    pub enrollments: Vec<EnrollmentFacts>,
    pub groups: Vec<GroupFacts>,
}

#[derive(Debug, Serialize)]
pub struct EnrollmentFacts {
    pub registration_id: String,
    pub enabled: bool,
    /// `symmetric-key`, `x509` or `tpm`.
    pub attestation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    /// MQTT's user name and password.
    pub username: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct GroupFacts {
    pub name: String,
    pub enabled: bool,
    pub attestation: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
}

/// An Event Grid namespace.
#[derive(Debug, Serialize)]
pub struct NamespaceFacts {
    pub name: String,
    /// Where MQTT is spoken, as far as it is enabled.
    pub host: String,
    /// What clients dial: the mock itself where it has nothing but this namespace, or else `host`, which
    /// has to lead to the mock, since nothing but the server name tells which tenant is meant.
    pub dialled: String,
    pub http_host: String,
    pub enabled: bool,
    pub clients: Vec<ClientFacts>,
}

#[derive(Debug, Serialize)]
pub struct ClientFacts {
    pub name: String,
    /// MQTT's user name.
    pub authentication_name: String,
    pub enabled: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub certificate_file: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_file: Option<PathBuf>,
}

impl NamespaceFacts {
    /// The client that examples are about: the first enabled one, rather one whose certificate is known.
    pub fn example(&self) -> Option<&ClientFacts> {
        let enabled = || self.clients.iter().filter(|client| client.enabled);
        enabled().find(|client| client.certificate_file.is_some()).or_else(|| enabled().next())
    }
}

/// How long the printed tokens are good.
const TOKEN_DAYS: u64 = 365;

const DAY_S: u64 = 86_400;

impl Facts {
    /// What is to be known of these tenants on these places.
    pub fn new(
        registry: &Registry,
        places: Places,
        files: &Files,
        clock: String,
        now: Time,
    ) -> Self {
        let host = dialled(places.bind);
        let expiry_s = now.s() + TOKEN_DAYS * DAY_S;
        let gateway = match places.mqtt_port {
            MQTT_PORT => host.clone(),
            port => format!("{host}:{port}"),
        };
        let made = Made { gateway: &gateway, files, expiry_s };
        // The default hub comes first, since its first device is the example.
        let default = registry.default_hub().map(|hub| hub.host.clone());
        let mut hubs: Vec<&Hub> = registry.hubs.values().collect();
        hubs.sort_by_key(|hub| Some(&hub.host) != default.as_ref());
        let mut facts = Self {
            version: env!("CARGO_PKG_VERSION"),
            pid: std::process::id(),
            bind: places.bind,
            gateway: gateway.clone(),
            host: host.clone(),
            mqtt_port: places.mqtt_port,
            wss_port: places.wss_port,
            tcp_port: places.tcp_port,
            admin_url: format!("http://{}", places.admin),
            ca_file: files.ca.clone(),
            clock,
            now: now.round_trip(),
            auto_create: registry.auto_create,
            hubs: hubs.into_iter().map(|hub| made.hub(hub)).collect(),
            provisioning: registry
                .provisioning
                .values()
                .map(|instance| made.provisioning(instance, &host))
                .collect(),
            namespaces: registry
                .namespaces
                .values()
                .map(|namespace| {
                    let is_alone = registry.only_tenant().is_some();
                    made.namespace(namespace, if is_alone { &host } else { &namespace.host })
                })
                .collect(),
            instances: registry.instances.values().map(InstanceFacts::new).collect(),
            environment: BTreeMap::new(),
        };
        facts.environment = facts.environment();
        facts.tell_of_namespace();
        facts.tell_of_instance();
        facts.tell_of_enrolled_certificate(files);
        facts
    }

    /// The first enabled device with a key; what examples are about.
    pub fn key_device(&self) -> Option<&DeviceFacts> {
        self.devices().find(|device| device.enabled && device.password.is_some())
    }

    /// The first enabled device with a certificate whose file is known.
    pub fn certificate_device(&self) -> Option<&DeviceFacts> {
        self.devices().find(|device| device.enabled && device.certificate_file.is_some())
    }

    /// The path of MQTT over WebSocket, by what most of the tenants have.
    pub fn websocket_path(&self) -> &'static str {
        let is_azure_iot = !self.hubs.is_empty() || !self.provisioning.is_empty();
        let is_elsewhere = !self.namespaces.is_empty() || !self.instances.is_empty();
        if is_elsewhere && !is_azure_iot { "/mqtt" } else { "/$iothub/websocket" }
    }

    fn devices(&self) -> impl Iterator<Item = &DeviceFacts> {
        self.hubs.iter().flat_map(|hub| &hub.devices)
    }

    /// A namespace and a client of it, by the names that the vendor's MQTT samples read.
    fn tell_of_namespace(&mut self) {
        let Some(namespace) = self.namespaces.first() else { return };
        let mut names = vec![
            ("SKYPROOF_EVENT_GRID_HOST", namespace.host.clone()),
            ("SKYPROOF_EVENT_GRID_HTTP_HOST", namespace.http_host.clone()),
            ("MQTT_HOST_NAME", namespace.dialled.clone()),
            ("MQTT_TCP_PORT", self.mqtt_port.to_string()),
            ("MQTT_USE_TLS", "true".to_owned()),
            ("MQTT_CA_FILE", self.ca_file.display().to_string()),
        ];
        if let Some(client) = namespace.example() {
            let (id, user) = (client.name.clone(), client.authentication_name.clone());
            if self.hubs.is_empty() && self.provisioning.is_empty() {
                names.push(("SKYPROOF_CLIENT_ID", id.clone()));
                names.push(("SKYPROOF_USERNAME", user.clone()));
            }
            names.extend([("MQTT_CLIENT_ID", id), ("MQTT_USERNAME", user)]);
            let shown = |path: &PathBuf| path.display().to_string();
            names.extend(client.certificate_file.iter().map(|it| ("MQTT_CERT_FILE", shown(it))));
            names.extend(client.key_file.iter().map(|it| ("MQTT_KEY_FILE", shown(it))));
        }
        self.environment.extend(names);
    }

    /// An instance and a device of it. The names of the first three are those of the vendor's samples.
    fn tell_of_instance(&mut self) {
        let Some(instance) = self.instances.first() else { return };
        self.environment.extend([
            ("SKYPROOF_ALIBABA_HOST", instance.host.clone()),
            ("ALI_INSTANCE_ID", instance.id.clone()),
            ("ALI_REGION_ID", instance.region.clone()),
        ]);
        let Some(device) = instance.example() else { return };
        self.environment.extend([
            ("ALI_PRODUCT_KEY", device.product_key.clone()),
            ("ALI_DEVICE_NAME", device.device_name.clone()),
            ("ALI_DEVICE_SECRET", device.device_secret.clone()),
        ]);
        let alone = [self.hubs.len(), self.provisioning.len(), self.namespaces.len()] == [0; 3];
        if alone {
            self.environment.extend([
                ("SKYPROOF_CLIENT_ID", device.client_id.clone()),
                ("SKYPROOF_USERNAME", device.username.clone()),
                ("SKYPROOF_PASSWORD", device.password.clone()),
            ]);
        }
    }

    /// A device that DPS knows by its certificate, and no hub as yet.
    fn tell_of_enrolled_certificate(&mut self, files: &Files) {
        let Some((id, certificate, key)) = &files.device else { return };
        let enrollments = self.provisioning.iter().flat_map(|dps| &dps.enrollments);
        let mut by_certificate = enrollments.filter(|it| it.enabled && it.attestation == "x509");
        if by_certificate.any(|enrollment| enrollment.registration_id == *id) {
            self.environment.extend([
                ("X509_CERT_FILE", certificate.display().to_string()),
                ("X509_KEY_FILE", key.display().to_string()),
                ("PROVISIONING_REGISTRATION_ID", id.clone()),
                ("IOTHUB_DEVICE_DPS_DEVICE_ID", id.clone()),
            ]);
        }
    }

    /// By the names that the vendors' own samples read.
    fn environment(&self) -> BTreeMap<&'static str, String> {
        let ca_file = self.ca_file.display().to_string();
        let mut names = BTreeMap::from([
            ("SKYPROOF_HOST", self.host.clone()),
            ("SKYPROOF_PORT", self.mqtt_port.to_string()),
            ("SKYPROOF_WSS_PORT", self.wss_port.to_string()),
            ("SKYPROOF_ADMIN", self.admin_url.clone()),
            ("SKYPROOF_CA_FILE", ca_file.clone()),
            ("SSL_CERT_FILE", ca_file.clone()),
            ("NODE_EXTRA_CA_CERTS", ca_file.clone()),
            ("REQUESTS_CA_BUNDLE", ca_file),
        ]);
        names.extend(self.tcp_port.map(|port| ("SKYPROOF_TCP_PORT", port.to_string())));
        if let Some(device) = self.key_device() {
            names.insert(
                "IOTHUB_DEVICE_CONNECTION_STRING",
                device.gateway_connection_string.clone(),
            );
            names.insert("IOTHUB_DEVICE_SECURITY_TYPE", "connectionString".to_owned());
            names.insert("SKYPROOF_CLIENT_ID", device.client_id.clone());
            names.insert("SKYPROOF_USERNAME", device.username.clone());
            names.insert("SKYPROOF_PASSWORD", device.password.clone().unwrap_or_default());
        }
        if let Some(device) = self.certificate_device() {
            let shown = |path: &Option<PathBuf>| {
                path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
            };
            names.insert("X509_CERT_FILE", shown(&device.certificate_file));
            names.insert("X509_KEY_FILE", shown(&device.key_file));
            if self.key_device().is_none() {
                let string = device.gateway_connection_string.clone();
                names.insert("IOTHUB_DEVICE_CONNECTION_STRING", string);
                names.insert("IOTHUB_DEVICE_SECURITY_TYPE", "connectionString".to_owned());
                names.insert("SKYPROOF_CLIENT_ID", device.client_id.clone());
                names.insert("SKYPROOF_USERNAME", device.username.clone());
            }
        }
        if let Some(dps) = self.provisioning.first() {
            names.insert("IOTHUB_DEVICE_DPS_ENDPOINT", dps.host.clone());
            names.insert("IOTHUB_DEVICE_DPS_ID_SCOPE", dps.id_scope.clone());
            names.insert("PROVISIONING_HOST", dps.host.clone());
            names.insert("PROVISIONING_IDSCOPE", dps.id_scope.clone());
            let with_key = |it: &&EnrollmentFacts| it.enabled && it.primary_key.is_some();
            if let Some(enrollment) = dps.enrollments.iter().find(with_key) {
                let key = enrollment.primary_key.clone().unwrap_or_default();
                names.insert("IOTHUB_DEVICE_DPS_DEVICE_ID", enrollment.registration_id.clone());
                names.insert("IOTHUB_DEVICE_DPS_DEVICE_KEY", key.clone());
                names.insert("PROVISIONING_REGISTRATION_ID", enrollment.registration_id.clone());
                names.insert("PROVISIONING_SYMMETRIC_KEY", key);
            }
        }
        names
    }
}

/// What tenants' facts are made with.
struct Made<'a> {
    gateway: &'a str,
    files: &'a Files,
    expiry_s: u64,
}

impl Made<'_> {
    fn hub(&self, hub: &Hub) -> HubFacts {
        let service = hub.policies.iter().find(|policy| policy.name == "iothubowner");
        HubFacts {
            host: hub.host.clone(),
            service_connection_string: service.map(|policy| service_string(&hub.host, policy)),
            devices: hub.identities.values().map(|identity| self.device(hub, identity)).collect(),
        }
    }

    fn device(&self, hub: &Hub, identity: &Identity) -> DeviceFacts {
        let id = &identity.id;
        let connection_string = hub.connection_string(id).unwrap_or_default();
        let (authentication, key) = match &identity.credentials {
            Credentials::Keys { primary, .. } => ("sas", Some(primary)),
            Credentials::Thumbprints { .. } => ("x509-thumbprint", None),
            Credentials::Authority => ("x509-authority", None),
        };
        let files = self.files.device.as_ref().filter(|(device, ..)| *device == id.to_string());
        let resource = format!("{}/{}", hub.host, id.topic_root());
        DeviceFacts {
            id: id.to_string(),
            enabled: identity.enabled,
            authentication,
            gateway_connection_string: format!(
                "{connection_string};GatewayHostName={}",
                self.gateway
            ),
            connection_string,
            primary_key: key.map(|key| STANDARD.encode(key)),
            client_id: id.to_string(),
            username: format!("{}/{id}/?api-version=2021-04-12", hub.host),
            password: key.map(|key| sas::sign(key, &resource, self.expiry_s, None)),
            certificate_file: files.map(|(_, certificate, _)| certificate.clone()),
            key_file: files.map(|(_, _, key)| key.clone()),
        }
    }

    fn namespace(&self, namespace: &Namespace, dialled: &str) -> NamespaceFacts {
        let client = |client: &Client| {
            let name = client.authentication_name();
            let files = self.files.device.as_ref().filter(|(device, ..)| *device == client.name);
            ClientFacts {
                name: client.name.clone(),
                authentication_name: name.to_owned(),
                enabled: client.is_enabled(),
                certificate_file: files.map(|(_, certificate, _)| certificate.clone()),
                key_file: files.map(|(_, _, key)| key.clone()),
            }
        };
        NamespaceFacts {
            name: namespace.name.clone(),
            host: namespace.host.clone(),
            dialled: dialled.to_owned(),
            http_host: namespace.http_host.clone(),
            enabled: namespace.configuration.is_enabled(),
            clients: namespace.clients().map(client).collect(),
        }
    }

    fn provisioning(&self, instance: &Provisioning, host: &str) -> ProvisioningFacts {
        let scope = &instance.id_scope;
        let enrollments = instance.enrollments.values().map(|enrollment| {
            let id = &enrollment.registration_id;
            let (attestation, key) = attestation(&enrollment.attestation);
            let resource = format!("{scope}/registrations/{id}");
            EnrollmentFacts {
                registration_id: id.clone(),
                enabled: enrollment.enabled,
                attestation,
                primary_key: key.map(|key| STANDARD.encode(key)),
                username: format!("{resource}/api-version=2019-03-31"),
                password: key
                    .map(|key| sas::sign(key, &resource, self.expiry_s, Some("registration"))),
            }
        });
        let groups = instance.groups.values().map(|group| {
            let (attestation, key) = attestation(&group.attestation);
            GroupFacts {
                name: group.name.clone(),
                enabled: group.enabled,
                attestation,
                primary_key: key.map(|key| STANDARD.encode(key)),
            }
        });
        ProvisioningFacts {
            id_scope: scope.clone(),
            host: host.to_owned(),
            enrollments: enrollments.collect(),
            groups: groups.collect(),
        }
    }
}

fn service_string(host: &str, policy: &Policy) -> String {
    let key = STANDARD.encode(&policy.primary);
    format!("HostName={host};SharedAccessKeyName={};SharedAccessKey={key}", policy.name)
}

const fn attestation(attestation: &Attestation) -> (&'static str, Option<&Vec<u8>>) {
    match attestation {
        Attestation::Keys { primary, .. } => ("symmetric-key", Some(primary)),
        Attestation::Certificate(_) => ("x509", None),
        Attestation::Tpm => ("tpm", None),
    }
}

/// What a client on this machine dials to get to this address.
fn dialled(bind: IpAddr) -> String {
    let leads_here = match bind {
        IpAddr::V4(v4) => v4.is_unspecified() || v4 == std::net::Ipv4Addr::LOCALHOST,
        IpAddr::V6(v6) => v6.is_unspecified() || v6.is_loopback(),
    };
    if leads_here { "localhost".to_owned() } else { bind.to_string() }
}
