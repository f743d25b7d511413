//! Frames of the client to a stream of bytes, and bytes to frames of the server.

use bytes::{Buf, BufMut, BytesMut};

/// A binary frame: what MQTT travels in (MQTT-6.0.0-1).
pub(crate) const BINARY: u8 = 0x2;

/// Why no more bytes can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interruption {
    /// The client closed; it was answered.
    Closed,
    /// The client sent text, which is no MQTT.
    Text,
    /// The client broke the framing.
    Violation,
}

/// Reads the client's frames wherever their bytes are cut, and answers pings and closes.
#[derive(Debug, Default)]
pub(crate) struct Frames {
    /// A header whose end has not arrived.
    header: BytesMut,
    /// The frame whose payload is arriving.
    frame: Option<Frame>,
    /// The payload of a control frame.
    control: BytesMut,
    /// A message has begun that is not finished.
    is_fragmented: bool,
    /// What to say when the server closes.
    close_code: Option<u16>,
    is_close_sent: bool,
}

#[derive(Clone, Copy, Debug)]
struct Frame {
    opcode: u8,
    mask: [u8; 4],
    /// Payload bytes that were read.
    done: u64,
    length: u64,
}

impl Frames {
    /// Takes bytes of the connection. Payload goes into `payload`, answers go into `replies`.
    ///
    /// # Errors
    /// When no more can be read; what came before is in `payload`.
    pub(crate) fn read(
        &mut self,
        mut bytes: &[u8],
        payload: &mut BytesMut,
        replies: &mut BytesMut,
    ) -> Result<(), Interruption> {
        loop {
            let Some(mut frame) = self.frame else {
                self.frame = self.take_header(&mut bytes)?;
                if self.frame.is_none() {
                    return Ok(());
                }
                continue;
            };
            let left = usize::try_from(frame.length - frame.done).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(left.min(bytes.len()));
            bytes = later;
            let into = if is_control(frame.opcode) { &mut self.control } else { &mut *payload };
            unmask(now, &frame, into);
            frame.done += now.len() as u64;
            if frame.done < frame.length {
                self.frame = Some(frame);
                return Ok(());
            }
            self.frame = None;
            self.finish(frame, replies)?;
        }
    }

    /// Says that the server closes, unless that was said.
    pub(crate) fn put_close(&mut self, out: &mut BytesMut) {
        if !self.is_close_sent {
            self.is_close_sent = true;
            put_frame(CLOSE, &self.close_code.unwrap_or(NORMAL).to_be_bytes(), out);
        }
    }

    /// Reads a header; `None` while it is incomplete.
    fn take_header(&mut self, bytes: &mut &[u8]) -> Result<Option<Frame>, Interruption> {
        // A byte at a time is enough: a header has 6 to 14.
        while let Some((&byte, rest)) = bytes.split_first() {
            *bytes = rest;
            self.header.put_u8(byte);
            if let [first, second] = self.header[..] {
                self.check(first, second)?;
            }
            if self.header.len() >= 2 && self.header.len() == header_bytes(self.header[1]) {
                let frame = parse(&self.header);
                self.header.clear();
                return match i64::try_from(frame.length) {
                    Ok(_) => Ok(Some(frame)),
                    Err(_) => Err(self.violation(PROTOCOL_ERROR)),
                };
            }
        }
        Ok(None)
    }

    /// What the first two bytes can be blamed for.
    fn check(&mut self, first: u8, second: u8) -> Result<(), Interruption> {
        let (is_final, reserved, opcode) = (first & 0x80 != 0, first & 0x70, first & 0x0F);
        let (is_masked, short_length) = (second & 0x80 != 0, second & 0x7F);
        let is_legal = reserved == 0
            && is_masked
            && match opcode {
                CONTINUATION => self.is_fragmented,
                TEXT | BINARY => !self.is_fragmented,
                CLOSE | PING | PONG => is_final && short_length <= 125,
                _ => false,
            };
        if !is_legal {
            return Err(self.violation(PROTOCOL_ERROR));
        }
        if !is_control(opcode) {
            self.is_fragmented = !is_final;
        }
        if opcode == TEXT {
            self.close_code = Some(UNSUPPORTED_DATA);
            return Err(Interruption::Text);
        }
        Ok(())
    }

    /// A frame is complete.
    fn finish(&mut self, frame: Frame, replies: &mut BytesMut) -> Result<(), Interruption> {
        if !is_control(frame.opcode) {
            return Ok(());
        }
        let payload = std::mem::take(&mut self.control);
        match frame.opcode {
            PING => put_frame(PONG, &payload, replies),
            CLOSE if payload.len() == 1 => return Err(self.violation(PROTOCOL_ERROR)),
            CLOSE => {
                self.is_close_sent = true;
                let code = payload.get(..2).unwrap_or_default();
                put_frame(CLOSE, code, replies);
                return Err(Interruption::Closed);
            }
            _ => {}
        }
        Ok(())
    }

    fn violation(&mut self, code: u16) -> Interruption {
        self.close_code = Some(code);
        Interruption::Violation
    }
}

