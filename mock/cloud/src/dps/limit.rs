//! DPS-LIMIT: what DPS is not.

use crate::rule::rules;

rules! {
    NO_BROKER = "DPS-LIMIT-001";
    NOT_ALL_OF_MQTT = "DPS-LIMIT-002";
}
