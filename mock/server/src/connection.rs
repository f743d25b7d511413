//! One connection, from accept to its last byte.

use std::{
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use bytes::BytesMut;
use cloud::{Door, Ending, Peer, Transport};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt};

use crate::{
    clock::within,
    desk::Desk,
    ear::Ear,
    engine::Engine,
    line::{Fate, Line},
    pump::{End, Pump},
    stream::Stream,
    tls::{self, Tls},
    ws,
};

/// What a listener speaks. Each tells TLS from what comes without by the first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// 8883 and 1883.
    Mqtt,
    /// 443, with MQTT of its own beside the WebSockets where the cloud wants that.
    WebSocket,
}

/// Why a client does not get as far as MQTT.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It went away before it said anything, as probes of a port do.
    Silent,
    /// It asked for something else over HTTP, and was answered.
    Answered,
    /// It is turned away.
    Refused { door: Door, sni: Option<String>, why: String },
}

/// A connection that is ready for MQTT.
pub(crate) struct Opened {
    pub(crate) stream: Stream,
    pub(crate) sni: Option<String>,
    pub(crate) transport: Transport,
    /// Bytes that came along with the WebSocket request.
    pub(crate) early: BytesMut,
}

/// Lives one connection.
pub(crate) async fn run(
    engine: Arc<Engine>,
    tls: Arc<Tls>,
    line: Arc<Line>,
    peer: SocketAddr,
    port: Port,
) {
    let _entry = Entry { engine: &engine, line: &line };
    let opened = tokio::select! {
        biased;
        _ = poll_fn(|cx| line.poll_leaves(cx, Fate::Open)) => Err(Refusal::Silent),
        // Boxed, so that a connection pays for its handshake only while that lasts.
        opened = Box::pin(open(&engine, &tls, &line, peer, port)) => opened,
    };
    match opened {
        Ok(opened) => talk(&engine, &line, peer, opened).await,
        Err(Refusal::Silent) => {}
        Err(Refusal::Answered) => linger(&engine, &line, line.socket.clone().finish()).await,
        Err(Refusal::Refused { door, sni, why }) => {
            engine.refused(peer.to_string(), sni, door, why);
            linger(&engine, &line, line.socket.clone().finish()).await;
        }
    }
}

/// Stands in the engine's list until the task ends, by a panic too: the list holds the socket open.
struct Entry<'a> {
    engine: &'a Engine,
    line: &'a Line,
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.engine.forget(self.line);
    }
}

async fn open(
    engine: &Engine,
    tls: &Tls,
    line: &Line,
    peer: SocketAddr,
    port: Port,
) -> Result<Opened, Refusal> {
    let limit = engine.config.handshake_timeout;
    let too_late = |door, sni, limit: Duration, what| {
        let why = format!("{what} was not finished within {} s", limit.as_secs_f64());
        Refusal::Refused { door, sni, why }
    };
    let mut opened = within(limit, begin(engine, tls, line, port))
        .await
        .map_err(|_| too_late(Door::Tls, None, limit, "the TLS handshake"))??;
    let sni = opened.sni.clone();
    let http = match port {
        Port::Mqtt => return Ok(opened),
        Port::WebSocket => engine.http_wishes(sni.as_deref(), !opened.stream.is_plain()),
    };
    if http.takes_mqtt {
        let first = within(limit, first_byte(&mut opened.stream))
            .await
            .map_err(|_| too_late(Door::WebSocket, sni.clone(), limit, "the first packet"))?;
        match first {
            Some(first) if !is_http(first) => return Ok(opened),
            Some(_) => {}
            None => return Err(Refusal::Silent),
        }
    }
    let desk = http.takes_requests.then(|| Desk { engine, line, peer, sni: sni.clone() });
    // A request has a head, a body and an answer, and each takes its time.
    let limit = match &desk {
        Some(_) => limit * 2 + engine.config.answer_timeout,
        None => limit,
    };
    within(limit, ws::upgrade(opened, http.paths, desk.as_ref()))
        .await
        .map_err(|_| too_late(Door::WebSocket, sni, limit, "the WebSocket upgrade"))?
}

