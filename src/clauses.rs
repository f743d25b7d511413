//! `skyproof clauses`: the computed matrix. Its last line is a contract.

use std::process::ExitCode;

use cloud::catalogue;
use skyproof::matrix;

use crate::{args::Clauses, out, trouble::Trouble};

/// Prints the matrix of one cloud, or of all.
pub(crate) fn run(asked: &Clauses) -> Result<ExitCode, Trouble> {
    let known: Vec<&str> = catalogue::CLAUSES.iter().map(|(name, _)| *name).collect();
    if let Some(cloud) = &asked.cloud
        && !known.contains(&cloud.as_str())
    {
        return Err(Trouble::usage(format!("there is no cloud `{cloud}`"))
            .hint(format!("one of {}", known.join(", "))));
    }
    let matrix = matrix::of_cloud(asked.cloud.as_deref())
        .map_err(|unusable| Trouble::harness(unusable.to_string()))?;
    if asked.json {
        out::line(matrix.json())?;
    } else {
        out::line(matrix)?;
    }
    Ok(ExitCode::SUCCESS)
}
