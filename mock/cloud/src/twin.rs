//! A device twin as data: desired and reported properties, tags, versions.

pub mod limits;
pub mod merge;
mod stamp;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

pub use self::stamp::Stamp;
use crate::time::Time;

/// The members of a section, or of any object in it.
pub type Members = Map<String, Value>;

/// The twin of one identity. Versions begin at 1 and grow by one with each accepted update.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    pub desired: Section,
    pub reported: Section,
    pub tags: Members,
    /// Grows with every change of the whole twin.
    pub version: u64,
    /// Whether a connection of this identity ever asked for desired notices.
    pub watched: bool,
}

/// Desired or reported properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Without `$version` and `$metadata`.
    pub properties: Members,
    pub version: u64,
    /// When each member was last updated.
    pub stamp: Stamp,
}

impl Twin {
    /// The tag for conditional requests, as the service writes it: the version in base64.
    pub fn etag(&self) -> String {
        STANDARD.encode(self.version.to_be_bytes())
    }
}

impl Section {
    /// Takes over the properties that `patch` made of the old ones; the version grows by `step`.
    pub fn update(&mut self, properties: Members, patch: &Members, step: u64, at: Time) {
        self.properties = properties;
        self.version += step;
        self.stamp.touch(patch, at, self.version);
    }

    /// As a device reads it: the members and `$version`.
    pub fn view(&self) -> Members {
        let mut view = self.properties.clone();
        view.insert("$version".to_owned(), json!(self.version));
        view
    }

    /// As the service reads it: with `$metadata`, which tells versions in desired properties alone.
    pub fn view_with_metadata(&self, tells_versions: bool) -> Members {
        let mut view = self.properties.clone();
        view.insert("$metadata".to_owned(), self.stamp.view(&self.properties, tells_versions));
        view.insert("$version".to_owned(), json!(self.version));
        view
    }
}

impl Default for Section {
    fn default() -> Self {
        Self { properties: Map::new(), version: 1, stamp: Stamp::default() }
    }
}

impl Default for Twin {
    fn default() -> Self {
        Self {
            desired: Section::default(),
            reported: Section::default(),
            tags: Map::new(),
            version: 1,
            watched: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(value: Value) -> Members {
        value.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn a_new_section_is_its_version_alone() {
        let section = Section::default();
        assert_eq!(section.view(), members(json!({"$version": 1})));
        let expected =
            json!({"$metadata": {"$lastUpdated": "0001-01-01T00:00:00Z"}, "$version": 1});
        assert_eq!(section.view_with_metadata(true), members(expected));
    }

    #[test]
    fn an_update_counts_and_is_dated() {
        let mut section = Section::default();
        let patch = members(json!({"a": 1, "gone": null}));
        section.update(members(json!({"a": 1})), &patch, 1, Time::from_s(0));
        assert_eq!(section.view(), members(json!({"a": 1, "$version": 2})));
        let at = "1970-01-01T00:00:00.0000000Z";
        let stamp = json!({"$lastUpdated": at, "$lastUpdatedVersion": 2});
        let metadata = json!({"$lastUpdated": at, "$lastUpdatedVersion": 2, "a": stamp});
        assert_eq!(section.view_with_metadata(true)["$metadata"], metadata);
        let metadata = json!({"$lastUpdated": at, "a": {"$lastUpdated": at}});
        assert_eq!(section.view_with_metadata(false)["$metadata"], metadata);
    }

    #[test]
    fn an_etag_is_the_version() {
        let mut twin = Twin::default();
        assert_eq!(twin.etag(), "AAAAAAAAAAE=");
        twin.version = 2;
        assert_eq!(twin.etag(), "AAAAAAAAAAI=");
    }
}
