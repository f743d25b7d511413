//! What the tests share: a cloud with two devices, certificates, and a small client.
#![allow(dead_code, unreachable_pub, reason = "each test file uses a part")]

pub mod client;
pub mod trust;

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use certs::{Algorithm, Authority, LeafRequest, Validity};
use cloud::{
    Cloud, Registry, Time,
    alibaba::{
        Instance,
        instance::{Edition, Product},
        sign::SignMethod,
    },
    identity::Credentials,
    identity::IdentityId,
    profile::ServerCertificate,
    registry::Hub,
    sas,
};
use server::{Clock, Config, KeyKind, Leaf, Leaves, Mock};
use wire::{Connect, Packet};

pub const HUB: &str = "contoso.azure-devices.net";
pub const DPS: &str = "global.azure-devices-provisioning.net";
pub const NAMESPACE: &str = "contoso.westeurope-1.ts.eventgrid.azure.net";

/// There is no certificate for it.
pub const UNKNOWN_NAME: &str = "nobody.example";

/// Whoever makes a certificate for it panics.
pub const PANIC_NAME: &str = "panic.example";

/// 2026-11-20T14:22:24Z
pub const START: Time = Time::from_s(1_795_184_544);

/// A cloud with one hub and the devices `d1` and `d2`.
pub fn cloud() -> Cloud {
    let mut hub = Hub::new(HUB);
    for device in ["d1", "d2"] {
        hub.put_default_identity(IdentityId::device(device));
    }
    let mut registry = Registry::default();
    registry.put_hub(hub);
    Cloud::new(registry, 1)
}

/// What one Alibaba instance with the device `lamp` is made of.
const PRODUCT_KEY: &str = "pk";
const SECRET: &str = "secret";

/// A cloud with one Alibaba instance, and its host.
pub fn instance_cloud() -> (Cloud, String) {
    let mut product = Product::new(PRODUCT_KEY, SECRET);
    product.put_device("lamp", SECRET);
    let mut instance = Instance::new("iot-1", "cn-shanghai", Edition::default());
    // One device connects more often than the platform lets it.
    instance.profile.connects_per_min = 0;
    instance.products.insert(PRODUCT_KEY.to_owned(), product);
    let host = instance.host();
    let mut registry = Registry::default();
    registry.put_instance(instance);
    (Cloud::new(registry, 1), host)
}

/// A CONNECT that the instance takes.
pub fn lamp() -> Packet {
    let content = format!("clientIdlampdeviceNamelampproductKey{PRODUCT_KEY}");
    let password = SignMethod::HmacSha256.sign(SECRET, &content);
    Packet::Connect(Box::new(Connect {
        keep_alive_s: 60,
        clean: true,
        client_id: "lamp|securemode=2,signmethod=hmacsha256|".to_owned(),
        username: Some(format!("lamp&{PRODUCT_KEY}")),
        password: Some(password.into()),
        ..Connect::default()
    }))
}

/// A mock whose clock is held.
pub async fn held() -> Mock {
    start(Clock::held(START), Config::default()).await
}

pub async fn start(clock: Clock, config: Config) -> Mock {
    start_with(cloud(), clock, config).await
}

pub async fn start_with(cloud: Cloud, clock: Clock, config: Config) -> Mock {
    Mock::start(cloud, clock, Arc::new(Minted), config).await.expect("a mock")
}

/// A CONNECT that the hub takes at [`START`].
pub fn connect(device: &str, keep_alive_s: u16) -> Packet {
    let credentials = Hub::new(HUB).default_keys(&IdentityId::device(device));
    let Credentials::Keys { primary, .. } = credentials else { panic!("devices have keys") };
    let token =
        sas::sign(&primary, &format!("{HUB}/devices/{device}"), START.plus_s(1_000_000).s(), None);
    Packet::Connect(Box::new(Connect {
        keep_alive_s,
        client_id: device.to_owned(),
        username: Some(format!("{HUB}/{device}/?api-version=2021-04-12")),
        password: Some(token.into()),
        ..Connect::default()
    }))
}

/// Fails a test that hangs.
#[expect(clippy::disallowed_methods, reason = "a hang is one in real time")]
pub async fn guard<T>(test: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(60), test).await.expect("the test hangs")
}

/// Every input of the trace with its effects, one a line.
pub fn trace(mock: &Mock) -> String {
    mock.with_cloud(|cloud| cloud.trace().to_string())
}

/// Certificates of the test's own authorities, which [`trust`] trusts.
pub struct Minted;

/// One authority for each algorithm, the same for the whole process.
pub fn authorities() -> &'static [Authority; 2] {
    static AUTHORITIES: OnceLock<[Authority; 2]> = OnceLock::new();
    AUTHORITIES.get_or_init(|| {
        let validity = Validity { not_before_s: 0, not_after_s: 4_000_000_000 };
        let root = |name, algorithm| Authority::new(name, validity, algorithm).expect("a root");
        [root("EC root", Algorithm::EcdsaP256), root("RSA root", Algorithm::Rsa2048)]
    })
}

impl Leaves for Minted {
    fn leaf(
        &self,
        name: Option<&str>,
        local: IpAddr,
        algorithm: KeyKind,
        now: Time,
        _: ServerCertificate,
    ) -> Result<Leaf, String> {
        let [ecdsa, rsa] = authorities();
        let (authority, algorithm) = match algorithm {
            KeyKind::EcdsaP256 => (ecdsa, Algorithm::EcdsaP256),
            KeyKind::Rsa2048 => (rsa, Algorithm::Rsa2048),
        };
        if name == Some(UNKNOWN_NAME) {
            return Err("nobody knows this name".to_owned());
        }
        assert_ne!(name, Some(PANIC_NAME), "asked to panic");
        let name = name.map_or_else(|| local.to_string(), str::to_owned);
        let now_s = i64::try_from(now.s()).expect("a date");
        let validity = Validity { not_before_s: now_s - 3600, not_after_s: now_s + 2 * 86_400 };
        let leaf = authority
            .issue(&LeafRequest::server(&[&name], validity, algorithm))
            .map_err(|error| error.to_string())?;
        Ok(Leaf { chain_der: leaf.chain_der, key_der: leaf.key_der })
    }
}
