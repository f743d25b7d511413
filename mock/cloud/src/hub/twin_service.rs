//! The service side of twins: reading, patching and replacing them, and the notices that follow.

use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    Session, open, sub, tier,
    topic::Feed,
    twin,
    twin_answer::{send_at_qos_0, too_large},
    twin_shape as shape,
};
use crate::{
    cloud::Core,
    dialect::State,
    error_code::{ARGUMENT_INVALID, DEVICE_MODEL_MAX_PROPERTIES_EXCEEDED},
    identity::{Credentials, Identity, IdentityId},
    order::{OrderId, ServiceError},
    rule::Rule,
    ruling::{Broken, Ruling},
    twin::{Members, Section, limits, merge},
};

/// Why an order fails, and by which rule.
type Refused = (ServiceError, Rule);

/// An order of the service side: reads a twin.
pub(crate) fn read(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    ruling: &mut Ruling<'_>,
) {
    let answer = admit(core, hub, id, ruling).map(|()| view(core, hub, id));
    give(order, answer, ruling);
}

/// An order of the service side: merges into desired properties and tags.
pub(crate) fn patch(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    patch: &Value,
    ruling: &mut Ruling<'_>,
) {
    let answer = update(core, hub, id, patch, How::Merge, ruling);
    give(order, answer, ruling);
}

/// An order of the service side: replaces desired properties and tags.
pub(crate) fn replace(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    twin: &Value,
    ruling: &mut Ruling<'_>,
) {
    let answer = update(core, hub, id, twin, How::Replace, ruling);
    give(order, answer, ruling);
}

/// Tells a device what changed in its desired properties.
pub(super) fn send_notice(
    session: &Session,
    desired: &Section,
    change: Members,
    ruling: &mut Ruling<'_>,
) {
    let version = desired.version;
    let mut body = ruling.value(twin::NOTICE_IS_THE_CHANGE, change, desired.properties.clone());
    let without_nulls = merge::without_nulls(&body);
    body = ruling.value(twin::NULL_MEANS_GONE, body, without_nulls);
    body.shift_remove("$version");
    if ruling.value(twin::NOTICE_BODY_HAS_THE_VERSION, true, false) {
        body.insert("$version".to_owned(), json!(version));
    }
    let version = ruling.value(twin::NOTICE_TOPIC_HAS_THE_VERSION, version, version - 1);
    let topic = format!("$iothub/twin/PATCH/properties/desired/?$version={version}");
    let payload = Bytes::from(Value::Object(body).to_string());
    send_at_qos_0(session, topic, payload, twin::DESIRED_NOTICE, ruling);
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Merge,
    Replace,
}

fn give(order: OrderId, answer: Result<Value, Refused>, ruling: &mut Ruling<'_>) {
    match answer {
        Ok(twin) => ruling.answer(order, Ok(twin), open::TWIN_VERSIONS),
        Err((error, because)) => ruling.answer(order, Err(error), because),
    }
}

fn admit(core: &Core, hub: &str, id: &IdentityId, ruling: &mut Ruling<'_>) -> Result<(), Refused> {
    if core.is_basic(hub) && ruling.uphold(tier::NO_TWIN_ON_BASIC, false).is_err() {
        return Err((tier::refusal(), open::BASIC_TIER_HAS_NO_TWIN));
    }
    match core.missing(hub, id) {
        Some(error) => Err((error, open::TWIN_ERROR_BODY)),
        None => Ok(()),
    }
}

