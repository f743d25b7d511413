//! Who stays connected when the resources of the namespace change.

use super::{Means, NOT_AUTHORIZED};
use crate::{
    cloud::Core,
    dialect::State,
    event_grid::{
        Session,
        access::Identity,
        end::{self, Ending},
        model::Permission,
        namespace::Namespace,
        open,
    },
    input::ConnId,
    profile::AccessChange,
    ruling::Ruling,
};

/// Looks at each connection again, since a resource has changed.
pub(in crate::event_grid) fn review(core: &mut Core, host: &str, ruling: &mut Ruling<'_>) {
    let Some(namespace) = core.namespace(host) else { return };
    let live: Vec<ConnId> = namespace.live.values().map(|link| link.conn).collect();
    for conn in live {
        match core.take(conn) {
            State::EventGrid(mut session) => match judge(core, &mut session, ruling) {
                Ok(()) => core.give_back(conn, State::EventGrid(session)),
                Err(ending) => end::end(core, session, &ending, ruling),
            },
            other => core.give_back(conn, other),
        }
    }
}

fn judge(core: &Core, session: &mut Session, ruling: &mut Ruling<'_>) -> Result<(), Ending> {
    let Some(namespace) = core.namespace(&session.host) else { return Ok(()) };
    let name = &session.client.authentication_name;
    match &session.means {
        Means::Certificate => match namespace.client_named(name).filter(|it| it.is_enabled()) {
            Some(client) => session.client = Identity::from(client),
            None => {
                ruling.explain(format!("the client `{name}` is disabled or deleted"));
                Ending::unless(false, open::DISABLED_CLIENT, NOT_AUTHORIZED, ruling)?;
            }
        },
        Means::Entra => {
            let roles = namespace.principal(name).and_then(|principal| principal.roles);
            session.client.roles = Some(roles.unwrap_or_default());
        }
        Means::Custom | Means::Webhook { .. } => {}
    }
    let Some(filter) = lost_filter(namespace, session) else { return Ok(()) };
    let checked = match namespace.profile.access_change {
        AccessChange::Keep => Ok(()),
        AccessChange::Disconnect => {
            Err(namespace.denial(&session.client, Permission::Subscriber, filter))
        }
    };
    Ending::judge(checked, open::ACCESS_IS_LOST, NOT_AUTHORIZED, ruling)
}

/// A filter that is subscribed to, and may not be any more.
fn lost_filter<'a>(namespace: &'a Namespace, session: &Session) -> Option<&'a str> {
    let kept = namespace.broker.session(&session.name)?;
    // Of a wide one each message is looked at.
    let whole = kept.subscriptions().filter(|(_, options)| !options.is_wide);
    let mut filters = whole.map(|(filter, _)| broker::shared(filter).unwrap_or(filter));
    filters.find(|filter| !namespace.may(&session.client, Permission::Subscriber, filter))
}
