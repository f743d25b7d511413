//! Loopback addresses on which a mock can have the real ports for itself.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr},
};

use server::{Config, StartError};

use crate::facts::{MQTT_PORT, TCP_PORT, WSS_PORT};

/// Starts something on the real ports of a loopback address that is free, so that clients with fixed
/// ports work. Without the right to listen on 443 that port is any other; where other addresses than
/// 127.0.0.1 lead nowhere, all are. `start` gets the address and the ports. `nth` tells apart those that
/// one process starts.
///
/// # Errors
/// Those of `start` that have nothing to do with these ports.
pub async fn on_real_ports<T, E>(
    nth: u32,
    start: impl AsyncFn(Config) -> Result<T, E>,
    error_of: impl Fn(&E) -> &StartError,
) -> Result<T, E> {
    let mut wss_port = WSS_PORT;
    for bind in candidates(nth) {
        let (mqtt_port, tcp_port) = (MQTT_PORT, TCP_PORT);
        let config = Config { bind, mqtt_port, wss_port, tcp_port, ..Config::default() };
        let error = match start(config).await {
            Ok(started) => return Ok(started),
            Err(error) => error,
        };
        match error_of(&error) {
            StartError::Listen { kind: ErrorKind::PermissionDenied, port: WSS_PORT, .. } => {
                wss_port = 0;
            }
            StartError::Listen { port: MQTT_PORT | WSS_PORT | TCP_PORT, .. } => {}
            _ => return Err(error),
        }
    }
    start(Config::default()).await
}

/// Some addresses of 127.0.0.0/8, others for each process and number, so that mocks do not meet.
/// Only Linux answers on all of them.
fn candidates(nth: u32) -> impl Iterator<Item = IpAddr> {
    const TRIES: u32 = if cfg!(target_os = "linux") { 16 } else { 0 };
    let first = std::process::id().wrapping_add(nth.wrapping_mul(65_537));
    (0..TRIES).map(move |attempt| address(first.wrapping_add(attempt.wrapping_mul(7919))))
}

/// Spreads numbers over 127.1.1.1 to 127.254.254.254.
fn address(number: u32) -> IpAddr {
    let octet = |n: u32| (n % 254 + 1) as u8;
    IpAddr::V4(Ipv4Addr::new(127, octet(number / (254 * 254)), octet(number / 254), octet(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_differ_give_addresses_that_differ() {
        let addresses: std::collections::BTreeSet<IpAddr> = (0..100_000).map(address).collect();
        assert_eq!(addresses.len(), 100_000);
        assert!(addresses.iter().all(IpAddr::is_loopback));
    }
}
