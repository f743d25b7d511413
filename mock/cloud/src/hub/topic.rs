//! The closed list of topics that a device may publish to, and of filters that it may subscribe to.

use crate::identity::IdentityId;

/// What a publish is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic<'a> {
    /// Telemetry of this very device or module, with its property bag.
    Telemetry { bag: &'a str, spelling: Spelling },
    /// `$iothub/twin/GET/?$rid={rid}`
    TwinGet { query: &'a str },
    /// `$iothub/twin/PATCH/properties/reported/?$rid={rid}`
    TwinPatch { query: &'a str },
    /// `$iothub/methods/res/{status}/?$rid={rid}`
    MethodResponse { status: &'a str, query: &'a str },
    /// Another device's topic.
    Foreign,
    /// Nothing that the documents name.
    Unsupported,
}

/// How a telemetry topic is written around its bag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Spelling {
    /// `…/messages/events/` or `…/messages/events/{bag}`
    AsDocumented,
    /// `…/messages/events`, `…/{bag}/` or `…/?{bag}`
    Variant,
}

impl<'a> Topic<'a> {
    /// Tells what a topic name is to this device.
    pub(super) fn of(id: &IdentityId, topic: &'a str) -> Self {
        if let Some(rest) = topic.strip_prefix("devices/") {
            return Self::below_devices(id, rest);
        }
        let Some(rest) = topic.strip_prefix("$iothub/") else { return Self::Unsupported };
        if let Some(query) = rest.strip_prefix("twin/GET/?") {
            return Self::TwinGet { query };
        }
        if let Some(query) = rest.strip_prefix("twin/PATCH/properties/reported/?") {
            return Self::TwinPatch { query };
        }
        match rest.strip_prefix("methods/res/").and_then(|rest| rest.split_once("/?")) {
            Some((status, query)) => Self::MethodResponse { status, query },
            None => Self::Unsupported,
        }
    }

    fn below_devices(id: &IdentityId, rest: &'a str) -> Self {
        const EVENTS: &str = "/messages/events";
        let own = rest.strip_prefix(&*id.device).and_then(|rest| match &id.module {
            Some(module) => rest.strip_prefix("/modules/")?.strip_prefix(&**module),
            None => Some(rest),
        });
        let Some(bag) = own.and_then(|rest| rest.strip_prefix(EVENTS)) else {
            return if rest.contains(EVENTS) { Self::Foreign } else { Self::Unsupported };
        };
        match bag.strip_prefix('/') {
            Some(bag) => {
                let bare = bag.strip_prefix('?').unwrap_or(bag);
                let bare = bare.strip_suffix('/').unwrap_or(bare);
                let spelling = if bare == bag { Spelling::AsDocumented } else { Spelling::Variant };
                Self::Telemetry { bag: bare, spelling }
            }
            None if bag.is_empty() => Self::Telemetry { bag, spelling: Spelling::Variant },
            None => Self::Unsupported,
        }
    }
}

/// The value of `name=` in a topic's query, undecoded.
pub(crate) fn query_value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

/// What a subscription brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    CloudToDevice,
    TwinAnswers,
    DesiredNotices,
    Methods,
    /// Edge inputs of a module: granted, and never served by a hub.
    ModuleInputs,
}

/// Why a filter is not granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoFeed {
    /// Another device's endpoint.
    Foreign,
    /// A wildcard below an endpoint, as if properties could be filtered.
    SubTopic,
    /// Nothing that the documents name.
    Unsupported,
}

