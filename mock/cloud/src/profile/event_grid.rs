//! The switches and limits of one Event Grid namespace: numbers of 2025, unless a name says otherwise.

use serde::{Deserialize, Serialize};

use super::{ServerCertificate, era::eras, switch};
use crate::rate::Rate;

switch!(
    /// Who may have a message retained.
    Retain {
        /// Nobody: 2023.
        None,
        /// MQTT 5 alone, while a 3.1.1 publish with RETAIN closes: the page of July 2025.
        V5,
        /// Both: since the end of 2025.
        Both,
    } default V5
);

switch!(
    /// What of a certificate's subject is compared with the authentication name.
    SubjectName {
        /// The common name.
        CommonName,
        /// The whole distinguished name.
        DistinguishedName,
        /// Either of them.
        Either,
    } default CommonName
);

switch!(
    /// What an array does in a template that names the attribute.
    ArrayAttribute {
        /// Each item stands for itself.
        Any,
        /// The template matches nothing.
        Never,
        /// The items joined by commas, as an enrichment has them.
        Joined,
    } default Any
);

switch!(
    /// What is done about an Authentication Method that the namespace is not set up for.
    UnexpectedAuthMethod {
        /// CONNACK 0x8C, and 0x87 to Authentication Data alone.
        Refuse,
        /// Nothing: the certificate counts.
        Ignore,
    } default Refuse
);

switch!(
    /// How what a client may not do is told to it.
    Denial {
        /// By the acknowledgement, where there is one.
        Acknowledge,
        /// By the end of the connection.
        Close,
    } default Acknowledge
);

switch!(
    /// How many copies a session gets of a message that several of its filters match.
    Overlap {
        /// One, at the highest granted QoS.
        One,
        /// One for each filter.
        Each,
    } default One
);

switch!(
    /// What is done about a number above its limit.
    Excess {
        /// The limit counts.
        Clamp,
        /// It is refused.
        Refuse,
    } default Clamp
);

switch!(
    /// What becomes of a Session Expiry Interval above 0.
    SessionExpiry {
        /// At most the namespace's maximum.
        Cap,
        /// One hour, whatever was asked for: the first preview.
        Override,
    } default Cap
);

switch!(
    /// What a Message Expiry Interval of 0 means.
    ZeroExpiry {
        /// The message never expires, as the vendor writes.
        Never,
        /// It is for those alone who are there, as MQTT 5 has it.
        AtOnce,
    } default Never
);

switch!(
    /// What a change of access does to a connection that relied on it.
    AccessChange {
        /// Ends it.
        Disconnect,
        /// Nothing until the next publish or subscribe.
        Keep,
    } default Disconnect
);

switch!(
    /// What a topic is whose name begins with a dollar sign.
    DollarTopics {
        /// One as any other, which no leading wildcard matches.
        Ordinary,
        /// Refused.
        Refuse,
    } default Ordinary
);

switch!(
    /// How an MQTT 3.1 client is turned away.
    Mqtt31 {
        /// With return code 1.
        Connack1,
        /// By the end of the connection.
        Close,
    } default Connack1
);

/// The switches of one Event Grid namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
pub struct EventGridProfile {
    /// Throughput units, 1 to 40: then the namespace keeps to the rates and numbers that come with so many.
    /// EG-OPEN-102, EG-OPEN-106.
    pub throughput_units: Option<u32>,

    /// EG-OPEN-007.
    pub subject_name: SubjectName,
    /// EG-OPEN-016.
    pub unexpected_auth_method: UnexpectedAuthMethod,
    /// EG-OPEN-022.
    pub mqtt_31: Mqtt31,
    /// EG-OPEN-015.
    pub authentication_data_bytes: usize,
    /// Seconds from the TLS handshake to CONNECT. EG-OPEN-021.
    pub connect_timeout_s: u64,
    /// Tempts devices to accept a certificate that is wrong.
    pub server_certificate: ServerCertificate,
    /// Characters of a client identifier. EG-OPEN-111.
    pub client_id_chars: usize,
    /// EG-CONN-020, EG-CONN-021.
    pub keep_alive_max_s: u16,
    /// What a 3.1.1 client's keep-alive above the maximum, or of 0, does. EG-OPEN-088.
    pub v3_long_keep_alive: Excess,
    /// Whether CONNACK always names the keep alive, and not only one that differs. EG-OPEN-055.
    pub always_server_keep_alive: bool,
    /// Whether MQTT 5 clients without a client identifier are given one. EG-OPEN-061.
    pub assigned_client_id: bool,
    /// Whether refusals carry a Reason String. EG-OPEN-062.
    pub reason_strings: bool,
    /// The answer to one session too many: 151 (quota exceeded) or 135 (not authorized). EG-OPEN-080.
    pub session_limit_reason: u8,
    /// EG-OPEN-060.
    pub session_expiry: SessionExpiry,

