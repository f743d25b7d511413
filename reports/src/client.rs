//! The client that a run certifies, and on what terms.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who is certified, how, and what it says of itself. A report that lacks any of it cannot be checked by
/// running it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// By the manifest, by the adapter's hello, or the command's file name.
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where more is to be learnt about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    /// The command as it was given: an argument vector.
    pub command: Vec<String>,
    /// Of the executable and of each argument that is a file, in hex: what was certified.
    pub sha256: Vec<Digest>,
    pub mode: Mode,
    /// What the client is said to do by itself: `telemetry`, `c2d`, `twin`, `methods:reboot`.
    pub capabilities: Vec<String>,
    /// Such as `linux x86_64`.
    pub platform: String,
    pub seed: u64,
    /// How many times as fast as real time the client and the cloud live; 1 without `--warp`.
    pub warp: u32,
    pub lane: Lane,
    /// Real time in milliseconds within which its process has to connect; the usual where it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience_ms: Option<u64>,
}

/// The digest of one file of the command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    pub file: String,
    /// 64 digits in lower case.
    pub sha256: String,
}

/// How the harness deals with the client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A process that is started and watched on the wire.
    #[default]
    BlackBox,
    /// A process that takes orders on standard input.
    Adapter,
}

/// Which scenarios are in reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Those that end in seconds.
    #[default]
    Quick,
    /// Those that wait for a client's timers in real time, too.
    Long,
}

impl Client {
    /// `black box, quick lane, seed 7, linux x86_64; does telemetry, methods:reboot`
    pub fn terms(&self) -> String {
        let mut terms =
            format!("{}, {} lane, seed {}, {}", self.mode, self.lane, self.seed, self.platform);
        if self.warp > 1 {
            terms.push_str(&format!(", {} times as fast", self.warp));
        }
        match self.capabilities.as_slice() {
            [] => terms + "; declares nothing",
            all => format!("{terms}; does {}", all.join(", ")),
        }
    }
}

/// `thermostat 2.1.0 (sha256 0123abcd0123)`, with the beginning of the first digest.
impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        match self.sha256.first() {
            Some(digest) => write!(f, " (sha256 {:.12})", digest.sha256),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BlackBox => "black box",
            Self::Adapter => "adapter",
        })
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Quick => "quick",
            Self::Long => "long",
        })
    }
}
