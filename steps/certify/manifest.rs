//! The manifest: what a client says of itself, in a file.

use std::{path::Path, time::Duration};

use serde::Deserialize;

use crate::{
    client::Claims,
    document::{self, Form},
    suite::Trouble,
};

/// A client's manifest. Every key may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// As reports call the client.
    pub name: Option<String>,
    pub version: Option<String>,
    pub homepage: Option<String>,
    /// What it does by itself, as after `--does`.
    #[serde(default)]
    pub does: Vec<String>,
    /// The direct method that it answers.
    pub method: Option<String>,
    /// Real time in seconds within which its process connects.
    pub patience_s: Option<u32>,
    /// The argument vector, where none is given on the command line.
    pub command: Option<Vec<String>>,
}

const FORM: Form = Form {
    keys: &["name", "version", "homepage", "does", "method", "patience_s", "command"],
    of_each: &[],
    example: "name = \"thermostat\"\nversion = \"2.1.0\"\ndoes = [\"telemetry\", \"twin\", \
              \"methods\"]\nmethod = \"reboot\"\npatience_s = 20\ncommand = [\"./thermostat\"]",
};

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// A file that cannot be read, an unknown key, a value of the wrong kind, an unknown capability.
    pub fn read(path: &Path) -> Result<Self, Trouble> {
        let manifest: Self = document::read(path, &FORM)?;
        let blame = |trouble| match trouble {
            Trouble::Usage(what, hint) => {
                Trouble::Usage(format!("{}: {what}", path.display()), hint)
            }
            other => other,
        };
        manifest.claims(&[]).map_err(blame)?;
        Ok(manifest)
    }

    /// What it claims, and what is claimed on the command line.
    ///
    /// # Errors
    /// An unknown capability.
    pub fn claims(&self, does: &[String]) -> Result<Claims, Trouble> {
        let method = self.method.iter().map(|method| format!("methods:{method}"));
        let words: Vec<String> =
            does.iter().cloned().chain(method).chain(self.does.iter().cloned()).collect();
        Claims::of(&words)
    }

    /// Within which real time its process connects, when it says so.
    pub fn patience(&self) -> Option<Duration> {
        self.patience_s.map(|s| Duration::from_secs(s.into()))
    }
}
