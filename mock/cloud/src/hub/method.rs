//! HUB-METHOD: direct methods as the device meets them; the service side is method_service.rs.

use bytes::Bytes;
use serde_json::{Value, json};
use wire::Publish;

use super::{Session, open, topic::query_value, twin_answer::send_at_qos_0};
use crate::{
    cloud::Core,
    error_code::{
        DEVICE_MAXIMUM_INFLIGHT_METHOD_EXCEEDED, DEVICE_NOT_ONLINE, GATEWAY_TIMEOUT,
        GENERIC_BAD_GATEWAY,
    },
    identity::IdentityId,
    order::{MethodOrder, OrderId, ServiceError},
    profile::InvalidMethodResponse,
    rule::rules,
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

pub(crate) use super::method_service::invoke;

rules! {
    SUBSCRIBED_TO_TAKE_CALLS = "HUB-METHOD-001";
    CALL_TOPIC = "HUB-METHOD-002";
    CALL_IS_JSON_OR_EMPTY = "HUB-METHOD-003";
    RESPONSE_TOPIC = "HUB-METHOD-004";
    RESPONSE_IS_JSON_OR_EMPTY = "HUB-METHOD-005";
    RESPONSE_HAS_THE_RID = "HUB-METHOD-006";
    STATUS_IS_A_NUMBER = "HUB-METHOD-007";
}

/// 128 KB.
pub(super) const PAYLOAD_BYTES: usize = 131_072;

/// A call that no live connection holds.
#[derive(Clone, Debug)]
pub(crate) struct WaitingCall {
    pub(crate) order: OrderId,
    wait: Wait,
}

#[derive(Clone, Debug)]
enum Wait {
    /// For its device to connect and subscribe.
    ForDevice { hub: String, id: IdentityId, call: MethodOrder },
    /// For nothing: it was sent on a connection that is gone, and is not sent again.
    InVain { deadline: Time },
}

/// A call that was sent to the device of a session.
#[derive(Clone, Debug)]
pub(super) struct PendingCall {
    order: OrderId,
    deadline: Time,
}

/// Lets a call wait for its device.
pub(super) fn wait(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    call: &MethodOrder,
) {
    let wait = Wait::ForDevice { hub: hub.to_owned(), id: id.clone(), call: call.clone() };
    core.waiting_calls.push(WaitingCall { order, wait });
    let deadline = core.now.plus_s(call.connect_timeout_in_seconds);
    core.timers.set(deadline, Timer::MethodConnect(order));
}

/// The session has a new subscription: calls that waited for it go out.
pub(super) fn subscribed(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    if core.waiting_calls.is_empty() {
        return;
    }
    for waiting in std::mem::take(&mut core.waiting_calls) {
        match &waiting.wait {
            Wait::ForDevice { hub, id, call }
                if hub.eq_ignore_ascii_case(&session.host)
                    && *id == session.id
                    && takes(session, &call.method_name, ruling) =>
            {
                deliver(core, session, waiting.order, call, ruling);
            }
            _ => core.waiting_calls.push(waiting),
        }
    }
}

/// A publish that is nearly a response: tells the device what it got wrong.
pub(super) fn note_stray(topic: &str, ruling: &mut Ruling<'_>) {
    if topic.starts_with("$iothub/methods/") {
        ruling.note(RESPONSE_TOPIC, false);
    }
}

/// `$iothub/methods/res/{status}/?…`: a response that is late, that nobody waits for, or whose
/// status is no number goes nowhere.
pub(super) fn response(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    status: &str,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let rid = query_value(query, "$rid").unwrap_or_default();
    let is_pending = session.calls.contains_key(rid);
    let number = status.parse::<i32>().ok();
    let payload = parse(&publish.payload);
    ruling.note(RESPONSE_TOPIC, query.starts_with("$rid="));
    ruling.note(STATUS_IS_A_NUMBER, number.is_some());
    ruling.note(RESPONSE_IS_JSON_OR_EMPTY, payload.is_some());
    // Late answers had the right rid; before the first call it may be an earlier connection's.
    if is_pending || (session.last_method_rid > 0 && !was_called(session, rid)) {
        ruling.note(RESPONSE_HAS_THE_RID, is_pending);
    }
    ruling.grant(open::METHOD_RID)?;

    let Some(number) = number else { return Ok(()) };
    let Some(PendingCall { order, .. }) = session.calls.remove(rid) else { return Ok(()) };
    let fits = publish.payload.len() <= PAYLOAD_BYTES;
    if let Err(Broken(because)) = ruling.uphold(open::METHOD_LIMITS, fits) {
        ruling.answer(order, Err(bad_gateway("The response is larger than 128 KB.")), because);
        return Ok(());
    }
    if let Some(payload) = payload {
        let answer = json!({"status": number, "payload": payload});
        ruling.answer(order, Ok(answer), open::METHOD_CALL);
        return Ok(());
    }
    let because = open::METHOD_RESPONSE_IS_NO_JSON;
    let error = bad_gateway("The response is not JSON.");
    match core.profile(&session.host).invalid_method_response {
        InvalidMethodResponse::PassThrough => {
            let text = String::from_utf8_lossy(&publish.payload);
            let answer = json!({"status": number, "payload": text});
            ruling.answer(order, Ok(answer), because);
            Ok(())
        }
        InvalidMethodResponse::BadGateway => {
            ruling.answer(order, Err(error), because);
            Ok(())
        }
        InvalidMethodResponse::Close => {
            ruling.answer(order, Err(error), because);
            ruling.uphold(because, false)
        }
    }
}

/// The device did not answer in time.
pub(super) fn answer_overdue(
    _core: &mut Core,
    session: &mut Session,
    rid: &str,
    ruling: &mut Ruling<'_>,
) {
    if let Some(call) = session.calls.remove(rid) {
        timed_out(call.order, ruling);
    }
}

/// The device did not come online in time, or the connection that had the call is long gone.
pub(crate) fn connect_overdue(core: &mut Core, order: OrderId, ruling: &mut Ruling<'_>) {
    let due = |waiting: &WaitingCall| match waiting.wait {
        Wait::ForDevice { .. } => true,
        // The timer may be an earlier one, of when it waited for its device.
        Wait::InVain { deadline } => deadline <= core.now,
    };
    let Some(at) =
        core.waiting_calls.iter().position(|waiting| waiting.order == order && due(waiting))
    else {
        return;
    };
    match core.waiting_calls.remove(at).wait {
        Wait::ForDevice { .. } => not_online(order, ruling),
        Wait::InVain { .. } => timed_out(order, ruling),
    }
}

/// The connection ended: the service goes on waiting for its calls, which are not sent again.
pub(super) fn abandon(core: &mut Core, session: &mut Session, _ruling: &mut Ruling<'_>) {
    for PendingCall { order, deadline } in std::mem::take(&mut session.calls).into_values() {
        core.waiting_calls.push(WaitingCall { order, wait: Wait::InVain { deadline } });
        core.timers.set(deadline, Timer::MethodConnect(order));
    }
}

/// Sends a call and begins to wait for the response.
pub(super) fn deliver(
    core: &mut Core,
    session: &mut Session,
    order: OrderId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) {
    ruling.note(SUBSCRIBED_TO_TAKE_CALLS, true);
    let most = core.profile(&session.host).methods_in_flight;
    if most > 0 && session.calls.len() >= most {
        let text = format!("{most} calls of the device wait for their answer already.");
        let error = ServiceError::new(DEVICE_MAXIMUM_INFLIGHT_METHOD_EXCEEDED, text);
        return ruling.answer(order, Err(error), open::METHOD_ERRORS);
    }
    session.last_method_rid += 1;
    let rid = format!("{:x}", session.last_method_rid);
    let rid = ruling.value(open::METHOD_RID, rid.clone(), format!("call-{rid}"));
    let deadline = core.now.plus_s(call.response_timeout_in_seconds);
    core.timers.set(deadline, Timer::MethodAnswer { conn: session.conn, rid: rid.clone() });
    let topic = format!("$iothub/methods/POST/{}/?$rid={rid}", call.method_name);
    let payload = ruling.value(CALL_IS_JSON_OR_EMPTY, body(call), Bytes::from_static(b"{"));
    send_at_qos_0(session, topic, payload, CALL_TOPIC, ruling);
    session.calls.insert(rid, PendingCall { order, deadline });
}

/// Whether a session has subscribed to calls of this name, and may have calls at all.
pub(super) fn takes(session: &Session, name: &str, ruling: &mut Ruling<'_>) -> bool {
    session.subscriptions.keys().any(|filter| is_filter_of(filter, name))
        && (session.has_api_version || ruling.uphold(open::NO_API_VERSION_NO_TWIN, false).is_ok())
}

fn is_filter_of(filter: &str, name: &str) -> bool {
    filter
        .strip_prefix("$iothub/methods/POST/")
        .is_some_and(|rest| rest == "#" || rest.strip_suffix("/#") == Some(name))
}

/// The payload as it is sent.
pub(super) fn body(call: &MethodOrder) -> Bytes {
    call.payload.as_ref().map(Value::to_string).unwrap_or_default().into()
}

/// The value of a response body, null when it is empty; nothing when it is no JSON.
fn parse(body: &[u8]) -> Option<Value> {
    if body.is_empty() { Some(Value::Null) } else { serde_json::from_slice(body).ok() }
}

/// Whether a call of this connection had this rid.
fn was_called(session: &Session, rid: &str) -> bool {
    u64::from_str_radix(rid, 16).is_ok_and(|n| (1..=session.last_method_rid).contains(&n))
}

fn bad_gateway(text: &str) -> ServiceError {
    ServiceError::new(GENERIC_BAD_GATEWAY, text)
}

pub(super) fn not_online(order: OrderId, ruling: &mut Ruling<'_>) {
    let error = ServiceError::new(DEVICE_NOT_ONLINE, "Timed out waiting for device to connect.");
    ruling.answer(order, Err(error), open::METHOD_ERRORS);
}

fn timed_out(order: OrderId, ruling: &mut Ruling<'_>) {
    let text = "Timed out waiting for the response from device.";
    let error = ServiceError::new(GATEWAY_TIMEOUT, text);
    ruling.answer(order, Err(error), open::METHOD_ERRORS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_for_all_methods_or_for_one() {
        for (filter, name, expected) in [
            ("$iothub/methods/POST/#", "reboot", true),
            ("$iothub/methods/POST/reboot/#", "reboot", true),
            ("$iothub/methods/POST/reboot/#", "Reboot", false),
            ("$iothub/methods/POST/reboot/#", "rebootx", false),
            ("$iothub/twin/res/#", "reboot", false),
        ] {
            assert_eq!(is_filter_of(filter, name), expected, "{filter} {name}");
        }
    }

    #[test]
    fn a_response_is_json_or_empty() {
        for (body, expected) in [
            ("", Some(Value::Null)),
            ("null", Some(Value::Null)),
            ("{\"a\":1}", Some(json!({"a": 1}))),
            ("\"x\"", Some(json!("x"))),
            ("okay", None),
            ("{", None),
            (" ", None),
        ] {
            assert_eq!(parse(body.as_bytes()), expected, "{body}");
        }
    }
}
