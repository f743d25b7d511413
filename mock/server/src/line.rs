//! What the cloud's side and the connection's task share of one connection: bytes to send, and its fate.

use std::{
    mem,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, Waker},
};

use bytes::BytesMut;
use cloud::ConnId;
use wire::{Packet, Version};

use crate::{socket::Socket, ws};

/// One connection, from accept to the end of its task.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) conn: ConnId,
    pub(crate) socket: Socket,
    /// Whether unread bytes in the socket will be read, so that the quiescence barrier waits for them.
    listening: AtomicBool,
    max_outbox_bytes: usize,
    outbox: Mutex<Outbox>,
}

#[derive(Debug)]
struct Outbox {
    bytes: BytesMut,
    version: Version,
    /// Each packet goes into a WebSocket frame.
    framed: bool,
    fate: Fate,
    /// The connection's task, while it waits.
    task: Option<Waker>,
}

/// How a connection is to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// The cloud and the client talk.
    Open,
    /// It ends when the outbox is empty.
    Close,
    /// It ends at once.
    Reset,
    /// Nothing moves any more.
    Freeze,
    /// The client left too much unread. The cloud has yet to be told.
    Overflow,
    /// The mock is shut down.
    Quit,
}

impl Line {
    pub(crate) fn new(conn: ConnId, socket: Socket, max_outbox_bytes: usize) -> Self {
        let outbox = Outbox {
            bytes: BytesMut::new(),
            version: Version::V311,
            framed: false,
            fate: Fate::Open,
            task: None,
        };
        let listening = AtomicBool::new(true);
        Self { conn, socket, listening, max_outbox_bytes, outbox: Mutex::new(outbox) }
    }

    /// Queues a packet, unless the connection is over.
    pub(crate) fn send(&self, packet: &Packet) {
        let mut outbox = self.outbox();
        if outbox.fate != Fate::Open {
            return;
        }
        outbox.put(packet);
        if outbox.bytes.len() > self.max_outbox_bytes {
            outbox.bytes = BytesMut::new();
            outbox.fate = Fate::Overflow;
        }
        outbox.wake();
    }

    /// Decides how the connection goes on. What is decided stays, but anything can be cut short.
    pub(crate) fn decide(&self, fate: Fate) {
        let mut outbox = self.outbox();
        let changes = match outbox.fate {
            Fate::Open => true,
            Fate::Close | Fate::Freeze => matches!(fate, Fate::Reset | Fate::Quit),
            Fate::Overflow | Fate::Reset | Fate::Quit => false,
        };
        if changes {
            outbox.fate = fate;
            outbox.wake();
        }
    }

    pub(crate) fn fate(&self) -> Fate {
        self.outbox().fate
    }

    /// Becomes ready with the connection's fate once that is another one than this.
    pub(crate) fn poll_leaves(&self, cx: &mut Context<'_>, fate: Fate) -> Poll<Fate> {
        let mut outbox = self.outbox();
        if outbox.fate != fate {
            return Poll::Ready(outbox.fate);
        }
        outbox.task = Some(cx.waker().clone());
        Poll::Pending
    }

    pub(crate) fn set_version(&self, version: Version) {
        self.outbox().version = version;
    }

    pub(crate) fn set_framed(&self) {
        self.outbox().framed = true;
    }

    pub(crate) fn set_listening(&self, listening: bool) {
        self.listening.store(listening, Ordering::SeqCst);
    }

    pub(crate) fn is_listening(&self) -> bool {
        self.listening.load(Ordering::SeqCst)
    }

    /// Moves what is queued into `output` when that is empty, and tells the fate.
    pub(crate) fn take(&self, output: &mut BytesMut) -> Fate {
        let mut outbox = self.outbox();
        if output.is_empty() {
            output.clear();
            mem::swap(output, &mut outbox.bytes);
        }
        outbox.fate
    }

    /// Whether the connection's task may pause until it is woken: nothing was decided since `known`,
    /// and nothing was queued that it could write.
    pub(crate) fn pause(&self, cx: &Context<'_>, known: Fate, can_write: bool) -> bool {
        let mut outbox = self.outbox();
        if outbox.fate != known || (can_write && !outbox.bytes.is_empty()) {
            return false;
        }
        outbox.task = Some(cx.waker().clone());
        true
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The version in which a packet is written. A return code of MQTT 3 tells a client of MQTT 5 that its
/// version is not spoken here, so it comes in the form of 3.1.1.
const fn spoken(packet: &Packet, version: Version) -> Version {
    match packet {
        Packet::Connack(connack) if matches!(connack.code, 1..=5) => Version::V311,
        _ => version,
    }
}

impl Outbox {
    fn put(&mut self, packet: &Packet) {
        let version = spoken(packet, self.version);
        if self.framed {
            let mut payload = BytesMut::new();
            wire::encode(packet, version, &mut payload);
            ws::put_frame(payload.freeze(), &mut self.bytes);
        } else {
            wire::encode(packet, version, &mut self.bytes);
        }
    }

    fn wake(&mut self) {
        if let Some(task) = self.task.take() {
            task.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use wire::{Auth, Connack, Decoder, Disconnect, Property, Publish};

    use super::*;

    /// A refusal that only MQTT 5 has is said in MQTT 5; the codes of MQTT 3 are said to a client that
    /// speaks a version too new.
    #[test]
    fn packets_are_written_in_the_version_of_their_connection() {
        let connack = |code, properties| {
            Packet::Connack(Connack { session_present: false, code, properties })
        };
        let words = |length| vec![Property::ReasonString("x".repeat(length))];
        let publish = Publish {
            topic: "a".to_owned(),
            properties: vec![Property::UserProperty("k".to_owned(), "v".repeat(60_000)); 8],
            payload: Bytes::from_static(b"hello"),
            ..Publish::default()
        };
        let method = Property::AuthenticationMethod("OAUTH2-JWT".to_owned());
        let auth = Auth { reason: 0x18, properties: vec![method] };
        let bye = Disconnect { reason: 0x8E, properties: words(9) };
        for (packet, written) in [
            (connack(0, words(5)), Version::V5),
            (connack(0x87, words(5)), Version::V5),
            (connack(0x80, Vec::new()), Version::V5),
            (connack(1, Vec::new()), Version::V311),
            (connack(5, Vec::new()), Version::V311),
            (Packet::Publish(publish), Version::V5),
            (Packet::Auth(auth), Version::V5),
            (Packet::Disconnect(bye), Version::V5),
        ] {
            let mut outbox = Outbox {
                bytes: BytesMut::new(),
                version: Version::V5,
                framed: false,
                fate: Fate::Open,
                task: None,
            };
            outbox.put(&packet);
            let mut decoder = Decoder::new(Some(written), 1_000_000);
            assert_eq!(decoder.decode(&mut outbox.bytes), Ok(Some(packet)));
            assert!(outbox.bytes.is_empty());
        }
    }
}
