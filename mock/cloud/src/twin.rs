//! A device twin: desired and reported properties, tags, versions.

use serde_json::{Map, Value};

/// The twin of one identity. Versions begin at 1 and grow by one with each accepted update.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    pub desired: Section,
    pub reported: Section,
    pub tags: Map<String, Value>,
    /// Grows with every change of the whole twin.
    pub version: u64,
}

/// Desired or reported properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Without `$version` and `$metadata`.
    pub properties: Map<String, Value>,
    pub version: u64,
}

impl Default for Section {
    fn default() -> Self {
        Self { properties: Map::new(), version: 1 }
    }
}

impl Default for Twin {
    fn default() -> Self {
        Self {
            desired: Section::default(),
            reported: Section::default(),
            tags: Map::new(),
            version: 1,
        }
    }
}
