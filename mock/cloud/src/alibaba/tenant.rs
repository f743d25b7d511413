//! Which clients are Alibaba's, by the host that they dial or by their user name.

use wire::Connect;

use super::{
    Instance,
    end::{BAD_USER_NAME_OR_PASSWORD, Ending},
    instance::{INSTANCE_HOST, PRODUCT_HOST},
    open, sec,
};
use crate::{
    cloud::Core,
    input::{ANY_PATH, ConnId, Door, Peer},
    ruling::Ruling,
};

/// What the vendor's host names end with.
const VENDOR: &str = ".aliyuncs.com";

/// Whether a host name is one of this dialect's.
pub(crate) fn is_host(host: &str) -> bool {
    host.ends_with(VENDOR)
}

/// Whether a CONNECT that came without such a host name is meant for an instance: its user name ends with
/// the key of a product.
pub(crate) fn is_meant(core: &Core, connect: &Connect) -> bool {
    instance_of(core, connect).is_some()
}

/// The id of the instance that has the product of a user name.
fn instance_of<'a>(core: &'a Core, connect: &Connect) -> Option<&'a str> {
    let (_, product_key) = connect.username.as_deref()?.rsplit_once('&')?;
    Some(&core.registry.instance_of_product(product_key)?.id)
}

/// Whether MQTT without TLS is answered: by the instance that a CONNECT is meant for, or, as long as there
/// is none, by any.
pub(crate) fn answers_plaintext(
    core: &Core,
    connect: Option<&Connect>,
    ruling: &mut Ruling<'_>,
) -> bool {
    let meant = connect.and_then(|connect| instance_of(core, connect));
    let mut asked =
        core.registry.instances.values().filter(|it| meant.is_none_or(|id| it.id == id));
    let by_profile = asked.any(|instance| instance.profile.plain_tcp);
    !core.registry.instances.is_empty() && sec::answers_plaintext(by_profile, ruling)
}

/// The paths of WebSockets: of the host that was dialled, or, where none was named, of any. The vendor
/// documents none (ALI-OPEN-023).
pub(crate) fn websocket_paths(core: &Core, host: Option<&str>) -> &'static [&'static str] {
    let dialled = host.and_then(|host| core.registry.instance(host));
    let is_served = match dialled {
        Some(instance) => instance.profile.websocket,
        None => core.registry.instances.values().any(|instance| instance.profile.websocket),
    };
    if is_served { &["/mqtt", ANY_PATH] } else { &[] }
}

/// A CONNECT came without TLS, to an instance that asks for it.
pub(crate) fn refuse_plaintext(conn: ConnId, ruling: &mut Ruling<'_>) {
    sec::refused(Door::Plaintext, ruling);
    ruling.close(conn, sec::NO_PLAIN_TCP);
}

/// A host name tells the instance, or the product and its region: they must be those of the device.
pub(super) fn judge_host(
    peer: &Peer,
    instance: Option<&Instance>,
    product_key: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let (Some(host), Some(instance)) = (peer.sni.as_deref(), instance) else { return Ok(()) };
    let must_be = |what: &str, actual: &str, expected: &str, rule, ruling: &mut Ruling<'_>| {
        let checked = match actual.eq_ignore_ascii_case(expected) {
            true => Ok(()),
            false => Err(format!("`{host}` names the {what} `{actual}`, not `{expected}`")),
        };
        Ending::judge(checked, rule, BAD_USER_NAME_OR_PASSWORD, ruling)
    };
    if let Some(id) = host.strip_suffix(INSTANCE_HOST) {
        return must_be("instance", id, &instance.id, open::INSTANCE_HOST, ruling);
    }
    let Some((key, rest)) = host.split_once(PRODUCT_HOST) else { return Ok(()) };
    must_be("product", key, product_key, open::PRODUCT_HOST, ruling)?;
    let region = rest.strip_suffix(VENDOR).unwrap_or(rest);
    must_be("region", region, &instance.region, open::REGION_IN_HOST, ruling)
}
