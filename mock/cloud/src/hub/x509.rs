//! HUB-X509: client certificates at the hub.

use super::{
    auth::{self, Proof},
    open,
};
use crate::{
    identity::{Credentials, Identity},
    input::Peer,
    registry::Hub,
    rule::rules,
    ruling::{Broken, Ruling},
    time::Time,
    x509,
};

rules! {
    NO_PASSWORD_IS_NEEDED = "HUB-X509-001";
    USERNAME_IS_STILL_SENT = "HUB-X509-002";
    CERTIFICATE_IN_THE_HANDSHAKE = "HUB-X509-003";
}

/// Judges the certificate of the handshake against the identity.
pub(super) fn prove(
    hub: &Hub,
    identity: &Identity,
    peer: &Peer,
    now: Time,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Broken> {
    let chain = &peer.certificates;
    let matches = match &identity.credentials {
        Credentials::Keys { .. } => false,
        Credentials::Thumbprints { primary, secondary } => {
            let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
            let prints = x509::thumbprints(leaf);
            [Some(primary), secondary.as_ref()]
                .into_iter()
                .flatten()
                .any(|known| prints.iter().any(|print| print.eq_ignore_ascii_case(known)))
        }
        Credentials::Authority => {
            x509::common_name(chain).as_deref() == Some(identity.id.device.as_str())
                && x509::is_issued_below(chain, &hub.authorities, now).is_ok()
        }
    };
    if matches {
        ruling.grant(open::CERTIFICATE_IS_JUDGED_AT_CONNECT)?;
    } else {
        ruling.uphold(open::CERTIFICATE_IS_JUDGED_AT_CONNECT, false)?;
    }
    ruling.grant(NO_PASSWORD_IS_NEEDED)?;
    let scope = if identity.id.module.is_some() { "module" } else { "device" };
    let method = auth::method_json(scope, "x509Certificate", "external");
    Ok(Proof { expires_at: None, method })
}
