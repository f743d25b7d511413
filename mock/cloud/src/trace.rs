//! The trace: every input with what was judged and done about it, in order.

use std::{collections::VecDeque, fmt, sync::Arc};

use wire::Packet;

use crate::{
    effect::{Action, Effect},
    fault::{Struck, Victim},
    http::HttpResponse,
    input::Input,
    rule::Rule,
    ruling::Judgement,
    time::Time,
};

/// One input and the ruling on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// Counts from 1 and never restarts, also when older steps were forgotten.
    pub number: u64,
    pub at: Time,
    /// The device (or `device/module`) whose connection it is about, once it is known.
    pub device: Option<Arc<str>>,
    pub input: Input,
    pub judged: Vec<Judgement>,
    pub effects: Vec<Effect>,
    /// What faults did to the input or to the effects.
    pub struck: Vec<Struck>,
    /// What was wrong with what was turned away, where the rule alone leaves that open.
    pub why: Option<Box<str>>,
}

impl Step {
    /// Whether this step judged the rule so.
    pub fn judges(&self, rule: Rule, holds: bool) -> bool {
        self.judged.contains(&Judgement { rule, holds })
    }

    /// An estimate of the memory it holds, in bytes.
    fn weight_bytes(&self) -> usize {
        let packet = match &self.input {
            Input::Received { packet, .. } => payload_bytes(packet),
            Input::Request { request, .. } => request.body.len() + header_bytes(&request.headers),
            Input::Called { outcome: Ok(answer), .. } => response_bytes(answer),
            _ => 0,
        };
        let effects: usize = self.effects.iter().map(|effect| action_bytes(&effect.action)).sum();
        let struck: usize = self.struck.iter().map(|struck| victim_bytes(&struck.victim)).sum();
        let lines = self.judged.len() + self.effects.len() + 4 * self.struck.len();
        256 + packet + effects + struck + 64 * lines
    }
}

/// `{}` tells everything; `{:#}` leaves out the rules that held.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at, self.input)?;
        if let (Some(device), true) = (&self.device, self.input.conn().is_some()) {
            write!(f, " [{device}]")?;
        }
        // In short, what held goes without saying.
        let in_short = f.alternate();
        let said = self.judged.iter().filter(|judgement| !(in_short && judgement.holds));
        for Judgement { rule, holds } in said {
            let verdict = if *holds { "held  " } else { "broken" };
            write!(f, "\n    {verdict} {rule}")?;
        }
        for effect in &self.effects {
            write!(f, "\n    {effect}")?;
        }
        for struck in &self.struck {
            write!(f, "\n    fault  {struck}")?;
        }
        Ok(())
    }
}

/// All steps so far, or the newest of them when the trace is bounded.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    steps: VecDeque<Step>,
    next_number: u64,
    weight_bytes: usize,
    max_bytes: Option<usize>,
}

impl Trace {
    /// A trace that forgets its oldest steps above so many bytes.
    pub fn bounded(max_bytes: usize) -> Self {
        Self { max_bytes: Some(max_bytes), ..Self::default() }
    }

    /// The steps that are remembered, oldest first.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = &Step> {
        self.steps.iter()
    }

    /// The steps with a number above `number`, oldest first.
    pub fn since(&self, number: u64) -> impl Iterator<Item = &Step> {
        let first = self.steps.front().map_or(0, |step| step.number);
        let skip = number.saturating_add(1).saturating_sub(first);
        self.steps.iter().skip(usize::try_from(skip).unwrap_or(usize::MAX))
    }

    /// The number of the newest step; 0 when nothing happened yet.
    pub const fn last_number(&self) -> u64 {
        self.next_number
    }

    pub(crate) fn record(&mut self, mut step: Step) -> &Step {
        self.next_number += 1;
        step.number = self.next_number;
        self.weight_bytes += step.weight_bytes();
        self.steps.push_back(step);
        while let Some(max_bytes) = self.max_bytes
            && self.weight_bytes > max_bytes
            && self.steps.len() > 1
            && let Some(oldest) = self.steps.pop_front()
        {
            self.weight_bytes -= oldest.weight_bytes();
        }
        &self.steps[self.steps.len() - 1]
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}

fn victim_bytes(victim: &Victim) -> usize {
    match victim {
        Victim::Effect(effect) => action_bytes(&effect.action),
        Victim::Packet { packet, .. } => payload_bytes(packet),
        Victim::Connection(_) => 0,
    }
}

fn action_bytes(action: &Action) -> usize {
    match action {
        Action::Send { packet, .. } => payload_bytes(packet),
        Action::Telemetry(telemetry) => telemetry.body.len(),
        Action::Event(event) => event.body().len(),
        Action::Respond { response, .. } => response_bytes(response),
        Action::Call { call, .. } => call.body.len() + header_bytes(&call.headers),
        _ => 0,
    }
}

fn response_bytes(response: &HttpResponse) -> usize {
    response.body.len() + header_bytes(&response.headers)
}

fn header_bytes(headers: &[(String, String)]) -> usize {
    headers.iter().map(|(name, value)| name.len() + value.len()).sum()
}

fn payload_bytes(packet: &Packet) -> usize {
    match packet {
        Packet::Publish(publish) => publish.payload.len() + publish.topic.len(),
        _ => 0,
    }
}
