//! Certification: the scenarios of clients, run against the one that a command starts.

mod jury;
mod known;
mod manifest;
mod verify;
mod who;

use std::{collections::BTreeSet, io, path::PathBuf, sync::Arc, time::Instant};

use reports::{
    Counted, Event, Failure, Found, Judged, Outcome, Report, Scenario, Verdict, conversation::Said,
    judged::Level, report,
};
use tokio::sync::mpsc;

use self::jury::Jury;
pub use self::{
    known::{Date, KnownFailing},
    manifest::Manifest,
    verify::{Again, differences, other_files},
    who::digests,
};
use crate::{
    client::{
        Spec,
        probe::{self, Reach},
        warp,
    },
    suite::{self, Listed, Shard, Suite, Trouble},
    world::Place,
};

/// What to run.
#[derive(Debug)]
pub struct Options {
    pub spec: Arc<Spec>,
    /// Who is certified, as reports tell it.
    pub client: reports::Client,
    /// A part of a scenario's name, a tag expression, or a place.
    pub only: Option<String>,
    /// How many processes live at once.
    pub jobs: Option<usize>,
    /// A folder of features instead of those in the binary.
    pub features: Option<PathBuf>,
    /// One part of so many.
    pub shard: Option<Shard>,
    /// These places alone.
    pub places: Option<BTreeSet<(String, usize)>>,
    /// Failures that are known.
    pub known: KnownFailing,
}

/// How many processes live at once, unless the user says otherwise: most of their time they wait.
const USUAL_JOBS: usize = 8;

/// Runs every scenario of the client's cloud, tells the report as it goes, and gives what came of each.
///
/// The scenario that comes first decides whether there is a client at all: when that neither connects nor
/// says anything that could be judged, no other scenario runs.
///
/// # Errors
/// When nothing can be run. A report that cannot be written is one inside the answer.
pub async fn run(
    options: &Options,
    report: &mut dyn Report,
) -> Result<io::Result<Vec<Scenario>>, Trouble> {
    let judges =
        Judges { known: options.known.clone(), jury: Jury::read(options.features.as_deref())? };
    // What cannot be run is told before anything is started.
    selected(options, &options.spec)?;
    let all = whole(options)?.list();
    let (spec, told) = warped(&options.spec).await?;
    let suite = selected(options, &spec)?;
    let client = reports::Client { warp: spec.warp, ..options.client.clone() };
    let terms = Terms { spec: &spec, client, told, all: &all };
    Ok(tell(options, suite, terms, judges, report).await)
}

/// Every scenario that [`run`] would run.
///
/// # Errors
/// Those of [`run`].
pub fn list(options: &Options) -> Result<Vec<Listed>, Trouble> {
    Ok(selected(options, &options.spec)?.list())
}

fn selected(options: &Options, spec: &Arc<Spec>) -> Result<Suite, Trouble> {
    let only = options.only.clone();
    let is_tags = only.as_ref().is_some_and(|only| only.starts_with('@'));
    let is_place = only.as_ref().is_some_and(|only| only.starts_with("features/"));
    Suite::new(&suite::Options {
        client: Some(spec.clone()),
        tags: only.clone().filter(|_| is_tags),
        at: only.clone().filter(|_| is_place),
        name: only.filter(|_| !is_tags && !is_place),
        features: options.features.clone(),
        concurrency: Some(options.jobs.unwrap_or(USUAL_JOBS)),
        shard: options.shard,
        places: options.places.clone(),
        ..suite::Options::default()
    })
}

/// The client at the speed at which it can live, and what there is to say about that.
async fn warped(spec: &Arc<Spec>) -> Result<(Arc<Spec>, Vec<String>), Trouble> {
    if spec.warp == 1 {
        return Ok((spec.clone(), Vec::new()));
    }
    let mut told: Vec<String> = warp::prepare(&spec.folder).await?.into_iter().collect();
    match probe::reach(spec).await {
        Reach::Proven(how) => {
            told.push(how);
            Ok((spec.clone(), told))
        }
        Reach::NotProven(why) => {
            told.push(why + "; all that runs here runs at real speed");
            Ok((Arc::new(spec.at_real_speed(true)), told))
        }
    }
}

