//! For people: silence about what passed, an account of everything else, and the counts.

use std::io::{self, Write};

use crate::{
    account::{self, LAST_STEPS, Paint, is_silent, one_line, place},
    client::Client,
    event::{Event, Scenario},
    outcome::Counted,
    report::Report,
    tally::Tally,
};

/// Writes each account as soon as its scenario has finished. At the end come suspect checks that failed, the
/// client that was certified, and two lines of counts: `7 passed, 1 failed, 2 skipped` for programs,
/// `10 scenarios: …` for people.
#[derive(Debug)]
pub struct Terminal<W> {
    out: W,
    tally: Tally,
    last_steps: usize,
    paint: Paint,
    progress: Option<Progress>,
    client: Option<Client>,
    suspects: Vec<String>,
}

/// How far the run has come.
#[derive(Debug, Default)]
struct Progress {
    selected: usize,
    latest: String,
    is_drawn: bool,
}

impl<W: Write> Terminal<W> {
    /// Without colour, without progress, with the last eight steps of each trace.
    pub fn new(out: W) -> Self {
        Self {
            out,
            tally: Tally::default(),
            last_steps: LAST_STEPS,
            paint: Paint::Plain,
            progress: None,
            client: None,
            suspects: Vec::new(),
        }
    }

    /// With ANSI colours, or without.
    pub fn colour(self, colour: bool) -> Self {
        Self { paint: if colour { Paint::Ansi } else { Paint::Plain }, ..self }
    }

    /// With a last line that tells how far it has come, `12/61, 1 failed: The client publishes`. Only for a
    /// terminal: the line is drawn over itself.
    pub fn progress(self, progress: bool) -> Self {
        Self { progress: progress.then(Progress::default), ..self }
    }

    /// How many of the last steps of a trace are shown; offending ones always are.
    pub fn last_steps(self, last_steps: usize) -> Self {
        Self { last_steps, ..self }
    }

    fn hear(&mut self, scenario: &Scenario) -> io::Result<()> {
        self.tally.add(&scenario.outcome);
        if scenario.is_suspect() && scenario.outcome.counted() == Counted::Failed {
            self.suspects.push(format!("{} ({})", one_line(&scenario.name), place(scenario)));
        }
        if scenario.outcome.counted() == Counted::Skipped {
            writeln!(self.out, "{}", account::skipped(scenario, self.paint))
        } else if is_silent(scenario) {
            Ok(())
        } else {
            let account = account::account(scenario, self.last_steps, self.paint);
            writeln!(self.out, "{account}\n")
        }
    }

    fn finish(&mut self, real_ms: u64) -> io::Result<()> {
        for suspect in &self.suspects {
            writeln!(
                self.out,
                "suspect check: {suspect} fails for every client known; doubt it first"
            )?;
        }
        if let Some(client) = &self.client {
            writeln!(self.out, "client: {}", one_line(&client.to_string()))?;
            writeln!(self.out, "        {}", one_line(&client.terms()))?;
        }
        let (s, ms) = (real_ms / 1000, real_ms % 1000);
        writeln!(self.out, "{}", self.tally.plain())?;
        writeln!(self.out, "{} in {s}.{ms:03} s", self.tally)
    }

    fn wipe(&mut self) -> io::Result<()> {
        let is_drawn = self.progress.as_mut().is_some_and(|it| std::mem::take(&mut it.is_drawn));
        if is_drawn { self.out.write_all(b"\r\x1b[K") } else { Ok(()) }
    }

    fn draw(&mut self) -> io::Result<()> {
        /// A longer line would wrap, and could not be drawn over.
        const COLUMNS: usize = 79;
        let Some(progress) = &mut self.progress else { return Ok(()) };
        let failed = match self.tally.count(Counted::Failed) {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        let line = format!(
            "{}/{}{failed}: {}",
            self.tally.scenarios(),
            progress.selected,
            progress.latest
        );
        progress.is_drawn = true;
        write!(self.out, "{}", line.chars().take(COLUMNS).collect::<String>())
    }
}

impl<W: Write> Report for Terminal<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        self.wipe()?;
        match event {
            Event::RunStarted { scenarios, client, .. } => {
                self.tally = Tally::default();
                self.suspects.clear();
                self.client = client.as_deref().cloned();
                if let Some(progress) = &mut self.progress {
                    progress.selected = *scenarios;
                }
            }
            Event::Feature { .. } => {}
            Event::ScenarioStarted { name, .. } => {
                if let Some(progress) = &mut self.progress {
                    progress.latest = one_line(name);
                    self.draw()?;
                }
            }
            Event::Remark { text } => writeln!(self.out, "note: {}\n", one_line(text))?,
            Event::ScenarioFinished(scenario) => {
                self.hear(scenario)?;
                self.draw()?;
            }
            Event::RunFinished { real_ms } => self.finish(*real_ms)?,
        }
        self.out.flush()
    }
}
