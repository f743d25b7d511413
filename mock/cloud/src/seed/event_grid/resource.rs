//! What each resource of a namespace must look like, in a seed and in an order alike.

use super::super::{
    SeedError,
    check::{At, between, certificate, thumbprint},
};
use crate::event_grid::{
    Namespace,
    model::{
        Attributes, CaCertificate, Client, ClientGroup, CustomJwt, PermissionBinding,
        RoleAssignment, RoutingEnrichments, TopicSpace, TopicSpacesConfiguration, ValidationScheme,
    },
    namespace::{ALL_CLIENTS, Authority, Group, HOST_SUFFIX, Issuer, Space},
    open,
    query::Query,
    syntax::SyntaxError,
    template::Template,
};

/// Sets how the namespace serves MQTT.
pub(crate) fn configure(
    namespace: &mut Namespace,
    configuration: TopicSpacesConfiguration,
    at: &At,
) -> Result<(), SeedError> {
    // EG-OPEN-108, EG-OPEN-107.
    let hours = configuration.maximum_session_expiry_in_hours;
    between(at, "maximumSessionExpiryInHours", hours.into(), 1, 8)?;
    let sessions = configuration.maximum_client_sessions_per_authentication_name;
    between(at, "maximumClientSessionsPerAuthenticationName", sessions.into(), 1, 100)?;
    let mut host = None;
    if let Some(hostname) = &configuration.hostname {
        host = Some(mqtt_host(hostname, &at.field("hostname"))?);
    }
    let authentication = &configuration.client_authentication;
    let at_authentication = at.field("clientAuthentication");
    let sources = &authentication.alternative_authentication_name_sources;
    for (index, source) in sources.iter().enumerate() {
        if sources[..index].contains(source) {
            let at = at_authentication.below("alternativeAuthenticationNameSources", index);
            let hint = "they are looked at in this order, each once";
            return Err(at.error(format!("`{source:?}` again"), "each source once", hint));
        }
    }
    let issuers = match &authentication.custom_jwt_authentication {
        Some(jwt) => issuers(jwt, &at_authentication.field("customJwtAuthentication"))?,
        None => Vec::new(),
    };
    if let Some(webhook) = &authentication.webhook_authentication {
        let url = &webhook.endpoint_url;
        if !url.starts_with("https://") && !url.starts_with("http://") {
            return Err(at_authentication.field("webhookAuthentication.endpointUrl").error(
                format!("`{url}`"),
                "a URL that begins with http:// or https://",
                "such as `http://127.0.0.1:7071/authenticate`",
            ));
        }
    }
    if let Some(topic) = &configuration.route_topic_resource_id {
        route_topic(topic, &at.field("routeTopicResourceId"))?;
    }
    enrichments(&configuration.routing_enrichments, &at.field("routingEnrichments"))?;
    if let Some(host) = host {
        namespace.host = host;
    }
    namespace.issuers = issuers;
    namespace.configuration = configuration;
    Ok(())
}

/// Adds an authority, or replaces the one of the same name.
pub(crate) fn put_ca_certificate(
    namespace: &mut Namespace,
    resource: CaCertificate,
    at: &At,
) -> Result<(), SeedError> {
    name(&resource.name, &at.field("name"))?;
    let key = resource.name.to_lowercase();
    let is_new = !namespace.ca_certificates.contains_key(&key);
    let most = namespace.profile.ca_certificates_max;
    room(namespace.ca_certificates.len(), is_new, most, "CA certificates", at)
        .map_err(|error| error.by(open::CA_CERTIFICATES))?;
    let der = certificate(&resource.encoded_certificate, &at.field("encodedCertificate"))?;
    namespace.ca_certificates.insert(key, Authority { resource, der });
    Ok(())
}

/// Adds a client, or replaces the one of the same name.
pub(crate) fn put_client(
    namespace: &mut Namespace,
    mut client: Client,
    at: &At,
) -> Result<(), SeedError> {
    client_name(&client.name, &at.field("name"))?;
    let authentication_name = client.authentication_name();
    let at_name = at.field("authenticationName");
    let chars = authentication_name.chars().count();
    if !(1..=128).contains(&chars) {
        let hint = "leave it out, and it is the client's name";
        return Err(at_name.error(format!("{chars} characters"), "1 to 128 characters", hint));
    }
    if let Some(known) = namespace.client(&client.name)
        && known.authentication_name() != authentication_name
    {
        return Err(at_name.error(
            format!("`{authentication_name}`"),
            format!("`{}`, as before", known.authentication_name()),
            "it cannot change: delete the client and make it again",
        ));
    }
    if let Some(other) = namespace.client_named(authentication_name)
        && !other.name.eq_ignore_ascii_case(&client.name)
    {
        return Err(at_name.error(
            format!("`{authentication_name}` again"),
            "a name of its own, letter case aside",
            format!("the client `{}` has it already", other.name),
        ));
    }
    if let Some(most) = namespace.profile.sessions() {
        let is_new = namespace.client(&client.name).is_none();
        room(namespace.clients().len(), is_new, most, "clients", at)?;
    }
    thumbprints(&mut client, &at.field("clientCertificateAuthentication"))?;
    attributes(&client.attributes, &at.field("attributes"))?;
    namespace.put_client(client);
    Ok(())
}

