//! The account of one scenario that did not simply pass: the same text in every report.

use std::borrow::Cow;

use crate::{
    event::{Scenario, TranscriptLine},
    failure::field,
    outcome::{Counted, Outcome, Verdict},
};

/// How many of the last steps are shown, unless told otherwise; offending ones always are.
pub(crate) const LAST_STEPS: usize = 8;

/// Whether words are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Ansi,
}

/// `FAIL the name`, and what a reader needs below it: never longer than a screen or so.
pub(crate) fn account(scenario: &Scenario, last_steps: usize, paint: Paint) -> String {
    let heading = heading(scenario, paint);
    let body = body(scenario, last_steps, paint);
    format!("{heading}\n{body}")
}

/// Whether it passed and there is nothing more to say.
pub(crate) fn is_silent(scenario: &Scenario) -> bool {
    scenario.outcome == Outcome::Judged(Verdict::Pass)
        && scenario.trouble.is_none()
        && scenario.attempts == 1
}

/// One line for a scenario that was skipped: `NOT RUN the name (path:12): needs held time`.
pub(crate) fn skipped(scenario: &Scenario, paint: Paint) -> String {
    let heading = heading(scenario, paint);
    let reason = scenario.outcome.reason().map(|reason| format!(": {}", one_line(reason)));
    format!("{heading} ({}){}", place(scenario), reason.unwrap_or_default())
}

/// Everything below the heading, without a newline at its end.
pub(crate) fn body(scenario: &Scenario, last_steps: usize, paint: Paint) -> String {
    let mut parts = vec![field("where", &place(scenario))];
    if let Some(failure) = &scenario.failure {
        parts.push(field("step", &failure.step));
        parts.push(failure.to_string());
    }
    if let Some(trouble) = &scenario.trouble {
        parts.push(field("trouble", trouble));
    }
    if scenario.attempts > 1 {
        parts.push(field("attempts", &scenario.attempts.to_string()));
    }
    if !scenario.transcript.is_empty() {
        parts.push("trace:".into());
    }
    let mut lines: Vec<_> = parts.iter().flat_map(|part| part.lines()).map(plain_line).collect();
    steps(&scenario.transcript, last_steps, paint, &mut lines);
    lines.extend(field("repeat", &scenario.repeat).lines().map(plain_line));
    lines.join("\n")
}

/// `features/iot-hub/cloud/d2c.feature:41`
pub(crate) fn place(scenario: &Scenario) -> String {
    format!("{}:{}", scenario.path, scenario.line)
}

/// The text in one line, fit to be shown.
pub(crate) fn one_line(text: &str) -> String {
    shown(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text without what XML forbids and terminals obey.
pub(crate) fn shown(text: &str) -> Cow<'_, str> {
    let odd = |c: char| {
        (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{FFFE}' | '\u{FFFF}')
    };
    if text.contains(odd) { text.replace(odd, "\u{FFFD}").into() } else { text.into() }
}

fn heading(scenario: &Scenario, paint: Paint) -> String {
    let is_flaky = scenario.attempts > 1 && scenario.outcome == Outcome::Judged(Verdict::Pass);
    let label = if is_flaky { "flaky" } else { scenario.outcome.label() }.to_uppercase();
    let colour = match scenario.outcome {
        Outcome::Judged(Verdict::Fail | Verdict::Error) => RED,
        Outcome::Judged(Verdict::Pass) => GREEN,
        _ if scenario.outcome.counted() == Counted::Skipped => BLUE,
        _ => YELLOW,
    };
    format!("{} {}", painted(&label, colour, paint), one_line(&scenario.name))
}

/// The last steps and the offending ones; what lies between them is counted.
fn steps(transcript: &[TranscriptLine], last: usize, paint: Paint, lines: &mut Vec<String>) {
    let first_of_last = transcript.len().saturating_sub(last);
    let mut left_out = 0;
    for (n, step) in transcript.iter().enumerate() {
        if n < first_of_last && !step.offending {
            left_out += 1;
            continue;
        }
        if left_out > 0 {
            lines.push(format!("     ({left_out} left out)"));
            left_out = 0;
        }
        for (n, line) in step.text.lines().enumerate() {
            let line = shown(line);
            lines.push(if step.offending && n == 0 {
                painted(&format!("  >> {line}"), RED, paint)
            } else {
                format!("     {line}")
            });
        }
    }
}

fn plain_line(line: &str) -> String {
    format!("  {}", shown(line))
}

const RED: u8 = 31;
const GREEN: u8 = 32;
const YELLOW: u8 = 33;
const BLUE: u8 = 34;

fn painted(text: &str, colour: u8, paint: Paint) -> String {
    match paint {
        Paint::Plain => text.into(),
        Paint::Ansi => format!("\u{1b}[1;{colour}m{text}\u{1b}[0m"),
    }
}
