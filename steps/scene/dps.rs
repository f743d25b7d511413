//! The DPS instance of a scene.

use cloud::registry::Provisioning;

use super::{HUB, Scene, token::Token};
use crate::{device::Plan, world::Failed};

/// The DPS endpoint of a scene.
pub(crate) const DPS: &str = "global.azure-devices-provisioning.net";
/// The ID scope of a scene's DPS instance.
pub(crate) const ID_SCOPE: &str = "0ne00000001";

impl Scene {
    /// The ID scope of the DPS instance.
    pub(crate) fn id_scope(&self) -> &str {
        let group = self.outside.as_ref().and_then(|outside| outside.group());
        group.map_or(ID_SCOPE, |group| &group.id_scope)
    }

    /// The DPS instance of the scene, linked to its hub, made on first mention.
    pub(crate) fn provisioning_mut(&mut self) -> Result<&mut Provisioning, Failed> {
        self.hub_mut()?;
        let registry = self.registry_mut()?;
        Ok(registry
            .provisioning
            .entry(ID_SCOPE.to_owned())
            .or_insert_with(|| Provisioning::new(ID_SCOPE, &[HUB])))
    }

    /// What an SDK would say to register with DPS.
    pub(crate) fn dps_plan(
        &self,
        registration_id: &str,
        key: Option<Vec<u8>>,
        certificate: Option<&certs::Leaf>,
    ) -> Plan {
        let mut plan = self.plan(DPS, registration_id, certificate);
        plan.clean = true;
        let scope = self.id_scope();
        plan.username =
            Some(format!("{scope}/registrations/{registration_id}/api-version=2019-03-31"));
        if let Some(key) = key {
            let resource = format!("{scope}/registrations/{registration_id}");
            let mut token = Token::new(&resource, key);
            token.policy = Some("registration".to_owned());
            plan.password = Some(token.text(self.now()));
        }
        plan
    }
}
