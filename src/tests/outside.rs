//! `test --cloud`: the suite against a mock in another process, over the wire.

use std::net::{TcpListener, TcpStream};

use serde_json::json;

use crate::sandbox::{Ended, Sandbox};

/// What ran there when this was written, rounded down: a suite that stops reaching over the wire would
/// otherwise pass by running nothing.
const PASSED_MIN: usize = 350;
/// Likewise of one device, without a service side.
const PASSED_BY_ONE_DEVICE_MIN: usize = 80;

#[test]
fn the_suite_passes_against_a_mock_in_another_process() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    let facts = sandbox.file("facts.json", &up.facts.to_string());
    let ended = sandbox.run(&["test", "--cloud", &facts]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let passed = passed(&ended);
    assert!(passed >= PASSED_MIN, "only {passed} passed: {}", ended.stdout);
    // Each that did not run says where it is and what it would have needed.
    for what in ["needs held time", "needs the trace", "needs to arrange the tenants"] {
        assert!(ended.stdout.contains(&format!("): {what}\n")), "nothing {what}");
    }
    assert_eq!(ended.stdout.matches("NOT RUN ").count(), not_run(&ended), "{}", ended.stdout);
}

#[test]
fn a_connection_string_is_enough_for_what_one_device_can_see() {
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    let ca = up.fact("/ca_file").to_owned();
    let device = up.fact("/hubs/0/devices/0/gateway_connection_string").to_owned();
    let ended = sandbox.run(&["test", "--cloud", &device, "--ca", &ca]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let passed = passed(&ended);
    assert!(passed >= PASSED_BY_ONE_DEVICE_MIN, "only {passed} passed: {}", ended.stdout);
    // Nobody who reads a report gets a key.
    let key = device.split("SharedAccessKey=").nth(1).and_then(|rest| rest.split(';').next());
    assert!(!ended.stdout.contains(key.unwrap()), "{}", ended.stdout);
}

#[test]
fn a_cloud_that_cannot_be_used_says_why() {
    let sandbox = Sandbox::new();
    let pem = sandbox.file("no.pem", "this is no certificate");
    let device = "HostName=h.net;DeviceId=d;SharedAccessKey=AAAA";
    for (arguments, error) in [
        (&["--cloud", "/no/such/file"][..], "error: `/no/such/file` cannot be read: "),
        (
            &["--cloud", "HostName=h.net;DeviceId=d"],
            "error: connection string 1 has no SharedAccessKey\nhint: ",
        ),
        (
            &["--cloud", "{}"],
            "error: the facts have no /admin_url\nhint: expected the JSON line of",
        ),
        (&["--cloud", device, "--ca", &pem], "no.pem` has no certificate\nhint: `--ca FILE`"),
        (&["--cloud", device, "--break", "HUB-D2C-016"], "cannot be used with"),
        (&["--ca", &pem], "--cloud"),
    ] {
        let ended = sandbox.run(&[&["test"], arguments].concat());
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(error), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn a_cloud_that_does_not_answer_ends_the_suite_before_it_begins() {
    const TROUBLE: i32 = 3;
    let sandbox = Sandbox::new();
    let up = sandbox.up(&["--quiet"]);
    // One who accepts and never says anything, and a port that nobody has.
    let silent = TcpListener::bind((sandbox.address, 0)).unwrap();
    let silent = silent.local_addr().unwrap();
    let _caller = TcpStream::connect(silent).unwrap();
    let nobody = {
        let gone = TcpListener::bind((sandbox.address, 0)).unwrap();
        gone.local_addr().unwrap()
    };
    let with = |name: &str, value: serde_json::Value| {
        let mut facts = up.facts.clone();
        facts[name] = value;
        let file = format!("{}.json", facts[name].to_string().replace(['"', ':', '/'], ""));
        sandbox.file(&file, &facts.to_string())
    };
    let device = up.fact("/hubs/0/devices/0/gateway_connection_string");
    for (cloud, ca, error) in [
        (
            with("admin_url", json!(format!("http://{nobody}"))),
            None,
            format!("error: no mock answers at {nobody}: "),
        ),
        (
            with("mqtt_port", json!(nobody.port())),
            None,
            format!("error: no device can connect to {nobody}: "),
        ),
        (
            with("mqtt_port", json!(silent.port())),
            None,
            format!("hung: {silent} accepts TCP and does not answer the TLS handshake\nhint: "),
        ),
        (
            device.to_owned(),
            Some(other_authority(&sandbox)),
            "the TLS handshake failed: invalid peer certificate: ".to_owned(),
        ),
    ] {
        let ca = ca.iter().flat_map(|ca| ["--ca", ca.as_str()]);
        let arguments: Vec<&str> = ["test", "--cloud", &cloud].into_iter().chain(ca).collect();
        let ended = sandbox.run(&arguments);
        assert_eq!(ended.code, Some(TROUBLE), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(&error), "{arguments:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{arguments:?}");
    }
}

/// An authority that the mock of a sandbox has nothing from.
fn other_authority(sandbox: &Sandbox) -> String {
    let folder = sandbox.path("other").display().to_string();
    let pem = sandbox.succeed(&["cert", "ca", "--authority", &folder]);
    sandbox.file("other.pem", &pem)
}

/// `373 passed, 0 failed, 387 skipped`
fn count(ended: &Ended, n: usize) -> usize {
    let line = ended.stdout.lines().rev().nth(1).unwrap_or_default();
    let word = line.split(", ").nth(n).and_then(|part| part.split(' ').next());
    word.and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no counts in {line}"))
}

fn passed(ended: &Ended) -> usize {
    count(ended, 0)
}

fn not_run(ended: &Ended) -> usize {
    count(ended, 2)
}
