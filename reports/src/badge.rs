//! A badge: the label tells what was certified, the message how much of it holds.
//!
//! The message counts clauses when the run judged any: kept ones, of all that it looked at. A clause that was
//! never shown counts in the second number, so that nobody gains by showing nothing. A run that judged no
//! clauses counts scenarios: passed ones, of those that came to a verdict.

use std::io::{self, Write};

use serde_json::json;

use crate::{
    clauses::Clauses, event::Event, exit_code::ExitCode, outcome::Counted, report::Report,
    run::Run, tally::Tally,
};

/// What is written: the JSON of a shields.io endpoint, or a drawing that needs nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadgeForm {
    Endpoint,
    Svg,
}

/// Writes the badge when the run has finished.
#[derive(Debug)]
pub struct Badge<W> {
    out: W,
    form: BadgeForm,
    run: Run,
}

impl<W: Write> Badge<W> {
    pub fn new(out: W, form: BadgeForm) -> Self {
        Self { out, form, run: Run::default() }
    }
}

impl<W: Write> Report for Badge<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            let face = Face::of(&self.run);
            match self.form {
                BadgeForm::Endpoint => writeln!(self.out, "{}", face.endpoint())?,
                BadgeForm::Svg => writeln!(self.out, "{}", face.svg())?,
            }
            self.out.flush()?;
        }
        Ok(())
    }
}

/// What a badge says.
struct Face {
    label: String,
    message: String,
    colour: Colour,
}

/// Its name at shields.io, and how it is drawn.
struct Colour(&'static str, &'static str);

impl Face {
    fn of(run: &Run) -> Self {
        let tally = run.tally();
        let subject = run.suite.strip_prefix("certify ").unwrap_or(&run.suite);
        let message = match tally.exit_code() {
            ExitCode::NothingRan => "nothing ran".to_owned(),
            _ => counted(run, &tally),
        };
        Self { label: format!("skyproof {subject}"), message, colour: colour(&tally) }
    }

    fn endpoint(&self) -> serde_json::Value {
        json!({
            "schemaVersion": 1,
            "label": self.label,
            "message": self.message,
            "color": self.colour.0,
        })
    }

    /// Two fields beside each other, in the proportions that badges have on such pages.
    fn svg(&self) -> String {
        let (label, message) = (xml(&self.label), xml(&self.message));
        let [of_label, of_message] = [&self.label, &self.message].map(|text| width(text));
        let [left, right] = [of_label, of_message].map(|text| text + 2 * PAD);
        let (all, fill) = (left + right, self.colour.1);
        let middle_of_message = left + right / 2;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{label}: {message}">
  <title>{label}: {message}</title>
  <clipPath id="round"><rect width="{all}" height="20" rx="3"/></clipPath>
  <g clip-path="url(#round)">
    <rect width="{left}" height="20" fill="#444"/>
    <rect x="{left}" width="{right}" height="20" fill="{fill}"/>
  </g>
  <g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="{}" y="14" textLength="{of_label}">{label}</text>
    <text x="{middle_of_message}" y="14" textLength="{of_message}">{message}</text>
  </g>
</svg>"##,
            left / 2
        )
    }
}

const PAD: usize = 6;

fn counted(run: &Run, tally: &Tally) -> String {
    let clauses = Clauses::of(&run.scenarios).tally();
    if clauses.all() > 0 {
        return format!("{} of {} clauses", clauses.kept, clauses.all());
    }
    let passed = tally.count(Counted::Passed);
    format!("{passed} of {} scenarios", passed + tally.count(Counted::Failed))
}

/// White letters are legible on each.
const fn colour(tally: &Tally) -> Colour {
    match tally.exit_code() {
        ExitCode::Conformant if tally.warned == 0 => Colour("brightgreen", "#2d7d32"),
        ExitCode::Conformant => Colour("green", "#5b7321"),
        ExitCode::Violations => Colour("red", "#b3261e"),
        ExitCode::Trouble | ExitCode::Usage => Colour("orange", "#a84b00"),
        ExitCode::Inconclusive => Colour("yellow", "#7a6400"),
        ExitCode::NothingRan => Colour("lightgrey", "#6b6b6b"),
    }
}

/// Roughly, in pixels of Verdana 11; the drawing stretches letters to it.
fn width(text: &str) -> usize {
    let tenths = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '|' => 32,
        'f' | 'r' | 't' | ' ' | '-' | '(' | ')' => 43,
        'm' | 'w' | 'M' | 'W' => 100,
        c if c.is_uppercase() => 76,
        _ => 68,
    };
    text.chars().map(tenths).sum::<usize>().div_ceil(10)
}

fn xml(text: &str) -> String {
    quick_xml::escape::escape(text).into_owned()
}
