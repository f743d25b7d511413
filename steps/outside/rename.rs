//! Scenarios speak of `d1` and of contoso's hub; elsewhere devices and hubs have other names. The text of
//! a scenario is changed before it runs, so that its reports tell what was really said.

use std::sync::LazyLock;

use cucumber::gherkin;
use regex::Regex;

use super::Outside;
use crate::scene::{HUB, ID_SCOPE};

static DECLARED: LazyLock<Regex> =
    LazyLock::new(|| regex(r#"\b(?:device|module|enrollment|registers|devices) "([^"]+)""#));
static SPEAKING: LazyLock<Regex> = LazyLock::new(|| regex(r#"^"([^"]+)" [a-z]"#));
static GROUP: LazyLock<Regex> = LazyLock::new(|| regex(r#"enrollment group "([^"]+)""#));

fn regex(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|error| unreachable!("{error}"))
}

/// The devices and modules that a scenario brings along or lets speak, in its own words: those that it
/// brings along first.
pub(crate) fn declared(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for pattern in [&DECLARED, &SPEAKING] {
        for step in steps(feature, scenario) {
            let found = pattern.captures(&step.value).and_then(|found| found.get(1));
            if let Some(name) = found.map(|name| name.as_str())
                && !names.iter().any(|known| known == name)
            {
                names.push(name.to_owned());
            }
        }
    }
    names
}

/// What a scenario needs that no cloud elsewhere has, as its words tell.
pub(crate) fn unfit(
    feature: &gherkin::Feature,
    scenario: &gherkin::Scenario,
    outside: &Outside,
) -> Option<&'static str> {
    // The day on which scenes begin; and `devices/` in hex, with the name of a device behind it.
    const BEGINNING: &str = "2026-01-01";
    const TOPIC: &str = "64 65 76 69 63 65 73 2f";
    const PAST: [&str; 5] =
        ["$version", "its twin", "session present", "the twin of", "AzIoTHub_Fault"];
    let says = |text: &str| {
        let table = |step: &gherkin::Step| {
            step.table
                .iter()
                .flat_map(|table| &table.rows)
                .flatten()
                .any(|cell| cell.contains(text))
        };
        steps(feature, scenario).any(|step| step.value.contains(text) || table(step))
    };
    if says(BEGINNING) {
        Some("needs held time")
    } else if !outside.is_plain() && says(TOPIC) {
        Some("needs a device of this name")
    } else if !outside.is_plain() && says("enrollment group \"") && says("an enrollment \"") {
        // Devices are enrolled by a group there, so that the two cannot be told apart.
        Some("needs an enrollment beside a group")
    } else if !outside.has_fresh_devices() && PAST.iter().any(|text| says(text)) {
        Some("needs a device that nobody has used")
    } else {
        None
    }
}

fn steps<'a>(
    feature: &'a gherkin::Feature,
    scenario: &'a gherkin::Scenario,
) -> impl Iterator<Item = &'a gherkin::Step> {
    let rules = feature.rules.iter().filter_map(|rule| rule.background.as_ref());
    let backgrounds = feature.background.iter().chain(rules);
    backgrounds.flat_map(|background| &background.steps).chain(&scenario.steps)
}

/// The feature of the n-th scenario, which is its only one, with the names that are in use here.
pub(crate) fn settled(
    mut feature: gherkin::Feature,
    outside: &Outside,
    n: usize,
) -> gherkin::Feature {
    if outside.is_plain() {
        return feature;
    }
    let mut names = Vec::new();
    let mut group = None;
    for scenario in crate::features::scenarios(&feature) {
        names = declared(&feature, scenario);
        let found = steps(&feature, scenario).find_map(|step| GROUP.captures(&step.value));
        group = found.and_then(|found| found.get(1)).map(|name| name.as_str().to_owned());
    }
    // The name of a group is no device's.
    names.retain(|name| !name.contains('/') && group.as_ref() != Some(name));
    let names = names.into_iter().enumerate();
    let renamed = names.map(|(i, name)| (name.clone(), outside.name(n, i, &name))).collect();
    let settling = Settling { outside, renamed, group };
    for step in all_steps(&mut feature).into_iter().flatten() {
        step.value = settling.text(&step.value);
        for row in step.table.iter_mut().flat_map(|table| &mut table.rows) {
            let is_name = row.first().is_some_and(|field| field == "client id");
            for cell in row.iter_mut().skip(1) {
                *cell = settling.cell(cell, is_name);
            }
        }
    }
    feature
}

fn all_steps(feature: &mut gherkin::Feature) -> Vec<&mut Vec<gherkin::Step>> {
    let mut all: Vec<&mut Vec<gherkin::Step>> = Vec::new();
    all.extend(feature.background.iter_mut().map(|background| &mut background.steps));
    all.extend(feature.scenarios.iter_mut().map(|scenario| &mut scenario.steps));
    for rule in &mut feature.rules {
        all.extend(rule.background.iter_mut().map(|background| &mut background.steps));
        all.extend(rule.scenarios.iter_mut().map(|scenario| &mut scenario.steps));
    }
    all
}

/// What is called otherwise here.
struct Settling<'a> {
    outside: &'a Outside,
    renamed: Vec<(String, String)>,
    /// The scenario's enrollment group.
    group: Option<String>,
}

impl Settling<'_> {
    fn text(&self, text: &str) -> String {
        let mut text = with_host(text, &self.outside.hub);
        if let Some(group) = self.outside.group() {
            if let Some(own) = &self.group {
                text = text.replace(&format!("\"{own}\""), &format!("\"{}\"", group.name));
            }
            text = text.replace(ID_SCOPE, &group.id_scope);
        }
        for (old, new) in &self.renamed {
            text = replaced(&text, old, new);
            let loud = old.to_uppercase();
            if loud != *old && !self.renamed.iter().any(|(other, _)| *other == loud) {
                text = replaced(&text, &loud, &new.to_uppercase());
            }
        }
        text
    }

    fn cell(&self, cell: &str, is_name: bool) -> String {
        if let Some((_, new)) = self.renamed.iter().find(|(old, _)| is_name && old == cell) {
            return new.clone();
        }
        let derived = self.group.as_ref().map(|own| format!("derived from {own}"));
        match (derived, self.outside.group()) {
            (Some(derived), Some(group)) if cell.starts_with(&derived) => {
                let rest = self.text(&cell[derived.len()..]);
                format!("derived from {}{rest}", group.name)
            }
            _ => self.text(cell),
        }
    }
}

