//! A scene: what one scenario owns. Its tenants, its authority, its held clock, its ports.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use cloud::{
    Breaks, Cloud, IdentityId, Registry, Time,
    identity::Credentials,
    registry::{Hub, Provisioning},
    sas,
};
use server::{Clock, Config, Mock};

use crate::{
    client::Spec,
    device::{Doors, Peer, Plan, Proof},
    loopback,
    outside::{self, Outside, Running},
    trust::LocalAuthority,
    world::Failed,
};

/// The hub of a scene.
pub(crate) const HUB: &str = "contoso.azure-devices.net";
/// The DPS endpoint of a scene.
pub(crate) const DPS: &str = "global.azure-devices-provisioning.net";
/// The ID scope of a scene's DPS instance.
pub(crate) const ID_SCOPE: &str = "0ne00000001";
/// When every scenario begins: 2026-01-01T00:00:00Z.
pub(crate) const BEGINNING: Time = Time::from_s(1_767_225_600);
/// How long a token lasts unless the scenario says otherwise.
pub(crate) const TOKEN_LIFE_S: i64 = 3600;

/// What one scenario owns, while its tenants can still be arranged and afterwards.
pub(crate) struct Scene {
    /// Arranged by `Given`, until the first connection starts the mock.
    registry: Registry,
    pub(crate) authorities: Arc<certs::Authorities>,
    /// When it began.
    beginning: Time,
    /// Whose scene it is, when a client is under test: then the mock's clock runs, and its ports are real.
    client: Option<Arc<Spec>>,
    breaks: Breaks,
    mock: Option<Arc<Mock>>,
    /// The cloud, when it is not in this process.
    outside: Option<Arc<Outside>>,
    /// Where that listens, once somebody asked.
    doors: Option<(Doors, Option<Running>)>,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scene")
    }
}

impl Scene {
    pub(crate) fn new(breaks: Breaks, outside: Option<Arc<Outside>>) -> Result<Self, String> {
        let now_s = i64::try_from(BEGINNING.s()).unwrap_or(0);
        let authorities = certs::Authorities::new(now_s).map_err(|error| error.to_string())?;
        Ok(Self {
            registry: Registry::default(),
            authorities: Arc::new(authorities),
            beginning: BEGINNING,
            client: None,
            breaks,
            mock: None,
            outside,
            doors: None,
        })
    }

    /// The scene of a client under test.
    pub(crate) fn of_client(client: Arc<Spec>, breaks: Breaks) -> Self {
        Self {
            registry: Registry::default(),
            authorities: client.authorities.clone(),
            beginning: outside::now(),
            client: Some(client),
            breaks,
            mock: None,
            outside: None,
            doors: None,
        }
    }

    /// The tenants, to be arranged before anybody connects.
    ///
    /// # Errors
    /// When the mock runs already.
    pub(crate) fn registry_mut(&mut self) -> Result<&mut Registry, Failed> {
        if self.outside.is_some() {
            return Err(Failed::not_run("needs to arrange the tenants"));
        }
        match self.mock {
            None => Ok(&mut self.registry),
            Some(_) => Err(Failed::from(
                "tenants are arranged before the first connection: move this Given up".to_owned(),
            )),
        }
    }

    /// The host name of the hub.
    pub(crate) fn hub(&self) -> &str {
        self.outside.as_ref().map_or(HUB, |outside| &outside.hub)
    }

    /// The ID scope of the DPS instance.
    pub(crate) fn id_scope(&self) -> &str {
        let group = self.outside.as_ref().and_then(|outside| outside.group());
        group.map_or(ID_SCOPE, |group| &group.id_scope)
    }

    /// The cloud that devices are to connect to.
    pub(crate) async fn peer(&mut self) -> Result<Peer, Failed> {
        let Some(outside) = &self.outside else { return Ok(Peer::Inside(self.mock().await?)) };
        if self.doors.is_none() {
            self.doors = Some(outside.arrive().await?);
        }
        match &self.doors {
            Some((doors, _)) => Ok(Peer::Outside(doors.clone())),
            None => Err(Failed::new("a cloud to connect to", "none")),
        }
    }

    /// The hub of the scene, made on first mention.
    pub(crate) fn hub_mut(&mut self) -> Result<&mut Hub, Failed> {
        let registry = self.registry_mut()?;
        if registry.hub(HUB).is_none() {
            registry.put_hub(Hub::new(HUB));
        }
        registry.hub_mut(HUB).ok_or_else(|| Failed::from("the hub was just made".to_owned()))
    }

    /// The DPS instance of the scene, linked to its hub, made on first mention.
    pub(crate) fn provisioning_mut(&mut self) -> Result<&mut Provisioning, Failed> {
        self.hub_mut()?;
        let registry = self.registry_mut()?;
        Ok(registry
            .provisioning
            .entry(ID_SCOPE.to_owned())
            .or_insert_with(|| Provisioning::new(ID_SCOPE, &[HUB])))
    }

