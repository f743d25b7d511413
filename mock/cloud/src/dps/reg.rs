//! DPS-REG: the register publish and its answer.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use wire::Publish;

use super::{
    Session,
    answer::{self, Answer, Refused},
    assign,
    attest::{Entry, attest},
    open, poll,
    registration::Registration,
    retry::{self, Request},
    throttle,
    topic::{consists_of, query_value},
    tpm,
};
use crate::{
    cloud::Core,
    error_code,
    profile::{DpsProfile, ForeignRegistrationId, MissingRid},
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    SUBSCRIBED_BEFORE = "DPS-REG-001";
    REGISTER_TOPIC = "DPS-REG-002";
    PAYLOAD_IS_A_DEVICE_REGISTRATION = "DPS-REG-003";
    PAYLOAD_IS_JSON = "DPS-REG-004";
    ANSWERED_WITH_202 = "DPS-REG-005";
    ANSWER_HAS_THE_RID = "DPS-REG-006";
    RETRY_AFTER_IS_IN_SECONDS = "DPS-REG-007";
    ANSWER_IS_AN_OPERATION_STATUS = "DPS-REG-008";
    ANSWER_IS_JSON = "DPS-REG-009";
}

/// What a register publish led to.
enum Outcome {
    Assigning { operation_id: String },
    Disabled,
}

/// Takes a register publish: who is it, what does it say, where does the device belong.
pub(super) fn register(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let body = Body::of(&publish.payload);
    ruling.note(SUBSCRIBED_BEFORE, session.answers.is_some());
    ruling.note(REGISTER_TOPIC, consists_of(query, &["$rid"]));
    ruling.note(PAYLOAD_IS_A_DEVICE_REGISTRATION, body.is_device_registration());
    if body != Body::Empty {
        ruling.note(PAYLOAD_IS_JSON, body != Body::Unreadable);
    }
    ruling.note(tpm::NO_TPM_OVER_MQTT, !body.brings_tpm());
    retry::asks(session, Request::Register, core.now, ruling);
    let Some(rid) = rid(core, session, query, ruling)? else { return Ok(()) };
    if answer::refused_by_fault(core, session, publish, rid, ruling) {
        return Ok(());
    }
    if throttle::register(core, session, ruling).is_err() {
        answer::throttle(core, session, rid, ruling);
        return Ok(());
    }
    match rule_on(core, session, &body, ruling) {
        Ok(Outcome::Assigning { operation_id }) => {
            answer_assigning(core, session, rid, operation_id, ruling);
        }
        Ok(Outcome::Disabled) => answer_disabled(core, session, rid, ruling),
        Err(refused) => answer::refuse(core, session, rid, &refused, ruling),
    }
    Ok(())
}

/// The rid of a request; without one there is nothing to answer on.
pub(super) fn rid<'a>(
    core: &Core,
    session: &Session,
    query: &'a str,
    ruling: &mut Ruling<'_>,
) -> Result<Option<&'a str>, Broken> {
    let rid = query_value(query, "$rid").filter(|rid| !rid.is_empty());
    if rid.is_none() && core.dps_profile(&session.scope).missing_rid == MissingRid::Close {
        ruling.uphold(open::RID_IS_ECHOED, false)?;
    }
    Ok(ruling.value(open::RID_IS_ECHOED, rid, rid.or(Some("0"))))
}

fn rule_on(
    core: &mut Core,
    session: &mut Session,
    body: &Body,
    ruling: &mut Ruling<'_>,
) -> Result<Outcome, Refused> {
    let entry = attest(core, session, ruling)?;
    session.is_attested = true;
    judge_body(&core.dps_profile(&session.scope), session, body, ruling)
        .map_err(|broken| Refused::new(error_code::ARGUMENT_INVALID.0, "BadRequest", broken))?;
    if !entry.enabled {
        return Ok(Outcome::Disabled);
    }
    let operation_id = begin(core, session, &entry, body, ruling);
    Ok(Outcome::Assigning { operation_id })
}

