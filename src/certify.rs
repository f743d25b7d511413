//! `skyproof certify CLOUD -- CMD …`: the verdict on a device client.

use std::{
    ffi::OsString,
    fs,
    io::{self, IsTerminal as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use reports::{Digest, Lane, Mode, Tee};
use sha2::{Digest as _, Sha256};
use skyproof::{
    certify,
    client::{Claims, Spec},
    folder::Directory,
};

use crate::{args::Certify, trouble::Trouble};

/// Runs the scenarios, writes the reports, and gives the exit code of the worst verdict.
pub(crate) async fn run(asked: Certify) -> Result<ExitCode, Trouble> {
    let folder = Folder::new()?;
    let cloud = asked.cloud.to_string();
    let unusable = |error: io::Error| Trouble::harness(format!("{}: {error}", folder.0.display()));
    let mut spec = Spec::new(&cloud, asked.command.clone(), folder.0.clone()).map_err(unusable)?;
    spec.claims = Claims(asked.does.clone());
    spec.warp = asked.warp.get();
    spec.long = asked.long;
    spec.seed = asked.seed;
    let options = certify::Options {
        client: client_of(&asked),
        spec: Arc::new(spec),
        only: asked.only.clone(),
        jobs: asked.jobs.map(std::num::NonZeroUsize::get),
        features: asked.features.clone(),
    };
    let out = io::stdout().lock();
    let is_terminal = out.is_terminal();
    let mut report = Tee::default().with(reports::Terminal::new(out).progress(is_terminal));
    if let Some(folder) = &asked.report {
        let directory = Directory::open(folder).map_err(Trouble::unwritable)?;
        report = report.with(reports::Folder::new(directory));
    }
    match certify::run(&options, &mut report).await {
        Err(trouble) => {
            eprintln!("error: {trouble}");
            Ok(trouble.exit_code().into())
        }
        Ok(Err(error)) => Err(Trouble::harness(format!("the report cannot be written: {error}"))),
        Ok(Ok(finished)) => {
            let outcomes = finished.iter().map(|scenario| &scenario.outcome);
            Ok(reports::ExitCode::of(outcomes).into())
        }
    }
}

/// Who is certified, as reports tell it.
fn client_of(asked: &Certify) -> reports::Client {
    let command: Vec<String> =
        asked.command.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let program = asked.command.iter().find(|word| is_file(word)).or(asked.command.first());
    let name = program.and_then(|word| Path::new(word).file_name()).unwrap_or_default();
    reports::Client {
        name: name.to_string_lossy().into_owned(),
        version: None,
        sha256: asked.command.iter().filter_map(digest).collect(),
        command,
        mode: Mode::BlackBox,
        capabilities: asked.does.clone(),
        platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        seed: asked.seed,
        warp: asked.warp.get(),
        lane: if asked.long { Lane::Long } else { Lane::Quick },
        homepage: None,
        patience_ms: None,
    }
}

fn is_file(word: &OsString) -> bool {
    Path::new(word).is_file()
}

/// Of a word of the command that is a file, or a program on the search path.
fn digest(word: &OsString) -> Option<Digest> {
    let path = Path::new(word);
    let bytes = fs::read(path).ok()?;
    let sha256 = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Some(Digest { file: path.display().to_string(), sha256 })
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
