//! `clauses` and `explain`.

use crate::sandbox::Sandbox;

#[test]
fn the_last_line_of_clauses_is_a_contract() {
    let sandbox = Sandbox::new();
    for arguments in [&["clauses"][..], &["clauses", "--cloud", "iot-hub"]] {
        let output = sandbox.succeed(arguments);
        let last = output.lines().last().unwrap();
        let words: String =
            last.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c }).collect();
        let words = words.replace("NN", "N").replace("NN", "N").replace("NN", "N");
        assert_eq!(
            words,
            "N of N documented rows accounted for (N by scenario, N by reason); N of N open facts \
             decided"
        );
    }
    let json = sandbox.json(&["clauses", "--json"]);
    let output = sandbox.succeed(&["clauses"]);
    assert_eq!(json["summary"].as_str(), output.lines().last());
}

#[test]
fn what_no_vendor_documents_is_not_counted_as_documented() {
    let sandbox = Sandbox::new();
    let arguments = ["clauses", "--cloud", "skyproof"];
    let output = sandbox.succeed(&arguments);
    let last = output.lines().last().unwrap();
    assert!(last.contains(" of skyproof's own clauses accounted for ("), "{last}");
    assert_eq!(output.matches("accounted for").count(), 1);
    let json = sandbox.json(&[&arguments[..], &["--json"]].concat());
    assert_eq!(json["summary"].as_str(), Some(last));
}

#[test]
fn a_clause_is_explained() {
    let sandbox = Sandbox::new();
    for id in ["HUB-D2C-016", "hub-d2c-016", "@HUB-D2C-016"] {
        let output = sandbox.succeed(&["explain", id]);
        for part in [
            "HUB-D2C-016\n\n",
            "\nbinds       cloud\n",
            "\nlevel       must\n",
            "\nconfidence  documented\n",
            "\nsource      ",
            "\nrule        mock/cloud/src/hub/d2c.rs\n",
            "\nscenarios   features/iot-hub/cloud/d2c.feature:",
            "\nrun it: skyproof test --tags @HUB-D2C-016\n",
            "\nbreak it: skyproof test --tags @HUB-D2C-016 --break HUB-D2C-016\n",
        ] {
            assert!(output.contains(part), "`{part}` is not in\n{output}");
        }
    }
    let json = sandbox.json(&["explain", "HUB-D2C-016", "--json"]);
    assert_eq!(json["rule_file"], "mock/cloud/src/hub/d2c.rs");
    let open = sandbox.json(&["explain", "HUB-OPEN-034", "--json"]);
    assert!(open["switch"].as_str().is_some_and(|switch| switch.starts_with("hub.")), "{open}");
}

#[test]
fn areas_are_summed_and_the_last_line_stays() {
    let sandbox = Sandbox::new();
    let whole = sandbox.succeed(&["clauses"]);
    let areas = sandbox.succeed(&["clauses", "--areas"]);
    assert!(
        areas.starts_with("| area | rows | by scenario | by reason | rules in code |\n"),
        "{areas}"
    );
    assert!(whole.ends_with(&areas), "{areas}");
    assert!(areas.contains("\n| HUB-D2C | "), "{areas}");
}

#[test]
fn a_clause_is_proven_on_the_spot() {
    let sandbox = Sandbox::new();
    let output = sandbox.succeed(&["explain", "HUB-D2C-016", "--prove"]);
    for part in ["\nresult      pass\n", "\nbreaks      vanished noticed by features/iot-hub/"] {
        assert!(output.contains(part), "`{part}` is not in\n{output}");
    }
    let json = sandbox.json(&["explain", "HUB-D2C-016", "--prove", "--json"]);
    assert_eq!(json["breaks"][1]["way"], "inverted", "{json}");
}

#[test]
fn a_choice_is_explained_with_its_switch() {
    let sandbox = Sandbox::new();
    let output = sandbox.succeed(&["explain", "HUB-OPEN-035"]);
    for part in [
        "\nchoice      ours: no source says it\n",
        "\nswitch      hub.sixth_subscription\n",
        "\nsettings    \"close\"; one of `close`, `suback80`, `accept`\n",
    ] {
        assert!(output.contains(part), "`{part}` is not in\n{output}");
    }
}

#[test]
fn what_is_no_way_to_break_a_rule_is_told() {
    let sandbox = Sandbox::new();
    for (arguments, complaint) in [
        (&["--break", "HUB-D2C-016:wrong"][..], "`HUB-D2C-016:wrong` names no way to break"),
        (&["--kill-matrix", "--sample", "7"], "expected TURN/OF, such as 3/7"),
    ] {
        let output = sandbox.run(&[&["test"], arguments].concat());
        assert_eq!(output.code, Some(2), "{}", output.stderr);
        assert!(output.stderr.contains(complaint), "{}", output.stderr);
    }
}

#[test]
fn nobody_reading_is_no_error() {
    let sandbox = Sandbox::new();
    let script = format!("{} clauses | head -1; true", env!("CARGO_BIN_EXE_skyproof"));
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    drop(sandbox);
}

#[test]
fn the_suite_runs_from_the_binary() {
    let sandbox = Sandbox::new();
    let passed = sandbox.run(&["test", "--tags", "@HUB-D2C-016"]);
    assert_eq!(passed.code, Some(0), "{}{}", passed.stdout, passed.stderr);
    let shuffled = sandbox.run(&["test", "--tags", "@HUB-D2C-016", "--coalesce", "--shuffle"]);
    assert_eq!(shuffled.code, Some(0), "{}{}", shuffled.stdout, shuffled.stderr);
    assert!(shuffled.stdout.starts_with("this order again: --shuffle "), "{}", shuffled.stdout);
    let noticed = sandbox.run(&["test", "--tags", "@HUB-D2C-016", "--break", "HUB-D2C-016"]);
    assert_eq!(noticed.code, Some(1), "{}{}", noticed.stdout, noticed.stderr);
}
