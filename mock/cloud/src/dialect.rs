//! Which dialect speaks on a connection, and what it is handed. The list of dialects is closed.

use std::sync::Arc;

use wire::{Connect, Packet};

use crate::{
    alibaba,
    cloud::{Connection, Core},
    dps, event_grid,
    http::{self, CallFailure, CallId, HttpRequest, HttpResponse, RequestId},
    hub,
    input::{ConnId, Door, Input, Peer},
    profile::ServerCertificate,
    ruling::Ruling,
    tenant,
    timer::Timer,
};

/// What a connection is to its dialect.
#[derive(Debug)]
pub(crate) enum State {
    /// No CONNECT yet.
    Awaiting,
    Hub(Box<hub::Session>),
    Dps(Box<dps::Session>),
    EventGrid(Box<event_grid::Session>),
    /// CONNECT has come, and waits for what a webhook says.
    EventGridAsking(Box<event_grid::Asking>),
    Alibaba(Box<alibaba::Session>),
    /// The session is in a handler's hands, or over.
    Taken,
}

impl State {
    /// The name of the device, once CONNECT gave it.
    pub(crate) fn who(&self) -> Option<Arc<str>> {
        match self {
            Self::Hub(session) => Some(session.name.clone()),
            Self::Dps(session) => Some(session.name.clone()),
            Self::EventGrid(session) => Some(session.name.clone()),
            Self::EventGridAsking(asking) => Some(asking.name()),
            Self::Alibaba(session) => Some(session.name.clone()),
            Self::Awaiting | Self::Taken => None,
        }
    }
}

/// The dialects, as host names tell them before CONNECT says more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Hub,
    Dps,
    EventGrid,
    Alibaba,
}

impl Dialect {
    /// Whoever dials none of the others' hosts is meant for a hub.
    fn of(sni: Option<&str>) -> Self {
        match sni {
            Some(sni) if sni.ends_with("azure-devices-provisioning.net") => Self::Dps,
            Some(sni) if event_grid::is_host(sni) => Self::EventGrid,
            Some(sni) if alibaba::is_host(sni) => Self::Alibaba,
            _ => Self::Hub,
        }
    }
}

/// Hands an input to the dialect that it concerns.
pub(crate) fn handle(core: &mut Core, input: &Input, ruling: &mut Ruling<'_>) {
    match input {
        Input::Opened { conn, peer } => opened(core, *conn, peer, ruling),
        Input::Refused { sni, door, .. } => refused(core, sni.as_deref(), *door, ruling),
        Input::Received { conn, packet } => core.arrive(*conn, packet, ruling),
        Input::Malformed { conn, why } => match core.take(*conn) {
            State::Hub(session) => hub::malformed(core, session, why, ruling),
            State::Dps(session) => dps::malformed(core, session, why, ruling),
            State::EventGrid(session) => event_grid::malformed(core, session, why, ruling),
            State::Alibaba(session) => alibaba::malformed(core, session, why, ruling),
            State::Awaiting | State::EventGridAsking(_) | State::Taken => match core.dialled(*conn)
            {
                Dialect::Hub => hub::malformed_connect(core, *conn, why, ruling),
                Dialect::Dps => dps::malformed_connect(core, *conn, why, ruling),
                Dialect::EventGrid => event_grid::malformed_connect(core, *conn, why, ruling),
                Dialect::Alibaba => alibaba::malformed_connect(core, *conn, why, ruling),
            },
        },
        Input::Closed { conn, .. } => core.lose(*conn, ruling),
        Input::Order { id, order } => crate::orders::handle(core, *id, order, ruling),
        Input::Request { id, request } => requested(core, *id, request, ruling),
        Input::Called { id, outcome } => called(core, *id, outcome, ruling),
        Input::Timeout => {}
    }
}

