//! EG-QOS: at most once and at least once.

use crate::rule::rules;

rules! {
    TAKES_QOS_0 = "EG-QOS-001";
    QOS_1_IS_ACKNOWLEDGED = "EG-QOS-002";
    GRANTS_QOS_0_AND_1 = "EG-QOS-003";
    QOS_0_IS_NOT_ACKNOWLEDGED = "EG-QOS-004";
    QOS_0_IS_SENT_ONCE = "EG-QOS-005";
    A_CLIENT_ACKNOWLEDGES_QOS_1 = "EG-QOS-006";
    SENT_AGAIN = "EG-QOS-007";
}
