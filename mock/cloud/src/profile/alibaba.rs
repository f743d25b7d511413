//! The switches and limits of one instance of Alibaba Cloud IoT Platform. A rate or number of 0 is no limit.

use serde::{Deserialize, Serialize};

use super::{Excess, ServerCertificate, UnexpectedAuthMethod, switch};
use crate::rate::Rate;

switch!(
    /// Whether an Enterprise instance needs the vendor's leave for MQTT 5, as it once did.
    Mqtt5Ticket {
        /// No.
        NotNeeded,
        /// Yes, and it has it.
        Held,
        /// Yes, and it does not have it: as if it were no Enterprise instance.
        Missing,
    } default NotNeeded
);

switch!(
    /// How an MQTT 5 client is turned away that the instance is not for.
    Mqtt5Refusal {
        /// With CONNACK 0x84.
        Connack84,
        /// By the end of the connection.
        Close,
    } default Connack84
);

switch!(
    /// How long a subscription lasts.
    Subscriptions {
        /// Until the device unsubscribes, whatever Clean Session says.
        Permanent,
        /// As long as the session, as MQTT has it.
        Session,
    } default Permanent
);

switch!(
    /// Who is subscribed to the topics of the system without asking for it.
    ImplicitSubscriptions {
        /// Whoever has `_ss=1` in its client identifier.
        Announced,
        /// Every device.
        Always,
        /// Nobody.
        Never,
    } default Announced
);

switch!(
    /// What becomes of a Will.
    Will {
        /// It is never published; nobody is told.
        Ignore,
        /// The CONNECT is refused, with return code 3 or reason code 0x80.
        Refuse,
        /// It is published when the connection ends without DISCONNECT, as the C Link SDK 4 has come to
        /// expect.
        Publish,
    } default Ignore
);

switch!(
    /// What a publish with RETAIN is.
    RetainFlag {
        /// One without it.
        Ignore,
        /// One without it from a 3.1 or 3.1.1 client; MQTT 5 clients are told Retain Available 0 and get
        /// DISCONNECT 0x9A.
        RefuseV5,
        /// The end of the connection for every client.
        Refuse,
    } default RefuseV5
);

switch!(
    /// What a QoS 2 publish does.
    Qos2 {
        /// Ends the connection, with DISCONNECT 0x9B on MQTT 5.
        Close,
        /// Nothing: it is never answered.
        Ignore,
    } default Close
);

switch!(
    /// The QoS that SUBACK grants; what is delivered goes by the publisher's alone.
    GrantedQos {
        /// The one that was asked for, 1 at most.
        Requested,
        /// 0.
        Zero,
        /// 1.
        One,
    } default Requested
);

switch!(
    /// What a publish to a topic does that the device may not publish to.
    DeniedPublish {
        /// It is acknowledged and thrown away.
        Drop,
        /// It is thrown away without a PUBACK.
        Ignore,
        /// On MQTT 5 its PUBACK fails with 0x87; otherwise as `drop`.
        Refuse,
        /// The connection ends.
        Close,
    } default Drop
);

switch!(
    /// What must not be longer than `user_property_chars`.
    UserPropertyLimit {
        /// The name and the value of a user property together: the vendor's page.
        Sum,
        /// Each of them: the vendor's SDK.
        Each,
    } default Sum
);

switch!(
    /// What a packet does whose user properties, Response Topic or Correlation Data break the rules.
    PropertyBreach {
        /// Fails with `property_breach_reason` where there is an answer to fail with, and is thrown away.
        Refuse,
        /// Ends the connection, with `property_breach_reason` in DISCONNECT or CONNACK.
        Close,
        /// Passes.
        Accept,
    } default Refuse
);

switch!(
    /// What features of MQTT 5 do that the vendor does not list: Session Expiry Interval in CONNECT, and
    /// Message Expiry Interval.
    UnlistedFeatures {
        /// Nothing.
        Ignore,
        /// What MQTT 5 says.
        Honour,
    } default Ignore
);

