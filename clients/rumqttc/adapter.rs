//! rumqttc takes orders: an adapter around a library that knows nothing of the vendor.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, Write as _},
    sync::Arc,
    time::{Duration, Instant},
};

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Incoming, MqttOptions, QoS, TlsConfiguration,
    Transport,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::{Value, json};
use skyproof::adapter::protocol::{
    About, Answer, Auth, Endpoint, Event, Failure, FailureKind, Happened, Hello, Identity, Op,
    Payload, Request, Retry, Unsupported,
};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

const CAPABILITIES: [&str; 6] =
    ["auth.sas_token", "auth.x509", "hub.d2c", "hub.c2d", "raw.publish", "raw.subscribe"];
const WAIT: Duration = Duration::from_secs(4);

/// A connection; what its task hears lies in `heard`.
struct Device {
    id: String,
    client: AsyncClient,
    heard: mpsc::UnboundedReceiver<Result<Incoming, Failure>>,
    task: JoinHandle<()>,
}

#[tokio::main]
async fn main() {
    let began = Instant::now();
    let mut requires = Vec::new();
    let mut conns = BTreeMap::new();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let Ok(Request { id, op, args, .. }) = serde_json::from_str(&line) else {
            tell(&json!({"id": null, "error": {"kind": "protocol", "message": "no request"}}));
            continue;
        };
        let answer = match serde_json::from_value(json!({"op": op, "args": args})) {
            Ok(op) => answer(op, &mut requires, &mut conns, began).await,
            Err(_) => Err(unsupported(&op)),
        };
        let mut told = json!(answer.map_or_else(|other| other, Answer::Ok));
        told["id"] = json!(id);
        tell(&told);
        if op == "bye" {
            break;
        }
    }
}

async fn answer(
    op: Op,
    requires: &mut Vec<String>,
    conns: &mut BTreeMap<String, Device>,
    began: Instant,
) -> Result<Value, Answer> {
    let mut device = |conn: &str| conns.remove(conn).ok_or_else(|| usage("it is not open"));
    match op {
        Op::Hello { .. } => {
            let client = About {
                name: "rumqttc".to_owned(),
                language: "rust".to_owned(),
                ..About::default()
            };
            let capabilities = CAPABILITIES.map(str::to_owned).into();
            return Ok(json!(Hello {
                protocol: 1,
                client,
                capabilities,
                reuse: true,
                ..Hello::default()
            }));
        }
        Op::Begin(case) => {
            let is_missing = |it: &&String| !CAPABILITIES.contains(&it.as_str());
            if let Some(missing) = case.requires.iter().find(is_missing) {
                return Err(unsupported(missing));
            }
            *requires = case.requires;
        }
        Op::Open { conn, endpoint } => {
            let wants_c2d = requires.iter().any(|it| it == "hub.c2d");
            let kind = if wants_c2d { "c2d" } else { "raw" };
            let mut device = open(conn.clone(), *endpoint, kind, began)?;
            device.wait(|it| matches!(it, Incoming::ConnAck(_))).await?;
            if wants_c2d {
                device
                    .subscribe(format!("devices/{}/messages/devicebound/#", device.id), 1)
                    .await?;
            }
            conns.insert(conn, device);
        }
        Op::Telemetry { conn, payload, properties, qos: level } => {
            let mut it = device(&conn)?;
            let bag: Vec<String> =
                properties.iter().map(|(k, v)| format!("{}={}", encoded(k), encoded(v))).collect();
            let topic = format!("devices/{}/messages/events/{}", it.id, bag.join("&"));
            it.publish(topic, &payload, level).await?;
            conns.insert(conn, it);
        }
        Op::Publish { conn, topic, payload, qos: level, .. } => {
            let mut it = device(&conn)?;
            it.publish(topic, &payload, level).await?;
            conns.insert(conn, it);
        }
        Op::Subscribe { conn, filter, qos: level } => {
            let mut it = device(&conn)?;
            it.subscribe(filter, level).await?;
            conns.insert(conn, it);
        }
        Op::Unsubscribe { conn, filter } => {
            let mut it = device(&conn)?;
            it.client.try_unsubscribe(filter).map_err(|error| usage(&error.to_string()))?;
            it.wait(|it| matches!(it, Incoming::UnsubAck(_))).await?;
            conns.insert(conn, it);
        }
        Op::Close { conn } => device(&conn)?.close().await,
        Op::End {} => {
            while let Some((_, device)) = conns.pop_first() {
                device.close().await;
            }
        }
        Op::Bye {} => {}
        other => return Err(unsupported(&other.parts().0)),
    }
    Ok(json!({}))
}

