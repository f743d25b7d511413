//! What Cucumber's events say, as the reports want to hear it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use cloud::{catalogue, clause::Level};
use cucumber::{Event, cli, event, gherkin, parser};
use reports::{
    CameTo, Conversation, Failure, Outcome, Scenario, Sentence, TranscriptLine, Verdict,
};

use super::place;
use crate::{
    device::Cut,
    features,
    world::{Account, Failed, Place, Settings, World},
};

/// The one place that knows both Cucumber's events and the reports' scenarios.
pub(super) struct Telling {
    finished: Arc<Mutex<Vec<Scenario>>>,
    running: BTreeMap<Place, Running>,
    settings: Arc<Settings>,
}

/// A scenario that has not finished yet.
struct Running {
    started: Instant,
    found: Option<Found>,
    steps: Vec<Sentence>,
}

/// What a step or a hook says against a scenario.
struct Found {
    outcome: Outcome,
    failure: Option<Failure>,
}

impl Found {
    fn new(verdict: Verdict, requirement: String, failed: Failed, step: &str) -> Self {
        let outcome = failed.instead.clone().map_or_else(|| verdict.into(), |outcome| *outcome);
        let requirement = match failed.clauses.as_slice() {
            [] => requirement,
            clauses => sentences(clauses),
        };
        let failure = outcome.verdict().map(|_| told(requirement, failed, step));
        Self { outcome, failure }
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
    /// Puts each scenario that ends into `finished`.
    pub(super) const fn new(finished: Arc<Mutex<Vec<Scenario>>>, settings: Arc<Settings>) -> Self {
        Self { finished, running: BTreeMap::new(), settings }
    }

    fn hear(
        &mut self,
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        event: event::Scenario<World>,
    ) {
        let key = place(feature, scenario);
        match event {
            event::Scenario::Started => {
                let running = Running { started: Instant::now(), found: None, steps: Vec::new() };
                self.running.insert(key, running);
            }
            event::Scenario::Background(step, heard) | event::Scenario::Step(step, heard) => {
                let Some(running) = self.running.get_mut(&key) else { return };
                let came_to = match heard {
                    event::Step::Started => return,
                    event::Step::Passed(..) => CameTo::Passed,
                    event::Step::Skipped => CameTo::Undefined,
                    event::Step::Failed(..) => CameTo::Failed,
                };
                let failure = failure(feature, scenario, &step, heard);
                let is_judged = failure.as_ref().is_none_or(|it| it.outcome.verdict().is_some());
                let came_to = if is_judged { came_to } else { CameTo::Skipped };
                running.steps.push(sentence(&step, came_to));
                running.found = running.found.take().or(failure);
            }
            event::Scenario::Hook(_, event::Hook::Failed(_, info)) => {
                let failed = Failed::from_panic(&panic_text(&info));
                let requirement = requirement(feature, scenario);
                if let Some(running) = self.running.get_mut(&key) {
                    running.found.get_or_insert_with(|| {
                        Found::new(Verdict::Error, requirement, failed, "afterwards")
                    });
                }
            }
            event::Scenario::Finished => {
                let Some(running) = self.running.remove(&key) else { return };
                let scenario = self.scenario(feature, scenario, key, running);
                self.settings.tell(|| reports::Event::ScenarioFinished(Box::new(scenario.clone())));
                self.finished.lock().unwrap_or_else(PoisonError::into_inner).push(scenario);
            }
            _ => {}
        }
    }

    fn account(&self, place: &Place) -> Account {
        let mut accounts = self.settings.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        accounts.remove(place).unwrap_or_default()
    }

    fn scenario(
        &self,
        feature: &gherkin::Feature,
        scenario: &gherkin::Scenario,
        (path, line): (String, usize),
        Running { started, found, mut steps }: Running,
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
        let account = self.account(&(path.clone(), line));
        let untold = untold(&self.settings, feature, scenario, outcome);
        steps.extend(untold.steps.iter().skip(steps.len()).cloned().collect::<Vec<_>>());
        Scenario {
            failure,
            steps,
            transcript: transcript
                .into_iter()
                .enumerate()
                .map(|(n, text)| TranscriptLine { text, offending: n == last })
                .collect(),
            judged: account.judged,
            conversation: account.conversation,
            trouble: account.trouble,
            real_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..untold
        }
    }
}

/// A scenario of which nothing is known but its outcome.
pub(super) fn untold(
    settings: &Settings,
    feature: &gherkin::Feature,
    scenario: &gherkin::Scenario,
    outcome: Outcome,
) -> Scenario {
    let (path, line) = place(feature, scenario);
    let rule = feature.rules.iter().find(|rule| rule.scenarios.contains(scenario));
    let backgrounds = [feature.background.as_ref(), rule.and_then(|rule| rule.background.as_ref())];
    let before = backgrounds.into_iter().flatten().flat_map(|background| &background.steps);
    let steps = before.chain(&scenario.steps);
    Scenario {
        cloud: path.split('/').nth(1).unwrap_or_default().to_owned(),
        feature: feature.name.clone(),
        name: scenario.name.clone(),
        tags: features::tags(feature, scenario),
        outcome,
        failure: None,
        transcript: Vec::new(),
        judged: Vec::new(),
        steps: steps.map(|step| sentence(step, CameTo::Skipped)).collect(),
        conversation: Conversation::default(),
        trouble: None,
        attempts: 1,
        repeat: command(settings, &format!("{path}:{line}")),
        real_ms: 0,
        path,
        line,
    }
}

fn sentence(step: &gherkin::Step, came_to: CameTo) -> Sentence {
    Sentence {
        keyword: step.keyword.clone(),
        text: step.value.clone(),
        line: step.position.line,
        came_to,
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
        gherkin::StepType::Then if is_advice(feature, scenario) => Verdict::Warn,
        gherkin::StepType::Then => Verdict::Fail,
    };
    Some(Found::new(verdict, requirement(feature, scenario), failed, &sentence))
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
    let clauses = sentences(&features::tags(feature, scenario));
    if clauses.is_empty() { scenario.name.clone() } else { clauses }
}

/// Whether a scenario judges a client by recommendations alone.
fn is_advice(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> bool {
    let tags = features::tags(feature, scenario);
    let duty = tags.iter().filter_map(|tag| catalogue::find(tag)).any(|it| it.level == Level::Must);
    tags.iter().any(|tag| tag == "client") && !duty
}

/// Those of these tags that are clauses, a line each.
fn sentences(tags: &[String]) -> String {
    let clauses = tags.iter().filter_map(|tag| catalogue::find(tag));
    clauses.map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

fn panic_text(info: &event::Info) -> String {
    info.downcast_ref::<String>()
        .cloned()
        .or_else(|| info.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a text".to_owned())
}

/// The command that runs the scenario at this place alone.
fn command(settings: &Settings, at: &str) -> String {
    if let Some(client) = &settings.client {
        return client.command_again(settings.features.as_deref(), at);
    }
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
    format!("{command} --at {at}")
}
