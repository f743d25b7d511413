//! MQTT without TLS, where the cloud takes it. Hubs never do, so that here one is got wrong on purpose.

mod common;

use std::time::Duration;

use cloud::{Cloud, Door, Ending, Input, Peer, Transport};
use common::{
    HUB, START,
    client::{Client, dial_tcp, telemetry},
    guard, trace,
};
use futures::{SinkExt, StreamExt};
use server::{Clock, Config, Mock};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use wire::{Decoder, Packet, Version};

/// A mock that takes MQTT without TLS at all its doors.
async fn careless() -> Mock {
    let cloud = common::cloud().with_breaks(["HUB-TLS-004"].into_iter().collect());
    common::start_with(cloud, Clock::held(START), Config::default()).await
}

fn peers(cloud: &Cloud) -> Vec<Peer> {
    let steps = cloud.trace().steps();
    steps
        .filter_map(|step| match &step.input {
            Input::Opened { peer, .. } => Some(peer.clone()),
            _ => None,
        })
        .collect()
}

fn refused(cloud: &Cloud) -> Vec<(Door, String)> {
    let steps = cloud.trace().steps();
    steps
        .filter_map(|step| match &step.input {
            Input::Refused { door, why, .. } => Some((*door, why.clone())),
            _ => None,
        })
        .collect()
}

#[tokio::test]
async fn the_first_byte_tells_tls_from_what_comes_without() {
    guard(async {
        let mock = careless().await;
        for address in [mock.mqtt_address(), mock.wss_address()] {
            for at_once in [usize::MAX, 1] {
                let mut client = Client::dial_plain(address, at_once).await;
                client.go_online("d1", 60).await;
                client.send(&telemetry("d1", 7, vec![b'x'; 20_000])).await;
                assert!(
                    matches!(client.next().await, Some(Packet::Puback(ack)) if ack.packet_id == 7)
                );
                client.stream.tcp.shutdown().await.expect("to leave");
                assert_eq!(client.next().await, None);
                mock.settle().await;
                let peer = mock.with_cloud(peers).pop().expect("a connection");
                assert_eq!((peer.sni, peer.tls_version), (None, None));
                assert_eq!(peer.transport, Transport::Tcp);
                assert!(peer.certificates.is_empty());
            }
        }
        Client::online(mock.mqtt_address(), "d1", 60).await.ping().await;
        let peer = mock.with_cloud(peers).pop().expect("a connection");
        assert_eq!((peer.sni.as_deref(), peer.tls_version), (Some(HUB), Some("TLSv1_3")));
        assert_eq!(mock.with_cloud(refused), []);
    })
    .await;
}

#[tokio::test]
async fn a_plain_connection_ends_as_any_other_does() {
    guard(async {
        let mock = careless().await;
        // By time, with what was queued before the FIN.
        let mut silent = Client::dial_plain(mock.mqtt_address(), usize::MAX).await;
        silent.go_online("d1", 60).await;
        mock.advance(Duration::from_secs(91)).await;
        assert_eq!(silent.next().await, None);
        // By bytes that are no MQTT.
        let mut wrong = Client::dial_plain(mock.mqtt_address(), usize::MAX).await;
        wrong.stream.write_all(b"\xf0\x00").await.expect("to send");
        assert_eq!(wrong.next().await, None);
        // By the client.
        let mut gone = Client::dial_plain(mock.mqtt_address(), usize::MAX).await;
        gone.go_online("d2", 60).await;
        gone.stream.tcp.set_zero_linger().expect("a reset");
        drop(gone);
        mock.settle().await;
        let ended = mock.with_cloud(|cloud| {
            let is_reset =
                |input: &Input| matches!(input, Input::Closed { ending: Ending::Reset, .. });
            cloud.trace().steps().any(|step| is_reset(&step.input))
        });
        assert!(ended, "{}", trace(&mock));
        assert_eq!(mock.with_cloud(Cloud::connection_count), 0);
    })
    .await;
}

async fn upgraded(mock: &Mock, path: &str) -> Result<WebSocketStream<TcpStream>, String> {
    let mut request = format!("ws://{HUB}{path}").into_client_request().expect("a request");
    let value = "mqtt".parse().expect("a header");
    request.headers_mut().insert("Sec-WebSocket-Protocol", value);
    let tcp = dial_tcp(mock.wss_address()).await.expect("a connection").tcp;
    let upgraded = client_async(request, tcp).await.map_err(|error| error.to_string())?;
    Ok(upgraded.0)
}

