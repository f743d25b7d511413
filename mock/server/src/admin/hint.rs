//! The nearest valid form of what was turned away: what a user of a device needs to read.

mod alibaba;
mod event_grid;

use cloud::{Action, Door, IdentityId, Input, Rule, Step, sas};
use wire::{Connect, Packet, Publish, Qos, Version};

use super::journal;

/// What would have been right, as far as the step tells.
pub fn hint(step: &Step, rule: Option<Rule>) -> Option<String> {
    let is_dps = rule.is_some_and(|rule| rule.id().starts_with("DPS-"));
    match &step.input {
        Input::Refused { door, .. } => door_hint(*door).map(str::to_owned),
        _ if rule.is_some_and(|rule| rule.id().starts_with("EG-")) => event_grid::hint(step),
        _ if rule.is_some_and(|rule| rule.id().starts_with("ALI-")) => alibaba::hint(step, rule),
        Input::Received { packet: Packet::Connect(connect), .. } => {
            connect_hint(step, rule, connect)
        }
        Input::Received { packet: Packet::Publish(publish), .. } => {
            let device = step.device.as_deref()?;
            let found = step.why.as_ref().map(ToString::to_string);
            let of_dps = found.or_else(|| registration_hint(device, rule?));
            // What was answered has the right topic.
            if journal::is_answered_with_error(step) {
                return of_dps.or_else(|| own_words(step));
            }
            of_dps.or_else(|| publish_hint(device, is_dps, publish))
        }
        Input::Received { packet: Packet::Subscribe(subscribe), .. } => {
            let known = filters(step.device.as_deref()?, is_dps);
            let wrong = subscribe.filters.iter().find(|asked| !known.contains(&asked.filter))?;
            Some(format!("the nearest filter is `{}`", nearest(&wrong.filter, &known)?))
        }
        Input::Received { .. } if step.device.is_none() => {
            Some("send CONNECT first, and wait for CONNACK".to_owned())
        }
        Input::Timeout if step.device.is_some() => Some(
            "send PINGREQ within the keep-alive, and connect anew before a token expires"
                .to_owned(),
        ),
        _ => None,
    }
}

const fn door_hint(door: Door) -> Option<&'static str> {
    match door {
        Door::Plaintext => Some("connect with TLS; plain MQTT is not served"),
        Door::TlsVersion => Some("offer TLS 1.2, which every host speaks"),
        Door::Tls | Door::Distrust => Some(
            "give the client the CA file that `skyproof up` prints, and dial a name, not just any \
             address",
        ),
        Door::WebSocket | Door::Path | Door::Subprotocol => {
            Some("GET the host's path, which a 404 names, with `Sec-WebSocket-Protocol: mqtt`")
        }
        Door::Full => Some("close connections, or start with a higher --max-connections"),
    }
}

/// What an error that answers a twin request says itself.
fn own_words(step: &Step) -> Option<String> {
    step.effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Publish(publish), .. } => {
            let body: serde_json::Value = serde_json::from_slice(&publish.payload).ok()?;
            Some(body.get("message")?.as_str()?.to_owned())
        }
        _ => None,
    })
}

/// Rules that judge a token.
const OF_TOKENS: &[&str] =
    &["HUB-OPEN-002", "HUB-OPEN-012", "DPS-OPEN-001", "DPS-OPEN-010", "DPS-SAS-001", "DPS-SAS-005"];
const CERTIFICATE: &str = "HUB-OPEN-072";
const DPS_USERNAME: &str = "DPS-CONN-005";
const DPS_COMMON_NAME: &str = "DPS-OPEN-015";

/// Rules behind which stands an identity and not what the client sent.
const UNKNOWN_DEVICE: &str = "HUB-OPEN-003";
const DISABLED_DEVICE: &str = "HUB-OPEN-005";

