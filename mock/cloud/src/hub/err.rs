//! HUB-ERR: how the hub tells an error.

use crate::rule::rules;

rules! {
    ERRORS_CLOSE = "HUB-ERR-001";
}
