//! The conformance suite: sentences, the scene of a scenario, and the devices of the harness.
//!
//! The only place that knows Cucumber. `cargo test --test cucumber` and `skyproof test` are the same
//! suite.

pub mod adapter;
pub mod admin;
pub mod arguments;
pub mod certify;
pub mod client;
mod device;
pub mod document;
pub mod facts;
mod features;
pub mod folder;
mod group;
pub mod jwt;
pub mod kill;
pub mod loopback;
pub mod matrix;
pub mod miniature;
pub mod outside;
mod scene;
mod sentences;
pub mod suite;
mod trust;
mod world;

pub use trust::LocalAuthority;
