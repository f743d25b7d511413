//! The registry: every tenant of a cloud, with its identities and enrollments. Hub and DPS share it.

use std::{
    borrow::Cow,
    collections::{BTreeMap, VecDeque},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    alibaba::{
        Instance,
        instance::{INSTANCE_HOST, PRODUCT_HOST},
    },
    event_grid::Namespace,
    fault::Fault,
    feedback::Feedback,
    identity::{Credentials, Identity, IdentityId},
    profile::{DpsProfile, HubProfile},
    rate::{Bucket, Day},
    sas,
    time::Time,
};

/// All tenants, isolated by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Registry {
    /// By host name in lower case.
    pub hubs: BTreeMap<String, Hub>,
    /// By ID scope.
    pub provisioning: BTreeMap<String, Provisioning>,
    /// Event Grid namespaces by MQTT host name in lower case.
    pub namespaces: BTreeMap<String, Namespace>,
    /// Instances of Alibaba Cloud IoT Platform by IotInstanceId.
    pub instances: BTreeMap<String, Instance>,
    /// The hub that takes connections which name none; unless said otherwise the first that was put.
    pub default_hub: Option<String>,
    /// Makes unknown identities (and hubs) on first sight instead of refusing them.
    pub auto_create: bool,
    /// At work from the beginning.
    pub faults: Vec<Fault>,
}

/// One IoT hub.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    /// `contoso.azure-devices.net`
    pub host: String,
    pub profile: HubProfile,
    pub policies: Vec<Policy>,
    /// Verified certificate authorities in DER.
    pub authorities: Vec<Vec<u8>>,
    pub identities: BTreeMap<IdentityId, Identity>,
    /// The sequence number of the last telemetry message.
    pub telemetry_sequence_number: u64,
    /// Feedback records that nobody took yet.
    pub feedback: VecDeque<Feedback>,
    pub meters: Meters,
    /// When it looks next at who is connected, if anything changed since it last did.
    pub snapshot_at: Option<Time>,
}

/// What a hub counts, to keep devices and the service side to its rates and quota.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meters {
    pub connects: Bucket,
    pub telemetry: Bucket,
    pub c2d: Bucket,
    pub method_kb: Bucket,
    pub twin_reads: Bucket,
    pub twin_updates: Bucket,
    pub day: Day,
}

/// A shared access policy of a hub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Such as `iothubowner`.
    pub name: String,
    /// Decoded from base64.
    pub primary: Vec<u8>,
    pub secondary: Vec<u8>,
    /// Whether it carries the DeviceConnect permission.
    pub device_connect: bool,
}

/// One DPS instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Provisioning {
    /// `0ne00000000`
    pub id_scope: String,
    pub profile: DpsProfile,
    /// Hosts of the linked hubs, in the order of allocation.
    pub linked_hubs: Vec<String>,
    /// Individual enrollments by registration id in lower case.
    pub enrollments: BTreeMap<String, Enrollment>,
    /// Enrollment groups by name.
    pub groups: BTreeMap<String, Group>,
    /// What came of registrations, by registration id in lower case.
    pub registrations: BTreeMap<String, crate::dps::Registration>,
    /// What register publishes are held to.
    pub registering: Bucket,
    /// What the polls of each device are held to, by registration id in lower case.
    pub polling: BTreeMap<String, Bucket>,
}

/// An individual enrollment.
#[derive(Clone, Debug, PartialEq)]
pub struct Enrollment {
    pub registration_id: String,
    pub attestation: Attestation,
    /// The device's id on the hub, when it is not the registration id.
    pub device_id: Option<String>,
    /// The hub to assign to, when it is not the allocation policy's choice.
    pub hub: Option<String>,
    pub allocation: Allocation,
    pub reprovision: Reprovision,
    pub enabled: bool,
    /// Desired properties that a newly assigned device starts with.
    pub desired: Map<String, Value>,
}

