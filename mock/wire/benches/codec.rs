//! Nanoseconds per packet, beside two other codecs: `cargo bench -p skyproof-wire`.
//!
//! Decoding includes copying the frame into the buffer and dropping the packet. rmqtt-codec takes
//! the packet it writes by value, hence its encoding includes a clone. mqtt-protocol-core returns a
//! new buffer for each packet it writes.

use bytes::{Bytes, BytesMut};
use divan::{Bencher, black_box};
use mqtt_protocol_core::mqtt::common::Cursor;
use mqtt_protocol_core::mqtt::connection::{PacketBuildResult, PacketBuilder, PacketData};
use mqtt_protocol_core::mqtt::packet::{v3_1_1, v5_0};
use rmqtt_codec::{MqttCodec, MqttPacket, v3, v5};
use tokio_util::codec::{Decoder as _, Encoder as _};
use wire::{Ack, Decoder, Packet, Publish, Qos, Version, encode};

fn main() {
    divan::main();
}

/// What is read or written: a PUBLISH at QoS 1 of 256 bytes, and its acknowledgement.
#[derive(Clone, Copy)]
enum Subject {
    Publish,
    Puback,
}

const CASES: [(Subject, Version); 4] = [
    (Subject::Publish, Version::V311),
    (Subject::Puback, Version::V311),
    (Subject::Publish, Version::V5),
    (Subject::Puback, Version::V5),
];

/// A case under the name that the table shows.
struct Case(Subject, Version);

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let subject = match self.0 {
            Subject::Publish => "PUBLISH q1 256 B",
            Subject::Puback => "PUBACK",
        };
        write!(f, "{subject} v{}", self.1.level())
    }
}

fn cases() -> impl Iterator<Item = Case> {
    CASES.into_iter().map(|(subject, version)| Case(subject, version))
}

impl Case {
    fn packet(&self) -> Packet {
        match self.0 {
            Subject::Publish => Packet::Publish(Publish {
                qos: Qos::AtLeastOnce,
                topic: "devices/device-0001/messages/events/".to_owned(),
                packet_id: Some(1),
                payload: Bytes::from_static(&[b'x'; 256]),
                ..Publish::default()
            }),
            Subject::Puback => Packet::Puback(Ack::of(1)),
        }
    }

    fn frame(&self) -> BytesMut {
        let mut out = BytesMut::new();
        encode(&self.packet(), self.1, &mut out);
        out
    }

    fn rmqtt(&self) -> MqttCodec {
        match self.1 {
            Version::V5 => MqttCodec::V5(v5::Codec::new(0, 0)),
            Version::V31 | Version::V311 => MqttCodec::V3(v3::Codec::new(0)),
        }
    }
}

#[divan::bench_group]
mod decode {
    use super::*;

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn ours(bencher: Bencher<'_, '_>, case: &Case) {
        let frame = case.frame();
        let mut decoder = Decoder::new(Some(case.1), 1 << 20);
        let mut input = BytesMut::with_capacity(1 << 16);
        bencher.bench_local(|| {
            input.extend_from_slice(black_box(&frame));
            drop(black_box(decoder.decode(&mut input)));
        });
    }

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn rmqtt_codec(bencher: Bencher<'_, '_>, case: &Case) {
        let frame = case.frame();
        let mut codec = case.rmqtt();
        let mut input = BytesMut::with_capacity(1 << 16);
        bencher.bench_local(|| {
            input.extend_from_slice(black_box(&frame));
            drop(black_box(codec.decode(&mut input)));
        });
    }

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn mqtt_protocol_core(bencher: Bencher<'_, '_>, case: &Case) {
        let frame = case.frame();
        let mut builder = PacketBuilder::new();
        bencher.bench_local(|| {
            let built = builder.feed(&mut Cursor::new(black_box(&frame[..])));
            let PacketBuildResult::Complete(raw) = built else { return };
            match (case.1, &raw.data) {
                (Version::V5, PacketData::Publish(data)) => {
                    drop(black_box(v5_0::Publish::parse(raw.flags(), data.clone())));
                }
                (Version::V5, PacketData::Normal(_)) => {
                    drop(black_box(raw.parse_exact(v5_0::Puback::parse)));
                }
                (_, PacketData::Publish(data)) => {
                    drop(black_box(v3_1_1::Publish::parse(raw.flags(), data.clone())));
                }
                (_, PacketData::Normal(_)) => {
                    drop(black_box(raw.parse_exact(v3_1_1::Puback::parse)));
                }
            }
        });
    }
}

#[divan::bench_group(name = "encode")]
mod encode_ {
    use super::*;

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn ours(bencher: Bencher<'_, '_>, case: &Case) {
        let packet = case.packet();
        let mut out = BytesMut::with_capacity(1 << 16);
        bencher.bench_local(|| {
            out.clear();
            encode(black_box(&packet), case.1, &mut out);
            black_box(&out);
        });
    }

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn rmqtt_codec(bencher: Bencher<'_, '_>, case: &Case) {
        let mut codec = case.rmqtt();
        let Ok(Some((packet, _))) = codec.decode(&mut case.frame()) else { return };
        let mut out = BytesMut::with_capacity(1 << 16);
        bencher.bench_local(|| {
            out.clear();
            let packet = match black_box(&packet) {
                MqttPacket::V3(packet) => MqttPacket::V3(packet.clone()),
                MqttPacket::V5(packet) => MqttPacket::V5(packet.clone()),
                MqttPacket::Version(version) => MqttPacket::Version(*version),
            };
            drop(black_box(codec.encode(packet, &mut out)));
            black_box(&out);
        });
    }

    #[divan::bench(args = cases(), sample_size = 1000)]
    fn mqtt_protocol_core(bencher: Bencher<'_, '_>, case: &Case) {
        let frame = case.frame();
        let built = PacketBuilder::new().feed(&mut Cursor::new(&frame[..]));
        let PacketBuildResult::Complete(raw) = built else { return };
        match (case.1, &raw.data) {
            (Version::V5, PacketData::Publish(data)) => {
                let Ok((packet, _)) = v5_0::Publish::parse(raw.flags(), data.clone()) else {
                    return;
                };
                bencher.bench_local(|| black_box(&packet).to_continuous_buffer());
            }
            (Version::V5, PacketData::Normal(_)) => {
                let Ok(packet) = raw.parse_exact(v5_0::Puback::parse) else { return };
                bencher.bench_local(|| black_box(&packet).to_continuous_buffer());
            }
            (_, PacketData::Publish(data)) => {
                let Ok((packet, _)) = v3_1_1::Publish::parse(raw.flags(), data.clone()) else {
                    return;
                };
                bencher.bench_local(|| black_box(&packet).to_continuous_buffer());
            }
            (_, PacketData::Normal(_)) => {
                let Ok(packet) = raw.parse_exact(v3_1_1::Puback::parse) else { return };
                bencher.bench_local(|| black_box(&packet).to_continuous_buffer());
            }
        }
    }
}
