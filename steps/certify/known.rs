//! Failures that are known: a list that keeps a run green for a while, and tells when it is no longer true.

use std::{fs, path::Path};

use cloud::{Time, catalogue};
use reports::{Conversation, Failure, Outcome, Scenario, Verdict};
use serde::Deserialize;
use toml::Spanned;

use crate::{
    document::{self, Form},
    outside,
    suite::{Listed, Trouble},
};

/// The list, and what became of its entries in a run so far.
#[derive(Clone, Debug, Default)]
pub struct KnownFailing {
    file: String,
    entries: Vec<Known>,
}

#[derive(Clone, Debug)]
struct Known {
    entry: Entry,
    line: usize,
    is_expired: bool,
    /// How many scenarios that it is about failed, and how many passed.
    failed: usize,
    passed: Vec<String>,
    /// Those that passed or failed, by place and name.
    judged: Vec<(String, usize, String)>,
}

#[derive(Clone, Debug, Deserialize)]
struct Entry {
    /// A clause, a place, or a part of a scenario's name.
    pattern: String,
    reason: String,
    #[serde(default)]
    link: Option<String>,
    owner: String,
    /// The last day on which it counts: `2026-12-31`.
    expires: String,
}

#[derive(Deserialize)]
struct List {
    #[serde(default)]
    known: Vec<Spanned<Entry>>,
}

const FORM: Form = Form {
    keys: &["known"],
    of_each: &["pattern", "reason", "link", "owner", "expires"],
    example: "[[known]]\npattern = \"HUB-TWIN-039\"\nreason = \"the twin is read once only\"\n\
              link = \"https://example.com/issues/7\"\nowner = \"ana\"\nexpires = \"2026-12-31\"",
};

impl KnownFailing {
    /// Reads a list, as it stands on a day.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown or missing key, an empty pattern, no date.
    pub fn read(path: &Path, today: Date) -> Result<Self, Trouble> {
        let List { known } = document::read(path, &FORM)?;
        let file = path.display().to_string();
        let text = fs::read_to_string(path).unwrap_or_default();
        let entries = known.into_iter().map(|entry| {
            let line = document::line(&text, &entry.span());
            let entry = entry.into_inner();
            let wrong = |what: &str, hint: &str| {
                Trouble::Usage(format!("{file}:{line}: {what}"), hint.to_owned())
            };
            if entry.pattern.trim().is_empty() {
                return Err(wrong(
                    "the pattern is empty, which would match everything",
                    "a clause such as HUB-TWIN-039, a place, or a part of a scenario's name",
                ));
            }
            let expires = entry
                .expires
                .parse::<Date>()
                .map_err(|why| wrong(&why, "expires = \"2026-12-31\""))?;
            let is_expired = expires < today;
            let (failed, passed, judged) = (0, Vec::new(), Vec::new());
            Ok(Known { entry, line, is_expired, failed, passed, judged })
        });
        Ok(Self { entries: entries.collect::<Result<_, _>>()?, file })
    }

    /// Hears of a scenario, and calls a failure known where it is.
    pub(super) fn judge(&mut self, scenario: &mut Scenario) {
        let Scenario { path, line, name, tags, .. } = &*scenario;
        let about = Listed::new(path, *line, name, tags);
        let mut known = None;
        for it in self.entries.iter_mut().filter(|it| it.entry.is_about(&about)) {
            match scenario.outcome {
                Outcome::Judged(Verdict::Fail) => {
                    it.failed += 1;
                    if !it.is_expired {
                        known.get_or_insert(it.entry.told());
                    }
                }
                Outcome::Judged(Verdict::Pass | Verdict::Warn) => it.passed.push(name.clone()),
                _ => continue,
            }
            it.judged.push((path.clone(), *line, name.clone()));
        }
        if let Some(reason) = known {
            scenario.outcome = Outcome::KnownFailing(reason);
        }
    }

    /// The entries that are no longer true, each as a scenario that failed. `all` are the scenarios that
    /// there are, whether they ran or not.
    pub(super) fn untrue(&self, cloud: &str, all: &[Listed], is_whole: bool) -> Vec<Scenario> {
        let untrue = self.entries.iter().filter_map(|known| {
            let (what, hint) = known.untrue(all, is_whole)?;
            Some(self.finding(cloud, known, what, hint))
        });
        untrue.collect()
    }

