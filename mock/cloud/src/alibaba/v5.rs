//! ALI-V5: what there is of MQTT 5.

use crate::rule::rules;

rules! {
    MAXIMUM_PACKET_SIZE = "ALI-V5-002";
    TOO_LARGE_IS_FILTERED = "ALI-V5-003";
    REASON_CODES = "ALI-V5-030";
    TOPIC_ALIASES = "ALI-V5-032";
}
