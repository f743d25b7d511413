//! The carrier: sockets, TLS, WebSocket and the clock around a [`cloud::Cloud`]. No rule lives here.
//!
//! [`Mock::start`] binds the listeners; devices then connect as they would to the real cloud. With a
//! held clock, time moves by [`Mock::advance`] alone, and only when everything sent was handled.

mod accept;
pub mod admin;
mod calls;
mod clock;
mod config;
mod connection;
mod desk;
mod ear;
mod engine;
mod failure;
mod leaves;
mod line;
mod mock;
mod pump;
mod quiet;
mod socket;
mod steps;
mod stream;
mod tls;
mod tracked;
mod ws;

pub use accept::StartError;
pub use admin::{Admin, AdminConfig};
pub use clock::Clock;
pub use config::Config;
pub use failure::{Failure, Stopped};
pub use leaves::{KeyKind, Leaf, Leaves};
pub use mock::Mock;
pub use steps::Steps;
