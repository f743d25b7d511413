//! ALI-CONN: who may connect, and how long a silent connection lives.

use std::sync::Arc;

use broker::Aliases;
use wire::Connect;

use super::{
    Instance, Session,
    end::{self, CLIENT_IDENTIFIER_NOT_VALID, Ending, KEEP_ALIVE_TIMEOUT, NOT_AUTHORIZED},
    instance::{Device, session_name},
    open, proto, sec,
    sign::{Announced, SignMethod, content},
    will,
};
use crate::{
    cloud::Core,
    dialect::State,
    input::{ConnId, Peer},
    profile::{AlibabaProfile, Excess},
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

rules! {
    REGISTERED_FIRST = "ALI-CONN-001";
}

/// A connection was made: CONNECT has to follow.
pub(super) fn opened(core: &mut Core, conn: ConnId, peer: &Peer, _ruling: &mut Ruling<'_>) {
    let dialled = peer.sni.as_deref().and_then(|sni| core.registry.instance(sni));
    let timeout_s = dialled.map_or(30, |instance| instance.profile.connect_timeout_s);
    core.timers.set(core.now.plus_s(timeout_s), Timer::Connect(conn));
}

/// Judges a CONNECT: the protocol, the device, its signature, its keep-alive.
pub(super) fn admit(
    core: &mut Core,
    conn: ConnId,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Session, Ending> {
    let user_name = connect.username.as_deref().unwrap_or_default();
    let (device_name, product_key) = user_name.rsplit_once('&').unwrap_or((user_name, ""));
    let instance = core.registry.instance_of_product(product_key);
    let profile = instance.map(|it| it.profile.clone()).unwrap_or_default();
    let version = proto::judge(instance, connect, ruling)?;
    sec::judge(peer, &profile, ruling)?;
    let announced = Announced::of(&connect.client_id);
    judge_client_id(&announced, &profile, ruling)?;
    let bad_credentials = credentials_reason(&profile);
    Ending::unless(user_name.contains('&'), open::USER_NAME_FORM, bad_credentials, ruling)?;
    let device = instance.and_then(|it| it.device(product_key, device_name));
    if device.is_none() {
        ruling.explain(unknown(core, instance, device_name, product_key));
    }
    Ending::unless(device.is_some(), REGISTERED_FIRST, bad_credentials, ruling)?;
    let (Some(instance), Some(device)) = (instance, device) else {
        return Err(Ending { because: REGISTERED_FIRST, reason: bad_credentials });
    };
    judge_signature(device, product_key, &announced, connect, &profile, ruling)?;
    Ending::unless(device.is_enabled, open::DISABLED_DEVICE, NOT_AUTHORIZED, ruling)?;
    let keep_alive_s = keep_alive_s(connect.keep_alive_s, &profile, ruling)?;
    will::judge(connect, &profile, ruling)?;
    let instance: Arc<str> = instance.id.as_str().into();
    Ok(Session {
        name: device_name.into(),
        key: session_name(product_key, device_name),
        instance,
        product_key: product_key.into(),
        conn,
        version,
        announced,
        keep_alive_s,
        heard_at: core.now,
        aliases: Aliases::default(),
    })
}

/// Starts waiting for the next packet.
pub(super) fn watch(core: &mut Core, session: &Session) {
    if let Some(deadline) = deadline(session) {
        core.timers.set(deadline, Timer::KeepAlive(session.conn));
    }
}

/// The keep-alive timer ran out: ends the connection, or waits on if it was heard from meanwhile.
pub(super) fn keep_alive_due(core: &mut Core, session: Box<Session>, ruling: &mut Ruling<'_>) {
    let conn = session.conn;
    if deadline(&session).is_some_and(|deadline| core.now < deadline) {
        watch(core, &session);
        return core.give_back(conn, State::Alibaba(session));
    }
    match Ending::unless(false, open::ONE_AND_A_HALF_TIMES, KEEP_ALIVE_TIMEOUT, ruling) {
        Err(ending) => end::end(core, session, &ending, ruling),
        Ok(()) => core.give_back(conn, State::Alibaba(session)),
    }
}

/// The network under a connection is gone, which the platform cannot know before its keep-alive is over.
pub(super) fn lost(core: &mut Core, session: &Session) {
    let given_up_at = deadline(session);
    let Some(instance) = core.instance_mut(&session.instance) else { return };
    if let Some(device) = instance.device_mut(&session.product_key, &session.name) {
        device.given_up_at = given_up_at;
    }
}

/// When a connection ends unless it is heard from.
fn deadline(session: &Session) -> Option<Time> {
    let silence_ms = u64::from(session.keep_alive_s) * 1500;
    (silence_ms > 0).then(|| session.heard_at.plus_ms(silence_ms))
}

/// The reason code for credentials that are wrong.
const fn credentials_reason(profile: &AlibabaProfile) -> u8 {
    profile.bad_credentials_reason
}

fn judge_client_id(
    announced: &Announced,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let checked = if !announced.is_well_formed {
        Err("the client identifier is no `clientId|key=value,…|`".to_owned())
    } else if announced.client_id.chars().count() > profile.client_id_chars {
        Err(format!("the clientId has more than {} characters", profile.client_id_chars))
    } else {
        Ok(())
    };
    Ending::judge(checked, open::CLIENT_ID_FORM, CLIENT_IDENTIFIER_NOT_VALID, ruling)
}

/// The password is the signature over what CONNECT says of itself.
fn judge_signature(
    device: &Device,
    product_key: &str,
    announced: &Announced,
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let reason = credentials_reason(profile);
    let name = announced.get("signmethod");
    let method = SignMethod::of(name);
    if method.is_none() {
        let methods = "`hmacmd5`, `hmacsha1` or `hmacsha256`";
        ruling.explain(format!("signmethod is `{}`, not {methods}", name.unwrap_or_default()));
    }
    Ending::unless(method.is_some(), open::SIGN_METHODS, reason, ruling)?;
    let Some(method) = method else { return Ok(()) };
    let mut signed = vec![
        ("clientId", announced.client_id.as_str()),
        ("deviceName", device.name.as_str()),
        ("productKey", product_key),
    ];
    signed.extend(announced.get("timestamp").map(|timestamp| ("timestamp", timestamp)));
    let content = content(&signed);
    let expected = method.sign(&device.secret, &content);
    let password = connect.password.as_deref().unwrap_or_default();
    let is_right = password.eq_ignore_ascii_case(expected.as_bytes());
    if !is_right {
        ruling.explain(format!("the password is not the {method:?} of `{content}`"));
    }
    Ending::unless(is_right, open::PASSWORD_IS_A_SIGNATURE, reason, ruling)
}

/// The keep-alive in force, in seconds.
fn keep_alive_s(
    asked_s: u16,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<u16, Ending> {
    let most_s = profile.keep_alive_max_s;
    let reason = profile.keep_alive_reason;
    let (rule, excess) = match asked_s {
        0 => (open::ZERO_KEEP_ALIVE, profile.zero_keep_alive),
        s if s > most_s => (open::LONG_KEEP_ALIVE, profile.long_keep_alive),
        s => {
            let fits = s >= profile.keep_alive_min_s;
            if !fits {
                ruling.explain(format!(
                    "a keep-alive of {s} s is not within {} to {most_s} s",
                    profile.keep_alive_min_s
                ));
            }
            Ending::unless(fits, open::KEEP_ALIVE_RANGE, reason, ruling)?;
            return Ok(s);
        }
    };
    if excess == Excess::Refuse {
        ruling.explain(format!("a keep-alive of {asked_s} s is not within 30 to {most_s} s"));
        Ending::unless(false, rule, reason, ruling)?;
        return Ok(asked_s);
    }
    Ok(ruling.value(rule, most_s, asked_s))
}

/// Why nobody is found.
fn unknown(core: &Core, instance: Option<&Instance>, name: &str, product_key: &str) -> String {
    match instance {
        Some(_) => format!("the product `{product_key}` has no device `{name}`"),
        None => format!(
            "there is no product `{product_key}`; this cloud has {}",
            core.registry.product_names()
        ),
    }
}
