//! TLS: certificates both ways, versions, and what is turned away.

mod common;

use std::sync::Arc;

use certs::{Algorithm, LeafRequest, Shape, Validity};
use cloud::{Cloud, Door, Input, Peer, Transport};
use common::{
    DPS, HUB, START, UNKNOWN_NAME,
    client::{Client, dial_tcp},
    guard, held, start, trace,
    trust::Trust,
};
use rustls::RootCertStore;
use server::{Clock, Config, Mock};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use wire::Packet;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Who was turned away, where and why.
async fn refusal(mock: &Mock) -> (Option<String>, Door, String) {
    mock.wait(|cloud| {
        cloud.trace().steps().find_map(|step| match &step.input {
            Input::Refused { sni, door, why, .. } => Some((sni.clone(), *door, why.clone())),
            _ => None,
        })
    })
    .await
}

/// The peers of the connections that were opened.
fn peers(mock: &Mock) -> Vec<Peer> {
    let peer = |input: &Input| match input {
        Input::Opened { peer, .. } => Some(peer.clone()),
        _ => None,
    };
    mock.with_cloud(|cloud| cloud.trace().steps().filter_map(|step| peer(&step.input)).collect())
}

fn device_leaf(shape: Shape, algorithm: Algorithm) -> certs::Leaf {
    let validity = Validity { not_before_s: 0, not_after_s: 4_000_000_000 };
    let mut request = LeafRequest::device("d1", validity, algorithm);
    request.shape = shape;
    request.self_signed().expect("a device's certificate")
}

#[tokio::test]
async fn each_version_and_name_gets_its_answer() {
    guard(async {
        let mock = held().await;
        let address = mock.mqtt_address();
        let both = Trust::default;
        for (name, trust, version) in [
            (HUB, both(), Some("TLSv1_3")),
            (HUB, Trust::tls12(), Some("TLSv1_2")),
            (HUB, Trust::tls13(), Some("TLSv1_3")),
            (DPS, both(), Some("TLSv1_2")),
            (DPS, Trust::tls12(), Some("TLSv1_2")),
            ("Global.Azure-Devices-Provisioning.NET", both(), Some("TLSv1_2")),
            (DPS, Trust::tls13(), None),
            ("localhost", both(), Some("TLSv1_3")),
            ("127.0.0.1", both(), Some("TLSv1_3")),
        ] {
            let met = Client::try_dial(address, name, &trust).await.map(|_| ());
            assert_eq!(met.is_ok(), version.is_some(), "{name}: {met:?}");
            mock.settle().await;
            if let Some(version) = version {
                let peer = peers(&mock).pop().expect("a connection");
                assert_eq!(peer.tls_version, Some(version), "{name}");
                assert_eq!(peer.transport, Transport::Tcp);
                let sni = (name != "127.0.0.1").then(|| name.to_ascii_lowercase());
                assert_eq!(peer.sni, sni);
            }
        }
        let (sni, door, why) = refusal(&mock).await;
        assert_eq!((sni.as_deref(), door), (Some(DPS), Door::TlsVersion));
        assert!(why.contains("offer TLS 1.2"), "{why}");
    })
    .await;
}

#[tokio::test]
async fn a_client_gets_a_certificate_that_it_can_verify() {
    guard(async {
        let mock = held().await;
        for (schemes, versions, wanted) in [
            (&["RSA", "ECDSA"][..], Trust::tls12().versions, "EC"),
            (&["RSA", "ECDSA"], Trust::tls13().versions, "EC"),
            (&["RSA"], Trust::tls12().versions, "RSA"),
            (&["RSA"], Trust::tls13().versions, "RSA"),
            (&["ECDSA"], Trust::tls12().versions, "EC"),
            (&["ECDSA"], Trust::tls13().versions, "EC"),
        ] {
            let trust = Trust { schemes, versions, ..Trust::default() };
            let mut client =
                Client::try_dial(mock.mqtt_address(), HUB, &trust).await.expect("a handshake");
            let (_, session) = client.stream.get_ref();
            let leaf = session.peer_certificates().expect("a certificate")[0].clone();
            let (_, leaf) = X509Certificate::from_der(&leaf).expect("a certificate");
            let is_rsa = leaf.public_key().parsed().is_ok_and(|key| key.key_size() >= 2048);
            assert_eq!(if is_rsa { "RSA" } else { "EC" }, wanted, "{schemes:?}");
            client.go_online("d1", 60).await;
        }
    })
    .await;
}

