//! Who a client is, and what proves it: a certificate, a token, or the word of a webhook.
//!
//! A CONNECT is proven at once, or a webhook is asked and the CONNECT waits for it (`webhook`). What was
//! proven may end: a token expires unless it is renewed (`renewal`), and an operator may disable a client or
//! take its rights away (`standing`).

mod certificate;
mod jwt;
mod renewal;
mod standing;
pub(super) mod token;
mod webhook;

use std::sync::Arc;

use wire::{Connect, Property};

pub(crate) use self::webhook::Asking;
pub(super) use self::{
    renewal::{expired, renew, watch},
    standing::review,
    webhook::answered,
};
use super::{
    access::Identity,
    end::{BAD_AUTHENTICATION_METHOD, Ending, NOT_AUTHORIZED},
    namespace::Namespace,
    open,
};
use crate::{
    cloud::Core,
    http::CallId,
    input::Peer,
    profile::{EventGridProfile, UnexpectedAuthMethod},
    ruling::Ruling,
    time::Time,
};

/// The Authentication Method of an Entra token.
const OAUTH2_JWT: &str = "OAUTH2-JWT";

/// The Authentication Method of a token of the namespace's own issuer.
const CUSTOM_JWT: &str = "CUSTOM-JWT";

/// What a CONNECT has proven.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Proof {
    pub(super) identity: Identity,
    pub(super) means: Means,
    /// When it is over.
    pub(super) expires_at: Option<Time>,
}

/// By what somebody has proven who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Means {
    /// A certificate, which proves a client resource.
    Certificate,
    /// A token of Microsoft Entra.
    Entra,
    /// A token of the namespace's own issuer.
    Custom,
    /// The webhook's word, perhaps by an Authentication Method that it knows.
    Webhook { method: Option<Arc<str>> },
}

impl Means {
    /// The Authentication Method that CONNECT named.
    pub(super) fn method(&self) -> Option<&str> {
        match self {
            Self::Certificate => None,
            Self::Entra => Some(OAUTH2_JWT),
            Self::Custom => Some(CUSTOM_JWT),
            Self::Webhook { method } => method.as_deref(),
        }
    }
}

/// How far a CONNECT has come.
pub(super) enum Outcome {
    Proven(Proof),
    /// The webhook has been asked.
    Asked(CallId),
}

/// Finds out who connects.
pub(super) fn authenticate(
    core: &mut Core,
    host: &str,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Outcome, Ending> {
    let (method, data) = method_and_data(&connect.properties);
    let Some(namespace) = core.namespace(host) else {
        let name = connect.username.as_deref().unwrap_or_default();
        return Ok(Outcome::Proven(Proof::of_certificate(Identity::named(name))));
    };
    let authentication = &namespace.configuration.client_authentication;
    judge_size(&namespace.profile, data, ruling)?;
    let proof = match method {
        Some(OAUTH2_JWT) => token::entra(core, namespace, data, ruling)?,
        Some(CUSTOM_JWT) if authentication.custom_jwt_authentication.is_some() => {
            token::custom(core, namespace, data, ruling)?
        }
        _ if takes_a_webhook(namespace) => {
            return Ok(Outcome::Asked(webhook::ask(core, host, peer, connect, ruling)));
        }
        _ => {
            if let Some(method) = method {
                judge_method(&namespace.profile, method, ruling)?;
            }
            certificate::prove(core, namespace, peer, connect, ruling)?
        }
    };
    if matches!(proof.means, Means::Entra | Means::Custom) {
        Ending::unless_granted(open::WAYS_TO_SIGN_IN, NOT_AUTHORIZED, ruling)?;
        if connect.username.is_some() {
            Ending::unless_granted(open::USERNAME_BESIDE_A_TOKEN, NOT_AUTHORIZED, ruling)?;
        }
    }
    Ok(Outcome::Proven(proof))
}

/// Whether a webhook says who may connect.
pub(super) fn takes_a_webhook(namespace: &Namespace) -> bool {
    namespace.configuration.client_authentication.webhook_authentication.is_some()
}

/// The Authentication Method and Authentication Data of a packet.
fn method_and_data(properties: &[Property]) -> (Option<&str>, Option<&[u8]>) {
    let method = properties.iter().find_map(|property| match property {
        Property::AuthenticationMethod(method) => Some(method.as_str()),
        _ => None,
    });
    let data = properties.iter().find_map(|property| match property {
        Property::AuthenticationData(data) => Some(&data[..]),
        _ => None,
    });
    (method, data)
}

fn judge_size(
    profile: &EventGridProfile,
    data: Option<&[u8]>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let (bytes, most) = (data.map_or(0, <[u8]>::len), profile.authentication_data_bytes);
    if bytes <= most {
        return Ok(());
    }
    ruling.explain(format!("the Authentication Data has {bytes} bytes, expected {most} at most"));
    Ending::unless(false, open::AUTHENTICATION_DATA_SIZE, NOT_AUTHORIZED, ruling)
}

/// An Authentication Method that the namespace does not have.
fn judge_method(
    profile: &EventGridProfile,
    method: &str,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    if profile.unexpected_auth_method == UnexpectedAuthMethod::Ignore {
        return Ending::unless_granted(open::UNEXPECTED_METHOD, BAD_AUTHENTICATION_METHOD, ruling);
    }
    ruling.explain(format!(
        "the namespace has no Authentication Method `{method}`: expected {OAUTH2_JWT}, or \
         {CUSTOM_JWT} with customJwtAuthentication, or a webhookAuthentication that knows it"
    ));
    Ending::unless(false, open::UNEXPECTED_METHOD, BAD_AUTHENTICATION_METHOD, ruling)
}

impl Proof {
    fn of_certificate(identity: Identity) -> Self {
        Self { identity, means: Means::Certificate, expires_at: None }
    }
}
