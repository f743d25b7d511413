//! A run of the suite: which scenarios, on what kind of scenes, and what came of each.

mod listed;
mod select;
mod shard;
mod telling;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use cloud::{Action, Break, Breaks, Step, Uses};
use cucumber::{World as _, cli, event, gherkin, parser};
use futures::{FutureExt as _, stream};
use reports::{Outcome, Report, Scenario};
use tokio::sync::mpsc;

pub use self::{
    listed::{Listed, Listing},
    shard::Shard,
};
use self::{
    select::{alone, breaks, hint_of, retain, select, shuffled, tag_expression},
    telling::Telling,
};
use crate::{
    client::Spec,
    device::Cut,
    features::{self, Unusable},
    kill,
    outside::{self, Broker, Outside},
    world::{Failed, Place, Settings, Witness, World},
};

/// What to run, and how.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// A tag expression such as `@HUB-D2C-016 or @raw`.
    pub tags: Option<String>,
    /// Part of a scenario's name.
    pub name: Option<String>,
    /// A scenario's place, `features/…/x.feature:12`.
    pub at: Option<String>,
    /// These places alone.
    pub places: Option<BTreeSet<(String, usize)>>,
    /// One part of so many, and the scenarios tagged `@first` in each.
    pub shard: Option<Shard>,
    /// Tell what would run instead of running it.
    pub list: Option<Listing>,
    /// Clauses that the mock gets wrong on purpose, `HUB-D2C-016` or `HUB-D2C-016:vanished`.
    pub breaks: Vec<String>,
    /// Break rules one after the other instead, those within this reach.
    pub kill_matrix: Option<kill::Reach>,
    /// Cut what raw devices send into segments of so many bytes.
    pub shred_bytes: Option<usize>,
    /// Let raw devices send what they have to say in as few writes as possible.
    pub coalesce: bool,
    /// Begin scenarios in an order that this seed decides, instead of that of the features.
    pub shuffle: Option<u64>,
    /// The cloud, when it is not the mock in this process.
    pub cloud: Option<Elsewhere>,
    /// A folder of features instead of those in the binary.
    pub features: Option<PathBuf>,
    /// Run everything so many times; 0 counts as 1.
    pub repeat: usize,
    /// How many scenarios run at once.
    pub concurrency: Option<usize>,
    /// Keep the transcripts of scenarios that passed, too.
    pub keeps_transcripts: bool,
    /// Who is certified: then the scenarios of clients of its cloud run, and otherwise all others.
    pub client: Option<Arc<Spec>>,
}

/// A cloud that is not in this process.
#[derive(Clone, Debug)]
pub enum Elsewhere {
    /// As `--cloud` and `--ca` name it.
    Named { cloud: String, ca: Option<PathBuf> },
    /// A broker without dialect, a fresh one for each scenario: the control.
    Plain(Broker),
}

impl Elsewhere {
    fn open(&self) -> Result<Outside, Trouble> {
        match self {
            Self::Plain(broker) => Ok(Outside::plain(broker.clone())),
            Self::Named { cloud, ca } => {
                Outside::of(cloud, ca.as_deref()).map_err(|(what, hint)| Trouble::Usage(what, hint))
            }
        }
    }
}

/// Why nothing was run.
#[derive(Debug)]
pub enum Trouble {
    /// A feature cannot be used.
    Feature(Unusable),
    /// An option says nothing sensible; with a hint.
    Usage(String, String),
    /// Nobody answers who ought to; with a hint.
    Unreachable(String, String),
    /// No scenario is selected; with a hint.
    Nothing(String),
    /// These scenarios fail although nothing is broken on purpose, each `path:line`.
    NotGreen(Vec<String>),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Feature(unusable) => unusable.fmt(f),
            Self::Usage(what, hint) | Self::Unreachable(what, hint) => {
                write!(f, "{what}\nhint: {hint}")
            }
            Self::NotGreen(red) => write!(
                f,
                "{} not green although nothing is broken on purpose\nhint: run the suite first",
                red.join(", ")
            ),
            Self::Nothing(hint) => write!(f, "no scenario is selected\nhint: {hint}"),
        }
    }
}

