//! A stored certification, run again: does the same come out?

use std::collections::{BTreeMap, BTreeSet};

use reports::{Mode, Outcome, Verdict, json::Document};

use super::known::FEATURE;
use crate::{suite::Trouble, world::Place};

/// What a report says about the run that it tells of, as far as it takes to run that again.
#[derive(Clone, Debug)]
pub struct Again {
    /// `iot-hub`, `dps`.
    pub cloud: String,
    pub client: reports::Client,
    /// The scenarios that the report tells of.
    pub places: BTreeSet<Place>,
}

impl Again {
    /// Reads it off a report.
    ///
    /// # Errors
    /// A report of no client, or of another version of skyproof, whose scenarios may be others.
    pub fn of(report: &Document) -> Result<Self, Trouble> {
        let no_certification = || {
            Trouble::Usage(
                format!("the report is of `{}`, where no client was certified", report.suite),
                "skyproof certify CLOUD --report DIR -- COMMAND writes DIR/report.json".to_owned(),
            )
        };
        let cloud = report.suite.strip_prefix("certify ").ok_or_else(no_certification)?;
        let client = report.client.clone().ok_or_else(no_certification)?;
        let own = env!("CARGO_PKG_VERSION");
        if report.version != own {
            return Err(Trouble::Usage(
                format!("the report is of skyproof {}, and this is {own}", report.version),
                "another version has other scenarios: verify with the one that wrote the report"
                    .to_owned(),
            ));
        }
        if client.mode != Mode::BlackBox {
            return Err(Trouble::Usage(
                "the report is of an adapter".to_owned(),
                "only clients that are processes of their own can be verified".to_owned(),
            ));
        }
        let scenarios = report.scenarios.iter().filter(|it| it.feature != FEATURE);
        let places = scenarios.map(|it| (it.path.clone(), it.line)).collect();
        Ok(Self { cloud: cloud.to_owned(), client, places })
    }
}

/// Whose digests are others now, a line each.
pub fn other_files(before: &reports::Client, after: &reports::Client) -> Vec<String> {
    let of = |client: &reports::Client| -> BTreeMap<String, String> {
        client.sha256.iter().map(|it| (it.file.clone(), it.sha256.clone())).collect()
    };
    let (old, new) = (of(before), of(after));
    let files: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    let differs = files.into_iter().filter(|file| old.get(*file) != new.get(*file));
    differs
        .map(|file| match (old.get(file), new.get(file)) {
            (Some(was), Some(is)) => {
                format!("{file} is not the file of the report: its SHA-256 is {is}, was {was}")
            }
            (Some(_), None) => format!("{file} was certified, and is no part of the command now"),
            (None, _) => format!("{file} is part of the command now, and was not certified"),
        })
        .collect()
}

/// Which scenarios came out otherwise, a line each. What was known to fail has failed.
pub fn differences(before: &Document, after: &Document) -> Vec<String> {
    let (old, new) = (outcomes(before), outcomes(after));
    let all: BTreeSet<&Key> = old.keys().chain(new.keys()).collect();
    let differs = all.into_iter().filter(|key| old.get(*key) != new.get(*key));
    differs
        .map(|key| {
            let told = |outcomes: &BTreeMap<Key, &'static str>| {
                outcomes.get(key).copied().unwrap_or("nothing")
            };
            let (path, line, name) = key;
            format!("{name} ({path}:{line}): {}, the report says {}", told(&new), told(&old))
        })
        .collect()
}

type Key = (String, usize, String);

fn outcomes(document: &Document) -> BTreeMap<Key, &'static str> {
    let scenarios = document.scenarios.iter().filter(|it| it.feature != FEATURE);
    scenarios
        .map(|it| {
            let outcome = match &it.outcome {
                Outcome::KnownFailing(_) => Outcome::Judged(Verdict::Fail).label(),
                other => other.label(),
            };
            ((it.path.clone(), it.line, it.name.clone()), outcome)
        })
        .collect()
}
