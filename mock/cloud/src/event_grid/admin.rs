//! Orders about the resources of a namespace, in the shapes of the vendor's resource manager.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use super::{
    model::{
        CaCertificate, Client, ClientGroup, PermissionBinding, RoleAssignment, TopicSpace,
        TopicSpacesConfiguration,
    },
    namespace::{ALL_CLIENTS, Namespace},
};
use crate::{
    cloud::Core,
    order::{ServiceError, Verb},
    registry::Registry,
    ruling::Ruling,
    seed::{SeedError, check::At, event_grid::resource},
};

/// What can be asked for, for an error.
const KNOWN: &str = "clients, clientGroups, topicSpaces, permissionBindings, roleAssignments, \
     caCertificates, sessions, each alone or with /NAME, topicSpacesConfiguration, and messages to \
     POST to";

/// Members that only the service writes.
const WRITTEN: [&str; 6] =
    ["id", "type", "systemData", "provisioningState", "issueTimeInUtc", "expiryTimeInUtc"];

pub(super) const CONFIGURATION: &str = "topicSpacesConfiguration";

/// Carries out an order, and looks at the connections again when that has changed something.
///
/// # Errors
/// As [`handle`].
pub(crate) fn order(
    core: &mut Core,
    tenant: &str,
    verb: Verb,
    path: &str,
    body: &Value,
    ruling: &mut Ruling<'_>,
) -> Result<Value, ServiceError> {
    let answer = handle(&mut core.registry, tenant, verb, path, body);
    let Some(namespace) = core.registry.namespace(tenant) else { return answer };
    let host = namespace.host.clone();
    if answer.is_ok() && verb != Verb::Get {
        super::changed(core, &host, ruling);
    }
    answer
}

/// Carries out an order; the answer is the state that it leaves behind. A refused one changes nothing.
///
/// # Errors
/// In the service's terms, with what there is instead.
fn handle(
    registry: &mut Registry,
    tenant: &str,
    verb: Verb,
    path: &str,
    body: &Value,
) -> Result<Value, ServiceError> {
    let Some(namespace) = registry.namespace_mut(tenant) else {
        return Err(no_namespace(registry, tenant));
    };
    let path = path.trim_matches('/');
    let (list, name) = match path.split_once('/') {
        Some((list, name)) => (list, Some(name)),
        None => (path, None),
    };
    let is = |known: &str| list.eq_ignore_ascii_case(known);
    match name {
        None if path.is_empty() => match verb {
            Verb::Get => Ok(shown_namespace(namespace)),
            _ => Err(no_such_verb(verb, "the namespace", "GET")),
        },
        _ if is(SESSIONS) => sessions(namespace, verb, name),
        None if is(CONFIGURATION) => configuration(namespace, verb, body),
        _ if is(Client::LIST) => of::<Client>(namespace, verb, name, body),
        _ if is(ClientGroup::LIST) => of::<ClientGroup>(namespace, verb, name, body),
        _ if is(TopicSpace::LIST) => of::<TopicSpace>(namespace, verb, name, body),
        _ if is(PermissionBinding::LIST) => of::<PermissionBinding>(namespace, verb, name, body),
        _ if is(RoleAssignment::LIST) => of::<RoleAssignment>(namespace, verb, name, body),
        _ if is(CaCertificate::LIST) => of::<CaCertificate>(namespace, verb, name, body),
        _ => {
            let host = &namespace.host;
            let message = format!("`{host}` has no `{path}`; a namespace has {KNOWN}");
            Err(ServiceError::of_resource(404, "ResourceNotFound", message))
        }
    }
}

/// One kind of resource.
trait Resource: Serialize + DeserializeOwned + Sized {
    /// What the vendor calls all of them.
    const LIST: &'static str;
    /// What the vendor calls one of them.
    const ONE: &'static str;

    fn name(&self) -> &str;
    fn all(namespace: &Namespace) -> Vec<&Self>;
    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self>;
    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError>;
    fn remove(namespace: &mut Namespace, name: &str);

    /// Who else needs it.
    fn users(_: &Namespace, _: &str) -> Vec<String> {
        Vec::new()
    }
}