impl Trouble {
    /// The exit code of design section 8.
    pub const fn exit_code(&self) -> reports::ExitCode {
        match self {
            Self::Feature(_) | Self::Usage(..) => reports::ExitCode::Usage,
            Self::Unreachable(..) => reports::ExitCode::Trouble,
            Self::Nothing(_) => reports::ExitCode::NothingRan,
            Self::NotGreen(_) => reports::ExitCode::Violations,
        }
    }
}

impl From<Unusable> for Trouble {
    fn from(unusable: Unusable) -> Self {
        Self::Feature(unusable)
    }
}

/// A selection of scenarios, ready to run.
#[derive(Clone)]
pub struct Suite {
    features: Vec<gherkin::Feature>,
    settings: Arc<Settings>,
    concurrency: usize,
}

const USUAL_CONCURRENCY: usize = 64;

impl Suite {
    /// Reads the features and selects scenarios.
    ///
    /// # Errors
    /// A feature that cannot be used, an unknown tag or clause, or an empty selection.
    pub fn new(options: &Options) -> Result<Self, Trouble> {
        let mut features = match &options.features {
            Some(folder) => features::read(folder)?,
            None => features::embedded()?,
        };
        let tags = options.tags.as_deref().map(tag_expression).transpose()?;
        for feature in &mut features {
            select(feature, tags.as_ref(), options);
        }
        features.retain(|feature| features::scenarios(feature).next().is_some());
        if features.is_empty() {
            return Err(Trouble::Nothing(hint_of(options)));
        }
        let outside = options.cloud.as_ref().map(Elsewhere::open).transpose()?.map(Arc::new);
        if let Some(seed) = options.shuffle {
            features = shuffled(&features, seed);
        }
        if let Some(outside) = &outside {
            let alone = alone(&features).into_iter().enumerate();
            features = alone.map(|(n, feature)| outside::settled(feature, outside, n)).collect();
        }
        let concurrency = outside.as_ref().map_or(USUAL_CONCURRENCY, |it| it.concurrency());
        let settings = Settings {
            breaks: breaks(&options.breaks)?,
            cut: match options.shred_bytes {
                Some(bytes) => Cut::Segments(bytes),
                None if options.coalesce => Cut::Together,
                None => Cut::Packets,
            },
            outside,
            client: options.client.clone(),
            features: options.features.clone(),
            keeps_transcripts: options.keeps_transcripts,
            ..Settings::default()
        };
        let concurrency = options.concurrency.unwrap_or(concurrency);
        Ok(Self { features, settings: Arc::new(settings), concurrency })
    }

    /// These scenarios of it alone.
    pub(crate) fn again(&self, places: &BTreeSet<Place>) -> Self {
        self.narrowed(places, self.settings.breaks.clone())
    }

    /// These scenarios of it alone, against a mock that gets this wrong.
    pub(crate) fn narrowed(&self, places: &BTreeSet<Place>, breaks: Breaks) -> Self {
        let mut features = self.features.clone();
        features.retain_mut(|feature| {
            let path = features::path(feature);
            retain(feature, |it| places.contains(&(path.clone(), it.position.line)));
            features::scenarios(feature).next().is_some()
        });
        let settings = Settings { breaks, ..self.settings.again() };
        Self { features, settings: Arc::new(settings), concurrency: self.concurrency }
    }

    /// The scenarios with this tag, and the others; `None` for none.
    pub(crate) fn split(self, tag: &str) -> (Option<Self>, Option<Self>) {
        let part = |is_with: bool| {
            let mut part = self.clone();
            part.features.retain_mut(|feature| {
                let whole = feature.clone();
                retain(feature, |it| {
                    features::tags(&whole, it).iter().any(|known| known == tag) == is_with
                });
                features::scenarios(feature).next().is_some()
            });
            (!part.is_empty()).then_some(part)
        };
        (part(true), part(false))
    }

    /// Tells this listener of scenarios as they come and go. To be called before anything runs.
    pub(crate) fn listen(&mut self, listener: mpsc::UnboundedSender<reports::Event>) {
        self.settings = Arc::new(Settings { listener: Some(listener), ..self.settings.again() });
    }

