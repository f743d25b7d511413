//! HUB-TWIN: what a device asks of its twin and reports; the service side is twin_service.rs.

use bytes::Bytes;
use serde_json::{Value, json};
use wire::Publish;

use super::{
    Session, module, open, sub, tier,
    topic::{Feed, query_value},
    twin_answer::{Answer, Kind, Refusal, answer},
};
use crate::{
    cloud::Core,
    faults::REFUSED_IS_NOT_CARRIED_OUT,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    twin::{Members, Section, Twin, limits, merge},
};

pub(crate) use super::twin_service::{patch, read, replace};

rules! {
    SUBSCRIBED_BEFORE_ASKING = "HUB-TWIN-001";
    READ_IS_AN_EMPTY_PUBLISH = "HUB-TWIN-002";
    READ_HAS_A_RID = "HUB-TWIN-003";
    READ_IS_ANSWERED = "HUB-TWIN-004";
    READ_RID_COMES_BACK = "HUB-TWIN-005";
    ANY_RID_IS_TAKEN = "HUB-TWIN-006";
    STATUS_IS_A_NUMBER = "HUB-TWIN-007";
    DESIRED_AND_REPORTED_ALONE = "HUB-TWIN-008";
    DESIRED_HAS_ITS_VERSION = "HUB-TWIN-009";
    REPORTED_HAS_ITS_VERSION = "HUB-TWIN-010";
    READ_SUCCEEDS_WITH_200 = "HUB-TWIN-011";
    THROTTLED_READ_IS_429 = "HUB-TWIN-012";
    REPORTED_BY_PUBLISH = "HUB-TWIN-014";
    EVERY_REPORT_IS_ANSWERED = "HUB-TWIN-015";
    SUBSCRIBED_BEFORE_REPORTING = "HUB-TWIN-016";
    REPORT_TOPIC = "HUB-TWIN-017";
    REPORT_HAS_A_RID = "HUB-TWIN-018";
    REPORT_ANSWER_TOPIC = "HUB-TWIN-019";
    REPORT_ANSWER_HAS_THE_VERSION = "HUB-TWIN-020";
    REPORT_RID_COMES_BACK = "HUB-TWIN-021";
    REPORT_IS_A_JSON_OBJECT = "HUB-TWIN-022";
    MEMBERS_ARE_SET = "HUB-TWIN-023";
    NULL_REMOVES = "HUB-TWIN-024";
    THE_REST_STAYS = "HUB-TWIN-025";
    REPORT_SUCCEEDS_WITH_204 = "HUB-TWIN-026";
    NO_JSON_IS_400 = "HUB-TWIN-027";
    THROTTLED_REPORT_IS_429 = "HUB-TWIN-028";
    RID_THEN_VERSION = "HUB-TWIN-030";
    VERSION_AFTER_THE_REPORT = "HUB-TWIN-031";
    REPORT_AT_QOS_0 = "HUB-TWIN-032";
    DESIRED_NOTICE = "HUB-TWIN-033";
    NOTICE_TOPIC_HAS_THE_VERSION = "HUB-TWIN-034";
    NOTICE_IS_THE_CHANGE = "HUB-TWIN-035";
    NULL_MEANS_GONE = "HUB-TWIN-036";
    NOTICE_BODY_HAS_THE_VERSION = "HUB-TWIN-037";
    ONLY_THE_CONNECTED_ARE_NOTICED = "HUB-TWIN-038";
    READ_AGAIN_AFTER_RECONNECT = "HUB-TWIN-039";
}

/// CONNECT was granted: a device that once asked for notices has to read its twin again.
pub(super) fn connected(core: &mut Core, session: &mut Session, ruling: &mut Ruling<'_>) {
    session.owes_twin_read =
        core.identity_mut(&session.host, &session.id).is_some_and(|identity| identity.twin.watched);
    note_subscription(core, session, ruling);
}

