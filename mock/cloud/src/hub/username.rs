//! The user name of a CONNECT to the hub: which hub, which device, which arguments.

use crate::{identity::IdentityId, sas};

/// A user name taken apart. Host and ids are never percent-decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Username {
    pub(crate) host: String,
    pub(crate) id: IdentityId,
    pub(crate) form: Form,
    /// Percent-decoded; the first of equal names counts.
    arguments: Vec<(String, String)>,
}

/// The three documented spellings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{host}/{device}/?api-version=…`
    Current,
    /// `{host}/{device}/api-version=…`
    Of2017,
    /// `{host}/{device}`
    Of2016,
}

impl Username {
    /// Reads any of the three forms; `None` when it is none of them.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (host, rest) = text.split_once('/')?;
        let (device, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let (module, rest) = match rest {
            _ if rest.is_empty() || is_arguments(rest) => (None, rest),
            _ => match rest.split_once('/') {
                Some((module, rest)) => (Some(module), rest),
                None => (Some(rest), ""),
            },
        };
        let (form, arguments) = match rest.strip_prefix('?') {
            Some(arguments) => (Form::Current, arguments),
            None if rest.is_empty() => (Form::Of2016, ""),
            None if is_arguments(rest) => (Form::Of2017, rest),
            None => return None,
        };
        if host.is_empty() || device.is_empty() || module == Some("") {
            return None;
        }
        let id = IdentityId { device: device.to_owned(), module: module.map(str::to_owned) };
        let arguments = arguments
            .split('&')
            .filter_map(|piece| piece.split_once('='))
            .map(|(name, value)| (name.to_owned(), sas::decoded(value)))
            .collect();
        Some(Self { host: host.to_owned(), id, form, arguments })
    }

    /// The value of an argument, decoded; an empty one is none.
    pub(crate) fn argument(&self, name: &str) -> Option<&str> {
        self.arguments
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Lets the last of equal names count, which only a hub does that is broken on purpose.
    pub(crate) fn reverse_arguments(&mut self) {
        self.arguments.reverse();
    }

    /// Whether there is an argument that the hub has no use for.
    pub(crate) fn has_unknown_arguments(&self) -> bool {
        const KNOWN: &[&str] = &["api-version", "DeviceClientType", "model-id", "auth-chain"];
        self.arguments.iter().any(|(name, _)| !KNOWN.contains(&name.as_str()))
    }
}

fn is_arguments(text: &str) -> bool {
    text.starts_with('?') || text.starts_with("api-version=")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_forms_and_what_is_none_of_them() {
        use Form::{Current, Of2016, Of2017};
        for (text, expected) in [
            ("h/d/?api-version=2021-04-12", Some(("d", Current, Some("2021-04-12")))),
            ("h/d/m/?api-version=2021-04-12", Some(("d/m", Current, Some("2021-04-12")))),
            ("h/d/?DeviceClientType=a%2Fb&api-version=1", Some(("d", Current, Some("1")))),
            ("h/d/?api-version=1&api-version=2", Some(("d", Current, Some("1")))),
            ("h/d/?api-version=1&c/1.3.0(esp;x)", Some(("d", Current, Some("1")))),
            ("h/d/?", Some(("d", Current, None))),
            ("h/d/api-version=2016-11-14", Some(("d", Of2017, Some("2016-11-14")))),
            ("h/d/m/api-version=1", Some(("d/m", Of2017, Some("1")))),
            ("h/d", Some(("d", Of2016, None))),
            ("h/d/m", Some(("d/m", Of2016, None))),
            ("h/?d/?api-version=1", Some(("?d", Current, Some("1")))),
            ("h", None),
            ("h/", None),
            ("h//?api-version=1", None),
            ("/d/?api-version=1", None),
            ("h/d/m/x/?api-version=1", None),
            ("h/d/m/?x/api-version=1", Some(("d/m", Current, None))),
            ("", None),
        ] {
            let parsed = Username::parse(text);
            let seen = parsed
                .as_ref()
                .map(|name| (name.id.to_string(), name.form, name.argument("api-version")));
            let expected = expected.map(|(id, form, version)| (id.to_owned(), form, version));
            assert_eq!(seen, expected, "{text}");
        }
    }
}
