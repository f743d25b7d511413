//! The check of an adapter: probes that catch it lying, and each capability seen on the wire.

mod capabilities;
mod place;

use std::{ffi::OsString, fmt};

use cloud::{Order, profile::ServerCertificate};
use serde_json::{Map, Value, json};
use wire::Packet;

use self::place::{Place, Proof, admits, packet, slug};
use super::{
    Adapter, Kind, Options, Trouble,
    capability::CAPABILITIES,
    protocol::{Answer, Case, Endpoint, FailureKind, Happened, Hello, Op},
};

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Checked {
    pub hello: Hello,
    pub findings: Vec<Finding>,
    /// Why it was not carried to its end.
    pub trouble: Option<Trouble>,
}

/// What came of one probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Such as `an unknown operation is unsupported`.
    pub what: String,
    pub outcome: Result<(), Wrong>,
}

/// What was not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub expected: String,
    pub actual: String,
    pub hint: &'static str,
}

impl Checked {
    /// How many probes failed.
    pub fn failed(&self) -> usize {
        self.findings.iter().filter(|finding| finding.outcome.is_err()).count()
    }
}

/// A line for each probe, and one for all.
impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let about = &self.hello.client;
        let words = [about.name.as_str(), about.version.as_str(), about.language.as_str()];
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        writeln!(f, "adapter of {}", words.join(" "))?;
        for Finding { what, outcome } in &self.findings {
            match outcome {
                Ok(()) => writeln!(f, "ok    {what}")?,
                Err(Wrong { expected, actual, hint }) => writeln!(
                    f,
                    "FAIL  {what}\n      expected: {expected}\n      actual:   {}\n      hint:     {hint}",
                    actual.replace('\n', "\n                ")
                )?,
            }
        }
        let (all, failed) = (self.findings.len(), self.failed());
        write!(f, "{} passed, {failed} failed", all - failed)
    }
}

/// Starts the adapter and checks it.
///
/// # Errors
/// When it does not start, or no mock can be started beside it.
pub async fn check(argv: Vec<OsString>, options: Options) -> Result<Checked, Trouble> {
    let place = Place::start().await.map_err(|why| {
        Trouble::new(Kind::NotStarted, format!("no mock can be started: {why}"), "free some ports")
    })?;
    let adapter = Adapter::start(argv, options).await?;
    let mut check = Check { place, adapter, findings: Vec::new() };
    let trouble = check.all().await.err();
    Ok(Checked { hello: check.adapter.hello().clone(), findings: check.findings, trouble })
}