/// Judges members, limits and sizes, then changes the twin and tells its device.
fn update(
    core: &mut Core,
    hub: &str,
    id: &IdentityId,
    document: &Value,
    how: How,
    ruling: &mut Ruling<'_>,
) -> Result<Value, Refused> {
    admit(core, hub, id, ruling)?;
    let given = (section(document, "/properties/desired"), section(document, "/tags"));
    let is_twin = given.0.is_some() && given.1.is_some() && shape::is_right(document, how);
    ruling.uphold(open::TWIN_ERROR_BODY, is_twin).map_err(|Broken(because)| {
        let message = format!(
            "Provided json is not a valid 'tags' or 'properties' object: expected {}",
            shape::EXPECTED
        );
        (ServiceError::new(ARGUMENT_INVALID, message), because)
    })?;
    let (Some(desired), Some(tags)) = given else { return Ok(view(core, hub, id)) };

    let now = core.now;
    let Some(identity) = core.identity_mut(hub, id) else {
        return Err((ServiceError::no_identity(id), open::TWIN_ERROR_BODY));
    };
    let conn = identity.conn;
    let twin = &mut identity.twin;
    let desired = change(&twin.desired.properties, desired, how);
    let tags = change(&twin.tags, tags, how);
    for members in [&desired.given, &tags.given] {
        let checked = limits::check(members);
        ruling.uphold(open::TWIN_LIMITS, checked.is_ok()).map_err(|Broken(because)| {
            let why = checked.err().map(|violation| violation.to_string()).unwrap_or_default();
            (ServiceError::new(ARGUMENT_INVALID, why), because)
        })?;
    }
    for (members, limit_bytes, name) in [
        (&desired.result, limits::SECTION_BYTES, "Properties.Desired"),
        (&tags.result, limits::TAGS_BYTES, "Tags"),
    ] {
        let fits = limits::size_bytes(members) <= limit_bytes;
        ruling.uphold(open::TWIN_LIMITS, fits).map_err(|Broken(because)| {
            (
                ServiceError::new(
                    DEVICE_MODEL_MAX_PROPERTIES_EXCEEDED,
                    too_large(name, limit_bytes),
                ),
                because,
            )
        })?;
    }

    let differs = desired.result != twin.desired.properties;
    let touches = merge::touches(&twin.desired.properties, &desired.patch);
    let is_news = ruling.value(open::UNCHANGED_VALUES_ARE_NOTICED, touches, differs);
    let change_of_tags = merge::touches(&twin.tags, &tags.patch);
    if is_news || change_of_tags {
        twin.version += 1;
    }
    twin.tags = tags.result;
    if is_news {
        let step = ruling.value(open::TWIN_VERSIONS, 1, 2);
        twin.desired.update(desired.result, &desired.patch, step, now);
        let section = twin.desired.clone();
        let change =
            ruling.value(open::DESIRED_NOTICE_CONTENT, desired.patch, section.properties.clone());
        if let Some(conn) = conn
            && let State::Hub(session) = core.take(conn)
        {
            if hears_notices(&session, ruling) {
                send_notice(&session, &section, change, ruling);
            }
            core.give_back(conn, State::Hub(session));
        }
    }
    Ok(view(core, hub, id))
}

/// What an update of one section comes to.
struct Change {
    given: Members,
    /// As a device hears of it: with null for what went.
    patch: Members,
    result: Members,
}

fn change(old: &Members, given: Given, how: How) -> Change {
    let given = match given {
        Given::Members(members) => members,
        Given::Null => old.keys().map(|name| (name.clone(), Value::Null)).collect(),
        Given::Nothing => Members::new(),
    };
    match how {
        How::Merge => {
            let result = merge::merged(old, &given);
            Change { patch: given.clone(), given, result }
        }
        How::Replace => {
            let result = merge::without_nulls(&given);
            Change { patch: merge::replacement(old, &result), given, result }
        }
    }
}

/// A section as the service side gives it.
enum Given {
    Members(Members),
    /// Everything goes.
    Null,
    Nothing,
}

/// A section of the document without what only the hub writes; nothing when it cannot be one.
fn section(document: &Value, pointer: &str) -> Option<Given> {
    match document.pointer(pointer) {
        None => Some(Given::Nothing),
        Some(Value::Null) => Some(Given::Null),
        Some(Value::Object(members)) => {
            let mut members = members.clone();
            twin::drop_read_only_members(&mut members);
            Some(Given::Members(members))
        }
        Some(_) => None,
    }
}

fn hears_notices(session: &Session, ruling: &mut Ruling<'_>) -> bool {
    sub::granted(session, Feed::DesiredNotices).is_some()
        && (session.has_api_version || ruling.value(open::NO_API_VERSION_NO_TWIN, false, true))
}

/// The twin as the service reads it; nothing when the identity is gone.
fn view(core: &mut Core, hub: &str, id: &IdentityId) -> Value {
    core.identity_mut(hub, id).map_or(Value::Null, |identity| view_of(identity))
}

fn view_of(identity: &Identity) -> Value {
    let Identity { id, twin, enabled, conn, credentials, .. } = identity;
    let mut view = Members::new();
    let mut put = |name: &str, value: Value| drop(view.insert(name.to_owned(), value));
    put("deviceId", json!(id.device));
    if let Some(module) = &id.module {
        put("moduleId", json!(module));
    }
    put("etag", json!(twin.etag()));
    put("status", json!(if *enabled { "enabled" } else { "disabled" }));
    put("connectionState", json!(if conn.is_some() { "Connected" } else { "Disconnected" }));
    let authentication_type = match credentials {
        Credentials::Keys { .. } => "sas",
        Credentials::Thumbprints { .. } => "selfSigned",
        Credentials::Authority => "certificateAuthority",
    };
    put("authenticationType", json!(authentication_type));
    put("version", json!(twin.version));
    put("tags", json!(twin.tags));
    let desired = twin.desired.view_with_metadata(true);
    let reported = twin.reported.view_with_metadata(false);
    put("properties", json!({"desired": desired, "reported": reported}));
    Value::Object(view)
}

impl Core {
    /// What the service side hears when the hub or the identity of its order is not there.
    pub(crate) fn missing(&self, host: &str, id: &IdentityId) -> Option<ServiceError> {
        match self.registry.hub(host) {
            None => Some(ServiceError::no_hub(host, &self.registry)),
            Some(hub) if !hub.identities.contains_key(id) => Some(ServiceError::no_identity(id)),
            Some(_) => None,
        }
    }
}
