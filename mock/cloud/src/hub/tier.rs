//! HUB-TIER: what a basic hub lacks.

use crate::{
    cloud::Core, error_code::OPERATION_NOT_AVAILABLE_IN_CURRENT_TIER, order::ServiceError,
    rule::rules,
};

rules! {
    NO_C2D_ON_BASIC = "HUB-TIER-001";
    NO_TWIN_ON_BASIC = "HUB-TIER-002";
    NO_METHODS_ON_BASIC = "HUB-TIER-003";
    TELEMETRY_ON_ANY_TIER = "HUB-TIER-004";
}

/// What the service side hears of an order that its hub's tier does not have.
pub(super) fn refusal() -> ServiceError {
    let message = "The operation is not available in the hub's tier.";
    ServiceError::new(OPERATION_NOT_AVAILABLE_IN_CURRENT_TIER, message)
}

impl Core {
    /// Whether a hub is of the basic tier.
    pub(crate) fn is_basic(&self, host: &str) -> bool {
        self.registry.hub(host).is_some_and(|hub| hub.profile.is_basic())
    }
}