/// Shakes hands with who begins with TLS, and lets others in where the cloud does.
async fn begin(engine: &Engine, tls: &Tls, line: &Line, port: Port) -> Result<Opened, Refusal> {
    let socket = line.socket.clone();
    let first = match socket.first_byte().await {
        Ok(Some(tls::HANDSHAKE_RECORD)) => {
            if engine.has_old_tls()
                && let Some(hello) = tls::old::hello(&socket).await
                && let Some(shown) = engine.old_tls_wishes(hello.sni.as_deref(), hello.version)
            {
                return tls.old.accept(socket, hello, shown).await;
            }
            return tls.accept(socket, |sni| engine.tls_wishes(sni)).await;
        }
        Ok(Some(first)) => first,
        Ok(None) | Err(_) => return Err(Refusal::Silent),
    };
    // HTTP has one port.
    let has_come_right = port == Port::WebSocket || !is_http(first);
    if !(has_come_right && engine.takes_plaintext()) {
        let why = tls::words::plaintext(first);
        return Err(Refusal::Refused { door: Door::Plaintext, sni: None, why });
    }
    let stream = Stream::plain(socket);
    Ok(Opened { stream, sni: None, transport: Transport::Tcp, early: BytesMut::new() })
}

/// The first byte that the client sent, left where it is; `None` when it went without one.
async fn first_byte(stream: &mut Stream) -> Option<u8> {
    stream.fill_buf().await.ok()?.first().copied()
}

/// Whether a first byte begins a request of HTTP, as no packet of MQTT that comes first does.
const fn is_http(first: u8) -> bool {
    first.is_ascii_uppercase()
}

async fn talk(engine: &Engine, line: &Line, peer: SocketAddr, opened: Opened) {
    let Opened { mut stream, sni, transport, early } = opened;
    let frames = matches!(transport, Transport::WebSocket { .. })
        .then(|| Box::new(ws::Frames::new(engine.config.max_packet_bytes)));
    if frames.is_some() {
        line.set_framed();
    }
    let ear = Ear::new(engine.config.max_packet_bytes, frames, early);
    let peer = Peer {
        address: peer.to_string(),
        sni,
        transport,
        tls_version: stream.tls_version(),
        certificates: stream.certificates().into(),
    };
    engine.opened(line, peer);
    let mut pump = Pump::new(engine, line, &mut stream, ear);
    let end = pump.run().await;
    let farewell = pump.farewell();
    match end {
        End::Over(ending) => {
            engine.closed(line, ending);
            linger(engine, line, close(line, &mut stream, farewell)).await;
        }
        End::Closed => linger(engine, line, close(line, &mut stream, farewell)).await,
        End::Quit => {
            let _ = within(engine.config.linger, say_farewell(&mut stream, farewell)).await;
        }
        End::Overflow => {
            engine.closed(line, Ending::Reset);
            line.socket.reset_on_drop();
        }
        End::Reset => line.socket.reset_on_drop(),
        End::Frozen => {
            line.set_listening(false);
            tokio::select! {
                _ = poll_fn(|cx| line.poll_leaves(cx, Fate::Freeze)) => {}
                // As with a network that is cut, the cloud hears nothing of it.
                () = line.socket.ended() => {}
            }
            line.socket.reset_on_drop();
        }
    }
}

/// Says the last words, and waits until the client has read them.
async fn close(line: &Line, stream: &mut Stream, farewell: BytesMut) {
    if say_farewell(stream, farewell).await.is_ok() {
        line.socket.clone().finish().await;
    }
}

/// Says the last words, then close_notify where there is TLS, and FIN.
async fn say_farewell(stream: &mut Stream, farewell: BytesMut) -> io::Result<()> {
    stream.write_all(&farewell).await?;
    stream.shutdown().await
}

/// Lets the end of a connection take its time, within limits.
async fn linger(engine: &Engine, line: &Line, end: impl Future<Output = ()>) {
    line.set_listening(true);
    line.decide(Fate::Close);
    tokio::select! {
        _ = poll_fn(|cx| line.poll_leaves(cx, Fate::Close)) => {}
        _ = within(engine.config.linger, end) => {}
    }
}
