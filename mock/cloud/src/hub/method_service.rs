//! The service side of direct methods: a call is judged, then it goes out, waits or fails.

use super::{method, open, throttle, tier};
use crate::{
    cloud::Core,
    dialect::State,
    error_code::ARGUMENT_INVALID,
    identity::IdentityId,
    order::{MethodOrder, OrderId, ServiceError},
    rule::Rule,
    ruling::{Broken, Ruling},
};

/// An order of the service side: calls a method. Judged by tier, limits and identity; then it goes
/// out, waits for its device, or fails.
pub(crate) fn invoke(
    core: &mut Core,
    order: OrderId,
    hub: &str,
    id: &IdentityId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) {
    if let Err((error, because)) = admit(core, hub, id, call, ruling) {
        return ruling.answer(order, Err(error), because);
    }
    let conn = core.identity_mut(hub, id).and_then(|identity| identity.conn);
    if let Some(conn) = conn
        && let State::Hub(mut session) = core.take(conn)
    {
        let is_taken = method::takes(&session, &call.method_name, ruling);
        if is_taken {
            method::deliver(core, &mut session, order, call, ruling);
        } else if call.connect_timeout_in_seconds == 0 {
            ruling.note(method::SUBSCRIBED_TO_TAKE_CALLS, false);
        }
        core.give_back(conn, State::Hub(session));
        if is_taken {
            return;
        }
    }
    if ruling.value(open::METHOD_CALL, call.connect_timeout_in_seconds, 0) > 0 {
        method::wait(core, order, hub, id, call);
    } else {
        method::not_online(order, ruling);
    }
}

fn admit(
    core: &mut Core,
    hub: &str,
    id: &IdentityId,
    call: &MethodOrder,
    ruling: &mut Ruling<'_>,
) -> Result<(), (ServiceError, Rule)> {
    if core.is_basic(hub)
        && let Err(Broken(because)) = ruling.uphold(tier::NO_METHODS_ON_BASIC, false)
    {
        return Err((tier::refusal(), because));
    }
    let invalid = |text: &str| {
        let error = ServiceError::new(ARGUMENT_INVALID, text);
        move |Broken(because)| (error, because)
    };
    ruling
        .uphold(open::METHOD_LIMITS, is_legal_name(&call.method_name))
        .map_err(invalid("The method name is not 1 to 100 printable characters."))?;
    ruling
        .uphold(open::METHOD_LIMITS, method::body(call).len() <= method::PAYLOAD_BYTES)
        .map_err(invalid("The payload is larger than 128 KB."))?;
    ruling
        .uphold(open::METHOD_CALL, (5..=300).contains(&call.response_timeout_in_seconds))
        .map_err(invalid("responseTimeoutInSeconds is not 5 to 300."))?;
    ruling
        .uphold(open::METHOD_CALL, call.connect_timeout_in_seconds <= 300)
        .map_err(invalid("connectTimeoutInSeconds is not 0 to 300."))?;
    match core.missing(hub, id) {
        Some(error) => Err((error, open::METHOD_ERRORS)),
        None => {
            let bytes = method::body(call).len();
            throttle::method(core, hub, bytes, ruling).map_err(|(because, error)| (error, because))
        }
    }
}

/// Printable US-ASCII without separators, and without what a topic name cannot hold.
fn is_legal_name(name: &str) -> bool {
    (1..=100).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_graphic() && !b"$()<>@,;:\\\"/[]?={}+#".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_printable_and_have_no_separators() {
        for (name, legal) in [
            ("reboot", true),
            ("a.b-c_d!%&'*^`|~", true),
            (&"n".repeat(100), true),
            (&"n".repeat(101), false),
            ("", false),
            ("a b", false),
            ("a/b", false),
            ("a$b", false),
            ("a+b", false),
            ("a#b", false),
            ("é", false),
            ("a\u{7f}", false),
        ] {
            assert_eq!(is_legal_name(name), legal, "{name}");
        }
        for separator in "$()<>@,;:\\\"/[]?={} \t".chars() {
            assert!(!is_legal_name(&format!("a{separator}b")), "{separator}");
        }
    }
}
