//! What a DPS instance takes: DPS-OPEN-040.

use wire::Publish;

use super::{Session, open};
use crate::{
    cloud::Core,
    rate::Rate,
    registry::Provisioning,
    ruling::{Broken, Ruling},
    time::Time,
};

/// 96 KB.
const MESSAGE_BYTES: usize = 98_304;

/// A publish beyond the limit ends the connection, as at the hub.
pub(super) fn judge_size(publish: &Publish, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    match publish.payload.len() {
        MESSAGE_BYTES => ruling.grant(open::RATES_AND_SIZE),
        bytes => uphold(bytes < MESSAGE_BYTES, ruling),
    }
}

/// Judges a register publish by how many the instance had.
pub(super) fn register(
    core: &mut Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    judge(core, session, ruling, |instance, now| {
        let rate = Rate::per_min(instance.profile.rate_limits.registrations_per_min);
        instance.registering.admit(now, 1, rate)
    })
}

/// Judges a poll by how many its device made.
pub(super) fn poll(
    core: &mut Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    judge(core, session, ruling, |instance, now| {
        let rate = Rate { most: instance.profile.rate_limits.polls_per_10_s, per_s: 10 };
        let device = session.name.to_ascii_lowercase();
        instance.polling.entry(device).or_default().admit(now, 1, rate)
    })
}

/// An instance that is not declared admits everybody.
fn judge(
    core: &mut Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
    admits: impl FnOnce(&mut Provisioning, Time) -> bool,
) -> Result<(), Broken> {
    let now = core.now;
    let instance = core.registry.provisioning.get_mut(&session.scope);
    uphold(instance.is_none_or(|instance| admits(instance, now)), ruling)
}

fn uphold(holds: bool, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if holds { Ok(()) } else { ruling.uphold(open::RATES_AND_SIZE, false) }
}
