//! EG-V3: what MQTT 3.1.1 clients cannot do.

use crate::rule::rules;

rules! {
    NO_QOS_2 = "EG-V3-001";
    NO_RETAIN = "EG-V3-002";
    NO_QOS_2_PUBLISH = "EG-V3-003";
}
