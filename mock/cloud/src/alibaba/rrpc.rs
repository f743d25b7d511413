//! ALI-RRPC: calls of the business server that a device answers, over ordinary topics.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use broker::Message;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::Qos;

use super::{
    Due,
    alink::Answer,
    api::{self, Call, Outcome, Reply},
    deliver,
    instance::{Instance, session_name},
    log::{self, BizCode, Why},
    open,
};
use crate::{
    cloud::Core, order::OrderId, profile::AlibabaProfile, rule::rules, ruling::Ruling, time::Time,
    timer::Timer,
};

rules! {
    SYNCHRONOUS_MODE = "ALI-RRPC-001";
    ORDINARY_TOPICS = "ALI-RRPC-002";
    THE_ANSWER_IS_THE_RESULT = "ALI-RRPC-003";
}

/// The parameters of the operation RRpc.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct RRpc {
    product_key: String,
    device_name: String,
    /// Base64.
    request_base64_byte: String,
    /// In milliseconds.
    #[serde(default, deserialize_with = "api::number")]
    timeout: Option<u64>,
    /// A topic of the caller's choice, below `/ext/rrpc/{messageId}`.
    topic: Option<String>,
}

/// Somebody who waits for a device's answer.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Waiting {
    order: OrderId,
    request_id: String,
    session: Arc<str>,
    /// Where the answer has to come.
    topic: String,
    is_service: bool,
}

/// What a device is asked.
pub(super) struct Asked<'a> {
    /// ProductKey and DeviceName.
    pub(super) whom: (&'a str, &'a str),
    pub(super) topic: Option<String>,
    pub(super) timeout_ms: u64,
    /// Whether it is a synchronous service of the thing model.
    pub(super) is_service: bool,
}

const NO_SUCH_REQUEST: Why = Why(1904, "an answer without a request", open::RRPC_LOG);
const NO_ANSWER_IN_TIME: Why = Why(1905, "no answer in time", open::RRPC_LOG);

const BAD_TIMEOUT: &str = "iot.messagebroker.InvalidTimeoutValue";

/// The operation RRpc.
pub(super) fn call(core: &mut Core, call: &Call<'_>, ruling: &mut Ruling<'_>) -> Outcome {
    let it: RRpc = call.parameters()?;
    call.knows(core, &it.product_key, &it.device_name)?;
    let payload = api::decoded("RequestBase64Byte", &it.request_base64_byte)?;
    let most = call.instance_of(core)?.profile.rrpc_timeout_ms;
    let least = AlibabaProfile::RRPC_TIMEOUT_MIN_MS;
    let timeout_ms = it.timeout.unwrap_or(most);
    let fits = (least..=most).contains(&timeout_ms);
    let why = || format!("Timeout {timeout_ms}: expected {least} to {most} ms");
    api::uphold(open::RRPC_TIME_LIMIT, fits, BAD_TIMEOUT, why, ruling)?;
    let topic = it.topic.filter(|topic| !topic.is_empty());
    let whom = (it.product_key.as_str(), it.device_name.as_str());
    let asked = Asked { whom, topic, timeout_ms, is_service: false };
    ask(core, call, &asked, |_| payload, ruling)
}

