//! Listeners: bound all or none, accepting without ever waiting for a client.

use std::{
    fmt,
    io::{self, ErrorKind},
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use cloud::Door;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

use crate::{
    Failure, clock,
    connection::{self, Port},
    engine::{Admission, Engine},
    socket::Socket,
    tls::Tls,
};

/// Why the mock did not start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartError {
    /// A port cannot be listened on; nothing listens then.
    Listen { address: IpAddr, port: u16, kind: ErrorKind, reason: String, hint: &'static str },
    /// The admin API would be open to other machines, and nobody said that it may be.
    Exposed { address: IpAddr },
    /// The clock's factor is not above 0.
    Clock,
    /// TLS cannot be set up.
    Tls { reason: String },
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen { address, port, reason, hint, .. } => {
                let at = SocketAddr::new(*address, *port);
                write!(f, "cannot listen on {at}: {reason}; {hint}")
            }
            Self::Exposed { address } => {
                write!(
                    f,
                    "the admin API is for this machine alone, and {address} is open to others"
                )
            }
            Self::Clock => f.write_str("the clock's factor must be a number above 0, such as 60"),
            Self::Tls { reason } => write!(f, "cannot set up TLS: {reason}"),
        }
    }
}

impl std::error::Error for StartError {}

/// Binds a port with room for a storm of connections, and tells which one it became.
pub(crate) fn listen(
    address: IpAddr,
    port: u16,
) -> Result<(Arc<TcpListener>, SocketAddr), StartError> {
    try_listen(SocketAddr::new(address, port))
        .and_then(|listener| listener.local_addr().map(|bound| (Arc::new(listener), bound)))
        .map_err(|error| StartError::Listen {
            address,
            port,
            kind: error.kind(),
            reason: error.to_string(),
            hint: hint(&error),
        })
}

/// Accepts until the mock stops. Each connection goes its own way at once.
pub(crate) async fn accept(
    engine: Arc<Engine>,
    tls: Arc<Tls>,
    listener: Arc<TcpListener>,
    port: Port,
) {
    let mut stopping = engine.stopping();
    let mut is_starved = false;
    loop {
        let accepted = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                is_starved = false;
                welcome(&engine, &tls, stream, peer, port);
            }
            Err(error) if is_about_one_client(&error) => {}
            Err(error) if is_starvation(&error) => {
                if !is_starved {
                    let why =
                        format!("no more connections can be accepted: {error}; {RAISE_LIMIT}");
                    engine.refused(address_of(&listener), None, Door::Full, why);
                }
                is_starved = true;
                clock::real_sleep(STARVATION_PAUSE).await;
            }
            Err(error) => {
                let Ok(address) = listener.local_addr() else { return };
                engine.fail(Failure::Listener { address, reason: error.to_string() });
                return;
            }
        }
    }
}

/// What the kernel may hold back while the accept loop is busy; it caps this by its own limit.
const BACKLOG: u32 = 4096;

/// How long to let the process get rid of file descriptors.
const STARVATION_PAUSE: Duration = Duration::from_millis(50);

const RAISE_LIMIT: &str = "raise the limit of open files (ulimit -n)";

fn try_listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restarted mock must not wait for connections of the last one to fade.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::AddrInUse => {
            "something listens there already: stop it, or choose another port (0 takes any free one) \
             or another loopback address such as 127.0.0.2"
        }
        ErrorKind::PermissionDenied => {
            "ports below 1024 need a privilege: choose a higher port, grant cap_net_bind_service, \
             or lower net.ipv4.ip_unprivileged_port_start"
        }
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address: bind 127.0.0.1, 0.0.0.0 or an address of an interface"
        }
        _ => "choose another address or port",
    }
}

fn welcome(engine: &Arc<Engine>, tls: &Arc<Tls>, stream: TcpStream, peer: SocketAddr, port: Port) {
    // Small packets must not wait for acknowledgements of earlier ones.
    let _ = stream.set_nodelay(true);
    match engine.admit(Socket(Arc::new(stream))) {
        Admission::Line(line) => {
            let (engine, tls) = (engine.clone(), tls.clone());
            engine.clone().spawn(move || connection::run(engine, tls, line, peer, port));
        }
        Admission::Full(socket) => {
            socket.reset_on_drop();
            let max = engine.config.max_connections;
            let why = format!("{max} connections are open, which is the limit");
            engine.refused(peer.to_string(), None, Door::Full, why);
        }
        Admission::Stopped => {}
    }
}

/// The client was gone before it was accepted.
fn is_about_one_client(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    )
}

fn is_starvation(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let starved = [Errno::MFILE, Errno::NFILE, Errno::NOBUFS, Errno::NOMEM];
    starved.iter().any(|errno| error.raw_os_error() == Some(errno.raw_os_error()))
}

fn address_of(listener: &TcpListener) -> String {
    listener.local_addr().map(|address| address.to_string()).unwrap_or_default()
}
