//! DPS-SESS: no session outlives its connection.

use wire::{Connect, Qos};

use super::{Session, qos::Subscription};
use crate::{
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    NOTHING_IS_STORED = "DPS-SESS-001";
    CLEAN_SESSION_0_IS_TREATED_AS_1 = "DPS-SESS-002";
    CLEAN_SESSION_1_IS_ASKED_FOR = "DPS-SESS-003";
}

/// Takes either value of Clean Session.
pub(super) fn admit(connect: &Connect, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    ruling.note(CLEAN_SESSION_1_IS_ASKED_FOR, connect.clean);
    if !connect.clean {
        ruling.grant(CLEAN_SESSION_0_IS_TREATED_AS_1)?;
    }
    Ok(())
}

/// Begins a session without subscriptions; the answer is CONNACK's session present.
pub(super) fn begin(session: &mut Session, ruling: &mut Ruling<'_>) -> bool {
    let stored = Subscription { asked: Qos::AtLeastOnce, granted: Qos::AtLeastOnce };
    session.answers = ruling.value(NOTHING_IS_STORED, None, Some(stored));
    session.answers.is_some()
}
