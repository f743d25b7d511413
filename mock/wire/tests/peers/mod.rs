//! The other codecs, each as one function: a frame in, the frame that the codec writes for what it
//! read out.

use bytes::BytesMut;
use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{
    PacketBuildResult, PacketBuilder, PacketData, RawPacket,
};
use mqtt_protocol_core::mqtt::packet::{v3_1_1, v5_0};
use rmqtt_codec::version::{ProtocolVersion, VersionCodec};
use rmqtt_codec::{MqttCodec, v3, v5};
use tokio_util::codec::{Decoder, Encoder};
use wire::Version;

/// What a peer wrote, or in its own words why it refused.
pub(crate) type Recoded = Result<Vec<u8>, String>;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Peer {
    Rmqtt,
    Core,
}

impl Peer {
    pub(crate) const ALL: [Self; 2] = [Self::Rmqtt, Self::Core];

    /// `None` for what the peer does not claim to read: mqtt-protocol-core and MQTT 3.1.
    pub(crate) fn recode(self, version: Option<Version>, frame: &[u8]) -> Option<Recoded> {
        match self {
            Self::Rmqtt => Some(rmqtt(version, frame)),
            Self::Core => {
                let v31 = version == Some(Version::V31) || level(frame) == Some(3);
                (!v31).then(|| core(version, frame))
            }
        }
    }
}

fn rmqtt(version: Option<Version>, frame: &[u8]) -> Recoded {
    let mut codec = rmqtt_codec(version, frame)?;
    let mut input = BytesMut::from(frame);
    match codec.decode(&mut input) {
        Ok(Some((packet, _))) => {
            let mut out = BytesMut::new();
            codec.encode(packet, &mut out).map_err(|error| format!("encoder: {error}"))?;
            Ok(out.to_vec())
        }
        Ok(None) => Err("wants more".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn rmqtt_codec(version: Option<Version>, frame: &[u8]) -> Result<MqttCodec, String> {
    let is_connect = frame.first().is_some_and(|byte| byte >> 4 == 1);
    let v5 = if is_connect {
        match VersionCodec.decode(&mut BytesMut::from(frame)) {
            Ok(Some(ProtocolVersion::MQTT5)) => true,
            Ok(Some(ProtocolVersion::MQTT3)) => false,
            Ok(None) => return Err("wants more".to_owned()),
            Err(error) => return Err(error.to_string()),
        }
    } else {
        version == Some(Version::V5)
    };
    Ok(if v5 { MqttCodec::V5(v5::Codec::new(0, 0)) } else { MqttCodec::V3(v3::Codec::new(0)) })
}

/// The packet layer. Its connection layer judges roles and order, which is not a codec's affair.
fn core(version: Option<Version>, frame: &[u8]) -> Recoded {
    let raw = match PacketBuilder::new().feed(&mut Cursor::new(frame)) {
        PacketBuildResult::Complete(raw) => raw,
        PacketBuildResult::Incomplete => return Err("wants more".to_owned()),
        PacketBuildResult::Error(error) => return Err(format!("{error:?}")),
    };
    let v5 = match level(frame) {
        Some(level) => level == 5,
        None => version == Some(Version::V5),
    };
    if v5 { core_v5(&raw) } else { core_v3(&raw) }
}

macro_rules! recode {
    ($raw:expr, $packet:ty) => {
        $raw.parse_exact(<$packet>::parse)
            .map(|packet| packet.to_continuous_buffer())
            .map_err(|error| format!("{error:?}"))
    };
}

macro_rules! recode_publish {
    ($raw:expr, $packet:ty) => {{
        let PacketData::Publish(data) = &$raw.data else { return Err("no publish".to_owned()) };
        <$packet>::parse($raw.flags(), data.clone())
            .map(|(packet, _)| packet.to_continuous_buffer())
            .map_err(|error| format!("{error:?}"))
    }};
}

fn core_v3(raw: &RawPacket) -> Recoded {
    match raw.packet_type() {
        1 => recode!(raw, v3_1_1::Connect),
        2 => recode!(raw, v3_1_1::Connack),
        3 => recode_publish!(raw, v3_1_1::Publish),
        4 => recode!(raw, v3_1_1::Puback),
        5 => recode!(raw, v3_1_1::Pubrec),
        6 => recode!(raw, v3_1_1::Pubrel),
        7 => recode!(raw, v3_1_1::Pubcomp),
        8 => recode!(raw, v3_1_1::Subscribe),
        9 => recode!(raw, v3_1_1::Suback),
        10 => recode!(raw, v3_1_1::Unsubscribe),
        11 => recode!(raw, v3_1_1::Unsuback),
        12 => recode!(raw, v3_1_1::Pingreq),
        13 => recode!(raw, v3_1_1::Pingresp),
        14 => recode!(raw, v3_1_1::Disconnect),
        _ => Err("type".to_owned()),
    }
}

fn core_v5(raw: &RawPacket) -> Recoded {
    match raw.packet_type() {
        1 => recode!(raw, v5_0::Connect),
        2 => recode!(raw, v5_0::Connack),
        3 => recode_publish!(raw, v5_0::Publish),
        4 => recode!(raw, v5_0::Puback),
        5 => recode!(raw, v5_0::Pubrec),
        6 => recode!(raw, v5_0::Pubrel),
        7 => recode!(raw, v5_0::Pubcomp),
        8 => recode!(raw, v5_0::Subscribe),
        9 => recode!(raw, v5_0::Suback),
        10 => recode!(raw, v5_0::Unsubscribe),
        11 => recode!(raw, v5_0::Unsuback),
        12 => recode!(raw, v5_0::Pingreq),
        13 => recode!(raw, v5_0::Pingresp),
        14 => recode!(raw, v5_0::Disconnect),
        15 => recode!(raw, v5_0::Auth),
        _ => Err("type".to_owned()),
    }
}

/// The level of a CONNECT, found without judging anything.
fn level(frame: &[u8]) -> Option<u8> {
    let (first_byte, rest) = frame.split_first()?;
    if first_byte >> 4 != 1 {
        return None;
    }
    let body = &rest[rest.iter().position(|byte| byte & 0x80 == 0)? + 1..];
    let name_bytes = usize::from(u16::from_be_bytes([*body.first()?, *body.get(1)?]));
    body.get(2 + name_bytes).copied()
}
