//! Who may publish and subscribe where: nothing is allowed that no permission binding allows.

use std::collections::BTreeMap;

use super::{
    Due,
    model::{Attributes, Client, Permission, PermissionBinding},
    namespace::{ALL_CLIENTS, Group, Namespace, Space},
    open,
    template::Template,
};
use crate::{cloud::Core, order::Verb, rule::Rule, ruling::Ruling, time::Time, timer::Timer};

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

/// What access is judged by.
#[derive(Clone, Copy)]
struct Access<'a> {
    groups: &'a BTreeMap<String, Group>,
    spaces: &'a BTreeMap<String, Space>,
    bindings: &'a BTreeMap<String, PermissionBinding>,
}

/// What access was judged by before a change, and goes on to be for a while.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Before {
    groups: BTreeMap<String, Group>,
    spaces: BTreeMap<String, Space>,
    bindings: BTreeMap<String, PermissionBinding>,
    until: Time,
}

impl Before {
    fn of(namespace: &Namespace, until: Time) -> Self {
        Self {
            groups: namespace.client_groups.clone(),
            spaces: namespace.topic_spaces.clone(),
            bindings: namespace.permission_bindings.clone(),
            until,
        }
    }
}

/// A change of groups, spaces or bindings may follow, which counts after the profile's delay.
pub(crate) fn changes(
    core: &mut Core,
    tenant: &str,
    verb: Verb,
    path: &str,
    ruling: &mut Ruling<'_>,
) {
    let list = path.trim_matches('/').split('/').next().unwrap_or_default();
    let is_access = ["clientGroups", "topicSpaces", "permissionBindings"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(list));
    let now = core.now;
    let Some(namespace) = core.registry.namespace_mut(tenant) else { return };
    let delay_s = namespace.profile.access_delay_s;
    if verb == Verb::Get || !is_access || delay_s == 0 {
        return;
    }
    let delay_s = ruling.value(open::CHANGES_TAKE_TIME, delay_s, 0);
    let until = now.plus_s(delay_s);
    if delay_s > 0 {
        match &mut namespace.before {
            Some(before) => before.until = until,
            None => namespace.before = Some(Before::of(namespace, until)),
        }
        let host = namespace.host.as_str().into();
        core.timers.set(until, Timer::event_grid(&host, Due::Access));
    }
}

/// The last change of access may count from now on.
pub(super) fn settles(core: &mut Core, host: &str, ruling: &mut Ruling<'_>) {
    let now = core.now;
    if let Some(namespace) = core.registry.namespaces.get_mut(host)
        && namespace.before.as_ref().is_some_and(|before| before.until <= now)
    {
        namespace.before = None;
        super::changed(core, host, ruling);
    }
}