/// Why a probe ends early: it failed, or nothing more can be asked.
enum Stop {
    Wrong(Wrong),
    Trouble(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

type Probe<T = ()> = Result<T, Stop>;

fn wrong(expected: impl Into<String>, actual: impl Into<String>, hint: &'static str) -> Stop {
    Stop::Wrong(Wrong { expected: expected.into(), actual: actual.into(), hint })
}

/// A check under way.
struct Check {
    place: Place,
    adapter: Adapter,
    findings: Vec<Finding>,
}

/// The connection of each case.
const CONN: &str = "c1";

impl Check {
    /// Everything, in order.
    async fn all(&mut self) -> Result<(), Trouble> {
        self.note("hello", Ok(()))?;
        let outcome = self.unknown_op().await;
        self.note("an unknown operation is unsupported", outcome)?;
        let outcome = self.unknown_capability().await;
        self.note("a case that needs an unknown capability is unsupported", outcome)?;
        let outcome = self.malformed().await;
        self.note("a line that is no JSON ends nothing", outcome)?;
        let Some(proof) = self.proof() else {
            let outcome = Err(wrong(
                "one of auth.sas_token, auth.sas_key and auth.x509",
                "none is declared",
                "auth.sas_token needs no more than a password",
            ));
            return self.note("there is a way to prove an identity", outcome);
        };
        let outcome = self.good(proof).await;
        let is_good = outcome.is_ok();
        self.note("it connects and disconnects, on the wire and in events", outcome)?;
        // What must not connect proves nothing about a client that cannot connect at all.
        if is_good {
            let outcome = self.closed(proof).await;
            self.note("a closed port is an error of kind network", outcome)?;
            for (shown, what) in [
                (ServerCertificate::UnknownAuthority, "a server of an unknown authority"),
                (ServerCertificate::WrongName, "a server that has another name"),
            ] {
                let outcome = self.distrusts(proof, shown).await;
                self.note(format!("{what} is an error of kind tls"), outcome)?;
            }
            let outcome = self.refused(proof).await;
            self.note("a refusal is an error of kind auth or refused", outcome)?;
            for capability in CAPABILITIES {
                let declared = self.adapter.can(capability.name);
                match declared {
                    true => {
                        let outcome = self.shows(capability.name, proof).await;
                        self.note(format!("{} {}", capability.name, capability.says), outcome)?;
                    }
                    false => {
                        for op in capability.ops {
                            let outcome = self.undeclared(op, proof).await;
                            let what = format!("{op} is unsupported, as {} is", capability.name);
                            self.note(what, outcome)?;
                        }
                    }
                }
            }
        }
        let outcome = self.adapter.bye().await.map_err(Stop::from);
        self.note("bye ends it within 2 s, with exit code 0 and nothing left behind", outcome)?;
        let outcome = self.hung_up().await;
        self.note("the end of its standard input ends it", outcome)
    }

    /// Puts down what came of a probe. Trouble with the process fails the probe alone, until there was
    /// too much of it.
    fn note(&mut self, what: impl Into<String>, outcome: Probe) -> Result<(), Trouble> {
        let mut hopeless = None;
        let news = self.adapter.stderr_since_last_look();
        let outcome = outcome.map_err(|stop| match stop {
            Stop::Wrong(mut wrong) => {
                wrong.actual += &last_words(&news);
                wrong
            }
            Stop::Trouble(trouble) => {
                let wrong = Wrong {
                    expected: "an adapter that goes on".to_owned(),
                    actual: format!("{}{}", trouble.what, last_words(&trouble.stderr)),
                    hint: trouble.hint,
                };
                hopeless = self.adapter.is_hopeless().then_some(trouble);
                wrong
            }
        });
        self.findings.push(Finding { what: what.into(), outcome });
        hopeless.map_or(Ok(()), Err)
    }

    /// The simplest way to prove an identity that is declared.
    fn proof(&self) -> Option<Proof> {
        [
            ("auth.sas_token", Proof::Token),
            ("auth.sas_key", Proof::Key),
            ("auth.x509", Proof::Certificate),
        ]
        .into_iter()
        .find_map(|(name, proof)| self.adapter.can(name).then_some(proof))
    }

    async fn unknown_op(&mut self) -> Probe {
        let op = format!("x-{}", slug());
        let answer = self.adapter.ask_by_name(&op, Map::new()).await?;
        unsupported(&answer, "the last branch of the loop answers `unsupported`")
    }

    async fn unknown_capability(&mut self) -> Probe {
        let answer = self.adapter.begin(case(&[&format!("x.{}", slug())])).await?;
        unsupported(&answer, "compare `requires` with the capabilities of hello")
    }

    async fn malformed(&mut self) -> Probe {
        self.adapter.write_raw(r#"{"id": 1, "op":"#);
        self.unknown_op().await
    }

    async fn good(&mut self, proof: Proof) -> Probe {
        let mark = self.place.mark();
        self.begin(&[]).await?;
        self.open(self.place.hub(proof)).await?;
        if self.place.sees(mark, |step| admits(step).then_some(())).await.is_none() {
            return Err(wrong(
                "a connection, as the answer to `open` says",
                "there is none on the wire",
                "answer `open` after CONNACK",
            ));
        }
        self.told("connected", |happened| matches!(happened, Happened::Connected { .. })).await?;
        self.ok(Op::Close { conn: CONN.to_owned() }).await?;
        let is_disconnect = |packet: &Packet| matches!(packet, Packet::Disconnect(_));
        let disconnects =
            |step: &cloud::Step| packet(step).filter(|it| is_disconnect(it)).map(drop);
        if self.place.sees(mark, disconnects).await.is_none() {
            return Err(wrong(
                "a DISCONNECT, as the answer to `close` says",
                "there is none on the wire",
                "close the connection in the library's orderly way",
            ));
        }
        self.told("disconnected", |it| matches!(it, Happened::Disconnected { .. })).await?;
        self.end().await
    }

    async fn closed(&mut self, proof: Proof) -> Probe {
        let endpoint = self.place.closed(self.place.hub(proof));
        self.fails(endpoint, &[FailureKind::Network]).await
    }

    async fn distrusts(&mut self, proof: Proof, shown: ServerCertificate) -> Probe {
        // The answer says what is shown now, which is known.
        let _ = self.place.mock.order(Order::ShowCertificate(shown)).await;
        let endpoint = self.place.hub(proof);
        let outcome = self.fails(endpoint, &[FailureKind::Tls]).await;
        let right = Order::ShowCertificate(ServerCertificate::Right);
        let _ = self.place.mock.order(right).await;
        outcome
    }

    async fn refused(&mut self, proof: Proof) -> Probe {
        let endpoint = match proof {
            // Nobody has that device.
            Proof::Certificate => Endpoint {
                identity: super::protocol::Identity::Hub {
                    device_id: slug(),
                    module_id: None,
                    api_version: "2021-04-12".to_owned(),
                },
                ..self.place.hub(proof)
            },
            _ => Endpoint { auth: self.place.auth(proof, "wrong"), ..self.place.hub(proof) },
        };
        self.fails(endpoint, &[FailureKind::Auth, FailureKind::Refused]).await
    }

    /// That `open` fails in one of these ways.
    async fn fails(&mut self, endpoint: Endpoint, kinds: &[FailureKind]) -> Probe {
        self.begin(&[]).await?;
        let answer = self.adapter.open(CONN, endpoint).await?;
        let is_right = matches!(&answer, Answer::Error(failure) if kinds.contains(&failure.kind));
        if is_right {
            return self.end().await;
        }
        let kinds: Vec<String> = kinds.iter().map(ToString::to_string).collect();
        let hint = match &answer {
            Answer::Ok(_) if kinds == ["tls"] => {
                "verify the server's certificate and its name: trust tls.ca_pem and nothing else"
            }
            Answer::Ok(_) => "answer `open` after CONNACK, not before",
            _ => "map the library's errors to the kinds of the protocol",
        };
        let _ = self.end().await;
        Err(wrong(format!("error {}", kinds.join(" or ")), answer.to_string(), hint))
    }

    /// That an operation of a capability that is not declared is not done either.
    async fn undeclared(&mut self, op: &str, proof: Proof) -> Probe {
        self.begin(&[]).await?;
        self.open(self.place.hub(proof)).await?;
        let args: Map<String, Value> = arguments(op);
        let answer = self.adapter.ask_by_name(op, args).await?;
        let outcome =
            unsupported(&answer, "declare the capability in hello, or refuse the operation");
        self.end().await.and(outcome)
    }

    async fn hung_up(&mut self) -> Probe {
        // `bye` has ended the process before: whatever is asked starts another.
        self.adapter.begin(case(&[])).await?;
        Ok(self.adapter.hang_up().await?)
    }

    async fn begin(&mut self, requires: &[&str]) -> Probe {
        self.begin_with(case(requires)).await
    }

    async fn begin_with(&mut self, case: Case) -> Probe {
        match self.adapter.begin(case).await? {
            Answer::Ok(_) => Ok(()),
            other => Err(wrong(
                "ok to `begin`",
                other.to_string(),
                "a case that needs what hello declares can begin",
            )),
        }
    }

    async fn open(&mut self, endpoint: Endpoint) -> Probe {
        match self.adapter.open(CONN, endpoint).await? {
            Answer::Ok(_) => Ok(()),
            other => Err(wrong(
                "ok to `open`",
                other.to_string(),
                "`error` with a stack trace in detail",
            )),
        }
    }

    /// The end of a case, whatever came of it.
    async fn end(&mut self) -> Probe {
        match self.adapter.end().await? {
            Answer::Ok(_) => Ok(()),
            other => {
                Err(wrong("ok to `end`", other.to_string(), "`end` closes what is still open"))
            }
        }
    }

    /// Asks for what the adapter can do.
    async fn ok(&mut self, op: Op) -> Probe<Value> {
        let name = op.parts().0;
        match self.adapter.ask(op).await? {
            Answer::Ok(value) => Ok(value),
            other => {
                Err(wrong(format!("ok to `{name}`"), other.to_string(), "declare only what works"))
            }
        }
    }

    /// Waits for an event.
    async fn told(&mut self, name: &str, is_it: impl Fn(&Happened) -> bool) -> Probe<Happened> {
        match self.adapter.event(|event| is_it(&event.happened)).await? {
            Some(event) => Ok(event.happened),
            None => Err(wrong(
                format!("an event `{name}`"),
                "it was not told in time",
                "tell each event at once, from the library's callback, and flush",
            )),
        }
    }
}

/// The end of what was written to standard error.
fn last_words(stderr: &[String]) -> String {
    const LINES: usize = 5;
    let last = &stderr[stderr.len().saturating_sub(LINES)..];
    last.iter().map(|line| format!("\n| {line}")).collect()
}

fn unsupported(answer: &Answer, hint: &'static str) -> Probe {
    match answer {
        Answer::Unsupported(_) => Ok(()),
        other => Err(wrong("unsupported", other.to_string(), hint)),
    }
}

fn case(requires: &[&str]) -> Case {
    Case {
        case: slug(),
        seed: 1,
        requires: requires.iter().map(|&name| name.to_owned()).collect(),
        ..Case::default()
    }
}

/// Arguments with which an operation could be done.
fn arguments(op: &str) -> Map<String, Value> {
    let args = match op {
        "telemetry" => json!({"conn": CONN, "payload": "x", "properties": {}, "qos": 1}),
        "c2d_settle" => json!({"conn": CONN, "message": "1", "outcome": "complete"}),
        "twin_report" => json!({"conn": CONN, "patch": {"x": 1}}),
        "method_reply" => json!({"conn": CONN, "call": "1", "status": 200, "payload": null}),
        "publish" => {
            json!({"conn": CONN, "topic": "x", "payload": "x", "qos": 0, "retain": false})
        }
        "subscribe" => json!({"conn": CONN, "filter": "x", "qos": 0}),
        "unsubscribe" => json!({"conn": CONN, "filter": "x"}),
        "rotate" => json!({"conn": CONN, "auth": {"x509": {}}}),
        "clock_advance" => json!({"ms": 1}),
        "next_timer" => json!({}),
        _ => json!({"conn": CONN}),
    };
    args.as_object().cloned().unwrap_or_default()
}
