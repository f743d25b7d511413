//! The seed: tenants, identities and enrollments as a user declares them, in TOML or JSON.
//!
//! Everything but names may be left out. Keys that are left out are derived from the names, so that they
//! are the same at every start.

mod alibaba;
pub(crate) mod check;
pub(crate) mod event_grid;
mod provisioning;

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use self::check::{At, certificate, host, key, thumbprint};
pub use self::provisioning::{DpsSeed, EnrollmentSeed, GroupSeed};
pub use self::{alibaba::InstanceSeed, event_grid::NamespaceSeed};
use crate::{
    fault::Fault,
    identity::{Credentials, IdentityId},
    profile::HubProfile,
    registry::{Hub, Policy, Registry, default_key},
    rule::Rule,
    twin::{Members, Twin, limits, merge},
};

/// A whole cloud.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// Makes unknown identities (and hubs) on first sight instead of refusing them.
    pub auto_create: bool,
    pub hub: Vec<HubSeed>,
    pub dps: Vec<DpsSeed>,
    pub namespace: Vec<NamespaceSeed>,
    /// Instances of Alibaba Cloud IoT Platform.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance: Vec<InstanceSeed>,
    /// Faults that are at work from the beginning: `[[fault]]`.
    pub fault: Vec<Fault>,
}

/// One hub: `[[hub]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HubSeed {
    /// `contoso.azure-devices.net`
    pub host: String,
    /// Takes connections that name no hub; the first one by name does where none is marked.
    #[serde(default)]
    pub default: bool,
    #[serde(default)]
    pub profile: HubProfile,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policy: Vec<PolicySeed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub authority: Vec<AuthoritySeed>,
    /// Identities whose id is `device`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub device: Vec<IdentitySeed>,
    /// Identities whose id is `device/module`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub module: Vec<IdentitySeed>,
}

/// A shared access policy of a hub: `[[hub.policy]]`. One of the five that every hub has can be given
/// other keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicySeed {
    /// Such as `iothubowner`.
    pub name: String,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    /// Base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_key: Option<String>,
    /// Whether devices can connect with it. A new policy's default is no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_connect: Option<bool>,
}

/// A verified certificate authority of a hub: `[[hub.authority]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthoritySeed {
    /// PEM, or DER in base64.
    pub certificate: String,
}

/// One device or module: `[[hub.device]]`, `[[hub.module]]`, and the body of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentitySeed {
    /// `device` or `device/module`.
    pub id: String,
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Base64 of 16 to 64 bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_key: Option<String>,
    /// SHA-1 or SHA-256 of a self-signed certificate: 40 or 64 hex digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub primary_thumbprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secondary_thumbprint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub x509: Option<X509Seed>,
    /// The twin that a new identity begins with.
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub desired: Members,
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub reported: Members,
    #[serde(default, skip_serializing_if = "Members::is_empty")]
    pub tags: Members,
}

/// How a certificate proves an identity, where thumbprints do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum X509Seed {
    /// It is issued below an authority of the hub and names the device.
    Authority,
}

/// What makes a seed unusable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeedError {
    /// Where, such as `hub[0].device[2].primary_key`; counted from 0.
    pub path: String,
    /// What stands there. Keys are described and not repeated.
    pub found: String,
    pub expected: String,
    /// What to do about it.
    pub hint: String,
    /// The clause that asks for it, where one does.
    pub because: Option<Rule>,
}

impl SeedError {
    /// The same, by a clause.
    pub(crate) fn by(self, rule: Rule) -> Self {
        Self { because: Some(rule), ..self }
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, found, expected, hint, .. } = self;
        write!(f, "{path}: found {found}, expected {expected} ({hint})")
    }
}

impl std::error::Error for SeedError {}

