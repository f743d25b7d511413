//! `skyproof up`: starts the mock, says how to reach it, shows what happens.

use std::process::ExitCode;

use server::{Mock, Stopped};
use tokio::signal;

use crate::{
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
    locator::leave(&running.facts.admin_url);
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

/// Shows what happens for as long as the mock lives. Ends only with it.
pub(crate) async fn show(mock: &Mock, shown: Shown) {
    let mut live = Live::new(shown);
    let mut steps = mock.subscribe_after(0);
    while shown != Shown::Nothing
        && let Some(step) = steps.next().await
    {
        live.lines(&step).iter().for_each(out::remark);
    }
    std::future::pending().await
}

/// The mock's own failure.
pub(crate) fn broken(stopped: &Stopped) -> Trouble {
    Trouble::harness(stopped.to_string()).hint("this is a fault of skyproof: please report it")
}

/// Ctrl-C and SIGTERM.
pub(crate) struct Signals {
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
        Ok(Self {
            terminate: signal(SignalKind::terminate()).map_err(deaf)?,
            interrupt: signal(SignalKind::interrupt()).map_err(deaf)?,
        })
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub(crate) fn new() -> Result<Self, Trouble> {
        Ok(Self {})
    }

    /// Waits for either.
    #[cfg(unix)]
    pub(crate) async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }

    /// Waits for Ctrl-C.
    #[cfg(not(unix))]
    pub(crate) async fn any(&mut self) {
        let _ = signal::ctrl_c().await;
    }

    /// Waits for SIGTERM; Ctrl-C reaches the whole group of processes by itself.
    #[cfg(unix)]
    pub(crate) async fn terminate(&mut self) {
        tokio::select! {
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
