//! HUB-CONN: who may connect, with which CONNECT.

use wire::{Connack, Connect, Packet};

use super::{
    Session, auth, limit, module, open, sdk, tenant, throttle, tls,
    username::{Form, Username},
    ws, x509,
};
use crate::{
    cloud::Core,
    error_code::{self, Code},
    identity::IdentityId,
    input::{ConnId, Peer, Transport},
    log,
    registry::Hub,
    rule::{Rule, rules},
    ruling::{Broken, Ruling},
    sas,
    time::Time,
};

rules! {
    MQTT_3_1_1_ON_8883 = "HUB-CONN-001";
    SDK_OR_NOT_IS_ALL_THE_SAME = "HUB-CONN-002";
    PLAIN_MQTT_IS_ENOUGH = "HUB-CONN-003";
    CLIENT_ID_IS_THE_DEVICE_ID = "HUB-CONN-004";
    USERNAME_NAMES_HUB_DEVICE_AND_API_VERSION = "HUB-CONN-005";
    HOST_IS_THE_FULL_NAME = "HUB-CONN-006";
    WORKED_EXAMPLE = "HUB-CONN-007";
    API_VERSION_IS_GIVEN = "HUB-CONN-008";
    NO_API_VERSION_STILL_CONNECTS = "HUB-CONN-009";
    ONE_CONNECTION = "HUB-CONN-010";
    NEWEST_WINS = "HUB-CONN-011";
    DISPLACEMENT_IS_LOGGED = "HUB-CONN-012";
}

/// A CONNECT that is turned away: the return code, if it is answered at all, and why.
pub(super) struct Refusal {
    pub(super) code: Option<u8>,
    pub(super) because: Rule,
    pub(super) log: Option<Code>,
    pub(super) host: Option<String>,
    pub(super) id: Option<IdentityId>,
}

impl From<Broken> for Refusal {
    fn from(Broken(because): Broken) -> Self {
        Self { code: Some(5), because, log: None, host: None, id: None }
    }
}

/// Judges a CONNECT in the order in which the hub does: protocol, names, identity, proof.
pub(super) fn admit(
    core: &mut Core,
    conn: ConnId,
    peer: &Peer,
    connect: &Connect,
    ruling: &mut Ruling<'_>,
) -> Result<Session, Refusal> {
    let is_3_1_1 = connect.level == 4 && connect.protocol_name == "MQTT";
    ruling.note(tls::ASKS_FOR_MQTT_3_1_1, is_3_1_1);
    let level = if connect.level == 5 { limit::MQTT_5_IS_REFUSED } else { open::ONLY_LEVEL_4 };
    ruling.uphold(level, is_3_1_1).map_err(|broken| Refusal { code: Some(1), ..broken.into() })?;
    match &peer.transport {
        Transport::Tcp => {
            ruling.note(sdk::MQTT_ARRIVES_ON_8883, true);
            ruling.grant(MQTT_3_1_1_ON_8883)?;
        }
        Transport::WebSocket { path, subprotocol } => {
            ruling.note(sdk::WEBSOCKET_ARRIVES_ON_443, true);
            ws::admit(core, peer, path, subprotocol, ruling)?;
        }
    }
    tls::grant_version(peer, ruling)?;

    let username = connect.username.as_deref().unwrap_or_default();
    let Some(mut username) = Username::parse(username) else {
        ruling.note(USERNAME_NAMES_HUB_DEVICE_AND_API_VERSION, false);
        if shows_a_certificate(peer, connect) {
            ruling.note(x509::USERNAME_IS_STILL_SENT, false);
        }
        let code = tenant::dialled(core, peer.sni.as_deref())
            .map_or(5, |hub| hub.profile.malformed_username_connack);
        ruling
            .uphold(open::UNREADABLE_USERNAME_IS_REFUSED, false)
            .map_err(|broken| Refusal { code: Some(code), ..broken.into() })?;
        // Nobody can be let in without a name, not even by a hub that gets this wrong.
        return Err(Refusal { code: Some(2), ..Broken(open::REFUSED_IS_CODE_5).into() });
    };
    let Some(host) = tenant::hub_of(core, peer, connect, &username, ruling) else {
        ruling.note(HOST_IS_THE_FULL_NAME, false);
        ruling.uphold(open::UNKNOWN_DEVICE_IS_REFUSED, false)?;
        return Err(Broken(open::REFUSED_IS_CODE_5).into());
    };
    if ruling.gives_wrong_value(open::UNKNOWN_ARGUMENTS_ARE_IGNORED) {
        username.reverse_arguments();
    }
    note_names(core, peer, connect, &username, &host, ruling);
    let mut id = username.id.clone();
    if ruling.gives_wrong_value(open::REGISTRY_ALPHABET) {
        id.device = sas::decoded(&id.device);
    }
    ws::turn_away_from_8883(core, peer, &host, &id, ruling)?;
    throttle::connect(core, &host, ruling).map_err(|broken| Refusal {
        code: Some(3),
        host: Some(host.clone()),
        id: Some(id.clone()),
        log: Some(error_code::THROTTLING_EXCEPTION),
        ..broken.into()
    })?;
    let refused = |broken: Broken| Refusal {
        host: Some(host.clone()),
        id: Some(id.clone()),
        log: Some(error_code::IOT_HUB_UNAUTHORIZED),
        ..broken.into()
    };
    ruling
        .uphold(open::CLIENT_ID_IS_COMPARED_EXACTLY, connect.client_id == id.to_string())
        .map_err(refused)?;
    grant_form(&username, ruling).map_err(refused)?;

    if core.registry.auto_create {
        create_on_sight(core, &host, &id);
    }
    let now = core.now;
    let Some(hub) = core.registry.hub(&host) else {
        return Err(refused(Broken(open::UNKNOWN_DEVICE_IS_REFUSED)));
    };
    ruling
        .uphold(open::UNKNOWN_DEVICE_IS_REFUSED, hub.identities.contains_key(&id))
        .map_err(refused)?;
    let Some(identity) = hub.identities.get(&id) else {
        // Reached when the rule above is broken on purpose: then the hub says what a broker would.
        return Err(Refusal { code: Some(2), ..refused(Broken(open::REFUSED_IS_CODE_5)) });
    };
    ruling.uphold(open::DISABLED_DEVICE_IS_REFUSED, identity.enabled).map_err(|broken| {
        Refusal {
            code: Some(hub.profile.disabled_connack),
            log: Some(error_code::DEVICE_DISABLED),
            ..refused(broken)
        }
    })?;
    let proof = auth::prove(hub, identity, peer, connect, now, ruling).map_err(refused)?;
    refuse_unknown_api_version(hub, &username, ruling).map_err(refused)?;
    Ok(Session::new(hub.host.clone(), identity, conn, peer, connect, &username, proof, now))
}