impl Seed {
    /// The cloud that is declared, or the first thing that is wrong with it.
    pub fn registry(self) -> Result<Registry, SeedError> {
        let mut registry = Registry { auto_create: self.auto_create, ..Registry::default() };
        let mut default: Option<String> = None;
        for (index, seed) in self.hub.into_iter().enumerate() {
            let at = At::item("hub", index);
            let is_default = seed.default;
            let hub = seed.hub(&at)?;
            if registry.hub(&hub.host).is_some() {
                let found = format!("`{}` again", hub.host);
                return Err(at.field("host").error(
                    found,
                    "a host of its own",
                    "put everything of a hub below one [[hub]]",
                ));
            }
            if is_default {
                if let Some(other) = &default {
                    return Err(at.field("default").error(
                        "a second default hub",
                        "at most one",
                        format!("`{other}` is the default already"),
                    ));
                }
                default = Some(hub.host.clone());
            }
            registry.put_hub(hub);
        }
        registry.default_hub = default.or(registry.default_hub);
        for (index, seed) in self.dps.into_iter().enumerate() {
            let at = At::item("dps", index);
            let instance = seed.provisioning(&registry, &at)?;
            if registry.provisioning.contains_key(&instance.id_scope) {
                return Err(at.field("id_scope").error(
                    format!("`{}` again", instance.id_scope),
                    "an ID scope of its own",
                    "put everything of a DPS instance below one [[dps]]",
                ));
            }
            registry.provisioning.insert(instance.id_scope.clone(), instance);
        }
        for (index, seed) in self.namespace.into_iter().enumerate() {
            let at = At::item("namespace", index);
            let namespace = seed.namespace(&at)?;
            if registry.namespace(&namespace.host).is_some() {
                return Err(at.field("name").error(
                    format!("the host `{}` again", namespace.host),
                    "a host of its own",
                    "put everything of a namespace below one [[namespace]]",
                ));
            }
            registry.put_namespace(namespace);
        }
        for (index, seed) in self.instance.into_iter().enumerate() {
            let at = At::item("instance", index);
            let instance = seed.instance(&registry, &at)?;
            if registry.instance(&instance.id).is_some() {
                return Err(at.field("IotInstanceId").error(
                    format!("the instance `{}` again", instance.id),
                    "an id of its own",
                    "put everything of an instance below one [[instance]]",
                ));
            }
            registry.put_instance(instance);
        }
        for (index, fault) in self.fault.iter().enumerate() {
            let at = At::item("fault", index);
            fault.check().map_err(|bad| {
                at.error(format!("`{fault}`"), "a fault that can strike", bad.to_string())
            })?;
        }
        registry.faults = self.fault;
        Ok(registry)
    }
}

impl HubSeed {
    fn hub(self, at: &At) -> Result<Hub, SeedError> {
        let mut hub = Hub::new(&host(&self.host, &at.field("host"))?);
        check::hub_profile(&self.profile, &at.field("profile"))?;
        hub.profile = self.profile;
        let mut names = BTreeMap::new();
        for (index, seed) in self.policy.iter().enumerate() {
            let at = at.below("policy", index);
            at.first(&mut names, &seed.name, "name")?;
            let policy = seed.policy(&hub, &at)?;
            match hub.policies.iter_mut().find(|known| known.name == policy.name) {
                Some(known) => *known = policy,
                None => hub.policies.push(policy),
            }
        }
        for (index, seed) in self.authority.iter().enumerate() {
            let at = at.below("authority", index).field("certificate");
            hub.authorities.push(certificate(&seed.certificate, &at)?);
        }
        let mut ids = BTreeMap::new();
        for (index, seed) in self.device.iter().enumerate() {
            let at = at.below("device", index);
            at.first(&mut ids, &seed.id, "id")?;
            let id = check::identity_id(&seed.id, &at.field("id"))?;
            let declared = seed.declared(id, &hub, &at)?;
            if declared.id.module.is_some() {
                return Err(at.field("id").error(
                    format!("the module `{}`", declared.id),
                    "a device",
                    "declare it below [[hub.module]]",
                ));
            }
            declared.put(&mut hub);
        }
        for (index, seed) in self.module.iter().enumerate() {
            let at = at.below("module", index);
            at.first(&mut ids, &seed.id, "id")?;
            let id = check::identity_id(&seed.id, &at.field("id"))?;
            let declared = seed.declared(id, &hub, &at)?;
            let device = IdentityId::device(&declared.id.device);
            if declared.id.module.is_none() {
                return Err(at.field("id").error(
                    format!("the device `{device}`"),
                    "`device/module`",
                    "declare devices below [[hub.device]]",
                ));
            }
            if !hub.identities.contains_key(&device) {
                return Err(at.field("id").error(
                    format!("a module of `{device}`"),
                    "a module of a declared device",
                    format!("declare the device below [[hub.device]] with id = \"{device}\""),
                ));
            }
            declared.put(&mut hub);
        }
        Ok(hub)
    }
}

