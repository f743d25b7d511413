//! For continuous integration: JUnit XML, one test suite per feature.
//!
//! | Outcome | Element | Counted as |
//! |---|---|---|
//! | pass | none, or `system-out` with the account of trouble or of several attempts | test |
//! | warn | `system-out` with the account | test |
//! | fail | `failure type="fail"` | failure |
//! | error, inconclusive | `error`, its `type` tells which | error |
//! | all others | `skipped` with the reason | skipped |
//!
//! Who was certified, and on what terms, is in the `properties` of each suite. Trouble of the harness or the
//! client's process is in `system-err`, whatever the outcome.
//!
//! An inconclusive scenario ran and proved nothing, like a test whose fixture broke; as *skipped*
//! it would leave the page green while the exit code is not 0.

use std::io::{self, Write};

use quick_xml::{
    Writer,
    events::{BytesDecl, BytesText, Event as Xml},
};

use crate::{
    account::{self, LAST_STEPS, Paint, is_silent, one_line, shown},
    client::Client,
    event::{Event, Scenario},
    failure::Failure,
    outcome::{Counted, Outcome, Verdict},
    report::Report,
    run::{self, Run},
    tally::Tally,
};

/// Writes the whole document when the run has finished.
#[derive(Debug)]
pub struct Junit<W> {
    out: W,
    run: Run,
}

impl<W: Write> Junit<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write> Report for Junit<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            write_run(&self.run, &mut self.out)?;
            self.out.flush()?;
        }
        Ok(())
    }
}

fn write_run(run: &Run, out: &mut impl Write) -> io::Result<()> {
    let mut xml = Writer::new_with_indent(&mut *out, b' ', 2);
    xml.write_event(Xml::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = one_line(&format!("skyproof {}", run.suite));
    xml.create_element("testsuites")
        .with_attribute(("name", name.as_str()))
        .with_attributes(borrowed(&counts(&run.tally(), run.real_ms)))
        .write_inner_content(|xml| {
            run.features().try_for_each(|feature| write_feature(run, feature, xml))
        })?;
    writeln!(out)
}

fn write_feature<W: Write>(
    run: &Run,
    scenarios: &[Scenario],
    xml: &mut Writer<W>,
) -> io::Result<()> {
    let real_ms = scenarios.iter().map(|scenario| scenario.real_ms).sum();
    let name = scenarios.first().map(|scenario| one_line(&scenario.feature)).unwrap_or_default();
    // The schema knows neither fractions nor zones; it is UTC.
    let timestamp: String = run.at.round_trip().chars().take("2026-11-20T14:22:24".len()).collect();
    xml.create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attributes(borrowed(&counts(&run::tally(scenarios), real_ms)))
        .with_attribute(("timestamp", timestamp.as_str()))
        .write_inner_content(|xml| {
            if let Some(client) = &run.client {
                write_client(client, xml)?;
            }
            scenarios.iter().try_for_each(|scenario| {
                let is_twin = |other: &&Scenario| other.name == scenario.name;
                let named_alike = scenarios.iter().filter(is_twin).count() > 1;
                write_scenario(scenario, named_alike, xml)
            })
        })?;
    Ok(())
}

fn write_client<W: Write>(client: &Client, xml: &mut Writer<W>) -> io::Result<()> {
    xml.create_element("properties").write_inner_content(|xml| {
        [("client", client.to_string()), ("terms", client.terms())].into_iter().try_for_each(
            |(name, value)| {
                let property = xml.create_element("property").with_attribute(("name", name));
                property.with_attribute(("value", one_line(&value).as_str())).write_empty()?;
                Ok(())
            },
        )
    })?;
    Ok(())
}

/// A test case. Where several are named alike, as rows of examples are, the line tells them apart:
/// dashboards fold test cases of the same name into one.
fn write_scenario<W: Write>(
    scenario: &Scenario,
    named_alike: bool,
    xml: &mut Writer<W>,
) -> io::Result<()> {
    let mut name = one_line(&scenario.name);
    if named_alike {
        name = format!("{name} (line {})", scenario.line);
    }
    let path = shown(&scenario.path);
    let case = xml.create_element("testcase").with_attributes([
        ("name", name.as_str()),
        ("classname", &class_name(&path)),
        ("file", &path),
        ("line", &scenario.line.to_string()),
        ("time", &seconds(scenario.real_ms)),
    ]);
    if is_silent(scenario) {
        case.write_empty()?;
        return Ok(());
    }
    case.write_inner_content(|xml| {
        write_outcome(scenario, xml)?;
        if let Some(trouble) = &scenario.trouble {
            let trouble = BytesText::new(&shown(trouble)).into_owned();
            xml.create_element("system-err").write_text_content(trouble)?;
        }
        Ok(())
    })?;
    Ok(())
}

fn write_outcome<W: Write>(scenario: &Scenario, xml: &mut Writer<W>) -> io::Result<()> {
    match scenario.outcome {
        Outcome::Judged(Verdict::Pass | Verdict::Warn) => {
            xml.create_element("system-out").write_text_content(text(scenario))?;
        }
        Outcome::Judged(verdict) => {
            let element = if verdict == Verdict::Fail { "failure" } else { "error" };
            xml.create_element(element)
                .with_attribute(("type", scenario.outcome.label()))
                .with_attribute(("message", message(scenario).as_str()))
                .write_text_content(text(scenario))?;
        }
        _ => {
            let reason = one_line(&scenario.outcome.to_string());
            xml.create_element("skipped")
                .with_attribute(("message", reason.as_str()))
                .write_empty()?;
        }
    }
    Ok(())
}

fn counts(tally: &Tally, real_ms: u64) -> [(&'static str, String); 5] {
    [
        ("tests", tally.scenarios().to_string()),
        ("failures", tally.failed.to_string()),
        ("errors", (tally.errors + tally.inconclusive).to_string()),
        ("skipped", tally.count(Counted::Skipped).to_string()),
        ("time", seconds(real_ms)),
    ]
}

/// `features/iot-hub/cloud/d2c.feature` is `iot-hub.cloud.d2c`: dashboards make a tree of it.
fn class_name(path: &str) -> String {
    let path = path.strip_prefix("features/").unwrap_or(path);
    path.strip_suffix(".feature").unwrap_or(path).replace('/', ".")
}

/// What went wrong, in one line.
fn message(scenario: &Scenario) -> String {
    scenario.failure.as_ref().map_or_else(
        || one_line(scenario.trouble.as_deref().unwrap_or(scenario.outcome.label())),
        |Failure { requirement, expected, actual, .. }| {
            one_line(&format!("{requirement} (expected: {expected}; actual: {actual})"))
        },
    )
}

fn text(scenario: &Scenario) -> BytesText<'static> {
    let body = account::body(scenario, LAST_STEPS, Paint::Plain);
    BytesText::new(&format!("\n{body}\n")).into_owned()
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn borrowed<'a, V: AsRef<str>>(
    attributes: &'a [(&'a str, V)],
) -> impl Iterator<Item = (&'a str, &'a str)> {
    attributes.iter().map(|(name, value)| (*name, value.as_ref()))
}