fn connect_hint(step: &Step, rule: Option<Rule>, connect: &Connect) -> Option<String> {
    if connect.version() != Some(Version::V311) {
        return Some("connect with MQTT 3.1.1 (mosquitto: `-V mqttv311`)".to_owned());
    }
    let username = connect.username.as_deref().unwrap_or_default();
    let names: Vec<&str> = username.split('/').collect();
    let is_dps = names.get(1) == Some(&"registrations");
    let (Some(host), Some(id), true) = (
        names.first().filter(|host| !host.is_empty()),
        names.get(if is_dps { 2 } else { 1 }).filter(|id| !id.is_empty()),
        names.len() > 1,
    ) else {
        return Some(
            "the user name is `{hub}.azure-devices.net/{device}/?api-version=2021-04-12`, or for DPS \
             `{scope}/registrations/{registration}/api-version=2019-03-31`"
                .to_owned(),
        );
    };
    let module = names.get(2).filter(|name| !is_dps && !name.is_empty() && !name.contains('='));
    let client_id = match module {
        Some(module) => format!("{id}/{module}"),
        None => (*id).to_owned(),
    };
    if rule.map(Rule::id) == Some(DPS_USERNAME) {
        return Some(
            "DPS takes `{scope}/registrations/{registration}/api-version=2019-03-31`; the user name \
             of a hub belongs to the host of that hub"
                .to_owned(),
        );
    }
    if connect.client_id != client_id && !(is_dps && connect.client_id.eq_ignore_ascii_case(id)) {
        return Some(format!("the client id has to be `{client_id}`, as in the user name"));
    }
    if let Some(why) = &step.why {
        return Some(why.to_string());
    }
    match rule.map(Rule::id) {
        Some(DPS_COMMON_NAME) => {
            return Some(format!("the common name of the client's certificate has to be `{id}`"));
        }
        Some(UNKNOWN_DEVICE) if client_id.parse::<IdentityId>().is_err() => {
            return Some(format!(
                "no identity can be called `{client_id}`: it has letters that the registry does not \
                 take"
            ));
        }
        Some(CERTIFICATE) => {
            return Some(format!(
                "the certificate has to be the one that is registered for `{client_id}`: with its \
                 thumbprint, or valid now, issued below an authority of the hub and with the common \
                 name `{id}`"
            ));
        }
        Some(UNKNOWN_DEVICE) => {
            return Some(format!(
                "declare it in the seed, add it with `skyproof device add {client_id}`, or start with \
                 --auto-create"
            ));
        }
        Some(DISABLED_DEVICE) => {
            return Some(format!("let it in with `skyproof device enable {client_id}`"));
        }
        Some(rule) if !OF_TOKENS.contains(&rule) => return None,
        _ => {}
    }
    let resource = match (is_dps, module) {
        (true, _) => format!("{host}/registrations/{id}"),
        (false, None) => format!("{host}/devices/{id}"),
        (false, Some(module)) => format!("{host}/devices/{id}/modules/{module}"),
    };
    let password = connect.password.as_deref().unwrap_or_default();
    if password.is_empty() {
        return Some(format!(
            "the password is a token for `{resource}`, unless `{client_id}` has a certificate that \
             the client presents"
        ));
    }
    Some(token_hint(step, password, &resource).unwrap_or_else(|| {
        format!(
            "the token must be signed over `{{sr}}\\n{{se}}` with the base64-decoded key of \
             `{client_id}`"
        )
    }))
}

/// What is wrong with a token that can be told without the key.
fn token_hint(step: &Step, password: &[u8], resource: &str) -> Option<String> {
    /// Clocks may differ by so much.
    const SKEW_S: u64 = 300;
    let token = match sas::Token::parse(std::str::from_utf8(password).unwrap_or_default()) {
        Ok(token) => token,
        Err(error) => return Some(error.to_string()),
    };
    if token.expiry_s.saturating_add(SKEW_S) < step.at.s() {
        let ago_s = step.at.s() - token.expiry_s;
        return Some(format!("the token expired {ago_s} s ago: its `se` is {}", token.expiry_s));
    }
    (!token.covers(resource))
        .then(|| format!("the token's `sr` is `{}`, expected `{resource}`", token.resource()))
}

