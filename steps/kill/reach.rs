//! How far a kill matrix reaches: all rules, a sample that rotates, what a change touches.

use std::{collections::BTreeSet, fmt, str::FromStr};

use cloud::{Rule, catalogue};
use reports::Scenario;

use crate::suite::Trouble;

/// Which rules are broken. Without a sample and without anything touched: all of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    pub sample: Option<Sample>,
    /// Files that a change touches, and ids.
    pub touched: Option<Vec<String>>,
    /// Whether scenarios that are tagged with other rules run as well, to tell what else breaks.
    pub collateral: bool,
}

/// One rule in `of`, and not the same ones each turn: `of` turns in a row reach all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub turn: usize,
    pub of: usize,
}

/// `3/7`
impl FromStr for Sample {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        text.split_once('/')
            .and_then(|(turn, of)| Some(Self { turn: turn.parse().ok()?, of: of.parse().ok()? }))
            .filter(|sample| sample.of > 0)
            .ok_or_else(|| {
                "expected TURN/OF, such as 3/7; any TURN will do, they go round".to_owned()
            })
    }
}

/// What a path has to do with rules.
enum Touch {
    Everything,
    Nothing,
    /// The rules of one cloud and family: `iot-hub`, `d2c`.
    Family(&'static str, String),
}

/// The folders of sources and of features of each cloud.
const CLOUDS: &[(&str, &str)] = &[
    ("mock/cloud/src/hub/", "iot-hub"),
    ("mock/cloud/src/dps/", "dps"),
    ("mock/cloud/src/event_grid/", "event-grid"),
    ("mock/cloud/src/alibaba/", "alibaba"),
];

/// What every scenario stands on.
const FOUNDATION: &[&str] = &[
    "mock/cloud/src/",
    "mock/server/src/",
    "mock/wire/src/",
    "certs/src/",
    "steps/",
    "Cargo.lock",
];

/// How an id begins, and no path.
const CLOUDS_OF_IDS: [&str; 6] = ["HUB-", "DPS-", "EG-", "ALI-", "MQTT", "SKY-"];

impl Reach {
    /// The rules within, in the order of the code.
    ///
    /// # Errors
    /// When something touched looks like an id and is none.
    pub(crate) fn rules<'a>(
        &self,
        scenarios: impl Iterator<Item = &'a Scenario>,
    ) -> Result<Vec<Rule>, Trouble> {
        if self.sample.is_none() && self.touched.is_none() {
            return Ok(cloud::rules().collect());
        }
        let touched = self.touched(scenarios)?;
        let sampled = |index: usize| {
            self.sample.is_some_and(|sample| index % sample.of == sample.turn % sample.of)
        };
        Ok(cloud::rules()
            .enumerate()
            .filter(|(index, rule)| sampled(*index) || touched.contains(rule.id()))
            .map(|(_, rule)| rule)
            .collect())
    }

    fn touched<'a>(
        &self,
        scenarios: impl Iterator<Item = &'a Scenario>,
    ) -> Result<BTreeSet<&str>, Trouble> {
        let scenarios: Vec<&Scenario> = scenarios.collect();
        let mut ids = BTreeSet::new();
        for what in self.touched.iter().flatten() {
            if let Some(clause) = catalogue::find(what) {
                ids.insert(clause.id);
                continue;
            }
            if CLOUDS_OF_IDS.iter().any(|cloud| what.starts_with(cloud)) {
                return Err(Trouble::Usage(
                    format!("the catalogue has no clause `{what}`"),
                    "`skyproof clauses` lists them; a file is named by its path".to_owned(),
                ));
            }
            match touch(what) {
                Touch::Nothing => {}
                Touch::Everything => return Ok(cloud::rules().map(|rule| rule.id()).collect()),
                Touch::Family(cloud, family) => {
                    let files = cloud::rule_files().filter(|file| {
                        matches!(touch(file.path), Touch::Family(c, f) if c == cloud && f == family)
                    });
                    ids.extend(files.flat_map(|file| file.rules.iter().map(|rule| rule.id())));
                    let ours = scenarios.iter().filter(|scenario| {
                        matches!(touch(&scenario.path), Touch::Family(c, f) if c == cloud && f == family)
                    });
                    let tags = ours.flat_map(|scenario| &scenario.tags);
                    ids.extend(tags.filter_map(|tag| catalogue::find(tag)).map(|clause| clause.id));
                }
            }
        }
        Ok(ids)
    }
}

fn family(rest: &str) -> String {
    rest.split(['.', '/', '_']).next().unwrap_or_default().to_owned()
}