fn judge_body(
    profile: &DpsProfile,
    session: &Session,
    body: &Body,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let members = match body {
        Body::Empty => return ruling.grant(open::PAYLOAD_VARIANTS),
        Body::Object(members) if body.is_device_registration() => members,
        Body::Object(_) | Body::OtherJson | Body::Unreadable => {
            return ruling.uphold(open::BAD_REQUEST_CODES, false);
        }
    };
    let has_strangers = members.keys().any(|name| !MEMBERS.contains(&name.as_str()));
    if has_strangers && profile.strict_members {
        ruling.uphold(open::MEMBERS_ARE_OPTIONAL, false)?;
    } else if has_strangers || MEMBERS.iter().any(|name| !members.contains_key(*name)) {
        ruling.grant(open::MEMBERS_ARE_OPTIONAL)?;
    }
    match members.get("registrationId").and_then(Value::as_str) {
        Some(id) if !id.eq_ignore_ascii_case(&session.name) => {
            match profile.foreign_registration_id {
                ForeignRegistrationId::BadRequest => {
                    ruling.uphold(open::FOREIGN_REGISTRATION_ID, false)
                }
                ForeignRegistrationId::Ignore => ruling.grant(open::FOREIGN_REGISTRATION_ID),
            }
        }
        _ => Ok(()),
    }
}

/// Decides the assignment at once, and keeps it until polls have asked for it often enough.
fn begin(
    core: &mut Core,
    session: &Session,
    entry: &Entry,
    body: &Body,
    ruling: &mut Ruling<'_>,
) -> String {
    let operation_id = operation_id(core, &session.scope, ruling);
    let assigned = assign::assign(core, session, entry, body.payload(), ruling);
    let etag = STANDARD.encode(format!("\"{}\"", core.chance.guid()));
    let now = core.now;
    if let Some(instance) = core.registry.provisioning.get_mut(&session.scope) {
        let id = session.name.to_ascii_lowercase();
        let former = instance.registrations.remove(&id);
        let created_at = former.as_ref().map_or(now, |former| former.created_at);
        let former_assignment = former.as_ref().and_then(|former| former.assignment.clone());
        let earlier_operations =
            former.map(Registration::into_earlier_operations).unwrap_or_default();
        let (assignment, failure) = match assigned {
            Ok(assignment) => (Some(assignment), None),
            Err(failure) => (former_assignment, Some(failure)),
        };
        let registration = Registration {
            registration_id: session.name.to_string(),
            operation_id: operation_id.clone(),
            earlier_operations,
            polls: 0,
            created_at,
            updated_at: now,
            etag,
            assignment,
            failure,
        };
        instance.registrations.insert(id, registration);
    }
    operation_id
}

/// `5.`, 16 hex digits that belong to the scope, and a GUID.
fn operation_id(core: &mut Core, scope: &str, ruling: &mut Ruling<'_>) -> String {
    let guid = core.chance.guid();
    let right = format!("5.{}.{guid}", hex_of_scope(scope));
    ruling.value(open::OPERATION_ID, right, guid)
}

fn hex_of_scope(scope: &str) -> String {
    Sha256::digest(scope).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}

fn answer_assigning(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    operation_id: String,
    ruling: &mut Ruling<'_>,
) {
    let retry_after_s = core.dps_profile(&session.scope).retry_after_s;
    let retry_after_s =
        ruling.value(open::REGISTER_ANSWER, retry_after_s, retry_after_s.saturating_add(1));
    let assigning = ruling.value(open::STATUS_WORDS, "assigning", "Assigning");
    let right = json!({"operationId": operation_id, "status": assigning});
    let wrong = json!({"id": operation_id});
    let body = ruling.value(ANSWER_IS_AN_OPERATION_STATUS, right, wrong).to_string();
    let cut = body.trim_end_matches('}').to_owned();
    let whole = retry_after_s.to_string();
    let fraction = format!("{whole}.0");
    let answer = Answer {
        status: 202,
        rid: ruling.value(ANSWER_HAS_THE_RID, rid, "0"),
        retry_after: Some(ruling.value(RETRY_AFTER_IS_IN_SECONDS, whole, fraction)),
        body: ruling.value(ANSWER_IS_JSON, body, cut),
    };
    if answer::send(core, session, answer, ANSWERED_WITH_202, ruling) {
        poll::watch(core, session, operation_id, retry_after_s);
    }
}