/// Every scenario of the client's cloud.
fn whole(options: &Options) -> Result<Suite, Trouble> {
    Suite::new(&suite::Options {
        client: Some(options.spec.clone()),
        features: options.features.clone(),
        ..suite::Options::default()
    })
}

/// Whoever has a word on a scenario that has ended, before anybody else hears of it.
struct Judges {
    jury: Jury,
    known: KnownFailing,
}

impl Judges {
    fn judge(&mut self, scenario: &mut Scenario) {
        if is_gibberish(scenario) {
            scenario.judged.retain(|judged| judged.found != Found::Broken);
        }
        self.jury.judge(scenario);
        self.known.judge(scenario);
    }
}

/// On what terms a client is certified, once it is known how fast it can live.
struct Terms<'a> {
    spec: &'a Spec,
    client: reports::Client,
    /// What there is to say before anything runs.
    told: Vec<String>,
    /// Every scenario of its cloud.
    all: &'a [Listed],
}

async fn tell(
    options: &Options,
    suite: Suite,
    terms: Terms<'_>,
    mut judges: Judges,
    report: &mut dyn Report,
) -> io::Result<Vec<Scenario>> {
    let Terms { spec, client, told, all } = terms;
    let started = Instant::now();
    report.tell(&Event::RunStarted {
        suite: format!("certify {}", spec.cloud),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: crate::outside::now(),
        scenarios: suite.len(),
        client: Some(Box::new(client)),
    })?;
    report::tell_all(report, &suite.texts())?;
    for text in told {
        report.tell(&Event::Remark { text })?;
    }
    let (first, rest) = suite.split("first");
    let mut finished = Vec::new();
    for part in [first, rest].into_iter().flatten() {
        if is_nobody(&finished) {
            for scenario in part.not_run("the client never made a good connection") {
                report.tell(&Event::ScenarioFinished(Box::new(scenario.clone())))?;
                finished.push(scenario);
            }
        } else {
            finished.extend(stream(part, &mut judges, report).await?);
        }
    }
    let mut findings = throughout(&finished);
    findings.iter_mut().for_each(|finding| judges.judge(finding));
    let is_part = options.only.is_some() || options.shard.is_some() || options.places.is_some();
    let is_whole = !is_part && !is_nobody(&finished);
    findings.extend(judges.known.untrue(&spec.cloud, all, is_whole));
    for finding in findings {
        report.tell(&Event::ScenarioFinished(Box::new(finding.clone())))?;
        finished.push(finding);
    }
    for text in remarks(spec, &finished) {
        report.tell(&Event::Remark { text })?;
    }
    let real_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    report.tell(&Event::RunFinished { real_ms })?;
    Ok(finished)
}

/// Whether the client said nothing but bytes that are neither TLS nor MQTT: it is no device, and its
/// conduct says nothing.
fn is_gibberish(scenario: &Scenario) -> bool {
    let is_no_protocol = |said: &Said| {
        said.text.contains("not a TLS record") && !said.text.contains("looks like an MQTT CONNECT")
    };
    let said = &scenario.conversation.said;
    !said.is_empty() && said.iter().all(is_no_protocol)
}

/// How often a scenario is run whose tags allow more than once.
const ATTEMPTS_MAX: u32 = 3;

/// Runs a part of the suite and tells of each scenario as it comes and goes. What failed and is tagged
/// `@retry` is run again, and told of when that is decided.
async fn stream(
    part: Suite,
    judges: &mut Judges,
    report: &mut dyn Report,
) -> io::Result<Vec<Scenario>> {
    let mut finished = Vec::new();
    let mut turn = part;
    for attempt in 1..=ATTEMPTS_MAX {
        let mut again: BTreeSet<Place> = BTreeSet::new();
        let (listener, mut heard) = mpsc::unbounded_channel();
        let mut running = turn.clone();
        running.listen(listener);
        let telling = async {
            let mut told = Ok(());
            while let Some(mut event) = heard.recv().await {
                if let Event::ScenarioFinished(scenario) = &mut event {
                    scenario.attempts = attempt;
                    if attempt < ATTEMPTS_MAX && deserves_another(scenario) {
                        again.insert((scenario.path.clone(), scenario.line));
                        continue;
                    }
                    judges.judge(scenario);
                    finished.push(Scenario::clone(scenario));
                }
                told = told.and(report.tell(&event));
            }
            told
        };
        let (_, told) = tokio::join!(running.run_all(), telling);
        told?;
        if again.is_empty() {
            break;
        }
        turn = turn.again(&again);
    }
    Ok(finished)
}