/// Hands a timer that ran out to the dialect that set it.
pub(crate) fn fire(core: &mut Core, timer: Timer, ruling: &mut Ruling<'_>) {
    match timer {
        Timer::Connect(conn) => {
            if !matches!(core.state(conn), Some(State::Awaiting)) {
                return;
            }
            match core.dialled(conn) {
                Dialect::Hub => hub::connect_overdue(core, conn, ruling),
                Dialect::Dps => dps::connect_is_missing(core, conn, ruling),
                Dialect::EventGrid => event_grid::connect_is_missing(core, conn, ruling),
                Dialect::Alibaba => alibaba::connect_is_missing(core, conn, ruling),
            }
        }
        Timer::KeepAlive(conn) => match core.take(conn) {
            State::Hub(session) => hub::keep_alive_due(core, session, ruling),
            State::Dps(session) => dps::keep_alive_due(core, session, ruling),
            State::EventGrid(session) => event_grid::keep_alive_due(core, session, ruling),
            State::Alibaba(session) => alibaba::keep_alive_due(core, session, ruling),
            other => core.give_back(conn, other),
        },
        Timer::TokenExpiry(conn) => match core.take(conn) {
            State::Hub(session) => hub::token_expired(core, session, ruling),
            State::EventGrid(session) => event_grid::token_expired(core, session, ruling),
            other => core.give_back(conn, other),
        },
        Timer::C2dLock { hub, device, sequence_number } => {
            hub::c2d::lock_lapsed(core, &hub, &device, sequence_number, ruling);
        }
        Timer::C2dExpiry { hub, device, sequence_number } => {
            hub::c2d::expired(core, &hub, &device, sequence_number, ruling);
        }
        Timer::MethodAnswer { conn, rid } => match core.take(conn) {
            State::Hub(session) => hub::method_overdue(core, session, &rid, ruling),
            other => core.give_back(conn, other),
        },
        Timer::Puback { conn, packet_id } => match core.take(conn) {
            State::Hub(session) => hub::puback_due(core, session, packet_id, ruling),
            other => core.give_back(conn, other),
        },
        Timer::Snapshot { hub } => hub::presence::look(core, &hub, ruling),
        Timer::MethodConnect(order) => hub::method::connect_overdue(core, order, ruling),
        Timer::SessionExpiry { hub, id } => hub::session_expired(core, &hub, &id, ruling),
        Timer::EventGrid { host, due } => event_grid::due(core, &host, due, ruling),
        Timer::Alibaba { instance, due } => alibaba::due(core, &instance, &due, ruling),
        Timer::Delayed(number) => core.release_delayed(number, ruling),
        Timer::Fault(number) => core.strike_by_the_clock(number, ruling),
    }
}

impl Core {
    /// Takes a connection's state out, so that a handler can hold it beside the core.
    pub(crate) fn take(&mut self, conn: ConnId) -> State {
        match self.connections.get_mut(&conn) {
            Some(connection) => std::mem::replace(&mut connection.state, State::Taken),
            None => State::Taken,
        }
    }

    /// Puts a connection's state back; a connection that is gone stays gone.
    pub(crate) fn give_back(&mut self, conn: ConnId, state: State) {
        if let Some(connection) = self.connections.get_mut(&conn) {
            connection.state = state;
        }
    }

    /// The network under a connection is gone: its dialect learns of it, and it is forgotten.
    pub(crate) fn lose(&mut self, conn: ConnId, ruling: &mut Ruling<'_>) {
        match self.take(conn) {
            State::Hub(session) => hub::closed(self, session, ruling),
            State::Dps(session) => dps::closed(self, session, ruling),
            State::EventGrid(session) => event_grid::closed(self, session, ruling),
            State::Alibaba(session) => alibaba::closed(self, session, ruling),
            State::Awaiting | State::EventGridAsking(_) | State::Taken => {}
        }
        self.connections.remove(&conn);
        self.faults.forget(conn);
    }

    /// Whose host a connection was made to.
    fn dialled(&self, conn: ConnId) -> Dialect {
        let connection = self.connections.get(&conn);
        Dialect::of(connection.and_then(|connection| connection.peer.sni.as_deref()))
    }

    /// Whom a CONNECT is meant for: DPS and Alibaba are told from the hubs by the user name, too.
    pub(crate) fn meant(&self, conn: ConnId, connect: &Connect) -> Dialect {
        match self.dialled(conn) {
            dialled @ (Dialect::EventGrid | Dialect::Alibaba) => dialled,
            _ if alibaba::is_meant(self, connect) => Dialect::Alibaba,
            _ if dps::is_meant(self, conn, connect) => Dialect::Dps,
            _ => Dialect::Hub,
        }
    }

    fn is_plain(&self, conn: ConnId) -> bool {
        self.connections.get(&conn).is_some_and(|connection| connection.peer.is_plain())
    }

    fn state(&self, conn: ConnId) -> Option<&State> {
        self.connections.get(&conn).map(|connection| &connection.state)
    }
}

/// Whether a host speaks TLS 1.3; all speak 1.2.
pub(crate) fn offers_tls_1_3(core: &Core, sni: Option<&str>, ruling: &mut Ruling<'_>) -> bool {
    let sni = tenant::meant(core, sni);
    let sni = sni.as_deref();
    match Dialect::of(sni) {
        Dialect::Hub => hub::offers_tls_1_3(core, sni, ruling),
        Dialect::Dps => dps::offers_tls_1_3(ruling),
        Dialect::EventGrid => event_grid::offers_tls_1_3(ruling),
        Dialect::Alibaba => alibaba::offers_tls_1_3(ruling),
    }
}

impl Dialect {
    const ALL: [Self; 4] = [Self::Hub, Self::Dps, Self::EventGrid, Self::Alibaba];

