//! Whole-process figures beside mosquitto and rumqttd, as ratios from one run: `benches/run`.
//!
//! Every server runs on a core of its own, started afresh for each repetition and taking turns. The
//! figures move with the machine and whatever else it does: quote ratios, never absolute values.
#![allow(clippy::print_stderr, reason = "progress of a script")]

mod fleet;
mod machine;
mod peer;
mod routing;
mod sink;
mod table;
mod work;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use crate::{
    fleet::Fleet,
    peer::{Peer, Workshop},
    table::{Figure, Samples},
    work::{Idle, bounded},
};

/// How much is done.
struct Plan {
    repetitions: usize,
    telemetry_clients: usize,
    telemetry_messages: usize,
    coalesced_messages: usize,
    latency_lasts: Duration,
    storm_connects: usize,
    burst_connects: usize,
    burst_repetitions: usize,
    idle_connects: usize,
    idle_repetitions: usize,
    starts: usize,
    subscribers: usize,
    deliveries: usize,
    publishers: usize,
    fan_in_messages: usize,
    subscriptions: usize,
    matched_messages: usize,
}

const FULL: Plan = Plan {
    repetitions: 5,
    telemetry_clients: 64,
    telemetry_messages: 200_000,
    coalesced_messages: 400_000,
    latency_lasts: Duration::from_secs(4),
    storm_connects: 2000,
    burst_connects: 2000,
    burst_repetitions: 3,
    idle_connects: 2000,
    idle_repetitions: 3,
    starts: 15,
    subscribers: 1000,
    deliveries: 200_000,
    publishers: 1000,
    fan_in_messages: 100_000,
    subscriptions: 100_000,
    matched_messages: 50_000,
};

/// Enough to see a landslide, in a minute or a few.
const QUICK: Plan = Plan {
    repetitions: 3,
    telemetry_clients: 64,
    telemetry_messages: 40_000,
    coalesced_messages: 100_000,
    latency_lasts: Duration::from_millis(800),
    storm_connects: 600,
    burst_connects: 500,
    burst_repetitions: 1,
    idle_connects: 500,
    idle_repetitions: 1,
    starts: 7,
    subscribers: 200,
    deliveries: 40_000,
    publishers: 200,
    fan_in_messages: 30_000,
    subscriptions: 20_000,
    matched_messages: 20_000,
};

/// The pieces of work, by the names that `--only` knows.
const WORKS: [&str; 10] = [
    "telemetry",
    "coalesced",
    "latency",
    "storm",
    "burst",
    "idle",
    "start",
    "fan-out",
    "fan-in",
    "matching",
];

const USAGE: &str = "whole-process figures: `benches/run [--quick] [--only WORK]`, where WORK is \
                     telemetry, coalesced, latency, storm, burst, idle, start, fan-out, fan-in or \
                     matching";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|it| it != "--bench").collect();
    if let [sink, port, certificates, key] = &arguments[..]
        && sink == "--sink"
    {
        let served = sink::serve(port.parse().unwrap_or(0), certificates.as_ref(), key.as_ref());
        return if served.is_ok() { ExitCode::SUCCESS } else { ExitCode::from(3) };
    }
    let mut plan = None;
    let mut only = Vec::new();
    let mut rest = arguments.iter().map(String::as_str);
    while let Some(argument) = rest.next() {
        match argument {
            "--quick" => plan = Some(&QUICK),
            "--full" => plan = plan.or(Some(&FULL)),
            "--only" => match rest.next().filter(|work| WORKS.contains(work)) {
                Some(work) => only.push(work),
                None => return usage(),
            },
            _ => return usage(),
        }
    }
    // `cargo bench` comes by here too, and nobody asked it for minutes of load.
    let Some(plan) = plan else {
        eprintln!("{USAGE}");
        return ExitCode::SUCCESS;
    };
    match run(plan, &only) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("{failures} pieces of work failed");
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("benches/load: {error}");
            ExitCode::from(3)
        }
    }
}

fn usage() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}

/// Runs the plan and prints the table; tells how much of it failed.
fn run(plan: &Plan, only: &[&str]) -> io::Result<usize> {
    let begin = Instant::now();
    let open_files = machine::raise_open_files();
    let devices = [plan.telemetry_clients, 100, plan.burst_connects, plan.idle_connects + 16];
    let devices = devices.into_iter().max().unwrap_or_default().max(plan.storm_connects);
    // With the one at the other end.
    let sessions = plan.subscribers.max(plan.publishers).max(routing::SHARDS) + 1;
    let connections = devices.max(sessions);
    if open_files < connections as u64 + 64 {
        return Err(io::Error::other(format!(
            "{connections} connections need as many open files, and {open_files} are allowed: raise it \
             with `ulimit -n`"
        )));
    }
    let facts = machine::facts();
    let pinning = machine::pinning();
    let workshop = Workshop::new(devices, sessions)?;
    if !workshop.peers().contains(&Peer::Mosquitto) {
        eprintln!("there is no mosquitto to compare with: `clients/install` installs it");
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (fleet, sessions) = (workshop.devices()?, workshop.sessions()?);
    let samples = Samples::default();
    let mut bench = Bench { plan, workshop, fleet, sessions, runtime, samples, failures: 0 };
    for work in WORKS {
        if only.is_empty() || only.contains(&work) {
            bench.work(work);
        }
    }
    let text = format!(
        "{facts}\n{pinning}\n{}\nmedians of {} repetitions; ratios to mosquitto; first start of all, \
         with a new authority: {:.0} ms; the run took {:.0} s\n\n{}",
        bench.workshop.versions(),
        plan.repetitions,
        bench.workshop.first_start.as_secs_f64() * 1e3,
        begin.elapsed().as_secs_f64(),
        bench.samples.table(),
    );
    io::stdout().lock().write_all(text.as_bytes())?;
    Ok(bench.failures)
}

/// One run.
struct Bench<'a> {
    plan: &'a Plan,
    workshop: Workshop,
    /// The devices of the hub.
    fleet: Fleet,
    /// The sessions of the namespace.
    sessions: Fleet,
    runtime: Runtime,
    samples: Samples,
    failures: usize,
}

