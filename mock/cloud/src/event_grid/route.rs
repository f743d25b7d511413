//! EG-ROUTE: messages on their way to the cloud services behind a namespace.

mod enrich;
mod envelope;

use broker::Message;

use super::{access::Identity, events, open};
use crate::{cloud::Core, rule::rules, ruling::Ruling};

rules! {
    HANDED_ON = "EG-ROUTE-001";
}

/// Routes a message that somebody published, if the namespace routes at all.
pub(super) fn hand_on(
    core: &mut Core,
    host: &str,
    message: &Message,
    publisher: &Identity,
    ruling: &mut Ruling<'_>,
) {
    let Some(namespace) = core.registry.namespaces.get(host) else { return };
    let is_configured = namespace.configuration.route_topic_resource_id.is_some();
    if !ruling.value(open::ONE_TOPIC_TAKES_THEM, is_configured, !is_configured) {
        return;
    }
    let (id, time) = (core.chance.guid(), core.now.round_trip());
    let mut event = envelope::of(message, &namespace.name, id, time, ruling);
    let more = enrich::more(&namespace.configuration.routing_enrichments, message, publisher);
    event.extensions.extend(ruling.value(open::ENRICHMENTS, more, Default::default()));
    events::deliver_event(core, host, event, HANDED_ON, ruling);
}
