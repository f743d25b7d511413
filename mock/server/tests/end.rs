//! How the mock ends, and what happens when it breaks.

mod common;

use std::time::Duration;

use cloud::{Input, Order};
use common::{
    HUB, PANIC_NAME, START,
    client::{Client, dial_tcp},
    guard, held, start,
    trust::Trust,
};
use server::{Clock, Config, Failure, Mock, StartError};
use tokio::net::TcpStream;

#[tokio::test]
async fn shutdown_closes_everything_and_waits_for_it() {
    for flavour in 0..2 {
        guard(async {
            let mock = if flavour == 0 {
                held().await
            } else {
                start(Clock::wall(), Config::default()).await
            };
            let (address, wss) = (mock.mqtt_address(), mock.wss_address());
            let trust = Trust { now_s: mock.now().s(), ..Trust::default() };
            let mut client = Client::try_dial(address, HUB, &trust).await.expect("a handshake");
            let half_open = dial_tcp(address).await.expect("a connection");
            mock.shutdown().await;
            assert_eq!(client.next().await, None);
            for address in [address, wss] {
                assert!(TcpStream::connect(address).await.is_err(), "still listens on {address}");
            }
            drop(half_open);
        })
        .await;
    }
}

#[tokio::test]
async fn a_dropped_mock_stops() {
    guard(async {
        let mock = held().await;
        let mut client = Client::online(mock.mqtt_address(), "d1", 60).await;
        drop(mock);
        assert_eq!(client.next().await, None);
    })
    .await;
}

#[tokio::test]
async fn the_same_port_can_be_bound_again_at_once() {
    guard(async {
        let mock = held().await;
        let port = mock.mqtt_address().port();
        let client = Client::online(mock.mqtt_address(), "d1", 60).await;
        mock.shutdown().await;
        let config = Config { mqtt_port: port, ..Config::default() };
        let mock = start(Clock::held(START), config).await;
        drop(client);
        Client::online(mock.mqtt_address(), "d1", 60).await;
    })
    .await;
}

#[tokio::test]
async fn a_port_in_use_is_named_and_nothing_listens() {
    guard(async {
        let holder = held().await;
        let taken = holder.wss_address().port();
        let config = Config { wss_port: taken, ..Config::default() };
        let leaves = std::sync::Arc::new(common::Minted);
        let error = Mock::start(common::cloud(), Clock::held(START), leaves, config)
            .await
            .expect_err("the port is taken");
        let text = error.to_string();
        assert!(text.contains(&format!("127.0.0.1:{taken}")), "{text}");
        assert!(text.contains("something listens there already"), "{text}");
        assert!(matches!(error, StartError::Listen { port, .. } if port == taken));
    })
    .await;
}

#[tokio::test]
async fn a_clock_without_a_speed_is_refused() {
    let leaves = std::sync::Arc::new(common::Minted);
    let clock = Clock::scaled(0.0);
    let error = Mock::start(common::cloud(), clock, leaves, Config::default()).await;
    assert_eq!(error.expect_err("no speed"), StartError::Clock);
}

/// A panic in a task of the mock is kept, and everybody who waits is told.
#[tokio::test]
async fn a_panic_breaks_the_mock_and_hangs_nobody() {
    guard(async {
        let mock = held().await;
        let mut client = Client::online(mock.mqtt_address(), "d1", 60).await;
        let mut steps = mock.subscribe();
        let waiting = mock.try_wait(|_| None::<()>);
        let panicking = async {
            let trust = Trust::default();
            assert!(Client::try_dial(mock.mqtt_address(), PANIC_NAME, &trust).await.is_err());
        };
        let (waited, (), step, stopped) =
            futures::join!(waiting, panicking, steps.next(), mock.stopped());
        assert_eq!(waited.expect_err("the mock broke"), stopped);
        assert_eq!(step, None);
        let panics = mock.panics();
        assert!(
            matches!(&panics[..], [message] if message.contains("asked to panic")),
            "{panics:?}"
        );
        assert_eq!(mock.failures(), [Failure::Panic(panics[0].clone())]);

        assert_eq!(client.next().await, None);
        let answer = mock.order(Order::ListTenants).await.expect_err("the mock broke");
        assert_eq!(answer.status, 503);
        assert!(answer.message.contains("asked to panic"), "{answer}");
        mock.settle().await;
        mock.advance(Duration::from_secs(100)).await;
        mock.shutdown().await;
    })
    .await;
}

#[tokio::test]
async fn new_steps_are_streamed_in_order() {
    guard(async {
        let mock = held().await;
        let mut steps = mock.subscribe();
        let client = Client::online(mock.mqtt_address(), "d1", 60).await;
        drop(client);
        mock.settle().await;
        let mut seen = Vec::new();
        for number in 1..=3 {
            let step = steps.next().await.expect("a step");
            assert_eq!(step.number, number);
            seen.push(step.input);
        }
        assert!(
            matches!(
                &seen[..],
                [Input::Opened { .. }, Input::Received { .. }, Input::Closed { .. }]
            ),
            "{seen:?}"
        );
        let mut again = mock.subscribe_after(2);
        assert_eq!(again.next().await.map(|step| step.number), Some(3));
        mock.shutdown().await;
        assert_eq!(steps.next().await, None);
        assert_eq!(again.next().await, None);
    })
    .await;
}
