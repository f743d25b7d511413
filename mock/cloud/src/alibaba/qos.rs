//! ALI-QOS: QoS 0 and 1, as the publisher chooses.

use wire::Qos;

use crate::rule::{Rule, rules};

rules! {
    QOS_0 = "ALI-QOS-001";
    QOS_1 = "ALI-QOS-002";
    NO_QOS_2 = "ALI-QOS-003";
    SUBSCRIBED_QOS_IS_NOTHING = "ALI-QOS-004";
    PUBLISHED_QOS_IS_ALL = "ALI-QOS-005";
}

/// By what a message of this QoS is taken and delivered.
pub(super) const fn of(qos: Qos) -> Rule {
    match qos {
        Qos::AtMostOnce => QOS_0,
        Qos::AtLeastOnce | Qos::ExactlyOnce => QOS_1,
    }
}
