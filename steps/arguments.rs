//! The selection of scenarios on a command line: the same for `skyproof test` and `cargo test`.

use std::{num::NonZeroUsize, path::PathBuf};

use crate::suite::Options;

/// Which scenarios to run, and how.
#[derive(Clone, Debug, clap::Args)]
pub struct Selection {
    /// Run the scenarios with these tags: `@HUB-D2C-016`, `@HUB-D2C-016 or @raw`, `not @raw`.
    #[arg(long, short, value_name = "EXPRESSION")]
    tags: Option<String>,
    /// Run the scenarios whose name contains this text.
    #[arg(long, short, value_name = "TEXT")]
    name: Option<String>,
    /// Run the scenario at this place: `features/iot-hub/cloud/d2c.feature:12`.
    #[arg(long, value_name = "PATH[:LINE]")]
    at: Option<String>,
    /// Get this rule wrong on purpose, to see which scenarios notice. May be given more than once.
    #[arg(long = "break", value_name = "ID")]
    breaks: Vec<String>,
    /// Break every rule once, and tell which scenarios notice each.
    #[arg(long, conflicts_with_all = ["breaks", "tags", "name", "at"])]
    kill_matrix: bool,
    /// Cut what raw devices send into TCP segments of so many bytes.
    #[arg(long = "shred", value_name = "BYTES")]
    shred_bytes: Option<NonZeroUsize>,
    /// Let raw devices send all that they say between two looks in one TLS record.
    #[arg(long, conflicts_with = "shred_bytes")]
    coalesce: bool,
    /// Begin scenarios in random order. The seed is printed, and gives the same order again; each
    /// round of `--repeat` counts it up. With `--concurrency 1` they also end in that order.
    #[arg(long, value_name = "SEED", num_args = 0..=1, conflicts_with = "kill_matrix")]
    shuffle: Option<Option<u64>>,
    /// Read the features from this folder instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    features: Option<PathBuf>,
    /// Run everything so many times; the worst outcome counts.
    #[arg(long, value_name = "N", default_value = "1")]
    repeat: NonZeroUsize,
    /// How many scenarios run at once.
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
}

impl Selection {
    /// As the suite takes it.
    pub fn options(&self) -> Options {
        Options {
            tags: self.tags.clone(),
            name: self.name.clone(),
            at: self.at.clone(),
            breaks: self.breaks.clone(),
            kill_matrix: self.kill_matrix,
            shred_bytes: self.shred_bytes.map(NonZeroUsize::get),
            coalesce: self.coalesce,
            shuffle: self.shuffle.map(|seed| seed.unwrap_or_else(any_seed)),
            features: self.features.clone(),
            repeat: self.repeat.get(),
            concurrency: self.concurrency.map(NonZeroUsize::get),
            keeps_transcripts: false,
        }
    }
}

/// A seed that nobody chose: short enough to be typed again.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(()) % 1_000_000
}
