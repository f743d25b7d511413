//! Bytes of a client to packets: out of WebSocket frames where there are some, then out of MQTT frames.

use std::{cell::Cell, mem};

use bytes::BytesMut;
use cloud::Ending;
use wire::{Decoder, Malformed, Packet, Version};

use crate::ws::{Frames, Interruption};

/// What one reading brought, in the order in which it is to be told.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) packets: Vec<Packet>,
    pub(crate) malformed: Option<Malformed>,
    pub(crate) over: Option<Ending>,
}

/// The reading half of a connection.
pub(crate) struct Ear {
    decoder: Decoder,
    version: Option<Version>,
    /// Present on a WebSocket.
    frames: Option<Box<Frames>>,
    /// Bytes that came along with the WebSocket request.
    early: BytesMut,
    /// The beginning of a packet whose end has not arrived.
    input: BytesMut,
    is_closed: bool,
}

impl Ear {
    pub(crate) fn new(
        max_packet_bytes: usize,
        frames: Option<Box<Frames>>,
        early: BytesMut,
    ) -> Self {
        Self {
            decoder: Decoder::new(None, max_packet_bytes),
            version: None,
            frames,
            early,
            input: BytesMut::new(),
            is_closed: false,
        }
    }

    /// Nothing more can be understood.
    pub(crate) const fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// The protocol version, at the moment when it becomes known.
    pub(crate) fn new_version(&mut self) -> Option<Version> {
        let known = mem::replace(&mut self.version, self.decoder.version());
        if known.is_none() { self.version } else { None }
    }

    /// Understands what came before the first reading.
    pub(crate) fn hear_early(&mut self, replies: &mut BytesMut, heard: &mut Heard) {
        if !self.early.is_empty() {
            let early = mem::take(&mut self.early);
            self.hear(&early, replies, heard);
        }
    }

    /// Understands bytes; answers of the WebSocket layer itself go into `replies`.
    pub(crate) fn hear(&mut self, bytes: &[u8], replies: &mut BytesMut, heard: &mut Heard) {
        if self.is_closed {
            return;
        }
        let mut input =
            if self.input.is_empty() { SPARE.take() } else { mem::take(&mut self.input) };
        let interruption = match &mut self.frames {
            Some(frames) => frames.read(bytes, &mut input, replies).err(),
            None => {
                input.extend_from_slice(bytes);
                None
            }
        };
        self.decode(&mut input, heard);
        if let Some(interruption) = interruption {
            self.interrupt(interruption, heard);
        }
        if input.is_empty() || self.is_closed {
            input.clear();
            if input.capacity() <= SPARE_BYTES {
                SPARE.set(input);
            }
        } else {
            self.input = input;
        }
    }

    /// The WebSocket layer's last words.
    pub(crate) fn put_farewell(&mut self, out: &mut BytesMut) {
        if let Some(frames) = &mut self.frames {
            frames.put_close(out);
        }
    }

    fn decode(&mut self, input: &mut BytesMut, heard: &mut Heard) {
        loop {
            match self.decoder.decode(input) {
                Ok(Some(packet)) => heard.packets.push(packet),
                Ok(None) => return,
                Err(why) => {
                    self.is_closed = true;
                    heard.malformed = Some(why);
                    return;
                }
            }
        }
    }

    fn interrupt(&mut self, interruption: Interruption, heard: &mut Heard) {
        self.is_closed = true;
        let (clause, says, oversize_bytes) = match interruption {
            Interruption::Closed => {
                heard.over = Some(Ending::Eof);
                return;
            }
            Interruption::Violation => {
                ("RFC 6455 §5", "a WebSocket frame that breaks the framing".to_owned(), None)
            }
            Interruption::Text => ("MQTT-6.0.0-1", "a WebSocket text frame".to_owned(), None),
            Interruption::TooLarge { bytes } => {
                (OVERSIZE, format!("a WebSocket message of {bytes} bytes"), Some(bytes))
            }
        };
        heard.over = Some(Ending::Reset);
        let malformed = Malformed { clause, says, packet: None, oversize_bytes };
        heard.malformed.get_or_insert(malformed);
    }
}

/// Where MQTT limits the size of what comes at once.
const OVERSIZE: &str = "MQTT3.1.1 §2.2.3";

/// The largest buffer that a thread keeps for its next reading.
const SPARE_BYTES: usize = 64 * 1024;

thread_local! {
    /// Most readings end at the end of a packet. They share one buffer a thread, so that an idle
    /// connection has none.
    static SPARE: Cell<BytesMut> = Cell::new(BytesMut::new());
}
