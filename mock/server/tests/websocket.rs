//! MQTT over WebSocket: who is let in, and how frames carry packets.

mod common;

use cloud::{Cloud, Door, Ending, Input, Transport};
use common::{
    DPS, HUB, NAMESPACE,
    client::{Client, dial_tcp, telemetry},
    guard, held, trace,
    trust::Trust,
};
use futures::{SinkExt, StreamExt};
use rustls::pki_types::ServerName;
use server::Mock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Message,
        client::IntoClientRequest,
        protocol::{
            Role,
            frame::{
                Frame, FrameHeader,
                coding::{CloseCode, Control, Data, OpCode},
            },
        },
    },
};
use wire::{Decoder, Packet, Version};

type Tls = TlsStream<common::client::Dribble>;

async fn dial_tls(mock: &Mock, host: &str) -> Tls {
    let tcp = dial_tcp(mock.wss_address()).await.expect("a connection");
    let name = ServerName::try_from(host.to_owned()).expect("a name");
    TlsConnector::from(Trust::default().config()).connect(name, tcp).await.expect("a handshake")
}

/// Asks for a WebSocket as tungstenite does, so that our own handshake is not its only judge.
async fn dial(mock: &Mock, path: &str, subprotocol: &str) -> Result<WebSocketStream<Tls>, String> {
    let mut request = format!("wss://{HUB}{path}").into_client_request().expect("a request");
    let value = subprotocol.parse().expect("a header");
    request.headers_mut().insert("Sec-WebSocket-Protocol", value);
    let (socket, response) = client_async(request, dial_tls(mock, HUB).await)
        .await
        .map_err(|error| error.to_string())?;
    let echoed = response.headers().get("Sec-WebSocket-Protocol").expect("a subprotocol");
    assert!(subprotocol.split(',').any(|offered| offered.trim() == echoed), "{echoed:?}");
    Ok(socket)
}

/// Sends a request as it is and gives the response's head.
async fn ask(mock: &Mock, host: &str, request: &str) -> String {
    let mut tls = dial_tls(mock, host).await;
    tls.write_all(request.as_bytes()).await.expect("to send");
    tls.flush().await.expect("to send");
    let mut response = Vec::new();
    while !response.windows(4).any(|end| end == b"\r\n\r\n") {
        if !matches!(tls.read_buf(&mut response).await, Ok(1..)) {
            break;
        }
    }
    String::from_utf8_lossy(&response).into_owned()
}

fn encoded(packets: &[&Packet]) -> Vec<u8> {
    let mut bytes = bytes::BytesMut::new();
    packets.iter().for_each(|packet| wire::encode(packet, Version::V311, &mut bytes));
    bytes.to_vec()
}

/// The next packets, out of however many frames.
async fn packets(socket: &mut WebSocketStream<Tls>, count: usize) -> Vec<Packet> {
    let mut decoder = Decoder::new(Some(Version::V311), 1_000_000);
    let (mut input, mut packets) = (bytes::BytesMut::new(), Vec::new());
    while packets.len() < count {
        match socket.next().await.expect("a message").expect("a message") {
            Message::Binary(payload) => input.extend_from_slice(&payload),
            other => panic!("expected binary, got {other:?}"),
        }
        while let Some(packet) = decoder.decode(&mut input).expect("legal packets") {
            packets.push(packet);
        }
    }
    packets
}

fn inputs(mock: &Mock) -> Vec<Input> {
    mock.with_cloud(|cloud| cloud.trace().steps().map(|step| step.input.clone()).collect())
}

