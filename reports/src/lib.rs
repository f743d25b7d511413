//! One stream of events in, any number of reports out.
//!
//! Whoever runs scenarios tells an [`Event`] at a time; each [`Report`] writes to what it is given
//! and opens no file. Nobody who judges or is judged reads a report.

mod account;
pub mod areas;
pub mod badge;
pub mod clauses;
pub mod client;
pub mod conversation;
pub mod diff;
pub mod event;
pub mod exit_code;
pub mod failure;
pub mod folder;
pub mod form;
pub mod html;
pub mod json;
pub mod json_lines;
pub mod judged;
pub mod junit;
pub mod markdown;
pub mod matrix;
pub mod merge;
pub mod messages;
pub mod outcome;
mod packet;
pub mod pcapng;
pub mod profile;
pub mod report;
mod run;
pub mod suspects;
pub mod tally;
pub mod terminal;
pub mod trend;

pub use areas::{Area, Areas};
pub use badge::{Badge, BadgeForm};
pub use clauses::Clauses;
pub use client::{Client, Digest, Lane, Mode};
pub use conversation::Conversation;
pub use diff::Diff;
pub use event::{CameTo, Event, Scenario, Sentence, TranscriptLine};
pub use exit_code::ExitCode;
pub use failure::Failure;
pub use folder::Folder;
pub use form::Form;
pub use html::Html;
pub use json::Json;
pub use json_lines::JsonLines;
pub use judged::{Found, Judged};
pub use junit::Junit;
pub use markdown::Markdown;
pub use matrix::{Matrix, Noticed, Proof, Row, Totals};
pub use merge::{Shard, merge};
pub use messages::Messages;
pub use outcome::{Counted, Outcome, Verdict};
pub use profile::Profile;
pub use report::{Report, Tee};
pub use suspects::Suspects;
pub use tally::Tally;
pub use terminal::Terminal;
pub use trend::{Night, Trend};
