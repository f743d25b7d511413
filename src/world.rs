//! The tenants of a mock: those of a seed file, or the world that is there without one.

use cloud::{
    IdentityId, Registry,
    identity::Credentials,
    registry::{Attestation, Enrollment, Group, Hub, Provisioning, default_key},
};

use crate::{args::Start, authority::Home, seed, trouble::Trouble};

/// What is there without a seed.
const HUB: &str = "skyproof.azure-devices.net";
const ID_SCOPE: &str = "0ne00000001";
const KEY_DEVICE: &str = "device-1";
const ENROLLED_DEVICE: &str = "device-2";
pub(crate) const X509_DEVICE: &str = "device-x509";
const KEY_GROUP: &str = "group-1";
const X509_GROUP: &str = "group-x509";

/// The tenants that the options ask for.
pub(crate) fn registry(options: &Start, home: &Home) -> Result<Registry, Trouble> {
    let mut registry = match &options.seed {
        Some(path) => seed::read(path)?,
        None => default(options.hub.as_deref().unwrap_or(HUB), home)?,
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
