//! HUB-D2C: device-to-cloud messages.

use std::sync::{Arc, LazyLock};

use bytes::Bytes;
use serde::de::IgnoredAny;
use wire::{Ack, Packet, Publish, Qos};

use super::{
    Session,
    bag::{Properties, is_well_encoded},
    fault_message, limit, module, open, route, sdk, throttle, tier, tls,
    topic::Spelling,
};
use crate::{
    cloud::Core,
    identity::IdentityId,
    profile::{DuplicateProperty, HubProfile, Routing},
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    sas,
    telemetry::Telemetry,
};

rules! {
    BARE_TOPIC = "HUB-D2C-001";
    TOPIC_WITH_BAG = "HUB-D2C-002";
    BAG_IS_URL_ENCODED = "HUB-D2C-003";
    BAG_IS_PAIRS = "HUB-D2C-004";
    NAMES_ARE_ENCODED = "HUB-D2C-005";
    VALUES_ARE_ENCODED = "HUB-D2C-006";
    STORED_JSON_HAS_ITS_TYPE = "HUB-D2C-008";
    STORED_JSON_HAS_ITS_ENCODING = "HUB-D2C-009";
    MQTT_SPELLING_OF_SYSTEM_PROPERTIES = "HUB-D2C-010";
    SYSTEM_PROPERTIES_ARE_TRANSLATED = "HUB-D2C-011";
    ROUTED_BY_BODY_ENDS_WITH_ITS_TYPE = "HUB-D2C-012";
    ROUTED_BY_BODY_IS_JSON_IN_UTF_8 = "HUB-D2C-013";
    THAT_TYPE_IN_A_TOPIC = "HUB-D2C-014";
    ENCODED_AS_QUERY_STRINGS = "HUB-D2C-007";
    NO_QOS_2_HANDSHAKE = "HUB-D2C-015";
    QOS_2_CLOSES = "HUB-D2C-016";
    NOTHING_IS_RETAINED = "HUB-D2C-017";
    RETAIN_BECOMES_A_PROPERTY = "HUB-D2C-018";
    RETAIN_PASSES_ON = "HUB-D2C-019";
}

/// Judges the quality of service of any publish.
pub(super) fn judge_qos(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let is_known = publish.qos != Qos::ExactlyOnce;
    ruling.note(limit::PARTS_ARE_LEFT_OUT, is_known);
    if is_known {
        return Ok(());
    }
    let profile = core.profile(&session.host);
    let stores = ruling.value(open::QOS_2_IS_NOT_STORED, profile.store_qos_2, !profile.store_qos_2);
    if let (true, super::topic::Topic::Telemetry { bag, .. }) =
        (stores, super::topic::Topic::of(&session.id, &publish.topic))
    {
        let properties = Properties::parse(bag);
        store(core, session, properties, publish.payload.clone(), "events", BARE_TOPIC, ruling);
    }
    if ruling.value(NO_QOS_2_HANDSHAKE, false, true) {
        let ack = Ack::of(publish.packet_id.unwrap_or_default());
        ruling.send(session.conn, Packet::Pubrec(ack), NEVER_SENT_UNLESS_BROKEN);
    }
    ruling.uphold(QOS_2_CLOSES, false)
}

/// A PUBREC leaves only when HUB-D2C-015 is broken on purpose; it still needs a rule to be sent by.
const NEVER_SENT_UNLESS_BROKEN: Rule = QOS_2_CLOSES;

/// Takes a telemetry publish: judges it, hands it to the service side, then acknowledges it.
pub(super) fn publish(
    core: &mut Core,
    session: &mut Session,
    publish: &Publish,
    bag: &str,
    spelling: Spelling,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    let keeps_first = core.profile(&session.host).duplicate_property == DuplicateProperty::First;
    let mut properties = if ruling.value(open::LAST_DUPLICATE_SURVIVES, keeps_first, !keeps_first) {
        Properties::parse_first(bag)
    } else if ruling.gives_wrong_value(ENCODED_AS_QUERY_STRINGS) {
        Properties::parse(&bag.replace('%', "%25"))
    } else {
        Properties::parse(bag)
    };
    note_bag(bag, &properties, ruling);
    stay_one_way(session, publish, ruling);
    let routing = core.profile(&session.host).routing;
    note_routing(routing, bag, &properties, &publish.payload, ruling);
    if spelling == Spelling::Variant {
        ruling.grant(open::SLASH_VARIANTS)?;
    }
    if ruling.value(MQTT_SPELLING_OF_SYSTEM_PROPERTIES, false, true) {
        properties.translate_bare_names();
    }
    if ruling.gives_wrong_value(SYSTEM_PROPERTIES_ARE_TRANSLATED) {
        properties.application.extend(
            std::mem::take(&mut properties.system)
                .into_iter()
                .map(|(name, value)| (name.to_owned(), Some(value))),
        );
    }
    let counted = ruling.value(open::SIZE_COUNTS_BODY_AND_PROPERTIES, properties.size_bytes(), 0);
    let most = ruling.value(
        limit::NOTHING_OF_EVENT_GRID,
        limit::MESSAGE_BYTES,
        limit::EVENT_GRID_MESSAGE_BYTES,
    );
    let size = publish.payload.len() + counted;
    if size == limit::MESSAGE_BYTES {
        ruling.grant(limit::MESSAGE_OF_256_KB)?;
    }
    ruling.uphold(limit::MESSAGE_OF_256_KB, size <= most)?;
    throttle::telemetry(core, session, size, ruling)?;
    if core.is_basic(&session.host) {
        ruling.grant(tier::TELEMETRY_ON_ANY_TIER)?;
    }
    if publish.retain {
        ruling.grant(RETAIN_PASSES_ON)?;
    }
    mark_retained(core, &session.host, publish.retain, &mut properties, ruling);
    if publish.qos == Qos::AtMostOnce {
        ruling.grant(sdk::QOS_0_IS_TAKEN)?;
    }

    if fault_message::bring_about(core, session, publish, &properties, ruling) {
        return Ok(());
    }
    let because = match (&session.id.module, bag) {
        (Some(_), _) => module::TELEMETRY_TOPIC,
        (None, "") => BARE_TOPIC,
        (None, _) => TOPIC_WITH_BAG,
    };
    let (endpoint, body) = route::of(routing, &properties, &publish.payload, ruling);
    let body = ruling.value(tls::STORED_BYTE_FOR_BYTE, body, Bytes::new());
    store(core, session, properties, body, endpoint, because, ruling);
    acknowledge(core, session, publish, ruling);
    Ok(())
}

