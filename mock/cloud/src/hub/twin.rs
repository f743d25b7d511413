//! HUB-TWIN: device twins over MQTT.

use serde_json::Value;
use wire::Publish;

use super::Session;
use crate::{
    cloud::Core,
    identity::IdentityId,
    order::OrderId,
    rule::rules,
    ruling::{Broken, Ruling},
};

rules! {
    SUBSCRIBED_BEFORE_ASKING = "HUB-TWIN-001";
}

/// Notes that the device subscribed to answers or notices.
pub(super) fn note_subscription(_session: &Session, _ruling: &mut Ruling<'_>) {}

/// `$iothub/twin/GET/?…`
pub(super) fn get(
    _core: &mut Core,
    _session: &mut Session,
    _publish: &Publish,
    _query: &str,
    _ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    Ok(())
}

/// `$iothub/twin/PATCH/properties/reported/?…`
pub(super) fn patch_reported(
    _core: &mut Core,
    _session: &mut Session,
    _publish: &Publish,
    _query: &str,
    _ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    Ok(())
}

/// An order of the service side: reads a twin.
pub(crate) fn read(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _id: &IdentityId,
    _ruling: &mut Ruling<'_>,
) {
}

/// An order of the service side: merges into desired properties and tags.
pub(crate) fn patch(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _id: &IdentityId,
    _patch: &Value,
    _ruling: &mut Ruling<'_>,
) {
}

/// An order of the service side: replaces desired properties and tags.
pub(crate) fn replace(
    _core: &mut Core,
    _order: OrderId,
    _hub: &str,
    _id: &IdentityId,
    _twin: &Value,
    _ruling: &mut Ruling<'_>,
) {
}
