//! TLS 1.0 and 1.1, where the cloud speaks them. Only in a build with the feature `legacy-tls`.
#![cfg(feature = "legacy-tls")]

mod common;

use std::pin::Pin;

use cloud::{Door, Input, Peer};
use common::{
    HUB, START,
    client::{Client, Dribble, dial_tcp},
    guard,
    trust::Trust,
};
use openssl::ssl::{Ssl, SslContext, SslMethod, SslVerifyMode, SslVersion};
use server::{Clock, Config, Mock};
use tokio_openssl::SslStream;

/// Shakes hands as a client of that time, which looks at no certificate.
async fn dial(
    mock: &Mock,
    host: &str,
    (oldest, newest): (SslVersion, SslVersion),
    ciphers: &str,
    at_once: usize,
) -> Result<Client<SslStream<Dribble>>, String> {
    let mut context = SslContext::builder(SslMethod::tls_client()).expect("OpenSSL");
    context.set_min_proto_version(Some(oldest)).expect("a version");
    context.set_max_proto_version(Some(newest)).expect("a version");
    context.set_cipher_list(ciphers).expect("ciphers");
    context.set_verify(SslVerifyMode::NONE);
    let mut ssl = Ssl::new(&context.build()).expect("OpenSSL");
    ssl.set_hostname(host).expect("a name");
    let tcp = dial_tcp(mock.mqtt_address()).await.expect("a connection");
    let mut stream = SslStream::new(ssl, Dribble { at_once, ..tcp }).expect("OpenSSL");
    match Pin::new(&mut stream).connect().await {
        Ok(()) => Ok(Client::over(stream)),
        Err(error) => Err(error.to_string()),
    }
}

fn last_peer(mock: &Mock) -> Peer {
    let peer = |input: &Input| match input {
        Input::Opened { peer, .. } => Some(peer.clone()),
        _ => None,
    };
    mock.with_cloud(|cloud| cloud.trace().steps().filter_map(|step| peer(&step.input)).next_back())
        .expect("a connection")
}

const DEFAULT: &str = "DEFAULT@SECLEVEL=0";
const TLS_1_0: (SslVersion, SslVersion) = (SslVersion::TLS1, SslVersion::TLS1);
const TLS_1_1: (SslVersion, SslVersion) = (SslVersion::TLS1_1, SslVersion::TLS1_1);

#[tokio::test]
async fn old_versions_carry_mqtt_as_new_ones_do() {
    guard(async {
        let (cloud, host) = common::instance_cloud();
        let mock = common::start_with(cloud, Clock::held(START), Config::default()).await;
        for (offer, ciphers, at_once, agreed) in [
            (TLS_1_0, DEFAULT, usize::MAX, "TLSv1"),
            (TLS_1_0, "AES128-SHA@SECLEVEL=0", usize::MAX, "TLSv1"),
            (TLS_1_1, DEFAULT, usize::MAX, "TLSv1_1"),
            (TLS_1_1, "AES256-SHA@SECLEVEL=0", 1, "TLSv1_1"),
            ((SslVersion::TLS1, SslVersion::TLS1_2), DEFAULT, usize::MAX, "TLSv1_2"),
            ((SslVersion::TLS1, SslVersion::TLS1_3), DEFAULT, usize::MAX, "TLSv1_2"),
        ] {
            let mut client = dial(&mock, &host, offer, ciphers, at_once).await.expect(agreed);
            client.go_online_by(&common::lamp()).await;
            client.ping().await;
            let peer = last_peer(&mock);
            assert_eq!((peer.tls_version, peer.sni), (Some(agreed), Some(host.clone())));
            // Held time sees that all was read and answered.
            mock.settle().await;
            mock.advance(std::time::Duration::from_secs(91)).await;
            assert_eq!(client.next().await, None);
        }
    })
    .await;
}

/// Hubs of the same mock ask for TLS 1.2, and refuse the rest as they do without the feature.
#[tokio::test]
async fn hosts_that_do_not_want_old_tls_refuse_it() {
    guard(async {
        let (mut cloud, host) = common::instance_cloud();
        cloud.registry_mut().put_hub(cloud::registry::Hub::new(HUB));
        let mock = common::start_with(cloud, Clock::held(START), Config::default()).await;
        let refused = dial(&mock, HUB, TLS_1_1, DEFAULT, usize::MAX).await.err();
        assert!(refused.as_ref().is_some_and(|why| why.contains("alert")), "{refused:?}");
        mock.settle().await;
        let door = mock.with_cloud(|cloud| {
            cloud.trace().steps().find_map(|step| match &step.input {
                Input::Refused { door, .. } => Some(*door),
                _ => None,
            })
        });
        assert_eq!(door, Some(Door::TlsVersion));
        dial(&mock, &host, TLS_1_1, DEFAULT, usize::MAX).await.expect("a handshake");
        Client::try_dial(mock.mqtt_address(), HUB, &Trust::default()).await.expect("a handshake");
    })
    .await;
}
