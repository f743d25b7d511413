//! The features: embedded in the binary, or read from a folder, and checked before anything runs.

use std::{fmt, fs, io, path::Path};

use cloud::catalogue;
use cucumber::{feature::Ext as _, gherkin};
use include_dir::{Dir, include_dir};

use crate::client;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/features");

/// Tags that are no clauses: how a scenario is run.
pub(crate) const TAGS: &[(&str, &str)] = &[
    ("raw", "the raw device speaks, and not rumqttc"),
    ("golden", "its transcript is kept as a snapshot"),
    ("client", "a client under test is judged: `skyproof certify` runs it"),
    (
        "first",
        "of the client scenarios this one comes first; without a good connection no other runs",
    ),
    ("retry", "a failure is tried again, twice at most: what it judges hangs on chance"),
    ("long", "it waits for timers of the client: only with `--warp` or `--long`"),
];

/// Why the features cannot be run.
#[derive(Debug)]
pub struct Unusable {
    /// `features/iot-hub/cloud/d2c.feature:12`
    pub at: String,
    pub what: String,
    pub hint: Option<String>,
}

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.what)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// The features that came with this binary.
pub(crate) fn embedded() -> Result<Vec<gherkin::Feature>, Unusable> {
    let mut texts = Vec::new();
    collect_embedded(&EMBEDDED, &mut texts);
    parse_all(texts)
}

/// The features below a folder; paths in reports begin with `features/` all the same.
pub(crate) fn read(folder: &Path) -> Result<Vec<gherkin::Feature>, Unusable> {
    let mut texts = Vec::new();
    collect_files(folder, "features", &mut texts).map_err(|error| Unusable {
        at: folder.display().to_string(),
        what: error.to_string(),
        hint: Some("expected a folder with .feature files".to_owned()),
    })?;
    parse_all(texts)
}

/// A text file beside the features, in a folder or in this binary; empty when there is none.
pub(crate) fn text(folder: Option<&Path>, name: &str) -> Result<String, Unusable> {
    let Some(folder) = folder else {
        let file = EMBEDDED.get_file(name).and_then(|file| file.contents_utf8());
        return Ok(file.unwrap_or_default().to_owned());
    };
    match fs::read_to_string(folder.join(name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(Unusable { at: format!("features/{name}"), what: error.to_string(), hint: None })
        }
        read => Ok(read.unwrap_or_default()),
    }
}

fn collect_embedded(dir: &Dir<'_>, texts: &mut Vec<(String, String)>) {
    for file in dir.files().filter(|file| file.path().extension().is_some_and(|e| e == "feature")) {
        let text = file.contents_utf8().unwrap_or_default().to_owned();
        texts.push((format!("features/{}", file.path().display()), text));
    }
    for dir in dir.dirs() {
        collect_embedded(dir, texts);
    }
}

fn collect_files(folder: &Path, prefix: &str, texts: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            collect_files(&entry.path(), &name, texts)?;
        } else if name.ends_with(".feature") {
            texts.push((name, fs::read_to_string(entry.path())?));
        }
    }
    Ok(())
}

fn parse_all(mut texts: Vec<(String, String)>) -> Result<Vec<gherkin::Feature>, Unusable> {
    texts.sort();
    texts.into_iter().map(|(path, text)| parse(&path, &text)).collect()
}

fn parse(path: &str, text: &str) -> Result<gherkin::Feature, Unusable> {
    let unusable = |what: String| Unusable { at: path.to_owned(), what, hint: None };
    let mut feature = gherkin::Feature::parse(text, gherkin::GherkinEnv::default())
        .map_err(|error| unusable(error.to_string()))?;
    feature.path = Some(path.into());
    let feature = feature.expand_examples().map_err(|error| unusable(error.to_string()))?;
    for scenario in scenarios(&feature) {
        check(path, &feature, scenario)?;
    }
    Ok(feature)
}

/// A scenario has a `Then`, and every tag is a clause or a way to run it.
fn check(
    path: &str,
    feature: &gherkin::Feature,
    scenario: &gherkin::Scenario,
) -> Result<(), Unusable> {
    let at = format!("{path}:{}", scenario.position.line);
    if !scenario.steps.iter().any(|step| step.ty == gherkin::StepType::Then) {
        let what = format!("`{}` has no Then: it could not fail", scenario.name);
        return Err(Unusable { at, what, hint: None });
    }
    let tags = tags(feature, scenario);
    if !tags.iter().any(|tag| catalogue::find(tag).is_some()) {
        let what = format!("`{}` proves no clause", scenario.name);
        let hint =
            Some("tag it with the id of a clause, as `skyproof clauses` lists them".to_owned());
        return Err(Unusable { at, what, hint });
    }
    match tags.into_iter().find(|tag| !is_known(tag)) {
        None => Ok(()),
        Some(tag) => Err(Unusable {
            at,
            what: format!("unknown tag `@{tag}`"),
            hint: Some(format!(
                "a tag is a clause of the catalogue, or one of {}",
                TAGS.iter().map(|(tag, _)| format!("@{tag}")).collect::<Vec<_>>().join(", ")
            )),
        }),
    }
}

/// Whether a tag is a clause or a way to run a scenario.
pub(crate) fn is_known(tag: &str) -> bool {
    catalogue::find(tag).is_some()
        || TAGS.iter().any(|(known, _)| *known == tag)
        || tag.strip_prefix("does:").is_some_and(client::is_capability)
}

/// The scenarios of a feature, those inside its rules included.
pub(crate) fn scenarios(feature: &gherkin::Feature) -> impl Iterator<Item = &gherkin::Scenario> {
    feature.scenarios.iter().chain(feature.rules.iter().flat_map(|rule| rule.scenarios.iter()))
}

/// A scenario's tags and its feature's.
pub(crate) fn tags(feature: &gherkin::Feature, scenario: &gherkin::Scenario) -> Vec<String> {
    feature.tags.iter().chain(&scenario.tags).cloned().collect()
}

/// `features/iot-hub/cloud/d2c.feature`
pub(crate) fn path(feature: &gherkin::Feature) -> String {
    feature.path.as_ref().map(|path| path.display().to_string()).unwrap_or_default()
}
