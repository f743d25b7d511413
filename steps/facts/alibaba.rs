//! What is to be known of an instance of Alibaba Cloud IoT Platform.

use cloud::alibaba::{
    Instance,
    instance::{Device, Edition, Product},
    sign::{SignMethod, content},
};
use serde::Serialize;

/// An instance.
#[derive(Debug, Serialize)]
pub struct InstanceFacts {
    /// Its IotInstanceId.
    pub id: String,
    pub edition: Edition,
    pub region: String,
    /// Where MQTT is spoken. The mock's own address does as well: the user name tells which product is meant.
    pub host: String,
    pub products: Vec<ProductFacts>,
}

#[derive(Debug, Serialize)]
pub struct ProductFacts {
    pub product_key: String,
    pub product_secret: String,
    /// Whether devices get their secrets by the product's.
    pub dynamic_register: bool,
    /// Where its devices connect on a public instance.
    pub host: String,
    pub devices: Vec<ThingFacts>,
}

/// One device of a product.
#[derive(Debug, Serialize)]
pub struct ThingFacts {
    pub product_key: String,
    pub device_name: String,
    pub device_secret: String,
    pub enabled: bool,
    /// MQTT's client identifier, user name and password.
    pub client_id: String,
    pub username: String,
    pub password: String,
}

impl InstanceFacts {
    pub(super) fn new(instance: &Instance) -> Self {
        Self {
            id: instance.id.clone(),
            edition: instance.edition,
            region: instance.region.clone(),
            host: instance.host(),
            products: instance.products.values().map(|it| product(instance, it)).collect(),
        }
    }

    /// The device that examples are about: the first enabled one.
    pub fn example(&self) -> Option<&ThingFacts> {
        self.products.iter().flat_map(|product| &product.devices).find(|device| device.enabled)
    }
}

fn product(instance: &Instance, product: &Product) -> ProductFacts {
    ProductFacts {
        product_key: product.key.clone(),
        product_secret: product.secret.clone(),
        dynamic_register: product.registers_dynamically,
        host: instance.product_host(&product.key),
        devices: product.devices.values().map(|device| thing(&product.key, device)).collect(),
    }
}

fn thing(product_key: &str, device: &Device) -> ThingFacts {
    let client_id = format!("{product_key}.{}", device.name);
    let signed = content(&[
        ("clientId", &client_id),
        ("deviceName", &device.name),
        ("productKey", product_key),
    ]);
    ThingFacts {
        product_key: product_key.to_owned(),
        device_name: device.name.clone(),
        device_secret: device.secret.clone(),
        enabled: device.is_enabled,
        client_id: format!("{client_id}|securemode=2,signmethod=hmacsha256|"),
        username: format!("{}&{product_key}", device.name),
        password: SignMethod::HmacSha256.sign(&device.secret, &signed),
    }
}
