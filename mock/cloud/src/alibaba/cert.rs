//! ALI-CERT: what certification has to take into account.

use super::{
    Session,
    end::{Ending, UNSPECIFIED_ERROR},
};
use crate::{rule::rules, ruling::Ruling};

rules! {
    SDKS_ARE_ACCEPTED = "ALI-CERT-001";
    MORE_THAN_ONE_CARRIER = "ALI-CERT-002";
}

/// Lets one of the vendor's SDKs in, which say so in the extensions of the client identifier: `lan` is what
/// they are written in, `_v` their version.
pub(super) fn judge_sdk(session: &Session, ruling: &mut Ruling<'_>) -> Result<(), Ending> {
    if ["lan", "_v"].iter().all(|key| session.announced.get(key).is_none()) {
        return Ok(());
    }
    Ending::unless_granted(SDKS_ARE_ACCEPTED, UNSPECIFIED_ERROR, ruling)
}
