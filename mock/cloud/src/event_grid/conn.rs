//! EG-CONN: who may connect, how, and how long a silent connection lives.

use std::sync::Arc;

use broker::Aliases;
use wire::{Connect, Version};

use super::{
    Session,
    auth::{self, Proof},
    end::{
        self, CLIENT_IDENTIFIER_NOT_VALID, CONNECTION_RATE_EXCEEDED, Ending,
        IMPLEMENTATION_SPECIFIC_ERROR, KEEP_ALIVE_TIMEOUT, NOT_AUTHORIZED, UNSPECIFIED_ERROR,
        UNSUPPORTED_PROTOCOL_VERSION,
    },
    msess,
    namespace::Namespace,
    open, proto, session, v5, will,
};
use crate::{
    cloud::Core,
    dialect::State,
    input::{ConnId, Door, Peer, Transport},
    profile::{Excess, Mqtt31},
    rule::rules,
    ruling::Ruling,
    time::Time,
    timer::Timer,
};

rules! {
    A_CLIENT_SPEAKS_TLS = "EG-CONN-001";
    TLS_1_2 = "EG-CONN-002";
    TLS_1_3 = "EG-CONN-003";
    NO_OLDER_TLS = "EG-CONN-004";
    NO_MQTT_WITHOUT_TLS = "EG-CONN-005";
    TCP_ON_8883 = "EG-CONN-006";
    WEBSOCKET_ON_443 = "EG-CONN-007";
    CLIENT_ID_IS_GIVEN = "EG-CONN-008";
    SESSION_HAS_THE_CLIENT_ID = "EG-CONN-009";
    A_SESSION_NAME_OCCURS_ONCE = "EG-CONN-010";
    CLIENT_ID_MAY_BE_THE_NAME = "EG-CONN-011";
    A_CLIENT_ID_FOR_EACH_SESSION = "EG-CONN-012";
    USERNAME_IS_GIVEN = "EG-CONN-013";
    USERNAME_IS_THE_NAME = "EG-CONN-014";
    NAME_IS_A_CLIENTS = "EG-CONN-015";
    CERTIFICATE_HAS_THE_NAME = "EG-CONN-016";
    USERNAME_MAY_BE_LEFT_OUT = "EG-CONN-017";
    KEEP_ALIVE_OF_V5 = "EG-CONN-020";
    KEEP_ALIVE_OF_V3 = "EG-CONN-021";
}

/// A CONNECT that has come as far as the question of who it is.
#[derive(Clone, Debug)]
pub(super) struct Entered {
    pub(super) version: Version,
    pub(super) host: Arc<str>,
}

/// A CONNECT that passes.
pub(super) struct Admitted {
    pub(super) session: Session,
    /// How long the session outlives this connection.
    pub(super) expiry_interval_s: u32,
    /// The client identifier that the broker made up.
    pub(super) assigned: Option<Arc<str>>,
}

/// A connection was made: CONNECT has to follow.
pub(super) fn opened(core: &mut Core, conn: ConnId, peer: &Peer, ruling: &mut Ruling<'_>) {
    ruling.note(A_CLIENT_SPEAKS_TLS, true);
    let timeout_s = dialled(core, peer).map_or(30, |namespace| namespace.profile.connect_timeout_s);
    core.timers.set(core.now.plus_s(timeout_s), Timer::Connect(conn));
}

/// Notes what a client that was turned away before MQTT did wrong. The carrier has closed already.
pub(super) fn refused(door: Door, ruling: &mut Ruling<'_>) {
    match door {
        Door::Plaintext => {
            ruling.note(A_CLIENT_SPEAKS_TLS, false);
            ruling.note(NO_MQTT_WITHOUT_TLS, true);
        }
        Door::TlsVersion => ruling.note(NO_OLDER_TLS, true),
        Door::Path | Door::Subprotocol => ruling.note(open::WEBSOCKET_PATH, true),
        Door::Tls | Door::Distrust | Door::WebSocket | Door::Full => {}
    }
}

/// Whether MQTT is answered that comes without TLS.
pub(super) fn answers_plaintext(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(NO_MQTT_WITHOUT_TLS, false, true)
}

