//! rumqttc as MQTT 5 clients of a namespace. SKYPROOF_FACTS is a file with what `skyproof up --json` told; the
//! clock is held, and `curl` asks the admin API to let time pass. Tells one line for each step.

use std::{fs, future::Future, path::Path, process::Command, sync::Arc, time::Duration};

use rumqttc::{
    Transport,
    v5::{
        AsyncClient, Event, MqttOptions,
        mqttbytes::{
            QoS,
            v5::{LastWill, LastWillProperties, Packet, Publish, PublishProperties},
        },
    },
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

/// How long anything may take, in real time.
const WAIT: Duration = Duration::from_secs(20);

type Done<T> = Result<T, Box<dyn std::error::Error>>;

/// The mock that runs.
struct Mock {
    facts: Value,
    certificates: String,
}

/// A connection. What it hears lies in `heard`; an error is the last of it.
struct Client {
    client: AsyncClient,
    heard: mpsc::UnboundedReceiver<Result<Packet, String>>,
    task: JoinHandle<()>,
}

#[tokio::main]
async fn main() {
    let journey = async {
        let mock = Mock::from_environment()?;
        step("connects, and is told the limits", connects(&mock)).await?;
        step("telemetry with all the properties that a message may have", tells(&mock)).await?;
        step("an order with response topic and correlation data, and its answer", orders(&mock))
            .await?;
        step("a lost connection: its will, and what waited for its session", is_lost(&mock))
            .await?;
        step("what a client may not do is acknowledged with its reason", is_denied(&mock)).await?;
        step("QoS 2 ends a connection", ends(&mock)).await?;
        step("sessions too many, and of others, are refused", is_turned_away(&mock)).await
    };
    if journey.await.is_err() {
        std::process::exit(1);
    }
}

async fn step(name: &str, does: impl Future<Output = Done<()>>) -> Result<(), ()> {
    let outcome = does.await;
    match &outcome {
        Ok(()) => tell(&format!("ok {name}")),
        Err(error) => tell(&format!("FAIL {name}: {error}")),
    }
    outcome.map_err(|_| ())
}

async fn connects(mock: &Mock) -> Done<()> {
    let mut console = mock.connect("console", "console", |_| {}).await?;
    let Packet::ConnAck(connack) = console.next().await? else { return Err("no CONNACK".into()) };
    let limits = connack.properties.ok_or("no properties")?;
    same(&(limits.max_qos, limits.topic_alias_max), &(Some(1), Some(10)))?;
    same(&limits.max_packet_size, &Some(512 * 1024))?;
    console.close().await
}

async fn tells(mock: &Mock) -> Done<()> {
    let mut console = mock.connect("console", "console", |_| {}).await?;
    console.listen("machines/+/telemetry", "Success(AtLeastOnce)").await?;
    let mut machine = mock.connect("machine-1", "machine-1", |_| {}).await?;
    let properties = PublishProperties {
        content_type: Some("application/json".to_owned()),
        payload_format_indicator: Some(1),
        user_properties: vec![("room".to_owned(), "7".to_owned())],
        ..PublishProperties::default()
    };
    machine.tell("machines/machine-1/telemetry", "21", properties.clone(), "Success").await?;
    let message = console.message().await?;
    same(&message.payload, &"21".into())?;
    same(&message.properties, &Some(properties))?;
    machine.close().await?;
    console.close().await
}

async fn orders(mock: &Mock) -> Done<()> {
    let mut machine = mock.connect("machine-1", "machine-1", |_| {}).await?;
    machine.listen("machines/machine-1/orders/#", "Success(AtLeastOnce)").await?;
    let mut console = mock.connect("console", "console", |_| {}).await?;
    console.listen("machines/+/answers/#", "Success(AtLeastOnce)").await?;
    let order = PublishProperties {
        response_topic: Some("machines/machine-1/answers/unlock".to_owned()),
        correlation_data: Some(vec![0, 7].into()),
        ..PublishProperties::default()
    };
    console.tell("machines/machine-1/orders/unlock", "now", order.clone(), "Success").await?;
    let asked = machine.message().await?.properties.ok_or("no properties")?;
    same(&asked, &order)?;
    let topic = asked.response_topic.clone().unwrap_or_default();
    let answer = PublishProperties { response_topic: None, ..asked };
    machine.tell(&topic, "done", answer.clone(), "Success").await?;
    same(&console.message().await?.properties, &Some(answer))?;
    machine.close().await?;
    console.close().await
}

async fn is_lost(mock: &Mock) -> Done<()> {
    let mut console = mock.connect("console", "console", |_| {}).await?;
    console.listen("machines/+/lost", "Success(AtLeastOnce)").await?;
    let with_will = |options: &mut MqttOptions| {
        let delay = LastWillProperties {
            delay_interval: Some(30),
            payload_format_indicator: None,
            message_expiry_interval: None,
            content_type: None,
            response_topic: None,
            correlation_data: None,
            user_properties: Vec::new(),
        };
        let topic = "machines/machine-1/lost";
        let will = LastWill::new(topic, "gone", QoS::AtLeastOnce, false, Some(delay));
        options.set_last_will(will).set_session_expiry_interval(Some(60)).set_clean_start(false);
    };
    let mut machine = mock.connect("machine-1", "lost", with_will).await?;
    machine.listen("machines/machine-1/orders/#", "Success(AtLeastOnce)").await?;
    machine.task.abort();
    mock.expect(&json!({"device": "lost", "kind": "close"}))?;
    let orders = "machines/machine-1/orders";
    for (name, life_s) in [("kept", None), ("late", Some(10)), ("soon", Some(100))] {
        let life = PublishProperties { message_expiry_interval: life_s, ..Default::default() };
        console.tell(&format!("{orders}/{name}"), name, life, "Success").await?;
    }
    mock.pass(30)?;
    same(&console.message().await?.payload, &"gone".into())?;
    let mut machine = mock.connect("machine-1", "lost", with_will).await?;
    let Packet::ConnAck(connack) = machine.next().await? else { return Err("no CONNACK".into()) };
    same(&connack.session_present, &true)?;
    same(&machine.message().await?.payload, &"kept".into())?;
    let soon = machine.message().await?;
    same(&soon.payload, &"soon".into())?;
    same(&soon.properties.and_then(|it| it.message_expiry_interval), &Some(70))?;
    machine.close().await?;
    console.close().await
}

async fn is_denied(mock: &Mock) -> Done<()> {
    let mut machine = mock.connect("machine-1", "machine-1", |_| {}).await?;
    let topic = "machines/machine-2/telemetry";
    machine.tell(topic, "x", PublishProperties::default(), "NotAuthorized").await?;
    machine.listen(topic, "NotAuthorized").await?;
    machine.listen("$share/all/notices/#", "SharedSubscriptionsNotSupported").await?;
    machine.close().await
}

async fn ends(mock: &Mock) -> Done<()> {
    let mut machine = mock.connect("machine-1", "machine-1", |_| {}).await?;
    machine.client.publish("machines/machine-1/telemetry", QoS::ExactlyOnce, false, "x").await?;
    machine.fails("QoSNotSupported").await
}

async fn is_turned_away(mock: &Mock) -> Done<()> {
    // The session that was lost counts for as long as it lives.
    mock.pass(60)?;
    let mut two = Vec::new();
    for name in ["one", "two"] {
        let mut client = mock.connect("machine-1", name, |_| {}).await?;
        client.next().await?;
        two.push(client);
    }
    mock.connect("machine-1", "three", |_| {}).await?.fails("QuotaExceeded").await?;
    mock.connect("machine-2", "one", |_| {}).await?.fails("NotAuthorized").await?;
    for client in two {
        client.close().await?;
    }
    Ok(())
}

impl Mock {
    fn from_environment() -> Result<Self, ()> {
        let read = || -> Done<Self> {
            let facts = fs::read_to_string(std::env::var("SKYPROOF_FACTS")?)?;
            let certificates = std::env::var("SKYPROOF_CERTS")?;
            Ok(Self { facts: serde_json::from_str(&facts)?, certificates })
        };
        read().map_err(|error| tell(&format!("FAIL reads what the mock told: {error}")))
    }

    fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_default()
    }

    /// Begins to connect this client, in this session.
    async fn connect(
        &self,
        name: &str,
        session: &str,
        more: impl Fn(&mut MqttOptions),
    ) -> Done<Client> {
        let port = self.facts["mqtt_port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let mut options =
            MqttOptions::new(session, self.fact("host"), port.ok_or("no port was told")?);
        options
            .set_transport(Transport::tls_with_config(self.tls(name)?.into()))
            .set_credentials(name, "")
            .set_keep_alive(Duration::from_secs(600));
        more(&mut options);
        let (client, mut events) = AsyncClient::new(options, 16);
        let (tells, heard) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            loop {
                let told = match events.poll().await {
                    Ok(Event::Incoming(packet)) => Ok(packet),
                    Ok(Event::Outgoing(_)) => continue,
                    Err(error) => Err(format!("{error:?}")),
                };
                let is_over = told.is_err();
                if tells.send(told).is_err() || is_over {
                    return;
                }
            }
        });
        Ok(Client { client, heard, task })
    }

    fn tls(&self, name: &str) -> Done<rustls::ClientConfig> {
        let mut roots = rustls::RootCertStore::empty();
        for root in CertificateDer::pem_file_iter(self.fact("ca_file"))? {
            roots.add(root?)?;
        }
        let file = |ending| Path::new(&self.certificates).join(format!("{name}.{ending}"));
        let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(file("pem"))?.collect();
        let key = PrivateKeyDer::from_pem_file(file("key.pem"))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        Ok(config.with_client_auth_cert(chain?, key)?)
    }

    fn pass(&self, span_s: u32) -> Done<()> {
        self.ask("advance", &json!({ "by_s": span_s }))
    }

    /// Waits for something in the journal.
    fn expect(&self, criteria: &Value) -> Done<()> {
        self.ask("expect", criteria)
    }

    fn ask(&self, what: &str, body: &Value) -> Done<()> {
        let url = format!("{}/_skyproof/{what}", self.fact("admin_url"));
        let asked = Command::new("curl")
            .args(["--silent", "--fail", "--noproxy", "*", "--max-time", "20"])
            .args(["--data", &body.to_string(), &url])
            .output()?;
        if asked.status.success() { Ok(()) } else { Err(format!("{what} {body} failed").into()) }
    }
}

