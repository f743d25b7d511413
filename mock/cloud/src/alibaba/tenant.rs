//! Which clients are Alibaba's, by the host that they dial or by their user name.

use wire::Connect;

use super::sec;
use crate::{cloud::Core, ruling::Ruling};

/// Whether a host name is one of this dialect's.
pub(crate) fn is_host(host: &str) -> bool {
    host.ends_with(".aliyuncs.com")
}

/// Whether a CONNECT that came without such a host name is meant for an instance: its user name ends with
/// the key of a product.
pub(crate) fn is_meant(core: &Core, connect: &Connect) -> bool {
    let product_key = connect.username.as_deref().and_then(|it| it.rsplit_once('&'));
    product_key.is_some_and(|(_, key)| core.registry.instance_of_product(key).is_some())
}

/// Whether MQTT without TLS is answered somewhere.
pub(crate) fn takes_plaintext(core: &Core) -> bool {
    core.registry.instances.values().any(|instance| instance.profile.plain_tcp)
}

/// Whether an instance answers MQTT without TLS.
pub(crate) fn answers_plaintext(core: &Core, ruling: &mut Ruling<'_>) -> bool {
    sec::answers_plaintext(takes_plaintext(core), ruling)
}
