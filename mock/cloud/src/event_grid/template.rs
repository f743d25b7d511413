//! Topic templates: filters with variables, such as `machines/${client.authenticationName}/#`.

use std::collections::BTreeSet;

use super::{access::Identity, model::Attribute, syntax::SyntaxError};
use crate::profile::ArrayAttribute;

/// A template that topics and filters can be held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Segment>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// `+`
    One,
    /// `#`
    Rest,
    Parts(Vec<Part>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    /// What follows a `|` in a variable.
    Suffix(String),
    AuthenticationName,
    Attribute(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// Where it cannot be read on, what stands there, and what is expected.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        if text.is_empty() {
            return Err(SyntaxError::new(1, "nothing", "a topic template"));
        }
        let mut segments = Vec::new();
        let mut position = 1;
        for part in text.split('/') {
            if segments.last() == Some(&Segment::Rest) {
                // The end of `#` and the slash have been read.
                return Err(SyntaxError::new(position - 1, "`/`", "the end after `#`"));
            }
            segments.push(segment(part, position)?);
            position += part.chars().count() + 1;
        }
        Ok(Self(segments))
    }

    /// Whether it depends on the client.
    pub fn has_variables(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::AuthenticationName | Part::Attribute(_)))
    }

    /// Whether a variable of it has a suffix.
    pub fn has_suffixes(&self) -> bool {
        self.parts().any(|part| matches!(part, Part::Suffix(_)))
    }

    /// Whether it has wildcards.
    pub fn has_wildcards(&self) -> bool {
        self.0.iter().any(|segment| !matches!(segment, Segment::Parts(_)))
    }

    /// Whether it names an attribute that is an array with this client.
    pub fn names_array(&self, identity: &Identity) -> bool {
        self.parts().any(|part| match part {
            Part::Attribute(key) => {
                matches!(identity.attributes.get(key), Some(Attribute::List(_)))
            }
            _ => false,
        })
    }

    fn parts(&self) -> impl Iterator<Item = &Part> {
        self.0.iter().flat_map(|segment| match segment {
            Segment::Parts(parts) => parts.as_slice(),
            Segment::One | Segment::Rest => &[],
        })
    }

    /// Whether every topic that a filter matches is one of the template's, for this client. A topic is a
    /// filter that matches itself. EG-OPEN-031, EG-OPEN-033, EG-OPEN-040.
    pub fn covers(&self, filter: &str, identity: &Identity, arrays: ArrayAttribute) -> bool {
        // As with filters, a wildcard at the beginning stands for no topic of the server's own.
        if filter.starts_with('$') && !matches!(self.0.first(), Some(Segment::Parts(_))) {
            return false;
        }
        let mut levels = filter.split('/');
        for segment in &self.0 {
            match (segment, levels.next()) {
                (Segment::Rest, _) => return true,
                (_, None | Some("#")) => return false,
                (Segment::One, Some(_)) => {}
                (Segment::Parts(_), Some("+")) => return false,
                (Segment::Parts(parts), Some(level)) => {
                    if !fits(parts, level, identity, arrays) {
                        return false;
                    }
                }
            }
        }
        levels.next().is_none()
    }
}

/// One level of a template.
fn segment(text: &str, position: usize) -> Result<Segment, SyntaxError> {
    match text {
        "+" => return Ok(Segment::One),
        "#" => return Ok(Segment::Rest),
        _ => {}
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let at = position + text[..text.len() - rest.len()].chars().count();
        if let Some(inner) = rest.strip_prefix("${") {
            let Some((name, after)) = inner.split_once('}') else {
                let found = format!("`{rest}`");
                let expected = "a variable that ends with `}` in its own segment";
                return Err(SyntaxError::new(at, found, expected));
            };
            variable(name, at, &mut parts)?;
            rest = after;
        } else {
            let (plain, after) = rest.split_at(rest.find("${").unwrap_or(rest.len()));
            parts.push(Part::Text(legal(plain, at)?.to_owned()));
            rest = after;
        }
    }
    Ok(Segment::Parts(parts))
}

/// `client.authenticationName` or `client.attributes.key`, and what follows it in the same segment after
/// a `|` (EG-OPEN-032).
fn variable(text: &str, position: usize, parts: &mut Vec<Part>) -> Result<(), SyntaxError> {
    let (name, suffix) = text.split_once('|').unwrap_or((text, ""));
    let part = match name.strip_prefix("client.") {
        Some("authenticationName") => Part::AuthenticationName,
        Some(rest) => match rest.strip_prefix("attributes.") {
            Some(key) if !key.is_empty() => Part::Attribute(key.to_owned()),
            _ => return Err(unknown(name, position)),
        },
        None => return Err(unknown(name, position)),
    };
    parts.push(part);
    let suffix = match suffix {
        "" => return Ok(()),
        // How the vendor writes a dollar sign where a shell would take it.
        "dollar" => "$",
        _ => legal(suffix, position + name.chars().count() + 3)?,
    };
    parts.push(Part::Suffix(suffix.to_owned()));
    Ok(())
}

