//! ALI-RETAIN: nothing is retained of what devices publish.

use wire::Publish;

use super::{
    Session,
    end::{Ending, RETAIN_NOT_SUPPORTED},
};
use crate::{
    profile::{AlibabaProfile, RetainFlag},
    rule::rules,
    ruling::Ruling,
};

rules! {
    NOTHING_IS_RETAINED = "ALI-RETAIN-001";
}

/// Judges the RETAIN flag of a publish.
pub(super) fn judge(
    session: &Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let refuses = match profile.retain {
        RetainFlag::Ignore => false,
        RetainFlag::RefuseV5 => session.is_v5(),
        RetainFlag::Refuse => true,
    };
    let passes = !(publish.retain && refuses);
    Ending::unless(passes, NOTHING_IS_RETAINED, RETAIN_NOT_SUPPORTED, ruling)
}