/// What a broker would do with a publish, and the hub does only when it is broken on purpose: send it
/// to a subscriber, or keep it for one.
fn stay_one_way(session: &Session, publish: &Publish, ruling: &mut Ruling<'_>) {
    let carried = ruling.value(limit::TO_THE_CLOUD_ONLY, false, true);
    let retained = publish.retain && ruling.value(NOTHING_IS_RETAINED, false, true);
    if carried || retained {
        let publish = Publish { qos: Qos::AtMostOnce, packet_id: None, ..publish.clone() };
        ruling.send(session.conn, Packet::Publish(publish), BARE_TOPIC);
    }
}

/// PUBACK for QoS 1, after the message was stored.
pub(super) fn acknowledge(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) {
    let wanted = publish.qos == Qos::AtLeastOnce;
    let packet_id = publish.packet_id.unwrap_or(1);
    if ruling.value(sdk::QOS_0_IS_NOT_ACKNOWLEDGED, wanted, true)
        && !throttle::puts_off(core, session, packet_id)
    {
        throttle::acknowledge(session, packet_id, ruling);
    }
}

/// RETAIN = 1 is kept as an application property, since nothing is retained.
pub(super) fn mark_retained(
    core: &Core,
    host: &str,
    retain: bool,
    properties: &mut Properties,
    ruling: &mut Ruling<'_>,
) {
    if ruling.value(RETAIN_BECOMES_A_PROPERTY, retain, !retain) {
        let name = core.profile(host).retain_property.as_str();
        properties.add(ruling.value(open::RETAIN_PROPERTY, name, "retain"), "true");
    }
}

/// Stamps a message as the hub does and hands it to the service side.
pub(super) fn store(
    core: &mut Core,
    session: &Session,
    properties: Properties,
    body: Bytes,
    endpoint: &'static str,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let Some(hub) = core.registry.hub_mut(&session.host) else { return };
    hub.telemetry_sequence_number += 1;
    let sequence_number = hub.telemetry_sequence_number;
    let stamps = session.stamps.get_or_init(|| Stamps::of(session).into());
    let mut annotations = Vec::new();
    if ruling.value(open::STAMPS, true, false) {
        annotations = stamps.at(core.now_in_words());
    }
    if session.id.module.is_some() && !ruling.value(open::MODULES_ARE_APART, true, false) {
        annotations.retain(|(name, _)| *name != MODULE_ID);
    }
    let telemetry = Telemetry {
        hub: stamps.hub.clone(),
        from: stamps.from.clone(),
        body,
        system_properties: properties.system,
        application_properties: properties.application,
        annotations,
        sequence_number,
        enqueued_at: core.now,
        endpoint,
    };
    ruling.store(telemetry, because);
}

const ENQUEUED_TIME: &str = "iothub-enqueuedtime";
const MODULE_ID: &str = "iothub-connection-module-id";

/// What the messages of a session have in common: made with the first, shared by all.
#[derive(Debug)]
pub(super) struct Stamps {
    hub: Arc<str>,
    from: Arc<IdentityId>,
    /// In the hub's order, with a place for the time.
    annotations: Vec<(&'static str, Arc<str>)>,
}

impl Stamps {
    fn of(session: &Session) -> Self {
        let mut annotations: Vec<(&str, Arc<str>)> =
            vec![("iothub-connection-device-id", session.id.device.as_str().into())];
        if let Some(module) = &session.id.module {
            annotations.push((MODULE_ID, module.as_str().into()));
        }
        annotations.extend([
            ("iothub-connection-auth-method", session.auth_method.as_str().into()),
            ("iothub-connection-auth-generation-id", session.generation_id.as_str().into()),
            (ENQUEUED_TIME, "".into()),
            ("iothub-message-source", "Telemetry".into()),
        ]);
        if let Some(model_id) = &session.model_id {
            annotations.push(("dt-dataschema", model_id.as_str().into()));
        }
        Self { hub: session.host.as_str().into(), from: session.id.clone().into(), annotations }
    }

