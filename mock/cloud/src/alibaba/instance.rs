//! One instance of Alibaba Cloud IoT Platform: its products, their devices, and who is connected.

use std::{collections::BTreeMap, sync::Arc};

use broker::{Broker, Given};
use serde::{Deserialize, Serialize};
use wire::{Connect, Property, Version};

use super::{
    Session,
    rrpc::Waiting,
    shadow::Shadow,
    thing::{Thing, ThingModel},
};
use crate::{input::ConnId, profile::AlibabaProfile, rate::Bucket, time::Time};

/// The end of the host name of an instance: `<IotInstanceId>.mqtt.iothub.aliyuncs.com` (ALI-OPEN-022).
pub const INSTANCE_HOST: &str = ".mqtt.iothub.aliyuncs.com";

/// Within the host name of a product on a public instance:
/// `<ProductKey>.iot-as-mqtt.<RegionId>.aliyuncs.com` (ALI-OPEN-020).
pub const PRODUCT_HOST: &str = ".iot-as-mqtt.";

/// What an instance was bought as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edition {
    /// Shared with others; MQTT 5 is not spoken here.
    Public,
    #[default]
    Enterprise,
}

/// What devices may do with the topics of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Operation {
    /// Publish.
    Pub,
    /// Subscribe.
    Sub,
    All,
}

impl Operation {
    /// Whether a class for this allows that.
    pub(super) fn allows(self, other: Self) -> bool {
        self == other || self == Self::All
    }
}

/// A class of custom topics: `/{ProductKey}/{DeviceName}/user/…`, for every device of a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct TopicClass {
    /// What follows `/user/`; `+` and `#` only where devices subscribe.
    pub topic_short_name: String,
    pub operation: Operation,
}

/// Whether a device has ever connected, and may.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Status {
    /// It never connected.
    #[default]
    Unactive,
    Online,
    Offline,
    /// It may not.
    Disable,
}

/// What signs a device in that was registered without preparation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The clientId that it goes with.
    pub client_id: String,
    /// The password.
    pub text: String,
}

/// One device of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Device {
    pub name: String,
    pub secret: String,
    pub nickname: String,
    /// Whether it may connect.
    pub is_enabled: bool,
    /// Whether it ever connected.
    pub is_active: bool,
    /// Whether it got its secret by dynamic registration.
    pub has_registered: bool,
    /// With which it connects that was never registered beforehand (ALI-OPEN-065).
    pub token: Option<Token>,
    /// When it connected last, in ms.
    pub online_at_ms: Option<u64>,
    /// When its last connection ended, in ms.
    pub offline_at_ms: Option<u64>,
    /// What it has reported, and is wished to become.
    pub(crate) thing: Thing,
    pub(crate) shadow: Shadow,
    /// Requests to its shadow.
    pub(crate) shadow_requests: Bucket,
    /// The last notice of firmware for it.
    pub(crate) upgrade: Option<serde_json::Value>,
    /// When the keep-alive of a connection is over that it has lost.
    pub(crate) given_up_at: Option<Time>,
    /// CONNECTs.
    pub(crate) connects: Bucket,
    /// Its publishes at QoS 0.
    pub(crate) publishes_0: Bucket,
    /// Its publishes at QoS 1.
    pub(crate) publishes_1: Bucket,
}

/// One product with its devices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Product {
    pub key: String,
    pub secret: String,
    pub name: String,
    /// Whether its devices may register by the product's secret alone.
    pub registers_dynamically: bool,
    pub topic_classes: Vec<TopicClass>,
    /// What its devices are as things; without one they take whatever is said.
    pub model: Option<ThingModel>,
    /// By name.
    pub devices: BTreeMap<String, Device>,
}

/// One instance.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// `IotInstanceId`: `iot-060a0bgd`
    pub id: String,
    pub edition: Edition,
    /// `cn-shanghai`
    pub region: String,
    pub profile: AlibabaProfile,
    /// By ProductKey.
    pub products: BTreeMap<String, Product>,
    /// What it keeps of its devices. A session's name is its device's: see [`session_name`].
    pub(crate) broker: Broker,
    /// The connections of devices that have one.
    pub(crate) live: BTreeMap<Arc<str>, Link>,
    /// Who waits for a device's answer, by message id.
    pub(crate) waiting: BTreeMap<String, Waiting>,
    /// Broadcasts.
    pub(crate) broadcasts: Bucket,
    /// CONNECTs.
    pub(crate) connects: Bucket,
    /// The number of the last message that it made.
    pub(crate) last_message: u64,
}

/// What a connection is to those who send to it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) conn: ConnId,
    pub(crate) version: Version,
    /// QoS 1 messages that it lets be under way.
    pub(crate) receive_maximum: u16,
    /// The longest packet that it takes.
    pub(crate) maximum_packet_size: Option<usize>,
    /// Topic aliases that it takes.
    pub(crate) topic_alias_maximum: u16,
    /// Those that it was told of.
    pub(crate) aliases: Given,
    /// Whether it announced that it does without SUBSCRIBE (`_ss=1`).
    pub(crate) is_subscribed_by_the_cloud: bool,
    /// The bits of `ext`.
    pub(crate) extensions: u32,
    /// What goes out to it.
    pub(crate) deliveries: Bucket,
    /// When what the rate holds back may go.
    pub(crate) wakes_at_ms: Option<u64>,
}

