//! Instances of Alibaba Cloud IoT Platform in a seed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{SeedError, check::At};
use crate::{
    alibaba::{
        self, Instance,
        instance::{DEVICE_NAME, Edition, Product, TopicClass, is_device_name},
        thing::ThingModel,
    },
    profile::AlibabaProfile,
    registry::{Registry, default_key},
};

/// One instance: `[[instance]]`, in the names of the vendor's API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct InstanceSeed {
    /// `iot-060a0bgd`; the host is made of it.
    pub iot_instance_id: String,
    /// `cn-shanghai`
    #[serde(default = "region")]
    pub region_id: String,
    #[serde(default)]
    pub edition: Edition,
    #[serde(default, rename = "profile")]
    pub profile: AlibabaProfile,
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "product")]
    pub products: Vec<ProductSeed>,
}

/// One product with its devices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct ProductSeed {
    pub product_key: String,
    /// Made of the key where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// Whether devices may register by the product's secret.
    #[serde(default)]
    pub dynamic_register: bool,
    /// What its devices are as things, in the names of the vendor's thing specification language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing_model: Option<ThingModel>,
    /// Beside `update`, `update/error` and `get`, which every product has.
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "topic")]
    pub topics: Vec<TopicClass>,
    #[serde(default, skip_serializing_if = "Vec::is_empty", rename = "device")]
    pub devices: Vec<DeviceSeed>,
}

/// One device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct DeviceSeed {
    pub device_name: String,
    /// Made of the names where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_secret: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nickname: Option<String>,
    /// Whether it may connect.
    #[serde(default = "yes")]
    pub enable: bool,
}

impl InstanceSeed {
    pub(super) fn instance(self, registry: &Registry, at: &At) -> Result<Instance, SeedError> {
        name(&self.iot_instance_id, 32, &at.field("IotInstanceId"))?;
        name(&self.region_id, 32, &at.field("RegionId"))?;
        let mut instance = Instance::new(&self.iot_instance_id, &self.region_id, self.edition);
        instance.profile = self.profile;
        let mut seen = BTreeMap::new();
        for (index, seed) in self.products.into_iter().enumerate() {
            let at = at.below("product", index);
            at.first(&mut seen, &seed.product_key, "ProductKey")?;
            if registry.instance_of_product(&seed.product_key).is_some() {
                return Err(at.field("ProductKey").error(
                    format!("the product `{}` again", seed.product_key),
                    "a key of its own in the whole cloud",
                    "a product belongs to one instance",
                ));
            }
            let product = seed.product(&instance.profile, &at)?;
            instance.products.insert(product.key.clone(), product);
        }
        Ok(instance)
    }
}

impl ProductSeed {
    fn product(self, profile: &AlibabaProfile, at: &At) -> Result<Product, SeedError> {
        name(&self.product_key, 32, &at.field("ProductKey"))?;
        let secret = self.product_secret.unwrap_or_else(|| default_secret(&self.product_key, ""));
        let mut product = Product::new(&self.product_key, &secret);
        product.name = self.product_name.unwrap_or(self.product_key);
        product.registers_dynamically = self.dynamic_register;
        product.model = self.thing_model;
        for (index, topic) in self.topics.into_iter().enumerate() {
            alibaba::judge_class(&topic).map_err(|(found, expected)| {
                let at = at.below("topic", index).field("TopicShortName");
                at.error(found, expected, "such as `conf/+` for SUB, or `update` for PUB")
            })?;
            let is_it = |it: &TopicClass| it.topic_short_name == topic.topic_short_name;
            product.topic_classes.retain(|it| !is_it(it));
            product.topic_classes.push(topic);
        }
        if product.topic_classes.len() > profile.topic_classes_max {
            return Err(at.field("topic").error(
                format!("{} topic classes", product.topic_classes.len()),
                format!("at most {}", profile.topic_classes_max),
                "topic_classes_max in the profile says otherwise",
            ));
        }
        let mut seen = BTreeMap::new();
        for (index, seed) in self.devices.into_iter().enumerate() {
            let at = at.below("device", index);
            at.first(&mut seen, &seed.device_name, "DeviceName")?;
            device_name(&seed.device_name, &at.field("DeviceName"))?;
            let secret = seed
                .device_secret
                .unwrap_or_else(|| default_secret(&product.key, &seed.device_name));
            let device = product.put_device(&seed.device_name, &secret);
            device.nickname = seed.nickname.unwrap_or_default();
            device.is_enabled = seed.enable;
        }
        Ok(product)
    }
}

/// The secret of a product, or of a device of it, when nobody gives any: 32 hexadecimal digits, the same at
/// every start.
fn default_secret(product_key: &str, device_name: &str) -> String {
    let key = default_key(product_key, device_name, "secret");
    key.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn region() -> String {
    "cn-shanghai".to_owned()
}

const fn yes() -> bool {
    true
}

fn name(text: &str, most: usize, at: &At) -> Result<(), SeedError> {
    let is_legal = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=most).contains(&text.len()) && text.bytes().all(is_legal) {
        return Ok(());
    }
    let expected = format!("1 to {most} letters, digits, `-` and `_`");
    Err(at.error(format!("`{text}`"), expected, "such as `a1B2c3D4e5F`"))
}

/// What the vendor lets a DeviceName be made of.
fn device_name(text: &str, at: &At) -> Result<(), SeedError> {
    if is_device_name(text) {
        return Ok(());
    }
    Err(at.error(format!("`{text}`"), DEVICE_NAME, "such as `device-1`"))
}
