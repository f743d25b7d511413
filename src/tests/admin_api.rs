//! The admin API as scripts see it, without the command line in between.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
};

use serde_json::{Value, json};

use crate::{
    device::{Outcome, publish},
    sandbox::{Sandbox, Up, read},
};

/// One request on a connection of its own; gives status and body.
fn ask(up: &Up, head: &str, body: &str) -> (u16, String) {
    let host = up.fact("/admin_url").strip_prefix("http://").unwrap();
    ask_as(up, head, host, body)
}

fn ask_as(up: &Up, head: &str, host: &str, body: &str) -> (u16, String) {
    let mut stream = send(up, head, host, body);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn send(up: &Up, head: &str, host: &str, body: &str) -> TcpStream {
    let at = up.fact("/admin_url").strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(at).unwrap();
    let (method, path) = head.split_once(' ').unwrap();
    let length = body.len();
    let request = format!(
        "{method} /_skyproof/{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn everything_can_be_asked_for() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--clock", "held"]);
    for (head, body, status, holds) in [
        ("GET health", "", 200, r#""status":"up""#),
        ("GET ready", "", 200, r#"{"ready":true}"#),
        ("GET tenants", "", 200, r#""host":"skyproof.azure-devices.net""#),
        ("GET devices", "", 200, r#""deviceId":"device-1""#),
        ("GET devices?hub=skyproof.azure-devices.net", "", 200, r#""deviceId":"device-1""#),
        ("POST devices", r#"{"id": "d2", "tags": {"a": 1}}"#, 200, r#""deviceId":"d2""#),
        ("PATCH devices/d2", r#"{"enabled": false}"#, 200, r#""status":"disabled""#),
        ("DELETE devices/d2", "", 200, r#"{"deleted":["d2"]}"#),
        ("GET twins/device-1", "", 200, r#""desired""#),
        ("PATCH twins/device-1", r#"{"tags": {"a": 1}}"#, 200, r#""tags":{"a":1}"#),
        ("PUT twins/device-1", r#"{"tags": {"b": 1}}"#, 200, r#""tags":{"b":1}"#),
        (
            "POST c2d",
            r#"{"device": "device-1", "body": "hi", "properties": {"a": "b", "flag": null}}"#,
            200,
            r#""sequenceNumber":1"#,
        ),
        ("DELETE devices/device-1/queue", "", 200, r#""totalMessagesPurged":1"#),
        ("POST feedback", "", 200, "["),
        (
            "POST method",
            r#"{"device": "device-1", "methodName": "m"}"#,
            404,
            r#""errorCode":404103"#,
        ),
        ("GET journal?kind=order&limit=1", "", 200, r#""kinds":["order"]"#),
        ("GET logs?device=device-1&limit=1", "", 200, "[]"),
        ("POST faults", r#"{"do": "drop"}"#, 200, r#""faults":1"#),
        ("GET faults", "", 200, r#""fault":"drop every packet""#),
        ("DELETE faults", "", 200, r#"{"removed":1}"#),
        ("POST advance", r#"{"by_s": 3660}"#, 200, r#""now":"#),
        ("POST reset", "", 200, r#""hubs""#),
        ("GET ca.pem", "", 200, "-----BEGIN CERTIFICATE-----"),
    ] {
        let (found, answer) = ask(&up, head, body);
        assert!(found == status && answer.contains(holds), "{head}: {found} {answer}");
    }
    assert_eq!(ask(&up, "GET ca.pem", "").1, read(up.fact("/ca_file")));
}

#[test]
fn what_cannot_be_answered_says_why() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&[]);
    // One byte too many, so that all of it is read before it is refused.
    let large = "x".repeat(1024 * 1024 + 1);
    for (head, body, status, error) in [
        ("GET nonsense", "", 404, "there is no `GET /_skyproof/nonsense`"),
        ("DELETE health", "", 404, "there is no `DELETE /_skyproof/health`"),
        ("POST c2d", "hello", 400, "the body is no JSON: expected value at line 1 column 1"),
        ("POST c2d", "[]", 400, "the body is no JSON object"),
        ("POST c2d", "{}", 400, "`device` is missing"),
        ("POST c2d", r#"{"device": 7}"#, 400, "`device` is unusable"),
        (
            "POST c2d",
            r#"{"device": "device-1", "bdy": "x"}"#,
            400,
            "the body is unusable: unknown field `bdy`",
        ),
        ("POST c2d", large.as_str(), 413, ""),
        (
            "POST method",
            r#"{"device": "d/e/f", "methodName": "m"}"#,
            400,
            "`d/e/f` is no device id",
        ),
        ("GET journal?kind=nonsense", "", 400, "no step is of kind `nonsense`"),
        (
            "GET journal?sinse=1",
            "",
            400,
            "Failed to deserialize query string: sinse: unknown field `sinse`",
        ),
        ("GET logs?kind=log", "", 400, "`kind` is asked of the journal, not of the logs"),
        ("POST expect", "{}", 400, "nothing is expected"),
        ("POST expect", r##"{"topic": "a/#/b"}"##, 400, "`a/#/b` is no topic filter"),
        ("POST expect", r#"{"kind": "telemetry", "within_s": -1}"#, 400, "`within_s` is -1"),
        ("POST advance", r#"{"by_s": 1}"#, 409, "the clock runs by itself"),
        ("GET tenants/a.example", "", 404, "there is no namespace `a.example`; this cloud has no"),
        ("PUT tenants/a.example/clients/c%201", "{}", 404, "there is no namespace `a.example`"),
        ("OPTIONS tenants/a.example/x", "", 404, "there is no `OPTIONS /_skyproof/tenants/"),
        ("GET twins/device-9", "", 404, "the hub has no device `device-9`"),
    ] {
        let (found, answer) = ask(&up, head, body);
        assert_eq!(found, status, "{head}: {answer}");
        let answer = json(&answer);
        assert!(answer["error"].as_str().unwrap().starts_with(error), "{head}: {answer}");
    }
    let (status, answer) = ask_as(&up, "GET health", "rebound.example", "");
    assert_eq!(status, 403, "{answer}");
}

#[test]
fn an_expectation_waits_and_tells_what_came_near() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    std::thread::scope(|scope| {
        let wanted = r#"{"kind": "order", "count": 2, "within_s": 60}"#;
        let waiting = scope.spawn(|| ask(&up, "POST expect", wanted));
        for _ in 0..2 {
            assert_eq!(ask(&up, "POST reset", "").0, 200);
        }
        let (status, answer) = waiting.join().unwrap();
        assert_eq!((status, json(&answer)["matched"].as_array().unwrap().len()), (200, 2));
    });
    let wanted = r#"{"kind": "order", "body": "hello", "within_s": 0}"#;
    let (status, answer) = ask(&up, "POST expect", wanted);
    let answer = json(&answer);
    assert_eq!((status, answer["error"].as_str()), (408, Some("0 of 1 came within 0 s")));
    assert_eq!(answer["near_misses"][0]["misses"], json!(["body: found none, expected hello"]));
}

#[test]
fn telemetry_is_expected_by_any_part_of_it() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    let body = r#"{"t": 21, "unit": "celsius"}"#;
    assert_eq!(publish(&up, "/hubs/0/devices/0", body), Outcome::Acknowledged);
    for (wanted, is_met) in [
        (json!({"device": "device-1", "kind": "telemetry"}), true),
        (json!({"topic": "devices/+/messages/events/#"}), true),
        (json!({"properties": {"a": "1"}}), true),
        (json!({"properties": {"iothub-connection-device-id": "device-1"}}), true),
        (json!({"body": body}), true),
        (json!({"body_contains": "celsius"}), true),
        (json!({"body_json": {"t": 21}}), true),
        (json!({"device": "device-2", "kind": "telemetry"}), false),
        (json!({"topic": "devices/device-2/#"}), false),
        (json!({"properties": {"a": "2"}}), false),
        (json!({"properties": {"a": null}}), false),
        (json!({"body_json": {"t": 22}}), false),
        (json!({"body_json": {"t": 21}, "count": 2}), false),
    ] {
        let mut request = wanted.clone();
        request["within_s"] = json!(if is_met { 60 } else { 0 });
        let (status, answer) = ask(&up, "POST expect", &request.to_string());
        assert_eq!(status, if is_met { 200 } else { 408 }, "{wanted}: {answer}");
    }
}

#[test]
fn the_log_has_the_shape_of_the_service() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    assert_eq!(publish(&up, "/hubs/0/devices/0", "hello"), Outcome::Acknowledged);
    let goodbye = r#"{"device": "device-1", "kind": "close", "within_s": 60}"#;
    assert_eq!(ask(&up, "POST expect", goodbye).0, 200);
    let records = json(&ask(&up, "GET logs", "").1);
    let told = |n: usize, member: &str| records[n][member].as_str().unwrap_or_default().to_owned();
    assert_eq!(told(0, "operationName"), "deviceConnect");
    assert_eq!(told(1, "operationName"), "deviceDisconnect");
    assert_eq!(
        (told(0, "category").as_str(), records.as_array().unwrap().len()),
        ("Connections", 2)
    );
    assert_eq!(json(&told(0, "properties"))["deviceId"], "device-1");
    let lines = sandbox.run(&["logs", "--device", "device-1"]).stdout;
    assert_eq!(lines.lines().map(json).collect::<Vec<_>>(), *records.as_array().unwrap());
    assert_eq!(sandbox.run(&["logs", "--device", "device-2"]).stdout, "");
}

#[test]
fn the_journal_can_be_followed_line_by_line() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    assert_eq!(ask(&up, "POST reset", "").0, 200);
    let host = up.fact("/admin_url").strip_prefix("http://").unwrap();
    let stream = send(&up, "GET journal?kind=order&since=0&follow=true", host, "");
    let mut lines = BufReader::new(stream).lines();
    // Chunks are framed by their length: what is JSON is what was sent.
    let mut next = || loop {
        let line = lines.next().unwrap().unwrap();
        if line.starts_with('{') {
            break json(&line);
        }
    };
    assert_eq!(next()["number"], 1, "what is there");
    assert_eq!(ask(&up, "GET tenants", "").0, 200);
    assert_eq!(next()["input"]["text"], "order: list the tenants", "what comes");
}
