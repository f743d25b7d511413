//! What the README shows is what is printed.

use regex::Regex;

use crate::sandbox::{Sandbox, read};

#[test]
fn the_demonstration_is_as_shown() {
    let printed = Sandbox::new().succeed(&["demo"]);
    assert_eq!(timeless(&printed), timeless(&shown("$ cargo run -- demo\n")));
}

#[test]
fn a_failing_scenario_is_as_shown() {
    let broken = ["test", "--break", "HUB-D2C-016", "--name", "A publish at QoS 2 ends the"];
    let printed = Sandbox::new().run(&broken);
    assert_eq!(printed.code, Some(1), "{}", printed.stderr);
    let shown = timeless(&format!("FAIL {}", shown("```text\nFAIL ")));
    assert!(timeless(&printed.stdout).contains(&shown), "{}\nis not:\n{shown}", printed.stdout);
}

/// What follows in the README, up to the end of its block.
fn shown(start: &str) -> String {
    let readme = read(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md"));
    let (_, block) = readme.split_once(start).expect(start);
    block.split("```").next().unwrap_or_default().to_owned()
}

/// Without what differs from run to run, and without the lines of features, which move.
fn timeless(text: &str) -> String {
    let fleeting =
        Regex::new(r"(?m)^\d\d:\d\d:\d\d\.\d{3}|127\.0\.0\.1:\d+|\.feature:\d+").unwrap();
    fleeting.replace_all(text, "…").into_owned()
}
