//! `skyproof exec -- CMD …`: a mock for the time of one command.

use std::{
    io::ErrorKind,
    process::{ExitCode, ExitStatus},
};

use server::Config;
use skyproof::loopback;
use tokio::process::{Child, Command};

use crate::{
    args::{Exec, Start},
    live::Shown,
    start::{self, Ports, Prepared, Running},
    trouble::Trouble,
    up::{self, Signals},
};

/// Starts the mock, runs the command, ends with its exit code.
pub(crate) async fn run(exec: Exec) -> Result<ExitCode, Trouble> {
    let prepared = Prepared::new(&exec.start)?;
    let mut signals = Signals::new()?;
    let running = start(&prepared, &exec.start).await?;
    let shown = match (exec.verbose, exec.quiet) {
        (true, _) => Shown::All,
        (_, true) => Shown::Nothing,
        _ => Shown::Refusals,
    };
    let ended = match spawn(&exec, &running) {
        Ok(child) => attend(child, &running, shown, &mut signals).await,
        Err(trouble) => Err(trouble),
    };
    let failures = running.mock.failures();
    running.end().await;
    let code = ended?;
    match failures.is_empty() {
        true => Ok(code),
        false => Err(up::broken(&server::Stopped { failures })),
    }
}

/// Waits for the command, shows what the mock refuses, passes SIGTERM on.
async fn attend(
    mut child: Child,
    running: &Running,
    shown: Shown,
    signals: &mut Signals,
) -> Result<ExitCode, Trouble> {
    let pid = child.id();
    let ended = tokio::select! {
        ended = child.wait() => ended,
        () = up::show(&running.mock, shown) => child.wait().await,
        () = signals.terminate() => {
            terminate(pid);
            child.wait().await
        }
    };
    let ended = ended
        .map_err(|error| Trouble::harness(format!("the command cannot be waited for: {error}")))?;
    Ok(ExitCode::from(code(ended)))
}

fn spawn(exec: &Exec, running: &Running) -> Result<Child, Trouble> {
    let (program, arguments) = exec
        .command
        .split_first()
        .ok_or_else(|| Trouble::usage("there is no command").hint("skyproof exec -- COMMAND"))?;
    let mut command = Command::new(program);
    command.args(arguments).envs(&running.facts.environment).kill_on_drop(true);
    command.spawn().map_err(|error| {
        let name = program.to_string_lossy();
        match error.kind() {
            ErrorKind::NotFound => Trouble::new(127, format!("`{name}` is no command"))
                .hint("shell words need a shell: skyproof exec -- sh -c '…'"),
            _ => Trouble::new(126, format!("`{name}` does not start: {error}")),
        }
    })
}

/// On the ports that were asked for. Where none were, on the real ones of a loopback address that is
/// free, so that clients with fixed ports work; and otherwise on any.
async fn start(prepared: &Prepared, options: &Start) -> Result<Running, Trouble> {
    let admin = options.admin_port.unwrap_or(0);
    let given = [options.mqtt_port, options.wss_port, options.tcp_port];
    if options.bind.is_some() || given.iter().any(Option::is_some) {
        return prepared.start(options, Ports { admin, ..Ports::of(options) }).await;
    }
    let start = async |config: Config| {
        let Config { bind, mqtt_port: mqtt, wss_port: wss, tcp_port: tcp, .. } = config;
        let ports = Ports { bind, mqtt, wss, tcp, admin };
        prepared.try_start(options, ports).await.map_err(|error| (error, ports))
    };
    loopback::on_real_ports(0, start, |(error, _)| error)
        .await
        .map_err(|(error, ports)| start::explained(error, ports))
}

/// As a shell tells it: a signal is 128 and its number.
fn code(ended: ExitStatus) -> u8 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&ended) {
        return u8::try_from(128 + signal).unwrap_or(u8::MAX);
    }
    ended.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX)
}

#[cfg(unix)]
fn terminate(pid: Option<u32>) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = pid.and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may be gone already.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(_pid: Option<u32>) {}
