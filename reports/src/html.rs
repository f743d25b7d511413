//! For people who look closely: one HTML page that carries everything it needs and asks no network for
//! anything. It shows the [`Document`] of `report.json`; scripts draw it, so that nothing that a client
//! said is ever markup.

use std::io::{self, Write};

use crate::{event::Event, json::Document, report::Report, run::Run};

/// Writes the whole page when the run has finished.
#[derive(Debug)]
pub struct Html<W> {
    out: W,
    run: Run,
}

impl<W: Write> Html<W> {
    pub fn new(out: W) -> Self {
        Self { out, run: Run::default() }
    }
}

impl<W: Write> Report for Html<W> {
    fn tell(&mut self, event: &Event) -> io::Result<()> {
        if self.run.hear(event) {
            let document = Document::of(std::mem::take(&mut self.run));
            self.out.write_all(page(&document)?.as_bytes())?;
            self.out.flush()?;
        }
        Ok(())
    }
}

const PAGE: &str = include_str!("html/page.html");
const STYLE: &str = include_str!("html/page.css");

/// In the order in which they use one another.
const SCRIPTS: [&str; 7] = [
    include_str!("html/words.js"),
    include_str!("html/summary.js"),
    include_str!("html/clauses.js"),
    include_str!("html/conversation.js"),
    include_str!("html/scenario.js"),
    include_str!("html/profile.js"),
    include_str!("html/page.js"),
];

/// What is put in is never searched for further places: a client may well say `{script}`.
fn page(document: &Document) -> io::Result<String> {
    let mut page = String::new();
    let mut rest = PAGE;
    for (place, content) in [
        ("{title}", text(&title(document))),
        ("{style}", STYLE.to_owned()),
        ("{data}", data(document)?),
        ("{script}", format!("\"use strict\";\n{}", SCRIPTS.join("\n"))),
    ] {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(&content);
        rest = after;
    }
    page.push_str(rest);
    Ok(page)
}

/// `thermostat 2.1.0: violations (skyproof certify iot-hub)`
fn title(document: &Document) -> String {
    let Document { suite, verdict, client, .. } = document;
    match client {
        Some(client) => {
            let version = client.version.as_ref().map(|version| format!(" {version}"));
            let version = version.unwrap_or_default();
            format!("{}{version}: {verdict} (skyproof {suite})", client.name)
        }
        None => format!("skyproof {suite}: {verdict}"),
    }
}

/// JSON that neither ends the element that it stands in nor begins another.
fn data(document: &Document) -> io::Result<String> {
    let json = serde_json::to_string(document)?;
    Ok(json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
}

fn text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
