//! Shards of one run joined into the stream that the whole run would have told.

use std::{collections::BTreeMap, fmt};

use cloud::Time;

use crate::{
    client::Client,
    event::{Event, Scenario},
};

/// The events of one shard, with the name by which to speak of it.
#[derive(Clone, Debug)]
pub struct Shard {
    pub name: String,
    pub events: Vec<Event>,
}

/// Why shards are not of one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unmergeable {
    /// Nothing to join.
    None,
    /// It does not begin with `run-started` or does not end with `run-finished`.
    Incomplete { shard: String, lacks: &'static str },
    /// Two disagree on what they have to have in common.
    Differ { what: &'static str, shards: [String; 2], values: [String; 2] },
    /// Two tell of the same scenario, and not the same.
    Twice { scenario: String, shards: [String; 2] },
}

/// Joins them: the earliest start, each feature once, all scenarios by path and line, each remark once, and the longest
/// time, since shards run beside each other.
///
/// # Errors
///
/// Shards of different suites, versions, clients or seeds, torn ones, and a scenario that two tell differently.
pub fn merge(shards: &[Shard]) -> Result<Vec<Event>, Unmergeable> {
    let heads = shards.iter().map(Head::of).collect::<Result<Vec<_>, _>>()?;
    let Some(first) = heads.first() else { return Err(Unmergeable::None) };
    heads.iter().try_for_each(|head| first.agrees_with(head))?;
    let mut tellers: BTreeMap<Key<'_>, (&str, &Scenario)> = BTreeMap::new();
    let mut scenarios: Vec<&Scenario> = Vec::new();
    let mut remarks: Vec<&str> = Vec::new();
    let mut texts: BTreeMap<&str, &str> = BTreeMap::new();
    for shard in shards {
        for event in &shard.events {
            match event {
                Event::ScenarioFinished(scenario) => {
                    let place = (scenario.path.as_str(), scenario.line, scenario.name.as_str());
                    let (told_by, told) = *tellers.entry(place).or_insert_with(|| {
                        scenarios.push(scenario);
                        (&shard.name, scenario)
                    });
                    // Every shard begins with the same scenario, whose names and moments differ.
                    if told.outcome != scenario.outcome {
                        return Err(Unmergeable::Twice {
                            scenario: format!("{} ({}:{})", scenario.name, place.0, place.1),
                            shards: [told_by.to_owned(), shard.name.clone()],
                        });
                    }
                }
                Event::Feature { path, text } => {
                    texts.insert(path, text);
                }
                Event::Remark { text } if !remarks.contains(&text.as_str()) => remarks.push(text),
                _ => {}
            }
        }
    }
    scenarios.sort_by_key(|it| (&it.path, it.line));
    let mut events = vec![Event::RunStarted {
        suite: first.suite.to_owned(),
        version: first.version.to_owned(),
        at: heads.iter().map(|head| head.at).min().unwrap_or_default(),
        scenarios: scenarios.len(),
        client: first.client.cloned().map(Box::new),
    }];
    events.extend(
        texts
            .into_iter()
            .map(|(path, text)| Event::Feature { path: path.to_owned(), text: text.to_owned() }),
    );
    let finished = |it: &Scenario| Event::ScenarioFinished(Box::new(it.clone()));
    events.extend(scenarios.into_iter().map(finished));
    events.extend(remarks.into_iter().map(|text| Event::Remark { text: text.to_owned() }));
    let real_ms = heads.iter().map(|head| head.real_ms).max().unwrap_or_default();
    events.push(Event::RunFinished { real_ms });
    Ok(events)
}

/// What was found besides has the place of the scenario where it was found, and a name of its own.
type Key<'a> = (&'a str, usize, &'a str);

/// Each with its digest.
fn files(client: &Client) -> String {
    let files = client.sha256.iter().map(|it| format!("{} {}", it.file, it.sha256));
    files.collect::<Vec<_>>().join(", ")
}

/// What is told of a shard as a whole.
struct Head<'a> {
    shard: &'a str,
    suite: &'a str,
    version: &'a str,
    at: Time,
    client: Option<&'a Client>,
    real_ms: u64,
}

impl<'a> Head<'a> {
    fn of(shard: &'a Shard) -> Result<Self, Unmergeable> {
        let lacks = |lacks| Unmergeable::Incomplete { shard: shard.name.clone(), lacks };
        let Some(Event::RunStarted { suite, version, at, client, .. }) = shard.events.first()
        else {
            return Err(lacks("run-started"));
        };
        let Some(Event::RunFinished { real_ms }) = shard.events.last() else {
            return Err(lacks("run-finished"));
        };
        let (client, real_ms) = (client.as_deref(), *real_ms);
        Ok(Self { shard: &shard.name, suite, version, at: *at, client, real_ms })
    }

    fn agrees_with(&self, other: &Self) -> Result<(), Unmergeable> {
        let of_clients = |tell: fn(&Client) -> String| {
            [self.client, other.client].map(|it| it.map_or_else(|| "none".to_owned(), tell))
        };
        for (what, values) in [
            ("suite", [self.suite.to_owned(), other.suite.to_owned()]),
            ("version of skyproof", [self.version.to_owned(), other.version.to_owned()]),
            ("client", of_clients(Client::to_string)),
            ("client's command", of_clients(|it| it.command.join(" "))),
            ("client's executable", of_clients(files)),
            ("seed", of_clients(|it| it.seed.to_string())),
            ("way to certify", of_clients(Client::terms)),
        ] {
            if values[0] != values[1] {
                let shards = [self.shard.to_owned(), other.shard.to_owned()];
                return Err(Unmergeable::Differ { what, shards, values });
            }
        }
        Ok(())
    }
}

impl fmt::Display for Unmergeable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("there is nothing to merge"),
            Self::Incomplete { shard, lacks } => {
                write!(f, "{shard} is no whole run: it has no `{lacks}` where one belongs")
            }
            Self::Differ { what, shards: [a, b], values: [of_a, of_b] } => {
                write!(
                    f,
                    "{a} and {b} are not of one run: the {what} is {of_a} in one and {of_b} in the other"
                )
            }
            Self::Twice { scenario, shards: [a, b] } => {
                write!(f, "{a} and {b} tell of {scenario} differently")
            }
        }
    }
}
