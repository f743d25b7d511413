//! One Event Grid namespace: its resources, checked, and who is found among them.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use broker::{Broker, Delivery, Will};
use bytes::Bytes;
use wire::{Connect, Property, Version};

use super::{
    Session,
    access::{Before, Identity, Role},
    model::{
        CaCertificate, Client, ClientGroup, PermissionBinding, RoleAssignment, State, TopicSpace,
        TopicSpacesConfiguration,
    },
    query::Query,
    rates::Rates,
    session::habits::Habits,
    template::Template,
};
use crate::{input::ConnId, profile::EventGridProfile, rate::Bucket};

/// The end of every host name that speaks MQTT; it tells a namespace from other tenants.
pub const HOST_SUFFIX: &str = ".ts.eventgrid.azure.net";

/// The group of all clients. It is not declared, and cannot be.
pub const ALL_CLIENTS: &str = "$all";

/// One namespace. Resources are kept by name in lower case.
#[derive(Clone, Debug, PartialEq)]
pub struct Namespace {
    pub name: String,
    /// `westeurope`
    pub location: String,
    /// Where MQTT is spoken: `contoso.westeurope-1.ts.eventgrid.azure.net`
    pub host: String,
    /// Where the namespace is asked for all else: `contoso.westeurope-1.eventgrid.azure.net`
    pub http_host: String,
    pub profile: EventGridProfile,
    pub configuration: TopicSpacesConfiguration,
    /// Whose tokens are taken, as the configuration has them.
    pub issuers: Vec<Issuer>,
    pub ca_certificates: BTreeMap<String, Authority>,
    pub client_groups: BTreeMap<String, Group>,
    pub topic_spaces: BTreeMap<String, Space>,
    pub permission_bindings: BTreeMap<String, PermissionBinding>,
    pub role_assignments: BTreeMap<String, RoleAssignment>,
    clients: BTreeMap<String, Client>,
    /// From authentication names in lower case to the clients' names in lower case.
    names: BTreeMap<String, String>,
    /// Its sessions and what it has retained.
    pub(crate) broker: Broker,
    /// The connections of sessions that have one.
    pub(crate) live: BTreeMap<Arc<str>, Link>,
    /// Wills of sessions whose connection is gone.
    pub(crate) wills: BTreeMap<Arc<str>, WaitingWill>,
    /// What passes in how long.
    pub(super) rates: Rates,
    /// What access is judged by until a change counts.
    pub(super) before: Option<Before>,
    /// How many connections each session has had.
    pub(crate) sequence_numbers: BTreeMap<Arc<str>, u64>,
    /// By authentication names in lower case.
    pub(crate) habits: BTreeMap<String, Habits>,
    /// CONNECTs, where throughput units are bought.
    pub(crate) connects: Bucket,
    /// CONNECTs of each session.
    pub(crate) session_connects: BTreeMap<Arc<str>, Bucket>,
}

/// A will whose delay is not over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WaitingWill {
    pub(crate) will: Will,
    pub(crate) due_ms: u64,
    /// Whose it is.
    pub(crate) client: Identity,
}

/// What a connection is to those who send to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) conn: ConnId,
    pub(crate) version: Version,
    /// QoS 1 messages that it lets be under way.
    pub(crate) receive_maximum: u16,
    /// The longest packet that it takes.
    pub(crate) maximum_packet_size: Option<usize>,
    /// Whose it is.
    pub(crate) client: Identity,
    /// QoS 0 messages that the rate of what goes out holds back.
    pub(crate) held_back: VecDeque<Delivery>,
    /// When it is looked at again for what is held back.
    pub(crate) wakes_at_ms: Option<u64>,
    /// Requests that were delivered to it: Response Topic and Correlation Data.
    pub(crate) requests: VecDeque<(String, Option<Bytes>)>,
}

impl Link {
    /// As CONNECT describes it.
    pub(crate) fn of(session: &Session, connect: &Connect) -> Self {
        let mut link = Self {
            conn: session.conn,
            version: session.version,
            receive_maximum: u16::MAX,
            maximum_packet_size: None,
            client: session.client.clone(),
            held_back: VecDeque::new(),
            wakes_at_ms: None,
            requests: VecDeque::new(),
        };
        for property in &connect.properties {
            match property {
                Property::ReceiveMaximum(most) => link.receive_maximum = *most,
                Property::MaximumPacketSize(bytes) => {
                    link.maximum_packet_size = usize::try_from(*bytes).ok();
                }
                _ => {}
            }
        }
        link
    }
}

/// An authority that issues certificates of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    pub resource: CaCertificate,
    pub der: Vec<u8>,
}

/// A client group that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub resource: ClientGroup,
    pub query: Query,
}

/// A topic space that topics can be held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Space {
    pub resource: TopicSpace,
    pub templates: Vec<Template>,
}

/// A certificate whose key signs tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    pub kid: String,
    pub der: Vec<u8>,
}

