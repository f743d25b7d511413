//! ALI-TOPIC: the classes of topics, and which of them a device may use.

use wire::topic as mqtt;

use super::{Instance, Session, instance::Operation};
use crate::rule::rules;

rules! {
    TOPICS_OF_THE_PLATFORM = "ALI-TOPIC-001";
    SYSTEM_TOPICS_ARE_LISTED = "ALI-TOPIC-002";
    FEATURES_HAVE_THEIR_OWN = "ALI-TOPIC-003";
}

/// Whether a device may use a topic, and if not, why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Granted,
    Denied(String),
}

/// What lies behind a topic of a device's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// `/{pk}/{dn}/user/{short name}`
    Custom(&'a str),
    /// `/sys/{pk}/{dn}/{rest}`
    System(&'a str),
    /// `/ext/{feature}/{pk}/{dn}/{rest}`, or `/ext/rrpc/{message id}/{rest}`
    Extension { feature: &'a str, rest: &'a str },
    /// `/shadow/{update or get}/{pk}/{dn}`
    Shadow(&'a str),
    /// `/ota/device/{what}/{pk}/{dn}`
    Ota(&'a str),
    /// `/broadcast/{pk}/{rest}`
    Broadcast(&'a str),
}

/// What lies behind a topic or filter, when it is this device's (ALI-OPEN-070, ALI-OPEN-078).
pub(super) fn kind<'a>(topic: &'a str, product_key: &str, device_name: &str) -> Option<Kind<'a>> {
    let own = format!("{product_key}/{device_name}");
    let below = |root: &str| {
        let rest = topic.strip_prefix(root)?.strip_prefix(own.as_str())?;
        Some(rest.strip_prefix('/').unwrap_or(rest))
    };
    if let Some(rest) = below("/sys/") {
        return Some(Kind::System(rest));
    }
    if let Some(rest) = topic.strip_prefix("/ext/") {
        let (feature, rest) = rest.split_once('/')?;
        return match feature {
            "rrpc" => Some(Kind::Extension { feature, rest }),
            _ => {
                let rest = rest.strip_prefix(own.as_str())?;
                let rest = rest.strip_prefix('/').unwrap_or(rest);
                Some(Kind::Extension { feature, rest })
            }
        };
    }
    if let Some(rest) = topic.strip_prefix("/shadow/") {
        let (what, rest) = rest.split_once('/')?;
        return (rest == own).then_some(Kind::Shadow(what));
    }
    if let Some(rest) = topic.strip_prefix("/ota/device/") {
        let (what, rest) = rest.split_once('/')?;
        return (rest == own).then_some(Kind::Ota(what));
    }
    if let Some(rest) = topic.strip_prefix("/broadcast/") {
        let rest = rest.strip_prefix(product_key)?.strip_prefix('/')?;
        return Some(Kind::Broadcast(rest));
    }
    below("/").and_then(|rest| rest.strip_prefix("user/")).map(Kind::Custom)
}

/// Whether a topic or filter is none of the classes that a product's owner makes (ALI-OPEN-078).
pub(super) fn is_of_the_system(topic: &str) -> bool {
    const ROOTS: [&str; 5] = ["/sys/", "/ext/", "/shadow/", "/ota/", "/broadcast/"];
    ROOTS.iter().any(|root| topic.starts_with(root))
}

/// Whether a device may publish to a topic.
pub(super) fn may_publish(instance: &Instance, session: &Session, topic: &str) -> Verdict {
    let Some(kind) = kind(topic, &session.product_key, &session.name) else {
        return Verdict::Denied(format!("`{topic}` is no topic of `{}`", session.key));
    };
    match kind {
        Kind::Custom(short_name) if !allows(instance, session, short_name, Operation::Pub) => {
            Verdict::Denied(format!("no topic class lets devices publish to `{short_name}`"))
        }
        Kind::Broadcast(_) => Verdict::Denied("devices do not broadcast".to_owned()),
        _ => Verdict::Granted,
    }
}

/// Whether a device may subscribe to a filter.
pub(super) fn may_subscribe(instance: &Instance, session: &Session, filter: &str) -> Verdict {
    let Some(kind) = kind(filter, &session.product_key, &session.name) else {
        return Verdict::Denied(format!("`{filter}` is no topic of `{}`", session.key));
    };
    match kind {
        Kind::Custom(short_name) if !allows(instance, session, short_name, Operation::Sub) => {
            Verdict::Denied(format!("no topic class lets devices subscribe to `{short_name}`"))
        }
        _ => Verdict::Granted,
    }
}

/// Whether a class of the product has this topic or filter for this operation.
fn allows(instance: &Instance, session: &Session, short_name: &str, operation: Operation) -> bool {
    let Some(product) = instance.products.get(&*session.product_key) else { return false };
    product.topic_classes.iter().any(|class| {
        let is_for_it = class.operation == operation || class.operation == Operation::All;
        let name = class.topic_short_name.as_str();
        is_for_it && (name == short_name || mqtt::matches(name, short_name))
    })
}
