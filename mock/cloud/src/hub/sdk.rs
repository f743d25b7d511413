//! HUB-SDK: what devices and SDKs may do, and the hub must take.

use crate::rule::rules;

rules! {
    QOS_0_IS_TAKEN = "HUB-SDK-007";
    QOS_0_IS_NOT_ACKNOWLEDGED = "HUB-SDK-009";
}