    /// The running mock; starts it on first use.
    pub(crate) async fn mock(&mut self) -> Result<Arc<Mock>, Failed> {
        if self.outside.is_some() {
            return Err(Failed::not_run("needs the trace"));
        }
        if let Some(mock) = &self.mock {
            return Ok(mock.clone());
        }
        let registry = std::mem::take(&mut self.registry);
        let cloud = || Cloud::new(registry.clone(), 1).with_breaks(self.breaks.clone());
        let leaves = LocalAuthority::new(
            copied(self.root(certs::Algorithm::EcdsaP256))?,
            copied(self.root(certs::Algorithm::Rsa2048))?,
            Vec::new(),
        );
        let leaves = Arc::new(leaves);
        let mock = match &self.client {
            None => {
                let (cloud, clock) = (cloud().with_uses(), Clock::Held(BEGINNING));
                Mock::start(cloud, clock, leaves, Config::default()).await
            }
            Some(client) => {
                let start = async |bind, mqtt_port, wss_port| {
                    let config = Config { bind, mqtt_port, wss_port, ..Config::default() };
                    let clock = Clock::scaled(f64::from(client.warp));
                    Mock::start(cloud(), clock, leaves.clone(), config).await
                };
                loopback::on_real_ports(client.next(), start, |error| error).await
            }
        }
        .map_err(|error| error.to_string())?;
        let mock = Arc::new(mock);
        self.mock = Some(mock.clone());
        Ok(mock)
    }

    /// The mock, if it was started.
    pub(crate) const fn running(&self) -> Option<&Arc<Mock>> {
        self.mock.as_ref()
    }

    /// Takes the mock out, to be shut down.
    pub(crate) const fn take_mock(&mut self) -> Option<Arc<Mock>> {
        self.mock.take()
    }

    /// The moment of the scene, in whole seconds.
    pub(crate) fn now(&self) -> Time {
        if self.outside.is_some() {
            return outside::now();
        }
        self.mock.as_ref().map_or(self.beginning, |mock| mock.now())
    }

    fn root(&self, algorithm: certs::Algorithm) -> &certs::Authority {
        self.authorities.get(certs::Role::Root, algorithm)
    }

    /// What devices trust.
    pub(crate) fn roots_der(&self) -> Vec<Vec<u8>> {
        if let Some(outside) = &self.outside {
            return outside.roots_der.clone();
        }
        [certs::Algorithm::EcdsaP256, certs::Algorithm::Rsa2048]
            .into_iter()
            .map(|algorithm| self.root(algorithm).der().to_vec())
            .collect()
    }

    /// What a device trusts that was given the wrong root.
    pub(crate) fn unknown_root_der(&self) -> Vec<u8> {
        let algorithm = certs::Algorithm::EcdsaP256;
        self.authorities.get(certs::Role::UnknownRoot, algorithm).der().to_vec()
    }

    /// The credentials that the registry holds for an identity of the hub.
    pub(crate) fn credentials(&self, id: &IdentityId) -> Option<Credentials> {
        if let Some(outside) = &self.outside {
            return outside.credentials(id);
        }
        let find =
            |registry: &Registry| Some(registry.hub(HUB)?.identities.get(id)?.credentials.clone());
        match &self.mock {
            Some(mock) => mock.with_cloud(|cloud| find(cloud.registry())),
            None => find(&self.registry),
        }
    }

    /// The primary key that a hub identity has, or would have by default.
    pub(crate) fn primary_key(&self, id: &IdentityId) -> Vec<u8> {
        match self.credentials(id).unwrap_or_else(|| Hub::new(HUB).default_keys(id)) {
            Credentials::Keys { primary, .. } => primary,
            Credentials::Thumbprints { .. } | Credentials::Authority => Vec::new(),
        }
    }

    /// A certificate from the list of recipes, for this common name.
    pub(crate) fn certificate(
        &self,
        recipe: &str,
        common_name: &str,
    ) -> Result<certs::Leaf, String> {
        let recipe = certs::find(recipe).map_err(|error| error.to_string())?;
        let now_s = i64::try_from(self.beginning.s()).unwrap_or(0);
        certs::mint_for(recipe, &[common_name], now_s, &self.authorities)
            .map_err(|error| error.to_string())
    }

    /// What an SDK would say to connect this identity to the hub.
    pub(crate) fn hub_plan(&self, id: &IdentityId, certificate: Option<&certs::Leaf>) -> Plan {
        let name = id.to_string();
        let mut plan = self.plan(self.server_name(), &name, certificate);
        plan.username = Some(format!("{}/{name}/?api-version=2021-04-12", self.hub()));
        if certificate.is_none() {
            let token = Token::new(&self.hub_resource(id), self.primary_key(id));
            plan.password = Some(token.text(self.now()));
        }
        plan
    }

