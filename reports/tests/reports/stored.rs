//! Stored runs: compared, joined, and several clients' laid side by side.

use reports::{
    Diff, Event, Json, Outcome, Scenario, Shard, Suspects,
    Verdict::{self, Error, Fail, Inconclusive, Pass, Warn},
    json::Document,
    merge,
};

use crate::{
    certified::{certified, check, client, of},
    sample::told,
};

fn document(events: &[Event]) -> Document {
    Document::read(told(events, |out| Box::new(Json::new(out))).as_bytes()).expect("our own")
}

fn shard(name: &str, events: Vec<Event>) -> Shard {
    Shard { name: name.into(), events }
}

/// A run of another client.
fn by(name: &str, mut events: Vec<Event>) -> Vec<Event> {
    if let Some(Event::RunStarted { client: Some(client), .. }) = events.first_mut() {
        client.name = name.into();
    }
    events
}

#[test]
fn what_became_of_each_scenario() {
    let flaky = Scenario { attempts: 3, ..check(7, "Came round", Pass.into()) };
    let before = document(&of([
        check(1, "Stays", Pass.into()),
        check(2, "Breaks", Pass.into()),
        check(3, "Mended", Fail.into()),
        check(4, "Gone", Fail.into()),
        check(5, "Still bad", Fail.into()),
        check(6, "Warned", Pass.into()),
        check(7, "Came round", Pass.into()),
        check(8, "Unsettled", Outcome::NotRun("needs --long".into())),
        check(9, "Declined", Warn.into()),
    ]));
    let after = document(&by(
        "thermostat-2",
        of([
            check(11, "Stays", Pass.into()),
            check(12, "Breaks", Error.into()),
            check(13, "Mended", Warn.into()),
            check(15, "Still bad", Fail.into()),
            check(16, "Warned", Warn.into()),
            flaky,
            check(18, "Unsettled", Inconclusive.into()),
            check(19, "Fresh", Pass.into()),
            check(21, "Declined", Outcome::Unsupported("exit code 127".into())),
            check(20, "Fresh and bad", Fail.into()),
        ]),
    ));
    let diff = Diff::of(&before, &after);
    assert!(diff.is_regression());
    insta::assert_snapshot!(diff);
    insta::assert_json_snapshot!(diff);
}

#[test]
fn a_run_does_not_differ_from_itself() {
    let document = document(&of([
        check(1, "Stays", Pass.into()),
        check(2, "Stays", Fail.into()),
        check(3, "Not run", Outcome::NotApplicable),
    ]));
    let diff = Diff::of(&document, &document);
    assert!(!diff.is_regression() && diff.scenarios.is_empty());
    assert_eq!(diff.to_string(), "3 unchanged");
}

#[test]
fn what_is_removed_has_not_regressed() {
    let before = document(&of([check(1, "Gone", Pass.into())]));
    let after = document(&of([]));
    let diff = Diff::of(&before, &after);
    assert!(!diff.is_regression());
    assert!(diff.to_string().ends_with("\n1 removed"), "{diff}");
    assert_eq!(Diff::of(&after, &after).to_string(), "no scenario in either");
}

#[test]
fn shards_join_into_the_whole_run() {
    let events = certified();
    let (head, rest) = events.split_at(1);
    let (scenarios, tail) = rest.split_at(rest.len() - 2);
    let part = |scenarios: &[Event]| [head, scenarios, tail].concat();
    // What was found besides is told by the shard that found it.
    let most = [&scenarios[..1], &scenarios[2..]].concat();
    let shards =
        [shard("a", part(&most)), shard("b", part(&scenarios[1..2])), shard("c", part(&[]))];
    let joined = merge(&shards).expect("of one run");
    assert_eq!(document(&joined), document(&events));
    assert_eq!(merge(&[shard("a", joined.clone())]).expect("one is enough"), joined);
    // Told alike by two shards, it is one scenario.
    let twice = [shard("a", events.clone()), shard("b", events)];
    assert_eq!(merge(&twice).expect("of one run"), joined);
}