/// Any structure is taken, X.509 v1 too; the chain is handed to the cloud as it came.
#[tokio::test]
async fn client_certificates_are_handed_over() {
    guard(async {
        let mock = held().await;
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            for shape in [Shape::Plain, Shape::V1, Shape::Padded { bytes: 9000 }] {
                for trust in [Trust::tls12(), Trust::tls13()] {
                    let leaf = device_leaf(shape, algorithm);
                    let chain = vec![leaf.chain_der[0].clone(), b"no certificate".to_vec()];
                    let certificate = Some((chain.clone(), leaf.key_der));
                    let trust = Trust { certificate, ..trust };
                    let mut client = Client::try_dial(mock.mqtt_address(), HUB, &trust)
                        .await
                        .expect("a handshake");
                    // In TLS 1.3 a client learns only later whether its certificate was taken.
                    client.go_online("d1", 60).await;
                    let peer = peers(&mock).pop().expect("a connection");
                    assert_eq!(peer.certificates[..], chain[..], "{algorithm:?} {shape:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_certificate_without_its_key_is_refused() {
    for trust in [Trust::tls12(), Trust::tls13()] {
        for algorithm in [Algorithm::EcdsaP256, Algorithm::Rsa2048] {
            guard(async {
                let mock = held().await;
                let mine = device_leaf(Shape::Plain, algorithm);
                // An RSA key of another holder, since all devices have the same.
                let other = match algorithm {
                    Algorithm::EcdsaP256 => device_leaf(Shape::Plain, algorithm).key_der,
                    Algorithm::Rsa2048 => common::authorities()[1].bundle().key_der,
                };
                let trust = Trust { certificate: Some((mine.chain_der, other)), ..trust.clone() };
                if let Ok(mut client) = Client::try_dial(mock.mqtt_address(), HUB, &trust).await {
                    assert_eq!(client.next().await, None);
                }
                let (sni, door, why) = refusal(&mock).await;
                assert_eq!((sni.as_deref(), door), (Some(HUB), Door::Tls));
                assert!(why.contains("does not hold the private key"), "{why}");
                assert_eq!(peers(&mock), []);
            })
            .await;
        }
    }
}

/// The mock's leaf is of the mock's day, even after years.
#[tokio::test]
async fn leaves_age_on_the_mocks_clock() {
    guard(async {
        let mock = held().await;
        let year = std::time::Duration::from_secs(365 * 86_400);
        for years in 0..3 {
            let now_s = mock.now().s();
            let trust = Trust { now_s, ..Trust::default() };
            let met = Client::try_dial(mock.mqtt_address(), HUB, &trust).await;
            assert!(met.is_ok(), "after {years} years");
            mock.advance(year).await;
        }
        let stale = Trust { now_s: START.s(), ..Trust::default() };
        assert!(Client::try_dial(mock.mqtt_address(), HUB, &stale).await.is_err());
    })
    .await;
}

#[tokio::test]
async fn who_speaks_no_tls_is_turned_away_at_once() {
    let mut connect = bytes::BytesMut::new();
    wire::encode(&common::connect("d1", 60), wire::Version::V311, &mut connect);
    for (sent, door, clue) in [
        (&connect[..], Door::Plaintext, "MQTT CONNECT"),
        (&connect[..1], Door::Plaintext, "0x10"),
        (b"GET / HTTP/1.1\r\n\r\n", Door::Plaintext, "HTTP"),
        (b"\x16\x03\x01\x00\x05hello", Door::Tls, "no TLS"),
    ] {
        guard(async {
            let mock = held().await;
            let mut socket = dial_tcp(mock.mqtt_address()).await.expect("a connection").tcp;
            socket.write_all(sent).await.expect("to send");
            let (sni, seen, why) = refusal(&mock).await;
            assert_eq!((sni, seen), (None, door), "{why}");
            assert!(why.contains(clue), "{why}");
            let mut rest = Vec::new();
            // Nothing but an alert comes back, and then the end.
            socket.read_to_end(&mut rest).await.expect("an orderly end");
            assert!(rest.is_empty() || rest[0] == 0x15, "{rest:?}");
            assert_eq!(peers(&mock), []);
        })
        .await;
    }
}

#[tokio::test]
async fn refusals_tell_the_reason() {
    let distrusting = || {
        let mut roots = RootCertStore::empty();
        let other = certs::Authority::unknown(
            "another root",
            Validity { not_before_s: 0, not_after_s: 4_000_000_000 },
            Algorithm::EcdsaP256,
        );
        roots.add(other.expect("a root").der().to_vec().into()).expect("a root");
        Trust { roots: Arc::new(roots), ..Trust::default() }
    };
    for (name, trust, at, clue) in [
        (HUB, distrusting(), Door::Distrust, "does not trust the authority"),
        (
            HUB,
            Trust { now_s: 1, ..Trust::default() },
            Door::Distrust,
            "server's certificate has expired",
        ),
        (UNKNOWN_NAME, Trust::default(), Door::Tls, "nobody knows this name"),
    ] {
        guard(async {
            let mock = held().await;
            let refused = Client::try_dial(mock.mqtt_address(), name, &trust).await.map(|_| ());
            let (sni, door, why) = refusal(&mock).await;
            assert_eq!((sni.as_deref(), door), (Some(name), at));
            assert!(refused.is_err() && why.contains(clue), "{refused:?}: {why}");
        })
        .await;
    }
}

/// A port probe that says nothing is no client that was turned away.
#[tokio::test]
async fn a_probe_of_the_port_leaves_no_trace() {
    guard(async {
        let mock = held().await;
        for address in [mock.mqtt_address(), mock.wss_address()] {
            drop(dial_tcp(address).await.expect("a connection"));
        }
        mock.settle().await;
        assert_eq!(trace(&mock), "");
    })
    .await;
}

#[tokio::test]
async fn silent_clients_block_nobody_and_are_turned_away_in_the_end() {
    guard(async {
        let config = Config {
            handshake_timeout: std::time::Duration::from_millis(300),
            ..Config::default()
        };
        let mock = start(Clock::held(START), config).await;
        let mut silent = Vec::new();
        for address in [mock.mqtt_address(), mock.wss_address()] {
            for _ in 0..20 {
                silent.push(dial_tcp(address).await.expect("a connection").tcp);
            }
        }
        silent[0].write_all(b"\x16\x03").await.expect("to send");
        let mut client = Client::online(mock.mqtt_address(), "d1", 60).await;
        mock.advance(std::time::Duration::from_secs(10)).await;
        client.ping().await;
        let (_, door, why) = refusal(&mock).await;
        assert_eq!(door, Door::Tls);
        assert!(why.contains("0.3 s"), "{why}");
        for socket in &mut silent {
            assert_eq!(socket.read(&mut [0]).await.expect("an orderly end"), 0);
        }
        client.ping().await;
    })
    .await;
}

#[tokio::test]
async fn connections_beyond_the_limit_are_turned_away() {
    guard(async {
        let config = Config { max_connections: 2, ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        let first = Client::online(mock.mqtt_address(), "d1", 60).await;
        let _second = Client::online(mock.mqtt_address(), "d2", 60).await;
        assert!(Client::try_dial(mock.mqtt_address(), HUB, &Trust::default()).await.is_err());
        let (_, door, why) = refusal(&mock).await;
        assert_eq!(door, Door::Full);
        assert!(why.contains("2 connections"), "{why}");
        drop(first);
        mock.settle().await;
        Client::online(mock.mqtt_address(), "d1", 60).await;
    })
    .await;
}

/// One byte a segment, in the handshake and after it; and several packets in one record.
#[tokio::test]
async fn segments_do_not_matter() {
    guard(async {
        let mock = held().await;
        let mut client = Client::dial_shredding(mock.mqtt_address()).await;
        client.go_online("d1", 60).await;
        let large = common::client::telemetry("d1", 7, vec![b'x'; 3000]);
        let (first, second) = (common::client::telemetry("d1", 8, "a"), Packet::Pingreq);
        client.send_all(&[&large, &first, &second]).await;
        for wanted in [7, 8] {
            let ack = client.next().await;
            assert!(
                matches!(&ack, Some(Packet::Puback(ack)) if ack.packet_id == wanted),
                "{ack:?}"
            );
        }
        assert_eq!(client.next().await, Some(Packet::Pingresp));
        mock.settle().await;
        let bodies = |cloud: &Cloud| {
            let effects = cloud.trace().steps().flat_map(|step| &step.effects);
            effects.filter(|effect| matches!(effect.action, cloud::Action::Telemetry(_))).count()
        };
        assert_eq!(mock.with_cloud(bodies), 2, "{}", trace(&mock));
    })
    .await;
}
