//! HUB-TWIN: a device reads its twin. Reports are in twin_report.rs, the service in twin_service.rs.

use serde_json::{Value, json};
use wire::Publish;

use super::{
    Session, module, open, sub, tier,
    topic::{Feed, query_value},
    twin_answer::{Answer, Kind, Refusal, answer},
};
use crate::{
    cloud::Core,
    faults::FAULTS_STRIKE,
    rate::Rate,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    twin::{Members, Section, Twin},
};

pub(super) use super::twin_report::patch_reported;
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
    FAILED_READ_IS_5XX = "HUB-TWIN-013";
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
    FAILED_REPORT_IS_5XX = "HUB-TWIN-029";
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

    let answered = match refused_by_fault(core, session, publish, Kind::Read, ruling) {
        Some(refusal) => Err(refusal),
        None => serve_read(core, session, ruling),
    }
    .unwrap_or_else(|refusal| refusal.into_answer(core));
    answer(session, Kind::Read, rid, answered, ruling);
    Ok(())
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
        .is_none_or(|hub| hub.meters.twin_reads.admit(core.now, 1, Rate::per_s(most_per_s)));
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

/// The twin as its device reads it.
fn device_view(twin: &Twin, ruling: &mut Ruling<'_>) -> Value {
    let desired = section_view(&twin.desired, DESIRED_HAS_ITS_VERSION, ruling);
    let reported = section_view(&twin.reported, REPORTED_HAS_ITS_VERSION, ruling);
    let view = json!({"desired": desired, "reported": reported});
    if ruling.gives_wrong_value(DESIRED_AND_REPORTED_ALONE) {
        return json!({"tags": twin.tags, "properties": view});
    }
    view
}

fn section_view(section: &Section, has_version: Rule, ruling: &mut Ruling<'_>) -> Members {
    let mut view = if ruling.gives_wrong_value(open::TWIN_BODY) {
        section.view_with_metadata(true)
    } else {
        section.view()
    };
    if !ruling.value(has_version, true, false) {
        view.shift_remove("$version");
    }
    view
}

/// A fault may refuse a request before anything is done about it.
pub(super) fn refused_by_fault(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    kind: Kind,
    ruling: &mut Ruling<'_>,
) -> Option<Refusal> {
    let root = "$iothub/twin/res";
    let status = core.status_for(session.conn, &session.whose(), publish, root, ruling)?;
    let because = match (kind, status) {
        (Kind::Read, 429) => THROTTLED_READ_IS_429,
        (Kind::Read, 500..) => FAILED_READ_IS_5XX,
        (Kind::Report, 429) => THROTTLED_REPORT_IS_429,
        (Kind::Report, 500..) => FAILED_REPORT_IS_5XX,
        _ => FAULTS_STRIKE,
    };
    Some(Refusal::with_status(status, because))
}

/// A basic hub ends the connection; without that rule it keeps silent.
pub(super) fn hub_has_twins(
    core: &Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<bool, Broken> {
    if !core.is_basic(&session.host) || ruling.uphold(tier::NO_TWIN_ON_BASIC, false).is_ok() {
        return Ok(true);
    }
    ruling.uphold(open::BASIC_TIER_HAS_NO_TWIN, false)?;
    Ok(false)
}

/// What the hub takes that it might not.
pub(super) fn grant_request(
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

/// Without an api-version there is no twin.
pub(super) fn require_api_version(
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Refusal> {
    if session.has_api_version {
        return Ok(());
    }
    ruling.uphold(open::NO_API_VERSION_NO_TWIN, false).map_err(Refusal::no_api_version)
}

/// Whether the device subscribed to answers.
pub(super) fn hears_answers(session: &Session) -> bool {
    sub::granted(session, Feed::TwinAnswers).is_some()
}

/// Leaves out what only the hub writes.
pub(super) fn drop_read_only_members(members: &mut Members) {
    READ_ONLY.iter().for_each(|name| drop(members.shift_remove(*name)));
}

/// Members that only the hub writes.
pub(super) const READ_ONLY: &[&str] = &["$version", "$metadata"];

/// The request id, byte for byte; an empty one is none.
pub(super) fn rid(query: &str) -> Option<&str> {
    query_value(query, "$rid").filter(|rid| !rid.is_empty())
}
