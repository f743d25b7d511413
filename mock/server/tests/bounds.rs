//! Slow, deaf and cut-off clients: memory is bounded, and nobody else notices.

mod common;

use std::time::Duration;

use cloud::{
    Cloud, Ending, Input, Order,
    fault::{Fault, Kind},
};
use common::{
    HUB, START,
    client::{Client, dial_tcp_narrow, telemetry},
    guard, held, start, trace,
    trust::Trust,
};
use server::{Clock, Config, Mock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wire::{Packet, Publish};

fn twin_get(rid: usize) -> Packet {
    Packet::Publish(Publish {
        topic: format!("$iothub/twin/GET/?$rid={rid}"),
        ..Publish::default()
    })
}

const TWIN_ANSWERS: &str = "$iothub/twin/res/#";

/// A client of `d1` that takes in little before it reads, is subscribed to twin answers, and has a
/// twin of about this size.
async fn narrow_client(mock: &Mock, twin_bytes: usize) -> Client {
    let tcp = dial_tcp_narrow(mock.mqtt_address()).await.expect("a connection");
    let mut client = Client::try_dial_over(tcp, HUB, &Trust::default()).await.expect("a handshake");
    client.go_online("d1", 60).await;
    client.subscribe(TWIN_ANSWERS).await;
    let members: Vec<String> =
        (0..twin_bytes / 1000).map(|n| format!(r#""m{n}":"{}""#, "x".repeat(990))).collect();
    client
        .send(&Packet::Publish(Publish {
            topic: "$iothub/twin/PATCH/properties/reported/?$rid=fill".to_owned(),
            payload: format!("{{{}}}", members.join(",")).into(),
            ..Publish::default()
        }))
        .await;
    let answer = client.next().await;
    assert!(matches!(&answer, Some(Packet::Publish(answer)) if answer.topic.contains("/204/")));
    client
}

#[tokio::test]
async fn who_leaves_too_much_unread_is_dropped() {
    guard(async {
        let config = Config { max_outbox_bytes: 64 * 1024, ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        let mut greedy = narrow_client(&mock, 4000).await;
        let mut other = Client::online(mock.mqtt_address(), "d2", 60).await;
        let gets: Vec<Packet> = (0..100).map(twin_get).collect();
        greedy.send_all(&gets.iter().collect::<Vec<_>>()).await;
        other.ping().await;
        mock.settle().await;
        let is_reset = |input: &Input| matches!(input, Input::Closed { ending: Ending::Reset, .. });
        let seen = |cloud: &Cloud| cloud.trace().steps().any(|step| is_reset(&step.input));
        assert!(mock.with_cloud(seen), "{}", trace(&mock));
        assert_eq!(mock.with_cloud(Cloud::connection_count), 1);
        while greedy.next().await.is_some() {}
        other.ping().await;
    })
    .await;
}

/// Who does not read is not read from, so a client can offer any amount of work and lose nothing.
#[tokio::test]
async fn who_reads_late_gets_every_answer() {
    const GETS: usize = 1500;
    guard(async {
        let config = Config { max_outbox_bytes: 1024 * 1024, ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        let mut client = narrow_client(&mock, 7000).await;
        let mut other = Client::online(mock.mqtt_address(), "d2", 60).await;
        // Nobody reads yet: the mock answers until the sockets are full, then waits. Time still moves.
        for rid in 0..GETS {
            client.send(&twin_get(rid)).await;
        }
        mock.advance(Duration::from_secs(1)).await;
        other.ping().await;
        for rid in 0..GETS {
            let Some(Packet::Publish(answer)) = client.next().await else {
                panic!("no answer to {rid}");
            };
            assert!(answer.topic.ends_with(&format!("$rid={rid}")), "{}", answer.topic);
        }
        client.ping().await;
    })
    .await;
}

/// A slow reader's last words are waited for, but not for ever.
#[tokio::test]
async fn a_closed_connection_lingers_only_so_long() {
    guard(async {
        let config = Config { linger: Duration::from_millis(200), ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        let mut client = narrow_client(&mock, 7000).await;
        for rid in 0..400 {
            client.send(&twin_get(rid)).await;
        }
        mock.advance(Duration::from_secs(90)).await;
        assert_eq!(mock.with_cloud(Cloud::connection_count), 0, "{}", trace(&mock));
        mock.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn faults_end_connections_as_they_say() {
    for (kind, wanted) in
        [(Kind::Close, "end"), (Kind::Reset, "ConnectionReset"), (Kind::Freeze, "nothing")]
    {
        guard(async {
            let mock = held().await;
            let mut client = Client::online(mock.mqtt_address(), "d1", 60).await;
            let fault = Fault::new(kind).of("d1").on("PUBACK");
            mock.order(Order::AddFault(fault)).await.expect("a fault");
            client.send_all(&[&telemetry("d1", 1, "x"), &Packet::Pingreq]).await;
            mock.settle().await;
            // Bytes to and from a frozen connection do not hold time up.
            if wanted == "nothing" {
                client.send(&Packet::Pingreq).await;
                mock.advance(Duration::from_secs(3600)).await;
                let mut byte = [0];
                let tcp = &mut client.stream.get_mut().0.tcp;
                let read = futures::poll!(std::pin::pin!(tcp.read(&mut byte)));
                assert!(read.is_pending(), "{read:?}: {}", trace(&mock));
                // A client that gives up is let go.
                drop(client);
                mock.settle().await;
                Client::online(mock.mqtt_address(), "d1", 60).await;
                return;
            }
            let seen = match client.stream.read(&mut [0]).await {
                Ok(0) => "end".to_owned(),
                Ok(_) => "bytes".to_owned(),
                Err(error) => format!("{:?}", error.kind()),
            };
            assert_eq!(seen, wanted, "{}", trace(&mock));
        })
        .await;
    }
}

/// The last packet before a close arrives, although the client sent much that nobody reads.
#[tokio::test]
async fn a_refusal_is_read_before_the_close() {
    for _ in 0..50 {
        guard(async {
            let mock = held().await;
            let mut client = Client::dial(mock.mqtt_address()).await;
            let mut refused = common::connect("d1", 60);
            if let Packet::Connect(connect) = &mut refused {
                connect.password = None;
            }
            let pipelined = telemetry("d1", 1, vec![b'x'; 200_000]);
            client.send_all(&[&refused, &pipelined, &pipelined]).await;
            let answer = client.next().await;
            assert!(matches!(&answer, Some(Packet::Connack(ack)) if ack.code == 5), "{answer:?}");
            assert_eq!(client.next().await, None);
        })
        .await;
    }
}

/// What is too large for any cloud is told to the cloud, and not stored first.
#[tokio::test]
async fn an_oversized_packet_is_malformed() {
    guard(async {
        let mock = held().await;
        let mut client = Client::online(mock.mqtt_address(), "d1", 60).await;
        let mut frame = bytes::BytesMut::new();
        let body = vec![b'x'; Config::default().max_packet_bytes];
        wire::encode(&telemetry("d1", 1, body), wire::Version::V311, &mut frame);
        client.stream.write_all(&frame[..10]).await.expect("to send");
        client.stream.flush().await.expect("to send");
        assert_eq!(client.next().await, None);
        let oversize = mock.with_cloud(|cloud| {
            cloud.trace().steps().find_map(|step| match &step.input {
                Input::Malformed { why, .. } => why.oversize_bytes,
                _ => None,
            })
        });
        assert_eq!(oversize, Some(frame.len()), "{}", trace(&mock));
    })
    .await;
}

/// Bytes that are no TLS, no MQTT, no HTTP or no WebSocket end their own connection alone, by TCP, by
/// TLS, and on either port; cut anywhere.
#[tokio::test]
async fn bad_input_harms_no_other_connection() {
    const UPGRADE: &[u8] =
        b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
        Sec-WebSocket-Protocol: mqtt\r\n\r\n";
    guard(async {
        let mock = held().await;
        let mut other = Client::online(mock.mqtt_address(), "d2", 60).await;
        let mut connect = bytes::BytesMut::new();
        wire::encode(&common::connect("d1", 60), wire::Version::V311, &mut connect);
        let bad: [Vec<u8>; 10] = [
            vec![0; 64],
            vec![0xFF; 5000],
            b"GET / HTTP/1.1\r\n\r\n".to_vec(),
            [b"GET /".repeat(10_000), b"\r\n\r\n".to_vec()].concat(),
            [0x16, 3, 1, 0xFF, 0xFF].repeat(100),
            [&connect[..], &[0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]].concat(),
            [&connect[..], &[0x30, 4, 0, 9, b'x', b'y']].concat(),
            [&connect[..], &connect[..]].concat(),
            [UPGRADE, &[0x82, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]].concat(),
            [UPGRADE, &[0xFF; 300]].concat(),
        ];
        for (index, bytes) in bad.iter().enumerate() {
            for address in [mock.mqtt_address(), mock.wss_address()] {
                for end in [bytes.len() / 2, bytes.len()] {
                    // What is refused early is not read to its end.
                    let mut tcp =
                        common::client::dial_tcp(address).await.expect("a connection").tcp;
                    let _ = tcp.write_all(&bytes[..end]).await;
                    let mut tls = Client::try_dial(address, HUB, &Trust::default())
                        .await
                        .expect("TLS")
                        .stream;
                    let _ = tls.write_all(&bytes[..end]).await;
                    let _ = tls.flush().await;
                    other.ping().await;
                    drop((tcp, tls));
                    mock.settle().await;
                    other.ping().await;
                    assert!(mock.failures().is_empty(), "{index}: {:?}", mock.failures());
                }
            }
        }
        assert_eq!(mock.with_cloud(Cloud::connection_count), 1, "{}", trace(&mock));
    })
    .await;
}
