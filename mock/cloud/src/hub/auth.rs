//! HUB-AUTH: how a device proves who it is. A token or a certificate, judged at CONNECT.

use serde_json::json;
use wire::Connect;

use super::{open, sas, sdk, ws, x509};
use crate::{
    identity::{Credentials, Identity},
    input::{Peer, Transport},
    registry::Hub,
    rule::rules,
    ruling::{Broken, Ruling},
    time::Time,
};

rules! {
    SAS_IS_ACCEPTED = "HUB-AUTH-001";
    CERTIFICATE_IS_ACCEPTED = "HUB-AUTH-002";
}

/// What the proof was.
pub(super) struct Proof {
    /// When the connection has to end, for tokens.
    pub(super) expires_at: Option<Time>,
    /// JSON text, as the hub stamps it on telemetry.
    pub(super) method: String,
}

/// Judges the proof that came with a CONNECT.
pub(super) fn prove(
    hub: &Hub,
    identity: &Identity,
    peer: &Peer,
    connect: &Connect,
    now: Time,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Broken> {
    let password = connect.password.as_deref().unwrap_or_default();
    note_the_way(identity, password, peer, ruling);
    if !password.is_empty() {
        let proof = sas::prove(hub, identity, password, now, ruling)?;
        ruling.grant(SAS_IS_ACCEPTED)?;
        return Ok(proof);
    }
    if identity.made_on_sight {
        return Ok(Proof { expires_at: None, method: method_json("device", "sas", "iothub") });
    }
    if peer.certificates.is_empty() || ws::hides_certificate(peer) {
        ruling.uphold(open::BAD_TOKEN_IS_REFUSED, false)?;
        return Ok(Proof { expires_at: None, method: method_json("device", "sas", "iothub") });
    }
    let proof = x509::prove(hub, identity, peer, now, ruling)?;
    ruling.grant(CERTIFICATE_IS_ACCEPTED)?;
    if matches!(peer.transport, Transport::WebSocket { .. }) {
        ruling.grant(open::CERTIFICATE_OVER_WEBSOCKET)?;
    }
    Ok(proof)
}

/// Notes whether the proof is of the kind that was registered for the identity.
fn note_the_way(identity: &Identity, password: &[u8], peer: &Peer, ruling: &mut Ruling<'_>) {
    if identity.made_on_sight {
        // Nobody chose a way for it; but a password is a token all the same.
        if !password.is_empty() {
            ruling.note(sas::PASSWORD_IS_A_TOKEN, sas::is_token(password));
        }
        return;
    }
    let shows_one = !peer.certificates.is_empty();
    let is_chosen = match identity.credentials {
        Credentials::Keys { .. } => {
            ruling.note(sas::PASSWORD_IS_A_TOKEN, sas::is_token(password));
            !password.is_empty()
        }
        // A gateway speaks for its devices, whatever they have.
        _ if sas::is_of_a_policy(password) => return,
        Credentials::Thumbprints { .. } | Credentials::Authority => {
            ruling.note(x509::CERTIFICATE_IN_THE_HANDSHAKE, shows_one);
            shows_one && password.is_empty()
        }
    };
    ruling.note(sdk::AUTHENTICATES_AS_CHOSEN, is_chosen);
}

/// `iothub-connection-auth-method`, member for member as the hub writes it.
pub(super) fn method_json(scope: &str, kind: &str, issuer: &str) -> String {
    json!({"scope": scope, "type": kind, "issuer": issuer, "acceptingIpFilterRule": null})
        .to_string()
}