impl Namespace {
    /// An empty namespace. MQTT is disabled, as it is in a new one (EG-OPEN-023).
    pub fn new(name: &str, location: &str) -> Self {
        Self {
            name: name.to_owned(),
            location: location.to_owned(),
            host: format!("{name}.{location}-1{HOST_SUFFIX}"),
            http_host: format!("{name}.{location}-1.eventgrid.azure.net"),
            profile: EventGridProfile::default(),
            configuration: TopicSpacesConfiguration::default(),
            issuers: Vec::new(),
            ca_certificates: BTreeMap::new(),
            client_groups: BTreeMap::new(),
            topic_spaces: BTreeMap::new(),
            permission_bindings: BTreeMap::new(),
            role_assignments: BTreeMap::new(),
            clients: BTreeMap::new(),
            names: BTreeMap::new(),
            broker: Broker::default(),
            live: BTreeMap::new(),
            wills: BTreeMap::new(),
            rates: Rates::default(),
            before: None,
            sequence_numbers: BTreeMap::new(),
            habits: BTreeMap::new(),
            connects: Bucket::default(),
            session_connects: BTreeMap::new(),
        }
    }

    /// The clients, in the order of their names.
    pub fn clients(&self) -> impl ExactSizeIterator<Item = &Client> {
        self.clients.values()
    }

    /// The client of this resource name, letter case aside.
    pub fn client(&self, name: &str) -> Option<&Client> {
        self.clients.get(&name.to_lowercase())
    }

    /// The client that presents this name, letter case aside. EG-OPEN-005.
    pub fn client_named(&self, authentication_name: &str) -> Option<&Client> {
        self.clients.get(self.names.get(&authentication_name.to_lowercase())?)
    }

    /// Adds a client, or replaces the one of the same name.
    pub fn put_client(&mut self, client: Client) {
        self.remove_client(&client.name);
        let name = client.name.to_lowercase();
        self.names.insert(client.authentication_name().to_lowercase(), name.clone());
        self.clients.insert(name, client);
    }

    /// Removes the client of this resource name, letter case aside.
    pub fn remove_client(&mut self, name: &str) -> Option<Client> {
        let client = self.clients.remove(&name.to_lowercase())?;
        self.names.remove(&client.authentication_name().to_lowercase());
        Some(client)
    }

    /// A principal of Microsoft Entra with its roles, by its object id; none, when it has no role.
    pub fn principal(&self, object_id: &str) -> Option<Identity> {
        let is_it = |it: &&RoleAssignment| it.principal_id.eq_ignore_ascii_case(object_id);
        let role = |it: &RoleAssignment| Role {
            permission: it.role_definition_name.permission(),
            topic_space: it.topic_space_name.clone(),
        };
        let roles: Vec<Role> = self.role_assignments.values().filter(is_it).map(role).collect();
        if roles.is_empty() {
            return None;
        }
        Some(Identity { roles: Some(roles), ..Identity::named(object_id) })
    }

    /// Whether MQTT is spoken here.
    pub fn is_enabled(&self) -> bool {
        self.configuration.state == State::Enabled
    }

    /// The longest that a session may outlive its connection.
    pub fn session_expiry_max_s(&self) -> u32 {
        self.configuration.maximum_session_expiry_in_hours.saturating_mul(3600)
    }

    /// Forgets all connections, as one does that was taken from a living cloud.
    pub(crate) fn disconnect_all(&mut self) {
        self.broker = Broker::default();
        self.live.clear();
        self.wills.clear();
        self.rates = Rates::default();
        self.sequence_numbers.clear();
        self.habits.clear();
    }

    /// Whether this connection has this session.
    pub(crate) fn has(&self, session: &str, conn: ConnId) -> bool {
        self.live.get(session).is_some_and(|link| link.conn == conn)
    }

    /// The certificates of all authorities, in DER.
    pub fn authorities(&self) -> Vec<Vec<u8>> {
        self.ca_certificates.values().map(|it| it.der.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_found_by_both_names_whatever_their_case() {
        let mut namespace = Namespace::new("contoso", "westeurope");
        let mut client = Client::new("Line-1");
        client.authentication_name = Some("Straße".to_owned());
        namespace.put_client(client.clone());
        for (by_name, by_authentication_name, is_found) in
            [("line-1", "STRAßE", true), ("LINE-1", "straße", true), ("line-2", "line-1", false)]
        {
            let expected = is_found.then_some(&client);
            assert_eq!(namespace.client(by_name), expected);
            assert_eq!(namespace.client_named(by_authentication_name), expected);
        }

        client.authentication_name = None;
        namespace.put_client(client.clone());
        assert_eq!(namespace.client_named("straße"), None, "its old name is gone");
        assert_eq!(namespace.client_named("LINE-1"), Some(&client));
        assert_eq!(namespace.remove_client("LINE-1"), Some(client));
        assert_eq!((namespace.clients().len(), namespace.client_named("line-1")), (0, None));
    }

    #[test]
    fn hosts_are_made_of_name_and_location() {
        let namespace = Namespace::new("contoso", "westeurope");
        assert_eq!(namespace.host, "contoso.westeurope-1.ts.eventgrid.azure.net");
        assert_eq!(namespace.http_host, "contoso.westeurope-1.eventgrid.azure.net");
    }
}
