//! DPS-POLL: asking for the result of a registration.

use serde_json::json;
use wire::Publish;

use super::{
    Session,
    answer::{self, Answer, Refused},
    attest::attest,
    open,
    reg::rid,
    registration::Registration,
    retry::{self, Request},
    throttle,
    topic::{consists_of, query_value},
};
use crate::{
    cloud::Core,
    error_code,
    rule::rules,
    ruling::{Broken, Ruling},
    sas,
    time::Time,
};

rules! {
    AFTER_A_202_COMES_A_POLL = "DPS-POLL-001";
    POLLED_UNTIL_DONE = "DPS-POLL-002";
    SUBSCRIPTION_IS_IN_PLACE = "DPS-POLL-003";
    POLL_TOPIC = "DPS-POLL-004";
    OPERATION_ID_IS_THE_GIVEN_ONE = "DPS-POLL-005";
    ANSWERED_WITH_200 = "DPS-POLL-006";
    ANSWER_IS_AN_OPERATION_STATUS = "DPS-POLL-007";
    POLLED_AGAIN_AFTER_202 = "DPS-POLL-008";
    WAITED_FOR_RETRY_AFTER = "DPS-POLL-009";
    THE_END_IS_200 = "DPS-POLL-010";
}

/// An operation whose end the device has not seen, as this connection was told.
#[derive(Debug)]
pub(super) struct Watch {
    operation_id: String,
    /// When the last 202 lets the device poll.
    not_before: Time,
    polls: u32,
    /// The device was told the end.
    is_over: bool,
}

impl Watch {
    pub(super) fn operation_id(&self) -> &str {
        &self.operation_id
    }
}

/// Remembers what a register answer asks of the device.
pub(super) fn watch(core: &Core, session: &mut Session, operation_id: String, retry_after_s: u64) {
    let not_before = core.now.plus_s(retry_after_s);
    session.watch = Some(Watch { operation_id, not_before, polls: 0, is_over: false });
}

/// Remembers that the register answer was the end: there is no operation to poll for.
pub(super) fn watch_nothing(session: &mut Session) {
    let operation_id = String::new();
    session.watch =
        Some(Watch { operation_id, not_before: Time::default(), polls: 0, is_over: true });
}

/// The device says goodbye: judges whether it polled to the end.
pub(super) fn left(session: &Session, ruling: &mut Ruling<'_>) {
    match &session.watch {
        Some(Watch { is_over: true, .. }) | None => {}
        Some(Watch { polls: 0, .. }) => ruling.note(AFTER_A_202_COMES_A_POLL, false),
        Some(_) => {
            ruling.note(POLLED_UNTIL_DONE, false);
            ruling.note(POLLED_AGAIN_AFTER_202, false);
        }
    }
}

/// Takes a poll: answers 202 as often as the profile says, then the result.
pub(super) fn poll(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    query: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    ruling.note(SUBSCRIPTION_IS_IN_PLACE, session.answers.is_some());
    ruling.note(POLL_TOPIC, consists_of(query, &["$rid", "operationId"]));
    let asked = sas::decoded(query_value(query, "operationId").unwrap_or_default());
    let of_its_operation = session.watch.as_ref().is_some_and(|it| it.operation_id == asked);
    retry::asks(session, Request::Poll { of_its_operation }, core.now, ruling);
    note_patience(core.now, session, &asked, ruling);
    let Some(rid) = rid(core, session, query, ruling)? else { return Ok(()) };
    if answer::refused_by_fault(core, session, publish, rid, ruling) {
        return Ok(());
    }
    if throttle::poll(core, session, ruling).is_err() {
        answer::throttle(core, session, rid, ruling);
        return Ok(());
    }
    match rule_on(core, session, publish, &asked, ruling) {
        Ok(registration) => answer(core, session, rid, &registration, ruling),
        Err(refused) => answer::refuse(core, session, rid, &refused, ruling),
    }
    Ok(())
}

