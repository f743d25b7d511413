//! Orders of the operator and the service side, handed to the dialect that they concern.

use serde_json::{Value, json};

use crate::{
    alibaba,
    cloud::Core,
    effect::Action,
    error_code::{ARGUMENT_INVALID, DEVICE_NOT_ONLINE},
    event_grid::{self, access, service},
    fault::Fault,
    faults::Faults,
    hub::{self, c2d, method, open, twin},
    identity::IdentityId,
    input::ConnId,
    order::{Order, OrderId, ServiceError},
    queue,
    registry::Registry,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    seed::IdentitySeed,
    timer::{Timer, Timers},
};

mod view;

rules! {
    ORDERS_ARE_ANSWERED = "SKY-OPERATOR-001";
    REFUSED_ORDERS_CHANGE_NOTHING = "SKY-OPERATOR-002";
    CUT_AS_BY_THE_NETWORK = "SKY-OPERATOR-003";
    RESET_LEAVES_NOTHING = "SKY-OPERATOR-004";
    PUBLISHED_BY_THE_OPERATOR = "SKY-OPERATOR-005";
}

/// What came of an order, or why it is refused and by which rule.
type Outcome = Result<Value, (ServiceError, Rule)>;

/// Hands an order on; each is answered, now or later.
pub(crate) fn handle(core: &mut Core, id: OrderId, order: &Order, ruling: &mut Ruling<'_>) {
    let outcome = match order {
        Order::SendC2d { hub, device, message } => {
            return c2d::send(core, id, hub, device, message, ruling);
        }
        Order::InvokeMethod { hub, identity, call } => {
            return method::invoke(core, id, hub, identity, call, ruling);
        }
        Order::GetTwin { hub, identity } => return twin::read(core, id, hub, identity, ruling),
        Order::PatchTwin { hub, identity, patch } => {
            return twin::patch(core, id, hub, identity, patch, ruling);
        }
        Order::ReplaceTwin { hub, identity, twin } => {
            return twin::replace(core, id, hub, identity, twin, ruling);
        }
        Order::TakeFeedback { hub } => return c2d::take_feedback(core, id, hub, ruling),
        Order::PurgeQueue { hub, device } => return c2d::purge(core, id, hub, device, ruling),
        Order::PutIdentity { hub, identity } => put(core, hub, identity, ruling),
        Order::SetEnabled { hub, identity, enabled } => {
            set_enabled(core, hub, identity, *enabled, ruling)
        }
        Order::DeleteIdentity { hub, identity } => delete(core, hub, identity, ruling),
        Order::ListIdentities { hub } => list(core, hub),
        Order::Resource { tenant, verb, path, body } => {
            if let Some(instance) = core.registry.instance(tenant).map(|it| it.id.clone()) {
                return alibaba::ordered(core, id, (&instance, *verb, path), body, ruling);
            }
            let (outcome, because) = if service::is_publish(*verb, path) {
                (service::publish(core, tenant, body, PUBLISHED_BY_THE_OPERATOR, ruling), None)
            } else {
                access::changes(core, tenant, *verb, path, ruling);
                event_grid::ordered(core, tenant, *verb, path, body, ruling)
            };
            let because = because.unwrap_or(match &outcome {
                Ok(_) => ORDERS_ARE_ANSWERED,
                Err(error) => error.because.unwrap_or(REFUSED_ORDERS_CHANGE_NOTHING),
            });
            return ruling.answer(id, outcome, because);
        }
        Order::ListTenants => Ok(view::tenants(&core.registry)),
        Order::CutConnection { hub, identity } => cut(core, hub, identity, ruling),
        Order::ShowCertificate(shown) => {
            core.shown = Some(*shown);
            Ok(json!({ "shown": shown }))
        }
        Order::AddFault(fault) => add_fault(core, fault),
        Order::ListFaults => Ok(core.faults.view(core.now)),
        Order::ClearFaults => Ok(json!({"removed": core.clear_faults(ruling)})),
        Order::Reset(registry) => Ok(reset(core, registry, ruling)),
    };
    match outcome {
        Ok(answer) => ruling.answer(id, Ok(answer), ORDERS_ARE_ANSWERED),
        Err((mut error, because)) => {
            error.error_code = ruling.value(open::ERROR_NUMBERS, error.error_code, 0);
            ruling.answer(id, Err(error), because);
        }
    }
}

/// Makes an identity, or gives one that exists other credentials: that one keeps its twin, its queue,
/// its generation and its connection.
fn put(core: &mut Core, host: &str, seed: &IdentitySeed, ruling: &mut Ruling<'_>) -> Outcome {
    let Some(hub) = core.registry.hub_mut(host) else { return no_hub(core, host) };
    let id = match seed.id.parse::<IdentityId>() {
        Ok(id) => id,
        Err(bad) => {
            let refusal = ruling.uphold(open::REGISTRY_ALPHABET, false);
            refusal.map_err(|Broken(because)| (invalid(bad.to_string()), because))?;
            IdentityId::device(&seed.id)
        }
    };
    let declared = seed.ordered(id, hub).map_err(|error| refused(invalid(error.to_string())))?;
    let (id, enabled) = (declared.id.clone(), declared.enabled);
    let device = IdentityId::device(&id.device);
    if id.module.is_some() && !hub.identities.contains_key(&device) {
        return Err(refused(ServiceError::no_identity(&device)));
    }
    match hub.identities.get_mut(&id) {
        None => declared.put(hub),
        Some(identity) => {
            if !declared.fits_twin(&identity.twin) {
                let why = format!("`{id}` exists and has a twin: change it by patching the twin");
                return Err(refused(invalid(why)));
            }
            identity.credentials = declared.credentials;
            identity.enabled = enabled;
            identity.made_on_sight = false;
        }
    }
    if !enabled {
        hub::disabled(core, host, &id, ruling);
    }
    shown(core, host, &id)
}

