//! What a selection would run.

use std::fmt;

use serde::Serialize;

use super::{Suite, place};
use crate::features;

/// A scenario that is selected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// `features/iot-hub/cloud/d2c.feature`
    pub path: String,
    /// Of the scenario, or of its row of examples; counts from 1.
    pub line: usize,
    pub name: String,
    /// Without the `@`.
    pub tags: Vec<String>,
    /// Why it would not run: `unsupported: …`, `not run: …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<String>,
}

/// How a list is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listing {
    Lines,
    Json,
}

impl Listed {
    pub(crate) fn new(path: &str, line: usize, name: &str, tags: &[String]) -> Self {
        let (path, name) = (path.to_owned(), name.to_owned());
        Self { path, line, name, tags: tags.to_vec(), instead: None }
    }
}

impl Suite {
    /// Every selected scenario, in the order of the features.
    pub fn list(&self) -> Vec<Listed> {
        let client = self.settings.client.as_ref();
        let all = self.features.iter().flat_map(|feature| {
            features::scenarios(feature).map(move |scenario| (feature, scenario))
        });
        let listed = all.map(|(feature, scenario)| {
            let ((path, line), tags) =
                (place(feature, scenario), features::tags(feature, scenario));
            let instead = client.and_then(|client| client.lacks(&tags)).map(|it| it.to_string());
            Listed { instead, ..Listed::new(&path, line, &scenario.name, &tags) }
        });
        listed.collect()
    }
}

impl Listing {
    /// The list as one text, with a newline at its end.
    pub fn of(self, listed: &[Listed]) -> String {
        match self {
            Self::Lines => listed.iter().map(|it| format!("{it}\n")).collect(),
            // Nothing in it can fail.
            Self::Json => serde_json::to_string(listed).unwrap_or_default() + "\n",
        }
    }
}

/// `features/iot-hub/cloud/d2c.feature:12 A message arrives`
impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, name, instead, .. } = self;
        write!(f, "{path}:{line} {name}")?;
        instead.as_ref().map_or(Ok(()), |instead| write!(f, " ({instead})"))
    }
}
