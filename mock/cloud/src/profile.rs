//! Profiles: documented alternatives and choices as data. Every open fact with a switch has its field here.

mod alibaba;
mod edition;
mod era;
mod event_grid;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use self::{
    alibaba::{
        AlibabaProfile, DeniedPublish, GrantedQos, ImplicitSubscriptions, Mqtt5Refusal,
        Mqtt5Ticket, PropertyBreach, Qos2, RetainFlag, Subscriptions, UnlistedFeatures,
        UserPropertyLimit, Will,
    },
    edition::{Edition, RateLimits},
    event_grid::{
        AccessChange, ArrayAttribute, Denial, DollarTopics, EventGridProfile, Excess, Mqtt31,
        Overlap, Retain, SessionExpiry, SubjectName, UnexpectedAuthMethod, ZeroExpiry,
    },
};
use crate::{error_code, rate::Rate};

/// A closed set of spellings for one switch.
macro_rules! switch {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident),+ $(,)? } default $default:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl Default for $name {
            fn default() -> Self {
                Self::$default
            }
        }
    };
}

use switch;

switch!(
    /// What the hub does about a publish, filter or token that it does not take.
    Reaction {
        /// Ends the connection.
        Close,
        /// Answers a failure code (0x80 in SUBACK) and stays.
        Suback80,
        /// Takes it all the same.
        Accept,
    } default Close
);

switch!(
    /// The service tier of a hub.
    Tier {
        /// Everything.
        Standard,
        /// No cloud-to-device messages, twins and methods.
        Basic,
    } default Standard
);

switch!(
    /// What a publish to an unsupported topic does.
    UnsupportedTopic {
        /// Ends the connection.
        Close,
        /// 2016: becomes telemetry with `$PG.Unmatched` and `$PG.Subject`.
        PassThrough,
    } default Close
);

switch!(
    /// Which of equal names survives in a property bag.
    DuplicateProperty {
        /// The last one.
        Last,
        /// The first one.
        First,
    } default Last
);

switch!(
    /// What the service side gets when a device answers a method with something that is no JSON.
    InvalidMethodResponse {
        /// The text as it is.
        PassThrough,
        /// A 502.
        BadGateway,
        /// The device's connection is cut as well.
        Close,
    } default PassThrough
);

switch!(
    /// Where the messages of a hub go.
    Routing {
        /// To the endpoint that every hub has.
        Events,
        /// To a Storage container, which holds readable JSON as JSON and the rest in base64.
        Storage,
        /// By a query on their bodies: to an endpoint of its own what can be read, as ever the rest.
        Body,
    } default Events
);

switch!(
    /// What telemetry does that asks for a fault, as the suites of the vendor's SDKs send it.
    FaultMessages {
        /// Ends the connection after the delay, and lets no later one work until the duration is over.
        Lasting,
        /// Ends the connection after the delay; the next one works.
        Once,
        /// Nothing: it is telemetry like any other.
        Ordinary,
    } default Lasting
);

switch!(
    /// The certificate that TLS shows to who dials a hub: the right one, or one that a device must not
    /// accept.
    ServerCertificate {
        /// For the host that is dialled, in date, of the authority that devices are given.
        Right,
        /// For another host.
        WrongName,
        /// Over since yesterday.
        Expired,
        /// Good from tomorrow on.
        NotYetValid,
        /// Of an authority that nobody trusts.
        UnknownAuthority,
        /// Of no authority at all.
        SelfSigned,
        /// Right, and so long that the handshake spans several TLS records.
        Large,
    } default Right
);

impl ServerCertificate {
    /// Whether a device has every reason to accept it.
    pub const fn is_right(self) -> bool {
        matches!(self, Self::Right | Self::Large)
    }
}

