//! Where the mock listens and how much it bears.

use std::{
    net::{IpAddr, Ipv4Addr},
    time::Duration,
};

/// Where the mock listens and how much it bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// The address of all listeners.
    pub bind: IpAddr,
    /// MQTT over TLS; 0 takes any free port. The real clouds use 8883.
    pub mqtt_port: u16,
    /// MQTT over WebSocket over TLS; 0 takes any free port. The real clouds use 443.
    pub wss_port: u16,
    /// MQTT with TLS or without, where the cloud has somebody who is reached there; 0 takes any free
    /// port. The real clouds use 1883.
    pub tcp_port: u16,
    /// Connections beyond this number are turned away.
    pub max_connections: usize,
    /// The longest MQTT packet that is read, fixed header included. Larger than what any cloud takes,
    /// so that the cloud is the one that judges.
    pub max_packet_bytes: usize,
    /// What a device may leave unread. A connection above it is dropped, so that memory is bounded.
    pub max_outbox_bytes: usize,
    /// Real time from accept to the end of the TLS handshake and the WebSocket upgrade.
    pub handshake_timeout: Duration,
    /// Real time that a request over HTTPS waits for the cloud's answer.
    pub answer_timeout: Duration,
    /// Real time that an endpoint has to answer a call of the cloud.
    pub call_timeout: Duration,
    /// The longest answer to a call of the cloud.
    pub max_answer_bytes: usize,
    /// Lets the cloud call endpoints on other machines.
    pub calls_beyond_loopback: bool,
    /// Real time that a closed connection waits for the device to read what was sent before.
    pub linger: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            bind: IpAddr::V4(Ipv4Addr::LOCALHOST),
            mqtt_port: 0,
            wss_port: 0,
            tcp_port: 0,
            max_connections: 100_000,
            // 512 KiB of message, the most that any cloud takes, and the topic and headers around it.
            max_packet_bytes: (512 + 64) * 1024,
            // A full queue of 50 cloud-to-device messages of 64 KiB fits twice.
            max_outbox_bytes: 8 * 1024 * 1024,
            handshake_timeout: Duration::from_secs(10),
            answer_timeout: Duration::from_secs(30),
            call_timeout: Duration::from_secs(10),
            max_answer_bytes: 1024 * 1024,
            calls_beyond_loopback: false,
            linger: Duration::from_secs(2),
        }
    }
}