/// Adds a client group, or replaces the one of the same name.
pub(crate) fn put_client_group(
    namespace: &mut Namespace,
    group: ClientGroup,
    at: &At,
) -> Result<(), SeedError> {
    if group.name.eq_ignore_ascii_case(ALL_CLIENTS) {
        let hint = "it holds every client and is always there; bind permissions to it as it is";
        let error = at.field("name").error("`$all`", "a group of one's own", hint);
        return Err(error.by(open::CLIENT_GROUPS));
    }
    name(&group.name, &at.field("name"))?;
    let key = group.name.to_lowercase();
    let is_new = !namespace.client_groups.contains_key(&key);
    let most = namespace.profile.client_groups_max;
    room(namespace.client_groups.len(), is_new, most, "client groups", at)
        .map_err(|error| error.by(open::CLIENT_GROUPS))?;
    let query = Query::parse(&group.query).map_err(|bad| {
        let hint = "such as `attributes.floor >= 3 and attributes.type IN [\"fan\", \"light\"]`";
        unreadable(bad, hint, &at.field("query"))
    })?;
    namespace.client_groups.insert(key, Group { resource: group, query });
    Ok(())
}

/// Adds a topic space, or replaces the one of the same name.
pub(crate) fn put_topic_space(
    namespace: &mut Namespace,
    space: TopicSpace,
    at: &At,
) -> Result<(), SeedError> {
    name(&space.name, &at.field("name"))?;
    let key = space.name.to_lowercase();
    let is_new = !namespace.topic_spaces.contains_key(&key);
    let most = namespace.profile.topic_spaces_max;
    room(namespace.topic_spaces.len(), is_new, most, "topic spaces", at)
        .map_err(|error| error.by(open::NUMBERS_OF_RESOURCES))?;
    let (found, most) = (space.topic_templates.len(), namespace.profile.topic_templates_max);
    if !(1..=most).contains(&found) {
        let error = at.field("topicTemplates").error(
            format!("{found} templates"),
            format!("1 to {most}"),
            "such as `machines/${client.authenticationName}/#`",
        );
        return Err(error.by(open::NUMBERS_OF_RESOURCES));
    }
    let mut templates = Vec::new();
    for (index, text) in space.topic_templates.iter().enumerate() {
        let template = Template::parse(text).map_err(|bad| {
            let hint = "such as `machines/${client.authenticationName}/+/#`";
            unreadable(bad, hint, &at.below("topicTemplates", index))
        })?;
        templates.push(template);
    }
    namespace.topic_spaces.insert(key, Space { resource: space, templates });
    Ok(())
}

/// Adds a permission binding, or replaces the one of the same name.
pub(crate) fn put_permission_binding(
    namespace: &mut Namespace,
    binding: PermissionBinding,
    at: &At,
) -> Result<(), SeedError> {
    name(&binding.name, &at.field("name"))?;
    let key = binding.name.to_lowercase();
    let is_new = !namespace.permission_bindings.contains_key(&key);
    let most = namespace.profile.permission_bindings_max;
    room(namespace.permission_bindings.len(), is_new, most, "permission bindings", at)
        .map_err(|error| error.by(open::NUMBERS_OF_RESOURCES))?;
    let group = &binding.client_group_name;
    if !group.eq_ignore_ascii_case(ALL_CLIENTS)
        && !namespace.client_groups.contains_key(&group.to_lowercase())
    {
        let known = namespace.client_groups.values().map(|it| it.resource.name.as_str());
        return Err(at.field("clientGroupName").error(
            format!("`{group}`"),
            "a client group of this namespace",
            known_are(std::iter::once(ALL_CLIENTS).chain(known)),
        ));
    }
    known_space(namespace, &binding.topic_space_name, at)?;
    namespace.permission_bindings.insert(key, binding);
    Ok(())
}