    /// What a device says in the TLS handshake.
    fn server_name(&self) -> &str {
        self.outside.as_ref().map_or(HUB, |outside| &outside.server_name)
    }

    /// `{host}/devices/{device}[/modules/{module}]`
    pub(crate) fn hub_resource(&self, id: &IdentityId) -> String {
        format!("{}/{}", self.hub(), id.topic_root())
    }

    /// What an SDK would say to register with DPS.
    pub(crate) fn dps_plan(
        &self,
        registration_id: &str,
        key: Option<Vec<u8>>,
        certificate: Option<&certs::Leaf>,
    ) -> Plan {
        let mut plan = self.plan(DPS, registration_id, certificate);
        plan.clean = true;
        let scope = self.id_scope();
        plan.username =
            Some(format!("{scope}/registrations/{registration_id}/api-version=2019-03-31"));
        if let Some(key) = key {
            let resource = format!("{scope}/registrations/{registration_id}");
            let mut token = Token::new(&resource, key);
            token.policy = Some("registration".to_owned());
            plan.password = Some(token.text(self.now()));
        }
        plan
    }

    fn plan(&self, host: &str, client_id: &str, certificate: Option<&certs::Leaf>) -> Plan {
        Plan {
            certificate: certificate.map(|leaf| Proof {
                chain_der: leaf.chain_der.clone(),
                key_der: leaf.key_der.clone(),
            }),
            ..Plan::new(host, client_id, self.roots_der())
        }
    }
}

/// The mock's own copy of an authority; the scene keeps the other for its devices.
fn copied(authority: &certs::Authority) -> Result<certs::Authority, String> {
    certs::Authority::from_pem(&authority.certificate_pem(), &authority.key_pem())
        .map_err(|error| error.to_string())
}

/// A token, planned.
#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) resource: String,
    /// The text of `sr`, when it is not the usual encoding of the resource.
    pub(crate) resource_as_sent: Option<String>,
    pub(crate) key: Vec<u8>,
    /// Relative to the moment of signing.
    pub(crate) life_s: i64,
    pub(crate) policy: Option<String>,
    /// The order of the fields, such as `sig,se,sr`.
    pub(crate) order: Option<String>,
    pub(crate) spelling: Spelling,
}

/// How a token's text differs from the usual one, with the same meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Spelling {
    #[default]
    Usual,
    /// `%3d` in the signature.
    LowerCaseEscapes,
    /// `SIG=`.
    NamesInCapitals,
}

impl Token {
    pub(crate) fn new(resource: &str, key: Vec<u8>) -> Self {
        Self {
            resource: resource.to_owned(),
            resource_as_sent: None,
            key,
            life_s: TOKEN_LIFE_S,
            policy: None,
            order: None,
            spelling: Spelling::Usual,
        }
    }

    /// `SharedAccessSignature …`
    pub(crate) fn text(&self, now: Time) -> String {
        let expiry_s = now.s().saturating_add_signed(self.life_s);
        let policy = self.policy.as_deref();
        let text = match &self.resource_as_sent {
            Some(sr) => sas::sign_as_sent(&self.key, sr, expiry_s, policy),
            None => sas::sign(&self.key, &self.resource, expiry_s, policy),
        };
        let text = match &self.order {
            None => text,
            Some(order) => reordered(&text, order),
        };
        match self.spelling {
            Spelling::Usual => text,
            Spelling::LowerCaseEscapes => with_fields(&text, |name, value| match name {
                "sig" => (name.to_owned(), lower_escapes(value)),
                _ => (name.to_owned(), value.to_owned()),
            }),
            Spelling::NamesInCapitals => {
                with_fields(&text, |name, value| (name.to_uppercase(), value.to_owned()))
            }
        }
    }
}

/// A token with each of its fields rewritten.
fn with_fields(text: &str, rewrite: impl Fn(&str, &str) -> (String, String)) -> String {
    let fields = text.split_once(' ').map_or("", |(_, fields)| fields);
    let fields: Vec<String> = fields
        .split('&')
        .filter_map(|field| field.split_once('='))
        .map(|(name, value)| rewrite(name, value))
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    format!("SharedAccessSignature {}", fields.join("&"))
}

/// `%3D` as `%3d`.
fn lower_escapes(text: &str) -> String {
    let mut parts = text.split('%');
    let mut lowered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lowered.push('%');
        lowered.push_str(&escape.to_lowercase());
        lowered.push_str(rest);
    }
    lowered
}

fn reordered(text: &str, order: &str) -> String {
    let fields = text.split_once(' ').map_or("", |(_, fields)| fields);
    let field = |name: &str| {
        fields.split('&').find(|field| field.split('=').next() == Some(name)).unwrap_or_default()
    };
    let fields: Vec<&str> = order.split(',').map(|name| field(name.trim())).collect();
    format!("SharedAccessSignature {}", fields.join("&"))
}

/// A key given as text: base64.
pub(crate) fn key_of(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|_| format!("`{text}` is no base64"))
}
