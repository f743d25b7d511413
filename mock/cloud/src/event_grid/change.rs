//! Orders about resources, as the dialect answers for them.

use serde_json::Value;

use super::{admin, events::lifecycle, limit, model::Client, open};
use crate::{
    cloud::Core,
    order::{ServiceError, Verb},
    rule::Rule,
    ruling::Ruling,
};

/// Carries out an order about a resource, with its consequences. Gives the answer, and the rule by which it is
/// given where a rule of this dialect says so.
pub(crate) fn ordered(
    core: &mut Core,
    tenant: &str,
    verb: Verb,
    path: &str,
    body: &Value,
    ruling: &mut Ruling<'_>,
) -> (Result<Value, ServiceError>, Option<Rule>) {
    let because = because(core, tenant, path, body);
    let before = client(core, tenant, path);
    let outcome = admin::order(core, tenant, verb, path, body, ruling);
    let host = core.registry.namespace(tenant).map(|namespace| namespace.host.clone());
    if let (true, Ok(_), Some(host)) = (verb != Verb::Get, &outcome, host) {
        let after = client(core, &host, path);
        lifecycle::client_changed(core, &host, before.as_ref(), after.as_ref(), ruling);
    }
    (outcome, because)
}

/// The client that a path names, as it is now.
fn client(core: &Core, tenant: &str, path: &str) -> Option<Client> {
    let (list, name) = path.trim_matches('/').split_once('/')?;
    if !list.eq_ignore_ascii_case("clients") {
        return None;
    }
    core.registry.namespace(tenant)?.client(name).cloned()
}

/// The rule that says how an order is answered.
fn because(core: &Core, tenant: &str, path: &str, body: &Value) -> Option<Rule> {
    let namespace = core.registry.namespace(tenant)?;
    let path = path.trim_matches('/');
    if let Some((list, name)) = path.split_once('/') {
        let is_new = list.eq_ignore_ascii_case("clients") && namespace.client(name).is_none();
        let most = namespace.profile.sessions().filter(|_| is_new)?;
        return (namespace.clients().len() >= most).then_some(open::SESSIONS_AND_CLIENTS);
    }
    if !path.eq_ignore_ascii_case(admin::CONFIGURATION) {
        return None;
    }
    let body = body.get("properties").unwrap_or(body);
    if let Some(hours) = body.get("maximumSessionExpiryInHours") {
        return Some(match hours.as_u64() {
            None => limit::IN_WHOLE_HOURS,
            Some(8..) => limit::UP_TO_8_HOURS,
            Some(_) => open::HOURS_OF_EXPIRY,
        });
    }
    body.get("maximumClientSessionsPerAuthenticationName").map(|_| open::SESSIONS_PER_CLIENT)
}
