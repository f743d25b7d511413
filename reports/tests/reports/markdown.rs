use reports::{Failure, Markdown, Scenario, Verdict};

use crate::{
    certified::certified,
    sample::{every_outcome, run, scenario, told},
};

#[test]
fn every_outcome_has_its_row() {
    insta::assert_snapshot!(told(&every_outcome(), |out| Box::new(Markdown::new(out))));
}

#[test]
fn a_certified_client_has_its_sums() {
    insta::assert_snapshot!(told(&certified(), |out| Box::new(Markdown::new(out))));
}

#[test]
fn a_run_in_which_all_passed_is_short() {
    let events = run([scenario(1, "A good one", Verdict::Pass.into())]);
    insta::assert_snapshot!(told(&events, |out| Box::new(Markdown::new(out))), @r"
    ## skyproof test: conformant

    1 scenario: 1 passed, 0 failed (skyproof 0.1.0).

    | Cloud | Scenarios | Passed | Failed | Skipped |
    |---|--:|--:|--:|--:|
    | iot-hub | 1 | 1 | 0 | 0 |
    ");
}

#[test]
fn a_page_tells_no_more_than_fifty_at_length() {
    let failed = |line| scenario(line, "A bad one", Verdict::Fail.into());
    let page =
        told(&run(std::array::from_fn::<_, 52, _>(failed)), |out| Box::new(Markdown::new(out)));
    assert_eq!(page.matches("| fail | A bad one |").count(), 52);
    assert_eq!(page.matches("<details>").count(), 50);
    assert!(page.ends_with("\n2 more are told in the other reports.\n"));
}

#[test]
fn nothing_that_a_client_says_ends_the_fence() {
    let hostile = "one\n```\n</details>\n~~~";
    let page = told(
        &run([Scenario {
            failure: Some(Failure {
                requirement: hostile.into(),
                expected: hostile.into(),
                actual: hostile.into(),
                hint: Some(hostile.into()),
                step: hostile.into(),
            }),
            repeat: hostile.into(),
            ..scenario(1, hostile, Verdict::Fail.into())
        }]),
        |out| Box::new(Markdown::new(out)),
    );
    let is_fence = |line: &&str| line.trim_start_matches(' ').starts_with("```");
    let indents: Vec<_> = page.lines().filter(is_fence).map(|line| line.find('`')).collect();
    assert_eq!(indents.iter().filter(|&&indent| indent < Some(4)).count(), 2, "{page}");
}
