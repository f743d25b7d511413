//! The selection of scenarios on a command line: the same for `skyproof test` and `cargo test`.

use std::{num::NonZeroUsize, path::PathBuf};

use crate::{
    kill::{Reach, Sample},
    suite::{Elsewhere, Listing, Options, Shard},
};

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
    /// Get this rule wrong on purpose, to see which scenarios notice: in every way, or `vanished`
    /// (its effects do not happen), `inverted` (its judgement) or `value`. May be given more than once.
    #[arg(long = "break", value_name = "ID[:WAY]")]
    breaks: Vec<String>,
    /// Break every rule in each way that it has, and tell which scenarios notice.
    #[arg(long, conflicts_with_all = ["breaks", "tags", "name", "at", "repeat", "shard", "list"])]
    kill_matrix: bool,
    /// Break one rule in so many only: `3/7` is the third turn, and turns go round.
    #[arg(long, value_name = "TURN/OF", requires = "kill_matrix")]
    sample: Option<Sample>,
    /// Break only the rules that these changed files concern, beside those of a sample.
    #[arg(long, value_name = "PATH|ID", requires = "kill_matrix", num_args = 0..)]
    touched: Option<Vec<String>>,
    /// Run every scenario that meets a broken rule, also those that are not tagged with it.
    #[arg(long, requires = "kill_matrix")]
    collateral: bool,
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
    /// Run against a cloud elsewhere, over the wire alone: the JSON line of `skyproof up --json`, or
    /// connection strings of devices, in a file or as they are. What needs more is counted as not run.
    #[arg(long, value_name = "CONNECTION_STRINGS", conflicts_with_all = ["breaks", "kill_matrix"])]
    cloud: Option<String>,
    /// The authorities that devices trust there, in PEM [default: those of the mock or of the system]
    #[arg(long, value_name = "FILE", requires = "cloud")]
    ca: Option<PathBuf>,
    /// Read the features from this folder instead of those in the program.
    #[arg(long, value_name = "FOLDER")]
    features: Option<PathBuf>,
    /// Run everything so many times; the worst outcome counts.
    #[arg(long, value_name = "N", default_value = "1")]
    repeat: NonZeroUsize,
    /// How many scenarios run at once.
    #[arg(long, value_name = "N")]
    concurrency: Option<NonZeroUsize>,
    #[command(flatten)]
    part: Part,
}

/// A part of the scenarios, and whether to run it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Part {
    /// Run one part of so many: `1/4`, `2/4` and so on are all, each scenario in one of them.
    #[arg(long, value_name = "PART/OF")]
    pub shard: Option<Shard>,
    /// List the scenarios that would run, and run nothing.
    #[arg(long)]
    list: bool,
    /// List them as a JSON array.
    #[arg(long, requires = "list")]
    json: bool,
}

impl Part {
    /// Whether to list, and how.
    pub fn list(&self) -> Option<Listing> {
        self.list.then_some(if self.json { Listing::Json } else { Listing::Lines })
    }
}

impl Selection {
    /// As the suite takes it.
    pub fn options(&self) -> Options {
        Options {
            tags: self.tags.clone(),
            name: self.name.clone(),
            at: self.at.clone(),
            breaks: self.breaks.clone(),
            kill_matrix: self.kill_matrix.then(|| Reach {
                sample: self.sample,
                touched: self.touched.clone(),
                collateral: self.collateral,
            }),
            shred_bytes: self.shred_bytes.map(NonZeroUsize::get),
            coalesce: self.coalesce,
            shuffle: self.shuffle.map(|seed| seed.unwrap_or_else(any_seed)),
            cloud: self.cloud.clone().map(|cloud| Elsewhere::Named { cloud, ca: self.ca.clone() }),
            features: self.features.clone(),
            repeat: self.repeat.get(),
            concurrency: self.concurrency.map(NonZeroUsize::get),
            keeps_transcripts: false,
            places: None,
            shard: self.part.shard,
            list: self.part.list(),
            client: None,
        }
    }
}

/// A seed that nobody chose: short enough to be typed again.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(()) % 1_000_000
}
