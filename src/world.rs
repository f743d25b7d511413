//! The tenants of a mock: those of a seed file, or the world that is there without one.

use cloud::{
    IdentityId, Registry,
    identity::Credentials,
    registry::{Attestation, Enrollment, Group, Hub, Provisioning, default_key},
    seed::{Seed, SeedError},
};
use serde_json::json;

use crate::{args::Start, authority::Home, seed, trouble::Trouble};

/// What is there without a seed.
const HUB: &str = "skyproof.azure-devices.net";
const ID_SCOPE: &str = "0ne00000001";
const KEY_DEVICE: &str = "device-1";
const ENROLLED_DEVICE: &str = "device-2";
pub(crate) const X509_DEVICE: &str = "device-x509";
const KEY_GROUP: &str = "group-1";
const X509_GROUP: &str = "group-x509";
const PRODUCT_KEY: &str = "a1skyproof1";

/// How many sessions the client of the namespace may have that is there without a seed.
const SESSIONS: u32 = 100;

/// The tenants that the options ask for.
pub(crate) fn registry(options: &Start, home: &Home) -> Result<Registry, Trouble> {
    let mut registry = match (&options.seed, &options.namespace, &options.instance) {
        (Some(path), ..) => seed::read(path)?,
        (_, Some(name), _) => namespace(name, home)?,
        (.., Some(id)) => instance(id)?,
        (None, None, None) => default(options.hub.as_deref().unwrap_or(HUB), home)?,
    };
    registry.auto_create |= options.auto_create;
    Ok(registry)
}

/// A hub with a device of each kind, and a DPS instance with an enrollment of each kind.
fn default(host: &str, home: &Home) -> Result<Registry, Trouble> {
    if !is_host(host) {
        return Err(Trouble::usage(format!("`{host}` is no full host name"))
            .hint("such as `--hub contoso.azure-devices.net`"));
    }
    let mut hub = Hub::new(host);
    hub.authorities = home.roots_der();
    hub.put_default_identity(IdentityId::device(KEY_DEVICE));
    hub.put_identity(IdentityId::device(X509_DEVICE), Credentials::Authority);

    let mut dps = Provisioning::new(ID_SCOPE, &[host]);
    dps.put_enrollment(Enrollment::new(ENROLLED_DEVICE, keys(ENROLLED_DEVICE)));
    dps.put_group(Group::new(KEY_GROUP, keys(KEY_GROUP)));
    let root = home.root(certs::Algorithm::EcdsaP256).der().to_vec();
    dps.put_group(Group::new(X509_GROUP, Attestation::Certificate(root)));

    let mut registry = Registry::default();
    registry.put_hub(hub);
    registry.put_provisioning(dps);
    Ok(registry)
}

/// A namespace with one client, which has the certificate of the device that is there without a seed.
fn namespace(name: &str, home: &Home) -> Result<Registry, Trouble> {
    let root = home.root(certs::Algorithm::EcdsaP256).certificate_pem();
    let binding = |name: &str, permission: &str| {
        json!({
            "name": name,
            "clientGroupName": "$all",
            "topicSpaceName": "all",
            "permission": permission,
        })
    };
    let declared = json!({
        "name": name,
        "topicSpacesConfiguration": {
            "state": "Enabled",
            "maximumClientSessionsPerAuthenticationName": SESSIONS,
        },
        "caCertificates": [{"name": "skyproof", "encodedCertificate": root}],
        "clients": [{"name": X509_DEVICE}],
        "topicSpaces": [{"name": "all", "topicTemplates": ["#"]}],
        "permissionBindings": [binding("publish", "Publisher"), binding("subscribe", "Subscriber")],
    });
    let unusable = |what: String| {
        Trouble::usage(format!("no namespace can be called `{name}`: {what}"))
            .hint("letters, digits and hyphens, such as `--namespace contoso`")
    };
    let seed: Seed = serde_json::from_value(json!({ "namespace": [declared] }))
        .map_err(|error| unusable(error.to_string()))?;
    seed.registry().map_err(|SeedError { expected, .. }| unusable(format!("expected {expected}")))
}

/// An instance with a product whose devices may do everything, of which there are two.
fn instance(id: &str) -> Result<Registry, Trouble> {
    let declared = json!({
        "IotInstanceId": id,
        "product": [{
            "ProductKey": PRODUCT_KEY,
            "DynamicRegister": true,
            "topic": [{"TopicShortName": "data", "Operation": "ALL"}],
            "device": [{"DeviceName": KEY_DEVICE}, {"DeviceName": ENROLLED_DEVICE}],
        }],
    });
    let unusable = |what: String| {
        Trouble::usage(format!("no instance can be called `{id}`: {what}"))
            .hint("letters, digits and hyphens, such as `--instance iot-060a0bgd`")
    };
    let seed: Seed = serde_json::from_value(json!({ "instance": [declared] }))
        .map_err(|error| unusable(error.to_string()))?;
    seed.registry().map_err(|SeedError { expected, .. }| unusable(format!("expected {expected}")))
}

fn keys(name: &str) -> Attestation {
    Attestation::Keys {
        primary: default_key(ID_SCOPE, name, "primary"),
        secondary: default_key(ID_SCOPE, name, "secondary"),
    }
}

fn is_host(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}
