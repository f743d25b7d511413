//! What a DPS instance takes: DPS-OPEN-040.

use wire::Publish;

use super::{Session, open};
use crate::{
    cloud::Core,
    rate::Rate,
    ruling::{Broken, Ruling},
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
    let now = core.now;
    let fits = core.registry.provisioning.get_mut(&session.scope).is_none_or(|instance| {
        let rate = Rate::per_min(instance.profile.rate_limits.registrations_per_min);
        instance.registering.admit(now, 1, rate)
    });
    uphold(fits, ruling)
}

/// Judges a poll by how many its device made.
pub(super) fn poll(
    core: &mut Core,
    session: &Session,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let now = core.now;
    let fits = core.registry.provisioning.get_mut(&session.scope).is_none_or(|instance| {
        let rate = Rate { most: instance.profile.rate_limits.polls_per_10_s, per_s: 10 };
        let device = session.name.to_ascii_lowercase();
        instance.polling.entry(device).or_default().admit(now, 1, rate)
    });
    uphold(fits, ruling)
}

fn uphold(holds: bool, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    if holds { Ok(()) } else { ruling.uphold(open::RATES_AND_SIZE, false) }
}
