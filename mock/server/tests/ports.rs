//! Which ports a mock listens on: HUB-TLS-002 and DPS-TLS-002, on an address of its own. Only on Linux
//! all of 127.0.0.0/8 is there without asking.
#![cfg(target_os = "linux")]

mod common;

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr},
};

use common::{START, start};
use server::{Clock, Config};
use tokio::net::TcpStream;

#[tokio::test]
async fn plain_mqtt_is_served_by_nobody_beside_the_port_of_the_real_clouds() {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let bind = IpAddr::V4(Ipv4Addr::new(127, 83, high, low.max(1)));
    let config = Config { bind, mqtt_port: 8883, ..Config::default() };
    let mock = start(Clock::held(START), config).await;
    assert!(TcpStream::connect((bind, 8883)).await.is_ok());
    let plain = TcpStream::connect((bind, 1883)).await.map(|_| "a connection");
    assert_eq!(plain.map_err(|error| error.kind()), Err(ErrorKind::ConnectionRefused));
    mock.shutdown().await;
}
