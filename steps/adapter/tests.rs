//! Adapters of every wrong kind, each a few words of shell, and what is said of them.

use std::{collections::BTreeMap, ffi::OsString, time::Duration};

use serde_json::{Map, Value, json};

use super::{
    Adapter, Kind, Options, Trouble,
    protocol::{
        Auth, Case, CaseClock, Endpoint, Happened, Identity, MqttVersion, Op, Payload, Retry,
        Settlement, TlsTerms, Told, Transport, Will,
    },
    schema::{SCHEMAS, Schemas},
};

/// A right hello in shell; `$line` is the request after it.
const HELLO: &str = r#"read -r line; echo '{"id": 1, "ok": {"protocol": 1, "client": {"name": "sh"}, "capabilities": []}}'"#;

fn shell(script: &str) -> Vec<OsString> {
    ["sh", "-c", script].map(OsString::from).into()
}

fn after_hello(script: &str) -> Vec<OsString> {
    shell(&format!("{HELLO}; {script}"))
}

/// Wall time for adapters that never answer; the others are far quicker.
fn hasty() -> Options {
    let quick = Duration::from_millis(300);
    Options { hello_within: quick, within: quick, bye_within: quick, ..Options::default() }
}

async fn trouble_at_start(argv: Vec<OsString>, options: Options) -> Trouble {
    Adapter::start(argv, options).await.expect_err("it is wrong")
}

#[tokio::test]
async fn whatever_is_wrong_at_the_start_is_named() {
    let folder = std::env::temp_dir();
    let folder = folder.to_str().unwrap();
    for (argv, kind, says) in [
        (vec![], Kind::NotStarted, "there is no command\nhint: give the command after two dashes"),
        (
            vec!["./no-such-adapter".into()],
            Kind::NotStarted,
            "`./no-such-adapter` is no command\nhint: name a file with its folder, such as ",
        ),
        (
            vec![folder.into()],
            Kind::NotStarted,
            &format!("`{folder}` cannot be executed\nhint: chmod +x, or name the interpreter "),
        ),
        (
            shell("echo gone wrong >&2; exit 7"),
            Kind::Died,
            "the adapter ended with exit code 7 while `hello` was waiting\nhint: an adapter runs until \
             it reads `bye` or the end of its standard input\nstandard error:\n  | gone wrong",
        ),
        (
            shell("kill -KILL $$"),
            Kind::Died,
            "the adapter ended with signal: 9 (SIGKILL) while `hello` was waiting\n",
        ),
        (
            shell("sleep 100 & exit 0"),
            Kind::Died,
            "the adapter ended with exit code 0 while `hello` was waiting, and left processes behind, \
             which were killed\nhint: run the client in the foreground (exec), and wait for",
        ),
        (
            shell("echo connecting...; read -r line"),
            Kind::Garbage,
            "line 1 of the adapter is not understood, it is not JSON: connecting...\nhint: standard \
             output is for the protocol alone, one JSON object a line: flush it after each, and log to \
             standard error",
        ),
        (
            shell("yes"),
            Kind::Garbage,
            "line 1 of the adapter is not understood, it is not JSON: y\nhint: ",
        ),
        (
            shell("tr '\\0' x </dev/zero"),
            Kind::Garbage,
            "line 1 of the adapter is longer than 1048576 bytes: xxxxx",
        ),
        (
            shell("printf '\\377\\n'; read -r line"),
            Kind::Garbage,
            "line 1 of the adapter is not UTF-8: \u{fffd}\nhint: send what is no text as payload_b64",
        ),
        (
            shell("echo '{\"id\": 9, \"ok\": {}}'; read -r line"),
            Kind::Garbage,
            "the adapter answers request 9, which is not waiting\nhint: answer each request once",
        ),
        (
            shell("read -r line; echo '{\"id\": 1, \"ok\": {\"capabilities\": []}}'; read -r line"),
            Kind::Garbage,
            "the adapter's hello is wrong: missing field `protocol`\nhint: such as {\"protocol\": 1, ",
        ),
        (
            shell(
                "read -r line; echo '{\"id\": 1, \"ok\": {\"protocol\": 2, \"client\": {\"name\": \
                 \"x\"}, \"capabilities\": []}}'; read -r line",
            ),
            Kind::Garbage,
            "the adapter speaks version 2 of the protocol, and was offered version 1\n",
        ),
        (
            shell(
                "read -r line; echo '{\"id\": 1, \"unsupported\": {\"what\": \"hello\"}}'; read -r l",
            ),
            Kind::Garbage,
            "the adapter answers hello with unsupported hello\nhint: hello is answered with ok",
        ),
        (
            shell("yes '{\"event\": \"connected\", \"conn\": \"c1\"}'"),
            Kind::Flood,
            "the adapter told more than 10000 events at once\nhint: an event is told once",
        ),
    ] {
        let trouble = trouble_at_start(argv, Options::default()).await;
        assert_eq!(trouble.kind, kind, "{trouble}");
        let told = trouble.to_string();
        assert!(told.starts_with(says), "{told}\ndoes not begin with\n{says}");
    }
}