/// An enrollment group.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    pub name: String,
    pub attestation: Attestation,
    pub hub: Option<String>,
    pub allocation: Allocation,
    pub reprovision: Reprovision,
    pub enabled: bool,
    pub desired: Map<String, Value>,
}

/// How an enrollment proves a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attestation {
    /// Symmetric keys, decoded; in a group each device's key is derived from them.
    Keys { primary: Vec<u8>, secondary: Vec<u8> },
    /// Individual: the device's own certificate. Group: the signer's certificate. In DER.
    Certificate(Vec<u8>),
    /// TPM, which MQTT cannot carry.
    Tpm,
}

/// How DPS picks the hub of a device, unless its enrollment names one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Allocation {
    /// Evenly over the linked hubs, by the registration id.
    #[default]
    Hashed,
    /// The nearest hub: the first linked one, since nothing is near or far in a mock.
    GeoLatency,
    /// The first linked hub.
    Static,
    /// What a webhook answers.
    Custom(Webhook),
}

/// The answer of the webhook of a custom allocation, decided beforehand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Webhook {
    /// The first linked hub when there is none.
    pub hub: Option<String>,
    /// What the device gets as `payload`; its own payload comes back when there is none.
    pub payload: Option<Value>,
    /// The webhook fails with this HTTP status.
    pub fails_with: Option<u16>,
}

/// What registering again does to a device that is assigned already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reprovision {
    /// A device that changes its hub takes its twin along.
    #[default]
    Migrate,
    /// A device that changes its hub begins with the enrollment's twin again.
    Reset,
    /// A device never changes its hub.
    Never,
}

impl Registry {
    /// The hub of this host name, letter case aside.
    pub fn hub(&self, host: &str) -> Option<&Hub> {
        self.hubs.get(&*lower_case(host))
    }

    /// The hub of this host name, letter case aside.
    pub fn hub_mut(&mut self, host: &str) -> Option<&mut Hub> {
        self.hubs.get_mut(&*lower_case(host))
    }

    /// The hosts of all hubs, for an error.
    pub fn hub_names(&self) -> String {
        named(self.hubs.values().map(|hub| hub.host.as_str()), "no hub at all")
    }

    /// The Event Grid namespace of this MQTT host name, letter case aside.
    pub fn namespace(&self, host: &str) -> Option<&Namespace> {
        self.namespaces.get(&*lower_case(host))
    }

    /// The Event Grid namespace of this MQTT host name, letter case aside.
    pub fn namespace_mut(&mut self, host: &str) -> Option<&mut Namespace> {
        self.namespaces.get_mut(&*lower_case(host))
    }

    /// The MQTT hosts of all namespaces, for an error.
    pub fn namespace_names(&self) -> String {
        named(self.namespaces.values().map(|it| it.host.as_str()), "no namespace at all")
    }

