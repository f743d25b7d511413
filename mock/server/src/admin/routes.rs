//! The paths below `/_skyproof`, each a few lines between HTTP and an order.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{DefaultBodyLimit, OriginalUri, Path, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{any, delete, get, patch, post},
};
use cloud::{
    IdentityId, Order, Step,
    fault::Fault,
    order::{C2dOrder, MethodOrder, Verb},
    seed::IdentitySeed,
};
use futures::stream;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Shared,
    ask::{Asked, BODY_BYTES_MAX, Told},
    expect, guard, journal,
    problem::Problem,
};

type Answered = Result<Json<Value>, Problem>;
type Of = State<Arc<Shared>>;

/// All paths.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    let paths = Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/tenants", get(tenants))
        .route("/tenants/{tenant}", any(tenant))
        .route("/tenants/{tenant}/{*resource}", any(resource))
        .route("/devices", get(devices).post(put_device))
        .route("/devices/{id}", patch(patch_device).delete(delete_device))
        .route("/devices/{id}/connection", delete(cut_connection))
        .route("/devices/{id}/queue", delete(purge_queue))
        .route("/twins/{id}", get(twin).patch(patch_twin).put(replace_twin))
        .route("/c2d", post(c2d))
        .route("/method", post(method))
        .route("/feedback", post(feedback))
        .route("/journal", get(read_journal))
        .route("/logs", get(read_logs))
        .route("/expect", post(expect))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/advance", post(advance))
        .route("/reset", post(reset))
        .route("/ca.pem", get(ca_pem));
    Router::new()
        .nest("/_skyproof", paths)
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_path)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared)
}

/// What [`router`] serves, for whoever asks for something else.
const PATHS: &str = "GET health, ready, tenants, devices, twins/{id}, journal, logs, faults, ca.pem; POST \
     devices, c2d, method, feedback, expect, faults, advance, reset; PATCH devices/{id}, twins/{id}; \
     PUT twins/{id}; DELETE devices/{id}, devices/{id}/connection, devices/{id}/queue, faults; GET, \
     PUT, PATCH, DELETE and POST tenants/{host}/{resource}; all below /_skyproof/";

async fn no_such_path(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    Problem::new(StatusCode::NOT_FOUND, format!("there is no `{method} {}`", uri.path()))
        .expected(PATHS)
}

async fn health(State(shared): Of) -> Json<Value> {
    let mock = &shared.mock;
    let failures: Vec<String> = mock.failures().iter().map(ToString::to_string).collect();
    Json(json!({
        "status": if failures.is_empty() { "up" } else { "broken" },
        "version": env!("CARGO_PKG_VERSION"),
        "now": mock.now().round_trip(),
        "clock": if mock.is_held() { "held" } else { "running" },
        "connections": mock.with_cloud(cloud::Cloud::connection_count),
        "steps": mock.with_cloud(|cloud| cloud.trace().last_number()),
        "failures": failures,
    }))
}

async fn ready(State(shared): Of) -> Answered {
    let failures = shared.mock.failures();
    match failures.first() {
        None => Ok(Json(json!({"ready": true}))),
        Some(failure) => Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, failure.to_string())),
    }
}

async fn tenants(State(shared): Of) -> Answered {
    shared.order(Order::ListTenants).await
}

async fn tenant(
    State(shared): Of,
    Path(tenant): Path<String>,
    method: Method,
    uri: OriginalUri,
    told: Told,
) -> Answered {
    resource(State(shared), Path((tenant, String::new())), method, uri, told).await
}

/// A resource of a tenant, which the tenant's dialect knows.
async fn resource(
    State(shared): Of,
    Path((tenant, path)): Path<(String, String)>,
    method: Method,
    uri: OriginalUri,
    Told(body): Told,
) -> Answered {
    let verb = match method {
        Method::GET => Verb::Get,
        Method::PUT => Verb::Put,
        Method::PATCH => Verb::Patch,
        Method::DELETE => Verb::Delete,
        Method::POST => Verb::Post,
        other => return Err(no_such_path(other, uri).await),
    };
    shared.order(Order::Resource { tenant, verb, path, body: Value::Object(body) }).await
}

/// `?hub=`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfHub {
    hub: Option<String>,
}

async fn devices(State(shared): Of, Asked(OfHub { hub }): Asked<OfHub>) -> Answered {
    let hub = shared.hub(hub)?;
    shared.order(Order::ListIdentities { hub }).await
}

async fn put_device(State(shared): Of, mut told: Told) -> Answered {
    let hub = shared.hub(told.text("hub")?)?;
    let identity = told.rest::<IdentitySeed>("{\"hub\", \"id\", …} as in a seed file")?;
    shared.order(Order::PutIdentity { hub, identity: Box::new(identity) }).await
}

async fn patch_device(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
    told: Told,
) -> Answered {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Change {
        enabled: bool,
    }
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    let Change { enabled } = told.rest("{\"enabled\": true or false}")?;
    shared.order(Order::SetEnabled { hub, identity, enabled }).await
}

