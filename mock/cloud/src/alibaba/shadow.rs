//! A device shadow: what a device last reported and what it is wished to become, under a version that
//! only grows (ALI-OPEN-116).

use serde_json::{Map, Value, json};

use crate::time::Time;

/// What a shadow may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Of the JSON text.
    pub(crate) bytes: usize,
    /// Objects and arrays within each other, `state` aside.
    pub(crate) levels: usize,
    /// Attributes, at whatever level.
    pub(crate) attributes: usize,
}

/// Why a shadow refuses a request, by the vendor's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No JSON object, or one too long or too deep.
    Format,
    NoMethod,
    NoState,
    /// The version is absent, or no number.
    Version,
    NoReported,
    EmptyReported,
    Method,
    /// There is nothing to show or to delete.
    Empty,
    TooMany,
    /// The version is not above that of the shadow.
    Conflict,
}

impl Refusal {
    /// The vendor's number and words of our own.
    pub(crate) const fn code(self) -> (u16, &'static str) {
        match self {
            Self::Format => (400, "no JSON object, too long or too deep"),
            Self::NoMethod => (401, "`method` is missing"),
            Self::NoState => (402, "`state` is missing"),
            Self::Version => (403, "`version` is no number"),
            Self::NoReported => (404, "`reported` is missing in `state`"),
            Self::EmptyReported => (405, "`reported` is empty"),
            Self::Method => (406, "`method` is not update, get or delete"),
            Self::Empty => (407, "the shadow is empty"),
            Self::TooMany => (408, "`reported` has too many attributes"),
            Self::Conflict => (409, "the version is not above that of the shadow"),
        }
    }
}

/// One shadow. An empty one has version 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Shadow {
    reported: Section,
    desired: Section,
    version: u64,
    written_at_s: u64,
}

/// One half of a state, and when each of its attributes was written.
#[derive(Clone, Debug, Default, PartialEq)]
struct Section {
    state: Map<String, Value>,
    metadata: Map<String, Value>,
}

impl Section {
    fn put(&mut self, attributes: &Map<String, Value>, now_s: u64) {
        for (name, value) in attributes {
            self.state.insert(name.clone(), value.clone());
            self.metadata.insert(name.clone(), json!({ "timestamp": now_s }));
        }
    }

    /// Takes out what is named with `"null"`.
    fn remove(&mut self, attributes: &Map<String, Value>) {
        for (name, _) in attributes.iter().filter(|(_, value)| is_null(value)) {
            self.state.remove(name);
            self.metadata.remove(name);
        }
    }
}

impl Shadow {
    /// What a device asks for: `update`, `get` or `delete`. The answer is what its reply carries.
    ///
    /// # Errors
    /// As the vendor's codes have them; the shadow is unchanged.
    pub(crate) fn ask(
        &mut self,
        payload: &[u8],
        limits: Limits,
        now: Time,
    ) -> Result<Value, Refusal> {
        let request = object(payload, limits)?;
        match request.get("method").and_then(Value::as_str).ok_or(Refusal::NoMethod)? {
            "update" => self.update(&request, limits, now),
            "delete" => self.delete(&request, now),
            "get" if self.is_empty() => Err(Refusal::Empty),
            "get" => {
                let (state, metadata) = self.halves();
                Ok(json!({"status": "success", "state": state, "metadata": metadata}))
            }
            _ => Err(Refusal::Method),
        }
    }

    /// What the business server wishes: `update` of `state.desired`.
    ///
    /// # Errors
    /// As [`Shadow::ask`], with `desired` for `reported`.
    pub(crate) fn desire(
        &mut self,
        message: &str,
        limits: Limits,
        now: Time,
    ) -> Result<(), Refusal> {
        let request = object(message.as_bytes(), limits)?;
        match request.get("method").and_then(Value::as_str).ok_or(Refusal::NoMethod)? {
            "update" => {}
            _ => return Err(Refusal::Method),
        }
        let state = request.get("state").and_then(Value::as_object).ok_or(Refusal::NoState)?;
        let desired = state.get("desired").ok_or(Refusal::NoReported)?;
        let version = self.next_version(&request)?;
        match desired {
            Value::Object(attributes) if attributes.is_empty() => {
                return Err(Refusal::EmptyReported);
            }
            Value::Object(attributes) => {
                let mut section = self.desired.clone();
                section.put(attributes, now.s());
                section.remove(attributes);
                if count(&section.state) > limits.attributes {
                    return Err(Refusal::TooMany);
                }
                self.begin(version, now);
                self.desired = section;
            }
            wiped if is_null(wiped) => {
                self.begin(version, now);
                self.desired = Section::default();
            }
            _ => return Err(Refusal::NoReported),
        }
        Ok(())
    }