    /// Runs every selected scenario, in silence.
    pub(crate) async fn run_all(self) -> Vec<Scenario> {
        self.collect().await
    }

    /// Every selected scenario as one that was not run, for this reason.
    pub(crate) fn not_run(&self, reason: &str) -> Vec<Scenario> {
        let all = self.features.iter().flat_map(|feature| {
            features::scenarios(feature).map(move |scenario| (feature, scenario))
        });
        all.map(|(feature, scenario)| {
            telling::untold(&self.settings, feature, scenario, Outcome::NotRun(reason.to_owned()))
        })
        .collect()
    }

    /// The texts of its features, for reports.
    pub(crate) fn texts(&self) -> Vec<reports::Event> {
        let folder = self.settings.features.as_deref();
        let text = |feature: &gherkin::Feature| {
            let path = features::path(feature);
            let name = path.strip_prefix("features/").unwrap_or(&path);
            // What could be read before can be missing now only when somebody takes it away.
            let text = features::text(folder, name).unwrap_or_default();
            reports::Event::Feature { path, text }
        };
        self.features.iter().map(text).collect()
    }

    /// How many scenarios will run.
    pub fn len(&self) -> usize {
        self.features.iter().map(|feature| features::scenarios(feature).count()).sum()
    }

    /// Whether there is nothing to run.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Runs every selected scenario and tells the report of each; returns them in the order of the
    /// features.
    pub async fn run(self, report: &mut dyn Report) -> std::io::Result<Vec<Scenario>> {
        let started = Instant::now();
        let at = cloud::Time::from_ms(unix_ms());
        report.tell(&reports::Event::RunStarted {
            suite: "test".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            at,
            scenarios: self.len(),
            client: None,
        })?;
        reports::report::tell_all(report, &self.texts())?;
        let mut finished = self.collect().await;
        finished.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        for scenario in &finished {
            report.tell(&reports::Event::ScenarioFinished(Box::new(scenario.clone())))?;
        }
        let real_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        report.tell(&reports::Event::RunFinished { real_ms })?;
        Ok(finished)
    }

    /// Runs every selected scenario, and tells beside each what its mock went through.
    pub(crate) async fn witness(self) -> Vec<(Scenario, Witness)> {
        let settings = self.settings.clone();
        let finished = self.collect().await;
        let mut witnesses = settings.witnesses.lock().unwrap_or_else(PoisonError::into_inner);
        let mut of = |it: &Scenario| witnesses.remove(&(it.path.clone(), it.line));
        let beside = |it| {
            let witness = of(&it).unwrap_or_default();
            (it, witness)
        };
        finished.into_iter().map(beside).collect()
    }

    async fn collect(self) -> Vec<Scenario> {
        let finished = Arc::new(Mutex::new(Vec::new()));
        let settings = self.settings.clone();
        let writer = Telling::new(finished.clone(), settings.clone());
        // Who tries again is decided where the attempts are told.
        let runner = cucumber::runner::Basic::default()
            .steps(World::collection())
            .retry_options(|_, _, _, _| None);
        cucumber::Cucumber::<World, _, (), _, _>::custom(Parsed(self.features), runner, writer)
            .with_cli(cli::Opts::<cli::Empty, _, cli::Empty>::default())
            .max_concurrent_scenarios(self.concurrency)
            .before(move |feature, _, scenario, world| {
                world.tags = features::tags(feature, scenario);
                world.names = outside::declared(feature, scenario);
                world.settings = settings.clone();
                let unfit =
                    settings.outside.as_ref().and_then(|it| outside::unfit(feature, scenario, it));
                let dead = settings.outside.as_ref().and_then(|it| it.dead());
                let lacks = settings.client.as_ref().and_then(|it| it.lacks(&world.tags));
                let place = place(feature, scenario);
                settings.tell(|| reports::Event::ScenarioStarted {
                    path: place.0,
                    line: place.1,
                    name: scenario.name.clone(),
                });
                async move {
                    let unfit = unfit.map(Failed::not_run).or(dead.map(Failed::from));
                    let unfit = unfit.or(lacks.map(Failed::instead));
                    assert!(unfit.is_none(), "{:?}", unfit.unwrap_or_else(|| Failed::new("", "")));
                }
                .boxed_local()
            })
            .after(|feature, _, scenario, ended, world| {
                async move {
                    if let Some(world) = world {
                        let passed = matches!(ended, event::ScenarioFinished::StepPassed);
                        leave(world, place(feature, scenario), passed).await;
                    }
                }
                .boxed_local()
            })
            .run(())
            .await;
        let mut finished = finished.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *finished)
    }
}

