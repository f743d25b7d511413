//! The miniatures: what certification says of each.

use std::{
    collections::BTreeSet,
    fs,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use serde_json::Value;
use skyproof::miniature::Miniature;

use crate::sandbox::{Sandbox, read};

#[test]
fn an_unknown_miniature_is_an_error_that_tells_its_neighbours() {
    let sandbox = Sandbox::new();
    let ended = sandbox.run(&["miniature", "publishes-at-qos2"]);
    let says = "error: there is no miniature `publishes-at-qos2`\n\n\
                hint: the nearest are publishes_at_qos_2, ";
    assert!(ended.stderr.starts_with(says), "{}", ended.stderr);
    assert!(ended.stderr.ends_with("\nhint: skyproof miniature --list\n"), "{}", ended.stderr);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
}

#[test]
fn the_list_tells_name_cloud_clauses_and_what_is_wrong() {
    let list = Sandbox::new().succeed(&["miniature", "--list"]);
    let line = list.lines().find(|line| line.starts_with("publishes_at_qos_2 ")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[1..3], ["iot-hub", "HUB-D2C-016,HUB-LIMIT-001"], "{line}");
    assert!(line.ends_with(" It publishes at QoS 2."), "{line}");
    assert!(list.starts_with("right "), "{list}");
}

#[test]
fn a_miniature_that_is_told_nothing_says_what_it_has_to_know() {
    let ended = Sandbox::new().run(&["miniature", "right"]);
    let says = "error: neither IOTHUB_DEVICE_CONNECTION_STRING nor PROVISIONING_HOST is set: where to \
                connect?\n\nhint: skyproof exec -- skyproof miniature right\n";
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(2), says));
}

/// Everything that a client can do.
const ALL: &str = "telemetry,c2d,twin,methods:reboot,x509,module,routing,websocket";

#[test]
fn nothing_is_wrong_with_the_right_one() {
    let sandbox = Sandbox::new();
    for (cloud, does, least) in [
        ("iot-hub", ALL, 40),
        ("dps", "x509", 15),
        ("event-grid", "telemetry,commands", 20),
        ("alibaba", "telemetry,properties,rrpc", 20),
    ] {
        let found = certify(&sandbox, &[cloud, "--does", does], &miniature("right"));
        let nothing = BTreeSet::new();
        assert_eq!((found.code, &found.caught), (Some(0), &nothing), "{cloud}: {}", found.told);
        assert!(found.passed >= least, "{cloud}: {} passed", found.passed);
    }
}

#[test]
fn what_is_no_client_passes_nothing() {
    let sandbox = Sandbox::new();
    for (command, code) in [
        (&["true"][..], 3),
        (&["false"], 3),
        (&["sleep", "60"], 5),
        (&["curl", "-s", "https://$SKYPROOF_HOST:$SKYPROOF_PORT"], 3),
    ] {
        let command: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
        let found = certify(&sandbox, &["iot-hub"], &command);
        assert_eq!((found.passed, found.code), (0, Some(code)), "{command:?}: {}", found.told);
    }
}

/// A sample; all of them where `SKYPROOF_MINIATURES=all` says so, which takes minutes.
#[test]
fn a_wrong_one_is_caught_by_exactly_its_clauses() {
    const SAMPLE: usize = 11;
    const AT_ONCE: usize = 8;
    let all = std::env::var("SKYPROOF_MINIATURES").is_ok_and(|which| which == "all");
    let wrong = skyproof::miniature::all().filter(|it| !it.clauses.is_empty());
    let chosen: Vec<&Miniature> = wrong.step_by(if all { 1 } else { SAMPLE }).collect();
    let next = AtomicUsize::new(0);
    let amiss = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                let sandbox = Sandbox::new();
                while let Some(it) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if difference(&sandbox, it).is_some() {
                        amiss.lock().unwrap().push(*it);
                    }
                }
            });
        }
    });
    // In the crowd a client may not get round to all that is wrong with it: it is looked at alone.
    let sandbox = Sandbox::new();
    let amiss = amiss.into_inner().unwrap();
    let amiss: Vec<String> = amiss.into_iter().filter_map(|it| difference(&sandbox, it)).collect();
    assert!(amiss.is_empty(), "of {}:\n{}", chosen.len(), amiss.join("\n"));
}

/// What certification says of a miniature beyond or short of what it should.
fn difference(sandbox: &Sandbox, it: &Miniature) -> Option<String> {
    let expected: BTreeSet<String> = it.clauses.iter().map(|id| (*id).to_owned()).collect();
    let about = it.clauses.iter().filter(|id| has_scenario(it.cloud, id));
    let tags: Vec<String> = about.map(|id| format!("@{id}")).collect();
    let only = match (tags.is_empty(), it.cloud) {
        (false, _) => tags.join(" or "),
        // Any scenario notices that lasts until all is said.
        (true, "dps") => "@DPS-POLL-009".to_owned(),
        (true, "event-grid" | "alibaba") => "@SKY-CLIENT-004".to_owned(),
        (true, _) => "@HUB-LIMIT-005".to_owned(),
    };
    let mut arguments = vec![it.cloud, "--warp", "10", "--only", &only];
    let does = format!("telemetry,c2d,twin,methods:reboot,{}", it.does.join(","));
    if !it.does.is_empty() {
        arguments.extend(["--does", &does]);
    }
    let found = certify(sandbox, &arguments, &miniature(it.name));
    (found.caught != expected).then(|| {
        format!("{}: expected {expected:?}, caught by {:?}\n{}", it.name, found.caught, found.told)
    })
}

/// Whether a scenario of clients is about this clause.
fn has_scenario(cloud: &str, id: &str) -> bool {
    let folder = format!("{}/features/{cloud}/device/certify", env!("CARGO_MANIFEST_DIR"));
    fs::read_dir(folder).unwrap().any(|file| {
        read(file.unwrap().path()).split_whitespace().any(|word| word.strip_prefix('@') == Some(id))
    })
}

fn miniature(name: &str) -> Vec<String> {
    [env!("CARGO_BIN_EXE_skyproof"), "miniature", name].map(str::to_owned).into()
}

/// What a run of certification came to.
struct Found {
    code: Option<i32>,
    /// The clauses that a scenario failed for, or warned of.
    caught: BTreeSet<String>,
    passed: usize,
    /// What was printed, to be read when something is amiss.
    told: String,
}

fn certify(sandbox: &Sandbox, arguments: &[&str], command: &[String]) -> Found {
    let folder = sandbox.path("report").display().to_string();
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    let fixed = ["--report", &folder, "--"];
    let ended = sandbox.run(&[&["certify"], arguments, &fixed, &command].concat());
    let told = ended.stdout + &ended.stderr;
    let mut found = Found { code: ended.code, caught: BTreeSet::new(), passed: 0, told };
    for line in read(sandbox.path("report/events.jsonl")).lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        match event["outcome"].as_str() {
            Some("pass") => found.passed += 1,
            Some("fail" | "warn") => {
                let requirement = event["failure"]["requirement"].as_str().unwrap_or_default();
                let ids = requirement.lines().filter_map(|line| line.split_once(": "));
                found.caught.extend(ids.map(|(id, _)| id.to_owned()));
            }
            _ => {}
        }
    }
    found
}