    /// The annotations of a message that is enqueued at this moment.
    fn at(&self, enqueued: Arc<str>) -> Vec<(&'static str, Arc<str>)> {
        let mut annotations = self.annotations.clone();
        if let Some((_, time)) = annotations.iter_mut().find(|(name, _)| *name == ENQUEUED_TIME) {
            *time = enqueued;
        }
        annotations
    }
}

/// The era of 2016 hands unmatched topics to the service side with their topic as a property.
pub(super) fn pass_through(
    core: &mut Core,
    session: &Session,
    publish: &Publish,
    ruling: &mut Ruling<'_>,
) {
    let mut properties = Properties::default();
    properties.add("$PG.Unmatched", "True");
    properties.add("$PG.Subject", &publish.topic);
    let because = open::UNSUPPORTED_TOPIC_CLOSES;
    store(core, session, properties, publish.payload.clone(), "events", because, ruling);
    acknowledge(core, session, publish, ruling);
}

fn note_bag(bag: &str, properties: &Properties, ruling: &mut Ruling<'_>) {
    if bag.is_empty() {
        return;
    }
    ruling.note(BAG_IS_URL_ENCODED, properties.is_well_encoded);
    ruling.note(
        BAG_IS_PAIRS,
        bag.split('&').all(|pair| pair.contains('=') && !pair.starts_with('=')),
    );
    let (mut names, mut values) = (true, true);
    for pair in bag.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        // One dollar begins the name of a system property; every other reserved character is escaped.
        let own_name = name.strip_prefix("$.").unwrap_or(name);
        names &= is_well_encoded(name) && !own_name.contains(['/', '?', '$']);
        values &= is_well_encoded(value) && !value.contains(['=', '/', '?', '$']);
    }
    ruling.note(NAMES_ARE_ENCODED, names);
    ruling.note(VALUES_ARE_ENCODED, values);
    ruling.note(open::LAST_DUPLICATE_SURVIVES, !properties.has_duplicates);
    let bare = properties.has_bare_names();
    if bare || !properties.system.is_empty() {
        ruling.note(MQTT_SPELLING_OF_SYSTEM_PROPERTIES, !bare);
    }
    if is_json_in_utf_8(properties) {
        let as_printed = sas::encode(JSON_IN_UTF_8);
        let is_as_printed = values_of(bag).any(|value| value.eq_ignore_ascii_case(&as_printed));
        ruling.note(THAT_TYPE_IN_A_TOPIC, is_as_printed);
    }
}

/// Notes what a device owes to where its hub routes messages.
fn note_routing(
    routing: Routing,
    bag: &str,
    properties: &Properties,
    body: &[u8],
    ruling: &mut Ruling<'_>,
) {
    match routing {
        Routing::Events => {}
        Routing::Storage if serde_json::from_slice::<IgnoredAny>(body).is_ok() => {
            let is = |name, expected: &str| {
                properties.system(name).is_some_and(|value| value.eq_ignore_ascii_case(expected))
            };
            ruling.note(STORED_JSON_HAS_ITS_TYPE, is("content-type", "application/json"));
            ruling.note(STORED_JSON_HAS_ITS_ENCODING, is("content-encoding", "utf-8"));
        }
        Routing::Storage => {}
        Routing::Body => {
            let last = bag.rsplit('&').next().and_then(|pair| pair.split_once('='));
            let is_last = last.is_some_and(|(name, _)| sas::decoded(name) == "$.ct");
            ruling.note(ROUTED_BY_BODY_ENDS_WITH_ITS_TYPE, is_last);
            ruling.note(ROUTED_BY_BODY_IS_JSON_IN_UTF_8, is_json_in_utf_8(properties));
        }
    }
}

const JSON_IN_UTF_8: &str = "application/json;charset=utf-8";

fn is_json_in_utf_8(properties: &Properties) -> bool {
    properties
        .system("content-type")
        .is_some_and(|content_type| content_type.eq_ignore_ascii_case(JSON_IN_UTF_8))
}

/// The values of a bag as they were sent.
fn values_of(bag: &str) -> impl Iterator<Item = &str> {
    bag.split('&').filter_map(|pair| pair.split_once('=')).map(|(_, value)| value)
}

impl Core {
    /// The switches of a hub; the defaults for one that is gone.
    pub(crate) fn profile(&self, host: &str) -> &HubProfile {
        static DEFAULTS: LazyLock<HubProfile> = LazyLock::new(HubProfile::default);
        self.registry.hub(host).map_or(&DEFAULTS, |hub| &hub.profile)
    }
}
