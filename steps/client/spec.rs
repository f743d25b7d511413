//! The client as the command line names it, and what its processes are told.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use cloud::sas;
use reports::Outcome;
use server::Mock;

use crate::{facts::Facts, world::Failed};

/// Real time that a client may take to get its process going, on a busy machine too.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Real time that a client may take to react at once.
const SLACK: Duration = Duration::from_secs(3);

/// How long the last bytes of a process that ended may be under way, on the scene's clock.
pub(super) const LAST_WORDS_MS: u64 = 200;

/// Who is certified, and on what terms.
#[derive(Debug)]
pub struct Spec {
    /// `iot-hub`, `dps`, `event-grid`, `alibaba`.
    pub cloud: String,
    /// The argument vector, of a client or of an adapter.
    pub command: Vec<OsString>,
    /// The program that is a device by means of that adapter.
    driver: Option<PathBuf>,
    pub claims: Claims,
    /// How many times as fast as real time the client and the cloud live.
    pub warp: u32,
    /// Whether warp was asked for and does not reach the client, so that it lives at real speed.
    pub(crate) is_unreached: bool,
    /// Whether scenarios run that wait for a client's timers in real time.
    pub long: bool,
    pub seed: u64,
    /// Real time that a process may take until it is connected.
    pub patience: Duration,
    /// For the authority's file and the certificates of clients; the caller's to remove.
    pub folder: PathBuf,
    pub(crate) authorities: Arc<certs::Authorities>,
    count: AtomicU32,
}

/// What a client is said to do by itself. Nothing said means that everything is tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims(pub Vec<String>);

/// The words by which capabilities are claimed. Those that need a word are never tried without it.
pub const CAPABILITIES: &[(&str, bool, &str)] = &[
    ("telemetry", false, "sends telemetry by itself"),
    ("c2d", false, "takes cloud-to-device messages"),
    ("twin", false, "reads its twin, takes desired and reports properties"),
    ("methods", false, "answers direct methods; methods:reboot names one"),
    ("commands", false, "answers commands of a namespace to the topic that they name"),
    (
        "properties",
        false,
        "posts properties of its thing model to an instance, and takes settings of them",
    ),
    ("rrpc", false, "answers what an instance asks it by RRPC"),
    ("x509", true, "can prove itself by a certificate: X509_CERT_FILE, X509_KEY_FILE"),
    ("module", true, "can be a module: a connection string with ModuleId"),
    ("routing", true, "says of its JSON what it is: content type and encoding"),
    ("websocket", true, "connects over WebSocket"),
];

/// Whether there is a capability of this name.
pub(crate) fn is_capability(name: &str) -> bool {
    CAPABILITIES.iter().any(|(known, ..)| *known == name)
}

impl Claims {
    /// Whether this capability was claimed.
    pub(crate) fn has(&self, capability: &str) -> bool {
        self.0.iter().any(|claim| claim.split(':').next() == Some(capability))
    }

    /// Whether scenarios that need it are tried.
    pub(crate) fn lets(&self, capability: &str) -> bool {
        let needs_word = CAPABILITIES.iter().any(|(name, needs, _)| *name == capability && *needs);
        self.has(capability) || (self.0.is_empty() && !needs_word)
    }

    /// The method that the client is said to answer.
    pub(crate) fn method(&self) -> &str {
        let methods = self.0.iter().filter_map(|claim| claim.strip_prefix("methods:"));
        methods.flat_map(|names| names.split('+')).next().unwrap_or("reboot")
    }
}

