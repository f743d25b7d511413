//! A session with an adapter: its process, the requests that are out, what it answered and told.

use std::{
    collections::{BTreeMap, VecDeque},
    ffi::OsString,
    time::Duration,
};

use serde_json::{Map, Value, json};
use tokio::time::{Instant, timeout_at};

use super::{
    process::{self, Heard, Process, beginning},
    protocol::{Answer, Case, Endpoint, Event, Hello, LINE_BYTES_MAX, Op, Request, Told, VERSION},
    schema::Schemas,
    trouble::{Kind, Trouble},
};

/// How patient the harness is, and how strict.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Wall time for the first answer of a process; virtual machines start slowly.
    pub hello_within: Duration,
    /// Wall time for any other answer.
    pub within: Duration,
    /// Wall time for a registration, which polls for as long as DPS says.
    pub provision_within: Duration,
    /// Wall time between the answer to `bye` and the end.
    pub bye_within: Duration,
    /// Stretches them all, for emulators and instrumented clients.
    pub timeout_multiplier: f64,
    /// Checks each line of the adapter against the schemas.
    pub strict: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            hello_within: Duration::from_secs(10),
            within: Duration::from_secs(5),
            provision_within: Duration::from_secs(30),
            bye_within: Duration::from_secs(2),
            timeout_multiplier: 1.0,
            strict: false,
        }
    }
}

/// How often in a row a process may fail before the harness gives up.
const CRASHES_MAX: u32 = 5;
/// How many events may wait to be looked at.
const EVENTS_MAX: usize = 10_000;

/// An adapter. Its process is started again when it failed, and ends with this value.
#[derive(Debug)]
pub struct Adapter {
    argv: Vec<OsString>,
    options: Options,
    schemas: Option<Schemas>,
    process: Option<Process>,
    hello: Hello,
    /// What is begun again in a new process.
    case: Option<Case>,
    requests: u64,
    /// Which operations wait for their answer.
    out: BTreeMap<u64, String>,
    /// Answers that nobody has asked for yet.
    answers: BTreeMap<u64, Answer>,
    events: VecDeque<Event>,
    complaints: Vec<String>,
    /// Lines that the process wrote so far.
    lines: u64,
    crashes: u32,
}

impl Adapter {
    /// Starts the argument vector, without a shell, and says hello.
    ///
    /// # Errors
    /// When it does not start, or its hello is none.
    pub async fn start(argv: Vec<OsString>, options: Options) -> Result<Self, Trouble> {
        let mut adapter = Self {
            argv,
            options,
            schemas: options.strict.then(Schemas::new),
            process: None,
            hello: Hello::default(),
            case: None,
            requests: 0,
            out: BTreeMap::new(),
            answers: BTreeMap::new(),
            events: VecDeque::new(),
            complaints: Vec::new(),
            lines: 0,
            crashes: 0,
        };
        adapter.spawn().await?;
        Ok(adapter)
    }

    /// What it said of itself.
    pub const fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Whether it declared this.
    pub fn can(&self, capability: &str) -> bool {
        self.hello.capabilities.iter().any(|declared| declared == capability)
    }

    /// Whether it failed so often in a row that no other process is started.
    pub const fn is_hopeless(&self) -> bool {
        self.crashes >= CRASHES_MAX
    }

    /// Begins a case.
    ///
    /// # Errors
    /// Trouble with the process.
    pub async fn begin(&mut self, case: Case) -> Result<Answer, Trouble> {
        self.case = None;
        let answer = self.ask(Op::Begin(case.clone())).await?;
        if matches!(answer, Answer::Ok(_)) {
            self.case = Some(case);
        }
        Ok(answer)
    }

    /// Connects. One case may have several connections where the adapter's limits allow that.
    ///
    /// # Errors
    /// Trouble with the process.
    pub async fn open(&mut self, conn: &str, endpoint: Endpoint) -> Result<Answer, Trouble> {
        self.ask(Op::Open { conn: conn.to_owned(), endpoint: Box::new(endpoint) }).await
    }

