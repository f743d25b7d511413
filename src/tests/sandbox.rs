//! A data folder and a loopback address for one test, and the binary run in it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _},
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use serde_json::Value;

/// Real time after which a process counts as hung and is killed. It catches hangs and decides nothing.
const HANG: Duration = Duration::from_secs(300);

/// Gone with its folder when it is dropped.
pub(crate) struct Sandbox {
    folder: PathBuf,
    /// Its own, so that tests can use any port.
    pub(crate) address: Ipv4Addr,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Sandbox {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let pid = std::process::id();
        let folder = std::env::temp_dir().join(format!("skyproof-test-{pid}-{count}"));
        fs::create_dir_all(&folder).unwrap();
        let octet = |n: u32| u8::try_from(n % 250 + 1).unwrap();
        let address = Ipv4Addr::new(127, octet(pid / 250) / 2 + 128, octet(pid), octet(count));
        Self { folder, address }
    }

    /// A path in its folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes a file and gives its path.
    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// Where `up` keeps its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.path("data/skyproof/authority")
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_skyproof"));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env("XDG_DATA_HOME", self.path("data"))
            .env_remove("SKYPROOF_ADMIN")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        let mut command = self.command(arguments);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _watch = Watch::over(&child);
        ended(child.wait_with_output().unwrap())
    }

    /// Runs it, and it has to succeed; gives what it printed.
    pub(crate) fn succeed(&self, arguments: &[&str]) -> String {
        let ended = self.run(arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {}", ended.stderr);
        ended.stdout
    }

    /// As [`Sandbox::succeed`], and what it printed is JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let text = self.succeed(arguments);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{arguments:?}: {error}\n{text}"))
    }

    /// Starts a mock on free ports and waits until it is ready.
    pub(crate) fn up(&self, more: &[&str]) -> Up {
        let address = self.address.to_string();
        let fixed = ["up", "--json", "--bind", &address];
        let ports = ["--mqtt-port", "--wss-port", "--tcp-port", "--admin-port"];
        let ports: Vec<&str> = ports.into_iter().flat_map(|port| [port, "0"]).collect();
        let arguments: Vec<&str> = fixed.iter().chain(&ports).chain(more).copied().collect();
        let mut command = self.command(&arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let watch = Watch::over(&child);
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let facts = serde_json::from_str(&line).unwrap_or_else(|_| {
            let mut stderr = String::new();
            let _ = child.stderr.take().unwrap().read_to_string(&mut stderr);
            panic!("{arguments:?} does not start: {line}{stderr}")
        });
        Up { child, stdout, facts, _watch: watch }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A mock that runs; killed when it is dropped.
pub(crate) struct Up {
    child: Child,
    stdout: BufReader<ChildStdout>,
    /// What it printed when it was ready.
    pub(crate) facts: Value,
    _watch: Watch,
}

impl Up {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Text out of the facts, by JSON pointer.
    pub(crate) fn fact(&self, pointer: &str) -> &str {
        let fact = self.facts.pointer(pointer).and_then(Value::as_str);
        fact.unwrap_or_else(|| panic!("{pointer} is no text in {}", self.facts))
    }

    /// Reads standard error up to a line that contains this.
    pub(crate) fn hears(&mut self, part: &str) -> String {
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut line = Vec::new();
        let mut byte = [0];
        while stderr.read(&mut byte).unwrap() == 1 {
            line.push(byte[0]);
            if byte[0] == b'\n' {
                let text = String::from_utf8_lossy(&line).into_owned();
                if text.contains(part) {
                    return text;
                }
                line.clear();
            }
        }
        panic!("standard error ended without `{part}`");
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn end(mut self, signal: &str) -> Ended {
        let pid = self.pid().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let mut ended = Ended { code: None, stdout: String::new(), stderr: String::new() };
        self.stdout.read_to_string(&mut ended.stdout).unwrap();
        self.child.stderr.as_mut().unwrap().read_to_string(&mut ended.stderr).unwrap();
        ended.code = self.child.wait().unwrap().code();
        ended
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Kills a process that hangs, so that whoever reads from it or talks to it meets its end.
struct Watch {
    /// Dropped with this, which ends the watch.
    _over: mpsc::Sender<()>,
}

impl Watch {
    fn over(child: &Child) -> Self {
        let (over, ended) = mpsc::channel::<()>();
        let pid = child.id().to_string();
        thread::spawn(move || {
            if ended.recv_timeout(HANG) == Err(mpsc::RecvTimeoutError::Timeout) {
                eprintln!("process {pid} hangs: killed");
                let _ = Command::new("kill").args(["-s", "KILL", &pid]).status();
            }
        });
        Self { _over: over }
    }
}

/// The contents of a file.
pub(crate) fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

fn ended(output: Output) -> Ended {
    Ended {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