impl Spec {
    /// A client that claims nothing, at real speed.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    pub fn new(cloud: &str, command: Vec<OsString>, folder: PathBuf) -> io::Result<Self> {
        let now_s = i64::try_from(crate::outside::now().s()).unwrap_or(i64::MAX / 2);
        let authorities = certs::Authorities::new(now_s).map_err(io::Error::other)?;
        let spec = Self {
            cloud: cloud.to_owned(),
            command,
            driver: None,
            claims: Claims::default(),
            warp: 1,
            is_unreached: false,
            long: false,
            seed: 1,
            patience: PATIENCE,
            folder,
            authorities: Arc::new(authorities),
            count: AtomicU32::new(0),
        };
        let root = |algorithm| spec.authorities.get(certs::Role::Root, algorithm).certificate_pem();
        let roots = root(certs::Algorithm::EcdsaP256) + &root(certs::Algorithm::Rsa2048);
        fs::create_dir_all(&spec.folder)?;
        fs::write(spec.ca_file(), roots)?;
        Ok(spec)
    }

    /// The same client without warp, because warp was found not to reach it or for comparison.
    pub(crate) fn at_real_speed(&self, is_unreached: bool) -> Self {
        Self {
            cloud: self.cloud.clone(),
            command: self.command.clone(),
            claims: self.claims.clone(),
            warp: 1,
            is_unreached,
            driver: self.driver.clone(),
            patience: self.patience,
            long: self.long,
            seed: self.seed,
            folder: self.folder.clone(),
            authorities: self.authorities.clone(),
            // Both make identities, at addresses that differ.
            count: AtomicU32::new(self.next().wrapping_add(1 << 16)),
        }
    }

    /// The command line that runs the scenario at this place again.
    pub(crate) fn command_again(&self, features: Option<&Path>, at: &str) -> String {
        let mut again = format!("skyproof certify {}", self.cloud);
        if self.driver.is_some() {
            again.push_str(" --adapter");
        }
        if let Some(folder) = features {
            again.push_str(&format!(" --features {}", quoted(&folder.to_string_lossy())));
        }
        if !self.claims.0.is_empty() {
            again.push_str(&format!(" --does {}", self.claims.0.join(",")));
        }
        if self.warp > 1 {
            again.push_str(&format!(" --warp {}", self.warp));
        }
        if self.long {
            again.push_str(" --long");
        }
        if self.patience != PATIENCE {
            again.push_str(&format!(" --patience {}ms", self.patience.as_millis()));
        }
        let command = self.command.iter().map(|word| quoted(&word.to_string_lossy()));
        again + &format!(" --only {at} -- {}", command.collect::<Vec<_>>().join(" "))
    }

    /// Why a scenario with these tags is not for this client.
    pub(crate) fn lacks(&self, tags: &[String]) -> Option<Outcome> {
        let capabilities = tags.iter().filter_map(|tag| tag.strip_prefix("does:"));
        let missing = capabilities.clone().find(|capability| !self.claims.lets(capability));
        if let Some(capability) = missing {
            let reason = format!("the client does not claim `{capability}`: --does {capability}");
            return Some(Outcome::Unsupported(reason));
        }
        let is_long = tags.iter().any(|tag| tag == "long");
        (is_long && !self.long && self.warp == 1).then(|| {
            let way = match self.is_unreached {
                true => ", which warp does not reach: --long",
                false => ": --warp N, or --long",
            };
            Outcome::NotRun(format!("waits for timers of the client{way}"))
        })
    }

    /// The command starts an adapter, and this program is the device around it.
    pub fn drive_by(&mut self, program: PathBuf) {
        self.driver = Some(program);
    }

    /// What is started.
    pub(crate) fn argv(&self) -> Vec<OsString> {
        let Some(driver) = &self.driver else { return self.command.clone() };
        let words = ["adapter", "drive", "--"].map(OsString::from);
        let driver = std::iter::once(driver.clone().into_os_string());
        driver.chain(words).chain(self.command.iter().cloned()).collect()
    }

    pub(crate) fn is_of_dps(&self) -> bool {
        self.cloud == "dps"
    }

    pub(crate) fn is_of_event_grid(&self) -> bool {
        self.cloud == "event-grid"
    }

    pub(crate) fn is_of_alibaba(&self) -> bool {
        self.cloud == "alibaba"
    }

    /// Whether its telemetry goes to a hub, at once or after DPS.
    pub(crate) fn is_of_hubs(&self) -> bool {
        !self.is_of_event_grid() && !self.is_of_alibaba()
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.join("ca.pem")
    }

    /// Real time for a process to get going, on the scene's clock.
    pub(crate) fn patience(&self) -> Duration {
        self.patience.saturating_mul(self.warp)
    }

    /// A time on the scene's clock, and what a busy machine may add.
    pub(crate) fn with_slack(&self, within: Duration) -> Duration {
        within + SLACK * self.warp
    }

    /// What a scheduler may add to a gap between two things, on the scene's clock.
    pub(crate) fn jitter_ms(&self) -> u64 {
        60 * u64::from(self.warp)
    }

    /// Counts up whatever has to differ within a run.
    pub(crate) fn next(&self) -> u32 {
        self.count.fetch_add(1, Ordering::Relaxed)
    }

    /// A name that says nothing, another one each time; the same ones for the same seed.
    pub(crate) fn slug(&self) -> String {
        let n = self.next();
        let digest = sas::hmac_sha256(&self.seed.to_be_bytes(), &n.to_be_bytes());
        let hex: String = digest.iter().take(5).map(|byte| format!("{byte:02x}")).collect();
        format!("d{hex}")
    }

    /// Puts a client's certificate and key into files.
    pub(crate) fn keep(
        &self,
        name: &str,
        leaf: &certs::Leaf,
    ) -> Result<(PathBuf, PathBuf), Failed> {
        let file = |ending: &str| self.folder.join(format!("{name}.{ending}"));
        let (certificate, key) = (file("pem"), file("key.pem"));
        let write = |path: &Path, text: String| {
            fs::write(path, text)
                .map_err(|error| Failed::from(format!("{}: {error}", path.display())))
        };
        write(&certificate, leaf.chain_pem())?;
        write(&key, leaf.key_pem())?;
        Ok((certificate, key))
    }

    /// What a process is told: by the names that the vendors' samples read, and ours.
    pub(crate) fn environment(
        &self,
        facts: &Facts,
        mock: &Mock,
        tags: &[String],
    ) -> BTreeMap<String, String> {
        let mut environment: BTreeMap<String, String> = facts
            .environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect();
        environment.remove("SKYPROOF_ADMIN");
        let mut put = |name: &str, value: String| {
            environment.insert(name.to_owned(), value);
        };
        let needs: Vec<&str> = tags.iter().filter_map(|tag| tag.strip_prefix("does:")).collect();
        put("SKYPROOF_CAPABILITY", needs.join(","));
        put("SKYPROOF_DEADLINE_S", self.patience().as_secs().to_string());
        put("SKYPROOF_SEED", self.seed.to_string());
        if self.is_of_dps() {
            put("IOTHUB_DEVICE_SECURITY_TYPE", "DPS".to_owned());
        }
        if self.warp > 1 {
            let now = (mock.now(), crate::outside::now());
            super::warp::environment(&self.folder, self.warp, now, &mut put);
        }
        environment
    }
}

/// For a POSIX shell.
pub fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-:,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_what_is_pasted_as_it_is() {
        for (text, pasted) in [
            ("/home/me/ca.pem", "/home/me/ca.pem"),
            ("", "''"),
            ("a b", "'a b'"),
            ("h/d/?api-version=1", "'h/d/?api-version=1'"),
            ("it's", "'it'\\''s'"),
            ("$HOME", "'$HOME'"),
        ] {
            assert_eq!(quoted(text), pasted);
        }
    }
}
