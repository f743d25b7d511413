//! The service side of a mock in another process: its admin API.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{Answer, Order, Time, order::ServiceError, telemetry::Telemetry};
use http_body_util::BodyExt as _;
use hyper::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::text;
use crate::{
    admin::{self, NoResponse, encoded},
    device::Dead,
    world::Failed,
};

/// Real time after which an order counts as hung: longer than a call of a method may take.
const HANG: Duration = Duration::from_secs(60);

/// Likewise of the question whether somebody is there.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where orders go.
pub(super) struct Admin {
    /// `127.0.0.1:8900`
    pub(super) authority: String,
    /// As that of the doors.
    pub(super) dead: Dead,
}

/// Looks whether a mock answers.
pub(super) async fn knock(admin: &Admin) -> Result<(), String> {
    let at = &admin.authority;
    match within(PATIENCE, admin, Method::GET, "health", None).await {
        Ok((status, _)) if status.is_success() => Ok(()),
        Ok((status, _)) => Err(format!("the admin API at {at} answers {status}")),
        Err(failed) => Err(format!("no mock answers at {at}: {}", failed.actual)),
    }
}

pub(super) async fn order(admin: &Admin, hub: &str, order: &Order) -> Result<Answer, Failed> {
    let (method, path, body) = request(hub, order)?;
    let (status, answer) = ask(admin, method, &path, body.as_ref()).await?;
    if status.is_success() {
        // As the API says it of an order that has nothing to say.
        let is_empty = answer.as_object().is_some_and(Map::is_empty);
        return Ok(Ok(if is_empty { Value::Null } else { answer }));
    }
    let text = |name: &str| answer[name].as_str().unwrap_or_default().to_owned();
    Ok(Err(ServiceError {
        status: status.as_u16(),
        error_code: answer["errorCode"].as_u64().and_then(|n| n.try_into().ok()).unwrap_or(0),
        name: text("name"),
        message: text("error"),
        because: None,
    }))
}

/// Everything that these identities sent, in order.
pub(super) async fn telemetry(
    admin: &Admin,
    names: &[String],
) -> Result<Vec<Arc<Telemetry>>, Failed> {
    let mut all = Vec::new();
    for name in names {
        let path = format!("journal?kind=telemetry&limit=1000&device={}", encoded(name));
        let (status, steps) = ask(admin, Method::GET, &path, None).await?;
        if !status.is_success() {
            return Err(Failed::new("the journal of the mock", format!("{status} {steps}")));
        }
        let effects =
            steps.as_array().into_iter().flatten().filter_map(|step| step["effects"].as_array());
        for effect in effects.flatten().filter(|effect| effect["kind"] == "telemetry") {
            all.push(Arc::new(message(&effect["telemetry"])?));
        }
    }
    all.sort_by_key(|message| message.sequence_number);
    Ok(all)
}

/// Removes an identity; one that is gone already is no trouble.
pub(super) async fn remove(admin: &Admin, hub: &str, device: &str) {
    let path = format!("devices/{}?hub={}", encoded(device), encoded(hub));
    let _ = ask(admin, Method::DELETE, &path, None).await;
}

