//! The computed matrix: each clause, its rule in code, and the scenarios that are tagged with it.

use std::collections::BTreeMap;

use cloud::catalogue;
use reports::{Matrix, Noticed, Proof, Row, Verdict};

use crate::{
    features::{self, Unusable},
    kill::{self, Fate, Reach},
    suite::{Options, Trouble},
};

/// Clauses that are of no vendor's page: what MQTT itself demands, and our own, about orders and faults.
pub const APART: [&str; 2] = ["mqtt", "skyproof"];

/// The matrix of one cloud, or of all vendors' clouds, from the features in this binary.
///
/// # Errors
/// When a feature cannot be used.
pub fn of_cloud(cloud: Option<&str>) -> Result<Matrix, Unusable> {
    let scenarios = scenarios_by_clause()?;
    let files: BTreeMap<&str, &str> = cloud::rule_files()
        .flat_map(|file| file.rules.iter().map(|rule| (rule.id(), file.path)))
        .collect();
    let rows = catalogue::CLAUSES
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| cloud.map_or(!APART.contains(name), |wanted| wanted == *name))
        .flat_map(catalogue::of_cloud)
        .map(|clause| Row {
            clause: *clause,
            rule_file: files.get(clause.id).map(|&path| path.to_owned()),
            scenarios: scenarios.get(clause.id).cloned().unwrap_or_default(),
            last: None,
            breaks: None,
        })
        .collect();
    Ok(Matrix { rows })
}

/// Runs the scenarios of a matrix, gets each of its rules wrong in each way that it has, and fills in
/// what came of it.
///
/// # Errors
/// When a scenario is not green to begin with.
pub async fn prove(matrix: &mut Matrix) -> Result<(), Trouble> {
    let ids =
        || matrix.rows.iter().filter(|row| !row.scenarios.is_empty()).map(|row| row.clause.id);
    let touched: Vec<String> = ids().map(str::to_owned).collect();
    let tags = match touched.as_slice() {
        [] => return Ok(()),
        [one] => Some(format!("@{one}")),
        _ => None,
    };
    let options = Options { tags, ..Options::default() };
    let touched = Some(touched);
    let reach = Reach { touched, ..Reach::default() };
    let broken = kill::matrix(&options, &reach, |_| ()).await?;
    let mut breaks: BTreeMap<&str, Vec<Noticed>> = broken
        .into_iter()
        .map(|row| (row.rule.id(), row.breaks.into_iter().map(noticed).collect()))
        .collect();
    for row in &mut matrix.rows {
        row.last = (!row.scenarios.is_empty()).then(|| Verdict::Pass.into());
        row.breaks = breaks.remove(row.clause.id);
    }
    Ok(())
}

fn noticed(broken: kill::Broken) -> Noticed {
    let by = match broken.fate {
        Fate::Killed(by) => by,
        Fate::Stumbled(_) | Fate::Survived(_) => Vec::new(),
    };
    Noticed { way: broken.what.way, by }
}

/// Every scenario, by the clauses that it is tagged with.
fn scenarios_by_clause() -> Result<BTreeMap<String, Vec<Proof>>, Unusable> {
    let mut by_clause: BTreeMap<String, Vec<Proof>> = BTreeMap::new();
    for feature in features::embedded()? {
        let path = features::path(&feature);
        for scenario in features::scenarios(&feature) {
            for tag in features::tags(&feature, scenario) {
                let at = format!("{path}:{}", scenario.position.line);
                let name = scenario.name.clone();
                by_clause.entry(tag).or_default().push(Proof { at, name });
            }
        }
    }
    Ok(by_clause)
}