/// What a request to DPS lacks, although it may be CONNECT or the seed that is to blame.
fn registration_hint(registration: &str, rule: Rule) -> Option<String> {
    const KEY_OR_EXPIRY: &str = "DPS-OPEN-001";
    const GROUP_KEY: &str = "DPS-OPEN-010";
    const CERTIFICATE: &str = "DPS-OPEN-014";
    const NO_ENROLLMENT: &str = "DPS-OPEN-035";
    const RESOURCE: &str = "DPS-SAS-005";
    const COMMON_NAME: &str = "DPS-OPEN-015";
    const KEY_SIZE: &str = "DPS-OPEN-011";
    const TPM: &str = "DPS-TPM-001";
    const BODY: &str = "DPS-OPEN-036";
    const MEMBER: &str = "DPS-OPEN-016";
    const OTHER_ID: &str = "DPS-OPEN-018";
    const OPERATION: &str = "DPS-OPEN-026";
    const NOT_SUBSCRIBED: [&str; 2] = ["DPS-REG-001", "DPS-POLL-003"];
    Some(match rule.id() {
        COMMON_NAME => format!(
            "the common name of the certificate that the client presents has to be `{registration}`"
        ),
        KEY_SIZE => format!(
            "the keys of the enrollment `{registration}`, or of its group, need 16 to 64 bytes each"
        ),
        TPM => format!(
            "give the enrollment `{registration}` keys or a certificate: a TPM proves itself over \
             HTTPS or AMQP"
        ),
        BODY => format!(
            "the payload is empty or a JSON object such as {{\"registrationId\":\"{registration}\"}}, \
             with an object as `tpm` and a text as `csr`, if any"
        ),
        MEMBER => "the payload may have `registrationId`, `payload`, `tpm` and `csr`".to_owned(),
        OTHER_ID => format!(
            "`registrationId` in the payload has to be `{registration}`, as in the user name, or to \
             be left out"
        ),
        OPERATION => "poll for the `operationId` that the register answer gave, as \
                      `&operationId={id}` behind the `$rid`"
            .to_owned(),
        rule if NOT_SUBSCRIBED.contains(&rule) => {
            "subscribe to `$dps/registrations/res/#` first, and wait for SUBACK".to_owned()
        }
        KEY_OR_EXPIRY => format!(
            "the token in CONNECT must not be expired, and be signed over `{{sr}}\\n{{se}}` with the \
             base64-decoded key of the enrollment `{registration}`, or with the one that is derived \
             from its group's"
        ),
        GROUP_KEY => format!(
            "the token is signed with the group's key: the device's is HMAC-SHA256 of `{registration}` \
             under it"
        ),
        CERTIFICATE => format!(
            "the client must present the certificate of the enrollment `{registration}`, or one below \
             that of its group"
        ),
        NO_ENROLLMENT => {
            format!("declare an enrollment `{registration}`, or a group with keys, in the seed")
        }
        RESOURCE => {
            format!(
                "the `sr` of the token in CONNECT has to be `{{scope}}/registrations/{registration}`"
            )
        }
        _ => return None,
    })
}

fn publish_hint(device: &str, is_dps: bool, publish: &Publish) -> Option<String> {
    if publish.qos == Qos::ExactlyOnce {
        return Some("publish at QoS 0 or 1".to_owned());
    }
    let known = topics(device, is_dps);
    let begins = |known: &&String| {
        let fixed = known.split('{').next().unwrap_or_default();
        publish.topic.starts_with(fixed)
    };
    match known.iter().find(begins) {
        Some(topic) if topic.contains('{') => Some(format!("the topic is `{topic}`")),
        Some(_) => None,
        None => {
            let nearest = nearest(&publish.topic, &known)?;
            if is_near(&publish.topic, nearest) {
                return Some(format!("the nearest topic is `{nearest}`"));
            }
            let known: Vec<String> = known.iter().map(|topic| format!("`{topic}`")).collect();
            Some(format!("a device publishes to {}", known.join(", ")))
        }
    }
}

/// Whether one may have been meant by the other: at most half of it differs.
fn is_near(found: &str, known: &str) -> bool {
    strsim::levenshtein(found, known) * 2 <= known.chars().count()
}

/// The topics that a device may publish to.
fn topics(device: &str, is_dps: bool) -> Vec<String> {
    if is_dps {
        return vec![
            "$dps/registrations/PUT/iotdps-register/?$rid={rid}".to_owned(),
            "$dps/registrations/GET/iotdps-get-operationstatus/?$rid={rid}&operationId={id}"
                .to_owned(),
        ];
    }
    vec![
        format!("{}/messages/events/", root(device)),
        "$iothub/twin/GET/?$rid={rid}".to_owned(),
        "$iothub/twin/PATCH/properties/reported/?$rid={rid}".to_owned(),
        "$iothub/methods/res/{status}/?$rid={rid}".to_owned(),
    ]
}

