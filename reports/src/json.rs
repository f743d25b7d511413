//! `report.json`: one object about a whole run, for programs that compare, sum up and publish.
//!
//! [`SCHEMA`] describes it. Members may be added within a format; readers skip those that they do not
//! know. What is removed or changes its meaning makes a new [`FORMAT`].

use std::io::{self, Write};

use cloud::Time;
use serde::{Deserialize, Serialize};

use crate::{
    clauses::{ClauseTally, Clauses},
    client::Client,
    event::{Event, Scenario},
    profile::Profile,
    report::Report,
    run::Run,
    tally::Tally,
};

/// The JSON Schema (2020-12) of [`Document`].
pub const SCHEMA: &str = include_str!("../schema/report.schema.json");

/// The number of the form that [`SCHEMA`] describes.
pub const FORMAT: u32 = 1;

/// A whole run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// [`FORMAT`]
    pub format: u32,
    /// What ran, as on the command line: `certify iot-hub`.
    pub suite: String,
    /// The version of skyproof.
    pub version: String,
    #[serde(with = "crate::event::moment")]
    pub at: Time,
    /// Real time in milliseconds.
    pub real_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<Client>,
    /// In words: `conformant`, `violations`.
    pub verdict: String,
    /// What the process returned.
    pub exit_code: u8,
    pub tally: Tally,
    /// How many scenarios met trouble of the harness or of the client's process, whatever their verdict.
    pub troubles: usize,
    pub clause_tally: ClauseTally,
    pub clauses: Clauses,
    pub remarks: Vec<String>,
    /// When a client was certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<Profile>,
    /// By path and line. Conversations are without the bytes of their packets; those are in the traces.
    pub scenarios: Vec<Scenario>,
}

/// Writes the [`Document`] when the run has finished.
#[derive(Debug)]
pub struct Json<W> {
    out: W,
    run: Run,
}

impl<W: Write> Json<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write> Report for Json<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            let document = Document::of(std::mem::take(&mut self.run));
            serde_json::to_writer_pretty(&mut self.out, &document)?;
            self.out.write_all(b"\n")?;
            self.out.flush()?;
        }
        Ok(())
    }
}

impl Document {
    /// Reads a stored `report.json`.
    ///
    /// # Errors
    ///
    /// What is no such document, or one of another format, is told in a sentence.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Form {
            format: u32,
        }
        let Form { format } = serde_json::from_slice(text)
            .map_err(|error| format!("is no report.json of skyproof: {error}"))?;
        if format != FORMAT {
            return Err(format!("has the format {format}, and this skyproof reads {FORMAT}"));
        }
        serde_json::from_slice(text).map_err(|error| format!("is damaged: {error}"))
    }

    pub(crate) fn of(run: Run) -> Self {
        let (tally, clauses) = (run.tally(), Clauses::of(&run.scenarios));
        let profile = run.client.is_some().then(|| Profile::of(&run.scenarios));
        let exit_code = tally.exit_code();
        let mut scenarios = run.scenarios;
        for scenario in &mut scenarios {
            scenario.conversation.said.iter_mut().for_each(|said| said.bytes.clear());
        }
        Self {
            format: FORMAT,
            suite: run.suite,
            version: run.version,
            at: run.at,
            real_ms: run.real_ms,
            client: run.client,
            verdict: exit_code.to_string(),
            exit_code: exit_code.code(),
            tally,
            troubles: scenarios.iter().filter(|scenario| scenario.trouble.is_some()).count(),
            clause_tally: clauses.tally(),
            clauses,
            remarks: run.remarks,
            profile,
            scenarios,
        }
    }
}
