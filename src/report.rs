//! `skyproof report`: stored runs compared, joined, and told again in another form.

mod nights;

use std::{
    fs,
    io::{self, BufReader},
    path::{Path, PathBuf},
    process::ExitCode,
};

use reports::{
    Diff, Event, Folder, Form, Shard, Suspects,
    json::{Document, SCHEMA},
    json_lines, report,
};
use skyproof::folder::Directory;

use crate::{
    args::{DiffRuns, MergeRuns, RenderRun, Report, SuspectChecks},
    out,
    trouble::Trouble,
};

/// Does what is asked about stored runs.
pub(crate) fn run(asked: &Report) -> Result<ExitCode, Trouble> {
    match asked {
        Report::Diff(asked) => diff(asked),
        Report::Merge(asked) => merge(asked),
        Report::Render(asked) => render(asked),
        Report::Trend(asked) => nights::trend(asked),
        Report::Suspects(asked) => suspects(asked),
        Report::Schema => out::data(SCHEMA.as_bytes()).map(|()| ExitCode::SUCCESS),
    }
}

fn diff(asked: &DiffRuns) -> Result<ExitCode, Trouble> {
    let diff = Diff::of(&document(&asked.before)?, &document(&asked.after)?);
    tell(&diff, asked.json)?;
    Ok(verdict(!diff.is_regression()))
}

fn suspects(asked: &SuspectChecks) -> Result<ExitCode, Trouble> {
    let documents: Vec<Document> =
        asked.runs.iter().map(|path| document(path)).collect::<Result<_, _>>()?;
    let suspects = Suspects::of(&documents);
    tell(&suspects, asked.json)?;
    Ok(verdict(suspects.checks.is_empty()))
}

fn merge(asked: &MergeRuns) -> Result<ExitCode, Trouble> {
    let shards = asked
        .runs
        .iter()
        .map(|path| Ok(Shard { name: path.display().to_string(), events: events(path)? }))
        .collect::<Result<Vec<_>, Trouble>>()?;
    let events = reports::merge(&shards).map_err(|unmergeable| {
        Trouble::usage(unmergeable.to_string()).hint(
            "shards are of one run: the same skyproof, client and seed, each with its own --shard",
        )
    })?;
    // What is read may lie where it is written: everything has been read by now.
    let directory = Directory::open(&asked.out).map_err(Trouble::unwritable)?;
    report::tell_all(&mut Folder::new(directory), &events)
        .map_err(|error| Trouble::harness(format!("the reports could not be written: {error}")))?;
    let mut text = Vec::new();
    let told = report::tell_all(&mut reports::Terminal::new(&mut text), &events);
    told.map_err(|error| Trouble::harness(error.to_string()))?;
    out::data(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn render(asked: &RenderRun) -> Result<ExitCode, Trouble> {
    let events = events(&asked.run)?;
    let mut content = Vec::new();
    report::tell_all(&mut *asked.to.report(&mut content), &events)
        .map_err(|error| Trouble::harness(format!("it could not be told: {error}")))?;
    match &asked.out {
        None => out::data(&content)?,
        Some(path) => fs::write(path, content).map_err(|error| {
            Trouble::usage(format!("{} cannot be written: {error}", path.display()))
        })?,
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(told: &(impl serde::Serialize + ToString), json: bool) -> Result<(), Trouble> {
    if !json {
        return out::line(told.to_string());
    }
    let text = serde_json::to_string(told).map_err(|error| Trouble::harness(error.to_string()))?;
    out::line(text)
}

fn verdict(is_good: bool) -> ExitCode {
    let code = if is_good { reports::ExitCode::Conformant } else { reports::ExitCode::Violations };
    code.into()
}

/// The `report.json` of a folder, or the one that is named itself.
pub(crate) fn document(path: &Path) -> Result<Document, Trouble> {
    let path = within(path, Form::Json);
    let text = fs::read(&path).map_err(|error| unreadable(&path, &error))?;
    Document::read(&text).map_err(|why| {
        Trouble::usage(format!("{} {why}", path.display())).hint(
            "expected is a report.json, or a folder that has one, of `skyproof certify --report`",
        )
    })
}

/// The events of a folder, or of the file that is named itself: a whole run.
fn events(path: &Path) -> Result<Vec<Event>, Trouble> {
    let path = within(path, Form::Events);
    let file = fs::File::open(&path).map_err(|error| unreadable(&path, &error))?;
    let wrong = |why: String| {
        Trouble::usage(format!("{} is no stream of events: {why}", path.display())).hint(
            "expected is an events.jsonl, or a folder that has one, of `skyproof certify --report`",
        )
    };
    let events: Vec<Event> = json_lines::read(BufReader::new(file))
        .collect::<io::Result<_>>()
        .map_err(|error| wrong(error.to_string()))?;
    let starts = matches!(events.first(), Some(Event::RunStarted { .. }));
    let ends = matches!(events.last(), Some(Event::RunFinished { .. }));
    match (starts, ends) {
        (true, true) => Ok(events),
        (false, _) => Err(wrong("it does not begin with `run-started`".to_owned())),
        (true, false) => {
            Err(wrong("it ends before `run-finished`: the run was cut short".to_owned()))
        }
    }
}

fn within(path: &Path, form: Form) -> PathBuf {
    match form.file() {
        Some(name) if path.is_dir() => path.join(name),
        _ => path.to_owned(),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Trouble {
    Trouble::usage(format!("{} cannot be read: {error}", path.display()))
        .hint("`skyproof certify --report DIR` writes DIR/report.json and DIR/events.jsonl")
}