fn note_names(
    core: &Core,
    peer: &Peer,
    connect: &Connect,
    username: &Username,
    host: &str,
    ruling: &mut Ruling<'_>,
) {
    let id = username.id.to_string();
    let api_version = username.argument("api-version");
    let is_of_the_form = username.form == Form::Current && api_version.is_some();
    // The page that asks for no api-version knows no modules either.
    let is_not_asked = !core.profile(host).asks_for_api_version
        && username.form == Form::Of2016
        && username.id.module.is_none();
    if username.id.module.is_some() {
        ruling.note(module::CLIENT_ID_NAMES_BOTH, connect.client_id == id);
        ruling.note(module::USERNAME_NAMES_BOTH, is_of_the_form);
    } else {
        ruling.note(CLIENT_ID_IS_THE_DEVICE_ID, connect.client_id == id);
        if !is_not_asked {
            ruling.note(USERNAME_NAMES_HUB_DEVICE_AND_API_VERSION, is_of_the_form);
        }
    }
    if (host, id.as_str()) == ("contoso.azure-devices.net", "MyDevice01") {
        let is_as_printed = is_of_the_form && api_version == Some("2021-04-12");
        ruling.note(WORKED_EXAMPLE, is_as_printed && username.host == host);
    }
    if shows_a_certificate(peer, connect) {
        ruling.note(x509::USERNAME_IS_STILL_SENT, is_of_the_form);
    }
    ruling.note(HOST_IS_THE_FULL_NAME, username.host.eq_ignore_ascii_case(host));
    if !is_not_asked {
        ruling.note(API_VERSION_IS_GIVEN, api_version.is_some());
    }
}

/// Whether a certificate is the proof, for want of a password.
fn shows_a_certificate(peer: &Peer, connect: &Connect) -> bool {
    connect.password.as_deref().unwrap_or_default().is_empty() && !peer.certificates.is_empty()
}

fn grant_form(username: &Username, ruling: &mut Ruling<'_>) -> Result<(), Broken> {
    match username.form {
        Form::Current => {}
        Form::Of2017 => ruling.grant(open::USERNAME_OF_2017)?,
        Form::Of2016 => ruling.grant(NO_API_VERSION_STILL_CONNECTS)?,
    }
    if username.argument("DeviceClientType").is_some() {
        ruling.grant(open::USERNAME_ARGUMENTS)?;
        ruling.grant(SDK_OR_NOT_IS_ALL_THE_SAME)?;
        ruling.grant(sdk::SDKS_ARE_SERVED)?;
    } else {
        ruling.grant(PLAIN_MQTT_IS_ENOUGH)?;
    }
    if username.has_unknown_arguments() {
        ruling.grant(open::UNKNOWN_ARGUMENTS_ARE_IGNORED)?;
    }
    if username.id.module.is_some() {
        ruling.grant(module::MODULES_CONNECT_LIKE_DEVICES)?;
    }
    Ok(())
}

/// The api-versions that a document or an SDK names.
const KNOWN_API_VERSIONS: &[&str] = &[
    "2016-11-14",
    "2017-06-30",
    "2017-11-08-preview",
    "2018-06-30",
    "2019-03-30",
    "2019-10-01",
    "2020-03-13",
    "2020-05-31-preview",
    "2020-09-30",
    "2021-04-12",
];