/// The filters that a device may subscribe to.
fn filters(device: &str, is_dps: bool) -> Vec<String> {
    if is_dps {
        return vec!["$dps/registrations/res/#".to_owned()];
    }
    vec![
        format!("{}/messages/devicebound/#", root(device)),
        "$iothub/twin/res/#".to_owned(),
        "$iothub/twin/PATCH/properties/desired/#".to_owned(),
        "$iothub/methods/POST/#".to_owned(),
    ]
}

fn root(device: &str) -> String {
    device.parse::<IdentityId>().map_or_else(|_| format!("devices/{device}"), |id| id.topic_root())
}

fn nearest<'a>(found: &str, known: &'a [String]) -> Option<&'a str> {
    known.iter().min_by_key(|known| strsim::levenshtein(found, known)).map(String::as_str)
}

#[cfg(test)]
mod tests {
    use cloud::{ConnId, Effect, Judgement, Time};

    use super::*;

    const NOW_S: u64 = 1_800_000_000;

    fn hinted(device: Option<&str>, packet: Packet) -> Option<String> {
        hinted_by(None, device, packet)
    }

    fn hinted_by(rule: Option<&str>, device: Option<&str>, packet: Packet) -> Option<String> {
        let step = Step {
            number: 1,
            at: Time::from_s(NOW_S),
            device: device.map(Into::into),
            input: Input::Received { conn: ConnId(1), packet },
            judged: Vec::new(),
            effects: Vec::new(),
            struck: Vec::new(),
            why: None,
        };
        hint(&step, rule.map(Rule::of))
    }

    fn connect(client_id: &str, username: &str, password: &str) -> Packet {
        Packet::Connect(Box::new(Connect {
            client_id: client_id.to_owned(),
            username: Some(username.to_owned()),
            password: Some(password.to_owned().into()),
            ..Connect::default()
        }))
    }

    #[test]
    fn a_refused_connect_is_told_what_is_wrong_with_it() {
        let username = "h.azure-devices.net/d1/?api-version=2021-04-12";
        let token = |resource, expiry_s| sas::sign(b"key", resource, expiry_s, None);
        let good = token("h.azure-devices.net/devices/d1", NOW_S + 60);
        let endless = token("h.azure-devices.net/devices/d1", u64::MAX);
        for (client_id, username, password, says) in [
            ("d1", "", "", "the user name is `{hub}"),
            ("d1", "h.azure-devices.net", "", "the user name is `{hub}"),
            ("d2", username, "", "the client id has to be `d1`"),
            ("d1", username, "", "the password is a token for `h.azure-devices.net/devices/d1`"),
            ("d1", username, "secret", "the token does not begin with"),
            ("d1", username, &token("h.azure-devices.net/devices/d1", 1), "the token expired"),
            ("d1", username, &token("h/devices/d1", NOW_S), "the token's `sr` is `h/devices/d1`"),
            ("d1", username, &good, "the token must be signed over `{sr}\\n{se}` with"),
            ("d1", username, &endless, "the token must be signed over `{sr}\\n{se}` with"),
            (
                "d1/m1",
                "h/d1/m1/?api-version=2021-04-12",
                "",
                "the password is a token for `h/devices/d1/modules/m1`",
            ),
            (
                "R1",
                "0ne1/registrations/r1/api-version=2019-03-31",
                "",
                "the password is a token for `0ne1/registrations/r1`",
            ),
        ] {
            let hint = hinted(None, connect(client_id, username, password)).unwrap();
            assert!(hint.starts_with(says), "{client_id} {username}: {hint}");
        }
        let old = Packet::Connect(Box::new(Connect { level: 5, ..Connect::default() }));
        assert!(hinted(None, old).unwrap().contains("3.1.1"));
    }

    #[test]
    fn only_rules_of_tokens_are_told_about_the_token() {
        for (rule, id, says) in [
            ("HUB-OPEN-002", "d1", Some("the password is a token")),
            ("HUB-OPEN-012", "d1", Some("the password is a token")),
            ("HUB-OPEN-003", "d1", Some("declare it in the seed")),
            ("HUB-OPEN-003", "d 1", Some("no identity can be called `d 1`")),
            ("HUB-OPEN-005", "d1", Some("let it in with")),
            ("HUB-OPEN-072", "d1", Some("the certificate has to be")),
            ("HUB-OPEN-006", "d1", None),
            ("DPS-CONN-005", "d1", Some("DPS takes `{scope}/registrations/{registration}/api-")),
        ] {
            let packet = connect(id, &format!("h/{id}/?api-version=2021-04-12"), "");
            let hint = hinted_by(Some(rule), None, packet);
            match says {
                Some(says) => assert!(hint.as_deref().unwrap().starts_with(says), "{hint:?}"),
                None => assert_eq!(hint, None),
            }
        }
    }