    /// The Alibaba instance of this id or host name: of its own or of one of its products.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances.get(self.instance_id(name)?)
    }

    /// The Alibaba instance of this id or host name.
    pub fn instance_mut(&mut self, name: &str) -> Option<&mut Instance> {
        let id = self.instance_id(name)?.to_owned();
        self.instances.get_mut(&id)
    }

    /// The Alibaba instance that has this product.
    pub fn instance_of_product(&self, product_key: &str) -> Option<&Instance> {
        self.instances.values().find(|it| it.products.contains_key(product_key))
    }

    /// The ids of all Alibaba instances, for an error.
    pub fn instance_names(&self) -> String {
        named(self.instances.keys().map(String::as_str), "no Alibaba instance at all")
    }

    /// The keys of all Alibaba products, for an error.
    pub fn product_names(&self) -> String {
        let keys = self.instances.values().flat_map(|it| it.products.keys());
        named(keys.map(String::as_str), "no product at all")
    }

    fn instance_id(&self, name: &str) -> Option<&str> {
        let name = lower_case(name);
        let found = self.instances.iter().find(|(id, instance)| {
            id.eq_ignore_ascii_case(&name)
                || name.strip_suffix(INSTANCE_HOST).is_some_and(|it| id.eq_ignore_ascii_case(it))
                || name.split_once(PRODUCT_HOST).is_some_and(|(key, _)| {
                    instance.products.keys().any(|it| it.eq_ignore_ascii_case(key))
                })
        });
        found.map(|(id, _)| id.as_str())
    }

    /// The host, in lower case, of the tenant that is the only one: an Event Grid namespace or an Alibaba
    /// instance.
    pub fn only_tenant(&self) -> Option<String> {
        let is_alone = self.hubs.is_empty() && self.provisioning.is_empty() && !self.auto_create;
        let namespaces = self.namespaces.keys().cloned();
        let mut hosts =
            namespaces.chain(self.instances.values().map(Instance::host)).filter(|_| is_alone);
        hosts.next().filter(|_| hosts.next().is_none())
    }

    /// The ID scopes of all DPS instances, for an error.
    pub fn scope_names(&self) -> String {
        named(self.provisioning.keys().map(String::as_str), "no DPS instance at all")
    }

    /// The hub for connections that name none.
    pub fn default_hub(&self) -> Option<&Hub> {
        self.hub(self.default_hub.as_deref()?)
    }

    /// Every identity with its connection string, in the order of hubs and names.
    pub fn connection_strings(&self) -> impl Iterator<Item = (&IdentityId, String)> {
        self.hubs.values().flat_map(|hub| {
            hub.identities.keys().filter_map(|id| Some((id, hub.connection_string(id)?)))
        })
    }

    /// Adds a hub, or replaces the one of the same host. The first hub stays the default when more
    /// come, whatever their names.
    pub fn put_hub(&mut self, hub: Hub) {
        self.default_hub.get_or_insert_with(|| hub.host.clone());
        self.hubs.insert(hub.host.to_ascii_lowercase(), hub);
    }

    /// Adds an Event Grid namespace, or replaces the one of the same host.
    pub fn put_namespace(&mut self, namespace: Namespace) {
        self.namespaces.insert(namespace.host.to_ascii_lowercase(), namespace);
    }

    /// Adds an Alibaba instance, or replaces the one of the same id.
    pub fn put_instance(&mut self, instance: Instance) {
        self.instances.insert(instance.id.clone(), instance);
    }

    /// Adds a DPS instance, or replaces the one of the same ID scope.
    pub fn put_provisioning(&mut self, instance: Provisioning) {
        self.provisioning.insert(instance.id_scope.clone(), instance);
    }
}

impl Hub {
    /// A standard hub with the policies that a new hub has, and no identities.
    pub fn new(host: &str) -> Self {
        let policy = |name: &str, device_connect| Policy {
            name: name.to_owned(),
            primary: default_key(host, name, "primary"),
            secondary: default_key(host, name, "secondary"),
            device_connect,
        };
        Self {
            host: host.to_owned(),
            profile: HubProfile::default(),
            policies: vec![
                policy("iothubowner", true),
                policy("service", false),
                policy("device", true),
                policy("registryRead", false),
                policy("registryReadWrite", false),
            ],
            authorities: Vec::new(),
            identities: BTreeMap::new(),
            telemetry_sequence_number: 0,
            feedback: VecDeque::new(),
            meters: Meters::default(),
            snapshot_at: None,
        }
    }

    /// Adds an identity with the keys that it has when nobody gives any.
    pub fn put_default_identity(&mut self, id: IdentityId) -> &mut Identity {
        let credentials = self.default_keys(&id);
        self.put_identity(id, credentials)
    }

    /// Adds an identity, or replaces the one of the same name.
    pub fn put_identity(&mut self, id: IdentityId, credentials: Credentials) -> &mut Identity {
        let identity = Identity::new(id.clone(), credentials, self.generation_id(&id));
        self.identities.insert(id.clone(), identity);
        self.identities.entry(id).or_insert_with_key(|_| unreachable!("it was just put there"))
    }