    /// The message that tells a device what it is wished to become.
    pub(crate) fn control(&self, now: Time) -> Value {
        let (state, metadata) = self.halves();
        json!({
            "method": "control",
            "payload": {"status": "success", "state": state, "metadata": metadata},
            "version": self.version,
            "timestamp": now.s(),
        })
    }

    /// The whole document, as the business server reads it.
    pub(crate) fn document(&self) -> Value {
        let (state, metadata) = self.halves();
        json!({
            "state": state,
            "metadata": metadata,
            "timestamp": self.written_at_s,
            "version": self.version,
        })
    }

    fn update(
        &mut self,
        request: &Map<String, Value>,
        limits: Limits,
        now: Time,
    ) -> Result<Value, Refusal> {
        let state = request.get("state").and_then(Value::as_object).ok_or(Refusal::NoState)?;
        let fulfilled = state.get("desired").is_some_and(is_null);
        let version = self.next_version(request)?;
        let mut reported =
            if version.is_none() { Section::default() } else { self.reported.clone() };
        match state.get("reported") {
            Some(Value::Object(attributes)) if attributes.is_empty() => {
                return Err(Refusal::EmptyReported);
            }
            Some(Value::Object(attributes)) => reported.put(attributes, now.s()),
            Some(wiped) if is_null(wiped) => reported = Section::default(),
            Some(_) => return Err(Refusal::EmptyReported),
            None if fulfilled => {}
            None => return Err(Refusal::NoReported),
        }
        if count(&reported.state) > limits.attributes {
            return Err(Refusal::TooMany);
        }
        self.begin(version, now);
        self.reported = reported;
        if fulfilled {
            self.desired = Section::default();
        }
        Ok(self.done())
    }

    fn delete(&mut self, request: &Map<String, Value>, now: Time) -> Result<Value, Refusal> {
        let state = request.get("state").and_then(Value::as_object).ok_or(Refusal::NoState)?;
        let reported = state.get("reported").ok_or(Refusal::NoReported)?;
        let version = self.next_version(request)?;
        if self.is_empty() {
            return Err(Refusal::Empty);
        }
        match reported {
            Value::Object(attributes) if attributes.values().any(is_null) => {
                self.begin(version, now);
                self.reported.remove(attributes);
            }
            wiped if is_null(wiped) => {
                self.begin(version, now);
                self.reported = Section::default();
            }
            _ => return Err(Refusal::EmptyReported),
        }
        Ok(self.done())
    }

    /// The version that a request brings; none for -1, which starts the shadow anew.
    fn next_version(&self, request: &Map<String, Value>) -> Result<Option<u64>, Refusal> {
        let version = request.get("version").ok_or(Refusal::Version)?;
        match (version.as_u64(), version.as_i64()) {
            (Some(version), _) if version > self.version => Ok(Some(version)),
            (Some(_), _) => Err(Refusal::Conflict),
            (None, Some(-1)) => Ok(None),
            (None, Some(_)) => Err(Refusal::Conflict),
            (None, None) => Err(Refusal::Version),
        }
    }

    fn begin(&mut self, version: Option<u64>, now: Time) {
        if version.is_none() {
            *self = Self::default();
        }
        self.version = version.unwrap_or(0);
        self.written_at_s = now.s();
    }

    fn done(&self) -> Value {
        json!({"status": "success", "version": self.version})
    }

    fn is_empty(&self) -> bool {
        self.reported.state.is_empty() && self.desired.state.is_empty()
    }