    /// The longest packet. EG-LIMIT-010, EG-OPEN-053.
    pub max_packet_bytes: usize,
    /// Receive Maximum in CONNACK: QoS 1 publishes of a client that may wait for their PUBACK.
    /// EG-OPEN-058.
    pub receive_maximum: u16,
    /// EG-OPEN-103.
    pub inbound_in_flight_bytes: usize,
    /// QoS 1 messages that a session may owe the PUBACKs of. EG-OPEN-103.
    pub outbound_in_flight: u16,
    /// EG-OPEN-103.
    pub outbound_in_flight_bytes: usize,
    /// EG-V5-104.
    pub topic_alias_maximum: u16,
    /// EG-OPEN-105.
    pub response_topic_bytes: usize,
    /// EG-OPEN-105.
    pub content_type_bytes: usize,
    /// EG-OPEN-105.
    pub correlation_data_bytes: usize,
    /// Of one message, names and values together. EG-OPEN-105.
    pub user_properties_bytes: usize,
    /// Whether user properties of CONNECT, SUBSCRIBE, DISCONNECT, PUBACK and AUTH make these fail.
    /// EG-OPEN-084.
    pub refuses_user_properties: bool,
    /// The DISCONNECT after a client's PUBACK that tells of a failure: 131, 130 or 128. EG-OPEN-085.
    pub failed_puback_code: u8,
    /// EG-V5-100.
    pub shared_subscriptions: bool,
    /// EG-V5-103.
    pub subscription_identifiers: bool,
    /// Whether Retain Handling, Retain As Published and No Local count. EG-OPEN-126.
    pub subscription_options: bool,

    /// EG-OPEN-045.
    pub dollar_topics: DollarTopics,
    /// EG-OPEN-043.
    pub topic_bytes: usize,
    /// EG-OPEN-043.
    pub topic_segments: usize,
    /// Filters of one SUBSCRIBE. EG-OPEN-044.
    pub filters_per_subscribe: usize,
    /// EG-OPEN-044.
    pub subscriptions_per_session: usize,
    /// EG-OPEN-042.
    pub overlap: Overlap,
    /// EG-OPEN-034.
    pub array_attribute: ArrayAttribute,
    /// Whether a filter that is wider than the templates is granted; it is given what they match.
    /// EG-OPEN-040.
    pub grants_wider_filters: bool,
    /// EG-OPEN-071, EG-OPEN-072.
    pub unauthorized_publish: Denial,
    /// EG-OPEN-073.
    pub unauthorized_subscribe: Denial,
    /// Seconds until a change of topic spaces, groups and bindings counts. EG-OPEN-039.
    pub access_delay_s: u64,
    /// EG-OPEN-155.
    pub access_change: AccessChange,
    /// EG-OPEN-024.
    pub ca_certificates_max: usize,
    /// Beside `$all`. EG-OPEN-036.
    pub client_groups_max: usize,
    /// EG-OPEN-046.
    pub topic_spaces_max: usize,
    /// Of one topic space. EG-OPEN-046.
    pub topic_templates_max: usize,
    /// EG-OPEN-046.
    pub permission_bindings_max: usize,

    /// QoS 1 messages that wait for one session. EG-SESSION-032.
    pub queue_messages: usize,
    /// EG-SESSION-033.
    pub queue_bytes: usize,
    /// Whether the messages of one topic keep their order. EG-ORDER-001, EG-OPEN-162.
    pub ordered: bool,
    /// EG-OPEN-160.
    pub zero_expiry: ZeroExpiry,
    /// Whether a delivered message tells what is left of its life. EG-OPEN-161.
    pub forwards_remaining_expiry: bool,

    /// Whether a Will is taken; CONNACK 0x83 otherwise. EG-OPEN-075.
    pub will: bool,
    /// A Will at QoS 2: `clamp` takes it at QoS 1. EG-OPEN-077.
    pub qos2_will: Excess,
    /// EG-WILL-010.
    pub will_delay_max_s: u32,
    /// EG-OPEN-078.
    pub long_will_delay: Excess,
    /// EG-OPEN-120, EG-OPEN-121.
    pub retain: Retain,
    /// EG-OPEN-122.
    pub retained_message_bytes: usize,
    /// Of a namespace, for each throughput unit. EG-OPEN-122.
    pub retained_messages: usize,
    /// Of a namespace, for each throughput unit. EG-OPEN-122.
    pub retained_bytes: usize,
    /// The life of what a 3.1.1 client has retained, and the longest of all. EG-OPEN-123.
    pub retained_expiry_s: u32,

