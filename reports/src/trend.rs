//! Many nights at a glance: what each client came to, and what is worse than the night before.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Write as _},
};

use quick_xml::escape::escape;
use serde::Serialize;

use crate::{
    diff::{Change, Diff},
    json::Document,
    outcome::Counted,
};

/// One run of one client in one night.
#[derive(Clone, Debug)]
pub struct Night {
    /// Such as `2026-11-20`; nights are in the order of their names.
    pub date: String,
    /// Which client and cloud: `mosquitto-iot-hub`.
    pub series: String,
    pub document: Document,
    /// Where its page is, seen from the page of the trend.
    pub link: Option<String>,
}

/// Every client over all nights. `Display` is for people; [`Serialize`] for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Trend {
    /// Oldest first.
    pub nights: Vec<String>,
    /// Those that got worse first.
    pub series: Vec<Series>,
}

/// One client at one cloud.
#[derive(Clone, Debug, Serialize)]
pub struct Series {
    pub name: String,
    /// For each night what came of it, where it ran.
    pub cells: Vec<Option<Cell>>,
    /// What its last night changed against the one before, when the last night is everybody's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change: Option<Diff>,
}

/// A client's night.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    pub verdict: String,
    pub exit_code: u8,
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

impl Trend {
    /// Puts nights in order, and compares the last with those before it.
    pub fn of(nights: &[Night]) -> Self {
        let dates: BTreeSet<&str> = nights.iter().map(|night| night.date.as_str()).collect();
        let mut by_series: BTreeMap<&str, BTreeMap<&str, &Night>> = BTreeMap::new();
        for night in nights {
            by_series.entry(&night.series).or_default().insert(&night.date, night);
        }
        let last = dates.last().copied();
        let of = |(name, runs): (&str, BTreeMap<&str, &Night>)| Series {
            name: name.to_owned(),
            cells: dates.iter().map(|date| runs.get(date).map(|night| Cell::of(night))).collect(),
            change: change(&runs, last),
        };
        let mut series: Vec<Series> =
            by_series.into_iter().map(|(name, runs)| of((name, runs))).collect();
        series.sort_by_key(|series| (series.rank(), series.name.clone()));
        Self { nights: dates.into_iter().map(str::to_owned).collect(), series }
    }

    /// Whether something fails in the last night that did not in the same client's night before.
    pub fn is_regression(&self) -> bool {
        self.series.iter().any(Series::is_regression)
    }

    /// A page that needs nothing else.
    pub fn html(&self) -> String {
        let mut page = String::from(HEAD);
        // Writing to a string cannot fail.
        let _ = self.write(&mut page);
        page
    }

    fn write(&self, page: &mut String) -> fmt::Result {
        let last = self.nights.last().map_or("no night so far", String::as_str);
        writeln!(
            page,
            "<p>{} clients, {} nights, the last: {}</p>",
            self.series.len(),
            self.nights.len(),
            escape(last)
        )?;
        writeln!(page, "<h2>Against the night before</h2>")?;
        let changed: Vec<_> = self.series.iter().filter(|series| series.is_changed()).collect();
        if changed.is_empty() {
            writeln!(page, "<p>Nothing changed.</p>")?;
        }
        for series in changed {
            series.write_changes(page)?;
        }
        writeln!(
            page,
            "<h2>All nights</h2>\n<div class=\"wide\"><table>\n<thead><tr><th scope=\"col\">client</th>"
        )?;
        for night in self.nights.iter().rev() {
            writeln!(page, "<th scope=\"col\">{}</th>", escape(night.as_str()))?;
        }
        writeln!(page, "</tr></thead>\n<tbody>")?;
        for series in &self.series {
            writeln!(page, "<tr><th scope=\"row\">{}</th>", escape(series.name.as_str()))?;
            for cell in series.cells.iter().rev() {
                Cell::write(cell.as_ref(), page)?;
            }
            writeln!(page, "</tr>")?;
        }
        writeln!(page, "</tbody></table></div>\n</main></body></html>")
    }
}

/// What the last night changed, when the client ran in it and before.
fn change(runs: &BTreeMap<&str, &Night>, last: Option<&str>) -> Option<Diff> {
    let mut newest = runs.iter().rev();
    let (date, now) = newest.next()?;
    let (_, before) = newest.next()?;
    (Some(*date) == last).then(|| Diff::of(&before.document, &now.document))
}

impl Series {
    fn is_regression(&self) -> bool {
        self.change.as_ref().is_some_and(Diff::is_regression)
    }

    /// Whether it was there before and is not in the last night.
    fn is_missing(&self) -> bool {
        self.cells.last().is_some_and(Option::is_none)
    }

