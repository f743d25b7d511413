//! Event Grid namespaces.

mod access;
mod admin;
mod seed;
