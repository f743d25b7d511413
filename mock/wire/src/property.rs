//! MQTT 5 properties. A list may hold duplicates and misplaced ones, so that illegal packets can be sent.

use bytes::Bytes;

/// One property, by its name in the MQTT 5 standard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Property {
    PayloadFormatIndicator(u8),
    MessageExpiryIntervalS(u32),
    ContentType(String),
    ResponseTopic(String),
    CorrelationData(Bytes),
    SubscriptionIdentifier(u32),
    SessionExpiryIntervalS(u32),
    AssignedClientIdentifier(String),
    ServerKeepAliveS(u16),
    AuthenticationMethod(String),
    AuthenticationData(Bytes),
    RequestProblemInformation(u8),
    WillDelayIntervalS(u32),
    RequestResponseInformation(u8),
    ResponseInformation(String),
    ServerReference(String),
    ReasonString(String),
    ReceiveMaximum(u16),
    TopicAliasMaximum(u16),
    TopicAlias(u16),
    MaximumQos(u8),
    RetainAvailable(u8),
    UserProperty(String, String),
    MaximumPacketSize(u32),
    WildcardSubscriptionAvailable(u8),
    SubscriptionIdentifierAvailable(u8),
    SharedSubscriptionAvailable(u8),
}

impl Property {
    /// The identifier on the wire.
    pub const fn id(&self) -> u32 {
        match self {
            Self::PayloadFormatIndicator(..) => id::PAYLOAD_FORMAT_INDICATOR,
            Self::MessageExpiryIntervalS(..) => id::MESSAGE_EXPIRY_INTERVAL,
            Self::ContentType(..) => id::CONTENT_TYPE,
            Self::ResponseTopic(..) => id::RESPONSE_TOPIC,
            Self::CorrelationData(..) => id::CORRELATION_DATA,
            Self::SubscriptionIdentifier(..) => id::SUBSCRIPTION_IDENTIFIER,
            Self::SessionExpiryIntervalS(..) => id::SESSION_EXPIRY_INTERVAL,
            Self::AssignedClientIdentifier(..) => id::ASSIGNED_CLIENT_IDENTIFIER,
            Self::ServerKeepAliveS(..) => id::SERVER_KEEP_ALIVE,
            Self::AuthenticationMethod(..) => id::AUTHENTICATION_METHOD,
            Self::AuthenticationData(..) => id::AUTHENTICATION_DATA,
            Self::RequestProblemInformation(..) => id::REQUEST_PROBLEM_INFORMATION,
            Self::WillDelayIntervalS(..) => id::WILL_DELAY_INTERVAL,
            Self::RequestResponseInformation(..) => id::REQUEST_RESPONSE_INFORMATION,
            Self::ResponseInformation(..) => id::RESPONSE_INFORMATION,
            Self::ServerReference(..) => id::SERVER_REFERENCE,
            Self::ReasonString(..) => id::REASON_STRING,
            Self::ReceiveMaximum(..) => id::RECEIVE_MAXIMUM,
            Self::TopicAliasMaximum(..) => id::TOPIC_ALIAS_MAXIMUM,
            Self::TopicAlias(..) => id::TOPIC_ALIAS,
            Self::MaximumQos(..) => id::MAXIMUM_QOS,
            Self::RetainAvailable(..) => id::RETAIN_AVAILABLE,
            Self::UserProperty(..) => id::USER_PROPERTY,
            Self::MaximumPacketSize(..) => id::MAXIMUM_PACKET_SIZE,
            Self::WildcardSubscriptionAvailable(..) => id::WILDCARD_SUBSCRIPTION_AVAILABLE,
            Self::SubscriptionIdentifierAvailable(..) => id::SUBSCRIPTION_IDENTIFIER_AVAILABLE,
            Self::SharedSubscriptionAvailable(..) => id::SHARED_SUBSCRIPTION_AVAILABLE,
        }
    }