#[tokio::test]
async fn a_websocket_may_come_without_tls() {
    guard(async {
        let mock = careless().await;
        let mut socket = upgraded(&mock, "/$iothub/websocket").await.expect("a WebSocket");
        let mut bytes = bytes::BytesMut::new();
        wire::encode(&common::connect("d1", 60), Version::V311, &mut bytes);
        socket.send(Message::Binary(bytes.freeze())).await.expect("to send");
        let Some(Ok(Message::Binary(answer))) = socket.next().await else { panic!("no answer") };
        let mut input = bytes::BytesMut::from(&answer[..]);
        let packet = Decoder::new(Some(Version::V311), 1000).decode(&mut input);
        assert!(matches!(packet, Ok(Some(Packet::Connack(connack))) if connack.code == 0));
        let peer = mock.with_cloud(peers).pop().expect("a connection");
        assert_eq!((peer.carriage(), peer.tls_version), ("plain WebSocket", None));
        let error = upgraded(&mock, "/elsewhere").await.expect_err("nothing is there");
        assert!(error.contains("404"), "{error}");
        mock.settle().await;
        assert!(matches!(&mock.with_cloud(refused)[..], [(Door::Path, _)]));
    })
    .await;
}

/// HTTP has its one port, and who speaks it elsewhere is told to use TLS.
#[tokio::test]
async fn http_without_tls_has_one_port() {
    guard(async {
        let mock = careless().await;
        let mut socket = dial_tcp(mock.mqtt_address()).await.expect("a connection").tcp;
        socket.write_all(b"GET / HTTP/1.1\r\n\r\n").await.expect("to send");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).await.expect("the end");
        assert!(answer.is_empty());
        mock.settle().await;
        let refused = mock.with_cloud(refused);
        assert!(
            matches!(&refused[..], [(Door::Plaintext, why)] if why.contains("HTTP")),
            "{refused:?}"
        );
    })
    .await;
}

/// Whoever has hubs alone listens where hubs are, and nowhere else.
#[tokio::test]
async fn nobody_listens_on_1883_for_tenants_that_are_not_there() {
    let mock = careless().await;
    assert_eq!(mock.tcp_address(), None);
}

/// The ports of an Alibaba instance: each with TLS and without, and all of them MQTT.
#[tokio::test]
async fn each_port_takes_mqtt_with_tls_and_without_where_the_cloud_wants_that() {
    guard(async {
        let (cloud, host) = common::instance_cloud();
        let mock = common::start_with(cloud, Clock::held(START), Config::default()).await;
        let tcp = mock.tcp_address().expect("a listener for 1883");
        for address in [mock.mqtt_address(), mock.wss_address(), tcp] {
            for at_once in [usize::MAX, 1] {
                let mut plain = Client::dial_plain(address, at_once).await;
                plain.go_online_by(&common::lamp()).await;
                let peer = mock.with_cloud(peers).pop().expect("a connection");
                assert_eq!((peer.carriage(), peer.sni, peer.tls_version), ("TCP", None, None));
            }
            let trust = common::trust::Trust::default();
            let mut secure = Client::try_dial(address, &host, &trust).await.expect("a handshake");
            secure.go_online_by(&common::lamp()).await;
            let peer = mock.with_cloud(peers).pop().expect("a connection");
            assert_eq!((peer.carriage(), peer.sni), ("TLS", Some(host.clone())));
        }
        for path in ["/mqtt", "/anything?a=b"] {
            upgraded(&mock, path).await.expect("a WebSocket");
        }
        assert_eq!(mock.with_cloud(refused), []);
    })
    .await;
}

/// Whoever says nothing on 443 after the handshake is not waited for without end, and HTTP is HTTP.
#[tokio::test]
async fn port_443_looks_at_the_first_byte_within_tls() {
    guard(async {
        let (cloud, host) = common::instance_cloud();
        let handshake_timeout = Duration::from_millis(300);
        let config = Config { handshake_timeout, ..Config::default() };
        let mock = common::start_with(cloud, Clock::held(START), config).await;
        let trust = common::trust::Trust::default();
        let dial = || Client::try_dial(mock.wss_address(), &host, &trust);
        let mut http = dial().await.expect("a handshake");
        http.stream.write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("to send");
        let mut answer = vec![0; 12];
        http.stream.read_exact(&mut answer).await.expect("an answer");
        assert_eq!(answer, b"HTTP/1.1 400");
        let mut silent = dial().await.expect("a handshake");
        assert_eq!(silent.next().await, None);
        mock.settle().await;
        let refused = mock.with_cloud(refused);
        let is_late = |(door, why): &(Door, String)| {
            *door == Door::WebSocket && why.contains("the first packet was not finished")
        };
        assert!(refused.iter().any(is_late), "{refused:?}");
    })
    .await;
}
