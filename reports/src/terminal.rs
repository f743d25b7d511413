//! For people: silence about what passed, an account of everything else, and the counts.

use std::io::{self, Write};

use crate::{
    account::{self, LAST_STEPS, Paint},
    event::Event,
    outcome::{Counted, Outcome, Verdict},
    report::Report,
    tally::Tally,
};

/// Writes each account as soon as its scenario has finished, and two lines of counts at the end:
/// `7 passed, 1 failed, 2 skipped` for programs, `10 scenarios: …` for people.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    tally: Tally,
    last_steps: usize,
    paint: Paint,
}

impl<W: Write> Terminal<W> {
    /// Without colour, with the last eight steps of each trace.
    pub fn new(out: W) -> Self {
        Self { out, tally: Tally::default(), last_steps: LAST_STEPS, paint: Paint::Plain }
    }

    /// With ANSI colours, or without.
    pub fn colour(self, colour: bool) -> Self {
        Self { paint: if colour { Paint::Ansi } else { Paint::Plain }, ..self }
    }

    /// How many of the last steps of a trace are shown; offending ones always are.
    pub fn last_steps(self, last_steps: usize) -> Self {
        Self { last_steps, ..self }
    }
}

impl<W: Write> Report for Terminal<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted { .. } => self.tally = Tally::default(),
            Event::ScenarioStarted { .. } => {}
            Event::Remark { text } => writeln!(self.out, "note: {text}\n")?,
            Event::ScenarioFinished(scenario) => {
                self.tally.add(&scenario.outcome);
                if scenario.outcome.counted() == Counted::Skipped {
                    writeln!(self.out, "{}", account::skipped(scenario, self.paint))?;
                } else if scenario.outcome != Outcome::Judged(Verdict::Pass) {
                    let account = account::account(scenario, self.last_steps, self.paint);
                    writeln!(self.out, "{account}\n")?;
                }
            }
            Event::RunFinished { real_ms } => {
                let (s, ms) = (real_ms / 1000, real_ms % 1000);
                writeln!(self.out, "{}", self.tally.plain())?;
                writeln!(self.out, "{} in {s}.{ms:03} s", self.tally)?;
            }
        }
        self.out.flush()
    }
}