#[test]
fn shards_of_different_runs_are_refused() {
    let whole = certified();
    let with = |change: &dyn Fn(&mut Event)| {
        let mut events = whole.clone();
        change(&mut events[0]);
        events
    };
    let of_version = with(&|event| {
        if let Event::RunStarted { version, .. } = event {
            *version = "9.9.9".into();
        }
    });
    let of_client = |change: &dyn Fn(&mut reports::Client)| {
        with(&|event| {
            if let Event::RunStarted { client: Some(client), .. } = event {
                change(client);
            }
        })
    };
    let otherwise = of([check(12, "The client keeps to QoS 0 and 1", Pass.into())]);
    for (events, error) in [
        (
            of_version,
            "a and b are not of one run: the version of skyproof is 0.1.0 in one and 9.9.9 in the other",
        ),
        (
            of_client(&|client| client.name = "other".into()),
            "a and b are not of one run: the client is thermostat 2.1.0 (sha256 0123abcd0123) in one \
             and other 2.1.0 (sha256 0123abcd0123) in the other",
        ),
        (
            of_client(&|client| client.seed = 8),
            "a and b are not of one run: the seed is 7 in one and 8 in the other",
        ),
        (
            of_client(&|client| client.capabilities.clear()),
            "a and b are not of one run: the way to certify is black box, quick lane, seed 7, linux x86_64; does telemetry, \
             methods:reboot in one and black box, quick lane, seed 7, linux x86_64; declares nothing in the other",
        ),
        (
            of_client(&|client| {
                client.sha256[0].sha256 = format!("0123abcd0123{}", "f".repeat(52))
            }),
            "a and b are not of one run: the client's executable is ./thermostat 0123abcd0123abcd0123abcd0123abcd0123abcd0123abcd0123abcd0123abcd in one and ./thermostat 0123abcd0123ffffffffffffffffffffffffffffffffffffffffffffffffffff in the other",
        ),
        (
            otherwise,
            "a and b tell of The client keeps to QoS 0 and 1 (features/iot-hub/device/certify/telemetry.feature:12) differently",
        ),
        (whole[1..].to_vec(), "b is no whole run: it has no `run-started` where one belongs"),
        (whole[..3].to_vec(), "b is no whole run: it has no `run-finished` where one belongs"),
    ] {
        let refused = merge(&[shard("a", whole.clone()), shard("b", events)]);
        assert_eq!(refused.map_err(|it| it.to_string()).expect_err(error), error);
    }
    assert_eq!(merge(&[]).map_err(|it| it.to_string()), Err("there is nothing to merge".into()));
}

#[test]
fn a_check_that_no_client_passes_is_suspect() {
    let run = |name: &str, outcomes: [Verdict; 3]| {
        let [a, b, c] = outcomes;
        document(&by(
            name,
            of([
                check(1, "Fails for all", a.into()),
                check(2, "Passes for one", b.into()),
                check(3, "In trouble for one", c.into()),
            ]),
        ))
    };
    let mut with_clauses = certified();
    if let Some(Event::RunStarted { client: it, .. }) = with_clauses.first_mut() {
        *it = Some(Box::new(client()));
    }
    let suspects = Suspects::of(&[run("one", [Fail, Fail, Fail]), run("two", [Fail, Warn, Error])]);
    insta::assert_snapshot!(suspects, @r"
    SUSPECT Fails for all (features/iot-hub/device/certify/telemetry.feature:1): fails for one 2.1.0 (sha256 0123abcd0123), two 2.1.0 (sha256 0123abcd0123)
    1 suspect check among 2 clients
    ");
    let same = document(&with_clauses);
    let both = [document(&by("other", with_clauses)), same.clone()];
    let suspects = Suspects::of(&both);
    let broken: Vec<_> = suspects.checks.iter().map(|check| check.broken.join(" ")).collect();
    assert_eq!(broken, ["", "HUB-D2C-016"], "{suspects}");
    // The same client twice is one witness.
    assert_eq!(Suspects::of(&[same.clone(), same]).checks, []);
}