/// The registration that a poll is about, with the poll counted.
fn rule_on(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    asked: &str,
    ruling: &mut Ruling<'_>,
) -> Result<Registration, Refused> {
    if !session.is_attested {
        attest(core, session, ruling)?;
        session.is_attested = true;
    }
    if !publish.payload.trim_ascii().is_empty() {
        ruling
            .grant(open::PAYLOAD_VARIANTS)
            .map_err(|broken| Refused::new(error_code::ARGUMENT_INVALID.0, "BadRequest", broken))?;
    }
    let profile = core.dps_profile(&session.scope);
    let registration =
        core.registry.provisioning.get_mut(&session.scope).and_then(|instance| {
            instance.registrations.get_mut(&session.name.to_ascii_lowercase())
        });
    let is_known = registration.as_ref().is_some_and(|known| known.has_operation(asked));
    ruling.note(OPERATION_ID_IS_THE_GIVEN_ONE, is_known);
    note_progress(session, asked, ruling);
    let unknown =
        |broken| Refused::new(profile.unknown_operation_error_code, "Operation not found.", broken);
    ruling.uphold(open::UNKNOWN_OPERATION, is_known).map_err(unknown)?;
    let Some(registration) = registration else {
        return Err(unknown(Broken(open::FINAL_ANSWERS)));
    };
    registration.polls += 1;
    let operation_id = asked.to_owned();
    Ok(Registration { operation_id, ..registration.clone() })
}

/// Judges when a device polls for an operation that it was told of, whatever it is answered.
fn note_patience(now: Time, session: &Session, asked: &str, ruling: &mut Ruling<'_>) {
    if let Some(watch) = session.watch.as_ref().filter(|watch| watch.operation_id == asked)
        && !watch.is_over
    {
        ruling.note(WAITED_FOR_RETRY_AFTER, now >= watch.not_before);
    }
}

/// Judges how often a device polls for an operation that it was told of.
fn note_progress(session: &Session, asked: &str, ruling: &mut Ruling<'_>) {
    let Some(watch) = session.watch.as_ref().filter(|watch| watch.operation_id == asked) else {
        return;
    };
    if watch.is_over {
        return ruling.note(THE_END_IS_200, false);
    }
    if watch.polls == 0 {
        ruling.note(AFTER_A_202_COMES_A_POLL, true);
    } else {
        ruling.note(POLLED_AGAIN_AFTER_202, true);
    }
}

fn answer(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    registration: &Registration,
    ruling: &mut Ruling<'_>,
) {
    let assigning_polls = core.dps_profile(&session.scope).assigning_polls;
    if registration.polls <= assigning_polls {
        answer_assigning(core, session, rid, registration, ruling);
    } else {
        answer_result(core, session, rid, registration, ruling);
    }
}

fn answer_assigning(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    registration: &Registration,
    ruling: &mut Ruling<'_>,
) {
    let retry_after_s = core.dps_profile(&session.scope).retry_after_s;
    let assigning = ruling.value(open::STATUS_WORDS, "assigning", "Assigning");
    let body = json!({
        "operationId": registration.operation_id,
        "status": assigning,
        "registrationState": {
            "registrationId": registration.registration_id,
            "status": assigning,
        },
    });
    let answer = Answer {
        status: ruling.value(THE_END_IS_200, 202, 200),
        rid,
        retry_after: Some(retry_after_s.to_string()),
        body: body.to_string(),
    };
    let told = answer::send(core, session, answer, open::ASSIGNING_ANSWER, ruling);
    let not_before = core.now.plus_s(retry_after_s);
    if let Some(watch) = session.watch.as_mut().filter(|_| told) {
        watch.not_before = not_before;
        watch.polls += 1;
    }
}

fn answer_result(
    core: &mut Core,
    session: &mut Session,
    rid: &str,
    registration: &Registration,
    ruling: &mut Ruling<'_>,
) {
    let extra = core.dps_profile(&session.scope).extra_members;
    let extra = ruling.value(open::EXTRA_MEMBERS, extra, !extra);
    let status = ruling.value(open::STATUS_WORDS, registration.status(), "done");
    let right = json!({
        "operationId": registration.operation_id,
        "status": status,
        "registrationState": registration.state(extra),
    });
    let wrong = json!({"operationId": registration.operation_id, "status": status});
    let body = ruling.value(open::FINAL_ANSWERS, right, wrong).to_string();
    let cut = body.trim_end_matches('}').to_owned();
    let body = ruling.value(ANSWER_IS_AN_OPERATION_STATUS, body, cut);
    let answer = Answer { status: 200, rid, retry_after: None, body };
    let told = answer::send(core, session, answer, ANSWERED_WITH_200, ruling);
    let is_new = |watch: &&mut Watch| {
        told && !watch.is_over && watch.operation_id == registration.operation_id
    };
    if let Some(watch) = session.watch.as_mut().filter(is_new) {
        watch.is_over = true;
        ruling.note(THE_END_IS_200, true);
        ruling.note(POLLED_UNTIL_DONE, true);
    }
}
