//! A scene: what one scenario owns. Its tenants, its authority, its held clock, its ports. What it has of
//! each cloud lies in a file of its own.

mod alibaba;
mod dps;
mod event_grid;
mod hub;
mod jwt;
mod merge;
mod token;

use std::sync::Arc;

use cloud::{Breaks, Cloud, IdentityId, Registry, Time};
use server::{Clock, Config, Mock};

pub(crate) use self::{
    alibaba::{INSTANCE, PRODUCT_KEY},
    dps::{DPS, ID_SCOPE},
    event_grid::NAMESPACE,
    hub::HUB,
    jwt::{Jwt, Kind},
    token::{Spelling, Token, key_of},
};
use crate::{
    client::Spec,
    device::{Doors, Peer, Plan, Proof},
    loopback,
    outside::{self, Outside, Running},
    trust::LocalAuthority,
    world::Failed,
};

/// When every scenario begins: 2026-01-01T00:00:00Z.
pub(crate) const BEGINNING: Time = Time::from_s(1_767_225_600);
/// What one scenario owns, while its tenants can still be arranged and afterwards.
pub(crate) struct Scene {
    /// Arranged by `Given`, until the first connection starts the mock.
    registry: Registry,
    event_grid: event_grid::Declared,
    /// What a scenario says of its Alibaba instance, as a seed declares it.
    instance: Option<serde_json::Value>,
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
            event_grid: event_grid::Declared::default(),
            instance: None,
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
            event_grid: event_grid::Declared::default(),
            instance: None,
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

    /// Where a declaration is kept: with the tenants, or with the devices alone of a plain broker, which has
    /// no tenants and lets everybody in.
    ///
    /// # Errors
    /// When the mock runs already, or the cloud elsewhere has tenants of its own.
    fn declarations(&mut self) -> Result<&mut Registry, Failed> {
        match &self.outside {
            Some(outside) if outside.is_plain() => Ok(&mut self.registry),
            _ => self.registry_mut(),
        }
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
                let start = async |config| {
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

    /// A certificate from the list of recipes, for this common name, and perhaps alternative names behind it:
    /// `d1, d1.example`.
    pub(crate) fn certificate(
        &self,
        recipe: &str,
        common_name: &str,
    ) -> Result<certs::Leaf, String> {
        let recipe = certs::find(recipe).map_err(|error| error.to_string())?;
        let now_s = i64::try_from(self.beginning.s()).unwrap_or(0);
        let names: Vec<&str> = common_name.split(", ").collect();
        certs::mint_for(recipe, &names, now_s, &self.authorities).map_err(|error| error.to_string())
    }

    /// Looks at the tenants, arranged or at work.
    fn look<T>(&self, look: impl FnOnce(&Registry) -> T) -> T {
        match &self.mock {
            Some(mock) => mock.with_cloud(|cloud| look(cloud.registry())),
            None => look(&self.registry),
        }
    }

    /// What a client would say to connect to the cloud that the scene is about, and the token that it would
    /// sign, if it signs one.
    pub(crate) fn plan_of(
        &self,
        name: &str,
        certificate: Option<&certs::Leaf>,
    ) -> Result<(Plan, Option<Token>), Failed> {
        if self.is_in_event_grid() {
            return Ok((self.namespace_plan(name, certificate), None));
        }
        if self.is_in_alibaba() {
            return Ok((self.instance_plan(name, certificate), None));
        }
        let id: IdentityId =
            name.parse().map_err(|error: cloud::identity::BadId| error.to_string())?;
        let token = Token::new(&self.hub_resource(&id), self.primary_key(&id));
        Ok((self.hub_plan(&id, certificate), Some(token)))
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
