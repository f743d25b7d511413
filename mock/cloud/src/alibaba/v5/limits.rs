//! How much user properties, Response Topic and Correlation Data may be, and what a packet does that has
//! more.

use wire::Property;

use super::{
    A_KEY_AND_A_VALUE, CORRELATION_DATA_IS_SHORT, NO_UNDERSCORE_IN_FRONT, RESPONSE_TOPIC_IS_SHORT,
    SIZE_OF_A_USER_PROPERTY, TWENTY_USER_PROPERTIES,
};
use crate::{
    alibaba::{
        end::{Ending, QUOTA_EXCEEDED, UNSPECIFIED_ERROR},
        open,
    },
    profile::{AlibabaProfile, PropertyBreach, UserPropertyLimit},
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// Notes which limits the properties of a packet keep. Gives the reason with which the packet is to fail,
/// if it is (ALI-OPEN-126).
///
/// # Errors
/// When the connection is to end.
pub(in crate::alibaba) fn breach(
    properties: &[Property],
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<Option<u8>, Ending> {
    if properties.iter().any(|it| matches!(it, Property::UserProperty(..))) {
        Ending::unless_granted(open::USER_PROPERTIES_ON, UNSPECIFIED_ERROR, ruling)?;
    }
    let breaches = faults(properties, profile, ruling);
    let (rule, reason) = (open::PROPERTY_BREACH, profile.property_breach_reason);
    if breaches.is_empty() {
        return Ok(None);
    }
    match profile.property_breach {
        PropertyBreach::Accept => {
            Ending::unless_granted(rule, reason, ruling)?;
            Ok(None)
        }
        PropertyBreach::Close => {
            ruling.explain(breaches.join("; "));
            Ending::unless(false, rule, reason, ruling)?;
            Ok(None)
        }
        PropertyBreach::Refuse => {
            ruling.explain(breaches.join("; "));
            Ok(match ruling.uphold(rule, false) {
                Ok(()) => None,
                Err(Broken(_)) => Some(reason),
            })
        }
    }
}

/// Notes which limits properties keep, and tells what is wrong.
pub(in crate::alibaba) fn faults(
    properties: &[Property],
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let (sum, each) = (UserPropertyLimit::Sum, UserPropertyLimit::Each);
    let other = if profile.user_property_limit == sum { each } else { sum };
    let rule = open::WHAT_A_USER_PROPERTY_COUNTS;
    let limit = ruling.value(rule, profile.user_property_limit, other);
    for (rule, fault) in judged(properties, profile, limit) {
        let holds = fault.is_none();
        ruling.note(rule, holds);
        faults.extend(fault);
    }
    faults
}

/// The reason as SUBACK may have it, or as UNSUBACK may, which has no quota: MQTT 5, sections 3.9.3 and
/// 3.11.3.
pub(in crate::alibaba) const fn may_fail_with(reason: u8, is_subscribe: bool) -> u8 {
    if is_subscribe && reason == QUOTA_EXCEEDED { reason } else { UNSPECIFIED_ERROR }
}

/// Each rule about these properties, with what is wrong by it.
fn judged(
    properties: &[Property],
    profile: &AlibabaProfile,
    limit: UserPropertyLimit,
) -> Vec<(Rule, Option<String>)> {
    let mut judged = Vec::new();
    let mut judge = |rule, holds: bool, fault: String| {
        judged.push((rule, (!holds).then_some(fault)));
    };
    let mut pairs = 0;
    for property in properties {
        match property {
            Property::UserProperty(key, value) => {
                pairs += 1;
                let has_key = !key.is_empty();
                judge(A_KEY_AND_A_VALUE, has_key, "a user property has no key".to_owned());
                let is_usual = !key.starts_with('_');
                let fault = format!("the key `{key}` of a user property begins with `_`");
                judge(NO_UNDERSCORE_IN_FRONT, is_usual, fault);
                let most = profile.user_property_chars;
                let chars = chars(key, value, limit);
                let fault =
                    format!("a user property has {chars} characters, and not {most} at most");
                judge(SIZE_OF_A_USER_PROPERTY, chars <= most, fault);
            }
            Property::ResponseTopic(topic) => {
                let (chars, most) = (topic.chars().count(), profile.response_topic_chars);
                let fault =
                    format!("the Response Topic has {chars} characters, and not {most} at most");
                judge(RESPONSE_TOPIC_IS_SHORT, chars <= most, fault);
            }
            Property::CorrelationData(data) => {
                let (bytes, most) = (data.len(), profile.correlation_data_bytes);
                let fault =
                    format!("the Correlation Data has {bytes} bytes, and not {most} at most");
                judge(CORRELATION_DATA_IS_SHORT, bytes <= most, fault);
            }
            _ => {}
        }
    }
    if pairs > 0 {
        let most = profile.user_properties_max;
        let fault = format!("the packet has {pairs} user properties, and not {most} at most");
        judge(TWENTY_USER_PROPERTIES, pairs <= most, fault);
    }
    judged
}

/// What counts of a user property (ALI-OPEN-124).
fn chars(key: &str, value: &str, limit: UserPropertyLimit) -> usize {
    let (key, value) = (key.chars().count(), value.chars().count());
    match limit {
        UserPropertyLimit::Sum => key + value,
        UserPropertyLimit::Each => key.max(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> Property {
        Property::UserProperty(key.to_owned(), value.to_owned())
    }

    #[test]
    fn limits_are_as_the_vendor_gives_them() {
        let profile = AlibabaProfile::default();
        let word = "x".repeat(64);
        let twenty: Vec<Property> = (0..20).map(|n| pair(&format!("k{n}"), "v")).collect();
        let twenty_one = [twenty.clone(), vec![pair("k", "v")]].concat();
        let long = "x".repeat(129);
        for (properties, broken) in [
            (vec![], vec![]),
            (twenty, vec![]),
            (twenty_one, vec![TWENTY_USER_PROPERTIES]),
            (vec![pair("", "v")], vec![A_KEY_AND_A_VALUE]),
            (vec![pair("_k", "v")], vec![NO_UNDERSCORE_IN_FRONT]),
            (vec![pair("k_", "_v")], vec![]),
            (vec![pair(&word, &word)], vec![]),
            (vec![pair(&word, &format!("{word}é"))], vec![SIZE_OF_A_USER_PROPERTY]),
            (vec![Property::ResponseTopic("é".repeat(128))], vec![]),
            (vec![Property::ResponseTopic(long.clone())], vec![RESPONSE_TOPIC_IS_SHORT]),
            (vec![Property::CorrelationData(vec![0; 128].into())], vec![]),
            (vec![Property::CorrelationData(long.into())], vec![CORRELATION_DATA_IS_SHORT]),
        ] {
            let judged = judged(&properties, &profile, UserPropertyLimit::Sum);
            let found: Vec<Rule> =
                judged.into_iter().filter(|(_, fault)| fault.is_some()).map(|(it, _)| it).collect();
            assert_eq!(found, broken, "{properties:?}");
        }
    }

    #[test]
    fn an_sdk_counts_key_and_value_each() {
        for (key, value, sum, each) in [("ab", "c", 3, 2), ("", "é", 1, 1)] {
            assert_eq!(chars(key, value, UserPropertyLimit::Sum), sum);
            assert_eq!(chars(key, value, UserPropertyLimit::Each), each);
        }
    }
}
