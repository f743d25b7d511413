//! A cloud that is not in this process: where it listens, who may connect to it, and what its service
//! side offers.

mod broker;
mod given;
mod rename;
mod service;

use std::{fmt, path::Path};

use cloud::{IdentityId, Order, Time, identity::Credentials, registry::Hub};
use serde_json::Value;

pub use self::broker::{Broker, Running};
pub(crate) use self::rename::{declared, settled, unfit};
use self::service::Admin;
use crate::{
    device::{self, Dead, Doors, Plan},
    scene::HUB,
    world::Failed,
};

/// What the suite knows of a cloud elsewhere.
pub(crate) struct Outside {
    kind: Kind,
    /// The hub's host name.
    pub(crate) hub: String,
    /// What devices name in the TLS handshake.
    pub(crate) server_name: String,
    doors: Doors,
    pub(crate) roots_der: Vec<Vec<u8>>,
    /// How `--cloud` named it, for repeating.
    pub(crate) named: String,
}

/// How the cloud came to be here.
enum Kind {
    /// A mock with an admin API at `host:port`: identities are made for each scenario.
    Mock { admin: Admin, mark: String, provisioning: Option<Group> },
    /// These devices and nothing else.
    Devices(Vec<(String, Vec<u8>)>),
    /// A broker without dialect, a fresh one for each scenario. Everybody may connect.
    Plain(Broker),
}

/// The enrollment group by which devices of scenarios come to be enrolled.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) id_scope: String,
    pub(crate) name: String,
    pub(crate) key: Vec<u8>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outside({})", self.named)
    }
}

impl Outside {
    /// Reads the JSON line of `skyproof up --json`, or connection strings of devices, out of a file or as
    /// they are; with a file of the authorities to trust.
    ///
    /// # Errors
    /// What is wrong with it, and a hint.
    pub(crate) fn of(named: &str, ca: Option<&Path>) -> Result<Self, (String, String)> {
        given::read(named, ca)
    }

    /// A plain broker.
    pub(crate) fn plain(broker: Broker) -> Self {
        Self {
            kind: Kind::Plain(broker),
            hub: HUB.to_owned(),
            server_name: HUB.to_owned(),
            doors: Doors {
                mqtt: String::new(),
                mqtt_5: None,
                wss: None,
                tcp: None,
                tls: false,
                now: None,
                dead: Dead::default(),
            },
            roots_der: Vec::new(),
            named: "a plain broker".to_owned(),
        }
    }

    /// Where to knock, and what has to live as long as somebody does.
    pub(crate) async fn arrive(&self) -> Result<(Doors, Option<Running>), String> {
        match &self.kind {
            Kind::Plain(broker) => {
                let running = broker.start()?;
                let (mqtt, mqtt_5) =
                    (running.address.to_string(), running.address_of_5.to_string());
                let doors = Doors { mqtt, mqtt_5: Some(mqtt_5), ..self.doors.clone() };
                Ok((doors, Some(running)))
            }
            Kind::Mock { .. } | Kind::Devices(_) => Ok((self.doors.clone(), None)),
        }
    }

    /// Looks whether anybody answers: the admin API of a mock, and the TLS handshake of a device.
    ///
    /// # Errors
    /// What does not answer, and a hint.
    pub(crate) async fn knock(&self) -> Result<(), (String, String)> {
        if let Kind::Mock { admin, .. } = &self.kind {
            service::knock(admin).await.map_err(|why| {
                let hint =
                    "`skyproof up --json` tells of one run: take the line of the one that runs";
                (why, hint.to_owned())
            })?;
        }
        if self.is_plain() {
            return Ok(());
        }
        let plan = Plan::new(&self.server_name, "", self.roots_der.clone());
        device::knock(&self.doors, &plan).await.map_err(|why| {
            let mqtt = &self.doors.mqtt;
            let hint = "the addresses come of `--cloud`, and whom to trust of `--ca`";
            let why = why.strip_prefix(&format!("{mqtt}: ")).unwrap_or(&why);
            (format!("no device can connect to {mqtt}: {why}"), hint.to_owned())
        })
    }

    /// How somebody found that nobody answers any more, if somebody did.
    pub(crate) fn dead(&self) -> Option<String> {
        self.doors.dead.why()
    }

    /// How many scenarios may run at once: those that share devices must not meet.
    pub(crate) const fn concurrency(&self) -> usize {
        match &self.kind {
            Kind::Mock { .. } => 16,
            Kind::Devices(_) => 1,
            Kind::Plain(_) => 32,
        }
    }