impl Client {
    /// The next packet.
    async fn next(&mut self) -> Done<Packet> {
        let heard = timeout(WAIT, self.heard.recv()).await.map_err(|_| "nothing came")?;
        Ok(heard.ok_or("the connection is over")??)
    }

    /// Waits until the connection is over, for a reason that holds these words.
    async fn fails(&mut self, why: &str) -> Done<()> {
        loop {
            match self.next().await {
                Ok(_) => {}
                Err(error) if error.to_string().contains(why) => return Ok(()),
                Err(error) => return Err(format!("found {error}, expected {why}").into()),
            }
        }
    }

    /// The next message; other packets are passed over.
    async fn message(&mut self) -> Done<Publish> {
        loop {
            if let Packet::Publish(message) = self.next().await? {
                return Ok(message);
            }
        }
    }

    /// Subscribes at QoS 1, which is answered by this reason.
    async fn listen(&mut self, filter: &str, reason: &str) -> Done<()> {
        self.client.subscribe(filter, QoS::AtLeastOnce).await?;
        loop {
            if let Packet::SubAck(ack) = self.next().await? {
                let found: Vec<String> =
                    ack.return_codes.iter().map(|code| format!("{code:?}")).collect();
                return same(&found, &vec![reason.to_owned()]);
            }
        }
    }

    /// Publishes at QoS 1, which is answered by this reason.
    async fn tell(
        &mut self,
        topic: &str,
        body: &str,
        properties: PublishProperties,
        reason: &str,
    ) -> Done<()> {
        let (qos, body) = (QoS::AtLeastOnce, body.to_owned());
        self.client.publish_with_properties(topic, qos, false, body, properties).await?;
        loop {
            if let Packet::PubAck(ack) = self.next().await? {
                return same(&format!("{:?}", ack.reason), &reason.to_owned());
            }
        }
    }

    async fn close(mut self) -> Done<()> {
        self.client.disconnect().await?;
        while self.next().await.is_ok() {}
        Ok(())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(found: &T, expected: &T) -> Done<()> {
    if found == expected {
        return Ok(());
    }
    Err(format!("found {found:?}, expected {expected:?}").into())
}

fn tell(line: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    // Nobody is left to tell when this fails.
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