/// Remembers that the device asked for desired notices, by SUBSCRIBE or by a resumed session.
pub(super) fn note_subscription(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    if sub::granted(session, Feed::DesiredNotices).is_none() {
        return;
    }
    let Some(identity) = core.identity_mut(&session.host, &session.id) else { return };
    identity.twin.watched = true;
    // What changed while the device was away is no matter of notices.
    if ruling.value(ONLY_THE_CONNECTED_ARE_NOTICED, false, identity.twin.desired.version > 1) {
        let desired = identity.twin.desired.clone();
        super::twin_service::send_notice(session, &desired, desired.view(), ruling);
    }
}

/// The device said DISCONNECT: it had the time to read its twin if it wanted to.
pub(super) fn left(session: &Session, ruling: &mut Ruling<'_>) {
    if session.owes_twin_read && sub::granted(session, Feed::DesiredNotices).is_some() {
        ruling.note(READ_AGAIN_AFTER_RECONNECT, false);
    }
}

/// A publish that is nearly a twin request: tells the device what it got wrong.
pub(super) fn note_stray(topic: &str, ruling: &mut Ruling<'_>) {
    if topic.starts_with("$iothub/twin/GET") {
        ruling.note(READ_IS_AN_EMPTY_PUBLISH, false);
    } else if topic.starts_with("$iothub/twin/") {
        ruling.note(REPORTED_BY_PUBLISH, false);
        ruling.note(REPORT_TOPIC, false);
    }
}

/// `$iothub/twin/GET/?…`: judged by tier, api-version and rate, then answered.
pub(super) fn get(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let rid = rid(query);
    ruling.note(SUBSCRIBED_BEFORE_ASKING, hears_answers(session));
    let is_empty = matches!(&publish.payload[..], b"" | b" ");
    ruling.note(READ_IS_AN_EMPTY_PUBLISH, is_empty && query.starts_with("$rid="));
    ruling.note(READ_HAS_A_RID, rid.is_some());
    if std::mem::take(&mut session.owes_twin_read) {
        ruling.note(READ_AGAIN_AFTER_RECONNECT, true);
    }
    if !hub_has_twins(core, session, ruling)? {
        return Ok(());
    }
    grant_request(session, rid, ruling)?;
    if !publish.payload.is_empty() {
        ruling.grant(open::TWIN_REQUEST_TOLERANCE)?;
    }

    let answered = match refused_by_fault(core, session, publish, ruling) {
        Some(refusal) => Err(refusal),
        None => serve_read(core, session, ruling),
    }
    .unwrap_or_else(|refusal| refusal.into_answer(core));
    answer(session, Kind::Read, rid, answered, ruling);
    Ok(())
}

/// A fault may refuse a request before anything is done about it.
fn refused_by_fault(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    ruling: &Ruling<'_>,
) -> Option<Refusal> {
    core.status_for(session.conn, &session.name, publish, "$iothub/twin/res", ruling)
        .map(Refusal::by_fault)
}