/// Whether TLS 1.3 is offered beside 1.2.
pub(super) fn offers_tls_1_3(ruling: &mut Ruling<'_>) -> bool {
    ruling.value(TLS_1_3, true, false)
}

/// Judges what comes before the client: the protocol and the host.
pub(super) fn enter(
    core: &Core,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Entered, Ending> {
    let version = judge_protocol(core, peer, connect, ruling)?;
    if matches!(peer.transport, Transport::WebSocket { .. }) {
        Ending::unless_granted(open::WEBSOCKET_PATH, NOT_AUTHORIZED, ruling)?;
    }
    let host = judge_host(core, peer, ruling)?;
    // A webhook may want to know them.
    let are_for_a_webhook = core.namespace(&host).is_some_and(auth::takes_a_webhook);
    if version == Version::V5 {
        let profile = core.namespace(&host).map(|it| it.profile.clone()).unwrap_or_default();
        v5::judge_connect(connect, &profile, are_for_a_webhook, ruling)?;
    }
    ruling.note(CLIENT_ID_IS_GIVEN, !connect.client_id.is_empty());
    msess::judge_names(core, &host, connect, ruling);
    Ok(Entered { version, host })
}

/// Judges a CONNECT of somebody who is known, in the order of the page: session, will.
pub(super) fn admit(
    core: &mut Core,
    conn: ConnId,
    entered: Entered,
    connect: &Connect,
    proof: Proof,
    ruling: &mut Ruling<'_>,
) -> Result<Admitted, Ending> {
    let Entered { version, host } = entered;
    let Proof { identity: client, means, expires_at } = proof;
    if client.authentication_name == connect.client_id {
        Ending::unless_granted(CLIENT_ID_MAY_BE_THE_NAME, CLIENT_IDENTIFIER_NOT_VALID, ruling)?;
    }
    let (name, assigned) = session::name(core, &host, connect, version, &client, ruling)?;
    let in_any_case = name.to_lowercase().into();
    let name = ruling.value(open::CASE_OF_OWNER_AND_SESSION, name, in_any_case);
    judge_rates(core, &host, &name, ruling)?;
    session::judge_owner(core, &host, &name, &client, ruling)?;
    let expiry_interval_s = session::expiry_interval_s(core, &host, connect, ruling);
    if let Some(namespace) = core.namespace(&host) {
        session::habits::judge(namespace, &name, &client, connect, expiry_interval_s, ruling)?;
    }
    msess::judge(core, &host, &name, &client, ruling)?;
    session::grant_wishes(connect, version, ruling)?;
    let will = will::judge(core, &host, &client, connect, version, ruling)?;
    let keep_alive_s = keep_alive_s(core, &host, connect, version, ruling)?;
    let session = Session {
        name,
        host,
        conn,
        version,
        client,
        means,
        expires_at,
        keep_alive_s,
        heard_at: core.now,
        aliases: Aliases::default(),
        sequence_number: 0,
        will,
    };
    Ok(Admitted { session, expiry_interval_s, assigned })
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
        return core.give_back(conn, State::EventGrid(session));
    }
    match Ending::unless(false, open::ONE_AND_A_HALF_TIMES, KEEP_ALIVE_TIMEOUT, ruling) {
        Err(ending) => end::end(core, session, &ending, ruling),
        Ok(()) => core.give_back(conn, State::EventGrid(session)),
    }
}

/// When a connection ends unless it is heard from.
fn deadline(session: &Session) -> Option<Time> {
    let silence_ms = u64::from(session.keep_alive_s) * 1500;
    (silence_ms > 0).then(|| session.heard_at.plus_ms(silence_ms))
}

/// The namespace whose host was dialled.
pub(super) fn dialled<'a>(core: &'a Core, peer: &Peer) -> Option<&'a Namespace> {
    core.registry.namespaces.get(peer.sni.as_deref()?)
}

