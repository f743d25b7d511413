//! Devices of an Alibaba product that register by its secret, and sign in by what they are given.

use cucumber::{gherkin, when};
use serde_json::Value;
use wire::Packet;

use super::{
    connect::{connects_by, rows},
    properties::Rows,
};
use crate::world::{Failed, Said, World};

#[when(expr = "{string} registers")]
async fn registers(world: &mut World, name: String) -> Said {
    registers_by(world, name, Vec::new()).await
}

/// Rows: fields of CONNECT, as where it connects.
#[when(expr = "{string} registers with:")]
async fn registers_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    registers_by(world, name, rows(step)?).await
}

/// Of the message that was looked at last.
#[when(expr = "{string} connects by what it was given")]
async fn connects_as_given(world: &mut World, name: String) -> Said {
    let given = match &world.packet {
        Some(Packet::Publish(publish)) => serde_json::from_slice(&publish.payload),
        _ => return Err(Failed::new("a message in hand", "none: say `… receives …` first")),
    };
    let given: Value = given.map_err(|error| Failed::new("JSON", error))?;
    let text = |member: &str| given[member].as_str().unwrap_or_default();
    let rows = match given.get("deviceToken") {
        Some(_) => vec![
            ("clientId", text("clientId")),
            ("timestamp", ""),
            ("signmethod", ""),
            ("securemode", "-2"),
            ("extension authType", "connwl"),
            ("password", text("deviceToken")),
        ],
        None => vec![("secret", text("deviceSecret"))],
    };
    connects_by(world, name, None, rows).await
}

async fn registers_by(world: &mut World, name: String, more: Rows<'_>) -> Said {
    let secret = world.scene()?.product_secret();
    let mut rows = vec![
        ("timestamp", ""),
        ("extension authType", "register"),
        ("extension random", "567345"),
        ("secret", secret.as_str()),
    ];
    rows.extend(more);
    connects_by(world, name, None, rows).await
}
