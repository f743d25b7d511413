//! What a device makes of an error: DPS-OPEN-027 and DPS-OPEN-038.

use super::{Session, open};
use crate::{ruling::Ruling, time::Time};

/// What a device asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Request {
    Register,
    /// Of the operation that it was given, or of another.
    Poll {
        of_its_operation: bool,
    },
}

/// The error that a connection was told last.
#[derive(Debug)]
pub(super) struct Told {
    /// When the device may try again; never, where the error is final.
    not_before: Option<Time>,
    /// A poll was refused, and no operation was named.
    of_a_poll: bool,
}

/// The device asks: judges whether it should, after the error that it was told.
pub(super) fn asks(session: &mut Session, request: Request, now: Time, ruling: &mut Ruling<'_>) {
    session.is_polling = request != Request::Register;
    let Some(Told { not_before, of_a_poll }) = session.error.take() else { return };
    ruling.note(open::TRANSIENT_OR_FINAL, not_before.is_some_and(|moment| now >= moment));
    if of_a_poll && not_before.is_some() {
        let goes_on = request != Request::Poll { of_its_operation: false };
        ruling.note(open::OPERATION_IS_LEFT_OUT, goes_on);
    }
}

/// The device was told an error.
pub(super) fn told(session: &mut Session, status: u32, not_before: Time) {
    let not_before = is_transient(status).then_some(not_before);
    session.error = Some(Told { not_before, of_a_poll: session.is_polling });
}

/// The device says goodbye, which is all that it can do about a final error.
pub(super) fn left(session: &Session, ruling: &mut Ruling<'_>) {
    if let Some(Told { not_before: None, .. }) = session.error {
        ruling.note(open::TRANSIENT_OR_FINAL, true);
    }
}

/// What passes may be tried again.
pub(super) const fn is_transient(status: u32) -> bool {
    status >= 429
}
