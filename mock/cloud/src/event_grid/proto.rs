//! EG-PROTO: two protocols over two transports, and messages across all of them.

use crate::rule::rules;

rules! {
    V311_OVER_TLS = "EG-PROTO-001";
    V311_OVER_WEBSOCKET = "EG-PROTO-002";
    V5_OVER_TLS = "EG-PROTO-003";
    V5_OVER_WEBSOCKET = "EG-PROTO-004";
    FROM_V311_TO_V5 = "EG-PROTO-005";
    FROM_V5_TO_V311 = "EG-PROTO-006";
    ACROSS_TRANSPORTS = "EG-PROTO-007";
}
