//! Nanoseconds per input, every rule judged and the trace kept: `cargo bench -p skyproof-cloud`.
//!
//! The trace is bounded as in `skyproof up` and full from the beginning, so that each step also forgets
//! one. Inputs are made, and effects dropped, outside of what is measured.

#[path = "../tests/common/mod.rs"]
mod common;

use std::cell::RefCell;

use cloud::{
    Cloud, ConnId, Effect, Input, Order, OrderId, Peer, Transport, effect::Action, order::C2dOrder,
};
use common::{HOST, Talk, publish, registry, subscribe};
use divan::{Bencher, counter::ItemsCount};
use wire::{Ack, Packet, Qos};

fn main() {
    divan::main();
}

const SAMPLE: u32 = 1000;

/// What `skyproof up` remembers.
const TRACE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A PUBLISH at QoS 1 of 256 bytes: stored, acknowledged.
#[divan::bench(args = ["", "temp=21.5&room=4%2F2", "$.mid=m-1&$.ct=application%2Fjson&$.ce=utf-8"], sample_size = SAMPLE)]
fn telemetry(bencher: Bencher<'_, '_>, bag: &str) {
    let (mut talk, conn) = connected();
    let packet =
        publish(Qos::AtLeastOnce, &format!("devices/d1/messages/events/{bag}"), &"x".repeat(256));
    fill(&mut talk, conn);
    per_input(bencher, talk, || Input::Received { conn, packet: packet.clone() });
}

/// PINGREQ: the least that can happen.
#[divan::bench(sample_size = SAMPLE)]
fn ping(bencher: Bencher<'_, '_>) {
    let (mut talk, conn) = connected();
    fill(&mut talk, conn);
    per_input(bencher, talk, || Input::Received { conn, packet: Packet::Pingreq });
}

/// A twin of a few members is read.
#[divan::bench(sample_size = SAMPLE)]
fn twin_get(bencher: Bencher<'_, '_>) {
    let (mut talk, conn) = connected();
    talk.say(conn, subscribe("$iothub/twin/res/#"));
    talk.ask(Order::PatchTwin {
        hub: HOST.to_owned(),
        identity: "d1".parse().expect("a legal id"),
        patch: serde_json::json!({"properties": {"desired": {"interval_s": 30, "unit": "K"}}}),
    });
    fill(&mut talk, conn);
    let packet = publish(Qos::AtMostOnce, "$iothub/twin/GET/?$rid=1", "");
    per_input(bencher, talk, || Input::Received { conn, packet: packet.clone() });
}

/// One cloud-to-device message: the order that sends it, its delivery, the PUBACK that completes it.
#[divan::bench(sample_size = SAMPLE)]
fn cloud_to_device(bencher: Bencher<'_, '_>) {
    let (mut talk, conn) = connected();
    talk.say(conn, subscribe("devices/d1/messages/devicebound/#"));
    fill(&mut talk, conn);
    let message = C2dOrder {
        properties: vec![("alarm".to_owned(), Some("on".to_owned()))],
        body: "x".repeat(256),
        ..C2dOrder::default()
    };
    let order = Order::SendC2d { hub: HOST.to_owned(), device: "d1".to_owned(), message };
    let talk = RefCell::new(talk);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| {
            (Input::Order { id: OrderId(1), order: order.clone().into() }, later(&talk))
        })
        .bench_local_values(|(input, now)| {
            let cloud = &mut talk.borrow_mut().cloud;
            let sent = cloud.handle(now, input);
            let packet = Packet::Puback(Ack::of(delivered(&sent)));
            (cloud.handle(now, Input::Received { conn, packet }), sent)
        });
}

/// A whole visit: the connection opens, CONNECT with a token that is checked, DISCONNECT.
#[divan::bench(sample_size = SAMPLE)]
fn connect_with_sas(bencher: Bencher<'_, '_>) {
    let (mut talk, conn) = connected();
    let connect = Packet::Connect(Box::new(talk.connect_packet("d2")));
    fill(&mut talk, conn);
    let peer = Peer {
        address: "127.0.0.1:50000".to_owned(),
        sni: Some(HOST.to_owned()),
        transport: Transport::Tcp,
        tls_version: Some("TLSv1_3"),
        certificates: [].into(),
    };
    let mut last = conn.0;
    let talk = RefCell::new(talk);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| {
            last += 1;
            let conn = ConnId(last);
            let received = |packet| Input::Received { conn, packet };
            let visit = [
                Input::Opened { conn, peer: peer.clone() },
                received(connect.clone()),
                received(Packet::Disconnect(wire::Disconnect::default())),
            ];
            (visit, later(&talk))
        })
        .bench_local_values(|(visit, now)| {
            visit.map(|input| talk.borrow_mut().cloud.handle(now, input))
        });
}

/// A talk whose trace is bounded, and a connection of `d1`.
fn connected() -> (Talk, ConnId) {
    let mut talk = Talk::new();
    let mut registry = registry();
    if let Some(hub) = registry.hub_mut(HOST) {
        // A bench is faster than a device may be.
        hub.profile.twin_reads_per_s = 0;
    }
    talk.cloud = Cloud::new(registry, 1).with_bounded_trace(TRACE_BYTES_MAX);
    let conn = talk.connect("d1");
    (talk, conn)
}

/// Fills the trace, so that it forgets a step for each that is added.
fn fill(talk: &mut Talk, conn: ConnId) {
    let packet = publish(Qos::AtLeastOnce, "devices/d1/messages/events/", &"x".repeat(4096));
    for _ in 0..TRACE_BYTES_MAX / 4096 {
        talk.say(conn, packet.clone());
    }
}

fn per_input(bencher: Bencher<'_, '_>, talk: Talk, mut input: impl FnMut() -> Input) {
    let talk = RefCell::new(talk);
    bencher
        .counter(ItemsCount::new(1_u32))
        .with_inputs(|| (input(), later(&talk)))
        .bench_local_values(|(input, now)| talk.borrow_mut().cloud.handle(now, input));
}

/// A millisecond later, so that timers run out as they do in life.
fn later(talk: &RefCell<Talk>) -> cloud::Time {
    let mut talk = talk.borrow_mut();
    talk.now = talk.now.plus_ms(1);
    talk.now
}

/// The packet id under which a message was delivered.
fn delivered(effects: &[Effect]) -> u16 {
    effects
        .iter()
        .find_map(|effect| match &effect.action {
            Action::Send { packet: Packet::Publish(publish), .. } => publish.packet_id,
            _ => None,
        })
        .unwrap_or_default()
}
