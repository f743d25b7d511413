//! A run of the suite: which scenarios, on what kind of scenes, and what came of each.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use cloud::{Action, Breaks, Step, Way, catalogue, dps, hub, sas};
use cucumber::{Event, World as _, cli, event, gherkin, parser, tag::Ext as _};
use futures::{FutureExt as _, stream};
use gherkin::tagexpr::TagOperation;
use reports::{Failure, Outcome, Report, Scenario, TranscriptLine, Verdict};

use crate::{
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
    /// No scenario is selected; with a hint.
    Nothing(String),
    /// These scenarios fail although nothing is broken on purpose, each `path:line`.
    NotGreen(Vec<String>),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Feature(unusable) => unusable.fmt(f),
            Self::Usage(what, hint) => write!(f, "{what}\nhint: {hint}"),
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
            features: options.features.clone(),
            keeps_transcripts: options.keeps_transcripts,
            ..Settings::default()
        };
        let concurrency = options.concurrency.unwrap_or(concurrency);
        Ok(Self { features, settings: Arc::new(settings), concurrency })
    }

    /// These scenarios of it alone, against a mock that gets this wrong.
    pub(crate) fn narrowed(&self, places: &BTreeSet<Place>, breaks: Breaks) -> Self {
        let mut features = self.features.clone();
        features.retain_mut(|feature| {
            let path = features::path(feature);
            retain(feature, |it| places.contains(&(path.clone(), it.position.line)));
            features::scenarios(feature).next().is_some()
        });
        let settings = Settings {
            breaks,
            cut: self.settings.cut,
            features: self.settings.features.clone(),
            ..Settings::default()
        };
        Self { features, settings: Arc::new(settings), concurrency: self.concurrency }
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
        })?;
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
        let writer = Telling {
            finished: finished.clone(),
            running: BTreeMap::new(),
            settings: settings.clone(),
        };
        let runner = cucumber::runner::Basic::default().steps(World::collection());
        cucumber::Cucumber::<World, _, (), _, _>::custom(Parsed(self.features), runner, writer)
            .with_cli(cli::Opts::<cli::Empty, _, cli::Empty>::default())
            .max_concurrent_scenarios(self.concurrency)
            .before(move |feature, _, scenario, world| {
                world.tags = features::tags(feature, scenario);
                world.names = outside::declared(feature, scenario);
                world.settings = settings.clone();
                let unfit =
                    settings.outside.as_ref().and_then(|it| outside::unfit(feature, scenario, it));
                async move {
                    let unfit = unfit.map(Failed::not_run);
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
    let panics = world.running().map(|mock| mock.panics()).unwrap_or_default();
    let unnamed = if passed { unnamed_close(world) } else { None };
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
            .find(|because| {
                ![hub::GOODBYE, dps::GOODBYE].contains(because) && !world.names(*because)
            })
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

/// The one place that knows both Cucumber's events and the reports' scenarios.
struct Telling {
    finished: Arc<Mutex<Vec<Scenario>>>,
    running: BTreeMap<Place, (Instant, Option<Found>)>,
    settings: Arc<Settings>,
}

/// What a step or a hook says against a scenario.
struct Found {
    outcome: Outcome,
    failure: Option<Failure>,
}

impl Found {
    fn new(verdict: Verdict, requirement: String, failed: Failed, step: &str) -> Self {
        if let Some(reason) = failed.not_run {
            return Self { outcome: Outcome::NotRun(reason), failure: None };
        }
        let failure = Some(told(requirement, failed, step));
        Self { outcome: verdict.into(), failure }
    }
}

impl cucumber::writer::Normalized for Telling {}

impl cucumber::Writer<World> for Telling {
    type Cli = cli::Empty;

    async fn handle_event(
        &mut self,
        event: parser::Result<Event<event::Cucumber<World>>>,
        _: &Self::Cli,
    ) {
        let Ok(Event { value: event::Cucumber::Feature(feature, inner), .. }) = event else {
            return;
        };
        match inner {
            event::Feature::Scenario(scenario, event)
            | event::Feature::Rule(_, event::Rule::Scenario(scenario, event)) => {
                self.hear(&feature, &scenario, event.event);
            }
            _ => {}
        }
    }
}

impl Telling {
    fn hear(
        &mut self,
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        event: event::Scenario<World>,
    ) {
        let key = place(feature, scenario);
        match event {
            event::Scenario::Started => {
                self.running.insert(key, (Instant::now(), None));
            }
            event::Scenario::Background(step, heard) | event::Scenario::Step(step, heard) => {
                if let Some(failure) = failure(feature, scenario, &step, heard)
                    && let Some((_, found)) = self.running.get_mut(&key)
                {
                    found.get_or_insert(failure);
                }
            }
            event::Scenario::Hook(_, event::Hook::Failed(_, info)) => {
                let failed = Failed::from_panic(&panic_text(&info));
                let requirement = requirement(feature, scenario);
                if let Some((_, found)) = self.running.get_mut(&key) {
                    found.get_or_insert_with(|| {
                        Found::new(Verdict::Error, requirement, failed, "afterwards")
                    });
                }
            }
            event::Scenario::Finished => {
                let Some((started, found)) = self.running.remove(&key) else { return };
                let scenario = self.scenario(feature, scenario, key, started, found);
                self.finished.lock().unwrap_or_else(PoisonError::into_inner).push(scenario);
            }
            _ => {}
        }
    }

    fn scenario(
        &self,
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        (path, line): (String, usize),
        started: Instant,
        found: Option<Found>,
    ) -> Scenario {
        let Found { outcome, failure } =
            found.unwrap_or(Found { outcome: Verdict::Pass.into(), failure: None });
        let transcript = self
            .settings
            .transcripts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&(path.clone(), line))
            .unwrap_or_default();
        let last = transcript.len().saturating_sub(1);
        Scenario {
            cloud: path.split('/').nth(1).unwrap_or_default().to_owned(),
            feature: feature.name.clone(),
            name: scenario.name.clone(),
            tags: features::tags(feature, scenario),
            outcome,
            failure,
            transcript: transcript
                .into_iter()
                .enumerate()
                .map(|(n, text)| TranscriptLine { text, offending: n == last })
                .collect(),
            repeat: format!("{} --at {path}:{line}", command(&self.settings)),
            real_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            path,
            line,
        }
    }
}

/// What a step's event says against the scenario. Given: inconclusive. When: error. Then: fail.
fn failure(
    feature: &gherkin::Feature,
    scenario: &gherkin::Scenario,
    step: &gherkin::Step,
    event: event::Step<World>,
) -> Option<Found> {
    let sentence = format!("{}{}", step.keyword, step.value);
    let failed = match event {
        event::Step::Skipped => {
            let failed = Failed::new("a sentence that the suite knows", format!("`{sentence}`"));
            let requirement = requirement(feature, scenario);
            return Some(Found::new(Verdict::Error, requirement, failed, &sentence));
        }
        event::Step::Failed(_, _, _, event::StepError::Panic(info)) => {
            Failed::from_panic(&panic_text(&info))
        }
        event::Step::Failed(_, _, _, error) => Failed::new("one sentence to match", error),
        _ => return None,
    };
    let verdict = match step.ty {
        gherkin::StepType::Given => Verdict::Inconclusive,
        gherkin::StepType::When => Verdict::Error,
        gherkin::StepType::Then => Verdict::Fail,
    };
    Some(Found::new(verdict, requirement(feature, scenario), failed, &sentence))
}

/// A scenario's path and line.
fn place(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> Place {
    (features::path(feature), scenario.position.line)
}

fn told(requirement: String, failed: Failed, step: &str) -> Failure {
    Failure {
        requirement,
        expected: failed.expected,
        actual: failed.actual,
        hint: failed.hint,
        step: step.trim().to_owned(),
    }
}

/// The clauses that a scenario is tagged with, a line each.
fn requirement(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> String {
    let clauses: Vec<String> = features::tags(feature, scenario)
        .iter()
        .filter_map(|tag| catalogue::find(tag))
        .map(ToString::to_string)
        .collect();
    if clauses.is_empty() { scenario.name.clone() } else { clauses.join("\n") }
}

/// What could have been selected instead.
fn hint_of(options: &Options) -> String {
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

fn panic_text(info: &event::Info) -> String {
    info.downcast_ref::<String>()
        .cloned()
        .or_else(|| info.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

/// Keeps the selected scenarios of a feature.
fn select(feature: &mut gherkin::Feature, tags: Option<&TagOperation>, options: &Options) {
    let whole = feature.clone();
    let path = features::path(feature);
    let wanted = |scenario: &gherkin::Scenario| {
        tags.is_none_or(|tags| tags.eval(features::tags(&whole, scenario).iter()))
            && options.name.as_ref().is_none_or(|name| scenario.name.contains(name))
            && options
                .at
                .as_ref()
                .is_none_or(|at| *at == path || *at == format!("{path}:{}", scenario.position.line))
    };
    retain(feature, wanted);
}

fn retain(feature: &mut gherkin::Feature, wanted: impl Fn(&gherkin::Scenario) -> bool) {
    feature.scenarios.retain(&wanted);
    for rule in &mut feature.rules {
        rule.scenarios.retain(&wanted);
    }
}

/// A feature for each scenario.
fn alone(features: &[gherkin::Feature]) -> Vec<gherkin::Feature> {
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
fn shuffled(features: &[gherkin::Feature], seed: u64) -> Vec<gherkin::Feature> {
    let mut alone = alone(features);
    alone.sort_by_cached_key(|feature| {
        let place = features::scenarios(feature).next().map(|scenario| place(feature, scenario));
        sas::hmac_sha256(&seed.to_be_bytes(), format!("{place:?}").as_bytes())
    });
    alone
}

/// Reads a tag expression; every tag in it must be known.
fn tag_expression(text: &str) -> Result<TagOperation, Trouble> {
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
fn breaks(asked: &[String]) -> Result<Breaks, Trouble> {
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

fn command(settings: &Settings) -> String {
    let mut command = "skyproof test".to_owned();
    if let Some(folder) = &settings.features {
        command.push_str(&format!(" --features {}", folder.display()));
    }
    if let Some(outside) = &settings.outside {
        command.push_str(&format!(" --cloud {}", outside.named));
    }
    for asked in settings.breaks.asked() {
        command.push_str(&format!(" --break {asked}"));
    }
    match settings.cut {
        Cut::Packets => {}
        Cut::Segments(bytes) => command.push_str(&format!(" --shred {bytes}")),
        Cut::Together => command.push_str(" --coalesce"),
    }
    command
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
        match suite.run(&mut terminal).await {
            Ok(finished) => outcomes.extend(finished.into_iter().map(|scenario| scenario.outcome)),
            Err(error) => {
                eprintln!("error: the report could not be written: {error}");
                return reports::ExitCode::Trouble.into();
            }
        }
    }
    let code = reports::ExitCode::of(&outcomes);
    if !options.breaks.is_empty() && code == reports::ExitCode::Conformant {
        tell(&format!("no scenario noticed that {} is broken", options.breaks.join(" and ")));
        return reports::ExitCode::Violations.into();
    }
    code.into()
}

/// A line on standard output; a reader that went away is no error.
pub(crate) fn tell(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

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
