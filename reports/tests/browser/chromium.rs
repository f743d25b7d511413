//! Headless Chromium, driven by its command line alone.

use std::{fs, path::PathBuf, process::Command};

/// What a page came to.
pub(crate) struct Seen {
    /// The document after the scripts ran, as text.
    pub(crate) dom: String,
    /// What the console was told.
    pub(crate) console: Vec<String>,
}

/// Opens a page with this fragment. `None` where there is no browser, which continuous integration does
/// not forgive.
pub(crate) fn open(name: &str, page: &str, fragment: &str) -> Option<Seen> {
    let browser = browser();
    if !there(browser.is_some(), "Chromium") {
        return None;
    }
    let browser = browser?;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder of our own");
    let file = folder.join("index.html");
    fs::write(&file, page).expect("a page");
    let mut command = Command::new(browser);
    command
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        .args(["--no-first-run", "--disable-extensions", "--disable-background-networking"])
        .args(["--enable-logging=stderr", "--virtual-time-budget=10000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}#{fragment}", file.display()));
    let output = command.output().expect("Chromium starts");
    let said = String::from_utf8_lossy(&output.stderr);
    let console = said.lines().filter(|line| line.contains(":CONSOLE")).map(str::to_owned);
    let seen = Seen {
        dom: String::from_utf8_lossy(&output.stdout).into_owned(),
        console: console.collect(),
    };
    assert!(seen.dom.contains("</html>"), "no page: {said}");
    // A profile is large, and the page is worth keeping for a look.
    let _ = fs::remove_dir_all(folder.join("profile"));
    Some(seen)
}

/// Whether what a test needs is there, which continuous integration insists on.
pub(crate) fn there(is_there: bool, what: &str) -> bool {
    let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    assert!(is_there || !is_ci, "no {what}: clients/install installs it");
    if !is_there {
        eprintln!("not run: there is no {what}, clients/install installs it");
    }
    is_there
}

fn browser() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let names = ["chromium", "chromium-browser", "google-chrome"];
    std::env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|file| file.is_file())
}
