//! The platform's own topics: which feature stands behind which (ALI-OPEN-078).

use super::instance::Operation;

/// What a device's publish to a topic of the platform asks for. The texts are levels of the topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Feature<'a> {
    /// A request in Alink, by what follows `/sys/{productKey}/{deviceName}/`; its answer goes to the same
    /// topic with `_reply`.
    Alink(&'a str),
    /// The answer to a call of the platform in Alink, by the path of the call.
    AlinkReply(&'a str),
    /// The answer to an RRPC on its own topics, by its message id.
    RrpcResponse(&'a str),
    /// The answer to an RRPC on a topic of the caller's choice: message id, and the topic.
    ExtRrpc(&'a str, &'a str),
    Ntp,
    Shadow,
    /// The device tells its firmware.
    OtaInform,
    OtaProgress,
    /// The device asks whether there is newer firmware.
    OtaRequest,
}

impl<'a> Feature<'a> {
    /// The feature of a topic that a device has published to; none of its own topics is also none.
    pub(crate) fn of(topic: &'a str, product_key: &str, device_name: &str) -> Option<Self> {
        let own = |rest: &'a str| {
            let rest = rest.strip_prefix(product_key)?.strip_prefix('/')?;
            let rest = rest.strip_prefix(device_name)?;
            if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
        };
        let is_own = |rest: &'a str| own(rest).is_some_and(str::is_empty);
        let rest = topic.strip_prefix('/')?;
        if let Some(rest) = rest.strip_prefix("sys/") {
            let path = own(rest)?;
            if let Some(id) = path.strip_prefix("rrpc/response/") {
                return is_level(id).then_some(Self::RrpcResponse(id));
            }
            let is_thing = path.starts_with("thing/");
            return match path.strip_suffix("_reply") {
                Some(call) if is_thing => Some(Self::AlinkReply(call)),
                None if is_thing => Some(Self::Alink(path)),
                _ => None,
            };
        }
        if let Some(rest) = rest.strip_prefix("ext/rrpc/") {
            let (id, _) = rest.split_once('/')?;
            return Some(Self::ExtRrpc(id, &rest[id.len()..]));
        }
        if let Some(rest) = rest.strip_prefix("ext/ntp/") {
            return (own(rest)? == "request").then_some(Self::Ntp);
        }
        for (prefix, feature) in [
            ("shadow/update/", Self::Shadow),
            ("ota/device/inform/", Self::OtaInform),
            ("ota/device/progress/", Self::OtaProgress),
            ("ota/device/request/", Self::OtaRequest),
        ] {
            if rest.strip_prefix(prefix).is_some_and(is_own) {
                return Some(feature);
            }
        }
        None
    }
}

/// The topics that the platform defines for a device, and what the device may do there. `{identifier}`
/// and `+` stand for any one level.
pub(crate) fn system_topics(product_key: &str, device_name: &str) -> Vec<(String, Operation)> {
    let whole = |(form, operation): &(&str, Operation)| {
        let topic = form.replace("{productKey}", product_key).replace("{deviceName}", device_name);
        (topic, *operation)
    };
    FORMS.iter().map(whole).collect()
}

#[rustfmt::skip]
const FORMS: &[(&str, Operation)] = &[
    ("/sys/{productKey}/{deviceName}/thing/event/property/post", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/event/property/post_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/event/{identifier}/post", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/event/{identifier}/post_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/service/property/set", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/service/property/set_reply", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/service/{identifier}", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/service/{identifier}_reply", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/property/desired/get", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/property/desired/get_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/property/desired/delete", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/property/desired/delete_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/deviceinfo/update", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/deviceinfo/update_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/deviceinfo/delete", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/deviceinfo/delete_reply", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/disable", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/disable_reply", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/enable", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/enable_reply", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/thing/delete", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/thing/delete_reply", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/rrpc/request/+", Operation::Sub),
    ("/sys/{productKey}/{deviceName}/rrpc/response/+", Operation::Pub),
    ("/sys/{productKey}/{deviceName}/broadcast/request/+", Operation::Sub),
    ("/ext/ntp/{productKey}/{deviceName}/request", Operation::Pub),
    ("/ext/ntp/{productKey}/{deviceName}/response", Operation::Sub),
    ("/ext/error/{productKey}/{deviceName}", Operation::Sub),
    ("/shadow/update/{productKey}/{deviceName}", Operation::Pub),
    ("/shadow/get/{productKey}/{deviceName}", Operation::Sub),
    ("/ota/device/inform/{productKey}/{deviceName}", Operation::Pub),
    ("/ota/device/upgrade/{productKey}/{deviceName}", Operation::Sub),
    ("/ota/device/progress/{productKey}/{deviceName}", Operation::Pub),
    ("/ota/device/request/{productKey}/{deviceName}", Operation::Pub),
];

fn is_level(text: &str) -> bool {
    !text.is_empty() && !text.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_stands_for_its_feature() {
        for (topic, feature) in [
            (
                "/sys/pk/d1/thing/event/property/post",
                Some(Feature::Alink("thing/event/property/post")),
            ),
            ("/sys/pk/d1/thing/event/alarm/post", Some(Feature::Alink("thing/event/alarm/post"))),
            (
                "/sys/pk/d1/thing/service/property/set_reply",
                Some(Feature::AlinkReply("thing/service/property/set")),
            ),
            ("/sys/pk/d1/rrpc/response/17", Some(Feature::RrpcResponse("17"))),
            ("/sys/pk/d1/rrpc/response/", None),
            ("/sys/pk/d1/rrpc/response/1/2", None),
            ("/sys/pk/d1/rrpc/request/17", None),
            ("/sys/pk/d1", None),
            ("/sys/pk/d12/thing/event/property/post", None),
            ("/sys/other/d1/thing/event/property/post", None),
            ("/ext/rrpc/17/pk/d1/user/get", Some(Feature::ExtRrpc("17", "/pk/d1/user/get"))),
            ("/ext/rrpc/17", None),
            ("/ext/ntp/pk/d1/request", Some(Feature::Ntp)),
            ("/ext/ntp/pk/d1/response", None),
            ("/shadow/update/pk/d1", Some(Feature::Shadow)),
            ("/shadow/update/pk/d1/x", None),
            ("/shadow/get/pk/d1", None),
            ("/ota/device/inform/pk/d1", Some(Feature::OtaInform)),
            ("/ota/device/progress/pk/d1", Some(Feature::OtaProgress)),
            ("/ota/device/request/pk/d1", Some(Feature::OtaRequest)),
            ("/ota/device/upgrade/pk/d1", None),
            ("/pk/d1/user/update", None),
            ("sys/pk/d1/thing/event/property/post", None),
        ] {
            assert_eq!(Feature::of(topic, "pk", "d1"), feature, "{topic}");
        }
    }

    #[test]
    fn what_a_device_may_publish_to_stands_for_a_feature() {
        for (topic, operation) in system_topics("pk", "d1") {
            let topic = topic.replace("{identifier}", "x").replace('+', "1");
            let is_published = Feature::of(&topic, "pk", "d1").is_some();
            if operation == Operation::Pub {
                assert!(is_published, "{topic}");
            }
        }
    }
}
