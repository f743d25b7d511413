//! What belongs to a process that was started: its group, and whoever left that.

/// The variable by which the processes of a case are known, whoever forked them.
const CASE: &str = "SKYPROOF_CASE";

/// The variable by which the processes of one run are known from those of another with the same seed,
/// and so the same cases.
const RUN: &str = "SKYPROOF_RUN";

/// What the environment of a process has to carry, for [`strays`] to find it.
pub(crate) fn marks(case: &str) -> [(&'static str, String); 2] {
    [(CASE, case.to_owned()), (RUN, std::process::id().to_string())]
}

/// What a group is told.
pub(crate) enum Signal {
    Terminate,
    Kill,
}

/// Tells all of a group; `None` is nobody.
#[cfg(unix)]
pub(crate) fn signal(group: Option<u32>, signal: Signal) {
    use rustix::process::{Pid, kill_process_group};
    let group = group.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    let signal = match signal {
        Signal::Terminate => rustix::process::Signal::TERM,
        Signal::Kill => rustix::process::Signal::KILL,
    };
    if let Some(group) = group {
        // It may be gone already.
        let _ = kill_process_group(group, signal);
    }
}

/// Elsewhere there are no groups: the child alone is killed, when it is dropped.
#[cfg(not(unix))]
pub(crate) fn signal(_group: Option<u32>, _signal: Signal) {}

/// Whether a process is in this group, and so was met by the group's signal.
#[cfg(unix)]
pub(crate) fn is_in(pid: u32, group: Option<u32>) -> bool {
    use rustix::process::{Pid, getpgid};
    let id = |number: u32| i32::try_from(number).ok().and_then(Pid::from_raw);
    let own = id(pid).and_then(|pid| getpgid(Some(pid)).ok());
    // Whoever cannot be asked has ended.
    own.is_none() || own == group.and_then(id)
}

#[cfg(not(unix))]
pub(crate) fn is_in(_pid: u32, _group: Option<u32>) -> bool {
    true
}

#[cfg(unix)]
pub(crate) fn kill(pid: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

#[cfg(not(unix))]
pub(crate) fn kill(_pid: u32) {}

/// Processes that carry the marks of a case, wherever they went. Best effort, by /proc.
pub(crate) fn strays(case: &str) -> Vec<u32> {
    let wanted = marks(case).map(|(name, value)| format!("{name}={value}"));
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    processes
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter(|&pid| {
            environ(pid).is_some_and(|environ| wanted.iter().all(|it| carries(&environ, it)))
        })
        .collect()
}

/// The environment of a process. In the midst of becoming another program a process shows none, and whoever
/// opened that of the old one reads nothing: it is looked at again.
fn environ(pid: u32) -> Option<Vec<u8>> {
    /// It has none, if it has begun to run and shows none so often.
    const ENOUGH: usize = 10;
    const LOOKS: usize = 10_000;
    let shown = |what: &str| std::fs::read(format!("/proc/{pid}/{what}")).ok();
    for look in 0..LOOKS {
        let environ = shown("environ")?;
        let is_kernels = || std::fs::read_link(format!("/proc/{pid}/exe")).is_err();
        let has_begun = || shown("cmdline").is_some_and(|words| !words.is_empty());
        if !environ.is_empty() || is_kernels() || (look >= ENOUGH && has_begun()) {
            return Some(environ);
        }
        std::thread::yield_now();
    }
    None
}

/// Whether an environment, as /proc shows it, has this `NAME=value`.
fn carries(environ: &[u8], wanted: &str) -> bool {
    environ.split(|byte| *byte == 0).any(|it| it == wanted.as_bytes())
}
