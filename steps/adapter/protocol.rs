//! The adapter protocol, version 1: one JSON object a line. What the harness asks, and what an adapter
//! answers and tells. `schema/*.json` says the same to other languages.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The one version that there is so far.
pub const VERSION: u32 = 1;

/// The longest line either side may send, in bytes, its line feed included.
pub const LINE_BYTES_MAX: usize = 1024 * 1024;

/// A request as it goes over the line: `{"id": 7, "op": "close", "args": {"conn": "c1"}, "within_ms": 5000}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The answer carries the same.
    pub id: u64,
    pub op: String,
    pub args: Map<String, Value>,
    /// Wall time after which the harness gives the adapter up, in milliseconds.
    pub within_ms: u64,
}

/// What an adapter can be asked, by intention and not by packet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", content = "args", rename_all = "snake_case")]
pub enum Op {
    /// The first request. Answer: [`Hello`].
    Hello {
        protocol: Vec<u32>,
        harness: String,
    },
    /// A case begins. `unsupported` when the adapter lacks something that the case requires.
    Begin(Case),
    /// Connect, and subscribe to what the requirements of the case need. Answer once that is done.
    Open {
        conn: String,
        endpoint: Box<Endpoint>,
    },
    /// An orderly DISCONNECT.
    Close {
        conn: String,
    },
    /// Cut the socket without a word.
    Drop {
        conn: String,
    },
    /// Answer once the message is acknowledged, or sent at QoS 0.
    Publish {
        conn: String,
        topic: String,
        #[serde(flatten)]
        payload: Payload,
        qos: u8,
        #[serde(default)]
        retain: bool,
    },
    Subscribe {
        conn: String,
        filter: String,
        qos: u8,
    },
    Unsubscribe {
        conn: String,
        filter: String,
    },
    /// A device-to-cloud message; answer as for `publish`.
    Telemetry {
        conn: String,
        #[serde(flatten)]
        payload: Payload,
        properties: BTreeMap<String, String>,
        qos: u8,
    },
    /// Answer: `{"twin": {"desired": …, "reported": …}}`.
    TwinGet {
        conn: String,
    },
    /// Merge this into the reported properties; answer once the hub has taken it.
    TwinReport {
        conn: String,
        patch: Value,
    },
    /// Answer a method call that a `method` event told.
    MethodReply {
        conn: String,
        call: String,
        status: i32,
        payload: Value,
    },
    /// Settle a message that a `message` event told.
    C2dSettle {
        conn: String,
        message: String,
        outcome: Settlement,
    },
    /// Register at the DPS instance. Answer: [`Assigned`].
    Provision {
        conn: String,
    },
    /// Prove the identity otherwise from now on.
    Rotate {
        conn: String,
        auth: Auth,
    },
    /// Let the adapter's own clock jump; answer once every timer that is due has run.
    ClockAdvance {
        ms: u64,
    },
    /// When the next timer of the adapter is due. Answer: `{"ms": 1500}`, or `{"ms": null}`.
    NextTimer {},
    /// Forget the case and end its connections.
    End {},
    /// End with exit code 0.
    Bye {},
}

impl Op {
    /// The name and the arguments of the operation, as a request carries them.
    pub fn parts(&self) -> (String, Map<String, Value>) {
        let mut told = match serde_json::to_value(self) {
            Ok(Value::Object(told)) => told,
            // Every operation has a tag, so that it is an object.
            _ => Map::new(),
        };
        let args = match told.remove("args") {
            Some(Value::Object(args)) => args,
            _ => Map::new(),
        };
        let name = told.get("op").and_then(Value::as_str).unwrap_or_default().to_owned();
        (name, args)
    }
}

/// Text as `payload`, anything else in base64 as `payload_b64`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Payload {
    #[serde(rename = "payload")]
    Text(String),
    #[serde(rename = "payload_b64")]
    Base64(String),
}

impl Payload {
    /// As text where the bytes are UTF-8.
    pub fn of(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Base64(STANDARD.encode(bytes)),
        }
    }

    /// `None` when it is no base64.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        match self {
            Self::Text(text) => Some(text.clone().into_bytes()),
            Self::Base64(text) => STANDARD.decode(text).ok(),
        }
    }
}

/// A case. It tells neither what is tested nor what is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// A random word.
    pub case: String,
    pub seed: u64,
    /// The capabilities that it will use.
    pub requires: Vec<String>,
    /// The names of the methods that the application is to have, for libraries that must know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<String>,
    pub clock: CaseClock,
}

/// Whose time the client lives in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseClock {
    #[default]
    Wall,
    /// Time moves by `clock_advance` alone.
    Adapter,
}