/// The switches of one hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(remote = "Self", default, deny_unknown_fields)]
pub struct HubProfile {
    pub tier: Tier,
    /// What the hub was bought as: then it keeps to the rates and the quota of that. HUB-OPEN-074.
    pub edition: Option<Edition>,
    /// How many units of the edition: 1 to 200.
    pub units: u32,
    /// Rates that replace those of the edition. HUB-OPEN-074, HUB-OPEN-075.
    pub rate_limits: RateLimits,
    /// Messages in a day, instead of the edition's. HUB-OPEN-076.
    pub daily_messages: Option<u64>,
    /// CONNACK code for a disabled device: 5 (2023) or 3 (2017). HUB-OPEN-005.
    pub disabled_connack: u8,
    /// Refuses api-versions that no document names. HUB-OPEN-006.
    pub strict_api_version: bool,
    /// Whether devices are asked to name an api-version in their user name. HUB-CONN-005, HUB-CONN-008.
    pub asks_for_api_version: bool,
    /// CONNACK code for a user name that cannot be read: 5, 4 or 3. HUB-OPEN-007.
    pub malformed_username_connack: u8,
    /// Seconds from the TLS handshake to CONNECT. HUB-OPEN-009.
    pub connect_timeout_s: u64,
    /// Seconds that a token outlives its expiry on a live connection. HUB-OPEN-016.
    pub token_grace_s: u64,
    /// HUB-OPEN-031.
    pub unsupported_topic: UnsupportedTopic,
    /// HUB-OPEN-034.
    pub unsupported_filter: Reaction,
    /// HUB-OPEN-035.
    pub sixth_subscription: Reaction,
    /// UNSUBSCRIBE of a filter that no document names. HUB-OPEN-037.
    pub unsubscribe_unknown: Reaction,
    /// Keeps the message of a QoS 2 publish before closing. HUB-OPEN-087.
    pub store_qos_2: bool,
    /// Which of several properties survives whose names differ in letter case alone. HUB-OPEN-029.
    pub duplicate_property: DuplicateProperty,
    /// The application property that RETAIN becomes: `mqtt-retain` or `x-opt-retain`. HUB-OPEN-042.
    pub retain_property: String,
    /// Whether a displaced connection's Will is sent. HUB-OPEN-044.
    pub displaced_will: bool,
    /// Seconds that a session of Clean Session 0 outlives its connection; none is for ever. HUB-OPEN-050.
    pub session_expiry_s: Option<u64>,
    /// Twin reads by devices in a second, beyond which the hub answers 429; 0 is no limit. HUB-OPEN-062.
    pub twin_reads_per_s: u32,
    /// Reported updates in a second, likewise. HUB-OPEN-062.
    pub twin_updates_per_s: u32,
    /// Calls that a device may owe the answers of, beyond which the next one fails; 0 is no limit, since
    /// no document names it. HUB-OPEN-065.
    pub methods_in_flight: usize,
    /// HUB-OPEN-067.
    pub invalid_method_response: InvalidMethodResponse,
    /// Lifetime of a cloud-to-device message without an expiry of its own: 60 to 172,800. HUB-OPEN-046.
    pub c2d_ttl_s: u64,
    /// Deliveries before a message is dead-lettered: 1 to 100. HUB-OPEN-047.
    pub c2d_max_delivery_count: u32,
    /// Whether the property bag of a cloud-to-device topic begins with `?`. HUB-C2D-023.
    pub bag_question_mark: bool,
    /// Whether MQTT over WebSocket is offered (the 2016 page knows only 8883). HUB-WS-001.
    pub websocket: bool,
    /// Whether TLS 1.3 is offered beside 1.2. HUB-OPEN-071.
    pub tls_1_3: bool,
    /// Tempts devices to accept a certificate that is wrong. HUB-TLS-006.
    pub server_certificate: ServerCertificate,
    /// Whether MQTT over TLS passes: off, it is cut at CONNECT as by a firewall. HUB-WS-002.
    pub port_8883: bool,
    /// What messages are routed by, as far as devices have to care. HUB-D2C-008, HUB-D2C-012.
    pub routing: Routing,
    /// Seconds between two looks at who is connected, whose differences are routed as events; 0 routes
    /// none. HUB-OPEN-080.
    pub connection_state_period_s: u64,
    /// HUB-OPEN-081.
    pub fault_messages: FaultMessages,
}

impl Default for HubProfile {
    fn default() -> Self {
        Self {
            tier: Tier::Standard,
            edition: None,
            units: 1,
            rate_limits: RateLimits::default(),
            daily_messages: None,
            disabled_connack: 5,
            strict_api_version: false,
            asks_for_api_version: true,
            malformed_username_connack: 5,
            connect_timeout_s: 30,
            token_grace_s: 300,
            unsupported_topic: UnsupportedTopic::Close,
            unsupported_filter: Reaction::Close,
            sixth_subscription: Reaction::Close,
            unsubscribe_unknown: Reaction::Close,
            store_qos_2: false,
            duplicate_property: DuplicateProperty::Last,
            retain_property: "mqtt-retain".to_owned(),
            displaced_will: true,
            session_expiry_s: None,
            twin_reads_per_s: 100,
            twin_updates_per_s: 50,
            methods_in_flight: 0,
            invalid_method_response: InvalidMethodResponse::PassThrough,
            c2d_ttl_s: 3600,
            c2d_max_delivery_count: 10,
            bag_question_mark: false,
            websocket: true,
            tls_1_3: true,
            server_certificate: ServerCertificate::Right,
            port_8883: true,
            routing: Routing::Events,
            connection_state_period_s: 0,
            fault_messages: FaultMessages::Lasting,
        }
    }
}

