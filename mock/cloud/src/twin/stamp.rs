//! `$metadata`: when each property was last updated, and by which version.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::Members;
use crate::time::Time;

/// What the service writes for a section that nobody has updated yet.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// The last update of a section or of one of its members, and of what is inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    at: Option<Time>,
    version: u64,
    members: BTreeMap<String, Self>,
}

impl Stamp {
    /// Dates everything that a patch mentions; what it removes has no date any more.
    pub fn touch(&mut self, patch: &Members, at: Time, version: u64) {
        self.at = Some(at);
        self.version = version;
        for (name, value) in patch {
            match value {
                Value::Null => {
                    self.members.remove(name);
                }
                Value::Object(inner) => {
                    self.members.entry(name.clone()).or_default().touch(inner, at, version);
                }
                _ => {
                    let stamp = Self { at: Some(at), version, members: BTreeMap::new() };
                    self.members.insert(name.clone(), stamp);
                }
            }
        }
    }

    /// The JSON of `$metadata` for these properties, with `$lastUpdatedVersion` if asked.
    pub fn view(&self, properties: &Members, tells_versions: bool) -> Value {
        let at = self.at.map_or_else(|| NEVER.to_owned(), Time::round_trip);
        let mut view = Members::new();
        view.insert("$lastUpdated".to_owned(), json!(at));
        if tells_versions && self.at.is_some() {
            view.insert("$lastUpdatedVersion".to_owned(), json!(self.version));
        }
        let never = Self::default();
        for (name, value) in properties {
            let nothing = Members::new();
            let inner = value.as_object().unwrap_or(&nothing);
            let stamp = self.members.get(name).unwrap_or(&never);
            view.insert(name.clone(), stamp.view(inner, tells_versions));
        }
        Value::Object(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_dates_what_it_mentions_and_what_is_around_it() {
        let members = |value: Value| value.as_object().cloned().unwrap_or_default();
        let mut stamp = Stamp::default();
        stamp.touch(&members(json!({"a": {"b": 1, "c": 1}, "d": 1})), Time::from_s(1), 2);
        stamp.touch(&members(json!({"a": {"b": 2}, "d": null})), Time::from_s(2), 3);
        let view = stamp.view(&members(json!({"a": {"b": 2, "c": 1}})), true);
        let seen = |path: &str| view.pointer(path).cloned().unwrap_or_default();
        assert_eq!(seen("/$lastUpdatedVersion"), json!(3));
        assert_eq!(seen("/a/$lastUpdatedVersion"), json!(3));
        assert_eq!(seen("/a/b/$lastUpdatedVersion"), json!(3));
        assert_eq!(seen("/a/c/$lastUpdatedVersion"), json!(2));
        assert_eq!(seen("/a/c/$lastUpdated"), json!("1970-01-01T00:00:01.0000000Z"));
        assert_eq!(seen("/d"), Value::Null);
    }
}