/// Where to connect, as whom, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// The name of the hub, for SNI, user names and topics.
    pub host: String,
    /// What to dial: a gateway in front of that host.
    pub addr: String,
    pub port: u16,
    pub transport: Transport,
    pub mqtt: MqttVersion,
    pub tls: TlsTerms,
    #[serde(flatten)]
    pub identity: Identity,
    pub auth: Auth,
    /// The library's own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keepalive_s: Option<u16>,
    /// The library's own where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clean: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub will: Option<Will>,
    pub retry: Retry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transport {
    Tcp,
    Ws,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MqttVersion {
    #[serde(rename = "3.1.1")]
    V311,
    #[serde(rename = "5")]
    V5,
}

/// Whom to trust, what to show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TlsTerms {
    /// These roots, and no others.
    pub ca_pem: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_cert_pem: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key_pem: Option<String>,
}

/// Who connects to what kind of cloud.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dialect", content = "identity")]
pub enum Identity {
    #[serde(rename = "azure-iothub")]
    Hub {
        device_id: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        module_id: Option<String>,
        api_version: String,
    },
    #[serde(rename = "azure-dps")]
    Dps { id_scope: String, registration_id: String, api_version: String },
}

/// How the identity is proven.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Auth {
    /// A key in base64, with which the client signs its own tokens.
    SasKey(String),
    /// A token, for libraries that know nothing of the vendor.
    SasToken(String),
    /// The certificate of [`TlsTerms`].
    X509 {},
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Will {
    pub topic: String,
    #[serde(flatten)]
    pub payload: Payload,
    pub qos: u8,
    #[serde(default)]
    pub retain: bool,
}

/// What happens when the connection is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retry {
    /// What the library does by itself.
    Library,
    /// Nothing.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    Complete,
    Reject,
    Abandon,
}

/// What an adapter says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    pub protocol: u32,
    pub client: About,
    /// Such as `hub.d2c`; [`CAPABILITIES`](super::capability::CAPABILITIES) lists them.
    pub capabilities: Vec<String>,
    /// Whether one process can take case after case.
    #[serde(default)]
    pub reuse: bool,
    /// What the client cannot do, however correct it is.
    #[serde(default)]
    pub limits: Limits,
}

/// Who the client is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub name: String,
    #[serde(default)]
    pub version: String,
    #[serde(default)]
    pub language: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub license: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Limits {
    /// At once.
    pub connections: u32,
    /// The longest payload, in bytes.
    pub max_payload: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connections: 1, max_payload: 262_144 }
    }
}

/// Where a DPS instance sent the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    pub assigned_hub: String,
    pub device_id: String,
}

/// The answer to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// With what was asked for.
    Ok(Value),
    /// The client cannot do this, which is no fault.
    Unsupported(Unsupported),
    /// It was tried and did not come about. Where a refusal is expected, this is as good as `ok`.
    Error(Failure),
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ok(value) => write!(f, "ok {value}"),
            Self::Unsupported(it) => write!(f, "unsupported {}", it.what),
            Self::Error(it) => write!(f, "error {}: {}", it.kind, it.message),
        }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsupported {
    pub what: String,
    /// Where somebody works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    #[serde(default)]
    pub message: String,
    /// The code by which the server refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Such as a stack trace, up to 4 KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// What kind of failure it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureKind {
    /// The server said no.
    Refused,
    Tls,
    Auth,
    Network,
    Timeout,
    Protocol,
    /// The client library rejects the arguments.
    Usage,
    /// A bug of the adapter.
    Internal,
}

impl fmt::Display for FailureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refused => "refused",
            Self::Tls => "tls",
            Self::Auth => "auth",
            Self::Network => "network",
            Self::Timeout => "timeout",
            Self::Protocol => "protocol",
            Self::Usage => "usage",
            Self::Internal => "internal",
        })
    }
}

/// Something that happened at the client, told without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    #[serde(default)]
    pub conn: String,
    /// The adapter's own monotonic clock, in milliseconds. No verdict follows from it.
    #[serde(default)]
    pub t: f64,
    #[serde(flatten)]
    pub happened: Happened,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Happened {
    Connected {
        #[serde(default)]
        session_present: bool,
    },
    Disconnected {
        #[serde(default)]
        by: String,
        #[serde(default)]
        reason: String,
    },
    /// A message reached the application.
    Message {
        /// `c2d`, or `raw` for a plain subscription.
        kind: String,
        /// What `c2d_settle` names it by.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<String>,
        #[serde(default)]
        topic: String,
        #[serde(flatten)]
        payload: Payload,
        #[serde(default)]
        properties: BTreeMap<String, Option<String>>,
    },
    /// Desired properties changed.
    Desired {
        #[serde(default)]
        version: u64,
        patch: Value,
    },
    /// The cloud calls a method, which `method_reply` answers.
    Method { call: String, name: String, payload: Value },
    /// What the request with this id sent was acknowledged.
    Acked { of: u64 },
    /// The client made itself a token.
    Token { expires_in_s: u64 },
    /// Something newer than this harness.
    #[serde(other)]
    Unknown,
}