fn set_enabled(
    core: &mut Core,
    host: &str,
    id: &IdentityId,
    enabled: bool,
    ruling: &mut Ruling<'_>,
) -> Outcome {
    exists(core, host, id)?;
    if let Some(identity) = core.identity_mut(host, id) {
        identity.enabled = enabled;
    }
    if !enabled {
        hub::disabled(core, host, id, ruling);
    }
    shown(core, host, id)
}

/// Removes an identity, and with a device its modules.
fn delete(core: &mut Core, host: &str, id: &IdentityId, ruling: &mut Ruling<'_>) -> Outcome {
    exists(core, host, id)?;
    let Some(hub) = core.registry.hub(host) else { return no_hub(core, host) };
    let goes =
        |other: &IdentityId| other == id || (id.module.is_none() && other.device == id.device);
    let gone: Vec<IdentityId> = hub.identities.keys().filter(|id| goes(id)).cloned().collect();
    for id in &gone {
        hub::end_unwanted(core, host, id, ruling);
    }
    if let Some(hub) = core.registry.hub_mut(host) {
        hub.identities.retain(|id, _| !gone.contains(id));
    }
    let names: Vec<String> = gone.iter().map(ToString::to_string).collect();
    Ok(json!({"deleted": names}))
}

fn list(core: &Core, host: &str) -> Outcome {
    let Some(hub) = core.registry.hub(host) else { return no_hub(core, host) };
    Ok(hub.identities.values().map(view::identity).collect())
}

fn cut(core: &mut Core, host: &str, id: &IdentityId, ruling: &mut Ruling<'_>) -> Outcome {
    exists(core, host, id)?;
    let Some(conn) = core.identity_mut(host, id).and_then(|identity| identity.conn) else {
        let why = format!("`{id}` is not connected");
        return Err(refused(ServiceError::new(DEVICE_NOT_ONLINE, why)));
    };
    ruling.act(Action::Reset { conn }, CUT_AS_BY_THE_NETWORK);
    core.lose(conn, ruling);
    shown(core, host, id)
}

fn add_fault(core: &mut Core, fault: &Fault) -> Outcome {
    fault.check().map_err(|bad| refused(invalid(bad.to_string())))?;
    let count = core.add_fault(fault.clone());
    Ok(json!({"fault": fault.to_string(), "faults": count}))
}

/// Ends every connection and forgets everything. Nobody hears of Wills and closes: the reset is no event
/// in the life of the clouds. Whoever waits for an answer gets one.
fn reset(core: &mut Core, registry: &Registry, ruling: &mut Ruling<'_>) -> Value {
    core.faults = Faults::default();
    let open: Vec<ConnId> = core.connections.keys().copied().collect();
    for &conn in &open {
        core.lose(conn, ruling);
    }
    let waiting: Vec<OrderId> = core.waiting_calls.iter().map(|call| call.order).collect();
    for order in waiting {
        method::connect_overdue(core, order, ruling);
    }
    alibaba::give_up_calls(core, ruling);
    ruling.effects.retain(|effect| matches!(effect.action, Action::Answer { .. }));
    for &conn in &open {
        ruling.close(conn, RESET_LEAVES_NOTHING);
    }
    core.timers = Timers::default();
    core.registry = registry.clone();
    core.shown = None;
    disconnect_all(core);
    core.begin_faults(ruling);
    view::tenants(&core.registry)
}

/// A registry that was taken from a living cloud knows connections that are none here.
fn disconnect_all(core: &mut Core) {
    core.registry.namespaces.values_mut().for_each(event_grid::Namespace::disconnect_all);
    core.registry.instances.values_mut().for_each(alibaba::Instance::disconnect_all);
    for hub in core.registry.hubs.values_mut() {
        hub.snapshot_at = None;
        for identity in hub.identities.values_mut() {
            identity.conn = None;
            identity.told_connected = false;
            for message in &mut identity.queue.messages {
                message.state = queue::State::Enqueued;
                let timer = Timer::C2dExpiry {
                    hub: hub.host.clone(),
                    device: identity.id.device.clone(),
                    sequence_number: message.sequence_number,
                };
                core.timers.set(message.expires_at, timer);
            }
        }
    }
}

fn shown(core: &Core, host: &str, id: &IdentityId) -> Outcome {
    let identity = core.registry.hub(host).and_then(|hub| hub.identities.get(id));
    identity.map(view::identity).ok_or_else(|| refused(ServiceError::no_identity(id)))
}

fn exists(core: &Core, host: &str, id: &IdentityId) -> Result<(), (ServiceError, Rule)> {
    core.missing(host, id).map_or(Ok(()), |error| Err(refused(error)))
}

fn no_hub(core: &Core, host: &str) -> Outcome {
    Err(refused(ServiceError::no_hub(host, &core.registry)))
}

const fn refused(error: ServiceError) -> (ServiceError, Rule) {
    (error, REFUSED_ORDERS_CHANGE_NOTHING)
}

fn invalid(why: String) -> ServiceError {
    ServiceError::new(ARGUMENT_INVALID, why)
}
