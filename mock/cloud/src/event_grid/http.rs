//! EG-HTTP: what a namespace does for those who speak no MQTT: publishes for them, and shows what it has
//! retained.

mod bearer;
mod parameters;
mod publish;
mod retained;

use std::sync::Arc;

use super::{Namespace, end::Ending, open};
use crate::{
    cloud::Core,
    http::{self, HttpRequest, HttpResponse, RequestId},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
};

rules! {
    REACHES_SUBSCRIBERS = "EG-HTTP-001";
    NEEDS_NO_SESSION = "EG-HTTP-002";
    IS_A_PREVIEW = "EG-HTTP-003";
}

const BAD_REQUEST: u16 = 400;
const UNAUTHORIZED: u16 = 401;
const FORBIDDEN: u16 = 403;
const NOT_FOUND: u16 = 404;
const METHOD_NOT_ALLOWED: u16 = 405;
const TOO_MANY_REQUESTS: u16 = 429;

/// Why a request is turned away.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Refused {
    status: u16,
    /// In plain words, with a hint.
    why: String,
}

impl Refused {
    fn new(status: u16, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }

    /// The rule must hold, or the request is turned away.
    fn unless(
        holds: bool,
        rule: Rule,
        status: u16,
        why: impl FnOnce() -> String,
        ruling: &mut Ruling<'_>,
    ) -> Result<(), Self> {
        ruling.uphold(rule, holds).map_err(|Broken(_)| Self::new(status, why()))
    }
}

/// A request to the host of a namespace that speaks MQTT.
pub(super) fn requested(
    core: &mut Core,
    id: RequestId,
    request: &HttpRequest,
    ruling: &mut Ruling<'_>,
) {
    let host: Arc<str> = request.sni.as_deref().unwrap_or_default().into();
    if !core.namespace(&host).is_some_and(Namespace::is_enabled) {
        return http::nobody_takes(id, request, ruling);
    }
    let (answered, because) = match request.path() {
        publish::PATH => (publish::publish(core, &host, request, ruling), open::HTTP_PUBLISH),
        retained::ONE => (retained::one(core, &host, request, ruling), open::HTTP_RETAINED),
        retained::ALL => (retained::all(core, &host, request, ruling), open::HTTP_RETAINED),
        _ => return http::nobody_takes(id, request, ruling),
    };
    match answered {
        Ok(response) => ruling.respond(id, response, because),
        Err(_) if ruling.uphold(because, false).is_ok() => {
            ruling.respond(id, HttpResponse { status: 200, ..Default::default() }, because);
        }
        Err(Refused { status, why }) => {
            let status = ruling.value(open::HTTP_ANSWERS, status, 500);
            let response = HttpResponse::text(status, &format!("{why}\n"));
            ruling.explain(why);
            ruling.respond(id, response, open::HTTP_ANSWERS);
        }
    }
}

/// The request has to be one of this method.
fn judge_method(request: &HttpRequest, method: &str) -> Result<(), Refused> {
    if request.method == method {
        return Ok(());
    }
    let (path, found) = (request.path(), &request.method);
    Err(Refused::new(METHOD_NOT_ALLOWED, format!("{path} is there for {method}, not for {found}")))
}

/// What an MQTT 5 client would be told, as a status.
fn status_of(ending: &Ending) -> u16 {
    use super::end::{NOT_AUTHORIZED, QUOTA_EXCEEDED, TOPIC_NAME_INVALID};
    match ending.reason {
        NOT_AUTHORIZED | TOPIC_NAME_INVALID => FORBIDDEN,
        QUOTA_EXCEEDED if ending.because != open::PROPERTY_SIZES => TOO_MANY_REQUESTS,
        _ => BAD_REQUEST,
    }
}
