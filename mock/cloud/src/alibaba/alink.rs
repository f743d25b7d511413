//! Alink, the JSON in which devices and the platform speak of things (ALI-OPEN-110 to -113).

use serde_json::{Value, json};

use crate::time::Time;

/// A number and its text, as replies tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) u16, pub(crate) &'static str);

pub(crate) const SUCCESS: Code = Code(200, "success");
/// `params` are not what the method asks for.
pub(crate) const PARAMETER_ERROR: Code = Code(460, "request parameter error");
/// More than 200 properties in one report.
pub(crate) const TOO_MANY_PROPERTIES: Code = Code(6106, "too many properties in one request");

/// What a device asks of the platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Request {
    /// As it came: any text, or a number.
    pub(crate) id: Value,
    /// `1.0`
    pub(crate) version: String,
    /// Whether an answer is wanted (`sys.ack`).
    pub(crate) wants_reply: bool,
    pub(crate) params: Value,
}

impl Request {
    /// Reads a request. Nothing can be answered to what has no `id`.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let Ok(Value::Object(mut members)) = serde_json::from_slice(payload) else { return None };
        let id = members.get("id").filter(|id| id.is_string() || id.is_number())?.clone();
        let version = members.get("version").and_then(Value::as_str).unwrap_or("1.0").to_owned();
        let ack = members.get("sys").and_then(|sys| sys.get("ack"));
        let wants_reply = ack.and_then(Value::as_u64) != Some(0);
        let params = members.remove("params").unwrap_or(Value::Null);
        Some(Self { id, version, wants_reply, params })
    }

    /// The answer, with every member that some SDK asks for.
    pub(crate) fn reply(&self, method: &str, code: Code, data: Value) -> Value {
        let Code(number, message) = code;
        json!({
            "code": number,
            "data": data,
            "id": self.id,
            "message": message,
            "method": method,
            "version": self.version,
        })
    }
}

/// What a device answers to a call of the platform.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) id: String,
    pub(crate) code: i64,
    pub(crate) data: Value,
}

impl Answer {
    /// Reads an answer; one without `id` and `code` is none.
    pub(crate) fn parse(payload: &[u8]) -> Option<Self> {
        let Ok(Value::Object(mut members)) = serde_json::from_slice(payload) else { return None };
        let id = match members.get("id")? {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.to_string(),
            _ => return None,
        };
        let code = members.get("code").and_then(Value::as_i64)?;
        let data = members.remove("data").unwrap_or_else(|| json!({}));
        Some(Self { id, code, data })
    }
}

/// What the platform asks of a device.
pub(crate) fn call(id: &str, method: &str, params: &Value) -> Value {
    json!({"method": method, "id": id, "params": params, "version": "1.0"})
}

/// The method that a topic below `/sys/{productKey}/{deviceName}/` stands for: `thing/event/a/post` is
/// `thing.event.a.post`.
pub(crate) fn method(path: &str) -> String {
    path.replace('/', ".")
}

/// A value of a report, and when it was so: bare, or as `{"value", "time"}` with milliseconds.
pub(crate) fn timed(value: &Value, now: Time) -> (Value, Time) {
    let Some(members) = value.as_object() else { return (value.clone(), now) };
    match members.get("value") {
        Some(inner) if members.keys().all(|key| key == "value" || key == "time") => {
            let at = members.get("time").and_then(Value::as_u64).map_or(now, Time::from_ms);
            (inner.clone(), at)
        }
        _ => (value.clone(), now),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_echoed_as_they_came() {
        for id in [r#""123""#, "123", r#""1|exp-topic|/a""#, r#""""#, r#""ä \" ""#] {
            let text = format!(r#"{{"id":{id},"version":"1.0","params":{{}},"method":"x"}}"#);
            let request = Request::parse(text.as_bytes()).unwrap();
            let reply = request.reply("x", SUCCESS, json!({})).to_string();
            assert!(reply.contains(&format!(r#""id":{id}"#)), "{reply}");
        }
    }

    #[test]
    fn a_reply_has_every_member() {
        let request = Request::parse(br#"{"id":"1"}"#).unwrap();
        let reply = request.reply("thing.event.property.post", TOO_MANY_PROPERTIES, json!({}));
        let wanted = json!({
            "code": 6106,
            "data": {},
            "id": "1",
            "message": "too many properties in one request",
            "method": "thing.event.property.post",
            "version": "1.0",
        });
        assert_eq!(reply, wanted);
    }

    #[test]
    fn what_has_no_id_is_no_request_and_ack_0_wants_no_reply() {
        for (text, wants_reply) in [
            ("", None),
            ("[1]", None),
            ("{}", None),
            (r#"{"id":null}"#, None),
            (r#"{"id":{}}"#, None),
            (r#"{"id":"1"}"#, Some(true)),
            (r#"{"id":"1","sys":{"ack":1}}"#, Some(true)),
            (r#"{"id":"1","sys":{"ack":0}}"#, Some(false)),
            (r#"{"id":"1","sys":7}"#, Some(true)),
        ] {
            let request = Request::parse(text.as_bytes());
            assert_eq!(request.map(|it| it.wants_reply), wants_reply, "{text}");
        }
    }

    #[test]
    fn an_answer_has_an_id_and_a_code() {
        let answer = |id: &str, data| Some(Answer { id: id.to_owned(), code: 200, data });
        for (text, expected) in [
            (r#"{"id":"1","code":200,"data":{"a":1}}"#, answer("1", json!({"a": 1}))),
            (r#"{"id":1,"code":200}"#, answer("1", json!({}))),
            (r#"{"id":"1"}"#, None),
            (r#"{"code":200}"#, None),
            ("no", None),
        ] {
            assert_eq!(Answer::parse(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn values_come_bare_or_with_their_time() {
        let now = Time::from_ms(5);
        for (value, bare, at_ms) in [
            (json!(1), json!(1), 5),
            (json!({"value": 1, "time": 3}), json!(1), 3),
            (json!({"value": 1}), json!(1), 5),
            (json!({"value": 1, "unit": "C"}), json!({"value": 1, "unit": "C"}), 5),
        ] {
            assert_eq!(timed(&value, now), (bare, Time::from_ms(at_ms)), "{value}");
        }
    }
}
