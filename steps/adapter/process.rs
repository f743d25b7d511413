//! The process of an adapter: lines in, lines out, and its end with all that it left behind.

use std::{
    collections::VecDeque,
    ffi::OsString,
    hash::{BuildHasher as _, RandomState},
    io::ErrorKind,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    process::{Child, ChildStdin, Command},
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    protocol::LINE_BYTES_MAX,
    trouble::{Kind, Trouble},
};
use crate::group::{Signal, kill, marks, signal, strays};

/// How many lines of standard error are kept.
const STDERR_LINES: usize = 200;
/// How much of each.
const STDERR_LINE_BYTES: usize = 4096;
/// How many lines of standard output wait to be looked at; beyond that the adapter waits.
const AHEAD: usize = 64;
/// Wall time between SIGTERM and SIGKILL, and for whatever else an end may take.
const GRACE: Duration = Duration::from_secs(1);

/// A process in a group of its own, which ends with this value.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    /// The process id, which is also that of the group.
    group: Option<u32>,
    /// Known to it and to all that it starts.
    case: String,
    /// Lines that go to standard input; `None` once that was closed.
    stdin: Option<mpsc::UnboundedSender<String>>,
    stdout: mpsc::Receiver<Heard>,
    stderr: watch::Receiver<Tail>,
    /// How many lines of it were looked at.
    stderr_seen: u64,
    ended: Option<Ended>,
}

/// The end of standard error.
#[derive(Debug, Default)]
struct Tail {
    lines: VecDeque<String>,
    /// All that there ever were.
    count: u64,
}

/// What came out of standard output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    Line(String),
    /// A line beyond [`LINE_BYTES_MAX`]; its beginning.
    TooLong(String),
    NotText(String),
}

/// How the process ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    pub(super) status: Option<ExitStatus>,
    /// Others that it had started were still there, and were killed.
    pub(super) left_behind: bool,
}

impl Process {
    /// Starts an argument vector, without a shell.
    ///
    /// # Errors
    /// When there is no such command or it cannot be executed.
    pub(super) fn start(argv: &[OsString]) -> Result<Self, Trouble> {
        let Some((program, arguments)) = argv.split_first() else {
            return Err(Trouble::new(Kind::NotStarted, "there is no command", AFTER_DASHES));
        };
        let mut command = Command::new(program);
        let case = format!("a{:016x}", RandomState::new().hash_one(()));
        command.args(arguments).envs(marks(&case)).kill_on_drop(true);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| not_started(program, &error))?;
        let group = child.id();
        let stdin = child.stdin.take().map(writer);
        let (to_us, stdout) = mpsc::channel(AHEAD);
        if let Some(stream) = child.stdout.take() {
            tokio::spawn(read_stdout(stream, to_us));
        }
        let (kept, stderr) = watch::channel(Tail::default());
        if let Some(stream) = child.stderr.take() {
            tokio::spawn(keep_stderr(stream, kept));
        }
        Ok(Self { child, group, case, stdin, stdout, stderr, stderr_seen: 0, ended: None })
    }

    /// Puts a line on its way to standard input. A process that does not read finds it there.
    pub(super) fn write(&self, line: String) {
        if let Some(stdin) = &self.stdin {
            // When nobody reads any more, the process has ended: that shows when it is listened to.
            let _ = stdin.send(line);
        }
    }

    /// The end of its standard input.
    pub(super) fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// The next line; `None` when the process has ended and everything was heard.
    pub(super) async fn hear(&mut self) -> Option<Heard> {
        if self.ended.is_none() {
            tokio::select! {
                biased;
                heard = self.stdout.recv() => match heard {
                    Some(heard) => return Some(heard),
                    // It closed its standard output: it ends, or is of no use any more.
                    None => {
                        self.wait(GRACE).await;
                        self.end_gently().await;
                    }
                },
                status = self.child.wait() => self.bury(status.ok()).await,
            }
        }
        // Somebody outside of its group may hold the pipe open.
        timeout(GRACE, self.stdout.recv()).await.ok().flatten()
    }

    /// Waits until it ends by itself.
    pub(super) async fn wait(&mut self, at_most: Duration) -> Option<Ended> {
        if self.ended.is_none()
            && let Ok(status) = timeout(at_most, self.child.wait()).await
        {
            self.bury(status.ok()).await;
        }
        self.ended
    }

    /// SIGTERM, and SIGKILL for who is still there after that.
    pub(super) async fn end_gently(&mut self) {
        if self.ended.is_some() {
            return;
        }
        signal(self.group, Signal::Terminate);
        let status = timeout(GRACE, self.child.wait()).await;
        if status.is_err() {
            signal(self.group, Signal::Kill);
        }
        let status = match status {
            Ok(status) => status.ok(),
            Err(_) => self.child.wait().await.ok(),
        };
        self.bury(status).await;
    }

    /// How it ended, if it has.
    pub(super) const fn ended(&self) -> Option<Ended> {
        self.ended
    }

    /// The last lines of standard error. What is on its way is waited for when the process has ended.
    pub(super) async fn stderr(&mut self) -> Vec<String> {
        if self.ended.is_some() {
            // Its writer goes away at the end of the stream.
            let _ = timeout(GRACE, async { while self.stderr.changed().await.is_ok() {} }).await;
        }
        self.stderr.borrow().lines.iter().cloned().collect()
    }

    /// What came of it since this was asked last.
    pub(super) fn stderr_news(&mut self) -> Vec<String> {
        let tail = self.stderr.borrow();
        let news = usize::try_from(tail.count - self.stderr_seen).unwrap_or(usize::MAX);
        self.stderr_seen = tail.count;
        tail.lines.iter().skip(tail.lines.len().saturating_sub(news)).cloned().collect()
    }

    /// The process is gone: whoever it started goes as well.
    async fn bury(&mut self, status: Option<ExitStatus>) {
        let strays = strays(&self.case);
        signal(self.group, Signal::Kill);
        strays.iter().for_each(|&pid| kill(pid));
        let left_behind = !strays.is_empty();
        self.stdin = None;
        self.ended = Some(Ended { status, left_behind });
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.ended.is_none() {
            signal(self.group, Signal::Kill);
            strays(&self.case).iter().for_each(|&pid| kill(pid));
        }
    }
}