impl Resource for Client {
    const LIST: &'static str = "clients";
    const ONE: &'static str = "client";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.clients().collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        namespace.client(name)
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_client(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.remove_client(name);
    }
}

impl Resource for ClientGroup {
    const LIST: &'static str = "clientGroups";
    const ONE: &'static str = "clientGroup";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.client_groups.values().map(|it| &it.resource).collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        Some(&namespace.client_groups.get(&name.to_lowercase())?.resource)
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_client_group(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.client_groups.remove(&name.to_lowercase());
    }

    fn users(namespace: &Namespace, name: &str) -> Vec<String> {
        bindings(namespace, |binding| binding.client_group_name.eq_ignore_ascii_case(name))
    }
}

impl Resource for TopicSpace {
    const LIST: &'static str = "topicSpaces";
    const ONE: &'static str = "topicSpace";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.topic_spaces.values().map(|it| &it.resource).collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        Some(&namespace.topic_spaces.get(&name.to_lowercase())?.resource)
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_topic_space(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.topic_spaces.remove(&name.to_lowercase());
    }

    fn users(namespace: &Namespace, name: &str) -> Vec<String> {
        let is_it = |other: &str| other.eq_ignore_ascii_case(name);
        let roles = namespace.role_assignments.values();
        let roles = roles.filter(|it| it.topic_space_name.as_deref().is_some_and(is_it));
        let roles = roles.map(|it| format!("{}/{}", RoleAssignment::LIST, it.name));
        let mut users = bindings(namespace, |binding| is_it(&binding.topic_space_name));
        users.extend(roles);
        users
    }
}

impl Resource for PermissionBinding {
    const LIST: &'static str = "permissionBindings";
    const ONE: &'static str = "permissionBinding";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.permission_bindings.values().collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        namespace.permission_bindings.get(&name.to_lowercase())
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_permission_binding(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.permission_bindings.remove(&name.to_lowercase());
    }
}

impl Resource for RoleAssignment {
    const LIST: &'static str = "roleAssignments";
    const ONE: &'static str = "roleAssignment";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.role_assignments.values().collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        namespace.role_assignments.get(&name.to_lowercase())
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_role_assignment(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.role_assignments.remove(&name.to_lowercase());
    }
}

impl Resource for CaCertificate {
    const LIST: &'static str = "caCertificates";
    const ONE: &'static str = "caCertificate";

    fn name(&self) -> &str {
        &self.name
    }

    fn all(namespace: &Namespace) -> Vec<&Self> {
        namespace.ca_certificates.values().map(|it| &it.resource).collect()
    }

    fn find<'n>(namespace: &'n Namespace, name: &str) -> Option<&'n Self> {
        Some(&namespace.ca_certificates.get(&name.to_lowercase())?.resource)
    }

    fn put(self, namespace: &mut Namespace, at: &At) -> Result<(), SeedError> {
        resource::put_ca_certificate(namespace, self, at)
    }

    fn remove(namespace: &mut Namespace, name: &str) {
        namespace.ca_certificates.remove(&name.to_lowercase());
    }
}

fn of<R: Resource>(
    namespace: &mut Namespace,
    verb: Verb,
    name: Option<&str>,
    body: &Value,
) -> Result<Value, ServiceError> {
    let Some(name) = name else {
        return match verb {
            Verb::Get => {
                let all = R::all(namespace);
                let all: Vec<Value> = all.into_iter().map(|it| shown(namespace, it)).collect();
                Ok(json!({ "value": all }))
            }
            _ => Err(no_such_verb(verb, R::LIST, &format!("GET, and {}/NAME the rest", R::LIST))),
        };
    };
    match verb {
        Verb::Get => {}
        Verb::Put => put::<R>(namespace, name, properties(body)?)?,
        Verb::Patch => {
            let known = R::find(namespace, name).ok_or_else(|| none_such::<R>(namespace, name))?;
            let mut merged = json!(known);
            merge(&mut merged, &Value::Object(properties(body)?));
            put::<R>(namespace, name, properties(&merged)?)?;
        }
        Verb::Delete => return delete::<R>(namespace, name),
        Verb::Post => return Err(no_such_verb(verb, R::ONE, "GET, PUT, PATCH and DELETE")),
    }
    let it = R::find(namespace, name).ok_or_else(|| none_such::<R>(namespace, name))?;
    Ok(shown(namespace, it))
}

