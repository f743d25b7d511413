//! SKY-TENANT: clients that cannot be made to send the server name of a namespace.

use crate::{cloud::Core, input::Peer, rule::rules, ruling::Ruling};

rules! {
    ONLY_NAMESPACE = "SKY-TENANT-002";
}

/// What the hosts of the vendor's clouds end with.
const VENDORS: [&str; 3] =
    [".azure-devices.net", ".azure-devices-provisioning.net", ".eventgrid.azure.net"];

/// The host that a client means that dials this one, such as `localhost`, or none: the namespace, if the
/// mock has nothing else.
pub(crate) fn meant<'a>(core: &'a Core, sni: Option<&'a str>) -> Option<&'a str> {
    let names_a_cloud = sni.is_some_and(|sni| VENDORS.iter().any(|vendor| sni.ends_with(vendor)));
    core.registry.only_namespace().filter(|_| !names_a_cloud).or(sni)
}

/// A peer as if it had dialled the host that it means.
pub(crate) fn addressed(core: &Core, peer: &Peer, ruling: &mut Ruling<'_>) -> Peer {
    let dialled = peer.sni.as_deref();
    let host = ruling.value(ONLY_NAMESPACE, meant(core, dialled), dialled);
    Peer { sni: host.map(str::to_owned), ..peer.clone() }
}
