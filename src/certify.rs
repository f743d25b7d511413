//! `skyproof certify CLOUD -- CMD …`: the verdict on a device client; `skyproof verify`: the same again.

use std::{
    ffi::OsString,
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use reports::{Lane, Mode, Report, Scenario, Tee, json::Document};
use skyproof::{
    certify::{self, Date, KnownFailing, Manifest},
    client::{self, Claims, Spec},
    folder::Directory,
};

use crate::{
    args::{Certify, Verify},
    out, report,
    trouble::Trouble,
    up::Signals,
};

/// Runs the scenarios, writes the reports, and gives the exit code of the worst verdict.
pub(crate) async fn run(asked: Certify) -> Result<ExitCode, Trouble> {
    let mut signals = Signals::new()?;
    let manifest = asked.capabilities.as_deref().map(Manifest::read).transpose()?;
    let manifest = manifest.unwrap_or_default();
    let command = command_of(&asked, &manifest);
    if command.is_empty() && asked.part.list().is_none() {
        return Err(Trouble::usage("there is no command that starts the client")
            .hint(format!("skyproof certify {} -- COMMAND", asked.cloud))
            .hint("or `command = [\"…\"]` in the file of --capabilities"));
    }
    let known = match &asked.known_failing {
        Some(path) => KnownFailing::read(path, asked.today.clone().unwrap_or_else(Date::today))?,
        None => KnownFailing::default(),
    };
    let folder = Folder::new()?;
    let client = client_of(&asked, &manifest, &command)?;
    let options = certify::Options {
        spec: Arc::new(spec_of(&asked.cloud.to_string(), &client, command, &folder)?),
        client,
        only: asked.only.clone(),
        jobs: asked.jobs.map(std::num::NonZeroUsize::get),
        features: asked.features.clone(),
        shard: asked.part.shard,
        places: None,
        known,
    };
    if let Some(listing) = asked.part.list() {
        out::data(listing.of(&certify::list(&options)?).as_bytes())?;
        return Ok(ExitCode::SUCCESS);
    }
    let out = io::stdout().lock();
    let is_terminal = out.is_terminal();
    let mut report = Tee::default().with(reports::Terminal::new(out).progress(is_terminal));
    if let Some(folder) = &asked.report {
        let directory = Directory::open(folder).map_err(Trouble::unwritable)?;
        report = report.with(reports::Folder::new(directory));
    }
    let finished = finish(&options, &mut report, &mut signals).await?;
    let outcomes = finished.iter().map(|scenario| &scenario.outcome);
    Ok(reports::ExitCode::of(outcomes).into())
}

/// Runs the scenarios of a report again, and tells what comes out otherwise.
pub(crate) async fn verify(asked: Verify) -> Result<ExitCode, Trouble> {
    let mut signals = Signals::new()?;
    let before = report::document(&asked.report)?;
    let again = certify::Again::of(&before)?;
    let command = match asked.command.as_slice() {
        [] => again.client.command.iter().map(OsString::from).collect(),
        command => command.to_vec(),
    };
    let client = reports::Client {
        sha256: certify::digests(&command),
        command: words(&command),
        platform: platform(),
        ..again.client.clone()
    };
    for difference in certify::other_files(&again.client, &client) {
        out::line(format!("note: {difference}"))?;
    }
    let folder = Folder::new()?;
    let options = certify::Options {
        spec: Arc::new(spec_of(&again.cloud, &client, command, &folder)?),
        client,
        only: None,
        jobs: asked.jobs.map(std::num::NonZeroUsize::get),
        features: asked.features.clone(),
        shard: None,
        places: Some(again.places),
        known: KnownFailing::default(),
    };
    let mut told = Vec::new();
    finish(&options, &mut reports::Json::new(&mut told), &mut signals).await?;
    let after = Document::read(&told).map_err(Trouble::harness)?;
    let differences = certify::differences(&before, &after);
    differences.iter().try_for_each(|difference| out::line(format!("DIFFERS {difference}")))?;
    let (all, others) = (after.scenarios.len(), differences.len());
    out::line(format!("{all} scenarios ran again, {others} came out otherwise"))?;
    let code = match others {
        0 => reports::ExitCode::Conformant,
        _ => reports::ExitCode::Violations,
    };
    Ok(code.into())
}

/// Runs to the end, or until a signal; then the clients end with it.
async fn finish(
    options: &certify::Options,
    report: &mut dyn Report,
    signals: &mut Signals,
) -> Result<Vec<Scenario>, Trouble> {
    /// As a shell tells the end by SIGINT.
    const INTERRUPTED: u8 = 130;
    tokio::select! {
        ended = certify::run(options, report) => ended?
            .map_err(|error| Trouble::harness(format!("the report cannot be written: {error}"))),
        () = signals.any() => Err(Trouble::new(INTERRUPTED, "interrupted: there is no verdict")
            .hint("the clients that ran were killed")),
    }
}

/// That of the command line, or else the manifest's.
fn command_of(asked: &Certify, manifest: &Manifest) -> Vec<OsString> {
    if !asked.command.is_empty() {
        return asked.command.clone();
    }
    manifest.command.iter().flatten().map(OsString::from).collect()
}

/// Who is certified, and on what terms, as reports tell it.
fn client_of(
    asked: &Certify,
    manifest: &Manifest,
    command: &[OsString],
) -> Result<reports::Client, Trouble> {
    let program = command.iter().find(|word| Path::new(word).is_file()).or(command.first());
    let file = program.and_then(|word| Path::new(word).file_name()).unwrap_or_default();
    let name = manifest.name.clone().unwrap_or_else(|| file.to_string_lossy().into_owned());
    let patience = asked.patience.or(manifest.patience()).unwrap_or(client::PATIENCE);
    Ok(reports::Client {
        name,
        version: manifest.version.clone(),
        homepage: manifest.homepage.clone(),
        sha256: certify::digests(command),
        command: words(command),
        mode: if asked.adapter { Mode::Adapter } else { Mode::BlackBox },
        capabilities: manifest.claims(&asked.does)?.0,
        platform: platform(),
        seed: asked.seed,
        warp: asked.warp.get(),
        lane: if asked.long { Lane::Long } else { Lane::Quick },
        patience_ms: u64::try_from(patience.as_millis()).ok(),
    })
}

/// The same, as the suite takes it.
fn spec_of(
    cloud: &str,
    client: &reports::Client,
    command: Vec<OsString>,
    folder: &Folder,
) -> Result<Spec, Trouble> {
    let unusable = |error: io::Error| Trouble::harness(format!("{}: {error}", folder.0.display()));
    let mut spec = Spec::new(cloud, command, folder.0.clone()).map_err(unusable)?;
    spec.claims = Claims(client.capabilities.clone());
    spec.warp = client.warp.max(1);
    spec.long = client.lane == Lane::Long;
    spec.seed = client.seed;
    if client.mode == Mode::Adapter {
        spec.drive_by(std::env::current_exe().map_err(unusable)?);
    }
    spec.patience = client.patience_ms.map_or(client::PATIENCE, Duration::from_millis);
    Ok(spec)
}

fn words(command: &[OsString]) -> Vec<String> {
    command.iter().map(|word| word.to_string_lossy().into_owned()).collect()
}

fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}

/// A folder of this run, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Result<Self, Trouble> {
        let folder = std::env::temp_dir().join(format!("skyproof-{}", std::process::id()));
        fs::create_dir_all(&folder)
            .map_err(|error| Trouble::harness(format!("{}: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays behind harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}
