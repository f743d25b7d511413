//! A seed file: TOML, with errors that name file, line, what was found and what was expected.

mod files;

use std::{fs, ops::Range, path::Path};

use cloud::{
    Registry,
    seed::{Seed, SeedError},
};
use serde::Deserialize as _;
use skyproof::document::place;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Deserializer},
};

use crate::trouble::Trouble;

/// Reads a seed file and makes the cloud that it declares.
pub(crate) fn read(path: &Path) -> Result<Registry, Trouble> {
    let text = fs::read_to_string(path)
        .map_err(|error| Trouble::usage(format!("{}: {error}", path.display())).hint(EXAMPLE))?;
    parse(&path.display().to_string(), &text, path.parent().unwrap_or(Path::new("")))
}

/// Makes the cloud that a text declares; `name` stands for the file in errors, and the files that it
/// names are in `folder`.
pub(crate) fn parse(name: &str, text: &str, folder: &Path) -> Result<Registry, Trouble> {
    let unreadable = |error: toml::de::Error| {
        let at = error.span().map_or(String::new(), |span| place(text, &span));
        let message = error.message().trim().replace('\n', "; ");
        Trouble::usage(format!("{name}{at}: {message}")).hint(EXAMPLE)
    };
    let wrong = |error: SeedError| {
        let SeedError { path, found, expected, hint, .. } = &error;
        let at = find(text, path).map_or(String::new(), |span| place(text, &span));
        Trouble::usage(format!("{name}{at}: {path}: found {found}, expected {expected}")).hint(hint)
    };
    let mut document = DeTable::parse(text).map_err(unreadable)?;
    let named = files::read(document.get_mut(), folder).map_err(wrong)?;
    let seed = Seed::deserialize(Deserializer::from(document)).map_err(unreadable)?;
    seed.registry().map_err(|error| wrong(files::blame(error, &named)))
}

const EXAMPLE: &str = "examples/seed.toml shows everything that a seed file can hold";

/// Where `hub[0].device[2].primary_key` stands, or the nearest thing around it that stands anywhere.
fn find(text: &str, path: &str) -> Option<Range<usize>> {
    let table = DeTable::parse(text).ok()?;
    let mut span = None;
    let mut here: Option<&Spanned<DeValue<'_>>> = None;
    for step in path.split(['.', '[', ']']).filter(|step| !step.is_empty()) {
        let next = match (here, step.parse::<usize>()) {
            (None, _) => table.get_ref().get(step),
            (Some(value), Ok(index)) => value.get_ref().get(index),
            (Some(value), Err(_)) => value.get_ref().get(step),
        };
        let Some(next) = next else { break };
        span = Some(next.span());
        here = Some(next);
    }
    span
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_makes_a_cloud() {
        let registry =
            parse("seed.toml", include_str!("../examples/seed.toml"), Path::new("")).unwrap();
        assert!(registry.hub("contoso.azure-devices.net").is_some());
        assert!(registry.provisioning.contains_key("0ne00000001"));
    }

    #[test]
    fn an_error_tells_file_line_and_what_was_expected() {
        for (text, says) in [
            ("[[hub]\n", "seed.toml:1:"),
            ("[[hub]]\nhots = \"h.example\"\n", "seed.toml:2:1: unknown field `hots`"),
            ("[[hub]]\n", "seed.toml:1:1: missing field `host`"),
            ("[[hub]]\nhost = 7\n", "seed.toml:2:8: invalid type: integer `7`"),
            ("\n[[hub]]\nhost = \"contoso\"\n", "seed.toml:3:8: hub[0].host: found `contoso`"),
            (
                "[[hub]]\nhost = \"h.example\"\n[[hub.device]]\nid = \"d1\"\n[[hub.device]]\n\
                 id = \"d2\"\nprimary_key = \"short\"\n",
                "seed.toml:7:15: hub[0].device[1].primary_key: found ",
            ),
            (
                "[[hub]]\nhost = \"h.example\"\n[[hub.device]]\nid = \"d 1\"\n",
                "seed.toml:4:6: hub[0].device[0].id: found `d 1`",
            ),
        ] {
            let trouble = parse("seed.toml", text, Path::new("")).unwrap_err();
            assert!(trouble.what().starts_with(says), "{}", trouble.what());
        }
    }
}
