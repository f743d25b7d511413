//! Where an adapter is checked: a mock on the real ports of a loopback address, a device that it knows in
//! every way, and an address that nobody answers.

use std::{
    hash::{BuildHasher as _, RandomState},
    net::SocketAddr,
    sync::Arc,
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use certs::{Authorities, Validity};
use cloud::{
    Action, Cloud, Effect, IdentityId, Input, Registry, Step,
    registry::{Attestation, Enrollment, Hub, Provisioning, default_key},
    sas,
};
use server::{Clock, Mock};
use wire::Packet;

use crate::{
    LocalAuthority,
    adapter::protocol::{Auth, Endpoint, Identity, MqttVersion, Retry, TlsTerms, Transport},
    loopback, outside,
    scene::{DPS, HUB, ID_SCOPE},
};

const DAY_S: i64 = 86_400;
/// How long a token lasts.
const TOKEN_LIFE_S: u64 = 3600;
/// Wall time for what an adapter has said to be done to show at the mock.
const SHOWS_WITHIN: Duration = Duration::from_secs(5);

/// The mock and all that a client has to be told of it.
pub(super) struct Place {
    pub(super) mock: Arc<Mock>,
    /// Nobody listens there.
    closed: SocketAddr,
    ca_pem: String,
    certificate_pem: String,
    certificate_key_pem: String,
    /// The device with keys.
    device: String,
    /// The device that DPS knows, and makes at the hub.
    pub(super) enrolled: String,
    /// The device with a certificate.
    certified: String,
}

/// How a connection is to be proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Key,
    Token,
    Certificate,
}

impl Place {
    /// # Errors
    /// When no mock can be started.
    pub(super) async fn start() -> Result<Self, String> {
        let now_s = i64::try_from(outside::now().s()).unwrap_or(0);
        let authorities = Authorities::new(now_s).map_err(|error| error.to_string())?;
        let (ecdsa, rsa) = (authorities.ecdsa.root, authorities.rsa.root);
        let (device, enrolled, certified) = (slug(), slug(), slug());
        let validity = Validity { not_before_s: now_s - DAY_S, not_after_s: now_s + DAY_S };
        let leaf = ecdsa.device_leaf(&certified, validity).map_err(|error| error.to_string())?;
        let mut hub = Hub::new(HUB);
        hub.authorities.push(ecdsa.der().to_vec());
        hub.put_default_identity(IdentityId::device(&device));
        hub.put_identity(IdentityId::device(&certified), cloud::identity::Credentials::Authority);
        let mut dps = Provisioning::new(ID_SCOPE, &[HUB]);
        dps.put_enrollment(Enrollment::new(
            &enrolled,
            Attestation::Keys {
                primary: default_key(ID_SCOPE, &enrolled, "primary"),
                secondary: default_key(ID_SCOPE, &enrolled, "secondary"),
            },
        ));
        let mut registry = Registry::default();
        registry.put_hub(hub);
        registry.put_provisioning(dps);
        let leaves = Arc::new(LocalAuthority::new(ecdsa, rsa, Vec::new()));
        let ca_pem = leaves.certificates_pem();
        let start = async |config| {
            let cloud = Cloud::new(registry.clone(), 1);
            Mock::start(cloud, Clock::wall(), leaves.clone(), config).await
        };
        let mock = loopback::on_real_ports(0, &start, |error| error).await;
        let mock = mock.map_err(|error| error.to_string())?;
        // It was free, and is again.
        let other = loopback::on_real_ports(1, &start, |error| error).await;
        let other = other.map_err(|error| error.to_string())?;
        let closed = other.mqtt_address();
        other.shutdown().await;
        Ok(Self {
            mock: Arc::new(mock),
            closed,
            ca_pem,
            certificate_pem: leaf.chain_pem(),
            certificate_key_pem: leaf.key_pem(),
            device,
            enrolled,
            certified,
        })
    }

    /// A good way to the hub.
    pub(super) fn hub(&self, proof: Proof) -> Endpoint {
        let device = if proof == Proof::Certificate { &self.certified } else { &self.device };
        let identity = Identity::Hub {
            device_id: device.clone(),
            module_id: None,
            api_version: "2021-04-12".to_owned(),
        };
        Endpoint { auth: self.auth(proof, "primary"), ..self.endpoint(HUB, identity, proof) }
    }

