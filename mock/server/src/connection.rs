//! One connection, from accept to its last byte.

use std::{future::poll_fn, io, net::SocketAddr, sync::Arc, time::Duration};

use bytes::BytesMut;
use cloud::{Door, Ending, Peer, Transport};
use tokio::io::AsyncWriteExt;

use crate::{
    clock::within,
    desk::Desk,
    ear::Ear,
    engine::Engine,
    line::{Fate, Line},
    pump::{End, Pump},
    tls::{Tls, TlsStream},
    ws,
};

/// What a listener speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Mqtt,
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
    /// Boxed, since it is large and moves on twice; a task would have room for it each time.
    pub(crate) stream: Box<TlsStream>,
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
            if door == Door::Plaintext && engine.answers_plaintext() {
                // Who does not listen is closed all the same.
                let _ = line.socket.clone().write_all(&ACCEPTING_CONNACK).await;
            }
            engine.refused(peer.to_string(), sni, door, why);
            linger(&engine, &line, line.socket.clone().finish()).await;
        }
    }
}

/// What a cloud says to plaintext that is got wrong on purpose.
const ACCEPTING_CONNACK: [u8; 4] = [0x20, 2, 0, 0];

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
    let wishes = |sni: Option<&str>| engine.tls_wishes(sni);
    let opened = within(limit, tls.accept(line.socket.clone(), wishes))
        .await
        .map_err(|_| too_late(Door::Tls, None, limit, "the TLS handshake"))??;
    match port {
        Port::Mqtt => Ok(opened),
        Port::WebSocket => {
            let sni = opened.sni.clone();
            let (paths, takes_requests) = engine.http_wishes(sni.as_deref());
            let desk = takes_requests.then(|| Desk { engine, line, peer, sni: sni.clone() });
            // A request has a head, a body and an answer, and each takes its time.
            let limit = match &desk {
                Some(_) => limit * 2 + engine.config.answer_timeout,
                None => limit,
            };
            within(limit, ws::upgrade(opened, paths, desk.as_ref()))
                .await
                .map_err(|_| too_late(Door::WebSocket, sni, limit, "the WebSocket upgrade"))?
        }
    }
}

async fn talk(engine: &Engine, line: &Line, peer: SocketAddr, opened: Opened) {
    let Opened { mut stream, sni, transport, early } = opened;
    let frames = matches!(transport, Transport::WebSocket { .. })
        .then(|| Box::new(ws::Frames::new(engine.config.max_packet_bytes)));
    if frames.is_some() {
        line.set_framed();
    }
    let ear = Ear::new(engine.config.max_packet_bytes, frames, early);
    engine.opened(line, described(&stream, peer, sni, transport));
    let mut pump = Pump::new(engine, line, &mut stream, ear);
    let end = pump.run().await;
    let farewell = pump.farewell();
    match end {
        End::Over(ending) => {
            engine.closed(line, ending);
            linger(engine, line, close(&mut stream, farewell)).await;
        }
        End::Closed => linger(engine, line, close(&mut stream, farewell)).await,
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

fn described(
    stream: &TlsStream,
    peer: SocketAddr,
    sni: Option<String>,
    transport: Transport,
) -> Peer {
    let (_, session) = stream.get_ref();
    let chain = session.peer_certificates().unwrap_or_default();
    Peer {
        address: peer.to_string(),
        sni,
        transport,
        tls_version: match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1_2",
            _ => "TLSv1_3",
        },
        certificates: chain.iter().map(|certificate| certificate.to_vec()).collect(),
    }
}

/// Says the last words, and waits until the client has read them.
async fn close(stream: &mut TlsStream, farewell: BytesMut) {
    if say_farewell(stream, farewell).await.is_ok() {
        stream.get_ref().0.clone().finish().await;
    }
}

/// Says the last words, then close_notify and FIN.
async fn say_farewell(stream: &mut TlsStream, farewell: BytesMut) -> io::Result<()> {
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
