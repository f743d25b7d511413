//! Claims as they are written: `telemetry`, `methods:reboot+shutdown`.

use super::{CAPABILITIES, Claims};
use crate::{document::meant, suite::Trouble};

impl Claims {
    /// Reads words; of several about the same capability the first one counts.
    ///
    /// # Errors
    /// An unknown capability, or names where none belong.
    pub fn of(words: &[String]) -> Result<Self, Trouble> {
        let mut claims = Self::default();
        for word in words {
            let (capability, names) = match word.split_once(':') {
                Some((capability, names)) => (capability, Some(names)),
                None => (word.as_str(), None),
            };
            let known: Vec<&str> = CAPABILITIES.iter().map(|(name, ..)| *name).collect();
            if !known.contains(&capability) {
                let what = format!("there is no capability `{capability}`");
                return Err(Trouble::Usage(what, meant(capability, &known)));
            }
            let is_named = names.is_some_and(|names| names.split('+').all(|name| !name.is_empty()));
            if names.is_some() && !(capability == "methods" && is_named) {
                return Err(Trouble::Usage(
                    format!("`{word}` is no claim"),
                    "only methods have names: methods:reboot, methods:reboot+shutdown".to_owned(),
                ));
            }
            if !claims.has(capability) {
                claims.0.push(word.clone());
            }
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(words: &[&str]) -> Result<Claims, String> {
        let words: Vec<String> = words.iter().map(ToString::to_string).collect();
        Claims::of(&words).map_err(|trouble| trouble.to_string())
    }

    #[test]
    fn claims_are_capabilities_and_methods_have_names() {
        let of = |words: &[&str]| Ok(Claims(words.iter().map(ToString::to_string).collect()));
        assert_eq!(claims(&[]), of(&[]));
        assert_eq!(claims(&["twin", "c2d", "twin"]), of(&["twin", "c2d"]));
        assert_eq!(claims(&["methods:reboot", "methods"]), of(&["methods:reboot"]));
        for (word, told) in [
            (
                "telemtry",
                "there is no capability `telemtry`\nhint: did you mean `telemetry`? known are",
            ),
            ("", "there is no capability ``\nhint: "),
            ("twin:a", "`twin:a` is no claim\nhint: only methods have names"),
            ("methods:", "`methods:` is no claim"),
            ("methods:a++b", "`methods:a++b` is no claim"),
        ] {
            let error = claims(&[word]).expect_err(word);
            assert!(error.starts_with(told), "{error}");
        }
    }
}
