//! What a twin may hold: names, values, depth and size (HUB-OPEN-058).

use std::fmt;

use serde_json::{Number, Value};

use super::Members;

/// Desired and reported properties, each.
pub const SECTION_BYTES: usize = 32_768;
/// Tags.
pub const TAGS_BYTES: usize = 8_192;

const NAME_BYTES: usize = 1_024;
const STRING_BYTES: usize = 4_096;
const DEPTH: usize = 10;
const SMALLEST: i64 = -4_503_599_627_370_496;
const LARGEST: i64 = 4_503_599_627_370_495;

/// Why a twin cannot hold something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// A name has a control character, `.`, `$` or a space.
    Name(String),
    /// A name has more than 1,024 bytes.
    LongName,
    /// The text of this name has more than 4,096 bytes.
    LongString(String),
    /// The integer of this name has more than 52 bits and a sign.
    Integer(String),
    /// Some integer does not even fit into 64 bits.
    HugeInteger,
    /// Objects and arrays nest deeper than ten.
    Depth,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => {
                write!(f, "the name `{name}` has a control character, '.', '$' or a space")
            }
            Self::LongName => write!(f, "a name is longer than {NAME_BYTES} bytes"),
            Self::LongString(name) => {
                write!(f, "the text of `{name}` is longer than {STRING_BYTES} bytes")
            }
            Self::Integer(name) => {
                write!(f, "the integer of `{name}` is not between {SMALLEST} and {LARGEST}")
            }
            Self::HugeInteger => {
                write!(f, "an integer is not between {SMALLEST} and {LARGEST}")
            }
            Self::Depth => write!(f, "objects nest deeper than {DEPTH}"),
        }
    }
}

/// Judges the members of a section or of a patch to one.
pub fn check(members: &Members) -> Result<(), Violation> {
    check_members(members, 0)
}

/// Judges the JSON text itself: an integer beyond 64 bits is a float to the parser, and there only the
/// text tells them apart.
pub fn check_text(json: &[u8]) -> Result<(), Violation> {
    let mut rest = json;
    while let Some((first, behind)) = rest.split_first() {
        rest = match first {
            b'"' => behind_string(behind),
            b'-' | b'0'..=b'9' => {
                let is_of_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
                let end = rest.iter().position(|b| !is_of_number(b)).unwrap_or(rest.len());
                let (number, behind) = rest.split_at(end);
                if is_beyond_64_bits(number) {
                    return Err(Violation::HugeInteger);
                }
                behind
            }
            _ => behind,
        };
    }
    Ok(())
}

/// Whether there is something that IoT Edge refuses and the hub is not known to: `#` in a name, or
/// null in an array.
pub fn is_doubtful(members: &Members) -> bool {
    members.iter().any(|(name, value)| name.contains('#') || is_doubtful_value(value, false))
}

/// Names and values together: texts as UTF-8 without control characters, numbers 8, booleans 4.
pub fn size_bytes(members: &Members) -> usize {
    members.iter().map(|(name, value)| text_bytes(name) + value_bytes(value)).sum()
}

fn check_members(members: &Members, depth: usize) -> Result<(), Violation> {
    for (name, value) in members {
        if name.len() > NAME_BYTES {
            return Err(Violation::LongName);
        }
        if name.chars().any(|c| c.is_control() || ".$ ".contains(c)) {
            return Err(Violation::Name(name.clone()));
        }
        check_value(name, value, depth + 1)?;
    }
    Ok(())
}

fn check_value(name: &str, value: &Value, depth: usize) -> Result<(), Violation> {
    match value {
        Value::Object(_) | Value::Array(_) if depth > DEPTH => Err(Violation::Depth),
        Value::Object(inner) => check_members(inner, depth),
        Value::Array(items) => items.iter().try_for_each(|item| check_value(name, item, depth + 1)),
        Value::String(text) if text.len() > STRING_BYTES => {
            Err(Violation::LongString(name.to_owned()))
        }
        Value::Number(number) => {
            is_in_range(number).then_some(()).ok_or_else(|| Violation::Integer(name.to_owned()))
        }
        _ => Ok(()),
    }
}

/// What follows a string of JSON, whose opening quotation mark is gone already.
fn behind_string(mut text: &[u8]) -> &[u8] {
    loop {
        text = match text {
            [b'\\', _, behind @ ..] => behind,
            [b'"', behind @ ..] => return behind,
            [_, behind @ ..] => behind,
            [] => return text,
        };
    }
}

/// Floats have no range of their own.
fn is_in_range(number: &Number) -> bool {
    number.as_i64().map_or(number.is_f64(), |whole| (SMALLEST..=LARGEST).contains(&whole))
}

/// Whether a text is digits with perhaps a sign, and more than 64 bits can hold.
fn is_beyond_64_bits(number: &[u8]) -> bool {
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    digits.iter().all(u8::is_ascii_digit)
        && std::str::from_utf8(number)
            .is_ok_and(|text| text.parse::<i64>().is_err() && text.parse::<u64>().is_err())
}

fn is_doubtful_value(value: &Value, in_array: bool) -> bool {
    match value {
        Value::Null => in_array,
        Value::Object(inner) => is_doubtful(inner),
        Value::Array(items) => items.iter().any(|item| is_doubtful_value(item, true)),
        _ => false,
    }
}

