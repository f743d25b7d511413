//! EG-LIMIT: how long sessions may last and how large messages may be.

use crate::rule::rules;

rules! {
    EXPIRY_MAX_OF_THE_NAMESPACE = "EG-LIMIT-001";
    EXPIRY_OF_V3 = "EG-LIMIT-002";
    EXPIRY_AS_ASKED = "EG-LIMIT-003";
    EXPIRY_IS_ADJUSTED = "EG-LIMIT-004";
    ONE_HOUR_UNLESS_CONFIGURED = "EG-LIMIT-005";
    UP_TO_8_HOURS = "EG-LIMIT-006";
    IN_WHOLE_HOURS = "EG-LIMIT-007";
    MESSAGE_OF_512_KIB = "EG-LIMIT-010";
}
