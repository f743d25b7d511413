//! For the summary page of a CI job: a headline, a table of counts, a table of what did not pass, the worst
//! first. Of a client that was certified it tells who it is and the sums of its clauses, too.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io::{self, Write},
};

use crate::{
    account::{self, LAST_STEPS, Paint, is_silent, one_line, place},
    clauses::Clauses,
    client::Client,
    event::{Event, Scenario},
    outcome::Counted,
    report::Report,
    run::Run,
    tally::Tally,
};

/// A page above 1 MiB is refused by GitHub, and nobody reads that many.
const ACCOUNTS_MAX: usize = 50;

/// Writes the whole page, the worst first, when the run has finished.
#[derive(Debug)]
pub struct Markdown<W> {
    out: W,
    run: Run,
}

impl<W: Write> Markdown<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write> Report for Markdown<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            write_run(&self.run, &mut self.out)?;
            self.out.flush()?;
        }
        Ok(())
    }
}

fn write_run(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let tally = run.tally();
    writeln!(out, "## skyproof {}: {}\n", literal(&run.suite), tally.exit_code())?;
    writeln!(out, "{tally} (skyproof {}).\n", literal(&run.version))?;
    match &run.client {
        Some(client) => write_client(client, out)?,
        None => write_clouds(run, out)?,
    }
    write_suspects(run, out)?;
    write_others(run, out)?;
    write_clauses(run, out)?;
    write_remarks(run, out)
}

fn write_client(client: &Client, out: &mut impl Write) -> io::Result<()> {
    let (who, terms) = (literal(&client.to_string()), literal(&client.terms()));
    writeln!(out, "Client: **{who}**, {terms}.\n")
}

/// Checks that no client passes come before what is held against this one.
fn write_suspects(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let failed = |it: &&Scenario| it.outcome.counted() == Counted::Failed;
    let mut suspects = run.scenarios.iter().filter(|it| it.is_suspect()).filter(failed).peekable();
    if suspects.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "**Suspect checks**, which fail for every client known; doubt them first:\n")?;
    for scenario in suspects {
        writeln!(out, "- {} ({})", literal(&scenario.name), literal(&place(scenario)))?;
    }
    writeln!(out)
}

fn write_others(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let mut others: Vec<_> = run.scenarios.iter().filter(|it| !is_silent(it)).collect();
    others.sort_by_key(|scenario| Reverse(scenario.outcome.verdict()));
    if others.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Outcome | Scenario | Where |\n|---|---|---|")?;
    for scenario in &others {
        let (outcome, name) = (scenario.outcome.to_string(), &scenario.name);
        let place = literal(&place(scenario));
        writeln!(out, "| {} | {} | {place} |", literal(&outcome), literal(name))?;
    }
    others.retain(|scenario| scenario.outcome.counted() != Counted::Skipped);
    others.iter().take(ACCOUNTS_MAX).try_for_each(|scenario| write_account(scenario, out))?;
    match others.len().saturating_sub(ACCOUNTS_MAX) {
        0 => Ok(()),
        more => writeln!(out, "\n{more} more are told in the other reports."),
    }
}

fn write_clouds(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let mut clouds: BTreeMap<&str, Tally> = BTreeMap::new();
    for scenario in &run.scenarios {
        clouds.entry(&scenario.cloud).or_default().add(&scenario.outcome);
    }
    if clouds.is_empty() {
        return Ok(());
    }
    writeln!(out, "| Cloud | Scenarios | Passed | Failed | Skipped |\n|---|--:|--:|--:|--:|")?;
    for (cloud, tally) in clouds {
        let [passed, failed, skipped] =
            [Counted::Passed, Counted::Failed, Counted::Skipped].map(|word| tally.count(word));
        let (cloud, all) = (literal(cloud), tally.scenarios());
        writeln!(out, "| {cloud} | {all} | {passed} | {failed} | {skipped} |")?;
    }
    writeln!(out)
}

fn write_clauses(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let clauses = Clauses::of(&run.scenarios);
    if clauses.0.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| Clauses | Kept | Broken | Never shown |\n|---|--:|--:|--:|")?;
    let areas = clauses.0.iter().map(|area| (literal(&area.area), area.tally()));
    for (area, tally) in areas.chain([("**all**".to_owned(), clauses.tally())]) {
        writeln!(out, "| {area} | {} | {} | {} |", tally.kept, tally.broken, tally.never_shown)?;
    }
    Ok(())
}

fn write_remarks(run: &Run, out: &mut impl Write) -> io::Result<()> {
    if !run.remarks.is_empty() {
        writeln!(out)?;
    }
    run.remarks.iter().try_for_each(|remark| writeln!(out, "- note: {}", literal(remark)))
}

/// The account, folded. Its lines are indented or begin with a word, so none can end the fence.
fn write_account(scenario: &Scenario, out: &mut impl Write) -> io::Result<()> {
    let (label, name) = (scenario.outcome.label(), html(&one_line(&scenario.name)));
    let account = account::account(scenario, LAST_STEPS, Paint::Plain);
    writeln!(out, "\n<details><summary>{label}: {name}</summary>\n")?;
    writeln!(out, "```text\n{account}\n```\n\n</details>")
}

/// Text that Markdown shows as it is, also in a cell of a table.
fn literal(text: &str) -> String {
    let mut literal = String::new();
    for c in one_line(text).chars() {
        if matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '~' | '&') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
