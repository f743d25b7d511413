//! ALI-V5: what there is of MQTT 5.

mod limits;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use broker::Message;
use serde_json::{Map, Value, json};
use wire::{Connect, Filter, Packet, Property, Publish};

pub(super) use self::limits::{breach, faults, may_fail_with};
use super::{
    Instance, Session,
    end::{Ending, PACKET_TOO_LARGE, UNSPECIFIED_ERROR},
    open, topic,
};
use crate::{
    profile::{AlibabaProfile, UnlistedFeatures},
    rule::{Rule, rules},
    ruling::Ruling,
};

rules! {
    MAXIMUM_PACKET_SIZE_OF_THE_DEVICE = "ALI-V5-001";
    MAXIMUM_PACKET_SIZE = "ALI-V5-002";
    TOO_LARGE_IS_FILTERED = "ALI-V5-003";
    RECEIVE_MAXIMUM_OF_THE_DEVICE = "ALI-V5-004";
    USER_PROPERTIES_ARE_A_LIST = "ALI-V5-010";
    USER_PROPERTIES_ARE_SEEN = "ALI-V5-011";
    A_KEY_AND_A_VALUE = "ALI-V5-012";
    TWENTY_USER_PROPERTIES = "ALI-V5-013";
    NO_UNDERSCORE_IN_FRONT = "ALI-V5-014";
    SIZE_OF_A_USER_PROPERTY = "ALI-V5-015";
    LOG_SHOWS_USER_PROPERTIES = "ALI-V5-016";
    RESPONSE_TOPIC = "ALI-V5-020";
    CORRELATION_DATA = "ALI-V5-021";
    ANSWERED_WITH_WHAT_CAME = "ALI-V5-022";
    A_DEVICE_MAY_ASK = "ALI-V5-023";
    A_SERVER_FINDS_BOTH = "ALI-V5-024";
    A_SERVER_ANSWERS_BY_PUB = "ALI-V5-025";
    CORRELATION_DATA_IS_BASE64 = "ALI-V5-026";
    RESPONSE_TOPIC_IS_SHORT = "ALI-V5-027";
    CORRELATION_DATA_IS_SHORT = "ALI-V5-028";
    RESPONSE_TOPIC_OF_ITS_OWN = "ALI-V5-029";
    REASON_CODES = "ALI-V5-030";
    CODES_TELL_FAULTS_APART = "ALI-V5-031";
    TOPIC_ALIASES = "ALI-V5-032";
    AN_ALIAS_IS_IN_PLACE_OF_THE_TOPIC = "ALI-V5-033";
    NOTHING_UNLISTED = "ALI-V5-034";
}

/// Judges what only MQTT 5 can say in a CONNECT.
pub(super) fn judge_connect(
    session: &Session,
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    if !session.is_v5() {
        return Ok(());
    }
    let waits = |property: &Property| matches!(property, Property::WillDelayIntervalS(1..));
    let is_delayed = connect.will.as_ref().is_some_and(|it| it.properties.iter().any(waits));
    ruling.note(NOTHING_UNLISTED, connect.properties.iter().all(is_listed) && !is_delayed);
    match breach(&connect.properties, profile, ruling)? {
        Some(reason) => Err(Ending { because: open::PROPERTY_BREACH, reason }),
        None => Ok(()),
    }
}

/// A PUBLISH is no longer than CONNACK said that it may be.
pub(super) fn judge_size(
    session: &Session,
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    // All that stands around topic and payload, where there are no properties.
    const AROUND_BYTES: usize = 10;
    if !session.is_v5() {
        return Ok(());
    }
    let most_bytes = profile.max_packet_bytes;
    let rough_bytes = publish.topic.len() + publish.payload.len() + AROUND_BYTES;
    let fits = publish.properties.is_empty() && rough_bytes <= most_bytes
        || wire::size_bytes(&Packet::Publish(publish.clone()), session.version) <= most_bytes;
    Ending::unless(fits, MAXIMUM_PACKET_SIZE, PACKET_TOO_LARGE, ruling)
}

