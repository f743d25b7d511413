//! The servers that are compared, each started as its users start it.

use std::{
    env, fs,
    io::{self, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant, SystemTime},
};

use base64::prelude::{BASE64_STANDARD, Engine as _};
use certs::{Algorithm, Authority, Leaf, Validity};

use crate::{
    fleet::{Fleet, HUB, NAMESPACE, SESSIONS_PER_CLIENT, client_name, device_id},
    machine,
};

/// A server that devices can connect to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Mosquitto,
    Rumqttd,
    /// The least that a server of this stack can cost.
    Sink,
    Skyproof,
}

impl Peer {
    /// The first one is what the others are compared with.
    pub(crate) const ALL: [Self; 4] = [Self::Mosquitto, Self::Rumqttd, Self::Sink, Self::Skyproof];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mosquitto => "mosquitto",
            Self::Rumqttd => "rumqttd",
            Self::Sink => "sink",
            Self::Skyproof => "skyproof",
        }
    }

    /// Why this server cannot do a piece of work.
    pub(crate) fn cannot(self, work: &str) -> Option<&'static str> {
        match (self, work) {
            (Self::Sink, "fan-out" | "fan-in" | "matching") => Some("it brings messages to nobody"),
            _ => None,
        }
    }
}

/// Files that the servers need, in a folder that goes away in the end.
pub(crate) struct Workshop {
    folder: PathBuf,
    devices: usize,
    /// The certificates of the namespace's clients.
    clients: Vec<Leaf>,
    mosquitto: Option<PathBuf>,
    rumqttd: Option<PathBuf>,
    /// How long the first start of all took, which makes the authority.
    pub(crate) first_start: Duration,
}

/// How long a server may take until it listens.
const START_LIMIT: Duration = Duration::from_secs(20);

/// By which `benches/run` says where the other server is.
const RUMQTTD: &str = "SKYPROOF_BENCH_RUMQTTD";

impl Workshop {
    /// Finds the servers, and makes one authority, certificates and a seed with so many devices of a hub
    /// and at least so many sessions of a namespace.
    pub(crate) fn new(devices: usize, sessions: usize) -> io::Result<Self> {
        let folder =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("load-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let mut workshop = Self {
            folder,
            devices,
            clients: Vec::new(),
            mosquitto: find("mosquitto", &["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin"]),
            rumqttd: env::var_os(RUMQTTD).map(PathBuf::from).filter(|path| path.exists()),
            first_start: Duration::ZERO,
        };
        workshop.write_seed()?;
        let begin = Instant::now();
        workshop.start(Peer::Skyproof)?.wait_until_it_listens()?;
        workshop.first_start = begin.elapsed();
        workshop.mint(sessions.div_ceil(SESSIONS_PER_CLIENT))?;
        Ok(workshop)
    }

    /// The servers that are there.
    pub(crate) fn peers(&self) -> Vec<Peer> {
        let is_there = |peer: &Peer| match peer {
            Peer::Mosquitto => self.mosquitto.is_some(),
            Peer::Rumqttd => self.rumqttd.is_some(),
            Peer::Sink | Peer::Skyproof => true,
        };
        Peer::ALL.into_iter().filter(is_there).collect()
    }

    /// What the servers call themselves.
    pub(crate) fn versions(&self) -> String {
        let mosquitto = self.mosquitto.as_ref().and_then(|path| {
            let help = Command::new(path).arg("-h").output().ok()?;
            let text = String::from_utf8_lossy(&help.stdout).into_owned();
            Some(text.lines().next()?.to_owned())
        });
        let mosquitto = mosquitto.unwrap_or_else(|| "no mosquitto".to_owned());
        let rumqttd = if self.rumqttd.is_some() { "rumqttd 0.20.0" } else { "no rumqttd" };
        format!("{mosquitto}, {rumqttd}, skyproof {}", env!("CARGO_PKG_VERSION"))
    }

    /// Devices that every server takes.
    pub(crate) fn devices(&self) -> io::Result<Fleet> {
        Fleet::of_hub(self.devices, now_s() + 86_400)
    }

    /// Sessions that every server takes.
    pub(crate) fn sessions(&self) -> io::Result<Fleet> {
        Fleet::of_namespace(&self.clients)
    }

    /// Starts a server on the servers' core, all of its output thrown away.
    pub(crate) fn start(&self, peer: Peer) -> io::Result<Server> {
        let port = free_port()?;
        let mut command = match peer {
            Peer::Mosquitto => self.mosquitto(port)?,
            Peer::Rumqttd => self.rumqttd(port)?,
            Peer::Sink => self.sink(port)?,
            Peer::Skyproof => self.skyproof(port),
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = machine::on_server_core(|| command.spawn())?;
        Ok(Server { child, port })
    }

    /// With the settings of the package, but TLS, and everybody let in, whatever token they bring.
    fn mosquitto(&self, port: u16) -> io::Result<Command> {
        let at = |name: &str| self.folder.join(name).display().to_string();
        let config = format!(
            "listener {port} 127.0.0.1\ncertfile {}\nkeyfile {}\nallow_anonymous true\n\
             persistence false\nset_tcp_nodelay true\nlog_dest none\nuser root\n",
            at("server.pem"),
            at("server.key.pem"),
        );
        let path = self.folder.join(format!("mosquitto-{port}.conf"));
        fs::write(&path, config)?;
        let mut command = Command::new(self.mosquitto.as_deref().unwrap_or(Path::new("mosquitto")));
        command.arg("-c").arg(path);
        Ok(command)
    }

    fn rumqttd(&self, port: u16) -> io::Result<Command> {
        let path =
            self.rumqttd.as_deref().ok_or_else(|| io::Error::other("there is no rumqttd"))?;
        let mut command = Command::new(path);
        command.arg(port.to_string());
        command.arg(self.folder.join("server.pem")).arg(self.folder.join("server.key.pem"));
        Ok(command)
    }

    fn sink(&self, port: u16) -> io::Result<Command> {
        let mut command = Command::new(env::current_exe()?);
        command.args(["--sink", &port.to_string()]);
        command.arg(self.folder.join("server.pem")).arg(self.folder.join("server.key.pem"));
        Ok(command)
    }

    /// With every rule judged and the journal kept, as users have it; only the live lines are off.
    fn skyproof(&self, port: u16) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skyproof"));
        command
            .args(["up", "--quiet", "--json", "--wss-port", "0", "--admin-port", "0"])
            .args(["--mqtt-port", &port.to_string()])
            .arg("--authority")
            .arg(self.folder.join("authority"))
            .arg("--seed")
            .arg(self.folder.join("seed.toml"))
            // Where it leaves word of itself: no other mock is to be found by that.
            .env("XDG_DATA_HOME", &self.folder);
        command
    }

