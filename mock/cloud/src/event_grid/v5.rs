//! EG-V5: what MQTT 5 clients can do, and what they cannot.

use wire::{Connect, Property};

use super::{
    end::{self, Ending, IMPLEMENTATION_SPECIFIC_ERROR, UNSPECIFIED_ERROR},
    open,
};
use crate::{
    profile::EventGridProfile,
    rule::{Rule, rules},
    ruling::Ruling,
};

rules! {
    CODES_TELL_WHY = "EG-V5-001";
    USER_PROPERTIES_ARE_SEEN = "EG-V5-002";
    CONTENT_TYPE_IS_SEEN = "EG-V5-003";
    MESSAGE_EXPIRY = "EG-V5-004";
    SESSION_EXPIRY = "EG-V5-005";
    REQUEST_RESPONSE = "EG-V5-006";
    CLEAN_START = "EG-V5-010";
    EXPIRED_SESSIONS_GO = "EG-V5-011";
    MAY_START_CLEAN = "EG-V5-012";
    MAY_EXPIRE_SOON = "EG-V5-013";
    MAY_RESUME = "EG-V5-014";
    MAY_LAST_LONG = "EG-V5-015";
    USER_PROPERTIES_ARE_TAKEN = "EG-V5-020";
    USER_PROPERTIES_ARE_PAIRS = "EG-V5-021";
    USER_PROPERTIES_NEED_NO_PAYLOAD = "EG-V5-022";
    RESPONSE_TOPIC = "EG-V5-030";
    CORRELATION_DATA = "EG-V5-031";
    ANSWERS_HAVE_THEIR_REQUESTS_DATA = "EG-V5-032";
    A_MESSAGE_MAY_HAVE_A_LIFETIME = "EG-V5-040";
    LIFETIME_BEGINS_AT_THE_BROKER = "EG-V5-041";
    EXPIRED_MESSAGES_GO = "EG-V5-042";
    ONLY_VALID_MESSAGES = "EG-V5-043";
    NEVER_EXPIRES = "EG-V5-044";
    AN_ALIAS_STANDS_FOR_A_TOPIC = "EG-V5-050";
    ALIASES_ARE_KEPT = "EG-V5-051";
    TEN_ALIASES = "EG-V5-052";
    ALIAS_IS_A_PROPERTY = "EG-V5-053";
    A_CLIENT_MAY_SET_ITS_LIMITS = "EG-V5-060";
    RECEIVE_MAXIMUM_OF_THE_CLIENT = "EG-V5-061";
    MAXIMUM_PACKET_SIZE_OF_THE_CLIENT = "EG-V5-062";
    NEGATIVE_ACKNOWLEDGEMENT = "EG-V5-070";
    DISCONNECT_BY_THE_SERVER = "EG-V5-071";
    CODES_TELL_CAUSES_APART = "EG-V5-072";
    CODES_OF_THE_STANDARD = "EG-V5-073";
    ASSIGNS_CLIENT_IDS = "EG-V5-080";
    ASSIGNED_CLIENT_IDS_DIFFER = "EG-V5-081";
    RETURNS_THE_ASSIGNED_CLIENT_ID = "EG-V5-082";
    ASSIGNED_CLIENT_ID_AGAIN = "EG-V5-083";
    ASSIGNED_FOR_SHORT_AND_LONG = "EG-V5-084";
    FIRST_EXPIRY_IS_SHORT = "EG-V5-085";
    KEEPS_THE_ASSIGNED_CLIENT_ID = "EG-V5-086";
    KNOWN_AFTER_A_RESET = "EG-V5-087";
    ROOM_AFTER_A_RESET = "EG-V5-088";
    NO_SHARED_SUBSCRIPTIONS = "EG-V5-100";
    MAXIMUM_QOS = "EG-V5-101";
    MAXIMUM_PACKET_SIZE = "EG-V5-102";
    NO_SUBSCRIPTION_IDENTIFIERS = "EG-V5-103";
    TOPIC_ALIAS_MAXIMUM = "EG-V5-104";
    NO_ALIASES_OUTWARD = "EG-V5-105";
    A_CLIENT_MAY_USE_ALIASES = "EG-V5-106";
    NO_RESPONSE_INFORMATION = "EG-V5-107";
    NO_USER_PROPERTIES_ON_CONNECT = "EG-V5-108";
    NO_USER_PROPERTIES_ON_SUBSCRIBE = "EG-V5-109";
    NO_USER_PROPERTIES_ON_DISCONNECT = "EG-V5-110";
    NO_USER_PROPERTIES_ON_PUBACK = "EG-V5-111";
    NO_USER_PROPERTIES_ON_AUTH = "EG-V5-112";
    USER_PROPERTIES_DO_NOTHING_ELSE = "EG-V5-113";
    FAILING_PUBACK_ENDS = "EG-V5-114";
}

/// Judges what only MQTT 5 can say in a CONNECT.
pub(super) fn judge_connect(
    connect: &Connect,
    profile: &EventGridProfile,
    are_for_a_webhook: bool,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let is_limit = |property: &Property| {
        matches!(property, Property::MaximumPacketSize(_) | Property::ReceiveMaximum(_))
    };
    if connect.properties.iter().any(is_limit) {
        ruling.note(A_CLIENT_MAY_SET_ITS_LIMITS, true);
    }
    let rule = NO_USER_PROPERTIES_ON_CONNECT;
    if are_for_a_webhook {
        return Ok(());
    }
    judge_user_properties(&connect.properties, rule, profile, ruling)
}

/// Judges the user properties of a packet that is to have none.
pub(super) fn judge_user_properties(
    properties: &[Property],
    rule: Rule,
    profile: &EventGridProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    if !has_user_properties(properties) {
        return Ok(());
    }
    let reason = ruling.value(
        open::UNSUPPORTED_USER_PROPERTIES,
        IMPLEMENTATION_SPECIFIC_ERROR,
        UNSPECIFIED_ERROR,
    );
    if profile.refuses_user_properties {
        return Ending::unless(false, rule, reason, ruling);
    }
    Ending::unless_granted(USER_PROPERTIES_DO_NOTHING_ELSE, reason, ruling)
}

/// Lets a client have what it may wish of its session.
pub(super) fn grant_wishes(connect: &Connect, ruling: &mut Ruling<'_>) -> Result<(), Ending> {
    let start = if connect.clean { MAY_START_CLEAN } else { MAY_RESUME };
    Ending::unless_granted(start, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    let expiry = match session_expiry_interval_s(&connect.properties) {
        None | Some(0) => return Ok(()),
        Some(1..=SHORT_EXPIRY_S) => MAY_EXPIRE_SOON,
        Some(_) => MAY_LAST_LONG,
    };
    Ending::unless_granted(expiry, IMPLEMENTATION_SPECIFIC_ERROR, ruling)
}

/// A session that outlives its connection by no more is short, and modest. The page gives no number.
pub(super) const SHORT_EXPIRY_S: u32 = 300;

/// The interval that a CONNECT or a DISCONNECT has.
pub(super) fn session_expiry_interval_s(properties: &[Property]) -> Option<u32> {
    end::find(properties, |property| match property {
        Property::SessionExpiryIntervalS(s) => Some(*s),
        _ => None,
    })
}

/// Whether there is a user property.
pub(super) fn has_user_properties(properties: &[Property]) -> bool {
    properties.iter().any(|property| matches!(property, Property::UserProperty(..)))
}
