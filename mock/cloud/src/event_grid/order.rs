//! EG-ORDER: in which order messages arrive.

use crate::rule::rules;

rules! {
    IN_ORDER = "EG-ORDER-001";
    NONE_ACROSS_TOPICS = "EG-ORDER-002";
    NONE_ACROSS_QOS = "EG-ORDER-003";
}