/// One line of an adapter.
#[derive(Clone, Debug, PartialEq)]
pub enum Told {
    Answer {
        id: u64,
        answer: Answer,
    },
    /// To a line without an id that could be read.
    Complaint(String),
    Event(Event),
}

impl Told {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence without a full stop.
    pub fn read(line: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(line).map_err(|_| "it is not JSON".to_owned())?;
        let Value::Object(mut fields) = value else {
            return Err("it is JSON, but no object".to_owned());
        };
        if fields.contains_key("event") {
            let event = serde_json::from_value(Value::Object(fields));
            return event.map(Self::Event).map_err(|error| format!("its event is wrong: {error}"));
        }
        let kinds = ["ok", "unsupported", "error"].map(|kind| (kind, fields.remove(kind)));
        let mut given = kinds.into_iter().filter_map(|(kind, value)| Some((kind, value?)));
        let Some((kind, value)) = given.next() else {
            return Err(
                "it is neither an answer (ok, unsupported or error) nor an event".to_owned()
            );
        };
        if let Some((other, _)) = given.next() {
            return Err(format!("it answers both {kind} and {other}"));
        }
        let answer =
            serde_json::from_value(Value::Object(Map::from_iter([(kind.to_owned(), value)])))
                .map_err(|error| format!("its {kind} is wrong: {error}"))?;
        match fields.get("id") {
            Some(Value::Null) => Ok(Self::Complaint(format!("{answer}"))),
            Some(id) => match id.as_u64() {
                Some(id) => Ok(Self::Answer { id, answer }),
                None => Err(format!("its id is {id}, and was never asked")),
            },
            None => Err("it is an answer without an id".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_or_it_is_said_what_is_wrong_with_them() {
        for (line, told) in [
            (r#"{"id": 7, "ok": {}}"#, Ok("7 ok {}")),
            (r#"{"id": 7, "ok": null}"#, Ok("7 ok null")),
            (r#"{"id": 7, "ok": {}, "new": 1}"#, Ok("7 ok {}")),
            (r#"{"id": 7, "unsupported": {"what": "qos2"}}"#, Ok("7 unsupported qos2")),
            (r#"{"id": 7, "error": {"kind": "tls", "message": "no"}}"#, Ok("7 error tls: no")),
            (r#"{"id": null, "error": {"kind": "protocol"}}"#, Ok("error protocol: ")),
            (r#"{"event": "acked", "conn": "c1", "t": 1.5, "of": 3}"#, Ok("c1 Acked { of: 3 }")),
            (r#"{"event": "overheard", "x": 1}"#, Ok(" Unknown")),
            ("connected!", Err("it is not JSON")),
            ("[1]", Err("it is JSON, but no object")),
            ("{}", Err("it is neither an answer (ok, unsupported or error) nor an event")),
            (r#"{"id": 1, "ok": {}, "error": {}}"#, Err("it answers both ok and error")),
            (r#"{"ok": {}}"#, Err("it is an answer without an id")),
            (r#"{"id": "x", "ok": {}}"#, Err(r#"its id is "x", and was never asked"#)),
            (
                r#"{"id": 1, "error": {"message": "no"}}"#,
                Err("its error is wrong: missing field `kind`"),
            ),
            (
                r#"{"event": "method", "name": "reboot"}"#,
                Err("its event is wrong: missing field `call`"),
            ),
        ] {
            let read = Told::read(line).map(|told| match told {
                Told::Answer { id, answer } => format!("{id} {answer}"),
                Told::Complaint(text) => text,
                Told::Event(event) => format!("{} {:?}", event.conn, event.happened),
            });
            assert_eq!(read.as_deref().map_err(String::as_str), told, "{line}");
        }
    }

    #[test]
    fn an_operation_is_a_name_and_arguments() {
        let telemetry = Op::Telemetry {
            conn: "c1".to_owned(),
            payload: Payload::of(&[0xff]),
            properties: BTreeMap::new(),
            qos: 1,
        };
        let wanted = r#"{"conn":"c1","payload_b64":"/w==","properties":{},"qos":1}"#;
        for (op, name, args) in [
            (Op::Bye {}, "bye", "{}"),
            (telemetry, "telemetry", wanted),
            (Op::ClockAdvance { ms: 5 }, "clock_advance", r#"{"ms":5}"#),
        ] {
            let (told, with) = op.parts();
            assert_eq!((told.as_str(), Value::Object(with).to_string()), (name, args.to_owned()));
        }
    }
}