    /// States and their metadata; a half without attributes is left out.
    fn halves(&self) -> (Value, Value) {
        let (mut state, mut metadata) = (Map::new(), Map::new());
        for (name, section) in [("reported", &self.reported), ("desired", &self.desired)] {
            if !section.state.is_empty() {
                state.insert(name.to_owned(), section.state.clone().into());
                metadata.insert(name.to_owned(), section.metadata.clone().into());
            }
        }
        (state.into(), metadata.into())
    }
}

/// What is sent to the device for what came of its request. A `get` tells the version beside the payload.
pub(crate) fn reply(outcome: &Result<Value, Refusal>, shadow: &Shadow, now: Time) -> Value {
    match outcome {
        Ok(payload) if payload.get("state").is_some() => json!({
            "method": "reply",
            "payload": payload,
            "version": shadow.version,
            "timestamp": now.s(),
        }),
        Ok(payload) => json!({"method": "reply", "payload": payload, "timestamp": now.s()}),
        Err(refusal) => {
            let (code, message) = refusal.code();
            let content = json!({"errorcode": code.to_string(), "errormessage": message});
            json!({
                "method": "reply",
                "payload": {"status": "error", "content": content},
                "timestamp": now.s(),
            })
        }
    }
}

fn object(payload: &[u8], limits: Limits) -> Result<Map<String, Value>, Refusal> {
    if payload.len() > limits.bytes {
        return Err(Refusal::Format);
    }
    let Ok(Value::Object(request)) = serde_json::from_slice(payload) else {
        return Err(Refusal::Format);
    };
    let halves = request.get("state").and_then(Value::as_object).into_iter().flatten();
    let deepest = halves.map(|(_, half)| depth(half)).max().unwrap_or(0);
    if deepest > limits.levels { Err(Refusal::Format) } else { Ok(request) }
}

/// The vendor writes the word; the value means the same.
fn is_null(value: &Value) -> bool {
    value.is_null() || value == "null"
}

