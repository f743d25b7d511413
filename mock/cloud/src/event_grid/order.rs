//! EG-ORDER: in which order messages arrive.

use crate::rule::rules;

rules! {
    IN_ORDER = "EG-ORDER-001";
}
