//! Every form that a run can be written in, by name: the one place to add another.

use std::io::Write;

use crate::{
    badge::{Badge, BadgeForm},
    html::Html,
    json::Json,
    json_lines::JsonLines,
    junit::Junit,
    markdown::Markdown,
    messages::Messages,
    report::Report,
    terminal::Terminal,
};

/// One form of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The stream itself, of which all others can be made.
    Events,
    Json,
    Html,
    Messages,
    Junit,
    Markdown,
    Badge,
    BadgeSvg,
    Terminal,
}

impl Form {
    /// All of them. A new one needs a line in each `match` below.
    pub const ALL: &[Self] = &[
        Self::Events,
        Self::Json,
        Self::Html,
        Self::Messages,
        Self::Junit,
        Self::Markdown,
        Self::Badge,
        Self::BadgeSvg,
        Self::Terminal,
    ];

    /// As on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Json => "json",
            Self::Html => "html",
            Self::Messages => "messages",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Badge => "badge",
            Self::BadgeSvg => "badge-svg",
            Self::Terminal => "terminal",
        }
    }

    /// Its file in a folder of reports, if it has one there.
    pub const fn file(self) -> Option<&'static str> {
        match self {
            Self::Events => Some("events.jsonl"),
            Self::Json => Some("report.json"),
            Self::Html => Some("index.html"),
            Self::Messages => Some("messages.ndjson"),
            Self::Junit => Some("junit.xml"),
            Self::Markdown => Some("summary.md"),
            Self::Badge => Some("badge.json"),
            Self::BadgeSvg => Some("badge.svg"),
            Self::Terminal => None,
        }
    }

    /// The form of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|form| form.name() == name)
    }

    /// A report of this form.
    pub fn report<'a>(self, out: impl Write + 'a) -> Box<dyn Report + 'a> {
        match self {
            Self::Events => Box::new(JsonLines::new(out)),
            Self::Json => Box::new(Json::new(out)),
            Self::Html => Box::new(Html::new(out)),
            Self::Messages => Box::new(Messages::new(out)),
            Self::Junit => Box::new(Junit::new(out)),
            Self::Markdown => Box::new(Markdown::new(out)),
            Self::Badge => Box::new(Badge::new(out, BadgeForm::Endpoint)),
            Self::BadgeSvg => Box::new(Badge::new(out, BadgeForm::Svg)),
            Self::Terminal => Box::new(Terminal::new(out)),
        }
    }
}
