//! For programs: one JSON object per event, in a line of its own, as it happens.
//!
//! - `run-started`: `suite`, `version`, `at` (RFC 3339 in UTC), `scenarios` (how many selected), `client`
//!   (who is certified, when somebody is).
//! - `feature`: `path`, `text` (in full), of each feature with a scenario in this run.
//! - `scenario-started`: `path`, `line`, `name`.
//! - `scenario-finished`: `cloud`, `feature`, `path`, `line` (from 1), `name`, `tags` (without the
//!   `@`), `outcome`, `reason` (of `unsupported`, `not-run`, `known-failing`), `failure` (where there is one),
//!   `transcript` (a list of `{text, offending}`), `judged`, `steps`, `conversation`, `trouble`,
//!   `attempts` (left out when empty, or 1), `repeat` (a command), `real_ms`.
//! - `remark`: `text`, about the run as a whole.
//! - `run-finished`: `real_ms`.
//!
//! The member `event` tells which it is.
//!
//! `outcome` is one of `pass`, `warn`, `inconclusive`, `error`, `fail`, `unsupported`,
//! `not-applicable`, `informational`, `not-run`, `known-failing`. `failure` has the strings `requirement`,
//! `expected`, `actual`, `step`, and `hint` where there is one. Times called `real_ms` are
//! milliseconds. Members may be added; readers skip those that they do not know.

use std::io::{self, BufRead, Write};

use crate::{event::Event, report::Report};

/// Writes the stream down, so that [`read`] can tell it again to other reports.
#[derive(Debug)]
pub struct JsonLines<W> {
    out: W,
}

impl<W: Write> JsonLines<W> {
    pub const fn new(out: W) -> Self {
        Self { out }
    }
}

impl<W: Write> Report for JsonLines<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, event)?;
        self.out.write_all(b"\n")?;
        self.out.flush()
    }
}

/// The events of a stored stream, in order. Empty lines are skipped; an error names its line.
pub fn read(lines: impl BufRead) -> impl Iterator<Item = io::Result<Event>> {
    lines.lines().enumerate().filter_map(|(n, line)| match line {
        Ok(line) if line.trim().is_empty() => None,
        Ok(line) => Some(serde_json::from_str(&line).map_err(|error| {
            io::Error::new(io::ErrorKind::InvalidData, format!("line {}: {error}", n + 1))
        })),
        Err(error) => Some(Err(error)),
    })
}
