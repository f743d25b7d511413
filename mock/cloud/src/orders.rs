//! Orders of the operator and the service side, handed to the dialect that they concern.

use crate::{
    cloud::Core,
    hub::{c2d, method, twin},
    order::{Order, OrderId},
    ruling::Ruling,
};

/// Hands an order on; each is answered, now or later.
pub(crate) fn handle(core: &mut Core, id: OrderId, order: &Order, ruling: &mut Ruling<'_>) {
    match order {
        Order::SendC2d { hub, device, message } => {
            c2d::send(core, id, hub, device, message, ruling)
        }
        Order::InvokeMethod { hub, identity, call } => {
            method::invoke(core, id, hub, identity, call, ruling);
        }
        Order::GetTwin { hub, identity } => twin::read(core, id, hub, identity, ruling),
        Order::PatchTwin { hub, identity, patch } => {
            twin::patch(core, id, hub, identity, patch, ruling);
        }
        Order::ReplaceTwin { hub, identity, twin } => {
            twin::replace(core, id, hub, identity, twin, ruling);
        }
        Order::TakeFeedback { hub } => c2d::take_feedback(core, id, hub, ruling),
        Order::PurgeQueue { hub, device } => c2d::purge(core, id, hub, device, ruling),
        _ => {}
    }
}
