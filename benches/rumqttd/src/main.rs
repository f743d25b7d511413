//! rumqttd on one TLS port of the loopback, with the settings that its package ships:
//! `rumqttd PORT CERTIFICATES KEY`.

use std::{collections::HashMap, env, net::SocketAddr, process::ExitCode};

use rumqttd::{Broker, Config, ConnectionSettings, RouterConfig, ServerSettings, TlsConfig};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [port, certificates, key] = &arguments[..] else {
        eprintln!("usage: rumqttd PORT CERTIFICATES KEY");
        return ExitCode::from(2);
    };
    let Ok(port) = port.parse() else {
        eprintln!("`{port}` is no port");
        return ExitCode::from(2);
    };
    let server = ServerSettings {
        name: "tls".to_owned(),
        listen: SocketAddr::from(([127, 0, 0, 1], port)),
        tls: Some(TlsConfig::Rustls {
            capath: None,
            certpath: certificates.clone(),
            keypath: key.clone(),
        }),
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 60_000,
            max_payload_size: 20_480,
            max_inflight_count: 100,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    };
    let config = Config {
        router: RouterConfig {
            max_connections: 10_010,
            max_outgoing_packet_count: 200,
            max_segment_size: 104_857_600,
            max_segment_count: 10,
            ..RouterConfig::default()
        },
        v4: Some(HashMap::from([("tls".to_owned(), server)])),
        ..Config::default()
    };
    match Broker::new(config).start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