fn of<const N: usize>(rules: [(Rule, bool); N]) -> Vec<Rule> {
    rules.into_iter().filter(|(_, applies)| *applies).map(|(rule, _)| rule).collect()
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
        self.covering(identity, permission, topic_or_filter).next().is_some()
    }

    /// The same, where each rule that the decision hangs on can be got wrong.
    pub(super) fn permits(
        &self,
        identity: &Identity,
        permission: Permission,
        topic_or_filter: &str,
        ruling: &mut Ruling<'_>,
    ) -> bool {
        let may = self.may(identity, permission, topic_or_filter);
        let rules = if may {
            self.reasons(identity, permission, topic_or_filter)
        } else {
            self.obstacles(identity, permission, topic_or_filter)
        };
        rules.into_iter().fold(may, |may, rule| ruling.value(rule, may, !may))
    }

    /// The rules by which somebody may.
    fn reasons(&self, identity: &Identity, permission: Permission, topic: &str) -> Vec<Rule> {
        let all: Vec<(&Space, &Template)> = self.covering(identity, permission, topic).collect();
        let hangs_on = |is_such: fn(&Template) -> bool| all.iter().all(|(_, it)| is_such(it));
        let names: Vec<&str> = all.iter().map(|(space, _)| space.resource.name.as_str()).collect();
        let by_group = identity.roles.is_none()
            && self.in_force().bindings.values().all(|binding| {
                binding.client_group_name != ALL_CLIENTS
                    || binding.permission != permission
                    || !names.iter().any(|it| it.eq_ignore_ascii_case(&binding.topic_space_name))
            });
        let by_array = all.iter().all(|(_, template)| template.names_array(identity));
        of([
            (open::VARIABLES, hangs_on(Template::has_variables)),
            (open::SUFFIXES, hangs_on(Template::has_suffixes)),
            (open::WILDCARDS_OF_TEMPLATES, hangs_on(Template::has_wildcards)),
            (open::ARRAYS_IN_TEMPLATES, by_array),
            (open::CLIENT_GROUPS, by_group),
            (open::SPACES_OVERLAP, names.iter().any(|it| *it != names[0])),
        ])
    }

    /// The rules by which somebody may not.
    fn obstacles(&self, identity: &Identity, wanted: Permission, topic: &str) -> Vec<Rule> {
        let other = match wanted {
            Permission::Publisher => Permission::Subscriber,
            Permission::Subscriber => Permission::Publisher,
        };
        let arrays = self.profile.array_attribute;
        let has = |is_such: &dyn Fn(&Template) -> bool| {
            self.spaces(identity, wanted).any(|space| space.templates.iter().any(is_such))
        };
        let Access { groups: _, spaces, bindings } = self.in_force();
        // Another group may.
        let is_elsewhere = bindings.values().any(|binding| {
            binding.permission == wanted
                && spaces.get(&binding.topic_space_name.to_lowercase()).is_some_and(|space| {
                    space.templates.iter().any(|it| it.covers(topic, identity, arrays))
                })
        });
        of([
            (open::NOTHING_BY_DEFAULT, true),
            (open::VARIABLES, has(&Template::has_variables)),
            (open::ARRAYS_IN_TEMPLATES, has(&|it| it.names_array(identity))),
            (open::ONE_PERMISSION_EACH, self.may(identity, other, topic)),
            (open::CLIENT_GROUPS, is_elsewhere),
            (open::NO_WIDER_FILTERS, topic.contains(['+', '#'])),
        ])
    }

    /// The templates that cover a topic or filter, with their spaces.
    fn covering(
        &self,
        identity: &Identity,
        permission: Permission,
        topic_or_filter: &str,
    ) -> impl Iterator<Item = (&Space, &Template)> {
        let arrays = self.profile.array_attribute;
        self.spaces(identity, permission).flat_map(move |space| {
            let templates = space.templates.iter();
            templates
                .filter(move |it| it.covers(topic_or_filter, identity, arrays))
                .map(move |it| (space, it))
        })
    }

    /// What counts now, which may be what was there before the last change.
    fn in_force(&self) -> Access<'_> {
        match &self.before {
            Some(Before { groups, spaces, bindings, .. }) => Access { groups, spaces, bindings },
            None => Access {
                groups: &self.client_groups,
                spaces: &self.topic_spaces,
                bindings: &self.permission_bindings,
            },
        }
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
        let declared = self.in_force().groups.values();
        let declared = declared.filter(|group| group.query.selects(identity));
        std::iter::once(ALL_CLIENTS).chain(declared.map(|group| group.resource.name.as_str()))
    }

    /// The topic spaces in which somebody has a permission; one may come several times.
    fn spaces(&self, identity: &Identity, wanted: Permission) -> impl Iterator<Item = &Space> {
        let access = self.in_force();
        let of_roles = identity.roles.iter().flatten().filter(move |it| it.permission == wanted);
        let of_roles = of_roles.flat_map(|role| {
            access.spaces.values().filter(|space| {
                let named = role.topic_space.as_deref();
                named.is_none_or(|name| name.eq_ignore_ascii_case(&space.resource.name))
            })
        });
        let has_groups = identity.roles.is_none();
        let of_groups = access.bindings.values().filter(move |binding| {
            has_groups
                && binding.permission == wanted
                && self.is_in(identity, &binding.client_group_name)
        });
        let of_groups = of_groups
            .filter_map(move |binding| access.spaces.get(&binding.topic_space_name.to_lowercase()));
        of_roles.chain(of_groups)
    }

    fn is_in(&self, identity: &Identity, group: &str) -> bool {
        group.eq_ignore_ascii_case(ALL_CLIENTS)
            || self
                .in_force()
                .groups
                .get(&group.to_lowercase())
                .is_some_and(|group| group.query.selects(identity))
    }
}
