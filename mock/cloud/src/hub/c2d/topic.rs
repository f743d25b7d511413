//! The topic of a delivery: the device's endpoint, then the message's properties.

use super::{
    super::{bag, open},
    APPLICATION_NAMES_ARE_KEPT, APPLICATION_PROPERTIES_ARE_IN, BAG_IS_URL_ENCODED, BARE_TOPIC,
    EMPTY_IS_KEY_AND_EQUALS_SIGN, NO_OTHER_SYSTEM_PROPERTY_IS_IN, NULL_IS_A_BARE_KEY,
    OTHERS_ARE_KEY_AND_VALUE, QUESTION_MARK_IS_READ, SETTABLE_SYSTEM_PROPERTIES_ARE_IN,
    SPACE_IS_PERCENT_20, SYSTEM_NAMES_HAVE_A_DOLLAR, TOPIC_WITH_BAG,
};
use crate::{identity::IdentityId, queue::Message, ruling::Ruling, sas};

/// `devices/{id}/messages/devicebound/{bag}`, the id as it is.
pub(super) fn of(
    id: &IdentityId,
    message: &Message,
    question_mark: bool,
    ruling: &mut Ruling<'_>,
) -> String {
    let endpoint = format!("{}/messages/devicebound", id.topic_root());
    let mark =
        if ruling.value(QUESTION_MARK_IS_READ, question_mark, !question_mark) { "?" } else { "" };
    let (rule, wrong) = if message.has_properties() {
        (TOPIC_WITH_BAG, format!("{endpoint}/"))
    } else {
        (BARE_TOPIC, endpoint.clone())
    };
    let right = format!("{endpoint}/{mark}{}", bag(id, message, ruling));
    ruling.value(rule, right, wrong)
}

/// System properties in the order of the wire captures, then the application's. The first pair must be
/// a system property: the Go client forgets what stands before the first `$.`.
fn bag(id: &IdentityId, message: &Message, ruling: &mut Ruling<'_>) -> String {
    let to = format!("/{}/messages/deviceBound", id.topic_root());
    let delivery_count = message.delivery_count.to_string();
    let always = ruling.value(open::C2D_BAG_ALWAYS_NAMES_MESSAGE_TARGET_AND_ACK, true, false);
    let when_set = ruling.value(SETTABLE_SYSTEM_PROPERTIES_ARE_IN, true, false);
    let own = ruling.value(NO_OTHER_SYSTEM_PROPERTY_IS_IN, false, true);
    let id_is_in = if message.message_id_is_generated { always } else { when_set };
    let system = [
        ("mid", "messageId", id_is_in, Some(message.message_id.as_str())),
        ("exp", "expiryTimeUtc", when_set, message.expiry_as_given.as_deref()),
        ("to", "target", always, Some(to.as_str())),
        ("cid", "correlationId", when_set, message.correlation_id.as_deref()),
        ("uid", "userId", when_set, message.user_id.as_deref()),
        ("ct", "contentType", when_set, message.content_type.as_deref()),
        ("ce", "contentEncoding", when_set, message.content_encoding.as_deref()),
        ("deliveryCount", "deliveryCount", own, Some(delivery_count.as_str())),
    ];
    let prefix = ruling.value(open::ESCAPED_DOLLAR_TO_THE_DEVICE, "%24.", "$.");
    let prefix = ruling.value(SYSTEM_NAMES_HAVE_A_DOLLAR, prefix, "");
    let mut pairs: Vec<(String, Option<&str>)> = Vec::with_capacity(system.len());
    for (short, long, is_in, value) in system {
        if is_in && value.is_some() {
            let name = ruling.value(open::SYSTEM_PROPERTY_NAMES, short, long);
            pairs.push((format!("{prefix}{name}"), value));
        }
    }
    if always {
        pairs.push(("iothub-ack".to_owned(), Some(message.ack.as_str())));
    }
    if ruling.value(APPLICATION_PROPERTIES_ARE_IN, true, false) {
        let prefix = ruling.value(APPLICATION_NAMES_ARE_KEPT, "", "app-");
        pairs.extend(message.properties.iter().map(|(name, value)| {
            (format!("{prefix}{}", sas::encode(name)), shown(value.as_deref(), ruling))
        }));
    }
    let bag = bag::write(pairs);
    if ruling.gives_wrong_value(SPACE_IS_PERCENT_20) {
        bag.replace("%20", "+")
    } else if ruling.gives_wrong_value(BAG_IS_URL_ENCODED) {
        sas::decoded(&bag)
    } else {
        bag
    }
}