#[tokio::test]
async fn silence_is_told_from_a_line_that_was_not_flushed() {
    let hung = trouble_at_start(shell("exec sleep 100"), hasty()).await;
    assert_eq!(hung.kind, Kind::Silent);
    let says = "the adapter did not answer `hello` within 0.3 s\nhint: answer each request within";
    assert!(hung.to_string().starts_with(says), "{hung}");

    // It collects what it writes, as a language does whose standard output is no terminal.
    let hello = HELLO.replace("echo ", "answer=");
    let unflushed =
        trouble_at_start(shell(&format!("{hello}; cat >&2; echo \"$answer\"")), hasty());
    let unflushed = unflushed.await.to_string();
    let says = "the adapter did not answer `hello` within 0.3 s, but wrote the answer when its input \
                ended\nhint: flush standard output after each line";
    assert!(unflushed.starts_with(says), "{unflushed}");
}

#[tokio::test]
async fn the_end_of_standard_error_is_kept() {
    let script = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i >&2; done; exit 1";
    let trouble = trouble_at_start(shell(script), Options::default()).await;
    assert_eq!(trouble.stderr.len(), 200);
    let told = trouble.to_string();
    assert!(told.contains("\n  | (180 lines before)\n  | line 281\n"), "{told}");
    assert!(told.ends_with("\n  | line 300"), "{told}");
}