    /// Whether the tenant that a CONNECT is meant for takes MQTT without TLS, or any before it has come.
    fn takes_plaintext(
        self,
        core: &Core,
        connect: Option<&Connect>,
        ruling: &mut Ruling<'_>,
    ) -> bool {
        match self {
            Self::Alibaba => alibaba::answers_plaintext(core, connect, ruling),
            Self::Hub => hub::answers_plaintext(ruling),
            Self::Dps => dps::answers_plaintext(ruling),
            Self::EventGrid => event_grid::answers_plaintext(ruling),
        }
    }

    /// Whether some tenant is reached on port 1883.
    fn is_on_1883(self, core: &Core) -> bool {
        match self {
            Self::Alibaba => !core.registry.instances.is_empty(),
            Self::Hub | Self::Dps | Self::EventGrid => false,
        }
    }
}

/// Whether anybody takes MQTT without TLS. Who speaks it has named no host, so all dialects are asked,
/// and CONNECT tells who is meant.
pub(crate) fn takes_plaintext(core: &Core, ruling: &mut Ruling<'_>) -> bool {
    // All of them, since each that is asked may be one that is to get it wrong.
    let mut takes = false;
    for dialect in Dialect::ALL {
        takes |= dialect.takes_plaintext(core, None, ruling);
    }
    takes
}

/// Whether anybody is reached on port 1883.
pub(crate) fn is_on_1883(core: &Core) -> bool {
    Dialect::ALL.into_iter().any(|dialect| dialect.is_on_1883(core))
}

/// Whether anybody speaks a version of TLS before 1.2.
pub(crate) fn has_old_tls(core: &Core) -> bool {
    !core.registry.instances.is_empty()
}

/// Whether a host speaks this version of TLS before 1.2.
pub(crate) fn offers_old_tls(
    core: &Core,
    sni: Option<&str>,
    version: &str,
    ruling: &mut Ruling<'_>,
) -> bool {
    match Dialect::of(tenant::meant(core, sni).as_deref()) {
        Dialect::Hub | Dialect::Dps | Dialect::EventGrid => false,
        Dialect::Alibaba => alibaba::offers_old_tls(version, ruling),
    }
}

/// Whether a host takes MQTT on port 443 that is in no WebSocket.
pub(crate) fn takes_mqtt_on_443(core: &Core, sni: Option<&str>) -> bool {
    match Dialect::of(tenant::meant(core, sni).as_deref()) {
        Dialect::Hub | Dialect::Dps | Dialect::EventGrid => false,
        Dialect::Alibaba => true,
    }
}

/// The certificate that a host shows.
pub(crate) fn server_certificate(core: &Core, sni: Option<&str>) -> ServerCertificate {
    let sni = tenant::meant(core, sni);
    let sni = sni.as_deref();
    match Dialect::of(sni) {
        Dialect::Alibaba => alibaba::server_certificate(core, sni),
        Dialect::Hub => hub::server_certificate(core, sni),
        Dialect::Dps => core.shown.unwrap_or_default(),
        Dialect::EventGrid => event_grid::server_certificate(core, sni),
    }
}

/// The paths under which a host serves MQTT over WebSocket, the one to recommend first.
pub(crate) fn websocket_paths(core: &Core, sni: Option<&str>) -> &'static [&'static str] {
    match Dialect::of(tenant::meant(core, sni).as_deref()) {
        // Hubs and DPS each document one of the two, and the mock serves both at either.
        Dialect::Hub | Dialect::Dps => &["/$iothub/websocket", "/"],
        Dialect::EventGrid => &["/mqtt"],
        Dialect::Alibaba => alibaba::websocket_paths(core, sni),
    }
}

/// The paths of WebSockets without TLS, where no host was named.
pub(crate) fn plain_websocket_paths(
    core: &Core,
    ruling: &mut Ruling<'_>,
) -> &'static [&'static str] {
    let takes = |dialect: &Dialect| dialect.takes_plaintext(core, None, ruling);
    match Dialect::ALL.into_iter().find(takes) {
        Some(Dialect::Hub | Dialect::Dps) => &["/$iothub/websocket", "/"],
        Some(Dialect::EventGrid) => &["/mqtt"],
        Some(Dialect::Alibaba) => alibaba::websocket_paths(core, None),
        None => &[],
    }
}

/// Whether a host takes requests over HTTPS that ask for no WebSocket.
pub(crate) fn takes_requests(sni: Option<&str>) -> bool {
    Dialect::of(sni) == Dialect::EventGrid
}

/// Hands a request to the dialect of its host.
fn requested(core: &mut Core, id: RequestId, request: &HttpRequest, ruling: &mut Ruling<'_>) {
    match Dialect::of(request.sni.as_deref()) {
        Dialect::EventGrid => event_grid::requested(core, id, request, ruling),
        Dialect::Hub | Dialect::Dps | Dialect::Alibaba => http::nobody_takes(id, request, ruling),
    }
}