    /// Keys that are the same at every start, so that pasted connection strings keep working.
    pub fn default_keys(&self, id: &IdentityId) -> Credentials {
        let name = id.to_string();
        Credentials::Keys {
            primary: default_key(&self.host, &name, "primary"),
            secondary: default_key(&self.host, &name, "secondary"),
        }
    }

    /// 18 decimal digits, as the service writes them, fixed for an identity.
    fn generation_id(&self, id: &IdentityId) -> String {
        let hash = default_key(&self.host, &id.to_string(), "generation");
        let number = hash.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
        format!("63{:016}", number % 10_000_000_000_000_000)
    }

    /// The connection string of an identity with keys, for the vendor's SDKs.
    pub fn connection_string(&self, id: &IdentityId) -> Option<String> {
        let identity = self.identities.get(id)?;
        let module = id.module.as_ref().map(|m| format!(";ModuleId={m}")).unwrap_or_default();
        let secret = match &identity.credentials {
            Credentials::Keys { primary, .. } => {
                format!("SharedAccessKey={}", STANDARD.encode(primary))
            }
            Credentials::Thumbprints { .. } | Credentials::Authority => "x509=true".to_owned(),
        };
        Some(format!("HostName={};DeviceId={}{module};{secret}", self.host, id.device))
    }
}

impl Provisioning {
    /// An instance without enrollments.
    pub fn new(id_scope: &str, linked_hubs: &[&str]) -> Self {
        Self {
            id_scope: id_scope.to_owned(),
            profile: DpsProfile::default(),
            linked_hubs: linked_hubs.iter().map(|&host| host.to_owned()).collect(),
            enrollments: BTreeMap::new(),
            groups: BTreeMap::new(),
            registrations: BTreeMap::new(),
            registering: Bucket::default(),
            polling: BTreeMap::new(),
        }
    }

    /// Adds an individual enrollment, or replaces the one of the same registration id.
    pub fn put_enrollment(&mut self, enrollment: Enrollment) {
        self.enrollments.insert(enrollment.registration_id.to_ascii_lowercase(), enrollment);
    }

    /// Adds a group, or replaces the one of the same name.
    pub fn put_group(&mut self, group: Group) {
        self.groups.insert(group.name.clone(), group);
    }
}

impl Enrollment {
    /// An enabled enrollment with everything else at its default.
    pub fn new(registration_id: &str, attestation: Attestation) -> Self {
        Self {
            registration_id: registration_id.to_owned(),
            attestation,
            device_id: None,
            hub: None,
            allocation: Allocation::default(),
            reprovision: Reprovision::default(),
            enabled: true,
            desired: Map::new(),
        }
    }
}

impl Group {
    /// An enabled group with everything else at its default.
    pub fn new(name: &str, attestation: Attestation) -> Self {
        Self {
            name: name.to_owned(),
            attestation,
            hub: None,
            allocation: Allocation::default(),
            reprovision: Reprovision::default(),
            enabled: true,
            desired: Map::new(),
        }
    }
}

impl Attestation {
    /// Whether symmetric keys have a size that an enrollment takes: 16 to 64 bytes (DPS-OPEN-011).
    pub fn has_legal_keys(&self) -> bool {
        match self {
            Self::Keys { primary, secondary } => {
                [primary, secondary].iter().all(|key| (16..=64).contains(&key.len()))
            }
            Self::Certificate(_) | Self::Tpm => true,
        }
    }
}

fn named<'a>(names: impl Iterator<Item = &'a str>, none: &str) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

/// The text in lower case. Hosts mostly are already, and are looked up with every message.
fn lower_case(text: &str) -> Cow<'_, str> {
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        text.to_ascii_lowercase().into()
    } else {
        text.into()
    }
}

/// A key for tests: derived from names, so that it needs no secret and no storage.
pub fn default_key(tenant: &str, name: &str, which: &str) -> Vec<u8> {
    let tenant = tenant.to_ascii_lowercase();
    sas::hmac_sha256(b"skyproof: a key for tests", format!("{tenant}/{name}/{which}").as_bytes())
}
