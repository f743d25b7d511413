//! Who a client is, by the certificate of its handshake.

use wire::Connect;

use super::{
    access::Identity,
    conn,
    end::{Ending, NOT_AUTHORIZED},
    model::{Client, State, ValidationScheme},
    namespace::Namespace,
    open,
};
use crate::{cloud::Core, input::Peer, ruling::Ruling, time::Time, x509};

/// Finds out who connects: the client resource of the name that is presented, if its certificate proves it.
pub(super) fn authenticate(
    core: &Core,
    host: &str,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Identity, Ending> {
    let name = connect.username.as_deref();
    Ending::unless(name.is_some(), conn::USERNAME_IS_GIVEN, NOT_AUTHORIZED, ruling)?;
    let name = name.unwrap_or_default();
    let Some(namespace) = core.namespace(host) else { return Ok(Identity::named(name)) };
    let client = namespace.client_named(name);
    if client.is_none() {
        ruling.explain(format!("no client of the namespace has the authentication name `{name}`"));
    }
    Ending::unless(client.is_some(), conn::NAME_IS_A_CLIENTS, NOT_AUTHORIZED, ruling)?;
    let Some(client) = client else { return Ok(Identity::named(name)) };
    let is_enabled = client.state == State::Enabled;
    Ending::unless(is_enabled, open::DISABLED_CLIENT, NOT_AUTHORIZED, ruling)?;
    let judged = judge(namespace, client, &peer.certificates, core.now);
    let is_proven = judged.is_ok();
    if let Err(why) = judged {
        ruling.explain(why);
    }
    Ending::unless(is_proven, conn::CERTIFICATE_HAS_THE_NAME, NOT_AUTHORIZED, ruling)?;
    Ok(Identity::from(client))
}

/// Whether a chain proves a client; the error is what is wrong with it, in words.
fn judge(
    namespace: &Namespace,
    client: &Client,
    chain: &[Vec<u8>],
    now: Time,
) -> Result<(), String> {
    let name = client.authentication_name();
    let authentication = &client.client_certificate_authentication;
    if authentication.validation_scheme == ValidationScheme::ThumbprintMatch {
        let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
        let prints = x509::thumbprints(leaf);
        let is_known = authentication
            .allowed_thumbprints
            .iter()
            .any(|known| prints.iter().any(|print| print.eq_ignore_ascii_case(known)));
        let why = || {
            format!(
                "the certificate has the thumbprint {}, which `{name}` does not allow",
                prints[0]
            )
        };
        return if is_known { Ok(()) } else { Err(why()) };
    }
    x509::is_issued_below(chain, &namespace.authorities(), now)?;
    let found = x509::common_name(chain).unwrap_or_default();
    if found.to_lowercase() == name.to_lowercase() {
        return Ok(());
    }
    Err(format!("the certificate has the common name `{found}`, expected `{name}`"))
}