fn unknown(name: &str, position: usize) -> SyntaxError {
    let expected = "`client.authenticationName` or `client.attributes.KEY`";
    SyntaxError::new(position + 2, format!("`{name}`"), expected)
}

/// Text without wildcards.
fn legal(text: &str, position: usize) -> Result<&str, SyntaxError> {
    match text.chars().enumerate().find(|(_, c)| matches!(c, '+' | '#' | '\0')) {
        None => Ok(text),
        Some((index, '\0')) => Err(SyntaxError::new(position + index, "U+0000", "text")),
        Some((index, wildcard)) => {
            let expected = "a wildcard that is a segment of its own";
            Err(SyntaxError::new(position + index, format!("`{wildcard}`"), expected))
        }
    }
}

/// Whether a level of a topic is what the parts come to. Of an array each item is tried, so that there
/// can be several places where the next part begins.
fn fits(parts: &[Part], level: &str, identity: &Identity, arrays: ArrayAttribute) -> bool {
    let mut places = BTreeSet::from([0]);
    for part in parts {
        let values = values(part, identity, arrays);
        places = places
            .iter()
            .flat_map(|&at| {
                let rest = &level[at..];
                values.iter().filter(|value| rest.starts_with(*value)).map(move |it| at + it.len())
            })
            .collect();
    }
    places.contains(&level.len())
}