/// Tells which feed a filter names for this device.
pub(super) fn feed(id: &IdentityId, filter: &str) -> Result<Feed, NoFeed> {
    if let Some(rest) = filter.strip_prefix("$iothub/") {
        return match rest {
            "twin/res/#" => Ok(Feed::TwinAnswers),
            "twin/PATCH/properties/desired/#" => Ok(Feed::DesiredNotices),
            "methods/POST/#" => Ok(Feed::Methods),
            _ => {
                match rest.strip_prefix("methods/POST/").and_then(|rest| rest.strip_suffix("/#")) {
                    Some(name) if !name.is_empty() && !name.contains(['/', '+', '#']) => {
                        Ok(Feed::Methods)
                    }
                    _ => Err(NoFeed::Unsupported),
                }
            }
        };
    }
    let Some(rest) = filter.strip_prefix("devices/") else { return Err(NoFeed::Unsupported) };
    let below = |prefix: &str| rest.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
    let Some(rest) = below(&id.device).or_else(|| below("+")) else {
        return Err(match rest.split_once('/') {
            Some(_) => NoFeed::Foreign,
            None => NoFeed::Unsupported,
        });
    };
    match &id.module {
        None => match rest.strip_prefix("messages/devicebound/") {
            Some("#") => Ok(Feed::CloudToDevice),
            Some(_) => Err(NoFeed::SubTopic),
            None => Err(NoFeed::Unsupported),
        },
        Some(module) => {
            let Some(rest) = rest.strip_prefix("modules/") else { return Err(NoFeed::Unsupported) };
            match rest.strip_prefix(module.as_str()) {
                Some("/#" | "/inputs/#" | "/messages/devicebound/#") => Ok(Feed::ModuleInputs),
                Some(_) => Err(NoFeed::Unsupported),
                None => Err(NoFeed::Foreign),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telemetry_topics_of_a_device() {
        let id = IdentityId::device("d1");
        let documented = |bag| Topic::Telemetry { bag, spelling: Spelling::AsDocumented };
        let variant = |bag| Topic::Telemetry { bag, spelling: Spelling::Variant };
        for (topic, expected) in [
            ("devices/d1/messages/events/", documented("")),
            ("devices/d1/messages/events/a=b", documented("a=b")),
            ("devices/d1/messages/events", variant("")),
            ("devices/d1/messages/events/a=b/", variant("a=b")),
            ("devices/d1/messages/events/?a=b", variant("a=b")),
            ("devices/d2/messages/events/", Topic::Foreign),
            ("devices/D1/messages/events/", Topic::Foreign),
            ("devices/d10/messages/events/", Topic::Foreign),
            ("devices/d1/modules/m1/messages/events/", Topic::Foreign),
            ("devices/d1/messages/eventsx", Topic::Unsupported),
            ("devices/d1/messages/devicebound/", Topic::Unsupported),
            ("/devices/d1/messages/events/", Topic::Unsupported),
            ("telemetry", Topic::Unsupported),
        ] {
            assert_eq!(Topic::of(&id, topic), expected, "{topic}");
        }
    }

    #[test]
    fn twin_and_method_topics() {
        let id = IdentityId::device("d1");
        for (topic, expected) in [
            ("$iothub/twin/GET/?$rid=1", Topic::TwinGet { query: "$rid=1" }),
            ("$iothub/twin/GET/x/?$rid=1", Topic::Unsupported),
            (
                "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=2",
                Topic::TwinPatch { query: "$rid=1&$version=2" },
            ),
            ("$iothub/twin/PATCH/properties/desired/?$rid=1", Topic::Unsupported),
            (
                "$iothub/methods/res/200/?$rid=a",
                Topic::MethodResponse { status: "200", query: "$rid=a" },
            ),
            ("$iothub/methods/POST/reboot/?$rid=1", Topic::Unsupported),
        ] {
            assert_eq!(Topic::of(&id, topic), expected, "{topic}");
        }
    }

    #[test]
    fn filters_of_a_device_and_of_a_module() {
        let device = IdentityId::device("d1");
        let module = IdentityId::module("d1", "m1");
        for (id, filter, expected) in [
            (&device, "devices/d1/messages/devicebound/#", Ok(Feed::CloudToDevice)),
            (&device, "devices/+/messages/devicebound/#", Ok(Feed::CloudToDevice)),
            (&device, "$iothub/twin/res/#", Ok(Feed::TwinAnswers)),
            (&device, "$iothub/twin/PATCH/properties/desired/#", Ok(Feed::DesiredNotices)),
            (&device, "$iothub/methods/POST/#", Ok(Feed::Methods)),
            (&device, "$iothub/methods/POST/reboot/#", Ok(Feed::Methods)),
            (&device, "devices/d2/messages/devicebound/#", Err(NoFeed::Foreign)),
            (&device, "devices/d1/messages/devicebound/a=b/#", Err(NoFeed::SubTopic)),
            (&device, "devices/d1/messages/devicebound/+", Err(NoFeed::SubTopic)),
            (&device, "devices/d1/messages/events/#", Err(NoFeed::Unsupported)),
            (&device, "#", Err(NoFeed::Unsupported)),
            (&device, "$iothub/#", Err(NoFeed::Unsupported)),
            (&module, "devices/d1/modules/m1/#", Ok(Feed::ModuleInputs)),
            (&module, "devices/d1/modules/m1/inputs/#", Ok(Feed::ModuleInputs)),
            (&module, "devices/d1/modules/m2/#", Err(NoFeed::Foreign)),
            (&module, "devices/d1/messages/devicebound/#", Err(NoFeed::Unsupported)),
        ] {
            assert_eq!(feed(id, filter), expected, "{filter}");
        }
    }
}