async fn delete_device(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
) -> Answered {
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    shared.order(Order::DeleteIdentity { hub, identity }).await
}

async fn cut_connection(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
) -> Answered {
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    shared.order(Order::CutConnection { hub, identity }).await
}

async fn purge_queue(
    State(shared): Of,
    Path(device): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
) -> Answered {
    let hub = shared.hub(hub)?;
    shared.order(Order::PurgeQueue { hub, device }).await
}

async fn twin(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
) -> Answered {
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    shared.order(Order::GetTwin { hub, identity }).await
}

async fn patch_twin(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
    Told(patch): Told,
) -> Answered {
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    shared.order(Order::PatchTwin { hub, identity, patch: Value::Object(patch) }).await
}

async fn replace_twin(
    State(shared): Of,
    Path(id): Path<String>,
    Asked(OfHub { hub }): Asked<OfHub>,
    Told(twin): Told,
) -> Answered {
    let (hub, identity) = (shared.hub(hub)?, identity(&id)?);
    shared.order(Order::ReplaceTwin { hub, identity, twin: Value::Object(twin) }).await
}

async fn c2d(State(shared): Of, mut told: Told) -> Answered {
    const SHAPE: &str = "{\"hub\", \"device\", \"body\", \"properties\": {name: value or null}, \
         \"ack\": \"none\" | \"positive\" | \"negative\" | \"full\", \"messageId\", \
         \"correlationId\", \"userId\", \"contentType\", \"contentEncoding\", \"expiryTimeUtc\"}";
    let hub = shared.hub(told.text("hub")?)?;
    let device = required(&mut told, "device", SHAPE)?;
    if let Some(Value::Object(properties)) = told.0.get_mut("properties") {
        let pairs = std::mem::take(properties).into_iter();
        let pairs = pairs.map(|(name, value)| json!([name, value])).collect();
        told.0.insert("properties".to_owned(), Value::Array(pairs));
    }
    let message = told.rest::<C2dOrder>(SHAPE)?;
    shared.order(Order::SendC2d { hub, device, message }).await
}

async fn method(State(shared): Of, mut told: Told) -> Answered {
    const SHAPE: &str = "{\"hub\", \"device\", \"methodName\", \"payload\", \
         \"responseTimeoutInSeconds\": 5 to 300, \"connectTimeoutInSeconds\": 0 to 300}";
    let hub = shared.hub(told.text("hub")?)?;
    let identity = identity(&required(&mut told, "device", SHAPE)?)?;
    let call = told.rest::<MethodOrder>(SHAPE)?;
    shared.order(Order::InvokeMethod { hub, identity, call }).await
}

async fn feedback(State(shared): Of, mut told: Told) -> Answered {
    let hub = shared.hub(told.text("hub")?)?;
    shared.order(Order::TakeFeedback { hub }).await
}

/// `?device=&kind=&since=&limit=&follow=`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Selection {
    device: Option<String>,
    kind: Option<String>,
    /// Only steps with a higher number, oldest first; without it the newest ones.
    since: Option<u64>,
    #[serde(default = "thousand")]
    limit: usize,
    /// Goes on with what comes, one line each, until the client hangs up.
    #[serde(default)]
    follow: bool,
}

const fn thousand() -> usize {
    1000
}

impl Selection {
    fn takes(&self, step: &Step) -> bool {
        self.device.as_ref().is_none_or(|device| journal::is_about(step, device))
            && self.kind.as_ref().is_none_or(|kind| journal::kinds(step).contains(&kind.as_str()))
    }

    /// The steps that are there already, oldest first.
    fn past(&self, shared: &Shared) -> Vec<Step> {
        shared.mock.with_cloud(|cloud| match self.since {
            Some(since) => cloud
                .trace()
                .since(since)
                .filter(|step| self.takes(step))
                .take(self.limit)
                .cloned()
                .collect(),
            None => {
                let newest = cloud.trace().steps().rev();
                let mut newest: VecDeque<Step> =
                    newest.filter(|step| self.takes(step)).take(self.limit).cloned().collect();
                newest.make_contiguous().reverse();
                newest.into()
            }
        })
    }
}

/// A JSON array, or one object a line for `follow` and for whoever accepts `application/x-ndjson`.
async fn read_journal(
    State(shared): Of,
    headers: HeaderMap,
    Asked(selection): Asked<Selection>,
) -> Result<Response, Problem> {
    if let Some(kind) = &selection.kind {
        journal::check_kind(kind)?;
    }
    Ok(told(shared, &headers, selection, |step| vec![journal::entry(step)]))
}

/// The records of the log alone, in the shape of the service; otherwise as [`read_journal`].
async fn read_logs(
    State(shared): Of,
    headers: HeaderMap,
    Asked(mut selection): Asked<Selection>,
) -> Result<Response, Problem> {
    if selection.kind.replace("log".to_owned()).is_some() {
        return Err(Problem::bad_request("`kind` is asked of the journal, not of the logs")
            .expected("device, since, limit, follow"));
    }
    Ok(told(shared, &headers, selection, journal::records))
}