fn refuse_unknown_api_version(
    hub: &Hub,
    username: &Username,
    ruling: &mut Ruling<'_>,
) -> Result<(), Broken> {
    match username.argument("api-version") {
        Some(version) if !KNOWN_API_VERSIONS.contains(&version) => {
            if hub.profile.strict_api_version {
                ruling.uphold(open::API_VERSION_IS_NOT_JUDGED, false)
            } else {
                ruling.grant(open::API_VERSION_IS_NOT_JUDGED)
            }
        }
        _ => Ok(()),
    }
}

fn create_on_sight(core: &mut Core, host: &str, id: &IdentityId) {
    let Some(hub) = core.registry.hub_mut(host) else { return };
    if !hub.identities.contains_key(id) && id.to_string().parse::<IdentityId>().is_ok() {
        hub.put_default_identity(id.clone()).made_on_sight = true;
    }
}

/// Drops the connection that the identity has already, so that the new one is the only one.
pub(super) fn displace(core: &mut Core, session: &Session, ruling: &mut Ruling<'_>) {
    let old = if ruling.gives_wrong_value(open::MODULES_ARE_APART) {
        conn_of_device(core, session)
    } else {
        core.identity_mut(&session.host, &session.id).and_then(|identity| identity.conn)
    };
    let Some(old) = old else { return };
    if !ruling.value(ONE_CONNECTION, true, false) {
        return;
    }
    let crate::dialect::State::Hub(displaced) = core.take(old) else { return };
    give_way(core, displaced, ruling);
}

/// Ends a connection because its identity has a newer one.
pub(super) fn give_way(core: &mut Core, displaced: Box<Session>, ruling: &mut Ruling<'_>) {
    match ruling.uphold(NEWEST_WINS, false) {
        Err(Broken(because)) => super::end(core, displaced, super::End::Displaced(because), ruling),
        Ok(()) => core.give_back(displaced.conn, crate::dialect::State::Hub(displaced)),
    }
}

/// A connection of the device or any of its modules, as if they shared one.
fn conn_of_device(core: &Core, session: &Session) -> Option<ConnId> {
    let identities = &core.registry.hub(&session.host)?.identities;
    let siblings = identities.iter().filter(|(id, _)| id.device == session.id.device);
    siblings.filter_map(|(_, identity)| identity.conn).next()
}

/// Answers a CONNECT that was turned away.
pub(super) fn refuse(
    conn: ConnId,
    peer: &Peer,
    connect: &Connect,
    refusal: Refusal,
    core: &Core,
    ruling: &mut Ruling<'_>,
) {
    let Refusal { code, because, log, host, id } = refusal;
    if let Some(code) = code {
        let code = if code == 5 { ruling.value(open::REFUSED_IS_CODE_5, 5, 4) } else { code };
        let connack = Connack { session_present: false, code, properties: Vec::new() };
        ruling.send(conn, Packet::Connack(connack), because);
    }
    if let (Some(code), Some(hub), Some(id)) = (log, host, id) {
        let because = open::CONNECTIONS_RECORD;
        log_refused(core.now, peer, connect, (&hub, &id), code, because, ruling);
    }
    ruling.close(conn, because);
}

/// Writes the record of a CONNECT that an upgrade of the service turned away.
pub(super) fn log_upgrade(core: &Core, conn: ConnId, connect: &Connect, ruling: &mut Ruling<'_>) {
    let Some(connection) = core.connections.get(&conn) else { return };
    let Some(named) = connect.username.as_deref().and_then(Username::parse) else { return };
    let (code, because) =
        (error_code::CONNECTION_REJECTED_ON_FAULT_INJECTION, open::CODE_OF_EACH_CLOSE);
    let whose = (named.host.as_str(), &named.id);
    log_refused(core.now, &connection.peer, connect, whose, code, because, ruling);
}

/// Writes the record of a CONNECT that was turned away, of which there is no session.
fn log_refused(
    now: Time,
    peer: &Peer,
    connect: &Connect,
    (hub, id): (&str, &IdentityId),
    code: Code,
    because: Rule,
    ruling: &mut Ruling<'_>,
) {
    let username = connect.username.as_deref().and_then(Username::parse);
    let sdk_version = username.as_ref().and_then(|username| username.argument("DeviceClientType"));
    let scope = if id.module.is_some() { "module" } else { "device" };
    let auth_method = match shows_a_certificate(peer, connect) {
        true => auth::method_json(scope, "x509Certificate", "external"),
        false => auth::method_json(scope, "sas", "iothub"),
    };
    let subject = log::Subject {
        hub,
        id,
        sdk_version: sdk_version.unwrap_or_default(),
        auth_method: &auth_method,
        address: &peer.address,
    };
    let record = log::ConnectionsRecord::new(now, log::Operation::Connect, Some(code), subject);
    ruling.log(record, because);
}
