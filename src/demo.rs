//! `skyproof demo`: a mock, one device, one message, and what the hub makes of it.

use std::{collections::BTreeMap, process::ExitCode, sync::Arc, time::Duration};

use cloud::{Action, Input, Step};
use rumqttc::{AsyncClient, Event, MqttOptions, Outgoing, QoS, TlsConfiguration, Transport};
use rustls::{ClientConfig, RootCertStore, pki_types::CertificateDer, pki_types::pem::PemObject};
use wire::Packet;

use crate::{
    args::{Demo, Start},
    live::{Live, Shown},
    out, paste,
    start::{Ports, Prepared},
    trouble::Trouble,
};

/// Real time after which the demonstration counts as hung.
const HANG: Duration = Duration::from_secs(20);

/// Starts a mock on free ports, sends one message as its first device, shows the trace, stops.
pub(crate) async fn run(asked: Demo) -> Result<ExitCode, Trouble> {
    let options = Start::demo(asked);
    let prepared = Prepared::new(&options)?;
    let running = prepared.start(&options, Ports::of(&options)).await?;
    if running.facts.key_device().is_none() {
        running.end().await;
        return Err(Trouble::usage(
            "the seed has no enabled device with a key, so nobody can speak",
        )
        .hint("give a hub in it a `[[hub.device]]` with an `id` alone"));
    }
    let sent = tokio::time::timeout(HANG, send(&running.facts.environment)).await;
    let arrived = match sent {
        Ok(Ok(())) => {
            let ended = running.mock.wait(|cloud| end(cloud.trace().steps()));
            let has_ended = tokio::time::timeout(HANG, ended).await.is_ok();
            has_ended && running.mock.with_cloud(|cloud| has_arrived(cloud.trace().steps()))
        }
        Ok(Err(trouble)) => {
            running.end().await;
            return Err(trouble);
        }
        Err(_) => false,
    };
    let mut live = Live::new(Shown::All);
    let lines: Vec<String> = running
        .mock
        .with_cloud(|cloud| cloud.trace().steps().flat_map(|step| live.lines(step)).collect());
    lines.iter().try_for_each(out::line)?;
    running.end().await;
    if !arrived {
        return Err(Trouble::harness("the message did not arrive"));
    }
    out::line("The message arrived. `skyproof up` keeps such a hub running for your own device.")?;
    Ok(ExitCode::SUCCESS)
}

/// Connects with rumqttc as a client of its own would, and publishes one message at QoS 1.
async fn send(environment: &BTreeMap<&'static str, String>) -> Result<(), Trouble> {
    let value = |name: &str| environment.get(name).cloned().unwrap_or_default();
    let port = value("SKYPROOF_PORT").parse().unwrap_or_default();
    let client_id = value("SKYPROOF_CLIENT_ID");
    let mut options = MqttOptions::new(client_id.clone(), value("SKYPROOF_HOST"), port);
    let tls = TlsConfiguration::Rustls(Arc::new(trusting(&value("SKYPROOF_CA_FILE"))?));
    options
        .set_transport(Transport::tls_with_config(tls))
        .set_credentials(value("SKYPROOF_USERNAME"), value("SKYPROOF_PASSWORD"))
        .set_clean_session(false);
    let (client, mut events) = AsyncClient::new(options, 8);
    let topic = format!("{}/messages/events/unit=celsius", paste::topic_root(&client_id));
    client
        .try_publish(topic, QoS::AtLeastOnce, false, r#"{"temperature":21}"#)
        .map_err(|error| Trouble::harness(error.to_string()))?;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(rumqttc::Incoming::PubAck(_))) => {
                client.try_disconnect().map_err(|error| Trouble::harness(error.to_string()))?;
            }
            Ok(Event::Outgoing(Outgoing::Disconnect)) => return Ok(()),
            Ok(_) => {}
            Err(error) => return Err(Trouble::harness(format!("the device failed: {error}"))),
        }
    }
}

fn trusting(ca_file: &str) -> Result<ClientConfig, Trouble> {
    let bad = |error: String| Trouble::harness(format!("{ca_file}: {error}"));
    let mut roots = RootCertStore::empty();
    for root in CertificateDer::pem_file_iter(ca_file).map_err(|error| bad(error.to_string()))? {
        let root = root.map_err(|error| bad(error.to_string()))?;
        roots.add(root).map_err(|error| bad(error.to_string()))?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| bad(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// The device said goodbye, or is gone without.
fn end<'a>(mut steps: impl Iterator<Item = &'a Step>) -> Option<()> {
    steps
        .any(|step| {
            matches!(
                step.input,
                Input::Received { packet: Packet::Disconnect(_), .. } | Input::Closed { .. }
            )
        })
        .then_some(())
}

fn has_arrived<'a>(mut steps: impl Iterator<Item = &'a Step>) -> bool {
    steps.any(|step| step.effects.iter().any(|it| matches!(it.action, Action::Telemetry(_))))
}
