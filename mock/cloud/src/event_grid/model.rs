//! The resources of a namespace, in the vendor's own names: as a seed declares them and as the admin API
//! takes and shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A client that may connect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Client {
    /// 1 to 128 letters, digits or - : . _
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whom the client says it is, where that is not its resource's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication_name: Option<String>,
    #[serde(default = "enabled")]
    pub state: State,
    #[serde(default)]
    pub client_certificate_authentication: CertificateAuthentication,
    #[serde(default, skip_serializing_if = "Attributes::is_empty")]
    pub attributes: Attributes,
}

/// What is known of a client, by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// One attribute of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a text, a whole number, a boolean or an array of texts")]
pub enum Attribute {
    Flag(bool),
    Number(i64),
    Text(String),
    List(Vec<String>),
}

/// Whether something is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    Enabled,
    Disabled,
}

/// What about its certificate proves a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct CertificateAuthentication {
    pub validation_scheme: ValidationScheme,
    /// One or two with [`ValidationScheme::ThumbprintMatch`], none otherwise: upper-case hex.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allowed_thumbprints: Vec<String>,
}

/// The field of a certificate that must hold the authentication name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValidationScheme {
    #[default]
    SubjectMatchesAuthenticationName,
    DnsMatchesAuthenticationName,
    UriMatchesAuthenticationName,
    IpMatchesAuthenticationName,
    EmailMatchesAuthenticationName,
    /// None of them: the certificate as a whole.
    ThumbprintMatch,
}

/// The clients that a query selects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientGroup {
    /// 3 to 50 letters, digits or -
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `attributes.floor >= 3 and attributes.room IN ["a", "b"]`
    pub query: String,
}

/// The topics that some templates describe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TopicSpace {
    /// 3 to 50 letters, digits or -
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `machines/${client.authenticationName}/#`
    pub topic_templates: Vec<String>,
}

/// Lets the clients of a group do something with the topics of a topic space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PermissionBinding {
    /// 3 to 50 letters, digits or -
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `$all` is a group that always exists.
    pub client_group_name: String,
    pub topic_space_name: String,
    pub permission: Permission,
}

/// What a binding allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Permission {
    Publisher,
    Subscriber,
}

/// Gives a principal of Microsoft Entra a role, in the whole namespace or in one topic space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoleAssignment {
    /// 3 to 50 letters, digits or -
    pub name: String,
    /// The object id that its tokens name.
    pub principal_id: String,
    pub role_definition_name: RoleDefinition,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic_space_name: Option<String>,
}

/// The roles that MQTT knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleDefinition {
    #[serde(rename = "EventGrid TopicSpaces Publisher")]
    Publisher,
    #[serde(rename = "EventGrid TopicSpaces Subscriber")]
    Subscriber,
}

/// An authority that issues the certificates of clients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaCertificate {
    /// 3 to 50 letters, digits or -
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// PEM, or base64 of PEM or DER.
    pub encoded_certificate: String,
}

/// How the namespace serves MQTT.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TopicSpacesConfiguration {
    /// Nobody can connect while it is disabled.
    pub state: State,
    /// Where MQTT is spoken; the vendor makes it of name and location.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// 1 to 8.
    pub maximum_session_expiry_in_hours: u32,
    /// 1 to 100.
    pub maximum_client_sessions_per_authentication_name: u32,
    pub client_authentication: ClientAuthentication,
    /// The topic that messages are routed to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_topic_resource_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_identity_info: Option<RoutingIdentity>,
    pub routing_enrichments: RoutingEnrichments,
}

/// How clients can prove themselves beside their own resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ClientAuthentication {
    /// Where to find the authentication name when CONNECT has no user name, in this order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alternative_authentication_name_sources: Vec<NameSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_jwt_authentication: Option<CustomJwt>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook_authentication: Option<WebhookAuthentication>,
}

/// A field of a certificate that can hold the authentication name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum NameSource {
    ClientCertificateSubject,
    ClientCertificateDns,
    ClientCertificateUri,
    ClientCertificateIp,
    ClientCertificateEmail,
}

/// Tokens of an issuer of one's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CustomJwt {
    /// The `iss` of its tokens.
    pub token_issuer: String,
    /// One or two certificates whose keys sign the tokens.
    #[serde(default)]
    pub encoded_issuer_certificates: Vec<IssuerCertificate>,
}

/// A certificate whose key signs tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IssuerCertificate {
    /// The `kid` of the tokens that it signs.
    pub kid: String,
    /// PEM, or base64 of PEM or DER.
    pub encoded_certificate: String,
}

