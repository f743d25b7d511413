//! Frames of the client to a stream of bytes, and packets to frames of the server: tungstenite's work,
//! done in memory, so that whoever owns the socket sees all that is read and written.

use std::io::{self, ErrorKind, Read, Write};

use bytes::{BufMut, Bytes, BytesMut};
use tungstenite::{
    Error, Message, Utf8Bytes,
    error::CapacityError,
    protocol::{
        CloseFrame, Role, WebSocketConfig, WebSocketContext,
        frame::{
            Frame, FrameHeader,
            coding::{CloseCode, Data, OpCode},
        },
    },
};

/// Why no more bytes can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// The client closed; it was answered.
    Closed,
    /// The client sent text, which is no MQTT.
    Text,
    /// The client's message is larger than what is stored of one.
    TooLarge { bytes: usize },
    /// The client broke the framing.
    Violation,
}

/// Reads the client's frames wherever their bytes are cut, and answers pings and closes.
#[derive(Debug)]
pub(crate) struct Frames {
    context: WebSocketContext,
    /// Bytes that the context took and that no whole message accounts for.
    open_bytes: usize,
    /// The context holds the room of a large message.
    has_grown: bool,
    /// What to say when the server closes.
    close_code: CloseCode,
}

impl Frames {
    /// Reads messages of several times the largest packet, as a client may put many into one.
    pub(crate) fn new(max_packet_bytes: usize) -> Self {
        let max_bytes = Some(max_packet_bytes.saturating_mul(PACKETS_AT_ONCE));
        let config = WebSocketConfig::default()
            .read_buffer_size(IDLE_BYTES)
            .write_buffer_size(0)
            .max_frame_size(max_bytes)
            .max_message_size(max_bytes);
        let context = WebSocketContext::new(Role::Server, Some(config));
        Self { context, open_bytes: 0, has_grown: false, close_code: CloseCode::Normal }
    }

    /// Takes bytes of the connection. Payload goes into `payload`, answers go into `replies`.
    ///
    /// # Errors
    /// When no more can be read; what came before is in `payload`.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        payload: &mut BytesMut,
        replies: &mut BytesMut,
    ) -> Result<(), Interruption> {
        self.open_bytes += bytes.len();
        let mut memory = Memory { bytes, replies };
        loop {
            let (code, interruption) = match self.context.read(&mut memory) {
                Ok(Message::Binary(message)) => {
                    payload.extend_from_slice(&message);
                    self.account(message.len());
                    continue;
                }
                Ok(Message::Ping(message) | Message::Pong(message)) => {
                    self.account(message.len());
                    continue;
                }
                Ok(Message::Frame(_)) => continue,
                Ok(Message::Close(_)) => {
                    // That it is over now is an error here, and the answer is written nonetheless.
                    let _ = self.context.flush(&mut memory);
                    (CloseCode::Normal, Interruption::Closed)
                }
                // Only text, and the reason of a close, have to be UTF-8.
                Ok(Message::Text(_)) | Err(Error::Utf8(_)) => {
                    (CloseCode::Unsupported, Interruption::Text)
                }
                Err(Error::Io(error)) if error.kind() == ErrorKind::WouldBlock => {
                    self.shrink();
                    return Ok(());
                }
                Err(Error::Capacity(CapacityError::MessageTooLong { size, .. })) => {
                    (CloseCode::Size, Interruption::TooLarge { bytes: size })
                }
                Err(_) => (CloseCode::Protocol, Interruption::Violation),
            };
            self.close_code = code;
            return Err(interruption);
        }
    }

    /// Says that the server closes, unless that was said.
    pub(crate) fn put_close(&mut self, out: &mut BytesMut) {
        let close = CloseFrame { code: self.close_code, reason: Utf8Bytes::default() };
        // Nothing can fail but a second close.
        let _ = self.context.close(&mut Memory { bytes: &[], replies: out }, Some(close));
    }

    /// Counts a message as one frame with the shortest header, which is the least that it can have been.
    fn account(&mut self, length: usize) {
        let header = FrameHeader { mask: Some([0; 4]), ..FrameHeader::default() };
        self.open_bytes -= header.len(length as u64) + length;
        self.has_grown |= length > IDLE_BYTES;
    }

    /// Gives back the room of a large message. The context would keep it for ever, and holds nothing
    /// else when all that it took is accounted for.
    fn shrink(&mut self) {
        if self.has_grown && self.open_bytes == 0 {
            let config = *self.context.get_config();
            self.context = WebSocketContext::new(Role::Server, Some(config));
            self.has_grown = false;
        }
    }
}

