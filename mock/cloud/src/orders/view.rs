//! What the operator is shown, in the field names of the service.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::{
    alibaba::Instance,
    event_grid::Namespace,
    identity::{Credentials, Identity},
    registry::{Attestation, Hub, Provisioning, Registry},
};

/// One device or module.
pub(super) fn identity(identity: &Identity) -> Value {
    let mut view = Map::new();
    let mut put = |name: &str, value: Value| view.insert(name.to_owned(), value);
    put("deviceId", json!(identity.id.device));
    if let Some(module) = &identity.id.module {
        put("moduleId", json!(module));
    }
    put("generationId", json!(identity.generation_id));
    put("status", json!(if identity.enabled { "enabled" } else { "disabled" }));
    let state = if identity.conn.is_some() { "Connected" } else { "Disconnected" };
    put("connectionState", json!(state));
    if identity.id.module.is_none() {
        put("cloudToDeviceMessageCount", json!(identity.queue.messages.len()));
    }
    put("authentication", authentication(&identity.credentials));
    Value::Object(view)
}

/// Every tenant, in short.
pub(super) fn tenants(registry: &Registry) -> Value {
    let default = registry.default_hub().map(|hub| hub.host.as_str());
    let hubs: Vec<Value> =
        registry.hubs.values().map(|it| hub(it, default == Some(it.host.as_str()))).collect();
    let provisioning: Vec<Value> = registry.provisioning.values().map(instance).collect();
    let namespaces: Vec<Value> = registry.namespaces.values().map(namespace).collect();
    let instances: Vec<Value> = registry.instances.values().map(platform).collect();
    json!({
        "hubs": hubs,
        "provisioning": provisioning,
        "namespaces": namespaces,
        "instances": instances,
        "autoCreate": registry.auto_create,
    })
}

fn namespace(namespace: &Namespace) -> Value {
    json!({
        "name": namespace.name,
        "host": namespace.host,
        "httpHost": namespace.http_host,
        "state": namespace.configuration.state,
        "clients": namespace.clients().len(),
        "clientGroups": namespace.client_groups.len(),
        "topicSpaces": namespace.topic_spaces.len(),
        "permissionBindings": namespace.permission_bindings.len(),
        "caCertificates": namespace.ca_certificates.len(),
    })
}

/// An instance of Alibaba Cloud IoT Platform, in the names of its API.
fn platform(instance: &Instance) -> Value {
    let products = instance.products.values().map(|product| {
        let online = product.devices.keys().filter(|name| instance.is_online(&product.key, name));
        json!({
            "ProductKey": product.key,
            "DeviceCount": product.devices.len(),
            "OnlineCount": online.count(),
        })
    });
    json!({
        "IotInstanceId": instance.id,
        "Edition": instance.edition,
        "RegionId": instance.region,
        "host": instance.host(),
        "products": products.collect::<Vec<_>>(),
    })
}

fn hub(hub: &Hub, is_default: bool) -> Value {
    let tier = if hub.profile.is_basic() { "basic" } else { "standard" };
    let policies: Vec<&str> = hub.policies.iter().map(|policy| policy.name.as_str()).collect();
    json!({
        "host": hub.host,
        "default": is_default,
        "tier": tier,
        "policies": policies,
        "authorities": hub.authorities.len(),
        "identities": hub.identities.len(),
        "connected": hub.identities.values().filter(|it| it.conn.is_some()).count(),
    })
}

fn instance(instance: &Provisioning) -> Value {
    let enrollments: Vec<Value> = instance
        .enrollments
        .values()
        .map(|it| {
            let kind = kind(&it.attestation);
            json!({"registrationId": it.registration_id, "enabled": it.enabled, "attestation": kind})
        })
        .collect();
    let groups: Vec<Value> = instance
        .groups
        .values()
        .map(|it| {
            let kind = kind(&it.attestation);
            json!({"enrollmentGroupId": it.name, "enabled": it.enabled, "attestation": kind})
        })
        .collect();
    json!({
        "idScope": instance.id_scope,
        "linkedHubs": instance.linked_hubs,
        "enrollments": enrollments,
        "enrollmentGroups": groups,
        "registrations": instance.registrations.len(),
    })
}

const fn kind(attestation: &Attestation) -> &'static str {
    match attestation {
        Attestation::Keys { .. } => "symmetricKey",
        Attestation::Certificate(_) => "x509",
        Attestation::Tpm => "tpm",
    }
}

fn authentication(credentials: &Credentials) -> Value {
    match credentials {
        Credentials::Keys { primary, secondary } => json!({
            "type": "sas",
            "symmetricKey": {
                "primaryKey": STANDARD.encode(primary),
                "secondaryKey": STANDARD.encode(secondary),
            },
        }),
        Credentials::Thumbprints { primary, secondary } => json!({
            "type": "selfSigned",
            "x509Thumbprint": {"primaryThumbprint": primary, "secondaryThumbprint": secondary},
        }),
        Credentials::Authority => json!({"type": "certificateAuthority"}),
    }
}
