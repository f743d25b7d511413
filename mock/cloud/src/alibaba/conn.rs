//! ALI-CONN: who may connect, and how long a silent connection lives.

use broker::Aliases;
use wire::{Connect, Packet, Property};

use super::{
    Instance, Session, credentials,
    end::{
        self, BAD_AUTHENTICATION_METHOD, BAD_USER_NAME_OR_PASSWORD, CONNECTION_RATE_EXCEEDED,
        Ending, KEEP_ALIVE_TIMEOUT, NOT_AUTHORIZED, SERVER_UNAVAILABLE, UNSPECIFIED_ERROR,
    },
    instance::session_name,
    open, pkt, proto,
    register::{self, Registration},
    sec,
    sign::Announced,
    tenant, will,
};
use crate::{
    cloud::Core,
    dialect::State,
    input::{ConnId, Peer},
    profile::{AlibabaProfile, Excess, UnexpectedAuthMethod},
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
    Ending::unless_granted(pkt::CONNECT, UNSPECIFIED_ERROR, ruling)?;
    let user_name = connect.username.as_deref().unwrap_or_default();
    let (device_name, product_key) = user_name.rsplit_once('&').unwrap_or((user_name, ""));
    let instance = core.registry.instance_of_product(product_key);
    let profile = instance.map(|it| it.profile.clone()).unwrap_or_default();
    let version = proto::judge(instance, connect, ruling)?;
    sec::judge(peer, &profile, ruling)?;
    tenant::judge_host(peer, instance, product_key, ruling)?;
    judge_authentication(connect, &profile, ruling)?;
    let announced = Announced::of(&connect.client_id);
    credentials::judge_client_id(&announced, version, &profile, ruling)?;
    let form = match user_name.contains('&') {
        true => Ok(()),
        false => Err(format!("the user name `{user_name}` is no `DeviceName&ProductKey`")),
    };
    Ending::judge(form, open::USER_NAME_FORM, BAD_USER_NAME_OR_PASSWORD, ruling)?;
    let is_new = announced.client_id.is_empty();
    let mut session = Session {
        name: device_name.into(),
        key: session_name(product_key, device_name),
        instance: instance.map(|it| it.id.as_str()).unwrap_or_default().into(),
        product_key: product_key.into(),
        conn,
        version,
        registers: Registration::of(&announced),
        announced,
        assigned: is_new.then(|| core.chance.hex(32)),
        keep_alive_s: 0,
        heard_at: core.now,
        aliases: Aliases::default(),
        will: connect.will.clone(),
    };
    judge_rate(core, &session, &profile, ruling)?;
    if session.registers.is_some() {
        register::judge(core, peer, connect, &session, ruling)?;
        return Ok(session);
    }
    credentials::judge_secure_mode(peer, &session.announced, &profile, ruling)?;
    let instance = core.instance(&session.instance);
    let device = instance.and_then(|it| it.device(product_key, device_name));
    let known = device.ok_or_else(|| unknown(core, instance, device_name, product_key));
    let registered = known.as_ref().map(|_| ()).map_err(Clone::clone);
    Ending::judge(registered, REGISTERED_FIRST, BAD_USER_NAME_OR_PASSWORD, ruling)?;
    if let Ok(device) = known {
        credentials::judge_password(device, &session, connect, ruling)?;
        Ending::unless(device.is_enabled, open::DISABLED_DEVICE, NOT_AUTHORIZED, ruling)?;
    }
    session.keep_alive_s = keep_alive_s(connect.keep_alive_s, &profile, ruling)?;
    will::judge(connect, &profile, ruling)?;
    Ok(session)
}

/// Whether a packet starts the keep-alive anew.
pub(super) fn restarts_keep_alive(packet: &Packet, ruling: &mut Ruling<'_>) -> bool {
    match packet {
        Packet::Publish(_) | Packet::Subscribe(_) | Packet::Pingreq | Packet::Puback(_) => true,
        Packet::Unsubscribe(_) => ruling.value(open::ONE_AND_A_HALF_TIMES, false, true),
        _ => false,
    }
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

/// There is no other authentication than by user name and password (ALI-OPEN-130).
fn judge_authentication(
    connect: &Connect,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let method = connect.properties.iter().find_map(|property| match property {
        Property::AuthenticationMethod(method) => Some(method),
        _ => None,
    });
    let Some(method) = method else { return Ok(()) };
    let checked = match profile.unexpected_auth_method {
        UnexpectedAuthMethod::Ignore => Ok(()),
        UnexpectedAuthMethod::Refuse => {
            Err(format!("there is no Authentication Method, and so not `{method}`"))
        }
    };
    Ending::judge(checked, open::NO_AUTHENTICATION_METHOD, BAD_AUTHENTICATION_METHOD, ruling)
}

/// A device may connect so often, and so may all of an instance.
fn judge_rate(
    core: &mut Core,
    session: &Session,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let now = core.now;
    let Some(instance) = core.instance_mut(&session.instance) else { return Ok(()) };
    let device = instance.device_mut(&session.product_key, &session.name);
    let fits = if device.is_some_and(|it| !it.connects.admit(now, 1, profile.device_connects())) {
        let most = profile.connects_per_min;
        Err(format!("`{}` connects more than {most} times a minute", session.key))
    } else if !instance.connects.admit(now, 1, profile.instance_connects()) {
        let most = profile.instance_connects_per_s;
        Err(format!("devices connect more than {most} times a second"))
    } else {
        Ok(())
    };
    if let Err(why) = fits {
        ruling.explain(why);
        return Ending::unless(false, open::CONNECT_RATE, CONNECTION_RATE_EXCEEDED, ruling);
    }
    Ok(())
}

/// The keep-alive in force, in seconds.
fn keep_alive_s(
    asked_s: u16,
    profile: &AlibabaProfile,
    ruling: &mut Ruling<'_>,
) -> Result<u16, Ending> {
    let most_s = profile.keep_alive_max_s;
    let reason = SERVER_UNAVAILABLE;
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