    fn finding(&self, cloud: &str, known: &Known, what: String, hint: &str) -> Scenario {
        let Known { entry, line, .. } = known;
        let name = format!("The known failure `{}` is still true", entry.pattern);
        Scenario {
            cloud: cloud.to_owned(),
            feature: FEATURE.to_owned(),
            path: self.file.clone(),
            line: *line,
            tags: Vec::new(),
            outcome: Verdict::Fail.into(),
            failure: Some(Failure {
                requirement: "an entry of the list of known failures is about a failure, and \
                              has not expired"
                    .to_owned(),
                expected: format!("a failure: {}", entry.told()),
                actual: what,
                hint: Some(hint.to_owned()),
                step: name.clone(),
            }),
            name,
            transcript: Vec::new(),
            judged: Vec::new(),
            steps: Vec::new(),
            conversation: Conversation::default(),
            trouble: None,
            attempts: 1,
            repeat: format!("skyproof certify {cloud} --known-failing {} -- …", self.file),
            real_ms: 0,
        }
    }
}

/// The feature of entries that are no longer true.
pub(super) const FEATURE: &str = "Known failures";

impl Known {
    /// What is wrong with it, and what to do.
    fn untrue(&self, all: &[Listed], is_whole: bool) -> Option<(String, &'static str)> {
        if self.is_expired {
            let what = format!("it expired on {}", self.entry.expires);
            return Some((what, "mend the client, or look at it again and set a later day"));
        }
        let mut about = all.iter().filter(|it| self.entry.is_about(it)).peekable();
        let may_be_found_besides = !is_whole && catalogue::find(&self.entry.pattern).is_some();
        if about.peek().is_none() && self.judged.is_empty() {
            let hint = "a clause, a place, or a part of a scenario's name: skyproof certify --list";
            let what = "no scenario matches the pattern".to_owned();
            return (!may_be_found_besides).then_some((what, hint));
        }
        // A part of a run says nothing about the scenarios in the other parts.
        let is_judged = |it: &Listed| {
            self.judged
                .iter()
                .any(|(path, line, name)| (path, line, name) == (&it.path, &it.line, &it.name))
        };
        let all_ran = is_whole || about.all(is_judged);
        (self.failed == 0 && !self.passed.is_empty() && all_ran).then(|| {
            let what = format!("a surprise: `{}` passed", self.passed.join("`, `"));
            (what, "take the entry out of the list")
        })
    }
}

impl Entry {
    fn is_about(&self, scenario: &Listed) -> bool {
        let pattern = self.pattern.as_str();
        if catalogue::find(pattern).is_some() {
            scenario.tags.iter().any(|tag| tag == pattern)
        } else if pattern.starts_with("features/") {
            scenario.path == pattern || format!("{}:{}", scenario.path, scenario.line) == pattern
        } else {
            scenario.name.contains(pattern)
        }
    }

    /// `the twin is read once only (ana, until 2026-12-31, https://example.com/issues/7)`
    fn told(&self) -> String {
        let Self { reason, owner, expires, link, .. } = self;
        let link = link.as_ref().map(|link| format!(", {link}")).unwrap_or_default();
        format!("{reason} ({owner}, until {expires}{link})")
    }
}

/// A day in UTC: `2026-12-31`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(String);

impl Date {
    /// The day on the wall.
    pub fn today() -> Self {
        Self::of(outside::now())
    }

    fn of(moment: Time) -> Self {
        Self(moment.round_trip().chars().take(DAY.len()).collect())
    }
}

const DAY: &str = "2026-12-31";

impl std::str::FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_day = text.len() == DAY.len() && Time::parse(&format!("{text}T00:00:00Z")).is_some();
        is_day
            .then(|| Self(text.to_owned()))
            .ok_or_else(|| format!("`{text}` is no day, such as {DAY}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_and_ordered() {
        let day = |text: &str| text.parse::<Date>();
        assert!(day("2026-09-30") < day("2026-10-01"));
        assert_eq!(Date::of(Time::from_s(0)), Date("1970-01-01".to_owned()));
        for text in ["", "2026-02-30", "31.12.2026", "2026-1-1", "2026-12-31T", "tomorrow"] {
            assert!(day(text).expect_err(text).ends_with("is no day, such as 2026-12-31"));
        }
    }
}
