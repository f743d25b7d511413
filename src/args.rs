//! What can be asked on the command line.

use std::{
    ffi::OsString,
    net::IpAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use clap::{
    Args, Parser, Subcommand, ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};
use cloud::fault::SHAPES;
use reports::Form;
use skyproof::{
    arguments::{Part, Selection},
    certify::Date,
};

use crate::duration;

/// A mock Azure IoT Hub and DPS for device clients, and the suite that proves it
#[derive(Debug, Parser)]
#[command(
    name = "skyproof",
    version,
    after_help = "Exit codes: 0 done or conformant, 1 violations or a refused request, 2 usage, \
                  3 harness or adapter trouble, 4 nothing ran, 5 only inconclusive"
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the mock cloud and show what happens, until Ctrl-C
    Up(Up),
    /// Start a mock, connect one device to it, send one message and show what happened
    Demo(Demo),
    /// Start the mock cloud, run a command with its addresses and keys in the environment, stop
    Exec(Exec),
    /// Certify a device client: which documented behaviours it honours, breaks or never shows
    Certify(Certify),
    /// Check a client that takes orders line by line, or print the schemas of these lines
    #[command(subcommand)]
    Adapter(Adapter),
    /// Run a stored certification again, and tell what comes out otherwise
    Verify(Verify),
    /// Run the conformance suite against the mock
    Test(Selection),
    /// Print each clause with its rule in code and the scenarios that prove it
    Clauses(Clauses),
    /// Explain one clause
    Explain(Explain),
    /// Compare, join or re-tell stored runs
    #[command(subcommand)]
    Report(Report),
    /// Mint device certificates, export the local authority
    #[command(subcommand)]
    Cert(Cert),
    /// Make a token that signs in to an Event Grid namespace of a mock
    #[command(subcommand)]
    Token(Token),
    /// Live as one of the small clients that certification is tested with
    #[command(hide = true)]
    Miniature(Miniature),
    #[command(flatten)]
    Drive(Drive),
}

/// How a mock is started.
#[derive(Clone, Debug, Args)]
pub(crate) struct Start {
    /// The address of the listeners [default: 127.0.0.1; `exec` takes a free loopback address]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) bind: Option<IpAddr>,
    /// MQTT over TLS; 0 takes any free port [default: 8883, which SDKs cannot be talked out of]
    #[arg(long, value_name = "PORT")]
    pub(crate) mqtt_port: Option<u16>,
    /// MQTT over WebSocket; 0 takes any free port [default: 443, likewise]
    #[arg(long, value_name = "PORT")]
    pub(crate) wss_port: Option<u16>,
    /// MQTT with TLS or without, for tenants that take it; 0 takes any free port [default: 1883]
    #[arg(long, value_name = "PORT")]
    pub(crate) tcp_port: Option<u16>,
    /// The admin API; 0 takes any free port [default: 8900; `exec` takes any]
    #[arg(long, value_name = "PORT")]
    pub(crate) admin_port: Option<u16>,
    /// The address of the admin API [default: as --bind where that is loopback, or 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) admin_bind: Option<IpAddr>,
    /// Let other machines reach the admin API, which tells keys and messages
    #[arg(long)]
    pub(crate) admin_allow_remote: bool,
    /// Tenants, devices, keys and enrollments in TOML
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// The host name of the hub that is there without a seed
    #[arg(long, value_name = "HOST", conflicts_with = "seed")]
    pub(crate) hub: Option<String>,
    /// Nothing but an Event Grid namespace of this name, in which every client may do everything
    #[arg(long, value_name = "NAME", conflicts_with_all = ["seed", "hub", "auto_create"])]
    pub(crate) namespace: Option<String>,
    /// Nothing but an Alibaba Cloud IoT Platform instance of this id, with a product and two devices
    #[arg(
        long,
        value_name = "ID",
        conflicts_with_all = ["seed", "hub", "auto_create", "namespace"]
    )]
    pub(crate) instance: Option<String>,
    /// Make unknown devices and hubs on first sight instead of refusing them
    #[arg(long)]
    pub(crate) auto_create: bool,
    /// `wall`, `held` (moved by `skyproof advance` alone) or `scaled:N`
    #[arg(long, value_name = "CLOCK", default_value = "wall", value_parser = parse_clock)]
    pub(crate) clock: Clock,
    /// Where the local authority is kept [default: the user's data folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) authority: Option<PathBuf>,
    /// Let the cloud call endpoints on other machines, such as webhooks; without it only this one's
    #[arg(long)]
    pub(crate) call_out: bool,
    /// Turn connections away beyond so many
    #[arg(long, value_name = "N", default_value = "100000", value_parser = parse_count)]
    pub(crate) max_connections: NonZeroUsize,
}

