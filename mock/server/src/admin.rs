//! The admin API: HTTP on a loopback address, by which the operator looks at a running mock and orders
//! it about. Its tasks are not part of the mock's quiescence: whoever lets time pass must not wait for
//! itself.

mod ask;
mod body;
mod expect;
mod guard;
mod hint;
mod journal;
mod problem;
mod routes;

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use cloud::Registry;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};

pub use self::{
    hint::hint,
    journal::{KINDS, Refusal, entry, kinds, refusal},
};
use crate::{
    Failure, Mock, StartError, accept,
    clock::{real_sleep, within},
    tracked::Tasks,
};

/// Where the admin API listens, and what it needs beside the mock.
#[derive(Clone, Debug)]
pub struct AdminConfig {
    pub bind: IpAddr,
    /// 0 takes any free port.
    pub port: u16,
    /// Lets other machines reach it. Whoever reaches it can read every message.
    pub allows_remote: bool,
    /// What `reset` goes back to.
    pub seed: Registry,
    /// The roots that clients have to trust, PEM.
    pub ca_pem: String,
}

impl AdminConfig {
    /// On any free port of 127.0.0.1.
    pub const fn new(seed: Registry, ca_pem: String) -> Self {
        let bind = IpAddr::V4(Ipv4Addr::LOCALHOST);
        Self { bind, port: 0, allows_remote: false, seed, ca_pem }
    }
}

/// A running admin API. Shut it down before the mock, which it holds.
pub struct Admin {
    address: SocketAddr,
    shared: Arc<Shared>,
}

/// What all requests share.
pub(crate) struct Shared {
    pub(crate) mock: Arc<Mock>,
    pub(crate) config: AdminConfig,
    tasks: Arc<Tasks>,
    stopping: watch::Sender<bool>,
    room: Arc<Semaphore>,
}

impl Admin {
    /// Listens, and serves on the current tokio runtime.
    ///
    /// # Errors
    /// When the port cannot be listened on, or other machines would reach it unasked.
    ///
    /// # Panics
    /// Outside a tokio runtime with I/O and time enabled.
    pub async fn start(mock: Arc<Mock>, config: AdminConfig) -> Result<Self, StartError> {
        if !config.bind.is_loopback() && !config.allows_remote {
            return Err(StartError::Exposed { address: config.bind });
        }
        let (listener, address) = accept::listen(config.bind, config.port)?;
        let shared = Arc::new(Shared {
            mock,
            config,
            tasks: Tasks::new(false),
            stopping: watch::Sender::new(false),
            room: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        });
        let router = routes::router(shared.clone());
        let for_task = shared.clone();
        shared.spawn(move || for_task.accept(listener, router));
        Ok(Self { address, shared })
    }

    /// Where it is served.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Lets requests that are being answered end, cuts those that wait, and gives the mock back.
    pub async fn shutdown(self) {
        self.shared.stopping.send_replace(true);
        self.shared.tasks.gone().await;
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Connections beyond this number wait for their turn.
const CONNECTIONS_MAX: usize = 256;

/// How long a client may take for the head of a request, and at the end for reading an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long to let the process get rid of file descriptors.
const STARVATION_PAUSE: Duration = Duration::from_millis(50);

impl Shared {
    /// Ready once the API is to end.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this does.
        let _ = self.stopping.subscribe().wait_for(|is_stopping| *is_stopping).await;
    }

    fn spawn<F: Future<Output = ()> + Send>(
        self: &Arc<Self>,
        make: impl FnOnce() -> F + Send + 'static,
    ) {
        let engine = self.mock.engine.clone();
        self.tasks.spawn(make, move |message| engine.fail(Failure::Panic(message)));
    }

    async fn accept(self: Arc<Self>, listener: Arc<TcpListener>, router: Router) {
        loop {
            let next = async {
                let permit = self.room.clone().acquire_owned().await;
                (permit, listener.accept().await)
            };
            let (permit, accepted) = tokio::select! {
                biased;
                () = self.stopped() => return,
                next = next => next,
            };
            match (permit, accepted) {
                (Ok(permit), Ok((stream, _))) => {
                    let (shared, router) = (self.clone(), router.clone());
                    self.spawn(move || shared.converse(stream, router, permit));
                }
                _ => real_sleep(STARVATION_PAUSE).await,
            }
        }
    }

    async fn converse(
        self: Arc<Self>,
        stream: TcpStream,
        router: Router,
        _permit: OwnedSemaphorePermit,
    ) {
        let served = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(PATIENCE)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
        let mut served = pin!(served);
        // A client that breaks off has nobody left to tell.
        tokio::select! {
            _ = served.as_mut() => return,
            () = self.stopped() => served.as_mut().graceful_shutdown(),
        }
        let _ = within(PATIENCE, served).await;
    }
}
