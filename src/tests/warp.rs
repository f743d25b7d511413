//! `certify --warp`: whether time runs fast for a client is found out on its wire.

use std::{path::Path, process::Stdio};

use crate::sandbox::{Ended, Sandbox};

const PROGRAM: &str = env!("CARGO_BIN_EXE_skyproof");

/// A folder of features with one that waits for timers of the client.
fn features(sandbox: &Sandbox) -> String {
    sandbox.file(
        "features/iot-hub/device/certify/warp.feature",
        "@client\nFeature: Time\n\n  @first @HUB-CONN-004\n  Scenario: A client comes\n    \
         Given the client is connected\n    Then the client keeps HUB-CONN-004\n\n  \
         @long @HUB-KEEPALIVE-001\n  Scenario: A client stays\n    Given the client is at work\n    \
         Then the client is still connected after 3 keep-alives\n",
    );
    sandbox.path("features").display().to_string()
}

/// libfaketime is a matter of the machine; where CI runs it has to be there.
fn has_libfaketime() -> bool {
    let is_there = ["x86_64", "aarch64"].iter().any(|arch| {
        let path = format!("/usr/lib/{arch}-linux-gnu/faketime/libfaketimeMT.so.1");
        Path::new(&path).exists()
    });
    let in_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(is_there || !in_ci, "the Debian package `faketime` is not installed");
    is_there
}

fn certify(sandbox: &Sandbox, client: &[&str]) -> Ended {
    let features = features(sandbox);
    let begin = ["certify", "iot-hub", "--warp", "20", "--features", &features, "--"];
    sandbox.run(&[&begin, client].concat())
}

#[test]
fn a_client_that_is_reached_lives_through_its_timers_in_seconds() {
    if !has_libfaketime() {
        return;
    }
    let ended = certify(&Sandbox::new(), &[PROGRAM, "miniature", "right"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    for part in ["warp reaches this client: ", "20 times as fast", "2 passed, 0 failed, 0 skipped"]
    {
        assert!(ended.stdout.contains(part), "no `{part}` in\n{}", ended.stdout);
    }
}

#[test]
fn timers_of_a_client_that_is_not_reached_are_never_waited_for_in_real_time() {
    if !has_libfaketime() {
        return;
    }
    // As a program that is linked statically.
    let client = ["env", "-u", "LD_PRELOAD", PROGRAM, "miniature", "right"];
    let ended = certify(&Sandbox::new(), &client);
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    for part in [
        "warp does not reach this client: what it sends every 5",
        "all that runs here runs at real speed",
        "NOT RUN A client stays",
        "waits for timers of the client, which warp does not reach: --long",
        "1 passed, 0 failed, 1 skipped",
    ] {
        assert!(ended.stdout.contains(part), "no `{part}` in\n{}", ended.stdout);
    }
}

#[test]
fn a_client_that_never_connects_gets_its_verdict_at_real_speed() {
    if !has_libfaketime() {
        return;
    }
    let ended = certify(&Sandbox::new(), &["false"]);
    assert_eq!(ended.code, Some(3), "{}{}", ended.stdout, ended.stderr);
    for part in ["under libfaketime it does not connect", "the client ended with exit code 1"] {
        assert!(ended.stdout.contains(part), "no `{part}` in\n{}", ended.stdout);
    }
}

#[test]
fn without_libfaketime_there_is_no_warp() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&["certify", "iot-hub", "--warp", "20", "--", "true"]);
    let command = command.env("SKYPROOF_LIBFAKETIME", "/nowhere").stdout(Stdio::null());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: --warp needs libfaketime, which is not there\n\n\
         hint: install the Debian package `faketime`, or set SKYPROOF_LIBFAKETIME to its path\n"
    );
}