/// Appends an unmasked, final frame, as servers send them.
pub(crate) fn put_frame(opcode: u8, payload: &[u8], out: &mut BytesMut) {
    out.reserve(10 + payload.len());
    out.put_u8(0x80 | opcode);
    match payload.len() {
        length @ ..=125 => out.put_u8(length as u8),
        length @ ..=0xFFFF => {
            out.put_u8(126);
            out.put_u16(length as u16);
        }
        length => {
            out.put_u8(127);
            out.put_u64(length as u64);
        }
    }
    out.extend_from_slice(payload);
}

const CONTINUATION: u8 = 0x0;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;

/// RFC 6455 section 7.4.1.
const NORMAL: u16 = 1000;
const PROTOCOL_ERROR: u16 = 1002;
const UNSUPPORTED_DATA: u16 = 1003;

const fn is_control(opcode: u8) -> bool {
    opcode & 0x8 != 0
}

const fn header_bytes(second: u8) -> usize {
    let length = match second & 0x7F {
        126 => 2,
        127 => 8,
        _ => 0,
    };
    2 + length + 4
}

/// Reads a header of the right size.
fn parse(header: &[u8]) -> Frame {
    let opcode = header[0] & 0x0F;
    let mut rest = &header[2..];
    let length = match header[1] & 0x7F {
        126 => u64::from(rest.get_u16()),
        127 => rest.get_u64(),
        short => u64::from(short),
    };
    let mut mask = [0; 4];
    rest.copy_to_slice(&mut mask);
    Frame { opcode, mask, done: 0, length }
}

fn unmask(bytes: &[u8], frame: &Frame, out: &mut BytesMut) {
    let shift = (frame.done % 4) as usize;
    out.reserve(bytes.len());
    out.extend(bytes.iter().zip(frame.mask.iter().cycle().skip(shift)).map(|(b, m)| b ^ m));
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A client's frame: the header as given, then a mask of 1, 2, 3, 4 and the masked payload.
    fn frame(header: &[u8], payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let masked = payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask);
        header.iter().copied().chain(mask).chain(masked).collect()
    }

    /// What comes of bytes that arrive in pieces of this size: payload, replies, interruption.
    fn read(bytes: &[u8], size: usize) -> (Vec<u8>, Vec<u8>, Option<Interruption>) {
        let mut frames = Frames::default();
        let (mut payload, mut replies) = (BytesMut::new(), BytesMut::new());
        let interruption = bytes
            .chunks(size)
            .find_map(|piece| frames.read(piece, &mut payload, &mut replies).err());
        frames.put_close(&mut replies);
        (payload.to_vec(), replies.to_vec(), interruption)
    }

    #[test]
    fn frames_are_read_however_they_are_cut() {
        use Interruption::{Closed, Text, Violation};
        let normal = &[0x88, 2, 0x03, 0xE8][..];
        let protocol_error = &[0x88, 2, 0x03, 0xEA][..];
        let (medium, large) = (vec![b'm'; 300], vec![b'l'; 70_000]);
        for (bytes, payload, replies, interruption) in [
            (frame(&[0x82, 0x80], b""), &b""[..], normal, None),
            (frame(&[0x82, 0x83], b"abc"), b"abc", normal, None),
            (frame(&[0x82, 0xFE, 0x01, 0x2C], &medium), &medium, normal, None),
            (frame(&[0x82, 0xFF, 0, 0, 0, 0, 0, 1, 0x11, 0x70], &large), &large, normal, None),
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
            (frame(&[0x88, 0x84], b"\x0F\xA0by"), b"", &[0x88, 2, 0x0F, 0xA0], Some(Closed)),
            (frame(&[0x88, 0x81], b"x"), b"", protocol_error, Some(Violation)),
            (frame(&[0x81, 0x81], b"t"), b"", &[0x88, 2, 0x03, 0xEB], Some(Text)),
            (vec![0x82, 0x01, b'u'], b"", protocol_error, Some(Violation)),
            (frame(&[0xC2, 0x81], b"r"), b"", protocol_error, Some(Violation)),
            (frame(&[0x83, 0x81], b"o"), b"", protocol_error, Some(Violation)),
            (frame(&[0x80, 0x81], b"c"), b"", protocol_error, Some(Violation)),
            (frame(&[0x09, 0x81], b"f"), b"", protocol_error, Some(Violation)),
            (frame(&[0x89, 0xFE, 0, 126], &[0; 126]), b"", protocol_error, Some(Violation)),
            (
                frame(&[0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 0], b""),
                b"",
                protocol_error,
                Some(Violation),
            ),
            (
                [frame(&[0x02, 0x81], b"a"), frame(&[0x82, 0x81], b"b")].concat(),
                b"a",
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
    fn frames_are_written_in_the_shortest_form() {
        for (length, header) in [
            (0, &[0x82, 0][..]),
            (125, &[0x82, 125]),
            (126, &[0x82, 126, 0, 126]),
            (0xFFFF, &[0x82, 126, 0xFF, 0xFF]),
            (0x1_0000, &[0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] {
            let mut out = BytesMut::new();
            put_frame(BINARY, &vec![7; length], &mut out);
            assert_eq!(&out[..header.len()], header);
            assert_eq!(out.len(), header.len() + length);
        }
    }
}
