//! One device and its back end, by the same sentences at whatever cloud a scenario names.

use std::str::FromStr;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use cloud::{
    Order,
    order::{C2dOrder, Verb},
};
use cucumber::{then, when};
use serde_json::json;
use wire::Qos;

use super::{
    events::{events, is_of},
    packets::{self, publish},
    provisioning,
    tenants::id_of,
};
use crate::{
    scene::{HUB, INSTANCE, NAMESPACE, PRODUCT_KEY},
    world::{Failed, Said, World},
};

/// The clouds, as the folders of the features are called.
#[derive(Clone, Copy)]
enum Cloud {
    IotHub,
    /// And then the hub that it assigns.
    Dps,
    EventGrid,
    Alibaba,
}

#[when(expr = "{string} connects to the cloud {string}")]
async fn connects(world: &mut World, name: String, cloud: String) -> Said {
    let certificate = world.certificates.get(&name).cloned();
    let plan = match cloud.parse()? {
        Cloud::IotHub => world.scene()?.hub_plan(&id_of(&name)?, None),
        Cloud::Dps => {
            world.remembered.insert(key(&name), cloud);
            return provisioning::gets_to_its_hub(world, name).await;
        }
        Cloud::EventGrid => world.scene()?.namespace_plan(&name, certificate.as_ref()),
        Cloud::Alibaba => world.scene()?.instance_plan(&name, None),
    };
    world.remembered.insert(key(&name), cloud);
    world.connect(&name, plan).await
}

#[when(expr = "{string} tells its cloud {string}")]
async fn tells(world: &mut World, name: String, body: String) -> Said {
    let topic = its_cloud(world, &name)?.upward(&name);
    publish(world, &name, body.into(), topic, Qos::AtLeastOnce, false).await
}

#[when(expr = "{string} listens to its cloud")]
async fn listens(world: &mut World, name: String) -> Said {
    let mut filter = its_cloud(world, &name)?.downward(&name);
    if filter.ends_with('/') {
        filter.push('#');
    }
    packets::is_subscribed(world, name, filter).await
}

#[when(expr = "its cloud tells {string} {string}")]
async fn is_told(world: &mut World, name: String, body: String) -> Said {
    let cloud = its_cloud(world, &name)?;
    let topic = cloud.downward(&name);
    let resource = |tenant: &str, path: &str, body| {
        let (tenant, path) = (tenant.to_owned(), path.to_owned());
        Order::Resource { tenant, verb: Verb::Post, path, body }
    };
    let order = match cloud {
        Cloud::IotHub | Cloud::Dps => {
            let message = C2dOrder { body, ..C2dOrder::default() };
            Order::SendC2d { hub: HUB.to_owned(), device: name, message }
        }
        Cloud::EventGrid => {
            resource(NAMESPACE, "messages", json!({"topic": topic, "payload": body, "qos": 1}))
        }
        Cloud::Alibaba => {
            let content = STANDARD.encode(body);
            let body = json!({
                "ProductKey": PRODUCT_KEY,
                "TopicFullName": topic,
                "MessageContent": content,
                "Qos": 1,
            });
            resource(INSTANCE, "Pub", body)
        }
    };
    world.ask(order).await
}

#[then(expr = "its cloud has {string} from {string}")]
async fn has(world: &mut World, body: String, name: String) -> Said {
    let cloud = its_cloud(world, &name)?;
    let topic = cloud.upward(&name);
    let (holds, told) = match cloud {
        Cloud::IotHub | Cloud::Dps => {
            let all = world.telemetry().await?;
            let is_it = |it: &cloud::telemetry::Telemetry| {
                it.body == body.as_bytes() && it.from.to_string() == name
            };
            (all.iter().any(|it| is_it(it)), format!("{all:?}"))
        }
        Cloud::EventGrid | Cloud::Alibaba => {
            let kind =
                if matches!(cloud, Cloud::Alibaba) { "upload" } else { "MQTT.EventPublished" };
            let all = events(world).await?;
            let holds = all.iter().filter(|event| is_of(event, kind, &topic)).any(|event| {
                let event = event.to_json();
                event["data"] == *body || event["data_base64"] == STANDARD.encode(&body)
            });
            (holds, format!("{all:?}"))
        }
    };
    world.check(holds, || Failed::new(format!("`{body}` from {name}"), told))
}

impl FromStr for Cloud {
    type Err = Failed;

    fn from_str(name: &str) -> Result<Self, Failed> {
        match name {
            "iot-hub" => Ok(Self::IotHub),
            "dps" => Ok(Self::Dps),
            "event-grid" => Ok(Self::EventGrid),
            "alibaba" => Ok(Self::Alibaba),
            _ => Err(Failed::new("iot-hub, dps, event-grid or alibaba", format!("`{name}`"))),
        }
    }
}

impl Cloud {
    /// Where a device publishes.
    fn upward(self, name: &str) -> String {
        match self {
            Self::IotHub | Self::Dps => format!("devices/{name}/messages/events/"),
            Self::EventGrid => format!("{name}/telemetry"),
            Self::Alibaba => format!("/{PRODUCT_KEY}/{name}/user/update"),
        }
    }

    /// Where a device is told; at a hub what comes has more behind it.
    fn downward(self, name: &str) -> String {
        match self {
            Self::IotHub | Self::Dps => format!("devices/{name}/messages/devicebound/"),
            Self::EventGrid => format!("{name}/commands"),
            Self::Alibaba => format!("/{PRODUCT_KEY}/{name}/user/get"),
        }
    }
}

/// The cloud that a device connected to.
fn its_cloud(world: &World, name: &str) -> Result<Cloud, Failed> {
    match world.remembered.get(&key(name)) {
        Some(cloud) => cloud.parse(),
        None => Err(Failed::new(format!("`{name}` to have connected to a cloud"), "it has not")),
    }
}

fn key(name: &str) -> String {
    format!("the cloud of {name}")
}