fn answer_disabled(core: &Core, session: &mut Session, rid: &str, ruling: &mut Ruling<'_>) {
    let disabled = ruling.value(open::STATUS_WORDS, "disabled", "Disabled");
    let right = json!({
        "operationId": "",
        "status": disabled,
        "registrationState": {"registrationId": *session.name, "status": disabled},
    });
    let wrong = json!({"status": disabled});
    let body = ruling.value(open::FINAL_ANSWERS, right, wrong).to_string();
    let answer = Answer { status: 200, rid, retry_after: None, body };
    if answer::send(core, session, answer, open::DISABLED_IS_A_RESULT, ruling) {
        poll::watch_nothing(session);
    }
}

/// The members that a Device Registration object may have.
const MEMBERS: &[&str] = &["registrationId", "payload", "tpm", "csr"];

/// The payload of a register publish.
#[derive(Clone, Debug, PartialEq)]
enum Body {
    /// Nothing, or nothing but blanks.
    Empty,
    Object(Map<String, Value>),
    OtherJson,
    Unreadable,
}

impl Body {
    fn of(payload: &[u8]) -> Self {
        if payload.trim_ascii().is_empty() {
            return Self::Empty;
        }
        match serde_json::from_slice(payload) {
            Ok(Value::Object(members)) => Self::Object(members),
            Ok(_) => Self::OtherJson,
            Err(_) => Self::Unreadable,
        }
    }

    /// Whether it is an object whose known members have the right types; `null` is as good as none.
    fn is_device_registration(&self) -> bool {
        let Self::Object(members) = self else { return false };
        let fits = |name: &str, is: fn(&Value) -> bool| {
            members.get(name).is_none_or(|value| value.is_null() || is(value))
        };
        fits("registrationId", Value::is_string)
            && fits("tpm", Value::is_object)
            && fits("csr", Value::is_string)
    }

    /// Whether the device tries to prove itself by a TPM.
    fn brings_tpm(&self) -> bool {
        matches!(self, Self::Object(members) if members.get("tpm").is_some_and(|tpm| !tpm.is_null()))
    }

    /// What the device has to say to a custom allocation.
    fn payload(&self) -> Option<&Value> {
        match self {
            Self::Object(members) => members.get("payload").filter(|value| !value.is_null()),
            Self::Empty | Self::OtherJson | Self::Unreadable => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_of_real_clients_and_wrong_ones() {
        for (payload, is_empty, is_device_registration) in [
            (r#"{"registrationId":"d1"}"#, false, true),
            (r#"{"payload":null,"registrationId":"d1"}"#, false, true),
            (r#"{"payload":{"a":[1]}}"#, false, true),
            (r#"{"registrationId":null,"tpm":{"endorsementKey":"x"}}"#, false, true),
            (r#"{"new":1}"#, false, true),
            ("{}", false, true),
            ("", true, false),
            (" ", true, false),
            (r#"{"registrationId":1}"#, false, false),
            (r#"{"tpm":"x"}"#, false, false),
            ("[]", false, false),
            (r#""d1""#, false, false),
            ("{", false, false),
        ] {
            let body = Body::of(payload.as_bytes());
            assert_eq!(body == Body::Empty, is_empty, "{payload}");
            assert_eq!(body.is_device_registration(), is_device_registration, "{payload}");
        }
        assert_eq!(Body::of(br#"{"payload":{"a":1}}"#).payload(), Some(&json!({"a": 1})));
        assert_eq!(Body::of(br#"{"payload":null}"#).payload(), None);
    }

    #[test]
    fn the_hex_digits_belong_to_the_scope() {
        let hex = hex_of_scope("0ne00000000");
        assert_eq!(hex.len(), 16);
        assert!(hex.bytes().all(|byte| byte.is_ascii_hexdigit()));
        assert_eq!(hex, hex_of_scope("0ne00000000"));
        assert_ne!(hex, hex_of_scope("0ne00000001"));
    }
}