    /// Whether messages can be published over HTTPS. EG-HTTP-003.
    pub http_publish: bool,
    /// What it is answered when it went well: 202 or 204. EG-OPEN-132.
    pub http_publish_status: u16,
    /// Whether Wills are routed as other messages are. EG-OPEN-146.
    pub routes_wills: bool,
    /// Where events are posted, routed messages and those of the life-cycle: skyproof's own, in place of
    /// event subscriptions. `http://127.0.0.1:9000/events`
    pub event_endpoint: Option<String>,

    /// Publishes of one session in a second. EG-OPEN-100.
    pub inbound_messages_per_s: u32,
    /// EG-OPEN-100.
    pub inbound_bytes_per_s: u32,
    /// Deliveries to one session in a second. EG-OPEN-101.
    pub outbound_messages_per_s: u32,
    /// EG-OPEN-101.
    pub outbound_bytes_per_s: u32,
    /// SUBSCRIBEs and UNSUBSCRIBEs of one session in a second. EG-OPEN-044.
    pub subscribes_per_s: u32,
    /// Whether a message counts once for each KiB of it. EG-OPEN-104.
    pub counts_in_kib: bool,
    /// EG-OPEN-082.
    pub excess_publish: Denial,
}

impl Default for EventGridProfile {
    fn default() -> Self {
        Self {
            throughput_units: None,
            subject_name: SubjectName::default(),
            unexpected_auth_method: UnexpectedAuthMethod::default(),
            mqtt_31: Mqtt31::default(),
            authentication_data_bytes: 8 * 1024,
            connect_timeout_s: 30,
            server_certificate: ServerCertificate::default(),
            client_id_chars: 128,
            keep_alive_max_s: 1160,
            v3_long_keep_alive: Excess::Clamp,
            always_server_keep_alive: false,
            assigned_client_id: true,
            reason_strings: false,
            session_limit_reason: 0x97,
            session_expiry: SessionExpiry::default(),
            max_packet_bytes: 512 * 1024,
            receive_maximum: 1000,
            inbound_in_flight_bytes: 64 * 1024,
            outbound_in_flight: 100,
            outbound_in_flight_bytes: 64 * 1024,
            topic_alias_maximum: 10,
            response_topic_bytes: 256,
            content_type_bytes: 256,
            correlation_data_bytes: 256,
            user_properties_bytes: 32 * 1024,
            refuses_user_properties: true,
            failed_puback_code: 0x83,
            shared_subscriptions: false,
            subscription_identifiers: false,
            subscription_options: true,
            dollar_topics: DollarTopics::default(),
            topic_bytes: 256,
            topic_segments: 15,
            filters_per_subscribe: 10,
            subscriptions_per_session: 50,
            overlap: Overlap::default(),
            array_attribute: ArrayAttribute::default(),
            grants_wider_filters: false,
            unauthorized_publish: Denial::default(),
            unauthorized_subscribe: Denial::default(),
            access_delay_s: 0,
            access_change: AccessChange::default(),
            ca_certificates_max: 10,
            client_groups_max: 10,
            topic_spaces_max: 10,
            topic_templates_max: 10,
            permission_bindings_max: 100,
            queue_messages: 100,
            queue_bytes: 1024 * 1024,
            ordered: true,
            zero_expiry: ZeroExpiry::default(),
            forwards_remaining_expiry: true,
            will: true,
            qos2_will: Excess::Refuse,
            will_delay_max_s: 300,
            long_will_delay: Excess::default(),
            retain: Retain::default(),
            retained_message_bytes: 64 * 1024,
            retained_messages: 10_000,
            retained_bytes: 640 * 1024 * 1024,
            retained_expiry_s: 31_536_000,
            http_publish: true,
            http_publish_status: 202,
            routes_wills: true,
            event_endpoint: None,
            inbound_messages_per_s: 1000,
            inbound_bytes_per_s: 1024 * 1024,
            outbound_messages_per_s: 100,
            outbound_bytes_per_s: 1024 * 1024,
            subscribes_per_s: 5,
            counts_in_kib: false,
            excess_publish: Denial::default(),
        }
    }
}

