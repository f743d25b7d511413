//! EG-GEN: what the page says of its limitations as a whole.

use crate::{profile::EventGridProfile, rule::rules, ruling::Ruling};

rules! {
    EACH_HAS_ITS_SWITCH = "EG-GEN-001";
}

/// The profile that limitations are looked up in.
pub(super) fn limitations(profile: &EventGridProfile, ruling: &mut Ruling<'_>) -> EventGridProfile {
    ruling.value(EACH_HAS_ITS_SWITCH, profile.clone(), EventGridProfile::default())
}