/// The switches of one instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlibabaProfile {
    /// Whether MQTT passes without TLS. ALI-SEC-010, ALI-SEC-011, ALI-OPEN-025.
    pub plain_tcp: bool,
    /// Whether MQTT passes within WebSocket frames. ALI-CERT-002, ALI-OPEN-023.
    pub websocket: bool,
    /// Tempts devices to accept a certificate that is wrong.
    pub server_certificate: ServerCertificate,
    /// Seconds from the connection to CONNECT.
    pub connect_timeout_s: u64,

    /// ALI-OPEN-123.
    pub mqtt_5_ticket: Mqtt5Ticket,
    /// ALI-PROTO-005.
    pub mqtt_5_refusal: Mqtt5Refusal,
    /// Characters of a client identifier in front of its first `|`. ALI-OPEN-001.
    pub client_id_chars: usize,
    /// Whether a client identifier without anything in front of its `|` is given one. ALI-OPEN-015.
    pub assigned_client_id: bool,
    /// Whether `securemode` must tell the transport that is in use. ALI-OPEN-014.
    pub securemode_must_match: bool,
    /// The return code for a user name, password or signature that is wrong: 4 or 5. ALI-OPEN-042.
    pub bad_credentials_connack: u8,
    /// The same on MQTT 5: 134 (bad user name or password) or 135 (not authorized). ALI-OPEN-044.
    pub bad_credentials_reason: u8,
    /// The return code for a disabled device. ALI-OPEN-045.
    pub disabled_connack: u8,
    /// The same on MQTT 5. ALI-OPEN-045.
    pub disabled_reason: u8,
    /// ALI-OPEN-130.
    pub unexpected_auth_method: UnexpectedAuthMethod,
    /// CONNECTs of one device in a minute. ALI-OPEN-052.
    pub connects_per_min: u32,
    /// CONNECTs of the whole instance in a second. ALI-OPEN-052.
    pub instance_connects_per_s: u32,

    /// ALI-OPEN-030.
    pub keep_alive_min_s: u16,
    /// ALI-OPEN-030.
    pub keep_alive_max_s: u16,
    /// A keep-alive above the maximum. ALI-OPEN-031.
    pub long_keep_alive: Excess,
    /// A keep-alive of 0: `clamp` makes it the maximum. ALI-OPEN-034.
    pub zero_keep_alive: Excess,
    /// The return code for a keep-alive that is refused. ALI-OPEN-032.
    pub keep_alive_connack: u8,
    /// The same on MQTT 5. ALI-OPEN-032.
    pub keep_alive_reason: u8,

    /// Whether Session Present in CONNACK is true to a 3.1.1 client, and not always 0. ALI-OPEN-046.
    pub session_present: bool,
    /// Whether an MQTT 5 client is told by DISCONNECT 0x8E that another connection has its place.
    /// ALI-OPEN-051.
    pub tells_takeover: bool,
    /// Whether an MQTT 5 client is told by DISCONNECT why else the platform ends its connection.
    /// ALI-OPEN-128.
    pub tells_end: bool,
    /// ALI-OPEN-053.
    pub subscriptions: Subscriptions,
    /// ALI-OPEN-054.
    pub implicit_subscriptions: ImplicitSubscriptions,

    /// Seconds until the platform ends the connection of a device that has been registered over it.
    /// ALI-OPEN-064.
    pub registration_timeout_s: u64,

    /// Of a topic or filter, in UTF-8. ALI-OPEN-073.
    pub topic_bytes: usize,
    /// Of a topic or filter, the one in front included. ALI-OPEN-073.
    pub topic_slashes: usize,
    /// Filters of one SUBSCRIBE. ALI-OPEN-073.
    pub filters_per_subscribe: usize,
    /// Classes of custom topics of one product. ALI-OPEN-073.
    pub topic_classes_max: usize,
    /// Subscriptions of one device. ALI-OPEN-074.
    pub subscriptions_max: usize,
    /// Seconds until a subscription counts, which may be 10. ALI-OPEN-075.
    pub subscription_delay_s: u64,
    /// What SUBACK tells an MQTT 5 client about a filter that it may not have: 128 (unspecified) or 135
    /// (not authorized). ALI-OPEN-076.
    pub denied_subscribe_reason: u8,
    /// ALI-OPEN-077.
    pub denied_publish: DeniedPublish,
    /// Devices that a broadcast reaches by its topic. ALI-OPEN-080.
    pub broadcast_subscribers: usize,
    /// ALI-OPEN-080.
    pub broadcast_bytes: usize,
    /// ALI-OPEN-080.
    pub broadcasts_per_min: u32,
    /// Whether `Retained` of the Pub operation keeps a broadcast for those MQTT 5 clients who subscribe
    /// later. ALI-OPEN-081.
    pub retained_broadcasts: bool,

    /// ALI-OPEN-096.
    pub will: Will,
    /// ALI-OPEN-096.
    pub retain: RetainFlag,
    /// ALI-OPEN-096.
    pub qos_2: Qos2,
    /// ALI-OPEN-097.
    pub granted_qos: GrantedQos,
    /// Seconds that a QoS 1 message waits for a device that is away. ALI-OPEN-090.
    pub offline_message_s: u64,
    /// QoS 1 messages that a device may owe the PUBACKs of; later ones wait. ALI-OPEN-091.
    pub outbound_in_flight: u16,
    /// QoS 0 publishes of one device in a second. ALI-OPEN-092.
    pub qos_0_publishes_per_s: u32,
    /// QoS 1 publishes of one device in a second. ALI-OPEN-092.
    pub qos_1_publishes_per_s: u32,
    /// Messages to one device in a second. ALI-OPEN-093.
    pub deliveries_per_s: u32,
    /// The longest payload. ALI-OPEN-095.
    pub message_bytes: usize,

    /// Whether only a device that has subscribed to the request gets it. ALI-OPEN-106.
    pub rrpc_needs_subscription: bool,
    /// The longest that RRpc waits, in milliseconds. ALI-OPEN-102.
    pub rrpc_timeout_ms: u64,
    /// Whether an answer at QoS 1 counts. ALI-OPEN-107.
    pub rrpc_takes_qos_1: bool,
    /// How long a synchronous service waits, in milliseconds. ALI-OPEN-102.
    pub service_timeout_ms: u64,

    /// Whether replies have `message`, `method` and `version` beside `id`, `code` and `data`, as the newer
    /// ones do. ALI-OPEN-110.
    pub full_replies: bool,
    /// Properties in one post. ALI-OPEN-113.
    pub properties_per_post: usize,
    /// ALI-OPEN-116.
    pub shadow_bytes: usize,
    /// ALI-OPEN-116.
    pub shadow_levels: usize,
    /// ALI-OPEN-116.
    pub shadow_properties: usize,
    /// Of one device. ALI-OPEN-116.
    pub shadow_requests_per_s: u32,

    /// The longest packet, which CONNACK tells MQTT 5 clients. ALI-V5-002, ALI-OPEN-120.
    pub max_packet_bytes: usize,
    /// Receive Maximum in CONNACK: QoS 1 publishes of a device that may wait for their PUBACK.
    /// ALI-OPEN-091, ALI-OPEN-120.
    pub receive_maximum: u16,
    /// ALI-OPEN-127.
    pub topic_alias_maximum: u16,
    /// Whether the platform uses topic aliases towards a device that takes them. ALI-OPEN-127.
    pub sends_aliases: bool,
    /// User properties of one packet. ALI-V5-013.
    pub user_properties_max: usize,
    /// ALI-V5-015.
    pub user_property_chars: usize,
    /// ALI-OPEN-124.
    pub user_property_limit: UserPropertyLimit,
    /// ALI-V5-027.
    pub response_topic_chars: usize,
    /// ALI-V5-028.
    pub correlation_data_bytes: usize,
    /// ALI-OPEN-126.
    pub property_breach: PropertyBreach,
    /// 151 (quota exceeded) or 153 (payload format invalid); where an answer cannot have it, that has 128.
    /// ALI-OPEN-126.
    pub property_breach_reason: u8,
    /// ALI-OPEN-129.
    pub unlisted_features: UnlistedFeatures,
}