/// Judges what a PUBLISH does with MQTT 5. Gives the reason with which its PUBACK is to fail, if it is.
pub(super) fn judge_publish(
    session: &Session,
    publish: &Publish,
    instance: &Instance,
    ruling: &mut Ruling<'_>,
) -> Result<Option<u8>, Ending> {
    if !session.is_v5() {
        return Ok(None);
    }
    if !publish.properties.iter().all(is_listed) {
        ruling.note(NOTHING_UNLISTED, false);
    }
    if publish.topic.is_empty() {
        ruling.note(AN_ALIAS_IS_IN_PLACE_OF_THE_TOPIC, true);
    } else if session.aliases.have(&publish.topic) {
        ruling.note(AN_ALIAS_IS_IN_PLACE_OF_THE_TOPIC, false);
    }
    if let Some(response_topic) = response_topic(&publish.properties) {
        Ending::unless_granted(A_DEVICE_MAY_ASK, UNSPECIFIED_ERROR, ruling)?;
        let is_its_own = topic::may_subscribe(instance, session, response_topic);
        ruling.note(RESPONSE_TOPIC_OF_ITS_OWN, is_its_own);
        if has_correlation_data(&publish.properties) {
            Ending::unless_granted(open::A_REQUEST_AS_IN_THE_SAMPLE, UNSPECIFIED_ERROR, ruling)?;
        }
    }
    breach(&publish.properties, &instance.profile, ruling)
}

/// Notes what a SUBSCRIBE asks for that the vendor does not list.
pub(super) fn judge_filters(properties: &[Property], filters: &[Filter], ruling: &mut Ruling<'_>) {
    let is_usual = |it: &Filter| {
        !it.no_local && !it.retain_as_published && it.retain_handling == 0 && !is_shared(&it.filter)
    };
    if !filters.iter().all(is_usual) || !properties.iter().all(is_listed) {
        ruling.note(NOTHING_UNLISTED, false);
    }
}

/// Whether a filter is one of a shared subscription.
pub(super) fn is_shared(filter: &str) -> bool {
    filter.starts_with("$share/")
}

/// The code that tells an MQTT 5 client what is wrong.
pub(super) fn told(reason: u8, ruling: &mut Ruling<'_>) -> u8 {
    ruling.value(CODES_TELL_FAULTS_APART, reason, UNSPECIFIED_ERROR)
}