/// Hands what came of a call to the dialect that made it.
fn called(
    core: &mut Core,
    id: CallId,
    outcome: &Result<HttpResponse, CallFailure>,
    ruling: &mut Ruling<'_>,
) {
    event_grid::called(core, id, outcome, ruling);
}

fn opened(core: &mut Core, conn: ConnId, peer: &Peer, ruling: &mut Ruling<'_>) {
    let peer = tenant::addressed(core, peer, ruling);
    core.connections.insert(conn, Connection { peer: peer.clone(), state: State::Awaiting });
    if peer.is_plain() {
        // Whom it is meant for, CONNECT will tell.
        let deadline = core.now.plus_s(PLAIN_CONNECT_TIMEOUT_S);
        return core.timers.set(deadline, Timer::Connect(conn));
    }
    match Dialect::of(peer.sni.as_deref()) {
        Dialect::Hub => hub::opened(core, conn, &peer, ruling),
        Dialect::Dps => dps::opened(core, conn, &peer, ruling),
        Dialect::EventGrid => event_grid::opened(core, conn, &peer, ruling),
        Dialect::Alibaba => alibaba::opened(core, conn, &peer, ruling),
    }
}

/// As long as a hub waits by default.
const PLAIN_CONNECT_TIMEOUT_S: u64 = 30;

/// A CONNECT came without TLS and is meant for a dialect that asks for it.
fn refuse_plaintext(core: &Core, conn: ConnId, dialect: Dialect, ruling: &mut Ruling<'_>) {
    ruling.explain("it came without TLS, and is meant for a tenant that asks for TLS".to_owned());
    match dialect {
        Dialect::Hub => hub::refuse_plaintext(core, conn, ruling),
        Dialect::Dps => dps::refuse_plaintext(conn, ruling),
        Dialect::EventGrid => event_grid::refuse_plaintext(conn, ruling),
        Dialect::Alibaba => alibaba::refuse_plaintext(conn, ruling),
    }
}

/// A client was turned away before MQTT began. Without a host name it may have been meant for any tenant.
fn refused(core: &mut Core, sni: Option<&str>, door: Door, ruling: &mut Ruling<'_>) {
    let dialled = Dialect::of(tenant::meant(core, sni).as_deref());
    if dialled == Dialect::Hub {
        hub::refused(core, sni, door, ruling);
    }
    let has_any = |is_empty: bool| sni.is_none() && !is_empty;
    if dialled == Dialect::Dps || has_any(core.registry.provisioning.is_empty()) {
        dps::refused(door, ruling);
    }
    if dialled == Dialect::EventGrid || has_any(core.registry.namespaces.is_empty()) {
        event_grid::refused(door, ruling);
    }
    if dialled == Dialect::Alibaba || has_any(core.registry.instances.is_empty()) {
        alibaba::refused(door, ruling);
    }
}

/// Hands a packet to the dialect of its connection.
pub(crate) fn received(core: &mut Core, conn: ConnId, packet: &Packet, ruling: &mut Ruling<'_>) {
    match core.take(conn) {
        State::Hub(session) => hub::received(core, session, packet, ruling),
        State::Dps(session) => dps::received(core, session, packet, ruling),
        State::EventGrid(session) => event_grid::received(core, session, packet, ruling),
        State::Alibaba(session) => alibaba::received(core, session, packet, ruling),
        State::EventGridAsking(asking) => {
            event_grid::received_early(core, conn, asking, packet, ruling);
        }
        State::Awaiting => match packet {
            Packet::Connect(connect) => {
                let meant = core.meant(conn, connect);
                if core.is_plain(conn) && !meant.takes_plaintext(core, Some(connect), ruling) {
                    return refuse_plaintext(core, conn, meant, ruling);
                }
                match tenant::dialect(meant, ruling) {
                    Dialect::Hub => hub::connect(core, conn, connect, ruling),
                    Dialect::Dps => dps::connect(core, conn, connect, ruling),
                    Dialect::EventGrid => event_grid::connect(core, conn, connect, ruling),
                    Dialect::Alibaba => alibaba::connect(core, conn, connect, ruling),
                }
            }
            _ => match core.dialled(conn) {
                Dialect::Hub => hub::first_packet_is_no_connect(core, conn, packet, ruling),
                Dialect::Dps => dps::connect_is_missing(core, conn, ruling),
                Dialect::EventGrid => event_grid::connect_is_missing(core, conn, ruling),
                Dialect::Alibaba => alibaba::connect_is_missing(core, conn, ruling),
            },
        },
        // Bytes that were on their way when the connection was closed.
        State::Taken => {}
    }
}
