//! ALI-PKT: the packets that the platform knows.

use crate::rule::rules;

rules! {
    PUBLISH = "ALI-PKT-001";
    SUBSCRIBE = "ALI-PKT-002";
    PINGREQ = "ALI-PKT-003";
    PINGRESP = "ALI-PKT-004";
    CONNECT = "ALI-PKT-005";
    DISCONNECT = "ALI-PKT-006";
    UNSUBSCRIBE = "ALI-PKT-007";
}