/// How an order is asked for.
fn request(hub: &str, order: &Order) -> Result<(Method, String, Option<Value>), Failed> {
    let of_hub = |path: String| format!("{path}?hub={}", encoded(hub));
    let at = |what: &str, id: &dyn ToString| format!("{what}/{}", encoded(&id.to_string()));
    let told = |what: &str| Failed::not_run(what);
    let members = |value: Result<Value, serde_json::Error>| match value {
        Ok(Value::Object(members)) => Ok(members),
        Ok(other) => Err(Failed::new("a JSON object", other)),
        Err(error) => Err(Failed::from(error.to_string())),
    };
    Ok(match order {
        Order::SendC2d { device, message, .. } => {
            let mut body = members(serde_json::to_value(message))?;
            let properties: Map<String, Value> = message
                .properties
                .iter()
                .map(|(name, value)| (name.clone(), json!(value)))
                .collect();
            if properties.len() != message.properties.len() {
                return Err(told("needs properties of the same name"));
            }
            body.insert("properties".into(), Value::Object(properties));
            body.insert("hub".into(), json!(hub));
            body.insert("device".into(), json!(device));
            (Method::POST, "c2d".to_owned(), Some(Value::Object(body)))
        }
        Order::InvokeMethod { identity, call, .. } => {
            let mut body = members(serde_json::to_value(call))?;
            body.insert("hub".into(), json!(hub));
            body.insert("device".into(), json!(identity.to_string()));
            (Method::POST, "method".to_owned(), Some(Value::Object(body)))
        }
        Order::GetTwin { identity, .. } => (Method::GET, of_hub(at("twins", identity)), None),
        Order::PatchTwin { identity, patch, .. } => {
            (Method::PATCH, of_hub(at("twins", identity)), Some(patch.clone()))
        }
        Order::ReplaceTwin { identity, twin, .. } => {
            (Method::PUT, of_hub(at("twins", identity)), Some(twin.clone()))
        }
        Order::PutIdentity { identity, .. } => {
            let mut body = members(serde_json::to_value(identity))?;
            body.insert("hub".into(), json!(hub));
            (Method::POST, "devices".to_owned(), Some(Value::Object(body)))
        }
        Order::SetEnabled { identity, enabled, .. } => {
            (Method::PATCH, of_hub(at("devices", identity)), Some(json!({"enabled": enabled})))
        }
        Order::DeleteIdentity { identity, .. } => {
            (Method::DELETE, of_hub(at("devices", identity)), None)
        }
        Order::CutConnection { identity, .. } => {
            (Method::DELETE, of_hub(format!("{}/connection", at("devices", identity))), None)
        }
        Order::PurgeQueue { device, .. } => {
            (Method::DELETE, of_hub(format!("{}/queue", at("devices", device))), None)
        }
        Order::TakeFeedback { .. } => return Err(told("needs the feedback of the hub for itself")),
        Order::Resource { .. } => return Err(told("needs a namespace for itself")),
        Order::AddFault(fault) if fault.device.is_some() => {
            let body = serde_json::to_value(fault).map_err(|e| Failed::from(e.to_string()))?;
            (Method::POST, "faults".to_owned(), Some(body))
        }
        Order::AddFault(_) => return Err(told("needs a fault that would strike others")),
        Order::ListIdentities { .. }
        | Order::ListTenants
        | Order::ListFaults
        | Order::ClearFaults
        | Order::ShowCertificate(_)
        | Order::Reset(_) => {
            return Err(told("needs the whole cloud for itself"));
        }
    })
}

async fn ask(
    admin: &Admin,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<(StatusCode, Value), Failed> {
    within(HANG, admin, method, path, body).await
}

async fn within(
    patience: Duration,
    admin: &Admin,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<(StatusCode, Value), Failed> {
    if let Some(why) = admin.dead.why() {
        return Err(Failed::from(why));
    }
    let authority = &admin.authority;
    let answer = answer(authority, method, path, body);
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
        let why = format!("hung: {authority} accepts TCP and does not answer `{path}`");
        Err(Failed::from(admin.dead.tell(why)))
    })
}

async fn answer(
    authority: &str,
    method: Method,
    path: &str,
    body: Option<&Value>,
) -> Result<(StatusCode, Value), Failed> {
    let broken = |why: String| {
        Failed::new(format!("an answer of the admin API at {authority}"), why)
            .hint("is the mock still running?")
    };
    let response = admin::send(authority, method, path, body).await.map_err(|why| match why {
        NoResponse::Unreachable(error) => broken(error.to_string()),
        NoResponse::Cut(why) => broken(why),
    })?;
    let status = response.status();
    let bytes = response.into_body().collect().await.map_err(|error| broken(error.to_string()))?;
    Ok((status, serde_json::from_slice(&bytes.to_bytes()).unwrap_or(Value::Null)))
}

/// A message as the journal tells it.
fn message(told: &Value) -> Result<Telemetry, Failed> {
    let missing = |what: &str| Failed::new(format!("{what} of a message"), told);
    let members = |name: &str| told[name].as_object().cloned().unwrap_or_default().into_iter();
    let owned = |value: Value| value.as_str().unwrap_or_default().to_owned();
    let device = text(told, "/device").ok_or_else(|| missing("the device"))?;
    let body = match (text(told, "/body"), text(told, "/body_base64")) {
        (Some(body), _) => body.as_bytes().to_vec(),
        (None, Some(body)) => STANDARD.decode(body).map_err(|_| missing("the body"))?,
        (None, None) => return Err(missing("the body")),
    };
    Ok(Telemetry {
        hub: text(told, "/hub").unwrap_or_default().into(),
        from: Arc::new(device.parse().map_err(|_| missing("the device"))?),
        body: body.into(),
        system_properties: members("system_properties")
            .map(|(name, value)| (known(name), owned(value)))
            .collect(),
        application_properties: members("properties")
            .map(|(name, value)| (name, value.as_str().map(str::to_owned)))
            .collect(),
        annotations: members("annotations")
            .map(|(name, value)| (known(name), owned(value).into()))
            .collect(),
        sequence_number: told["sequence_number"].as_u64().unwrap_or_default(),
        enqueued_at: text(told, "/enqueued_at").and_then(Time::parse).unwrap_or_default(),
        endpoint: known(text(told, "/endpoint").unwrap_or_default().to_owned()),
    })
}

/// A name out of the vendor's short lists, kept for good.
fn known(name: String) -> &'static str {
    static NAMES: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut names = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = names.get(name.as_str()) {
        return known;
    }
    let name: &'static str = name.leak();
    names.insert(name);
    name
}