impl EventGridProfile {
    /// Throughput units that can be bought. EG-OPEN-102.
    pub const THROUGHPUT_UNITS_MAX: u32 = 40;

    /// The broker of the pages of 2023: no Wills, nothing retained, no client identifiers from the server,
    /// no HTTPS, shorter topics, fewer messages.
    pub fn of_2023() -> Self {
        Self {
            assigned_client_id: false,
            session_expiry: SessionExpiry::Override,
            receive_maximum: 16,
            outbound_in_flight: 16,
            topic_segments: 8,
            ordered: false,
            will: false,
            retain: Retain::None,
            http_publish: false,
            inbound_messages_per_s: 100,
            ..Self::default()
        }
    }

    /// The broker of the page that the catalogue is of: MQTT 5 clients may have messages retained, those of
    /// 3.1.1 are closed for it.
    pub fn of_2025_07() -> Self {
        Self::default()
    }

    /// The broker since the end of 2025: everybody may have messages retained.
    pub fn current() -> Self {
        Self { retain: Retain::Both, ..Self::default() }
    }

    /// CONNECTs of the whole namespace.
    pub fn connects(&self) -> Rate {
        self.of_units(200)
    }

    /// CONNECTs of one session.
    pub fn session_connects(&self) -> Rate {
        self.of_a_session(1)
    }

    /// SUBSCRIBEs and UNSUBSCRIBEs of the whole namespace, whatever was bought.
    pub fn namespace_subscribes(&self) -> Rate {
        self.of_a_session(200)
    }

    /// SUBSCRIBEs and UNSUBSCRIBEs of one session.
    pub fn session_subscribes(&self) -> Rate {
        self.of_a_session(self.subscribes_per_s)
    }

    /// Messages of the whole namespace, in each direction.
    pub fn namespace_messages(&self) -> Rate {
        self.of_units(1000)
    }

    /// Bytes of the whole namespace, in each direction.
    pub fn namespace_bytes(&self) -> Rate {
        self.of_units(1024 * 1024)
    }

    /// Publishes of one session.
    pub fn session_messages(&self) -> Rate {
        self.of_a_session(self.inbound_messages_per_s)
    }

    /// Bytes that one session publishes.
    pub fn session_bytes(&self) -> Rate {
        self.of_a_session(self.inbound_bytes_per_s)
    }

    /// Messages that are delivered to one session.
    pub fn session_deliveries(&self) -> Rate {
        self.of_a_session(self.outbound_messages_per_s)
    }

    /// Bytes that are delivered to one session.
    pub fn session_delivered_bytes(&self) -> Rate {
        self.of_a_session(self.outbound_bytes_per_s)
    }

    /// Sessions of the namespace, and likewise client resources; any number when nothing was bought.
    pub fn sessions(&self) -> Option<usize> {
        Some(10_000 * self.throughput_units? as usize)
    }

    fn of_units(&self, most: u32) -> Rate {
        let units = self.throughput_units;
        units.map_or(Rate::NONE, |units| Rate::per_s(most.saturating_mul(units)))
    }

    fn of_a_session(&self, most: u32) -> Rate {
        if self.throughput_units.is_some() { Rate::per_s(most) } else { Rate::NONE }
    }
}

eras!(EventGridProfile {
    "2025-07" => EventGridProfile::of_2025_07,
    "2023" => EventGridProfile::of_2023,
    "current" => EventGridProfile::current,
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_bought_is_no_limit() {
        let free = EventGridProfile::default();
        assert_eq!((free.connects(), free.sessions()), (Rate::NONE, None));
        let two = EventGridProfile { throughput_units: Some(2), ..EventGridProfile::default() };
        for (rate, per_s) in [
            (two.connects(), 400),
            (two.session_connects(), 1),
            (two.namespace_subscribes(), 200),
            (two.session_subscribes(), 5),
            (two.namespace_messages(), 2000),
            (two.namespace_bytes(), 2_097_152),
            (two.session_messages(), 1000),
            (two.session_bytes(), 1_048_576),
            (two.session_deliveries(), 100),
            (two.session_delivered_bytes(), 1_048_576),
        ] {
            assert_eq!(rate, Rate::per_s(per_s));
        }
        assert_eq!(two.sessions(), Some(20_000));
    }

    #[test]
    fn the_years_differ_in_what_is_retained() {
        for (name, retain) in
            [("2023", Retain::None), ("2025-07", Retain::V5), ("current", Retain::Both)]
        {
            assert_eq!(EventGridProfile::named(name).map(|it| it.retain), Some(retain), "{name}");
        }
    }
}
