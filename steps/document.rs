//! TOML files of the user: what is wrong with one is told with its place, and what was probably meant.

use std::{fs, ops::Range, path::Path};

use serde::de::DeserializeOwned;
use toml::{
    Spanned,
    de::{DeTable, DeValue, Error},
};

use crate::suite::Trouble;

/// What a file may hold.
pub(crate) struct Form {
    pub(crate) keys: &'static [&'static str],
    /// The keys of each table in an array.
    pub(crate) of_each: &'static [&'static str],
    /// A short file that is right.
    pub(crate) example: &'static str,
}

/// Reads a file of this form.
///
/// # Errors
/// What cannot be read, is no TOML, has an unknown key or a value of the wrong kind.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, form: &Form) -> Result<T, Trouble> {
    let name = path.display().to_string();
    let example = || format!("such as\n{}", form.example);
    let text = fs::read_to_string(path)
        .map_err(|error| Trouble::Usage(format!("{name}: {error}"), example()))?;
    let unreadable = |error: Error| {
        let at = error.span().map_or(String::new(), |span| place(&text, &span));
        let message = error.message().trim().replace('\n', "; ");
        Trouble::Usage(format!("{name}{at}: {message}"), example())
    };
    let document = DeTable::parse(&text).map_err(unreadable)?;
    if let Some((key, span, known)) = unknown(document.get_ref(), form) {
        let what = format!("{name}{}: unknown key `{key}`", place(&text, &span));
        return Err(Trouble::Usage(what, meant(&key, known)));
    }
    toml::from_str(&text).map_err(unreadable)
}

/// ``did you mean `does`? known are does, name``
pub(crate) fn meant(word: &str, known: &[&str]) -> String {
    let nearest = known.iter().min_by_key(|known| strsim::levenshtein(known, word));
    let nearest = nearest.copied().unwrap_or_default();
    format!("did you mean `{nearest}`? known are {}", known.join(", "))
}

/// `:line:column`, counted from 1.
pub fn place(text: &str, span: &Range<usize>) -> String {
    let before = text.get(..span.start).unwrap_or(text);
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(":{}:{column}", line(text, span))
}

/// Counted from 1.
pub(crate) fn line(text: &str, span: &Range<usize>) -> usize {
    text.get(..span.start).unwrap_or(text).matches('\n').count() + 1
}

type Unknown<'a> = (String, Range<usize>, &'a [&'static str]);

fn unknown<'a>(document: &DeTable<'_>, form: &'a Form) -> Option<Unknown<'a>> {
    let of = |table: &DeTable<'_>, known: &'a [&'static str]| {
        let key = table.keys().find(|key| !known.contains(&key.get_ref().as_ref()))?;
        Some((key.get_ref().to_string(), key.span(), known))
    };
    let arrays = document.values().filter_map(|value| match value.get_ref() {
        DeValue::Array(items) => Some(items),
        _ => None,
    });
    let tables =
        arrays.flat_map(|items| items.iter()).filter_map(|item: &Spanned<DeValue<'_>>| match item
            .get_ref()
        {
            DeValue::Table(table) => Some(table),
            _ => None,
        });
    let mut inner = tables;
    of(document, form.keys).or_else(|| inner.find_map(|table| of(table, form.of_each)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_is_the_nearest() {
        assert_eq!(meant("dose", &["name", "does"]), "did you mean `does`? known are name, does");
    }

    #[test]
    fn places_count_from_one() {
        assert_eq!(place("a = 1\nbü = 2", &(9..10)), ":2:3");
        assert_eq!(place("", &(0..0)), ":1:1");
    }
}