fn put<R: Resource>(
    namespace: &mut Namespace,
    name: &str,
    mut members: Map<String, Value>,
) -> Result<(), ServiceError> {
    // One that exists keeps its spelling.
    let name = R::find(namespace, name).map_or_else(|| name.to_owned(), |it| it.name().to_owned());
    match members.insert("name".to_owned(), json!(name)) {
        None | Some(Value::Null) => {}
        Some(Value::String(other)) if other.eq_ignore_ascii_case(&name) => {}
        Some(other) => {
            let message = format!("the path names `{name}` and the body {other}; leave one out");
            return Err(invalid(message));
        }
    }
    let it: R = serde_json::from_value(Value::Object(members))
        .map_err(|error| invalid(format!("{}: {error}", R::ONE)))?;
    it.put(namespace, &At::root(R::ONE))
        .map_err(|error| ServiceError { because: error.because, ..invalid(error.to_string()) })
}

fn delete<R: Resource>(namespace: &mut Namespace, name: &str) -> Result<Value, ServiceError> {
    let Some(it) = R::find(namespace, name) else { return Err(none_such::<R>(namespace, name)) };
    let name = it.name().to_owned();
    let users = R::users(namespace, &name);
    if !users.is_empty() {
        let users = users.join(", ");
        let message = format!("{}/{name} is in use; delete first: {users}", R::LIST);
        return Err(ServiceError::of_resource(409, "Conflict", message));
    }
    R::remove(namespace, &name);
    Ok(json!({ "deleted": [format!("{}/{name}", R::LIST)] }))
}

fn configuration(
    namespace: &mut Namespace,
    verb: Verb,
    body: &Value,
) -> Result<Value, ServiceError> {
    let mut members = properties(body)?;
    match verb {
        Verb::Get => return Ok(shown_configuration(namespace)),
        Verb::Put => {}
        Verb::Patch => {
            let mut merged = json!(namespace.configuration);
            merge(&mut merged, &Value::Object(members));
            members = properties(&merged)?;
        }
        Verb::Delete | Verb::Post => {
            return Err(no_such_verb(verb, CONFIGURATION, "GET, PUT and PATCH"));
        }
    }
    let mut configuration: TopicSpacesConfiguration =
        serde_json::from_value(Value::Object(members))
            .map_err(|error| invalid(format!("{CONFIGURATION}: {error}")))?;
    let known = &namespace.host;
    if let Some(other) = configuration.hostname.take()
        && !other.eq_ignore_ascii_case(known)
    {
        let message =
            format!("{CONFIGURATION}.hostname is `{known}` and cannot change to `{other}`");
        return Err(invalid(message));
    }
    configuration.hostname.clone_from(&namespace.configuration.hostname);
    resource::configure(namespace, configuration, &At::root(CONFIGURATION))
        .map_err(|error| invalid(error.to_string()))?;
    Ok(shown_configuration(namespace))
}

/// The sessions, or one of them: the vendor's manager shows none.
fn sessions(namespace: &Namespace, verb: Verb, name: Option<&str>) -> Result<Value, ServiceError> {
    if verb != Verb::Get {
        return Err(no_such_verb(verb, SESSIONS, "GET"));
    }
    let Some(name) = name else {
        let all = namespace.broker.sessions();
        let all: Vec<Value> = all.map(|(name, session)| shown_session(name, session)).collect();
        return Ok(json!({ "value": all }));
    };
    let session = namespace.broker.session(name).ok_or_else(|| {
        let names: Vec<&str> = namespace.broker.sessions().map(|(name, _)| &**name).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        let message = format!("there is no {SESSIONS}/{name}; there is {names}");
        ServiceError::of_resource(404, "ResourceNotFound", message)
    })?;
    Ok(shown_session(name, session))
}

fn shown_session(name: &str, session: &broker::Session) -> Value {
    let filters: Vec<&str> = session.subscriptions().map(|(filter, _)| filter).collect();
    json!({
        "name": name,
        "clientAuthenticationName": &*session.owner,
        "state": if session.is_connected() { "Connected" } else { "Disconnected" },
        "sessionExpiryIntervalInSeconds": session.expiry_interval_s,
        "subscriptions": filters,
        "unacknowledgedMessages": session.unacknowledged_count(),
    })
}

