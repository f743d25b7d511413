//! `skyproof up`: starts the mock, says how to reach it, shows what happens.

use std::process::ExitCode;

use server::{Mock, Stopped};
use skyproof::facts::Facts;
use tokio::signal;

use crate::{
    admin_client::AdminClient,
    args::Up,
    live::{Live, Shown},
    locator, out, paste,
    start::{Ports, Prepared},
    trouble::Trouble,
};

/// Runs until a signal comes or the mock breaks.
pub(crate) async fn run(up: Up) -> Result<ExitCode, Trouble> {
    let prepared = Prepared::new(&up.start)?;
    // Before the mock is ready, so that no signal finds it unprepared.
    let mut signals = Signals::new()?;
    let running = prepared.start(&up.start, Ports::of(&up.start)).await?;
    leave_word(&running.facts).await;
    let told = if up.json {
        out::line(serde_json::to_string(&running.facts).unwrap_or_default())
    } else {
        out::line(paste::text(&running.facts))
    };
    let shown = if up.quiet { Shown::Nothing } else { Shown::All };
    let ended = match told {
        Ok(()) => tokio::select! {
            () = show(&running.mock, shown) => Ok(()),
            stopped = running.mock.stopped() => Err(broken(&stopped)),
            () = signals.any() => Ok(()),
        },
        Err(trouble) => Err(trouble),
    };
    locator::take_back();
    running.end().await;
    ended.map(|()| ExitCode::SUCCESS)
}

/// Tells other commands where this mock is, unless they are on another one that lives.
async fn leave_word(facts: &Facts) {
    // What was left on this very address is older than the listener there.
    let other = locator::admin_url().filter(|url| *url != facts.admin_url);
    match other {
        Some(other) if AdminClient::is_mock(&other).await => out::remark(format_args!(
            "another mock is up at {other} and commands go there; for this one say `--admin {}`",
            facts.admin_url
        )),
        _ => locator::leave(facts),
    }
}

/// Shows what happens for as long as the mock lives. Ends only with it.
pub(crate) async fn show(mock: &Mock, shown: Shown) {
    if shown == Shown::Nothing {
        return std::future::pending().await;
    }
    let mut live = Live::new(shown);
    let mut steps = mock.subscribe_after(0);
    while let Some(step) = steps.next().await {
        live.lines(&step).iter().for_each(out::remark);
    }
    std::future::pending().await
}

/// The mock's own failure.
pub(crate) fn broken(stopped: &Stopped) -> Trouble {
    Trouble::harness(stopped.to_string()).hint("this is a fault of skyproof: please report it")
}

/// Ctrl-C, SIGTERM and SIGHUP.
pub(crate) struct Signals {
    /// None where it is to be ignored, as under `nohup`.
    #[cfg(unix)]
    hangup: Option<signal::unix::Signal>,
    #[cfg(unix)]
    terminate: signal::unix::Signal,
    #[cfg(unix)]
    interrupt: signal::unix::Signal,
}

impl Signals {
    /// Listens from now on.
    #[cfg(unix)]
    pub(crate) fn new() -> Result<Self, Trouble> {
        use signal::unix::{SignalKind, signal};
        let deaf =
            |error: std::io::Error| Trouble::harness(format!("signals cannot be heard: {error}"));
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup()).map_err(deaf));
        Ok(Self {
            hangup: hangup.transpose()?,
            terminate: signal(SignalKind::terminate()).map_err(deaf)?,
            interrupt: signal(SignalKind::interrupt()).map_err(deaf)?,
        })
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub(crate) fn new() -> Result<Self, Trouble> {
        Ok(Self {})
    }

    /// Waits for any of them.
    #[cfg(unix)]
    pub(crate) async fn any(&mut self) {
        tokio::select! {
            () = hung_up(&mut self.hangup) => {}
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn any(&mut self) {
        let _ = signal::ctrl_c().await;
    }

    /// Waits for SIGTERM or SIGHUP; Ctrl-C reaches the whole group of processes by itself.
    #[cfg(unix)]
    pub(crate) async fn terminate(&mut self) {
        tokio::select! {
            () = hung_up(&mut self.hangup) => {}
            _ = self.terminate.recv() => {}
            // Heard and left to the command.
            () = async { loop { self.interrupt.recv().await; } } => {}
        }
    }

    /// There is no SIGTERM; Ctrl-C is left to the command.
    #[cfg(not(unix))]
    pub(crate) async fn terminate(&mut self) {
        loop {
            let _ = signal::ctrl_c().await;
        }
    }
}

#[cfg(unix)]
async fn hung_up(hangup: &mut Option<signal::unix::Signal>) {
    match hangup {
        Some(hangup) => {
            hangup.recv().await;
        }
        None => std::future::pending().await,
    }
}

/// Whether whoever started this wants it to outlive the terminal: to listen would undo that. Where it
/// cannot be told, SIGHUP keeps its usual effect.
#[cfg(unix)]
fn ignores_hangup() -> bool {
    const SIGHUP_BIT: u64 = 1;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status
        .lines()
        .find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    ignored.is_none_or(|ignored| ignored & SIGHUP_BIT != 0)
}
