//! The Alibaba instance of a scene.

use cloud::{
    alibaba::sign::{SignMethod, content},
    profile::AlibabaProfile,
    seed::Seed,
};
use serde_json::{Value, json};

use super::{Scene, merge::merge};
use crate::{
    device::{Plan, Signing},
    world::{Failed, Said},
};

/// The instance of a scene.
pub(crate) const INSTANCE: &str = "iot-skyproof";

/// The product whose devices connect in a scene.
pub(crate) const PRODUCT_KEY: &str = "pk";

/// What a device says of the time, as the vendor's page has it.
const TIMESTAMP: &str = "2524608000000";

impl Scene {
    /// Declares the instance, or more of it: an object of the seed's model.
    pub(crate) fn declare_instance(&mut self, more: Value) -> Said {
        self.declarations()?;
        let mut instance = self.instance.take().unwrap_or_else(default_instance);
        merge(&mut instance, more);
        let expected = "an instance as a seed declares it";
        let seed: Seed = serde_json::from_value(json!({"instance": [instance]}))
            .map_err(|error| Failed::new(expected, error))?;
        let declared = seed.registry().map_err(|error| Failed::new(expected, error))?;
        self.declarations()?.instances.extend(declared.instances);
        self.instance = Some(instance);
        Ok(())
    }

    /// Declares more of the product of the scene.
    pub(crate) fn declare_product(&mut self, mut more: Value) -> Said {
        more["ProductKey"] = json!(PRODUCT_KEY);
        self.declare_instance(json!({ "product": [more] }))
    }

    /// Declares the device that a client under test is. A scenario brings about more connections in a minute than
    /// the platform lets a device make.
    pub(crate) fn declare_client_device(&mut self, name: &str) -> Said {
        self.declare_instance(json!({ "profile": {"connects_per_min": 0} }))?;
        self.declare_product(json!({ "device": [{"DeviceName": name}] }))
    }

    /// The switches of the instance so far.
    pub(crate) fn instance_profile(&self) -> AlibabaProfile {
        let find = |registry: &cloud::Registry| Some(registry.instance(INSTANCE)?.profile.clone());
        self.look(find).unwrap_or_default()
    }

    /// The secret of the product.
    pub(crate) fn product_secret(&self) -> String {
        let product = |registry: &cloud::Registry| {
            let instance = registry.instance_of_product(PRODUCT_KEY)?;
            Some(instance.products.get(PRODUCT_KEY)?.secret.clone())
        };
        self.look(product).unwrap_or_default()
    }

    /// Whether devices connect to the instance.
    pub(crate) fn is_in_alibaba(&self) -> bool {
        self.instance.is_some() && self.look(|registry| registry.hub(super::HUB).is_none())
    }

    /// What a device would say to connect to the instance: `name`, or `name of product`.
    pub(crate) fn instance_plan(&self, name: &str, certificate: Option<&certs::Leaf>) -> Plan {
        let (device_name, product_key) = name.split_once(" of ").unwrap_or((name, PRODUCT_KEY));
        let (host, secret) = self
            .look(|registry| {
                let instance = registry.instance_of_product(product_key)?;
                let secret = instance.device(product_key, device_name).map(|it| it.secret.clone());
                Some((instance.host(), secret.unwrap_or_default()))
            })
            .unwrap_or_default();
        let mut plan = self.plan(&host, "", certificate);
        let signing = Signing::new(device_name, product_key, &secret);
        plan.username = Some(signing.username());
        plan.sign(signing);
        plan
    }
}

impl Signing {
    /// As most devices do it, over TLS.
    pub(crate) fn new(device_name: &str, product_key: &str, secret: &str) -> Self {
        Self {
            client_id: device_name.to_owned(),
            device_name: device_name.to_owned(),
            product_key: product_key.to_owned(),
            secret: secret.to_owned(),
            extensions: vec![
                ("securemode".to_owned(), "2".to_owned()),
                ("signmethod".to_owned(), "hmacsha256".to_owned()),
                ("timestamp".to_owned(), TIMESTAMP.to_owned()),
            ],
        }
    }

    /// The user name that goes with it.
    pub(crate) fn username(&self) -> String {
        format!("{}&{}", self.device_name, self.product_key)
    }

    /// The client identifier with its extensions.
    pub(crate) fn announced(&self) -> String {
        let list: Vec<String> =
            self.extensions.iter().map(|(key, value)| format!("{key}={value}")).collect();
        format!("{}|{}|", self.client_id, list.join(","))
    }

    /// The password that goes with it.
    pub(crate) fn password(&self) -> String {
        let get = |wanted: &str| {
            let found = self.extensions.iter().find(|(key, _)| key == wanted);
            found.map(|(_, value)| value.as_str())
        };
        let mut signed = vec![
            ("deviceName", self.device_name.as_str()),
            ("productKey", self.product_key.as_str()),
        ];
        match get("authType") {
            Some("register" | "regnwl") => signed.push(("random", get("random").unwrap_or(""))),
            _ => {
                signed.push(("clientId", self.client_id.as_str()));
                signed.extend(get("timestamp").map(|timestamp| ("timestamp", timestamp)));
            }
        }
        let method = SignMethod::of(get("signmethod")).unwrap_or(SignMethod::HmacSha256);
        method.sign(&self.secret, &content(&signed))
    }

    /// Says something else in one extension; nothing leaves it out.
    pub(crate) fn extend(&mut self, key: &str, value: &str) {
        let at = self.extensions.iter().position(|(name, _)| name == key);
        match (at, value) {
            (Some(at), "") => {
                self.extensions.remove(at);
            }
            (None, "") => {}
            (Some(at), _) => value.clone_into(&mut self.extensions[at].1),
            (None, _) => self.extensions.push((key.to_owned(), value.to_owned())),
        }
    }
}

/// One Enterprise instance with one product, whose devices may use `user/data` both ways.
fn default_instance() -> Value {
    json!({
        "IotInstanceId": INSTANCE,
        "product": [{
            "ProductKey": PRODUCT_KEY,
            "topic": [{"TopicShortName": "data", "Operation": "ALL"}],
        }],
    })
}