    /// What the i-th device of the n-th scenario is called here.
    fn name(&self, n: usize, i: usize, name: &str) -> String {
        match &self.kind {
            Kind::Mock { mark, .. } => format!("r{mark}-{n}-{name}"),
            Kind::Devices(devices) => {
                devices.get(i).map_or_else(|| name.to_owned(), |(id, _)| id.clone())
            }
            Kind::Plain(_) => name.to_owned(),
        }
    }

    /// The group of the provisioning service, if there is one.
    pub(crate) const fn group(&self) -> Option<&Group> {
        match &self.kind {
            Kind::Mock { provisioning, .. } => provisioning.as_ref(),
            Kind::Devices(_) | Kind::Plain(_) => None,
        }
    }

    /// Whether names and addresses are those of the features.
    pub(crate) const fn is_plain(&self) -> bool {
        matches!(self.kind, Kind::Plain(_))
    }

    /// Sees to it that an identity is there with its default keys.
    pub(crate) async fn arrange(&self, id: &IdentityId, enabled: bool) -> Result<(), Failed> {
        match &self.kind {
            Kind::Plain(_) => Ok(()),
            Kind::Devices(devices) => {
                if id.module.is_some() {
                    Err(Failed::not_run("needs a module"))
                } else if !enabled {
                    Err(Failed::not_run("needs a disabled device"))
                } else if devices.iter().any(|(known, _)| *known == id.device) {
                    Ok(())
                } else {
                    let given = devices.len();
                    Err(Failed::not_run(format!("needs more devices than the {given} given")))
                }
            }
            Kind::Mock { .. } => {
                let Credentials::Keys { primary, secondary } = Hub::new(HUB).default_keys(id)
                else {
                    return Err(Failed::from("a device has no default keys".to_owned()));
                };
                let seed = given::seed(id, enabled, &primary, &secondary)?;
                let order = Order::PutIdentity { hub: HUB.to_owned(), identity: Box::new(seed) };
                let answer = self.order(&order).await?;
                answer.map(|_| ()).map_err(|error| Failed::from(error.to_string()))
            }
        }
    }

    /// The keys of an identity.
    pub(crate) fn credentials(&self, id: &IdentityId) -> Option<Credentials> {
        match &self.kind {
            Kind::Mock { .. } | Kind::Plain(_) => Some(Hub::new(HUB).default_keys(id)),
            Kind::Devices(devices) => {
                let (_, key) = devices.iter().find(|(known, _)| *known == id.device)?;
                // Of the secondary one nobody told.
                Some(Credentials::Keys { primary: key.clone(), secondary: Vec::new() })
            }
        }
    }

    /// Whether there is a service side.
    pub(crate) const fn has_service(&self) -> bool {
        matches!(self.kind, Kind::Mock { .. })
    }

    /// What the service side says to an order.
    pub(crate) async fn order(&self, order: &Order) -> Result<cloud::Answer, Failed> {
        let Kind::Mock { admin, .. } = &self.kind else {
            return Err(Failed::not_run("needs the service side"));
        };
        service::order(admin, &self.hub, order).await
    }

    /// The telemetry of these identities, in order.
    pub(crate) async fn telemetry(
        &self,
        names: &[String],
    ) -> Result<Vec<std::sync::Arc<cloud::telemetry::Telemetry>>, Failed> {
        let Kind::Mock { admin, .. } = &self.kind else {
            return Err(Failed::not_run("needs the service side"));
        };
        service::telemetry(admin, names).await
    }

    /// Removes what was made for a scenario.
    pub(crate) async fn leave(&self, names: &[String]) {
        if let Kind::Mock { admin, .. } = &self.kind {
            for name in names.iter().filter(|name| !name.contains('/')) {
                service::remove(admin, &self.hub, name).await;
            }
        }
    }

    /// Whether devices come to the scenario as nobody has used them.
    pub(crate) const fn has_fresh_devices(&self) -> bool {
        !matches!(self.kind, Kind::Devices(_))
    }
}

/// The moment on the wall, on which clouds elsewhere live.
pub(crate) fn now() -> Time {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Time::from_ms(since.ok().and_then(|s| u64::try_from(s.as_millis()).ok()).unwrap_or_default())
}

/// A member of a JSON value that has to be text.
fn text<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value.pointer(pointer).and_then(Value::as_str)
}
