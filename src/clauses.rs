//! `skyproof clauses`: the computed matrix. Its last line is a contract.

use std::process::ExitCode;

use cloud::catalogue;
use reports::Matrix;
use skyproof::matrix;

use crate::{args::Clauses, out, trouble::Trouble};

/// Prints the matrix of one cloud, or of all.
pub(crate) async fn run(asked: &Clauses) -> Result<ExitCode, Trouble> {
    let known: Vec<&str> = catalogue::CLAUSES.iter().map(|(name, _)| *name).collect();
    if let Some(cloud) = &asked.cloud
        && !known.contains(&cloud.as_str())
    {
        return Err(Trouble::usage(format!("there is no cloud `{cloud}`"))
            .hint(format!("one of {}", known.join(", "))));
    }
    let mut matrix = matrix::of_cloud(asked.cloud.as_deref())
        .map_err(|unusable| Trouble::harness(unusable.to_string()))?;
    if asked.prove {
        matrix::prove(&mut matrix)
            .await
            .map_err(|trouble| Trouble::new(trouble.exit_code().code(), trouble.to_string()))?;
    }
    let (mut json, mut text) = (matrix.json(), matrix.to_string());
    if asked.areas {
        text = format!("{}\n{}", matrix.areas(), matrix.totals());
    }
    if asked.cloud.as_deref() == Some(OWN) {
        let usual = matrix.totals().to_string();
        let summary = own(&matrix);
        text = text.strip_suffix(&usual).map_or(text.clone(), |table| format!("{table}{summary}"));
        json["summary"] = summary.into();
    }
    if asked.json {
        out::line(json)?;
    } else {
        out::line(text)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The cloud that no vendor documents.
const OWN: &str = "skyproof";

fn own(matrix: &Matrix) -> String {
    let totals = matrix.totals();
    let (all, by_scenario, by_reason) = (totals.documented, totals.by_scenario, totals.by_reason);
    format!(
        "{} of {all} of skyproof's own clauses accounted for ({by_scenario} by scenario, {by_reason} \
         by reason); no vendor documents these",
        by_scenario + by_reason
    )
}
