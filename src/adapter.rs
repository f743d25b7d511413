//! `skyproof adapter`: whether a client that takes orders keeps to the protocol, and its schemas.

use std::{ffi::OsString, process::ExitCode};

use serde_json::{Map, Value};
use skyproof::adapter::{
    Options, check,
    drive::{self, Drove},
    schema::SCHEMAS,
};

use crate::{
    args::{Adapter, CheckAdapter},
    out,
    trouble::Trouble,
    up::Signals,
};

/// Does what was asked.
pub(crate) async fn run(asked: Adapter) -> Result<ExitCode, Trouble> {
    match asked {
        Adapter::Check(asked) => check(asked).await,
        Adapter::Schema { line } => schema(line.as_deref()),
        Adapter::Drive { command } => be_a_device(command).await,
    }
}

/// The exit code by which a client declines.
const DECLINES: u8 = 127;

/// Is the device that `certify --adapter` starts; ends at SIGTERM.
async fn be_a_device(command: Vec<OsString>) -> Result<ExitCode, Trouble> {
    let mut signals = Signals::new()?;
    let drove = tokio::select! {
        drove = drive::drive(command, |name| std::env::var(name).ok()) => drove,
        () = signals.terminate() => return Ok(ExitCode::SUCCESS),
    };
    match drove.map_err(|trouble| told(&trouble))? {
        Drove::Registered => Ok(ExitCode::SUCCESS),
        Drove::Declined(what) => {
            Err(Trouble::new(DECLINES, format!("the adapter does not declare `{what}`")))
        }
    }
}

/// Prints a line for each probe; 1 when one failed, 3 when nothing could be probed.
async fn check(asked: CheckAdapter) -> Result<ExitCode, Trouble> {
    let options = Options {
        strict: asked.strict,
        timeout_multiplier: asked.timeout_multiplier,
        ..Options::default()
    };
    let checked = check::check(asked.command, options).await.map_err(|trouble| told(&trouble))?;
    out::line(&checked)?;
    match (checked.trouble, checked.findings.iter().any(|finding| finding.outcome.is_err())) {
        (Some(trouble), _) => Err(told(&trouble)),
        (None, true) => Ok(reports::ExitCode::Violations.into()),
        (None, false) => Ok(reports::ExitCode::Conformant.into()),
    }
}

fn told(trouble: &skyproof::adapter::Trouble) -> Trouble {
    let mut what = trouble.what.clone();
    for line in &trouble.stderr {
        what.push_str("\n  | ");
        what.push_str(line);
    }
    Trouble::harness(what).hint(trouble.hint)
}

fn schema(line: Option<&str>) -> Result<ExitCode, Trouble> {
    let wanted = |name: &str| line.is_none_or(|line| name.starts_with(&format!("{line}.")));
    let mut schemas: Map<String, Value> = Map::new();
    for (name, text) in SCHEMAS.into_iter().filter(|(name, _)| wanted(name)) {
        if line.is_some() {
            out::data(text.as_bytes())?;
        }
        let schema = serde_json::from_str(text)
            .map_err(|error| Trouble::harness(format!("{name}: {error}")))?;
        schemas.insert(name.to_owned(), schema);
    }
    if line.is_none() {
        out::line(format!("{:#}", Value::Object(schemas)))?;
    }
    Ok(ExitCode::SUCCESS)
}
