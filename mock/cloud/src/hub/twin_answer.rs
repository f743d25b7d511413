//! The answers to twin requests: their topic, their errors, and to whom they do not go.

use bytes::Bytes;
use serde_json::json;
use time::{format_description::BorrowedFormatItem, macros::format_description};
use wire::{Packet, Publish, Qos};

use super::{Session, open, twin};
use crate::{
    cloud::Core,
    error_code::{self, Code},
    rule::Rule,
    ruling::{Broken, Ruling},
    twin::limits::{self, Violation},
};

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The device wants its twin.
    Read,
    /// The device reports properties.
    Report,
}

/// One answer to a device.
pub(super) struct Answer {
    pub(super) status: u16,
    /// The new version of the reported properties.
    pub(super) version: Option<u64>,
    pub(super) body: Bytes,
    pub(super) because: Rule,
}

/// Why a request is not carried out: the status, the service's number for it, and a text.
#[derive(Debug)]
pub(super) struct Refusal {
    status: u16,
    error_code: u32,
    message: String,
    because: Rule,
}

impl Refusal {
    pub(super) fn no_json(Broken(because): Broken) -> Self {
        Self::new(error_code::IOT_HUB_FORMAT_ERROR, "cannot decode json format", because)
    }

    pub(super) fn not_properties(Broken(because): Broken) -> Self {
        let message = "Provided json is not a valid 'tags' or 'properties' object";
        Self::new(error_code::ARGUMENT_INVALID, message, because)
    }

    pub(super) fn violation(checked: &Result<(), Violation>, Broken(because): Broken) -> Self {
        let mut message = "Provided json is not a valid 'tags' or 'properties' object".to_owned();
        if let Err(violation) = checked {
            message = format!("{message}: {violation}");
        }
        Self::new(error_code::ARGUMENT_INVALID, &message, because)
    }

    pub(super) fn no_api_version(Broken(because): Broken) -> Self {
        Self::new(error_code::GENERIC_BAD_REQUEST, "The user name has no api-version", because)
    }

    pub(super) fn too_large(section: &str, Broken(because): Broken) -> Self {
        let message = too_large(section, limits::SECTION_BYTES);
        Self::new(error_code::DEVICE_MODEL_MAX_PROPERTIES_EXCEEDED, &message, because)
    }

    pub(super) fn stale_version(Broken(because): Broken) -> Self {
        Self::new(error_code::PRECONDITION_FAILED, "The $version is not the current one", because)
    }

    pub(super) fn throttled(because: Rule) -> Self {
        Self::with_status(429, because)
    }

    /// The identity was removed while its last packets were on their way.
    pub(super) fn no_identity() -> Self {
        Self::with_status(404, open::TWIN_ERROR_BODY)
    }

    /// A status that says it all.
    pub(super) fn with_status(status: u16, because: Rule) -> Self {
        let (error_code, message) = error_code::of_status(status);
        Self { status, error_code, message: message.to_owned(), because }
    }

    fn new(code: Code, message: &str, because: Rule) -> Self {
        let message = message.to_owned();
        Self { status: code.status(), error_code: code.0, message, because }
    }

    /// The answer with its JSON body.
    pub(super) fn into_answer(self, core: &mut Core) -> Answer {
        let stamp = core.now.civil().format(TRACKING_TIME).unwrap_or_default();
        let body = json!({
            "errorCode": self.error_code,
            "trackingId": format!("{}-G:0-TimeStamp:{stamp}", core.chance.hex(32)),
            "message": self.message,
            "timestampUtc": core.now.round_trip(),
        });
        Answer {
            status: self.status,
            version: None,
            body: body.to_string().into(),
            because: self.because,
        }
    }
}

/// Such as `11/20/2026 14:22:24`.
const TRACKING_TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[month]/[day]/[year] [hour]:[minute]:[second]");

/// The service's text for a section above its limit.
pub(super) fn too_large(section: &str, limit_bytes: usize) -> String {
    format!("'{section}' size should be less than {limit_bytes} bytes.")
}

/// Sends an answer, if the request has a rid and the device subscribed to answers.
pub(super) fn answer(
    session: &Session,
    kind: Kind,
    rid: Option<&str>,
    answer: Answer,
    ruling: &mut Ruling<'_>,
) {
    let Some(rid) = rid.or_else(|| ruling.value(open::TWIN_REQUEST_TOLERANCE, None, Some("")))
    else {
        return;
    };
    if !ruling.value(open::NO_SUBSCRIPTION_NO_ANSWER, twin::hears_answers(session), true) {
        return;
    }
    if kind == Kind::Report && !ruling.value(twin::EVERY_REPORT_IS_ANSWERED, true, false) {
        return;
    }
    let Answer { status, version, mut body, because } = answer;
    if status >= 400 {
        body = ruling.value(open::TWIN_ERROR_BODY, body, Bytes::new());
    }
    let topic = topic(kind, status, rid, version, ruling);
    send_at_qos_0(session, topic, body, because, ruling);
}

/// Twin answers, notices and method calls go out at QoS 0, whatever SUBACK granted.
pub(super) fn send_at_qos_0(
    session: &Session,
    topic: String,
    payload: Bytes,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let right = (Qos::AtMostOnce, None);
    let wrong = (Qos::AtLeastOnce, Some(u16::MAX));
    let (qos, packet_id) = ruling.value(open::GRANTED_AT_MOST_1, right, wrong);
    let publish = Publish {
        dup: false,
        qos,
        retain: false,
        topic,
        packet_id,
        properties: Vec::new(),
        payload,
    };
    ruling.send(session.conn, Packet::Publish(publish), because);
}

/// `$iothub/twin/res/{status}/?$rid={rid}[&$version={n}]`
fn topic(
    kind: Kind,
    status: u16,
    rid: &str,
    version: Option<u64>,
    ruling: &mut Ruling<'_>,
) -> String {
    let status =
        ruling.value(twin::STATUS_IS_A_NUMBER, status.to_string(), format!("HTTP{status}"));
    let rid_rule = match kind {
        Kind::Read => twin::READ_RID_COMES_BACK,
        Kind::Report => twin::REPORT_RID_COMES_BACK,
    };
    let rid = ruling.value(rid_rule, rid.to_owned(), format!("{rid}0"));
    let root = match kind {
        Kind::Read => "$iothub/twin/res",
        Kind::Report => {
            ruling.value(twin::REPORT_ANSWER_TOPIC, "$iothub/twin/res", "$iothub/twin/PATCH/res")
        }
    };
    let (before, behind) = match version {
        Some(n) => (format!("$version={n}&"), format!("&$version={n}")),
        None => (String::new(), String::new()),
    };
    let right = format!("{root}/{status}/?$rid={rid}{behind}");
    ruling.value(open::RID_COMES_FIRST, right, format!("{root}/{status}?{before}$rid={rid}"))
}
