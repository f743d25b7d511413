//! ALI-TOPIC: the classes of topics, and which of them a device may use.

use wire::topic as mqtt;

use super::{
    Instance, Session,
    instance::{Operation, TopicClass},
    log::{BizCode, RunRecord},
    open,
};
use crate::{
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    time::Time,
};

rules! {
    TOPICS_OF_THE_PLATFORM = "ALI-TOPIC-001";
    SYSTEM_TOPICS_ARE_LISTED = "ALI-TOPIC-002";
    FEATURES_HAVE_THEIR_OWN = "ALI-TOPIC-003";
}

/// What the run log has of a topic that is no topic.
const WRONG_FORMAT: u16 = 1903;

/// What the run log has of a topic without permission.
const NO_PERMISSION: u16 = 9236;

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
    let own_below = |rest: &'a str| match rest.strip_prefix(own.as_str())? {
        "" => Some(""),
        rest => rest.strip_prefix('/'),
    };
    let below = |root: &str| own_below(topic.strip_prefix(root)?);
    if let Some(rest) = below("/sys/") {
        return Some(Kind::System(rest));
    }
    if let Some(rest) = topic.strip_prefix("/ext/") {
        let (feature, rest) = rest.split_once('/')?;
        return match feature {
            "rrpc" => Some(Kind::Extension { feature, rest }),
            _ => own_below(rest).map(|rest| Kind::Extension { feature, rest }),
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

/// Judges whether a device may publish to a topic, or subscribe to a filter: its size, its class, whose it is
/// and what it is for.
pub(super) fn judge(
    instance: &Instance,
    session: &Session,
    topic: &str,
    operation: Operation,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let profile = &instance.profile;
    let counted = within_rrpc(topic).unwrap_or(topic);
    let slashes = counted.matches('/').count();
    let fits = counted.len() <= profile.topic_bytes && slashes <= profile.topic_slashes;
    uphold(fits, open::TOPIC_SIZE, ruling, || {
        let (bytes, slashes) = (profile.topic_bytes, profile.topic_slashes);
        format!("`{topic}` has more than {bytes} bytes or {slashes} slashes")
    })?;
    uphold(is_of_a_class(topic), TOPICS_OF_THE_PLATFORM, ruling, || {
        format!("`{topic}` is in no class of topics that the platform has")
    })?;
    let kind = kind(topic, &session.product_key, &session.name);
    uphold(kind.is_some(), open::OWN_TOPICS_ONLY, ruling, || {
        format!("`{topic}` is no topic of `{}`", session.key)
    })?;
    match kind {
        Some(Kind::Custom(name)) => judge_custom(instance, session, name, operation, ruling),
        Some(Kind::Broadcast(_)) if operation == Operation::Pub => {
            uphold(false, open::OWN_TOPICS_ONLY, ruling, || "devices do not broadcast".to_owned())
        }
        _ => Ok(()),
    }
}

/// Tells the run log why a device may not use a topic.
pub(super) fn log_denied(
    now: Time,
    session: &Session,
    (topic, operation): (&str, Operation),
    broken: Rule,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let part = match operation {
        Operation::Sub => BizCode::Subscribe,
        Operation::Pub | Operation::All => BizCode::Uplink,
    };
    let record = RunRecord::of(now, session, part, topic);
    if broken == open::TOPIC_SIZE {
        ruling.log(record.failed(WRONG_FORMAT, "the topic has a wrong format"), broken);
    } else {
        ruling.log(record.failed(NO_PERMISSION, "the topic has no permission for this"), because);
    }
}

/// Whether a topic is this device's, and one that it may subscribe to.
pub(super) fn may_subscribe(instance: &Instance, session: &Session, topic: &str) -> bool {
    match kind(topic, &session.product_key, &session.name) {
        Some(Kind::Custom(name)) => {
            classes(instance, session, name).any(|class| class.operation.allows(Operation::Sub))
        }
        kind => kind.is_some(),
    }
}

/// The classes of a device's product that have a custom topic or filter.
fn classes<'a>(
    instance: &'a Instance,
    session: &Session,
    name: &'a str,
) -> impl Iterator<Item = &'a TopicClass> {
    let product = instance.products.get(&*session.product_key);
    let all = product.into_iter().flat_map(|product| &product.topic_classes);
    all.filter(move |class| covers(&class.topic_short_name, name))
}

/// Judges whether a class of the product allows this on a custom topic.
fn judge_custom(
    instance: &Instance,
    session: &Session,
    name: &str,
    operation: Operation,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let classes: Vec<&TopicClass> = classes(instance, session, name).collect();
    let is_wide = |class: &&TopicClass| class.topic_short_name.contains(['+', '#']);
    if operation == Operation::Pub && !classes.is_empty() && classes.iter().all(is_wide) {
        return uphold(false, open::WILDCARD_CLASSES, ruling, || {
            format!("the class of `{name}` has a wildcard, which is for those who subscribe")
        });
    }
    let levels_are_legal = name.split('/').all(is_level);
    let is_allowed = classes.iter().any(|class| class.operation.allows(operation));
    uphold(levels_are_legal && is_allowed, open::CUSTOM_TOPICS, ruling, || {
        let what = if operation == Operation::Pub { "publish" } else { "subscribe" };
        if levels_are_legal {
            format!("no topic class lets devices {what} to `{name}`")
        } else {
            format!("`{name}` is not of letters, digits and underscores")
        }
    })
}

/// The topic of the caller's choice within `/ext/rrpc/{message id}/…`.
fn within_rrpc(topic: &str) -> Option<&str> {
    let rest = topic.strip_prefix("/ext/rrpc/")?;
    Some(&rest[rest.find('/')?..])
}