fn deserves_another(scenario: &Scenario) -> bool {
    scenario.outcome.counted() == Counted::Failed && scenario.tags.iter().any(|tag| tag == "retry")
}

/// Whether what came first shows that there is no client to be judged.
fn is_nobody(finished: &[Scenario]) -> bool {
    let is_judged = |scenario: &Scenario| {
        matches!(
            scenario.outcome,
            Outcome::Judged(Verdict::Pass | Verdict::Warn | Verdict::Fail)
                | Outcome::KnownFailing(_)
        )
    };
    !finished.is_empty() && !finished.iter().any(is_judged)
}

/// Clauses that were broken somewhere, though no scenario that is about them failed.
fn throughout(finished: &[Scenario]) -> Vec<Scenario> {
    let is_bad = |scenario: &&Scenario| {
        matches!(
            scenario.outcome,
            Outcome::Judged(Verdict::Fail | Verdict::Warn) | Outcome::KnownFailing(_)
        )
    };
    let mut covered: BTreeSet<String> =
        finished.iter().filter(is_bad).flat_map(|scenario| scenario.tags.clone()).collect();
    let mut findings = Vec::new();
    for scenario in finished {
        // A scenario that is about a clause has judged it in its own way, if it came to that: a client
        // that is refused for what it breaks does not come as far.
        let has_judged = matches!(
            scenario.outcome,
            Outcome::Judged(Verdict::Pass | Verdict::Warn | Verdict::Fail)
        );
        let broken = scenario.judged.iter().filter(|judged| {
            judged.found == Found::Broken
                && judged.level != Level::May
                && !(has_judged && scenario.tags.contains(&judged.clause))
        });
        for judged in broken {
            if covered.insert(judged.clause.clone()) {
                findings.push(finding(scenario, judged));
            }
        }
    }
    findings
}

fn finding(scenario: &Scenario, judged: &Judged) -> Scenario {
    let Judged { clause, says, .. } = judged;
    let mut conversation = scenario.conversation.clone();
    for said in &mut conversation.said {
        let is_it = |id: &String| id == clause;
        said.offending = said.broke.iter().any(is_it) || said.because.as_ref().is_some_and(is_it);
    }
    let offence = conversation.said.iter().find(|said| said.offending);
    let actual = offence.map_or_else(String::new, |said| format!(", by: {}", said.text));
    let verdict = if judged.level == Level::Must { Verdict::Fail } else { Verdict::Warn };
    Scenario {
        name: format!("{clause} is kept throughout"),
        tags: vec!["client".to_owned(), clause.clone()],
        outcome: verdict.into(),
        failure: Some(Failure {
            requirement: format!("{clause}: {says}"),
            expected: "the client to keep this in every scenario".to_owned(),
            actual: format!("it was broken in `{}`{actual}", scenario.name),
            hint: Some(format!("skyproof explain {clause}")),
            step: "throughout".to_owned(),
        }),
        transcript: Vec::new(),
        judged: vec![judged.clone()],
        conversation,
        trouble: None,
        ..scenario.clone()
    }
}

/// What a reader of the run has to know beside its outcomes.
fn remarks(spec: &Spec, finished: &[Scenario]) -> Vec<String> {
    const SHOWN_BY: &[(&str, &str)] = &[
        ("telemetry", "/messages/events/"),
        ("c2d", "/messages/devicebound/"),
        ("twin", "$iothub/twin/"),
        ("methods", "$iothub/methods/"),
    ];
    let shows = |sign: &str| {
        let said = finished.iter().flat_map(|scenario| &scenario.conversation.said);
        said.filter(|said| said.by == reports::conversation::By::Client)
            .any(|said| said.text.contains(sign))
    };
    let unclaimed =
        |(capability, _): &&(&str, &str)| !spec.claims.0.is_empty() && !spec.claims.has(capability);
    SHOWN_BY
        .iter()
        .filter(unclaimed)
        .filter(|(_, sign)| shows(sign))
        .map(|(capability, _)| format!("the client does `{capability}`, which it does not claim"))
        .collect()
}