impl HubProfile {
    /// Whether the hub has telemetry alone.
    pub fn is_basic(&self) -> bool {
        self.tier == Tier::Basic || self.edition.is_some_and(Edition::is_basic)
    }

    /// How often devices may connect.
    pub fn connects(&self) -> Rate {
        let own = self.rate_limits.connects_per_s.map(Rate::per_s);
        self.rate(own, Edition::sends)
    }

    /// How often devices may send telemetry.
    pub fn telemetry(&self) -> Rate {
        let own = self.rate_limits.telemetry_per_s.map(Rate::per_s);
        self.rate(own, Edition::sends)
    }

    /// How often the service side may send messages.
    pub fn c2d(&self) -> Rate {
        self.rate(self.rate_limits.c2d_per_min.map(Rate::per_min), Edition::c2d)
    }

    /// How many kilobytes of calls the service side may make.
    pub fn method_kb(&self) -> Rate {
        self.rate(self.rate_limits.method_kb_per_s.map(Rate::per_s), Edition::method_kb)
    }

    /// How many messages a day may have; any number, when nothing says.
    pub fn messages_a_day(&self) -> Option<u64> {
        self.daily_messages.or_else(|| Some(self.edition?.daily_messages(self.units)))
    }

    /// How many messages one of so many bytes counts for.
    pub fn messages_of(&self, bytes: usize) -> u64 {
        let step = self.edition.unwrap_or(Edition::S1).message_bytes();
        bytes.div_ceil(step).max(1) as u64
    }

    fn rate(&self, own: Option<Rate>, of: fn(Edition, u32) -> Rate) -> Rate {
        let bought = || self.edition.map(|edition| of(edition, self.units));
        own.or_else(bought).unwrap_or(Rate::NONE)
    }
}

switch!(
    /// Where DPS refuses a wrong token.
    SasRefusedAt {
        /// On the register publish, with `res/401`.
        Register,
        /// With CONNACK 5.
        Connect,
    } default Register
);

switch!(
    /// How DPS refuses a CONNECT whose names it cannot take.
    ConnectRefusal {
        /// CONNACK 5.
        Connack5,
        /// CONNACK 0, then `res/401` with 401002.
        Res401,
    } default Connack5
);

switch!(
    /// What DPS does about a register payload that names another device.
    ForeignRegistrationId {
        /// Answers 400004.
        BadRequest,
        /// Takes the registration id of the user name.
        Ignore,
    } default BadRequest
);

switch!(
    /// What DPS does about a request without a rid.
    MissingRid {
        /// Nothing: no topic could carry the answer.
        NoAnswer,
        /// Ends the connection.
        Close,
    } default NoAnswer
);

switch!(
    /// Which spelling of a registration id goes into the key of a group's device.
    DerivationCase {
        /// The device's.
        AsSpelled,
        /// The one in lower case.
        Lower,
    } default AsSpelled
);

switch!(
    /// How `retry-after` is spelled in a topic.
    RetryAfterCase {
        /// `retry-after`
        Lower,
        /// `Retry-After`, to test a device.
        Capitals,
    } default Lower
);

/// The switches of one DPS instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DpsProfile {
    /// DPS-OPEN-003. An unknown scope has no profile: the one of the first instance counts.
    pub unknown_scope: ConnectRefusal,
    /// DPS-OPEN-001.
    pub sas_refused_at: SasRefusedAt,
    /// Refuses api-versions that no document names. DPS-OPEN-005.
    pub strict_api_version: bool,
    /// The longest silence on a connection. DPS-OPEN-008.
    pub keep_alive_cap_s: u64,
    /// Seconds that a token outlives its expiry. DPS-OPEN-009.
    pub clock_skew_s: u64,
    /// DPS-OPEN-012.
    pub derivation_case: DerivationCase,
    /// A registration id other than the common name of the certificate. DPS-OPEN-015.
    pub cn_mismatch: ConnectRefusal,
    /// Answers 400004 to a register payload with members that no document names. DPS-OPEN-016.
    pub strict_members: bool,
    /// DPS-OPEN-018.
    pub foreign_registration_id: ForeignRegistrationId,
    /// DPS-OPEN-019.
    pub missing_rid: MissingRid,
    /// 401002, or 401000 as in 2019. DPS-OPEN-034.
    pub sas_error_code: u32,
    /// 401002, or 404201. DPS-OPEN-035.
    pub no_enrollment_error_code: u32,
    /// A poll for an operation that DPS does not know. DPS-OPEN-026.
    pub unknown_operation_error_code: u32,
    /// A TPM enrollment that registers over MQTT. DPS-OPEN-054.
    pub tpm_error_code: u32,
    /// Seconds that a 202 asks the device to wait. DPS-OPEN-020.
    pub retry_after_s: u64,
    /// DPS-OPEN-030.
    pub retry_after_case: RetryAfterCase,
    /// Polls that are answered `assigning` before the result. DPS-OPEN-021.
    pub assigning_polls: u32,
    /// Adds members to results that a device has to tolerate. DPS-OPEN-024.
    pub extra_members: bool,
    /// DPS-OPEN-040.
    pub rate_limits: DpsRateLimits,
    /// A publish or filter that no document names. DPS-OPEN-041.
    pub unsupported_topic: Reaction,
}

