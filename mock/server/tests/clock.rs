//! The held clock: time passes only when told, and only when everything was handled.

mod common;

use std::time::Duration;

use cloud::{Action, Cloud, ConnId, Ending, Input, Order, Time, order::C2dOrder};
use common::{
    START,
    client::{Client, telemetry},
    guard, held, start, trace,
    trust::Trust,
};
use server::{Clock, Config, Mock};
use wire::Packet;

/// When the cloud closed connections, and which.
fn closes(mock: &Mock) -> Vec<(u64, ConnId)> {
    mock.with_cloud(|cloud| {
        let steps = cloud.trace().steps();
        steps
            .flat_map(|step| step.effects.iter().map(move |effect| (step.at, &effect.action)))
            .filter_map(|(at, action)| match action {
                Action::Close { conn } => Some((at.since_ms(START), *conn)),
                _ => None,
            })
            .collect()
    })
}

async fn advance_ms(mock: &Mock, ms: u64) {
    mock.advance(Duration::from_millis(ms)).await;
}

/// Two devices with keep-alive 60 and 100; each is closed exactly 1.5 times that after its last packet,
/// whatever the other does.
async fn two_silent_devices() {
    let mock = held().await;
    let mut first = Client::online(mock.mqtt_address(), "d1", 60).await;
    let mut second = Client::online(mock.mqtt_address(), "d2", 100).await;
    advance_ms(&mock, 89_999).await;
    assert_eq!(closes(&mock), [], "{}", trace(&mock));

    // Fire and forget: the barrier alone makes these count before time passes.
    first.send(&Packet::Pingreq).await;
    advance_ms(&mock, 20_001).await;
    second.send(&telemetry("d2", 1, "late")).await;
    first.send_all(&[&Packet::Pingreq, &telemetry("d1", 2, "twice")]).await;
    advance_ms(&mock, 1_000_000).await;

    let wanted = [(110_000 + 90_000, ConnId(1)), (110_000 + 150_000, ConnId(2))];
    assert_eq!(closes(&mock), wanted, "{}", trace(&mock));
    assert_eq!(first.next().await, Some(Packet::Pingresp));
    assert_eq!(first.next().await, Some(Packet::Pingresp));
    assert!(matches!(first.next().await, Some(Packet::Puback(ack)) if ack.packet_id == 2));
    assert_eq!(first.next().await, None);
    assert!(matches!(second.next().await, Some(Packet::Puback(ack)) if ack.packet_id == 1));
    assert_eq!(second.next().await, None);
    assert_eq!(mock.panics(), [""; 0]);
    mock.shutdown().await;
}

#[tokio::test]
async fn keep_alive_closes_on_the_millisecond_on_one_thread() {
    for _ in 0..200 {
        guard(two_silent_devices()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn keep_alive_closes_on_the_millisecond_on_many_threads() {
    for _ in 0..50 {
        guard(futures::future::join_all((0..8).map(|_| two_silent_devices()))).await;
    }
}

/// Connections that begin, speak and end before time passes are all seen at the time before.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_sent_before_an_advance_happened_before_it() {
    for _ in 0..200 {
        guard(async {
            let mock = held().await;
            let mut client = Client::dial(mock.mqtt_address()).await;
            let connect = common::connect("d1", 60);
            client.send_all(&[&connect, &telemetry("d1", 1, "x"), &Packet::Pingreq]).await;
            drop(client);
            advance_ms(&mock, 5_000).await;
            let is_late = |cloud: &Cloud| cloud.trace().steps().any(|step| step.at > START);
            assert!(!mock.with_cloud(is_late), "{}", trace(&mock));
            let ending = mock.with_cloud(|cloud| {
                cloud
                    .trace()
                    .steps()
                    .filter(|step| matches!(step.input, Input::Closed { .. }))
                    .count()
            });
            assert_eq!(ending, 1, "{}", trace(&mock));
        })
        .await;
    }
}

#[tokio::test]
async fn time_stands_still_by_itself_and_moves_by_whole_advances() {
    guard(async {
        let mock = held().await;
        assert_eq!(mock.now(), START);
        mock.advance(Duration::from_millis(1)).await;
        assert_eq!(mock.now(), START.plus_ms(1));
        assert_eq!(mock.with_cloud(Cloud::now), START.plus_ms(1));
        mock.advance(Duration::from_secs(7 * 24 * 3600)).await;
        assert_eq!(mock.now(), START.plus_ms(1).plus_s(7 * 24 * 3600));
    })
    .await;
}

/// A client that ended its stream, and one whose answers nobody reads, do not keep the barrier up.
#[tokio::test]
async fn ended_and_deaf_clients_do_not_hold_time_up() {
    guard(async {
        let mock = held().await;
        let gone = Client::online(mock.mqtt_address(), "d1", 60).await;
        let _deaf = Client::online(mock.mqtt_address(), "d2", 60).await;
        drop(gone);
        mock.settle().await;
        mock.advance(Duration::from_secs(10)).await;
        let ending = Input::Closed { conn: ConnId(1), ending: Ending::Eof };
        let seen = |cloud: &Cloud| cloud.trace().steps().any(|step| step.input == ending);
        assert!(mock.with_cloud(seen), "{}", trace(&mock));
    })
    .await;
}

/// A clock that runs brings deadlines by itself, also one that is nearer than what it waited for.
#[tokio::test]
async fn a_running_clock_brings_every_deadline() {
    guard(async {
        let mut cloud = common::cloud();
        let hub = cloud.registry_mut().hub_mut(common::HUB).expect("a hub");
        hub.profile.connect_timeout_s = 1;
        let mock = common::start_with(cloud, Clock::scaled(20.0), Config::default()).await;
        // Were the silent client's deadline overlooked, this message's would come far beyond the guard.
        let (hub, device) = (common::HUB.to_owned(), "d1".to_owned());
        let message = C2dOrder::default();
        mock.order(Order::SendC2d { hub, device, message }).await.expect("a queued message");
        let trust = Trust { now_s: mock.now().s(), ..Trust::default() };
        let dial = || Client::try_dial(mock.mqtt_address(), common::HUB, &trust);
        let mut online = dial().await.expect("a TLS connection");
        online.go_online("d2", 1100).await;
        let mut silent = dial().await.expect("a TLS connection");
        assert_eq!(silent.next().await, None);
        online.ping().await;
        let closed = mock.with_cloud(|cloud| {
            let mut steps = cloud.trace().steps();
            let opened = steps.rfind(|step| matches!(step.input, Input::Opened { .. }))?;
            let closed = cloud.trace().steps().find(|step| step.input == Input::Timeout)?;
            Some(closed.at.since_ms(opened.at))
        });
        assert_eq!(closed, Some(1000), "{}", trace(&mock));
        mock.shutdown().await;
    })
    .await;
}

#[tokio::test]
#[should_panic(expected = "only a held clock")]
async fn a_running_clock_cannot_be_advanced() {
    let mock = start(Clock::wall(), Config::default()).await;
    assert!(mock.now() > Time::default());
    mock.advance(Duration::from_secs(1)).await;
}
