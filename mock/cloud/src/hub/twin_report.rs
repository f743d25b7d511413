//! A device reports properties: what is judged, what it changes, what is answered.

use bytes::Bytes;
use serde_json::{Value, json};
use wire::Publish;

use super::{
    Session, module, open,
    topic::query_value,
    twin,
    twin_answer::{Answer, Kind, Refusal, answer},
};
use crate::{
    cloud::Core,
    faults::REFUSED_IS_NOT_CARRIED_OUT,
    rate::Rate,
    ruling::{Broken, Ruling},
    twin::{Members, limits, merge},
};

/// `$iothub/twin/PATCH/properties/reported/?…`: judged as a read is, then JSON, members, limits,
/// base version and size. What is refused changes nothing.
pub(super) fn patch_reported(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let rid = twin::rid(query);
    let patch = serde_json::from_slice::<Value>(&publish.payload).ok();
    ruling.note(twin::REPORTED_BY_PUBLISH, true);
    ruling.note(twin::REPORT_TOPIC, query.starts_with("$rid="));
    ruling.note(twin::REPORT_HAS_A_RID, rid.is_some());
    ruling.note(twin::REPORT_IS_A_JSON_OBJECT, patch.as_ref().is_some_and(Value::is_object));
    if rid.is_some() {
        ruling.note(twin::SUBSCRIBED_BEFORE_REPORTING, twin::hears_answers(session));
    }
    if !twin::hub_has_twins(core, session, ruling)? {
        return Ok(());
    }
    twin::grant_request(session, rid, ruling)?;
    if publish.qos == wire::Qos::AtMostOnce {
        ruling.grant(twin::REPORT_AT_QOS_0)?;
    }

    let base = query_value(query, "$version");
    if let Some(refusal) = twin::refused_by_fault(core, session, publish, Kind::Report, ruling) {
        if !ruling.value(REFUSED_IS_NOT_CARRIED_OUT, true, false) {
            // Its own answer is not the one that is given.
            let _ = serve_report(core, session, publish, patch, base, ruling);
        }
        answer(session, Kind::Report, rid, refusal.into_answer(core), ruling);
        return Ok(());
    }
    let answered = serve_report(core, session, publish, patch, base, ruling)
        .unwrap_or_else(|refusal| refusal.into_answer(core));
    answer(session, Kind::Report, rid, answered, ruling);
    Ok(())
}

fn serve_report(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    patch: Option<Value>,
    base: Option<&str>,
    ruling: &mut Ruling<'_>,
) -> Result<Answer, Refusal> {
    twin::require_api_version(session, ruling)?;
    let most_per_s = core.profile(&session.host).twin_updates_per_s;
    let fits = core
        .registry
        .hub_mut(&session.host)
        .is_none_or(|hub| hub.meters.twin_updates.admit(core.now, 1, Rate::per_s(most_per_s)));
    if let Err(Broken(_)) = ruling.uphold(open::TWIN_RATES, fits) {
        return Err(Refusal::throttled(twin::THROTTLED_REPORT_IS_429));
    }
    let patch = judge_patch(&publish.payload, patch, ruling)?;
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

    let version = ruling.value(twin::VERSION_AFTER_THE_REPORT, twin.reported.version, before);
    let status = ruling.value(open::TWIN_SUCCESS_CODES, 204, 200);
    let (status, body) = if ruling.gives_wrong_value(twin::REPORT_SUCCEEDS_WITH_204) {
        (200, Value::Object(patch).to_string().into())
    } else {
        (status, Bytes::new())
    };
    Ok(Answer {
        status,
        version: ruling.value(twin::REPORT_ANSWER_HAS_THE_VERSION, Some(version), None),
        body,
        because: match session.id.module {
            Some(_) => module::TWIN_ANSWERS_ARE_THE_DEVICES,
            None => twin::RID_THEN_VERSION,
        },
    })
}

/// The members to report, if the body of a report can be taken at all.
fn judge_patch(
    text: &[u8],
    patch: Option<Value>,
    ruling: &mut Ruling<'_>,
) -> Result<Members, Refusal> {
    ruling.uphold(twin::NO_JSON_IS_400, patch.is_some()).map_err(Refusal::no_json)?;
    let patch = patch.unwrap_or_else(|| json!({}));
    let is_writable = patch.as_object().is_some_and(|patch| !has_read_only_members(patch));
    ruling.uphold(open::TWIN_ERROR_BODY, is_writable).map_err(Refusal::not_properties)?;
    let mut patch = match patch {
        Value::Object(patch) => patch,
        _ => Members::new(),
    };
    twin::drop_read_only_members(&mut patch);
    let checked = limits::check(&patch).and_then(|()| limits::check_text(text));
    ruling
        .uphold(open::TWIN_LIMITS, checked.is_ok())
        .map_err(|broken| Refusal::violation(&checked, broken))?;
    ruling.note(open::TWIN_LIMITS, !limits::is_doubtful(&patch));
    Ok(patch)
}

/// What a report makes of the reported properties.
fn merged(old: &Members, patch: &Members, ruling: &mut Ruling<'_>) -> Members {
    let patch = ruling.value(twin::MEMBERS_ARE_SET, patch.clone(), Members::new());
    let kept = merge::without_nulls(&patch);
    let patch = ruling.value(twin::NULL_REMOVES, patch, kept);
    let old = ruling.value(twin::THE_REST_STAYS, old.clone(), Members::new());
    merge::merged(&old, &patch)
}

fn has_read_only_members(members: &Members) -> bool {
    twin::READ_ONLY.iter().any(|name| members.contains_key(*name))
}
