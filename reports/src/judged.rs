//! What a run found out about a clause.

use serde::{Deserialize, Serialize};

/// One clause that a scenario looked at, and what the wire said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// `HUB-D2C-016`
    pub clause: String,
    /// Its sentence.
    pub says: String,
    pub level: Level,
    pub found: Found,
}

/// How strongly a clause binds; `choice` where nothing is documented and skyproof chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    Must,
    Should,
    May,
    Choice,
}

/// Ordered so that of several findings the one that counts is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// There was no occasion: nothing is proven either way.
    NeverShown,
    Kept,
    Broken,
}
