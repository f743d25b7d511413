//! The matrix: each clause with its rule in code, its scenarios, the breaks that they notice, and their last result.

use std::fmt;

use cloud::{Binds, Clause, Level, Standing, Way};
use serde_json::{Value, json};

use crate::outcome::Outcome;

/// What is known about one clause.
#[derive(Clone, Debug)]
pub struct Row {
    pub clause: Clause,
    /// The source file of its rule, when it is in code.
    pub rule_file: Option<String>,
    /// Each scenario that is tagged with it.
    pub scenarios: Vec<Proof>,
    /// The worst that its scenarios found when they last ran.
    pub last: Option<Outcome>,
    /// The ways in which its rule was got wrong, and who noticed; none when nothing was broken.
    pub breaks: Option<Vec<Noticed>>,
}

/// A scenario that is tagged with a clause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// Path and line: `features/iot-hub/cloud/d2c.feature:12`.
    pub at: String,
    pub name: String,
}

/// One way in which a rule was got wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Noticed {
    pub way: Way,
    /// The scenarios that failed for it, each by path and line.
    pub by: Vec<String>,
}

/// All rows, in the order in which they are shown. `Display` is the table with its summary.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub rows: Vec<Row>,
}

/// The sums of a matrix. `Display` is the line that users script against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Clauses that the vendor's pages state.
    pub documented: usize,
    /// Of these, the ones that have a scenario.
    pub by_scenario: usize,
    /// Of these, the ones that have no scenario but a reason why.
    pub by_reason: usize,
    /// Facts that the pages leave open.
    pub open: usize,
    /// Of these, the ones that a rule in code or a scenario takes a stand on, or that are out of scope
    /// for a reason.
    pub decided: usize,
}

impl Matrix {
    /// Counts the rows.
    pub fn totals(&self) -> Totals {
        let mut totals = Totals::default();
        for row in &self.rows {
            if row.clause.is_open() {
                totals.open += 1;
                totals.decided += usize::from(row.is_decided());
            } else {
                totals.documented += 1;
                totals.by_scenario += usize::from(!row.scenarios.is_empty());
                totals.by_reason += usize::from(row.excuse().is_some());
            }
        }
        totals
    }

    /// `{"clauses": [{id, open, binds, level, says, source, rule_file, scenarios: [{at, name}], last,
    /// breaks: [{way, noticed_by}], proof, reason}], "areas": [{area, rows, by_scenario, by_reason,
    /// rules, breaks, noticed}], "totals": {documented, by_scenario, by_reason, open, decided},
    /// "summary"}`, where `rule_file`, `last`, `breaks`, `noticed` and `reason` may be null, `proof` is
    /// a word of [`Row::proof`] and `last` is an [`Outcome`]: `{"outcome": "pass"}`.
    pub fn json(&self) -> Value {
        let totals = self.totals();
        json!({
            "clauses": self.rows.iter().map(Row::json).collect::<Vec<_>>(),
            "areas": self.areas().json(),
            "totals": {
                "documented": totals.documented,
                "by_scenario": totals.by_scenario,
                "by_reason": totals.by_reason,
                "open": totals.open,
                "decided": totals.decided,
            },
            "summary": totals.to_string(),
        })
    }
}

impl Row {
    /// How the clause is accounted for: `scenario`, `reason`, `out-of-scope`, or `missing`.
    pub fn proof(&self) -> &'static str {
        match self.clause.standing {
            _ if !self.scenarios.is_empty() => "scenario",
            Standing::Proven => "missing",
            Standing::Reason(_) => "reason",
            Standing::OutOfScope(_) => "out-of-scope",
        }
    }

    /// Whether an open fact was taken a stand on, or put aside for a reason.
    fn is_decided(&self) -> bool {
        self.rule_file.is_some() || !self.scenarios.is_empty() || self.excuse().is_some()
    }

    /// Why there is no scenario, when there is none and the catalogue says why.
    pub(crate) fn excuse(&self) -> Option<&'static str> {
        match self.clause.standing {
            Standing::Reason(why) | Standing::OutOfScope(why) if self.scenarios.is_empty() => {
                Some(why)
            }
            _ => None,
        }
    }

    fn cells(&self) -> [String; 8] {
        let excuse = self.excuse().map(|why| format!(" ({}: {why})", self.proof()));
        [
            self.clause.id.into(),
            binds(self.clause.binds).into(),
            level(self.clause.level).into(),
            self.proof().into(),
            self.scenarios.len().to_string(),
            self.last.as_ref().map_or("-", Outcome::label).into(),
            self.rule_file.clone().unwrap_or_else(|| "-".into()),
            format!("{}{}", self.clause.says, excuse.unwrap_or_default()),
        ]
    }

    fn json(&self) -> Value {
        let breaks: Option<Vec<Value>> =
            self.breaks.as_ref().map(|breaks| breaks.iter().map(Noticed::json).collect());
        json!({
            "id": self.clause.id,
            "open": self.clause.is_open(),
            "binds": binds(self.clause.binds),
            "level": level(self.clause.level),
            "says": self.clause.says,
            "source": self.clause.source,
            "rule_file": self.rule_file,
            "scenarios": self.scenarios.iter().map(Proof::json).collect::<Vec<_>>(),
            "last": self.last,
            "breaks": breaks,
            "proof": self.proof(),
            "reason": self.excuse(),
        })
    }
}

impl Proof {
    fn json(&self) -> Value {
        json!({"at": self.at, "name": self.name})
    }
}

impl Noticed {
    fn json(&self) -> Value {
        json!({"way": self.way.to_string(), "noticed_by": self.by})
    }
}

const HEAD: [&str; 8] =
    ["clause", "binds", "level", "proof", "scenarios", "last", "rule in code", "says"];

impl fmt::Display for Matrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = vec![HEAD.map(String::from)];
        table.extend(self.rows.iter().map(Row::cells));
        let widths: [usize; 8] = std::array::from_fn(|column| {
            table.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        });
        for row in &table {
            for (cell, width) in row.iter().zip(widths).take(HEAD.len() - 1) {
                write!(f, "{cell:width$}  ")?;
            }
            writeln!(f, "{}", row[HEAD.len() - 1])?;
        }
        write!(f, "\n{}\n{}", self.areas(), self.totals())
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { documented, by_scenario, by_reason, open, decided } = self;
        write!(
            f,
            "{} of {documented} documented rows accounted for ({by_scenario} by scenario, \
             {by_reason} by reason); {decided} of {open} open facts decided",
            by_scenario + by_reason
        )
    }
}

const fn binds(binds: Binds) -> &'static str {
    match binds {
        Binds::Cloud => "cloud",
        Binds::Device => "device",
        Binds::Both => "both",
    }
}

const fn level(level: Level) -> &'static str {
    match level {
        Level::Must => "must",
        Level::Should => "should",
        Level::May => "may",
        Level::Choice => "choice",
    }
}
