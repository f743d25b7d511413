//! Bytes to packets.

mod acks;
mod connect;
mod properties;
mod publish;
mod sessions;
mod subscriptions;

use bytes::{Buf, BytesMut};

use crate::frame::{self, Header};
use crate::reader::Reader;
use crate::{Malformed, Packet, Version, clause};

/// Reads packets from a growing buffer; learns the protocol version from CONNECT.
#[derive(Clone, Debug)]
pub struct Decoder {
    version: Option<Version>,
    max_packet_bytes: usize,
}

impl Decoder {
    /// A decoder for one direction of one connection. Without a version the first CONNECT sets it.
    /// `max_packet_bytes` limits the whole frame, fixed header included.
    pub const fn new(version: Option<Version>, max_packet_bytes: usize) -> Self {
        Self { version, max_packet_bytes }
    }

    /// The version in force; `None` until a CONNECT names one that exists.
    pub const fn version(&self) -> Option<Version> {
        self.version
    }

    /// Reads what follows as this version, as a client must that reads a server's packets.
    pub const fn set_version(&mut self, version: Version) {
        self.version = Some(version);
    }

    /// Takes the next whole packet off the front of `input`; `None` when more bytes are needed.
    ///
    /// Until a version is known, packets other than CONNECT are read as MQTT 3.1.1. A CONNECT is
    /// read by the name and level that it bears; where they name no version, it is returned with
    /// these two and defaults, and the decoder's version stays as it was. A malformed CONNECT of
    /// MQTT 3.1 or 5 sets the version, since it is to be answered.
    ///
    /// # Errors
    /// The first malformation found. A frame whose body is malformed has been taken off `input`;
    /// a fixed header that is malformed or announces more than the limit stays there, since
    /// nothing after it can be trusted, and is reported before its body arrives.
    pub fn decode(&mut self, input: &mut BytesMut) -> Result<Option<Packet>, Malformed> {
        let version = self.version.unwrap_or(Version::V311);
        let Some(&first_byte) = input.first() else { return Ok(None) };
        self.take(input, version).map_err(|mut malformed| {
            malformed.packet = frame::name(first_byte, version);
            malformed
        })
    }

    fn take(
        &mut self,
        input: &mut BytesMut,
        version: Version,
    ) -> Result<Option<Packet>, Malformed> {
        let Some(header) = Header::read(input, version)? else { return Ok(None) };
        self.check_size(header, version)?;
        let Some(body) = input.get(header.header_bytes..header.frame_bytes()) else {
            return Ok(None);
        };
        let packet = self.read(header, version, body);
        input.advance(header.frame_bytes());
        packet.map(Some)
    }

    fn check_size(&self, header: Header, version: Version) -> Result<(), Malformed> {
        let bytes = header.frame_bytes();
        if bytes <= self.max_packet_bytes {
            return Ok(());
        }
        let says = format!("{bytes} bytes are more than the limit of {}", self.max_packet_bytes);
        let mut malformed = Malformed::new(clause::OVERSIZE.of(version), says);
        malformed.oversize_bytes = Some(bytes);
        Err(malformed)
    }

    fn read(&mut self, header: Header, version: Version, body: &[u8]) -> Result<Packet, Malformed> {
        let kind = header.kind();
        let mut reader = Reader::new(body, version, clause::FORM[usize::from(kind)]);
        let packet = match kind {
            frame::CONNECT => {
                let connect = connect::read(header, &mut reader);
                if self.version.is_none() {
                    self.version = match &connect {
                        Ok(connect) => connect.version(),
                        // What is wrong came after the version, in which it is answered.
                        Err(_) if reader.version != version => Some(reader.version),
                        Err(_) => None,
                    };
                }
                Packet::Connect(Box::new(connect?))
            }
            frame::CONNACK => Packet::Connack(sessions::connack(&mut reader)?),
            frame::PUBLISH => Packet::Publish(publish::read(header.flags(), &mut reader)?),
            frame::PUBACK => Packet::Puback(acks::read(kind, &mut reader)?),
            frame::PUBREC => Packet::Pubrec(acks::read(kind, &mut reader)?),
            frame::PUBREL => Packet::Pubrel(acks::read(kind, &mut reader)?),
            frame::PUBCOMP => Packet::Pubcomp(acks::read(kind, &mut reader)?),
            frame::SUBSCRIBE => Packet::Subscribe(subscriptions::subscribe(&mut reader)?),
            frame::SUBACK => Packet::Suback(subscriptions::suback(&mut reader)?),
            frame::UNSUBSCRIBE => Packet::Unsubscribe(subscriptions::unsubscribe(&mut reader)?),
            frame::UNSUBACK => Packet::Unsuback(subscriptions::unsuback(&mut reader)?),
            frame::PINGREQ => Packet::Pingreq,
            frame::PINGRESP => Packet::Pingresp,
            frame::DISCONNECT => Packet::Disconnect(sessions::disconnect(&mut reader)?),
            // The header let no other type pass.
            _ => Packet::Auth(sessions::auth(&mut reader)?),
        };
        reader.end()?;
        Ok(packet)
    }
}
