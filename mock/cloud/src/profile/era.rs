//! Profiles that go by a name: `profile = "2016"` in a seed stands for several switches at once.

use super::{HubProfile, UnsupportedTopic};

/// Lets a profile be written as a name, or as a table of switches. Its own derives must be
/// `#[serde(remote = "Self")]`.
macro_rules! eras {
    ($profile:ident { $($name:literal => $make:path,)+ }) => {
        impl $profile {
            /// The switches that a name stands for.
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($name => Some($make()),)+
                    _ => None,
                }
            }
        }

        impl serde::Serialize for $profile {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }

        /// A name, or the switches.
        impl<'de> serde::Deserialize<'de> for $profile {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct NameOrSwitches;
                impl<'de> serde::de::Visitor<'de> for NameOrSwitches {
                    type Value = $profile;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!($("\"", $name, "\", ",)+))?;
                        f.write_str("or a table of switches")
                    }

                    fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<$profile, E> {
                        $profile::named(name).ok_or_else(|| {
                            E::invalid_value(serde::de::Unexpected::Str(name), &self)
                        })
                    }

                    fn visit_map<M: serde::de::MapAccess<'de>>(
                        self,
                        switches: M,
                    ) -> Result<$profile, M::Error> {
                        let switches = serde::de::value::MapAccessDeserializer::new(switches);
                        $profile::deserialize(switches)
                    }
                }
                deserializer.deserialize_any(NameOrSwitches)
            }
        }
    };
}

pub(super) use eras;

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
}

eras!(HubProfile {
    "current" => HubProfile::default,
    "2016" => HubProfile::of_2016,
});

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
            "invalid value: string \"2015\", expected \"current\", \"2016\", or a table of switches"
        );
        assert_eq!(
            wrong(json!(2016)),
            "invalid type: integer `2016`, expected \"current\", \"2016\", or a table of switches"
        );
        assert!(wrong(json!({ "colour": "red" })).starts_with("unknown field `colour`"));
    }
}
