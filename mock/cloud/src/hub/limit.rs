//! HUB-LIMIT: what the hub is not.

use crate::rule::rules;

rules! {
    PARTS_ARE_LEFT_OUT = "HUB-LIMIT-001";
    TO_THE_CLOUD_ONLY = "HUB-LIMIT-002";
    DOCUMENTED_PART_ONLY = "HUB-LIMIT-003";
    MQTT_5_IS_REFUSED = "HUB-LIMIT-004";
    TOPICS_ARE_FIXED = "HUB-LIMIT-005";
    ONE_SEND_ONE_DEVICE = "HUB-LIMIT-006";
    NO_DEVICE_TO_DEVICE = "HUB-LIMIT-007";
    MESSAGE_OF_256_KB = "HUB-LIMIT-008";
    NOTHING_OF_EVENT_GRID = "HUB-LIMIT-009";
}

/// 256 KB.
pub(super) const MESSAGE_BYTES: usize = 262_144;
/// 512 KB: what Event Grid takes and a hub does not.
pub(super) const EVENT_GRID_MESSAGE_BYTES: usize = 524_288;
