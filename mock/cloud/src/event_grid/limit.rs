//! EG-LIMIT: how long sessions may last and how large messages may be.

use crate::rule::rules;

rules! {
    EXPIRY_OF_V3 = "EG-LIMIT-002";
    EXPIRY_IS_ADJUSTED = "EG-LIMIT-004";
    MESSAGE_OF_512_KIB = "EG-LIMIT-010";
}