impl Default for AlibabaProfile {
    fn default() -> Self {
        Self {
            plain_tcp: true,
            websocket: true,
            server_certificate: ServerCertificate::default(),
            connect_timeout_s: 30,
            mqtt_5_ticket: Mqtt5Ticket::default(),
            mqtt_5_refusal: Mqtt5Refusal::default(),
            client_id_chars: 64,
            assigned_client_id: true,
            securemode_must_match: false,
            bad_credentials_connack: 4,
            bad_credentials_reason: 0x86,
            disabled_connack: 5,
            disabled_reason: 0x87,
            unexpected_auth_method: UnexpectedAuthMethod::default(),
            connects_per_min: 5,
            instance_connects_per_s: 500,
            keep_alive_min_s: 30,
            keep_alive_max_s: 1200,
            long_keep_alive: Excess::Refuse,
            zero_keep_alive: Excess::Refuse,
            keep_alive_connack: 2,
            keep_alive_reason: 0x88,
            session_present: false,
            tells_takeover: true,
            tells_end: true,
            subscriptions: Subscriptions::default(),
            implicit_subscriptions: ImplicitSubscriptions::default(),
            registration_timeout_s: 15,
            topic_bytes: 128,
            topic_slashes: 7,
            filters_per_subscribe: 8,
            topic_classes_max: 50,
            subscriptions_max: 100,
            subscription_delay_s: 0,
            denied_subscribe_reason: 0x80,
            denied_publish: DeniedPublish::default(),
            broadcast_subscribers: 1000,
            broadcast_bytes: 64 * 1024,
            broadcasts_per_min: 1,
            retained_broadcasts: true,
            will: Will::default(),
            retain: RetainFlag::default(),
            qos_2: Qos2::default(),
            granted_qos: GrantedQos::default(),
            offline_message_s: 7 * 24 * 60 * 60,
            outbound_in_flight: 100,
            qos_0_publishes_per_s: 30,
            qos_1_publishes_per_s: 10,
            deliveries_per_s: 50,
            message_bytes: 256 * 1024,
            rrpc_needs_subscription: false,
            rrpc_timeout_ms: 8000,
            rrpc_takes_qos_1: true,
            service_timeout_ms: 7000,
            full_replies: true,
            properties_per_post: 200,
            shadow_bytes: 16 * 1024,
            shadow_levels: 5,
            shadow_properties: 128,
            shadow_requests_per_s: 20,
            max_packet_bytes: 256 * 1024,
            receive_maximum: 100,
            topic_alias_maximum: 10,
            sends_aliases: true,
            user_properties_max: 20,
            user_property_chars: 128,
            user_property_limit: UserPropertyLimit::default(),
            response_topic_chars: 128,
            correlation_data_bytes: 128,
            property_breach: PropertyBreach::default(),
            property_breach_reason: 0x97,
            unlisted_features: UnlistedFeatures::default(),
        }
    }
}

