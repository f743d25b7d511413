//! A small file by which commands find the mock that runs: the admin API of a `skyproof up`.
//! The first that lives keeps it.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};

use skyproof::facts::Facts;

use crate::authority::data_folder;

/// What is tried when no mock has left word.
pub(crate) const DEFAULT_ADMIN: &str = "http://127.0.0.1:8900";

/// Leaves word where the admin API is. Without a data folder nobody is told, which is no error.
pub(crate) fn leave(facts: &Facts) {
    let Some(path) = path() else { return };
    let word = json!({
        "admin_url": facts.admin_url,
        "gateway": facts.gateway,
        "pid": std::process::id(),
    });
    let word = word.to_string();
    let fresh = path.with_extension(format!("{}.json", std::process::id()));
    if fs::write(&fresh, word).and_then(|()| fs::rename(&fresh, &path)).is_err() {
        let _ = fs::remove_file(fresh);
    }
}

/// Takes the word back, unless another mock has left its own since.
pub(crate) fn take_back() {
    if let (Some(path), Some(word)) = (path(), read())
        && word["pid"] == json!(std::process::id())
    {
        let _ = fs::remove_file(path);
    }
}

/// The admin API that was left word of.
pub(crate) fn admin_url() -> Option<String> {
    text("admin_url")
}

/// What devices give as gateway, where this is the admin API that was left word of.
pub(crate) fn gateway(admin_url: &str) -> Option<String> {
    if self::admin_url()? == admin_url { text("gateway") } else { None }
}

fn text(member: &str) -> Option<String> {
    read()?[member].as_str().map(str::to_owned)
}

fn read() -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(path()?).ok()?).ok()
}

fn path() -> Option<PathBuf> {
    let folder = data_folder().ok()?;
    fs::create_dir_all(&folder).ok()?;
    Some(folder.join("running.json"))
}
