//! Which scenarios are run, in which order, and what is broken meanwhile.

use std::collections::BTreeSet;

use cloud::{Breaks, Way, catalogue, sas};
use cucumber::{gherkin, tag::Ext as _};
use gherkin::tagexpr::TagOperation;

use super::{Options, Shard, Trouble, place};
use crate::features;

/// Keeps the selected scenarios of a feature.
pub(super) fn select(
    feature: &mut gherkin::Feature,
    tags: Option<&TagOperation>,
    options: &Options,
) {
    let whole = feature.clone();
    let path = features::path(feature);
    let is_of_cloud = |cloud: &str| path.starts_with(&format!("features/{cloud}/"));
    let client = options.client.as_ref();
    let wanted = |scenario: &gherkin::Scenario| {
        let line = scenario.position.line;
        let is_first = || features::tags(&whole, scenario).iter().any(|tag| tag == "first");
        let in_shard = |shard: Shard| shard.has(&path, line, &scenario.name) || is_first();
        let in_places = |places: &BTreeSet<(String, usize)>| places.contains(&(path.clone(), line));
        options.shard.is_none_or(in_shard)
            && options.places.as_ref().is_none_or(in_places)
            && features::tags(&whole, scenario).iter().any(|tag| tag == "client")
                == client.is_some()
            && client.is_none_or(|client| is_of_cloud(&client.cloud))
            && tags.is_none_or(|tags| tags.eval(features::tags(&whole, scenario).iter()))
            && options.name.as_ref().is_none_or(|name| scenario.name.contains(name))
            && options.at.as_ref().is_none_or(|at| *at == path || *at == format!("{path}:{line}"))
    };
    retain(feature, wanted);
}

pub(super) fn retain(feature: &mut gherkin::Feature, wanted: impl Fn(&gherkin::Scenario) -> bool) {
    feature.scenarios.retain(&wanted);
    for rule in &mut feature.rules {
        rule.scenarios.retain(&wanted);
    }
}

/// A feature for each scenario.
pub(super) fn alone(features: &[gherkin::Feature]) -> Vec<gherkin::Feature> {
    let mut all = Vec::new();
    for feature in features {
        for scenario in features::scenarios(feature) {
            let wanted = |other: &gherkin::Scenario| other.position == scenario.position;
            let mut alone =
                gherkin::Feature { scenarios: Vec::new(), rules: Vec::new(), ..feature.clone() };
            alone.scenarios = feature.scenarios.iter().filter(|it| wanted(it)).cloned().collect();
            let rules = feature.rules.iter().filter(|rule| rule.scenarios.iter().any(wanted));
            alone.rules = rules.cloned().collect();
            alone.rules.iter_mut().for_each(|rule| rule.scenarios.retain(wanted));
            all.push(alone);
        }
    }
    all
}

/// A feature for each scenario, in an order that the seed decides. Of two scenarios the same one
/// comes first in every selection that has both, so that a failing order can be narrowed down.
pub(super) fn shuffled(features: &[gherkin::Feature], seed: u64) -> Vec<gherkin::Feature> {
    let mut alone = alone(features);
    alone.sort_by_cached_key(|feature| {
        let place = features::scenarios(feature).next().map(|scenario| place(feature, scenario));
        sas::hmac_sha256(&seed.to_be_bytes(), format!("{place:?}").as_bytes())
    });
    alone
}

/// Reads a tag expression; every tag in it must be known.
pub(super) fn tag_expression(text: &str) -> Result<TagOperation, Trouble> {
    let unknown = text
        .split(|c: char| c.is_whitespace() || c == '(' || c == ')')
        .filter_map(|word| word.strip_prefix('@'))
        .find(|tag| !features::is_known(tag));
    if let Some(tag) = unknown {
        return Err(Trouble::Usage(
            format!("unknown tag `@{tag}`"),
            "a tag is the id of a clause, as `skyproof clauses` lists them".to_owned(),
        ));
    }
    text.parse().map_err(|_| {
        Trouble::Usage(
            format!("`{text}` is no tag expression"),
            "such as `@HUB-D2C-016`, `@HUB-D2C-016 or @HUB-D2C-018`, `not @raw`".to_owned(),
        )
    })
}

/// What is to be broken: rules in code, in every way or in the one that is named.
pub(super) fn breaks(asked: &[String]) -> Result<Breaks, Trouble> {
    let mut breaks = Vec::new();
    for asked in asked {
        let (id, way) = match asked.split_once(':') {
            Some((id, way)) => (id, Some(way)),
            None => (asked.as_str(), None),
        };
        let Some(rule) = cloud::rules().find(|rule| rule.id() == id) else {
            return Err(Trouble::Usage(
                match catalogue::find(id) {
                    Some(clause) => format!("no rule in code upholds {clause}"),
                    None => format!("the catalogue has no clause `{id}`"),
                },
                "`skyproof clauses` shows which clauses are rules in code".to_owned(),
            ));
        };
        match way.map(str::parse::<Way>) {
            None => breaks.extend(Way::ALL.map(|way| way.of(rule))),
            Some(Ok(way)) => breaks.push(way.of(rule)),
            Some(Err(_)) => {
                return Err(Trouble::Usage(
                    format!("`{asked}` names no way to break {id}"),
                    format!("one of {}", Way::ALL.map(|way| way.of(rule).to_string()).join(", ")),
                ));
            }
        }
    }
    Ok(breaks.into_iter().collect())
}

/// What could have been selected instead.
pub(super) fn hint_of(options: &Options) -> String {
    match (&options.at, &options.name, &options.tags) {
        (Some(_), _, _) => {
            "a place is `features/…/x.feature` or `features/…/x.feature:LINE`, with the \
                            line of a scenario's title"
                .to_owned()
        }
        (_, Some(_), _) => {
            "`--name` takes a part of a scenario's title, letter case included".to_owned()
        }
        _ => "`skyproof clauses` tells which clauses have scenarios".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::Place;

    fn places(features: &[gherkin::Feature]) -> Vec<Place> {
        let all = |feature| features::scenarios(feature).map(move |it| place(feature, it));
        features.iter().flat_map(all).collect()
    }

    #[test]
    fn a_seed_is_an_order() {
        let features = features::embedded().expect("features");
        let (usual, one, two) =
            (places(&features), places(&shuffled(&features, 1)), places(&shuffled(&features, 2)));
        assert_eq!(one, places(&shuffled(&features, 1)));
        assert!(one != usual && one != two);
        let part: Vec<_> = features[..3].to_vec();
        let wanted = places(&part);
        let narrowed: Vec<_> = one.iter().filter(|it| wanted.contains(it)).cloned().collect();
        assert_eq!(places(&shuffled(&part, 1)), narrowed);
        let mut sorted = one;
        sorted.sort();
        let mut all = usual;
        all.sort();
        assert_eq!(sorted, all);
    }
}