impl AlibabaProfile {
    /// The shortest time that RRpc can be told to wait, in milliseconds. ALI-OPEN-102.
    pub const RRPC_TIMEOUT_MIN_MS: u64 = 1000;

    /// CONNECTs of one device.
    pub fn device_connects(&self) -> Rate {
        Rate::per_min(self.connects_per_min)
    }

    /// CONNECTs of the whole instance.
    pub fn instance_connects(&self) -> Rate {
        Rate::per_s(self.instance_connects_per_s)
    }

    /// Publishes of one device at QoS 0, or at QoS 1.
    pub fn publishes(&self, qos_1: bool) -> Rate {
        Rate::per_s(if qos_1 { self.qos_1_publishes_per_s } else { self.qos_0_publishes_per_s })
    }

    /// Messages to one device.
    pub fn deliveries(&self) -> Rate {
        Rate::per_s(self.deliveries_per_s)
    }

    /// Broadcasts of one product.
    pub fn broadcasts(&self) -> Rate {
        Rate::per_min(self.broadcasts_per_min)
    }

    /// Requests for the shadow of one device.
    pub fn shadow_requests(&self) -> Rate {
        Rate::per_s(self.shadow_requests_per_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_profile_leaves_out_is_as_usual() {
        let written = r#"{ "keep_alive_max_s": 600, "retain": "ignore" }"#;
        let read: AlibabaProfile = serde_json::from_str(written).expect("two switches");
        let retain = RetainFlag::Ignore;
        assert_eq!(
            read,
            AlibabaProfile { keep_alive_max_s: 600, retain, ..AlibabaProfile::default() },
        );
    }

    #[test]
    fn a_switch_that_does_not_exist_is_refused_by_name() {
        let error = serde_json::from_str::<AlibabaProfile>(r#"{ "will": "keep" }"#);
        let error = error.expect_err("no such value").to_string();
        assert!(error.contains("expected one of `ignore`, `refuse`, `publish`"), "{error}");
        let error = serde_json::from_str::<AlibabaProfile>(r#"{ "keep_alive_s": 60 }"#);
        let error = error.expect_err("no such switch").to_string();
        assert!(error.contains("unknown field `keep_alive_s`"), "{error}");
    }

    #[test]
    fn rates_are_in_the_time_that_they_are_named_for() {
        let profile = AlibabaProfile::default();
        for (rate, expected) in [
            (profile.device_connects(), Rate::per_min(5)),
            (profile.instance_connects(), Rate::per_s(500)),
            (profile.publishes(false), Rate::per_s(30)),
            (profile.publishes(true), Rate::per_s(10)),
            (profile.deliveries(), Rate::per_s(50)),
            (profile.broadcasts(), Rate::per_min(1)),
            (profile.shadow_requests(), Rate::per_s(20)),
        ] {
            assert_eq!(rate, expected);
        }
    }
}
