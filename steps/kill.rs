//! The kill matrix: each rule got wrong in each way that it has, and the scenarios that fail for it.
//!
//! The suite runs once unbroken, and each mock puts down what it could have got wrong. So it is known for
//! every break which scenarios could notice it at all, and only those run again.

mod reach;
mod survivors;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    process::ExitCode,
};

use cloud::{Break, Rule, Way};
use futures::{StreamExt as _, stream};
use reports::{Outcome, Scenario, Verdict};

pub use reach::{Reach, Sample};
pub use survivors::Survivors;

use crate::{
    suite::{Options, Suite, Trouble, tell},
    world::{Place, Witness},
};

/// What happened when a rule was got wrong in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// These scenarios failed at a Then, each `path:line`.
    Killed(Vec<String>),
    /// Scenarios stumbled over it before their Then or after it, and none failed: that proves nothing.
    Stumbled(Vec<String>),
    /// So many scenarios that are tagged with the rule could have noticed, and stayed green.
    Survived(usize),
}

/// A rule got wrong in one way.
#[derive(Clone, Debug)]
pub struct Broken {
    pub what: Break,
    pub fate: Fate,
    /// Scenarios that failed although they are not tagged with the rule.
    pub also: Vec<String>,
}

/// One rule with its breaks.
#[derive(Clone, Debug)]
pub struct Row {
    pub rule: Rule,
    /// One for each way in which a scenario could have met it wrong.
    pub breaks: Vec<Broken>,
    /// Scenarios that are tagged with it and fail for none of its breaks: place and title.
    pub idle: Vec<(String, String)>,
    /// Why scenarios that are tagged with it were not run: what only they notice is not known.
    pub not_run: Option<String>,
}

impl Row {
    /// How many of its breaks a tagged scenario noticed.
    pub fn noticed(&self) -> usize {
        self.breaks.iter().filter(|broken| broken.is_killed()).count()
    }

    /// What is not proven about it: the name under which a survivor is listed, and a line that says it.
    fn troubles(&self) -> Vec<(String, String)> {
        let id = self.rule.id();
        if self.not_run.is_some() {
            return Vec::new();
        }
        let mut troubles: Vec<(String, String)> = self
            .breaks
            .iter()
            .filter(|broken| !broken.is_killed())
            .map(|broken| (broken.what.to_string(), broken.to_string()))
            .collect();
        if self.breaks.is_empty() {
            let what = format!("{} is met by no scenario in a way that could go wrong", self.rule);
            troubles.push((id.to_owned(), what));
        }
        troubles.extend(self.idle.iter().map(|(place, title)| {
            let what = format!("{id} IDLE at {place}: `{title}` fails for no break of it");
            (format!("{id} in {title}"), what)
        }));
        troubles
    }
}

impl Broken {
    /// Whether a scenario that is tagged with the rule noticed.
    pub const fn is_killed(&self) -> bool {
        matches!(self.fate, Fate::Killed(_))
    }
}

/// `HUB-D2C-016 inverted killed by features/iot-hub/cloud/d2c.feature:70, also noticed by 2 others`
impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Break { id, way } = self.what;
        match &self.fate {
            Fate::Killed(by) => write!(f, "{id} {way} killed by {}", by.join(", "))?,
            Fate::Stumbled(by) => {
                write!(f, "{id} {way} SURVIVED, though {} stumbled", by.join(", "))?;
            }
            Fate::Survived(0) => {
                write!(f, "{id} {way} SURVIVED: no scenario tagged with it meets it")?
            }
            Fate::Survived(of) => {
                write!(f, "{id} {way} SURVIVED all {of} tagged scenarios that meet it")?
            }
        }
        match self.also.as_slice() {
            [] => Ok(()),
            [one] => write!(f, "; also noticed by {one}"),
            [one, others @ ..] => write!(f, "; also noticed by {one} and {} others", others.len()),
        }
    }
}

/// The suite as it runs unbroken, ready to be broken.
struct Unbroken {
    suite: Suite,
    ran: Vec<(Scenario, Witness)>,
    /// The scenarios that could notice, by break.
    met: BTreeMap<Break, BTreeSet<Place>>,
}

/// How many breaks are tried at the same time: a run waits for its slowest scenario.
const AT_ONCE: usize = 4;

/// Breaks the rules within a reach and tells of each.
///
/// # Errors
/// When the features cannot be used, or the suite is not green to begin with.
pub async fn matrix(
    options: &Options,
    reach: &Reach,
    mut tell: impl FnMut(&Row),
) -> Result<Vec<Row>, Trouble> {
    let suite = Suite::new(&Options { kill_matrix: None, ..options.clone() })?;
    let unbroken = Unbroken::run(suite).await?;
    let rules = reach.rules(unbroken.ran.iter().map(|(scenario, _)| scenario))?;
    // Steps fail by a panic. Cucumber silences each run of its own, and runs overlap here.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut proofs =
        stream::iter(rules).map(|rule| unbroken.prove(rule, reach.collateral)).buffered(AT_ONCE);
    let mut rows = Vec::new();
    while let Some(row) = proofs.next().await {
        tell(&row);
        rows.push(row);
    }
    drop(proofs);
    std::panic::set_hook(hook);
    Ok(rows)
}

