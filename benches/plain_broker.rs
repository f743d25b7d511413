//! Why rumqttd is not the mock's core: what a hub's client says in its first minute closes it, or kills
//! it. When a new version fails a test here, the README's claim has to be looked at again.

#[path = "plain_broker/control.rs"]
mod control;

use std::{
    io::{self, Read as _, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    panic,
    sync::{Once, mpsc},
    thread,
    time::Duration,
};

use bytes::BytesMut;
use rumqttd::{
    ConnectionSettings, LinkType, Router, RouterConfig, Server, ServerSettings,
    protocol::{v4::V4, v5::V5},
};
use tokio::sync::oneshot;
use wire::{Connect, Decoder, Filter, Packet, Publish, Qos, Subscribe, Version};

#[test]
fn it_carries_what_brokers_carry() {
    let broker = Broker::start();
    let (mut reader, mut writer) = (broker.connect("reader"), broker.connect("writer"));
    reader.say(&subscribe("a/+"));
    assert_eq!(reader.hear().map(|packet| packet.name()), Some("SUBACK"));
    writer.say(&publish("a/b"));
    assert_eq!(writer.hear().map(|packet| packet.name()), Some("PUBACK"));
    let heard = reader.hear();
    assert!(
        matches!(&heard, Some(Packet::Publish(publish)) if publish.topic == "a/b"),
        "{heard:?}"
    );
}

#[test]
fn the_filters_of_hub_and_dps_end_the_connection() {
    let broker = Broker::start();
    for filter in [
        "$iothub/twin/res/#",
        "$iothub/methods/POST/#",
        "$iothub/twin/PATCH/properties/desired/#",
        "$dps/registrations/res/#",
    ] {
        let mut device = broker.connect("d1");
        device.say(&subscribe(filter));
        assert_eq!(device.hear(), None, "{filter}");
    }
}

#[test]
fn module_identities_and_silent_devices_are_turned_away_without_a_word() {
    let broker = Broker::start();
    for (client_id, keep_alive_s) in [("d1/m1", 60), ("d1#", 60), ("d1", 0)] {
        let mut device = broker.greet(client_id, keep_alive_s);
        assert_eq!(device.hear(), None, "{client_id} with keep-alive {keep_alive_s}");
    }
    broker.connect("d1");
}

#[test]
fn one_topic_beyond_ascii_ends_it_for_everybody() {
    let broker = Broker::start();
    let (mut bystander, mut device) = (broker.connect("bystander"), broker.connect("d1"));
    // Somebody has to listen, or the topic is compared with nothing.
    bystander.say(&subscribe("a/+"));
    assert_eq!(bystander.hear().map(|packet| packet.name()), Some("SUBACK"));
    device.say(&publish("é/t"));
    assert_eq!(device.hear(), None, "who said it");
    assert_eq!(bystander.hear(), None, "who had nothing to do with it");
    assert_eq!(broker.greet("late", 60).hear(), None, "who came later");
}

/// rumqttd on a port of the loopback, without TLS.
struct Broker {
    address: SocketAddr,
    /// Of MQTT 5.
    address_of_5: SocketAddr,
    /// Ends it when dropped.
    _stop: oneshot::Sender<()>,
}

impl Broker {
    fn start() -> Self {
        keep_its_panics_quiet();
        // It cannot tell which port it got, and somebody may take a free one before it does.
        (0..16).find_map(|_| Self::try_start()).expect("a free port")
    }

    fn try_start() -> Option<Self> {
        let (address, address_of_5) = (free_address()?, free_address()?);
        let (stop, mut stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        thread::spawn(move || {
            let router = router().spawn();
            let mut server = Server::new(settings(address), router.clone(), V4);
            let mut server_of_5 = Server::new(settings(address_of_5), router, V5);
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                tokio::select! {
                    biased;
                    // Listens when polled for the first time, or ends because it cannot.
                    _ = server.start(LinkType::Remote) => {}
                    _ = server_of_5.start(LinkType::Remote) => {}
                    _ = async { tell.send(()).is_ok() && std::future::pending().await } => {}
                    _ = &mut stopped => {}
                }
            });
        });
        told.recv().ok().map(|()| Self { address, address_of_5, _stop: stop })
    }

    fn connect(&self, client_id: &str) -> Client {
        let mut client = self.greet(client_id, 60);
        assert_eq!(client.hear().map(|packet| packet.name()), Some("CONNACK"), "{client_id}");
        client
    }

    /// Sends CONNECT and waits for nothing.
    fn greet(&self, client_id: &str, keep_alive_s: u16) -> Client {
        let stream = TcpStream::connect(self.address).expect("somebody listens");
        // For a test that would hang; nothing waits for it.
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        let decoder = Decoder::new(Some(Version::V311), 1 << 16);
        let mut client = Client { stream, decoder, input: BytesMut::new() };
        client.say(&Packet::Connect(Box::new(Connect {
            client_id: client_id.to_owned(),
            keep_alive_s,
            ..Connect::default()
        })));
        client
    }
}

/// A client that waits for each answer on its socket.
struct Client {
    stream: TcpStream,
    decoder: Decoder,
    input: BytesMut,
}

impl Client {
    fn say(&mut self, packet: &Packet) {
        let mut bytes = BytesMut::new();
        wire::encode(packet, Version::V311, &mut bytes);
        self.stream.write_all(&bytes).expect("the connection takes a packet");
    }

    /// The next packet; `None` at the end of the connection.
    fn hear(&mut self) -> Option<Packet> {
        loop {
            if let Some(packet) = self.decoder.decode(&mut self.input).expect("a packet") {
                return Some(packet);
            }
            let mut bytes = [0; 1024];
            match self.stream.read(&mut bytes) {
                Ok(0) => return None,
                Ok(length) => self.input.extend_from_slice(&bytes[..length]),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("neither a packet nor the end: {error}"),
            }
        }
    }
}

fn subscribe(filter: &str) -> Packet {
    let filter = Filter { filter: filter.to_owned(), qos: Qos::AtLeastOnce, ..Filter::default() };
    Packet::Subscribe(Subscribe { packet_id: 1, filters: vec![filter], ..Subscribe::default() })
}

fn publish(topic: &str) -> Packet {
    Packet::Publish(Publish {
        qos: Qos::AtLeastOnce,
        topic: topic.to_owned(),
        packet_id: Some(1),
        payload: "x".into(),
        ..Publish::default()
    })
}

/// Free a moment ago.
fn free_address() -> Option<SocketAddr> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?.local_addr().ok()
}

/// What its package ships.
fn router() -> Router {
    let config = RouterConfig {
        max_connections: 10_010,
        max_outgoing_packet_count: 200,
        max_segment_size: 104_857_600,
        max_segment_count: 10,
        ..RouterConfig::default()
    };
    Router::new(0, config)
}

fn settings(listen: SocketAddr) -> ServerSettings {
    ServerSettings {
        name: "plain".to_owned(),
        listen,
        tls: None,
        next_connection_delay_ms: 1,
        connections: ConnectionSettings {
            connection_timeout_ms: 60_000,
            max_payload_size: 20_480,
            max_inflight_count: 100,
            auth: None,
            external_auth: None,
            dynamic_filters: true,
        },
    }
}

/// Its router's thread dies in a test here, which is the point, and no news to whoever runs the tests.
fn keep_its_panics_quiet() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let usual = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !thread::current().name().is_some_and(|name| name.starts_with("router-")) {
                usual(info);
            }
        }));
    });
}
