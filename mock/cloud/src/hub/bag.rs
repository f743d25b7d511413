//! Property bags: message properties in a topic name, both ways.

use crate::sas;

/// System properties that a device may set: the bag's name and the service's.
const FROM_DEVICE: &[(&str, &str)] = &[
    ("$.mid", "message-id"),
    ("$.cid", "correlation-id"),
    ("$.uid", "user-id"),
    ("$.to", "to"),
    ("$.exp", "absolute-expiry-time"),
    ("$.ct", "content-type"),
    ("$.ce", "content-encoding"),
    ("$.ctime", "iothub-creation-time-utc"),
    ("$.on", "iothub-output-name"),
    ("$.sub", "dt-subject"),
    ("$.ifid", "iothub-interface-id"),
    ("$.schema", "iothub-message-schema"),
    ("$.cdid", "iothub-connection-device-id"),
    ("$.cmid", "iothub-connection-module-id"),
    ("$.diagid", "iothub-diagnostics-id"),
    ("$.diagctx", "iothub-diagnostics-context"),
    ("iothub-ack", "iothub-ack"),
    ("iothub-operation", "iothub-operation"),
];

/// How HTTPS, AMQP and the SDKs call what is `$.xx` in MQTT.
const ELSEWHERE: &[(&str, &str)] = &[
    ("message-id", "$.mid"),
    ("messageId", "$.mid"),
    ("correlation-id", "$.cid"),
    ("correlationId", "$.cid"),
    ("content-type", "$.ct"),
    ("contentType", "$.ct"),
    ("content-encoding", "$.ce"),
    ("contentEncoding", "$.ce"),
];

fn in_mqtt(name: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(elsewhere, _)| *elsewhere == name).map(|(_, short)| *short)
}

/// The properties of one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Properties {
    pub(super) system: Vec<(&'static str, String)>,
    /// `None` is a name without `=`.
    pub(super) application: Vec<(String, Option<String>)>,
    /// Whether a name came twice.
    pub(super) has_duplicates: bool,
    /// Whether every character outside the URL-safe set was escaped.
    pub(super) is_well_encoded: bool,
}

impl Properties {
    /// Reads `name=value&name&name=`, percent-encoded. Of equal names the last one survives.
    pub(super) fn parse(bag: &str) -> Self {
        let mut properties = Self { is_well_encoded: is_well_encoded(bag), ..Self::default() };
        for pair in bag.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = match pair.split_once('=') {
                Some((name, value)) => (name, Some(sas::decoded(value))),
                None => (pair, None),
            };
            properties.put(&sas::decoded(name), value);
        }
        properties
    }

    /// Reads the same; of equal names the first one survives.
    pub(super) fn parse_first(bag: &str) -> Self {
        let backwards: Vec<&str> = bag.rsplit('&').collect();
        let mut properties = Self::parse(&backwards.join("&"));
        properties.system.reverse();
        properties.application.reverse();
        properties
    }

    /// Adds an application property that the hub makes, unless the device made it already.
    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.application.retain(|(key, _)| key != name);
        self.application.push((name.to_owned(), Some(value.to_owned())));
    }

    /// The value of a system property, by the service's name.
    pub(super) fn system(&self, name: &str) -> Option<&str> {
        self.system.iter().find(|(key, _)| *key == name).map(|(_, value)| value.as_str())
    }

    /// The value of an application property.
    pub(super) fn application(&self, name: &str) -> Option<&str> {
        self.application.iter().find(|(key, _)| key == name).and_then(|(_, value)| value.as_deref())
    }

    /// Whether an application property is called as a system property is elsewhere, though not in MQTT.
    pub(super) fn has_bare_names(&self) -> bool {
        self.application.iter().any(|(name, _)| in_mqtt(name).is_some())
    }

    /// Takes such application properties for system properties, which is wrong.
    pub(super) fn translate_bare_names(&mut self) {
        for (name, value) in std::mem::take(&mut self.application) {
            let name = in_mqtt(&name).map_or(name.clone(), str::to_owned);
            self.put(&name, value);
        }
    }

    /// Bytes that count against the message size: system values, application names and values.
    pub(super) fn size_bytes(&self) -> usize {
        let system: usize = self.system.iter().map(|(_, value)| value.len()).sum();
        let application: usize = self
            .application
            .iter()
            .map(|(name, value)| name.len() + value.as_deref().map_or(0, str::len))
            .sum();
        system + application
    }

    fn put(&mut self, name: &str, value: Option<String>) {
        if let Some((_, service)) = FROM_DEVICE.iter().find(|(short, _)| *short == name) {
            let before = self.system.len();
            self.system.retain(|(key, _)| key != service);
            self.has_duplicates |= self.system.len() < before;
            self.system.push((service, value.unwrap_or_default()));
        } else {
            let before = self.application.len();
            self.application.retain(|(key, _)| !key.eq_ignore_ascii_case(name));
            self.has_duplicates |= self.application.len() < before;
            self.application.push((name.to_owned(), value));
        }
    }
}

