//! The statements that bytes can violate, by their numbers in MQTT 3.1.1 and in MQTT 5.
//!
//! MQTT 3.1 numbers nothing: it borrows the numbers of 3.1.1, and where it is laxer the decoder is.
//! The number is that of the statement the bytes break, not that of the receiver's duty to close.

use crate::Version;

/// One rule under its two numbers.
#[derive(Clone, Copy)]
pub(crate) struct Clause {
    v3: &'static str,
    v5: &'static str,
}

impl Clause {
    pub(crate) const fn of(self, version: Version) -> &'static str {
        match version {
            Version::V31 | Version::V311 => self.v3,
            Version::V5 => self.v5,
        }
    }
}

const fn clause(v3: &'static str, v5: &'static str) -> Clause {
    Clause { v3, v5 }
}

const fn both(number: &'static str) -> Clause {
    clause(number, number)
}

// Data representation.
pub(crate) const UTF8: Clause = clause("MQTT-1.5.3-1", "MQTT-1.5.4-1");
pub(crate) const NULL_CHARACTER: Clause = clause("MQTT-1.5.3-2", "MQTT-1.5.4-2");
pub(crate) const VARINT_LENGTH: Clause = clause("MQTT3.1.1 §2.2.3", "MQTT5 §1.5.5");
pub(crate) const VARINT_MINIMAL: Clause = both("MQTT-1.5.5-1");

// Fixed header.
pub(crate) const PACKET_TYPE: Clause = clause("MQTT3.1.1 §2.2.1", "MQTT5 §2.1.2");
pub(crate) const FLAGS: Clause = clause("MQTT-2.2.2-1", "MQTT-2.1.3-1");
pub(crate) const PUBREL_FLAGS: Clause = both("MQTT-3.6.1-1");
pub(crate) const SUBSCRIBE_FLAGS: Clause = both("MQTT-3.8.1-1");
pub(crate) const UNSUBSCRIBE_FLAGS: Clause = both("MQTT-3.10.1-1");
pub(crate) const DISCONNECT_FLAGS: Clause = both("MQTT-3.14.1-1");
pub(crate) const AUTH_FLAGS: Clause = both("MQTT-3.15.1-1");
pub(crate) const DUP_AT_QOS_0: Clause = both("MQTT-3.3.1-2");
pub(crate) const PUBLISH_QOS_3: Clause = both("MQTT-3.3.1-4");
/// No statement of 3.1.1 limits a packet below four length bytes.
pub(crate) const OVERSIZE: Clause = clause("MQTT3.1.1 §2.2.3", "MQTT-3.2.2-15");

// Packet identifiers.
pub(crate) const PACKET_ID: Clause = clause("MQTT-2.3.1-1", "MQTT-2.2.1-3");
pub(crate) const ACK_PACKET_ID: Clause = clause("MQTT-2.3.1-6", "MQTT-2.2.1-5");
pub(crate) const PUBCOMP_PACKET_ID: Clause = clause("MQTT-4.3.3-2", "MQTT-2.2.1-5");
pub(crate) const SUBACK_PACKET_ID: Clause = clause("MQTT-2.3.1-7", "MQTT-2.2.1-6");

// CONNECT.
pub(crate) const PROTOCOL_NAME: Clause = both("MQTT-3.1.2-1");
pub(crate) const CONNECT_RESERVED_FLAG: Clause = both("MQTT-3.1.2-3");
pub(crate) const WILL_FIELDS: Clause = both("MQTT-3.1.2-9");
pub(crate) const WILL_QOS_WITHOUT_WILL: Clause = clause("MQTT-3.1.2-13", "MQTT-3.1.2-11");
pub(crate) const WILL_QOS_3: Clause = clause("MQTT-3.1.2-14", "MQTT-3.1.2-12");
pub(crate) const WILL_RETAIN_WITHOUT_WILL: Clause = clause("MQTT-3.1.2-15", "MQTT-3.1.2-13");
pub(crate) const USER_NAME_FIELD: Clause = clause("MQTT-3.1.2-19", "MQTT-3.1.2-17");
pub(crate) const PASSWORD_FIELD: Clause = clause("MQTT-3.1.2-21", "MQTT-3.1.2-19");
/// MQTT 5 allows a password without a user name.
pub(crate) const PASSWORD_WITHOUT_USER_NAME: Clause = both("MQTT-3.1.2-22");
pub(crate) const CLIENT_ID_FIELD: Clause = both("MQTT-3.1.3-3");
pub(crate) const CONNECT_FORM: Clause = both("MQTT-3.1.4-1");
pub(crate) const AUTH_DATA_WITHOUT_METHOD: Clause = both("MQTT5 §3.1.2.11.10");

// CONNACK.
pub(crate) const CONNACK_FLAGS: Clause = clause("MQTT3.1.1 §3.2.2.1", "MQTT-3.2.2-1");
pub(crate) const CONNACK_SESSION_PRESENT: Clause = clause("MQTT-3.2.2-4", "MQTT-3.2.2-6");
pub(crate) const CONNACK_CODE: Clause = clause("MQTT-3.2.2-6", "MQTT-3.2.2-8");

