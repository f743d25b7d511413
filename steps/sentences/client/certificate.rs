//! What the client makes of the server's certificate.

use std::time::Duration;

use cloud::{ConnId, Door, Input, Order, Step, profile::ServerCertificate};
use cucumber::{then, when};
use serde_json::Value;

use crate::world::{Failed, Said, World};

#[when(expr = "every host shows a certificate that is {string}")]
async fn shows(world: &mut World, shown: String) -> Said {
    let shown: ServerCertificate = serde_json::from_value(Value::from(shown.as_str()))
        .map_err(|error| Failed::from(error.to_string()))?;
    world.carry_out(Order::ShowCertificate(shown)).await
}

#[then(expr = "the client turns away from the certificate within {int} s")]
async fn turns_away(world: &mut World, s: u64) -> Said {
    let mut opened = None;
    let met = world.see(Duration::from_secs(s), &mut |step| met(step, &mut opened)).await?;
    let accepted = matches!(met, Some(Met::Accepted));
    if met.is_none() {
        return Err(Failed::inconclusive(
            "another attempt of the client to connect",
            format!("none within {s} s"),
        ));
    }
    world.check(!accepted, || {
        Failed::new("the client to refuse the certificate", "it spoke to whoever showed it")
            .hint("whoever is on the path can read and change what such a device says")
    })
}

enum Met {
    Accepted,
    TurnedAway,
}

/// What became of a TLS handshake. Who finishes it has not accepted the certificate yet: with TLS 1.2 some look at
/// it only then.
fn met(step: &Step, opened: &mut Option<ConnId>) -> Option<Met> {
    match &step.input {
        Input::Opened { conn, .. } => {
            *opened = Some(*conn);
            None
        }
        Input::Received { conn, .. } | Input::Malformed { conn, .. } if Some(*conn) == *opened => {
            Some(Met::Accepted)
        }
        Input::Closed { conn, .. } if Some(*conn) == *opened => Some(Met::TurnedAway),
        Input::Refused { door: Door::Distrust | Door::Tls | Door::TlsVersion, .. } => {
            Some(Met::TurnedAway)
        }
        _ => None,
    }
}
