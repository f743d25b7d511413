//! Event Grid namespaces in a seed.

pub(crate) mod resource;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    SeedError,
    check::{self, At},
};
use crate::{
    event_grid::{
        Namespace,
        model::{
            CaCertificate, Client, ClientGroup, PermissionBinding, RoleAssignment, TopicSpace,
            TopicSpacesConfiguration,
        },
    },
    profile::EventGridProfile,
};

/// One namespace: `[[namespace]]`, in the vendor's names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamespaceSeed {
    /// `contoso`; the host is made of it and the location.
    pub name: String,
    /// `westeurope`
    #[serde(default = "location")]
    pub location: String,
    #[serde(default)]
    pub profile: EventGridProfile,
    #[serde(default)]
    pub topic_spaces_configuration: TopicSpacesConfiguration,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ca_certificates: Vec<CaCertificate>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Client>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub client_groups: Vec<ClientGroup>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topic_spaces: Vec<TopicSpace>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permission_bindings: Vec<PermissionBinding>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub role_assignments: Vec<RoleAssignment>,
}

impl NamespaceSeed {
    pub(super) fn namespace(self, at: &At) -> Result<Namespace, SeedError> {
        resource::name(&self.name, &at.field("name"))?;
        location_name(&self.location, &at.field("location"))?;
        check::event_grid_profile(&self.profile, &at.field("profile"))?;
        let mut namespace = Namespace::new(&self.name, &self.location);
        namespace.profile = self.profile;
        let configuration = self.topic_spaces_configuration;
        resource::configure(&mut namespace, configuration, &at.field("topicSpacesConfiguration"))?;
        let put = |list: &str, index, seen: &mut BTreeMap<String, String>, name: &str| {
            let at = at.below(list, index);
            at.first(seen, &name.to_lowercase(), "name").map(|()| at)
        };
        let mut seen = BTreeMap::new();
        for (index, it) in self.ca_certificates.into_iter().enumerate() {
            let at = put("caCertificates", index, &mut seen, &it.name)?;
            resource::put_ca_certificate(&mut namespace, it, &at)?;
        }
        let mut seen = BTreeMap::new();
        for (index, it) in self.clients.into_iter().enumerate() {
            let at = put("clients", index, &mut seen, &it.name)?;
            resource::put_client(&mut namespace, it, &at)?;
        }
        let mut seen = BTreeMap::new();
        for (index, it) in self.client_groups.into_iter().enumerate() {
            let at = put("clientGroups", index, &mut seen, &it.name)?;
            resource::put_client_group(&mut namespace, it, &at)?;
        }
        let mut seen = BTreeMap::new();
        for (index, it) in self.topic_spaces.into_iter().enumerate() {
            let at = put("topicSpaces", index, &mut seen, &it.name)?;
            resource::put_topic_space(&mut namespace, it, &at)?;
        }
        let mut seen = BTreeMap::new();
        for (index, it) in self.permission_bindings.into_iter().enumerate() {
            let at = put("permissionBindings", index, &mut seen, &it.name)?;
            resource::put_permission_binding(&mut namespace, it, &at)?;
        }
        let mut seen = BTreeMap::new();
        for (index, it) in self.role_assignments.into_iter().enumerate() {
            let at = put("roleAssignments", index, &mut seen, &it.name)?;
            resource::put_role_assignment(&mut namespace, it, &at)?;
        }
        Ok(namespace)
    }
}

fn location() -> String {
    "westeurope".to_owned()
}

fn location_name(text: &str, at: &At) -> Result<(), SeedError> {
    let is_legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    if (1..=40).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    let hint = "such as `westeurope`, without the spaces of \"West Europe\"";
    Err(at.error(format!("`{text}`"), "1 to 40 lower-case letters and digits", hint))
}
