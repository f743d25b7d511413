//! HUB-METHOD: direct methods, from the service's order to its answer.

use bytes::Bytes;
use serde_json::{Value, json};
use wire::Publish;

use super::{Session, open, tier, topic::query_value, twin_answer::send_at_qos_0};
use crate::{
    cloud::Core,
    dialect::State,
    identity::IdentityId,
    log::Code,
    order::{ARGUMENT_INVALID, DEVICE_NOT_ONLINE, MethodOrder, OrderId, ServiceError},
    profile::InvalidMethodResponse,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    time::Time,
    timer::Timer,
};

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
const PAYLOAD_BYTES: usize = 131_072;
const DEVICE_TIMEOUT: Code = Code(504_101, "DeviceTimeout");
const BAD_GATEWAY: Code = Code(502_000, "GenericBadGateway");

/// A call that no live connection holds.
#[derive(Clone, Debug)]
pub(crate) struct WaitingCall {
    order: OrderId,
    wait: Wait,
}

#[derive(Clone, Debug)]
enum Wait {
    /// For its device to connect and subscribe.
    ForDevice { hub: String, id: IdentityId, call: MethodOrder },
    /// For nothing: it was sent on a connection that is gone, and is not sent again.
    InVain,
}

/// A call that was sent to the device of a session.
#[derive(Clone, Debug)]
pub(super) struct PendingCall {
    order: OrderId,
    deadline: Time,
}

/// An order of the service side: calls a method. Judged by tier, limits and identity; then it goes
/// out, waits for its device, or fails.
pub(crate) fn invoke(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) {
    if let Err((error, because)) = admit(core, hub, id, call, ruling) {
        return ruling.answer(order, Err(error), because);
    }
    let conn = core.identity_mut(hub, id).and_then(|identity| identity.conn);
    if let Some(conn) = conn
        && let State::Hub(mut session) = core.take(conn)
    {
        let is_taken = takes(&session, &call.method_name, ruling);
        if is_taken {
            deliver(core, &mut session, order, call, ruling);
        } else if call.connect_timeout_in_seconds == 0 {
            ruling.note(SUBSCRIBED_TO_TAKE_CALLS, false);
        }
        core.give_back(conn, State::Hub(session));
        if is_taken {
            return;
        }
    }
    let timeout_s = call.connect_timeout_in_seconds;
    if ruling.value(open::METHOD_TIMEOUTS, timeout_s, 0) == 0 {
        return not_online(order, ruling);
    }
    let wait = Wait::ForDevice { hub: hub.to_owned(), id: id.clone(), call: call.clone() };
    core.waiting_calls.push(WaitingCall { order, wait });
    core.timers.set(core.now.plus_s(timeout_s), Timer::MethodConnect(order));
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

/// `$iothub/methods/res/{status}/?…`: a response that is late, that nobody waits for, or whose status
/// is no number goes nowhere.
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
        ruling.answer(order, Ok(answer), open::METHOD_TIMEOUTS);
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
    let Some(at) = core.waiting_calls.iter().position(|waiting| waiting.order == order) else {
        return;
    };
    match core.waiting_calls.remove(at).wait {
        Wait::ForDevice { .. } => not_online(order, ruling),
        Wait::InVain => timed_out(order, ruling),
    }
}

/// The connection ended: the service goes on waiting for its calls, and no other connection gets them.
pub(super) fn abandon(core: &mut Core, session: &mut Session, _ruling: &mut Ruling<'_>) {
    for PendingCall { order, deadline } in std::mem::take(&mut session.calls).into_values() {
        core.waiting_calls.push(WaitingCall { order, wait: Wait::InVain });
        core.timers.set(deadline, Timer::MethodConnect(order));
    }
}

fn admit(
    core: &Core,
    hub: &str,
    id: &IdentityId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) -> Result<(), (ServiceError, Rule)> {
    if core.is_basic(hub)
        && let Err(Broken(because)) = ruling.uphold(tier::NO_METHODS_ON_BASIC, false)
    {
        return Err((tier::refusal(), because));
    }
    let invalid = |text: &str| {
        let error = ServiceError::new(ARGUMENT_INVALID, text);
        move |Broken(because)| (error, because)
    };
    ruling
        .uphold(open::METHOD_LIMITS, is_legal_name(&call.method_name))
        .map_err(invalid("The method name is not 1 to 100 printable characters."))?;
    ruling
        .uphold(open::METHOD_LIMITS, body(call).len() <= PAYLOAD_BYTES)
        .map_err(invalid("The payload is larger than 128 KB."))?;
    ruling
        .uphold(open::METHOD_TIMEOUTS, (5..=300).contains(&call.response_timeout_in_seconds))
        .map_err(invalid("responseTimeoutInSeconds is not 5 to 300."))?;
    ruling
        .uphold(open::METHOD_TIMEOUTS, call.connect_timeout_in_seconds <= 300)
        .map_err(invalid("connectTimeoutInSeconds is not 0 to 300."))?;
    match core.missing(hub, id) {
        Some(error) => Err((error, open::METHOD_ERRORS)),
        None => Ok(()),
    }
}

/// Sends a call and begins to wait for the response.
fn deliver(
    core: &mut Core,
    session: &mut Session,
    order: OrderId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) {
    ruling.note(SUBSCRIBED_TO_TAKE_CALLS, true);
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
fn takes(session: &Session, name: &str, ruling: &mut Ruling<'_>) -> bool {
    session.subscriptions.keys().any(|filter| is_filter_of(filter, name))
        && (session.has_api_version || ruling.uphold(open::NO_API_VERSION_NO_TWIN, false).is_ok())
}

fn is_filter_of(filter: &str, name: &str) -> bool {
    filter
        .strip_prefix("$iothub/methods/POST/")
        .is_some_and(|rest| rest == "#" || rest.strip_suffix("/#") == Some(name))
}

/// Printable US-ASCII without separators, and without what a topic name cannot hold.
fn is_legal_name(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"$()<>@,;:\\\"/[]?={}+#".contains(&b))
}

fn body(call: &MethodOrder) -> Bytes {
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
    ServiceError::new(BAD_GATEWAY, text)
}

fn not_online(order: OrderId, ruling: &mut Ruling<'_>) {
    let error = ServiceError::new(DEVICE_NOT_ONLINE, "Timed out waiting for device to connect.");
    ruling.answer(order, Err(error), open::METHOD_ERRORS);
}

fn timed_out(order: OrderId, ruling: &mut Ruling<'_>) {
    let text = "Timed out waiting for the response from device.";
    let error = ServiceError::new(DEVICE_TIMEOUT, text);
    ruling.answer(order, Err(error), open::METHOD_ERRORS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printable_and_have_no_separators() {
        for (name, legal) in [
            ("reboot", true),
            ("a.b-c_d!%&'*^`|~", true),
            (&"n".repeat(100), true),
            (&"n".repeat(101), false),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("a$b", false),
            ("a+b", false),
            ("a#b", false),
            ("é", false),
            ("a\u{7f}", false),
        ] {
            assert_eq!(is_legal_name(name), legal, "{name}");
        }
        for separator in "$()<>@,;:\\\"/[]?={} \t".chars() {
            assert!(!is_legal_name(&format!("a{separator}b")), "{separator}");
        }
    }

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