/// `kind` is what messages are told as.
fn open(conn: String, to: Endpoint, kind: &'static str, began: Instant) -> Result<Device, Answer> {
    let Identity::Hub { device_id: id, api_version, .. } = to.identity else {
        return Err(unsupported("azure-dps"));
    };
    let mut roots = rustls::RootCertStore::empty();
    for root in CertificateDer::pem_slice_iter(to.tls.ca_pem.as_bytes()) {
        roots.add(root.map_err(internal)?).map_err(internal)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(internal)?
        .with_root_certificates(roots);
    let (config, password) = match (&to.auth, to.tls.client_cert_pem, to.tls.client_key_pem) {
        (Auth::SasToken(token), _, _) => (config.with_no_client_auth(), token.clone()),
        (Auth::X509 {}, Some(chain), Some(key)) => {
            let chain: Result<Vec<_>, _> =
                CertificateDer::pem_slice_iter(chain.as_bytes()).collect();
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).map_err(internal)?;
            let config = config.with_client_auth_cert(chain.map_err(internal)?, key);
            (config.map_err(internal)?, String::new())
        }
        _ => return Err(unsupported("auth.sas_key")),
    };
    let mut options = MqttOptions::new(&id, to.addr, to.port);
    options
        .set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::new(config))))
        .set_credentials(format!("{}/{id}/?api-version={api_version}", to.host), password)
        .set_keep_alive(Duration::from_secs(to.keepalive_s.unwrap_or(60).into()))
        .set_clean_session(to.clean.unwrap_or(true))
        .set_max_packet_size(1 << 20, 1 << 20);
    let (client, mut events) = AsyncClient::new(options, 16);
    let (to_us, heard) = mpsc::unbounded_channel();
    let task = tokio::spawn(async move {
        let mut is_up = false;
        loop {
            let polled = events.poll().await;
            let event = |happened| {
                let t = began.elapsed().as_secs_f64() * 1000.0;
                tell(&json!(Event { conn: conn.clone(), t, happened }));
            };
            match polled {
                Ok(rumqttc::Event::Incoming(incoming)) => {
                    match &incoming {
                        Incoming::ConnAck(ack) => {
                            is_up = true;
                            event(Happened::Connected { session_present: ack.session_present });
                        }
                        Incoming::Publish(it) => event(Happened::Message {
                            kind: kind.to_owned(),
                            message: None,
                            topic: it.topic.clone(),
                            payload: Payload::of(&it.payload),
                            properties: BTreeMap::new(),
                        }),
                        _ => {}
                    }
                    let _ = to_us.send(Ok(incoming));
                }
                Ok(rumqttc::Event::Outgoing(_)) => {}
                Err(error) => {
                    if std::mem::take(&mut is_up) {
                        let (by, reason) = (String::new(), error.to_string());
                        event(Happened::Disconnected { by, reason });
                    }
                    if to_us.send(Err(failure(&error))).is_err() || to.retry == Retry::None {
                        return;
                    }
                }
            }
        }
    });
    Ok(Device { id, client, heard, task })
}

impl Device {
    async fn publish(&mut self, topic: String, payload: &Payload, level: u8) -> Result<(), Answer> {
        let body = payload.bytes().ok_or_else(|| usage("payload_b64 is no base64"))?;
        let asked = self.client.try_publish(topic, qos(level)?, false, body);
        asked.map_err(|error| usage(&error.to_string()))?;
        match level {
            0 => Ok(()),
            _ => self.wait(|it| matches!(it, Incoming::PubAck(_))).await,
        }
    }

    async fn subscribe(&mut self, filter: String, level: u8) -> Result<(), Answer> {
        let asked = self.client.try_subscribe(filter, qos(level)?);
        asked.map_err(|error| usage(&error.to_string()))?;
        self.wait(|it| matches!(it, Incoming::SubAck(_))).await
    }

    async fn wait(&mut self, is_it: impl Fn(&Incoming) -> bool) -> Result<(), Answer> {
        let wait = async {
            loop {
                match self.heard.recv().await {
                    Some(Ok(incoming)) if is_it(&incoming) => return Ok(()),
                    Some(Ok(_)) => {}
                    Some(Err(failure)) => return Err(Answer::Error(failure)),
                    None => return Err(error(FailureKind::Network, "the connection is gone")),
                }
            }
        };
        timeout(WAIT, wait).await.unwrap_or(Err(error(FailureKind::Timeout, "nothing within 4 s")))
    }

    async fn close(mut self) {
        // The task ends with the connection, which the hub closes after DISCONNECT.
        self.heard.close();
        let _ = self.client.try_disconnect();
        let _ = timeout(WAIT, self.task).await;
    }
}

fn failure(error: &ConnectionError) -> Failure {
    use ConnectReturnCode::{BadUserNamePassword, NotAuthorized};
    let kind = match error {
        ConnectionError::Tls(rumqttc::TlsError::Io(io))
            if io.kind() != std::io::ErrorKind::InvalidData =>
        {
            FailureKind::Network
        }
        ConnectionError::Tls(_) => FailureKind::Tls,
        ConnectionError::ConnectionRefused(BadUserNamePassword | NotAuthorized) => {
            FailureKind::Auth
        }
        ConnectionError::ConnectionRefused(_) => FailureKind::Refused,
        ConnectionError::NetworkTimeout | ConnectionError::FlushTimeout => FailureKind::Timeout,
        ConnectionError::Io(_) => FailureKind::Network,
        _ => FailureKind::Protocol,
    };
    Failure { kind, message: error.to_string(), reason: None, detail: None }
}

fn qos(level: u8) -> Result<QoS, Answer> {
    rumqttc::qos(level).map_err(|_| usage("QoS is 0, 1 or 2"))
}

fn unsupported(what: &str) -> Answer {
    Answer::Unsupported(Unsupported { what: what.to_owned(), link: None })
}

fn usage(message: &str) -> Answer {
    error(FailureKind::Usage, message)
}

fn internal(cause: impl ToString) -> Answer {
    error(FailureKind::Internal, &cause.to_string())
}

fn error(kind: FailureKind, message: &str) -> Answer {
    Answer::Error(Failure { kind, message: message.to_owned(), reason: None, detail: None })
}

/// Percent-encoded, but for what never needs it.
fn encoded(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let byte = |it: &u8| if plain(it) { char::from(*it).to_string() } else { format!("%{it:02X}") };
    text.as_bytes().iter().map(byte).collect()
}

fn tell(line: &Value) {
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell when this fails.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
