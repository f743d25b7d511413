//! What a client says with its identity taken out, so that scenarios read alike.

use std::borrow::Cow;

use crate::conversation::Connect;

/// Who a client says it is, in a CONNECT.
#[derive(Clone, Debug, Default)]
pub(super) struct Identity<'a> {
    client_id: &'a str,
    username: Option<&'a str>,
}

impl<'a> Identity<'a> {
    pub(super) fn of(connect: &'a Connect) -> Self {
        Self { client_id: &connect.client_id, username: connect.username.as_deref() }
    }

    /// `{id}` or `{id}/{module}` when the username names the same; otherwise as it is.
    pub(super) fn client_id(&self) -> String {
        let named: Vec<&str> = self.username.unwrap_or_default().split('/').skip(1).collect();
        let is_named = |parts: &[&str]| {
            named.starts_with(parts)
                || named.first() == Some(&REGISTRATIONS) && named[1..].starts_with(parts)
        };
        let parts: Vec<&str> = self.client_id.split('/').collect();
        match parts.as_slice() {
            [""] => "empty".to_owned(),
            [_] if is_named(&parts) => "{id}".to_owned(),
            [_, _] if is_named(&parts) => "{id}/{module}".to_owned(),
            _ => self.client_id.to_owned(),
        }
    }

    /// `{host}/{id}/?api-version=2021-04-12`, `{scope}/registrations/{id}/api-version=2019-03-31`.
    pub(super) fn username(&self) -> Option<String> {
        let mut parts: Vec<Cow<str>> =
            self.username?.split('/').map(|part| self.part(part)).collect();
        if parts.len() > 1 {
            let is_scope = parts[1] == REGISTRATIONS;
            parts[0] = if is_scope { "{scope}" } else { "{host}" }.into();
        }
        Some(parts.join("/"))
    }

    /// The date of the `api-version`.
    pub(super) fn api_version(&self) -> Option<&'a str> {
        let arguments = self.username?.rsplit('/').next()?.trim_start_matches('?');
        arguments.split('&').find_map(|argument| argument.strip_prefix("api-version="))
    }

    /// `devices/{id}/messages/events/{properties}`, `$iothub/twin/GET/?$rid={rid}`.
    pub(super) fn topic(&self, topic: &str) -> String {
        let (path, arguments) = match topic.split_once("/?") {
            Some((path, arguments)) => (path, Some(arguments)),
            None => (topic, None),
        };
        let parts: Vec<Cow<str>> = path.split('/').map(|part| self.part(part)).collect();
        let mut form = parts.join("/");
        for folder in ["/messages/events/", "/messages/devicebound/"] {
            if let Some(at) = form.find(folder) {
                let bag = form.split_off(at + folder.len());
                form.push_str(if bag.is_empty() || bag == "#" { &bag } else { "{properties}" });
            }
        }
        if let Some(arguments) = arguments {
            let arguments: Vec<String> = arguments.split('&').map(argument).collect();
            form = format!("{form}/?{}", arguments.join("&"));
        }
        form
    }

    fn part<'p>(&self, part: &'p str) -> Cow<'p, str> {
        let mut own = self.client_id.split('/');
        match part {
            "" => part.into(),
            _ if own.next() == Some(part) => "{id}".into(),
            _ if own.next() == Some(part) => "{module}".into(),
            _ => part.into(),
        }
    }
}

/// `3.1.1` for level 4.
pub(super) fn mqtt(level: u8) -> String {
    match level {
        3 => "3.1".to_owned(),
        4 => "3.1.1".to_owned(),
        5 => "5".to_owned(),
        other => format!("level {other}"),
    }
}

const REGISTRATIONS: &str = "registrations";

/// `$rid={rid}` of `$rid=17`; `#` and what has no value as it is.
fn argument(argument: &str) -> String {
    match argument.split_once('=') {
        Some((name, value)) if value != "+" && value != "#" => {
            format!("{name}={{{}}}", name.trim_start_matches('$'))
        }
        _ => argument.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity<'a>(client_id: &'a str, username: &'a str) -> Identity<'a> {
        Identity { client_id, username: Some(username) }
    }

    #[test]
    fn identities_are_taken_out_of_connects() {
        for (client_id, username, id_form, name_form, api_version) in [
            (
                "d1",
                "h.azure-devices.net/d1/?api-version=2021-04-12&DeviceClientType=py",
                "{id}",
                "{host}/{id}/?api-version=2021-04-12&DeviceClientType=py",
                Some("2021-04-12"),
            ),
            (
                "d1/m1",
                "h/d1/m1/?api-version=2021-04-12",
                "{id}/{module}",
                "{host}/{id}/{module}/?api-version=2021-04-12",
                Some("2021-04-12"),
            ),
            (
                "r1",
                "0ne0/registrations/r1/api-version=2019-03-31&ClientVersion=c",
                "{id}",
                "{scope}/registrations/{id}/api-version=2019-03-31&ClientVersion=c",
                Some("2019-03-31"),
            ),
            ("", "h/d1", "empty", "{host}/d1", None),
            ("other", "h/d1/", "other", "{host}/d1/", None),
            ("d1", "d1", "d1", "{id}", None),
        ] {
            let identity = identity(client_id, username);
            assert_eq!(identity.client_id(), id_form, "{username}");
            assert_eq!(identity.username().as_deref(), Some(name_form), "{username}");
            assert_eq!(identity.api_version(), api_version, "{username}");
        }
        let nobody = Identity::default();
        assert_eq!((nobody.username(), nobody.api_version()), (None, None));
    }

    #[test]
    fn identities_are_taken_out_of_topics() {
        for (topic, form) in [
            ("devices/d1/messages/events/", "devices/{id}/messages/events/"),
            (
                "devices/d1/messages/events/$.ct=text&a=b",
                "devices/{id}/messages/events/{properties}",
            ),
            (
                "devices/d1/modules/m1/messages/events/",
                "devices/{id}/modules/{module}/messages/events/",
            ),
            ("devices/d1/messages/devicebound/#", "devices/{id}/messages/devicebound/#"),
            ("$iothub/twin/GET/?$rid=17", "$iothub/twin/GET/?$rid={rid}"),
            ("$iothub/methods/res/200/?$rid=1", "$iothub/methods/res/200/?$rid={rid}"),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=2",
                "$iothub/twin/PATCH/properties/reported/?$rid={rid}&$version={version}",
            ),
            ("$iothub/methods/POST/#", "$iothub/methods/POST/#"),
            ("devices/d2/messages/events/", "devices/d2/messages/events/"),
            ("#", "#"),
        ] {
            assert_eq!(identity("d1/m1", "").topic(topic), form);
        }
    }

    #[test]
    fn levels_have_their_names() {
        assert_eq!([3, 4, 5, 132].map(mqtt), ["3.1", "3.1.1", "5", "level 132"]);
    }
}
