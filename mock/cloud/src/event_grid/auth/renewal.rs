//! What was proven ends, unless it is proven again on the same connection.

use wire::{Auth, Packet, Property};

use super::{Means, method_and_data, token};
use crate::{
    cloud::Core,
    dialect::State,
    event_grid::{
        Session,
        end::{
            self, Ending, IMPLEMENTATION_SPECIFIC_ERROR, NOT_AUTHORIZED, PROTOCOL_ERROR, SUCCESS,
        },
        open, v5,
    },
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

/// What AUTH says that renews.
const RE_AUTHENTICATE: u8 = 0x19;

/// AUTH on a live connection: a fresh token takes the place of the one before.
pub(in crate::event_grid) fn renew(
    core: &mut Core,
    session: &mut Session,
    auth: &Auth,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let Some(namespace) = core.namespace(&session.host) else { return Ok(()) };
    if v5::has_user_properties(&auth.properties) {
        let checked = match namespace.profile.refuses_user_properties {
            true => Err("AUTH has user properties".to_owned()),
            false => Ok(()),
        };
        let rule = v5::NO_USER_PROPERTIES_ON_AUTH;
        Ending::judge(checked, rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    }
    // Who connected without a method has nothing to renew [MQTT-4.12.0-7].
    let has_method = session.means.method().is_some() && auth.reason == RE_AUTHENTICATE;
    Ending::unless(has_method, v5::CODES_OF_THE_STANDARD, PROTOCOL_ERROR, ruling)?;
    let (method, data) = method_and_data(&auth.properties);
    if method != session.means.method() {
        ruling.explain("AUTH names another Authentication Method than CONNECT did".to_owned());
        return Ending::unless(false, open::RENEWAL, NOT_AUTHORIZED, ruling);
    }
    let proof = match session.means {
        Means::Entra => token::entra(core, namespace, data, ruling),
        Means::Custom => token::custom(core, namespace, data, ruling),
        Means::Certificate | Means::Webhook { .. } => {
            ruling.explain("what a webhook has allowed is not renewed: connect again".to_owned());
            return Ending::unless(false, open::RENEWAL, NOT_AUTHORIZED, ruling);
        }
    }?;
    let before = &session.client.authentication_name;
    let is_same = proof.identity.authentication_name.to_lowercase() == before.to_lowercase();
    if !is_same {
        let other = &proof.identity.authentication_name;
        ruling.explain(format!("the token is of `{other}`, and `{before}` is connected"));
    }
    Ending::unless(is_same, open::RENEWAL, NOT_AUTHORIZED, ruling)?;
    session.client = proof.identity;
    session.expires_at = proof.expires_at;
    watch(core, session);
    let method = session.means.method().unwrap_or_default().to_owned();
    let properties = vec![Property::AuthenticationMethod(method)];
    let auth = Auth { reason: SUCCESS, properties };
    ruling.send(session.conn, Packet::Auth(auth), open::RENEWAL);
    Ok(())
}

/// Starts waiting for the end of what was proven.
pub(in crate::event_grid) fn watch(core: &mut Core, session: &Session) {
    if let Some(end) = session.expires_at {
        core.timers.set(end, Timer::TokenExpiry(session.conn));
    }
}

/// The end of what was proven may have come; it has not, if it was renewed.
pub(in crate::event_grid) fn expired(
    core: &mut Core,
    session: Box<Session>,
    ruling: &mut Ruling<'_>,
) {
    let conn = session.conn;
    let is_over = session.expires_at.is_some_and(|end: Time| end <= core.now);
    if is_over && let Err(ending) = Ending::unless(false, open::RENEWAL, NOT_AUTHORIZED, ruling) {
        return end::end(core, session, &ending, ruling);
    }
    core.give_back(conn, State::EventGrid(session));
}