    /// Ends the case. That it came so far forgives the failures before.
    ///
    /// # Errors
    /// Trouble with the process.
    pub async fn end(&mut self) -> Result<Answer, Trouble> {
        let answer = self.ask(Op::End {}).await?;
        self.case = None;
        self.crashes = 0;
        self.events.clear();
        if !self.hello.reuse {
            self.bye().await?;
        }
        Ok(answer)
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// Trouble with the process, which is gone then: the next request starts another, says hello and
    /// begins the case again, without its connections.
    pub async fn ask(&mut self, op: Op) -> Result<Answer, Trouble> {
        let (name, args) = op.parts();
        self.ask_by_name(&name, args).await
    }

    /// As [`Adapter::ask`], for operations that the protocol may not have.
    ///
    /// # Errors
    /// As there.
    pub async fn ask_by_name(
        &mut self,
        op: &str,
        args: Map<String, Value>,
    ) -> Result<Answer, Trouble> {
        let id = self.send_by_name(op, args).await?;
        self.answer(id).await
    }

    /// Asks without waiting; gives the id by which [`Adapter::answer`] waits. Several requests may be
    /// out at once, and may be answered in any order.
    ///
    /// # Errors
    /// When no process can be started.
    pub async fn send(&mut self, op: Op) -> Result<u64, Trouble> {
        let (name, args) = op.parts();
        self.send_by_name(&name, args).await
    }

    /// Waits for the answer to a request that was sent.
    ///
    /// # Errors
    /// As [`Adapter::ask`].
    pub async fn answer(&mut self, id: u64) -> Result<Answer, Trouble> {
        let within = self.within(self.out.get(&id).map_or("", String::as_str));
        let deadline = Instant::now() + within;
        loop {
            if let Some(answer) = self.answers.remove(&id) {
                return Ok(answer);
            }
            match timeout_at(deadline, self.hear()).await {
                Ok(heard) => heard?,
                Err(_) => return Err(self.silent(id, within).await),
            }
        }
    }

    /// Waits until something happens that `is_it` knows; what happened before stays to be looked at.
    /// `None` when it does not happen in time.
    ///
    /// # Errors
    /// Trouble with the process.
    pub async fn event(
        &mut self,
        mut is_it: impl FnMut(&Event) -> bool,
    ) -> Result<Option<Event>, Trouble> {
        let deadline = Instant::now() + self.stretched(self.options.within);
        loop {
            if let Some(at) = self.events.iter().position(&mut is_it) {
                return Ok(self.events.remove(at));
            }
            match timeout_at(deadline, self.hear()).await {
                Ok(heard) => heard?,
                Err(_) => return Ok(None),
            }
        }
    }

    /// What happened so far, as far as it was heard, oldest first.
    pub fn events(&mut self) -> Vec<Event> {
        self.events.drain(..).collect()
    }

    /// Writes a line as it is, to see what the adapter makes of it.
    pub fn write_raw(&self, line: &str) {
        if let Some(process) = &self.process {
            process.write(line.to_owned());
        }
    }

    /// Answers to lines without an id that could be read.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    /// What the process wrote to standard error since this was asked last.
    pub fn stderr_since_last_look(&mut self) -> Vec<String> {
        self.process.as_mut().map(Process::stderr_news).unwrap_or_default()
    }

    /// Says goodbye, and waits for the end of the process.
    ///
    /// # Errors
    /// When it does not end in time and with exit code 0, or leaves processes behind.
    pub async fn bye(&mut self) -> Result<(), Trouble> {
        self.leave(Some(Op::Bye {}), "after `bye`").await
    }

    /// Closes its standard input, and waits for the end of the process.
    ///
    /// # Errors
    /// As [`Adapter::bye`], but any exit code will do.
    pub async fn hang_up(&mut self) -> Result<(), Trouble> {
        self.leave(None, "at the end of its standard input").await
    }

    async fn leave(&mut self, op: Option<Op>, when: &str) -> Result<(), Trouble> {
        self.case = None;
        let Some(mut process) = self.process.take() else { return Ok(()) };
        let is_bye = op.is_some();
        match op {
            Some(op) => {
                let (name, args) = op.parts();
                let line = self.request(&name, args);
                process.write(line);
            }
            None => process.close_stdin(),
        }
        let within = self.stretched(self.options.bye_within);
        self.out.clear();
        // Whatever it still says is read, so that it can end.
        let deadline = Instant::now() + within;
        while let Ok(Some(_)) = timeout_at(deadline, process.hear()).await {}
        let Some(ended) = process.ended() else {
            process.end_gently().await;
            let what = format!("the adapter did not end within {} {when}", seconds(within));
            return Err(Trouble::new(
                Kind::Stays,
                what,
                "leave the loop over standard input, and end",
            )
            .with_stderr(process.stderr().await));
        };
        let stderr = process.stderr().await;
        if ended.left_behind {
            let what = format!("the adapter left processes behind {when}; they were killed");
            return Err(Trouble::new(Kind::Stays, what, FOREGROUND).with_stderr(stderr));
        }
        match ended.status {
            Some(status) if is_bye && !status.success() => {
                let what = format!("the adapter ended with {} {when}", process::told(ended.status));
                Err(Trouble::new(Kind::Died, what, "end with exit code 0").with_stderr(stderr))
            }
            _ => Ok(()),
        }
    }

    async fn send_by_name(&mut self, op: &str, args: Map<String, Value>) -> Result<u64, Trouble> {
        if self.process.is_none() {
            self.spawn().await?;
            if let Some(case) = self.case.clone() {
                let (name, args) = Op::Begin(case).parts();
                Box::pin(self.ask_by_name(&name, args)).await?;
            }
        }
        Ok(self.put(op, args))
    }

    /// Sends to the process that is there.
    fn put(&mut self, op: &str, args: Map<String, Value>) -> u64 {
        let line = self.request(op, args);
        self.write_raw(&line);
        self.requests
    }

    fn request(&mut self, op: &str, args: Map<String, Value>) -> String {
        self.requests += 1;
        let within_ms = u64::try_from(self.within(op).as_millis()).unwrap_or(u64::MAX);
        let id = self.requests;
        self.out.insert(id, op.to_owned());
        json!(Request { id, op: op.to_owned(), args, within_ms }).to_string()
    }

    /// A new process, and its hello.
    async fn spawn(&mut self) -> Result<(), Trouble> {
        if self.is_hopeless() {
            let what = format!("the adapter failed {CRASHES_MAX} times in a row");
            return Err(Trouble::new(Kind::Hopeless, what, "look at its first failure first"));
        }
        self.out.clear();
        self.answers.clear();
        self.events.clear();
        self.lines = 0;
        self.process = Some(Process::start(&self.argv)?);
        let harness = env!("CARGO_PKG_VERSION").to_owned();
        let (name, args) = Op::Hello { protocol: vec![VERSION], harness }.parts();
        let id = self.put(&name, args);
        let answer = self.answer(id).await?;
        let Answer::Ok(told) = answer else {
            let what = format!("the adapter answers hello with {answer}");
            return Err(self.garbage(what, "hello is answered with ok, always").await);
        };
        let hello: Hello = match serde_json::from_value(told) {
            Ok(hello) => hello,
            Err(error) => {
                let what = format!("the adapter's hello is wrong: {error}");
                return Err(self.garbage(what, HELLO).await);
            }
        };
        if hello.protocol != VERSION {
            let what = format!(
                "the adapter speaks version {} of the protocol, and was offered version {VERSION}",
                hello.protocol
            );
            return Err(self.garbage(what, HELLO).await);
        }
        self.hello = hello;
        Ok(())
    }

    /// Listens to one line, and puts it where it belongs.
    async fn hear(&mut self) -> Result<(), Trouble> {
        let Some(process) = &mut self.process else {
            return Err(Trouble::new(Kind::Died, "the adapter is not running", "ask it something"));
        };
        let Some(heard) = process.hear().await else { return Err(self.died().await) };
        self.lines += 1;
        let number = self.lines;
        let line = match heard {
            Heard::Line(line) => line,
            Heard::TooLong(start) => {
                let what = format!(
                    "line {number} of the adapter is longer than {LINE_BYTES_MAX} bytes: {start}"
                );
                return Err(self.garbage(what, "one JSON object a line, each up to 1 MiB").await);
            }
            Heard::NotText(start) => {
                let what = format!("line {number} of the adapter is not UTF-8: {start}");
                return Err(self.garbage(what, "send what is no text as payload_b64").await);
            }
        };
        if line.is_empty() {
            return Ok(());
        }
        let told = Told::read(&line).and_then(|told| match &self.schemas {
            Some(schemas) => schemas.check_line(&line).map(|()| told),
            None => Ok(told),
        });
        match told {
            Ok(Told::Answer { id, answer }) => match self.out.remove(&id) {
                Some(_) => {
                    self.answers.insert(id, answer);
                }
                None => {
                    let what = format!("the adapter answers request {id}, which is not waiting");
                    return Err(self.garbage(what, "answer each request once, with its id").await);
                }
            },
            Ok(Told::Complaint(text)) => self.complaints.push(text),
            Ok(Told::Event(event)) if self.events.len() < EVENTS_MAX => {
                self.events.push_back(event)
            }
            Ok(Told::Event(_)) => {
                let what = format!("the adapter told more than {EVENTS_MAX} events at once");
                let hint = "an event is told once, when it happens";
                let trouble = Trouble::new(Kind::Flood, what, hint);
                return Err(self.gone(trouble).await);
            }
            Err(wrong) => {
                let shown = beginning(line.as_bytes());
                let what =
                    format!("line {number} of the adapter is not understood, {wrong}: {shown}");
                return Err(self.garbage(what, PROTOCOL).await);
            }
        }
        Ok(())
    }

    async fn garbage(&mut self, what: String, hint: &'static str) -> Trouble {
        self.gone(Trouble::new(Kind::Garbage, what, hint)).await
    }

    async fn died(&mut self) -> Trouble {
        let ended = self.process.as_ref().and_then(Process::ended);
        let how = process::told(ended.and_then(|ended| ended.status));
        let waiting = self.out.values().next().map(|op| format!(" while `{op}` was waiting"));
        let behind = ended.is_some_and(|ended| ended.left_behind);
        let (and, hint) = match behind {
            true => (", and left processes behind, which were killed", FOREGROUND),
            false => ("", "an adapter runs until it reads `bye` or the end of its standard input"),
        };
        let what = format!("the adapter ended with {how}{}{and}", waiting.unwrap_or_default());
        self.gone(Trouble::new(Kind::Died, what, hint)).await
    }

    /// It did not answer in time. What it says when its input ends tells whether it forgot to flush.
    async fn silent(&mut self, id: u64, within: Duration) -> Trouble {
        let op = self.out.get(&id).cloned().unwrap_or_default();
        let mut what = format!("the adapter did not answer `{op}` within {}", seconds(within));
        let mut hint = "answer each request within its within_ms: with an error of kind timeout at \
                        the latest";
        if let Some(process) = &mut self.process {
            process.close_stdin();
            let deadline = Instant::now() + Duration::from_secs(1);
            while let Ok(Some(heard)) = timeout_at(deadline, process.hear()).await {
                let Heard::Line(line) = heard else { continue };
                if matches!(Told::read(&line), Ok(Told::Answer { id: other, .. }) if other == id) {
                    what.push_str(", but wrote the answer when its input ended");
                    hint = "flush standard output after each line; a slow client needs \
                            --timeout-multiplier";
                }
            }
        }
        self.gone(Trouble::new(Kind::Silent, what, hint)).await
    }

    /// Ends the process after trouble, and tells what it wrote to standard error.
    async fn gone(&mut self, trouble: Trouble) -> Trouble {
        self.crashes += 1;
        let Some(mut process) = self.process.take() else { return trouble };
        process.end_gently().await;
        trouble.with_stderr(process.stderr().await)
    }

    /// How long the answer to an operation may take.
    fn within(&self, op: &str) -> Duration {
        self.stretched(match op {
            "hello" => self.options.hello_within,
            "provision" => self.options.provision_within,
            _ => self.options.within,
        })
    }

    fn stretched(&self, time: Duration) -> Duration {
        const DAY: Duration = Duration::from_secs(86_400);
        Duration::try_from_secs_f64(time.as_secs_f64() * self.options.timeout_multiplier)
            .unwrap_or(DAY)
            .min(DAY)
    }
}

const FOREGROUND: &str = "run the client in the foreground (exec), and wait for its children";
const HELLO: &str =
    r#"such as {"protocol": 1, "client": {"name": "mine"}, "capabilities": ["hub.d2c"]}"#;
const PROTOCOL: &str = "standard output is for the protocol alone, one JSON object a line: flush it \
                        after each, and log to standard error";

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