/// Writes a bag for a device: `%24.` prefixes, `%20` for a space, a bare name for null.
pub(super) fn write<'a>(pairs: impl IntoIterator<Item = (String, Option<&'a str>)>) -> String {
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={}", sas::encode(value)),
            None => name,
        })
        .collect();
    pairs.join("&")
}

/// RFC 2396: unreserved characters and `$` as they are, the rest escaped; every `%` begins an escape.
pub(super) fn is_well_encoded(bag: &str) -> bool {
    let bytes = bag.as_bytes();
    let escape = |at: usize| {
        bytes.get(at + 1).is_some_and(u8::is_ascii_hexdigit)
            && bytes.get(at + 2).is_some_and(u8::is_ascii_hexdigit)
    };
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => escape(at),
        b'&' | b'=' | b'$' | b'?' | b'/' => true,
        _ => byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(byte),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn application(bag: &str) -> Vec<(String, Option<String>)> {
        Properties::parse(bag).application
    }

    #[test]
    fn names_and_values_are_decoded() {
        let pairs = |list: &[(&str, Option<&str>)]| -> Vec<(String, Option<String>)> {
            list.iter().map(|(n, v)| ((*n).to_owned(), v.map(str::to_owned))).collect()
        };
        for (bag, expected) in [
            ("", pairs(&[])),
            ("a=b", pairs(&[("a", Some("b"))])),
            ("a=b&c=d", pairs(&[("a", Some("b")), ("c", Some("d"))])),
            ("a&b=", pairs(&[("a", None), ("b", Some(""))])),
            ("a%20b=%2F%26%3D%25%2B%C3%A9", pairs(&[("a b", Some("/&=%+é"))])),
            ("a=b=c", pairs(&[("a", Some("b=c"))])),
            ("a=1&A=2", pairs(&[("A", Some("2"))])),
            ("contentType=x", pairs(&[("contentType", Some("x"))])),
        ] {
            assert_eq!(application(bag), expected, "{bag}");
        }
    }

    #[test]
    fn of_equal_names_the_first_may_survive() {
        let properties = Properties::parse_first("$.ct=x&a=1&b=2&A=3&$.ct=y");
        let application = [("a", "1"), ("b", "2")].map(|(n, v)| (n.to_owned(), Some(v.to_owned())));
        assert_eq!(properties.application, application);
        assert_eq!(properties.system, [("content-type", "x".to_owned())]);
        assert!(properties.has_duplicates);
    }

    #[test]
    fn system_properties_have_either_dollar() {
        for bag in ["$.ct=application%2Fjson&$.ce=utf-8", "%24.ct=application%2fjson&%24.ce=utf-8"]
        {
            let properties = Properties::parse(bag);
            assert_eq!(properties.application, [], "{bag}");
            let expected = [("content-type", "application/json"), ("content-encoding", "utf-8")];
            let expected: Vec<_> = expected.map(|(n, v)| (n, v.to_owned())).into();
            assert_eq!(properties.system, expected, "{bag}");
        }
    }

    #[test]
    fn names_of_other_protocols_are_noticed_and_stay_the_applications_own() {
        for (bag, bare) in [
            ("contentType=x", true),
            ("a=1&content-encoding=x", true),
            ("$.ct=x&contenttype=y", false),
            ("a=1", false),
        ] {
            let properties = Properties::parse(bag);
            assert_eq!(properties.has_bare_names(), bare, "{bag}");
        }
        let mut properties = Properties::parse("contentType=x&a=1");
        assert_eq!((properties.system("content-type"), properties.application.len()), (None, 2));
        properties.translate_bare_names();
        let (system, application) = (properties.system("content-type"), &properties.application);
        assert_eq!((system, application.len()), (Some("x"), 1));
    }

    #[test]
    fn a_bag_for_a_device_keeps_null_and_empty_apart() {
        let pairs = [("prop1", None), ("prop2", Some("")), ("prop3", Some("a string"))];
        let bag = write(pairs.map(|(name, value)| (name.to_owned(), value)));
        assert_eq!(bag, "prop1&prop2=&prop3=a%20string");
    }

    #[test]
    fn raw_characters_are_noticed() {
        for (bag, well) in [
            ("a=b%20c", true),
            ("$.mid=1-2_3.4", true),
            ("a=b c", false),
            ("a=é", false),
            ("a=100%", false),
            ("a=b+c", false),
        ] {
            assert_eq!(Properties::parse(bag).is_well_encoded, well, "{bag}");
        }
    }
}