impl Bench<'_> {
    /// One piece of work, all servers taking turns.
    fn work(&mut self, work: &str) {
        let Plan { repetitions, burst_repetitions, idle_repetitions, starts, .. } = *self.plan;
        let repetitions = match work {
            "burst" => burst_repetitions,
            "idle" => idle_repetitions,
            "start" => starts,
            _ => repetitions,
        };
        let begin = Instant::now();
        let mut peers = self.workshop.peers();
        peers.retain(|peer| match peer.cannot(work) {
            Some(why) => {
                eprintln!("{work} without {}: {why}", peer.name());
                false
            }
            None => true,
        });
        let mut late = Vec::new();
        for repetition in 0..repetitions {
            for turn in 0..peers.len() {
                let peer = peers[(turn + repetition) % peers.len()];
                if late.contains(&peer) {
                    continue;
                }
                match self.once(work, peer) {
                    Ok(figures) => {
                        for (figure, value) in figures {
                            self.samples.add(figure, peer, value);
                        }
                    }
                    // What others cannot do is no failure of ours, and need not be waited for again.
                    Err(error)
                        if error.kind() == io::ErrorKind::TimedOut && peer != Peer::Skyproof =>
                    {
                        late.push(peer);
                        eprintln!("{work} goes on without {}: {error}", peer.name());
                    }
                    Err(error) => {
                        self.failures += 1;
                        eprintln!("{work} against {}: {error}", peer.name());
                    }
                }
            }
        }
        eprintln!("{work}: done in {:.1} s", begin.elapsed().as_secs_f64());
    }

    fn once(&self, work: &str, peer: Peer) -> io::Result<Vec<(Figure, f64)>> {
        let Self { plan, workshop, fleet, sessions, runtime, .. } = self;
        if work == "start" {
            let started_ms = runtime.block_on(bounded(work::start(workshop, fleet, peer)))?;
            return Ok(vec![(Figure::Start, started_ms)]);
        }
        if work == "idle" {
            let idle = |does| {
                let server = self.ready(peer)?;
                runtime.block_on(bounded(work::idle(fleet, &server, plan.idle_connects, does)))
            };
            let mut figures = vec![(Figure::Idle, idle(Idle::Nothing)?)];
            if peer == Peer::Skyproof {
                figures.push((Figure::IdleDevice, idle(Idle::SubscribesAndReadsItsTwin)?));
            }
            return Ok(figures);
        }
        let server = self.ready(peer)?;
        let telemetry = |per_record, messages| {
            let clients = plan.telemetry_clients;
            runtime
                .block_on(bounded(work::telemetry(fleet, &server, clients, per_record, messages)))
        };
        Ok(match work {
            "telemetry" => {
                let cost = telemetry(1, plan.telemetry_messages)?;
                vec![(Figure::Telemetry, cost.cpu_us), (Figure::TelemetryPerS, cost.per_real_s)]
            }
            "coalesced" => {
                vec![(Figure::Coalesced, telemetry(16, plan.coalesced_messages)?.cpu_us)]
            }
            "latency" => {
                let lasts = plan.latency_lasts;
                let work = work::latency(fleet, &server, 100, 10_000, lasts);
                let latency = runtime.block_on(bounded(work))?;
                vec![(Figure::AckP50, latency.p50_us), (Figure::AckP99, latency.p99_us)]
            }
            "storm" => {
                let work = work::storm(fleet, &server, plan.storm_connects);
                vec![(Figure::Storm, runtime.block_on(bounded(work))?)]
            }
            "burst" => {
                let work = work::burst(fleet, &server, plan.burst_connects);
                vec![(Figure::Burst, runtime.block_on(bounded(work))?)]
            }
            "fan-out" => {
                let (subscribers, deliveries) = (plan.subscribers, plan.deliveries);
                let work = routing::fan_out(sessions, &server, subscribers, deliveries);
                let [qos_0, qos_1] = runtime.block_on(bounded(work))?;
                vec![
                    (Figure::FanOutQos0, qos_0.cpu_us),
                    (Figure::FanOutQos0PerS, qos_0.per_real_s),
                    (Figure::FanOutQos1, qos_1.cpu_us),
                    (Figure::FanOutQos1PerS, qos_1.per_real_s),
                ]
            }
            "fan-in" => {
                let (publishers, messages) = (plan.publishers, plan.fan_in_messages);
                let work = routing::fan_in(sessions, &server, publishers, messages);
                let cost = runtime.block_on(bounded(work))?;
                vec![(Figure::FanIn, cost.cpu_us), (Figure::FanInPerS, cost.per_real_s)]
            }
            _ => {
                let (subscriptions, messages) = (plan.subscriptions, plan.matched_messages);
                let work = routing::matching(sessions, &server, subscriptions, messages);
                vec![(Figure::Matching, runtime.block_on(bounded(work))?.cpu_us)]
            }
        })
    }

    /// A server that has been started and accepts.
    fn ready(&self, peer: Peer) -> io::Result<peer::Server> {
        let mut server = self.workshop.start(peer)?;
        server.wait_until_it_listens()?;
        Ok(server)
    }
}