    /// A good way to the DPS instance.
    pub(super) fn dps(&self, proof: Proof) -> Endpoint {
        let identity = Identity::Dps {
            id_scope: ID_SCOPE.to_owned(),
            registration_id: self.enrolled.clone(),
            api_version: "2019-03-31".to_owned(),
        };
        let key = default_key(ID_SCOPE, &self.enrolled, "primary");
        let resource = format!("{ID_SCOPE}/registrations/{}", self.enrolled);
        let auth = match proof {
            Proof::Token => {
                Auth::SasToken(sas::sign(&key, &resource, expiry_s(), Some("registration")))
            }
            Proof::Key | Proof::Certificate => Auth::SasKey(STANDARD.encode(key)),
        };
        Endpoint { auth, ..self.endpoint(DPS, identity, proof) }
    }

    /// The same way, where nobody listens.
    pub(super) fn closed(&self, endpoint: Endpoint) -> Endpoint {
        Endpoint { addr: self.closed.ip().to_string(), port: self.closed.port(), ..endpoint }
    }

    /// The same way, over WebSocket.
    pub(super) fn websocket(&self, endpoint: Endpoint) -> Endpoint {
        let port = self.mock.wss_address().port();
        Endpoint { transport: Transport::Ws, port, ..endpoint }
    }

    /// Credentials of the device: by its `primary` or `secondary` key, or by another that it has not.
    pub(super) fn auth(&self, proof: Proof, which: &str) -> Auth {
        let key = default_key(HUB, &self.device, which);
        match proof {
            Proof::Key => Auth::SasKey(STANDARD.encode(key)),
            Proof::Token => {
                let resource = format!("{HUB}/devices/{}", self.device);
                Auth::SasToken(sas::sign(&key, &resource, expiry_s(), None))
            }
            Proof::Certificate => Auth::X509 {},
        }
    }

    fn endpoint(&self, host: &str, identity: Identity, proof: Proof) -> Endpoint {
        let address = self.mock.mqtt_address();
        let shown = |pem: &String| (proof == Proof::Certificate).then(|| pem.clone());
        Endpoint {
            host: host.to_owned(),
            addr: address.ip().to_string(),
            port: address.port(),
            transport: Transport::Tcp,
            mqtt: MqttVersion::V311,
            tls: TlsTerms {
                ca_pem: self.ca_pem.clone(),
                client_cert_pem: shown(&self.certificate_pem),
                client_key_pem: shown(&self.certificate_key_pem),
            },
            identity,
            auth: self.auth(proof, "primary"),
            keepalive_s: None,
            clean: None,
            will: None,
            retry: Retry::None,
        }
    }

    /// The newest step so far.
    pub(super) fn mark(&self) -> u64 {
        self.mock.with_cloud(|cloud| cloud.trace().last_number())
    }

    /// Waits until a step after the mark shows it.
    pub(super) async fn sees<T>(
        &self,
        mark: u64,
        mut look: impl FnMut(&Step) -> Option<T>,
    ) -> Option<T> {
        let ms = u64::try_from(SHOWS_WITHIN.as_millis()).unwrap_or(u64::MAX);
        let deadline = self.mock.now().plus_ms(ms);
        let find = |cloud: &Cloud| cloud.trace().since(mark).find_map(&mut look);
        self.mock.wait_until(deadline, find).await
    }
}

/// A random word that says nothing.
pub(super) fn slug() -> String {
    format!("d{:010x}", RandomState::new().hash_one(()) & 0xff_ffff_ffff)
}

/// What the client sent in this step.
pub(super) fn packet(step: &Step) -> Option<&Packet> {
    match &step.input {
        Input::Received { packet, .. } => Some(packet),
        _ => None,
    }
}

/// Whether this step admitted a client.
pub(super) fn admits(step: &Step) -> bool {
    step.effects.iter().any(|Effect { action, .. }| {
        matches!(action, Action::Send { packet: Packet::Connack(connack), .. } if connack.code == 0)
    })
}

fn expiry_s() -> u64 {
    outside::now().s().saturating_add(TOKEN_LIFE_S)
}
