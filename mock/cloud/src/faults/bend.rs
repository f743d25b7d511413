//! How the numbers in an answer become wrong ones.

use serde_json::Value;
use wire::Publish;

/// Appended to a `$rid`: longer than what devices count, and a digit in decimal and in hex.
const FOREIGN: &str = "9999";

pub(super) fn bears_rid(publish: &Publish) -> bool {
    publish.topic.contains("$rid=")
}

pub(super) fn bears_version(publish: &Publish) -> bool {
    publish.topic.contains("$version=")
        || publish.payload.windows(10).any(|window| window == b"\"$version\"")
}

/// The answer is to a request that nobody made.
pub(super) fn with_wrong_rid(publish: &mut Publish) {
    publish.topic = with_argument(&publish.topic, "$rid=", |rid| format!("{rid}{FOREIGN}"));
}

/// Every version is off by so much; none falls below 0.
pub(super) fn with_shifted_version(publish: &mut Publish, by: i32) {
    publish.topic = with_argument(&publish.topic, "$version=", |version| {
        version
            .parse()
            .map_or_else(|_| version.to_owned(), |version| shifted(version, by).to_string())
    });
    let Ok(mut body) = serde_json::from_slice::<Value>(&publish.payload) else { return };
    shift(&mut body, by);
    for section in ["desired", "reported"] {
        if let Some(section) = body.get_mut(section) {
            shift(section, by);
        }
    }
    publish.payload = body.to_string().into();
}

fn shift(section: &mut Value, by: i32) {
    if let Some(version) = section.get_mut("$version")
        && let Some(number) = version.as_u64()
    {
        *version = shifted(number, by).into();
    }
}

fn shifted(version: u64, by: i32) -> u64 {
    version.saturating_add_signed(by.into())
}

/// Replaces the value of an argument in a topic's query.
fn with_argument(topic: &str, name: &str, change: impl FnOnce(&str) -> String) -> String {
    let Some((before, rest)) = topic.split_once(name) else { return topic.to_owned() };
    let (value, behind) = rest.split_at(rest.find('&').unwrap_or(rest.len()));
    format!("{before}{name}{}{behind}", change(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn publish(topic: &str, payload: &str) -> Publish {
        Publish {
            topic: topic.to_owned(),
            payload: payload.to_owned().into(),
            ..Publish::default()
        }
    }

    #[test]
    fn only_the_rid_changes() {
        for (topic, expected) in [
            (
                "$iothub/twin/res/204/?$rid=1&$version=6",
                "$iothub/twin/res/204/?$rid=19999&$version=6",
            ),
            ("$iothub/methods/POST/reboot/?$rid=a", "$iothub/methods/POST/reboot/?$rid=a9999"),
            (
                "$dps/registrations/res/202/?$rid=1&retry-after=3",
                "$dps/registrations/res/202/?$rid=19999&retry-after=3",
            ),
        ] {
            let mut publish = publish(topic, "");
            assert!(bears_rid(&publish));
            with_wrong_rid(&mut publish);
            assert_eq!(publish.topic, expected);
        }
    }

    #[test]
    fn every_version_changes() {
        for (topic, payload, by, topic_after, payload_after) in [
            (
                "$iothub/twin/res/204/?$rid=1&$version=6",
                "",
                2,
                "$iothub/twin/res/204/?$rid=1&$version=8",
                "",
            ),
            (
                "$iothub/twin/res/200/?$rid=1",
                r#"{"desired":{"a":1,"$version":4},"reported":{"$version":1}}"#,
                -1,
                "$iothub/twin/res/200/?$rid=1",
                r#"{"desired":{"a":1,"$version":3},"reported":{"$version":0}}"#,
            ),
            (
                "$iothub/twin/PATCH/properties/desired/?$version=5",
                r#"{"a":{"$version":"text"},"$version":5}"#,
                -9,
                "$iothub/twin/PATCH/properties/desired/?$version=0",
                r#"{"a":{"$version":"text"},"$version":0}"#,
            ),
        ] {
            let mut publish = publish(topic, payload);
            assert!(bears_version(&publish));
            with_shifted_version(&mut publish, by);
            assert_eq!(publish.topic, topic_after);
            assert_eq!(publish.payload, payload_after);
        }
        assert!(!bears_version(&publish("devices/d1/messages/devicebound/", "version 2")));
    }
}
