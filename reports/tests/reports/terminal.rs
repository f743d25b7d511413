use reports::{Event, Outcome, Terminal, Verdict};

use crate::{
    certified::certified,
    sample::{every_outcome, run, scenario, told},
};

#[test]
fn every_outcome_is_accounted_for() {
    insta::assert_snapshot!(told(&every_outcome(), |out| Box::new(Terminal::new(out))));
}

#[test]
fn a_certified_client_is_named_at_the_end() {
    insta::assert_snapshot!(told(&certified(), |out| Box::new(Terminal::new(out))));
}

#[test]
fn progress_is_drawn_over_itself() {
    let mut events = run([
        scenario(1, "A good one", Verdict::Pass.into()),
        scenario(2, "A declined one", Outcome::NotApplicable),
        scenario(3, "A bad one", Verdict::Error.into()),
    ]);
    let started = |name: &str| Event::ScenarioStarted {
        path: "features/a.feature".into(),
        line: 1,
        name: name.into(),
    };
    events.insert(1, started(&"long ".repeat(30)));
    events.insert(2, started("A bad\n\u{1b}[2J one"));
    let told = told(&events, |out| Box::new(Terminal::new(out).progress(true)));
    assert!(told.lines().flat_map(|line| line.split('\r')).all(|line| line.chars().count() < 85));
    insta::assert_snapshot!(told.replace('\r', "CR").replace('\u{1b}', "ESC"));
}

#[test]
fn colour_comes_only_when_told() {
    let coloured = told(&every_outcome(), |out| Box::new(Terminal::new(out).colour(true)));
    insta::assert_snapshot!(coloured.replace('\u{1b}', "ESC"));
    let plain = told(&every_outcome(), |out| Box::new(Terminal::new(out).colour(false)));
    assert!(!plain.contains('\u{1b}'));
}

#[test]
fn a_run_without_trouble_is_told_in_two_lines() {
    let passed = scenario(1, "A good one", Verdict::Pass.into());
    for (events, lines) in [
        (run([]), "0 passed, 0 failed, 0 skipped\n0 scenarios: 0 passed, 0 failed in 1.204 s\n"),
        (
            run([passed]),
            "1 passed, 0 failed, 0 skipped\n1 scenario: 1 passed, 0 failed in 1.204 s\n",
        ),
    ] {
        assert_eq!(told(&events, |out| Box::new(Terminal::new(out))), lines);
    }
}

#[test]
fn a_client_cannot_speak_to_the_terminal() {
    let hostile = Outcome::NotRun("\u{1b}[2Jgone\nand more".into());
    let told = told(&run([scenario(1, "A \u{1b}]0;title\u{7}", hostile)]), |out| {
        Box::new(Terminal::new(out))
    });
    let line = told.lines().next();
    let place = "features/iot-hub/cloud/d2c.feature:1";
    let seen = format!("NOT RUN A \u{FFFD}]0;title\u{FFFD} ({place}): \u{FFFD}[2Jgone and more");
    assert_eq!(line, Some(seen.as_str()));
}

#[test]
fn the_tail_of_a_trace_is_as_long_as_told() {
    let told = told(&every_outcome(), |out| Box::new(Terminal::new(out).last_steps(1)));
    let steps: Vec<_> = told.lines().filter(|line| line.contains("14:22:")).collect();
    assert_eq!(
        steps,
        [
            "  >> 14:22:03 #1 < PINGREQ [d1]",
            "  >> 14:22:18 #1 < PINGREQ [d1]",
            "     14:22:20 #1 < PINGREQ [d1]",
            "     14:22:02 #1 < PINGREQ [d1]",
        ]
    );
}
