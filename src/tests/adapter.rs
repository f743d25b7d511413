//! `adapter`: liars and corpses are named as what they are, each with its exit code.

use crate::sandbox::Sandbox;

/// Answers everything as if it were hello, and declares this.
fn yes_man(capabilities: &str) -> String {
    let hello = r#"{\"protocol\": 1, \"client\": {\"name\": \"yes\"}, \"capabilities\": [CAN], \"reuse\": true}"#
        .replace("CAN", capabilities);
    format!(
        "while read -r line; do id=${{line#*:}}; id=${{id%%,*}}; echo \"{{\\\"id\\\": $id, \\\"ok\\\": {hello}}}\"; \
         case $line in *bye*) exit 0 ;; esac; done"
    )
}

#[test]
fn what_is_no_adapter_is_trouble_and_no_verdict() {
    let sandbox = Sandbox::new();
    let plain = sandbox.file("plain", "");
    for (options, command, says) in [
        (
            &[][..],
            &["./no-such-adapter"][..],
            "error: `./no-such-adapter` is no command\n\nhint: name a ",
        ),
        (
            &[],
            &[plain.as_str()],
            &format!("error: `{plain}` cannot be executed\n\nhint: chmod +x, or"),
        ),
        (
            &[],
            &["false"],
            "error: the adapter ended with exit code 1 while `hello` was waiting\n\nhint: ",
        ),
        (
            &[],
            &["true"],
            "error: the adapter ended with exit code 0 while `hello` was waiting\n\nhint: ",
        ),
        (
            &[],
            &["sh", "-c", "echo no such library >&2; exit 3"],
            "error: the adapter ended with exit code 3 while `hello` was waiting\n  | no such library\n",
        ),
        (
            &[],
            &["yes"],
            "error: line 1 of the adapter is not understood, it is not JSON: y\n\nhint: ",
        ),
        (
            &["--timeout-multiplier", "0.02"],
            &["sleep", "100"],
            "error: the adapter did not answer `hello` within 0.2 s\n\nhint: answer each request ",
        ),
    ] {
        let arguments = [&["adapter", "check"][..], options, &["--"], command].concat();
        let ended = sandbox.run(&arguments);
        assert!(ended.stderr.starts_with(says), "{command:?}: {}", ended.stderr);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(3), ""), "{command:?}");
    }
}

#[test]
fn one_that_says_yes_to_everything_is_caught() {
    let sandbox = Sandbox::new();
    let script = yes_man(r#"\"auth.sas_token\", \"hub.d2c\""#);
    let ended = sandbox.run(&["adapter", "check", "--", "sh", "-c", &script]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    for says in [
        "adapter of yes\nok    hello\nFAIL  an unknown operation is unsupported\n      expected: \
         unsupported\n      actual:   ok {\"protocol\":1,",
        "FAIL  a case that needs an unknown capability is unsupported\n",
        "      actual:   the adapter answers request 1, which is not waiting\n",
        "FAIL  it connects and disconnects, on the wire and in events\n      expected: a connection, as \
         the answer to `open` says\n      actual:   there is none on the wire\n",
        "ok    the end of its standard input ends it\n",
    ] {
        assert!(ended.stdout.contains(says), "{}\nhas not:\n{says}", ended.stdout);
    }
    // What a client that cannot connect does not do proves nothing.
    assert!(!ended.stdout.contains("is an error of kind tls"), "{}", ended.stdout);

    let nameless = sandbox.run(&["adapter", "check", "--", "sh", "-c", &yes_man("")]);
    let says = "      expected: one of auth.sas_token, auth.sas_key and auth.x509\n      actual:   none is";
    assert!(nameless.stdout.contains(says), "{}", nameless.stdout);
}

#[test]
fn one_that_fails_whatever_it_is_asked_is_given_up() {
    let sandbox = Sandbox::new();
    let hello = r#"{"id": 1, "ok": {"protocol": 1, "client": {"name": "brief"}, "capabilities": ["auth.x509"]}}"#;
    let script = format!("read -r line; echo '{hello}'; read -r line; exit 1");
    let ended = sandbox.run(&["adapter", "check", "--", "sh", "-c", &script]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended.stdout.contains("actual:   the adapter ended with exit code 1 while "),
        "{}",
        ended.stdout
    );
}

#[test]
fn the_schemas_are_printed() {
    let sandbox = Sandbox::new();
    let all = sandbox.json(&["adapter", "schema"]);
    for line in ["request", "answer", "event"] {
        let schema = sandbox.json(&["adapter", "schema", line]);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(all[format!("{line}.schema.json")], schema);
    }
    assert_eq!(sandbox.run(&["adapter", "schema", "reply"]).code, Some(2));
    assert_eq!(sandbox.run(&["adapter", "check"]).code, Some(2));
    assert_eq!(
        sandbox.run(&["adapter", "check", "--timeout-multiplier", "0", "--", "x"]).code,
        Some(2)
    );
}