/// What a part stands for with this client; nothing, when it does not have the attribute. EG-OPEN-034.
fn values(part: &Part, identity: &Identity, arrays: ArrayAttribute) -> Vec<String> {
    match part {
        Part::Text(text) | Part::Suffix(text) => vec![text.clone()],
        Part::AuthenticationName => vec![identity.authentication_name.clone()],
        Part::Attribute(key) => match identity.attributes.get(key) {
            None => Vec::new(),
            Some(Attribute::Text(text)) => vec![text.clone()],
            Some(Attribute::Number(number)) => vec![number.to_string()],
            Some(Attribute::Flag(flag)) => vec![flag.to_string()],
            Some(Attribute::List(items)) => match arrays {
                ArrayAttribute::Any => items.clone(),
                ArrayAttribute::Never => Vec::new(),
                ArrayAttribute::Joined => vec![items.join(",")],
            },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        let attributes = [
            ("area", Attribute::Text("section1".to_owned())),
            ("floor", Attribute::Number(3)),
            ("slash", Attribute::Text("a/b".to_owned())),
            ("plus", Attribute::Text("+".to_owned())),
            ("rest", Attribute::Text("#".to_owned())),
            ("empty", Attribute::Text(String::new())),
            ("types", Attribute::List(vec!["a".to_owned(), "ab".to_owned(), "c".to_owned()])),
        ];
        let attributes = attributes.map(|(key, value)| (key.to_owned(), value)).into();
        Identity { attributes, ..Identity::named("Machine1") }
    }

    fn covers(template: &str, filter: &str, arrays: ArrayAttribute) -> bool {
        let parsed =
            Template::parse(template).unwrap_or_else(|error| panic!("{template}: {error}"));
        parsed.covers(filter, &identity(), arrays)
    }

    #[test]
    fn a_template_covers_topics_and_filters() {
        for (template, filter, covered) in [
            ("a/b", "a/b", true),
            ("a/b", "a/B", false),
            ("a/b", "a", false),
            ("a/b", "a/b/", false),
            ("a/b", "a/+", false),
            ("a/b", "#", false),
            ("a/+", "a/b", true),
            ("a/+", "a/", true),
            ("a/+", "a/+", true),
            ("a/+", "a/#", false),
            ("a/+", "a", false),
            ("+/b", "+/b", true),
            ("a/#", "a", true),
            ("a/#", "a/b/c", true),
            ("a/#", "a/+/c", true),
            ("a/#", "a/#", true),
            ("a/#", "#", false),
            ("a/#", "+", false),
            ("a/#", "+/b", false),
            ("#", "#", true),
            ("#", "+/a", true),
            ("#", "$SYS/a", false),
            ("+/a", "$SYS/a", false),
            ("$SYS/+", "$SYS/a", true),
            ("vehicles/$telemetry", "vehicles/$telemetry", true),
            ("m/${client.authenticationName}/t", "m/Machine1/t", true),
            ("m/${client.authenticationName}/t", "m/machine1/t", false),
            ("m/${client.authenticationName}/t", "m/Machine2/t", false),
            ("m/${client.authenticationName}/t", "m/+/t", false),
            ("m/${client.authenticationName}/#", "m/Machine1/#", true),
            ("m/${client.authenticationName|.factory1}/t", "m/Machine1.factory1/t", true),
            ("m/${client.authenticationName|.factory1}/t", "m/Machine1/t", false),
            ("m/${client.authenticationName|dollar}/#", "m/Machine1$/t", true),
            ("m/x-${client.authenticationName}-y/t", "m/x-Machine1-y/t", true),
            ("${client.attributes.area}/${client.attributes.floor}", "section1/3", true),
            ("${client.attributes.area}${client.attributes.floor}", "section13", true),
            ("ä${client.attributes.floor}ö", "ä3ö", true),
            ("a/${client.attributes.absent}", "a/", false),
            ("a/${client.attributes.empty}", "a/", true),
            // No variable is more than a segment, or a wildcard.
            ("x/${client.attributes.slash}", "x/a/b", false),
            ("x/${client.attributes.plus}", "x/+", false),
            ("x/${client.attributes.plus}", "x/y", false),
            ("x/${client.attributes.rest}", "x/#", false),
        ] {
            let found = covers(template, filter, ArrayAttribute::Any);
            assert_eq!(found, covered, "{template} and {filter}");
        }
    }

    #[test]
    fn an_array_is_what_the_profile_says() {
        use ArrayAttribute::{Any, Joined, Never};
        for (template, topic, arrays, covered) in [
            ("x/${client.attributes.types}", "x/ab", Any, true),
            ("x/${client.attributes.types}", "x/d", Any, false),
            ("x/${client.attributes.types}c", "x/abc", Any, true),
            ("x/${client.attributes.types}bc", "x/abc", Any, true),
            ("x/${client.attributes.types}", "x/a", Never, false),
            ("x/${client.attributes.types}", "x/a,ab,c", Joined, true),
            ("x/${client.attributes.types}", "x/a", Joined, false),
        ] {
            assert_eq!(covers(template, topic, arrays), covered, "{template} and {topic}");
        }
    }

    #[test]
    fn what_is_no_template_is_told_with_its_place() {
        const NAMES: &str = "`client.authenticationName` or `client.attributes.KEY`";
        const WHOLE: &str = "a wildcard that is a segment of its own";
        for (template, position, found, expected) in [
            ("", 1, "nothing", "a topic template"),
            ("a/#/b", 4, "`/`", "the end after `#`"),
            ("ä/b+", 4, "`+`", WHOLE),
            ("a/b#c", 4, "`#`", WHOLE),
            ("a\0", 2, "U+0000", "text"),
            ("a/${client.name}", 5, "`client.name`", NAMES),
            ("a/${client.attributes.}", 5, "`client.attributes.`", NAMES),
            ("a/x${}", 6, "``", NAMES),
            ("${principal.name}", 3, "`principal.name`", NAMES),
            ("${client.authenticationName|+}", 29, "`+`", WHOLE),
            (
                "a/${client.authenticationName/b",
                3,
                "`${client.authenticationName`",
                "a variable that ends with `}` in its own segment",
            ),
        ] {
            let error = Template::parse(template).expect_err(template);
            assert_eq!(error, SyntaxError::new(position, found, expected), "{template}");
        }
    }

    /// Whatever is cut out of a template or put into one, it is read or refused, and its place is in it.
    #[test]
    fn nothing_that_is_written_upsets_the_parser() {
        let whole = "ä/${client.authenticationName|.ö}/x${client.attributes.types}$y/+/#";
        let chars: Vec<char> = whole.chars().collect();
        for from in 0..chars.len() {
            for to in from..=chars.len() {
                let without: String = chars[..from].iter().chain(&chars[to..]).collect();
                let part: String = chars[from..to].iter().collect();
                let doubled: String = chars[..to].iter().chain(&chars[from..]).collect();
                for text in [without, part, doubled] {
                    match Template::parse(&text) {
                        Ok(template) => {
                            template.covers(&text, &identity(), ArrayAttribute::Any);
                        }
                        Err(error) => {
                            let end = text.chars().count() + 1;
                            assert!((1..=end).contains(&error.position), "{text}: {error}");
                        }
                    }
                }
            }
        }
    }
}