/// Gives a principal a role, or replaces the assignment of the same name.
pub(crate) fn put_role_assignment(
    namespace: &mut Namespace,
    assignment: RoleAssignment,
    at: &At,
) -> Result<(), SeedError> {
    name(&assignment.name, &at.field("name"))?;
    if assignment.principal_id.is_empty() {
        let hint = "the object id (`oid`) in the principal's tokens";
        return Err(at.field("principalId").error("nothing", "an object id", hint));
    }
    if let Some(space) = &assignment.topic_space_name {
        known_space(namespace, space, at)?;
    }
    namespace.role_assignments.insert(assignment.name.to_lowercase(), assignment);
    Ok(())
}

/// The name of anything but a client. EG-OPEN-038.
pub(super) fn name(text: &str, at: &At) -> Result<(), SeedError> {
    let is_legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    if (3..=50).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    let hint = "such as `contoso` or `line-1`";
    let error = at.error(format!("`{text}`"), "3 to 50 ASCII letters, digits or -", hint);
    Err(error.by(open::RESOURCE_NAMES))
}

/// EG-OPEN-038.
fn client_name(text: &str, at: &At) -> Result<(), SeedError> {
    let is_legal = |b: u8| b.is_ascii_alphanumeric() || b"-:._".contains(&b);
    if (1..=128).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    let hint = "what the client presents can differ: `authenticationName`";
    let error = at.error(format!("`{text}`"), "1 to 128 ASCII letters, digits or - : . _", hint);
    Err(error.by(open::RESOURCE_NAMES))
}

