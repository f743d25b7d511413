//! The sentences of the features, by theme. Each is one call and at most one assertion.

mod anywhere;
mod business;
mod client;
mod connect;
mod events;
mod https;
mod hubs;
mod instances;
mod namespaces;
mod outcome;
mod packets;
mod properties;
mod provisioning;
mod received;
mod registration;
mod routing;
mod service;
mod sessions;
mod telemetry;
mod tenants;
mod time;
mod tokens;
mod webhook;