impl Link {
    /// As CONNECT describes it.
    pub(super) fn of(session: &Session, connect: &Connect) -> Self {
        let mut link = Self {
            conn: session.conn,
            version: session.version,
            receive_maximum: u16::MAX,
            maximum_packet_size: None,
            topic_alias_maximum: 0,
            aliases: Given::default(),
            is_subscribed_by_the_cloud: session.announced.is("_ss", "1"),
            extensions: session.announced.get("ext").and_then(|it| it.parse().ok()).unwrap_or(0),
            deliveries: Bucket::default(),
            wakes_at_ms: None,
        };
        for property in &connect.properties {
            match property {
                Property::ReceiveMaximum(most) => link.receive_maximum = *most,
                Property::MaximumPacketSize(bytes) => {
                    link.maximum_packet_size = usize::try_from(*bytes).ok();
                }
                Property::TopicAliasMaximum(most) => link.topic_alias_maximum = *most,
                _ => {}
            }
        }
        link
    }
}

/// The name of a device's session, which is the same on every connection (ALI-OPEN-050): `{pk}/{dn}`.
pub fn session_name(product_key: &str, device_name: &str) -> Arc<str> {
    format!("{product_key}/{device_name}").into()
}

/// What a DeviceName is made of, in words.
pub const DEVICE_NAME: &str = "4 to 32 letters, digits, `-`, `_`, `@`, `.` and `:`";

/// Whether the vendor takes this for a DeviceName.
pub fn is_device_name(text: &str) -> bool {
    let is_legal = |b: u8| b.is_ascii_alphanumeric() || b"-_@.:".contains(&b);
    (4..=32).contains(&text.len()) && text.bytes().all(is_legal)
}

impl Instance {
    /// An instance without products.
    pub fn new(id: &str, region: &str, edition: Edition) -> Self {
        Self {
            id: id.to_owned(),
            edition,
            region: region.to_owned(),
            profile: AlibabaProfile::default(),
            products: BTreeMap::new(),
            broker: Broker::default(),
            live: BTreeMap::new(),
            waiting: BTreeMap::new(),
            broadcasts: Bucket::default(),
            connects: Bucket::default(),
            last_message: 0,
        }
    }

    /// Where its devices connect, when they name no product: in lower case.
    pub fn host(&self) -> String {
        format!("{}{INSTANCE_HOST}", self.id.to_ascii_lowercase())
    }

    /// Where devices of a product connect, in lower case.
    pub fn product_host(&self, product_key: &str) -> String {
        format!("{}{PRODUCT_HOST}{}.aliyuncs.com", product_key.to_ascii_lowercase(), self.region)
    }

    pub fn device(&self, product_key: &str, name: &str) -> Option<&Device> {
        self.products.get(product_key)?.devices.get(name)
    }

    pub fn device_mut(&mut self, product_key: &str, name: &str) -> Option<&mut Device> {
        self.products.get_mut(product_key)?.devices.get_mut(name)
    }

    /// Whether a device has a connection.
    pub fn is_online(&self, product_key: &str, name: &str) -> bool {
        self.live.contains_key(&session_name(product_key, name))
    }

    /// As the vendor's API tells it.
    pub fn status(&self, product_key: &str, name: &str) -> Option<Status> {
        let device = self.device(product_key, name)?;
        Some(match () {
            () if !device.is_enabled => Status::Disable,
            () if self.is_online(product_key, name) => Status::Online,
            () if device.is_active => Status::Offline,
            () => Status::Unactive,
        })
    }

    /// The next identifier of a message: 19 digits, as the vendor's are (ALI-OPEN-104).
    pub(crate) fn next_message_id(&mut self) -> String {
        self.last_message += 1;
        format!("{}", 1_000_000_000_000_000_000_u64 + self.last_message)
    }

    /// Whether this connection has this session.
    pub(super) fn has(&self, session: &str, conn: ConnId) -> bool {
        self.live.get(session).is_some_and(|link| link.conn == conn)
    }

    /// Forgets all connections, as one does that was taken from a living cloud.
    pub(crate) fn disconnect_all(&mut self) {
        self.broker = Broker::default();
        self.live.clear();
        self.waiting.clear();
    }
}

impl Product {
    /// A product without devices, with the topic classes that a new one has.
    pub fn new(key: &str, secret: &str) -> Self {
        let class =
            |name: &str, operation| TopicClass { topic_short_name: name.to_owned(), operation };
        Self {
            key: key.to_owned(),
            secret: secret.to_owned(),
            name: key.to_owned(),
            registers_dynamically: false,
            model: None,
            topic_classes: vec![
                class("update", Operation::Pub),
                class("update/error", Operation::Pub),
                class("get", Operation::Sub),
            ],
            devices: BTreeMap::new(),
        }
    }

    /// Adds a device, or replaces the one of the same name.
    pub fn put_device(&mut self, name: &str, secret: &str) -> &mut Device {
        let device = Device {
            name: name.to_owned(),
            secret: secret.to_owned(),
            is_enabled: true,
            ..Device::default()
        };
        self.devices.insert(name.to_owned(), device);
        self.devices.entry(name.to_owned()).or_default()
    }
}