/// Appends a frame with a packet: binary, as MQTT travels (MQTT-6.0.0-1), and unmasked, as servers
/// send.
pub(crate) fn put_frame(packet: Bytes, out: &mut BytesMut) {
    let frame = Frame::message(packet, OpCode::Data(Data::Binary), true);
    out.reserve(frame.len());
    // Memory takes everything.
    let _ = frame.format(&mut out.writer());
}

/// How many of the largest packets fit into one message.
const PACKETS_AT_ONCE: usize = 4;

/// What an idle connection keeps for its next frame.
const IDLE_BYTES: usize = 512;

/// A stream that has these bytes for now, and takes in whatever is written.
struct Memory<'a> {
    bytes: &'a [u8],
    replies: &'a mut BytesMut,
}

impl Read for Memory<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        // An empty read would be the end of the stream.
        if self.bytes.is_empty() {
            Err(ErrorKind::WouldBlock.into())
        } else {
            self.bytes.read(into)
        }
    }
}

impl Write for Memory<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.replies.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAX_PACKET_BYTES: usize = 70_000;

    /// A client's frame: the header as given, then a mask of 1, 2, 3, 4 and the masked payload.
    fn frame(header: &[u8], payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let masked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        header.iter().copied().chain(mask).chain(masked).collect()
    }

    /// What comes of bytes that arrive in pieces of this size: payload, replies, interruption.
    fn read(bytes: &[u8], size: usize) -> (Vec<u8>, Vec<u8>, Option<Interruption>) {
        let mut frames = Frames::new(MAX_PACKET_BYTES);
        let (mut payload, mut replies) = (BytesMut::new(), BytesMut::new());
        let interruption = bytes
            .chunks(size)
            .find_map(|piece| frames.read(piece, &mut payload, &mut replies).err());
        frames.put_close(&mut replies);
        (payload.to_vec(), replies.to_vec(), interruption)
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        use Interruption::{Closed, Text, TooLarge, Violation};
        let normal = &[0x88, 2, 0x03, 0xE8][..];
        let protocol_error = &[0x88, 2, 0x03, 0xEA][..];
        let unsupported = &[0x88, 2, 0x03, 0xEB][..];
        let too_large = &[0x88, 2, 0x03, 0xF1][..];
        let (medium, large) = (vec![b'm'; 300], vec![b'l'; 70_000]);
        for (bytes, payload, replies, interruption) in [
            (frame(&[0x82, 0x80], b""), &b""[..], normal, None),
            (frame(&[0x82, 0x83], b"abc"), b"abc", normal, None),
            (frame(&[0x82, 0xFE, 0x01, 0x2C], &medium), &medium, normal, None),
            (frame(&[0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], &large), &large, normal, None),
            (
                // The context is renewed in between.
                [
                    frame(&[0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], &large),
                    frame(&[0x82, 0xFE, 0x01, 0x2C], &medium),
                    frame(&[0x89, 0x81], b"p"),
                ]
                .concat(),
                &[&large[..], &medium].concat(),
                &[&[0x8A, 1, b'p'], normal].concat(),
                None,
            ),
            (
                [
                    frame(&[0x02, 0x82], b"ab"),
                    frame(&[0x89, 0x81], b"p"),
                    frame(&[0x80, 0x81], b"c"),
                ]
                .concat(),
                b"abc",
                &[&[0x8A, 1, b'p'], normal].concat(),
                None,
            ),
            (
                [frame(&[0x02, 0x81], b"a"), frame(&[0x00, 0x81], b"b"), frame(&[0x80, 0x80], b"")]
                    .concat(),
                b"ab",
                normal,
                None,
            ),
            (frame(&[0x8A, 0x81], b"p"), b"", normal, None),
            (frame(&[0x88, 0x80], b""), b"", &[0x88, 0], Some(Closed)),
            (frame(&[0x88, 0x84], b"\x0F\xA0by"), b"", b"\x88\x04\x0F\xA0by", Some(Closed)),
            (frame(&[0x88, 0x81], b"x"), b"", protocol_error, Some(Violation)),
            (frame(&[0x81, 0x81], b"t"), b"", unsupported, Some(Text)),
            (frame(&[0x81, 0x82], b"\xC0\x00"), b"", unsupported, Some(Text)),
            (vec![0x82, 0x01, b'u'], b"", protocol_error, Some(Violation)),
            (frame(&[0xC2, 0x81], b"r"), b"", protocol_error, Some(Violation)),
            (frame(&[0x83, 0x81], b"o"), b"", protocol_error, Some(Violation)),
            (frame(&[0x80, 0x81], b"c"), b"", protocol_error, Some(Violation)),
            (frame(&[0x09, 0x81], b"f"), b"", protocol_error, Some(Violation)),
            (frame(&[0x89, 0xFE, 0, 126], &[0; 126]), b"", protocol_error, Some(Violation)),
            (
                frame(&[0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], b""),
                b"",
                too_large,
                Some(TooLarge { bytes: 1 << 63 }),
            ),
            (
                frame(&[0x82, 0xFF, 0, 0, 0, 0, 0, 4, 0x45, 0xC1], b""),
                b"",
                too_large,
                Some(TooLarge { bytes: 280_001 }),
            ),
            (
                [
                    vec![frame(&[0x02, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], &large)],
                    vec![frame(&[0x00, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], &large); 4],
                ]
                .concat()
                .concat(),
                b"",
                too_large,
                Some(TooLarge { bytes: 350_000 }),
            ),
            (
                [frame(&[0x02, 0x81], b"a"), frame(&[0x82, 0x81], b"b")].concat(),
                b"",
                protocol_error,
                Some(Violation),
            ),
        ] {
            for size in [1, 2, 3, 7, usize::MAX] {
                let (read_payload, read_replies, read_interruption) = read(&bytes, size);
                let head = &bytes[..bytes.len().min(12)];
                assert_eq!(read_payload, payload, "{head:x?} by {size}");
                assert_eq!(read_replies, replies, "{head:x?} by {size}");
                assert_eq!(read_interruption, interruption, "{head:x?} by {size}");
            }
        }
    }

    #[test]
    fn an_idle_connection_is_small_again() {
        let large = vec![b'l'; 0x1000];
        let first = [frame(&[0x02, 0x81], b"a"), frame(&[0x80, 0x81], b"b")].concat();
        for (before, shrinks) in [
            (vec![], true),
            (frame(&[0x82, 0x81], b"s"), true),
            // Not told apart from a frame that is under way.
            (first, false),
        ] {
            let mut frames = Frames::new(MAX_PACKET_BYTES);
            let bytes = [before, frame(&[0x82, 0xFE, 0x10, 0x00], &large)].concat();
            let (last, most) = bytes.split_last().expect("bytes");
            let (mut payload, mut replies) = (BytesMut::new(), BytesMut::new());
            frames.read(most, &mut payload, &mut replies).expect("no interruption");
            assert!(!payload.ends_with(&large));
            frames.read(&[*last], &mut payload, &mut replies).expect("no interruption");
            assert!(payload.ends_with(&large));
            assert_eq!(frames.has_grown, !shrinks);
        }
        assert!(size_of::<Frames>() + IDLE_BYTES < 1024, "{}", size_of::<Frames>());
    }

    #[test]
    fn frames_are_written_in_the_shortest_form() {
        for (length, header) in [
            (0, &[0x82, 0][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (0xFFFF, &[0x82, 126, 0xFF, 0xFF]),
            (0x1_0000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = BytesMut::new();
            put_frame(vec![7; length].into(), &mut out);
            assert_eq!(&out[..header.len()], header);
            assert_eq!(out.len(), header.len() + length);
        }
    }
}
