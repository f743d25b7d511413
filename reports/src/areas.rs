//! The matrix by feature area: a Markdown table, for documents and for the eye.

use std::{collections::BTreeMap, fmt};

use serde_json::{Value, json};

use crate::matrix::{Matrix, Row};

/// The sums of one area, such as `HUB-D2C`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub rows: usize,
    pub by_scenario: usize,
    /// Without a scenario, but with a reason why.
    pub by_reason: usize,
    /// Clauses that are rules in code.
    pub rules: usize,
    /// Breaks that a scenario noticed, of so many; none when nothing was broken.
    pub noticed: Option<(usize, usize)>,
}

/// Every area by its name. `Display` is the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Areas(pub BTreeMap<&'static str, Area>);

/// `HUB-D2C` of `HUB-D2C-016`.
pub(crate) fn area_of(id: &str) -> &str {
    id.rsplit_once('-').map_or(id, |(area, _)| area)
}

impl Matrix {
    /// Counts the rows of each area.
    pub fn areas(&self) -> Areas {
        let mut areas: BTreeMap<&str, Area> = BTreeMap::new();
        for row in &self.rows {
            areas.entry(area_of(row.clause.id)).or_default().count(row);
        }
        Areas(areas)
    }
}

impl Area {
    fn count(&mut self, row: &Row) {
        self.rows += 1;
        self.by_scenario += usize::from(!row.scenarios.is_empty());
        self.by_reason += usize::from(row.excuse().is_some());
        self.rules += usize::from(row.rule_file.is_some());
        if let Some(breaks) = &row.breaks {
            let noticed = breaks.iter().filter(|one| !one.by.is_empty()).count();
            self.add_breaks((noticed, breaks.len()));
        }
    }

    fn add_breaks(&mut self, (noticed, of): (usize, usize)) {
        let (before, all) = self.noticed.unwrap_or_default();
        self.noticed = Some((before + noticed, all + of));
    }

    fn cells(&self) -> [String; 5] {
        let Self { rows, by_scenario, by_reason, rules, noticed } = self;
        [
            rows.to_string(),
            by_scenario.to_string(),
            by_reason.to_string(),
            rules.to_string(),
            noticed.map(|(noticed, of)| format!("{noticed} of {of}")).unwrap_or_default(),
        ]
    }
}

impl Areas {
    pub(crate) fn json(&self) -> Value {
        let areas = self.0.iter().map(|(name, area)| {
            json!({
                "area": name,
                "rows": area.rows,
                "by_scenario": area.by_scenario,
                "by_reason": area.by_reason,
                "rules": area.rules,
                "breaks": area.noticed.map(|(_, of)| of),
                "noticed": area.noticed.map(|(noticed, _)| noticed),
            })
        });
        areas.collect()
    }

    /// All areas together.
    pub fn sum(&self) -> Area {
        self.0.values().fold(Area::default(), |mut sum, area| {
            sum.rows += area.rows;
            sum.by_scenario += area.by_scenario;
            sum.by_reason += area.by_reason;
            sum.rules += area.rules;
            area.noticed.into_iter().for_each(|breaks| sum.add_breaks(breaks));
            sum
        })
    }
}

/// The last column is there when rules were broken.
impl fmt::Display for Areas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sum = self.sum();
        let columns = if sum.noticed.is_some() { 5 } else { 4 };
        let heads = ["rows", "by scenario", "by reason", "rules in code", "breaks noticed"];
        writeln!(f, "| area | {} |", heads[..columns].join(" | "))?;
        writeln!(f, "|---|{}", "--:|".repeat(columns))?;
        for (name, area) in &self.0 {
            writeln!(f, "| {name} | {} |", area.cells()[..columns].join(" | "))?;
        }
        writeln!(f, "| all | {} |", sum.cells()[..columns].join(" | "))
    }
}
