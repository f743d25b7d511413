//! `cargo test --test cucumber`: the suite with the features of the working tree.

use std::{path::PathBuf, process::ExitCode};

use clap::Parser;
use skyproof::{arguments::Selection, suite};

/// The conformance suite against the mock in this process.
#[derive(Parser)]
struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// What `cargo test --quiet` passes to every test; the suite is quiet anyway.
    #[arg(long, short, hide = true)]
    quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { selection, quiet: _ } = Arguments::parse();
    let mut options = selection.options();
    options
        .features
        .get_or_insert_with(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("features"));
    suite::main(&options).await
}