    fn is_changed(&self) -> bool {
        self.is_missing() || self.change.as_ref().is_some_and(|diff| !diff.scenarios.is_empty())
    }

    fn rank(&self) -> u8 {
        match self {
            _ if self.is_regression() => 0,
            _ if self.is_missing() => 1,
            _ if self.is_changed() => 2,
            _ => 3,
        }
    }

    fn write_changes(&self, page: &mut String) -> fmt::Result {
        let name = escape(self.name.as_str());
        if self.is_missing() {
            return writeln!(page, "<h3>{name}</h3>\n<p class=\"bad\">did not run</p>");
        }
        writeln!(page, "<h3>{name}</h3>\n<ul>")?;
        for changed in self.change.iter().flat_map(|diff| &diff.scenarios) {
            let class = if changed.change == Change::NewlyFailing { "bad" } else { "other" };
            let (change, at) =
                (changed.change.to_string(), format!("{}:{}", changed.path, changed.line));
            let was =
                changed.before.as_ref().map(|before| format!(", was {before}")).unwrap_or_default();
            let is = changed.after.as_deref().unwrap_or("gone");
            writeln!(
                page,
                "<li class=\"{class}\"><b>{}</b> {} <small>{}</small>: {}</li>",
                escape(change.as_str()),
                escape(changed.name.as_str()),
                escape(at.as_str()),
                escape(format!("{is}{was}").as_str())
            )?;
        }
        writeln!(page, "</ul>")
    }
}

impl Cell {
    fn of(night: &Night) -> Self {
        let Document { tally, verdict, exit_code, client, .. } = &night.document;
        Self {
            verdict: verdict.clone(),
            exit_code: *exit_code,
            passed: tally.count(Counted::Passed),
            failed: tally.count(Counted::Failed),
            skipped: tally.count(Counted::Skipped),
            version: client.as_ref().and_then(|client| client.version.clone()),
            link: night.link.clone(),
        }
    }

    fn write(cell: Option<&Self>, page: &mut String) -> fmt::Result {
        let Some(cell) = cell else { return writeln!(page, "<td class=\"none\">did not run</td>") };
        let class = match cell.exit_code {
            0 => "good",
            1 => "bad",
            _ => "other",
        };
        let version = cell.version.as_ref().map(|it| format!(", version {it}")).unwrap_or_default();
        let title = format!("{} skipped{version}", cell.skipped);
        let sum = format!("{} of {}", cell.passed, cell.passed + cell.failed);
        let told = format!("{}<br>{}", escape(cell.verdict.as_str()), escape(sum.as_str()));
        let told = match &cell.link {
            Some(link) => format!("<a href=\"{}\">{told}</a>", escape(link.as_str())),
            None => told,
        };
        writeln!(page, "<td class=\"{class}\" title=\"{}\">{told}</td>", escape(title.as_str()))
    }
}

/// The last night, a line for each client, those that got worse first.
impl fmt::Display for Trend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last) = self.nights.last() else { return f.write_str("no night so far") };
        write!(f, "{last}: ")?;
        let worse = self.series.iter().filter(|series| series.is_regression()).count();
        write!(f, "{} clients, {worse} with a regression", self.series.len())?;
        for series in &self.series {
            match series.cells.last() {
                Some(Some(cell)) => write!(
                    f,
                    "\n{}: {}, {} passed, {} failed, {} skipped",
                    series.name, cell.verdict, cell.passed, cell.failed, cell.skipped
                )?,
                _ => write!(f, "\n{}: did not run", series.name)?,
            }
            if let Some(diff) = series.change.as_ref().filter(|diff| !diff.scenarios.is_empty()) {
                write!(f, "\n  {}", diff.to_string().replace('\n', "\n  "))?;
            }
        }
        Ok(())
    }
}

const HEAD: &str = r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>skyproof: clients by night</title>
<style>
:root { color-scheme: light dark; font: 16px/1.45 system-ui, sans-serif }
body { margin: 0 } main { max-width: 75rem; margin: 0 auto; padding: 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.2rem; margin-top: 2rem } h3 { font-size: 1rem; margin-bottom: 0 }
.wide { overflow-x: auto } table { border-collapse: collapse; font-size: .875rem }
th, td { border: 1px solid #8886; padding: .35rem .6rem; text-align: left; white-space: nowrap }
tbody th { position: sticky; left: 0; background: Canvas }
td.good { background: #2da44e33 } td.bad { background: #cf222e40 } td.other { background: #bf870040 }
td.none { opacity: .75 } li.bad, p.bad { color: light-dark(#b3121f, #ff8a8a) } a { color: inherit }
</style></head><body><main>
<h1>Clients by night</h1>
"#;
