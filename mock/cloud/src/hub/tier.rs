//! HUB-TIER: what a basic hub lacks.

use crate::rule::rules;

rules! {
    NO_C2D_ON_BASIC = "HUB-TIER-001";
    NO_TWIN_ON_BASIC = "HUB-TIER-002";
    NO_METHODS_ON_BASIC = "HUB-TIER-003";
}