    /// The name in the standard, in lower case with hyphens.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PayloadFormatIndicator(..) => "payload-format-indicator",
            Self::MessageExpiryIntervalS(..) => "message-expiry-interval",
            Self::ContentType(..) => "content-type",
            Self::ResponseTopic(..) => "response-topic",
            Self::CorrelationData(..) => "correlation-data",
            Self::SubscriptionIdentifier(..) => "subscription-identifier",
            Self::SessionExpiryIntervalS(..) => "session-expiry-interval",
            Self::AssignedClientIdentifier(..) => "assigned-client-identifier",
            Self::ServerKeepAliveS(..) => "server-keep-alive",
            Self::AuthenticationMethod(..) => "authentication-method",
            Self::AuthenticationData(..) => "authentication-data",
            Self::RequestProblemInformation(..) => "request-problem-information",
            Self::WillDelayIntervalS(..) => "will-delay-interval",
            Self::RequestResponseInformation(..) => "request-response-information",
            Self::ResponseInformation(..) => "response-information",
            Self::ServerReference(..) => "server-reference",
            Self::ReasonString(..) => "reason-string",
            Self::ReceiveMaximum(..) => "receive-maximum",
            Self::TopicAliasMaximum(..) => "topic-alias-maximum",
            Self::TopicAlias(..) => "topic-alias",
            Self::MaximumQos(..) => "maximum-qos",
            Self::RetainAvailable(..) => "retain-available",
            Self::UserProperty(..) => "user-property",
            Self::MaximumPacketSize(..) => "maximum-packet-size",
            Self::WildcardSubscriptionAvailable(..) => "wildcard-subscription-available",
            Self::SubscriptionIdentifierAvailable(..) => "subscription-identifier-available",
            Self::SharedSubscriptionAvailable(..) => "shared-subscription-available",
        }
    }
}

/// The identifiers on the wire.
pub(crate) mod id {
    pub(crate) const PAYLOAD_FORMAT_INDICATOR: u32 = 0x01;
    pub(crate) const MESSAGE_EXPIRY_INTERVAL: u32 = 0x02;
    pub(crate) const CONTENT_TYPE: u32 = 0x03;
    pub(crate) const RESPONSE_TOPIC: u32 = 0x08;
    pub(crate) const CORRELATION_DATA: u32 = 0x09;
    pub(crate) const SUBSCRIPTION_IDENTIFIER: u32 = 0x0B;
    pub(crate) const SESSION_EXPIRY_INTERVAL: u32 = 0x11;
    pub(crate) const ASSIGNED_CLIENT_IDENTIFIER: u32 = 0x12;
    pub(crate) const SERVER_KEEP_ALIVE: u32 = 0x13;
    pub(crate) const AUTHENTICATION_METHOD: u32 = 0x15;
    pub(crate) const AUTHENTICATION_DATA: u32 = 0x16;
    pub(crate) const REQUEST_PROBLEM_INFORMATION: u32 = 0x17;
    pub(crate) const WILL_DELAY_INTERVAL: u32 = 0x18;
    pub(crate) const REQUEST_RESPONSE_INFORMATION: u32 = 0x19;
    pub(crate) const RESPONSE_INFORMATION: u32 = 0x1A;
    pub(crate) const SERVER_REFERENCE: u32 = 0x1C;
    pub(crate) const REASON_STRING: u32 = 0x1F;
    pub(crate) const RECEIVE_MAXIMUM: u32 = 0x21;
    pub(crate) const TOPIC_ALIAS_MAXIMUM: u32 = 0x22;
    pub(crate) const TOPIC_ALIAS: u32 = 0x23;
    pub(crate) const MAXIMUM_QOS: u32 = 0x24;
    pub(crate) const RETAIN_AVAILABLE: u32 = 0x25;
    pub(crate) const USER_PROPERTY: u32 = 0x26;
    pub(crate) const MAXIMUM_PACKET_SIZE: u32 = 0x27;
    pub(crate) const WILDCARD_SUBSCRIPTION_AVAILABLE: u32 = 0x28;
    pub(crate) const SUBSCRIPTION_IDENTIFIER_AVAILABLE: u32 = 0x29;
    pub(crate) const SHARED_SUBSCRIPTION_AVAILABLE: u32 = 0x2A;
}