    #[test]
    fn a_hub_that_is_not_there_is_named() {
        for (host, says) in [
            ("a.azure-devices.net", "declare it in the seed"),
            (
                "b.azure-devices.net",
                "there is no hub `b.azure-devices.net`; this cloud has a.azure-devices.net; \
                 `a.azure-devices.net` was asked instead",
            ),
        ] {
            let mut registry = cloud::Registry::default();
            registry.put_hub(cloud::registry::Hub::new("a.azure-devices.net"));
            let mut cloud = cloud::Cloud::new(registry, 1);
            let peer = cloud::Peer {
                address: "127.0.0.1:1".to_owned(),
                sni: None,
                transport: cloud::Transport::Tcp,
                tls_version: Some("TLSv1_3"),
                certificates: std::sync::Arc::new([]),
            };
            let (conn, at) = (ConnId(1), Time::from_s(NOW_S));
            cloud.handle(at, Input::Opened { conn, peer });
            let packet = connect("d9", &format!("{host}/d9/?api-version=2021-04-12"), "");
            cloud.handle(at, Input::Received { conn, packet });
            let step = cloud.trace().steps().next_back().unwrap();
            let hint = journal::refusal(step).unwrap().hint.unwrap();
            assert!(hint.starts_with(says), "{hint}");
        }
    }