/// An endpoint that is asked who may connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WebhookAuthentication {
    pub endpoint_url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azure_active_directory_application_id_or_uri: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azure_active_directory_tenant_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<ManagedIdentity>,
}

/// As whom the namespace calls a webhook. A mock has no identities, and keeps what it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagedIdentity {
    #[serde(rename = "type")]
    pub kind: ManagedIdentityKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_assigned_identity: Option<String>,
}

/// Whose identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ManagedIdentityKind {
    SystemAssigned,
    UserAssigned,
}

/// As whom the namespace routes. A mock has no identities, and keeps what it is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RoutingIdentity {
    #[serde(rename = "type")]
    pub kind: RoutingIdentityKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_assigned_identity: Option<String>,
}

/// Whose identity it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoutingIdentityKind {
    None,
    SystemAssigned,
    UserAssigned,
}

/// What is added to routed messages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RoutingEnrichments {
    /// The same with every message.
    #[serde(rename = "static", skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<StaticEnrichment>,
    /// Taken from the client or the message.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dynamic: Vec<DynamicEnrichment>,
}

/// An enrichment that is the same with every message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StaticEnrichment {
    pub key: String,
    #[serde(default)]
    pub value_type: ValueType,
    /// At most 128 characters.
    pub value: String,
}

/// The one type that enrichments have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ValueType {
    #[default]
    String,
}

/// An enrichment that is taken from the client or the message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DynamicEnrichment {
    pub key: String,
    /// `${client.attributes.floor}`
    pub value: String,
}

/// Where a dynamic enrichment comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrichmentSource {
    AuthenticationName,
    Attribute(String),
    UserProperty(String),
    TopicName,
    ResponseTopic,
    CorrelationData,
    PayloadFormatIndicator,
}

impl Client {
    /// An enabled client of this name, proven by the subject of its certificate.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: None,
            authentication_name: None,
            state: State::Enabled,
            client_certificate_authentication: CertificateAuthentication::default(),
            attributes: Attributes::new(),
        }
    }

    /// The name that it presents, in its own spelling. EG-OPEN-005.
    pub fn authentication_name(&self) -> &str {
        self.authentication_name.as_deref().unwrap_or(&self.name)
    }

    pub fn is_enabled(&self) -> bool {
        self.state == State::Enabled
    }
}

impl RoleDefinition {
    /// What it allows.
    pub const fn permission(self) -> Permission {
        match self {
            Self::Publisher => Permission::Publisher,
            Self::Subscriber => Permission::Subscriber,
        }
    }
}

impl TopicSpacesConfiguration {
    /// Seconds that a session can outlive its connection. EG-LIMIT-001.
    pub fn maximum_session_expiry_s(&self) -> u32 {
        self.maximum_session_expiry_in_hours.saturating_mul(3600)
    }

    pub fn is_enabled(&self) -> bool {
        self.state == State::Enabled
    }
}

impl Default for TopicSpacesConfiguration {
    fn default() -> Self {
        Self {
            state: State::Disabled,
            hostname: None,
            maximum_session_expiry_in_hours: 1,
            maximum_client_sessions_per_authentication_name: 1,
            client_authentication: ClientAuthentication::default(),
            route_topic_resource_id: None,
            routing_identity_info: None,
            routing_enrichments: RoutingEnrichments::default(),
        }
    }
}

impl DynamicEnrichment {
    /// What its value names; none when that is nothing known.
    pub fn source(&self) -> Option<EnrichmentSource> {
        let name = self.value.strip_prefix("${")?.strip_suffix('}')?;
        let rest = |prefix| name.strip_prefix(prefix).filter(|rest: &&str| !rest.is_empty());
        if let Some(key) = rest("client.attributes.") {
            return Some(EnrichmentSource::Attribute(key.to_owned()));
        }
        let quoted = rest("mqtt.message.userProperties['").and_then(|rest| rest.strip_suffix("']"));
        if let Some(key) = quoted.filter(|key| !key.is_empty()) {
            let key = key.replace("\\'", "'").replace("\\\\", "\\");
            return Some(EnrichmentSource::UserProperty(key));
        }
        if let Some(key) = rest("mqtt.message.userProperties.") {
            return Some(EnrichmentSource::UserProperty(key.to_owned()));
        }
        Some(match name {
            "client.authenticationName" => EnrichmentSource::AuthenticationName,
            "mqtt.message.topicName" => EnrichmentSource::TopicName,
            "mqtt.message.responseTopic" => EnrichmentSource::ResponseTopic,
            "mqtt.message.correlationData" => EnrichmentSource::CorrelationData,
            "mqtt.message.pfi" => EnrichmentSource::PayloadFormatIndicator,
            _ => return None,
        })
    }
}

const fn enabled() -> State {
    State::Enabled
}
