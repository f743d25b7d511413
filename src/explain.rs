//! `skyproof explain ID`: everything that is known about one clause.

use std::process::ExitCode;

use cloud::{Confidence, catalogue, profile};
use reports::{Matrix, Row};
use serde_json::{Value, json};
use skyproof::matrix;

use crate::{args::Explain, out, trouble::Trouble};

/// Prints one clause.
pub(crate) async fn run(asked: &Explain) -> Result<ExitCode, Trouble> {
    let matrix =
        matrix::of_cloud(None).map_err(|unusable| Trouble::harness(unusable.to_string()))?;
    let id = asked.id.trim_start_matches('@');
    let row = matrix.rows.into_iter().find(|row| row.clause.id.eq_ignore_ascii_case(id));
    let row = row.ok_or_else(|| {
        Trouble::usage(format!("the catalogue has no clause `{id}`"))
            .hint(format!("the nearest are {}", nearest(id).join(", ")))
    })?;
    let mut alone = Matrix { rows: vec![row] };
    if asked.prove {
        matrix::prove(&mut alone)
            .await
            .map_err(|trouble| Trouble::new(trouble.exit_code().code(), trouble.to_string()))?;
    }
    let clause = explained(&alone);
    if asked.json {
        out::line(clause)?;
    } else {
        out::data(text(&clause).as_bytes())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The matrix's own view of the clause, and what that leaves out.
fn explained(alone: &Matrix) -> Value {
    let mut clause = alone.json()["clauses"][0].take();
    let (Some(members), Some(row)) = (clause.as_object_mut(), alone.rows.first()) else {
        return clause;
    };
    let id = row.clause.id;
    members.insert("confidence".to_owned(), json!(words(row.clause.confidence)));
    members.insert("choice".to_owned(), json!(choice(row)));
    members.insert("switch".to_owned(), json!(row.clause.switch));
    members.insert("settings".to_owned(), json!(row.clause.switch.and_then(profile::settings)));
    members.insert("run".to_owned(), json!(format!("skyproof test --tags @{id}")));
    let with_break = format!("skyproof test --tags @{id} --break {id}");
    members.insert("break".to_owned(), json!(row.rule_file.is_some().then_some(with_break)));
    clause
}

/// Who decided, where the vendor's page leaves a fact open.
fn choice(row: &Row) -> Option<&'static str> {
    if !row.clause.is_open() {
        return None;
    }
    Some(match row.clause.confidence {
        Confidence::NotFound => "ours: no source says it",
        Confidence::Low => "ours: the evidence is thin or conflicting",
        Confidence::Documented | Confidence::High | Confidence::Medium => "as the source has it",
    })
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
    for name in ["binds", "level", "confidence", "source", "choice", "switch", "settings"]
        .into_iter()
        .chain(["proof", "reason"])
    {
        if !clause[name].is_null() {
            text.push_str(&format!("{name:<11} {}\n", shown(name)));
        }
    }
    text.push_str(&format!("{:<11} {}\n", "rule", clause["rule_file"].as_str().unwrap_or("none")));
    let scenarios = clause["scenarios"].as_array().map(Vec::as_slice).unwrap_or_default();
    let member = |it: &Value, name: &str| it[name].as_str().unwrap_or_default().to_owned();
    let told = |it: &Value| format!("{}  {}", member(it, "at"), member(it, "name"));
    text.push_str(&listed("scenarios", scenarios.iter().map(told)));
    if let Some(last) = clause["last"]["outcome"].as_str() {
        text.push_str(&format!("{:<11} {last}\n", "result"));
    }
    if let Some(breaks) = clause["breaks"].as_array() {
        text.push_str(&listed(
            "breaks",
            breaks.iter().map(|it| {
                let by: Vec<&str> = it["noticed_by"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter_map(Value::as_str)
                    .collect();
                match by.as_slice() {
                    [] => format!("{} noticed by nobody", member(it, "way")),
                    by => format!("{} noticed by {}", member(it, "way"), by.join(", ")),
                }
            }),
        ));
    }
    if !scenarios.is_empty() {
        text.push_str(&format!("\nrun it: {}\n", shown("run")));
        if !clause["break"].is_null() {
            text.push_str(&format!("break it: {}\n", shown("break")));
        }
    }
    text
}

/// Lines beneath one another, the first with its name.
fn listed(name: &str, lines: impl Iterator<Item = String>) -> String {
    let mut lines = lines.peekable();
    if lines.peek().is_none() {
        return format!("{name:<11} none\n");
    }
    let names = std::iter::once(name).chain(std::iter::repeat(""));
    names.zip(lines).map(|(name, line)| format!("{name:<11} {line}\n")).collect()
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
