//! The house rules, read off the source tree. Each test holds one invariant of ARCHITECTURE.md.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use cloud::{Standing, catalogue};
use skyproof::matrix;

/// Clauses without a scenario so far, each with its reason. The list may only shrink.
const NOT_YET: &str = include_str!("../features/not-yet.txt");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this extension, with its text.
fn files(folder: &str, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), extension, &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} has no .{extension} file");
    found
}

fn collect(folder: &Path, extension: &str, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            if path.file_name().is_some_and(|name| name != "target") {
                collect(&path, extension, found);
            }
        } else if path.extension().is_some_and(|e| e == extension) {
            let name = path.strip_prefix(root()).unwrap().display().to_string();
            found.push((name, fs::read_to_string(&path).unwrap()));
        }
    }
}

/// Lines of code that contain one of the words; comments aside.
fn offences(files: &[(String, String)], words: &[&str]) -> Vec<String> {
    let mut offences = Vec::new();
    for (name, text) in files {
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| code.contains(word)) {
                offences.push(format!("{name}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    offences
}

/// The dependencies of a package, dev-dependencies aside.
fn dependencies(package: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(package).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = toml::from_str(&text).unwrap();
    manifest["dependencies"].as_table().unwrap().keys().cloned().collect()
}

#[test]
fn the_cloud_has_no_io_no_clock_and_no_chance() {
    let words = [
        "std::net",
        "std::fs",
        "std::io",
        "std::thread",
        "std::env",
        "Instant",
        "SystemTime",
        "HashMap",
        "HashSet",
        "tokio",
        "rand::",
        "println!",
        "unsafe",
    ];
    for pure in ["mock/cloud", "mock/broker"] {
        assert_eq!(offences(&files(&format!("{pure}/src"), "rs"), &words), [""; 0]);
        for forbidden in ["tokio", "rustls", "rand", "reqwest", "socket2", "chrono"] {
            assert!(!dependencies(pure).contains(forbidden), "{pure} knows {forbidden}");
        }
    }
}

#[test]
fn packages_know_only_whom_the_house_allows() {
    let house: BTreeSet<&str> =
        ["broker", "certs", "cloud", "reports", "server", "wire", "cucumber"].into();
    for (package, allowed) in [
        ("certs", &[][..]),
        ("mock/wire", &[]),
        ("mock/broker", &["wire"]),
        ("mock/cloud", &["broker", "wire"]),
        ("mock/server", &["cloud", "wire"]),
        ("reports", &["cloud"]),
    ] {
        let known = dependencies(package);
        let known: Vec<&str> =
            known.iter().map(String::as_str).filter(|name| house.contains(name)).collect();
        assert_eq!(known, allowed, "{package}");
    }
}

#[test]
fn only_the_server_and_the_harness_devices_know_sockets() {
    let words = ["TcpStream", "TcpListener", "UdpSocket", "tokio_rustls", "tokio_tungstenite"];
    let mut outside = files("steps", "rs");
    let apart = ["steps/device/", "steps/miniature/", "steps/tidy.rs"];
    outside.retain(|(name, _)| !apart.iter().any(|it| name.starts_with(it)));
    outside.extend(files("reports/src", "rs"));
    outside.extend(files("certs/src", "rs"));
    assert_eq!(offences(&outside, &words), [""; 0]);
}

#[test]
fn only_steps_knows_cucumber() {
    let mut outside = files("src", "rs");
    for folder in ["certs", "mock", "reports"] {
        outside.extend(files(folder, "rs"));
    }
    assert_eq!(offences(&outside, &["cucumber::", "use gherkin"]), [""; 0]);
}

#[test]
fn nothing_sleeps() {
    let mut all = files("steps", "rs");
    all.retain(|(name, _)| name != "steps/tidy.rs");
    for folder in ["src", "certs", "mock", "reports"] {
        all.extend(files(folder, "rs"));
    }
    // The wall clock's own wait for the next deadline is the one exception.
    all.retain(|(name, _)| name != "mock/server/src/clock.rs");
    assert_eq!(offences(&all, &["thread::sleep", "time::sleep", "interval("]), [""; 0]);
}

#[test]
fn nothing_is_left_to_do_or_ignored() {
    let mut all = files("steps", "rs");
    all.retain(|(name, _)| name != "steps/tidy.rs");
    for folder in ["src", "certs", "mock", "reports"] {
        all.extend(files(folder, "rs"));
    }
    assert_eq!(offences(&all, &["todo!(", "unimplemented!(", "#[ignore", "FIXME"]), [""; 0]);
}

#[test]
fn ids_are_unique_and_so_are_their_sentences() {
    let mut seen = BTreeMap::new();
    for clause in catalogue::all() {
        assert_eq!(seen.insert(clause.id, ()), None, "{} is listed twice", clause.id);
    }
    let mut sentences = BTreeMap::new();
    for clause in catalogue::all() {
        if let Some(other) = sentences.insert(clause.says, clause.id) {
            panic!("{} and {other} say the same: {}", clause.id, clause.says);
        }
    }
}

/// `HUB-D2C-016` is `d2c`.
fn family(id: &str) -> String {
    id.split('-').nth(1).unwrap_or_default().to_lowercase()
}

#[test]
fn a_rule_stands_in_the_file_that_its_id_names() {
    for file in cloud::rule_files() {
        let stem = Path::new(file.path).file_stem().unwrap().to_str().unwrap();
        // Clauses of our own have no page whose order the files could follow.
        for rule in file.rules.iter().filter(|rule| !rule.id().starts_with("SKY-")) {
            assert_eq!(stem, family(rule.id()), "{} is declared in {}", rule.id(), file.path);
        }
    }
}

#[test]
fn a_rule_is_declared_once() {
    let mut seen = BTreeMap::new();
    for file in cloud::rule_files() {
        for rule in file.rules {
            if let Some(other) = seen.insert(rule.id(), file.path) {
                panic!("{} is declared in {} and in {other}", rule.id(), file.path);
            }
        }
    }
}

#[test]
fn a_documented_clause_has_a_scenario_in_the_feature_that_its_id_names() {
    let mut elsewhere = Vec::new();
    for row in matrix::of_cloud(None).unwrap().rows {
        let id = row.clause.id;
        if row.clause.is_open() || row.scenarios.is_empty() {
            continue;
        }
        let file = format!("/{}.feature", family(id));
        if !row.scenarios.iter().any(|proof| proof.at.contains(&file)) {
            elsewhere.push(format!("{id}: {:?}, none in {file}", row.scenarios));
        }
    }
    assert_eq!(elsewhere, [""; 0]);
}

/// The ids of the list of exceptions, with their reasons.
fn not_yet() -> BTreeMap<&'static str, &'static str> {
    NOT_YET
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap_or((line, "")))
        .collect()
}

#[test]
fn every_clause_is_accounted_for() {
    let not_yet = not_yet();
    let mut forgotten = Vec::new();
    let apart = matrix::APART.iter().flat_map(|name| matrix::of_cloud(Some(name)).unwrap().rows);
    for row in matrix::of_cloud(None).unwrap().rows.into_iter().chain(apart) {
        let proven = !row.scenarios.is_empty();
        let excused = row.clause.standing != Standing::Proven;
        let listed = not_yet.contains_key(row.clause.id);
        match (proven, excused, listed) {
            (true, false, false) | (false, true, false) | (false, false, true) => {}
            (false, false, false) => forgotten.push(format!("{} has no scenario", row.clause.id)),
            (true, true, _) => {
                forgotten.push(format!("{} has a scenario and an excuse", row.clause.id))
            }
            (_, _, true) => forgotten.push(format!("{} may leave not-yet.txt", row.clause.id)),
        }
    }
    assert_eq!(forgotten, [""; 0]);
}

#[test]
fn a_switch_that_the_catalogue_names_is_in_a_profile() {
    // A clause that is not in code yet may name the switch that it is going to have.
    let not_yet = not_yet();
    let named: BTreeSet<&str> = catalogue::all()
        .filter(|clause| !not_yet.contains_key(clause.id))
        .filter_map(|clause| clause.switch)
        .collect();
    let missing: Vec<&str> =
        named.into_iter().filter(|switch| cloud::profile::settings(switch).is_none()).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn exceptions_are_clauses_and_have_a_reason() {
    for (id, reason) in not_yet() {
        assert!(catalogue::find(id).is_some(), "not-yet.txt lists {id}, which is no clause");
        assert!(reason.len() > 10, "not-yet.txt gives no reason for {id}");
    }
}

#[test]
fn scenarios_are_short() {
    for (name, text) in files("features", "feature") {
        let mut lines = 0;
        let mut title = "";
        for line in text.lines().map(str::trim) {
            if line.starts_with("Scenario") {
                (lines, title) = (0, line);
            }
            lines +=
                usize::from(!line.is_empty() && !line.starts_with('|') && !line.starts_with('#'));
            assert!(lines <= 15, "{name}: `{title}` has more than 15 lines");
        }
    }
}

#[test]
fn numbers_in_documents_are_computed() {
    let totals = matrix::of_cloud(None).unwrap().totals().to_string();
    computed(
        "README.md",
        r"\d+ of \d+ documented rows accounted for .*; \d+ of \d+ open facts decided",
        &totals,
    );
}

/// Cloud by cloud, as `skyproof clauses --cloud` sums it up.
#[test]
fn the_table_of_the_clouds_is_computed() {
    let head = "| `--cloud` | documented rows | by scenario | by reason | open facts | decided |\n\
                |---|--:|--:|--:|--:|--:|\n";
    let clouds = catalogue::CLAUSES.iter().map(|(name, _)| *name);
    let vendors = clouds.filter(|name| !matrix::APART.contains(name)).map(Some);
    let lines: Vec<String> = vendors
        .chain([None])
        .map(|cloud| {
            let sums = matrix::of_cloud(cloud).unwrap().totals();
            let (rows, proven, excused) = (sums.documented, sums.by_scenario, sums.by_reason);
            let (name, open, decided) = (cloud.unwrap_or("all"), sums.open, sums.decided);
            format!("| {name} | {rows} | {proven} | {excused} | {open} | {decided} |")
        })
        .collect();
    let table = format!("{head}{}", lines.join("\n"));
    computed("README.md", r"(?s)\| `--cloud` \| documented .*\n\| all \|[^\n]*", &table);
}

/// The table of an area is computed; what is pasted must be what it computes to.
#[test]
fn the_table_of_the_areas_is_computed() {
    let areas = matrix::of_cloud(None).unwrap().areas();
    let rules = format!("{} rules in code", areas.sum().rules);
    computed("ARCHITECTURE.md", r"\d+ rules in code", &rules);
    // As `skyproof clauses --areas` prints it.
    computed(
        "ARCHITECTURE.md",
        r"(?s)\| area \| rows .*\n\| all \|[^\n]*",
        areas.to_string().trim_end(),
    );
}

/// A document has this text where the pattern stands; `NUMBERS=write` puts it there.
fn computed(document: &str, pattern: &str, text: &str) {
    let path = root().join(document);
    let found = fs::read_to_string(&path).unwrap();
    if std::env::var("NUMBERS").is_ok_and(|value| value == "write") {
        let pattern = regex::Regex::new(pattern).unwrap();
        assert!(pattern.is_match(&found), "{document} has no place for: {text}");
        let written = pattern.replace(&found, regex::NoExpand(text));
        fs::write(&path, written.as_bytes()).unwrap();
    } else {
        let hint = "`NUMBERS=write cargo test --test tidy computed` puts it there";
        assert!(found.contains(text), "{document} does not say:\n{text}\nhint: {hint}");
    }
}

#[test]
fn a_scenario_owns_its_scene() {
    let mut all = files("steps", "rs");
    // The names in service.rs are the vendor's, kept for good, and the same whoever asks first.
    let apart = ["steps/tidy.rs", "steps/outside/service.rs"];
    all.retain(|(name, _)| !apart.contains(&name.as_str()));
    let shared = [
        "static mut",
        "thread_local!",
        "OnceLock",
        "OnceCell",
        "lazy_static",
        "set_var",
        "set_current_dir",
    ];
    assert_eq!(offences(&all, &shared), [""; 0]);
    let statics: Vec<String> = all
        .iter()
        .flat_map(|(name, text)| text.lines().map(move |line| (name, line.trim())))
        .filter(|(_, line)| line.starts_with("static ") || line.contains(" static "))
        .filter(|(_, line)| !line.starts_with("//"))
        .filter(|(_, line)| {
            ["Mutex", "RwLock", "Atomic", "Cell"].iter().any(|it| line.contains(it))
        })
        .map(|(name, line)| format!("{name}: {line}"))
        .collect();
    assert_eq!(statics, [""; 0]);
    // What the scenarios of one run share is how they are run, where their accounts go, and that a cloud
    // elsewhere, which they have in common, does not answer any more.
    let shared = offences(&all, &["Mutex<"]);
    let shared: Vec<&str> = shared.iter().filter_map(|line| line.split(':').next()).collect();
    let places = [
        "steps/client/process.rs",
        "steps/device/doors.rs",
        "steps/suite.rs",
        "steps/suite/telling.rs",
        "steps/world.rs",
    ];
    assert!(shared.iter().all(|place| places.contains(place)), "{shared:?}");
}

#[test]
fn reports_read_events_and_nothing_reads_reports() {
    let io = ["std::fs", "File::", "std::env", "std::net", "stdin", "Command::"];
    assert_eq!(offences(&files("reports/src", "rs"), &io), [""; 0]);
    // Runs end in reports; whoever is judged by them must not know them.
    let mut judged = files("mock", "rs");
    judged.extend(files("certs", "rs"));
    judged.extend(files("steps/device", "rs"));
    for file in ["scene", "trust"] {
        let name = format!("steps/{file}.rs");
        judged.push((name.clone(), fs::read_to_string(root().join(name)).unwrap()));
    }
    assert_eq!(offences(&judged, &["reports::"]), [""; 0]);
    // Sentences say what came of them in the words of reports, and write none.
    let mut sentences = files("steps/sentences", "rs");
    sentences.extend(files("steps/client", "rs"));
    let writers = ["dyn Report", "Terminal", "Junit", "JsonLines", "Markdown", "Tee"];
    assert_eq!(offences(&sentences, &writers), [""; 0]);
}

#[test]
fn every_file_of_code_begins_with_what_it_is_for() {
    let mut mute = Vec::new();
    for folder in [
        "src",
        "steps",
        "certs/src",
        "mock/wire/src",
        "mock/broker/src",
        "mock/cloud/src",
        "mock/server/src",
        "reports/src",
    ] {
        for (name, text) in files(folder, "rs") {
            if !text.starts_with("//!") {
                mute.push(name);
            }
        }
    }
    assert_eq!(mute, [""; 0]);
}

/// Every script of a workflow's steps.
fn scripts(yaml: &yaml_rust2::Yaml, found: &mut Vec<String>) {
    use yaml_rust2::Yaml;
    match yaml {
        Yaml::Hash(members) => {
            for (name, value) in members {
                match (name.as_str(), value.as_str()) {
                    (Some("run"), Some(script)) => found.push(script.to_owned()),
                    _ => scripts(value, found),
                }
            }
        }
        Yaml::Array(items) => items.iter().for_each(|item| scripts(item, found)),
        _ => {}
    }
}

#[test]
fn workflows_are_yaml_and_run_what_there_is() {
    use std::os::unix::fs::PermissionsExt as _;

    let mut sources = files(".github/workflows", "yml");
    let action = "action.yml".to_owned();
    sources.push((action.clone(), fs::read_to_string(root().join(&action)).unwrap()));
    for (name, text) in sources {
        let parsed = yaml_rust2::YamlLoader::load_from_str(&text);
        let parsed = parsed.unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut found = Vec::new();
        parsed.iter().for_each(|yaml| scripts(yaml, &mut found));
        assert!(!found.is_empty(), "{name} runs nothing");
        for script in found {
            // What others can write must come by the environment, or it becomes a part of the script.
            assert!(!script.contains("${{"), "{name} writes into a script:\n{script}");
            let words = script.split(|c: char| c.is_whitespace() || "()$;\"".contains(c));
            for path in words.filter(|word| {
                [".ci/", "clients/", "benches/", "./"].iter().any(|folder| word.starts_with(folder))
            }) {
                let mode = fs::metadata(root().join(path)).map(|it| it.permissions().mode());
                let mode = mode.unwrap_or_else(|error| panic!("{name} runs {path}: {error}"));
                assert_ne!(mode & 0o111, 0, "{name} runs {path}, which is not executable");
            }
        }
    }
}