impl PolicySeed {
    fn policy(&self, hub: &Hub, at: &At) -> Result<Policy, SeedError> {
        check::policy_name(&self.name, &at.field("name"))?;
        let known = hub.policies.iter().find(|policy| policy.name == self.name);
        let connects = known.is_some_and(|policy| policy.device_connect);
        let key = |given: &Option<String>, which| match given {
            Some(text) => key(text, &at.field(&format!("{which}_key"))),
            None => Ok(default_key(&hub.host, &self.name, which)),
        };
        Ok(Policy {
            name: self.name.clone(),
            primary: key(&self.primary_key, "primary")?,
            secondary: key(&self.secondary_key, "secondary")?,
            device_connect: self.device_connect.unwrap_or(connects),
        })
    }
}

impl IdentitySeed {
    /// An identity with default keys and an empty twin.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            enabled: true,
            primary_key: None,
            secondary_key: None,
            primary_thumbprint: None,
            secondary_thumbprint: None,
            x509: None,
            desired: Members::new(),
            reported: Members::new(),
            tags: Members::new(),
        }
    }

    /// `device` or `device/module`, as it was given.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Checks it on its own, as the body of an order.
    pub(crate) fn ordered(&self, id: IdentityId, hub: &Hub) -> Result<Declared, SeedError> {
        self.declared(id, hub, &At::root("identity"))
    }

    fn declared(&self, id: IdentityId, hub: &Hub, at: &At) -> Result<Declared, SeedError> {
        let credentials = self.credentials(hub, &id, at)?;
        check::section(&self.desired, limits::SECTION_BYTES, &at.field("desired"))?;
        check::section(&self.reported, limits::SECTION_BYTES, &at.field("reported"))?;
        check::section(&self.tags, limits::TAGS_BYTES, &at.field("tags"))?;
        let mut twin = Twin::default();
        twin.desired.properties = merge::without_nulls(&self.desired);
        twin.reported.properties = merge::without_nulls(&self.reported);
        twin.tags = merge::without_nulls(&self.tags);
        Ok(Declared { id, enabled: self.enabled, credentials, twin })
    }

    fn credentials(&self, hub: &Hub, id: &IdentityId, at: &At) -> Result<Credentials, SeedError> {
        let has_keys = self.primary_key.is_some() || self.secondary_key.is_some();
        let has_thumbprints =
            self.primary_thumbprint.is_some() || self.secondary_thumbprint.is_some();
        at.one_of(
            &[("keys", has_keys), ("thumbprints", has_thumbprints), ("x509", self.x509.is_some())],
            "an identity proves itself in one way",
        )?;
        if self.x509 == Some(X509Seed::Authority) {
            return Ok(Credentials::Authority);
        }
        if has_thumbprints {
            let Some(primary) = &self.primary_thumbprint else {
                return Err(at.field("primary_thumbprint").error(
                    "nothing beside secondary_thumbprint",
                    "a thumbprint",
                    "one thumbprint alone is the primary one",
                ));
            };
            let primary = thumbprint(primary, &at.field("primary_thumbprint"))?;
            let secondary = self
                .secondary_thumbprint
                .as_ref()
                .map(|text| thumbprint(text, &at.field("secondary_thumbprint")))
                .transpose()?;
            return Ok(Credentials::Thumbprints { primary, secondary });
        }
        let mut credentials = hub.default_keys(id);
        if let Credentials::Keys { primary, secondary } = &mut credentials {
            if let Some(text) = &self.primary_key {
                *primary = key(text, &at.field("primary_key"))?;
            }
            if let Some(text) = &self.secondary_key {
                *secondary = key(text, &at.field("secondary_key"))?;
            }
        }
        Ok(credentials)
    }
}

/// An identity as it is declared, checked.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) id: IdentityId,
    pub(crate) enabled: bool,
    pub(crate) credentials: Credentials,
    pub(crate) twin: Twin,
}

impl Declared {
    /// Makes the identity, with the twin that it begins with.
    pub(crate) fn put(self, hub: &mut Hub) {
        let identity = hub.put_identity(self.id, self.credentials);
        identity.enabled = self.enabled;
        identity.twin = self.twin;
    }

    /// Whether a twin that exists has what is declared, where anything is.
    pub(crate) fn fits_twin(&self, twin: &Twin) -> bool {
        let same = |given: &Members, found: &Members| given.is_empty() || given == found;
        same(&self.twin.desired.properties, &twin.desired.properties)
            && same(&self.twin.reported.properties, &twin.reported.properties)
            && same(&self.twin.tags, &twin.tags)
    }
}

const fn yes() -> bool {
    true
}
