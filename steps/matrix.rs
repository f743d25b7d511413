//! The computed matrix: each clause, its rule in code, and the scenarios that are tagged with it.

use std::collections::BTreeMap;

use cloud::catalogue;
use reports::{Matrix, Row};

use crate::features::{self, Unusable};

/// Clauses of our own, about what no vendor's page knows: orders and faults.
pub const OURS: &str = "skyproof";

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
        .filter(|name| cloud.map_or(*name != OURS, |wanted| wanted == *name))
        .flat_map(catalogue::of_cloud)
        .map(|clause| Row {
            clause: *clause,
            rule_file: files.get(clause.id).map(|&path| path.to_owned()),
            scenarios: scenarios.get(clause.id).cloned().unwrap_or_default(),
            last: None,
        })
        .collect();
    Ok(Matrix { rows })
}

/// Path and line of every scenario, by the clauses that it is tagged with.
fn scenarios_by_clause() -> Result<BTreeMap<String, Vec<String>>, Unusable> {
    let mut by_clause: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for feature in features::embedded()? {
        let path = features::path(&feature);
        for scenario in features::scenarios(&feature) {
            for tag in features::tags(&feature, scenario) {
                let place = format!("{path}:{}", scenario.position.line);
                by_clause.entry(tag).or_default().push(place);
            }
        }
    }
    Ok(by_clause)
}
