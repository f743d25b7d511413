//! SKY-TENANT: whom a client means, of many tenants or without the server name of one.

use crate::{cloud::Core, dialect::Dialect, input::Peer, rule::rules, ruling::Ruling};

rules! {
    ONLY_TENANT = "SKY-TENANT-002";
    OWN_DIALECT = "SKY-TENANT-003";
}

/// What the hosts of the vendors' clouds end with.
const VENDORS: [&str; 4] = [
    ".azure-devices.net",
    ".azure-devices-provisioning.net",
    ".eventgrid.azure.net",
    ".aliyuncs.com",
];

/// The host that a client means that dials this one, such as `localhost`, or none: the namespace or Alibaba
/// instance, if the mock has nothing else.
pub(crate) fn meant(core: &Core, sni: Option<&str>) -> Option<String> {
    let names_a_cloud = sni.is_some_and(|sni| VENDORS.iter().any(|vendor| sni.ends_with(vendor)));
    let only = core.registry.only_tenant().filter(|_| !names_a_cloud);
    only.or_else(|| sni.map(str::to_owned))
}

/// The dialect that deals with a CONNECT.
pub(crate) fn dialect(meant: Dialect, ruling: &mut Ruling<'_>) -> Dialect {
    let another = match meant {
        Dialect::Hub => Dialect::Dps,
        Dialect::Dps => Dialect::EventGrid,
        Dialect::EventGrid => Dialect::Alibaba,
        Dialect::Alibaba => Dialect::Hub,
    };
    ruling.value(OWN_DIALECT, meant, another)
}

/// A peer as if it had dialled the host that it means.
pub(crate) fn addressed(core: &Core, peer: &Peer, ruling: &mut Ruling<'_>) -> Peer {
    let dialled = peer.sni.clone();
    let sni = ruling.value(ONLY_TENANT, meant(core, dialled.as_deref()), dialled);
    Peer { sni, ..peer.clone() }
}
