//! ALI-GEN: that it is MQTT at all.

use crate::rule::rules;

rules! {
    GOES_THROUGH_THE_BROKER = "ALI-GEN-002";
    DEVICES_CONNECT = "ALI-GEN-003";
}