#[tokio::test]
async fn upgrades_by_path_and_subprotocol() {
    const UPGRADE: &str = "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n";
    const KEY: &str =
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    const MQTT: &str = "Sec-WebSocket-Protocol: mqtt\r\n";
    const HUB_PATH: &str = "GET /$iothub/websocket HTTP/1.1\r\nHost: hub\r\n";
    let whole = format!("{UPGRADE}{KEY}{MQTT}");
    for (line, headers, status) in [
        (HUB_PATH, whole.as_str(), 101),
        ("GET / HTTP/1.1\r\nHost: dps\r\n", &whole, 101),
        ("GET /$iothub/websocket?iothub-no-client-cert=true HTTP/1.1\r\nHost: h\r\n", &whole, 101),
        (HUB_PATH, &format!("{UPGRADE}{KEY}Sec-WebSocket-Protocol: MQTT\r\n"), 101),
        (HUB_PATH, &format!("{UPGRADE}{KEY}Sec-WebSocket-Protocol: x, Mqtt\r\n"), 101),
        (HUB_PATH, &format!("{UPGRADE}{KEY}Sec-WebSocket-Protocol: x\r\n{MQTT}"), 101),
        (HUB_PATH, &format!("{whole}Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101),
        ("GET /elsewhere HTTP/1.1\r\nHost: hub\r\n", &whole, 404),
        ("GET /$iothub/websocket/ HTTP/1.1\r\nHost: hub\r\n", &whole, 404),
        ("GET /elsewhere HTTP/1.1\r\nHost: hub\r\n", "", 404),
        (HUB_PATH, &format!("{UPGRADE}{KEY}"), 400),
        (HUB_PATH, &format!("{UPGRADE}{KEY}Sec-WebSocket-Protocol: AMQPWSB10\r\n"), 400),
        (HUB_PATH, &format!("{UPGRADE}{KEY}Sec-WebSocket-Protocol: mqttv5\r\n"), 400),
        (HUB_PATH, "", 400),
        (HUB_PATH, &format!("Upgrade: h2c\r\nConnection: Upgrade\r\n{KEY}{MQTT}"), 400),
        (HUB_PATH, &format!("{UPGRADE}Sec-WebSocket-Version: 13\r\n{MQTT}"), 400),
        (HUB_PATH, &format!("{UPGRADE}{KEY}{MQTT}").replace("dGhlIHNhb", "short"), 400),
        (HUB_PATH, &format!("{UPGRADE}{KEY}{MQTT}").replace(": 13", ": 8"), 426),
        ("POST /$iothub/websocket HTTP/1.1\r\nHost: hub\r\n", &whole, 400),
        ("nonsense\r\n", "", 400),
    ] {
        guard(async {
            let mock = held().await;
            let response = ask(&mock, HUB, &format!("{line}{headers}\r\n")).await;
            assert!(
                response.starts_with(&format!("HTTP/1.1 {status} ")),
                "{line}{headers}{response}"
            );
            mock.settle().await;
            match (&inputs(&mock)[..], status) {
                ([Input::Opened { peer, .. }, ..], 101) => {
                    let accept = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
                    assert!(response.to_ascii_lowercase().contains(&accept.to_ascii_lowercase()));
                    assert!(!response.to_ascii_lowercase().contains("extensions"), "{response}");
                    let Transport::WebSocket { path, subprotocol } = &peer.transport else {
                        panic!("expected a WebSocket, got {peer:?}");
                    };
                    assert!(line.contains(path), "{path}");
                    assert!(headers.contains(subprotocol.as_str()), "{subprotocol}");
                    assert!(response.contains(subprotocol.as_str()), "{response}");
                }
                ([Input::Refused { door, sni, why, .. }], 400..) => {
                    let expected = match (status, headers.contains(KEY)) {
                        (404, _) => Door::Path,
                        (400, true) if headers.contains(UPGRADE) && line == HUB_PATH => {
                            Door::Subprotocol
                        }
                        _ => Door::WebSocket,
                    };
                    assert_eq!((*door, sni.as_deref()), (expected, Some(HUB)), "{why}");
                    assert!(!why.is_empty());
                }
                (other, _) => panic!("{other:?}"),
            }
        })
        .await;
    }
}

/// Each host has its own paths, and says which.
#[tokio::test]
async fn the_path_is_that_of_the_host() {
    for (host, path, right) in [
        (HUB, "/mqtt", "/$iothub/websocket"),
        (DPS, "/mqtt", "/$iothub/websocket"),
        (NAMESPACE, "/", "/mqtt"),
        (NAMESPACE, "/$iothub/websocket", "/mqtt"),
    ] {
        guard(async {
            let mock = held().await;
            let request = |path| {
                format!(
                    "GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n\
                    Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
                    Sec-WebSocket-Protocol: mqtt\r\n\r\n"
                )
            };
            let response = ask(&mock, host, &request(path)).await;
            assert!(response.starts_with("HTTP/1.1 404 "), "{host}{path}: {response}");
            mock.settle().await;
            let [Input::Refused { door: Door::Path, why, .. }] = &inputs(&mock)[..] else {
                panic!("{host}{path}: {}", trace(&mock));
            };
            let hint = format!("GET {path}: 404, there is nothing here; MQTT is at {right}");
            assert_eq!(*why, hint);
            let response = ask(&mock, host, &request(right)).await;
            assert!(response.starts_with("HTTP/1.1 101 "), "{host}{right}: {response}");
        })
        .await;
    }
}

#[tokio::test]
async fn packets_straddle_frames_and_share_them() {
    guard(async {
        let mock = held().await;
        let mut socket = dial(&mock, "/$iothub/websocket", "MQTT").await.expect("a WebSocket");
        let connect = common::connect("d1", 60);
        let large = telemetry("d1", 1, vec![b'x'; 70_000]);
        let all = encoded(&[&connect, &Packet::Pingreq, &large, &telemetry("d1", 2, "y")]);
        // Cut at every odd place: in headers, in bodies, between packets.
        let (mut rest, mut size) = (&all[..], 1);
        while !rest.is_empty() {
            let (now, later) = rest.split_at(size.min(rest.len()));
            socket.send(Message::Binary(now.to_vec().into())).await.expect("to send");
            (rest, size) = (later, size * 3);
        }
        let answers = packets(&mut socket, 4).await;
        assert!(
            matches!(
                &answers[..],
                [Packet::Connack(connack), Packet::Pingresp, Packet::Puback(first), Packet::Puback(second)]
                    if connack.code == 0 && first.packet_id == 1 && second.packet_id == 2
            ),
            "{answers:?}"
        );
        // All in one frame, and in the fragments of one message.
        let two = encoded(&[&telemetry("d1", 3, "a"), &telemetry("d1", 4, "b")]);
        socket.send(Message::Binary(two.clone().into())).await.expect("to send");
        assert_eq!(packets(&mut socket, 2).await.len(), 2);
        let (head, tail) = two.split_at(7);
        for (payload, opcode, is_final) in [(head, Data::Binary, false), (tail, Data::Continue, true)] {
            let frame = Frame::message(payload.to_vec(), OpCode::Data(opcode), is_final);
            socket.send(Message::Frame(frame)).await.expect("to send");
            socket.send(Message::Ping("between".into())).await.expect("to send");
            let pong = socket.next().await.expect("a message").expect("a message");
            assert_eq!(pong, Message::Pong("between".into()));
        }
        assert_eq!(packets(&mut socket, 2).await.len(), 2);

        socket.close(None).await.expect("to close");
        while let Some(Ok(_)) = socket.next().await {}
        mock.settle().await;
        let last = inputs(&mock).pop();
        assert!(matches!(last, Some(Input::Closed { ending: Ending::Eof, .. })), "{last:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_no_binary_frame_ends_the_connection() {
    let frame = |opcode, is_final| {
        let header = FrameHeader { opcode, is_final, ..FrameHeader::default() };
        Frame::from_payload(header, vec![0xC0, 0].into())
    };
    let mut reserved = frame(OpCode::Data(Data::Binary), true);
    reserved.header_mut().rsv1 = true;
    for (what, hostile, code) in [
        ("text", frame(OpCode::Data(Data::Text), true), CloseCode::Unsupported),
        ("a reserved bit", reserved, CloseCode::Protocol),
        ("an unknown opcode", frame(OpCode::Data(Data::Reserved(3)), true), CloseCode::Protocol),
        ("a stray continuation", frame(OpCode::Data(Data::Continue), true), CloseCode::Protocol),
        ("a fragmented ping", frame(OpCode::Control(Control::Ping), false), CloseCode::Protocol),
    ] {
        guard(async {
            let mock = held().await;
            let mut socket = dial(&mock, "/", "mqtt").await.expect("a WebSocket");
            let connect = encoded(&[&common::connect("d1", 60)]);
            socket.send(Message::Binary(connect.into())).await.expect("to send");
            packets(&mut socket, 1).await;
            let before = encoded(&[&Packet::Pingreq]);
            socket.feed(Message::Binary(before.into())).await.expect("to send");
            socket.send(Message::Frame(hostile)).await.expect("to send");
            assert_eq!(packets(&mut socket, 1).await, [Packet::Pingresp], "{what}");
            let close = socket.next().await.expect("a message").expect("a message");
            let Message::Close(Some(close)) = close else { panic!("{what}: {close:?}") };
            assert_eq!(close.code, code, "{what}");
            mock.settle().await;
            let last = inputs(&mock).pop().expect("an input");
            match code {
                CloseCode::Unsupported => {
                    assert!(
                        matches!(&last, Input::Malformed { why, .. } if why.clause == "MQTT-6.0.0-1"),
                        "{last}"
                    );
                }
                _ => {
                    assert!(
                        matches!(&last, Input::Malformed { why, .. } if why.clause == "RFC 6455 §5"),
                        "{last}"
                    );
                }
            }
            assert_eq!(mock.with_cloud(Cloud::connection_count), 0, "{what}: {}", trace(&mock));
        })
        .await;
    }
}

/// tungstenite as a server does not mask, which is what a client must.
#[tokio::test]
async fn unmasked_frames_are_refused() {
    guard(async {
        let mock = held().await;
        let socket = dial(&mock, "/", "mqtt").await.expect("a WebSocket");
        let mut unmasked =
            WebSocketStream::from_raw_socket(socket.into_inner(), Role::Server, None).await;
        unmasked.send(Message::Binary(vec![0xC0, 0].into())).await.expect("to send");
        let mut tls = unmasked.into_inner();
        let mut answer = Vec::new();
        tls.read_to_end(&mut answer).await.expect("an orderly end");
        assert_eq!(answer, [0x88, 2, 0x03, 0xEA]);
    })
    .await;
}

/// The cloud's close reaches the client as a close of the WebSocket, too.
#[tokio::test]
async fn the_clouds_close_is_a_close_frame() {
    guard(async {
        let mock = held().await;
        let mut socket = dial(&mock, "/$iothub/websocket", "mqtt").await.expect("a WebSocket");
        let mut refused = common::connect("d1", 60);
        if let Packet::Connect(connect) = &mut refused {
            connect.password = None;
        }
        socket.send(Message::Binary(encoded(&[&refused]).into())).await.expect("to send");
        let answer = packets(&mut socket, 1).await;
        assert!(matches!(&answer[..], [Packet::Connack(connack)] if connack.code == 5));
        let close = socket.next().await.expect("a message").expect("a message");
        assert!(matches!(close, Message::Close(Some(close)) if close.code == CloseCode::Normal));
    })
    .await;
}

/// Whole conversations over a WebSocket count for the barrier as well.
#[tokio::test]
async fn held_time_waits_for_websockets() {
    for _ in 0..50 {
        guard(async {
            let mock = held().await;
            let mut socket = dial(&mock, "/$iothub/websocket", "mqtt").await.expect("a WebSocket");
            let packets = encoded(&[&common::connect("d1", 60), &telemetry("d1", 1, "x")]);
            socket.send(Message::Binary(packets.into())).await.expect("to send");
            mock.advance(std::time::Duration::from_secs(90)).await;
            let last =
                mock.with_cloud(|cloud| cloud.trace().steps().last().cloned()).expect("a step");
            assert_eq!((last.input, last.at), (Input::Timeout, mock.now()), "{}", trace(&mock));
            assert!(socket.next().await.is_some());
        })
        .await;
    }
}

/// MQTT without HTTP on the WebSocket port is told apart from a WebSocket that is refused.
#[tokio::test]
async fn bare_mqtt_on_the_websocket_port_is_refused() {
    guard(async {
        let mock = held().await;
        let mut client = Client::try_dial(mock.wss_address(), HUB, &Trust::default())
            .await
            .expect("a handshake");
        client.send(&common::connect("d1", 60)).await;
        mock.settle().await;
        let inputs = inputs(&mock);
        assert!(
            matches!(&inputs[..], [Input::Refused { door: Door::WebSocket, why, .. }] if why.contains("HTTP")),
            "{inputs:?}"
        );
    })
    .await;
}
