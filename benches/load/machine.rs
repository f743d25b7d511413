//! The machine: which core a process gets, what it used of it, and how much memory it holds.

use std::{fs, io, thread};

use rustix::thread::{CpuSet, sched_setaffinity};

/// Where servers run, and where this process does.
const SERVER_CORE: usize = 0;
const OWN_CORE: usize = 1;

/// The kernel counts CPU time for us in hundredths of a second, whatever its own tick is.
const TICKS_PER_S: f64 = 100.0;

/// Does something on the servers' core, such as starting one: a child inherits the core.
pub(crate) fn on_server_core<T>(act: impl FnOnce() -> T) -> T {
    pin(SERVER_CORE);
    let made = act();
    pin(OWN_CORE);
    made
}

/// Seconds of CPU that a process has used, in user and kernel mode, on all its threads.
pub(crate) fn cpu_s(pid: u32) -> io::Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The command's name stands in parentheses and may hold anything; utime and stime are the 12th
    // and the 13th field after it.
    let after = stat.rsplit_once(')').map(|(_, after)| after);
    let ticks = after.map(|after| after.split_whitespace().skip(11).take(2).map(str::parse::<f64>));
    let ticks: Option<f64> = ticks.and_then(|ticks| ticks.sum::<Result<f64, _>>().ok());
    ticks.map(|ticks| ticks / TICKS_PER_S).ok_or_else(|| unreadable("stat"))
}

/// KiB of memory that a process holds.
pub(crate) fn resident_kib(pid: u32) -> io::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|value| value.trim().trim_end_matches("kB").trim().parse().ok())
        .ok_or_else(|| unreadable("status"))
}

/// Lets this process, and the servers it starts, have as many sockets as the system grants.
pub(crate) fn raise_open_files() -> u64 {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // The old limit stays where this is refused, and the caller looks at what is left.
    let _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

/// What a figure depends on, in one line.
pub(crate) fn facts() -> String {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let processor = read("/proc/cpuinfo");
    let processor = processor
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown processor", |line| line.trim_start_matches([' ', '\t', ':']));
    let kernel = read("/proc/sys/kernel/osrelease");
    let load = read("/proc/loadavg");
    let load = load.split_whitespace().next().unwrap_or("?");
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!("{processor}, {cores} cores, Linux {}, load {load} at the start", kernel.trim())
}

/// How processes share the cores.
pub(crate) fn pinning() -> String {
    match pin(SERVER_CORE) && pin(OWN_CORE) {
        true => format!("servers on core {SERVER_CORE}, the generator on core {OWN_CORE}"),
        false => {
            "NOT pinned: this machine has too few cores, so the figures mean little".to_owned()
        }
    }
}

fn pin(core: usize) -> bool {
    let mut cores = CpuSet::new();
    cores.set(core);
    sched_setaffinity(None, &cores).is_ok()
}

fn unreadable(file: &str) -> io::Error {
    io::Error::other(format!("/proc/…/{file} has another form than expected"))
}
