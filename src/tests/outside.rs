//! `test --cloud`: the suite against a mock in another process, over the wire.

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