// PUBLISH and its acknowledgements.
pub(crate) const TOPIC_FIELD: Clause = both("MQTT-3.3.2-1");
pub(crate) const TOPIC_WILDCARD: Clause = both("MQTT-3.3.2-2");
pub(crate) const TOPIC_OR_ALIAS: Clause = both("MQTT5 §3.3.2.1");
pub(crate) const TOPIC_ALIAS_0: Clause = both("MQTT-3.3.2-8");
pub(crate) const RESPONSE_TOPIC_WILDCARD: Clause = both("MQTT-3.3.2-14");
pub(crate) const PUBACK_CODE: Clause = both("MQTT-3.4.2-1");
pub(crate) const PUBREC_CODE: Clause = both("MQTT-3.5.2-1");
pub(crate) const PUBREL_CODE: Clause = both("MQTT-3.6.2-1");
pub(crate) const PUBCOMP_CODE: Clause = both("MQTT-3.7.2-1");

// SUBSCRIBE, UNSUBSCRIBE and their acknowledgements.
pub(crate) const SUBSCRIBE_EMPTY: Clause = clause("MQTT-3.8.3-3", "MQTT-3.8.3-2");
/// The 3.1.1 text prints this number with a slip of the hyphen (`MQTT-3-8.3-4`).
pub(crate) const SUBSCRIBE_QOS_3: Clause = clause("MQTT-3.8.3-4", "MQTT5 §3.8.3.1");
pub(crate) const SUBSCRIBE_RESERVED_BITS: Clause = clause("MQTT-3.8.3-4", "MQTT-3.8.3-5");
pub(crate) const RETAIN_HANDLING_3: Clause = both("MQTT5 §3.8.3.1");
pub(crate) const NO_LOCAL_ON_SHARED: Clause = both("MQTT-3.8.3-4");
pub(crate) const SUBACK_EMPTY: Clause = clause("MQTT-3.8.4-5", "MQTT-3.8.4-6");
pub(crate) const SUBACK_CODE: Clause = both("MQTT-3.9.3-2");
pub(crate) const UNSUBSCRIBE_EMPTY: Clause = both("MQTT-3.10.3-2");
pub(crate) const UNSUBACK_CODE: Clause = both("MQTT-3.11.3-2");

// DISCONNECT and AUTH.
pub(crate) const DISCONNECT_CODE: Clause = both("MQTT-3.14.2-1");
pub(crate) const AUTH_CODE: Clause = both("MQTT-3.15.2-1");
pub(crate) const AUTH_WITHOUT_METHOD: Clause = both("MQTT5 §3.15.2.2.2");

// Topics.
pub(crate) const WILDCARD_IN_NAME: Clause = clause("MQTT-4.7.1-1", "MQTT-4.7.0-1");
pub(crate) const MULTI_LEVEL_WILDCARD: Clause = clause("MQTT-4.7.1-2", "MQTT-4.7.1-1");
pub(crate) const SINGLE_LEVEL_WILDCARD: Clause = clause("MQTT-4.7.1-3", "MQTT-4.7.1-2");
pub(crate) const EMPTY_TOPIC: Clause = both("MQTT-4.7.3-1");
pub(crate) const SHARE_NAME: Clause = both("MQTT-4.8.2-1");
pub(crate) const SHARE_FORM: Clause = both("MQTT-4.8.2-2");

// Properties.
pub(crate) const NO_PROPERTY_LENGTH: Clause = both("MQTT-2.2.2-1");
pub(crate) const PROPERTY_LENGTH: Clause = both("MQTT5 §2.2.2.1");
pub(crate) const PROPERTY_IDENTIFIER: Clause = both("MQTT5 §2.2.2.2");

/// The form of each packet, by its type: too few bytes or too many. Both standards number alike.
pub(crate) const FORM: [Clause; 16] = [
    PACKET_TYPE,
    CONNECT_FORM,
    clause("MQTT3.1.1 §3.2", "MQTT5 §3.2"),
    clause("MQTT3.1.1 §3.3", "MQTT5 §3.3"),
    clause("MQTT3.1.1 §3.4", "MQTT5 §3.4"),
    clause("MQTT3.1.1 §3.5", "MQTT5 §3.5"),
    clause("MQTT3.1.1 §3.6", "MQTT5 §3.6"),
    clause("MQTT3.1.1 §3.7", "MQTT5 §3.7"),
    clause("MQTT3.1.1 §3.8", "MQTT5 §3.8"),
    clause("MQTT3.1.1 §3.9", "MQTT5 §3.9"),
    clause("MQTT3.1.1 §3.10", "MQTT5 §3.10"),
    clause("MQTT3.1.1 §3.11", "MQTT5 §3.11"),
    clause("MQTT3.1.1 §3.12", "MQTT5 §3.12"),
    clause("MQTT3.1.1 §3.13", "MQTT5 §3.13"),
    clause("MQTT3.1.1 §3.14", "MQTT5 §3.14"),
    clause("MQTT5 §3.15", "MQTT5 §3.15"),
];
