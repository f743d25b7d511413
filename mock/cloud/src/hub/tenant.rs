//! SKY-TENANT: which of many hubs a connection belongs to.

use wire::Connect;

use super::username::Username;
use crate::{cloud::Core, input::Peer, registry::Hub, rule::rules, ruling::Ruling, sas};

rules! {
    NAMED_HUB = "SKY-TENANT-001";
}

/// The hub whose switches count before CONNECT names one: by SNI, or the default hub.
pub(super) fn dialled<'a>(core: &'a Core, sni: Option<&str>) -> Option<&'a Hub> {
    let by_name = sni.and_then(|host| core.registry.hub(host));
    by_name.or_else(|| core.registry.default_hub())
}

/// The hub of a connection: by the token's resource, the user name's host, SNI, or the default hub.
pub(super) fn hub_of(
    core: &mut Core,
    peer: &Peer,
    connect: &Connect,
    username: &Username,
    ruling: &mut Ruling<'_>,
) -> Option<String> {
    let token_host = connect
        .password
        .as_deref()
        .and_then(|password| std::str::from_utf8(password).ok())
        .and_then(|password| sas::Token::parse(password).ok())
        .map(|token| token.resource())
        .and_then(|resource| resource.split('/').next().map(str::to_owned));
    let named = [token_host.as_deref(), Some(username.host.as_str()), peer.sni.as_deref()];
    let named = ruling.value(NAMED_HUB, &named[..], &[]);
    if let Some(hub) = named.iter().copied().flatten().find_map(|host| core.registry.hub(host)) {
        return Some(hub.host.clone());
    }
    if core.registry.auto_create && username.host.contains('.') {
        core.registry.put_hub(Hub::new(&username.host));
        return Some(username.host.clone());
    }
    let asked = core.registry.default_hub().map(|hub| hub.host.clone());
    let instead = asked.as_ref().map(|asked| format!("; `{asked}` was asked instead"));
    let (host, known) = (&username.host, core.registry.hub_names());
    let instead = instead.unwrap_or_default();
    ruling.explain(format!("there is no hub `{host}`; this cloud has {known}{instead}"));
    asked
}