fn parse_count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "expected a whole number from 1 up".to_owned())
}

impl Start {
    /// What a demonstration starts: any free ports, everything else as it is without options.
    pub(crate) fn demo(asked: Demo) -> Self {
        Self {
            bind: None,
            mqtt_port: Some(0),
            wss_port: Some(0),
            tcp_port: Some(0),
            admin_port: Some(0),
            admin_bind: None,
            admin_allow_remote: false,
            seed: asked.seed,
            hub: None,
            namespace: None,
            instance: None,
            auto_create: false,
            clock: Clock::Wall,
            authority: asked.authority,
            call_out: false,
            max_connections: NonZeroUsize::MAX,
        }
    }
}

/// How time passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Clock {
    Wall,
    Held,
    Scaled(f64),
}

impl std::fmt::Display for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Wall => f.write_str("wall"),
            Self::Held => f.write_str("held"),
            Self::Scaled(factor) => write!(f, "scaled:{factor}"),
        }
    }
}

fn parse_clock(text: &str) -> Result<Clock, String> {
    const EXPECTED: &str = "expected wall, held or scaled:N with N above 0, such as scaled:60";
    match text.split_once(':') {
        None if text == "wall" => Ok(Clock::Wall),
        None if text == "held" => Ok(Clock::Held),
        Some(("scaled", factor)) => match factor.parse::<f64>() {
            Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(Clock::Scaled(factor)),
            _ => Err(EXPECTED.to_owned()),
        },
        _ => Err(EXPECTED.to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Up {
    #[command(flatten)]
    pub(crate) start: Start,
    /// Print one line of JSON when ready: addresses, connection strings, keys, tokens, files
    #[arg(long)]
    pub(crate) json: bool,
    /// Show no events
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// Ports and clock are the demonstration's own.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Tenants, devices, keys and enrollments in TOML; the first device with a key speaks
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,
    /// Where the local authority is kept [default: the user's data folder]
    #[arg(long, value_name = "FOLDER")]
    pub(crate) authority: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Exec {
    #[command(flatten)]
    pub(crate) start: Start,
    /// Show every event on standard error, and not refusals alone
    #[arg(long, short, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// Show no refusals
    #[arg(long, short)]
    pub(crate) quiet: bool,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
#[command(after_help = capabilities())]
pub(crate) struct Certify {
    #[arg(value_enum)]
    pub(crate) cloud: CertifiedCloud,
    /// The command starts an adapter, which takes orders; the device around it is skyproof's own
    #[arg(long)]
    pub(crate) adapter: bool,
    /// What the client does by itself, of the list below. What it claims and never shows is an error;
    /// without a word, everything but what needs one is tried
    #[arg(long, value_name = "CAPABILITY", value_delimiter = ',')]
    pub(crate) does: Vec<String>,
    /// What the client says of itself: name, version, homepage, does, method, patience_s, command
    #[arg(long, value_name = "FILE")]
    pub(crate) capabilities: Option<PathBuf>,
    /// Failures that are known, which do not count: [[known]] pattern, reason, link, owner, expires
    #[arg(long, value_name = "FILE")]
    pub(crate) known_failing: Option<PathBuf>,
    /// The day by which known failures expire [default: today, in UTC]
    #[arg(long, value_name = "DAY", requires = "known_failing")]
    pub(crate) today: Option<Date>,
    /// Wait so long for a process to connect, in real time [default: 20s]
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    pub(crate) patience: Option<Duration>,
    #[command(flatten)]
    pub(crate) part: Part,
    /// How many processes of the client live at once [default: 8]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Part of a scenario's name, `@HUB-D2C-016`, or a place such as features/…/x.feature:12
    #[arg(long, value_name = "PATTERN")]
    pub(crate) only: Option<String>,
    /// Write the reports into this folder
    #[arg(long, value_name = "FOLDER")]
    pub(crate) report: Option<PathBuf>,
    /// Let the client and the cloud live so many times as fast as real time (needs libfaketime)
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) warp: NonZeroU32,
    /// Also wait for the client's timers in real time: minutes
    #[arg(long)]
    pub(crate) long: bool,
    /// Decides the names of devices
    #[arg(long, default_value = "1")]
    pub(crate) seed: u64,
    /// Read the features from this folder instead of those in the program
    #[arg(long, value_name = "FOLDER")]
    pub(crate) features: Option<PathBuf>,
    /// The command that starts the client, and its arguments; `$SKYPROOF_HOST` and the like are expanded
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The report.json of a certification, or the folder that has it
    pub(crate) report: PathBuf,
    /// How many processes of the client live at once [default: 8]
    #[arg(long, value_name = "N")]
    pub(crate) jobs: Option<NonZeroUsize>,
    /// Read the features from this folder instead of those in the program
    #[arg(long, value_name = "FOLDER")]
    pub(crate) features: Option<PathBuf>,
    /// The command that starts the client [default: the report's]
    #[arg(last = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

/// A cloud whose clients can be certified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CertifiedCloud {
    IotHub,
    Dps,
    EventGrid,
    Alibaba,
}

impl std::fmt::Display for CertifiedCloud {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::IotHub => "iot-hub",
            Self::Dps => "dps",
            Self::EventGrid => "event-grid",
            Self::Alibaba => "alibaba",
        })
    }
}

/// What a client can claim, for the help.
fn capabilities() -> String {
    let lines = skyproof::client::CAPABILITIES
        .iter()
        .map(|(name, _, does)| format!("  {name:12} {does}\n"));
    format!("Capabilities:\n{}", lines.collect::<String>())
}

#[derive(Debug, Subcommand)]
pub(crate) enum Adapter {
    /// Start an adapter, try to catch it lying, and see each capability that it declares on the wire
    Check(CheckAdapter),
    /// Be a device by means of an adapter: what `certify --adapter` starts as the client
    #[command(hide = true)]
    Drive {
        #[arg(last = true, required = true, value_name = "COMMAND")]
        command: Vec<OsString>,
    },
    /// Print the JSON Schemas of the adapter protocol
    Schema {
        /// One of them alone [default: all, as members of one object]
        #[arg(value_parser = ["request", "answer", "event"])]
        line: Option<String>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CheckAdapter {
    /// Check each line against the schemas, too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Stretch every time limit, for emulators and instrumented clients
    #[arg(long, value_name = "N", default_value = "1", value_parser = parse_factor)]
    pub(crate) timeout_multiplier: f64,
    /// The command that starts the adapter, and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,
}

fn parse_factor(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(factor) if factor.is_finite() && factor > 0.0 => Ok(factor),
        _ => Err("expected a number above 0, such as 10".to_owned()),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Clauses {
    /// Only the clauses of this cloud
    #[arg(long, value_name = "NAME")]
    pub(crate) cloud: Option<String>,
    /// Print the sums of each feature area alone
    #[arg(long)]
    pub(crate) areas: bool,
    /// Run the scenarios, get every rule wrong, and tell what came of it; takes seconds
    #[arg(long)]
    pub(crate) prove: bool,
    /// Print one JSON object: clauses, areas, totals and the summary line
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// Such as HUB-D2C-016
    pub(crate) id: String,
    /// Run its scenarios, get its rule wrong, and tell what came of it
    #[arg(long)]
    pub(crate) prove: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Miniature {
    /// `right`, or a wrong one of the list
    #[arg(required_unless_present = "list")]
    pub(crate) name: Option<String>,
    /// Print each with its cloud, the clauses that catch it, and what it does wrong
    #[arg(long)]
    pub(crate) list: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Report {
    /// Tell what is new, removed, newly failing, fixed, flaky; ends with 1 when something newly fails
    Diff(DiffRuns),
    /// Join the shards of one run into one folder of reports
    Merge(MergeRuns),
    /// Tell a stored run again in another form
    Render(RenderRun),
    /// Lay the runs of many nights side by side; a folder has DATE/CLIENT/report.json or DATE/CLIENT.json
    Trend(TrendOfNights),
    /// Find checks that no client passes; ends with 1 when there is one
    Suspects(SuspectChecks),
    /// Print the JSON Schema of report.json
    Schema,
}

#[derive(Debug, Args)]
pub(crate) struct DiffRuns {
    /// A report.json, or a folder that has one
    pub(crate) before: PathBuf,
    /// A report.json, or a folder that has one
    pub(crate) after: PathBuf,
    /// Print one JSON object: remarks, counts, scenarios
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MergeRuns {
    /// An events.jsonl, or a folder that has one, for each shard
    #[arg(required = true, value_name = "RUN")]
    pub(crate) runs: Vec<PathBuf>,
    /// The folder of the joined reports
    #[arg(long, value_name = "FOLDER")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct RenderRun {
    /// An events.jsonl, or a folder that has one
    pub(crate) run: PathBuf,
    #[arg(long, value_name = "FORM", value_parser = form())]
    pub(crate) to: Form,
    /// A file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct TrendOfNights {
    /// The folder of the nights
    pub(crate) folder: PathBuf,
    /// Write a page that needs nothing else into this file; its links lead to the reports in the folder
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Print one JSON object: nights, series
    #[arg(long)]
    pub(crate) json: bool,
    /// End with 1 when something fails in the last night that did not in the same client's night before
    #[arg(long)]
    pub(crate) fail_on_regression: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SuspectChecks {
    /// A report.json, or a folder that has one, for each client
    #[arg(required = true, num_args = 2.., value_name = "RUN")]
    pub(crate) runs: Vec<PathBuf>,
    /// Print one JSON object: clients, checks
    #[arg(long)]
    pub(crate) json: bool,
}

/// The forms of reports by their names.
fn form() -> impl TypedValueParser<Value = Form> {
    let names = Form::ALL.iter().map(|form| form.name());
    PossibleValuesParser::new(names)
        .try_map(|name| Form::named(&name).ok_or_else(|| format!("there is no form `{name}`")))
}

#[derive(Debug, Subcommand)]
pub(crate) enum Cert {
    /// List the kinds of certificates that can be made
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
    },
    /// Make a certificate with its key, signed by the local authority where the recipe says so
    Make(Make),
    /// Export the roots that clients have to trust
    Ca(Ca),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Of the mock's Microsoft Entra, for a principal that a namespace's roleAssignments name
    Entra {
        /// The principal's object id
        principal: String,
        /// How long it is valid
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration::parse)]
        life: Duration,
    },
    /// Of an issuer of the namespace's own, signed with the key of `cert make device/self-signed-rsa`
    Custom {
        /// The client's authentication name
        name: String,
        /// As the namespace's tokenIssuer has it
        #[arg(long)]
        issuer: String,
        /// The namespace's MQTT host
        #[arg(long)]
        host: String,
        /// As the namespace's encodedIssuerCertificates have it
        #[arg(long, default_value = "key-1")]
        kid: String,
        /// A claim that becomes an attribute; may be given more than once
        #[arg(long = "claim", value_name = "NAME=VALUE")]
        claims: Vec<String>,
        /// How long it is valid
        #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration::parse)]
        life: Duration,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Make {
    /// Such as device/right or server/expired; `skyproof cert list` tells all
    pub(crate) recipe: String,
    /// The device id, or the names of a server; may be given more than once
    #[arg(long = "name", value_name = "NAME")]
    pub(crate) names: Vec<String>,
    /// Where the files go
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub(crate) out: PathBuf,
    /// Replace files that are there already
    #[arg(long)]
    pub(crate) force: bool,
    #[arg(long, value_enum, default_value_t = Format::Pem)]
    pub(crate) format: Format,
    /// The password of a p12 file
    #[arg(long, default_value = "skyproof")]
    pub(crate) password: String,
    #[arg(long, value_name = "FOLDER")]
    pub(crate) authority: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Ca {
    #[arg(long, value_enum, default_value_t = Format::Pem)]
    pub(crate) format: Format,
    /// One root alone [default: both for pem, ec for der and p12]
    #[arg(long, value_enum)]
    pub(crate) root: Option<Root>,
    /// A file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// The password of a p12 file
    #[arg(long, default_value = "skyproof")]
    pub(crate) password: String,
    #[arg(long, value_name = "FOLDER")]
    pub(crate) authority: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Pem,
    Der,
    P12,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Root {
    Ec,
    Rsa,
}

/// Which running mock is meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct Target {
    /// The admin API [default: that of the `skyproof up` that runs, or http://127.0.0.1:8900]
    #[arg(long, value_name = "URL", env = "SKYPROOF_ADMIN")]
    pub(crate) admin: Option<String>,
}

/// Which running mock and which of its hubs are meant.
#[derive(Clone, Debug, Args)]
pub(crate) struct HubTarget {
    #[command(flatten)]
    pub(crate) target: Target,
    /// The hub, when the mock has several
    #[arg(long, value_name = "HOST")]
    pub(crate) hub: Option<String>,
}

/// What drives a running mock.
#[derive(Debug, Subcommand)]
pub(crate) enum Drive {
    /// Send a cloud-to-device message
    C2d(C2d),
    /// Call a direct method and print the answer
    Method(Method),
    /// Print a twin, or change it
    Twin(Twin),
    /// Print the telemetry that arrived
    Telemetry(Telemetry),
    /// Print the cloud's log, a JSON record on each line: a hub's connections, an instance's runs
    Logs(Logs),
    /// Add, list, enable, disable or remove devices
    #[command(subcommand)]
    Device(Device),
    /// Ask a namespace or an Alibaba instance in the words of its vendor's API
    #[command(after_help = API_EXAMPLES)]
    Api(Api),
    /// Make the mock misbehave on purpose
    #[command(subcommand)]
    Fault(Fault),
    /// Let time pass on a held clock
    Advance(Advance),
    /// Go back to the seed; connections end
    Reset(Target),
    /// Tell whether the mock is ready
    Ready(Ready),
}

#[derive(Debug, Args)]
pub(crate) struct C2d {
    pub(crate) device: String,
    pub(crate) body: String,
    /// An application property; may be given more than once. Without `=` its value is null
    #[arg(long = "property", short = 'p', value_name = "NAME=VALUE")]
    pub(crate) properties: Vec<String>,
    /// Which outcomes to get feedback on
    #[arg(long, value_parser = ["none", "positive", "negative", "full"], default_value = "none")]
    pub(crate) ack: String,
    #[arg(long, value_name = "ID")]
    pub(crate) message_id: Option<String>,
    #[command(flatten)]
    pub(crate) at: HubTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Method {
    /// `device` or `device/module`
    pub(crate) device: String,
    pub(crate) name: String,
    /// JSON
    pub(crate) payload: Option<String>,
    /// How long the device may take, 5s to 300s
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "30s")]
    pub(crate) timeout: Duration,
    /// How long to wait for the device to connect, 0s to 300s
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "0s")]
    pub(crate) connect_timeout: Duration,
    #[command(flatten)]
    pub(crate) at: HubTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Twin {
    /// `device` or `device/module`
    pub(crate) device: String,
    /// Merge `{"properties": {"desired": …}, "tags": …}`
    #[arg(long, value_name = "JSON", conflicts_with = "replace")]
    pub(crate) patch: Option<String>,
    /// Replace desired properties and tags
    #[arg(long, value_name = "JSON")]
    pub(crate) replace: Option<String>,
    #[command(flatten)]
    pub(crate) at: HubTarget,
}

#[derive(Debug, Args)]
pub(crate) struct Logs {
    /// Of this `device` or `device/module` alone
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<String>,
    /// Go on with what comes
    #[arg(long)]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Telemetry {
    /// Go on with what comes, until Ctrl-C
    #[arg(long, short)]
    pub(crate) follow: bool,
    /// Only what this device or module sent
    #[arg(long, value_name = "DEVICE")]
    pub(crate) device: Option<String>,
    /// Only what this hub received
    #[arg(long, value_name = "HOST")]
    pub(crate) hub: Option<String>,
    /// One line of JSON for each message
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Device {
    /// Add a device or module, or give it other credentials
    Add {
        id: String,
        /// Base64; derived from the name when left out
        #[arg(long, value_name = "BASE64")]
        key: Option<String>,
        /// Of its self-signed certificate: SHA-1 or SHA-256 in hex
        #[arg(long, value_name = "HEX", conflicts_with = "key")]
        thumbprint: Option<String>,
        /// It proves itself by a certificate below an authority of the hub
        #[arg(long, conflicts_with_all = ["key", "thumbprint"])]
        x509: bool,
        #[command(flatten)]
        at: HubTarget,
    },
    /// List the devices and modules of a hub
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        at: HubTarget,
    },
    /// Let a device connect again
    Enable {
        id: String,
        #[command(flatten)]
        at: HubTarget,
    },
    /// Refuse a device and end its connection
    Disable {
        id: String,
        #[command(flatten)]
        at: HubTarget,
    },
    /// Remove a device with its modules
    Remove {
        id: String,
        #[command(flatten)]
        at: HubTarget,
    },
    /// Cut the connection of a device, as a network failure does
    Cut {
        id: String,
        #[command(flatten)]
        at: HubTarget,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Api {
    /// An operation such as Pub, or a resource such as clients/press-1
    pub(crate) operation: String,
    /// A parameter with its text, or with NAME:=JSON another value
    #[arg(value_name = "NAME=VALUE")]
    pub(crate) parameters: Vec<String>,
    /// [default: POST of an instance; of a namespace GET, or PUT where there are parameters]
    #[arg(long, short = 'X', value_name = "METHOD", value_parser = ["GET", "PUT", "PATCH", "DELETE", "POST"])]
    pub(crate) method: Option<String>,
    /// The id or the host of the tenant, when the mock has several
    #[arg(long, value_name = "NAME")]
    pub(crate) tenant: Option<String>,
    #[command(flatten)]
    pub(crate) target: Target,
}

const API_EXAMPLES: &str = "\
Examples:
  skyproof api Pub ProductKey=a1skyproof1 TopicFullName=/a1skyproof1/device-1/user/get \\
      MessageContent=aGVsbG8= Qos=1
  skyproof api GetDeviceStatus ProductKey=a1skyproof1 DeviceName=device-1
  skyproof api clients
  skyproof api clients/press-1 state=Enabled attributes:='{\"floor\": 3}'
  skyproof api clients/press-1 -X DELETE";

#[derive(Debug, Subcommand)]
pub(crate) enum Fault {
    /// Add a fault, such as '{"do": "drop", "packet": "PUBACK", "times": 1}'
    #[command(after_help = faults())]
    Add {
        fault: String,
        #[command(flatten)]
        target: Target,
    },
    /// List the faults that may still strike, and how often each has
    List {
        /// Print a JSON array
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        target: Target,
    },
    /// Remove every fault
    Clear(Target),
}

/// Everything that a fault can be, for the help.
fn faults() -> String {
    let kinds = SHAPES.iter().map(|shape| format!("  {:39} {}\n", shape.to_string(), shape.does));
    format!(
        "Members (all but `do` may be left out):
  do           what it does, of the list below: \"drop\", \"delay-s=5\" or {{\"delay-s\": 5}}
  tenant       host name of a hub, or ID scope of a DPS instance
  device       device, device/module, or registration id at DPS
  packet       such as PUBACK; TELEMETRY for storing a message; CLOCK for none: it strikes each
               connection that lives when it begins. takeover, token-expiry and maintenance-s do
               so unless a packet is named
  topic        a topic filter, for PUBLISH
  direction    to-device (what the hub sends or stores), or from-device
  after        how many matches it lets pass first
  times        how many times it strikes; always without
  probability  0 to 1, by the seed of the mock
  from_s       seconds from now to its beginning
  until_s      seconds from now to its end

What it does:
{}
A seed file has the same members below [[fault]].",
        kinds.collect::<String>()
    )
}

#[derive(Debug, Args)]
pub(crate) struct Advance {
    /// Such as 90s, 61m, 2h or 4000d
    #[arg(value_parser = duration::parse)]
    pub(crate) by: Duration,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[derive(Debug, Args)]
pub(crate) struct Ready {
    /// Wait so long for it
    #[arg(long, value_name = "DURATION", value_parser = duration::parse, default_value = "0s")]
    pub(crate) wait: Duration,
    #[command(flatten)]
    pub(crate) target: Target,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn a_mock_admits_somebody() {
        for (text, count) in [("1", Some(1)), ("100000", Some(100_000)), ("0", None), ("-1", None)]
        {
            assert_eq!(parse_count(text).ok().map(NonZeroUsize::get), count, "{text}");
        }
    }

    #[test]
    fn clocks() {
        for (text, clock) in [
            ("wall", Some(Clock::Wall)),
            ("held", Some(Clock::Held)),
            ("scaled:60", Some(Clock::Scaled(60.0))),
            ("scaled:0.5", Some(Clock::Scaled(0.5))),
            ("scaled:0", None),
            ("scaled:NaN", None),
            ("scaled", None),
            ("fast", None),
        ] {
            assert_eq!(parse_clock(text).ok(), clock, "{text}");
        }
    }
}