    #[test]
    fn an_answer_says_itself_what_was_wrong() {
        let message = r#"{"errorCode":412001,"message":"The $version is not the current one"}"#;
        let publish = |topic: &str, payload: &'static str| {
            let (topic, payload) = (topic.to_owned(), payload.as_bytes().into());
            Packet::Publish(Publish { topic, payload, ..Publish::default() })
        };
        let (conn, because) = (ConnId(1), Rule::of("HUB-OPEN-060"));
        let packet = publish("$iothub/twin/res/412/?$rid=1", message);
        let step = Step {
            number: 1,
            at: Time::from_s(NOW_S),
            device: Some("d1".into()),
            input: Input::Received {
                conn,
                packet: publish("$iothub/twin/PATCH/properties/reported/?$rid=1", "{}"),
            },
            judged: Vec::new(),
            effects: vec![Effect { action: Action::Send { conn, packet }, because }],
            struck: Vec::new(),
            why: None,
        };
        let says = Some("The $version is not the current one".to_owned());
        assert_eq!(hint(&step, Some(because)), says);
    }

    #[test]
    fn a_topic_that_is_far_from_all_is_told_all() {
        let topic = "home/kitchen/temperature".to_owned();
        let publish = Packet::Publish(Publish { topic, ..Publish::default() });
        let hint = hinted(Some("d1"), publish).unwrap();
        assert!(hint.starts_with("a device publishes to `devices/d1/messages/events/`"), "{hint}");
    }

    #[test]
    fn a_refused_topic_is_told_the_nearest_one() {
        let publish = |topic: &str, qos| {
            Packet::Publish(Publish { topic: topic.to_owned(), qos, ..Publish::default() })
        };
        for (device, topic, qos, says) in [
            ("d1", "devices/d1/messages/events/", Qos::ExactlyOnce, Some("publish at QoS 0 or 1")),
            ("d1", "devices/d1/messages/events/a=b", Qos::AtLeastOnce, None),
            (
                "d1",
                "devices/d2/messages/events/",
                Qos::AtMostOnce,
                Some("the nearest topic is `devices/d1/messages/events/`"),
            ),
            (
                "d1/m1",
                "devices/d1/modules/m2/messages/event",
                Qos::AtMostOnce,
                Some("the nearest topic is `devices/d1/modules/m1/messages/events/`"),
            ),
            (
                "d1",
                "$iothub/twin/GET",
                Qos::AtMostOnce,
                Some("the nearest topic is `$iothub/twin/GET/?$rid={rid}`"),
            ),
            (
                "d1",
                "$iothub/twin/GET/?$rid=",
                Qos::AtMostOnce,
                Some("the topic is `$iothub/twin/GET/?$rid={rid}`"),
            ),
        ] {
            assert_eq!(hinted(Some(device), publish(topic, qos)).as_deref(), says, "{topic}");
        }
    }

    #[test]
    fn a_refused_registration_is_told_what_is_wrong_with_the_proof() {
        let publish = |topic: &str| {
            Packet::Publish(Publish { topic: topic.to_owned(), ..Publish::default() })
        };
        for (rule, says) in [
            ("DPS-OPEN-001", Some("key of the enrollment `pump-1`")),
            ("DPS-OPEN-010", Some("HMAC-SHA256 of `pump-1`")),
            ("DPS-OPEN-014", Some("present the certificate of the enrollment `pump-1`")),
            ("DPS-OPEN-035", Some("declare an enrollment `pump-1`")),
            ("DPS-SAS-005", Some("`{scope}/registrations/pump-1`")),
            ("DPS-OPEN-011", Some("16 to 64 bytes")),
            ("DPS-OPEN-015", Some("has to be `pump-1`")),
            ("DPS-OPEN-016", Some("`payload`")),
            ("DPS-OPEN-018", Some("has to be `pump-1`, as in the user name")),
            ("DPS-OPEN-026", Some("that the register answer gave")),
            ("DPS-OPEN-036", Some(r#"such as {"registrationId":"pump-1"}, with"#)),
            ("DPS-TPM-001", Some("give the enrollment `pump-1` keys or a certificate: a TPM")),
            ("DPS-OPEN-039", None),
        ] {
            let rule = Rule::of(rule);
            let conn = ConnId(1);
            let packet = publish("$dps/registrations/res/401/?$rid=1");
            let step = Step {
                number: 1,
                at: Time::from_s(NOW_S),
                device: Some("pump-1".into()),
                input: Input::Received {
                    conn,
                    packet: publish("$dps/registrations/PUT/iotdps-register/?$rid=1"),
                },
                judged: Vec::new(),
                effects: vec![Effect { action: Action::Send { conn, packet }, because: rule }],
                struck: Vec::new(),
                why: None,
            };
            let hint = hint(&step, Some(rule));
            match says {
                Some(says) => assert!(hint.as_deref().unwrap().contains(says), "{hint:?}"),
                None => assert_eq!(hint, None),
            }
        }
    }

    #[test]
    fn a_request_that_nobody_answers_is_told_why() {
        let rid = "$dps/registrations/PUT/iotdps-register/?$rid=1";
        let bare = "$dps/registrations/PUT/iotdps-register/";
        for (topic, broken, says) in [
            (rid, Some("DPS-REG-001"), Some("subscribe to `$dps/registrations/res/#` first")),
            (bare, Some("DPS-REG-002"), Some("the nearest topic is `$dps/registrations/PUT/")),
            (rid, None, None),
        ] {
            let publish = Publish { topic: topic.to_owned(), ..Publish::default() };
            let judged = broken.map(|id| Judgement { rule: Rule::of(id), holds: false });
            let step = Step {
                number: 1,
                at: Time::from_s(NOW_S),
                device: Some("d1".into()),
                input: Input::Received { conn: ConnId(1), packet: Packet::Publish(publish) },
                judged: judged.into_iter().collect(),
                effects: Vec::new(),
                struck: Vec::new(),
                why: None,
            };
            let refusal = journal::refusal(&step);
            assert_eq!(refusal.is_some(), says.is_some(), "{topic}");
            if let (Some(refusal), Some(says)) = (refusal, says) {
                assert_eq!(refusal.what, "the request is not answered");
                let hint = refusal.hint.unwrap_or_default();
                assert!(hint.starts_with(says), "{hint}");
            }
        }
    }

    #[test]
    fn a_refused_filter_is_told_the_nearest_one() {
        let subscribe = |filter: &str| {
            let filter = wire::Filter { filter: filter.to_owned(), ..wire::Filter::default() };
            Packet::Subscribe(wire::Subscribe { filters: vec![filter], ..Default::default() })
        };
        for (filter, says) in [
            ("devices/d2/messages/devicebound/#", "devices/d1/messages/devicebound/#"),
            ("$iothub/twin/result/#", "$iothub/twin/res/#"),
            ("$iothub/methods/#", "$iothub/methods/POST/#"),
        ] {
            let expected = format!("the nearest filter is `{says}`");
            assert_eq!(hinted(Some("d1"), subscribe(filter)), Some(expected));
        }
    }
}
