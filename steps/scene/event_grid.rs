//! The Event Grid namespace of a scene.

use std::collections::BTreeMap;

use cloud::{profile::EventGridProfile, seed::Seed};
use serde_json::{Value, json};

use super::{Scene, merge::merge};
use crate::{
    device::Plan,
    world::{Failed, Said},
};

/// Where the namespace of a scene speaks MQTT.
pub(crate) const NAMESPACE: &str = "contoso.westeurope-1.ts.eventgrid.azure.net";

/// What a scenario says of its namespace.
#[derive(Default)]
pub(super) struct Declared {
    /// As a seed declares it.
    namespace: Option<Value>,
    /// The clients of sessions that are not called like their client.
    clients: BTreeMap<String, String>,
}

impl Scene {
    /// Declares the namespace, or more of it: an object of the seed's model. Resources are added, or replaced
    /// where one has the same name.
    pub(crate) fn declare(&mut self, more: Value) -> Said {
        self.declarations()?;
        let mut namespace = match self.event_grid.namespace.take() {
            Some(namespace) => namespace,
            None => self.default_namespace(),
        };
        merge(&mut namespace, more);
        let seed: Seed = serde_json::from_value(json!({"namespace": [namespace]}))
            .map_err(|error| Failed::new("a namespace as a seed declares it", error))?;
        let declared = seed
            .registry()
            .map_err(|error| Failed::new("a namespace as a seed declares it", error))?;
        self.declarations()?.namespaces.extend(declared.namespaces);
        self.event_grid.namespace = Some(namespace);
        Ok(())
    }

    /// Declares a client that proves itself by a certificate with its name.
    pub(crate) fn declare_client(&mut self, name: &str) -> Said {
        let scheme = json!({"validationScheme": "SubjectMatchesAuthenticationName"});
        let client = json!({"name": name, "clientCertificateAuthentication": scheme});
        self.declare(json!({"clients": [client]}))
    }

    /// An authority as the vendor's samples make it, in PEM, and a certificate of it.
    pub(crate) fn sample_certificate(&self, name: &str) -> Result<(String, certs::Leaf), Failed> {
        let now_s = i64::try_from(self.now().s()).unwrap_or(0);
        const DAY_S: i64 = 86_400;
        let (not_before_s, not_after_s) = (now_s - DAY_S, now_s + 365 * DAY_S);
        let validity = certs::Validity { not_before_s, not_after_s };
        let made = || {
            let name_of_root = "MqttAppSamplesCA Root CA";
            let algorithm = certs::Algorithm::EcdsaP256;
            let root = certs::Authority::new(name_of_root, validity, algorithm)?;
            let leaf = root.device_leaf(name, validity)?;
            Ok::<_, certs::Error>((root.certificate_pem(), leaf))
        };
        made().map_err(|error| Failed::from(error.to_string()))
    }

    /// The switches of the namespace so far.
    pub(crate) fn namespace_profile(&self) -> EventGridProfile {
        let find =
            |registry: &cloud::Registry| Some(registry.namespace(NAMESPACE)?.profile.clone());
        self.look(find).unwrap_or_default()
    }

    /// A session that is not called like its client.
    pub(crate) fn declare_session(&mut self, name: &str, client: &str) {
        self.event_grid.clients.insert(name.to_owned(), client.to_owned());
    }

    /// Whether clients connect to the namespace, and not to a hub.
    pub(crate) fn is_in_event_grid(&self) -> bool {
        self.event_grid.namespace.is_some()
            && self.look(|registry| registry.hub(super::HUB).is_none())
    }

    /// The path under which the cloud of the scene serves WebSocket.
    pub(crate) fn websocket_path(&self) -> &'static str {
        if self.is_in_event_grid() { "/mqtt" } else { "/$iothub/websocket" }
    }

    /// What a client would say to connect to the namespace: whom it claims to be is its user name, and its
    /// session is called as the scenario calls it.
    pub(crate) fn namespace_plan(&self, name: &str, certificate: Option<&certs::Leaf>) -> Plan {
        let client = self.event_grid.clients.get(name).map_or(name, String::as_str);
        let claimed = self.look(|registry| {
            let client = registry.namespace(NAMESPACE)?.client(client)?;
            Some(client.authentication_name().to_owned())
        });
        // A plain broker has no TLS to show a certificate in.
        let is_plain = self.outside.as_ref().is_some_and(|outside| outside.is_plain());
        let mut plan = self.plan(NAMESPACE, name, certificate.filter(|_| !is_plain));
        plan.is_found_by_name = true;
        plan.username = Some(claimed.unwrap_or_else(|| client.to_owned()));
        plan
    }

    /// MQTT is enabled, the scene's root issues the clients' certificates, and every client may do everything.
    fn default_namespace(&self) -> Value {
        let root = self.root(certs::Algorithm::EcdsaP256).certificate_pem();
        let binding = |name: &str, permission: &str| {
            json!({
                "name": name,
                "clientGroupName": "$all",
                "topicSpaceName": "everything",
                "permission": permission,
            })
        };
        json!({
            "name": "contoso",
            "location": "westeurope",
            "topicSpacesConfiguration": {"state": "Enabled"},
            "caCertificates": [{"name": "root", "encodedCertificate": root}],
            "topicSpaces": [{"name": "everything", "topicTemplates": ["#"]}],
            "permissionBindings": [
                binding("all-publish", "Publisher"),
                binding("all-subscribe", "Subscriber"),
            ],
        })
    }
}