/// Asks a device, whose answer is the answer of the call.
pub(super) fn ask(
    core: &mut Core,
    call: &Call<'_>,
    asked: &Asked<'_>,
    payload: impl FnOnce(&str) -> Bytes,
    ruling: &mut Ruling<'_>,
) -> Outcome {
    let now = core.now;
    let instance = call.instance_of(core)?;
    let (product_key, device_name) = asked.whom;
    let session = session_name(product_key, device_name);
    let message_id = instance.next_message_id();
    let message_id = ruling.value(open::RRPC_MESSAGE_ID, message_id, "1".to_owned());
    let waiting = Waiting {
        order: call.order,
        request_id: call.request_id.clone(),
        session: session.clone(),
        topic: String::new(),
        is_service: asked.is_service,
    };
    if ruling.grant(SYNCHRONOUS_MODE).is_err() {
        unanswered(&waiting, &message_id, "UNKNOWN", ruling);
        return Ok(Reply::Later);
    }
    if let Some(code) = away(instance, asked.whom, &session, now) {
        let code = ruling.value(open::RRPC_CODES, code, "UNKNOWN");
        unanswered(&waiting, &message_id, code, ruling);
        return Ok(Reply::Later);
    }
    let (request, response, because) = match &asked.topic {
        Some(topic) if !is_served_elsewhere(instance, &session, asked, ruling) => {
            let slash = if topic.starts_with('/') { "" } else { "/" };
            let topic = format!("/ext/rrpc/{message_id}{slash}{topic}");
            let is_service = asked.is_service;
            let rule =
                if is_service { open::SYNCHRONOUS_SERVICES } else { open::RRPC_CUSTOM_TOPICS };
            (topic.clone(), topic, rule)
        }
        _ => {
            let topic =
                |what: &str| format!("/sys/{product_key}/{device_name}/rrpc/{what}/{message_id}");
            (topic("request"), topic("response"), open::RRPC_SYSTEM_TOPICS)
        }
    };
    let qos = ruling.value(open::RRPC_QOS, Qos::AtMostOnce, Qos::AtLeastOnce);
    let message = Message::new(&request, payload(&message_id)).at(qos);
    let is_taken = takes(instance, &session, asked, &message, ruling);
    let timeout_ms = ruling.value(open::RRPC_TIME_LIMIT, asked.timeout_ms, 0);
    let due = Due::Answer { message_id: message_id.clone() };
    instance.waiting.insert(message_id, Waiting { topic: response, ..waiting });
    let name = call.instance.into();
    core.timers.set(now.plus_ms(timeout_ms), Timer::Alibaba { instance: name, due });
    if is_taken {
        deliver::push(core, call.instance, asked.whom, message, because, ruling);
    }
    Ok(Reply::Later)
}

/// Why a device cannot be asked, in the vendor's terms.
fn away(
    instance: &Instance,
    (product_key, device_name): (&str, &str),
    session: &str,
    now: Time,
) -> Option<&'static str> {
    if instance.live.contains_key(session) {
        return None;
    }
    let device = instance.device(product_key, device_name);
    let given_up_at = device.and_then(|it| it.given_up_at);
    Some(if given_up_at.is_some_and(|at| now < at) { "HALFCONN" } else { "OFFLINE" })
}

/// Whether a synchronous service is called on RRPC's own topics: of a device that has subscribed to them and
/// announces none of the extended ones.
fn is_served_elsewhere(
    instance: &Instance,
    session: &Arc<str>,
    asked: &Asked<'_>,
    ruling: &mut Ruling<'_>,
) -> bool {
    let (product_key, device_name) = asked.whom;
    let own =
        Message::new(&format!("/sys/{product_key}/{device_name}/rrpc/request/0"), Bytes::new());
    let is_elsewhere = asked.is_service
        && has_subscribed(instance, session, &own)
        && !announces_topics(instance, session);
    is_elsewhere && ruling.value(open::SYNCHRONOUS_SERVICES, is_elsewhere, false)
}

/// Bit 0 of `ext` in the client identifier.
fn announces_topics(instance: &Instance, session: &Arc<str>) -> bool {
    instance.live.get(session).is_some_and(|link| link.extensions & 1 == 1)
}

fn has_subscribed(instance: &Instance, session: &Arc<str>, message: &Message) -> bool {
    let targets = instance.broker.targets(message, broker::Copies::One);
    targets.iter().any(|target| target.session == *session)
}

/// Whether a device gets a request.
fn takes(
    instance: &Instance,
    session: &Arc<str>,
    asked: &Asked<'_>,
    message: &Message,
    ruling: &mut Ruling<'_>,
) -> bool {
    if asked.topic.is_some() && !asked.is_service {
        let can = announces_topics(instance, session);
        return ruling.uphold(open::RRPC_CUSTOM_TOPICS, can).is_ok();
    }
    let needs = instance.profile.rrpc_needs_subscription;
    let needs = ruling.value(open::RRPC_SUBSCRIPTION, needs, !needs);
    !needs || has_subscribed(instance, session, message)
}