const SESSIONS: &str = "sessions";

/// What a body declares: `{"properties": {…}}`, or the properties themselves. What only the service
/// writes is passed over, so that what was read can be put.
fn properties(body: &Value) -> Result<Map<String, Value>, ServiceError> {
    let Value::Object(members) = body else {
        return Err(invalid(format!("the body is no JSON object: {body}")));
    };
    let mut members = members.clone();
    match members.remove("properties") {
        None => {}
        Some(Value::Object(inner)) => members.extend(inner),
        Some(other) => return Err(invalid(format!("`properties` is no JSON object: {other}"))),
    }
    for written in WRITTEN {
        members.remove(written);
    }
    Ok(members)
}

/// As RFC 7396 has it.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    let Value::Object(members) = target else { return };
    for (name, value) in patch {
        if value.is_null() {
            members.remove(name);
        } else {
            merge(members.entry(name.as_str()).or_insert(Value::Null), value);
        }
    }
}

/// A resource as the vendor's resource manager shows it.
fn shown<R: Resource>(namespace: &Namespace, it: &R) -> Value {
    let mut properties = json!(it);
    if let Value::Object(members) = &mut properties {
        members.remove("name");
        members.insert("provisioningState".to_owned(), json!("Succeeded"));
    }
    json!({
        "id": format!("{}/{}/{}", id(namespace), R::LIST, it.name()),
        "name": it.name(),
        "type": format!("{TYPE}/{}", R::LIST),
        "properties": properties,
    })
}

fn shown_namespace(namespace: &Namespace) -> Value {
    json!({
        "id": id(namespace),
        "name": namespace.name,
        "type": TYPE,
        "location": namespace.location,
        "properties": {
            "topicsConfiguration": { "hostname": namespace.http_host },
            CONFIGURATION: shown_configuration(namespace),
            "provisioningState": "Succeeded",
        },
    })
}

fn shown_configuration(namespace: &Namespace) -> Value {
    let mut shown = json!(namespace.configuration);
    if let Value::Object(members) = &mut shown {
        members.insert("hostname".to_owned(), json!(namespace.host));
    }
    shown
}

const TYPE: &str = "Microsoft.EventGrid/namespaces";

/// A mock has no subscriptions and resource groups.
pub(super) fn id(namespace: &Namespace) -> String {
    format!(
        "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/skyproof/providers/\
         {TYPE}/{}",
        namespace.name
    )
}

fn bindings(namespace: &Namespace, is_one: impl Fn(&PermissionBinding) -> bool) -> Vec<String> {
    let all = namespace.permission_bindings.values().filter(|binding| is_one(binding));
    all.map(|binding| format!("{}/{}", PermissionBinding::LIST, binding.name)).collect()
}

pub(super) fn no_namespace(registry: &Registry, tenant: &str) -> ServiceError {
    let known = registry.namespace_names();
    let message = if registry.hub(tenant).is_some() {
        format!("`{tenant}` is a hub, and has devices, twins and the like instead of resources")
    } else {
        format!("there is no namespace `{tenant}`; this cloud has {known}")
    };
    ServiceError::of_resource(404, "ResourceNotFound", message)
}

fn none_such<R: Resource>(namespace: &Namespace, name: &str) -> ServiceError {
    if R::LIST == ClientGroup::LIST && name.eq_ignore_ascii_case(ALL_CLIENTS) {
        let message = "`$all` holds every client; it is always there and cannot be changed";
        return invalid(message.to_owned());
    }
    let names: Vec<&str> = R::all(namespace).into_iter().map(R::name).collect();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let message = format!("there is no {}/{name}; there is {names}", R::LIST);
    ServiceError::of_resource(404, "ResourceNotFound", message)
}

fn no_such_verb(verb: Verb, what: &str, known: &str) -> ServiceError {
    let message = format!("{what} does not take {verb}; it takes {known}");
    ServiceError::of_resource(405, "MethodNotAllowed", message)
}

fn invalid(message: String) -> ServiceError {
    ServiceError::of_resource(400, "InvalidRequest", message)
}