impl Unbroken {
    async fn run(suite: Suite) -> Result<Self, Trouble> {
        let ran = suite.clone().witness().await;
        let red =
            places(ran.iter().map(|(scenario, _)| scenario), |verdict| verdict > Verdict::Warn);
        if !red.is_empty() {
            return Err(Trouble::NotGreen(red));
        }
        let mut met: BTreeMap<Break, BTreeSet<Place>> = BTreeMap::new();
        for (scenario, witness) in &ran {
            for what in &witness.uses {
                met.entry(*what).or_default().insert(at(scenario));
            }
        }
        Ok(Self { suite, ran, met })
    }

    /// Gets a rule wrong in each way that it has, one after the other.
    async fn prove(&self, rule: Rule, collateral: bool) -> Row {
        let tagged: BTreeSet<Place> = self.tagged(rule).map(|(it, _)| at(it)).collect();
        let mut breaks = Vec::new();
        let mut killers = BTreeSet::new();
        for what in Way::ALL.map(|way| way.of(rule)) {
            let Some(met) = self.met.get(&what) else { continue };
            let noticing = if collateral { met.clone() } else { met & &tagged };
            let suite = self.suite.narrowed(&noticing, [what].into_iter().collect());
            let finished = suite.witness().await;
            let (tagged, others): (Vec<_>, Vec<_>) = finished
                .into_iter()
                .map(|(scenario, _)| scenario)
                .partition(|scenario| is_tagged(scenario, rule));
            let fate = fate(&tagged);
            if let Fate::Killed(by) = &fate {
                killers.extend(by.iter().cloned());
            }
            breaks.push(Broken { what, fate, also: places(&others, failed) });
        }
        let idle = self
            .tagged(rule)
            // A scenario has to name whatever closes a connection in it, also what it does not prove.
            .filter(|(_, witness)| !witness.closed_by.contains(rule.id()))
            .map(|(scenario, _)| (place(scenario), scenario.name.clone()))
            .filter(|(place, _)| !killers.contains(place))
            .collect();
        let not_run = self.ran.iter().map(|(scenario, _)| scenario).find_map(|scenario| {
            match &scenario.outcome {
                Outcome::NotRun(why) if is_tagged(scenario, rule) => Some(why.clone()),
                _ => None,
            }
        });
        Row { rule, breaks, idle, not_run }
    }

    /// The scenarios that are tagged with a rule.
    fn tagged(&self, rule: Rule) -> impl Iterator<Item = &(Scenario, Witness)> {
        self.ran.iter().filter(move |(scenario, _)| is_tagged(scenario, rule))
    }
}

fn is_tagged(scenario: &Scenario, rule: Rule) -> bool {
    scenario.tags.iter().any(|tag| tag == rule.id())
}

fn at(scenario: &Scenario) -> Place {
    (scenario.path.clone(), scenario.line)
}

fn failed(verdict: Verdict) -> bool {
    verdict == Verdict::Fail
}

fn fate(tagged: &[Scenario]) -> Fate {
    let killers = places(tagged, failed);
    let stumbled = places(tagged, |verdict| verdict > Verdict::Warn);
    match (killers.is_empty(), stumbled.is_empty()) {
        (false, _) => Fate::Killed(killers),
        (true, false) => Fate::Stumbled(stumbled),
        (true, true) => Fate::Survived(tagged.len()),
    }
}

fn place(scenario: &Scenario) -> String {
    format!("{}:{}", scenario.path, scenario.line)
}

fn places<'a>(
    finished: impl IntoIterator<Item = &'a Scenario>,
    wanted: impl Fn(Verdict) -> bool,
) -> Vec<String> {
    finished
        .into_iter()
        .filter(|scenario| scenario.outcome.verdict().is_some_and(&wanted))
        .map(place)
        .collect()
}

/// Tells the fate of every break; a survivor that is not listed, or a listed one that is none, is a
/// violation.
pub(crate) async fn main(options: &Options, reach: &Reach) -> ExitCode {
    match judge(options, reach).await {
        Ok(true) => reports::ExitCode::Conformant.into(),
        Ok(false) => reports::ExitCode::Violations.into(),
        Err(trouble) => {
            eprintln!("error: {trouble}");
            trouble.exit_code().into()
        }
    }
}

async fn judge(options: &Options, reach: &Reach) -> Result<bool, Trouble> {
    let listed = Survivors::read(options.features.as_deref())?;
    tell(&reach.to_string());
    let rows = matrix(options, reach, |row| {
        row.breaks.iter().for_each(|broken| tell(&broken.to_string()));
        if let Some(why) = &row.not_run {
            tell(&format!("{} is not known to be missed: a scenario {why}", row.rule.id()));
        }
    })
    .await?;
    let troubles: BTreeMap<String, String> = rows.iter().flat_map(Row::troubles).collect();
    let examined: BTreeSet<&str> = rows.iter().map(|row| row.rule.id()).collect();
    let verdict = listed.against(&troubles, &examined);
    verdict.iter().for_each(|line| tell(line));
    let noticed: usize = rows.iter().map(Row::noticed).sum();
    let breaks: usize = rows.iter().map(|row| row.breaks.len()).sum();
    tell(&format!(
        "{noticed} of {breaks} breaks of {} rules were noticed by a scenario that is tagged with the rule",
        rows.len()
    ));
    Ok(verdict.is_empty())
}
