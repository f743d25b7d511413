//! The user name of a CONNECT to DPS: which instance, which registration, which arguments.

use crate::sas;

/// A user name taken apart. Scope and registration id are never percent-decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Username {
    pub(super) scope: String,
    pub(super) registration_id: String,
    /// `…/?api-version=…`, as at the hub; the page has no `?`.
    pub(super) has_question_mark: bool,
    /// Percent-decoded; the first of equal names counts.
    arguments: Vec<(String, String)>,
}

impl Username {
    /// Reads `{scope}/registrations/{registration id}/[?]api-version=…[&…]`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scope, rest) = text.split_once('/')?;
        let rest = rest.strip_prefix("registrations/")?;
        let (registration_id, rest) = rest.split_once('/')?;
        let arguments = rest.strip_prefix('?').unwrap_or(rest);
        if scope.is_empty() || registration_id.is_empty() {
            return None;
        }
        let username = Self {
            scope: scope.to_owned(),
            registration_id: registration_id.to_owned(),
            has_question_mark: rest.starts_with('?'),
            arguments: arguments
                .split('&')
                .filter_map(|piece| piece.split_once('='))
                .map(|(name, value)| (name.to_owned(), sas::decoded(value)))
                .collect(),
        };
        username.argument("api-version")?;
        Some(username)
    }

    /// What stands in for a user name that names nobody.
    pub(super) fn unsaid(scope: &str, registration_id: &str) -> Self {
        Self {
            scope: scope.to_owned(),
            registration_id: registration_id.to_owned(),
            has_question_mark: false,
            arguments: Vec::new(),
        }
    }

    /// The value of an argument, decoded; an empty one is none.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Empty only in what stands in for a user name.
    pub(super) fn api_version(&self) -> &str {
        self.argument("api-version").unwrap_or_default()
    }

    /// Whether anything but the documented `api-version=2019-03-31` stands behind the names.
    pub(super) fn has_a_tail(&self) -> bool {
        self.has_question_mark
            || self.arguments.len() > 1
            || self.api_version() != DOCUMENTED_API_VERSION
    }

    /// Whether a document or an SDK names its api-version.
    pub(super) fn has_known_api_version(&self) -> bool {
        self.api_version() == DOCUMENTED_API_VERSION
            || OTHER_API_VERSIONS.contains(&self.api_version())
    }
}

const DOCUMENTED_API_VERSION: &str = "2019-03-31";

const OTHER_API_VERSIONS: &[&str] = &[
    "2017-08-31-preview",
    "2018-04-01",
    "2018-09-01-preview",
    "2021-06-01",
    "2021-10-01",
    "2025-07-01-preview",
];

/// Whether an api-version is of the time when an assignment was for ever (DPS-OPEN-045).
pub(super) fn has_sticky_assignments(api_version: &str) -> bool {
    // Dates of this form sort as text.
    api_version.get(..10).is_some_and(|date| date <= "2018-04-01")
}

/// A registration id may be so long; with X.509 it has to fit into a common name.
pub(super) const LONGEST: usize = 128;
pub(super) const LONGEST_COMMON_NAME: usize = 64;

/// Whether this can be a registration id: up to so many letters, digits and `-._:`, the last one a
/// letter, a digit or a dash.
pub(crate) fn is_registration_id(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte))
        && !text.ends_with(['.', '_', ':'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_form_its_variants_and_what_is_none() {
        for (text, expected) in [
            ("0ne1/registrations/d1/api-version=2019-03-31", Some(("d1", "2019-03-31", false))),
            (
                "0ne1/registrations/d1/api-version=2019-03-31&ClientVersion=azure-iot%2F1.0",
                Some(("d1", "2019-03-31", true)),
            ),
            ("0ne1/registrations/d1/?api-version=2019-03-31", Some(("d1", "2019-03-31", true))),
            ("0ne1/registrations/d1/api-version=2021-06-01", Some(("d1", "2021-06-01", true))),
            ("0ne1/registrations/a:b._-c/api-version=1", Some(("a:b._-c", "1", true))),
            ("0ne1/registrations/d1", None),
            ("0ne1/registrations/d1/", None),
            ("0ne1/registrations/d1/ClientVersion=x", None),
            ("0ne1/registrations//api-version=2019-03-31", None),
            ("/registrations/d1/api-version=2019-03-31", None),
            ("0ne1/devices/d1/api-version=2019-03-31", None),
            ("0ne1", None),
            ("", None),
        ] {
            let parsed = Username::parse(text);
            let seen = parsed
                .as_ref()
                .map(|name| (name.registration_id.as_str(), name.api_version(), name.has_a_tail()));
            assert_eq!(seen, expected, "{text}");
        }
    }

    #[test]
    fn registration_ids_have_an_alphabet_a_length_and_an_end() {
        let (long, longer) = ("x".repeat(64), "x".repeat(65));
        for (text, legal) in [
            ("d1", true),
            ("Sn-007.a_b:c-", true),
            ("d1.", false),
            ("d1_", false),
            ("d1:", false),
            ("d 1", false),
            ("d%201", false),
            ("dé", false),
            ("", false),
            (long.as_str(), true),
            (longer.as_str(), false),
        ] {
            assert_eq!(is_registration_id(text, 64), legal, "{text}");
        }
    }

    #[test]
    fn assignments_were_sticky_until_the_first_version_of_2018() {
        for (version, sticky) in [
            ("2017-08-31-preview", true),
            ("2018-04-01", true),
            ("2018-09-01-preview", false),
            ("2019-03-31", false),
            ("1", false),
        ] {
            assert_eq!(has_sticky_assignments(version), sticky, "{version}");
        }
    }
}
