//! `skyproof miniature`: a client to try certification with.

use std::process::ExitCode;

use skyproof::miniature::{self, Miniature};

use crate::{args, out, trouble::Trouble};

/// Lives as the miniature until SIGTERM, or lists them all.
pub(crate) async fn run(asked: &args::Miniature) -> Result<ExitCode, Trouble> {
    let Some(name) = asked.name.as_ref().filter(|_| !asked.list) else {
        miniature::all().try_for_each(|it| out::line(line(it)))?;
        return Ok(ExitCode::SUCCESS);
    };
    let miniature = miniature::find(name).ok_or_else(|| {
        Trouble::usage(format!("there is no miniature `{name}`"))
            .hint(format!("the nearest are {}", nearest(name).join(", ")))
            .hint("skyproof miniature --list")
    })?;
    miniature::run(miniature, |name| std::env::var(name).ok()).await.map_err(|what| {
        Trouble::usage(what).hint(format!("skyproof exec -- skyproof miniature {name}"))
    })?;
    Ok(ExitCode::SUCCESS)
}

fn line(Miniature { name, cloud, clauses, says, .. }: &Miniature) -> String {
    let clauses = if clauses.is_empty() { "-".to_owned() } else { clauses.join(",") };
    format!("{name:36} {cloud:8} {clauses:24} {says}")
}

fn nearest(name: &str) -> Vec<&'static str> {
    const SHOWN: usize = 3;
    let mut names: Vec<&str> = miniature::all().map(|it| it.name).collect();
    let name = name.replace('-', "_");
    names.sort_by_key(|known| strsim::damerau_levenshtein(known, &name));
    names.truncate(SHOWN);
    names
}
