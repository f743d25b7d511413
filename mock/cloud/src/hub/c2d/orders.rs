//! What the service side asks of cloud-to-device messaging: send, purge, read the feedback.

use serde_json::{Value, json};

use super::{
    super::{limit, open, throttle, tier},
    NO_ANSWER_BY_DELIVERY, deliver, empty, queue_of, with_session,
};
use crate::{
    cloud::Core,
    error_code::{
        ARGUMENT_INVALID, DEVICE_MAXIMUM_QUEUE_DEPTH_EXCEEDED, INVALID_MESSAGE_EXPIRY_TIME,
        MESSAGE_TOO_LARGE,
    },
    feedback,
    identity::IdentityId,
    order::{C2dOrder, OrderId, ServiceError},
    queue::{self, Message, State},
    rule::Rule,
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

/// Body and properties together: 64 KB.
const MESSAGE_BYTES: usize = 65_536;

/// An order that is not carried out: why, and what the service side hears.
struct Refused {
    because: Rule,
    error: ServiceError,
}

/// A message that may go into a queue.
struct Accepted {
    target: IdentityId,
    /// As the sender named it; the hub's lifetime counts otherwise.
    expires_at: Option<Time>,
}

/// An order of the service side: puts a message into a device's queue.
pub(crate) fn send(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    device: &str,
    message: &C2dOrder,
    ruling: &mut Ruling<'_>,
) {
    let Accepted { target, expires_at } = match judge(core, hub, device, message, ruling) {
        Ok(accepted) => accepted,
        Err(Refused { because, error }) => return ruling.answer(order, Err(error), because),
    };
    let Some((id, number)) = put(core, hub, &target, message, expires_at) else { return };
    answer_receipt(order, &id, number, &message.body, ruling);
    deliver_to(core, hub, &target, ruling);
    if ruling.value(limit::ONE_SEND_ONE_DEVICE, false, true) {
        for other in other_devices(core, hub, &target) {
            put(core, hub, &other, message, expires_at);
            deliver_to(core, hub, &other, ruling);
        }
    }
}

/// An order of the service side: empties a device's queue.
pub(crate) fn purge(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    device: &str,
    ruling: &mut Ruling<'_>,
) {
    match find(core, hub, device) {
        Ok(target) => {
            let count = empty(core, hub, &target, ruling);
            let answer = json!({ "totalMessagesPurged": count, "deviceId": device });
            ruling.answer(order, Ok(answer), open::QUEUE_HOLDS_50);
        }
        Err(error) => ruling.answer(order, Err(error), open::C2D_TARGETS_AND_SIZE),
    }
}

/// An order of the service side: takes the oldest records off the feedback, one batch at a time.
pub(crate) fn take_feedback(core: &mut Core, order: OrderId, hub: &str, ruling: &mut Ruling<'_>) {
    let Some(found) = core.registry.hub_mut(hub) else {
        let error = ServiceError::no_hub(hub, &core.registry);
        return ruling.answer(order, Err(error), open::C2D_TARGETS_AND_SIZE);
    };
    let size = found.feedback.len().min(feedback::BATCH);
    let batch: Vec<Value> = found.feedback.drain(..size).map(|record| json!(record)).collect();
    let (batch, because) = ruling.value(
        open::FEEDBACK,
        (batch, open::FEEDBACK),
        (Vec::new(), open::C2D_TARGETS_AND_SIZE),
    );
    ruling.answer(order, Ok(Value::Array(batch)), because);
}

/// Puts a message into a queue and starts its lifetime; its message id and its sequence number.
pub(super) fn put(
    core: &mut Core,
    host: &str,
    target: &IdentityId,
    order: &C2dOrder,
    expires_at: Option<Time>,
) -> Option<(String, u64)> {
    let now = core.now;
    let expires_at = expires_at.unwrap_or_else(|| now.plus_s(core.profile(host).c2d_ttl_s));
    let message_id = order.message_id.clone().unwrap_or_else(|| core.chance.guid());
    let message = Message {
        sequence_number: 0,
        message_id: message_id.clone(),
        message_id_is_generated: order.message_id.is_none(),
        correlation_id: order.correlation_id.clone(),
        user_id: order.user_id.clone(),
        content_type: order.content_type.clone(),
        content_encoding: order.content_encoding.clone(),
        expiry_as_given: order.expiry_time_utc.clone(),
        expires_at,
        enqueued_at: now,
        ack: order.ack,
        properties: order.properties.clone(),
        body: order.body.clone().into(),
        state: State::Enqueued,
        delivery_count: 0,
        packet_id: None,
    };
    let sequence_number = queue_of(core, host, target)?.put(message);
    let (hub, device) = (host.to_owned(), target.device.clone());
    core.timers.set(expires_at, Timer::C2dExpiry { hub, device, sequence_number });
    Some((message_id, sequence_number))
}

/// Delivers to a device what it may have, if it is there.
pub(super) fn deliver_to(
    core: &mut Core,
    host: &str,
    target: &IdentityId,
    ruling: &mut Ruling<'_>,
) {
    with_session(core, host, target, |core, session| deliver(core, session, ruling));
}

/// Judges a send as far as the service's own list of errors goes.
fn judge(
    core: &mut Core,
    host: &str,
    device: &str,
    message: &C2dOrder,
    ruling: &mut Ruling<'_>,
) -> Result<Accepted, Refused> {
    uphold(ruling, tier::NO_C2D_ON_BASIC, !core.is_basic(host), tier::refusal)?;
    let target = find(core, host, device)
        .map_err(|error| Refused { because: open::C2D_TARGETS_AND_SIZE, error })?;
    uphold(ruling, open::C2D_TARGETS_AND_SIZE, target.module.is_none(), || {
        let message = format!("`{device}` is a module: only devices get cloud-to-device messages");
        ServiceError::new(ARGUMENT_INVALID, message)
    })?;
    let size = size_bytes(message);
    uphold(ruling, open::C2D_TARGETS_AND_SIZE, size <= MESSAGE_BYTES, || {
        let message = format!("{size} bytes with properties; {MESSAGE_BYTES} are allowed");
        ServiceError::new(MESSAGE_TOO_LARGE, message)
    })?;
    let expires_at = judge_expiry(core.now, message.expiry_time_utc.as_deref(), ruling)?;
    let has_room = core
        .registry
        .hub(host)
        .and_then(|hub| hub.identities.get(&target))
        .is_some_and(|identity| identity.queue.has_room());
    uphold(ruling, open::QUEUE_HOLDS_50, has_room, || {
        let message = format!("the queue of `{device}` holds {} messages already", queue::DEPTH);
        ServiceError::new(DEVICE_MAXIMUM_QUEUE_DEPTH_EXCEEDED, message)
    })?;
    throttle::c2d(core, host, size, ruling)
        .map_err(|(because, error)| Refused { because, error })?;
    Ok(Accepted { target, expires_at })
}

/// An expiry has to be a date that is still to come.
fn judge_expiry(
    now: Time,
    given: Option<&str>,
    ruling: &mut Ruling<'_>,
) -> Result<Option<Time>, Refused> {
    let Some(text) = given else { return Ok(None) };
    let expires_at = Time::parse(text);
    uphold(ruling, open::C2D_EXPIRES, expires_at.is_some(), || {
        let message =
            format!("`{text}` is no expiry: expected a date such as 2026-11-20T14:22:24Z");
        ServiceError::new(ARGUMENT_INVALID, message)
    })?;
    let is_to_come = expires_at.is_none_or(|at| at > now);
    uphold(ruling, open::C2D_EXPIRES, is_to_come, || {
        let message = format!("the expiry {text} is past: it is {now}");
        ServiceError::new(INVALID_MESSAGE_EXPIRY_TIME, message)
    })?;
    Ok(expires_at)
}

fn uphold(
    ruling: &mut Ruling<'_>,
    rule: Rule,
    holds: bool,
    error: impl FnOnce() -> ServiceError,
) -> Result<(), Refused> {
    ruling.uphold(rule, holds).map_err(|Broken(because)| Refused { because, error: error() })
}

/// The send is answered when the message is in the queue, and with nothing that a device said.
fn answer_receipt(order: OrderId, id: &str, number: u64, body: &str, ruling: &mut Ruling<'_>) {
    let receipt = json!({ "messageId": id, "sequenceNumber": number });
    let as_of_a_method = json!({ "status": 200, "payload": body });
    let (answer, because) = ruling.value(
        NO_ANSWER_BY_DELIVERY,
        (receipt, NO_ANSWER_BY_DELIVERY),
        (as_of_a_method, open::C2D_TARGETS_AND_SIZE),
    );
    ruling.answer(order, Ok(answer), because);
}

/// The identity of this name; also a module, which has a name and no queue of its own.
fn find(core: &Core, host: &str, name: &str) -> Result<IdentityId, ServiceError> {
    let Some(hub) = core.registry.hub(host) else {
        return Err(ServiceError::no_hub(host, &core.registry));
    };
    let id = name.parse().unwrap_or_else(|_| IdentityId::device(name));
    if hub.identities.contains_key(&id) { Ok(id) } else { Err(ServiceError::no_identity(&id)) }
}

fn other_devices(core: &Core, host: &str, target: &IdentityId) -> Vec<IdentityId> {
    let identities = core.registry.hub(host).map(|hub| hub.identities.keys());
    let others = identities.into_iter().flatten();
    others.filter(|id| id.module.is_none() && *id != target).cloned().collect()
}

/// Bytes that count: the body, the values of system properties, application properties whole.
fn size_bytes(message: &C2dOrder) -> usize {
    let system = [
        &message.message_id,
        &message.correlation_id,
        &message.user_id,
        &message.content_type,
        &message.content_encoding,
        &message.expiry_time_utc,
    ];
    let system: usize = system.into_iter().flatten().map(String::len).sum();
    let application: usize = message
        .properties
        .iter()
        .map(|(name, value)| name.len() + value.as_deref().map_or(0, str::len))
        .sum();
    message.body.len() + system + application
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn body_and_properties_count() {
        let some = |text: &str| Some(text.to_owned());
        let empty = C2dOrder::default;
        for (message, size) in [
            (empty(), 0),
            (C2dOrder { body: "é".to_owned(), ..empty() }, 2),
            (C2dOrder { message_id: some("abc"), correlation_id: some("d"), ..empty() }, 4),
            (C2dOrder { properties: vec![("ab".to_owned(), some("c"))], ..empty() }, 3),
            (C2dOrder { properties: vec![("ab".to_owned(), None)], ..empty() }, 2),
        ] {
            assert_eq!(size_bytes(&message), size, "{message:?}");
        }
    }
}
