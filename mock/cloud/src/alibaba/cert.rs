//! ALI-CERT: what certification has to take into account.

use crate::rule::rules;

rules! {
    MORE_THAN_ONE_CARRIER = "ALI-CERT-002";
}