fn depth(value: &Value) -> usize {
    match value {
        Value::Object(members) => 1 + members.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

fn count(members: &Map<String, Value>) -> usize {
    members.values().map(|value| 1 + value.as_object().map_or(0, count)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { bytes: 16_384, levels: 5, attributes: 128 };
    const NOW: Time = Time::from_s(1_469_564_492);

    fn red() -> Shadow {
        let mut shadow = Shadow::default();
        let update = r#"{"method":"update","state":{"reported":{"color":"red"}},"version":1}"#;
        let done = shadow.ask(update.as_bytes(), LIMITS, NOW);
        assert_eq!(done, Ok(json!({"status": "success", "version": 1})));
        shadow
    }

    #[test]
    fn each_mistake_has_its_code_and_changes_nothing() {
        let many: Map<String, Value> = (0..128).map(|n| (format!("a{n}"), json!(n))).collect();
        let many = json!({"method": "update", "state": {"reported": many}, "version": 2});
        let deep = r#"{"method":"update","state":{"reported":{"a":[[[[[1]]]]]}},"version":2}"#;
        for (payload, refusal) in [
            ("", Refusal::Format),
            ("[]", Refusal::Format),
            (deep, Refusal::Format),
            (&format!(r#"{{"method":"get","x":"{}"}}"#, "x".repeat(16_384)), Refusal::Format),
            ("{}", Refusal::NoMethod),
            (r#"{"method":"put"}"#, Refusal::Method),
            (r#"{"method":"update","version":2}"#, Refusal::NoState),
            (r#"{"method":"delete","version":2}"#, Refusal::NoState),
            (r#"{"method":"update","state":{"reported":{"a":1}}}"#, Refusal::Version),
            (r#"{"method":"update","state":{"reported":{"a":1}},"version":"2"}"#, Refusal::Version),
            (r#"{"method":"update","state":{},"version":2}"#, Refusal::NoReported),
            (r#"{"method":"delete","state":{},"version":2}"#, Refusal::NoReported),
            (r#"{"method":"update","state":{"reported":{}},"version":2}"#, Refusal::EmptyReported),
            (r#"{"method":"delete","state":{"reported":1},"version":2}"#, Refusal::EmptyReported),
            (&many.to_string(), Refusal::TooMany),
            (
                r#"{"method":"update","state":{"reported":{"color":"blue"}},"version":1}"#,
                Refusal::Conflict,
            ),
            (r#"{"method":"update","state":{"reported":{"a":1}},"version":-2}"#, Refusal::Conflict),
        ] {
            let mut shadow = red();
            assert_eq!(shadow.ask(payload.as_bytes(), LIMITS, NOW), Err(refusal), "{payload}");
            assert_eq!(shadow, red(), "{payload}");
        }
        let empty = Shadow::default().ask(br#"{"method":"get"}"#, LIMITS, NOW);
        assert_eq!(empty, Err(Refusal::Empty));
    }

    #[test]
    fn what_is_just_within_the_limits_is_taken() {
        let many: Map<String, Value> = (0..128).map(|n| (format!("a{n}"), json!(n))).collect();
        let many = json!({"method": "update", "state": {"reported": many}, "version": 1});
        let deep = r#"{"method":"update","state":{"reported":{"a":[[[[1]]]]}},"version":1}"#;
        for payload in [many.to_string(), deep.to_owned()] {
            assert!(Shadow::default().ask(payload.as_bytes(), LIMITS, NOW).is_ok(), "{payload}");
        }
    }

    #[test]
    fn a_wish_is_told_and_gone_once_it_is_fulfilled() {
        let mut shadow = red();
        let wish = r#"{"method":"update","state":{"desired":{"color":"green"}},"version":2}"#;
        let later = NOW.plus_s(1);
        assert_eq!(shadow.desire(wish, LIMITS, later), Ok(()));
        assert_eq!(shadow.desire(wish, LIMITS, later), Err(Refusal::Conflict));
        let control = json!({
            "method": "control",
            "payload": {
                "status": "success",
                "state": {"reported": {"color": "red"}, "desired": {"color": "green"}},
                "metadata": {
                    "reported": {"color": {"timestamp": NOW.s()}},
                    "desired": {"color": {"timestamp": later.s()}},
                },
            },
            "version": 2,
            "timestamp": later.s(),
        });
        assert_eq!(shadow.control(later), control);

        let done = br#"{"method":"update","state":{"desired":"null"},"version":3}"#;
        assert!(shadow.ask(done, LIMITS, later).is_ok());
        let got = shadow.ask(br#"{"method":"get"}"#, LIMITS, later);
        let reply = reply(&got, &shadow, later);
        assert_eq!(reply["payload"]["state"], json!({"reported": {"color": "red"}}));
        assert_eq!(reply["version"], 3);
    }

    #[test]
    fn attributes_and_halves_are_deleted_by_the_word_null() {
        for (reported, left) in [
            (json!({"color": "null"}), json!({"reported": {"size": 1}})),
            (json!("null"), json!({})),
            (Value::Null, json!({})),
        ] {
            let mut shadow = red();
            let more = br#"{"method":"update","state":{"reported":{"size":1}},"version":2}"#;
            assert!(shadow.ask(more, LIMITS, NOW).is_ok());
            let delete = json!({"method": "delete", "state": {"reported": reported}, "version": 3});
            assert!(shadow.ask(delete.to_string().as_bytes(), LIMITS, NOW).is_ok());
            assert_eq!(shadow.document()["state"], left);
        }
    }

    #[test]
    fn minus_one_starts_anew() {
        let mut shadow = red();
        let update = br#"{"method":"update","state":{"reported":{"size":1}},"version":-1}"#;
        let done = shadow.ask(update, LIMITS, NOW);
        assert_eq!(done, Ok(json!({"status": "success", "version": 0})));
        assert_eq!(shadow.document()["state"], json!({"reported": {"size": 1}}));
    }

    #[test]
    fn a_refusal_is_told_by_code_and_words() {
        let shadow = red();
        let told = reply(&Err(Refusal::Conflict), &shadow, NOW);
        let content = json!({
            "errorcode": "409",
            "errormessage": "the version is not above that of the shadow",
        });
        assert_eq!(told["payload"], json!({"status": "error", "content": content}));
        assert_eq!(told["method"], "reply");
    }
}
