use cloud::{
    Binds::{Both, Cloud, Device},
    Clause, Confidence,
    Level::{May, Must, Should},
    Way,
};
use reports::{Matrix, Noticed, Outcome, Proof, Row, Verdict};

const PAGE: &str = "the page § Sending";

fn row(clause: Clause, rule_file: &str, scenarios: &[&str], last: Option<Outcome>) -> Row {
    Row {
        clause,
        rule_file: (!rule_file.is_empty()).then(|| rule_file.into()),
        scenarios: scenarios
            .iter()
            .map(|&at| Proof { at: at.into(), name: "It is taken".into() })
            .collect(),
        last,
        breaks: None,
    }
}

fn matrix() -> Matrix {
    let documented = |id, binds, level, says| Clause::documented(id, binds, level, PAGE, says);
    let open = |id, says| Clause::open(id, Cloud, Confidence::NotFound, "an issue", says);
    let d2c = "mock/cloud/src/hub/d2c.rs";
    let [first, second] = [11, 41].map(|n| format!("features/iot-hub/cloud/d2c.feature:{n}"));
    let (first, second) = (first.as_str(), second.as_str());
    Matrix {
        rows: vec![
            row(
                documented("HUB-D2C-001", Cloud, Must, "Telemetry is taken."),
                d2c,
                &[first, second],
                Some(Verdict::Pass.into()),
            ),
            row(
                documented("HUB-D2C-002", Device, Should, "QoS 1 is used."),
                d2c,
                &[second],
                Some(Outcome::NotRun("needs held time".into())),
            ),
            row(documented("HUB-D2C-003", Both, May, "Bags are encoded."), d2c, &[second], None),
            row(
                documented("HUB-SDK-001", Device, Must, "The SDK does it.")
                    .because("a vendor's library"),
                "",
                &[],
                None,
            ),
            row(documented("HUB-D2C-004", Cloud, Must, "Nobody wrote it."), "", &[], None),
            row(documented("HUB-D2C-005", Cloud, Must, "Nobody tries it."), d2c, &[], None),
            row(
                open("HUB-OPEN-001", "An empty topic closes."),
                "mock/cloud/src/hub/open.rs",
                &[first],
                Some(Verdict::Fail.into()),
            ),
            row(open("HUB-OPEN-002", "Nobody knows."), "", &[], None),
            row(open("HUB-OPEN-003", "A preview.").out_of_scope("preview API"), "", &[], None),
        ],
    }
}

#[test]
fn the_table_is_aligned_and_ends_with_the_sums() {
    insta::assert_snapshot!(matrix().to_string());
    assert_eq!(
        matrix().to_string().lines().last(),
        Some(
            "4 of 6 documented rows accounted for (3 by scenario, 1 by reason); 2 of 3 open facts \
             decided"
        )
    );
}

#[test]
fn as_json_it_says_the_same() {
    insta::assert_json_snapshot!(matrix().json());
}

#[test]
fn a_matrix_whose_rules_were_broken_tells_who_noticed() {
    let mut matrix = matrix();
    let noticed =
        |way, by: &[&str]| Noticed { way, by: by.iter().map(ToString::to_string).collect() };
    matrix.rows[0].breaks =
        Some(vec![noticed(Way::Vanished, &["a.feature:1"]), noticed(Way::Value, &[])]);
    insta::assert_snapshot!(matrix.areas());
    insta::assert_json_snapshot!(matrix.json()["clauses"][0]["breaks"]);
}

#[test]
fn an_empty_matrix_has_its_last_line_too() {
    let last = Matrix { rows: Vec::new() }.to_string();
    let sums = "0 of 0 documented rows accounted for (0 by scenario, 0 by reason); 0 of 0 open \
                facts decided";
    assert_eq!(last.lines().last(), Some(sums));
}
