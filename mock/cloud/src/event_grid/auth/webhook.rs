//! An endpoint of the namespace's owner that says who may connect. CONNECT waits for its word.

use std::sync::Arc;

use base64::{
    Engine as _, engine::general_purpose::STANDARD, engine::general_purpose::URL_SAFE_NO_PAD,
};
use bytes::Bytes;
use serde_json::{Map, Value, json};
use wire::{Connect, Packet, Property};

use super::{Ending, Identity, Means, NOT_AUTHORIZED, Proof, method_and_data, token};
use crate::{
    cloud::Core,
    event_grid::{conn::Entered, end::SERVER_UNAVAILABLE, model::WebhookAuthentication, open},
    http::{CallFailure, CallId, HttpCall, HttpResponse},
    input::Peer,
    ruling::Ruling,
    time::Time,
};

/// A CONNECT that waits for the webhook.
#[derive(Debug)]
pub(crate) struct Asking {
    pub(crate) call: CallId,
    pub(in crate::event_grid) entered: Entered,
    pub(in crate::event_grid) connect: Connect,
    /// What the client has sent meanwhile, which MQTT allows.
    pub(in crate::event_grid) held: Vec<Packet>,
}

impl Asking {
    /// The client identifier: who it is, for faults and the trace.
    pub(crate) fn name(&self) -> Arc<str> {
        self.connect.client_id.as_str().into()
    }
}

/// What a webhook says.
#[derive(Debug, PartialEq)]
enum Word {
    Allow(Identity, Option<Time>),
    /// With its reason.
    Deny(String),
}

/// Asks the webhook.
pub(super) fn ask(
    core: &mut Core,
    host: &str,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> CallId {
    let namespace = core.namespace(host);
    let authentication = namespace.map(|it| &it.configuration.client_authentication);
    let webhook = authentication.and_then(|it| it.webhook_authentication.as_ref());
    let call = HttpCall {
        url: webhook.map(|it| it.endpoint_url.clone()).unwrap_or_default(),
        method: "POST".to_owned(),
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), format!("Bearer {}", bearer(webhook, core.now))),
        ],
        body: Bytes::from(question(peer, connect).to_string()),
    };
    core.call(call, open::WEBHOOK_IS_ASKED, ruling)
}

/// The webhook has answered, or has not: whom it has let in.
pub(in crate::event_grid) fn answered(
    asking: &Asking,
    outcome: &Result<HttpResponse, CallFailure>,
    ruling: &mut Ruling<'_>,
) -> Result<Proof, Ending> {
    let word = match outcome {
        Ok(response) => read(response),
        Err(failure) => Err(format!("the webhook did not answer: {failure}")),
    };
    let (reason, why) = match word {
        Ok(Word::Allow(identity, expires_at)) => {
            Ending::unless_granted(open::WEBHOOK_DECIDES, NOT_AUTHORIZED, ruling)?;
            Ending::unless_granted(open::WAYS_TO_SIGN_IN, NOT_AUTHORIZED, ruling)?;
            let method = method_and_data(&asking.connect.properties).0.map(Arc::from);
            return Ok(Proof { identity, means: Means::Webhook { method }, expires_at });
        }
        Ok(Word::Deny(why)) => (NOT_AUTHORIZED, format!("the webhook denies it: {why}")),
        Err(why) => (SERVER_UNAVAILABLE, why),
    };
    ruling.explain(why);
    let reason = ruling.value(open::WEBHOOK_DECIDES, reason, 0x80);
    Ending::unless(false, open::WEBHOOK_DECIDES, reason, ruling)?;
    let name = asking.connect.username.as_deref().unwrap_or_default();
    let means = Means::Webhook { method: None };
    Ok(Proof { identity: Identity::named(name), means, expires_at: None })
}

/// What CONNECT and the handshake say of a client.
fn question(peer: &Peer, connect: &Connect) -> Value {
    let mut question = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            question.insert(name.to_owned(), value);
        }
    };
    let (method, data) = method_and_data(&connect.properties);
    put("clientId", Some(json!(connect.client_id)));
    put("userName", connect.username.as_ref().map(|name| json!(name)));
    put("password", connect.password.as_ref().map(|bytes| json!(STANDARD.encode(bytes))));
    put("authenticationMethod", method.map(|method| json!(method)));
    put("authenticationData", data.map(|data| json!(STANDARD.encode(data))));
    if let Some((leaf, above)) = peer.certificates.split_first() {
        put("clientCertificate", Some(json!(pem(leaf))));
        let above: String = above.iter().map(|der| pem(der)).collect();
        put("clientCertificateChain", (!above.is_empty()).then(|| json!(above)));
    }
    let pairs = connect.properties.iter().filter_map(|property| match property {
        Property::UserProperty(name, value) => Some((name.clone(), json!(value))),
        _ => None,
    });
    let pairs: Map<String, Value> = pairs.collect();
    put("userProperties", (!pairs.is_empty()).then(|| Value::Object(pairs)));
    Value::Object(question)
}

