//! Who may publish and subscribe where: nothing is allowed that no permission binding allows.

use super::{
    model::{Attributes, Client, Permission},
    namespace::{ALL_CLIENTS, Namespace, Space},
};

/// Whoever connected, by whatever proof: a client resource, the claims of a token, the answer of a
/// webhook, or the roles of a principal.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// In the spelling that templates and enrichments use.
    pub authentication_name: String,
    pub attributes: Attributes,
    /// A principal of Microsoft Entra has these instead of groups and bindings. EG-OPEN-010.
    pub roles: Option<Vec<Role>>,
}

/// What a principal may do in a topic space, or in all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    pub permission: Permission,
    pub topic_space: Option<String>,
}

impl Identity {
    /// Somebody without attributes.
    pub fn named(authentication_name: &str) -> Self {
        Self {
            authentication_name: authentication_name.to_owned(),
            attributes: Attributes::new(),
            roles: None,
        }
    }
}

/// The client that is declared as a resource.
impl From<&Client> for Identity {
    fn from(client: &Client) -> Self {
        Self { attributes: client.attributes.clone(), ..Self::named(client.authentication_name()) }
    }
}

impl Namespace {
    /// Whether somebody may publish to a topic, or subscribe with a filter. A filter must be covered as a
    /// whole by one template. EG-OPEN-030, EG-OPEN-035, EG-OPEN-040.
    pub fn may(&self, identity: &Identity, permission: Permission, topic_or_filter: &str) -> bool {
        let arrays = self.profile.array_attribute;
        self.spaces(identity, permission).any(|space| {
            space.templates.iter().any(|it| it.covers(topic_or_filter, identity, arrays))
        })
    }

    /// Why somebody may not, for whoever reads the trace.
    pub fn denial(&self, identity: &Identity, permission: Permission, topic: &str) -> String {
        let name = &identity.authentication_name;
        let what = match permission {
            Permission::Publisher => "publish to",
            Permission::Subscriber => "subscribe to",
        };
        let spaces: Vec<&str> =
            self.spaces(identity, permission).map(|space| space.resource.name.as_str()).collect();
        let why = match (spaces.as_slice(), &identity.roles) {
            ([], None) => {
                let groups: Vec<&str> = self.groups(identity).collect();
                format!(
                    "no binding gives {permission:?} to one of its groups: {}",
                    groups.join(", ")
                )
            }
            ([], Some(_)) => format!("none of its roles is {permission:?}"),
            (spaces, _) => format!("no template covers it in {}", spaces.join(", ")),
        };
        format!("`{name}` may not {what} `{topic}`: {why}")
    }

    /// The groups that somebody is in, as they are spelled.
    pub fn groups(&self, identity: &Identity) -> impl Iterator<Item = &str> {
        let declared = self.client_groups.values();
        let declared = declared.filter(|group| group.query.selects(identity));
        std::iter::once(ALL_CLIENTS).chain(declared.map(|group| group.resource.name.as_str()))
    }

    /// The topic spaces in which somebody has a permission; one may come several times.
    fn spaces(&self, identity: &Identity, wanted: Permission) -> impl Iterator<Item = &Space> {
        let of_roles = identity.roles.iter().flatten().filter(move |it| it.permission == wanted);
        let of_roles = of_roles.flat_map(|role| {
            self.topic_spaces.values().filter(|space| {
                let named = role.topic_space.as_deref();
                named.is_none_or(|name| name.eq_ignore_ascii_case(&space.resource.name))
            })
        });
        let has_groups = identity.roles.is_none();
        let of_groups = self.permission_bindings.values().filter(move |binding| {
            has_groups
                && binding.permission == wanted
                && self.is_in(identity, &binding.client_group_name)
        });
        let of_groups = of_groups
            .filter_map(|binding| self.topic_spaces.get(&binding.topic_space_name.to_lowercase()));
        of_roles.chain(of_groups)
    }

    fn is_in(&self, identity: &Identity, group: &str) -> bool {
        group.eq_ignore_ascii_case(ALL_CLIENTS)
            || self
                .client_groups
                .get(&group.to_lowercase())
                .is_some_and(|group| group.query.selects(identity))
    }
}
