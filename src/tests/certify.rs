//! `certify` and `verify`: clients that are none, options that are wrong, and what a run comes to.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::sandbox::{Ended, Sandbox, read};

/// Two scenarios, one of which a miniature fails that publishes at QoS 2.
const FEATURE: &str = "\
@client
Feature: Small

  @first @HUB-CONN-005
  Scenario: The client connects
    Given the client is connected
    Then the client keeps HUB-CONN-005

  @HUB-D2C-016 @HUB-LIMIT-001
  Scenario: The client keeps to QoS 0 and 1
    Given the client is at work
    Then the client keeps:
      | HUB-D2C-016   |
      | HUB-LIMIT-001 |
";

const AT_QOS: &str = "features/iot-hub/device/small.feature:10";
const RIGHT: &[&str] = &[env!("CARGO_BIN_EXE_skyproof"), "miniature", "right"];
const WRONG: &[&str] = &[env!("CARGO_BIN_EXE_skyproof"), "miniature", "publishes_at_qos_2"];

/// Certifies by the small feature.
fn certify(sandbox: &Sandbox, options: &[&str], client: &[&str]) -> Ended {
    let features = features(sandbox, FEATURE);
    let fixed = ["certify", "iot-hub", "--features", &features];
    sandbox.run(&[&fixed, options, &["--"], client].concat())
}

fn features(sandbox: &Sandbox, feature: &str) -> String {
    sandbox.file("features/iot-hub/device/small.feature", feature);
    sandbox.path("features").display().to_string()
}

fn sh(script: &str) -> [&str; 3] {
    ["sh", "-c", script]
}

#[test]
fn what_is_no_client_gets_no_pass_and_is_called_what_it_is() {
    const TROUBLE: i32 = 3;
    const NOTHING_RAN: i32 = 4;
    const INCONCLUSIVE: i32 = 5;
    let sandbox = Sandbox::new();
    let plain = sandbox.file("plain.txt", "no program\n");
    let garbage = "exec 3<>/dev/tcp/$SKYPROOF_HOST/$SKYPROOF_PORT; head -c 4096 /dev/zero >&3; \
                   exec sleep 60";
    for (client, code, told) in [
        (&["skyproof-knows-no-such-command"][..], TROUBLE, "` is no command"),
        (&[&plain], TROUBLE, "plain.txt` is not executable"),
        (&["/bin/true"], TROUBLE, "the client ended with exit code 0 and said nothing"),
        (&["/bin/false"], TROUBLE, "the client ended with exit code 1 and said nothing"),
        (&sh("echo alas >&2; exit 7"), TROUBLE, "ended with exit code 7; the last that it said:"),
        (&sh("kill -SEGV $$"), TROUBLE, "the client was ended by a signal: 11"),
        (&sh("echo no twin; exit 127"), NOTHING_RAN, "declines by exit code 127: no twin"),
        (&["sleep", "60"], INCONCLUSIVE, "none within 2 s"),
        (&["yes"], INCONCLUSIVE, "none within 2 s"),
        (&["bash", "-c", garbage], INCONCLUSIVE, "the first byte was 0x00, not a TLS record"),
        (
            &sh("trap '' TERM; while :; do sleep 1; done"),
            INCONCLUSIVE,
            "the client did not end within 2 s of SIGTERM, and was killed",
        ),
        (&sh("setsid sleep 300 & exit 0"), TROUBLE, "the client left a process behind, which"),
        (&sh("curl -s https://$SKYPROOF_HOST:$SKYPROOF_PORT || exit 9"), TROUBLE, "exit code 9"),
    ] {
        let ended = certify(&sandbox, &["--patience", "2s"], client);
        assert_eq!(ended.code, Some(code), "{client:?}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains(told), "{client:?}: {}", ended.stdout);
        assert!(ended.stdout.contains("\n0 passed, "), "{client:?}: {}", ended.stdout);
        // One is enough to know.
        let unknown = "NOT RUN The client keeps to QoS 0 and 1";
        assert!(ended.stdout.contains(unknown), "{client:?}: {}", ended.stdout);
    }
}

#[test]
fn what_a_client_leaves_behind_is_killed() {
    let sandbox = Sandbox::new();
    // It tells its number before its parent ends.
    let script =
        "setsid sh -c 'echo $$ >stray; exec sleep 300' & while ! test -s stray; do :; done";
    certify(&sandbox, &["--patience", "2s"], &sh(script));
    assert_gone(&sandbox.path("stray"));
}

#[test]
fn a_signal_ends_the_run_with_its_clients_and_its_folder() {
    for (signal, script) in [
        ("TERM", "echo $$ >pid; echo up >up; exec sleep 300"),
        ("INT", "trap '' TERM; echo $$ >pid; echo up >up; while :; do sleep 1; done"),
    ] {
        let sandbox = Sandbox::new();
        let features = features(&sandbox, FEATURE);
        let started = Command::new("mkfifo").arg(sandbox.path("up")).status().unwrap();
        assert!(started.success());
        let temporary = sandbox.path("temporary");
        fs::create_dir_all(&temporary).unwrap();
        let arguments = ["certify", "iot-hub", "--features", &features, "--", "sh", "-c", script];
        let mut command = sandbox.command(&arguments);
        command.env("TMPDIR", &temporary).stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // Blocks until the client writes.
        assert_eq!(read(sandbox.path("up")), "up\n");
        let pid = child.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
        let ended = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&ended.stderr).into_owned();
        assert_eq!(ended.status.code(), Some(130), "{stderr}");
        assert!(stderr.starts_with("error: interrupted: there is no verdict\n"), "{stderr}");
        assert_gone(&sandbox.path("pid"));
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    }
}