    fn write_seed(&self) -> io::Result<()> {
        let mut seed = fs::File::create(self.folder.join("seed.toml")).map(io::BufWriter::new)?;
        // The generator reads more twins in a second than a hub has to serve.
        writeln!(seed, "[[hub]]\nhost = \"{HUB}\"\nprofile = {{ twin_reads_per_s = 0 }}")?;
        for number in 0..self.devices {
            writeln!(seed, "[[hub.device]]\nid = \"{}\"", device_id(number))?;
        }
        seed.flush()
    }

    /// A namespace in which everybody may publish and subscribe everywhere, as at a plain broker.
    fn append_namespace(&self, authority: &Authority) -> io::Result<()> {
        let seed = fs::OpenOptions::new().append(true).open(self.folder.join("seed.toml"))?;
        let mut seed = io::BufWriter::new(seed);
        let ([name, location], root) = (NAMESPACE, BASE64_STANDARD.encode(authority.der()));
        let names =
            self.clients.iter().map(|leaf| format!("{{ name = \"{}\" }}", leaf.common_name));
        let names: Vec<String> = names.collect();
        writeln!(
            seed,
            r##"[[namespace]]
name = "{name}"
location = "{location}"
topicSpacesConfiguration = {{ state = "Enabled", maximumClientSessionsPerAuthenticationName = {SESSIONS_PER_CLIENT} }}
caCertificates = [{{ name = "root", encodedCertificate = "{root}" }}]
clients = [{}]
topicSpaces = [{{ name = "all", topicTemplates = ["#"] }}]
permissionBindings = [
    {{ name = "publish", clientGroupName = "$all", topicSpaceName = "all", permission = "Publisher" }},
    {{ name = "subscribe", clientGroupName = "$all", topicSpaceName = "all", permission = "Subscriber" }},
]
profile = {{ subscriptions_per_session = 100_000, filters_per_subscribe = 100 }}"##,
            names.join(", "),
        )?;
        seed.flush()
    }

    /// Certificates below the authority that skyproof made: one for the other servers, and one for each
    /// client of the namespace.
    fn mint(&mut self, clients: usize) -> io::Result<()> {
        let read = |name: &str| fs::read_to_string(self.folder.join("authority").join(name));
        let authority = Authority::from_pem(&read("root.pem")?, &read("root.key.pem")?)
            .map_err(|error| io::Error::other(error.to_string()))?;
        let from = i64::try_from(now_s()).unwrap_or_default() - 86_400;
        let validity = Validity { not_before_s: from, not_after_s: from + 30 * 86_400 };
        let leaf = authority
            .server_leaf(&[HUB, "localhost", "127.0.0.1"], validity, Algorithm::EcdsaP256)
            .map_err(|error| io::Error::other(error.to_string()))?;
        fs::write(self.folder.join("server.pem"), leaf.chain_pem())?;
        fs::write(self.folder.join("server.key.pem"), leaf.key_pem())?;
        self.clients = (0..clients)
            .map(|number| authority.device_leaf(&client_name(number), validity))
            .collect::<Result<_, _>>()
            .map_err(|error| io::Error::other(error.to_string()))?;
        self.append_namespace(&authority)
    }
}

impl Drop for Workshop {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A server that runs. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) port: u16,
}

impl Server {
    /// Seconds of CPU that it has used.
    pub(crate) fn cpu_s(&self) -> io::Result<f64> {
        machine::cpu_s(self.child.id())
    }

    /// KiB of memory that it holds.
    pub(crate) fn resident_kib(&self) -> io::Result<f64> {
        machine::resident_kib(self.child.id())
    }

    /// Tries to connect until somebody accepts.
    pub(crate) fn wait_until_it_listens(&mut self) -> io::Result<TcpStream> {
        let begin = Instant::now();
        loop {
            match TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) {
                Ok(stream) => return Ok(stream),
                Err(error) if begin.elapsed() > START_LIMIT => return Err(error),
                Err(_) => {}
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("the server ended: {status}")));
            }
            #[allow(
                clippy::disallowed_methods,
                reason = "a foreign process tells nobody when it listens"
            )]
            std::thread::sleep(Duration::from_micros(100));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds since 1970 by the machine's clock.
fn now_s() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

fn free_port() -> io::Result<u16> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr().map(|address| address.port())
}

/// Looks where users have their commands, then where Debian has its servers.
fn find(name: &str, folders: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let known = env::split_paths(&path).chain(folders.iter().map(PathBuf::from));
    known.map(|folder| folder.join(name)).find(|candidate| candidate.is_file())
}