fn told(shared: Arc<Shared>, headers: &HeaderMap, selection: Selection, tell: Tell) -> Response {
    if selection.follow {
        return lines(follow(shared, selection, tell));
    }
    let entries: Vec<Value> = selection.past(&shared).iter().flat_map(tell).collect();
    let accepted = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    if accepted.is_some_and(|accept| accept.contains("ndjson")) {
        return lines(Body::from(in_lines(&entries)));
    }
    Json(entries).into_response()
}

/// What is told of a step.
type Tell = fn(&Step) -> Vec<Value>;

fn in_lines(entries: &[Value]) -> String {
    entries.iter().map(|entry| format!("{entry}\n")).collect()
}

fn lines(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/x-ndjson")], body).into_response()
}

/// What is there after `since`, and then what comes.
fn follow(shared: Arc<Shared>, selection: Selection, tell: Tell) -> Body {
    let steps = match selection.since {
        Some(since) => shared.mock.subscribe_after(since),
        None => shared.mock.subscribe(),
    };
    Body::from_stream(stream::unfold(
        (shared, selection, steps),
        move |(shared, selection, mut steps)| async move {
            loop {
                let step = tokio::select! {
                    step = steps.next() => step?,
                    () = shared.stopped() => return None,
                };
                if selection.takes(&step) {
                    let line = Bytes::from(in_lines(&tell(&step)));
                    let line = Ok::<_, std::convert::Infallible>(line);
                    return Some((line, (shared, selection, steps)));
                }
            }
        },
    ))
}

async fn expect(State(shared): Of, told: Told) -> Answered {
    let wanted = told.rest(expect::SHAPE)?;
    expect::wait(&shared, wanted).await.map(Json)
}

async fn faults(State(shared): Of) -> Answered {
    shared.order(Order::ListFaults).await
}

async fn add_fault(State(shared): Of, told: Told) -> Answered {
    const SHAPE: &str = "{\"do\": such as \"drop\", \"tenant\", \"device\", \"packet\", \"topic\", \
         \"direction\": \"to-device\" or \"from-device\", \"after\", \"times\", \"probability\", \
         \"from_s\", \"until_s\"}";
    let fault = told.rest::<Fault>(SHAPE)?;
    fault.check().map_err(|bad| Problem::bad_request(bad.to_string()).expected(SHAPE))?;
    shared.order(Order::AddFault(fault)).await
}

async fn clear_faults(State(shared): Of) -> Answered {
    shared.order(Order::ClearFaults).await
}

async fn advance(State(shared): Of, told: Told) -> Answered {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct By {
        by_s: f64,
    }
    const SHAPE: &str = "{\"by_s\": a number of seconds from 0}";
    let By { by_s } = told.rest(SHAPE)?;
    let by = Duration::try_from_secs_f64(by_s).map_err(|_| {
        Problem::bad_request(format!("time does not pass by {by_s} s")).expected(SHAPE)
    })?;
    if !shared.mock.is_held() {
        return Err(Problem::new(StatusCode::CONFLICT, "the clock runs by itself")
            .expected("a mock whose clock is held")
            .hint("start it with `skyproof up --clock held`"));
    }
    tokio::select! {
        () = shared.mock.advance(by) => {}
        () = shared.stopped() => {}
    }
    Ok(Json(json!({"now": shared.mock.now().round_trip()})))
}

async fn reset(State(shared): Of) -> Answered {
    shared.order(Order::Reset(Box::new(shared.config.seed.clone()))).await
}

async fn ca_pem(State(shared): Of) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/x-pem-file")];
    (kind, shared.config.ca_pem.clone()).into_response()
}

impl Shared {
    async fn order(&self, order: Order) -> Answered {
        let answer = tokio::select! {
            answer = self.mock.order(order) => answer?,
            () = self.stopped() => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                return Err(Problem::new(status, "the mock was stopped before the answer came"));
            }
        };
        Ok(Json(match answer {
            Value::Null => Value::Object(Map::new()),
            answer => answer,
        }))
    }

    /// The hub that a request means: the one it names, or the default one.
    fn hub(&self, named: Option<String>) -> Result<String, Problem> {
        let default = || {
            self.mock.with_cloud(|cloud| cloud.registry().default_hub().map(|hub| hub.host.clone()))
        };
        named.or_else(default).ok_or_else(|| {
            Problem::new(StatusCode::NOT_FOUND, "the mock has no hub")
                .hint("declare one in the seed file")
        })
    }
}

fn identity(id: &str) -> Result<IdentityId, Problem> {
    id.parse().map_err(|bad: cloud::identity::BadId| Problem::bad_request(bad.to_string()))
}

fn required(told: &mut Told, name: &str, shape: &str) -> Result<String, Problem> {
    told.text(name)?
        .ok_or_else(|| Problem::bad_request(format!("`{name}` is missing")).expected(shape))
}
