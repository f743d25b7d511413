//! The hub of a scene.

use cloud::{IdentityId, identity::Credentials, registry::Hub};

use super::{Scene, token::Token};
use crate::{device::Plan, world::Failed};

/// The hub of a scene.
pub(crate) const HUB: &str = "contoso.azure-devices.net";

impl Scene {
    /// The host name of the hub.
    pub(crate) fn hub(&self) -> &str {
        self.outside.as_ref().map_or(HUB, |outside| &outside.hub)
    }

    /// The hub of the scene, made on first mention.
    pub(crate) fn hub_mut(&mut self) -> Result<&mut Hub, Failed> {
        let registry = self.registry_mut()?;
        if registry.hub(HUB).is_none() {
            registry.put_hub(Hub::new(HUB));
        }
        registry.hub_mut(HUB).ok_or_else(|| Failed::from("the hub was just made".to_owned()))
    }

    /// The credentials that the registry holds for an identity of the hub.
    pub(crate) fn credentials(&self, id: &IdentityId) -> Option<Credentials> {
        if let Some(outside) = &self.outside {
            return outside.credentials(id);
        }
        self.look(|registry| Some(registry.hub(HUB)?.identities.get(id)?.credentials.clone()))
    }

    /// The primary key that a hub identity has, or would have by default.
    pub(crate) fn primary_key(&self, id: &IdentityId) -> Vec<u8> {
        match self.credentials(id).unwrap_or_else(|| Hub::new(HUB).default_keys(id)) {
            Credentials::Keys { primary, .. } => primary,
            Credentials::Thumbprints { .. } | Credentials::Authority => Vec::new(),
        }
    }

    /// What an SDK would say to connect this identity to the hub.
    pub(crate) fn hub_plan(&self, id: &IdentityId, certificate: Option<&certs::Leaf>) -> Plan {
        let name = id.to_string();
        let mut plan = self.plan(self.server_name(), &name, certificate);
        plan.username = Some(format!("{}/{name}/?api-version=2021-04-12", self.hub()));
        if certificate.is_none() {
            let token = Token::new(&self.hub_resource(id), self.primary_key(id));
            plan.password = Some(token.text(self.now()));
        }
        plan
    }

    /// What a device says in the TLS handshake.
    fn server_name(&self) -> &str {
        self.outside.as_ref().map_or(HUB, |outside| &outside.server_name)
    }

    /// `{host}/devices/{device}[/modules/{module}]`
    pub(crate) fn hub_resource(&self, id: &IdentityId) -> String {
        format!("{}/{}", self.hub(), id.topic_root())
    }
}