/// Whether some file of this family declares rules.
fn has_rules(sources: &str, wanted: &str) -> bool {
    let families = cloud::rule_files().filter_map(|file| file.path.strip_prefix(sources));
    families.map(family).any(|family| family == wanted)
}

fn touch(path: &str) -> Touch {
    for (sources, features) in CLOUDS {
        match path.strip_prefix(sources).map(family) {
            Some(family) if has_rules(sources, &family) => return Touch::Family(features, family),
            // Rules of every family use it.
            Some(_) => return Touch::Everything,
            None => {}
        }
        let sides = path.strip_prefix("features/").and_then(|rest| rest.strip_prefix(features));
        if let Some((_, file)) = sides.and_then(|rest| rest.trim_start_matches('/').split_once('/'))
        {
            return Touch::Family(features, family(file));
        }
    }
    // Sentences and citations, which no scenario sees.
    let is_catalogue = path.starts_with("mock/cloud/src/catalogue");
    let is_foundation = FOUNDATION.iter().any(|part| path.starts_with(part));
    let is_shared_feature = path.starts_with("features/") && !path.ends_with("not-yet.txt");
    if (is_foundation && !is_catalogue) || is_shared_feature {
        Touch::Everything
    } else {
        Touch::Nothing
    }
}

impl fmt::Display for Reach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.sample, &self.touched) {
            (None, None) => write!(f, "every rule, got wrong in each way that it has"),
            (None, Some(_)) => write!(f, "the rules that the change touches"),
            (Some(Sample { turn, of }), touched) => {
                write!(f, "one rule in {of}, turn {}", turn % of)?;
                let more =
                    if touched.is_some() { ", and those that the change touches" } else { "" };
                f.write_str(more)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(sample: Option<&str>, touched: Option<&[&str]>) -> usize {
        let sample = sample.map(|text| text.parse().expect("a sample"));
        let touched = touched.map(|touched| touched.iter().map(ToString::to_string).collect());
        Reach { sample, touched, collateral: false }
            .rules(std::iter::empty())
            .map_or(0, |rules| rules.len())
    }

    #[test]
    fn what_looks_like_an_id_has_to_be_one() {
        let touched = Some(vec!["HUB-D2C-999".to_owned()]);
        let reach = Reach { sample: None, touched, collateral: false };
        let trouble = reach.rules(std::iter::empty()).expect_err("no such clause").to_string();
        assert!(trouble.starts_with("the catalogue has no clause `HUB-D2C-999`"), "{trouble}");
    }

    #[test]
    fn turns_in_a_row_reach_every_rule_once() {
        let all = cloud::rules().count();
        assert_eq!(reached(None, None), all);
        let turns = (3..10).map(|turn| reached(Some(&format!("{turn}/7")), None));
        assert_eq!(turns.sum::<usize>(), all);
    }

    #[test]
    fn a_change_reaches_what_it_touches() {
        let all = cloud::rules().count();
        let of = |stem: &str| {
            let files = cloud::rule_files().filter(|file| file.path.ends_with(stem));
            files.map(|file| file.rules.len()).sum::<usize>()
        };
        for (path, rules) in [
            ("HUB-D2C-016", 1),
            ("mock/cloud/src/hub/d2c.rs", of("hub/d2c.rs")),
            ("mock/cloud/src/hub/c2d/topic.rs", of("hub/c2d.rs")),
            ("mock/cloud/src/hub/twin_report.rs", of("hub/twin.rs")),
            ("features/dps/device/poll.feature", of("dps/poll.rs")),
            ("mock/cloud/src/hub/mod.rs", all),
            ("mock/cloud/src/hub/username.rs", all),
            ("mock/cloud/src/dps/throttle.rs", all),
            ("mock/cloud/src/ruling.rs", all),
            ("steps/world.rs", all),
            ("features/survivors.txt", all),
            ("mock/cloud/src/catalogue/dps.rs", 0),
            ("README.md", 0),
        ] {
            assert_eq!(reached(None, Some(&[path])), rules, "{path}");
        }
        assert_eq!(reached(None, Some(&[])), 0);
    }

    #[test]
    fn a_sample_is_a_turn_of_so_many() {
        assert_eq!("3/7".parse(), Ok(Sample { turn: 3, of: 7 }));
        for text in ["", "3", "3/0", "-1/7", "a/b"] {
            assert!(text.parse::<Sample>().expect_err(text).contains("such as 3/7"), "{text}");
        }
    }
}
