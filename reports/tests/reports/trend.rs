//! Nights laid side by side.

use reports::{
    Event, Json, Night, Outcome, Scenario, Trend,
    Verdict::{Fail, Pass},
    json::Document,
};

use crate::{
    certified::{check, of},
    sample::told,
};

fn document<const N: usize>(scenarios: [Scenario; N]) -> Document {
    let events: Vec<Event> = of(scenarios);
    Document::read(told(&events, |out| Box::new(Json::new(out))).as_bytes()).expect("our own")
}

fn night<const N: usize>(date: &str, series: &str, scenarios: [Scenario; N]) -> Night {
    let (date, series) = (date.to_owned(), series.to_owned());
    let link = Some(format!("{date}/{series}/index.html"));
    Night { date, series, document: document(scenarios), link }
}

fn nights() -> Vec<Night> {
    let good = || check(1, "Stays", Pass.into());
    vec![
        night("2026-11-18", "got-worse", [good(), check(2, "Breaks", Pass.into())]),
        night("2026-11-18", "always-bad", [good(), check(2, "Bad", Fail.into())]),
        night("2026-11-18", "a-good-one", [good()]),
        night("2026-11-18", "gone", [good()]),
        // It had no night between: the last one of its own counts.
        night("2026-11-19", "always-bad", [good(), check(2, "Bad", Fail.into())]),
        night("2026-11-19", "a-good-one", [good(), check(3, "Dropped", Fail.into())]),
        night("2026-11-20", "got-worse", [good(), check(2, "Breaks", Fail.into())]),
        night("2026-11-20", "always-bad", [good(), check(2, "Bad", Fail.into())]),
        night("2026-11-20", "a-good-one", [good()]),
        night("2026-11-20", "new-and-<bad>", [check(2, "Bad", Fail.into())]),
    ]
}

#[test]
fn clients_that_got_worse_come_first() {
    let trend = Trend::of(&nights());
    assert!(trend.is_regression());
    insta::assert_snapshot!("trend.txt", trend.to_string());
    insta::assert_snapshot!("trend.html", trend.html());
}

#[test]
fn only_what_newly_fails_is_a_regression() {
    let bad = || document([check(1, "One", Fail.into())]);
    let good = || document([check(1, "One", Pass.into())]);
    let declined = || document([check(1, "One", Outcome::Unsupported("exit code 127".into()))]);
    let two = || document([check(1, "One", Pass.into()), check(2, "Two", Pass.into())]);
    for (what, before, after, is_regression) in [
        ("newly failing", good(), bad(), true),
        ("failing as before", bad(), bad(), false),
        ("mended", bad(), good(), false),
        ("removed", two(), good(), false),
        ("declined now", good(), declined(), false),
    ] {
        let night = |date: &str, document: Document| Night {
            date: date.to_owned(),
            series: "it".to_owned(),
            document,
            link: None,
        };
        let trend = Trend::of(&[night("2", after), night("1", before)]);
        assert_eq!(trend.is_regression(), is_regression, "{what}");
    }
}

#[test]
fn a_single_night_and_none_at_all_are_no_regression() {
    let first = night("2026-11-20", "first", [check(1, "One", Fail.into())]);
    assert!(!Trend::of(&[first]).is_regression());
    assert_eq!(Trend::of(&[]).to_string(), "no night so far");
    assert!(Trend::of(&[]).html().ends_with("</html>\n"));
}

#[test]
fn names_and_texts_cannot_break_out_of_the_page() {
    let hostile = "</li><script>alert(1)</script>\"'";
    let nights = [
        night("1", hostile, [check(1, hostile, Pass.into())]),
        night("2", hostile, [check(1, hostile, Fail.into())]),
    ];
    let page = Trend::of(&nights).html();
    assert!(!page.contains("<script"), "{page}");
    assert!(!page.contains("\"'"), "{page}");
}
