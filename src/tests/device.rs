//! A device of the facts that `up` printed, over MQTT and TLS.

use std::{fs, time::Duration};

use rumqttc::{
    Client, Connection, ConnectionError, Event, MqttOptions, Outgoing, Packet, QoS,
    TlsConfiguration, Transport,
};

use crate::sandbox::Up;

/// Real time after which a wait that must end counts as hung. It catches hangs and decides nothing.
const HANG: Duration = Duration::from_secs(20);

/// What a device came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Acknowledged,
    Refused,
}

/// A client of the device at this place of the facts.
pub(crate) fn client(up: &Up, device: &str) -> (Client, Connection) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let facts = up.facts.pointer(device).unwrap();
    let text = |name: &str| facts[name].as_str().unwrap_or_default();
    let port = up.facts["mqtt_port"].as_u64().unwrap().try_into().unwrap();
    let mut options = MqttOptions::new(text("client_id"), up.fact("/host"), port);
    options.set_credentials(text("username"), text("password"));
    let file = |name: &str| facts[name].as_str().map(|path| fs::read(path).unwrap());
    options.set_transport(Transport::tls_with_config(TlsConfiguration::Simple {
        ca: fs::read(up.fact("/ca_file")).unwrap(),
        alpn: None,
        client_auth: file("certificate_file").zip(file("key_file")),
    }));
    Client::new(options, 10)
}

/// Connects, publishes once with property `a` and says goodbye.
pub(crate) fn publish(up: &Up, device: &str, body: &str) -> Outcome {
    let (client, mut connection) = client(up, device);
    let id = up.fact(&format!("{device}/id"));
    let topic = format!("devices/{id}/messages/events/a=1");
    client.publish(topic, QoS::AtLeastOnce, false, body).unwrap();
    while let Some(event) = next(&mut connection) {
        match event {
            Ok(Event::Incoming(Packet::PubAck(_))) => client.disconnect().unwrap(),
            Ok(Event::Outgoing(Outgoing::Disconnect)) => return Outcome::Acknowledged,
            Ok(_) => {}
            Err(_) => return Outcome::Refused,
        }
    }
    Outcome::Refused
}

/// The next that happens to a device; something must.
pub(crate) fn next(connection: &mut Connection) -> Option<Result<Event, ConnectionError>> {
    match connection.recv_timeout(HANG) {
        Ok(event) => Some(event),
        Err(rumqttc::RecvTimeoutError::Disconnected) => None,
        Err(rumqttc::RecvTimeoutError::Timeout) => panic!("hung: nothing happened in {HANG:?}"),
    }
}