/// A value as the bag tells null, empty and everything else apart; `None` is written as a bare key.
fn shown<'a>(value: Option<&'a str>, ruling: &mut Ruling<'_>) -> Option<&'a str> {
    match value {
        None => ruling.value(NULL_IS_A_BARE_KEY, None, Some("")),
        Some("") => ruling.value(EMPTY_IS_KEY_AND_EQUALS_SIGN, value, None),
        Some(_) => ruling.value(OTHERS_ARE_KEY_AND_VALUE, value, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        breaks::Breaks,
        queue::{Ack, State},
        time::Time,
    };

    fn message() -> Message {
        Message {
            sequence_number: 1,
            message_id: "m 1".to_owned(),
            message_id_is_generated: true,
            correlation_id: None,
            user_id: None,
            content_type: None,
            content_encoding: None,
            expiry_as_given: None,
            expires_at: Time::default(),
            enqueued_at: Time::default(),
            ack: Ack::None,
            properties: Vec::new(),
            body: bytes::Bytes::new(),
            state: State::Enqueued,
            delivery_count: 3,
            packet_id: None,
        }
    }

    fn full() -> Message {
        let some = |text: &str| Some(text.to_owned());
        Message {
            message_id_is_generated: false,
            correlation_id: some("c"),
            user_id: some("u"),
            content_type: some("application/json"),
            content_encoding: some("utf-8"),
            expiry_as_given: some("2026-11-20T00:01:00Z"),
            ack: Ack::Full,
            ..message()
        }
    }

    fn with(name: &str, value: Option<&str>) -> Message {
        Message { properties: vec![(name.to_owned(), value.map(str::to_owned))], ..message() }
    }

    fn topic_of(
        device: &str,
        message: &Message,
        question_mark: bool,
        broken: &[&'static str],
    ) -> String {
        let breaks: Breaks = broken.iter().copied().collect();
        of(&IdentityId::device(device), message, question_mark, &mut Ruling::new(&breaks, None))
    }

    #[test]
    fn a_bag_as_captures_show_it() {
        let to = "%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound";
        for (message, expected) in [
            (message(), format!("%24.mid=m%201&{to}&iothub-ack=none")),
            (
                full(),
                format!(
                    "%24.mid=m%201&%24.exp=2026-11-20T00%3A01%3A00Z&{to}&%24.cid=c&%24.uid=u\
                     &%24.ct=application%2Fjson&%24.ce=utf-8&iothub-ack=full"
                ),
            ),
            (
                Message {
                    properties: vec![
                        ("prop1".to_owned(), None),
                        ("prop2".to_owned(), Some(String::new())),
                        ("prop3".to_owned(), Some("a string".to_owned())),
                        ("é &=".to_owned(), Some("/+%".to_owned())),
                    ],
                    ..message()
                },
                format!(
                    "%24.mid=m%201&{to}&iothub-ack=none&prop1&prop2=&prop3=a%20string\
                     &%C3%A9%20%26%3D=%2F%2B%25"
                ),
            ),
        ] {
            let plain = format!("devices/d1/messages/devicebound/{expected}");
            assert_eq!(topic_of("d1", &message, false, &[]), plain);
            let marked = format!("devices/d1/messages/devicebound/?{expected}");
            assert_eq!(topic_of("d1", &message, true, &[]), marked);
        }
    }

    #[test]
    fn the_device_id_is_not_encoded_in_the_topic() {
        let topic = topic_of("d%1:$@!", &message(), false, &[]);
        assert!(topic.starts_with("devices/d%1:$@!/messages/devicebound/%24.mid="), "{topic}");
        assert!(topic.contains("%24.to=%2Fdevices%2Fd%251%3A%24%40%21%2Fmessages"), "{topic}");
    }

    #[test]
    fn each_broken_rule_shows_in_the_topic() {
        let bare = "devices/d1/messages/devicebound";
        for (id, message, shows) in [
            ("HUB-C2D-011", message(), bare),
            ("HUB-C2D-012", full(), "devices/d1/messages/devicebound/"),
            ("HUB-C2D-013", full(), "&$.ct=application/json&"),
            ("HUB-C2D-014", with("a", Some("b")), "&iothub-ack=none"),
            (
                "HUB-C2D-015",
                full(),
                "devicebound/%24.to=%2Fdevices%2Fd1%2Fmessages%2FdeviceBound&io",
            ),
            ("HUB-C2D-016", message(), "&%24.deliveryCount=3"),
            ("HUB-C2D-017", full(), "/mid=m%201&exp="),
            ("HUB-C2D-018", with("a", Some("b")), "&app-a=b"),
            ("HUB-C2D-019", with("a", None), "&a="),
            ("HUB-C2D-020", with("a", Some("")), "&a"),
            ("HUB-C2D-021", with("a", Some("b")), "&a"),
            ("HUB-C2D-022", with("a", Some("b c")), "&a=b+c"),
            ("HUB-C2D-023", message(), "devicebound/?%24.mid"),
            ("HUB-OPEN-024", full(), "&%24.correlationId=c&"),
            ("HUB-OPEN-025", with("a", Some("b")), "devicebound/a=b"),
            ("HUB-OPEN-026", full(), "&$.cid=c&"),
        ] {
            let (right, wrong) =
                (topic_of("d1", &message, false, &[]), topic_of("d1", &message, false, &[id]));
            assert_ne!(right, wrong, "{id}");
            let is_end = wrong.ends_with(shows);
            assert!(wrong.contains(shows) && (is_end || !right.contains(shows)), "{id}: {wrong}");
        }
    }
}