fn value_bytes(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 4,
        Value::Number(_) => 8,
        Value::String(text) => text_bytes(text),
        Value::Array(items) => items.iter().map(value_bytes).sum(),
        Value::Object(inner) => size_bytes(inner),
    }
}

fn text_bytes(text: &str) -> usize {
    text.chars().filter(|c| !c.is_control()).map(char::len_utf8).sum()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn members(value: Value) -> Members {
        value.as_object().cloned().unwrap_or_default()
    }

    /// `{"x": {"x": … value …}}`, so many objects deep.
    fn nested(depth: usize, value: Value) -> Value {
        (0..depth).fold(value, |inner, _| json!({"x": inner}))
    }

    #[test]
    fn names_follow_the_rules() {
        for (name, legal) in [
            ("a", true),
            ("", true),
            ("a-b_c", true),
            ("é", true),
            ("a#b", true),
            ("a.b", false),
            ("$a", false),
            ("a$b", false),
            ("a b", false),
            ("a\tb", false),
            ("a\u{7f}", false),
            ("a\u{85}", false),
            (&"n".repeat(1024), true),
            (&"n".repeat(1025), false),
            (&"é".repeat(513), false),
        ] {
            let mut object = Members::new();
            object.insert(name.to_owned(), json!(1));
            assert_eq!(check(&object).is_ok(), legal, "{name}");
            assert_eq!(check(&members(json!({"x": object}))).is_ok(), legal, "{name} inside");
            assert_eq!(check(&members(json!({"x": [object]}))).is_ok(), legal, "{name} in array");
        }
    }

    #[test]
    fn values_have_their_range() {
        for (value, legal) in [
            (json!(null), true),
            (json!(true), true),
            (json!(1.5), true),
            (json!(-1.5e-300), true),
            (json!(2.0), true),
            (json!(4_503_599_627_370_495.0), true),
            (json!(4_503_599_627_370_496.0), true),
            (json!(1e20), true),
            (json!(-1.5e300), true),
            (json!(i64::MIN), false),
            (json!(LARGEST), true),
            (json!(LARGEST + 1), false),
            (json!(SMALLEST), true),
            (json!(SMALLEST - 1), false),
            (json!(u64::MAX), false),
            (json!("s".repeat(4096)), true),
            (json!("s".repeat(4097)), false),
            (json!(["s".repeat(4097)]), false),
            (json!([LARGEST + 1]), false),
            (json!([]), true),
        ] {
            assert_eq!(check(&members(json!({"a": value}))).is_ok(), legal, "{value}");
        }
    }

    #[test]
    fn integers_beyond_64_bits_are_found_in_the_text() {
        for (text, legal) in [
            (r#"{"a":18446744073709551615}"#, true),
            (r#"{"a":18446744073709551616}"#, false),
            (r#"{"a":-9223372036854775808}"#, true),
            (r#"{"a":-9223372036854775809}"#, false),
            (r#"{"a":[1,{"b":100000000000000000000}]}"#, false),
            (r#"{"a":100000000000000000000.0}"#, true),
            (r#"{"a":1e20,"b":1E+20,"c":-0,"d":0.5}"#, true),
            (r#"{"18446744073709551616":"18446744073709551616"}"#, true),
            (r#"{"a":"\"18446744073709551616"}"#, true),
            (r#"{"a":"\\","b":18446744073709551616}"#, false),
            ("", true),
            ("\"", true),
        ] {
            assert_eq!(check_text(text.as_bytes()).is_ok(), legal, "{text}");
        }
    }

    #[test]
    fn ten_levels_below_the_section() {
        for (section, legal) in [
            (nested(11, json!(1)), true),
            (nested(12, json!(1)), false),
            (nested(10, json!([1])), true),
            (nested(11, json!([1])), false),
            (nested(10, json!([{"y": 1}])), false),
        ] {
            assert_eq!(check(&members(section.clone())).is_ok(), legal, "{section}");
        }
    }

    #[test]
    fn size_is_names_and_values() {
        for (section, size) in [
            (json!({}), 0),
            (json!({"ab": 1}), 10),
            (json!({"ab": true}), 6),
            (json!({"ab": "xyz"}), 5),
            (json!({"é": "é"}), 4),
            (json!({"a": "x\ny"}), 3),
            (json!({"a": null}), 1),
            (json!({"a": {"b": 1, "c": "x"}}), 12),
            (json!({"a": [1, "x", true]}), 14),
        ] {
            assert_eq!(size_bytes(&members(section.clone())), size, "{section}");
        }
    }

    #[test]
    fn what_only_edge_refuses_is_doubtful() {
        for (section, doubtful) in [
            (json!({"a": null}), false),
            (json!({"a": {"b": null}}), false),
            (json!({"a": [1]}), false),
            (json!({"a#": 1}), true),
            (json!({"a": {"#": 1}}), true),
            (json!({"a": [null]}), true),
            (json!({"a": [[null]]}), true),
            (json!({"a": {"b": [null]}}), true),
        ] {
            assert_eq!(is_doubtful(&members(section.clone())), doubtful, "{section}");
        }
    }
}