/// With the hub's own host name; in capitals where the text has some.
fn with_host(text: &str, host: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.to_ascii_lowercase().find(HUB) {
        let (before, found) = rest.split_at(at);
        let (found, after) = found.split_at(HUB.len());
        out.push_str(before);
        out.push_str(&if found == HUB { host.to_owned() } else { host.to_uppercase() });
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Replaces a name where it stands for itself. One without a digit may be a word of the language, and
/// counts only in quotation marks and between slashes.
fn replaced(text: &str, old: &str, new: &str) -> String {
    let is_word = !old.contains(|c: char| c.is_ascii_digit());
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(old) {
        let (before, after) = (&rest[..at], &rest[at + old.len()..]);
        out.push_str(before);
        out.push_str(if stands_alone(&out, after, is_word) { new } else { old });
        rest = after;
    }
    out.push_str(rest);
    out
}

fn stands_alone(before: &str, after: &str, is_word: bool) -> bool {
    let (last, next) = (before.chars().next_back(), after.chars().next());
    if is_word {
        let opened = matches!(last, Some('"' | '/')) && !before.ends_with("device/");
        return opened && matches!(next, Some('"' | '/'));
    }
    let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let escaped = before.len() >= 3
        && before.is_char_boundary(before.len() - 3)
        && before[before.len() - 3..].starts_with('%');
    (!part(last) || escaped) && !part(next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_replaced_where_it_stands_for_itself() {
        for (text, old, expected) in [
            (
                r#""d1" publishes "x" to "devices/d1/messages/events/""#,
                "d1",
                r#""N" publishes "x" to "devices/N/messages/events/""#,
            ),
            (
                "contoso.azure-devices.net%2Fdevices%2Fd1",
                "d1",
                "contoso.azure-devices.net%2Fdevices%2FN",
            ),
            ("d12 and xd1 and d1-2 and d1", "d1", "d12 and xd1 and d1-2 and N"),
            (
                r#""wrong" publishes "x" to "devices/wrong/messages/events/""#,
                "wrong",
                r#""N" publishes "x" to "devices/N/messages/events/""#,
            ),
            ("wrong", "wrong", "wrong"),
            ("device/right for x", "right", "device/right for x"),
        ] {
            assert_eq!(replaced(text, old, "N"), expected);
        }
    }
}