#[tokio::test]
async fn answers_may_come_in_any_order_and_events_between_them() {
    let script = r#"read -r a; read -r b
        echo '{"id": 3, "ok": {"ms": 3}}'
        echo '{"event": "acked", "conn": "c1", "t": 1, "of": 2}'
        echo '{"id": null, "error": {"kind": "protocol", "message": "what?"}}'
        echo '{"id": 2, "unsupported": {"what": "that"}}'; read -r bye"#;
    let mut adapter = Adapter::start(after_hello(script), Options::default()).await.unwrap();
    let first = adapter.send(Op::NextTimer {}).await.unwrap();
    let second = adapter.send(Op::NextTimer {}).await.unwrap();
    assert_eq!(adapter.answer(first).await.unwrap().to_string(), "unsupported that");
    assert_eq!(adapter.answer(second).await.unwrap().to_string(), r#"ok {"ms":3}"#);
    let acked = adapter.event(|it| it.happened == Happened::Acked { of: 2 }).await.unwrap();
    assert_eq!(acked.unwrap().conn, "c1");
    assert_eq!(adapter.complaints(), ["error protocol: what?"]);
    adapter.bye().await.unwrap();
}

#[tokio::test]
async fn after_a_crash_another_process_begins_the_case_again_and_five_are_enough() {
    // It writes down what it reads, and does not survive the third request.
    let script =
        r#"read -r line; echo "$line" >&2; echo '{"id": '$1', "ok": {}}'; read -r line; exit 1"#;
    let ids = r#"id=${line#*:}; id=${id%%,*}"#;
    let script = format!(
        "read -r line; {ids}; echo '{{\"id\": '$id', \"ok\": {{\"protocol\": 1, \"client\": \
         {{\"name\": \"sh\"}}, \"capabilities\": []}}}}'; {}",
        script
            .replace(
                "read -r line; echo \"$line\" >&2",
                &format!("read -r line; echo \"$line\" >&2; {ids}")
            )
            .replace("$1", "$id")
    );
    let mut adapter = Adapter::start(shell(&script), Options::default()).await.unwrap();
    let case = Case { case: "r7Qk2".to_owned(), ..Case::default() };
    adapter.begin(case).await.unwrap();
    for _ in 0..5 {
        let trouble = adapter.ask(Op::NextTimer {}).await.expect_err("it dies");
        assert_eq!(trouble.kind, Kind::Died);
        assert!(
            trouble.stderr.join("").contains(r#""op":"begin","args":{"case":"r7Qk2""#),
            "{trouble}"
        );
    }
    let trouble = adapter.ask(Op::NextTimer {}).await.expect_err("it is hopeless");
    assert_eq!(trouble.kind, Kind::Hopeless);
    assert!(trouble.to_string().starts_with("the adapter failed 5 times in a row\nhint: "));
}

#[tokio::test]
async fn an_end_is_an_end() {
    for (script, says) in [
        ("read -r bye", None),
        (
            "read -r bye; exit 3",
            Some("the adapter ended with exit code 3 after `bye`\nhint: end with"),
        ),
        (
            "exec sleep 100",
            Some("the adapter did not end within 0.3 s after `bye`\nhint: leave the"),
        ),
        (
            "trap '' TERM; while :; do read -r never; done",
            Some("the adapter did not end within 0.3 s after `bye`\nhint: leave the loop"),
        ),
        (
            "read -r bye; sleep 100 & exit 0",
            Some("the adapter left processes behind after `bye`; they were killed\nhint: run the"),
        ),
        (
            "read -r bye; setsid sleep 100 & exit 0",
            Some("the adapter left processes behind after `bye`; they were killed\nhint: run the"),
        ),
    ] {
        let options = Options { hello_within: Duration::from_secs(10), ..hasty() };
        let mut adapter = Adapter::start(after_hello(script), options).await.unwrap();
        let ended = adapter.bye().await.map_err(|trouble| trouble.to_string());
        match says {
            None => assert_eq!(ended, Ok(()), "{script}"),
            Some(says) => {
                let told = ended.expect_err(script);
                assert!(told.starts_with(says), "{script}: {told}");
            }
        }
    }
}

#[tokio::test]
async fn strict_lines_have_the_shape_of_the_schema() {
    let script = r#"read -r line; echo '{"id": 2, "ok": {"ms": "soon"}}'; read -r line"#;
    let mut lenient = Adapter::start(after_hello(script), Options::default()).await.unwrap();
    lenient.ask(Op::NextTimer {}).await.unwrap();
    let strict = Options { strict: true, ..Options::default() };
    let mut strict = Adapter::start(after_hello(script), strict).await.unwrap();
    let told = strict.ask(Op::NextTimer {}).await.expect_err("a text").to_string();
    let says = "line 2 of the adapter is not understood, answer.schema.json does not allow it at \
                /ok/ms: \"soon\" is not of types ";
    assert!(told.starts_with(says), "{told}");
}

/// One of every operation, with everything that it can carry.
fn every_op() -> Vec<Op> {
    let conn = || "c1".to_owned();
    let hub = Identity::Hub {
        device_id: "d1".to_owned(),
        module_id: Some("m1".to_owned()),
        api_version: "2021-04-12".to_owned(),
    };
    let dps = Identity::Dps {
        id_scope: "0ne00000001".to_owned(),
        registration_id: "d1".to_owned(),
        api_version: "2019-03-31".to_owned(),
    };
    let endpoint = |identity, auth| {
        Box::new(Endpoint {
            host: "contoso.azure-devices.net".to_owned(),
            addr: "127.0.0.2".to_owned(),
            port: 8883,
            transport: Transport::Ws,
            mqtt: MqttVersion::V311,
            tls: TlsTerms {
                ca_pem: "-----BEGIN".to_owned(),
                client_cert_pem: Some("-----BEGIN".to_owned()),
                client_key_pem: Some("-----BEGIN".to_owned()),
            },
            identity,
            auth,
            keepalive_s: Some(60),
            clean: Some(true),
            will: Some(Will {
                topic: "t".to_owned(),
                payload: Payload::of(b"gone"),
                qos: 1,
                retain: false,
            }),
            retry: Retry::None,
        })
    };
    vec![
        Op::Hello { protocol: vec![1], harness: "0.1.0".to_owned() },
        Op::Begin(Case {
            case: "r7Qk2".to_owned(),
            seed: 42,
            requires: vec!["hub.twin".to_owned()],
            methods: vec!["reboot".to_owned()],
            clock: CaseClock::Adapter,
        }),
        Op::Open { conn: conn(), endpoint: endpoint(hub, Auth::SasKey("a2V5".to_owned())) },
        Op::Open { conn: conn(), endpoint: endpoint(dps, Auth::X509 {}) },
        Op::Telemetry {
            conn: conn(),
            payload: Payload::of(b"\xff"),
            properties: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
            qos: 1,
        },
        Op::Publish {
            conn: conn(),
            topic: "t".to_owned(),
            payload: Payload::of(b"x"),
            qos: 2,
            retain: true,
        },
        Op::Subscribe { conn: conn(), filter: "#".to_owned(), qos: 0 },
        Op::Unsubscribe { conn: conn(), filter: "#".to_owned() },
        Op::TwinGet { conn: conn() },
        Op::TwinReport { conn: conn(), patch: json!({"a": null}) },
        Op::MethodReply { conn: conn(), call: "1".to_owned(), status: 200, payload: json!(null) },
        Op::C2dSettle { conn: conn(), message: "1".to_owned(), outcome: Settlement::Abandon },
        Op::Provision { conn: conn() },
        Op::Rotate { conn: conn(), auth: Auth::SasToken("SharedAccessSignature …".to_owned()) },
        Op::ClockAdvance { ms: 60_000 },
        Op::NextTimer {},
        Op::Drop { conn: conn() },
        Op::Close { conn: conn() },
        Op::End {},
        Op::Bye {},
    ]
}

#[test]
fn every_request_has_the_shape_of_its_schema_and_can_be_read_again() {
    let schemas = Schemas::new();
    for op in every_op() {
        let (name, args) = op.parts();
        let request = json!({"id": 1, "op": name, "args": args, "within_ms": 5000});
        schemas.check_request(&request).unwrap_or_else(|wrong| panic!("{request}: {wrong}"));
        assert_eq!(serde_json::from_value::<Op>(request).unwrap(), op);
        // Whatever it takes is asked for: without its arguments it is another.
        if !args.is_empty() {
            let bare = json!({"id": 1, "op": name, "args": {}, "within_ms": 5000});
            schemas.check_request(&bare).expect_err(&name);
        }
    }
}

#[test]
fn the_samples_of_the_documents_have_the_shape_of_the_schema_and_are_understood() {
    let schemas = Schemas::new();
    let page = include_str!("../../clients/ADAPTERS.md");
    let (mut requests, mut lines) = (0, 0);
    for line in page.lines().filter(|line| line.starts_with('{')) {
        let value: Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"));
        if value.get("op").is_some() {
            requests += 1;
            schemas.check_request(&value).unwrap_or_else(|wrong| panic!("{line}: {wrong}"));
        } else {
            lines += 1;
            schemas.check_line(line).unwrap_or_else(|wrong| panic!("{line}: {wrong}"));
            Told::read(line).unwrap_or_else(|wrong| panic!("{line}: {wrong}"));
        }
    }
    assert!(requests > 0 && lines > 0, "the page has no samples");
}

#[test]
fn the_schemas_are_schemas_and_know_all_that_the_harness_knows() {
    for (name, text) in SCHEMAS {
        let schema: Value = serde_json::from_str(text).unwrap();
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let named = |text: &str, key: &str| -> Vec<String> {
        let schema: Map<String, Value> = serde_json::from_str(text).unwrap();
        let cases = schema["allOf"].as_array().unwrap().iter();
        let of = |case: &Value| case["if"]["properties"][key]["const"].as_str().map(str::to_owned);
        cases.filter_map(of).collect()
    };
    let mut known: Vec<String> = Vec::new();
    for op in every_op() {
        let (name, args) = op.parts();
        if !args.is_empty() && !known.contains(&name) {
            known.push(name);
        }
    }
    let mut listed = named(SCHEMAS[0].1, "op");
    known.sort();
    listed.sort();
    assert_eq!(listed, known);
    for event in named(SCHEMAS[2].1, "event") {
        let bare = json!({"event": event}).to_string();
        let unknown = Told::read(&bare)
            .is_ok_and(|told| matches!(told, Told::Event(it) if it.happened == Happened::Unknown));
        assert!(!unknown, "{event} is not understood");
    }
}