/// After the last step: the mock's panics and closes without a name count, then the scene is taken down.
async fn leave(world: &mut World, place: Place, passed: bool) {
    let unsaid = world.flush().await.err();
    if world.settings.client.is_some() {
        world.end_client().await;
        let account = world.account(passed);
        let accounts = world.settings.accounts.lock();
        accounts.unwrap_or_else(PoisonError::into_inner).insert(place.clone(), account);
    }
    let panics = world.running().map(|mock| mock.panics()).unwrap_or_default();
    // A client's ledger tells of closes.
    let is_named = world.settings.client.is_some();
    let unnamed = if passed && !is_named { unnamed_close(world) } else { None };
    let trouble = if !panics.is_empty() {
        Some(Failed::new("the mock to live", format!("it panicked: {}", panics.join("; "))))
    } else if passed && unsaid.is_some() {
        unsaid
    } else if passed && world.assertions == 0 {
        Some(Failed::new("at least one assertion", "none was made"))
    } else {
        unnamed
    };
    let witness = world.witness();
    {
        let witnesses = world.settings.witnesses.lock();
        witnesses.unwrap_or_else(PoisonError::into_inner).insert(place.clone(), witness);
    }
    if trouble.is_some() || !passed || world.settings.keeps_transcripts {
        let whole = world.settings.keeps_transcripts;
        let text = |step: &&Step| if whole { format!("{step}") } else { format!("{step:#}") };
        let steps = world.with_steps(|steps| steps.iter().map(text).collect());
        let mut kept = world.settings.transcripts.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(place, steps);
    }
    world.devices.clear();
    world.silent.clear();
    world.pending = None;
    if let Some(outside) = world.outside() {
        outside.leave(&world.names).await;
    }
    if let Some(mock) = world.take_mock().and_then(Arc::into_inner) {
        mock.shutdown().await;
    }
    assert!(trouble.is_none(), "{:?}", trouble.unwrap_or_else(|| Failed::new("", "")));
}

/// A close whose rule the scenario does not name: it may have passed for the wrong reason.
fn unnamed_close(world: &World) -> Option<Failed> {
    let because = world.with_steps(|steps| {
        steps
            .iter()
            .flat_map(|step| &step.effects)
            .filter(|effect| matches!(effect.action, Action::Close { .. }))
            .map(|effect| effect.because)
            .find(|because| !cloud::is_goodbye(*because) && !world.names(*because))
    })?;
    Some(
        Failed::new(
            "each close to be one that the scenario's tags name",
            format!("a connection was closed because of {because}"),
        )
        .hint(format!("tag the scenario @{} if it is meant", because.id())),
    )
}

/// Parsed features as Cucumber wants them.
struct Parsed(Vec<gherkin::Feature>);

impl cucumber::Parser<()> for Parsed {
    type Cli = cli::Empty;
    type Output = stream::Iter<std::vec::IntoIter<parser::Result<gherkin::Feature>>>;

    fn parse(self, (): (), _: cli::Empty) -> Self::Output {
        stream::iter(self.0.into_iter().map(Ok).collect::<Vec<_>>())
    }
}