/// Whether a class has all topics that a topic or filter stands for.
fn covers(class: &str, filter: &str) -> bool {
    let (mut class, mut filter) = (class.split('/'), filter.split('/'));
    loop {
        match (class.next(), filter.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(level)) if level != "#" => {}
            (Some(known), Some(level)) if known == level => {}
            _ => return false,
        }
    }
}

/// Whether this can be a level of a custom topic or filter.
fn is_level(level: &str) -> bool {
    let is_legal = |c: char| c.is_ascii_alphanumeric() || c == '_';
    ["+", "#"].contains(&level) || !level.is_empty() && level.chars().all(is_legal)
}

/// What is wrong with the name of a class of custom topics, and what is expected (ALI-OPEN-071, -072).
pub(crate) fn judge_class(class: &TopicClass) -> Result<(), (String, &'static str)> {
    let name = class.topic_short_name.as_str();
    if !name.split('/').all(is_level) || !mqtt::valid_filter(name) {
        let expected = "levels of letters, digits and underscores, or `+` and `#`";
        return Err((format!("`{name}`"), expected));
    }
    if name.contains(['+', '#']) && class.operation != Operation::Sub {
        let expected = "SUB: nobody publishes to a wildcard";
        return Err((format!("`{name}` for publishers"), expected));
    }
    Ok(())
}

/// Whether a topic or filter has the form of a class, whoever's it is: a custom topic, or one of the system's.
fn is_of_a_class(topic: &str) -> bool {
    let levels: Vec<&str> = topic.split('/').collect();
    matches!(
        levels[..],
        ["", "sys" | "ext" | "broadcast", _, _, ..]
            | ["", "shadow", "update" | "get", _, _]
            | ["", "ota", "device", _, _, _]
            | ["", _, _, "user", _, ..]
    )
}

fn uphold(
    holds: bool,
    rule: Rule,
    ruling: &mut Ruling<'_>,
    why: impl FnOnce() -> String,
) -> Result<(), Broken> {
    if !holds {
        ruling.explain(why());
    }
    ruling.uphold(rule, holds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_itself_has_its_topics() {
        for (topic, expected) in [
            ("/pk/lamp/user/get", Some(Kind::Custom("get"))),
            ("/pk/lamp2/user/get", None),
            ("/pk/lam/user/get", None),
            ("/pk/lamp/get", None),
            ("/sys/pk/lamp/thing/x", Some(Kind::System("thing/x"))),
            ("/sys/pk/lamp", Some(Kind::System(""))),
            ("/sys/pk/lamp2/thing/x", None),
            ("/ext/ntp/pk/lamp/request", Some(Kind::Extension { feature: "ntp", rest: "request" })),
            ("/ext/ntp/pk/lamp2/request", None),
            ("/ext/rrpc/17/any", Some(Kind::Extension { feature: "rrpc", rest: "17/any" })),
            ("/shadow/get/pk/lamp", Some(Kind::Shadow("get"))),
            ("/shadow/get/pk/lamp2", None),
            ("/ota/device/inform/pk/lamp", Some(Kind::Ota("inform"))),
            ("/broadcast/pk/news", Some(Kind::Broadcast("news"))),
            ("/broadcast/pk2/news", None),
        ] {
            assert_eq!(kind(topic, "pk", "lamp"), expected, "{topic}");
        }
    }

    #[test]
    fn topics_have_the_form_of_a_class_whosever_they_are() {
        for (topic, expected) in [
            ("/pk/lamp/user/get", true),
            ("/other/pump/user/#", true),
            ("/sys/pk/lamp/#", true),
            ("/ext/rrpc/+/get", true),
            ("/ext/error/pk/lamp", true),
            ("/shadow/update/pk/lamp", true),
            ("/shadow/delete/pk/lamp", false),
            ("/ota/device/upgrade/pk/lamp", true),
            ("/ota/upgrade/pk/lamp", false),
            ("/broadcast/pk/news", true),
            ("/pk/lamp/user", false),
            ("/pk/lamp/get", false),
            ("pk/lamp/user/get", false),
            ("$SYS/uptime", false),
            ("#", false),
        ] {
            assert_eq!(is_of_a_class(topic), expected, "{topic}");
        }
    }

    #[test]
    fn a_class_has_the_filters_that_are_no_wider() {
        for (class, filter, expected) in [
            ("get", "get", true),
            ("get", "get/x", false),
            ("get", "+", false),
            ("conf/+", "conf/a", true),
            ("conf/+", "conf/+", true),
            ("conf/+", "conf/#", false),
            ("conf/+", "conf/a/b", false),
            ("conf/#", "conf/+/b", true),
            ("conf/#", "conf/#", true),
            ("conf/#", "conf", true),
            ("conf/#", "#", false),
        ] {
            assert_eq!(covers(class, filter), expected, "{class} {filter}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_class_is_told() {
        for (name, operation, wrong) in [
            ("update", Operation::Pub, None),
            ("conf/+/a_1", Operation::Sub, None),
            ("conf/#", Operation::Sub, None),
            ("conf/#", Operation::All, Some("`conf/#` for publishers")),
            ("conf/+", Operation::Pub, Some("`conf/+` for publishers")),
            ("conf-a", Operation::Sub, Some("`conf-a`")),
            ("conf//a", Operation::Sub, Some("`conf//a`")),
            ("#/conf", Operation::Sub, Some("`#/conf`")),
            ("", Operation::Sub, Some("``")),
        ] {
            let class = TopicClass { topic_short_name: name.to_owned(), operation };
            let told = judge_class(&class).err().map(|(found, _)| found);
            assert_eq!(told.as_deref(), wrong, "{name}");
        }
    }
}