/// The token of the namespace's identity. A mock has no identity, and cannot sign.
fn bearer(webhook: Option<&WebhookAuthentication>, now: Time) -> String {
    let audience = webhook.and_then(|it| it.azure_active_directory_application_id_or_uri.clone());
    let tenant = webhook.and_then(|it| it.azure_active_directory_tenant_id.clone());
    let claims = json!({
        "aud": audience.unwrap_or_default(),
        "tid": tenant.unwrap_or_default(),
        "nbf": now.s(),
        "exp": now.plus_s(3600).s(),
    });
    let header = json!({"typ": "JWT", "alg": "none"});
    let [header, claims] = [header, claims].map(|it| URL_SAFE_NO_PAD.encode(it.to_string()));
    format!("{header}.{claims}.")
}

/// Reads an answer; the error is what is wrong with it, in words.
fn read(response: &HttpResponse) -> Result<Word, String> {
    let status = response.status;
    if status != 200 {
        return Err(format!("the webhook answered {status}, expected 200 with a decision"));
    }
    let answer: Map<String, Value> = serde_json::from_slice(&response.body)
        .map_err(|error| format!("the webhook's answer is no JSON object: {error}"))?;
    let text = |name: &str| answer.get(name).and_then(Value::as_str);
    let decision = text("decision").unwrap_or_default();
    if decision.eq_ignore_ascii_case("deny") {
        return Ok(Word::Deny(text("errorReason").unwrap_or("it gives no reason").to_owned()));
    }
    if !decision.eq_ignore_ascii_case("allow") {
        return Err(format!("the webhook's `decision` is `{decision}`, expected allow or deny"));
    }
    let name = text("clientAuthenticationName").filter(|name| !name.is_empty());
    let name = name.ok_or("the webhook allows a client without clientAuthenticationName")?;
    let mut identity = Identity::named(name);
    if let Some(Value::Object(attributes)) = answer.get("attributes") {
        identity.attributes = token::attributes(attributes);
    }
    let expires_at = match answer.get("expiration") {
        None | Some(Value::Null) => None,
        Some(expiration) => {
            let number = expiration.as_str().map_or(expiration.as_u64(), |it| it.parse().ok());
            let number = number.ok_or_else(|| {
                format!("the webhook's `expiration` is {expiration}, expected Unix time")
            })?;
            Some(Time::from_s(number))
        }
    };
    Ok(Word::Allow(identity, expires_at))
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for line in text.as_bytes().chunks(64) {
        pem.extend(line.iter().map(|byte| char::from(*byte)));
        pem.push('\n');
    }
    pem + "-----END CERTIFICATE-----\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(status: u16, body: &str) -> Result<Word, String> {
        read(&HttpResponse::text(status, body))
    }

    #[test]
    fn what_a_webhook_says_is_read_or_told_what_is_wrong() {
        let allowed = |name: &str, end| Ok(Word::Allow(Identity::named(name), end));
        let end = Some(Time::from_s(60));
        let allow = r#"{"decision": "Allow", "clientAuthenticationName": "d1""#;
        assert_eq!(word(200, &format!("{allow}}}")), allowed("d1", None));
        assert_eq!(word(200, &format!(r#"{allow}, "expiration": "60"}}"#)), allowed("d1", end));
        assert_eq!(word(200, &format!(r#"{allow}, "expiration": 60}}"#)), allowed("d1", end));
        let deny = r#"{"decision": "deny", "errorReason": "revoked"}"#;
        assert_eq!(word(200, deny), Ok(Word::Deny("revoked".to_owned())));
        let soon = format!(r#"{allow}, "expiration": "soon"}}"#);
        for (status, body, expected) in [
            (500, "", "answered 500, expected 200"),
            (200, "yes", "no JSON object"),
            (200, "{}", "`decision` is ``, expected allow or deny"),
            (200, r#"{"decision": "allow"}"#, "without clientAuthenticationName"),
            (200, &soon, r#"`expiration` is "soon", expected Unix time"#),
        ] {
            let why = word(status, body).unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
