//! Profiles that go by a name: `profile = "2016"` in a seed stands for several switches at once.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::{HubProfile, UnsupportedTopic};

/// Each name, and the switches that it stands for.
const NAMED: &[(&str, Make)] = &[("current", HubProfile::default), ("2016", HubProfile::of_2016)];

type Make = fn() -> HubProfile;

impl HubProfile {
    /// The hub of the vendor's page of 2016-07-19: MQTT on 8883 alone, with the TLS of that year, user
    /// names without an api-version, and topics that no document names are passed on with their text as
    /// a property.
    pub fn of_2016() -> Self {
        Self {
            websocket: false,
            tls_1_3: false,
            asks_for_api_version: false,
            unsupported_topic: UnsupportedTopic::PassThrough,
            ..Self::default()
        }
    }

    /// The switches that a name stands for.
    pub fn named(name: &str) -> Option<Self> {
        NAMED.iter().find(|(known, _)| *known == name).map(|(_, profile)| profile())
    }
}

impl Serialize for HubProfile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

/// A name, or the switches.
impl<'de> Deserialize<'de> for HubProfile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrSwitches;
        impl<'de> de::Visitor<'de> for NameOrSwitches {
            type Value = HubProfile;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let names: Vec<String> =
                    NAMED.iter().map(|(name, _)| format!("\"{name}\"")).collect();
                write!(f, "{} or a table of switches", names.join(", "))
            }

            fn visit_str<E: de::Error>(self, name: &str) -> Result<HubProfile, E> {
                HubProfile::named(name)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(name), &self))
            }

            fn visit_map<M: de::MapAccess<'de>>(self, switches: M) -> Result<HubProfile, M::Error> {
                HubProfile::deserialize(de::value::MapAccessDeserializer::new(switches))
            }
        }
        deserializer.deserialize_any(NameOrSwitches)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, from_value, json, to_value};

    use super::*;

    #[test]
    fn a_profile_is_a_name_or_a_table() {
        let of_2016 = HubProfile::of_2016();
        let table = HubProfile { store_qos_2: true, ..HubProfile::default() };
        for (text, expected) in [
            (json!("2016"), of_2016.clone()),
            (json!("current"), HubProfile::default()),
            (json!({}), HubProfile::default()),
            (json!({ "store_qos_2": true }), table),
            (to_value(&of_2016).unwrap_or_default(), of_2016),
        ] {
            assert_eq!(from_value::<HubProfile>(text).expect("a profile"), expected);
        }
    }

    #[test]
    fn what_is_neither_is_told() {
        let wrong = |text: Value| from_value::<HubProfile>(text).expect_err("wrong").to_string();
        assert_eq!(
            wrong(json!("2015")),
            "invalid value: string \"2015\", expected \"current\", \"2016\" or a table of switches"
        );
        assert_eq!(
            wrong(json!(2016)),
            "invalid type: integer `2016`, expected \"current\", \"2016\" or a table of switches"
        );
        assert!(wrong(json!({ "colour": "red" })).starts_with("unknown field `colour`"));
    }
}