fn judge_protocol(
    core: &Core,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Version, Ending> {
    let version = match connect.version() {
        Some(version @ (Version::V311 | Version::V5)) => version,
        Some(Version::V31) | None => {
            let mqtt_31 = dialled(core, peer).map(|namespace| namespace.profile.mqtt_31);
            let reason = match mqtt_31.unwrap_or_default() {
                Mqtt31::Connack1 => UNSUPPORTED_PROTOCOL_VERSION,
                Mqtt31::Close => UNSPECIFIED_ERROR,
            };
            Ending::unless(false, open::NO_OTHER_VERSION, reason, ruling)?;
            Version::V311
        }
    };
    let (carried, port) = match peer.transport {
        Transport::Tcp => (proto::carried(version, false), TCP_ON_8883),
        Transport::WebSocket { .. } => (proto::carried(version, true), WEBSOCKET_ON_443),
    };
    Ending::unless_granted(carried, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
    Ending::unless_granted(port, UNSUPPORTED_PROTOCOL_VERSION, ruling)?;
    if peer.tls_version == Some("TLSv1_2") {
        Ending::unless_granted(TLS_1_2, NOT_AUTHORIZED, ruling)?;
    }
    Ok(version)
}

/// A host that is no namespace's, or whose MQTT is off, answers nobody.
fn judge_host(core: &Core, peer: &Peer, ruling: &mut Ruling<'_>) -> Result<Arc<str>, Ending> {
    let host = peer.sni.as_deref().unwrap_or_default();
    let Some(namespace) = dialled(core, peer) else {
        let known: Vec<&str> = core.registry.namespaces.keys().map(String::as_str).collect();
        ruling.explain(format!(
            "`{host}` is the MQTT host of no namespace; this cloud has: {}",
            known.join(", ")
        ));
        Ending::unless(false, open::HOSTS, NOT_AUTHORIZED, ruling)?;
        return Ok(host.into());
    };
    let disabled = || format!("the topicSpacesConfiguration of `{host}` is not Enabled");
    let checked = namespace.is_enabled().then_some(()).ok_or_else(disabled);
    Ending::judge(checked, open::MQTT_IS_ENABLED, NOT_AUTHORIZED, ruling)?;
    Ok(host.into())
}

/// How often sessions connect, where throughput units are bought.
fn judge_rates(
    core: &mut Core,
    host: &str,
    name: &Arc<str>,
    ruling: &mut Ruling<'_>,
) -> Result<(), Ending> {
    let now = core.now;
    let Some(namespace) = core.registry.namespaces.get_mut(host) else { return Ok(()) };
    if namespace.profile.throughput_units.is_none() {
        return Ok(());
    }
    let of_session = namespace.session_connects.entry(name.clone()).or_default();
    let fits = of_session.admit(now, 1, namespace.profile.session_connects())
        && namespace.connects.admit(now, 1, namespace.profile.connects());
    Ending::unless(fits, open::CONNECT_RATES, CONNECTION_RATE_EXCEEDED, ruling)
}

/// The keep-alive in force: what was asked for, up to the most that the broker grants.
fn keep_alive_s(
    core: &Core,
    host: &str,
    connect: &Connect,
    version: Version,
    ruling: &mut Ruling<'_>,
) -> Result<u16, Ending> {
    let asked_s = connect.keep_alive_s;
    let Some(namespace) = core.namespace(host) else { return Ok(asked_s) };
    let most_s = namespace.profile.keep_alive_max_s;
    let rule = if version == Version::V5 { KEEP_ALIVE_OF_V5 } else { KEEP_ALIVE_OF_V3 };
    let fits = (1..=most_s).contains(&asked_s);
    ruling.note(rule, fits);
    if version != Version::V5 && namespace.profile.v3_long_keep_alive == Excess::Refuse {
        let rule = open::LONG_KEEP_ALIVE_OF_V3;
        Ending::unless(fits, rule, IMPLEMENTATION_SPECIFIC_ERROR, ruling)?;
    }
    if fits {
        return Ok(asked_s);
    }
    let most_s = ruling.value(rule, most_s, u16::MAX);
    let rule =
        if version == Version::V5 { open::SERVER_KEEP_ALIVE } else { open::LONG_KEEP_ALIVE_OF_V3 };
    Ok(ruling.value(rule, most_s, asked_s))
}
