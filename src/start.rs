//! A mock on its ports, or nothing at all and the reason why.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::SystemTime,
};

use cloud::{Cloud, Registry, Time};
use server::{Admin, AdminConfig, Config, Mock, StartError};
use skyproof::{
    LocalAuthority,
    facts::{Facts, Files, MQTT_PORT, Places, TCP_PORT, WSS_PORT},
};

use crate::{
    args::{self, Start},
    authority::Home,
    ports,
    trouble::Trouble,
    world,
};

const ADMIN_PORT: u16 = 8900;

/// How much of what happened is remembered.
const TRACE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// What a mock is made of before it has ports.
pub(crate) struct Prepared {
    registry: Registry,
    leaves: Arc<LocalAuthority>,
    files: Files,
    ca_pem: String,
}

/// Where the listeners are to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) bind: IpAddr,
    pub(crate) mqtt: u16,
    pub(crate) wss: u16,
    pub(crate) tcp: u16,
    pub(crate) admin: u16,
}

/// A mock that runs, with its admin API.
pub(crate) struct Running {
    pub(crate) mock: Arc<Mock>,
    pub(crate) facts: Facts,
    admin: Admin,
}

impl Ports {
    /// What the options ask for, or the real ports.
    pub(crate) fn of(options: &Start) -> Self {
        Self {
            bind: options.bind.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            mqtt: options.mqtt_port.unwrap_or(MQTT_PORT),
            wss: options.wss_port.unwrap_or(WSS_PORT),
            tcp: options.tcp_port.unwrap_or(TCP_PORT),
            admin: options.admin_port.unwrap_or(ADMIN_PORT),
        }
    }
}

impl Prepared {
    /// Reads the seed and the authority.
    pub(crate) fn new(options: &Start) -> Result<Self, Trouble> {
        let home = Home::open(options.authority.as_deref())?;
        let registry = world::registry(options, &home)?;
        let (certificate, key) = home.device_files();
        let device = Some((world::X509_DEVICE.to_owned(), certificate, key));
        let files = Files { ca: home.ca_file(), device };
        let ca_pem = home.ca_pem();
        let hubs = registry.hubs.values().map(|hub| hub.host.clone());
        let namespaces = registry
            .namespaces
            .values()
            .flat_map(|namespace| [namespace.host.clone(), namespace.http_host.clone()]);
        let instances = registry.instances.values().flat_map(|instance| {
            let of_products = instance.products.keys().map(|key| instance.product_host(key));
            of_products.chain([instance.host()]).collect::<Vec<_>>()
        });
        let names = hubs.chain(namespaces).chain(instances).collect();
        Ok(Self { registry, leaves: Arc::new(home.leaves(names)), files, ca_pem })
    }

    /// Starts all listeners, or none.
    pub(crate) async fn start(&self, options: &Start, ports: Ports) -> Result<Running, Trouble> {
        let Ports { mqtt, wss, admin, .. } = ports;
        // Most have nobody on 1883, so that it counts when it is asked for.
        let all = [mqtt, wss, admin, options.tcp_port.unwrap_or_default()];
        let is_taken = |port: &u16| *port != 0 && all.iter().filter(|it| *it == port).count() > 1;
        if let Some(twice) = all.into_iter().find(is_taken) {
            return Err(Trouble::usage(format!("two listeners cannot share port {twice}")).hint(
                "give --mqtt-port, --wss-port, --tcp-port and --admin-port different numbers, or 0 \
                 for any free one",
            ));
        }
        self.try_start(options, ports).await.map_err(|error| explained(error, ports))
    }

    /// As [`Prepared::start`], with the bare reason.
    pub(crate) async fn try_start(
        &self,
        options: &Start,
        ports: Ports,
    ) -> Result<Running, StartError> {
        let now = now();
        let cloud = Cloud::new(self.registry.clone(), now.ms()).with_bounded_trace(TRACE_BYTES_MAX);
        let clock = match options.clock {
            args::Clock::Wall => server::Clock::wall(),
            args::Clock::Held => server::Clock::held(now),
            args::Clock::Scaled(factor) => server::Clock::scaled(factor),
        };
        let config = Config {
            bind: ports.bind,
            mqtt_port: ports.mqtt,
            wss_port: ports.wss,
            tcp_port: ports.tcp,
            max_connections: options.max_connections.get(),
            calls_beyond_loopback: options.call_out,
            ..Config::default()
        };
        let mock = Arc::new(Mock::start(cloud, clock, self.leaves.clone(), config).await?);
        let admin = AdminConfig {
            bind: options.admin_bind.unwrap_or_else(|| admin_bind(ports.bind)),
            port: ports.admin,
            allows_remote: options.admin_allow_remote,
            ..AdminConfig::new(self.registry.clone(), self.ca_pem.clone())
        };
        let admin = Admin::start(mock.clone(), admin).await?;
        let places = Places {
            bind: ports.bind,
            mqtt_port: mock.mqtt_address().port(),
            wss_port: mock.wss_address().port(),
            tcp_port: mock.tcp_address().map(|address| address.port()),
            admin: admin.address(),
        };
        let facts = Facts::new(&self.registry, places, &self.files, options.clock.to_string(), now);
        Ok(Running { mock, facts, admin })
    }
}

impl Running {
    /// Ends everything in order.
    pub(crate) async fn end(self) {
        self.admin.shutdown().await;
        // The admin API held the only other one.
        if let Some(mock) = Arc::into_inner(self.mock) {
            mock.shutdown().await;
        }
    }
}

/// The admin API stays on this machine, wherever devices come from.
const fn admin_bind(bind: IpAddr) -> IpAddr {
    if bind.is_loopback() { bind } else { IpAddr::V4(Ipv4Addr::LOCALHOST) }
}

fn now() -> Time {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Time::from_ms(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// Why a mock did not start, with the option that helps.
pub(crate) fn explained(error: StartError, ports: Ports) -> Trouble {
    let StartError::Listen { address, port, kind, reason, hint } = &error else {
        return match error {
            StartError::Exposed { .. } => Trouble::usage(error.to_string()).hint(
                "whoever reaches it reads keys and messages: say `--admin-allow-remote` if so",
            ),
            _ => Trouble::harness(error.to_string()),
        };
    };
    let at = SocketAddr::new(*address, *port);
    let flag = match *port {
        port if port == ports.admin => "--admin-port",
        port if port == ports.wss => "--wss-port",
        port if port == ports.tcp => "--tcp-port",
        _ => "--mqtt-port",
    };
    match kind {
        ErrorKind::AddrInUse => {
            let holder = ports::holder(at).unwrap_or_else(|| "another process".to_owned());
            Trouble::harness(format!("{at} is in use by {holder}")).hint(format!(
                "stop it, choose another port with `{flag} 0` (any free one), or another address \
                 with `--bind 127.0.0.2`"
            ))
        }
        ErrorKind::PermissionDenied => {
            Trouble::harness(format!("{at} cannot be listened on: {reason}")).hint(format!(
                "choose another port with `{flag} {}`, or allow it: sudo sysctl \
                 net.ipv4.ip_unprivileged_port_start={port}",
                port.saturating_add(8000)
            ))
        }
        _ => Trouble::harness(format!("{at} cannot be listened on: {reason}")).hint(*hint),
    }
}
