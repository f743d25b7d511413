//! Made-up TCP over IPv4 between a client and the cloud.

use core::net::{Ipv4Addr, SocketAddr};

use crate::conversation::{By, Connection};

/// The most that goes into one segment: with its headers it stays below the 64 KiB of IP.
pub(super) const SEGMENT_MAX_BYTES: usize = 32 * 1024;

/// Where Wireshark looks for MQTT.
const PORT: u16 = 1883;
const CLOUD: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 1);
const TCP: u8 = 6;
const HEADERS_BYTES: usize = 40;

/// The flags of a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flags(u8);

impl Flags {
    pub(super) const SYN: Self = Self(0x02);
    pub(super) const SYN_ACK: Self = Self(0x12);
    pub(super) const ACK: Self = Self(0x10);
    pub(super) const PUSH: Self = Self(0x18);
    pub(super) const FIN: Self = Self(0x11);

    const fn has(self, flag: u8) -> bool {
        self.0 & flag != 0
    }
}

/// One connection: how far each side has come.
pub(super) struct Stream {
    address: Ipv4Addr,
    port: u16,
    by_client: u32,
    by_cloud: u32,
    packets: u16,
    is_open: bool,
}

impl Stream {
    /// At the client's address, or one that is made up when it has none in IPv4.
    pub(super) fn of(connection: &Connection) -> Self {
        let spare = 49_152 + u16::try_from(connection.number % 16_384).unwrap_or_default();
        let (address, port) = match connection.address.parse() {
            Ok(SocketAddr::V4(address)) => (*address.ip(), address.port()),
            Ok(SocketAddr::V6(address)) => (Ipv4Addr::LOCALHOST, address.port()),
            Err(_) => (Ipv4Addr::LOCALHOST, spare),
        };
        Self { address, port, by_client: 0, by_cloud: 0, packets: 0, is_open: true }
    }

    /// Whether nobody has ended it yet.
    pub(super) const fn is_open(&self) -> bool {
        self.is_open
    }

    /// The next segment, with its IP header.
    pub(super) fn segment(&mut self, by: By, flags: Flags, payload: &[u8]) -> Vec<u8> {
        let ends = [(self.address, self.port), (CLOUD, PORT)];
        let ([from, to], own, other) = if by == By::Client {
            (ends, &mut self.by_client, self.by_cloud)
        } else {
            ([ends[1], ends[0]], &mut self.by_cloud, self.by_client)
        };
        let mut tcp = [from.1.to_be_bytes(), to.1.to_be_bytes()].concat();
        tcp.extend(own.to_be_bytes());
        let acknowledged = if flags.has(Flags::ACK.0) { other } else { 0 };
        tcp.extend(acknowledged.to_be_bytes());
        // Five words of header, the flags, a wide window; checksum and urgent pointer are 0.
        tcp.extend([0x50, flags.0, 0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(payload);
        let sum = checksum(&[&pseudo_header(from.0, to.0, tcp.len()), &tcp]);
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());

        let takes = payload.len() + usize::from(flags.has(Flags::SYN.0) || flags.has(0x01));
        *own = own.wrapping_add(u32::try_from(takes).unwrap_or_default());
        self.is_open &= !flags.has(0x01);
        self.packets = self.packets.wrapping_add(1);
        let mut packet = ip_header(self.packets, from.0, to.0, payload.len()).to_vec();
        packet.extend(tcp);
        packet
    }
}

fn ip_header(id: u16, from: Ipv4Addr, to: Ipv4Addr, payload_bytes: usize) -> [u8; 20] {
    let mut header = [0; 20];
    let length = u16::try_from(HEADERS_BYTES + payload_bytes).unwrap_or(u16::MAX);
    header[0] = 0x45;
    header[2..4].copy_from_slice(&length.to_be_bytes());
    header[4..6].copy_from_slice(&id.to_be_bytes());
    header[6] = 0x40;
    header[8] = 64;
    header[9] = TCP;
    header[12..16].copy_from_slice(&from.octets());
    header[16..20].copy_from_slice(&to.octets());
    let sum = checksum(&[&header]);
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    header
}

fn pseudo_header(from: Ipv4Addr, to: Ipv4Addr, tcp_bytes: usize) -> Vec<u8> {
    let length = u16::try_from(tcp_bytes).unwrap_or(u16::MAX).to_be_bytes();
    [&from.octets()[..], &to.octets(), &[0, TCP], &length].concat()
}

/// The Internet checksum over parts, of which all but the last have an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let sum = words.fold(0_u32, |sum, word| {
        let word = [word[0], word.get(1).copied().unwrap_or_default()];
        sum + u32::from(u16::from_be_bytes(word))
    });
    let folded = (sum & 0xffff) + (sum >> 16);
    let folded = (folded & 0xffff) + (folded >> 16);
    !u16::try_from(folded).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums() {
        for (parts, sum) in [
            (&[&[0_u8, 1, 0xf2, 3, 0xf4, 0xf5, 0xf6, 0xf7][..]][..], 0x220d),
            (&[&[0, 1][..], &[0xf2]], !0xf201),
            (&[], 0xffff),
        ] {
            assert_eq!(checksum(parts), sum, "{parts:?}");
        }
    }

    #[test]
    fn each_side_counts_its_own_bytes() {
        let connection = Connection { address: "127.0.0.9:50001".into(), ..Connection::default() };
        let mut stream = Stream::of(&connection);
        let numbers = |packet: Vec<u8>| {
            let word = |at: usize| u32::from_be_bytes([0, 1, 2, 3].map(|n| packet[at + n]));
            (word(24), word(28))
        };
        for (by, flags, payload, told) in [
            (By::Client, Flags::SYN, &b""[..], (0, 0)),
            (By::Cloud, Flags::SYN_ACK, b"", (0, 1)),
            (By::Client, Flags::ACK, b"", (1, 1)),
            (By::Client, Flags::PUSH, b"abc", (1, 1)),
            (By::Cloud, Flags::PUSH, b"d", (1, 4)),
            (By::Cloud, Flags::FIN, b"", (2, 4)),
            (By::Client, Flags::FIN, b"", (4, 3)),
        ] {
            assert_eq!(numbers(stream.segment(by, flags, payload)), told, "{by:?} {flags:?}");
        }
        assert!(!stream.is_open());
    }
}