/// `exit code 3`, or `signal: 9 (SIGKILL)`.
pub(super) fn told(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) => match status.code() {
            Some(code) => format!("exit code {code}"),
            None => status.to_string(),
        },
        None => "an unknown status".to_owned(),
    }
}

const AFTER_DASHES: &str = "give the command after two dashes: -- ./my-adapter";

fn not_started(program: &OsString, error: &std::io::Error) -> Trouble {
    let name = program.to_string_lossy();
    let (what, hint) = match error.kind() {
        ErrorKind::NotFound => (
            format!("`{name}` is no command"),
            "name a file with its folder, such as ./adapter.py; shell words need a shell: sh -c '…'",
        ),
        ErrorKind::PermissionDenied => (
            format!("`{name}` cannot be executed"),
            "chmod +x, or name the interpreter before it: python3 adapter.py",
        ),
        _ => (
            format!("`{name}` does not start: {error}"),
            "a script begins with `#!` and its interpreter",
        ),
    };
    Trouble::new(Kind::NotStarted, what, hint)
}

fn writer(mut stdin: ChildStdin) -> mpsc::UnboundedSender<String> {
    let (to_adapter, mut lines) = mpsc::unbounded_channel::<String>();
    tokio::spawn(async move {
        while let Some(mut line) = lines.recv().await {
            line.push('\n');
            let written = stdin.write_all(line.as_bytes()).await;
            if written.is_err() || stdin.flush().await.is_err() {
                break;
            }
        }
    });
    to_adapter
}

async fn read_stdout(stream: impl AsyncRead + Unpin, to_us: mpsc::Sender<Heard>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stream).take(LINE_BYTES_MAX as u64);
        let heard = match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) if line.last() != Some(&b'\n') && line.len() == LINE_BYTES_MAX => {
                Heard::TooLong(beginning(&line))
            }
            Ok(_) => match String::from_utf8(line) {
                Ok(line) => Heard::Line(line.trim_end_matches(['\n', '\r']).to_owned()),
                Err(error) => Heard::NotText(beginning(error.as_bytes())),
            },
        };
        if to_us.send(heard).await.is_err() {
            return;
        }
    }
}

async fn keep_stderr(stream: impl AsyncRead + Unpin, kept: watch::Sender<Tail>) {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let mut limited = (&mut stream).take(STDERR_LINE_BYTES as u64);
        match limited.read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => kept.send_modify(|tail| {
                tail.count += 1;
                tail.lines.push_back(tame(&String::from_utf8_lossy(&line)));
                if tail.lines.len() > STDERR_LINES {
                    tail.lines.pop_front();
                }
            }),
        }
    }
}

/// The beginning of a line, for an error.
pub(super) fn beginning(line: &[u8]) -> String {
    const CHARS: usize = 120;
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * CHARS)]);
    let shown: String = text.chars().take(CHARS).collect();
    let more = if shown.len() < line.len() { "…" } else { "" };
    format!("{}{more}", tame(&shown))
}

/// Without what would drive a terminal.
fn tame(text: &str) -> String {
    let text = text.trim_end_matches(['\n', '\r']).replace('\t', "    ");
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