fn serve_read(
    core: &mut Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<Answer, Refusal> {
    require_api_version(session, ruling)?;
    let most_per_s = core.profile(&session.host).twin_reads_per_s;
    let fits = core
        .registry
        .hub_mut(&session.host)
        .is_none_or(|hub| hub.twin_reads.admit(core.now, most_per_s));
    if let Err(Broken(_)) = ruling.uphold(open::TWIN_RATES, fits) {
        return Err(Refusal::throttled(THROTTLED_READ_IS_429));
    }
    let Some(identity) = core.identity_mut(&session.host, &session.id) else {
        return Err(Refusal::no_identity());
    };
    let status = ruling.value(open::TWIN_SUCCESS_CODES, 200, 202);
    Ok(Answer {
        status: ruling.value(READ_SUCCEEDS_WITH_200, status, 201),
        version: None,
        body: device_view(&identity.twin, ruling).to_string().into(),
        because: match session.id.module {
            Some(_) => module::TWIN_ANSWERS_ARE_THE_DEVICES,
            None => READ_IS_ANSWERED,
        },
    })
}

/// `$iothub/twin/PATCH/properties/reported/?…`: judged as a read is, then JSON, members, limits,
/// base version and size. What is refused changes nothing.
pub(super) fn patch_reported(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let rid = rid(query);
    let patch = serde_json::from_slice::<Value>(&publish.payload).ok();
    ruling.note(REPORTED_BY_PUBLISH, true);
    ruling.note(REPORT_TOPIC, query.starts_with("$rid="));
    ruling.note(REPORT_HAS_A_RID, rid.is_some());
    ruling.note(REPORT_IS_A_JSON_OBJECT, patch.as_ref().is_some_and(Value::is_object));
    if rid.is_some() {
        ruling.note(SUBSCRIBED_BEFORE_REPORTING, hears_answers(session));
    }
    if !hub_has_twins(core, session, ruling)? {
        return Ok(());
    }
    grant_request(session, rid, ruling)?;
    if publish.qos == wire::Qos::AtMostOnce {
        ruling.grant(REPORT_AT_QOS_0)?;
    }

    let base = query_value(query, "$version");
    if let Some(refusal) = refused_by_fault(core, session, publish, ruling) {
        if !ruling.value(REFUSED_IS_NOT_CARRIED_OUT, true, false) {
            // Its own answer is not the one that is given.
            let _ = serve_report(core, session, patch, base, ruling);
        }
        answer(session, Kind::Report, rid, refusal.into_answer(core), ruling);
        return Ok(());
    }
    let answered = serve_report(core, session, patch, base, ruling)
        .unwrap_or_else(|refusal| refusal.into_answer(core));
    answer(session, Kind::Report, rid, answered, ruling);
    Ok(())
}

fn serve_report(
    core: &mut Core,
    session: &Session,
    patch: Option<Value>,
    base: Option<&str>,
    ruling: &mut Ruling<'_>,
) -> Result<Answer, Refusal> {
    require_api_version(session, ruling)?;
    let most_per_s = core.profile(&session.host).twin_updates_per_s;
    let fits = core
        .registry
        .hub_mut(&session.host)
        .is_none_or(|hub| hub.twin_updates.admit(core.now, most_per_s));
    if let Err(Broken(_)) = ruling.uphold(open::TWIN_RATES, fits) {
        return Err(Refusal::throttled(THROTTLED_REPORT_IS_429));
    }
    let patch = judge_patch(patch, ruling)?;
    let now = core.now;
    let step = ruling.value(open::TWIN_VERSIONS, 1, 2);
    let Some(identity) = core.identity_mut(&session.host, &session.id) else {
        return Err(Refusal::no_identity());
    };
    let twin = &mut identity.twin;
    let before = twin.reported.version;
    let is_current = base.is_none_or(|base| base == before.to_string());
    ruling.uphold(open::TWIN_VERSIONS, is_current).map_err(Refusal::stale_version)?;
    let reported = merged(&twin.reported.properties, &patch, ruling);
    let fits = limits::size_bytes(&reported) <= limits::SECTION_BYTES;
    ruling
        .uphold(open::TWIN_LIMITS, fits)
        .map_err(|broken| Refusal::too_large("Properties.Reported", broken))?;
    twin.reported.update(reported, &patch, step, now);
    twin.version += 1;

    let version = ruling.value(VERSION_AFTER_THE_REPORT, twin.reported.version, before);
    let status = ruling.value(open::TWIN_SUCCESS_CODES, 204, 200);
    let content = (status, Bytes::new());
    let content_of_2017 = (200, Value::Object(patch).to_string().into());
    let (status, body) = ruling.value(REPORT_SUCCEEDS_WITH_204, content, content_of_2017);
    Ok(Answer {
        status,
        version: ruling.value(REPORT_ANSWER_HAS_THE_VERSION, Some(version), None),
        body,
        because: match session.id.module {
            Some(_) => module::TWIN_ANSWERS_ARE_THE_DEVICES,
            None => RID_THEN_VERSION,
        },
    })
}

/// The members to report, if the body of a report can be taken at all.
fn judge_patch(patch: Option<Value>, ruling: &mut Ruling<'_>) -> Result<Members, Refusal> {
    ruling.uphold(NO_JSON_IS_400, patch.is_some()).map_err(Refusal::no_json)?;
    let patch = patch.unwrap_or_else(|| json!({}));
    let is_writable = patch.as_object().is_some_and(|patch| !has_read_only_members(patch));
    ruling.uphold(open::TWIN_ERROR_BODY, is_writable).map_err(Refusal::not_properties)?;
    let mut patch = match patch {
        Value::Object(patch) => patch,
        _ => Members::new(),
    };
    drop_read_only_members(&mut patch);
    let checked = limits::check(&patch);
    ruling
        .uphold(open::TWIN_LIMITS, checked.is_ok())
        .map_err(|broken| Refusal::violation(&checked, broken))?;
    ruling.note(open::TWIN_LIMITS, !limits::is_doubtful(&patch));
    Ok(patch)
}

/// What a report makes of the reported properties.
fn merged(old: &Members, patch: &Members, ruling: &mut Ruling<'_>) -> Members {
    let patch = ruling.value(MEMBERS_ARE_SET, patch.clone(), Members::new());
    let kept = merge::without_nulls(&patch);
    let patch = ruling.value(NULL_REMOVES, patch, kept);
    let old = ruling.value(THE_REST_STAYS, old.clone(), Members::new());
    merge::merged(&old, &patch)
}

/// The twin as its device reads it.
fn device_view(twin: &Twin, ruling: &mut Ruling<'_>) -> Value {
    let desired = section_view(&twin.desired, DESIRED_HAS_ITS_VERSION, ruling);
    let reported = section_view(&twin.reported, REPORTED_HAS_ITS_VERSION, ruling);
    let view = json!({"desired": desired, "reported": reported});
    if ruling.is_broken(DESIRED_AND_REPORTED_ALONE) {
        return json!({"tags": twin.tags, "properties": view});
    }
    view
}

fn section_view(section: &Section, has_version: Rule, ruling: &mut Ruling<'_>) -> Members {
    let mut view = if ruling.is_broken(open::TWIN_BODY) {
        section.view_with_metadata(true)
    } else {
        section.view()
    };
    if !ruling.value(has_version, true, false) {
        view.shift_remove("$version");
    }
    view
}

/// A basic hub ends the connection; without that rule it keeps silent.
fn hub_has_twins(core: &Core, session: &Session, ruling: &mut Ruling<'_>) -> Result<bool, Broken> {
    if !core.is_basic(&session.host) || ruling.uphold(tier::NO_TWIN_ON_BASIC, false).is_ok() {
        return Ok(true);
    }
    ruling.uphold(open::BASIC_TIER_HAS_NO_TWIN, false)?;
    Ok(false)
}

/// What the hub takes that it might not.
fn grant_request(
    session: &Session,
    rid: Option<&str>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    if session.id.module.is_some() {
        ruling.grant(module::TWIN_TOPICS_ARE_THE_DEVICES)?;
    }
    match rid {
        Some(rid) if !rid.bytes().all(|byte| byte.is_ascii_digit()) => {
            ruling.grant(ANY_RID_IS_TAKEN)
        }
        _ => Ok(()),
    }
}

fn require_api_version(session: &Session, ruling: &mut Ruling<'_>) -> Result<(), Refusal> {
    if session.has_api_version {
        return Ok(());
    }
    ruling.uphold(open::NO_API_VERSION_NO_TWIN, false).map_err(Refusal::no_api_version)
}

pub(super) fn hears_answers(session: &Session) -> bool {
    sub::granted(session, Feed::TwinAnswers).is_some()
}

/// Members that only the hub writes.
pub(super) fn drop_read_only_members(members: &mut Members) {
    READ_ONLY.iter().for_each(|name| drop(members.shift_remove(*name)));
}

fn has_read_only_members(members: &Members) -> bool {
    READ_ONLY.iter().any(|name| members.contains_key(*name))
}

const READ_ONLY: &[&str] = &["$version", "$metadata"];

/// The request id, byte for byte; an empty one is none.
fn rid(query: &str) -> Option<&str> {
    query_value(query, "$rid").filter(|rid| !rid.is_empty())
}