/// The process whose number is in this file has ended. A zombie that nobody waits for has.
fn assert_gone(file: &Path) {
    let pid = read(file).trim().to_owned();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit(") ").next().unwrap_or_default();
    assert!(state.is_empty() || state.starts_with('Z'), "process {pid} lives: {stat}");
}

#[test]
fn wrong_options_are_usage() {
    let sandbox = Sandbox::new();
    let manifest = |name: &str, text: &str| sandbox.file(name, text);
    let entry =
        |more: &str| format!("[[known]]\npattern = \"x\"\nreason = \"r\"\nowner = \"o\"\n{more}\n");
    for (options, told) in [
        (["--does", "telemtry"], "there is no capability `telemtry`"),
        (["--does", "telemtry"], "hint: did you mean `telemetry`? known are telemetry, c2d, twin"),
        (["--does", "twin,c2d:x"], "`c2d:x` is no claim"),
        (["--capabilities", "no-such.toml"], "no-such.toml: No such file"),
        (
            ["--capabilities", &manifest("a.toml", "name = \"a\"\ndose = [\"twin\"]\n")],
            "a.toml:2:1: unknown key `dose`",
        ),
        (
            ["--capabilities", &manifest("b.toml", "dose = [\"twin\"]\n")],
            "hint: did you mean `does`? known are name, version, homepage, does, method, patience_s",
        ),
        (
            ["--capabilities", &manifest("c.toml", "does = [\"c3d\"]\n")],
            "c.toml: there is no capability `c3d`",
        ),
        (["--capabilities", &manifest("d.toml", "does = \"c2d\"\n")], "d.toml:1:8: invalid type"),
        (["--capabilities", &manifest("e.toml", "does = [\n")], "e.toml:1:9: unclosed array"),
        (["--capabilities", &manifest("f.toml", "patience_s = -1\n")], "f.toml:1:14: "),
        (["--known-failing", "no-such.toml"], "no-such.toml: No such file"),
        (
            ["--known-failing", &manifest("g.toml", &entry("expires = \"soon\""))],
            "g.toml:1: `soon` is no day, such as 2026-12-31",
        ),
        (["--known-failing", &manifest("h.toml", &entry(""))], "missing field `expires`"),
        (
            ["--known-failing", &manifest("i.toml", &entry("expiry = \"2026-12-31\""))],
            "i.toml:5:1: unknown key `expiry`",
        ),
        (
            [
                "--known-failing",
                &manifest("j.toml", &entry("expires = \"2026-12-31\"").replace("\"x\"", "\" \"")),
            ],
            "the pattern is empty, which would match everything",
        ),
        (["--shard", "0/3"], "expected PART/OF, such as 1/4"),
        (["--patience", "soon"], "expected a number and its unit"),
        (["--only", "@HUB-D2C-999"], "unknown tag `@HUB-D2C-999`"),
    ] {
        let ended = certify(&sandbox, &options, &["true"]);
        assert_eq!(ended.code, Some(2), "{options:?}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(told), "{options:?}: {}", ended.stderr);
        assert_eq!(ended.stdout, "", "{options:?}");
    }
    let ended = sandbox.run(&["certify", "iot-hub"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.starts_with("error: there is no command that starts the client\n"));
    let ended = certify(&sandbox, &["--only", "no such scenario"], &["true"]);
    assert_eq!(ended.code, Some(4), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: no scenario is selected\n"), "{}", ended.stderr);
}

#[test]
fn a_manifest_tells_who_is_certified_and_how() {
    let sandbox = Sandbox::new();
    let command = RIGHT.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ");
    let manifest = format!(
        "name = \"thermostat\"\nversion = \"2.1\"\nhomepage = \"https://example.com\"\n\
         does = [\"telemetry\", \"methods\"]\nmethod = \"reboot\"\npatience_s = 30\n\
         command = [{command}]\n"
    );
    let manifest = sandbox.file("thermostat.toml", &manifest);
    let features = features(&sandbox, FEATURE);
    let report = sandbox.path("report").display().to_string();
    let options = ["--capabilities", &manifest, "--does", "twin", "--report", &report];
    let fixed = ["certify", "iot-hub", "--features", &features];
    let told = sandbox.succeed(&[&fixed[..], &options].concat());
    assert!(told.contains("client: thermostat 2.1 (sha256 "), "{told}");
    let report: Value = serde_json::from_str(&read(format!("{report}/report.json"))).unwrap();
    let client = &report["client"];
    assert_eq!(client["capabilities"], serde_json::json!(["twin", "methods:reboot", "telemetry"]));
    assert_eq!(client["homepage"], "https://example.com");
    assert_eq!(client["patience_ms"], 30_000);
    assert_eq!(client["command"][1], "miniature");
    assert_eq!(client["sha256"][0]["file"], RIGHT[0]);
}

#[test]
fn known_failures_keep_a_run_green_while_they_are_true() {
    let sandbox = Sandbox::new();
    let known = |name: &str, pattern: &str, expires: &str| {
        let text = format!(
            "[[known]]\npattern = \"{pattern}\"\nreason = \"old firmware\"\nowner = \"ana\"\n\
             link = \"https://example.com/7\"\nexpires = \"{expires}\"\n"
        );
        sandbox.file(name, &text)
    };
    let by_clause = known("clause.toml", "HUB-D2C-016", "2026-12-31");
    let by_place = known("place.toml", AT_QOS, "2026-12-31");
    let by_name = known("name.toml", "keeps to QoS", "2026-12-31");
    let never = known("never.toml", "keeps to QoS 7", "2026-12-31");
    let other = known("other.toml", "HUB-TWIN-039", "2026-12-31");
    let told = "KNOWN FAILING The client keeps to QoS 0 and 1 (features/iot-hub/device/small.feature:10): \
                old firmware (ana, until 2026-12-31, https://example.com/7)\n";
    let surprise = "a surprise: `The client keeps to QoS 0 and 1` passed";
    for (list, today, client, only, code, says) in [
        (&by_clause, "2026-12-31", WRONG, None, 0, told),
        (&by_place, "2026-12-31", WRONG, None, 0, told),
        (&by_name, "2026-12-31", WRONG, None, 0, told),
        (&by_name, "2027-01-01", WRONG, None, 1, "it expired on 2026-12-31"),
        (&by_name, "2027-01-01", WRONG, None, 1, "FAIL The client keeps to QoS 0 and 1\n"),
        (&by_name, "2026-12-31", RIGHT, None, 1, surprise),
        (&by_name, "2026-12-31", RIGHT, Some("QoS"), 1, surprise),
        // It has not run.
        (&by_name, "2026-12-31", RIGHT, Some("connects"), 0, "1 passed, 0 failed, 0 skipped"),
        (&never, "2026-12-31", RIGHT, None, 1, "no scenario matches the pattern"),
        (&other, "2026-12-31", RIGHT, None, 1, "no scenario matches the pattern"),
        (&other, "2026-12-31", RIGHT, Some("connects"), 0, "1 passed, 0 failed, 0 skipped"),
    ] {
        let mut options = vec!["--known-failing", list, "--today", today];
        options.extend(only.iter().flat_map(|only| ["--only", only]));
        let ended = certify(&sandbox, &options, client);
        assert_eq!(ended.code, Some(code), "{options:?}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains(says), "{options:?}: {}", ended.stdout);
    }
    assert_eq!(certify(&sandbox, &[], WRONG).code, Some(1));
    assert_eq!(certify(&sandbox, &[], RIGHT).code, Some(0));
}

#[test]
fn only_what_is_tagged_is_tried_again_and_that_is_told() {
    let sandbox = Sandbox::new();
    // Its first two lives are short.
    let script = format!(
        "echo life >>lives; test $(wc -l <lives) -gt 2 || exit 1; exec {}",
        RIGHT.join(" ")
    );
    let retried = FEATURE.replace("@first @HUB-CONN-005", "@retry @HUB-CONN-005");
    for (feature, code, told) in [
        (retried.as_str(), 0, "FLAKY The client connects\n"),
        (&retried, 0, "attempts:    3\n"),
        (FEATURE, 3, "ERROR The client connects\n"),
    ] {
        let _ = fs::remove_file(sandbox.path("lives"));
        let features = features(&sandbox, feature);
        let options = ["certify", "iot-hub", "--features", &features, "--only", "connects", "--"];
        let ended = sandbox.run(&[&options[..], &sh(&script)].concat());
        assert_eq!(ended.code, Some(code), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains(told), "{}", ended.stdout);
    }
}

#[test]
fn shards_are_all_and_a_list_runs_nothing() {
    let sandbox = Sandbox::new();
    let list = |options: &[&str]| -> Vec<String> {
        let told = sandbox.succeed(&[options, &["--list"]].concat());
        told.lines().map(str::to_owned).collect()
    };
    for command in [&["test"][..], &["certify", "iot-hub"]] {
        let whole = list(command);
        let parts: Vec<Vec<String>> = ["1/3", "2/3", "3/3"]
            .map(|shard| list(&[command, &["--shard", shard]].concat()))
            .into();
        let mut joined = parts.concat();
        joined.sort();
        joined.dedup();
        let mut sorted = whole.clone();
        sorted.sort();
        assert_eq!(joined, sorted);
        assert!(parts.iter().all(|part| part.len() < whole.len()), "{command:?}");
    }
    let first = list(&["certify", "iot-hub", "--only", "@first"]);
    for shard in ["1/2", "2/2"] {
        let part = list(&["certify", "iot-hub", "--shard", shard]);
        assert!(first.iter().all(|line| part.contains(line)), "{part:?}");
    }
    let features = features(&sandbox, &FEATURE.replace("@HUB-D2C-016", "@does:x509 @HUB-D2C-016"));
    let asked = ["certify", "iot-hub", "--features", &features, "--list"];
    assert_eq!(
        sandbox.succeed(&asked),
        format!(
            "features/iot-hub/device/small.feature:5 The client connects\n{AT_QOS} The client keeps \
             to QoS 0 and 1 (unsupported: the client does not claim `x509`: --does x509)\n"
        )
    );
    let json = sandbox.json(&[&asked[..], &["--json"]].concat());
    assert_eq!(json[0]["line"], 5);
    assert_eq!(
        json[1]["tags"],
        serde_json::json!(["client", "does:x509", "HUB-D2C-016", "HUB-LIMIT-001"])
    );
    assert_eq!(json[0].get("instead"), None);
}

#[test]
fn a_failure_of_all_official_clients_is_a_suspect_check() {
    let sandbox = Sandbox::new();
    let failing = "The client keeps to QoS 0 and 1 | a, b\n";
    for (jury, is_suspect) in [
        (format!("official | a, b\n{failing}"), true),
        (
            format!(
                "official | a, b\n{}",
                failing.replace("The client keeps to QoS 0 and 1", AT_QOS)
            ),
            true,
        ),
        (format!("official | a, b, c\n{failing}"), false),
        (failing.to_owned(), false),
    ] {
        sandbox.file("features/jury.txt", &jury);
        let ended = certify(&sandbox, &[], WRONG);
        assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
        assert_eq!(ended.stdout.contains("suspect check: The client keeps"), is_suspect, "{jury}");
    }
    sandbox.file("features/jury.txt", "official a, b\n");
    let ended = certify(&sandbox, &[], WRONG);
    assert_eq!(ended.code, Some(2), "{}{}", ended.stdout, ended.stderr);
    assert!(ended.stderr.contains("features/jury.txt: no clients in `official a, b`"));
}

#[test]
fn a_report_is_verified_by_running_it_again() {
    let sandbox = Sandbox::new();
    let report = sandbox.path("report").display().to_string();
    certify(&sandbox, &["--report", &report, "--does", "telemetry"], RIGHT);
    let features = sandbox.path("features").display().to_string();
    let fixed = ["verify", &report, "--features", &features];
    assert_eq!(sandbox.succeed(&fixed), "2 scenarios ran again, 0 came out otherwise\n");
    let script = sandbox.file("client.sh", &format!("exec {}\n", WRONG.join(" ")));
    let ended = sandbox.run(&[&fixed[..], &["--", "sh", &script]].concat());
    assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
    for told in [
        &format!("note: {} was certified, and is no part of the command now\n", RIGHT[0]),
        &format!("note: {script} is part of the command now, and was not certified\n"),
        &format!(
            "DIFFERS The client keeps to QoS 0 and 1 ({AT_QOS}): fail, the report says pass\n"
        ),
        "\n2 scenarios ran again, 1 came out otherwise\n",
    ] {
        assert!(ended.stdout.contains(told), "{}", ended.stdout);
    }
    let path = format!("{report}/report.json");
    let text = read(&path);
    for (from, to, told) in [
        ("\"version\": \"0.1.0\"", "\"version\": \"0.0.9\"", "the report is of skyproof 0.0.9"),
        ("\"certify iot-hub\"", "\"test\"", "the report is of `test`, where no client"),
        ("\"black-box\"", "\"adapter\"", "the report is of an adapter"),
        ("{", "", "is no report.json of skyproof: "),
    ] {
        assert!(text.contains(from), "{from}");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
        let ended = sandbox.run(&["verify", &report]);
        assert_eq!(ended.code, Some(2), "{to}: {}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains(told), "{}", ended.stderr);
    }
}
