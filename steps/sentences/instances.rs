//! Instances of Alibaba Cloud IoT Platform, their products and devices.

use cucumber::{gherkin, given};
use serde_json::{Value, json};

use super::{connect::rows, tenants::switched};
use crate::{
    document,
    world::{Failed, Said, World},
};

/// Of the Enterprise edition, with one product whose devices may use `user/data` both ways.
#[given("an instance")]
fn instance(world: &mut World) -> Said {
    world.scene()?.declare_instance(json!({}))
}

#[given("a public instance")]
fn public_instance(world: &mut World) -> Said {
    world.scene()?.declare_instance(json!({"Edition": "Public"}))
}

#[given(expr = "an instance where {word} is {string}")]
fn instance_with_switch(world: &mut World, switch: String, value: String) -> Said {
    let profile = switched(&world.scene()?.instance_profile(), &switch, &value)?;
    let profile = serde_json::to_value(profile).map_err(|error| error.to_string())?;
    world.scene()?.declare_instance(json!({ "profile": profile }))
}

/// In TOML, by the names of a seed's `[[instance]]`.
#[given("an instance with the configuration:")]
fn instance_with_configuration(world: &mut World, step: &gherkin::Step) -> Said {
    let text = step.docstring.as_deref().unwrap_or_default();
    let more: Value = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(String::new(), |span| document::place(text, &span));
        Failed::new("TOML", format!("{at}: {}", error.message()))
    })?;
    world.scene()?.declare_instance(more)
}

#[given(expr = "the product has the device {string}")]
fn device(world: &mut World, name: String) -> Said {
    world.scene()?.declare_product(json!({"device": [{"DeviceName": name}]}))
}

/// Rows: fields of a seed's `[[instance.product.device]]`, such as `DeviceSecret` or `Enable`.
#[given(expr = "the product has the device {string} with:")]
fn device_with(world: &mut World, name: String, step: &gherkin::Step) -> Said {
    let mut device = json!({ "DeviceName": name });
    for (field, value) in rows(step)? {
        device[field] = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    }
    world.scene()?.declare_product(json!({ "device": [device] }))
}

/// The topic as it follows `/{ProductKey}/{DeviceName}/user/`; the operation is `PUB`, `SUB` or `ALL`.
#[given(expr = "the product has the topic {string} for {word}")]
fn topic_class(world: &mut World, topic: String, operation: String) -> Said {
    let class = json!({"TopicShortName": topic, "Operation": operation});
    world.scene()?.declare_product(json!({ "topic": [class] }))
}
