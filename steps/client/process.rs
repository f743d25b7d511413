//! The process of a client under test: started, listened to, ended, with whatever it left behind.

#[cfg(not(unix))]
use std::marker::Send as Stream;
#[cfg(unix)]
use std::os::fd::{AsFd as Stream, OwnedFd};
use std::{
    collections::BTreeMap,
    ffi::OsString,
    future::poll_fn,
    io,
    pin::Pin,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, PoisonError},
    task::{Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, ReadBuf},
    process::{Child, Command},
    time::timeout,
};

use crate::{
    group::{Signal, is_in, kill, marks, signal, strays},
    world::Failed,
};

/// Real time that a process has to end after SIGTERM.
const GRACE: Duration = Duration::from_secs(2);

/// How much of what a process writes is kept, of each stream.
const KEPT_BYTES: usize = 16 * 1024;

/// How a client says that it cannot do what the scenario needs.
const DECLINES: i32 = 127;

/// A client that runs, in a process group of its own.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    /// The process group, which may outlive the process.
    group: Option<u32>,
    case: String,
    is_cleared: bool,
    stderr: Tail,
    stdout: Tail,
}

/// How a client's process ended, or that it had to be told more than once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// It said that it cannot do what the scenario needs, and perhaps why.
    Declined(String),
    /// On its own; in words, with what it wrote to standard error.
    Early { code: Option<i32>, told: String },
}

impl Process {
    /// Starts an argument vector. `$NAME` and `${NAME}` stand for variables of `environment`.
    ///
    /// # Errors
    /// When the command does not exist or cannot be executed.
    pub(crate) fn start(
        argv: &[OsString],
        environment: &BTreeMap<String, String>,
        case: &str,
    ) -> Result<Self, Failed> {
        let mut argv = argv.iter().map(|word| expanded(word, environment));
        let program = argv.next().unwrap_or_default();
        let mut command = Command::new(&program);
        command.args(argv).envs(environment).envs(marks(case));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| not_started(&program, &error))?;
        let stdout = Tail::of(child.stdout.take());
        let stderr = Tail::of(child.stderr.take());
        let group = child.id();
        Ok(Self { child, group, case: case.to_owned(), is_cleared: false, stderr, stdout })
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(&mut self) -> Ended {
        match self.child.wait().await {
            Ok(status) => self.told(status),
            Err(error) => {
                let told = format!("the client cannot be waited for: {error}");
                Ended::Early { code: None, told }
            }
        }
    }

    /// How it ended, if it has.
    pub(crate) fn has_ended(&mut self) -> Option<Ended> {
        let status = self.child.try_wait().ok()??;
        Some(self.told(status))
    }

    /// Ends it, its group, and whatever it left behind; tells what was not in order.
    pub(crate) async fn end(mut self) -> Option<String> {
        let how = match self.has_ended() {
            Some(Ended::Early { told, .. }) => Some(told),
            Some(Ended::Declined(_)) => None,
            None => {
                signal(self.group, Signal::Terminate);
                let is_late = timeout(GRACE, self.child.wait()).await.is_err();
                signal(self.group, Signal::Kill);
                let _ = self.child.wait().await;
                let s = GRACE.as_secs();
                is_late.then(|| {
                    format!("the client did not end within {s} s of SIGTERM, and was killed")
                })
            }
        };
        let left = match self.clear() {
            0 => None,
            1 => Some("the client left a process behind, which was killed".to_owned()),
            stayed => Some(format!("the client left {stayed} processes behind, which were killed")),
        };
        let told: Vec<String> = how.into_iter().chain(left).collect();
        (!told.is_empty()).then(|| told.join("\n"))
    }

    /// Kills the rest of its group, and processes that left the group, which are counted.
    fn clear(&mut self) -> usize {
        self.is_cleared = true;
        signal(self.group, Signal::Kill);
        let strays: Vec<u32> =
            strays(&self.case).into_iter().filter(|pid| !is_in(*pid, self.group)).collect();
        strays.iter().for_each(|&pid| kill(pid));
        self.group.into_iter().for_each(super::warp::forget);
        strays.len()
    }

    fn told(&self, status: ExitStatus) -> Ended {
        if status.code() == Some(DECLINES) {
            return Ended::Declined(self.last_words());
        }
        let how = match status.code() {
            Some(code) => format!("the client ended with exit code {code}"),
            None => format!("the client was ended by a {status}"),
        };
        let said = self.last_words();
        let told = if said.is_empty() {
            format!("{how} and said nothing")
        } else {
            format!("{how}; the last that it said:\n{said}")
        };
        Ended::Early { code: status.code(), told }
    }

