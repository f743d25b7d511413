//! Plain requests over HTTPS, on the port of the WebSockets.

mod common;

use std::time::Duration;

use cloud::{Action, Breaks, HttpRequest, Input, RequestId};
use common::{
    HUB, NAMESPACE, START,
    client::{Client, Dribble, dial_tcp},
    cloud, guard, held, start, start_with, trace,
    trust::Trust,
};
use rustls::pki_types::ServerName;
use server::{Clock, Config, Mock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::{TlsConnector, client::TlsStream};

async fn dial(mock: &Mock, at_once: usize) -> TlsStream<Dribble> {
    let tcp = Dribble { at_once, ..dial_tcp(mock.wss_address()).await.expect("a connection") };
    let name = ServerName::try_from(NAMESPACE).expect("a name");
    TlsConnector::from(Trust::default().config()).connect(name, tcp).await.expect("a handshake")
}

/// Sends bytes and gives all that comes back, up to the end in order.
async fn ask(mock: &Mock, request: &str) -> String {
    let mut tls = dial(mock, usize::MAX).await;
    tls.write_all(request.as_bytes()).await.expect("to send");
    tls.flush().await.expect("to send");
    rest(tls).await
}

async fn rest(mut tls: TlsStream<Dribble>) -> String {
    let mut response = String::new();
    tls.read_to_string(&mut response).await.expect("an answer and an end");
    response
}

fn requests(mock: &Mock) -> Vec<HttpRequest> {
    mock.with_cloud(|cloud| {
        let inputs = cloud.trace().steps().map(|step| &step.input);
        inputs
            .filter_map(|input| match input {
                Input::Request { request, .. } => Some((**request).clone()),
                _ => None,
            })
            .collect()
    })
}

#[tokio::test]
async fn a_request_reaches_the_cloud_whole() {
    let chunked = "Transfer-Encoding: chunked\r\n\r\n2\r\n{\"\r\n5\r\na\":1}\r\n0\r\n\r\n";
    let counted = "Content-Length: 7\r\n\r\n{\"a\":1}";
    for (method, framing, at_once, body) in [
        ("POST", counted, usize::MAX, r#"{"a":1}"#),
        ("PUT", chunked, usize::MAX, r#"{"a":1}"#),
        ("POST", counted, 1, r#"{"a":1}"#),
        ("GET", "\r\n", usize::MAX, ""),
        ("POST", &format!("Expect: 100-continue\r\n{counted}"), usize::MAX, r#"{"a":1}"#),
    ] {
        guard(async {
            let mock = held().await;
            let mut tls = dial(&mock, at_once).await;
            let head = format!("{method} /a/b?c=%20d HTTP/1.1\r\nHost: h\r\nX-A: 1\r\nx-a: 2\r\n");
            tls.write_all(format!("{head}{framing}").as_bytes()).await.expect("to send");
            tls.flush().await.expect("to send");
            let response = rest(tls).await;
            let answer =
                response.strip_prefix("HTTP/1.1 100 Continue\r\n\r\n").unwrap_or(&response);
            assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{response}");
            assert!(answer.contains("connection: close\r\n"), "{response}");
            assert!(answer.ends_with("\r\n\r\nthere is nothing at /a/b\n"), "{response}");
            mock.settle().await;
            let [request] = &requests(&mock)[..] else { panic!("{}", trace(&mock)) };
            assert_eq!(
                (request.method.as_str(), request.target.as_str(), &request.body[..]),
                (method, "/a/b?c=%20d", body.as_bytes())
            );
            assert_eq!(request.sni.as_deref(), Some(NAMESPACE));
            let of_a: Vec<&str> = request
                .headers
                .iter()
                .filter_map(|(name, value)| (name == "x-a").then_some(value.as_str()))
                .collect();
            assert_eq!(of_a, ["1", "2"]);
        })
        .await;
    }
}

/// What is too long, or none of HTTP, is answered by the carrier alone.
#[tokio::test]
async fn the_carrier_refuses_what_it_cannot_hand_on() {
    let config = || Config { max_packet_bytes: 1000, ..Config::default() };
    let long = "x".repeat(1001);
    for (request, status, why) in [
        (
            format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n{long}"),
            413,
            "longer than 1000 bytes",
        ),
        (
            format!(
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3e9\r\n{long}\r\n\
                0\r\n\r\n"
            ),
            413,
            "longer than 1000 bytes",
        ),
        (
            "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n".to_owned(),
            400,
            "did not come whole",
        ),
    ] {
        guard(async {
            let mock = start(Clock::held(START), config()).await;
            let response = ask(&mock, &request).await;
            assert!(response.starts_with(&format!("HTTP/1.1 {status} ")), "{response}");
            assert!(response.contains(why), "{response}");
            mock.settle().await;
            assert_eq!(trace(&mock), "");
        })
        .await;
    }
}

#[tokio::test]
async fn a_body_has_so_much_time() {
    guard(async {
        let limit = Duration::from_millis(300);
        let config = Config { handshake_timeout: limit, ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        let response = ask(&mock, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx").await;
        assert!(response.starts_with("HTTP/1.1 408 "), "{response}");
        assert!(response.ends_with("the request was not finished within 0.3 s\n"), "{response}");
    })
    .await;
}

/// A request that waits for its answer holds no time up, whatever its client sends after it.
#[tokio::test]
async fn a_cloud_that_does_not_answer_has_so_much_time() {
    guard(async {
        let cloud = cloud().with_breaks(Breaks::from_iter(["SKY-HTTP-001"]));
        let config = Config { answer_timeout: Duration::from_millis(300), ..Config::default() };
        let mock = start_with(cloud, Clock::held(START), config).await;
        let mut tls = dial(&mock, usize::MAX).await;
        let request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(3);
        tls.write_all(request.as_bytes()).await.expect("to send");
        tls.flush().await.expect("to send");
        mock.wait(|cloud| cloud.trace().steps().next().map(|_| ())).await;
        tls.write_all(&[b'x'; 100_000]).await.expect("to send");
        mock.advance(Duration::from_secs(3600)).await;
        let mut response = Vec::new();
        // What was sent in vain may cut the answer's connection, but not before the answer.
        let _ = tls.read_to_end(&mut response).await;
        let response = String::from_utf8_lossy(&response);
        assert!(response.starts_with("HTTP/1.1 504 "), "{response}");
        assert!(response.ends_with("the cloud did not answer within 0.3 s\n"), "{response}");
        assert_eq!(requests(&mock).len(), 1, "{}", trace(&mock));
    })
    .await;
}

/// A client that goes away in the middle harms nobody, and its connection ends with it.
#[tokio::test]
async fn who_breaks_off_is_forgotten() {
    guard(async {
        let mock = held().await;
        let mut other = Client::online(mock.mqtt_address(), "d1", 60).await;
        for part in ["", "POST", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx"] {
            let mut tls = dial(&mock, usize::MAX).await;
            tls.write_all(part.as_bytes()).await.expect("to send");
            tls.flush().await.expect("to send");
            drop(tls);
            mock.settle().await;
            other.ping().await;
        }
        assert!(requests(&mock).is_empty(), "{}", trace(&mock));
        assert!(mock.failures().is_empty());
        mock.shutdown().await;
    })
    .await;
}

/// Hosts that take none answer as ever, and the answers of those that do are effects.
#[tokio::test]
async fn an_answer_is_an_effect_of_a_rule() {
    guard(async {
        let mock = held().await;
        ask(&mock, "GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
        mock.settle().await;
        mock.with_cloud(|cloud| {
            let step = cloud.trace().steps().next_back().expect("a step");
            let [effect] = &step.effects[..] else { panic!("{step}") };
            let Action::Respond { id: RequestId(1), response } = &effect.action else {
                panic!("{step}")
            };
            assert_eq!((response.status, effect.because.id()), (404, "SKY-HTTP-001"));
        });
        assert!(!mock.with_cloud(|cloud| cloud.takes_requests(Some(HUB))));
    })
    .await;
}
