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
    match judge(hub, identity, &peer.certificates, now) {
        Ok(()) => ruling.grant(open::CERTIFICATE_IS_JUDGED_AT_CONNECT)?,
        Err(why) => {
            ruling.explain(why);
            ruling.uphold(open::CERTIFICATE_IS_JUDGED_AT_CONNECT, false)?;
        }
    }
    ruling.grant(NO_PASSWORD_IS_NEEDED)?;
    let scope = if identity.id.module.is_some() { "module" } else { "device" };
    let method = auth::method_json(scope, "x509Certificate", "external");
    Ok(Proof { expires_at: None, method })
}

/// Whether a chain is the proof of an identity; the error is what is wrong with it, in words.
fn judge(hub: &Hub, identity: &Identity, chain: &[Vec<u8>], now: Time) -> Result<(), String> {
    let id = &identity.id;
    match &identity.credentials {
        Credentials::Keys { .. } => Err(format!(
            "`{id}` is registered with keys: send a token as the password, and no certificate"
        )),
        Credentials::Thumbprints { primary, secondary } => {
            let leaf = chain.first().map(Vec::as_slice).unwrap_or_default();
            let prints = x509::thumbprints(leaf);
            let is_known = [Some(primary), secondary.as_ref()]
                .into_iter()
                .flatten()
                .any(|known| prints.iter().any(|print| print.eq_ignore_ascii_case(known)));
            let [sha1, sha256] = &prints;
            let print = if primary.len() == sha1.len() { sha1 } else { sha256 };
            let why =
                || format!("the certificate has the thumbprint {print}, and `{id}` has {primary}");
            if is_known { Ok(()) } else { Err(why()) }
        }
        Credentials::Authority => {
            let common_name = x509::common_name(chain).unwrap_or_default();
            if common_name != id.device {
                let device = &id.device;
                return Err(format!(
                    "the certificate has the common name `{common_name}`, expected `{device}`"
                ));
            }
            if hub.authorities.is_empty() {
                return Err(format!("the hub `{}` has no authority: declare one", hub.host));
            }
            x509::is_issued_below(chain, &hub.authorities, now)
        }
    }
}