/// How much a DPS instance takes; 0 is no limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    default,
    deny_unknown_fields,
    expecting = "a table such as { registrations_per_min = 100 }"
)]
pub struct DpsRateLimits {
    /// Registrations of the instance in a minute.
    pub registrations_per_min: u32,
    /// Polls of one device in ten seconds.
    pub polls_per_10_s: u32,
}

impl Default for DpsRateLimits {
    fn default() -> Self {
        Self { registrations_per_min: 1000, polls_per_10_s: 5 }
    }
}

impl Default for DpsProfile {
    fn default() -> Self {
        Self {
            unknown_scope: ConnectRefusal::Connack5,
            sas_refused_at: SasRefusedAt::Register,
            strict_api_version: false,
            keep_alive_cap_s: 1767,
            clock_skew_s: 300,
            derivation_case: DerivationCase::AsSpelled,
            cn_mismatch: ConnectRefusal::Connack5,
            strict_members: false,
            foreign_registration_id: ForeignRegistrationId::BadRequest,
            missing_rid: MissingRid::NoAnswer,
            sas_error_code: error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0,
            no_enrollment_error_code: error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0,
            unknown_operation_error_code: error_code::ASYNC_OPERATION_NOT_FOUND.0,
            tpm_error_code: error_code::IOT_HUB_UNAUTHORIZED_ACCESS.0,
            retry_after_s: 3,
            retry_after_case: RetryAfterCase::Lower,
            assigning_polls: 1,
            extra_members: false,
            rate_limits: DpsRateLimits::default(),
            unsupported_topic: Reaction::Close,
        }
    }
}

/// How a switch of the catalogue, such as `hub.unsupported_filter`, stands and what else it takes:
/// ``"close"; one of `close`, `suback80`, `accept` ``. None when no profile has it.
pub fn settings(switch: &str) -> Option<String> {
    let (cloud, name) = switch.split_once('.')?;
    let (usual, takes) = match cloud {
        "hub" => settings_of::<HubProfile>(name)?,
        "dps" => settings_of::<DpsProfile>(name)?,
        "event_grid" => settings_of::<EventGridProfile>(name)?,
        "alibaba" => settings_of::<AlibabaProfile>(name)?,
        _ => return None,
    };
    Some(format!("{usual}; {takes}"))
}

/// The value without a choice, and what the type says for itself when it is given nonsense.
fn settings_of<T: Default + Serialize + serde::de::DeserializeOwned>(
    name: &str,
) -> Option<(Value, String)> {
    let usual = serde_json::to_value(T::default()).ok()?.get(name)?.clone();
    let nonsense = if usual.is_string() { json!({ name: "?" }) } else { json!({ name: "" }) };
    let takes = match serde_json::from_value::<T>(nonsense) {
        Ok(_) => "any text".to_owned(),
        Err(error) => {
            let error = error.to_string();
            let takes = error.split_once("expected ").map_or(error.as_str(), |(_, takes)| takes);
            match takes {
                "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number".to_owned(),
                takes => takes.to_owned(),
            }
        }
    };
    Some((usual, takes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_tells_how_it_stands_and_what_it_takes() {
        for (switch, told) in [
            ("hub.unsupported_filter", Some("\"close\"; one of `close`, `suback80`, `accept`")),
            ("hub.strict_api_version", Some("false; a boolean")),
            ("hub.token_grace_s", Some("300; a whole number")),
            ("hub.session_expiry_s", Some("null; a whole number")),
            ("hub.retain_property", Some("\"mqtt-retain\"; any text")),
            ("dps.assigning_polls", Some("1; a whole number")),
            ("event_grid.retain", Some("\"v5\"; one of `none`, `v5`, `both`")),
            ("event_grid.topic_segments", Some("15; a whole number")),
            ("alibaba.will", Some("\"ignore\"; one of `ignore`, `refuse`, `publish`")),
            ("alibaba.keep_alive_max_s", Some("1200; a whole number")),
            ("hub.none", None),
        ] {
            assert_eq!(settings(switch).as_deref(), told, "{switch}");
        }
    }
}