/// EG-OPEN-019.
fn mqtt_host(text: &str, at: &At) -> Result<String, SeedError> {
    let is_legal = |label: &str| {
        !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if text.strip_suffix(HOST_SUFFIX).is_some_and(|head| head.split('.').all(is_legal)) {
        return Ok(text.to_owned());
    }
    let expected = format!("a host name that ends in `{HOST_SUFFIX}`");
    Err(at.error(format!("`{text}`"), expected, "leave it out: it is made of name and location"))
}

/// One or two with the one scheme that needs them. EG-OPEN-004.
fn thumbprints(client: &mut Client, at: &At) -> Result<(), SeedError> {
    let proof = &mut client.client_certificate_authentication;
    let needed = proof.validation_scheme == ValidationScheme::ThumbprintMatch;
    let at_list = at.field("allowedThumbprints");
    match (needed, proof.allowed_thumbprints.len()) {
        (false, 0) | (true, 1..=2) => {}
        (true, found) => {
            let found = format!("{found} thumbprints");
            let hint = "the validation scheme is ThumbprintMatch";
            return Err(at_list.error(found, "one or two thumbprints", hint));
        }
        (false, _) => {
            return Err(at_list.error(
                format!("thumbprints beside {:?}", proof.validation_scheme),
                "none",
                "only validationScheme = \"ThumbprintMatch\" looks at them",
            ));
        }
    }
    for (index, text) in proof.allowed_thumbprints.iter_mut().enumerate() {
        *text = thumbprint(text, &at.below("allowedThumbprints", index))?;
    }
    Ok(())
}

/// EG-OPEN-037.
fn attributes(attributes: &Attributes, at: &At) -> Result<(), SeedError> {
    const BYTES_MAX: usize = 4 * 1024;
    for key in attributes.keys() {
        let is_legal = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if key.is_empty() || !key.bytes().all(is_legal) {
            let hint = "templates and queries name it as `attributes.key`";
            let error = at.error(format!("the key `{key}`"), "ASCII letters, digits or _", hint);
            return Err(error.by(open::ATTRIBUTES));
        }
    }
    let bytes = serde_json::to_vec(attributes).map_or(0, |text| text.len());
    if bytes >= BYTES_MAX {
        let expected = format!("less than {BYTES_MAX} bytes");
        let error = at.error(format!("{bytes} bytes of JSON"), expected, "keep what is asked for");
        return Err(error.by(open::ATTRIBUTES));
    }
    Ok(())
}

/// EG-OPEN-012.
fn issuers(jwt: &CustomJwt, at: &At) -> Result<Vec<Issuer>, SeedError> {
    if jwt.token_issuer.is_empty() {
        let hint = "the `iss` of the tokens";
        return Err(at.field("tokenIssuer").error("nothing", "the name of the issuer", hint));
    }
    let list = &jwt.encoded_issuer_certificates;
    if !(1..=2).contains(&list.len()) {
        return Err(at.field("encodedIssuerCertificates").error(
            format!("{} certificates", list.len()),
            "one or two",
            "tokens are verified with their keys",
        ));
    }
    let mut issuers: Vec<Issuer> = Vec::new();
    for (index, it) in list.iter().enumerate() {
        let at = at.below("encodedIssuerCertificates", index);
        if it.kid.is_empty() || issuers.iter().any(|known| known.kid == it.kid) {
            let found = format!("`{}`", it.kid);
            return Err(at.field("kid").error(found, "a name of its own", "tokens name it"));
        }
        let der = certificate(&it.encoded_certificate, &at.field("encodedCertificate"))?;
        issuers.push(Issuer { kid: it.kid.clone(), der });
    }
    Ok(issuers)
}

/// EG-OPEN-145.
fn route_topic(text: &str, at: &At) -> Result<(), SeedError> {
    let lower = text.to_ascii_lowercase();
    let is_topic = lower.starts_with("/subscriptions/")
        && lower.contains("/providers/microsoft.eventgrid/")
        && lower.contains("/topics/")
        && !lower.ends_with('/');
    if is_topic {
        return Ok(());
    }
    let hint = "/subscriptions/…/resourceGroups/…/providers/Microsoft.EventGrid/topics/…";
    Err(at.error(format!("`{text}`"), "the resource id of an Event Grid topic", hint))
}

/// EG-OPEN-144.
fn enrichments(enrichments: &RoutingEnrichments, at: &At) -> Result<(), SeedError> {
    const MOST: usize = 20;
    const RESERVED: [&str; 9] = [
        "data",
        "datacontenttype",
        "dataschema",
        "id",
        "source",
        "specversion",
        "subject",
        "time",
        "type",
    ];
    let found = enrichments.fixed.len() + enrichments.dynamic.len();
    if found > MOST {
        let expected = format!("at most {MOST}, static and dynamic together");
        return Err(at.error(format!("{found} enrichments"), expected, "leave some out"));
    }
    let fixed = enrichments.fixed.iter().enumerate();
    let fixed = fixed.map(|(index, it)| (at.below("static", index), &it.key, &it.value));
    let dynamic = enrichments.dynamic.iter().enumerate();
    let dynamic = dynamic.map(|(index, it)| (at.below("dynamic", index), &it.key, &it.value));
    let mut seen = std::collections::BTreeMap::new();
    for (at, key, value) in fixed.chain(dynamic) {
        let is_legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        if !(1..=20).contains(&key.len()) || !key.bytes().all(is_legal) {
            let expected = "1 to 20 lower-case ASCII letters or digits";
            let hint = "it becomes an attribute of a CloudEvent";
            return Err(at.field("key").error(format!("`{key}`"), expected, hint));
        }
        if RESERVED.contains(&key.as_str()) || key.starts_with("azsp") {
            let expected = "a name that is free";
            let hint = "CloudEvents has its own attributes, and the service those that begin azsp";
            return Err(at.field("key").error(format!("`{key}`"), expected, hint));
        }
        at.first(&mut seen, key, "key")?;
        let chars = value.chars().count();
        if chars > 128 {
            let found = format!("{chars} characters");
            return Err(at.field("value").error(found, "at most 128", "shorten it"));
        }
    }
    for (index, it) in enrichments.dynamic.iter().enumerate() {
        if it.source().is_none() {
            return Err(at.below("dynamic", index).field("value").error(
                format!("`{}`", it.value),
                "something of the client or the message",
                "${client.authenticationName}, ${client.attributes.KEY}, \
                 ${mqtt.message.userProperties.KEY}, ${mqtt.message.topicName}, \
                 ${mqtt.message.responseTopic}, ${mqtt.message.correlationData}, \
                 ${mqtt.message.pfi}",
            ));
        }
    }
    Ok(())
}

fn known_space(namespace: &Namespace, space: &str, at: &At) -> Result<(), SeedError> {
    if namespace.topic_spaces.contains_key(&space.to_lowercase()) {
        return Ok(());
    }
    Err(at.field("topicSpaceName").error(
        format!("`{space}`"),
        "a topic space of this namespace",
        known_are(namespace.topic_spaces.values().map(|it| it.resource.name.as_str())),
    ))
}

fn unreadable(bad: SyntaxError, hint: &str, at: &At) -> SeedError {
    at.error(format!("{} at character {}", bad.found, bad.position), bad.expected, hint)
}

/// One more must fit.
fn room(count: usize, is_new: bool, most: usize, what: &str, at: &At) -> Result<(), SeedError> {
    if !is_new || count < most {
        return Ok(());
    }
    let found = format!("number {} of the {what}", count + 1);
    Err(at.error(found, format!("at most {most}"), "a namespace has no room for more"))
}

fn known_are<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        "there is none".to_owned()
    } else {
        format!("known are {}", names.join(", "))
    }
}