/// A scenario's path and line.
fn place(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> Place {
    (features::path(feature), scenario.position.line)
}

fn unix_ms() -> u64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// Runs a selection, tells the terminal, and gives the exit code of design section 8.
pub async fn main(options: &Options) -> std::process::ExitCode {
    if let Some(reach) = &options.kill_matrix {
        return kill::main(options, reach).await;
    }
    let mut terminal = reports::Terminal::new(std::io::stdout().lock());
    let mut outcomes = Vec::new();
    let mut met = Uses::new();
    for round in 0..options.repeat.max(1) {
        let mut options = options.clone();
        if let Some(seed) = &mut options.shuffle {
            *seed = seed.wrapping_add(round as u64);
            tell(&format!("this order again: --shuffle {seed}"));
        }
        let suite = match Suite::new(&options) {
            Ok(suite) => suite,
            Err(trouble) => {
                eprintln!("error: {trouble}");
                return trouble.exit_code().into();
            }
        };
        if let Some(listing) = options.list {
            use std::io::Write as _;
            // A reader that went away is no error.
            let _ = write!(std::io::stdout(), "{}", listing.of(&suite.list()));
            return reports::ExitCode::Conformant.into();
        }
        let settings = suite.settings.clone();
        let outside = settings.outside.clone();
        if let Err(trouble) = knock(outside.as_deref(), "").await {
            eprintln!("error: {trouble}");
            return trouble.exit_code().into();
        }
        match suite.run(&mut terminal).await {
            Ok(finished) => outcomes.extend(finished.into_iter().map(|scenario| scenario.outcome)),
            Err(error) => {
                eprintln!("error: the report could not be written: {error}");
                return reports::ExitCode::Trouble.into();
            }
        }
        {
            let witnesses = settings.witnesses.lock().unwrap_or_else(PoisonError::into_inner);
            met.extend(witnesses.values().flat_map(|witness| &witness.uses).copied());
        }
        // What failed then says nothing about the cloud while it lived.
        if reports::ExitCode::of(&outcomes) != reports::ExitCode::Conformant
            && let Err(trouble) = knock(outside.as_deref(), "the cloud went away: ").await
        {
            eprintln!("error: {trouble}");
            return trouble.exit_code().into();
        }
    }
    let code = reports::ExitCode::of(&outcomes);
    if !options.breaks.is_empty() && code == reports::ExitCode::Conformant {
        tell(&unnoticed(&options.breaks, &met));
        return reports::ExitCode::Violations.into();
    }
    code.into()
}

/// Why nobody noticed: the rule was met and nobody looked, or never met in that way.
fn unnoticed(asked: &[String], met: &Uses) -> String {
    let is_asked = |one: &&Break| asked.iter().any(|it| it == one.id || *it == one.to_string());
    if met.iter().any(|one| is_asked(&one)) {
        return format!("no scenario noticed that {} is broken", asked.join(" and "));
    }
    let is_near = |one: &&Break| asked.iter().any(|it| it.split(':').next() == Some(one.id));
    let near: Vec<String> = met.iter().filter(is_near).map(ToString::to_string).collect();
    let near = if near.is_empty() { "no other way".to_owned() } else { near.join(" and ") };
    format!("no scenario meets {}; those that ran meet {near}", asked.join(" or "))
}

/// Looks whether a cloud that is not in this process answers.
async fn knock(outside: Option<&Outside>, prefix: &str) -> Result<(), Trouble> {
    let Some(outside) = outside else { return Ok(()) };
    let unreachable = |(what, hint)| Trouble::Unreachable(format!("{prefix}{what}"), hint);
    outside.knock().await.map_err(unreachable)
}

/// A line on standard output; a reader that went away is no error.
pub(crate) fn tell(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use cloud::Way;

    use super::*;

    #[test]
    fn a_break_that_nobody_meets_is_told_from_one_that_nobody_notices() {
        let rule = cloud::rules().find(|rule| rule.id() == "HUB-D2C-016").expect("a rule");
        let met: Uses = [Way::Vanished.of(rule), Way::Inverted.of(rule)].into();
        for (asked, says) in [
            ("HUB-D2C-016", "no scenario noticed that HUB-D2C-016 is broken"),
            ("HUB-D2C-016:inverted", "no scenario noticed that HUB-D2C-016:inverted is broken"),
            (
                "HUB-D2C-016:value",
                "no scenario meets HUB-D2C-016:value; those that ran meet \
                 HUB-D2C-016:vanished and HUB-D2C-016:inverted",
            ),
            ("HUB-D2C-015", "no scenario meets HUB-D2C-015; those that ran meet no other way"),
        ] {
            assert_eq!(unnoticed(&[asked.to_owned()], &met), says);
        }
    }
}
