//! `skyproof report trend`: a folder of nights, read and laid side by side.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use reports::{Form, Night, Trend};

use super::{document, tell, unreadable, verdict};
use crate::{args::TrendOfNights, trouble::Trouble};

pub(super) fn trend(asked: &TrendOfNights) -> Result<ExitCode, Trouble> {
    let page_in = asked.out.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    let nights = read(&asked.folder, page_in)?;
    if nights.is_empty() {
        let what = format!("{} has no night", asked.folder.display());
        return Err(Trouble::usage(what).hint(
            "expected is DATE/CLIENT/report.json or DATE/CLIENT.json, of `skyproof certify --report`",
        ));
    }
    let trend = Trend::of(&nights);
    if let Some(path) = &asked.out {
        fs::write(path, trend.html()).map_err(|error| {
            Trouble::usage(format!("{} cannot be written: {error}", path.display()))
        })?;
    }
    tell(&trend, asked.json)?;
    Ok(verdict(!(asked.fail_on_regression && trend.is_regression())))
}

/// Each `DATE/CLIENT/report.json` and `DATE/CLIENT.json`. Anything else that lies there is nobody's night.
fn read(folder: &Path, page_in: &Path) -> Result<Vec<Night>, Trouble> {
    let mut nights = Vec::new();
    for date in entries(folder)?.into_iter().filter(|path| path.is_dir()) {
        for run in entries(&date)? {
            let stored = Form::Json.file().map(|name| run.join(name)).filter(|path| path.is_file());
            let is_file = run.is_file() && run.extension().is_some_and(|it| it == "json");
            let Some(stored) = stored.or_else(|| is_file.then(|| run.clone())) else { continue };
            nights.push(Night {
                date: name(date.file_name()),
                series: name(if is_file { run.file_stem() } else { run.file_name() }),
                document: document(&stored)?,
                link: link(&run.join("index.html"), page_in),
            });
        }
    }
    Ok(nights)
}

/// How a page in this folder names another one that is there and below.
fn link(page: &Path, from: &Path) -> Option<String> {
    let path = page.is_file().then(|| page.strip_prefix(from).ok())??;
    let words = path.iter().map(|word| word.to_string_lossy().into_owned());
    Some(words.collect::<Vec<_>>().join("/"))
}

fn name(of: Option<&std::ffi::OsStr>) -> String {
    of.unwrap_or_default().to_string_lossy().into_owned()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Trouble> {
    let wrong = |error| unreadable(folder, &error);
    let entries = fs::read_dir(folder).map_err(wrong)?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(wrong)?;
    paths.sort();
    Ok(paths)
}