    /// The last lines that it wrote, standard error before standard output.
    pub(crate) fn last_words(&self) -> String {
        let (stderr, stdout) = (self.stderr.text(), self.stdout.text());
        if stderr.is_empty() { stdout } else { stderr }
    }
}

/// Where a run is given up, nothing of it may stay.
impl Drop for Process {
    fn drop(&mut self) {
        if !self.is_cleared {
            self.clear();
        }
    }
}

fn not_started(program: &OsString, error: &io::Error) -> Failed {
    let name = program.to_string_lossy();
    let (actual, hint) = match error.kind() {
        io::ErrorKind::NotFound => (
            format!("`{name}` is no command"),
            "shell words need a shell: skyproof certify iot-hub -- sh -c '…'",
        ),
        io::ErrorKind::PermissionDenied => {
            (format!("`{name}` is not executable"), "chmod +x, or name the interpreter before it")
        }
        _ => (format!("`{name}` does not start: {error}"), "run it by hand first"),
    };
    Failed::error("a client that starts", actual).hint(hint)
}

/// The end of what a stream brought; the rest is read and forgotten.
#[derive(Clone, Debug, Default)]
struct Tail {
    kept: Arc<Mutex<Vec<u8>>>,
    /// The same stream once more, for what nobody has got round to reading when the process has ended.
    #[cfg(unix)]
    unread: Option<Arc<OwnedFd>>,
}

impl Tail {
    fn of(stream: Option<impl AsyncRead + Stream + Unpin + Send + 'static>) -> Self {
        let Some(mut stream) = stream else { return Self::default() };
        let tail = Self {
            kept: Arc::default(),
            #[cfg(unix)]
            unread: stream.as_fd().try_clone_to_owned().ok().map(Arc::new),
        };
        let kept = Arc::clone(&tail.kept);
        tokio::spawn(poll_fn(move |context| {
            let mut chunk = [0; 4096];
            loop {
                // Held from before the read, so that nothing is ever between the stream and what is kept.
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let mut read = ReadBuf::new(&mut chunk);
                let is_read = ready!(Pin::new(&mut stream).poll_read(context, &mut read)).is_ok();
                if !is_read || read.filled().is_empty() {
                    return Poll::Ready(());
                }
                keep(&mut kept, read.filled());
            }
        }));
        tail
    }

    /// What a pipe holds yet, and so all that was written before now. A pipe of Linux holds 64 KiB.
    #[cfg(unix)]
    fn drain(&self, kept: &mut Vec<u8>) {
        let Some(stream) = &self.unread else { return };
        let mut chunk = [0; 4096];
        for _ in 0..16 {
            // The stream does not block: that there is nothing is an error too.
            let Ok(n @ 1..) = rustix::io::read(stream, &mut chunk) else { return };
            keep(kept, &chunk[..n]);
        }
    }

    #[cfg(not(unix))]
    fn drain(&self, _kept: &mut Vec<u8>) {}

    /// The last lines.
    fn text(&self) -> String {
        const LINES: usize = 20;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        self.drain(&mut kept);
        let text = String::from_utf8_lossy(&kept);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(LINES)..].join("\n").trim().to_owned()
    }
}

fn keep(kept: &mut Vec<u8>, bytes: &[u8]) {
    kept.extend_from_slice(bytes);
    let surplus = kept.len().saturating_sub(KEPT_BYTES);
    kept.drain(..surplus);
}

/// `$NAME` and `${NAME}` of the environment; anything else stays as it is.
fn expanded(word: &OsString, environment: &BTreeMap<String, String>) -> OsString {
    let Some(text) = word.to_str() else { return word.clone() };
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at(at);
        out.push_str(before);
        let is_braced = after[1..].starts_with('{');
        let start = if is_braced { 2 } else { 1 };
        let name: &str = {
            let tail = &after[start..];
            let end = tail.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            &tail[..end.unwrap_or(tail.len())]
        };
        let end = start + name.len();
        let is_closed = !is_braced || after[end..].starts_with('}');
        match environment.get(name) {
            Some(value) if is_closed => {
                out.push_str(value);
                rest = &after[end + usize::from(is_braced)..];
            }
            _ => {
                out.push('$');
                rest = &after[1..];
            }
        }
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_of_the_environment_are_expanded_and_nothing_else() {
        let environment =
            BTreeMap::from([("A".to_owned(), "1".to_owned()), ("A_B".to_owned(), "$A".to_owned())]);
        for (word, expected) in [
            ("$A", "1"),
            ("--x=$A.$A_B", "--x=1.$A"),
            ("${A}B", "1B"),
            ("${A", "${A"),
            ("$", "$"),
            ("$C and $$A", "$C and $1"),
            ("plain", "plain"),
        ] {
            assert_eq!(expanded(&word.into(), &environment), OsString::from(expected), "{word}");
        }
    }
}
