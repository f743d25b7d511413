//! ALI-RRPC: calls that wait for the device's answer.

use crate::rule::rules;

rules! {
    SYNCHRONOUS_CALLS = "ALI-RRPC-001";
}
