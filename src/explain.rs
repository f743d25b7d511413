//! `skyproof explain ID`: everything that is known about one clause.

use std::process::ExitCode;

use cloud::{Confidence, catalogue};
use reports::{Matrix, Row};
use serde_json::{Value, json};
use skyproof::matrix;

use crate::{args::Explain, out, trouble::Trouble};

/// Prints one clause.
pub(crate) fn run(asked: &Explain) -> Result<ExitCode, Trouble> {
    let matrix =
        matrix::of_cloud(None).map_err(|unusable| Trouble::harness(unusable.to_string()))?;
    let id = asked.id.trim_start_matches('@');
    let row = matrix.rows.into_iter().find(|row| row.clause.id.eq_ignore_ascii_case(id));
    let row = row.ok_or_else(|| {
        Trouble::usage(format!("the catalogue has no clause `{id}`"))
            .hint(format!("the nearest are {}", nearest(id).join(", ")))
    })?;
    let clause = explained(row);
    if asked.json {
        out::line(clause)?;
    } else {
        out::data(text(&clause).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The matrix's own view of the clause, and what that leaves out.
fn explained(row: Row) -> Value {
    let (confidence, switch, id) = (row.clause.confidence, row.clause.switch, row.clause.id);
    let is_rule = row.rule_file.is_some();
    let mut clause = Matrix { rows: vec![row] }.json()["clauses"][0].take();
    if let Some(members) = clause.as_object_mut() {
        members.insert("confidence".to_owned(), json!(words(confidence)));
        members.insert("switch".to_owned(), json!(switch));
        members.insert("run".to_owned(), json!(format!("skyproof test --tags @{id}")));
        let with_break = format!("skyproof test --tags @{id} --break {id}");
        members.insert("break".to_owned(), json!(is_rule.then_some(with_break)));
    }
    clause
}

const fn words(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Documented => "documented",
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
        Confidence::NotFound => "not found",
    }
}

fn text(clause: &Value) -> String {
    let shown = |name: &str| clause[name].as_str().unwrap_or("-");
    let mut text = format!("{}\n\n{}\n\n", shown("id"), shown("says"));
    for name in ["binds", "level", "confidence", "source", "switch", "proof", "reason"] {
        if !clause[name].is_null() {
            text.push_str(&format!("{name:<11} {}\n", shown(name)));
        }
    }
    text.push_str(&format!("{:<11} {}\n", "rule", clause["rule_file"].as_str().unwrap_or("none")));
    let scenarios = clause["scenarios"].as_array().map(Vec::as_slice).unwrap_or_default();
    let places = scenarios.iter().filter_map(Value::as_str);
    match scenarios.is_empty() {
        true => text.push_str(&format!("{:<11} none\n", "scenarios")),
        false => places.enumerate().for_each(|(number, place)| {
            let name = if number == 0 { "scenarios" } else { "" };
            text.push_str(&format!("{name:<11} {place}\n"));
        }),
    }
    if !scenarios.is_empty() {
        text.push_str(&format!("\nrun it: {}\n", shown("run")));
        if !clause["break"].is_null() {
            text.push_str(&format!("break it: {}\n", shown("break")));
        }
    }
    text
}

/// The ids that were probably meant.
fn nearest(id: &str) -> Vec<&'static str> {
    const SHOWN: usize = 3;
    let id = id.to_ascii_uppercase();
    let mut ids: Vec<&str> = catalogue::all().map(|clause| clause.id).collect();
    ids.sort_by_key(|known| strsim::damerau_levenshtein(known, &id));
    ids.truncate(SHOWN);
    ids
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_id_has_neighbours() {
        for (typed, meant) in [("HUB-D2C-16", "HUB-D2C-016"), ("hub-d2x-016", "HUB-D2C-016")] {
            assert!(nearest(typed).contains(&meant), "{typed}: {:?}", nearest(typed));
        }
    }
}
