//! The blocks of a pcapng file, little-endian: a section, an interface of raw IP, packets with comments.

const SECTION: u32 = 0x0A0D_0D0A;
const INTERFACE: u32 = 1;
const ENHANCED_PACKET: u32 = 6;
/// The packets begin with their IP header.
const LINK_TYPE_RAW: u16 = 101;
const END_OF_OPTIONS: u16 = 0;
const COMMENT: u16 = 1;
const USER_APPLICATION: u16 = 4;
const INTERFACE_NAME: u16 = 2;

/// The packets of a capture.
#[derive(Default)]
pub(super) struct Blocks(Vec<u8>);

impl Blocks {
    /// Adds a packet; microseconds since 1970.
    pub(super) fn packet(&mut self, at_us: u64, packet: &[u8], comments: &[String]) {
        let mut body = 0_u32.to_le_bytes().to_vec();
        let (high, low) = (at_us >> 32, at_us & u64::from(u32::MAX));
        for half in [high, low] {
            body.extend(&half.to_le_bytes()[..4]);
        }
        let length = u32::try_from(packet.len()).unwrap_or(u32::MAX);
        body.extend([length.to_le_bytes(), length.to_le_bytes()].concat());
        padded(&mut body, packet);
        let comments = comments.iter().map(|comment| (COMMENT, comment.as_str()));
        options(&mut body, comments);
        block(&mut self.0, ENHANCED_PACKET, &body);
    }

    /// The whole file, with these comments on it.
    pub(super) fn finish(self, comments: &[String]) -> Vec<u8> {
        let mut file = Vec::with_capacity(self.0.len() + 256);
        let mut section = 0x1A2B_3C4D_u32.to_le_bytes().to_vec();
        section.extend([1_u16.to_le_bytes(), 0_u16.to_le_bytes()].concat());
        // The section's length is not told.
        section.extend(u64::MAX.to_le_bytes());
        let comments = comments.iter().map(|comment| (COMMENT, comment.as_str()));
        options(&mut section, comments.chain([(USER_APPLICATION, "skyproof")]));
        block(&mut file, SECTION, &section);
        let mut interface = LINK_TYPE_RAW.to_le_bytes().to_vec();
        interface.extend([0; 6]);
        options(&mut interface, [(INTERFACE_NAME, "MQTT without TLS, on the scene's clock")]);
        block(&mut file, INTERFACE, &interface);
        file.extend(self.0);
        file
    }
}

fn block(out: &mut Vec<u8>, kind: u32, body: &[u8]) {
    let length = u32::try_from(body.len() + 12).unwrap_or(u32::MAX).to_le_bytes();
    out.extend(kind.to_le_bytes());
    out.extend(length);
    out.extend(body);
    out.extend(length);
}

fn options<'a>(out: &mut Vec<u8>, options: impl IntoIterator<Item = (u16, &'a str)>) {
    let mut any = false;
    for (code, text) in options {
        any = true;
        let text = shortened(text);
        out.extend(code.to_le_bytes());
        out.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_le_bytes());
        padded(out, text.as_bytes());
    }
    if any {
        out.extend(END_OF_OPTIONS.to_le_bytes());
        out.extend([0, 0]);
    }
}

/// As much as an option can hold.
fn shortened(text: &str) -> &str {
    &text[..text.floor_char_boundary(usize::from(u16::MAX))]
}

fn padded(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend(bytes);
    out.resize(out.len().next_multiple_of(4), 0);
}
