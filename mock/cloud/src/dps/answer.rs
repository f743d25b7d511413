//! The answers of DPS: topics, bodies and errors, in the grammar that every client can read.

use std::fmt::Write;

use serde_json::{Value, json};
use wire::{Packet, Publish, Qos};

use super::{Session, open, poll::Watch, qos, retry};
use crate::{
    cloud::Core,
    error_code,
    faults::{FAULTS_STRIKE, REFUSED_IS_NOT_CARRIED_OUT},
    profile::RetryAfterCase,
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// One answer, on its way to `$dps/registrations/res/{status}/?$rid={rid}[&retry-after={s}]`.
pub(super) struct Answer<'a> {
    pub(super) status: u32,
    pub(super) rid: &'a str,
    /// Seconds, in text.
    pub(super) retry_after: Option<String>,
    /// JSON text.
    pub(super) body: String,
}

/// A request that DPS answers with an error.
#[derive(Debug)]
pub(super) struct Refused {
    /// Such as 401002.
    pub(super) code: u32,
    pub(super) message: &'static str,
    pub(super) because: Rule,
}

impl Refused {
    pub(super) const fn new(code: u32, message: &'static str, Broken(because): Broken) -> Self {
        Self { code, message, because }
    }
}

/// Sends an answer to a device that subscribed to answers; the result tells whether it did.
pub(super) fn send(
    core: &Core,
    session: &mut Session,
    answer: Answer<'_>,
    because: Rule,
    ruling: &mut Ruling<'_>,
) -> bool {
    let Some(subscription) = session.answers else { return false };
    let qos = qos::of_answer(subscription, ruling);
    let case = core.dps_profile(&session.scope).retry_after_case;
    let rid = ruling.value(open::RID_IS_ECHOED, answer.rid, "0");
    let rid_is_first = ruling.value(open::RID_COMES_FIRST, true, false);
    let topic = topic(answer.status, rid, answer.retry_after.as_deref(), case, rid_is_first);
    let body = ruling.value(open::BODIES_ARE_JSON, ascii(&answer.body), String::new());
    let packet_id = (qos != Qos::AtMostOnce).then(|| session.next_packet_id());
    let publish = Publish { qos, topic, packet_id, payload: body.into(), ..Publish::default() };
    ruling.send(session.conn, Packet::Publish(publish), because);
    true
}

/// Answers a request with an error.
pub(super) fn refuse(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    refused: &Refused,
    ruling: &mut Ruling<'_>,
) {
    let Refused { code, message, because } = *refused;
    let body = error_body(core, code, message, ruling).to_string();
    let status = ruling.value(open::STATUS_OF_AN_ERROR, code / 1000, 500);
    let answer = Answer { status, rid, retry_after: None, body };
    if send(core, session, answer, because, ruling) {
        retry::told(session, status, core.now);
    }
}

/// Whether a fault refuses a request before anything is done about it; if so, it is answered here.
pub(super) fn refused_by_fault(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    rid: &str,
    ruling: &mut Ruling<'_>,
) -> bool {
    let root = "$dps/registrations/res";
    let Some(status) = core.status_for(session.conn, &session.whose(), publish, root, ruling)
    else {
        return false;
    };
    let (code, message) = match status {
        401 => (error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0, "Unauthorized"),
        404 => (error_code::ENROLLMENT_NOT_FOUND.0, "Not found"),
        _ => error_code::of_status(status),
    };
    let because = if status == 429 { open::THROTTLED } else { FAULTS_STRIKE };
    for_now(core, session, rid, Refused { code, message, because }, status, ruling);
    ruling.value(REFUSED_IS_NOT_CARRIED_OUT, true, false)
}

/// Answers a request of which there were too many.
pub(super) fn throttle(core: &mut Core, session: &mut Session, rid: &str, ruling: &mut Ruling<'_>) {
    let (code, message) = error_code::of_status(429);
    let refused = Refused { code, message, because: open::THROTTLED };
    for_now(core, session, rid, refused, 429, ruling);
}

/// Answers a request with a status that may pass, and then with when to try again.
fn for_now(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    refused: Refused,
    status: u16,
    ruling: &mut Ruling<'_>,
) {
    let status = u32::from(status);
    let retry_after_s = core.dps_profile(&session.scope).retry_after_s;
    let retry_after = retry::is_transient(status).then(|| retry_after_s.to_string());
    let mut body = error_body(core, refused.code, refused.message, ruling);
    if ruling.value(open::OPERATION_IS_LEFT_OUT, false, session.is_polling) {
        body["operationId"] = session.watch.as_ref().map(Watch::operation_id).into();
    }
    let answer = Answer { status, rid, retry_after, body: body.to_string() };
    if send(core, session, answer, refused.because, ruling) {
        retry::told(session, status, core.now.plus_s(retry_after_s));
    }
}

fn error_body(core: &mut Core, code: u32, message: &str, ruling: &mut Ruling<'_>) -> Value {
    let right = json!({
        "errorCode": code,
        "trackingId": core.chance.guid(),
        "message": message,
        "timestampUtc": core.now.round_trip(),
    });
    let wrong = json!({"code": code, "message": message});
    ruling.value(open::ERROR_BODY, right, wrong)
}

fn topic(
    status: u32,
    rid: &str,
    retry_after: Option<&str>,
    case: RetryAfterCase,
    rid_is_first: bool,
) -> String {
    let name = match case {
        RetryAfterCase::Lower => "retry-after",
        RetryAfterCase::Capitals => "Retry-After",
    };
    let query = match retry_after {
        None => format!("$rid={rid}"),
        Some(s) if rid_is_first => format!("$rid={rid}&{name}={s}"),
        Some(s) => format!("{name}={s}&$rid={rid}"),
    };
    format!("$dps/registrations/res/{status}/?{query}")
}

/// The same JSON text in ASCII, since some clients read the bytes as Latin-1.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_rid_comes_first_and_retry_after_second() {
        use RetryAfterCase::{Capitals, Lower};
        for (status, rid, retry_after, case, first, expected) in [
            (202, "1", Some("3"), Lower, true, "202/?$rid=1&retry-after=3"),
            (202, "1", Some("3"), Capitals, true, "202/?$rid=1&Retry-After=3"),
            (202, "1", Some("3"), Lower, false, "202/?retry-after=3&$rid=1"),
            (200, "a-B%20c", None, Lower, true, "200/?$rid=a-B%20c"),
        ] {
            let topic = topic(status, rid, retry_after, case, first);
            assert_eq!(topic, format!("$dps/registrations/res/{expected}"));
        }
    }

    #[test]
    fn bodies_are_ascii_and_mean_the_same() {
        for value in [json!({"a": "é"}), json!({"ключ": "🙂\n\""}), json!("plain")] {
            let text = ascii(&value.to_string());
            assert!(text.is_ascii(), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(value));
        }
    }
}