/// How long a message lives: the vendor lists no Message Expiry Interval.
pub(super) fn message_expiry_s(
    publish: &Publish,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Option<u32> {
    let asked_s = publish.properties.iter().find_map(|property| match property {
        Property::MessageExpiryIntervalS(s) => Some(*s),
        _ => None,
    })?;
    honours(profile, ruling).then_some(asked_s)
}

/// How long what is kept of a device outlives its connection: the vendor lists no Session Expiry Interval.
pub(super) fn session_expiry_s(
    session: &Session,
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> u32 {
    if !session.is_v5() || !honours(profile, ruling) {
        return u32::MAX;
    }
    let asked_s = connect.properties.iter().find_map(|property| match property {
        Property::SessionExpiryIntervalS(s) => Some(*s),
        _ => None,
    });
    asked_s.unwrap_or(0)
}

/// The properties with which a message reaches an MQTT 5 client.
pub(super) fn outgoing(message: &Message, now_ms: u64, ruling: &mut Ruling<'_>) -> Vec<Property> {
    let mut properties = Vec::new();
    let lifetime_s = message.expiry_interval_s.and_then(|_| message.remaining_s(now_ms));
    properties.extend(lifetime_s.map(Property::MessageExpiryIntervalS));
    for property in &message.properties {
        let passes = match property {
            Property::UserProperty(..) => ruling.value(USER_PROPERTIES_ARE_SEEN, true, false),
            _ => ruling.value(ANSWERED_WITH_WHAT_CAME, true, false),
        };
        if passes {
            properties.push(property.clone());
        }
    }
    as_a_list(&mut properties, ruling);
    properties
}

/// Tells a server what an MQTT 5 client said beside a message: Correlation Data in base64, user properties as
/// the Pub operation has them.
pub(super) fn tell_server(
    message: &Message,
    extensions: &mut Map<String, Value>,
    ruling: &mut Ruling<'_>,
) {
    let mut properties = message.properties.clone();
    as_a_list(&mut properties, ruling);
    for property in &properties {
        let (name, rule, value) = match property {
            Property::ResponseTopic(topic) => ("responsetopic", RESPONSE_TOPIC, topic.clone()),
            Property::CorrelationData(data) => {
                let as_it_came = String::from_utf8_lossy(data).into_owned();
                let text =
                    ruling.value(CORRELATION_DATA_IS_BASE64, STANDARD.encode(data), as_it_came);
                ("correlationdata", CORRELATION_DATA, text)
            }
            _ => continue,
        };
        if ruling.value(rule, true, false) && ruling.value(A_SERVER_FINDS_BOTH, true, false) {
            extensions.insert(name.to_owned(), Value::String(value));
        }
    }
    if let Some(pairs) = pairs(&properties)
        && ruling.value(USER_PROPERTIES_ARE_SEEN, true, false)
    {
        extensions.insert("userprop".to_owned(), Value::String(pairs.to_string()));
    }
}

/// What the log shows of a CONNECT: its user properties, as JSON text.
pub(super) fn logged(connect: &Connect, ruling: &mut Ruling<'_>) -> Option<String> {
    let content = json!({"UserProp": pairs(&connect.properties)?}).to_string();
    ruling.value(LOG_SHOWS_USER_PROPERTIES, Some(content), None)
}

/// By what a message of the Pub operation goes out.
pub(super) fn by_pub(message: &Message, otherwise: Rule) -> Rule {
    if has_correlation_data(&message.properties) { A_SERVER_ANSWERS_BY_PUB } else { otherwise }
}

/// User properties as the Pub operation has them, where there are any.
fn pairs(properties: &[Property]) -> Option<Value> {
    let pairs: Vec<Value> = properties
        .iter()
        .filter_map(|property| match property {
            Property::UserProperty(key, value) => Some(json!({"Key": key, "Value": value})),
            _ => None,
        })
        .collect();
    (!pairs.is_empty()).then(|| Value::Array(pairs))
}

fn response_topic(properties: &[Property]) -> Option<&str> {
    properties.iter().find_map(|property| match property {
        Property::ResponseTopic(topic) => Some(topic.as_str()),
        _ => None,
    })
}

fn has_correlation_data(properties: &[Property]) -> bool {
    properties.iter().any(|property| matches!(property, Property::CorrelationData(_)))
}

/// Keeps every user property, unless that is got wrong: then the first alone.
fn as_a_list(properties: &mut Vec<Property>, ruling: &mut Ruling<'_>) {
    let is_pair = |property: &Property| matches!(property, Property::UserProperty(..));
    if properties.iter().any(is_pair) && ruling.gives_wrong_value(USER_PROPERTIES_ARE_A_LIST) {
        let mut pairs = 0;
        properties.retain(|property| {
            pairs += usize::from(is_pair(property));
            !is_pair(property) || pairs == 1
        });
    }
}

/// Whether what the vendor does not list works as MQTT 5 has it (ALI-OPEN-129).
fn honours(profile: &AlibabaProfile, ruling: &mut Ruling<'_>) -> bool {
    let honours = profile.unlisted_features == UnlistedFeatures::Honour;
    ruling.value(open::UNLISTED_FEATURES, honours, !honours)
}

/// Whether a property belongs to the features that the vendor lists, or says what is so without it.
const fn is_listed(property: &Property) -> bool {
    matches!(
        property,
        Property::MaximumPacketSize(_)
            | Property::ReceiveMaximum(_)
            | Property::UserProperty(..)
            | Property::ResponseTopic(_)
            | Property::CorrelationData(_)
            | Property::ReasonString(_)
            | Property::RequestProblemInformation(_)
            | Property::TopicAlias(_)
            | Property::TopicAliasMaximum(_)
            | Property::SessionExpiryIntervalS(0)
            | Property::RequestResponseInformation(0)
    )
}