/// A device has published where answers come: whoever waits for it gets it.
pub(super) fn answered(
    core: &mut Core,
    instance: &str,
    session: &Arc<str>,
    message_id: &str,
    message: &Message,
    ruling: &mut Ruling<'_>,
) {
    let Some(it) = core.registry.instances.get_mut(instance) else { return };
    let takes_qos_1 = it.profile.rrpc_takes_qos_1;
    let takes_qos_1 = ruling.value(open::RRPC_QOS, takes_qos_1, !takes_qos_1);
    if message.qos == Qos::AtLeastOnce && !takes_qos_1 {
        return;
    }
    let is_it = |waiting: &&Waiting| waiting.session == *session && waiting.topic == *message.topic;
    let is_awaited = it.waiting.get(message_id).filter(is_it).is_some();
    if !is_awaited {
        let what = (BizCode::Uplink, &*message.topic);
        return log::failed(core, instance, session, what, NO_SUCH_REQUEST, ruling);
    }
    if ruling.grant(ORDINARY_TOPICS).is_err() {
        return;
    }
    let Some(it) = core.registry.instances.get_mut(instance) else { return };
    let Some(waiting) = it.waiting.remove(message_id) else { return };
    let payload = ruling.value(THE_ANSWER_IS_THE_RESULT, message.payload.clone(), Bytes::new());
    let members = if waiting.is_service {
        let data = Answer::parse(&payload).map(|answer| answer.data).unwrap_or(Value::Null);
        json!({"Data": {"MessageId": message_id, "Result": data.to_string()}})
    } else {
        json!({
            "RrpcCode": "SUCCESS",
            "MessageId": message_id.parse::<u64>().ok(),
            "PayloadBase64Byte": STANDARD.encode(&payload),
        })
    };
    let answer = api::success(&waiting.request_id, members);
    ruling.answer(waiting.order, answer, THE_ANSWER_IS_THE_RESULT);
}

/// Nobody has answered in time.
pub(super) fn overdue(core: &mut Core, instance: &str, message_id: &str, ruling: &mut Ruling<'_>) {
    let Some(it) = core.registry.instances.get_mut(instance) else { return };
    let Some(waiting) = it.waiting.remove(message_id) else { return };
    let code = ruling.value(open::RRPC_CODES, "TIMEOUT", "UNKNOWN");
    let what = (BizCode::Downlink, waiting.topic.as_str());
    log::failed(core, instance, &waiting.session, what, NO_ANSWER_IN_TIME, ruling);
    unanswered(&waiting, message_id, code, ruling);
}

/// What a call comes to that no device answers. Of a service that is a failure.
fn unanswered(waiting: &Waiting, message_id: &str, code: &'static str, ruling: &mut Ruling<'_>) {
    let answer = if waiting.is_service {
        let why = format!("the device has not answered: {code}");
        api::failure(&waiting.request_id, &format!("iot.messagebroker.{code}"), &why)
    } else {
        let message_id: Value = message_id.parse::<u64>().map_or(Value::Null, Value::from);
        api::success(&waiting.request_id, json!({"RrpcCode": code, "MessageId": message_id}))
    };
    ruling.answer(waiting.order, answer, open::RRPC_CODES);
}

/// Whoever waits for a device gets an answer, since the platform forgets everything.
pub(crate) fn give_up_calls(core: &mut Core, ruling: &mut Ruling<'_>) {
    let instances = core.registry.instances.iter();
    let waiting: Vec<(String, String)> = instances
        .flat_map(|(id, it)| it.waiting.keys().map(|message_id| (id.clone(), message_id.clone())))
        .collect();
    for (instance, message_id) in waiting {
        overdue(core, &instance, &message_id, ruling);
    }
}
